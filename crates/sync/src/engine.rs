//! One sync: seal, then push and pull in one request after another until nothing is left.
//!
//! Each step is durable in the store before the next begins, and none is assumed to have happened: a program
//! killed anywhere in here goes on from what the store holds.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arumbae_domain::Scope;
use arumbae_mergelog::segment::SegmentHash;
use arumbae_mergelog::{Lane, SealedSegment, compression};
use arumbae_protocol::http_signature::WINDOW_SECONDS;
use arumbae_protocol::sync::MAX_SEGMENTS;
use arumbae_protocol::{
    KeyLineage, Notice, Parcel, Receipt, RegistryKey, ScopeCursor, ScopeDigest, ScopeSegment, SyncRequest, SyncResponse,
};
use arumbae_store::{ApplyOutcome, Enrolment, Incoming, Store};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use tokio::sync::watch;
use tracing::info;

use crate::carrier::{SharedCarrier, Traffic};
use crate::clock_reading::ClockReading;
use crate::error::{Result, SyncError, SyncErrorCode};
use crate::https::Patience;
use crate::link_state::LinkState;
use crate::plan::{self, LinkEstimate, Pending, Urgency};
use crate::repairing::Mended;
use crate::retry::Backoff;
use crate::shared_store::SharedStore;
use crate::surroundings::{Randomness, SharedSurroundings};
use crate::transport::{Answer, Transport};
use crate::underway::Underway;

/// After so many that are gone or unusable, a sync reads segments only.
const SNAPSHOTS_GIVEN_UP: u32 = 2;

/// Drawn for no device: whoever asks with it is sent everything, their own segments included.
const NO_INCARNATION: u64 = u64::MAX;

/// What a sync did, for the screen and for the byte budget.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncReport {
    /// HTTP bytes sent, without TLS.
    pub bytes_up: u64,
    /// HTTP bytes received, without TLS.
    pub bytes_down: u64,
    /// Requests answered.
    pub round_trips: u32,
    /// Own saves that got their receipt.
    pub sent_saves: u64,
    /// Saves of others that joined the log.
    pub received_saves: u64,
    /// Fields that now hold more than one value.
    pub conflicts_new: u64,
    /// Segments put aside, ours by the server and others' by this device.
    pub quarantined: u64,
    /// How far this device's clock is ahead of the server's, in milliseconds.
    pub clock_offset_ms: i64,
    /// Half the round trip of that comparison.
    pub clock_uncertainty_ms: u32,
    /// Whether own saves wait again, written while the sync was under way.
    pub more: bool,
}

impl SyncReport {
    /// The comparison of the clocks; [`ClockReading::is_far_off`] says whether people should be told.
    pub fn clock(&self) -> ClockReading {
        ClockReading { ahead_ms: self.clock_offset_ms, uncertainty_ms: self.clock_uncertainty_ms }
    }

    fn count(&mut self, outcome: &ApplyOutcome) {
        self.received_saves += outcome.saves as u64;
        self.conflicts_new += outcome.new_conflicts as u64;
        self.quarantined += outcome.quarantined as u64;
    }
}

/// Synchronizes one store with its province.
pub struct SyncEngine {
    store: SharedStore,
    route: Route,
    surroundings: SharedSurroundings,
    connection: Option<(Enrolment, Arc<Transport>)>,
    underway: Option<Underway>,
    link: LinkEstimate,
    backoff: Backoff,
    state: watch::Sender<LinkState>,
}

/// How the server is reached.
enum Route {
    /// At the address of the enrolment.
    Https(Patience),
    /// By a carrier that knows where the server is.
    Carrier(SharedCarrier),
}

/// What one request pushed.
struct Pushed {
    segments: Vec<(Lane, SegmentHash)>,
    request: SyncRequest,
}

/// What became of one answer.
struct Applied {
    progress: bool,
    registry_moved: bool,
    sent_saves: u64,
    /// Own segments that the server put aside.
    refused: u64,
    outcomes: Vec<ApplyOutcome>,
}

impl SyncEngine {
    /// An engine for `store`; connects to nothing yet.
    pub fn new(store: Arc<Mutex<Store>>, patience: Patience, surroundings: SharedSurroundings) -> Self {
        SyncEngine::on_route(store, Route::Https(patience), surroundings)
    }

