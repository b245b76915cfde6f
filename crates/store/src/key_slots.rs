//! `slots.json`: how a passphrase, or the province's recovery key, opens the store.
//!
//! The data key that encrypts the database is random. Each user has a slot that wraps it under a key
//! stretched from their passphrase (Argon2id, RFC 9106), and beside it, under another key derived from the
//! same stretching, their document-signing key. So colleagues on one laptop share the records, and nobody
//! can sign with another's key (sole control, PP 71/2019). The recovery slot wraps the data key only: a
//! forgotten passphrase is not lost evidence, but a signing key goes with its passphrase.
//!
//! What must stay true:
//! - the file holds no name, and nothing that tells users apart beyond random identifiers;
//! - it is replaced whole, so that a power cut leaves the old slots or the new ones; a second copy lies with the
//!   backups, and a checksum tells which of the two is as it was written;
//! - an attempt is counted before it is tried, so that killing the program does not save one;
//! - waiting is bounded and nothing is ever wiped: the strength lies in the stretching, the waiting only
//!   slows a colleague down who tries at the screen;
//! - a clock set back never locks anybody out for longer than the schedule says.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use rand_core::CryptoRngCore;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use unicode_normalization::UnicodeNormalization;
use uuid::Uuid;
use x25519_dalek::{EphemeralSecret, PublicKey, StaticSecret};
use zeroize::Zeroizing;

use crate::connection::Unlocking;
use crate::error::{Result, StoreError};
use crate::folder::{Folder, replace_file};

/// The random key of the database.
pub(crate) type DataKey = Zeroizing<[u8; 32]>;

const FORMAT: u32 = 1;
const DATA_KEY_LABEL: &[u8] = b"arumbae 2026 slot: data key";
const SIGNING_KEY_LABEL: &[u8] = b"arumbae 2026 slot: signing key";
const RECOVERY_LABEL: &[u8] = b"arumbae 2026 slot: recovery";

/// Wrong attempts that are answered at once.
const FREE_ATTEMPTS: u32 = 3;
/// Seconds after the first attempt that is not free; doubled by each further one.
const FIRST_WAIT_SECONDS: u64 = 5;
/// No wait is longer: an officer in the field must get back to work.
const LONGEST_WAIT_SECONDS: u64 = 900;

/// The content of `slots.json`.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct KeySlots {
    format: u32,
    /// The installation; bound into every wrapping, so that slots cannot be moved between stores.
    store: Uuid,
    /// The salt SQLCipher keeps in the first 16 bytes of every database of this installation. It is known here, so that
    /// a database without its first bytes can still be read, and tells a damaged file from a foreign one.
    #[serde(with = "hex::serde")]
    mark: [u8; 16],
    users: Vec<UserSlot>,
    recovery: Option<RecoverySlot>,
    attempts: Attempts,
    /// How many saves of this device were sealed, and so may have left it. A database with fewer is an older copy.
    #[serde(default)]
    sealed_saves: u64,
}

/// The entry of the file beside those of [`KeySlots`]; files written before there was a checksum have none.
const CHECKSUM: &str = "checksum";

#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct UserSlot {
    id: Uuid,
    stretching: Stretching,
    data_key: Wrapped,
    signing_key: Option<Wrapped>,
}

/// What it costs to try a passphrase: the parameters of Argon2id with one lane, as small laptops have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyStretching {
    /// Memory, KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

impl KeyStretching {
    /// 64 MiB and three passes: RFC 9106's second recommendation.
    pub const STANDARD: KeyStretching = KeyStretching { memory_kib: 64 * 1024, passes: 3 };
    /// The least Argon2id takes: for simulations of hundreds of stores that protect nobody's data.
    pub const LEAST: KeyStretching = KeyStretching { memory_kib: 8, passes: 1 };
}

