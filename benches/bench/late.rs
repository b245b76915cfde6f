//! Devices that were away: one that comes back after all others went on, and one that holds nothing yet. What they send,
//! what they are sent, and how often they ask.
//!
//! The real engine exchanges with the real server, without sockets: counted are the bodies of HTTP.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arumbae_bench::figures::Figure;
use arumbae_domain::Scope;
use arumbae_domain::change::Change;
use arumbae_measure::merging::{NOW_MS, new_store};
use arumbae_measure::travelling::{Cut, Travelling, travelling};
use arumbae_measure::{Device, Work};
use arumbae_mergelog::{KindNo, Operation, Save};
use arumbae_protocol::{PersonClaim, Role, SyncRequest};
use arumbae_server::{Clock, Limits, NewInvitation, Office, Province, Randomness, router};
use arumbae_signing::key::SoftwareKey;
use arumbae_signing::request::certificate_request;
use arumbae_signing::subject::Subject;
use arumbae_store::{SaveContext, Store};
use arumbae_sync::carrier::{Carriage, Carrier, Delivery, Parcel, Timing, Traffic};
use arumbae_sync::{Enrolled, Surroundings, SyncEngine, SyncReport, Transport, enrol_over};
use axum::Router;
use axum::body::{Body, to_bytes};
use ed25519_dalek::SigningKey;
use rand_core::{OsRng, RngCore};
use tower_service::Service;
use uuid::Uuid;

use crate::Outcome;

/// As large as any answer the server gives.
const LARGEST_ANSWER: usize = 64 << 20;

/// Lets a new device read everything up to the first meeting and make the first device's later edits as its own; then it
/// exchanges everything with the others' later work. Another new device then reads it all.
pub fn figures(work: &Work, bare: f64, scratch: &Path) -> Outcome<Vec<Figure>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let days = runtime.block_on(exchange(work, Cut::Days, &scratch.join("late-days")))?;
    let exchanged = runtime.block_on(exchange(work, Cut::Saves(20), &scratch.join("late-saves")))?;
    let Exchanged { report, sent, received, newcomer } = exchanged;
    Ok(vec![
        Figure::lower("late device, edits of its own", sent as f64, "operations"),
        Figure::lower("late device, edits of others", received as f64, "operations"),
        Figure::lower("late device, up", report.bytes_up as f64 / 1e3, "KB").to_reach(25.0),
        Figure::lower("late device, down, 20-save segments", report.bytes_down as f64 / 1e3, "KB").to_reach(250.0),
        Figure::lower("late device, down, device-day segments", days.report.bytes_down as f64 / 1e3, "KB")
            .to_reach(250.0),
        Figure::lower("late device, round trips", f64::from(report.round_trips), "").to_reach(1.0),
        Figure::lower("wire / bare JSON, a new device reads everything", newcomer.bytes_down as f64 / bare, "×")
            .to_reach(1.3),
        Figure::lower("a new device reads everything, down", newcomer.bytes_down as f64 / 1e3, "KB"),
        Figure::lower("a new device reads everything, round trips", f64::from(newcomer.round_trips), ""),
    ])
}

struct Exchanged {
    report: SyncReport,
    sent: usize,
    received: usize,
    newcomer: SyncReport,
}

async fn exchange(work: &Work, cut: Cut, folder: &Path) -> Outcome<Exchanged> {
    let [first, others @ ..] = work.devices.as_slice() else { return Err("work of a device is needed".into()) };
    let office = Office { region: "81".parse()?, name: "Bawaslu Provinsi Contoh".to_owned() };
    let clock = Clock::new(|| NOW_MS);
    let province =
        Province::open_or_found(&folder.join("server"), None, &office, None, clock, Randomness::system()).await?;
    let province = Arc::new(province);
    let road = Arc::new(Road {
        router: router(province.clone(), folder.join("server"), Limits::default().without_allowances()),
        traffic: Mutex::default(),
    });
    let scope = first.lane.scope.clone();
    for device in &work.devices {
        enrol(&province, &road, &device.key, author(device), &scope).await?;
    }
    let (store, mut engine) = laptop(&folder.join("late"), &province, &road, &scope).await?;

    let segments = travelling(work, cut)?;
    let is_later = |segment: &Travelling<'_>| {
        let met = work.devices[segment.device].meetings.first().copied().unwrap_or(0) as u64;
        segment.saves.first().is_some_and(|save| save.seq > met)
    };
    let (later, sooner): (Vec<_>, Vec<_>) = segments.iter().partition(|segment| is_later(segment));
    push(&province, work, &sooner).await?;
    engine.synchronize().await?;
    let later: Vec<_> = later.into_iter().filter(|segment| segment.device > 0).collect();
    push(&province, work, &later).await?;
    let met = first.meetings.first().copied().unwrap_or(0);
    write_again(&mut store.lock().unwrap_or_else(PoisonError::into_inner), &first.saves[met..], &scope)?;

    let report = engine.synchronize().await?;
    let operations = |saves: &[Save]| saves.iter().map(|save| save.ops.len()).sum::<usize>();
    let received =
        others.iter().map(|device| operations(&device.saves[device.meetings.first().copied().unwrap_or(0)..]));
    if report.received_saves != later.iter().map(|segment| segment.saves.len() as u64).sum::<u64>() {
        return Err("not everything was received".into());
    }
    let (_, mut reader) = laptop(&folder.join("new"), &province, &road, &scope).await?;
    let newcomer = reader.synchronize().await?;
    let pushed: usize = sooner.iter().chain(&later).map(|segment| segment.saves.len()).sum();
    if newcomer.received_saves != pushed as u64 + report.sent_saves {
        return Err("a new device did not receive everything".into());
    }
    Ok(Exchanged { report, sent: operations(&first.saves[met..]), received: received.sum(), newcomer })
}

