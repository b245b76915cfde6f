//! The province's private keys, on disk readable by their owner only.
//!
//! | file in `keys/` | what |
//! |---|---|
//! | `registry….key` | Ed25519 seed, 32 bytes; signs receipts and registry entries |
//! | `recovery….key` | X25519 secret, 32 bytes; opens recovery slots of forgotten stores |
//! | `bundle-….key` | X25519 secret, 32 bytes; opens bundles that couriers bring |
//! | `authority.der` | the root's certificate, which devices pin |
//! | `authority.key` | its P-256 key, PKCS#8; may be kept elsewhere |
//! | `authority.crl` | what the root has revoked |
//! | `issuing-….der`, `.key` | an authority below the root; issues officers' certificates and the server's own |
//! | `time-stamping-….der`, `.key` | the time-stamping authority |
//!
//! Which of several is in force the registry says. A new key is written before the entry that names it, so that no
//! crash leaves a registry without its key; one that no entry names is never used.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use arumbae_courier::BundleSecret;
use arumbae_protocol::{BundleKey, RecoveryKey, Registry, RegistryKey};
use arumbae_signing::authority::{CertificateAuthority, authority_id};
use arumbae_signing::certificate::serial_of;
use arumbae_signing::key::SoftwareKey;
use arumbae_signing::subject::Subject;
use arumbae_signing::time_stamp::TimeStampAuthority;
use arumbae_signing::trust::chain_above;
use ed25519_dalek::SigningKey;
use jiff::Timestamp;
use rand_core::CryptoRngCore;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

use crate::start_error::StartError;

pub(crate) const FOLDER: &str = "keys";
const REGISTRY: &str = "registry";
const RECOVERY: &str = "recovery";
const BUNDLE: &str = "bundle";
const ROOT: &str = "authority";
const ISSUING: &str = "issuing";
const TIME_STAMPING: &str = "time-stamping";

/// The authority that devices pin.
pub(crate) struct Root {
    pub(crate) certificate_der: Vec<u8>,
    /// With its key, unless that is kept elsewhere.
    pub(crate) authority: Option<CertificateAuthority>,
    /// The DER of its list of revoked certificates; provinces from before there were such lists have none.
    pub(crate) revocation_list: Option<Vec<u8>>,
}

/// What a province signs, opens and issues with.
pub struct Keys {
    pub(crate) registry: SigningKey,
    pub(crate) recovery: StaticSecret,
    pub(crate) bundle: BundleSecret,
    pub(crate) root: Root,
    /// The authorities below the root whose keys are held, the one in force last.
    issuing: Vec<CertificateAuthority>,
    pub(crate) time_stamping: TimeStampAuthority,
}

impl Keys {
    /// The public half of the registry key.
    pub fn registry_key(&self) -> RegistryKey {
        RegistryKey::of(&self.registry)
    }

    /// The public half of the recovery key.
    pub fn recovery_key(&self) -> RecoveryKey {
        public_of(&self.recovery)
    }

    /// The public half of the bundle key.
    pub fn bundle_key(&self) -> BundleKey {
        self.bundle.key()
    }

    /// Whether the registry names these and no later ones.
    pub(crate) fn are_in_force(&self, registry: &Registry) -> bool {
        registry.keys(self.registry_key()).current() == self.registry_key()
            && registry.recovery_key() == Some(self.recovery_key())
            && registry.bundle_key() == Some(self.bundle_key())
            && registry.authorities().last() == Some(self.issuing().certificate_der())
            && registry.time_stamping().next_back() == Some(self.time_stamping.certificate_der())
    }

    /// The authority that issues.
    pub(crate) fn issuing(&self) -> &CertificateAuthority {
        // [`KeyFolder::load`] makes no keys without one.
        &self.issuing[self.issuing.len() - 1]
    }

    /// The authority below the root whose key has this name, if its key is held.
    pub(crate) fn issuing_named(&self, id: &str) -> Option<&CertificateAuthority> {
        self.issuing.iter().find(|authority| authority_id(authority.certificate_der()).is_ok_and(|own| own == id))
    }
}

