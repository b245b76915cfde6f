//! The course of events: what happens when, to whom, and what it leads to.

mod couriers;
mod upkeep;

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use arumbae_mergelog::DeviceKey;
use arumbae_protocol::{FailureCode, Role};
use arumbae_server::NewInvitation;
use arumbae_signing::revocation::RevocationReason;
use arumbae_sync::carrier::{Delivery, Interruption, Timing};
use arumbae_sync::{Surroundings, SyncError};
use bytes::Bytes;
use ed25519_dalek::SigningKey;
use http::{Request, Response};
use rand_core::RngCore;
use tokio::runtime::Runtime;

use crate::audit;
use crate::dice::Dice;
use crate::laptop::{Copy, Finished, Laptop, new_id};
use crate::later_version::{self, LaterVersion};
use crate::ledger::Ledger;
use crate::mishap::{Mishap, Plan};
use crate::office::{self, Post};
use crate::officer;
use crate::province_log::ProvinceLog;
use crate::provincial_server::ProvincialServer;
use crate::trace::{Trace, moment};
use crate::world::{BEGINNING_MS, DAY, HOUR, MINUTE, WorldClock};

/// Something that must hold did not.
#[derive(Debug)]
pub struct Breach {
    what: String,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl Breach {
    /// A breach in words.
    pub fn new(what: impl Into<String>) -> Breach {
        Breach { what: what.into(), cause: None }
    }

    /// Turns an error that must not happen into a breach.
    pub fn of<E: Into<Box<dyn Error + Send + Sync>>>(what: &'static str) -> impl FnOnce(E) -> Breach {
        move |cause| Breach { what: what.to_owned(), cause: Some(cause.into()) }
    }

    /// Says on which laptop.
    pub(crate) fn on(self, laptop: &Laptop) -> Breach {
        Breach { what: format!("laptop {}: {}", laptop.number, self.what), cause: self.cause }
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl Error for Breach {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}

/// A simulation that did not end well.
#[derive(Debug)]
pub struct Failure {
    /// What was played.
    pub plan: Plan,
    /// The moment, as days and hours since the beginning.
    pub when: String,
    /// What did not hold.
    pub breach: Breach,
    /// What happened last.
    pub last_lines: Vec<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.last_lines.iter().try_for_each(|line| writeln!(f, "    {line}"))?;
        writeln!(f, "{}: {}", self.when, self.breach)?;
        let mut cause = self.breach.source();
        while let Some(error) = cause {
            writeln!(f, "  because: {error}")?;
            cause = error.source();
        }
        write!(f, "again: {}", self.plan)
    }
}

impl Error for Failure {}

/// What a simulation that ended well went through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Equal for the same plan and the same program.
    pub trace: String,
    /// Laptops at the end.
    pub laptops: usize,
    /// Saves people made.
    pub saves: u64,
    /// Saves in the province's log at the end.
    pub accepted: u64,
    /// Segments in it.
    pub segments: u64,
    /// Syncs that went through.
    pub syncs: u64,
    /// Syncs that did not.
    pub failed_syncs: u64,
    /// Segments that left laptops because everybody had them.
    pub dropped: u64,
    /// How often a history that was fetched again was held against what the province had signed.
    pub histories: u64,
    /// Fields that hold several values at the end, all restricted ones included.
    pub conflicts: u64,
    /// How often each mishap happened.
    pub mishaps: BTreeMap<Mishap, u64>,
}

/// Plays a plan to its end, on disks that are gone afterwards.
pub fn run(plan: &Plan) -> Result<Outcome, Box<Failure>> {
    run_keeping(plan, None)
}

/// Plays a plan to its end. In `disks` stay all folders as they were then, of laptops, copies and the province.
pub fn run_keeping(plan: &Plan, disks: Option<&Path>) -> Result<Outcome, Box<Failure>> {
    let mut trace = Trace::default();
    let clock = WorldClock::default();
    let outcome = Simulation::begin(plan, disks, clock.clone(), &mut trace).and_then(Simulation::play);
    outcome.map_err(|breach| {
        Box::new(Failure {
            plan: plan.clone(),
            when: moment(clock.now_ms()),
            breach,
            last_lines: trace.last_lines().map(str::to_owned).collect(),
        })
    })
}

enum Event {
    Work(usize),
    Sync(usize),
    Enrol(usize),
    /// A request reaches the server, whole or cut; its answer goes back, or is lost.
    Reach {
        laptop: usize,
        crossing: u64,
        request: Request<Bytes>,
        cut: Option<usize>,
        back: Option<Way>,
    },
    /// What a request under way ends with reaches the laptop.
    Return {
        laptop: usize,
        crossing: u64,
        ending: Ending,
        departure: Departure,
    },
    Mishap,
    ServerUp,
    AddUp,
    Audit,
}

#[derive(Clone, Copy)]
struct Departure {
    /// By the laptop's clock.
    sent_ms: u64,
    /// By the true one.
    at_ms: u64,
}

/// The way back to a laptop.
#[derive(Clone, Copy)]
struct Way {
    departure: Departure,
    /// Whether the answer is cut on it.
    torn: bool,
}

enum Ending {
    Answer(Response<Bytes>),
    /// The beginning of an answer.
    TornAnswer(Response<Bytes>),
    Cut,
    Silence,
}

struct Simulation<'a> {
    plan: &'a Plan,
    runtime: Runtime,
    clock: WorldClock,
    trace: &'a mut Trace,
    events: BTreeMap<(u64, u64), Event>,
    scheduled: u64,
    server: ProvincialServer,
    laptops: Vec<Laptop>,
    later: Option<LaterVersion>,
    ledger: Ledger,
    log: ProvinceLog,
    outcome: Outcome,
    people: Dice,
    weather: Dice,
    fortune: Dice,
    copies: usize,
    /// Last, so that it goes when everything in it is closed.
    folder: tempfile::TempDir,
}