    /// An engine whose requests go with `carrier` instead of over HTTPS.
    pub fn over(store: Arc<Mutex<Store>>, carrier: SharedCarrier, surroundings: SharedSurroundings) -> Self {
        SyncEngine::on_route(store, Route::Carrier(carrier), surroundings)
    }

    fn on_route(store: Arc<Mutex<Store>>, route: Route, surroundings: SharedSurroundings) -> Self {
        SyncEngine {
            store: SharedStore::new(store),
            route,
            surroundings,
            connection: None,
            underway: None,
            link: LinkEstimate::default(),
            backoff: Backoff::default(),
            state: watch::Sender::new(LinkState::Idle),
        }
    }

    /// What the link is doing, as it changes.
    pub fn state(&self) -> watch::Receiver<LinkState> {
        self.state.subscribe()
    }

    /// Pushes and pulls until nothing is left.
    ///
    /// After an error everything up to the last answer stays done, and [`LinkState::Waiting`] says when another
    /// attempt makes sense; the host does the waiting, and may try at once when a person asks for it.
    pub async fn synchronize(&mut self) -> Result<SyncReport> {
        let outcome = self.exchange_until_done().await;
        self.conclude(&outcome);
        outcome
    }

    pub(crate) fn conclude<T>(&mut self, outcome: &Result<T>) {
        let state = match outcome {
            Ok(_) => {
                self.backoff.after_success();
                LinkState::Done
            }
            Err(SyncError::NotEnrolled) => LinkState::NotEnrolled,
            Err(error) if error.may_pass() => {
                let randomness = rand_core::RngCore::next_u32(&mut Randomness(&*self.surroundings));
                let asked = match error {
                    SyncError::ServerUnavailable { retry_after, .. } => retry_after.unwrap_or_default(),
                    _ => Duration::ZERO,
                };
                let longest = match error {
                    SyncError::NoRoute(_) => Backoff::LONGEST_UNREACHED,
                    _ => Backoff::LONGEST,
                };
                let pause = self.backoff.after_failure(longest, randomness).max(asked.min(Backoff::LONGEST));
                let until = self.surroundings.now_ms().saturating_add(pause.as_millis() as u64);
                LinkState::Waiting { until, because: error.code() }
            }
            Err(error) => LinkState::Failed { code: error.code() },
        };
        self.state.send_replace(state);
    }

    /// The way to the province, the same one as long as the enrolment is: TLS sessions and the connection are reused.
    pub(crate) async fn connect(&mut self) -> Result<(Enrolment, Arc<Transport>)> {
        let (enrolment, device, clock) = self
            .store
            .with(|store| {
                let enrolment = store.enrolment()?.ok_or(SyncError::NotEnrolled)?;
                Ok((enrolment, store.device_signing_key().clone(), store.clock_quality()?))
            })
            .await?;
        if let Some((known, transport)) = &self.connection
            && *known == enrolment
        {
            return Ok((enrolment, transport.clone()));
        }
        let (address, ca_der, surroundings) = (&enrolment.server_url, &enrolment.ca_der, self.surroundings.clone());
        let transport = match &self.route {
            Route::Https(patience) => Transport::new(address, ca_der, device, *patience, surroundings)?,
            Route::Carrier(carrier) => Transport::over(carrier.clone(), device, surroundings),
        };
        let transport = Arc::new(transport);
        if clock.uncertainty_ms != u32::MAX {
            transport.set_clock_ahead(clock.offset_ms.into());
        }
        // Another province knows nothing of it.
        self.underway = None;
        self.connection = Some((enrolment.clone(), transport.clone()));
        Ok((enrolment, transport))
    }

    pub(crate) fn link(&mut self) -> &mut LinkEstimate {
        &mut self.link
    }

    pub(crate) fn store(&self) -> &SharedStore {
        &self.store
    }

    /// Tells that bytes are travelling, and how many are left.
    pub(crate) fn announce_left(&self, bytes_left: u64) {
        self.announce(LinkState::Exchanging { bytes_left, bytes_per_second: self.link.bytes_per_second() });
    }

