//! Why two laptops did not come together.

use std::io;

use arumbae_courier::Refusal;
use arumbae_protocol::NearbyRefusal;
use arumbae_store::StoreError;

use crate::courier::CourierError;
use crate::error::Cause;

/// Something else than success. What was taken before stays, and the next exchange goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum NearbyError {
    /// This laptop belongs to no province yet, and nobody could tell whom to listen to.
    #[error("the device is not enrolled")]
    NotEnrolled,
    /// It cannot listen on the network.
    #[error("the device cannot listen on the network")]
    CannotListen(#[source] io::Error),
    /// The address is not one of a network at hand.
    #[error("the address is not one of a local network")]
    NotLocal,
    /// The laptop is not on the network any more, or was turned off.
    #[error("no laptop is known to be there")]
    Gone,
    /// Nobody listens there.
    #[error("nobody listens at the address")]
    NoRoute(#[source] io::Error),
    /// What listens there is another program.
    #[error("what listens there is no laptop of this kind")]
    NotALaptop(#[source] Cause),
    /// Another laptop than the one that was meant.
    #[error("another device answered")]
    AnotherDevice,
    /// The connection broke off.
    #[error("the connection broke off")]
    Cut(#[source] io::Error),
    /// The connection was there and nothing moved on it any more.
    #[error("the connection fell silent")]
    Silence,
    /// This laptop will not go on.
    #[error("refused here: {0:?}")]
    RefusedHere(NearbyRefusal),
    /// The other laptop will not go on.
    #[error("refused there: {0:?}")]
    RefusedThere(NearbyRefusal),
    /// No code is being compared.
    #[error("no code is being compared")]
    NothingToConfirm,
    /// A file was refused, and nothing of it taken.
    #[error("a file was refused")]
    BadFile(#[source] Refusal),
    /// It was turned off here meanwhile.
    #[error("turned off")]
    TurnedOff,
    /// The store could not do its part.
    #[error("the store could not take part")]
    Store(#[from] StoreError),
}

impl NearbyError {
    /// A handshake that failed: the link's doing, or another program's.
    pub(super) fn of_handshake(error: io::Error) -> Self {
        if error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) {
            NearbyError::NotALaptop(error.into())
        } else {
            NearbyError::Cut(error)
        }
    }

    /// What to tell the other side before the connection is closed, if it is to be told anything.
    pub(super) fn to_tell(&self) -> Option<NearbyRefusal> {
        match self {
            NearbyError::RefusedHere(refusal) => Some(*refusal),
            NearbyError::BadFile(_) => Some(NearbyRefusal::BadFile),
            _ => None,
        }
    }
}

impl From<CourierError> for NearbyError {
    fn from(error: CourierError) -> Self {
        match error {
            CourierError::Refused(Refusal::UnknownSender) => NearbyError::RefusedHere(NearbyRefusal::UnknownDevice),
            CourierError::Refused(refusal) => NearbyError::BadFile(refusal),
            CourierError::Store(error) => NearbyError::Store(error),
        }
    }
}