/// A disk in memory where there is one, unless it is to stay: hundreds of stores write fully synchronously.
fn make_folder(disks: Option<&Path>) -> std::io::Result<tempfile::TempDir> {
    let in_memory = Path::new("/dev/shm");
    let mut builder = tempfile::Builder::new();
    builder.prefix("arumbae-fleet-").disable_cleanup(disks.is_some());
    match disks {
        Some(disks) => std::fs::create_dir_all(disks).and_then(|()| builder.tempdir_in(disks)),
        None if in_memory.is_dir() => builder.tempdir_in(in_memory),
        None => builder.tempdir(),
    }
}

impl<'a> Simulation<'a> {
    fn begin(plan: &'a Plan, disks: Option<&Path>, clock: WorldClock, trace: &'a mut Trace) -> Result<Self, Breach> {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().build().map_err(Breach::of("no runtime"))?;
        let folder = make_folder(disks).map_err(Breach::of("no folder"))?;
        let dice = |purpose: &str| Dice::new(plan.seed, purpose);
        let server = runtime.block_on(ProvincialServer::found(
            folder.path().join("province"),
            clock.clone(),
            dice("province"),
        ))?;

        // Somebody at the office who reads everything.
        let mut reader = dice("reader");
        let mut seed = [0; 32];
        reader.fill_bytes(&mut seed);
        let key = SigningKey::from_bytes(&seed);
        let person = new_id(clock.now_ms(), &mut reader);
        let everything = "81".parse().map_err(Breach::of("the province's code"))?;
        let province = server.province()?;
        runtime.block_on(later_version::register(
            &province,
            &key,
            person,
            (Role::PengawasProvinsi, &everything),
            &mut reader,
        ))?;
        let log = ProvinceLog::new((DeviceKey(key.verifying_key().to_bytes()), person));

        let mut simulation = Simulation {
            plan,
            runtime,
            clock,
            trace,
            events: BTreeMap::new(),
            scheduled: 0,
            server,
            laptops: Vec::new(),
            later: None,
            ledger: Ledger::default(),
            log,
            outcome: Outcome::default(),
            people: dice("people"),
            weather: dice("weather"),
            fortune: dice("fortune"),
            copies: 0,
            folder,
        };
        for (number, post) in office::posts(plan.devices).map_err(Breach::of("the districts"))?.into_iter().enumerate()
        {
            simulation.add_laptop(post)?;
            // At least two are there from the first hour on.
            if plan.has(Mishap::LateJoiner) && number >= 2 && simulation.fortune.chance(100) {
                *simulation.outcome.mishaps.entry(Mishap::LateJoiner).or_default() += 1;
                let after = simulation.fortune.between(HOUR, plan.days * DAY);
                simulation.schedule(after, Event::Enrol(number));
            } else {
                simulation.enrol_quietly(number)?;
            }
        }
        simulation.schedule(HOUR, Event::Mishap);
        simulation.schedule(2 * HOUR, Event::AddUp);
        simulation.schedule(6 * HOUR, Event::Audit);
        Ok(simulation)
    }