    /// After a sync was dropped under way: nothing travels any more.
    pub fn rest(&self) {
        self.announce(LinkState::Idle);
    }

    /// What has gone over the link and stands in no report, because a failure came before it.
    pub fn take_unreported_traffic(&self) -> Traffic {
        self.connection.as_ref().map(|(_, transport)| transport.take_traffic()).unwrap_or_default()
    }

    pub(crate) fn announce(&self, state: LinkState) {
        self.state.send_replace(state);
    }

    pub(crate) fn now_ms(&self) -> u64 {
        self.surroundings.now_ms()
    }

    async fn exchange_until_done(&mut self) -> Result<SyncReport> {
        let (enrolment, transport) = self.connect().await?;
        self.announce(LinkState::Connecting);
        transport.take_traffic();
        self.store
            .with(|store| {
                let clock = store.clock_quality()?;
                Ok(store.seal_pending(clock)?)
            })
            .await?;

        let registry_key = RegistryKey(enrolment.registry_key);
        let mut report = SyncReport::default();
        let mut clock: Option<ClockReading> = None;
        let mut refused = self.store.with(refused_before).await?;
        // Scopes whose difference was looked for, and those that are read from their start because of it.
        let (mut compared, mut reread) = (HashSet::new(), HashSet::new());
        // What others wrote and only couriers brought goes along once the province turned out not to have it.
        let mut of_others = false;
        // Until one side turns out not to hold what the other packed against; then segments go one by one.
        let mut with_parcels = true;
        let mut given_up_snapshots = 0;
        // The registry is brought to a province that lost the end of it, once.
        let mut returned = false;
        loop {
            let credit = self.link.credit();
            let set_aside = refused.clone();
            let rereads = !reread.is_empty();
            // What an earlier sync began was asked for when the log stood elsewhere.
            let taken_up = self.underway.is_some();
            let underway = match &mut self.underway {
                Some(underway) => underway,
                none => {
                    let (pushed, bytes_left) = self
                        .store
                        .with(move |store| {
                            // Where the numbers of the two sides differ, neither can name what the other holds.
                            let by_segments = rereads || !with_parcels;
                            let takes_snapshots = !rereads && given_up_snapshots < SNAPSHOTS_GIVEN_UP;
                            let mut pushed =
                                prepare(store, credit, &set_aside, of_others, !by_segments, takes_snapshots)?;
                            if rereads {
                                // A disk's image that was put back lacks saves of its own incarnation; the first of
                                // them that comes back shows that a new one is due.
                                pushed.request.incarnation = NO_INCARNATION;
                            }
                            Ok((pushed, store.sync_summary()?.waiting_bytes))
                        })
                        .await?;
                    let speed = self.link.bytes_per_second();
                    none.insert(Underway::of(&pushed.request, pushed.segments, bytes_left, speed))
                }
            };
            let answered = underway
                .carry_through(&transport, &self.store, &self.state)
                .await
                .and_then(Answer::decode::<SyncResponse>);
            if answered.as_ref().is_err_and(SyncError::is_of_the_link) {
                return answered.map(|_| report);
            }
            let (pushed, sent) = (std::mem::take(&mut underway.pushed), underway.sent);
            self.underway = None;
            let is_unknown = answered.as_ref().is_err_and(|error| error.code() == SyncErrorCode::UnknownDevice);
            if is_unknown && !std::mem::replace(&mut returned, true) {
                // It may have lost the very entry that makes this device known.
                if let Ok(true) = self.return_registry(&transport).await {
                    continue;
                }
            }
            let (response, timing) = answered?;
            self.link = self.link.after_exchange(sent, bytes_of(&response), timing.took);
            let reading = ClockReading::compare(timing, response.server_time_ms);
            if u64::from(reading.uncertainty_ms) < WINDOW_SECONDS * 1000 {
                transport.set_clock_ahead(reading.ahead_ms);
            }
            let reading = clock.map_or(reading, |earlier| earlier.surer(reading));
            clock = Some(reading);

            let entries = response.registry.clone();
            let keys = self.store.with(move |store| Ok(store.keys_after(&entries, registry_key)?)).await?;
            check_receipts(&response.receipts, &pushed, &keys)?;
            refused.extend(refused_segments(&response.quarantine, &pushed));
            let diverged: Vec<Scope> =
                response.diverged.iter().filter(|scope| !reread.contains(*scope)).cloned().collect();
            let more = response.more || !diverged.is_empty();
            let turns_to_others = !more && !of_others;
            of_others = !more;
            let pushed_in_vain = response.unpack_failed;
            let lost_entries = response.registry_reach.is_some();

            let surroundings = self.surroundings.clone();
            let applied = self.store.with(move |store| apply(store, response, reading, &surroundings)).await?;
            let fetched = self.fetch_snapshots(&transport).await?;
            given_up_snapshots += fetched.given_up;
            fetched.outcomes.iter().for_each(|outcome| report.count(outcome));
            for scope in diverged.iter().cloned() {
                let first = compared.insert(scope.clone());
                let mended =
                    if first { self.repair(&transport, &scope).await? } else { self.read_again(&scope).await? };
                match mended {
                    Mended::ReadAgain => drop(reread.insert(scope)),
                    Mended::Found(outcome) => report.count(&outcome),
                }
            }
            let returned_now = lost_entries && !std::mem::replace(&mut returned, true);
            let returned_now = returned_now && self.return_registry(&transport).await?;
            let surroundings = self.surroundings.clone();
            // New entries may bring a right that was missing, here or there.
            let registry_moved = applied.registry_moved || returned_now;
            let set_aside = if registry_moved { HashSet::new() } else { refused.clone() };
            let (begun_anew, waiting) = self
                .store
                .with(move |store| {
                    let begun_anew = begin_anew_if_forked(store, reading, &surroundings)?;
                    Ok((begun_anew, !sendable(store, &set_aside, 1, of_others)?.is_empty()))
                })
                .await?;
            if registry_moved {
                refused.clear();
            }
            report.sent_saves += applied.sent_saves;
            report.quarantined += applied.refused;
            applied.outcomes.iter().for_each(|outcome| report.count(outcome));
            report.round_trips += 1;
            let unread = applied.outcomes.iter().any(|outcome| !outcome.unread.is_empty());
            let one_by_one = with_parcels && (unread || pushed_in_vain);
            with_parcels &= !one_by_one;
            if begun_anew {
                // What was passed over while the lane was frozen can be taken in now.
                compared.clear();
                reread.clear();
            }
            let asks_anew = fetched.given_up > 0;
            if !more && !waiting && !one_by_one && !begun_anew && !asks_anew {
                break;
            }
            let moved = applied.progress || returned_now || begun_anew || asks_anew || !diverged.is_empty();
            if !moved && !turns_to_others && !one_by_one && !taken_up {
                // Without this a server that promises more and never gives it would be asked for ever.
                return Err(SyncError::UnreadableAnswer("the server gave nothing new and says there is more".into()));
            }
        }

        let traffic = transport.take_traffic();
        let summary = self.store.with(|store| Ok(store.sync_summary()?)).await?;
        let clock = clock.unwrap_or_default();
        let report = SyncReport {
            bytes_up: traffic.up,
            bytes_down: traffic.down,
            round_trips: traffic.round_trips,
            clock_offset_ms: clock.ahead_ms,
            clock_uncertainty_ms: clock.uncertainty_ms,
            more: summary.waiting_saves > 0,
            ..report
        };
        info!(
            sent = report.sent_saves,
            received = report.received_saves,
            round_trips = report.round_trips,
            "sync went through"
        );
        Ok(report)
    }
}

