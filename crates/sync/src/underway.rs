//! A sync's exchange on its way, for as long as the link brings it on.

use std::sync::Arc;

use arumbae_mergelog::Lane;
use arumbae_mergelog::segment::SegmentHash;
use arumbae_protocol::{SyncRequest, SyncResponse, cbor};
use tokio::sync::watch;
use tracing::debug;

use crate::carrier::OnLeaving;
use crate::error::{Result, SyncError};
use crate::link_state::LinkState;
use crate::resuming::Exchange;
use crate::shared_store::SharedStore;
use crate::transport::{Answer, Transport};

/// The largest answer to a sync: the largest credit, one segment over it, and the registry of a province.
const LARGEST_ANSWER: usize = 64 << 20;

/// After so many attempts in a row that moved nothing, an exchange waits for the next sync.
const IN_VAIN: u32 = 3;

/// An exchange whose answer is not here yet. It outlives a sync that fails: the next one goes on with it.
pub(crate) struct Underway {
    exchange: Exchange,
    /// What was pushed, in the order in which the server counts it.
    pub pushed: Vec<(Lane, SegmentHash)>,
    /// Bytes of segments in it.
    pub sent: usize,
    /// As [`LinkState::Exchanging`] tells them.
    bytes_left: u64,
    bytes_per_second: Option<u32>,
}

impl Underway {
    /// An exchange that has not left yet.
    pub fn of(
        request: &SyncRequest,
        pushed: Vec<(Lane, SegmentHash)>,
        bytes_left: u64,
        bytes_per_second: Option<u32>,
    ) -> Self {
        let alone: usize = request.segments.iter().map(|segment| segment.len()).sum();
        let sent = alone + request.parcels.iter().map(|parcel| parcel.bytes.len()).sum::<usize>();
        let exchange = Exchange::new(cbor::to_bytes(request).into(), LARGEST_ANSWER);
        Underway { exchange, pushed, sent, bytes_left, bytes_per_second }
    }

    /// Carries it to its end, over as many connections as it takes as long as each brings it on.
    pub async fn carry_through(
        &mut self,
        transport: &Transport,
        store: &SharedStore,
        state: &watch::Sender<LinkState>,
    ) -> Result<Answer> {
        let mut in_vain = 0;
        loop {
            let (state, bytes_left, bytes_per_second) = (state.clone(), self.bytes_left, self.bytes_per_second);
            let on_leaving: OnLeaving = Arc::new(move || {
                state.send_replace(LinkState::Exchanging { bytes_left, bytes_per_second });
            });
            let before = self.exchange.arrived();
            let error = match transport.go_on(&mut self.exchange, on_leaving).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            in_vain = if self.exchange.arrived() > before { 0 } else { in_vain + 1 };
            debug!(code = ?error.code(), in_vain, "exchange interrupted");
            // Genuine ones are counted by the store, and what they are for is sent, whatever becomes of the rest.
            let receipts = SyncResponse::receipts_in(self.exchange.begun_answer());
            if !receipts.is_empty() {
                store.with(move |store| Ok(store.apply_receipts(&receipts)?)).await?;
            }
            if !matches!(error, SyncError::LinkCut(_) | SyncError::Silence) || in_vain == IN_VAIN {
                return Err(error);
            }
        }
    }
}
