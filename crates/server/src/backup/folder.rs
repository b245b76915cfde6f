//! The folder of the backups.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use arumbae_courier::age;
use arumbae_domain::schema::BlobHash;
use rand_core::CryptoRngCore;
use x25519_dalek::{PublicKey, StaticSecret};

use super::manifest::{Manifest, PackRef};
use super::{BackupError, identity};

const IDENTITY: &str = "identity.pem";
const RECIPIENT: &str = "recipient";
const MANIFESTS: &str = "manifests";
const PACKS: &str = "packs";
const ATTACHMENTS: &str = "attachments";

/// Who is to open the backups of a folder.
pub enum SealedTo {
    /// Who they were for before; for a folder with backups.
    AsBefore,
    /// Who knows the passphrase.
    Passphrase(String),
    /// Who has the secret of this public key, hexadecimal.
    Recipient(String),
}

/// What opens the backups of a folder.
pub enum Opening {
    /// The passphrase of the identity that lies beside them.
    Passphrase(String),
    /// The secret, hexadecimal.
    Secret(String),
}

/// A folder of backups.
#[derive(Debug)]
pub struct BackupFolder {
    root: PathBuf,
    recipient: PublicKey,
}

impl BackupFolder {
    /// Opens a folder of backups.
    pub fn open(root: &Path) -> Result<Self, BackupError> {
        let path = root.join(RECIPIENT);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(BackupError::NoBackup { path: root.to_owned() });
            }
            Err(source) => return Err(BackupError::Folder { path, source }),
        };
        let recipient = read_key(&text).ok_or(BackupError::Damaged { path })?;
        Ok(BackupFolder { root: root.to_owned(), recipient: PublicKey::from(recipient) })
    }

    /// Opens a folder to add a backup to, and makes it if it is not there.
    pub fn prepare(root: &Path, to: SealedTo, rng: &mut impl CryptoRngCore) -> Result<Self, BackupError> {
        let is_new = !root.join(RECIPIENT).exists();
        if !is_new {
            let folder = BackupFolder::open(root)?;
            return match to {
                SealedTo::AsBefore => Ok(folder),
                SealedTo::Passphrase(passphrase) => folder.secret(&Opening::Passphrase(passphrase)).map(|_| folder),
                SealedTo::Recipient(text) => {
                    let asked = read_key(&text).ok_or(BackupError::MalformedRecipient)?;
                    if asked == *folder.recipient.as_bytes() { Ok(folder) } else { Err(BackupError::OtherRecipient) }
                }
            };
        }
        fs::create_dir_all(root).map_err(|source| BackupError::Folder { path: root.to_owned(), source })?;
        let recipient = match to {
            SealedTo::AsBefore => return Err(BackupError::NoRecipient),
            SealedTo::Recipient(text) => PublicKey::from(read_key(&text).ok_or(BackupError::MalformedRecipient)?),
            SealedTo::Passphrase(passphrase) => {
                let mut bytes = zeroize::Zeroizing::new([0; 32]);
                rng.fill_bytes(&mut *bytes);
                let secret = StaticSecret::from(*bytes);
                let pem = identity::seal(&secret, &passphrase, rng).ok_or(BackupError::WrongKey)?;
                write_whole(&root.join(IDENTITY), pem.as_bytes())?;
                PublicKey::from(&secret)
            }
        };
        write_whole(&root.join(RECIPIENT), format!("{}\n", hex::encode(recipient.as_bytes())).as_bytes())?;
        Ok(BackupFolder { root: root.to_owned(), recipient })
    }

    /// The secret that opens what is here.
    pub(super) fn secret(&self, opening: &Opening) -> Result<StaticSecret, BackupError> {
        let secret = match opening {
            Opening::Secret(text) => read_key(text).map(StaticSecret::from),
            Opening::Passphrase(passphrase) => {
                let path = self.root.join(IDENTITY);
                let pem = fs::read_to_string(&path).map_err(|source| BackupError::Folder { path, source })?;
                identity::open(&pem, passphrase)
            }
        };
        secret.filter(|secret| PublicKey::from(secret) == self.recipient).ok_or(BackupError::WrongKey)
    }

    /// The backups, oldest first.
    pub fn manifests(&self) -> Result<Vec<Manifest>, BackupError> {
        let folder = self.root.join(MANIFESTS);
        let read = match fs::read_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            read => read.map_err(|source| BackupError::Folder { path: folder.clone(), source })?,
        };
        let mut paths = Vec::new();
        for file in read {
            let path = file.map_err(|source| BackupError::Folder { path: folder.clone(), source })?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                paths.push(path);
            }
        }
        let mut manifests = Vec::new();
        for path in paths {
            let text = fs::read(&path).map_err(|source| BackupError::Folder { path: path.clone(), source })?;
            manifests.push(Manifest::read(&text, &path)?);
        }
        manifests.sort_by_key(|manifest| manifest.made_ms);
        Ok(manifests)
    }

    /// The newest backup made no later than a moment.
    pub fn newest(&self, until_ms: Option<u64>) -> Result<Manifest, BackupError> {
        let is_wanted = |manifest: &Manifest| until_ms.is_none_or(|until_ms| manifest.made_ms <= until_ms);
        let newest = self.manifests()?.into_iter().rfind(is_wanted);
        newest.ok_or_else(|| BackupError::NoBackup { path: self.root.clone() })
    }

    pub(super) fn put_manifest(&self, name: &str, text: &[u8]) -> Result<(), BackupError> {
        write_whole(&self.root.join(MANIFESTS).join(format!("{name}.json")), text)
    }

    pub(super) fn put_pack(&self, plain: &[u8], rng: &mut impl CryptoRngCore) -> Result<PackRef, BackupError> {
        let sealed = age::encrypt(plain, &self.recipient, rng).ok_or(BackupError::MalformedRecipient)?;
        let hash = *blake3::hash(&sealed).as_bytes();
        write_whole(&self.root.join(PACKS).join(hex::encode(hash)), &sealed)?;
        Ok(PackRef { blake3: hash, bytes: sealed.len() as u64 })
    }

    pub(super) fn pack(&self, named: &PackRef, secret: &StaticSecret) -> Result<Vec<u8>, BackupError> {
        self.open_sealed(&self.root.join(PACKS).join(hex::encode(named.blake3)), &named.blake3, secret)
    }

    pub(super) fn has_attachment(&self, hash: BlobHash) -> bool {
        self.attachment_path(hash).exists()
    }

    pub(super) fn put_attachment(
        &self,
        hash: BlobHash,
        plain: &[u8],
        rng: &mut impl CryptoRngCore,
    ) -> Result<[u8; 32], BackupError> {
        let sealed = age::encrypt(plain, &self.recipient, rng).ok_or(BackupError::MalformedRecipient)?;
        write_whole(&self.attachment_path(hash), &sealed)?;
        Ok(*blake3::hash(&sealed).as_bytes())
    }

    pub(super) fn attachment(
        &self,
        hash: BlobHash,
        sealed: &[u8; 32],
        secret: &StaticSecret,
    ) -> Result<Vec<u8>, BackupError> {
        self.open_sealed(&self.attachment_path(hash), sealed, secret)
    }

    fn open_sealed(&self, path: &Path, hash: &[u8; 32], secret: &StaticSecret) -> Result<Vec<u8>, BackupError> {
        let sealed = fs::read(path).map_err(|source| BackupError::Folder { path: path.to_owned(), source })?;
        let is_sound = blake3::hash(&sealed).as_bytes() == hash;
        let plain = age::decrypt(&sealed, secret).ok().filter(|_| is_sound);
        plain.ok_or_else(|| BackupError::Damaged { path: path.to_owned() })
    }

    fn attachment_path(&self, hash: BlobHash) -> PathBuf {
        let name = hash.to_string();
        self.root.join(ATTACHMENTS).join(&name[..2]).join(name)
    }
}

fn read_key(text: &str) -> Option<[u8; 32]> {
    hex::decode(text.trim()).ok()?.try_into().ok()
}

/// Written aside and renamed: a file with its name is whole.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), BackupError> {
    let write = || {
        let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
        fs::create_dir_all(folder)?;
        let aside = path.with_extension("new");
        let mut file = File::create(&aside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&aside, path)?;
        if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
    };
    write().map_err(|source| BackupError::Folder { path: path.to_owned(), source })
}
