//! The encrypted store of one installation: the merge log, the records it adds up to, attachments, drafts, keys.
//!
//! Everything lies in one folder (see [`Store`]); the only readable thing in it is `slots.json`, which
//! holds wrapped keys and no names. Time and randomness are passed in; no file outside the folder is touched
//! except a backup's target.
//!
//! # What never happens
//! - A write is never acknowledged before it is durable: WAL and `synchronous=FULL`, one transaction per action.
//! - A record's row never says anything the log does not: [`Store::rebuild_from_log`] makes the same bytes again.
//! - Nothing is ever deleted because it is broken: segments go into quarantine, a damaged file is set aside.
//! - A clock, however wrong, never refuses a write; it only stamps it.
//! - "Sent" is never said of a save without a receipt whose signature was checked against the registry key; what
//!   the server itself hands back to a restored device needs none.
//! - Two segments never claim one place unseen: the lane is frozen, and every other lane goes on.
//! - No other crate of the desktop knows rusqlite; no type of it is part of an answer.

mod ahead;
mod backup;
mod blobs;
mod concurrent_edits;
mod connection;
mod consigning;
mod data_plan;
mod derivation;
mod drafts;
mod dropping;
mod error;
mod folder;
mod headline;
mod history;
mod incoming;
mod key_slots;
mod log_reader;
mod materialise;
mod moving;
mod opening;
mod outgoing;
mod pairings;
mod parcels;
mod proving;
mod quarantine;
mod reading;
mod recovery;
mod repairing;
mod revisions;
mod rights;
mod salvage;
mod saving;
mod schema;
mod search_query;
mod search_words;
mod searching;
mod snapshots;
mod standing;
mod tables;
mod territory;
mod upkeep;
mod version;
mod views;
mod wal;

pub use backup::{Backup, BackupJob};
pub use concurrent_edits::{ConcurrentEdits, ConcurrentSide};
pub use data_plan::{DataPlan, Spent};
pub use dropping::{Dropped, KeptWhole};
pub use error::{Result, StoreError};
pub use history::{
    Author, Before, Fate, HistoryChange, HistoryDelivery, HistoryEntry, HistoryPage, HistoryQuery, RecordChanges,
};
pub use key_slots::KeyStretching;
pub use opening::{NewStore, Store};
pub use pairings::{PairedDevice, PairedExchange};
pub use quarantine::{QuarantineLevel, QuarantineReason, Quarantined, WayOut};
pub use recovery::{LaneGap, Recovered, Tally};
pub use revisions::Revisions;
pub use snapshots::{LoadOutcome, WantedSnapshot};
pub use upkeep::StateFingerprint;
pub use version::{MalformedVersion, Version};
pub use views::*;
