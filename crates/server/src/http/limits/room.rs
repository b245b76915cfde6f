//! How much at once: bodies in memory, and work on the processor and the disk.
//!
//! Reading goes past the turns, so an attachment or a snapshot is fetched while a province reconnects.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::Limits;

/// The room there is, and who has it.
pub(crate) struct Room {
    bodies: Arc<Semaphore>,
    body_kib: u32,
    turns: Arc<Semaphore>,
    queue: Arc<Semaphore>,
    patience: Duration,
}

/// There is none now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoRoom;

impl Room {
    pub fn new(limits: &Limits) -> Self {
        let body_kib = limits.body_kib.min(Semaphore::MAX_PERMITS);
        Room {
            bodies: Arc::new(Semaphore::new(body_kib)),
            body_kib: u32::try_from(body_kib).unwrap_or(u32::MAX),
            turns: Arc::new(Semaphore::new(limits.working)),
            queue: Arc::new(Semaphore::new(limits.waiting)),
            patience: limits.patience,
        }
    }

    /// Keeps memory for a body, as long as the answer lives.
    pub fn for_body(&self, kib: u32) -> Result<OwnedSemaphorePermit, NoRoom> {
        Arc::clone(&self.bodies).try_acquire_many_owned(kib.min(self.body_kib)).map_err(|_| NoRoom)
    }

    /// Waits for a turn to work. Whoever would wait in vain is told at once.
    pub async fn turn(&self) -> Result<OwnedSemaphorePermit, NoRoom> {
        if let Ok(turn) = Arc::clone(&self.turns).try_acquire_owned() {
            return Ok(turn);
        }
        let _place = self.queue.try_acquire().map_err(|_| NoRoom)?;
        match timeout(self.patience, Arc::clone(&self.turns).acquire_owned()).await {
            Ok(Ok(turn)) => Ok(turn),
            Ok(Err(_)) | Err(_) => Err(NoRoom),
        }
    }

    /// How many work, for the metrics.
    pub fn working(&self, limits: &Limits) -> usize {
        limits.working.saturating_sub(self.turns.available_permits())
    }

    /// How many wait, for the metrics.
    pub fn waiting(&self, limits: &Limits) -> usize {
        limits.waiting.saturating_sub(self.queue.available_permits())
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn room() -> Room {
        let patience = Duration::from_millis(20);
        Room::new(&Limits { working: 1, waiting: 1, patience, body_kib: 10, ..Limits::default() })
    }

    #[tokio::test]
    async fn one_works_one_waits_and_the_next_is_told_at_once() {
        let room = room();
        let working = room.turn().await.expect("the first");
        let mut waiting = Box::pin(room.turn());
        assert!(waiting.as_mut().now_or_never().is_none(), "the second waits");
        assert_eq!(room.turn().now_or_never().map(|turn| turn.err()), Some(Some(NoRoom)), "the third does not");
        drop(working);
        let second = waiting.await.expect("its turn");
        assert_eq!(room.turn().await.err(), Some(NoRoom), "whoever waits too long is told");
        drop(second);
        assert!(room.turn().await.is_ok());
    }

    #[test]
    fn bodies_share_the_memory() {
        let room = room();
        let first = room.for_body(8).expect("room");
        assert_eq!(room.for_body(3).err(), Some(NoRoom));
        drop(first);
        assert!(room.for_body(1000).is_ok(), "one that is larger than all takes all");
    }
}
