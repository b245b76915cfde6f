//! The worst link that is planned for: 2 KB/s, 1.5 s for a round trip, a cut every 30 to 60 s. The real client talks to
//! the real server over it.
//!
//! What is counted came out of the link, TLS and all. A cut is paid for in bytes and in time: what was under way is
//! lost, and TCP and TLS take two round trips before the first byte of a request leaves. The first is what resuming is
//! to make small; the second nobody can spare, so the floor is told beside the goodput by the clock.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use arumbae_badlink::{BadLink, Traffic, Weather};
use arumbae_bench::day;
use arumbae_bench::draw::Draw;
use arumbae_bench::figures::Figure;
use arumbae_domain::change::changes_between;
use arumbae_domain::schema::{Record, RecordId};
use arumbae_domain::{Attachment, Finding, Scope};
use arumbae_measure::merging::new_store;
use arumbae_protocol::{PersonClaim, Role};
use arumbae_server::{Clock, Config, Limits, NewInvitation, Office, RunningServer, Server, SnapshotPolicy, bind};
use arumbae_signing::key::SoftwareKey;
use arumbae_signing::request::certificate_request;
use arumbae_signing::subject::Subject;
use arumbae_store::{SaveContext, Store};
use arumbae_sync::{Allowance, AttachmentReport, Patience, Surroundings, SyncEngine, SyncReport, enrol};
use rand_core::{OsRng, RngCore};
use uuid::Uuid;

use crate::Outcome;

/// Days of work that lie ready when the link is cut again and again: a minute or so at 2 KB/s.
const BACKLOG_DAYS: usize = 28;
/// A photo as it leaves a phone's messenger, in bytes.
const PHOTO: usize = 300_000;
/// The same link and as many bytes between two cuts, in an eighth of the time: more cuts in the same minute.
const FASTER: u32 = 8;

struct Desk;

impl Surroundings for Desk {
    fn now_ms(&self) -> u64 {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        OsRng.fill_bytes(bytes);
    }
}

struct Province {
    server: RunningServer,
    link: BadLink,
    scope: Scope,
    folder: PathBuf,
}

struct Laptop {
    store: Arc<Mutex<Store>>,
    engine: SyncEngine,
}

/// What went over the link, and how long it took.
struct Crossing {
    traffic: Traffic,
    time: Duration,
}

impl Crossing {
    fn bytes(&self) -> f64 {
        (self.traffic.up + self.traffic.down) as f64
    }
}

/// A crossing and what it came to.
struct Passed<R> {
    report: R,
    crossing: Crossing,
}

impl Province {
    async fn found(folder: PathBuf) -> Outcome<Province> {
        std::fs::create_dir_all(&folder)?;
        let office = Office { region: "81".parse()?, name: "CONTOH Bawaslu Provinsi".to_owned() };
        let config = Config {
            data_dir: folder.join("province"),
            names: Vec::new(),
            database: None,
            blobs: None,
            office,
            clock: Clock::system(),
            // A snapshot in place of segments is another measurement.
            snapshots: SnapshotPolicy { segments: u64::MAX, ..SnapshotPolicy::default() },
            limits: Limits::default(),
            metrics: None,
        };
        let server = Server::start(config, bind(([127, 0, 0, 1], 0).into())?, std::future::pending()).await?;
        let link = BadLink::in_front_of(server.address()).await?;
        Ok(Province { server, link, scope: "81.71.01".parse()?, folder })
    }

    async fn laptop(&self, name: &str) -> Outcome<Laptop> {
        let mut store = new_store(&self.folder.join(name))?;
        let server_url = Some(format!("https://127.0.0.1:{}", self.link.address().port()));
        let invitation =
            NewInvitation { role: Role::Petugas, scope: self.scope.clone(), days: 7, person: None, server_url };
        let invitation = self.server.province().invite(invitation).await?;
        let subject = Subject {
            common_name: format!("CONTOH {name}"),
            position: "Anggota".to_owned(),
            office: invitation.office.clone(),
        };
        let csr = certificate_request(&SoftwareKey::generate(&mut OsRng), &subject)?;
        let claim = PersonClaim { id: Uuid::now_v7(), name: subject.common_name, position: subject.position };
        let (device, desk) = (store.device_signing_key().clone(), Arc::new(Desk));
        let enrolled = enrol(&invitation, &device, claim, csr, Patience::default(), desk.clone()).await?;
        enrolled.remember_in(&mut store, desk.now_ms(), &mut OsRng)?;
        let store = Arc::new(Mutex::new(store));
        Ok(Laptop { engine: SyncEngine::new(store.clone(), Patience::default(), desk), store })
    }

