//! Work done on another core for what comes next, while this one is busy with what came before.

use std::sync::mpsc::sync_channel;

use crate::error::Result;

/// How many items may be under way: enough that neither side waits for the other, few enough to bound memory.
const AHEAD: usize = 16;

/// Shows every item with what `work` makes of it to `each`, in order, until `each` fails. The work is done ahead, on a
/// thread of its own if there is more than one item.
pub(crate) fn for_each_ahead<T: Send, U: Send>(
    items: impl ExactSizeIterator<Item = T>,
    work: impl Fn(&T) -> U + Send,
    mut each: impl FnMut(T, U) -> Result<()>,
) -> Result<()> {
    if items.len() < 2 {
        for item in items {
            let made = work(&item);
            each(item, made)?;
        }
        return Ok(());
    }
    std::thread::scope(|scope| {
        let (to_do, inbox) = sync_channel::<T>(AHEAD);
        let (outbox, done) = sync_channel(AHEAD);
        // Ends when `to_do` is dropped, or at the first item nobody takes any more.
        scope.spawn(move || {
            for item in inbox {
                let made = work(&item);
                if outbox.send((item, made)).is_err() {
                    break;
                }
            }
        });
        let mut under_way = 0;
        for item in items {
            // Neither end closes before the other but by a panic, which the scope passes on.
            if under_way == AHEAD
                && let Ok((item, made)) = done.recv()
            {
                each(item, made)?;
                under_way -= 1;
            }
            if to_do.send(item).is_err() {
                break;
            }
            under_way += 1;
        }
        drop(to_do);
        done.into_iter().try_for_each(|(item, made)| each(item, made))
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
            for_each_ahead(0..count, |item| item * 10, |item, made| Ok(seen.push((item, made))))
                .expect("nothing fails");
            assert_eq!(seen, (0..count).map(|item| (item, item * 10)).collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_first_failure_ends_it() {
        let mut seen = 0;
        let outcome = for_each_ahead(
            0..1000,
            |item| *item,
            |item, _| {
                seen += 1;
                if item == 20 { Err(StoreError::DiskFull) } else { Ok(()) }
            },
        );
        assert!(matches!(outcome, Err(StoreError::DiskFull)));
        assert_eq!(seen, 21);
    }
}
