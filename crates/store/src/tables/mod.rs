//! One module per table: its row, its reads, its writes. Writers take a transaction, readers a connection.

pub(crate) mod certificate;
pub(crate) mod installation;
pub(crate) mod profile;
pub(crate) mod registry;