    fn write(&self, laptop: &Laptop, days: usize, seed: u64) -> Outcome<()> {
        let mut store = laptop.store.lock().map_err(|_| "the store failed before")?;
        day::write(&mut store, &self.scope, &mut Draw(seed), days * day::FINDINGS, Desk.now_ms())?;
        Ok(())
    }

    /// Writes a finding with a photo; nothing in one can be squeezed.
    fn photograph(&self, laptop: &Laptop, byte_length: usize, draw: &mut Draw) -> Outcome<()> {
        let mut store = laptop.store.lock().map_err(|_| "the store failed before")?;
        let mut photo = Vec::with_capacity(byte_length + 64);
        while photo.len() < byte_length {
            photo.extend(draw.bytes::<64>());
        }
        photo.truncate(byte_length);
        let attachment = Attachment {
            id: RecordId(Uuid::now_v7()),
            blob: Some(store.put_blob(&photo)?),
            byte_length: Some(i64::try_from(byte_length)?),
            ..Attachment::default()
        };
        let finding = Finding {
            id: RecordId(Uuid::now_v7()),
            event: "CONTOH foto".to_owned(),
            attachments: vec![attachment],
            ..Finding::default()
        };
        let changes = changes_between(None, &finding.to_document());
        store.save(&changes, &SaveContext { now_ms: Desk.now_ms(), scope: self.scope.clone(), seen: None })?;
        Ok(())
    }

    /// Syncs until nothing waits. The host's pauses between attempts are left out: how long they are is not the link's.
    async fn synchronize(&self, laptop: &mut Laptop, weather: Weather) -> Outcome<Passed<SyncReport>> {
        let work = async {
            loop {
                match laptop.engine.synchronize().await {
                    Ok(report) if !report.more => return Ok(report),
                    Ok(_) => {}
                    Err(error) if error.may_pass() => {}
                    Err(error) => return Err(error.into()),
                }
            }
        };
        self.pass(weather, work).await
    }

    /// Carries photos until none waits.
    async fn transfer(&self, laptop: &mut Laptop, weather: Weather) -> Outcome<Passed<AttachmentReport>> {
        let work = async {
            loop {
                match laptop.engine.transfer_attachments(Allowance::EVERYTHING).await {
                    Ok(report) => return Ok(report),
                    Err(error) if error.may_pass() => {}
                    Err(error) => return Err(error.into()),
                }
            }
        };
        self.pass(weather, work).await
    }

    async fn pass<R>(&self, weather: Weather, work: impl Future<Output = Outcome<R>>) -> Outcome<Passed<R>> {
        self.link.set_weather(weather);
        self.link.take_traffic();
        let started = Instant::now();
        let report = work.await?;
        let time = started.elapsed();
        self.link.set_weather(Weather::CLEAR);
        Ok(Passed { report, crossing: Crossing { traffic: self.link.take_traffic(), time } })
    }
}

pub fn figures(scratch: &Path) -> Outcome<Vec<Figure>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(measure(scratch.join("link")))
}