/// Where the keys lie.
#[derive(Clone, Debug)]
pub(crate) struct KeyFolder {
    path: PathBuf,
}

impl KeyFolder {
    pub(crate) fn of(data_dir: &Path) -> Self {
        KeyFolder { path: data_dir.join(FOLDER) }
    }

    /// Whether the province has keys.
    pub(crate) fn exists(&self) -> bool {
        self.path.exists()
    }

    /// Makes what a province begins with: registry key, recovery key, root. They are whole or not there: written
    /// aside, then renamed.
    pub(crate) fn found(&self, office: &str, now: Timestamp, rng: &mut impl CryptoRngCore) -> Result<(), StartError> {
        let subject = Subject { common_name: format!("CA {office}"), office: office.to_owned(), ..Subject::default() };
        let root = CertificateAuthority::create(&subject, now, rng)?;
        let root_key = root.private_key_pkcs8()?;
        let aside = KeyFolder { path: self.path.with_extension("new") };
        let mut write = || {
            match fs::remove_dir_all(&aside.path) {
                // A start was interrupted before the rename; nothing was ever signed with these.
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
            create_private_folder(&aside.path)?;
            aside.write(&format!("{REGISTRY}.key"), &*random_bytes(rng))?;
            aside.write(&format!("{RECOVERY}.key"), &*random_bytes(rng))?;
            aside.write(&format!("{ROOT}.key"), &root_key)?;
            aside.write(&format!("{ROOT}.der"), root.certificate_der())?;
            fs::rename(&aside.path, &self.path)
        };
        write().map_err(|source| self.failed(source))
    }

    /// Reads the keys that are in force by the registry, `current` for signing it. What is issued says that it is
    /// published under `address`.
    pub(crate) fn load(
        &self,
        registry: &Registry,
        current: RegistryKey,
        address: Option<&str>,
    ) -> Result<Keys, StartError> {
        let mut secrets = self.recovery_secrets()?.into_iter();
        let recovery = secrets.find(|secret| Some(public_of(secret)) == registry.recovery_key());
        let mut secrets = self.seeds(BUNDLE)?.into_iter().map(|seed| BundleSecret::from_bytes(*seed));
        let bundle = secrets.find(|secret| Some(secret.key()) == registry.bundle_key());
        let root = self.root()?;
        let mut issuing = Vec::new();
        for der in registry.authorities() {
            let key = self.path.join(format!("{ISSUING}-{}.key", authority_id(der)?));
            if !key.exists() {
                continue;
            }
            let authority = CertificateAuthority::from_parts(der, &root.certificate_der, &self.read(&key)?)?;
            issuing.push(authority.published_at(address));
        }
        let in_force = issuing.last().map(CertificateAuthority::certificate_der);
        if in_force.is_none() || in_force != registry.authorities().last() {
            return Err(StartError::Keys(None));
        }
        let stamping = registry.time_stamping().next_back().ok_or(StartError::Keys(None))?;
        let key = self.read(&self.path.join(format!("{TIME_STAMPING}-{}.key", serial_of(stamping)?)))?;
        let authorities: Vec<&[u8]> = registry.authorities().collect();
        let above = chain_above(stamping, &authorities)?;
        let above: Vec<&[u8]> = above.iter().map(Vec::as_slice).collect();
        let time_stamping = TimeStampAuthority::from_parts(stamping, &above, &key)?;
        Ok(Keys {
            registry: self.registry_key(current)?,
            recovery: recovery.ok_or(StartError::Keys(None))?,
            bundle: bundle.ok_or(StartError::Keys(None))?,
            root,
            issuing,
            time_stamping,
        })
    }

    /// Every registry key that is held.
    pub(crate) fn registry_keys(&self) -> Result<Vec<SigningKey>, StartError> {
        Ok(self.seeds(REGISTRY)?.into_iter().map(|seed| SigningKey::from_bytes(&seed)).collect())
    }

    /// The registry key with this public half.
    pub(crate) fn registry_key(&self, public: RegistryKey) -> Result<SigningKey, StartError> {
        let mut held = self.registry_keys()?.into_iter();
        held.find(|key| RegistryKey::of(key) == public).ok_or(StartError::Keys(None))
    }

    /// The public halves of the recovery keys that are held.
    pub(crate) fn recovery_keys(&self) -> Result<Vec<RecoveryKey>, StartError> {
        Ok(self.recovery_secrets()?.iter().map(public_of).collect())
    }

    fn recovery_secrets(&self) -> Result<Vec<StaticSecret>, StartError> {
        Ok(self.seeds(RECOVERY)?.into_iter().map(|seed| StaticSecret::from(*seed)).collect())
    }

    pub(crate) fn root(&self) -> Result<Root, StartError> {
        let certificate_der = self.read(&self.path.join(format!("{ROOT}.der")))?.to_vec();
        let held = |name: String| Some(self.path.join(name)).filter(|path| path.exists());
        let authority = match held(format!("{ROOT}.key")) {
            Some(path) => {
                Some(CertificateAuthority::from_parts(&certificate_der, &certificate_der, &self.read(&path)?)?)
            }
            None => None,
        };
        let list = held(format!("{ROOT}.crl")).map(|path| self.read(&path)).transpose()?;
        Ok(Root { certificate_der, authority, revocation_list: list.map(|list| list.to_vec()) })
    }

    pub(crate) fn add_registry_key(&self, rng: &mut impl CryptoRngCore) -> Result<SigningKey, StartError> {
        let seed = random_bytes(rng);
        let key = SigningKey::from_bytes(&seed);
        self.add(&format!("{REGISTRY}-{}.key", short(&RegistryKey::of(&key).0)), &*seed)?;
        Ok(key)
    }

    pub(crate) fn add_recovery_key(&self, rng: &mut impl CryptoRngCore) -> Result<RecoveryKey, StartError> {
        let seed = random_bytes(rng);
        let key = public_of(&StaticSecret::from(*seed));
        self.add(&format!("{RECOVERY}-{}.key", short(&key.0)), &*seed)?;
        Ok(key)
    }

    pub(crate) fn add_bundle_key(&self, rng: &mut impl CryptoRngCore) -> Result<BundleKey, StartError> {
        let seed = random_bytes(rng);
        let key = BundleSecret::from_bytes(*seed).key();
        self.add(&format!("{BUNDLE}-{}.key", short(&key.0)), &*seed)?;
        Ok(key)
    }

    pub(crate) fn add_issuing(&self, authority: &CertificateAuthority) -> Result<(), StartError> {
        let name = format!("{ISSUING}-{}", authority_id(authority.certificate_der())?);
        self.add(&format!("{name}.der"), authority.certificate_der())?;
        self.add(&format!("{name}.key"), &authority.private_key_pkcs8()?)
    }

    pub(crate) fn add_time_stamping(&self, certificate_der: &[u8], key: &SoftwareKey) -> Result<(), StartError> {
        let name = format!("{TIME_STAMPING}-{}", serial_of(certificate_der)?);
        self.add(&format!("{name}.der"), certificate_der)?;
        self.add(&format!("{name}.key"), &key.to_pkcs8_der()?)
    }

    /// Destroys the private keys that others took the place of. Recovery keys stay, for slots that were sealed to them,
    /// and issuing ones, for their lists of revoked certificates. A key that no entry names may be about to be named by
    /// a command at this moment.
    pub(crate) fn remove_retired(&self, registry: &Registry) -> Result<(), StartError> {
        for key in self.registry_keys()? {
            let public = RegistryKey::of(&key);
            let keys = registry.keys(public);
            if !keys.contains(&public) || keys.current() == public {
                continue;
            }
            // The first one bears no name.
            let first = self.path.join(format!("{REGISTRY}.key"));
            if first.exists() && self.read(&first)?.as_slice() == key.as_bytes() {
                self.remove(&format!("{REGISTRY}.key"))?;
            } else {
                self.remove(&format!("{REGISTRY}-{}.key", short(&public.0)))?;
            }
        }
        for der in registry.time_stamping().rev().skip(1) {
            self.remove(&format!("{TIME_STAMPING}-{}.key", serial_of(der)?))?;
        }
        Ok(())
    }

    pub(crate) fn replace_root_certificate(&self, certificate_der: &[u8]) -> Result<(), StartError> {
        self.replace(&format!("{ROOT}.der"), certificate_der)
    }

    pub(crate) fn replace_root_list(&self, list_der: &[u8]) -> Result<(), StartError> {
        self.replace(&format!("{ROOT}.crl"), list_der)
    }

    pub(crate) fn remove_root_key(&self) -> Result<(), StartError> {
        self.remove(&format!("{ROOT}.key"))
    }

    /// The 32-byte secrets whose file names begin so.
    fn seeds(&self, prefix: &str) -> Result<Vec<Zeroizing<[u8; 32]>>, StartError> {
        let names = self.names(prefix)?;
        let read = |name: &String| {
            let bytes = self.read(&self.path.join(name))?;
            bytes.as_slice().try_into().map(Zeroizing::new).map_err(|_| StartError::Keys(None))
        };
        names.iter().filter(|name| name.ends_with(".key")).map(read).collect()
    }

    fn names(&self, prefix: &str) -> Result<Vec<String>, StartError> {
        let list = || {
            let mut names = Vec::new();
            for file in fs::read_dir(&self.path)? {
                let name = file?.file_name().to_string_lossy().into_owned();
                let rest = name.strip_prefix(prefix);
                if rest.is_some_and(|rest| rest.starts_with(['.', '-'])) {
                    names.push(name);
                }
            }
            names.sort();
            Ok(names)
        };
        list().map_err(|source| self.failed(source))
    }

    fn read(&self, path: &Path) -> Result<Zeroizing<Vec<u8>>, StartError> {
        fs::read(path).map(Zeroizing::new).map_err(|source| StartError::Folder { path: path.to_owned(), source })
    }

    fn add(&self, name: &str, bytes: &[u8]) -> Result<(), StartError> {
        self.write(name, bytes).map_err(|source| self.failed(source))
    }

    /// Under its name a file is always whole: the new one or the old.
    fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), StartError> {
        let aside = format!("{name}.new");
        let replace = || {
            match fs::remove_file(self.path.join(&aside)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            self.write(&aside, bytes)?;
            fs::rename(self.path.join(&aside), self.path.join(name))?;
            sync_folder(&self.path)
        };
        replace().map_err(|source| self.failed(source))
    }

    fn remove(&self, name: &str) -> Result<(), StartError> {
        let removed = fs::remove_file(self.path.join(name)).and_then(|()| sync_folder(&self.path));
        match removed {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            outcome => outcome.map_err(|source| self.failed(source)),
        }
    }

    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        write_private(&self.path.join(name), bytes)?;
        sync_folder(&self.path)
    }

    fn failed(&self, source: io::Error) -> StartError {
        StartError::Folder { path: self.path.clone(), source }
    }
}

fn public_of(secret: &StaticSecret) -> RecoveryKey {
    RecoveryKey(PublicKey::from(secret).to_bytes())
}

/// Enough of a key to tell it from others.
fn short(key: &[u8; 32]) -> String {
    hex::encode(&key[..8])
}

fn random_bytes(rng: &mut impl CryptoRngCore) -> Zeroizing<[u8; 32]> {
    let mut bytes = Zeroizing::new([0; 32]);
    rng.fill_bytes(&mut *bytes);
    bytes
}

/// Windows has no mode bits; there the folder inherits the data folder's access list.
pub(crate) fn create_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Writes a file that nobody else may read and that was not there before.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A name is durable once its folder is. Windows has no such thing as an open folder.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
