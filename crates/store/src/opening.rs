//! Making, unlocking and sharing a store; the keys a user holds in it.

use std::fs::File;
use std::path::Path;

use arumbae_domain::Scope;
use arumbae_mergelog::{DeviceKey, Hlc, Lane};
use arumbae_protocol::Registry;
use ed25519_dalek::SigningKey;
use rand_core::CryptoRngCore;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::backup::BackupJob;
use crate::connection::{self, Unlocking};
use crate::error::{Result, StoreError};
use crate::folder::Folder;
use crate::key_slots::{DataKey, KeySlots, KeyStretching, random};
use crate::tables::{certificate, installation, lane, profile, quarantine, registry};
use crate::views::{Enrolment, HeldCertificate, Profile};
use crate::{materialise, schema, wal};

/// What a new store is made from.
#[derive(Debug)]
pub struct NewStore<'a> {
    /// Its first user.
    pub owner: Profile,
    /// The first user's passphrase.
    pub passphrase: &'a str,
    /// What trying it costs. Users added later, and changed passphrases, cost the standard.
    pub stretching: KeyStretching,
}

/// An unlocked store, and its only writer.
///
/// Its folder is locked until it is dropped. It can be sent to another thread but not shared between threads.
pub struct Store {
    // Declared, and so closed, before the lock is let go.
    pub(crate) connection: Connection,
    pub(crate) folder: Folder,
    pub(crate) slots: KeySlots,
    pub(crate) unlocking: Unlocking,
    pub(crate) user: Uuid,
    pub(crate) profile: Profile,
    pub(crate) device: SigningKey,
    pub(crate) incarnation: u64,
    pub(crate) registry: Registry,
    /// What is still to be done before the first write, while nothing can be written.
    pub(crate) unsettled: Option<Unsettled>,
    /// Why the backup before the last upgrade could not be made.
    pub(crate) backup_failure: Option<StoreError>,
    pub(crate) lock: Option<File>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("device", &self.device_key()).finish_non_exhaustive()
    }
}

impl Store {
    /// Makes a store in a folder that has none, with its first user.
    ///
    /// The database is complete under another name before the slots are written, and takes its name last: a
    /// power cut leaves no store, or a whole one.
    ///
    /// # Errors
    /// [`StoreError::StoreExists`], [`StoreError::AlreadyOpen`], [`StoreError::EmptyPassphrase`],
    /// [`StoreError::Unwritable`], [`StoreError::DiskFull`].
    pub fn create(dir: &Path, new: NewStore<'_>, rng: &mut impl CryptoRngCore) -> Result<Store> {
        std::fs::create_dir_all(dir)?;
        let folder = Folder::new(dir);
        let lock = folder.lock()?;
        if folder.holds_store() {
            return Err(StoreError::StoreExists);
        }
        let (mut slots, data_key) = KeySlots::new(rng);
        let user = slots.add_user(new.passphrase, new.stretching, &data_key, rng)?;
        // What an interrupted creation left: no slot opens it, and nothing was ever saved in it.
        folder.discard_unfinished()?;
        let mut connection = connection::create(&folder.unfinished(), &slots.unlocking(data_key.clone()))?;
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        installation::insert(&tx, &SigningKey::from_bytes(&random(rng)), draw_incarnation(rng), materialise::VERSION)?;
        profile::insert_current(&tx, user, &new.owner)?;
        tx.commit()?;
        connection.close().map_err(|(_, error)| error)?;
        folder.complete()?;
        slots.write(&folder)?;
        Store::open(Attempt { folder, lock, slots, user, data_key }, 0, rng)
    }

    /// Opens a store with a user's passphrase.
    ///
    /// # Errors
    /// [`StoreError::WrongPassphrase`] and [`StoreError::AttemptTooSoon`] with the seconds to wait;
    /// [`StoreError::NoStore`], [`StoreError::AlreadyOpen`], [`StoreError::Damaged`], [`StoreError::ForeignFile`],
    /// [`StoreError::NewerSchema`]. Where nothing can be written the store opens for reading, see
    /// [`is_read_only`](Store::is_read_only).
    pub fn unlock(dir: &Path, passphrase: &str, now_ms: u64, rng: &mut impl CryptoRngCore) -> Result<Store> {
        Store::open(Store::try_passphrase(dir, passphrase, now_ms)?, now_ms, rng)
    }

    /// Whether a folder holds a store, or what is left of one.
    pub fn exists(dir: &Path) -> bool {
        Folder::new(dir).holds_store()
    }

