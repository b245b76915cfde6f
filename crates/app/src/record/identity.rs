//! Identifiers for new records.

use std::sync::Mutex;

use arumbae_domain::schema::RecordId;
use uuid::timestamp::context::ContextV7;
use uuid::{Timestamp, Uuid};

/// Counts within a millisecond, so that rows typed or imported together keep their order.
static CONTEXT: Mutex<ContextV7> = Mutex::new(ContextV7::new());

/// A UUIDv7 (RFC 9562) of the moment, greater than every one before it unless the clock goes back.
pub(crate) fn new_record_id(now_ms: u64) -> RecordId {
    let nanos = u32::try_from(now_ms % 1000).unwrap_or(0) * 1_000_000;
    RecordId(Uuid::new_v7(Timestamp::from_unix(&CONTEXT, now_ms / 1000, nanos)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_millisecond_keep_their_order() {
        let ids: Vec<RecordId> = (0..1000).map(|_| new_record_id(1_700_000_000_000)).collect();
        assert!(ids.is_sorted_by(|a, b| a < b), "rows of one paste would be shuffled");
    }
}
