//! Taking the address the server listens on.

use std::io;
use std::net::{SocketAddr, TcpListener};

use crate::start_error::StartError;

/// Binds `address`; port 0 lets the machine choose one.
pub fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => StartError::AddressInUse { address },
        _ => StartError::Address { address, source },
    })
}