/// Gathers what the next request says: where this device stands and the segments the plan chose.
fn prepare(
    store: &mut Store,
    credit: plan::Credit,
    refused: &HashSet<SegmentHash>,
    of_others: bool,
    with_parcels: bool,
    takes_snapshots: bool,
) -> Result<Pushed> {
    // Compression gains a factor of four or so; looking further ahead than twice that would only cost memory.
    let waiting: Vec<(SealedSegment, Vec<u8>)> = sendable(store, refused, credit.up.saturating_mul(8), of_others)?
        .into_iter()
        .map(|segment| {
            let compressed = compression::compress(segment.bytes());
            (segment, compressed)
        })
        .collect();
    let pending: Vec<Pending> = waiting
        .iter()
        .map(|(segment, compressed)| Pending {
            lane: segment.header().lane.id(),
            first_seq: segment.header().first_seq,
            bytes: compressed.len(),
            // A segment this device cannot read is still its own word, and goes as it is.
            urgency: segment.open().map_or(Urgency::Facts, |saves| Urgency::of(&saves)),
        })
        .collect();
    let mut chosen = plan::next_request(&pending, credit);
    chosen.truncate(MAX_SEGMENTS);
    let Outgoing { segments: outgoing, parcels, content } = if with_parcels {
        Outgoing::in_parcels(store, chosen.iter().map(|&at| waiting[at].0.clone()).collect())?
    } else {
        Outgoing::one_by_one(chosen.iter().map(|&at| waiting[at].clone()))
    };
    // Whoever reads a history has what the snapshot says.
    let takes_snapshots = takes_snapshots && store.scopes_reading_history()?.is_empty();
    let digests = store.digests()?.into_iter();
    let request = SyncRequest {
        incarnation: store.incarnation(),
        cursors: store.next_cursors()?,
        registry_seq: store.registry().seq(),
        digests: digests.map(|(scope, digest)| ScopeDigest { scope, digest: *digest.as_bytes() }).collect(),
        credit_bytes: credit.down as u64,
        // Only what the server lost and is offered again has any.
        receipts: store.receipts_of(&content.iter().map(|(_, hash)| *hash).collect::<Vec<_>>())?,
        takes_snapshots,
        snapshots: if takes_snapshots { store.known_snapshots()? } else { Vec::new() },
        segments: outgoing,
        parcels,
        takes_parcels: with_parcels,
        held_after: if with_parcels { store.held_after()? } else { Vec::new() },
    };
    Ok(Pushed { segments: content, request })
}

