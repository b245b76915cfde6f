//! Telling a device where its segments of a scope differ from the server's, and giving it those it lacks.

use arumbae_protocol::repair::{MAX_RANGES, MAX_WANTED, NumberRange};
use arumbae_protocol::{FailureCode, RepairRequest, RepairResponse};
use uuid::Uuid;

use crate::province::{MAX_CREDIT, Province, RequestError, countable};

impl Province {
    /// Answers one step of a repair; nothing is remembered between them.
    pub async fn repair(&self, person: Uuid, request: RepairRequest) -> Result<RepairResponse, RequestError> {
        let RepairRequest { scope, ranges, wanted, credit_bytes } = request;
        if ranges.len() > MAX_RANGES || wanted.len() > MAX_WANTED {
            return Err(RequestError::Refused(FailureCode::TooLarge));
        }
        if !self.registry().await?.may_read(person, &scope) {
            // As for a scope that does not exist: what there is besides their own is not told.
            return Err(RequestError::Refused(FailureCode::NotFound));
        }
        let ranges = ranges
            .into_iter()
            .map(|NumberRange { after, up_to }| NumberRange { after: countable(after), up_to: countable(up_to) });
        let ranges = ranges.collect();
        let wanted = wanted.into_iter().map(countable).collect();
        let (head, ranges) = self.storage.describe_ranges(scope.clone(), ranges).await?;
        let segments = self.storage.numbered_segments(scope, wanted, credit_bytes.min(MAX_CREDIT)).await?;
        Ok(RepairResponse { head, ranges, segments })
    }
}