    fn add_laptop(&mut self, post: Post) -> Result<usize, Breach> {
        let number = self.laptops.len();
        let folder = self.folder.path().join(format!("laptop-{number}"));
        let dice = Dice::new(self.plan.seed, &format!("laptop {number}"));
        self.laptops.push(Laptop::new(number, post, folder, self.clock.clone(), dice)?);
        self.begin_days(number);
        Ok(number)
    }

    fn begin_days(&mut self, number: usize) {
        let (work, sync) = (self.people.between(MINUTE, 4 * HOUR), self.people.between(MINUTE, 6 * HOUR));
        self.schedule(work, Event::Work(number));
        self.schedule(sync, Event::Sync(number));
    }

    fn schedule(&mut self, after_ms: u64, event: Event) {
        self.scheduled += 1;
        self.events.insert((self.clock.now_ms() + after_ms, self.scheduled), event);
    }

    fn note(&mut self, what: impl AsRef<str>) {
        self.trace.note(self.clock.now_ms(), what.as_ref());
    }

    fn play(mut self) -> Result<Outcome, Breach> {
        let end = BEGINNING_MS + self.plan.days * DAY;
        while let Some(((at_ms, _), event)) = self.events.pop_first() {
            if at_ms > end {
                break;
            }
            self.clock.advance_to(at_ms);
            self.happen(event)?;
        }
        self.clock.advance_to(end);
        self.heal()?;
        self.judge()
    }

    fn happen(&mut self, event: Event) -> Result<(), Breach> {
        match event {
            Event::Work(number) => self.work(number),
            Event::Sync(number) => self.sync(number),
            Event::Enrol(number) => self.enrol(number),
            Event::Reach { laptop, crossing, request, cut, back } => self.reach(laptop, crossing, request, cut, back),
            Event::Return { laptop, crossing, ending, departure } => {
                self.come_back(laptop, crossing, ending, departure)
            }
            Event::Mishap => self.mishap(),
            Event::ServerUp => {
                self.note("the server is up again");
                self.runtime.block_on(self.server.start())
            }
            Event::AddUp => self.add_up(),
            Event::Audit => self.audit(),
        }
    }

    fn work(&mut self, number: usize) -> Result<(), Breach> {
        let done = officer::work(&mut self.laptops[number], &mut self.people, &mut self.ledger)
            .map_err(|breach| breach.on(&self.laptops[number]))?;
        if let Some(done) = done {
            self.outcome.saves += 1;
            self.note(format!("laptop {number}: {done}"));
        }
        let pause = DAY / self.plan.saves_per_day.max(1);
        let after = self.people.between(1, pause);
        self.schedule(after, Event::Work(number));
        Ok(())
    }

    fn sync(&mut self, number: usize) -> Result<(), Breach> {
        let after = self.people.between(10 * MINUTE, 12 * HOUR);
        self.schedule(after, Event::Sync(number));
        if !self.laptops[number].enrolled || self.laptops[number].is_busy() {
            return Ok(());
        }
        self.laptops[number].begin_sync()?;
        self.go_on(number)
    }

    fn enrol(&mut self, number: usize) -> Result<(), Breach> {
        if self.laptops[number].enrolled {
            return Ok(());
        }
        if !self.server.is_up() || self.laptops[number].is_busy() {
            self.schedule(HOUR, Event::Enrol(number));
            return Ok(());
        }
        self.note(format!("laptop {number}: is enrolled"));
        self.enrol_quietly(number)
    }

    /// Redeems an invitation per grant, on a good day.
    fn enrol_quietly(&mut self, number: usize) -> Result<(), Breach> {
        let province = self.server.province()?;
        for (role, scope) in self.laptops[number].post.grants.clone() {
            let known = self.laptops[number].enrolled.then_some(self.laptops[number].person());
            let invitation =
                NewInvitation { role, scope, days: 7, person: known, server_url: Some(crate::ADDRESS.to_owned()) };
            let invitation = self.runtime.block_on(province.invite(invitation)).map_err(Breach::of("no invitation"))?;
            self.laptops[number].begin_enrolment(invitation)?;
            match self.carry_at_once(number)? {
                Finished::Enrolled(Ok(enrolled)) => self.laptops[number].remember(&enrolled)?,
                Finished::Enrolled(Err(error)) => return Err(Breach::of("an enrolment on a good day fails")(error)),
                Finished::Sync(_) => return Err(Breach::new("an enrolment ended as a sync")),
            }
        }
        Ok(())
    }

