//! The province's private keys, on disk readable by their owner only.
//!
//! | file in `keys/` | what |
//! |---|---|
//! | `registry.key` | Ed25519 seed, 32 bytes; signs receipts and registry entries |
//! | `recovery.key` | X25519 secret, 32 bytes; opens recovery slots of forgotten stores |
//! | `authority.key` | P-256 PKCS#8; issues officers' certificates and the server's own |
//! | `authority.der` | the authority's certificate |

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use arumbae_protocol::{RecoveryKey, RegistryKey};
use arumbae_signing::authority::CertificateAuthority;
use arumbae_signing::subject::Subject;
use ed25519_dalek::SigningKey;
use jiff::Timestamp;
use rand_core::CryptoRngCore;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

use crate::start_error::StartError;

const FOLDER: &str = "keys";
const REGISTRY: &str = "registry.key";
const RECOVERY: &str = "recovery.key";
const AUTHORITY: &str = "authority.key";
const AUTHORITY_CERTIFICATE: &str = "authority.der";

/// What a province signs, opens and issues with.
pub struct Keys {
    pub(crate) registry: SigningKey,
    pub(crate) recovery: StaticSecret,
    pub(crate) authority: CertificateAuthority,
}

impl Keys {
    /// Whether the folder has keys.
    pub(crate) fn exist(data_dir: &Path) -> bool {
        data_dir.join(FOLDER).exists()
    }

    /// Makes a province's keys and writes them. They are whole or not there: written aside, then renamed.
    pub(crate) fn create(
        data_dir: &Path,
        office: &str,
        now: Timestamp,
        rng: &mut impl CryptoRngCore,
    ) -> Result<Self, StartError> {
        let subject = Subject { common_name: format!("CA {office}"), office: office.to_owned(), ..Subject::default() };
        let authority = CertificateAuthority::create(&subject, now, rng)?;
        let keys = Keys {
            registry: SigningKey::from_bytes(&random_bytes(rng)),
            recovery: StaticSecret::from(*random_bytes(rng)),
            authority,
        };
        let authority_key = keys.authority.private_key_pkcs8()?;
        let written = data_dir.join("keys.new");
        let folder = data_dir.join(FOLDER);
        write_keys(&written, &keys, &authority_key)
            .and_then(|()| fs::rename(&written, &folder))
            .map_err(|source| StartError::Folder { path: folder, source })?;
        Ok(keys)
    }

    /// Reads the keys back.
    pub(crate) fn load(data_dir: &Path) -> Result<Self, StartError> {
        let folder = data_dir.join(FOLDER);
        let read = |name: &str| {
            let path = folder.join(name);
            fs::read(&path).map(Zeroizing::new).map_err(|source| StartError::Folder { path, source })
        };
        let seed = |name: &str| -> Result<Zeroizing<[u8; 32]>, StartError> {
            let bytes = read(name)?;
            bytes.as_slice().try_into().map(Zeroizing::new).map_err(|_| StartError::Keys(None))
        };
        Ok(Keys {
            registry: SigningKey::from_bytes(&*seed(REGISTRY)?),
            recovery: StaticSecret::from(*seed(RECOVERY)?),
            authority: CertificateAuthority::from_parts(&read(AUTHORITY_CERTIFICATE)?, &read(AUTHORITY)?)?,
        })
    }

    /// The public half of the registry key.
    pub fn registry_key(&self) -> RegistryKey {
        RegistryKey::of(&self.registry)
    }

    /// The public half of the recovery key.
    pub fn recovery_key(&self) -> RecoveryKey {
        RecoveryKey(PublicKey::from(&self.recovery).to_bytes())
    }
}

fn random_bytes(rng: &mut impl CryptoRngCore) -> Zeroizing<[u8; 32]> {
    let mut bytes = Zeroizing::new([0; 32]);
    rng.fill_bytes(&mut *bytes);
    bytes
}

fn write_keys(folder: &Path, keys: &Keys, authority_key: &[u8]) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        // A start was interrupted before the rename; nothing was ever signed with these.
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    create_private_folder(folder)?;
    write_private(&folder.join(REGISTRY), keys.registry.as_bytes())?;
    write_private(&folder.join(RECOVERY), keys.recovery.as_bytes())?;
    write_private(&folder.join(AUTHORITY), authority_key)?;
    write_private(&folder.join(AUTHORITY_CERTIFICATE), keys.authority.certificate_der())
}

/// Windows has no mode bits; there the folder inherits the data folder's access list.
fn create_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
