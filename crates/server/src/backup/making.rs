//! Making a backup, and saying what came in since.

use std::fs;
use std::path::Path;

use arumbae_domain::Scope;
use arumbae_mergelog::digest::Digest;
use arumbae_protocol::registry::Deed;
use arumbae_protocol::{RegistryKey, ScopeCursor, SignedEntry};
use jiff::Timestamp;

use super::manifest::{AttachmentRef, Manifest, PackRef, ScopeState};
use super::pack::{self, Item};
use super::{BackupError, BackupFolder};
use crate::keys;
use crate::province::Province;
use crate::randomness::Randomness;
use crate::start_error::StartError;
use crate::storage::{LoggedSegment, StorageError};

/// A pack is closed at about this size: it is sealed in memory.
const PACK_BYTES: usize = 8 << 20;

/// What a backup would lack, were it put back now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behind {
    /// Entries of the registry.
    pub entries: u64,
    /// The scopes that grew since.
    pub scopes: Vec<ScopeBehind>,
}

/// How far a scope grew since a backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeBehind {
    /// Which scope.
    pub scope: Scope,
    /// The number of its last segment in the backup.
    pub backed_up: u64,
    /// The number of its last segment now.
    pub now: u64,
}

impl Province {
    /// Makes a backup, while the server runs: everything that was receipted before this began is in it.
    pub async fn back_up(&self, data_dir: &Path, folder: &BackupFolder) -> Result<Manifest, BackupError> {
        let made_ms = self.clock.now_ms();
        let mut manifest = Manifest::begin(made_ms, self.office(), self.registry_key());
        let before = self.continued(folder).await?;
        manifest.log = before.as_ref().map(|before| before.log.clone()).unwrap_or_default();
        let mut packing = Packing { folder, randomness: self.randomness.clone(), plain: Vec::new() };

        // The segments first and the registry after them: what a segment was judged by is never younger than it.
        for head in self.storage.scope_heads().await? {
            let mut at = before.as_ref().map_or(0, |before| before.reach(&head.scope));
            while at < head.gsn {
                let cursor = ScopeCursor { scope: head.scope.clone(), gsn: at };
                let page = self.storage.log_after(cursor, PACK_BYTES as u64).await?;
                let Some(last) = page.last() else { return Err(StorageError::Damaged("the log has a gap").into()) };
                at = last.gsn;
                for LoggedSegment { gsn, received_ms, bytes, .. } in page {
                    let scope = head.scope.clone();
                    packing.push(&Item::Segment { scope, gsn, received_ms, bytes }, &mut manifest.log)?;
                }
            }
            let digest = self.digest_at(&head.scope, at).await?;
            let digest = digest.ok_or(StorageError::Damaged("the log has a gap"))?;
            manifest.scopes.push(ScopeState { scope: head.scope, gsn: at, digest: *digest.as_bytes() });
        }
        let entries = self.storage.registry_after(0).await?;
        if let Some(last) = entries.last() {
            (manifest.registry_seq, manifest.registry_head) = (last.seq, last.hash());
        }
        let known = before.as_ref().map_or(0, |before| before.registry_seq);
        for entry in entries.into_iter().filter(|entry| entry.seq > known) {
            packing.push(&Item::Entry(entry), &mut manifest.log)?;
        }
        packing.close(&mut manifest.log)?;

        self.pack_state(data_dir, &mut packing, &mut manifest.state).await?;
        self.pack_attachments(folder, before.as_ref(), &mut manifest).await?;
        let name = file_time(made_ms);
        folder.put_manifest(&name, &manifest.write(&self.keys().registry))?;
        // A province that was just restored is backed up all the same; that it was stands in its log once it is settled.
        match self.enter_act(Deed::Backup, &name).await {
            Err(StorageError::Unsettled) => {}
            outcome => outcome?,
        }
        Ok(manifest)
    }

    /// What came in since a backup.
    pub async fn behind(&self, manifest: &Manifest) -> Result<Behind, StorageError> {
        let heads = self.storage.scope_heads().await?.into_iter();
        let grown =
            heads.map(|head| ScopeBehind { backed_up: manifest.reach(&head.scope), now: head.gsn, scope: head.scope });
        let entries = self.registry().await?.seq().saturating_sub(manifest.registry_seq);
        Ok(Behind { entries, scopes: grown.filter(|scope| scope.now > scope.backed_up).collect() })
    }