/// Segments as they go out.
struct Outgoing {
    segments: Vec<ByteBuf>,
    parcels: Vec<Parcel>,
    /// What was put in, in the order in which the server counts it.
    content: Vec<(Lane, SegmentHash)>,
}

impl Outgoing {
    fn in_parcels(store: &Store, segments: Vec<SealedSegment>) -> Result<Outgoing> {
        let (parcels, content): (Vec<_>, Vec<_>) = store.pack_segments(segments)?.into_iter().unzip();
        Ok(Outgoing { segments: Vec::new(), parcels, content: content.concat() })
    }

    fn one_by_one(packed: impl Iterator<Item = (SealedSegment, Vec<u8>)>) -> Outgoing {
        let (content, segments) = packed
            .map(|(segment, bytes)| ((segment.header().lane.clone(), segment.hash()), ByteBuf::from(bytes)))
            .unzip();
        Outgoing { segments, parcels: Vec::new(), content }
    }
}

/// What the server refused in earlier syncs. It goes again only when the registry brings new rights: resending it
/// each time would cost a slow link more than it can gain.
fn refused_before(store: &mut Store) -> Result<HashSet<SegmentHash>> {
    let by_server = store.quarantine()?.into_iter().filter(|held| held.by_server);
    Ok(by_server.filter_map(|held| held.hash).collect())
}

/// Segments without a receipt, oldest first, without those the server refused and what follows them in their
/// lanes: it could only answer that there is a gap. With `of_others`, also what couriers brought of other devices.
fn sendable(
    store: &Store,
    refused: &HashSet<SegmentHash>,
    max_bytes: usize,
    of_others: bool,
) -> Result<Vec<SealedSegment>> {
    // Refused ones are the oldest and would fill a small window for ever.
    let window = if refused.is_empty() { max_bytes } else { usize::MAX };
    let mut blocked = HashSet::new();
    let mut segments = store.unreceipted_segments(window)?;
    if of_others {
        segments.extend(store.unnumbered_segments(window)?);
    }
    segments.retain(|segment| {
        let lane = segment.header().lane.id();
        if refused.contains(&segment.hash()) {
            blocked.insert(lane);
        }
        !blocked.contains(&lane)
    });
    Ok(segments)
}