/// A new laptop of an officer the province knows.
async fn laptop(
    folder: &Path,
    province: &Province,
    road: &Arc<Road>,
    scope: &Scope,
) -> Outcome<(Arc<Mutex<Store>>, SyncEngine)> {
    let mut store = new_store(folder)?;
    let (key, person) = (store.device_signing_key().clone(), Uuid::from_u128(OsRng.next_u64().into()));
    enrol(province, road, &key, person, scope).await?.remember_in(&mut store, NOW_MS, &mut OsRng)?;
    let store = Arc::new(Mutex::new(store));
    let engine = SyncEngine::over(store.clone(), road.clone(), Arc::new(Desk));
    Ok((store, engine))
}

/// Who sits at a device.
fn author(device: &Device) -> Uuid {
    device.saves.first().map_or(Uuid::nil(), |save| save.actor)
}

/// Makes a device known to the province.
async fn enrol(
    province: &Province,
    road: &Arc<Road>,
    key: &SigningKey,
    person: Uuid,
    scope: &Scope,
) -> Outcome<Enrolled> {
    let url = Some("https://provinsi.contoh".to_owned());
    let invitation =
        NewInvitation { role: Role::Petugas, scope: scope.clone(), days: 7, person: None, server_url: url };
    let invitation = province.invite(invitation).await?;
    let claim = PersonClaim { id: person, name: "Petugas Contoh".to_owned(), position: "Anggota Panwascam".to_owned() };
    let subject = Subject {
        common_name: claim.name.clone(),
        position: claim.position.clone(),
        office: invitation.office.clone(),
    };
    let request = certificate_request(&SoftwareKey::generate(&mut OsRng), &subject)?;
    let transport = Transport::over(road.clone(), key.clone(), Arc::new(Desk));
    Ok(enrol_over(&transport, &invitation, key, claim, request).await?)
}

/// Lets the devices hand in segments, in the order in which they were made.
async fn push(province: &Province, work: &Work, segments: &[&Travelling<'_>]) -> Outcome<()> {
    for run in segments.chunk_by(|one, next| one.device == next.device) {
        let Some(device) = run.first().map(|first| &work.devices[first.device]) else { continue };
        let request = SyncRequest {
            incarnation: device.lane.incarnation,
            segments: run.iter().map(|segment| segment.wire.clone().into()).collect(),
            ..SyncRequest::default()
        };
        let response = province.exchange(device.lane.device, author(device), request).await?;
        if response.receipts.len() != run.len() {
            return Err("the province did not take everything".into());
        }
    }
    Ok(())
}

/// Makes edits anew, by the person at this store.
fn write_again(store: &mut Store, saves: &[Save], scope: &Scope) -> Outcome<()> {
    for save in saves {
        let context = SaveContext { now_ms: save.hlc.millis(), scope: scope.clone(), seen: None };
        let changes: Vec<Change> = save.ops.iter().filter_map(change).collect();
        store.save(&changes, &context)?;
        for op in &save.ops {
            if let Operation::Transition { record, to, reason, .. } = op {
                store.transition(*record, to, reason, &context)?;
            }
        }
    }
    Ok(())
}

fn change(op: &Operation) -> Option<Change> {
    Some(match op {
        Operation::Create { record, kind: KindNo(kind) } => {
            Change::Create { record: *record, kind: KindNo(*kind).known()? }
        }
        Operation::Set { record, field, value, .. } => {
            Change::Set { record: *record, field: *field, value: value.clone() }
        }
        Operation::Revise { record, field, text, .. } => {
            Change::Revise { record: *record, field: *field, text: text.clone() }
        }
        Operation::Add { record, list, element } => {
            Change::AddElement { record: *record, list: *list, value: element.clone() }
        }
        _ => return None,
    })
}

/// A laptop whose clock is right.
struct Desk;

impl Surroundings for Desk {
    fn now_ms(&self) -> u64 {
        NOW_MS
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        OsRng.fill_bytes(bytes);
    }
}

/// The way to the server, which counts what passes.
struct Road {
    router: Router,
    traffic: Mutex<Traffic>,
}

impl Carrier for Road {
    fn carry(&self, parcel: Parcel) -> Carriage<'_> {
        let mut router = self.router.clone();
        Box::pin(async move {
            let sent = parcel.request.body().len();
            let response = match router.call(parcel.request.map(Body::from)).await {
                Ok(response) => response,
                Err(never) => match never {},
            };
            let (head, body) = response.into_parts();
            // Nothing can be cut here.
            let body = to_bytes(body, LARGEST_ANSWER).await.unwrap_or_default();
            let mut traffic = self.traffic.lock().unwrap_or_else(PoisonError::into_inner);
            traffic.up += sent as u64;
            traffic.down += body.len() as u64;
            traffic.round_trips += 1;
            let timing = Timing { sent_ms: NOW_MS, answered_ms: NOW_MS, took: Duration::from_millis(1) };
            Ok(Delivery { response: http::Response::from_parts(head, body), timing })
        })
    }

    fn take_traffic(&self) -> Traffic {
        std::mem::take(&mut *self.traffic.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
