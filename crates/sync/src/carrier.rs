//! The seam between what is said to the server and what carries it there.
//!
//! Above it everything is signed and judged; below it bytes move, or do not. The program goes over HTTPS
//! ([`crate::https`]); the fleet simulator goes over links that it cuts, delays and doubles as its seed says.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};

use crate::error::{Result, SyncError};

/// Told once a connection stands.
pub type OnLeaving = Arc<dyn Fn() + Send + Sync>;

/// A signed request on its way.
pub struct Parcel {
    /// The request; its URI is the path alone.
    pub request: Request<Bytes>,
    /// More bytes than this are not the expected answer.
    pub largest_answer: usize,
    /// Told once the connection stands and the body begins to leave.
    pub on_leaving: Option<OnLeaving>,
}

/// An answer, whoever gave it.
#[derive(Debug)]
pub struct Delivery {
    /// The answer.
    pub response: Response<Bytes>,
    /// When it left and came.
    pub timing: Timing,
}

/// When a request left and when its answer began, by this device's clock.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// Milliseconds since 1970 UTC.
    pub sent_ms: u64,
    /// Milliseconds since 1970 UTC.
    pub answered_ms: u64,
    /// From the first byte sent to the last received.
    pub took: Duration,
}

/// What has gone over the link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// HTTP heads and bodies sent, in bytes, without TLS.
    pub up: u64,
    /// HTTP heads and bodies received, in bytes, without TLS.
    pub down: u64,
    /// Requests that were answered.
    pub round_trips: u32,
}

/// A crossing that ended before the whole answer was here.
#[derive(Debug)]
pub struct Interruption {
    /// Why.
    pub error: SyncError,
    /// The answer's head and as much of its body as came before, if that much came. Nobody has judged it.
    pub arrived: Option<Delivery>,
}

impl From<SyncError> for Interruption {
    fn from(error: SyncError) -> Self {
        Interruption { error, arrived: None }
    }
}

/// What carrying a parcel ends with.
pub type Carriage<'a> = Pin<Box<dyn Future<Output = Result<Delivery, Interruption>> + Send + 'a>>;

/// Brings requests to one server and its answers back, and knows nothing of what they say.
pub trait Carrier: Send + Sync {
    /// Carries one request there and its answer back.
    ///
    /// # Errors
    /// Those below the server's word, such as [`SyncError::LinkCut`], with what had come by then. After an error the
    /// server may have had the request all the same, or its beginning.
    fn carry(&self, parcel: Parcel) -> Carriage<'_>;

    /// What has gone over the link since the last call.
    fn take_traffic(&self) -> Traffic;
}

/// A carrier as the parts of this crate share it.
pub type SharedCarrier = Arc<dyn Carrier>;
