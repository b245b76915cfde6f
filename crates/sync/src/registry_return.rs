//! Bringing the province entries of its own registry: one that was put back from a backup lacks what it signed since,
//! and every device holds the whole of it.

use arumbae_protocol::paths;
use arumbae_protocol::registry::{BroughtEntries, MAX_REGISTRY_BODY, RegistryReach, SignedEntry};

use crate::engine::SyncEngine;
use crate::error::Result;
use crate::transport::Transport;

/// What an entry takes besides its content, in bytes: number, time, hash and signature.
const AROUND_AN_ENTRY: usize = 200;

const LARGEST_ANSWER: usize = 1 << 10;

impl SyncEngine {
    /// Brings the province what it lacks. `false` if that is nothing, or if it goes on otherwise than this device knows.
    pub(crate) async fn return_registry(&mut self, transport: &Transport) -> Result<bool> {
        let held = self.store().with(|store| Ok(store.registry_entries()?)).await?;
        let began = bring(transport, Vec::new()).await?;
        let mut reach = began;
        loop {
            let credit = self.link().credit().up.min(MAX_REGISTRY_BODY / 2);
            let entries = fitting(held.iter().filter(|entry| entry.seq > reach), credit);
            if entries.is_empty() {
                return Ok(reach > began);
            }
            let reached = bring(transport, entries).await?;
            if reached <= reach {
                return Ok(reach > began);
            }
            reach = reached;
        }
    }
}

/// How far the province's registry reaches afterwards.
async fn bring(transport: &Transport, entries: Vec<SignedEntry>) -> Result<u64> {
    let brought = BroughtEntries { entries };
    let (reach, _) = transport.exchange::<RegistryReach>(paths::REGISTRY, &brought, LARGEST_ANSWER, None).await?;
    Ok(reach.registry_seq)
}

/// The first ones, as many as fit, and one at least.
fn fitting<'a>(entries: impl Iterator<Item = &'a SignedEntry>, bytes: usize) -> Vec<SignedEntry> {
    let mut used = 0;
    let mut chosen = Vec::new();
    for entry in entries {
        used += entry.entry.len() + AROUND_AN_ENTRY;
        if used > bytes && !chosen.is_empty() {
            break;
        }
        chosen.push(entry.clone());
    }
    chosen
}
