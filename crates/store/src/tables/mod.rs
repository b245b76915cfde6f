//! One module per table: its row, its reads, its writes. Writers take a transaction, readers a connection.
//!
//! Numbers of the log are unsigned 64-bit, SQLite's are signed: they are stored as the same 64 bits. Only a hostile
//! number is beyond what both can say, and it then compares as small, which keeps it waiting for ever.

pub(crate) mod acknowledged;
pub(crate) mod blob;
pub(crate) mod certificate;
pub(crate) mod colleague;
pub(crate) mod conflict;
pub(crate) mod consigned;
pub(crate) mod covered_lane;
pub(crate) mod data_plan;
pub(crate) mod draft;
pub(crate) mod installation;
pub(crate) mod lane;
pub(crate) mod pairing;
pub(crate) mod part;
pub(crate) mod pending_save;
pub(crate) mod profile;
pub(crate) mod quarantine;
pub(crate) mod receipt;
pub(crate) mod record;
pub(crate) mod reference;
pub(crate) mod registry;
pub(crate) mod save_list;
pub(crate) mod scope_cursor;
pub(crate) mod search;
pub(crate) mod segment;
pub(crate) mod snapshot;
pub(crate) mod snapshot_fetch;
pub(crate) mod snapshot_note;
pub(crate) mod waiting_segment;