    pub(crate) fn try_passphrase(dir: &Path, passphrase: &str, now_ms: u64) -> Result<Attempt> {
        let folder = Folder::new(dir);
        if !Store::exists(dir) {
            return Err(StoreError::NoStore);
        }
        let lock = folder.lock()?;
        let mut slots = KeySlots::read(&folder)?;
        slots.begin_attempt(&folder, now_ms)?;
        let Some((user, data_key)) = slots.open(passphrase)? else { return Err(slots.wrong_passphrase()) };
        slots.forget_attempts(&folder)?;
        Ok(Attempt { folder, lock, slots, user, data_key })
    }

    /// Opens a store with the province's recovery key and gives a user a new passphrase.
    ///
    /// `person` chooses among several users; the first is taken if it is `None`. Their document-signing key is
    /// gone with the old passphrase, as it has to be.
    pub fn unlock_with_recovery_key(
        dir: &Path,
        recovery_secret: &[u8; 32],
        person: Option<Uuid>,
        new_passphrase: &str,
        now_ms: u64,
        rng: &mut impl CryptoRngCore,
    ) -> Result<Store> {
        let folder = Folder::new(dir);
        if !Store::exists(dir) {
            return Err(StoreError::NoStore);
        }
        let lock = folder.lock()?;
        let slots = KeySlots::read(&folder)?;
        let data_key = slots.open_recovery(recovery_secret)?;
        let first = slots.users().next().ok_or_else(StoreError::damaged)?;
        let mut store = Store::open(Attempt { folder, lock, slots, user: first, data_key }, now_ms, rng)?;
        if let Some(person) = person {
            store.user = profile::slot_of(&store.connection, person)?.ok_or(StoreError::WrongRecoveryKey)?;
            store.profile = profile::current(&store.connection, store.user)?;
        }
        let mut slots = store.slots.clone();
        slots.change_passphrase(store.user, None, new_passphrase, &store.unlocking.key, rng)?;
        slots.write(&store.folder)?;
        store.slots = slots;
        Ok(store)
    }

    pub(crate) fn open(attempt: Attempt, now_ms: u64, rng: &mut impl CryptoRngCore) -> Result<Store> {
        let Attempt { folder, lock, slots, user, data_key } = attempt;
        let unlocking = slots.unlocking(data_key);
        let unsettled = Unsettled { incarnation: draw_incarnation(rng), now_ms };
        folder.take_up_next()?;
        let database = folder.database();
        if !database.exists() {
            return Err(StoreError::damaged());
        }
        wal::check(&database)?;
        let mut backup_failure = None;
        let (connection, writable) = match connection::open(&database, &unlocking) {
            Ok(mut connection) => {
                backup_failure = upgrade(&mut connection, &folder, &unlocking, now_ms)?;
                (connection, true)
            }
            Err(error) if error.forbids_writing() => match connection::open_for_reading(&database, &unlocking) {
                Ok(connection) if is_current(&connection)? => (connection, false),
                // What an older version made has to be brought up to date before it can be read.
                Ok(_) => return Err(error),
                Err(damage @ (StoreError::Damaged { .. } | StoreError::ForeignFile)) => return Err(damage),
                Err(_) => return Err(error),
            },
            Err(error) => return Err(error),
        };
        let installation = installation::read(&connection)?;
        let mut store = Store {
            profile: profile::current(&connection, user)?,
            registry: registry::replay(&connection)?,
            device: installation.device,
            incarnation: installation.incarnation,
            connection,
            folder,
            slots,
            unlocking,
            user,
            unsettled: Some(unsettled),
            backup_failure,
            lock,
        };
        if writable {
            store.settle()?;
        }
        Ok(store)
    }

    /// Does what has to be done before the first write; until it is done, nothing is written.
    fn settle(&mut self) -> Result<()> {
        let Some(unsettled) = self.unsettled.take() else { return Ok(()) };
        let settled = self.settle_under(unsettled.incarnation);
        if settled.is_err() {
            self.unsettled = Some(unsettled);
        }
        settled
    }

    fn settle_under(&mut self, incarnation: u64) -> Result<()> {
        let installation = installation::read(&self.connection)?;
        // An older copy was put in the place of the database: its next numbers may have left the device already.
        let is_older = lane::sealed_total(&self.connection)? < self.slots.sealed_saves();
        if installation.is_copy || is_older {
            self.move_to_incarnation(incarnation)?;
        } else if installation.materialised_by != materialise::VERSION {
            self.rebuild_from_log()?;
        } else if quarantine::any_undecoded(&self.connection)? {
            // The program that held it back may have been an older one.
            self.judge_held_back()?;
        }
        self.remember_sealed()?;
        self.slots.mend(&self.folder)
    }

