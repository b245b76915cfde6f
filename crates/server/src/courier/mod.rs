//! Sticks instead of a link, on the province's side: what couriers bring is taken in as if it had come over a link, and
//! what each sender has not read is packed for the way back.

mod desk;
mod packing;
mod taking;

use std::io;

use arumbae_courier::Refusal;

use crate::province::RequestError;
use crate::storage::StorageError;

pub use desk::{Answer, AnswerRules, DeskError, HandedIn, StickError, place_of};
pub use packing::{AttachmentAllowance, Packed};
pub use taking::{Reply, Taken};

/// Why a file was not taken, or a shipment not packed.
#[derive(Debug, thiserror::Error)]
pub enum CourierError {
    /// The file was refused, and nothing has changed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The server could not do its part. The file can be taken again.
    #[error("the server could not take part")]
    Failed(#[from] RequestError),
}

impl From<StorageError> for CourierError {
    fn from(error: StorageError) -> Self {
        RequestError::from(error).into()
    }
}

impl From<object_store::Error> for CourierError {
    fn from(error: object_store::Error) -> Self {
        RequestError::from(error).into()
    }
}

impl From<io::Error> for CourierError {
    fn from(error: io::Error) -> Self {
        RequestError::from(error).into()
    }
}
