//! Synchronization: state told truthfully, and the background task that keeps trying.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arumbae_domain::Scope;
use arumbae_protocol::Receipt;
use arumbae_store::{DataPlan, Dropped, Store};
use arumbae_sync::{
    Allowance, Backoff, ClockReading, LinkState, Patience, SyncEngine, SyncError, SyncErrorCode, way_out,
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use ts_rs::TS;

use crate::App;
use crate::clock;
use crate::command::Nothing;
use crate::data_plan::{self, DataPlanState};
use crate::error::{AppError, ErrorCode, ErrorNotice, Result};
use crate::record::moment;
use crate::region;

/// What the link is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LinkPhase {
    /// No server is known yet.
    NotEnrolled,
    /// Nothing waits, nothing runs.
    Idle,
    /// Waiting before the next try.
    Waiting,
    /// The officer wants no exchange now.
    Paused,
    /// Talking to the server.
    Exchanging,
    /// What the data plan allows is used up; records wait for tomorrow, a free link or the officer's word.
    PlanUsedUp,
    /// The last try failed.
    Failed,
}

/// Where synchronization stands.
#[derive(Debug, Serialize, TS)]
pub struct SyncState {
    /// What the link is doing.
    pub phase: LinkPhase,
    /// Whether the officer wants no exchange of its own accord now.
    pub paused: bool,
    /// Saves without a receipt.
    pub waiting_saves: u64,
    /// Bytes of records still to send.
    pub waiting_bytes: u64,
    /// Attachments still to send.
    pub waiting_attachments: u64,
    /// Bytes of attachments still to send.
    pub waiting_attachment_bytes: u64,
    /// Saves with a receipt.
    pub sent_saves: u64,
    /// When the server last answered.
    pub last_contact: Option<Timestamp>,
    /// When the next try begins.
    pub next_attempt: Option<Timestamp>,
    /// Why the last try failed.
    pub failure: Option<ErrorNotice>,
    /// What the last exchange cost.
    pub last_exchange: Option<ExchangeFigures>,
    /// How far an exchange under way is.
    pub progress: Option<ExchangeProgress>,
    /// What may go over links that cost money, and what went.
    pub data_plan: DataPlanState,
    /// How much came in but does not count yet.
    pub held: u64,
    /// The names of the offices whose records the province signed otherwise than their authors did.
    pub disputed: Vec<String>,
    /// Newest receipts first.
    pub receipts: Vec<ReceiptEntry>,
    /// What is known about this laptop's clock.
    pub clock: ClockNotice,
}

/// Pauses synchronization or lets it go on.
#[derive(Debug, Deserialize, TS)]
pub struct PauseSync {
    /// Whether to pause.
    pub paused: bool,
}

/// How far an exchange is.
#[derive(Clone, Copy, Debug, Serialize, TS)]
pub struct ExchangeProgress {
    /// Bytes still to travel.
    pub bytes_left: u64,
    /// What the link carried a second when last measured; `null` before.
    pub bytes_per_second: Option<u32>,
}

/// What an exchange cost and brought.
#[derive(Clone, Debug, Serialize, TS)]
pub struct ExchangeFigures {
    /// Bytes sent.
    pub bytes_up: u64,
    /// Bytes received.
    pub bytes_down: u64,
    /// Requests made.
    pub round_trips: u32,
    /// Own saves receipted.
    pub sent_saves: u64,
    /// Foreign saves received.
    pub received_saves: u64,
    /// Conflicts that appeared.
    pub conflicts_new: u64,
}

/// What is known about the clock of this laptop.
#[derive(Clone, Debug, Serialize, TS)]
pub struct ClockNotice {
    /// This laptop less the server at the last contact, milliseconds; `null` before the first.
    pub offset_ms: Option<i64>,
    /// Half the round trip that was measured over, milliseconds.
    pub uncertainty_ms: Option<i64>,
    /// It shows a time this program was not made for: a dead battery's 1970, a slip of the year.
    pub implausible: bool,
    /// Whether to tell the officer.
    pub warn: bool,
}

/// A receipt.
#[derive(Debug, Serialize, TS)]
pub struct ReceiptEntry {
    /// First and last save it covers.
    pub first_seq: u64,
    /// How many saves.
    pub count: u32,
    /// When the server took them in.
    pub received_at: Timestamp,
    /// Hash of the segment, hexadecimal.
    pub hash: String,
}

