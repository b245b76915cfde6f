//! Writing: what a person did becomes one save on the device's own lane.

use arumbae_domain::change::Change;
use arumbae_domain::schema::{FieldNo, RecordId, Value};

use crate::error::Result;
use crate::opening::Store;
use crate::views::{SaveContext, SaveOutcome};

impl Store {
    /// Writes changes as one save; durable when it returns.
    pub fn save(&mut self, changes: &[Change], context: &SaveContext) -> Result<SaveOutcome> { let _ = (changes, context); unimplemented!() }

    /// Moves a record in its workflow, from the status shown here.
    pub fn transition(&mut self, record: RecordId, to: &str, reason: &str, context: &SaveContext) -> Result<SaveOutcome> { let _ = (record, to, reason, context); unimplemented!() }

    /// Settles a conflict with one of its values or another; every value shown here is superseded.
    pub fn resolve(&mut self, record: RecordId, field: FieldNo, choice: Value, note: &str, context: &SaveContext) -> Result<SaveOutcome> { let _ = (record, field, choice, note, context); unimplemented!() }

    /// Deletes a record as it is shown here; an edit nobody here has seen revives it.
    pub fn delete(&mut self, record: RecordId, reason: &str, context: &SaveContext) -> Result<SaveOutcome> { let _ = (record, reason, context); unimplemented!() }

    /// Takes a deletion back.
    pub fn restore(&mut self, record: RecordId, context: &SaveContext) -> Result<SaveOutcome> { let _ = (record, context); unimplemented!() }
}