    /// Keeps outside of the database how many saves were sealed, so that an older copy of it is noticed.
    pub(crate) fn remember_sealed(&mut self) -> Result<()> {
        self.slots.remember_sealed(&self.folder, lane::sealed_total(&self.connection)?)
    }

    /// Whether nothing can be written at present: the folder or the file is write-protected, or the disk was full when
    /// the store was opened. Every write tries anew, so that work goes on as soon as it can.
    pub fn is_read_only(&self) -> bool {
        self.unsettled.is_some()
    }

    /// Tries to write again, if nothing could be written so far.
    ///
    /// # Errors
    /// [`StoreError::Unwritable`] or [`StoreError::DiskFull`] if that is still so.
    pub fn try_writing(&mut self) -> Result<()> {
        let Some(Unsettled { now_ms, .. }) = self.unsettled else { return Ok(()) };
        if self.lock.is_none() {
            self.lock = self.folder.lock()?;
        }
        // Closed first: SQLite shares among a program's connections how the files beside the database were opened.
        drop(std::mem::replace(&mut self.connection, Connection::open_in_memory()?));
        let database = self.folder.database();
        let opened = connection::open(&database, &self.unlocking).and_then(|mut connection| {
            let failure = upgrade(&mut connection, &self.folder, &self.unlocking, now_ms)?;
            Ok((connection, failure))
        });
        match opened {
            Ok((connection, failure)) => (self.connection, self.backup_failure) = (connection, failure),
            Err(error) => {
                self.connection = connection::open_for_reading(&database, &self.unlocking)?;
                return Err(error);
            }
        }
        self.settle()
    }

    /// One transaction, taken for writing at once so that it never fails half way for a lock; nothing of it stays
    /// if `body` fails.
    pub(crate) fn write<T>(&mut self, body: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        self.try_writing()?;
        let tx = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let value = body(&tx)?;
        tx.commit()?;
        Ok(value)
    }

    /// The user who unlocked the store.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Changes what the user says of themselves. A changed person identifier stays known under its former name.
    pub fn set_profile(&mut self, profile: Profile) -> Result<()> {
        let user = self.user;
        self.write(|tx| profile::insert_current(tx, user, &profile))?;
        self.profile = profile;
        Ok(())
    }

    /// The users of this store.
    pub fn profiles(&self) -> Result<Vec<Profile>> {
        self.slots.users().map(|user| profile::current(&self.connection, user)).collect()
    }

    /// Gives a colleague a slot of their own.
    pub fn add_user(&mut self, colleague: &Profile, passphrase: &str, rng: &mut impl CryptoRngCore) -> Result<()> {
        let mut slots = self.slots.clone();
        let user = slots.add_user(passphrase, KeyStretching::STANDARD, &self.unlocking.key, rng)?;
        self.write(|tx| profile::insert_current(tx, user, colleague))?;
        // The profile first: a slot without one would be a user who cannot come in.
        slots.write(&self.folder)?;
        self.slots = slots;
        Ok(())
    }

    /// Changes the user's passphrase; their document-signing key moves along.
    pub fn change_passphrase(&mut self, old: &str, new: &str, now_ms: u64, rng: &mut impl CryptoRngCore) -> Result<()> {
        self.check_passphrase(old, now_ms)?;
        let mut slots = self.slots.clone();
        slots.change_passphrase(self.user, Some(old), new, &self.unlocking.key, rng)?;
        slots.write(&self.folder)?;
        self.slots = slots;
        Ok(())
    }

    /// Whether this is the user's passphrase; wrong ones are counted as at unlocking.
    pub fn check_passphrase(&mut self, passphrase: &str, now_ms: u64) -> Result<()> {
        self.slots.begin_attempt(&self.folder, now_ms)?;
        if !self.slots.is_passphrase_of(self.user, passphrase)? {
            return Err(self.slots.wrong_passphrase());
        }
        self.slots.forget_attempts(&self.folder)
    }

    /// Keeps the user's document-signing key (PKCS#8 DER), wrapped under their passphrase only.
    pub fn put_signing_key(
        &mut self,
        passphrase: &str,
        pkcs8: &[u8],
        now_ms: u64,
        rng: &mut impl CryptoRngCore,
    ) -> Result<()> {
        self.check_passphrase(passphrase, now_ms)?;
        let mut slots = self.slots.clone();
        slots.put_signing_key(self.user, passphrase, pkcs8, rng)?;
        slots.write(&self.folder)?;
        self.slots = slots;
        Ok(())
    }

