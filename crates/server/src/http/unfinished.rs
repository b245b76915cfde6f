//! Exchanges that may not be over: requests as far as they came, and answers that may not have arrived.
//!
//! A device has one exchange at a time, named by the digest of its request. What came of the request is kept as it
//! comes, and the answer until the device's next request, so that after a cut neither travels twice. All of it is in
//! the memory of this process: after a restart, or at another process behind the same address, the device hears that
//! nothing is held and sends the whole again.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arumbae_mergelog::DeviceKey;
use arumbae_protocol::http_signature::BodyDigest;
use arumbae_protocol::sync::MAX_SYNC_BODY;
use bytes::Bytes;
use tokio::sync::Notify;

/// How much may be kept for devices that are not sending at this moment. Those that were heard longest ago go first.
const MOST_BYTES: usize = 64 << 20;

/// The exchanges of all devices.
#[derive(Default)]
pub(super) struct Unfinished {
    kept: Mutex<Kept>,
    answered: Notify,
}

#[derive(Default)]
struct Kept {
    exchanges: HashMap<DeviceKey, Exchange>,
    /// Devices by when they were last heard.
    heard: BTreeMap<u64, DeviceKey>,
    bytes: usize,
    last_turn: u64,
}

struct Exchange {
    digest: BodyDigest,
    state: State,
    /// Whose turn it is to add to it. Each connection that takes the exchange up has one of its own, so that what a
    /// connection thought dead still brings is not mixed in.
    turn: u64,
    in_use: bool,
}

enum State {
    Arriving(Vec<u8>),
    /// Whole, and nobody thinks about the answer.
    Arrived(Bytes),
    /// Whole, and the answer is being made.
    Answering(Bytes),
    Answered {
        answer: Bytes,
        registry_seq: u64,
    },
}

/// What is held of an exchange.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Held {
    /// So many bytes of the request.
    Request(u64),
    /// The answer.
    Answer(Bytes),
}

/// An exchange that a connection adds to.
pub(super) struct Turn {
    unfinished: Arc<Unfinished>,
    device: DeviceKey,
    turn: u64,
}

/// The exchange is not, or no longer, this connection's to add to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NotAdded {
    /// It was taken up elsewhere, or given up, or is held up to another byte.
    Superseded,
    /// The request is larger than any may be.
    TooLarge,
}

impl Unfinished {
    /// Begins an exchange; the device's earlier one is over.
    pub fn begin(self: &Arc<Self>, device: DeviceKey, digest: BodyDigest) -> Turn {
        let mut kept = self.lock();
        kept.forget(device);
        let turn = kept.next_turn(device);
        kept.exchanges.insert(device, Exchange { digest, state: State::Arriving(Vec::new()), turn, in_use: true });
        Turn { unfinished: Arc::clone(self), device, turn }
    }

    /// Takes an exchange up where its request broke off; `None` if it did not break off at `offset`.
    pub fn resume(self: &Arc<Self>, device: DeviceKey, digest: BodyDigest, offset: u64) -> Option<Turn> {
        let mut kept = self.lock();
        let exchange = kept.exchanges.get(&device).filter(|exchange| exchange.digest == digest)?;
        let reached = match &exchange.state {
            State::Arriving(bytes) => bytes.len(),
            State::Arrived(bytes) => bytes.len(),
            State::Answering(_) | State::Answered { .. } => return None,
        };
        if reached as u64 != offset {
            return None;
        }
        let turn = kept.take_turn(device, true);
        Some(Turn { unfinished: Arc::clone(self), device, turn })
    }

    /// What is held of an exchange, once it is known. Nobody adds to it any more who did before: the number of bytes
    /// stays what it is.
    ///
    /// An answer is given on only while the registry is the one it was made by: rights may have ended since.
    pub async fn look(&self, device: DeviceKey, digest: BodyDigest, registry_seq: u64) -> Held {
        loop {
            let answered = self.answered.notified();
            match self.look_now(device, digest, registry_seq) {
                Some(held) => return held,
                None => answered.await,
            }
        }
    }

