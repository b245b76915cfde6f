//! A laptop's way to the server: requests wait here until the simulation has decided what becomes of them.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use arumbae_sync::carrier::{Carriage, Carrier, Delivery, Interruption, Parcel, Traffic};
use bytes::Bytes;
use http::Request;

/// One laptop's link. It carries one request at a time, as the engine sends them.
#[derive(Default)]
pub struct Link {
    state: Mutex<State>,
    traffic: Mutex<Traffic>,
}

#[derive(Default)]
enum State {
    #[default]
    Free,
    /// Handed over, and not yet looked at by the simulation.
    Leaving(Request<Bytes>),
    UnderWay,
    Back(Result<Delivery, Interruption>),
}

impl Link {
    /// Whether a request waits for its fate: nothing happens on the laptop until it has one.
    pub fn is_leaving(&self) -> bool {
        matches!(*self.lock(), State::Leaving(_))
    }

    /// Takes the request that leaves, if there is one.
    pub fn take_leaving(&self) -> Option<Request<Bytes>> {
        let mut state = self.lock();
        match std::mem::replace(&mut *state, State::UnderWay) {
            State::Leaving(request) => Some(request),
            other => {
                *state = other;
                None
            }
        }
    }

    /// What the request under way ends with.
    pub fn bring_back(&self, outcome: Result<Delivery, Interruption>) {
        if let Ok(delivery) = &outcome {
            let mut traffic = self.traffic.lock().unwrap_or_else(PoisonError::into_inner);
            traffic.down += delivery.response.body().len() as u64;
            traffic.round_trips += 1;
        }
        *self.lock() = State::Back(outcome);
    }

    /// Forgets what was under way, as a program that is killed does.
    pub fn forget(&self) {
        *self.lock() = State::Free;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Carrier for Link {
    fn carry(&self, parcel: Parcel) -> Carriage<'_> {
        Box::pin(Crossing { link: self, parcel: Some(parcel) })
    }

    fn take_traffic(&self) -> Traffic {
        std::mem::take(&mut *self.traffic.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

struct Crossing<'a> {
    link: &'a Link,
    parcel: Option<Parcel>,
}

impl Future for Crossing<'_> {
    type Output = Result<Delivery, Interruption>;

    /// Nobody is woken: the simulation polls again once it has brought something back.
    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(Parcel { request, largest_answer: _, on_leaving }) = self.parcel.take() {
            on_leaving.iter().for_each(|announce| announce());
            let mut traffic = self.link.traffic.lock().unwrap_or_else(PoisonError::into_inner);
            traffic.up += request.body().len() as u64;
            *self.link.lock() = State::Leaving(request);
            return Poll::Pending;
        }
        let mut state = self.link.lock();
        match std::mem::take(&mut *state) {
            State::Back(outcome) => Poll::Ready(outcome),
            other => {
                *state = other;
                Poll::Pending
            }
        }
    }
}