    /// The user's document-signing key (PKCS#8 DER).
    ///
    /// # Errors
    /// [`StoreError::NoSigningKey`], and those of a wrong passphrase.
    pub fn signing_key(&mut self, passphrase: &str, now_ms: u64) -> Result<Zeroizing<Vec<u8>>> {
        if !self.has_signing_key() {
            return Err(StoreError::NoSigningKey);
        }
        self.slots.begin_attempt(&self.folder, now_ms)?;
        let key = self.slots.signing_key(self.user, passphrase)?.ok_or_else(|| self.slots.wrong_passphrase())?;
        self.slots.forget_attempts(&self.folder)?;
        Ok(key)
    }

    /// Whether the user has a document-signing key.
    pub fn has_signing_key(&self) -> bool {
        self.slots.has_signing_key(self.user)
    }

    /// Keeps a certificate of the user's document-signing key.
    pub fn put_certificate(&mut self, der: &[u8], issuer_der: &[u8], now_ms: u64) -> Result<()> {
        let person = self.profile.person_id;
        self.write(|tx| certificate::insert(tx, person, der, issuer_der, now_ms))
    }

    /// The certificates kept for the user, latest first.
    pub fn certificates(&self) -> Result<Vec<HeldCertificate>> {
        certificate::list_of(&self.connection, self.profile.person_id)
    }

    /// The device's key: it signs segments and requests.
    pub fn device_key(&self) -> DeviceKey {
        DeviceKey(self.device.verifying_key().to_bytes())
    }

    /// The secret half of the device's key.
    pub fn device_signing_key(&self) -> &SigningKey {
        &self.device
    }

    /// The present incarnation of the device.
    pub fn incarnation(&self) -> u64 {
        self.incarnation
    }

    /// The lane this device writes into a scope with.
    pub fn lane(&self, scope: &Scope) -> Lane {
        Lane { device: self.device_key(), incarnation: self.incarnation, scope: scope.clone() }
    }

    /// The last stamp this device gave or witnessed.
    pub fn clock(&self) -> Result<Hlc> {
        installation::hlc(&self.connection)
    }

    /// What binds the store to a province, `None` before enrolment.
    pub fn enrolment(&self) -> Result<Option<Enrolment>> {
        installation::enrolment(&self.connection)
    }

    /// Binds the store to a province, and seals the recovery slot if the province has a recovery key.
    ///
    /// What was written before stays as it is: lanes carry the device's key, and the registry now says whose it is.
    pub fn set_enrolment(&mut self, enrolment: &Enrolment, rng: &mut impl CryptoRngCore) -> Result<()> {
        let user = self.user;
        let profile = Profile { person_id: enrolment.person_id, ..self.profile.clone() };
        self.write(|tx| {
            installation::set_enrolment(tx, enrolment)?;
            profile::insert_current(tx, user, &profile)
        })?;
        self.profile = profile;
        match enrolment.recovery_key {
            Some(recipient) => self.seal_recovery_slot(recipient, rng),
            None => Ok(()),
        }
    }

    /// Seals the recovery slot to a key the registry names, if it is not sealed to it yet.
    pub fn seal_recovery_slot(&mut self, recipient: [u8; 32], rng: &mut impl CryptoRngCore) -> Result<()> {
        if self.slots.is_recoverable_by(&recipient) {
            return Ok(());
        }
        let mut slots = self.slots.clone();
        slots.seal_recovery(recipient, &self.unlocking.key, rng);
        slots.write(&self.folder)?;
        self.slots = slots;
        Ok(())
    }

    /// The folder the store lies in.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// 63 random bits, so that the number fits every database's integer.
pub(crate) fn draw_incarnation(rng: &mut impl CryptoRngCore) -> u64 {
    rng.next_u64() >> 1
}

/// What a right passphrase opened: the folder, locked, and the key of its databases.
pub(crate) struct Attempt {
    pub folder: Folder,
    pub lock: Option<File>,
    pub slots: KeySlots,
    pub user: Uuid,
    pub data_key: DataKey,
}

/// What the first write needs besides the store: drawn and read when the store was opened.
pub(crate) struct Unsettled {
    incarnation: u64,
    now_ms: u64,
}

/// Whether this version made the tables and the rows in them.
fn is_current(connection: &Connection) -> Result<bool> {
    Ok(schema::found(connection)? == schema::CURRENT
        && installation::read(connection)?.materialised_by == materialise::VERSION)
}

/// Brings a database that an earlier version made up to date, with a backup before. A backup that fails blocks
/// nobody's work; why it failed is the answer.
fn upgrade(
    connection: &mut Connection,
    folder: &Folder,
    unlocking: &Unlocking,
    now_ms: u64,
) -> Result<Option<StoreError>> {
    if is_current(connection)? {
        return Ok(None);
    }
    let failure = BackupJob::new(folder, unlocking, now_ms).run().err();
    schema::migrate(connection)?;
    Ok(failure)
}
