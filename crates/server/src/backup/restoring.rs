//! Putting a backup back, into an empty folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use arumbae_domain::schema::BlobHash;
use arumbae_mergelog::compression::decompress;
use arumbae_mergelog::segment::SealedSegment;
use arumbae_mergelog::{DeviceKey, LaneId};
use arumbae_protocol::sync::MAX_SEGMENT;
use arumbae_protocol::{Registry, RegistryKey, ScopeCursor, SignedEntry};
use x25519_dalek::StaticSecret;

use super::manifest::{Manifest, PackRef, ScopeState};
use super::pack::{self, Item};
use super::{BackupError, BackupFolder, Opening};
use crate::attachment::{AttachmentPlace, AttachmentStore};
use crate::clock::Clock;
use crate::keys::{self, KeyFolder};
use crate::start_error::StartError;
use crate::storage::{self, Contact, DatabaseUrl, PushOutcome, PushedSegment, Storage, StorageError};

/// So many segments are stored in one step.
const BATCH: usize = 512;

/// What was put back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restored {
    /// Entries of the registry.
    pub entries: u64,
    /// Segments of the log.
    pub segments: u64,
    /// Segments in the quarantine.
    pub quarantined: u64,
    /// Attachments.
    pub attachments: u64,
    /// Devices that may write; each brings back what it was receipted for since the backup.
    pub devices: u64,
}

/// Where a backup is put back to.
#[derive(Clone, Copy, Debug)]
pub struct Destination<'a> {
    /// The folder, empty or not there.
    pub data_dir: &'a Path,
    /// The database that takes the log, empty too, if it is not to be a file in the folder.
    pub database: Option<&'a DatabaseUrl>,
    /// Where attachments go, if not into the folder. What is there already stays.
    pub blobs: Option<&'a AttachmentPlace>,
}

/// Puts a backup back. Everything is checked on the way: nothing that the province or a device did not sign gets in.
/// The folder is there at the end, whole, or not at all.
pub async fn restore(
    folder: &BackupFolder,
    manifest: &Manifest,
    opening: &Opening,
    place: Destination<'_>,
    clock: &Clock,
) -> Result<Restored, BackupError> {
    let Destination { data_dir, database, blobs } = place;
    let folder_error = |path: &Path| {
        let path = path.to_owned();
        move |source| BackupError::from(StartError::Folder { path, source })
    };
    let is_empty = match fs::read_dir(data_dir) {
        Ok(mut inside) => inside.next().is_none(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => true,
        Err(error) => return Err(folder_error(data_dir)(error)),
    };
    if !is_empty {
        return Err(BackupError::NotEmpty { path: data_dir.to_owned() });
    }
    let secret = folder.secret(opening)?;
    let aside = aside_of(data_dir);
    match fs::remove_dir_all(&aside) {
        // An earlier restore was interrupted.
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(folder_error(&aside)(error)),
        _ => {}
    }
    fs::create_dir_all(&aside).map_err(folder_error(&aside))?;

    let state = read_packs(folder, &manifest.state, &secret)?;
    let keys_folder = aside.join(keys::FOLDER);
    keys::create_private_folder(&keys_folder).map_err(folder_error(&keys_folder))?;
    for item in &state {
        if let Item::Key { name, bytes } = item {
            // A name out of the backup must not lead anywhere else.
            let name = Path::new(name).file_name().ok_or_else(damaged)?;
            let path = keys_folder.join(name);
            keys::write_private(&path, bytes).map_err(folder_error(&path))?;
        }
    }
    let key = RegistryKey(manifest.registry_key);
    KeyFolder::of(&aside).registry_key(key).map_err(|_| BackupError::Damaged { path: keys_folder })?;
    let restored = {
        let storage = storage::open(&aside, database).await?;
        if !storage.registry_after(0).await?.is_empty() {
            return Err(BackupError::NotEmpty { path: data_dir.to_owned() });
        }
        let mut restoring =
            Restoring { storage: &*storage, registry: Registry::default(), restored: Restored::default() };
        let mut entries = Vec::new();
        for named in &manifest.log {
            let items = pack::read(&folder.pack(named, &secret)?).ok_or_else(damaged)?;
            entries.extend(items.into_iter().filter_map(|item| match item {
                Item::Entry(entry) => Some(entry),
                _ => None,
            }));
        }
        restoring.registry(entries, key).await?;
        for named in &manifest.log {
            restoring.log(pack::read(&folder.pack(named, &secret)?).ok_or_else(damaged)?).await?;
        }
        restoring.state(state).await?;
        restoring.check(manifest).await?;
        storage.set_restored(Some(clock.now_ms())).await?;
        let mut restored = restoring.restored;
        let inside = AttachmentPlace::in_data_folder(&aside);
        let attachments = AttachmentStore::open(blobs.unwrap_or(&inside)).await.map_err(StartError::from)?;
        for attachment in &manifest.attachments {
            let bytes = folder.attachment(attachment.blob, &attachment.sealed, &secret)?;
            if blake3::hash(&bytes) != blake3::Hash::from_bytes(attachment.blob.0) {
                return Err(damaged_attachment(attachment.blob));
            }
            attachments.put_whole(attachment.blob, bytes).await?;
            restored.attachments += 1;
        }
        restored
    };
    match fs::remove_dir(data_dir) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(folder_error(data_dir)(error)),
        _ => {}
    }
    fs::rename(&aside, data_dir).map_err(folder_error(data_dir))?;
    Ok(restored)
}