    fn look_now(&self, device: DeviceKey, digest: BodyDigest, registry_seq: u64) -> Option<Held> {
        let mut kept = self.lock();
        let Some(exchange) = kept.exchanges.get(&device).filter(|exchange| exchange.digest == digest) else {
            return Some(Held::Request(0));
        };
        let held = match &exchange.state {
            State::Arriving(bytes) => Held::Request(bytes.len() as u64),
            State::Arrived(bytes) => Held::Request(bytes.len() as u64),
            State::Answering(_) => return None,
            State::Answered { answer, registry_seq: made_by } if *made_by == registry_seq => {
                Held::Answer(answer.clone())
            }
            State::Answered { .. } => Held::Request(0),
        };
        kept.take_turn(device, false);
        Some(held)
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        // Every change under the lock is whole before the next can fail.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    /// Adds to the request.
    pub fn add(&self, bytes: &[u8]) -> Result<(), NotAdded> {
        let mut kept = self.unfinished.lock();
        let exchange = kept.exchange_at(self).ok_or(NotAdded::Superseded)?;
        match &mut exchange.state {
            State::Arriving(held) if held.len() + bytes.len() > MAX_SYNC_BODY => return Err(NotAdded::TooLarge),
            State::Arriving(held) => held.extend_from_slice(bytes),
            // Nothing can follow the last byte.
            State::Arrived(_) | State::Answering(_) | State::Answered { .. } => return Err(NotAdded::Superseded),
        }
        kept.bytes += bytes.len();
        kept.make_room();
        Ok(())
    }

    /// The request, which is now whole and stays until there is an answer.
    pub fn whole(&self) -> Option<Bytes> {
        let mut kept = self.unfinished.lock();
        let exchange = kept.exchange_at(self)?;
        let whole = match &mut exchange.state {
            State::Arriving(bytes) => Bytes::from(std::mem::take(bytes)),
            State::Arrived(bytes) => bytes.clone(),
            State::Answering(_) | State::Answered { .. } => return None,
        };
        exchange.state = State::Answering(whole.clone());
        Some(whole)
    }

    /// Keeps the answer in the request's place.
    pub fn answer(self, answer: Bytes, registry_seq: u64) {
        let mut kept = self.unfinished.lock();
        let length = answer.len();
        if let Some(exchange) = kept.exchange_at(&self) {
            let before = exchange.length();
            exchange.state = State::Answered { answer, registry_seq };
            kept.bytes = kept.bytes - before + length;
            kept.make_room();
        }
    }

    /// Gives the exchange up: it cannot lead to an answer.
    pub fn give_up(self) {
        let mut kept = self.unfinished.lock();
        if kept.exchange_at(&self).is_some() {
            kept.forget(self.device);
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut kept = self.unfinished.lock();
        if let Some(exchange) = kept.exchange_at(self) {
            exchange.in_use = false;
            if let State::Answering(whole) = &exchange.state {
                exchange.state = State::Arrived(whole.clone());
            }
        }
        kept.make_room();
        drop(kept);
        self.unfinished.answered.notify_waiters();
    }
}

impl Kept {
    fn exchange_at(&mut self, turn: &Turn) -> Option<&mut Exchange> {
        self.exchanges.get_mut(&turn.device).filter(|exchange| exchange.turn == turn.turn)
    }

    fn next_turn(&mut self, device: DeviceKey) -> u64 {
        self.last_turn += 1;
        self.heard.insert(self.last_turn, device);
        self.last_turn
    }

    /// Gives the turn at a device's exchange to whoever asks.
    fn take_turn(&mut self, device: DeviceKey, in_use: bool) -> u64 {
        let turn = self.next_turn(device);
        if let Some(exchange) = self.exchanges.get_mut(&device) {
            self.heard.remove(&exchange.turn);
            exchange.turn = turn;
            exchange.in_use = in_use;
        }
        turn
    }

    fn forget(&mut self, device: DeviceKey) {
        if let Some(exchange) = self.exchanges.remove(&device) {
            self.heard.remove(&exchange.turn);
            self.bytes -= exchange.length();
        }
    }

    fn make_room(&mut self) {
        while self.bytes > MOST_BYTES {
            let idle = |device: &&DeviceKey| self.exchanges.get(*device).is_some_and(|exchange| !exchange.in_use);
            let Some(oldest) = self.heard.values().find(idle).copied() else { return };
            self.forget(oldest);
        }
    }
}

impl Exchange {
    fn length(&self) -> usize {
        match &self.state {
            State::Arriving(bytes) => bytes.len(),
            State::Arrived(bytes) | State::Answering(bytes) | State::Answered { answer: bytes, .. } => bytes.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEVICE: DeviceKey = DeviceKey([1; 32]);
    const DIGEST: BodyDigest = BodyDigest([2; 32]);

    fn broken_off_after(bytes: &[u8]) -> Arc<Unfinished> {
        let unfinished = Arc::new(Unfinished::default());
        unfinished.begin(DEVICE, DIGEST).add(bytes).expect("its turn");
        unfinished
    }

    #[track_caller]
    fn check_held(unfinished: &Unfinished, device: DeviceKey, digest: BodyDigest, registry_seq: u64, expected: Held) {
        assert_eq!(unfinished.look_now(device, digest, registry_seq), Some(expected));
    }

    #[test]
    fn a_request_goes_on_where_it_broke_off() {
        let unfinished = broken_off_after(b"half of ");
        check_held(&unfinished, DEVICE, DIGEST, 0, Held::Request(8));
        let turn = unfinished.resume(DEVICE, DIGEST, 8).expect("held up to there");
        turn.add(b"it").expect("its turn");
        assert_eq!(turn.whole().as_deref(), Some(&b"half of it"[..]));
        assert_eq!(turn.add(b"more"), Err(NotAdded::Superseded));
        assert_eq!(unfinished.look_now(DEVICE, DIGEST, 0), None, "the answer is being made");
        assert!(unfinished.resume(DEVICE, DIGEST, 10).is_none());
        drop(turn);
        // It never was.
        check_held(&unfinished, DEVICE, DIGEST, 0, Held::Request(10));
        let turn = unfinished.resume(DEVICE, DIGEST, 10).expect("held whole");
        assert_eq!(turn.whole().as_deref(), Some(&b"half of it"[..]));
        turn.answer(Bytes::from_static(b"yes"), 7);
        check_held(&unfinished, DEVICE, DIGEST, 7, Held::Answer(Bytes::from_static(b"yes")));
    }

    #[test]
    fn whoever_names_another_place_device_or_request_gets_nothing() {
        let unfinished = broken_off_after(b"half of ");
        assert!(unfinished.resume(DEVICE, DIGEST, 7).is_none());
        assert!(unfinished.resume(DeviceKey([9; 32]), DIGEST, 8).is_none());
        assert!(unfinished.resume(DEVICE, BodyDigest([9; 32]), 8).is_none());
        check_held(&unfinished, DeviceKey([9; 32]), DIGEST, 0, Held::Request(0));
        check_held(&unfinished, DEVICE, BodyDigest([9; 32]), 0, Held::Request(0));
    }

    #[test]
    fn a_connection_thought_dead_adds_nothing_once_its_offset_was_told() {
        let unfinished = Arc::new(Unfinished::default());
        let old = unfinished.begin(DEVICE, DIGEST);
        old.add(b"half").expect("its turn");
        check_held(&unfinished, DEVICE, DIGEST, 0, Held::Request(4));
        assert_eq!(old.add(b" of"), Err(NotAdded::Superseded));
        assert_eq!(old.whole(), None);
        drop(old);
        assert!(unfinished.resume(DEVICE, DIGEST, 4).is_some());
    }

    #[test]
    fn an_answer_ends_with_the_registry_it_was_made_by() {
        let unfinished = Arc::new(Unfinished::default());
        unfinished.begin(DEVICE, DIGEST).answer(Bytes::from_static(b"yes"), 7);
        check_held(&unfinished, DEVICE, DIGEST, 8, Held::Request(0));
        assert!(unfinished.resume(DEVICE, DIGEST, 0).is_none(), "it has to be begun anew");
    }

    #[test]
    fn memory_is_bounded_and_whoever_is_sending_keeps_their_place() {
        let unfinished = Arc::new(Unfinished::default());
        let large = vec![0; MAX_SYNC_BODY];
        let sending = unfinished.begin(DEVICE, DIGEST);
        sending.add(&large).expect("its turn");
        assert_eq!(sending.add(b"x"), Err(NotAdded::TooLarge));
        for device in 2..10 {
            unfinished.begin(DeviceKey([device; 32]), DIGEST).add(&large).expect("its turn");
        }
        {
            let kept = unfinished.lock();
            assert!(kept.bytes <= MOST_BYTES, "{} bytes", kept.bytes);
            assert_eq!(kept.bytes, kept.exchanges.values().map(Exchange::length).sum::<usize>());
            assert_eq!(kept.heard.len(), kept.exchanges.len());
        }
        assert_eq!(sending.whole().map(|whole| whole.len()), Some(MAX_SYNC_BODY));
        check_held(&unfinished, DeviceKey([9; 32]), DIGEST, 0, Held::Request(MAX_SYNC_BODY as u64));
        // Heard longest ago.
        check_held(&unfinished, DeviceKey([2; 32]), DIGEST, 0, Held::Request(0));
    }
}
