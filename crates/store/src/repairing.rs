//! The store's part in a repair: what it holds by number, and what follows from a difference.

use std::collections::BTreeMap;

use arumbae_domain::Scope;
use arumbae_mergelog::SegmentHash;
use arumbae_protocol::Receipt;
use arumbae_protocol::repair::{Difference, Held};
use rusqlite::Transaction;

use crate::derivation::Arrival;
use crate::error::{Result, StoreError};
use crate::materialise::apply_in_tx;
use crate::opening::Store;
use crate::tables::{lane, receipt, scope_cursor, segment, snapshot, snapshot_note};

impl Store {
    /// What is held of each scope by the server's numbers; scopes of which something is on its way are left out.
    pub fn held(&self) -> Result<BTreeMap<Scope, Held>> {
        let mut held = BTreeMap::new();
        for cursor in scope_cursor::comparable(&self.connection)? {
            let base = snapshot::numbered(&self.connection, &cursor.scope)?;
            let (base, base_digest) = base.map(|row| (row.head.gsn, row.head.digest)).unwrap_or_default();
            held.insert(cursor.scope, Held { base, base_digest, segments: BTreeMap::new(), cursor: cursor.gsn });
        }
        for (scope, gsn, hash) in segment::numbered(&self.connection)? {
            if let Some(held) = held.get_mut(&scope)
                && gsn > held.base
                && gsn <= held.cursor
            {
                held.segments.insert(gsn, hash);
            }
        }
        Ok(held)
    }

    /// Draws the consequences of what a repair found: what the server lost is offered again, and the cursor stands
    /// where both sides compared to. What this device lacks has to be fetched and taken in like any segment.
    ///
    /// Nothing is taken out of the records or of the log.
    pub fn note_difference(&mut self, scope: &Scope, difference: &Difference) -> Result<()> {
        let Difference { below_base, missing_here: _, missing_there, head } = difference;
        self.write(|tx| {
            for hash in missing_there {
                offer_again_in_tx(tx, *hash)?;
            }
            let cursor = scope_cursor::all(tx)?.into_iter().find(|cursor| cursor.scope == *scope);
            if *below_base {
                forget_numbers_in_tx(tx, scope)?;
            } else if cursor.is_some_and(|cursor| cursor.gsn > *head) {
                scope_cursor::set(tx, scope, *head)?;
            }
            // What the server signed of numbers it has since given to others fits nothing held here.
            snapshot_note::forget(tx, scope, u64::MAX)
        })
    }

    /// The receipts held for segments.
    pub fn receipts_of(&self, segments: &[SegmentHash]) -> Result<Vec<Receipt>> {
        let found = segments.iter().map(|hash| receipt::find(&self.connection, *hash));
        Ok(found.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
    }
}

/// The server's numbers begin anew for a scope: its snapshot stands for none of them any more, own segments are offered
/// again, and the scope is read from its start, which numbers the others again.
fn forget_numbers_in_tx(tx: &Transaction<'_>, scope: &Scope) -> Result<()> {
    if let Some(row) = snapshot::numbered(tx, scope)? {
        snapshot::forget_number(tx, row.rid)?;
    }
    for hash in segment::own_numbered(tx, scope)? {
        offer_again_in_tx(tx, hash)?;
    }
    segment::forget_numbers(tx, scope)?;
    scope_cursor::set(tx, scope, 0)
}

fn offer_again_in_tx(tx: &Transaction<'_>, hash: SegmentHash) -> Result<()> {
    let Some(row) = segment::by_hash(tx, hash)? else { return Ok(()) };
    segment::set_lost(tx, row.rid)?;
    let lane = lane::get(tx, row.lane)?;
    if !lane.own {
        return Ok(());
    }
    lane::take_receipted_back(tx, lane.rid, row.segment.header().first_seq)?;
    if row.held_back {
        return Ok(());
    }
    // Its records wait again.
    let saves = row.segment.open().map_err(|error| StoreError::undecodable("log", error))?;
    let arrivals: Vec<Arrival<'_>> =
        saves.iter().map(|save| Arrival { lane: &lane, save, received_ms: row.received_ms }).collect();
    apply_in_tx(tx, &arrivals).map(drop)
}