/// Every receipt must be the province's word for something just pushed; otherwise nothing of the answer is believed.
fn check_receipts(receipts: &[Receipt], pushed: &[(Lane, SegmentHash)], keys: &KeyLineage) -> Result<()> {
    let pushed: HashMap<SegmentHash, &Lane> = pushed.iter().map(|(lane, hash)| (*hash, lane)).collect();
    let genuine = |receipt: &Receipt| {
        keys.verify_receipt(receipt).is_ok() && pushed.get(&receipt.hash).is_some_and(|lane| **lane == receipt.lane)
    };
    if receipts.iter().all(genuine) { Ok(()) } else { Err(SyncError::ForgedReceipt) }
}

/// What not to send again in this sync.
fn refused_segments(notices: &[Notice], pushed: &[(Lane, SegmentHash)]) -> impl Iterator<Item = SegmentHash> {
    notices.iter().filter_map(|notice| pushed.get(notice.index as usize)).map(|(_, hash)| *hash)
}

/// Takes an answer into the store, each part durable before the next: registry, receipts, notices, segments.
fn apply(
    store: &mut Store,
    response: SyncResponse,
    clock: ClockReading,
    surroundings: &SharedSurroundings,
) -> Result<Applied> {
    let SyncResponse {
        receipts,
        segments,
        parcels,
        unpack_failed: _,
        quarantine,
        registry,
        registry_reach: _,
        mut cursors,
        diverged: _,
        snapshots,
        server_time_ms: _,
        more: _,
    } = response;
    let now_ms = surroundings.now_ms();
    store.note_contact(now_ms, clock.quality())?;
    let entries = store.apply_registry(&registry, now_ms)?;
    if let (true, Some(recipient)) = (entries > 0, store.registry().recovery_key()) {
        store.seal_recovery_slot(recipient.0, &mut Randomness(&**surroundings))?;
    }
    store.apply_receipts(&receipts)?;
    store.note_server_notices(&quarantine, now_ms)?;
    store.note_snapshots(&snapshots, &mut cursors)?;
    let moved = moves_on(&store.next_cursors()?, &cursors);
    let incoming = segments.into_iter().map(|segment| {
        let ScopeSegment { scope: _, gsn, received_ms, bytes } = segment;
        Incoming { gsn: Some(gsn), received_ms: Some(received_ms), bytes }
    });
    let outcomes = if parcels.is_empty() {
        vec![store.apply_segments(incoming.collect(), &cursors, now_ms)?]
    } else {
        vec![store.apply_segments(incoming.collect(), &[], now_ms)?, store.apply_parcels(parcels, &cursors, now_ms)?]
    };
    let own = receipts.iter().filter(|receipt| receipt.lane.device == store.device_key());
    Ok(Applied {
        registry_moved: entries > 0,
        progress: moved || entries > 0 || !receipts.is_empty() || !quarantine.is_empty(),
        sent_saves: own.map(|receipt| u64::from(receipt.count)).sum(),
        refused: quarantine.len() as u64,
        outcomes,
    })
}

/// Goes on under a new incarnation if another copy of this device wrote under the same name.
fn begin_anew_if_forked(store: &mut Store, clock: ClockReading, surroundings: &SharedSurroundings) -> Result<bool> {
    let forked = store.sync_summary()?.frozen_lanes > 0;
    if forked {
        store.begin_incarnation(&mut Randomness(&**surroundings))?;
        store.seal_pending(clock.quality())?;
    }
    Ok(forked)
}

/// The bytes of segments in an answer.
fn bytes_of(response: &SyncResponse) -> usize {
    let alone: usize = response.segments.iter().map(|segment| segment.bytes.len()).sum();
    alone + response.parcels.iter().map(|parcel| parcel.bytes.len()).sum::<usize>()
}

fn moves_on(before: &[ScopeCursor], after: &[ScopeCursor]) -> bool {
    let stood: HashMap<&Scope, u64> = before.iter().map(|cursor| (&cursor.scope, cursor.gsn)).collect();
    after.iter().any(|cursor| cursor.gsn > stood.get(&cursor.scope).copied().unwrap_or(0))
}
