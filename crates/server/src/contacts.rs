//! When devices were last heard of, and what of theirs waits for a person.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use arumbae_mergelog::DeviceKey;
use arumbae_mergelog::compression::decompress;
use arumbae_mergelog::segment::SealedSegment;
use arumbae_protocol::sync::MAX_SEGMENT;

use crate::province::Province;
use crate::storage::{Contact, StorageError};

/// A contact is written down again only after so long, or when there is more to say: each costs a commit.
const NOTED_FOR_MS: u64 = 10 * 60 * 1000;

/// So much of the quarantine is read at a time.
const PAGE_BYTES: u64 = 4 << 20;

impl Province {
    /// When each device was last heard of, those that ever were; exact to ten minutes.
    pub async fn contacts(&self) -> Result<Vec<Contact>, StorageError> {
        self.storage.contacts().await
    }

    /// How many segments of each device wait in the quarantine, of those that can be told whose they are.
    pub async fn held_by_device(&self) -> Result<BTreeMap<DeviceKey, u64>, StorageError> {
        let mut held = BTreeMap::new();
        let mut after = None;
        loop {
            let page = self.storage.quarantine_after(after, PAGE_BYTES).await?;
            let Some(last) = page.last() else { return Ok(held) };
            after = Some(last.content);
            for quarantined in &page {
                let segment = decompress(&quarantined.bytes, MAX_SEGMENT).ok().map(SealedSegment::from_bytes);
                if let Some(Ok(segment)) = segment {
                    *held.entry(segment.header().lane.device).or_default() += 1;
                }
            }
        }
    }

    /// How many segments wait in the quarantine.
    pub async fn quarantined(&self) -> Result<u64, StorageError> {
        let (mut count, mut after) = (0, None);
        loop {
            let page = self.storage.quarantine_after(after, PAGE_BYTES).await?;
            let Some(last) = page.last() else { return Ok(count) };
            after = Some(last.content);
            count += page.len() as u64;
        }
    }

    pub(crate) async fn note_contact(&self, device: DeviceKey, unread: u64) {
        let contact = Contact { device, at_ms: self.clock.now_ms(), unread };
        let known = self.noted.lock().unwrap_or_else(PoisonError::into_inner).get(&device).copied();
        let fresh = known.is_some_and(|known| known.unread == unread && contact.at_ms < known.at_ms + NOTED_FOR_MS);
        if fresh {
            return;
        }
        match self.storage.note_contact(contact).await {
            Ok(()) => {
                self.noted.lock().unwrap_or_else(PoisonError::into_inner).insert(device, contact);
            }
            // The device has its answer all the same.
            Err(error) => tracing::warn!(?error, "a contact could not be noted"),
        }
    }
}