/// Without news to send, the server is asked for news of others this often.
const CALM_INTERVAL: SignedDuration = SignedDuration::from_mins(5);

/// How often the background task looks whether there is something to do. Nothing leaves the laptop for it.
const LOOK_INTERVAL: Duration = Duration::from_secs(5);

/// Records whose words are indexed before somebody else may use the store: a few hundredths of a second.
const INDEXED_AT_ONCE: usize = 64;

/// How many receipts the screen shows.
const MOST_RECEIPTS: usize = 20;

/// The way to the server of the store that is open.
#[derive(Default)]
pub(crate) struct Link {
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    engine: Option<Arc<tokio::sync::Mutex<SyncEngine>>>,
    state: Option<watch::Receiver<LinkState>>,
    cancel: Option<watch::Sender<bool>>,
    break_off: Option<watch::Sender<()>>,
    last_attempt: Option<Timestamp>,
    last_exchange: Option<ExchangeFigures>,
    failure: Option<SyncErrorCode>,
    /// The way to the server when it was last looked at; `None` before.
    way_out: Option<Option<IpAddr>>,
    /// An exchange brought something since the log was last tended.
    untended: bool,
    /// Scopes whose history was fetched, and whether it adds up to what the province signed.
    compared: BTreeMap<Scope, bool>,
}

impl Link {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets the store that was open. An exchange under way is broken off; what it had done is in the store.
    pub(crate) fn reset(&self) {
        let mut held = self.held();
        if let Some(cancel) = held.cancel.take() {
            cancel.send_replace(true);
        }
        *held = Held::default();
    }

    /// Tells when the officer has an exchange under way broken off.
    fn broken_off(&self) -> watch::Receiver<()> {
        self.held().break_off.get_or_insert_with(|| watch::Sender::new(())).subscribe()
    }

    /// Breaks off an exchange under way; what it had done is in the store, and the next one goes on from there.
    fn break_off(&self) {
        if let Some(break_off) = &self.held().break_off {
            break_off.send_replace(());
        }
    }

    /// The engine of the open store, made on first use, with a signal that tells when the store was closed.
    fn engine(&self, app: &App) -> Result<(Arc<tokio::sync::Mutex<SyncEngine>>, watch::Receiver<bool>)> {
        let store = app.store()?;
        let mut held = self.held();
        let cancelled = held.cancel.get_or_insert_with(|| watch::Sender::new(false)).subscribe();
        if let Some(engine) = &held.engine {
            return Ok((Arc::clone(engine), cancelled));
        }
        let engine = SyncEngine::new(store, Patience::default(), app.surroundings());
        held.state = Some(engine.state());
        let engine = Arc::new(tokio::sync::Mutex::new(engine));
        held.engine = Some(Arc::clone(&engine));
        Ok((engine, cancelled))
    }
}

impl App {
    /// Synchronizes whenever there is something to send, and now and then to hear of others, and indexes the words of
    /// what came; for ever.
    ///
    /// The host lets it run beside the window. It does nothing while the store is closed or the officer has paused.
    pub async fn keep_synchronizing(&self) {
        loop {
            tokio::time::sleep(LOOK_INTERVAL).await;
            if self.is_time_to_synchronize().await {
                // The outcome stands in the link's state, where the screen reads it.
                let _ = exchange(self).await;
            }
            if std::mem::take(&mut self.link.held().untended) {
                // What fails is tried again after the next exchange.
                let _ = self.tend_log().await;
            }
            // A few at a time, so that a command that comes meanwhile hardly waits. What fails is tried again when
            // somebody searches, and is told then.
            while let Ok(true) = self.with_store(|store| Ok(store.index_pending(INDEXED_AT_ONCE)?)).await {}
        }
    }

