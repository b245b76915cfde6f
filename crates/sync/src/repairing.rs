//! Mending a difference: after the digests of a scope differed, both sides find where, and each gets what it lacks.

use arumbae_domain::Scope;
use arumbae_protocol::repair::{Difference, MAX_WANTED, Repair, RepairError};
use arumbae_protocol::{RepairRequest, RepairResponse, paths};
use arumbae_store::{ApplyOutcome, Incoming};

use crate::engine::SyncEngine;
use crate::error::{Result, SyncError};
use crate::transport::Transport;

/// The largest answer to a question about ranges, or for one segment more than was asked for.
const LARGEST_ANSWER: usize = 16 << 20;

/// What came of a repair.
pub(crate) enum Mended {
    /// Where the two sides differed is known; what this device lacked has been taken in, and what the province lacks is
    /// offered to it again.
    Found(ApplyOutcome),
    /// The scope has to be read from its start.
    ReadAgain,
}

impl SyncEngine {
    /// Finds where the segments of a scope differ, and mends what differs.
    pub(crate) async fn repair(&mut self, transport: &Transport, scope: &Scope) -> Result<Mended> {
        let of = scope.clone();
        let held = self.store().with(move |store| Ok(store.held()?.remove(&of))).await?;
        let difference = match held {
            Some(held) => ask_for_difference(transport, scope, Repair::begin(held)).await?,
            None => None,
        };
        let Some(difference) = difference else { return self.read_again(scope).await };
        let of = scope.clone();
        let Difference { below_base, missing_here, .. } = difference.clone();
        self.store().with(move |store| Ok(store.note_difference(&of, &difference)?)).await?;
        if below_base {
            return Ok(Mended::ReadAgain);
        }
        self.fetch(transport, scope, missing_here).await.map(Mended::Found)
    }

    /// Lets a scope be read from its start.
    pub(crate) async fn read_again(&mut self, scope: &Scope) -> Result<Mended> {
        let of = scope.clone();
        self.store().with(move |store| Ok(store.reset_cursor(&of)?)).await?;
        Ok(Mended::ReadAgain)
    }

    /// Fetches segments by their numbers and takes them in.
    async fn fetch(&mut self, transport: &Transport, scope: &Scope, mut wanted: Vec<u64>) -> Result<ApplyOutcome> {
        let mut total = ApplyOutcome::default();
        while !wanted.is_empty() {
            let request = RepairRequest {
                scope: scope.clone(),
                ranges: Vec::new(),
                wanted: wanted.iter().copied().take(MAX_WANTED).collect(),
                credit_bytes: self.link().credit().down as u64,
            };
            let (response, _) =
                transport.exchange::<RepairResponse>(paths::REPAIR, &request, LARGEST_ANSWER, None).await?;
            let before = wanted.len();
            wanted.retain(|number| response.segments.iter().all(|segment| segment.gsn != *number));
            if wanted.len() == before {
                // The server has lost them since it named them; the next comparison will tell.
                break;
            }
            let incoming = response.segments.into_iter().map(|segment| Incoming {
                gsn: Some(segment.gsn),
                received_ms: Some(segment.received_ms),
                bytes: segment.bytes,
            });
            let (incoming, now_ms) = (incoming.collect(), self.now_ms());
            let outcome = self.store().with(move |store| Ok(store.apply_segments(incoming, &[], now_ms)?)).await?;
            total.saves += outcome.saves;
            total.new_conflicts += outcome.new_conflicts;
            total.quarantined += outcome.quarantined;
        }
        Ok(total)
    }
}

/// `None` if there is more than can be told.
async fn ask_for_difference(transport: &Transport, scope: &Scope, mut repair: Repair) -> Result<Option<Difference>> {
    loop {
        let ranges = match repair.next_question() {
            Ok(Some(ranges)) => ranges,
            Ok(None) => return Ok(Some(repair.finish())),
            Err(RepairError::TooMuch | RepairError::Unasked) => return Ok(None),
        };
        let request = RepairRequest { scope: scope.clone(), ranges, wanted: Vec::new(), credit_bytes: 0 };
        let (response, _) = transport.exchange::<RepairResponse>(paths::REPAIR, &request, LARGEST_ANSWER, None).await?;
        let taken = repair.take_answer(response.head, &response.ranges);
        taken.map_err(|error| SyncError::UnreadableAnswer(error.into()))?;
    }
}