    /// Lets a laptop's errand go on, and what leaves leave.
    fn go_on(&mut self, number: usize) -> Result<(), Breach> {
        match self.laptops[number].go_on(&self.runtime) {
            Some(Finished::Sync(result)) => self.end_sync(
                number,
                result.map(|report| {
                    format!(
                        "sent {}, received {}, conflicts {}, aside {}, {} trips",
                        report.sent_saves,
                        report.received_saves,
                        report.conflicts_new,
                        report.quarantined,
                        report.round_trips
                    )
                }),
            ),
            Some(Finished::Enrolled(_)) => Err(Breach::new("an enrolment ended amid the simulation")),
            None => self.depart(number),
        }
    }

    fn end_sync(&mut self, number: usize, result: Result<String, SyncError>) -> Result<(), Breach> {
        match result {
            Ok(report) => {
                self.outcome.syncs += 1;
                self.note(format!("laptop {number}: sync {report}"));
                self.tend(number)
            }
            Err(SyncError::Refused { code: FailureCode::RevokedDevice, .. }) if self.laptops[number].revoked => {
                self.note(format!("laptop {number}: is refused as revoked"));
                Ok(())
            }
            Err(error) if error.may_pass() && !matches!(error, SyncError::ForgedReceipt) => {
                self.outcome.failed_syncs += 1;
                self.note(format!("laptop {number}: sync fails, {:?}", error.code()));
                Ok(())
            }
            Err(error) => Err(Breach::of("a sync fails for good")(error)),
        }
    }

    /// Decides what becomes of the request that leaves a laptop.
    fn depart(&mut self, number: usize) -> Result<(), Breach> {
        let Some(request) = self.laptops[number].link.take_leaving() else {
            return Err(Breach::new("an errand waits for nothing"));
        };
        self.laptops[number].crossing += 1;
        let crossing = self.laptops[number].crossing;
        let departure = Departure { sent_ms: self.laptops[number].desk.now_ms(), at_ms: self.clock.now_ms() };
        let up_ms = self.weather.between(20, 4000) + request.body().len() as u64 / self.weather.between(1, 200);
        let patience_ms = self.weather.between(15_000, 75_000);
        let gives_up = |ending| Event::Return { laptop: number, crossing, ending, departure };
        let fate = self.weather.weighted(&[
            (None, 700),
            (Some(Mishap::Drop), 80),
            (Some(Mishap::Cut), 50),
            (Some(Mishap::LostAnswer), 70),
            (Some(Mishap::TornAnswer), 60),
            (Some(Mishap::Double), 40),
            (Some(Mishap::Late), 40),
            (Some(Mishap::Portal), 20),
        ]);
        let fate = fate.flatten().filter(|mishap| self.plan.has(*mishap));
        if let Some(mishap) = fate {
            *self.outcome.mishaps.entry(mishap).or_default() += 1;
            self.note(format!("laptop {number}: {mishap}"));
        }
        let reach = |request, cut, back| Event::Reach { laptop: number, crossing, request, cut, back };
        let way = Way { departure, torn: false };
        match fate {
            Some(Mishap::Drop) => self.schedule(patience_ms, gives_up(Ending::Silence)),
            Some(Mishap::Cut) => {
                let kept = self.weather.below(request.body().len().max(1));
                self.schedule(up_ms, reach(request, Some(kept), None));
                self.schedule(up_ms, gives_up(Ending::Cut));
            }
            Some(Mishap::LostAnswer) => {
                self.schedule(up_ms, reach(request, None, None));
                self.schedule(up_ms + patience_ms, gives_up(Ending::Cut));
            }
            Some(Mishap::TornAnswer) => {
                self.schedule(up_ms, reach(request, None, Some(Way { torn: true, ..way })));
            }
            Some(Mishap::Double) => {
                let first = self.weather.chance(500);
                self.schedule(up_ms, reach(request.clone(), None, first.then_some(way)));
                self.schedule(up_ms + 300, reach(request, None, (!first).then_some(way)));
            }
            Some(Mishap::Late) => {
                self.schedule(patience_ms, gives_up(Ending::Silence));
                let much_later = patience_ms + self.weather.between(1, 3 * HOUR);
                self.schedule(much_later, reach(request, None, None));
            }
            Some(Mishap::Portal) => {
                let page = Response::new(Bytes::from_static(b"<html>Login WiFi</html>"));
                self.schedule(up_ms, gives_up(Ending::Answer(page)));
            }
            _ => self.schedule(up_ms, reach(request, None, Some(way))),
        }
        Ok(())
    }

