//! What goes into the next request: a pure function of what waits and of what the link can carry.
//!
//! Nothing here reads clock, disk or network, so every decision can be tested from its inputs alone.

use std::collections::BTreeMap;
use std::time::Duration;

use arumbae_mergelog::{LaneId, Operation, Save};

/// What people need first when not everything fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// Status changes, decisions on conflicts, deletions: others act on them.
    Decision,
    /// Fields, lists, new records.
    Facts,
    /// Nothing but revisions of long texts.
    Narrative,
}

impl Urgency {
    /// The urgency of a segment is that of its most urgent operation.
    pub fn of(saves: &[Save]) -> Urgency {
        let operations = saves.iter().flat_map(|save| &save.ops);
        operations.map(Self::of_operation).min().unwrap_or(Urgency::Facts)
    }

    fn of_operation(operation: &Operation) -> Urgency {
        match operation {
            Operation::Transition { .. }
            | Operation::Resolve { .. }
            | Operation::Delete { .. }
            | Operation::Restore { .. } => Urgency::Decision,
            Operation::Create { .. }
            | Operation::Set { .. }
            | Operation::Add { .. }
            | Operation::Remove { .. }
            | Operation::Rehome { .. }
            | Operation::Attach { .. }
            | Operation::Unknown { .. } => Urgency::Facts,
            Operation::Revise { .. } => Urgency::Narrative,
        }
    }
}

/// A sealed segment without a receipt, as the plan sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Whose chain it continues.
    pub lane: LaneId,
    /// Its first save; the order within the lane.
    pub first_seq: u64,
    /// Its size on the wire, in bytes.
    pub bytes: usize,
    /// What people lose by waiting for it.
    pub urgency: Urgency,
}

/// How many bytes one exchange may carry each way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Credit {
    /// Towards the server.
    pub up: usize,
    /// Towards this device.
    pub down: usize,
}

/// Chooses the segments of the next request: indexes into `pending`, in the order to send them.
///
/// A lane is only ever sent from its oldest waiting segment on without a hole, because the server refuses a
/// chain with one. So an urgent segment pulls its predecessors with it. At least one segment is chosen if any
/// waits, even if it alone is larger than the credit: otherwise it would wait for ever.
pub fn next_request(pending: &[Pending], credit: Credit) -> Vec<usize> {
    let mut lanes: BTreeMap<LaneId, Vec<usize>> = BTreeMap::new();
    for (at, segment) in pending.iter().enumerate() {
        lanes.entry(segment.lane).or_default().push(at);
    }
    for queue in lanes.values_mut() {
        queue.sort_by_key(|&at| pending[at].first_seq);
    }

    let mut runs: Vec<(Urgency, &[usize])> = Vec::new();
    for queue in lanes.values() {
        let mut rest = queue.as_slice();
        while let Some(urgency) = rest.iter().map(|&at| pending[at].urgency).min() {
            let last = rest.iter().rposition(|&at| pending[at].urgency == urgency).unwrap_or(0);
            let (run, later) = rest.split_at(last + 1);
            runs.push((urgency, run));
            rest = later;
        }
    }
    // Stable, and a later run of a lane is never more urgent than an earlier one: chains keep their order.
    runs.sort_by_key(|(urgency, _)| *urgency);

    let mut chosen = Vec::new();
    let mut used = 0;
    for &at in runs.iter().flat_map(|(_, run)| *run) {
        if !chosen.is_empty() && used + pending[at].bytes > credit.up {
            // Stopping here rather than looking for a smaller one keeps the order of urgency and of the chains.
            break;
        }
        used += pending[at].bytes;
        chosen.push(at);
    }
    chosen
}

/// What is known of the link, from the exchanges so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkEstimate {
    up: usize,
    down: usize,
    bytes_per_second: Option<u32>,
}

impl Default for LinkEstimate {
    /// Before anything is known: enough for a day's work in one round trip. A cut costs the same whatever the size, but
    /// each request spends a round trip, and its receipts come when all of it has gone: a minute of the slowest link.
    fn default() -> Self {
        LinkEstimate { up: 128 << 10, down: 256 << 10, bytes_per_second: None }
    }
}

impl LinkEstimate {
    /// An exchange should last no longer than this: what it brings counts when all of it is here.
    pub const TARGET: Duration = Duration::from_secs(20);
    const SMALLEST: usize = 8 << 10;
    const LARGEST: usize = 4 << 20;

    /// What the next exchange may carry.
    pub fn credit(&self) -> Credit {
        Credit { up: self.up, down: self.down }
    }

    /// What the last exchange carried a second, up and down together and its round trips included; nothing before one.
    pub fn bytes_per_second(&self) -> Option<u32> {
        self.bytes_per_second
    }

    /// After an exchange that came through: grows towards what the link showed it can carry.
    ///
    /// It never shrinks below what just succeeded, and at most doubles, so that one lucky answer out of a
    /// cache does not lead to a request that lasts minutes.
    #[must_use]
    pub fn after_exchange(self, sent: usize, received: usize, took: Duration) -> LinkEstimate {
        let per_second = (sent + received) as f64 / took.as_secs_f64().max(0.001);
        let room = (per_second * Self::TARGET.as_secs_f64()).min(Self::LARGEST as f64) as usize;
        let grown = |now: usize, carried: usize| {
            let full = carried * 2 >= now;
            let aim = if full { room.clamp(now, now * 2) } else { now };
            aim.clamp(Self::SMALLEST, Self::LARGEST)
        };
        LinkEstimate {
            up: grown(self.up, sent),
            down: grown(self.down, received),
            bytes_per_second: Some(per_second as u32),
        }
    }

