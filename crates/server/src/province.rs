//! A province: its keys, its registry and its storage. The use cases are methods of it; HTTP is only one way in.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use arumbae_domain::{RegionCode, Scope};
use arumbae_mergelog::DeviceKey;
use arumbae_protocol::http_signature::{SignedBy, WINDOW_SECONDS};
use arumbae_protocol::registry::{Act, Deed, Operator};
use arumbae_protocol::{FailureCode, Registry, RegistryEntry, RegistryKey, ServerInfo, SignedEntry};
use arumbae_protocol::{OLDEST_PROTOCOL, PROTOCOL_VERSION, attachment, sync};
use arumbae_signing::certificate::certificate_pem;
use ed25519_dalek::SigningKey;
use tokio::sync::Notify;

use crate::acts::short_name;
use crate::attachment::{AttachmentPlace, AttachmentStore, is_full};
use crate::authorities::Issued;
use crate::clock::Clock;
use crate::keys::{KeyFolder, Keys};
use crate::randomness::Randomness;
use crate::revocation_lists::RevocationLists;
use crate::snapshots::SnapshotPolicy;
use crate::stamp_clock::StampClock;
use crate::start_error::StartError;
use crate::storage::{self, Admission, Contact, DatabaseUrl, SoleWork, Storage, StorageError};
use crate::verification::{Verification, VerifyError, verify};

/// The authority's certificate for other programs' trust stores.
const CA_FILE: &str = "ca.pem";

/// The most bytes of segments in one answer, whatever the device asks for: it is built in memory.
pub(crate) const MAX_CREDIT: u64 = 8 * 1024 * 1024;

/// A number that somebody names, as far as a database counts; it holds none beyond.
pub(crate) fn countable(number: u64) -> u64 {
    number.min(i64::MAX as u64)
}

/// The office that runs a server; entered into the registry when the province is founded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Office {
    /// What it answers for.
    pub region: RegionCode,
    /// As it is to be printed.
    pub name: String,
}

