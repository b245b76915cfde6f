//! The records of Panwascam, one file per record with the parts that belong to it.

mod finding;
mod issued_document;
mod outreach_event;
mod shared_parts;
mod supervision_report;

pub use finding::*;
pub use issued_document::*;
pub use outreach_event::*;
pub use shared_parts::*;
pub use supervision_report::*;