    /// After a cut or a silence: asks for a quarter, because what was under way is lost.
    #[must_use]
    pub fn after_cut(self) -> LinkEstimate {
        let less = |now: usize| (now / 4).max(Self::SMALLEST);
        LinkEstimate { up: less(self.up), down: less(self.down), ..self }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lane(name: u8) -> LaneId {
        LaneId([name; 16])
    }

    fn pending(name: u8, first_seq: u64, bytes: usize, urgency: Urgency) -> Pending {
        Pending { lane: lane(name), first_seq, bytes, urgency }
    }

    #[track_caller]
    fn check_request(pending: &[Pending], up: usize, expected: &[(u8, u64)]) {
        let chosen = next_request(pending, Credit { up, down: 0 });
        let named: Vec<(u8, u64)> = chosen.iter().map(|&at| (pending[at].lane.0[0], pending[at].first_seq)).collect();
        assert_eq!(named, expected);
    }

    #[test]
    fn nothing_waits_nothing_is_sent() {
        check_request(&[], 1000, &[]);
    }

    #[test]
    fn a_lane_goes_in_its_own_order_however_it_was_listed() {
        let waiting = [pending(1, 9, 10, Urgency::Facts), pending(1, 1, 10, Urgency::Facts)];
        check_request(&waiting, 1000, &[(1, 1), (1, 9)]);
    }

    #[test]
    fn decisions_pass_narratives_of_another_lane() {
        let waiting = [pending(1, 1, 900, Urgency::Narrative), pending(2, 1, 200, Urgency::Decision)];
        check_request(&waiting, 1000, &[(2, 1)]);
    }

    #[test]
    fn a_decision_pulls_what_its_chain_needs_before_it() {
        let waiting = [
            pending(1, 1, 100, Urgency::Facts),
            pending(2, 1, 100, Urgency::Narrative),
            pending(2, 5, 100, Urgency::Decision),
            pending(2, 8, 100, Urgency::Narrative),
        ];
        check_request(&waiting, 300, &[(2, 1), (2, 5), (1, 1)]);
        check_request(&waiting, 1000, &[(2, 1), (2, 5), (1, 1), (2, 8)]);
    }

    #[test]
    fn one_segment_goes_even_if_it_is_larger_than_the_credit() {
        let waiting = [pending(1, 1, 5000, Urgency::Facts), pending(1, 2, 10, Urgency::Facts)];
        check_request(&waiting, 1000, &[(1, 1)]);
    }

    fn any_pending() -> impl Strategy<Value = Vec<Pending>> {
        let urgency = prop_oneof![Just(Urgency::Decision), Just(Urgency::Facts), Just(Urgency::Narrative)];
        proptest::collection::vec((0u8..4, 1usize..4000, urgency), 0..40).prop_map(|drawn| {
            let segments = drawn.into_iter().enumerate();
            segments.map(|(at, (name, bytes, urgency))| pending(name, at as u64 + 1, bytes, urgency)).collect()
        })
    }

    proptest! {
        #[test]
        fn every_plan_is_a_prefix_of_every_lane_and_ends_the_backlog(mut waiting in any_pending(), up in 1usize..20_000) {
            while !waiting.is_empty() {
                let chosen = next_request(&waiting, Credit { up, down: 0 });
                prop_assert!(!chosen.is_empty(), "progress in every request");
                let bytes: usize = chosen.iter().map(|&at| waiting[at].bytes).sum();
                prop_assert!(chosen.len() == 1 || bytes <= up);
                for name in 0..4 {
                    let sent: Vec<u64> =
                        chosen.iter().map(|&at| waiting[at]).filter(|p| p.lane == lane(name)).map(|p| p.first_seq).collect();
                    let oldest: Vec<u64> =
                        waiting.iter().filter(|p| p.lane == lane(name)).map(|p| p.first_seq).take(sent.len()).collect();
                    prop_assert_eq!(sent, oldest, "a chain is never sent with a hole");
                }
                let mut at = 0;
                waiting.retain(|_| { at += 1; !chosen.contains(&(at - 1)) });
            }
        }
    }

    #[test]
    fn a_slow_link_is_never_asked_for_more_than_it_showed() {
        let start = LinkEstimate::default();
        let slow = start.after_exchange(128 << 10, 0, Duration::from_secs(66));
        assert_eq!(slow.credit().up, start.credit().up, "2 KB/s carries no more than 40 KB in the target time");
        let fast = start.after_exchange(128 << 10, 0, Duration::from_millis(50));
        assert_eq!(fast.credit().up, 2 * start.credit().up);
        assert_eq!(fast.credit().down, start.credit().down, "the other direction showed nothing");
    }

    #[test]
    fn cuts_shrink_the_exchange_down_to_a_floor() {
        let mut link = LinkEstimate::default();
        let sizes: Vec<usize> = (0..4)
            .map(|_| {
                link = link.after_cut();
                link.credit().down >> 10
            })
            .collect();
        assert_eq!(sizes, [64, 16, 8, 8]);
    }
}
