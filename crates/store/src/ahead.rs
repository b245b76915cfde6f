//! Work done on other cores for what comes next, while this one is busy with what came before.

use std::sync::mpsc::sync_channel;
use std::thread::available_parallelism;

use crate::error::Result;

/// How many items may be under way on each thread: enough that neither side waits for the other, few enough to bound
/// memory.
const AHEAD: usize = 16;
/// A laptop's cores; more would wait for the one that writes.
const MOST_THREADS: usize = 4;

/// Shows what `work` makes of every item to `each`, in order, until anything fails. The work is done ahead, on threads
/// of its own if there is more than one item.
pub(crate) fn for_each_ahead<T: Send, U: Send>(
    items: impl ExactSizeIterator<Item = Result<T>>,
    work: impl Fn(T) -> U + Sync,
    mut each: impl FnMut(U) -> Result<()>,
) -> Result<()> {
    if items.len() < 2 {
        for item in items {
            each(work(item?))?;
        }
        return Ok(());
    }
    let threads = available_parallelism().map_or(1, usize::from).min(MOST_THREADS).min(items.len());
    std::thread::scope(|scope| {
        // Items are dealt out in turns and taken back in the same turns, so they stay in order.
        let hands: Vec<_> = (0..threads)
            .map(|_| {
                let (to_do, inbox) = sync_channel::<T>(AHEAD);
                let (outbox, done) = sync_channel(AHEAD);
                let work = &work;
                // Ends when `to_do` is dropped, or at the first item nobody takes any more.
                scope.spawn(move || {
                    for item in inbox {
                        if outbox.send(work(item)).is_err() {
                            break;
                        }
                    }
                });
                (to_do, done)
            })
            .collect();
        let mut take = |number: usize| match hands[number % threads].1.recv() {
            Ok(made) => each(made),
            // Only a panic closes this end early, and the scope passes it on.
            Err(_) => Ok(()),
        };
        let mut taken = 0;
        let mut dealt = 0;
        for item in items {
            if dealt - taken == AHEAD * threads {
                take(taken)?;
                taken += 1;
            }
            if hands[dealt % threads].0.send(item?).is_err() {
                break;
            }
            dealt += 1;
        }
        (taken..dealt).try_for_each(take)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::StoreError;

    #[test]
    fn items_come_in_order_each_with_its_own_work() {
        for count in [0, 1, 2, AHEAD, 5 * AHEAD + 3] {
            let mut seen = Vec::new();
            for_each_ahead(
                (0..count).map(Ok),
                |item| (item, item * 10),
                |made| {
                    seen.push(made);
                    Ok(())
                },
            )
            .expect("nothing fails");
            assert_eq!(seen, (0..count).map(|item| (item, item * 10)).collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_first_failure_ends_it() {
        let mut seen = 0;
        let outcome = for_each_ahead(
            (0..1000).map(Ok),
            |item| item,
            |item| {
                seen += 1;
                if item == 20 { Err(StoreError::DiskFull) } else { Ok(()) }
            },
        );
        assert!(matches!(outcome, Err(StoreError::DiskFull)));
        assert_eq!(seen, 21);
    }
}