    fn reach(
        &mut self,
        laptop: usize,
        crossing: u64,
        request: Request<Bytes>,
        cut: Option<usize>,
        back: Option<Way>,
    ) -> Result<(), Breach> {
        let answer = self.runtime.block_on(self.server.answer(request, cut));
        let Some(Way { departure, torn }) = back else { return Ok(()) };
        let down_ms = self.weather.between(20, 4000)
            + answer.as_ref().map_or(0, |answer| answer.body().len() as u64) / self.weather.between(1, 200);
        let ending = match answer {
            None => Ending::Cut,
            Some(answer) if torn => {
                let kept = self.weather.below(answer.body().len().max(1));
                Ending::TornAnswer(answer.map(|body| body.slice(..kept.min(body.len()))))
            }
            Some(answer) => Ending::Answer(answer),
        };
        self.schedule(down_ms, Event::Return { laptop, crossing, ending, departure });
        Ok(())
    }

    fn come_back(&mut self, number: usize, crossing: u64, ending: Ending, departure: Departure) -> Result<(), Breach> {
        let laptop = &self.laptops[number];
        if laptop.crossing != crossing || !laptop.is_busy() {
            return Ok(());
        }
        let took = Duration::from_millis(self.clock.now_ms() - departure.at_ms);
        let timing = Timing { sent_ms: departure.sent_ms, answered_ms: laptop.desk.now_ms(), took };
        laptop.link.bring_back(match ending {
            Ending::Answer(response) => Ok(Delivery { response, timing }),
            Ending::TornAnswer(response) => {
                let arrived = Some(Delivery { response, timing });
                Err(Interruption { error: SyncError::LinkCut("the simulated link was cut".into()), arrived })
            }
            Ending::Cut => Err(SyncError::LinkCut("the simulated link was cut".into()).into()),
            Ending::Silence => Err(SyncError::Silence.into()),
        });
        self.go_on(number)
    }

    /// Carries everything a laptop's errand needs at once, over a link without fault, to its end.
    fn carry_at_once(&mut self, number: usize) -> Result<Finished, Breach> {
        loop {
            if let Some(finished) = self.laptops[number].go_on(&self.runtime) {
                return Ok(finished);
            }
            let Some(request) = self.laptops[number].link.take_leaving() else {
                return Err(Breach::new("an errand waits for nothing"));
            };
            let now_ms = self.laptops[number].desk.now_ms();
            let answer = self.runtime.block_on(self.server.answer(request, None));
            let response = answer.ok_or_else(|| Breach::new("the server is down on a good day"))?;
            let timing = Timing { sent_ms: now_ms, answered_ms: now_ms, took: Duration::from_millis(1) };
            self.laptops[number].link.bring_back(Ok(Delivery { response, timing }));
        }
    }

    fn mishap(&mut self) -> Result<(), Breach> {
        let in_a_day = 3 + self.laptops.len() as u64 / 2;
        let after = self.fortune.between(MINUTE, 2 * DAY / in_a_day);
        self.schedule(after, Event::Mishap);
        let Some(mishap) = self.fortune.weighted(&[
            (Mishap::Clock, 10),
            (Mishap::Kill, 20),
            (Mishap::PowerCut, 10),
            (Mishap::Backup, 16),
            (Mishap::Image, 10),
            (Mishap::Twin, 3),
            (Mishap::Revoke, 1),
            (Mishap::Restart, 12),
            (Mishap::Courier, 30),
            (Mishap::LaterVersion, 8),
            (Mishap::LateJoiner, 2),
        ]) else {
            return Ok(());
        };
        let number = self.fortune.below(self.laptops.len());
        if !self.plan.has(mishap) {
            return Ok(());
        }
        if self.befall(mishap, number)? {
            *self.outcome.mishaps.entry(mishap).or_default() += 1;
        }
        Ok(())
    }