fn aside_of(data_dir: &Path) -> PathBuf {
    let mut name = data_dir.file_name().unwrap_or_default().to_owned();
    name.push(".restoring");
    data_dir.with_file_name(name)
}

fn read_packs(folder: &BackupFolder, packs: &[PackRef], secret: &StaticSecret) -> Result<Vec<Item>, BackupError> {
    let mut items = Vec::new();
    for named in packs {
        items.extend(pack::read(&folder.pack(named, secret)?).ok_or_else(damaged)?);
    }
    Ok(items)
}

fn damaged() -> BackupError {
    BackupError::Damaged { path: PathBuf::from("packs") }
}

fn damaged_attachment(blob: BlobHash) -> BackupError {
    BackupError::Damaged { path: PathBuf::from(format!("attachments/{blob}")) }
}

struct Restoring<'a> {
    storage: &'a dyn Storage,
    registry: Registry,
    restored: Restored,
}

impl Restoring<'_> {
    /// Takes in the registry, whose last key is `key`.
    async fn registry(&mut self, entries: Vec<SignedEntry>, key: RegistryKey) -> Result<(), BackupError> {
        self.registry.extend(&entries, &key).map_err(|_| damaged())?;
        self.restored.entries = entries.len() as u64;
        Ok(self.storage.append_registry(entries).await?)
    }

    /// Takes in what is of the log, in order.
    async fn log(&mut self, items: Vec<Item>) -> Result<(), BackupError> {
        let mut segments = Vec::new();
        for item in items {
            match item {
                Item::Entry(_) => {}
                Item::Segment { scope: _, gsn, received_ms, bytes } => segments.push((gsn, received_ms, bytes)),
                _ => return Err(damaged()),
            }
        }
        for batch in segments.chunks(BATCH) {
            let mut pushed = Vec::new();
            for (_, received_ms, bytes) in batch {
                let segment = decompress(bytes, MAX_SEGMENT).ok().map(SealedSegment::from_bytes);
                let Some(Ok(segment)) = segment else { return Err(damaged()) };
                segment.verify_signature().map_err(|_| damaged())?;
                let first_received_ms = Some(*received_ms);
                pushed.push(PushedSegment::Permitted { segment, compressed: bytes.clone(), first_received_ms });
            }
            let outcomes = self.storage.receive_segments(pushed, self.registry.seq(), u64::MAX >> 1).await?;
            for (outcome, (gsn, received_ms, _)) in outcomes.iter().zip(batch) {
                match outcome {
                    PushOutcome::Stored(stored) if stored.gsn == *gsn && stored.received_ms == *received_ms => {}
                    // Another number would make every receipt a lie.
                    _ => return Err(damaged()),
                }
            }
            self.restored.segments += batch.len() as u64;
        }
        Ok(())
    }

    async fn state(&mut self, items: Vec<Item>) -> Result<(), BackupError> {
        let registry_seq = self.registry.seq();
        for item in items {
            match item {
                Item::Quarantined { code, received_ms, bytes } => {
                    let segment = decompress(&bytes, MAX_SEGMENT).ok().map(SealedSegment::from_bytes);
                    let segment = segment.and_then(Result::ok);
                    let pushed = PushedSegment::Refused { segment, compressed: bytes, code };
                    self.storage.receive_segments(vec![pushed], registry_seq, received_ms).await?;
                    self.restored.quarantined += 1;
                }
                Item::Frozen { lane } => self.storage.freeze_lane(LaneId(lane)).await?,
                Item::Invitation(invitation) => {
                    self.storage.add_invitation(invitation.into(), Vec::new()).await?;
                }
                Item::Contact { device, at_ms, unread } => {
                    self.storage.note_contact(Contact { device: DeviceKey(device), at_ms, unread }).await?;
                }
                Item::Address(url) => self.storage.set_address(url).await?,
                Item::Key { .. } => {}
                Item::Entry(_) | Item::Segment { .. } => return Err(damaged()),
            }
        }
        let active = self.registry.devices().filter(|(_, device)| device.revocation.is_none()).count();
        self.restored.devices = active as u64;
        Ok(())
    }

    /// Whether what was put back is what the backup says it is.
    async fn check(&self, manifest: &Manifest) -> Result<(), BackupError> {
        if (self.registry.seq(), self.registry.head()) != (manifest.registry_seq, manifest.registry_head) {
            return Err(damaged());
        }
        for ScopeState { scope, gsn, digest } in &manifest.scopes {
            let held = self.storage.digests_at(vec![ScopeCursor { scope: scope.clone(), gsn: *gsn }]).await?;
            if held.into_iter().next().flatten().map(|held| *held.as_bytes()) != Some(*digest) {
                return Err(StorageError::Damaged("a scope's digest").into());
            }
        }
        Ok(())
    }
}