    /// Lets go of what everybody has, and holds a history that was fetched against what the province signed in its
    /// place. Scope by scope, so that a command that comes meanwhile hardly waits.
    ///
    /// # Errors
    /// [`ErrorCode::Locked`], and whatever keeps the store from being written.
    pub async fn tend_log(&self) -> Result<()> {
        let now_ms = self.now_ms();
        for scope in self.with_store(move |store| Ok(store.scopes_worth_compacting(now_ms)?)).await? {
            if let Ok(Dropped { segments, bytes }) = self.with_store(move |store| Ok(store.compact(&scope)?)).await? {
                tracing::info!(segments, bytes, "what everybody has was dropped");
            }
        }
        for scope in self.with_store(|store| Ok(store.scopes_with_history_fetched()?)).await? {
            if self.link.held().compared.contains_key(&scope) {
                continue;
            }
            let named = scope.clone();
            let agrees = self.with_store(move |store| Ok(store.check_snapshot(&named)? != Some(false))).await?;
            if !agrees {
                tracing::error!(%scope, "the province signed a snapshot that its authors' segments do not add up to");
            }
            self.link.held().compared.insert(scope, agrees);
        }
        Ok(())
    }

    async fn is_time_to_synchronize(&self) -> bool {
        let (today, now_ms) = (self.today(), self.now_ms());
        let asked = self.with_store(move |store| {
            let (plan, left) = data_plan::allowed(store, today, now_ms)?;
            Ok((store.enrolment()?, plan, left, store.sync_summary()?))
        });
        let Ok((Some(enrolment), plan, left, summary)) = asked.await else { return false };
        let due = {
            let mut held = self.link.held();
            let way_out = way_out(&enrolment.server_url);
            let before = held.way_out.replace(way_out);
            let other_network = way_out.is_some() && before.is_some_and(|before| before != way_out);
            let state = held.state.as_ref().map(|state| *state.borrow());
            let since_last = held.last_attempt.map(|at| self.now().duration_since(at));
            is_due(state, now_ms, since_last, other_network)
        };
        let Some(due) = due else { return false };
        if plan.paused || left == Some(0) {
            return false;
        }
        // Originals that wait for a free link give no reason to ask for one.
        let attachments = summary.waiting_blobs > 0 && plan.permits_originals(now_ms);
        due || summary.waiting_saves > 0 || attachments
    }
}

/// Whether an exchange is due, whatever waits to be sent; `None` if none may begin now.
fn is_due(
    state: Option<LinkState>,
    now_ms: u64,
    since_last: Option<SignedDuration>,
    other_network: bool,
) -> Option<bool> {
    // A clock that was set back must not make a pause of minutes one of years.
    let is_over = |until: u64| until <= now_ms || until - now_ms > Backoff::LONGEST.as_millis() as u64;
    let calm = since_last.is_none_or(|since| since.abs() >= CALM_INTERVAL);
    match state {
        Some(LinkState::Connecting | LinkState::Exchanging { .. }) => None,
        Some(LinkState::Waiting { until, .. }) => (other_network || is_over(until)).then_some(true),
        // A disk may have room again; all else that fails for good waits for a person.
        Some(LinkState::Failed { code: SyncErrorCode::Store }) => calm.then_some(true),
        Some(LinkState::Failed { .. }) => None,
        Some(LinkState::NotEnrolled | LinkState::Idle | LinkState::Done) | None => Some(calm || other_network),
    }
}

/// One exchange with the server: records first, then attachments as far as the data plan allows.
async fn exchange(app: &App) -> Result<()> {
    let (engine, mut cancelled) = app.link.engine(app)?;
    let mut broken_off = app.link.broken_off();
    app.link.held().last_attempt = Some(app.now());
    let (today, now_ms) = (app.today(), app.now_ms());
    let (plan, left) = app.with_store(move |store| data_plan::allowed(store, today, now_ms)).await?;
    // What has gone, in both directions, whatever comes of the rest.
    let mut gone = 0;
    let work = async {
        let mut engine = engine.lock().await;
        let report = engine.synchronize().await?;
        gone += report.bytes_up + report.bytes_down;
        let allowance =
            Allowance { originals: plan.permits_originals(now_ms), bytes: left.map(|left| left.saturating_sub(gone)) };
        let carried = engine.transfer_attachments(allowance).await?;
        gone += carried.bytes_up + carried.bytes_down;
        Ok::<_, SyncError>((report, carried))
    };
    let outcome = tokio::select! {
        outcome = work => Some(outcome),
        _ = broken_off.changed() => None,
        _ = cancelled.wait_for(|cancelled| *cancelled) => return Err(AppError::new(ErrorCode::Locked)),
    };
    {
        // What was broken off or failed has cost as well.
        let engine = engine.lock().await;
        let unreported = engine.take_unreported_traffic();
        gone += unreported.up + unreported.down;
        if outcome.is_none() {
            engine.rest();
        }
    }
    if !plan.is_free(now_ms) && gone > 0 {
        app.with_store(move |store| Ok(store.note_paid_traffic(today, gone)?)).await?;
    }
    let Some(outcome) = outcome else { return Ok(()) };
    let mut held = app.link.held();
    match outcome {
        Ok((report, carried)) => {
            held.failure = None;
            held.untended = true;
            held.last_exchange = Some(ExchangeFigures {
                bytes_up: report.bytes_up + carried.bytes_up,
                bytes_down: report.bytes_down + carried.bytes_down,
                round_trips: report.round_trips + carried.round_trips,
                sent_saves: report.sent_saves,
                received_saves: report.received_saves,
                conflicts_new: report.conflicts_new,
            });
            Ok(())
        }
        Err(error) => {
            held.failure = Some(error.code());
            Err(AppError::from(error))
        }
    }
}

