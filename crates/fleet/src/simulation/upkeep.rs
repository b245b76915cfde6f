//! What nobody notices: the province adds scopes up, laptops let go of what everybody has, and fetch it again when
//! somebody wants to read it.

use arumbae_sync::Surroundings;

use super::{Breach, Event, Simulation};
use crate::world::HOUR;

/// Of a thousand syncs, after so many somebody wants to read an old history.
const READING: u64 = 40;

impl Simulation<'_> {
    /// The province adds up what has grown.
    pub(super) fn add_up(&mut self) -> Result<(), Breach> {
        let after = self.fortune.between(HOUR, 6 * HOUR);
        self.schedule(after, Event::AddUp);
        if self.server.is_up() {
            let province = self.server.province()?;
            self.runtime.block_on(province.make_due_snapshots());
        }
        Ok(())
    }

    /// What a laptop does after a sync.
    pub(super) fn tend(&mut self, number: usize) -> Result<(), Breach> {
        let (mut dropped, mut fetched) = (0, 0);
        {
            let laptop = &self.laptops[number];
            let mut store = laptop.store()?;
            let scopes = store.cursors().map_err(Breach::of("no cursors"))?;
            for scope in scopes.iter().map(|cursor| &cursor.scope) {
                let compacted = store.compact(scope).map_err(Breach::of("nothing can be dropped"))?;
                dropped += compacted.map_or(0, |dropped| dropped.segments);
            }
            if self.people.chance(READING)
                && let Some(cursor) = self.people.pick(&scopes)
            {
                store.ask_for_history(&cursor.scope, laptop.desk.now_ms()).map_err(Breach::of("no history"))?;
            }
            for scope in store.scopes_with_history_fetched().map_err(Breach::of("no cursors"))? {
                match store.check_snapshot(&scope).map_err(Breach::of("a snapshot cannot be checked"))? {
                    Some(true) => fetched += 1,
                    Some(false) => return Err(Breach::new(format!("the province signed otherwise of {scope}"))),
                    None => {}
                }
            }
        }
        self.outcome.dropped += dropped;
        self.outcome.histories += fetched;
        if dropped > 0 {
            self.note(format!("laptop {number}: {dropped} segments are dropped"));
        }
        Ok(())
    }
}
