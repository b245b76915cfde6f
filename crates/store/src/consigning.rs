//! What couriers were given, and what is remembered of those they go to and come from.

use std::collections::BTreeMap;

use arumbae_domain::schema::BlobHash;
use arumbae_mergelog::{DeviceKey, LaneId};
use arumbae_protocol::Receipt;

use crate::error::Result;
use crate::opening::Store;
use crate::tables::{colleague, consigned, installation, lane, receipt};
use crate::views::EnrolmentRequest;

impl Store {
    /// Notes that a courier was given own lanes up to these saves, and attachments, for the province. Nothing of it is
    /// sent before its receipt is here.
    pub fn note_consigned(&mut self, lanes: &BTreeMap<LaneId, u64>, blobs: &[BlobHash], now_ms: u64) -> Result<()> {
        self.write(|tx| {
            for (lane, last_seq) in lanes {
                if let Some(row) = lane::find(tx, *lane)?.filter(|row| row.own) {
                    consigned::give_lane(tx, row.rid, *last_seq, now_ms)?;
                }
            }
            blobs.iter().try_for_each(|hash| consigned::give_blob(tx, *hash, now_ms))
        })
    }

    /// What a province was asked by stick and has not answered.
    pub fn enrolment_request(&self) -> Result<Option<EnrolmentRequest>> {
        installation::enrolment_request(&self.connection)
    }

    /// Remembers what a province is asked by stick, until [`set_enrolment`](Store::set_enrolment).
    pub fn ask_enrolment(&mut self, request: &EnrolmentRequest) -> Result<()> {
        self.write(|tx| installation::set_enrolment_request(tx, request))
    }

    /// How far a colleague's device had each lane when it last packed a bundle for this one; nothing if it never did.
    pub fn colleague_vector(&self, device: DeviceKey) -> Result<Vec<(LaneId, u64)>> {
        colleague::vector(&self.connection, device)
    }

    /// Remembers what a colleague's device said it has. What it said later stays.
    pub fn note_colleague(&mut self, device: DeviceKey, packed_ms: u64, vector: &[(LaneId, u64)]) -> Result<()> {
        self.write(|tx| colleague::put(tx, device, packed_ms, vector))
    }

    /// The province's receipts for what a device wrote, as far as they are here.
    pub fn receipts_for_device(&self, device: DeviceKey) -> Result<Vec<Receipt>> {
        receipt::of_device(&self.connection, device)
    }
}