pub(crate) async fn sync_now(app: &App, _: Nothing) -> Result<SyncState> {
    exchange(app).await?;
    sync_state(app, Nothing {}).await
}

pub(crate) async fn sync_pause(app: &App, PauseSync { paused }: PauseSync) -> Result<SyncState> {
    app.with_store(move |store| {
        let plan = DataPlan { paused, ..store.data_plan()? };
        Ok(store.set_data_plan(&plan)?)
    })
    .await?;
    if paused {
        app.link.break_off();
    }
    sync_state(app, Nothing {}).await
}

pub(crate) async fn sync_state(app: &App, _: Nothing) -> Result<SyncState> {
    let now = app.now();
    let today = app.today();
    let (link, last_exchange, failure, disputed) = {
        let held = app.link.held();
        let link = held.state.as_ref().map(|state| *state.borrow());
        let disputed = held.compared.iter().filter(|(_, agrees)| !**agrees);
        let disputed = disputed.map(|(scope, _)| region::name_of(scope.region())).collect();
        (link, held.last_exchange.clone(), held.failure, disputed)
    };
    let progress = match link {
        Some(LinkState::Exchanging { bytes_left, bytes_per_second }) => {
            Some(ExchangeProgress { bytes_left, bytes_per_second })
        }
        _ => None,
    };
    let failure = failure.map(|code| app.catalogue().notice(&AppError::new(code.into()), String::new()));
    app.with_store(move |store| {
        let summary = store.sync_summary()?;
        let enrolled = store.enrolment()?.is_some();
        let now_ms = now.as_millisecond().unsigned_abs();
        let (plan, left) = data_plan::allowed(store, today, now_ms)?;
        let (phase, next_attempt) = match link {
            _ if !enrolled => (LinkPhase::NotEnrolled, None),
            Some(LinkState::Connecting | LinkState::Exchanging { .. }) => (LinkPhase::Exchanging, None),
            _ if plan.paused => (LinkPhase::Paused, None),
            _ if left == Some(0) => (LinkPhase::PlanUsedUp, None),
            Some(LinkState::Waiting { until, .. }) => (LinkPhase::Waiting, Some(moment(until))),
            Some(LinkState::Failed { .. }) => (LinkPhase::Failed, None),
            Some(LinkState::NotEnrolled | LinkState::Idle | LinkState::Done) | None => (LinkPhase::Idle, None),
        };
        Ok(SyncState {
            phase,
            paused: plan.paused,
            progress,
            data_plan: data_plan::state(&plan, store.paid_traffic(today)?, now_ms),
            waiting_saves: summary.waiting_saves,
            waiting_bytes: summary.waiting_bytes,
            waiting_attachments: summary.waiting_blobs,
            waiting_attachment_bytes: summary.waiting_blob_bytes,
            sent_saves: summary.sent_saves,
            last_contact: summary.last_contact_ms.map(moment),
            next_attempt,
            failure: failure.filter(|_| !matches!(phase, LinkPhase::NotEnrolled | LinkPhase::Exchanging)),
            last_exchange,
            held: summary.quarantined,
            disputed,
            receipts: store.receipts(MOST_RECEIPTS)?.iter().map(receipt_entry).collect(),
            clock: clock_notice(store, now)?,
        })
    })
    .await
}