/// A request that was not served.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// Something about the request.
    #[error("the request was refused: {0:?}")]
    Refused(FailureCode),
    /// Something about the server.
    #[error("the storage failed")]
    Storage(#[from] StorageError),
    /// The certificate authority.
    #[error("the certificate authority failed")]
    Certificate(#[from] arumbae_signing::certificate::CertificateError),
    /// What is written into the data folder.
    #[error("the folder failed")]
    Folder(#[from] io::Error),
    /// The folder of the keys.
    #[error("the keys failed")]
    Keys(#[from] StartError),
    /// Where the attachments are kept.
    #[error("the attachments' store failed")]
    Attachments(#[from] object_store::Error),
}

impl RequestError {
    /// What the client is told.
    pub fn code(&self) -> FailureCode {
        match self {
            RequestError::Refused(code) => *code,
            RequestError::Storage(StorageError::Full) => FailureCode::StorageFull,
            // A database that restarts is back in seconds.
            RequestError::Storage(StorageError::Unreachable(_)) => FailureCode::Busy,
            RequestError::Folder(error) if error.kind() == io::ErrorKind::StorageFull => FailureCode::StorageFull,
            RequestError::Attachments(error) if is_full(error) => FailureCode::StorageFull,
            RequestError::Storage(_)
            | RequestError::Certificate(_)
            | RequestError::Folder(_)
            | RequestError::Attachments(_)
            | RequestError::Keys(_) => FailureCode::Internal,
        }
    }
}

/// A province.
pub struct Province {
    pub(crate) key_folder: KeyFolder,
    /// The keys in force by the registry as last read.
    keys: RwLock<Arc<Keys>>,
    /// The root's certificate: what devices pin.
    root_der: Vec<u8>,
    /// Where devices reach the server; it stands in certificates.
    address: Option<String>,
    pub(crate) revocation_lists: RevocationLists,
    pub(crate) stamp_clock: Arc<StampClock>,
    pub(crate) storage: Box<dyn Storage>,
    pub(crate) clock: Clock,
    pub(crate) randomness: Randomness,
    pub(crate) attachments: AttachmentStore,
    office: String,
    /// Who acts,
    pub(crate) operator: Operator,
    /// and why.
    pub(crate) reason: Option<String>,
    pub(crate) snapshot_policy: SnapshotPolicy,
    /// Scopes that have segments nobody has looked at yet for a snapshot.
    pub(crate) grown: Mutex<BTreeSet<Scope>>,
    /// Held while snapshots are made.
    pub(crate) making: tokio::sync::Mutex<()>,
    /// Held while the log is read for documents.
    pub(crate) registering: tokio::sync::Mutex<()>,
    /// Wakes whoever makes snapshots.
    pub(crate) has_grown: Notify,
    /// The contacts this process wrote down.
    pub(crate) noted: Mutex<HashMap<DeviceKey, Contact>>,
    /// The registry as last read. Other processes append too, so it is brought up to date before each judgement.
    registry: Mutex<Arc<Registry>>,
}

impl Province {
    /// Opens the province, and founds it on the first start. Certificates name `address` as the place where revocations
    /// are found; without one they name none.
    ///
    /// Keys and attachments are in `data_dir`; the log is in a file there, unless a database is named.
    pub async fn open_or_found(
        data_dir: &Path,
        database: Option<&DatabaseUrl>,
        office: &Office,
        address: Option<&str>,
        clock: Clock,
        randomness: Randomness,
    ) -> Result<Self, StartError> {
        prepare_folder(data_dir)?;
        let storage = storage::open(data_dir, database).await?;
        let founding = storage.begin_sole_work(SoleWork::Founding).await?;
        let entries = storage.registry_after(0).await?;
        let folder = KeyFolder::of(data_dir);
        match (folder.exists(), entries.is_empty()) {
            (true, _) => {}
            (false, true) => folder.found(&office.name, clock.now(), &mut randomness.clone())?,
            (false, false) => return Err(StartError::Keys(None)),
        }
        if entries.is_empty() {
            storage.append_registry(founding_entries(&folder, office, clock.now_ms())?).await?;
        }
        drop(founding);
        Self::with_parts(data_dir, address.map(str::to_owned), storage, clock, randomness).await
    }

    /// Opens the province, as the commands do beside a running server.
    pub async fn open(data_dir: &Path, database: Option<&DatabaseUrl>, clock: Clock) -> Result<Self, StartError> {
        let no_province = || StartError::NoProvince { path: data_dir.to_owned() };
        if !KeyFolder::of(data_dir).exists() || (database.is_none() && !storage::file_exists(data_dir)) {
            return Err(no_province());
        }
        let storage = storage::open(data_dir, database).await?;
        if storage.registry_after(0).await?.is_empty() {
            return Err(no_province());
        }
        let address = storage.address().await?;
        Self::with_parts(data_dir, address, storage, clock, Randomness::system()).await
    }

    /// The same province, its attachments kept in `place`, if one is named.
    pub async fn keeping_attachments_in(mut self, place: Option<&AttachmentPlace>) -> Result<Self, StartError> {
        if let Some(place) = place {
            self.attachments = AttachmentStore::open(place).await?;
        }
        Ok(self)
    }

    /// Looks at everything there is, also where it is too damaged for a server to start on it.
    pub async fn verify(
        data_dir: &Path,
        database: Option<&DatabaseUrl>,
        blobs: Option<&AttachmentPlace>,
    ) -> Result<Verification, VerifyError> {
        let folder = KeyFolder::of(data_dir);
        if !folder.exists() || (database.is_none() && !storage::file_exists(data_dir)) {
            return Err(StartError::NoProvince { path: data_dir.to_owned() }.into());
        }
        let storage = storage::open(data_dir, database).await.map_err(StartError::from)?;
        let inside = AttachmentPlace::in_data_folder(data_dir);
        let attachments = AttachmentStore::open(blobs.unwrap_or(&inside)).await.map_err(StartError::from)?;
        // Any key of the province leads to the others, also where the registry is damaged.
        let key = folder.registry_keys()?.pop().ok_or(StartError::Keys(None))?;
        verify(&*storage, &key, &attachments).await
    }

    async fn with_parts(
        data_dir: &Path,
        address: Option<String>,
        storage: Box<dyn Storage>,
        clock: Clock,
        randomness: Randomness,
    ) -> Result<Self, StartError> {
        let key_folder = KeyFolder::of(data_dir);
        let entries = storage.registry_after(0).await?;
        let (mut registry, current) = read_registry(&key_folder, &entries)?;
        // The founding entry names the office that runs the server.
        let office = entries.iter().find_map(|entry| match entry.decode() {
            Ok(RegistryEntry::Office { name, .. }) => Some(name),
            _ => None,
        });
        let office = office.unwrap_or_default();
        while registry.authorities().next().is_none() {
            let mut rng = randomness.clone();
            let first = Issued::first(&key_folder, address.as_deref(), &office, clock.now(), &mut rng)?;
            let key = key_folder.registry_key(current)?;
            let entries = sign_chain(&key, registry.seq(), registry.head(), clock.now_ms(), &first.entries);
            match storage.append_registry(entries).await {
                Err(StorageError::RegistryMoved) => {}
                outcome => outcome?,
            }
            (registry, _) = read_registry(&key_folder, &storage.registry_after(0).await?)?;
        }
        while registry.bundle_key().is_none() {
            let entry = RegistryEntry::BundleKey { key: key_folder.add_bundle_key(&mut randomness.clone())? };
            let key = key_folder.registry_key(current)?;
            let entries = sign_chain(&key, registry.seq(), registry.head(), clock.now_ms(), &[entry]);
            match storage.append_registry(entries).await {
                Err(StorageError::RegistryMoved) => {}
                outcome => outcome?,
            }
            (registry, _) = read_registry(&key_folder, &storage.registry_after(0).await?)?;
        }
        let keys = key_folder.load(&registry, current, address.as_deref())?;
        write_ca_file(&data_dir.join(CA_FILE), &keys)?;
        let stamp_clock =
            StampClock::open(data_dir).map_err(|source| StartError::Folder { path: data_dir.to_owned(), source })?;
        let attachments = AttachmentStore::open(&AttachmentPlace::in_data_folder(data_dir)).await?;
        // Whatever grew while nobody looked.
        let grown: BTreeSet<Scope> = storage.scope_heads().await?.into_iter().map(|head| head.scope).collect();
        storage.remember_requests(clock.now_ms() / 1000).await?;
        let has_grown = Notify::new();
        has_grown.notify_one();
        Ok(Province {
            root_der: keys.root.certificate_der.clone(),
            keys: RwLock::new(Arc::new(keys)),
            key_folder,
            address,
            revocation_lists: RevocationLists::default(),
            stamp_clock: Arc::new(stamp_clock),
            storage,
            clock,
            randomness,
            attachments,
            office,
            operator: server_itself(&current),
            reason: None,
            snapshot_policy: SnapshotPolicy::default(),
            grown: Mutex::new(grown),
            making: tokio::sync::Mutex::new(()),
            registering: tokio::sync::Mutex::new(()),
            has_grown,
            noted: Mutex::default(),
            registry: Mutex::new(Arc::new(registry)),
        })
    }

    /// The key that signs the province's receipts and registry.
    pub fn registry_key(&self) -> RegistryKey {
        self.keys().registry_key()
    }

    /// The keys in force by the registry as last read.
    pub(crate) fn keys(&self) -> Arc<Keys> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The root authority's certificate, DER.
    pub fn ca_der(&self) -> &[u8] {
        &self.root_der
    }

    /// The root authority's certificate, PEM.
    pub fn ca_pem(&self) -> Result<String, StartError> {
        Ok(certificate_pem(&self.root_der)?)
    }

    /// The office that runs the server.
    pub fn office(&self) -> &str {
        &self.office
    }

    /// What the server says about itself.
    pub fn info(&self) -> ServerInfo {
        ServerInfo {
            protocol: PROTOCOL_VERSION,
            oldest_protocol: OLDEST_PROTOCOL,
            office: self.office.clone(),
            registry_key: self.registry_key(),
            server_time_ms: self.clock.now_ms(),
            max_sync_body: sync::MAX_SYNC_BODY as u64,
            max_attachment: attachment::MAX_ATTACHMENT,
        }
    }

    /// Every entry of the registry, as it was signed.
    pub async fn registry_entries(&self) -> Result<Vec<SignedEntry>, StorageError> {
        self.storage.registry_after(0).await
    }

    /// The registry as it is now.
    pub async fn registry(&self) -> Result<Arc<Registry>, StorageError> {
        let known = Arc::clone(&self.registry.lock().unwrap_or_else(PoisonError::into_inner));
        let entries = self.storage.registry_after(known.seq()).await?;
        if entries.is_empty() {
            return Ok(known);
        }
        let mut registry = (*known).clone();
        registry.extend(&entries, &self.registry_key()).map_err(|_| StorageError::Damaged("the registry's chain"))?;
        if !self.keys().are_in_force(&registry) {
            // A command beside put others in their place.
            let current = registry.keys(self.registry_key()).current();
            let keys = self.key_folder.load(&registry, current, self.address.as_deref());
            let keys = keys.map_err(|_| StorageError::Damaged("the registry names a key that is not in its folder"))?;
            *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
        }
        let registry = Arc::new(registry);
        let mut latest = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        if registry.seq() > latest.seq() {
            *latest = Arc::clone(&registry);
        }
        Ok(registry)
    }

    /// Lets a signed request of a registered device count, once and only in its time.
    pub(crate) async fn admit(&self, request: SignedBy) -> Result<(), RequestError> {
        let now = self.clock.now_ms() / 1000;
        if request.freshness.created.abs_diff(now) > WINDOW_SECONDS {
            return Err(RequestError::Refused(FailureCode::StaleRequest));
        }
        match self.storage.admit_request(request, now).await? {
            Admission::First => Ok(()),
            Admission::Again => Err(RequestError::Refused(FailureCode::ReplayedRequest)),
            // The device signs again with the time in the refusal.
            Admission::Forgotten => Err(RequestError::Refused(FailureCode::StaleRequest)),
        }
    }
}

fn founding_entries(folder: &KeyFolder, office: &Office, at_ms: u64) -> Result<Vec<SignedEntry>, StartError> {
    let Office { region, name } = office.clone();
    let recovery = folder.recovery_keys()?.pop().ok_or(StartError::Keys(None))?;
    let key = folder.registry_keys()?.pop().ok_or(StartError::Keys(None))?;
    let by = server_itself(&RegistryKey::of(&key));
    let entries = [
        RegistryEntry::Act(Act { deed: Deed::Found, subject: region.to_string(), by, reason: None, entries: 2 }),
        RegistryEntry::Office { region, name },
        RegistryEntry::RecoveryKey { key: recovery },
    ];
    Ok(sign_chain(&key, 0, [0; 32], at_ms, &entries))
}

/// Who acts when nobody sits at the server.
fn server_itself(key: &RegistryKey) -> Operator {
    let credential = format!("registry:{}", short_name(&key.0));
    Operator { account: "arumbae-server".to_owned(), credential, ..Operator::default() }
}

/// The registry, and the key that signs it now, provided that it is held.
fn read_registry(folder: &KeyFolder, entries: &[SignedEntry]) -> Result<(Registry, RegistryKey), StartError> {
    let mut fault = None;
    for key in folder.registry_keys()? {
        let public = RegistryKey::of(&key);
        let mut registry = Registry::default();
        match registry.extend(entries, &public) {
            Ok(_) if registry.keys(public).current() == public => return Ok((registry, public)),
            // Retired, and not destroyed yet.
            Ok(_) => {}
            Err(error) => fault = Some(error),
        }
    }
    Err(StartError::Keys(fault))
}

pub(crate) fn sign_chain(
    key: &SigningKey,
    seq: u64,
    head: [u8; 32],
    at_ms: u64,
    entries: &[RegistryEntry],
) -> Vec<SignedEntry> {
    let place = |(seq, prev_hash): &mut (u64, [u8; 32]), entry: &RegistryEntry| {
        *seq += 1;
        let signed = SignedEntry::sign(*seq, *prev_hash, at_ms, entry, key);
        *prev_hash = signed.hash();
        Some(signed)
    };
    entries.iter().scan((seq, head), place).collect()
}

/// Finds out now, not at the first commit, that the folder cannot be written.
fn prepare_folder(data_dir: &Path) -> Result<(), StartError> {
    let probe = data_dir.join(".writable");
    let outcome =
        fs::create_dir_all(data_dir).and_then(|()| fs::write(&probe, b"")).and_then(|()| fs::remove_file(&probe));
    outcome.map_err(|source| StartError::Folder { path: PathBuf::from(data_dir), source })
}

fn write_ca_file(path: &Path, keys: &Keys) -> Result<(), StartError> {
    let pem = certificate_pem(&keys.root.certificate_der)?;
    let up_to_date = fs::read_to_string(path).is_ok_and(|present| present == pem);
    if up_to_date {
        return Ok(());
    }
    fs::write(path, pem).map_err(|source| StartError::Folder { path: path.to_owned(), source })
}