async fn measure(folder: PathBuf) -> Outcome<Vec<Figure>> {
    let province = Province::found(folder).await?;
    let steady = Weather { breaks: None, ..Weather::ISLANDS };
    let mut officer = province.laptop("officer").await?;
    let mut colleague = province.laptop("colleague").await?;

    // What connections cost.
    let cold = province.synchronize(&mut officer, steady).await?;
    let warm = province.synchronize(&mut officer, steady).await?;
    province.link.break_now();
    let again = province.synchronize(&mut officer, steady).await?;

    // A day of two people.
    province.write(&officer, 1, 1)?;
    province.write(&colleague, 1, 2)?;
    province.synchronize(&mut colleague, Weather::CLEAR).await?;
    let day = province.synchronize(&mut officer, steady).await?;

    // The same backlog without a cut, and cut again and again: at 2 KB/s up, and faster in both directions. Each run has
    // a province of its own, for what is known there already says what need not travel.
    province.write(&officer, BACKLOG_DAYS, 3)?;
    let slow = province.synchronize(&mut officer, Weather::ISLANDS).await?;
    let mut runs = Vec::new();
    for (name, weather) in [("steady", Weather::CLEAR), ("cut", Weather::ISLANDS.faster(FASTER))] {
        let province = Province::found(province.folder.join(name)).await?;
        let mut writer = province.laptop("writer").await?;
        let mut reader = province.laptop("reader").await?;
        province.synchronize(&mut writer, Weather::CLEAR).await?;
        province.synchronize(&mut reader, Weather::CLEAR).await?;
        province.write(&writer, 2 * BACKLOG_DAYS, 4)?;
        let up = province.synchronize(&mut writer, weather).await?.crossing;
        let down = province.synchronize(&mut reader, weather).await?.crossing;

        // One after the other, as different photos: what the province has does not travel again.
        province.photograph(&writer, PHOTO, &mut Draw(5 + runs.len() as u64))?;
        province.synchronize(&mut writer, Weather::CLEAR).await?;
        province.synchronize(&mut reader, Weather::CLEAR).await?;
        let photo_up = province.transfer(&mut writer, weather).await?.crossing;
        let photo_down = province.transfer(&mut reader, weather).await?.crossing;
        runs.push([("link up", up), ("link down", down), ("photo up", photo_up), ("photo down", photo_down)]);
        province.server.stop().await?;
    }
    let [steady, cut] = runs.as_slice() else { return Err("two runs".into()) };

    // What a connection costs that resumes: its handshake, and the question what has arrived.
    let reconnect = again.crossing.bytes();
    let rate = f64::from(FASTER) * 2_000.0;
    let mut figures = vec![
        Figure::lower("link: bytes of a first connection", cold.crossing.bytes() - warm.crossing.bytes(), "B"),
        Figure::lower(
            "link: bytes of a connection that resumes TLS",
            again.crossing.bytes() - warm.crossing.bytes(),
            "B",
        ),
        Figure::lower("link: a quiet sync on a warm connection", warm.crossing.bytes(), "B"),
        Figure::lower("link: a quiet sync on a warm connection, time", warm.crossing.time.as_secs_f64(), "s"),
        Figure::lower("link: the same on a first connection", cold.crossing.time.as_secs_f64(), "s"),
        Figure::lower("link: the same on one that resumes TLS", again.crossing.time.as_secs_f64(), "s"),
        Figure::lower("link: round trips for a day's work", f64::from(day.report.round_trips), "").to_reach(1.0),
        Figure::lower("link: a day's work of two, on the wire", day.crossing.bytes() / 1e3, "KB"),
        Figure::lower("link: a day's work of two, time", day.crossing.time.as_secs_f64(), "s"),
        Figure::lower("link: a month's backlog at 2 KB/s, time", slow.crossing.time.as_secs_f64(), "s"),
        Figure::lower("link: the same, cuts on the way", f64::from(slow.crossing.traffic.cuts), ""),
    ];
    for ((what, cut), (_, whole)) in cut.iter().zip(steady) {
        let cuts = f64::from(cut.traffic.cuts.max(1));
        let extra = (cut.bytes() - whole.bytes()) / cuts;
        let seconds = cut.time.as_secs_f64();
        let payload = if what.ends_with("up") { whole.traffic.up } else { whole.traffic.down } as f64;
        // TCP, TLS and the question: three round trips after each cut in which no payload can move.
        let idle = cuts * 3.0 * 1.5 / f64::from(FASTER);
        figures.extend([
            Figure::higher(format!("{what}: payload of the bytes carried"), whole.bytes() / cut.bytes() * 100.0, "%")
                .to_reach(95.0),
            Figure::lower(format!("{what}: bytes sent again per cut"), (extra - reconnect).max(0.0), "B")
                .to_reach(1000.0),
            Figure::lower(format!("{what}: all a cut costs, with its handshake"), extra, "B"),
            Figure::lower(format!("{what}: cuts"), cuts, ""),
            Figure::higher(format!("{what}: goodput by the clock"), payload / rate / seconds * 100.0, "%"),
            Figure::higher(
                format!("{what}: goodput while a connection stands"),
                payload / rate / (seconds - idle) * 100.0,
                "%",
            ),
        ]);
    }
    province.server.stop().await?;
    Ok(figures)
}