    /// Lets a mishap befall a laptop; says whether it could.
    fn befall(&mut self, mishap: Mishap, number: usize) -> Result<bool, Breach> {
        match mishap {
            Mishap::Clock => {
                let true_ms = self.clock.now_ms();
                let (day, year) = (DAY, 365 * DAY);
                let now_ms = match self.fortune.below(7) {
                    0 => true_ms,
                    1 => true_ms + self.fortune.between(MINUTE, 3 * day),
                    2 => true_ms - self.fortune.between(MINUTE, 3 * day),
                    3 => true_ms - year * self.fortune.between(1, 5),
                    // 1 January 2099, and the year a flat battery brings.
                    4 => 4_070_908_800_000,
                    5 => 0,
                    _ => true_ms + year,
                };
                self.laptops[number].desk.set_clock(now_ms);
                self.note(format!("laptop {number}: its clock says {now_ms}"));
            }
            Mishap::Kill => {
                self.note(format!("laptop {number}: is killed, busy {}", self.laptops[number].is_busy()));
                self.laptops[number].kill()?;
            }
            Mishap::PowerCut => {
                self.note(format!("laptop {number}: loses power, busy {}", self.laptops[number].is_busy()));
                let aside = self.new_copy();
                self.laptops[number].cut_power(&aside)?;
            }
            Mishap::Backup => return self.back_up_or_restore(number),
            Mishap::Image => return self.image_or_put_back(number),
            Mishap::Twin => return self.copy_laptop(number),
            Mishap::Revoke => return self.revoke(number),
            Mishap::Restart => {
                if !self.server.is_up() {
                    return Ok(false);
                }
                self.server.stop();
                self.note("the server is down");
                let after = self.fortune.between(1, 2 * HOUR);
                self.schedule(after, Event::ServerUp);
            }
            Mishap::Courier => return self.send_courier(number),
            Mishap::LaterVersion => return self.write_as_later_version(number),
            Mishap::LateJoiner => {
                if self.laptops.len() >= self.plan.devices + 1 + self.plan.devices / 8 {
                    return Ok(false);
                }
                let post = self.laptops[number].post.clone();
                let number = self.add_laptop(post)?;
                self.note(format!("laptop {number}: is new"));
                let after = self.fortune.between(1, DAY);
                self.schedule(after, Event::Enrol(number));
            }
            Mishap::Drop
            | Mishap::Cut
            | Mishap::LostAnswer
            | Mishap::TornAnswer
            | Mishap::Double
            | Mishap::Late
            | Mishap::Portal => {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn new_copy(&mut self) -> PathBuf {
        self.copies += 1;
        self.folder.path().join(format!("copy-{}", self.copies))
    }

    fn back_up_or_restore(&mut self, number: usize) -> Result<bool, Breach> {
        if !self.laptops[number].enrolled {
            return Ok(false);
        }
        if let (Some(copy), true) = (self.laptops[number].backup.clone(), self.fortune.chance(400)) {
            self.note(format!("laptop {number}: is set up again from its backup"));
            self.lose_disk(number, &copy)?;
            self.laptops[number].recover(&copy.folder)?;
            return Ok(true);
        }
        let folder = self.new_copy();
        let place = self.ledger.len();
        self.laptops[number].back_up(&folder)?;
        self.laptops[number].backup = Some(Copy { folder, place });
        self.note(format!("laptop {number}: is backed up"));
        Ok(true)
    }

    fn image_or_put_back(&mut self, number: usize) -> Result<bool, Breach> {
        if !self.laptops[number].enrolled {
            return Ok(false);
        }
        if let (Some(copy), true) = (self.laptops[number].image.take(), self.fortune.chance(500)) {
            self.note(format!("laptop {number}: its disk's image is put back"));
            self.lose_disk(number, &copy)?;
            self.laptops[number].put_back(&copy.folder)?;
            return Ok(true);
        }
        let folder = self.new_copy();
        let place = self.ledger.len();
        self.laptops[number].copy_disk(&folder)?;
        self.laptops[number].image = Some(Copy { folder, place });
        self.note(format!("laptop {number}: an image of its disk is made"));
        Ok(true)
    }

    /// Notes that a disk is lost with everything written since it was copied.
    fn lose_disk(&mut self, number: usize, copy: &Copy) -> Result<(), Breach> {
        if self.server.is_up() {
            self.read_log()?;
            audit::check_sent(&self.laptops[number], &mut self.ledger, &self.log)?;
        }
        self.ledger.of_laptop_since(number, copy.place).for_each(|entry| entry.lost_with_disk = true);
        Ok(())
    }

    fn copy_laptop(&mut self, number: usize) -> Result<bool, Breach> {
        if !self.laptops[number].enrolled || self.laptops[number].revoked {
            return Ok(false);
        }
        let twin = self.laptops.len();
        let folder = self.folder.path().join(format!("laptop-{twin}"));
        self.laptops[number].copy_disk(&folder)?;
        let dice = Dice::new(self.plan.seed, &format!("laptop {twin}"));
        let laptop = self.laptops[number].twin(twin, folder, self.clock.clone(), dice)?;
        self.laptops.push(laptop);
        self.begin_days(twin);
        self.note(format!("laptop {twin}: is a copy of laptop {number}'s disk"));
        Ok(true)
    }

    fn revoke(&mut self, number: usize) -> Result<bool, Breach> {
        let revoked = self.laptops.iter().filter(|laptop| laptop.revoked).count();
        if !self.server.is_up() || !self.laptops[number].enrolled || revoked >= self.laptops.len() / 4 {
            return Ok(false);
        }
        let device = self.laptops[number].device()?;
        let province = self.server.province()?;
        self.runtime
            .block_on(province.revoke(device, RevocationReason::KeyCompromise))
            .map_err(Breach::of("a device cannot be revoked"))?;
        for laptop in &mut self.laptops {
            laptop.revoked |= laptop.device()? == device;
        }
        self.note(format!("laptop {number}: is revoked"));
        Ok(true)
    }

    fn write_as_later_version(&mut self, number: usize) -> Result<bool, Breach> {
        if !self.server.is_up() {
            return Ok(false);
        }
        self.read_log()?;
        let now_ms = self.clock.now_ms();
        let province = self.server.province()?;
        if self.later.is_none() {
            let Some(scope) = self.laptops[number].post.homes.first().cloned() else { return Ok(false) };
            let later = self.runtime.block_on(LaterVersion::enrol(&province, &scope, now_ms, &mut self.fortune))?;
            self.later = Some(later);
        }
        let Some(later) = &mut self.later else { return Ok(false) };
        let known: Vec<_> = self.log.records_of(later.scope()).collect();
        let Some(record) = self.fortune.pick(&known).copied() else { return Ok(false) };
        self.runtime.block_on(later.write(&province, record, now_ms, &mut self.fortune))?;
        self.note(format!("a later version writes about {record}"));
        Ok(true)
    }

    fn read_log(&mut self) -> Result<(), Breach> {
        let province = self.server.province()?;
        self.runtime.block_on(self.log.read_on(&province))
    }

    fn audit(&mut self) -> Result<(), Breach> {
        let after = self.fortune.between(HOUR, DAY);
        self.schedule(after, Event::Audit);
        if !self.server.is_up() {
            return Ok(());
        }
        self.read_log()?;
        self.log.check_survivors()?;
        let number = self.fortune.below(self.laptops.len());
        let laptop = &self.laptops[number];
        let key = self.server.province()?.registry_key();
        audit::check_sent(laptop, &mut self.ledger, &self.log).map_err(|breach| breach.on(laptop))?;
        audit::check_receipts(&*laptop.store()?, &key, &self.log).map_err(|breach| breach.on(laptop))?;
        if self.fortune.chance(300) {
            audit::check_rebuild(&mut *laptop.store()?).map_err(|breach| breach.on(laptop))?;
        }
        Ok(())
    }

    /// All links are up, the server runs, and everybody syncs until nothing moves any more.
    fn heal(&mut self) -> Result<(), Breach> {
        self.note("the links heal");
        self.events.clear();
        if !self.server.is_up() {
            self.runtime.block_on(self.server.start())?;
        }
        for number in 0..self.laptops.len() {
            self.laptops[number].kill()?;
            if !self.laptops[number].enrolled {
                self.enrol_quietly(number)?;
            }
        }
        const ROUNDS: usize = 12;
        for round in 1..=ROUNDS {
            let mut moved = 0;
            for number in 0..self.laptops.len() {
                self.laptops[number].begin_sync()?;
                match self.carry_at_once(number)? {
                    Finished::Sync(Ok(report)) => {
                        moved += report.sent_saves + report.received_saves + u64::from(report.more);
                        self.note(format!(
                            "laptop {number}: sent {}, received {}",
                            report.sent_saves, report.received_saves
                        ));
                    }
                    Finished::Sync(Err(SyncError::Refused { code: FailureCode::RevokedDevice, .. }))
                        if self.laptops[number].revoked => {}
                    Finished::Sync(Err(error)) => {
                        return Err(Breach::of("a sync on a good day fails")(error).on(&self.laptops[number]));
                    }
                    Finished::Enrolled(_) => return Err(Breach::new("a sync ended as an enrolment")),
                }
            }
            self.note(format!("round {round}: {moved} saves moved"));
            if moved == 0 {
                return Ok(());
            }
        }
        Err(Breach::new(format!("saves still move after {ROUNDS} rounds")))
    }

    fn judge(mut self) -> Result<Outcome, Breach> {
        self.read_log()?;
        let province = self.server.province()?;
        let registry = self.runtime.block_on(province.registry()).map_err(Breach::of("no registry"))?;
        let key = province.registry_key();
        audit::check_all(&self.laptops, &self.ledger, &self.log, &registry, &key)?;
        let sampled = self.fortune.below(self.laptops.len());
        audit::check_rebuild(&mut *self.laptops[sampled].store()?)
            .map_err(|breach| breach.on(&self.laptops[sampled]))?;

        let states = self.log.states_of(self.log.scopes.keys());
        for (record, state) in &states {
            self.trace.note_bytes(record.0.as_bytes());
            self.trace.note_bytes(&state.encode());
        }
        let conflicts =
            states.values().map(|state| state.conflicts().count() as u64 + u64::from(state.status().needs_decision));
        Ok(Outcome {
            trace: self.trace.hash().to_hex().to_string(),
            laptops: self.laptops.len(),
            accepted: self.log.saves,
            segments: self.log.segments.len() as u64,
            conflicts: conflicts.sum(),
            ..self.outcome
        })
    }
}

#[cfg(test)]
mod tests {
    use arumbae_domain::schema::RecordId;

    use super::*;

    /// Plays a quiet plan, lets `spoil` falsify something at its end, and expects to hear of it.
    #[track_caller]
    fn check_noticed(spoil: impl FnOnce(&mut Simulation<'_>), expected: &str) {
        let plan = Plan { mishaps: Default::default(), ..Plan::with_everything(1, 3, 1) };
        let mut trace = Trace::default();
        let mut simulation = Simulation::begin(&plan, None, WorldClock::default(), &mut trace).expect("a fleet");
        for number in [0, 1, 2].repeat(8) {
            simulation.work(number).expect("some work");
        }
        simulation.heal().and_then(|()| simulation.read_log()).expect("a quiet end");
        spoil(&mut simulation);
        let breach = simulation.judge().expect_err("something was spoilt");
        assert!(breach.to_string().contains(expected), "{breach}");
    }

    #[test]
    fn a_save_that_was_acknowledged_and_is_nowhere_is_noticed() {
        let lose = |simulation: &mut Simulation<'_>| {
            let mark = simulation.ledger.next_mark(0);
            simulation.ledger.acknowledge(0, RecordId::default(), mark);
        };
        check_noticed(lose, "acknowledged saves are missing");
    }

    #[test]
    fn a_value_that_nobody_superseded_and_that_is_gone_is_noticed() {
        let forget = |simulation: &mut Simulation<'_>| {
            let logs = simulation.log.scopes.values_mut();
            let forgotten = logs.filter_map(|log| log.states.pop_first()).next();
            assert!(forgotten.is_some(), "somebody wrote");
        };
        check_noticed(forget, "surviving values are heads");
    }

    #[test]
    fn a_record_that_nobody_has_is_noticed() {
        let invent = |simulation: &mut Simulation<'_>| {
            simulation.log.scopes.values_mut().for_each(|log| {
                log.states.insert(RecordId::default(), Default::default());
            });
        };
        check_noticed(invent, "1 are missing");
    }
}