/// How a passphrase was stretched, kept with the slot so that later versions may raise the cost for new ones.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Stretching {
    #[serde(flatten)]
    cost: KeyStretching,
    #[serde(with = "hex::serde")]
    salt: [u8; 16],
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Wrapped {
    #[serde(with = "hex::serde")]
    nonce: [u8; 24],
    #[serde(with = "hex::serde")]
    sealed: Vec<u8>,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct RecoverySlot {
    #[serde(with = "hex::serde")]
    recipient: [u8; 32],
    #[serde(with = "hex::serde")]
    ephemeral: [u8; 32],
    data_key: Wrapped,
}

#[derive(Clone, Default, Serialize, Deserialize)]
struct Attempts {
    wrong: u32,
    not_before_ms: u64,
}

impl Attempts {
    fn wait_seconds(&self) -> u64 {
        match self.wrong.checked_sub(FREE_ATTEMPTS) {
            None | Some(0) => 0,
            Some(over) => (FIRST_WAIT_SECONDS << (over - 1).min(16)).min(LONGEST_WAIT_SECONDS),
        }
    }
}

impl Stretching {
    fn fresh(cost: KeyStretching, rng: &mut impl CryptoRngCore) -> Self {
        Stretching { cost, salt: random(rng) }
    }

    fn stretch(&self, passphrase: &str) -> Result<Zeroizing<[u8; 32]>> {
        // Parameters come from a file anyone may have edited: what is absurd is damage, not an order.
        let KeyStretching { memory_kib, passes } = self.cost;
        if memory_kib > 1024 * 1024 || passes > 32 {
            return Err(StoreError::damaged());
        }
        let params = Params::new(memory_kib, passes, 1, Some(32)).map_err(|_| StoreError::damaged())?;
        let mut key = Zeroizing::new([0; 32]);
        // The same passphrase typed on keyboards that compose letters differently is one passphrase (RFC 8265).
        let normal: Zeroizing<String> = Zeroizing::new(passphrase.nfc().collect());
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(normal.as_bytes(), &self.salt, &mut *key)
            .map_err(|_| StoreError::damaged())?;
        Ok(key)
    }
}

impl Wrapped {
    fn seal(key: &[u8; 32], plain: &[u8], bound_to: &[u8], rng: &mut impl CryptoRngCore) -> Self {
        let nonce: [u8; 24] = random(rng);
        let sealed = XChaCha20Poly1305::new(key.into())
            .encrypt(XNonce::from_slice(&nonce), Payload { msg: plain, aad: bound_to })
            .expect("XChaCha20-Poly1305 seals anything that fits in memory");
        Wrapped { nonce, sealed }
    }

    fn open(&self, key: &[u8; 32], bound_to: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let payload = Payload { msg: &self.sealed, aad: bound_to };
        XChaCha20Poly1305::new(key.into()).decrypt(XNonce::from_slice(&self.nonce), payload).ok().map(Zeroizing::new)
    }
}

pub(crate) fn random<const N: usize>(rng: &mut impl CryptoRngCore) -> [u8; N] {
    let mut bytes = [0; N];
    rng.fill_bytes(&mut bytes);
    bytes
}

fn derive(from: &[u8], salt: &[u8], label: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(Some(salt), from).expand(label, &mut *key).expect("32 bytes are within what HKDF gives");
    key
}

fn as_data_key(bytes: &[u8]) -> Result<DataKey> {
    bytes.try_into().map(Zeroizing::new).map_err(|_| StoreError::damaged())
}

/// A random identifier (UUIDv4) from the randomness passed in.
pub(crate) fn random_id(rng: &mut impl CryptoRngCore) -> Uuid {
    uuid::Builder::from_random_bytes(random(rng)).into_uuid()
}

impl KeySlots {
    /// Slots of a new store, still without a user.
    pub fn new(rng: &mut impl CryptoRngCore) -> (Self, DataKey) {
        let slots = KeySlots {
            format: FORMAT,
            store: random_id(rng),
            mark: random(rng),
            users: Vec::new(),
            recovery: None,
            attempts: Attempts::default(),
            sealed_saves: 0,
        };
        (slots, Zeroizing::new(random(rng)))
    }

    /// Reads the slots from whichever copy is whole.
    pub fn read(folder: &Folder) -> Result<Self> {
        match (read_file(&folder.slots()), read_file(&folder.slots_copy())) {
            (Ok(slots), Ok(copy)) if copy.store == slots.store => {
                Ok(KeySlots { sealed_saves: slots.sealed_saves.max(copy.sealed_saves), ..slots })
            }
            (Ok(slots), _) => Ok(slots),
            // A later version would have written both: a first copy that claims one is damaged.
            (Err(_), Ok(copy)) => Ok(copy),
            (Err(StoreError::NoStore), Err(StoreError::NoStore)) if folder.database().exists() => {
                Err(StoreError::ForeignFile)
            }
            (Err(error), Err(_)) => Err(error),
        }
    }

    /// Writes both copies.
    pub fn write(&self, folder: &Folder) -> Result<()> {
        fs::create_dir_all(folder.backups())?;
        self.write_to(folder, &folder.slots())?;
        self.write_to(folder, &folder.slots_copy())
    }

    /// Replaces one copy; one that cannot be read is set aside first.
    fn write_to(&self, folder: &Folder, path: &Path) -> Result<()> {
        if matches!(read_file(path), Err(StoreError::Damaged { .. })) {
            folder.set_aside(path, &[""])?;
        }
        let undecodable = |error| StoreError::undecodable("key slots", error);
        let mut entries = serde_json::to_value(self).map_err(undecodable)?;
        entries[CHECKSUM] = checksum(&entries)?.into();
        replace_file(path, &serde_json::to_vec_pretty(&entries).map_err(undecodable)?)
    }

    /// Makes both copies say the same again, if one is missing or differs from what was read.
    pub fn mend(&self, folder: &Folder) -> Result<()> {
        let opens_alike = |path: PathBuf| {
            let held = read_file(&path);
            held.is_ok_and(|held| (held.mark, &held.users, &held.recovery) == (self.mark, &self.users, &self.recovery))
        };
        if opens_alike(folder.slots()) && opens_alike(folder.slots_copy()) {
            return Ok(());
        }
        unless_unwritable(self.write(folder))
    }

    /// What opens the databases of this installation, once a slot gave the data key.
    pub fn unlocking(&self, key: DataKey) -> Unlocking {
        Unlocking { key, mark: self.mark }
    }

    pub fn sealed_saves(&self) -> u64 {
        self.sealed_saves
    }

    /// Remembers how many saves were sealed. Where nothing can be written the number stays behind, which only means
    /// that an older copy may be taken for the present one until the server notices.
    pub fn remember_sealed(&mut self, folder: &Folder, sealed_saves: u64) -> Result<()> {
        if self.sealed_saves == sealed_saves {
            return Ok(());
        }
        self.sealed_saves = sealed_saves;
        unless_unwritable(self.write_to(folder, &folder.slots()))
    }

    /// Adds a user's slot and returns its identifier.
    pub fn add_user(
        &mut self,
        passphrase: &str,
        cost: KeyStretching,
        data_key: &DataKey,
        rng: &mut impl CryptoRngCore,
    ) -> Result<Uuid> {
        let id = random_id(rng);
        let slot = self.sealed_slot(id, passphrase, cost, data_key, rng)?;
        self.users.push(slot);
        Ok(id)
    }

    /// Gives a user another passphrase. With the old one the signing key moves along; after a recovery,
    /// where the old one is not known, it is gone.
    pub fn change_passphrase(
        &mut self,
        user: Uuid,
        old: Option<&str>,
        new: &str,
        data_key: &DataKey,
        rng: &mut impl CryptoRngCore,
    ) -> Result<()> {
        let signing_key = match old {
            Some(old) => self.signing_key(user, old)?,
            None => None,
        };
        let slot = self.sealed_slot(user, new, KeyStretching::STANDARD, data_key, rng)?;
        *self.slot_mut(user)? = slot;
        if let Some(key) = signing_key {
            self.put_signing_key(user, new, &key, rng)?;
        }
        Ok(())
    }

    fn sealed_slot(
        &self,
        id: Uuid,
        passphrase: &str,
        cost: KeyStretching,
        data_key: &DataKey,
        rng: &mut impl CryptoRngCore,
    ) -> Result<UserSlot> {
        if passphrase.is_empty() {
            return Err(StoreError::EmptyPassphrase);
        }
        let stretching = Stretching::fresh(cost, rng);
        let stretched = stretching.stretch(passphrase)?;
        let key = derive(&*stretched, &stretching.salt, DATA_KEY_LABEL);
        let data_key = Wrapped::seal(&key, data_key.as_slice(), &self.binding(id), rng);
        Ok(UserSlot { id, stretching, data_key, signing_key: None })
    }

    /// What a wrapping is bound to: this store and this slot.
    fn binding(&self, slot: Uuid) -> [u8; 32] {
        let mut bound = [0; 32];
        bound[..16].copy_from_slice(self.store.as_bytes());
        bound[16..].copy_from_slice(slot.as_bytes());
        bound
    }

    fn slot_mut(&mut self, user: Uuid) -> Result<&mut UserSlot> {
        self.users.iter_mut().find(|slot| slot.id == user).ok_or_else(StoreError::damaged)
    }

    /// Counts an attempt, durably, before it is tried; refuses it while the user has to wait.
    ///
    /// Where nothing can be written the count cannot be kept, and the attempt is tried all the same: a full disk must
    /// not keep anybody from their evidence.
    pub fn begin_attempt(&mut self, folder: &Folder, now_ms: u64) -> Result<()> {
        let left_ms = self.attempts.not_before_ms.saturating_sub(now_ms);
        if left_ms > 0 {
            let longest_ms = self.attempts.wait_seconds() * 1000;
            if left_ms > longest_ms {
                // The clock was set back since: begin the same wait anew rather than wait for years.
                self.attempts.not_before_ms = now_ms.saturating_add(longest_ms);
                self.keep_attempts(folder)?;
            }
            return Err(StoreError::AttemptTooSoon { wait_seconds: left_ms.min(longest_ms).div_ceil(1000) });
        }
        self.attempts.wrong = self.attempts.wrong.saturating_add(1);
        self.attempts.not_before_ms = now_ms.saturating_add(self.attempts.wait_seconds() * 1000);
        self.keep_attempts(folder)
    }

    /// Forgets the wrong attempts after a right one.
    pub fn forget_attempts(&mut self, folder: &Folder) -> Result<()> {
        self.attempts = Attempts::default();
        self.keep_attempts(folder)
    }

    /// Attempts are counted in the first copy only: the second is for what cannot be replaced.
    fn keep_attempts(&self, folder: &Folder) -> Result<()> {
        unless_unwritable(self.write_to(folder, &folder.slots()))
    }

    /// The error for a passphrase that turned out wrong.
    pub fn wrong_passphrase(&self) -> StoreError {
        StoreError::WrongPassphrase { wait_seconds: self.attempts.wait_seconds() }
    }

    /// The user whose slot the passphrase opens, and the data key. Every slot is tried, since the file does
    /// not say whose is whose.
    pub fn open(&self, passphrase: &str) -> Result<Option<(Uuid, DataKey)>> {
        for slot in &self.users {
            let stretched = slot.stretching.stretch(passphrase)?;
            let key = derive(&*stretched, &slot.stretching.salt, DATA_KEY_LABEL);
            if let Some(data_key) = slot.data_key.open(&key, &self.binding(slot.id)) {
                return Ok(Some((slot.id, as_data_key(&data_key)?)));
            }
        }
        Ok(None)
    }

    /// Whether the passphrase is this user's.
    pub fn is_passphrase_of(&self, user: Uuid, passphrase: &str) -> Result<bool> {
        let Some(slot) = self.users.iter().find(|slot| slot.id == user) else { return Ok(false) };
        let stretched = slot.stretching.stretch(passphrase)?;
        let key = derive(&*stretched, &slot.stretching.salt, DATA_KEY_LABEL);
        Ok(slot.data_key.open(&key, &self.binding(user)).is_some())
    }

    /// Wraps a user's document-signing key. The passphrase must be known to be theirs.
    pub fn put_signing_key(
        &mut self,
        user: Uuid,
        passphrase: &str,
        pkcs8: &[u8],
        rng: &mut impl CryptoRngCore,
    ) -> Result<()> {
        let binding = self.binding(user);
        let slot = self.slot_mut(user)?;
        let stretched = slot.stretching.stretch(passphrase)?;
        let key = derive(&*stretched, &slot.stretching.salt, SIGNING_KEY_LABEL);
        slot.signing_key = Some(Wrapped::seal(&key, pkcs8, &binding, rng));
        Ok(())
    }

    /// A user's document-signing key (PKCS#8 DER), `None` if they have none or the passphrase is not theirs.
    pub fn signing_key(&self, user: Uuid, passphrase: &str) -> Result<Option<Zeroizing<Vec<u8>>>> {
        let Some(slot) = self.users.iter().find(|slot| slot.id == user) else { return Ok(None) };
        let Some(wrapped) = &slot.signing_key else { return Ok(None) };
        let stretched = slot.stretching.stretch(passphrase)?;
        let key = derive(&*stretched, &slot.stretching.salt, SIGNING_KEY_LABEL);
        Ok(wrapped.open(&key, &self.binding(user)))
    }

    /// Whether this user has a document-signing key.
    pub fn has_signing_key(&self, user: Uuid) -> bool {
        self.users.iter().any(|slot| slot.id == user && slot.signing_key.is_some())
    }

    /// The users' slots, in the order they were added.
    pub fn users(&self) -> impl Iterator<Item = Uuid> {
        self.users.iter().map(|slot| slot.id)
    }

    /// Whether the recovery slot is sealed to this public key.
    pub fn is_recoverable_by(&self, recipient: &[u8; 32]) -> bool {
        self.recovery.as_ref().is_some_and(|slot| &slot.recipient == recipient)
    }

    /// Seals the data key to the province's recovery key, replacing an earlier recovery slot.
    pub fn seal_recovery(&mut self, recipient: [u8; 32], data_key: &DataKey, rng: &mut impl CryptoRngCore) {
        let secret = EphemeralSecret::random_from_rng(&mut *rng);
        let ephemeral = PublicKey::from(&secret).to_bytes();
        let shared = secret.diffie_hellman(&PublicKey::from(recipient));
        let key = derive(shared.as_bytes(), &recovery_salt(&ephemeral, &recipient), RECOVERY_LABEL);
        let data_key = Wrapped::seal(&key, data_key.as_slice(), self.store.as_bytes(), rng);
        self.recovery = Some(RecoverySlot { recipient, ephemeral, data_key });
    }

    /// Opens the recovery slot with the province's secret key.
    pub fn open_recovery(&self, secret: &[u8; 32]) -> Result<DataKey> {
        let slot = self.recovery.as_ref().ok_or(StoreError::WrongRecoveryKey)?;
        let shared = StaticSecret::from(*secret).diffie_hellman(&PublicKey::from(slot.ephemeral));
        let key = derive(shared.as_bytes(), &recovery_salt(&slot.ephemeral, &slot.recipient), RECOVERY_LABEL);
        let data_key = slot.data_key.open(&key, self.store.as_bytes()).ok_or(StoreError::WrongRecoveryKey)?;
        as_data_key(&data_key)
    }
}

fn read_file(path: &Path) -> Result<KeySlots> {
    #[derive(Deserialize)]
    struct Versioned {
        format: u32,
    }
    let bytes = match fs::read(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Err(StoreError::NoStore),
        other => other?,
    };
    let mut entries: serde_json::Value = serde_json::from_slice(&bytes).map_err(|_| StoreError::damaged())?;
    let Versioned { format } = Versioned::deserialize(&entries).map_err(|_| StoreError::damaged())?;
    if format > FORMAT {
        return Err(StoreError::NewerSchema { found: format, known: FORMAT });
    }
    let written = entries.as_object_mut().and_then(|entries| entries.remove(CHECKSUM));
    if let Some(written) = written
        && written.as_str() != Some(&checksum(&entries)?)
    {
        return Err(StoreError::damaged());
    }
    serde_json::from_value(entries).map_err(|_| StoreError::damaged())
}

/// Over the entries and not over what this version makes of them: a later one may know more.
fn checksum(entries: &serde_json::Value) -> Result<String> {
    let bytes = serde_json::to_vec(entries).map_err(|error| StoreError::undecodable("key slots", error))?;
    Ok(blake3::hash(&bytes).to_string())
}

fn unless_unwritable(written: Result<()>) -> Result<()> {
    match written {
        Err(StoreError::DiskFull | StoreError::Unwritable(_)) => Ok(()),
        other => other,
    }
}

fn recovery_salt(ephemeral: &[u8; 32], recipient: &[u8; 32]) -> [u8; 64] {
    let mut salt = [0; 64];
    salt[..32].copy_from_slice(ephemeral);
    salt[32..].copy_from_slice(recipient);
    salt
}
