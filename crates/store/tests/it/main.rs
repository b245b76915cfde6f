//! The store as a whole: one folder, real files, real encryption.

mod attachments;
mod backups;
mod bad_input;
mod concurrent_edits;
mod dice;
mod dropping;
mod durability;
mod exchange;
mod fixture;
mod flipped;
mod history;
mod keys;
mod killed;
mod merging;
mod parcels;
mod province;
mod proving;
mod quarantine;
mod read_only;
mod reading;
mod rebuilding;
mod recovering;
mod released;
mod searching;
mod snapshots;