    /// The newest backup this one can go on from: one whose log is the beginning of ours.
    async fn continued(&self, folder: &BackupFolder) -> Result<Option<Manifest>, BackupError> {
        let Some(newest) = folder.manifests()?.pop() else { return Ok(None) };
        let keys = self.registry().await?.keys(self.registry_key());
        if !keys.contains(&RegistryKey(newest.registry_key)) {
            return Err(BackupError::OtherRecipient);
        }
        let entries: Vec<SignedEntry> = self.storage.registry_after(newest.registry_seq.saturating_sub(1)).await?;
        let mut continues = entries.first().is_some_and(|entry| entry.hash() == newest.registry_head);
        for ScopeState { scope, gsn, digest } in &newest.scopes {
            let ours = self.digest_at(scope, *gsn).await?;
            continues &= ours == Some(Digest::from_bytes(*digest));
        }
        Ok(continues.then_some(newest))
    }

    async fn digest_at(&self, scope: &Scope, gsn: u64) -> Result<Option<Digest>, StorageError> {
        let digests = self.storage.digests_at(vec![ScopeCursor { scope: scope.clone(), gsn }]).await?;
        Ok(digests.into_iter().next().flatten())
    }

    async fn pack_state(
        &self,
        data_dir: &Path,
        packing: &mut Packing<'_>,
        state: &mut Vec<PackRef>,
    ) -> Result<(), BackupError> {
        let mut after = None;
        loop {
            let page = self.storage.quarantine_after(after, PACK_BYTES as u64).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.content);
            for held in page {
                packing.push(&held.into(), state)?;
            }
        }
        for lane in self.storage.lanes().await?.into_iter().filter(|lane| lane.frozen) {
            packing.push(&Item::Frozen { lane: lane.lane.id().0 }, state)?;
        }
        // After the registry: an invitation that looks open here must not have been redeemed there.
        for invitation in self.storage.invitations().await? {
            packing.push(&Item::Invitation(invitation.into()), state)?;
        }
        for contact in self.storage.contacts().await? {
            packing.push(&contact.into(), state)?;
        }
        if let Some(address) = self.storage.address().await? {
            packing.push(&Item::Address(address), state)?;
        }
        let folder = data_dir.join(keys::FOLDER);
        let folder_error = |source| BackupError::from(StartError::Folder { path: folder.clone(), source });
        for file in fs::read_dir(&folder).map_err(folder_error)? {
            let file = file.map_err(folder_error)?;
            let bytes = fs::read(file.path()).map_err(folder_error)?;
            let name = file.file_name().to_string_lossy().into_owned();
            packing.push(&Item::Key { name, bytes }, state)?;
        }
        packing.close(state)
    }

    async fn pack_attachments(
        &self,
        folder: &BackupFolder,
        before: Option<&Manifest>,
        manifest: &mut Manifest,
    ) -> Result<(), BackupError> {
        let known = before.map(|before| before.attachments.as_slice()).unwrap_or_default();
        for blob in self.attachments.names().await? {
            let sealed = known.iter().find(|known| known.blob == blob).filter(|_| folder.has_attachment(blob));
            let sealed = match sealed {
                Some(known) => known.sealed,
                None => {
                    let bytes = self.attachments.read_whole(blob).await?;
                    folder.put_attachment(blob, &bytes, &mut self.randomness.clone())?
                }
            };
            manifest.attachments.push(AttachmentRef { blob, sealed });
        }
        Ok(())
    }
}

/// Fills packs and writes each when it is full.
struct Packing<'a> {
    folder: &'a BackupFolder,
    randomness: Randomness,
    plain: Vec<u8>,
}

impl Packing<'_> {
    fn push(&mut self, item: &Item, packs: &mut Vec<PackRef>) -> Result<(), BackupError> {
        pack::push(&mut self.plain, item);
        if self.plain.len() >= PACK_BYTES { self.close(packs) } else { Ok(()) }
    }

    fn close(&mut self, packs: &mut Vec<PackRef>) -> Result<(), BackupError> {
        if !self.plain.is_empty() {
            packs.push(self.folder.put_pack(&self.plain, &mut self.randomness)?);
            self.plain.clear();
        }
        Ok(())
    }
}

/// A moment as a file is named by it: UTC, to the millisecond, in the order of time.
fn file_time(ms: u64) -> String {
    let moment = i64::try_from(ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok()).unwrap_or_default();
    moment.strftime("%Y%m%dT%H%M%S%3fZ").to_string()
}