fn receipt_entry(receipt: &Receipt) -> ReceiptEntry {
    ReceiptEntry {
        first_seq: receipt.first_seq,
        count: receipt.count,
        received_at: moment(receipt.received_ms),
        hash: receipt.hash.to_string(),
    }
}

fn clock_notice(store: &Store, now: Timestamp) -> Result<ClockNotice> {
    let quality = store.clock_quality()?;
    let reading = ClockReading { ahead_ms: quality.offset_ms.into(), uncertainty_ms: quality.uncertainty_ms };
    let measured = quality.uncertainty_ms != u32::MAX;
    let implausible = !clock::is_plausible(now);
    Ok(ClockNotice {
        offset_ms: measured.then_some(reading.ahead_ms),
        uncertainty_ms: measured.then_some(reading.uncertainty_ms.into()),
        implausible,
        warn: implausible || (measured && reading.is_far_off()),
    })
}

impl From<SyncErrorCode> for ErrorCode {
    fn from(code: SyncErrorCode) -> Self {
        match code {
            SyncErrorCode::NotEnrolled => ErrorCode::NotEnrolled,
            SyncErrorCode::NoRoute => ErrorCode::NoRoute,
            SyncErrorCode::LinkCut => ErrorCode::ServerInterrupted,
            SyncErrorCode::UntrustedServer => ErrorCode::WrongServer,
            SyncErrorCode::CaptivePortal => ErrorCode::CaptivePortal,
            SyncErrorCode::Revoked => ErrorCode::DeviceRevoked,
            SyncErrorCode::UnknownDevice | SyncErrorCode::AlreadyRegistered => ErrorCode::DeviceUnknown,
            SyncErrorCode::InvitationUnknown | SyncErrorCode::InvitationUsed => ErrorCode::InvitationUnknown,
            SyncErrorCode::WrongCode => ErrorCode::InvitationCodeWrong,
            SyncErrorCode::TooManyTries => ErrorCode::InvitationCodeWait,
            SyncErrorCode::InvitationExpired => ErrorCode::InvitationExpired,
            SyncErrorCode::NewerProtocol => ErrorCode::ServerNewer,
            SyncErrorCode::ServerUnavailable | SyncErrorCode::ServerFull | SyncErrorCode::WrongAnswer => {
                ErrorCode::ServerFailed
            }
            SyncErrorCode::Store => ErrorCode::Internal,
        }
    }
}

impl From<SyncError> for AppError {
    fn from(error: SyncError) -> Self {
        match error {
            SyncError::Store(error) => error.into(),
            other => AppError::caused(other.code().into(), other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: u64 = 1_796_000_000_000;

    fn waiting(minutes: i64) -> Option<LinkState> {
        let until = NOW_MS.saturating_add_signed(minutes * 60_000);
        Some(LinkState::Waiting { until, because: SyncErrorCode::NoRoute })
    }

    #[test]
    fn a_network_that_comes_ends_every_pause() {
        let minutes = |minutes| Some(SignedDuration::from_mins(minutes));
        for (state, since_last, other_network, expected) in [
            (waiting(9), minutes(1), false, None),
            (waiting(9), minutes(1), true, Some(true)),
            (waiting(-1), minutes(9), false, Some(true)),
            // The clock was right when the pause began, and is years behind now.
            (waiting(60 * 24 * 365), minutes(-60 * 24 * 365), false, Some(true)),
            (Some(LinkState::Done), minutes(1), false, Some(false)),
            (Some(LinkState::Done), minutes(1), true, Some(true)),
            (Some(LinkState::Done), minutes(6), false, Some(true)),
            (Some(LinkState::Done), minutes(-600), false, Some(true)),
            (None, None, false, Some(true)),
            (Some(LinkState::Connecting), minutes(9), true, None),
            (Some(LinkState::Failed { code: SyncErrorCode::Revoked }), minutes(9), true, None),
            (Some(LinkState::Failed { code: SyncErrorCode::Store }), minutes(1), false, None),
            (Some(LinkState::Failed { code: SyncErrorCode::Store }), minutes(6), false, Some(true)),
        ] {
            assert_eq!(is_due(state, NOW_MS, since_last, other_network), expected, "{state:?} {since_last:?}");
        }
    }
}
