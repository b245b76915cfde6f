//! The province's certificate authorities: the root, which may be kept away, and the ones below it that do the work.

use std::fs;
use std::path::{Path, PathBuf};

use arumbae_protocol::registry::{Deed, RevokedSerial};
use arumbae_protocol::{Registry, RegistryEntry};
use arumbae_signing::authority::{CertificateAuthority, authority_id, issuer_id};
use arumbae_signing::certificate::{CertificateError, Serial, serial_of};
use arumbae_signing::key::SoftwareKey;
use arumbae_signing::revocation::{RevocationReason, RevokedCertificate};
use arumbae_signing::subject::Subject;
use arumbae_signing::trust::TrustStore;
use jiff::{SignedDuration, Timestamp};
use rand_core::CryptoRngCore;
use zeroize::Zeroizing;

use crate::acts::Doing;
use crate::keys::{KeyFolder, write_private};
use crate::province::Province;
use crate::start_error::StartError;
use crate::storage::StorageError;

/// The root comes out of its safe about once a year; its list says so long that nothing below it was revoked.
const ROOT_LIST_LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 400);

/// A time-stamping authority's certificate lasts as long as the authority above it at most.
const TIME_STAMPING_DAYS: u32 = 6 * 365;

/// A shorter passphrase on a stick that is lost is none.
const SHORTEST_PASSPHRASE: usize = 12;

/// Why the root's key could not be carried away, brought or used.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// The root's key is not on the server, and no file with it was given.
    #[error("the root's key is kept elsewhere")]
    RootAway,
    /// The file cannot be read or written.
    #[error("cannot use the file {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the machine said.
        #[source]
        source: std::io::Error,
    },
    /// The passphrase does not open the file, or the file holds another key.
    #[error("the file is not this root's key, or the passphrase does not open it")]
    NotThisRoot(#[source] CertificateError),
    /// The passphrase is too short.
    #[error("the passphrase has fewer than {SHORTEST_PASSPHRASE} characters")]
    ShortPassphrase,
    /// No certificate of the province has this serial number.
    #[error("no certificate has this serial number")]
    UnknownCertificate,
    /// A certificate could not be issued or read.
    #[error("the certificate authority failed")]
    Certificate(#[from] CertificateError),
    /// A key could not be kept.
    #[error("the keys failed")]
    Keys(#[from] StartError),
    /// The storage failed.
    #[error("the storage failed")]
    Storage(#[from] StorageError),
}

/// The root's key in a file, as it is carried on a stick.
#[derive(Debug)]
pub struct CarriedRoot {
    /// The file.
    pub path: PathBuf,
    /// What opens it.
    pub passphrase: Zeroizing<String>,
}

/// What a province issues through, as an operator wants to see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorityOverview {
    /// The root's certificate, DER.
    pub root_der: Vec<u8>,
    /// Whether its key is on the server.
    pub root_is_here: bool,
    /// When its list of revoked certificates is to be made anew.
    pub root_list_until: Option<Timestamp>,
    /// The authorities below it, DER, the one in force last.
    pub issuing: Vec<Vec<u8>>,
    /// The time-stamping authority in force, DER.
    pub time_stamping: Vec<u8>,
}

/// New certificates, and the entries that make them known.
pub(crate) struct Issued {
    pub(crate) entries: Vec<RegistryEntry>,
    issuing: CertificateAuthority,
}

impl Issued {
    /// A new authority below the root and a time-stamping authority below that, their keys written.
    pub(crate) fn below(
        root: &CertificateAuthority,
        folder: &KeyFolder,
        office: &str,
        now: Timestamp,
        rng: &mut impl CryptoRngCore,
    ) -> Result<Self, StartError> {
        let year = now.strftime("%Y");
        let subject = Subject {
            common_name: format!("CA Penerbit {year} {office}"),
            office: office.to_owned(),
            ..Subject::default()
        };
        let issuing = root.issue_authority(&subject, &Serial::random(rng)?, now, rng)?;
        folder.add_issuing(&issuing)?;
        let mut entries = vec![RegistryEntry::Authority { der: issuing.certificate_der().to_vec() }];
        entries.push(new_time_stamping(&issuing, folder, office, now, rng)?);
        Ok(Issued { entries, issuing })
    }

    /// Makes a root from before there were authorities below it one that may have them, and gives it one. Devices that
    /// pinned it go on trusting it: its name and its key stay.
    pub(crate) fn first(
        folder: &KeyFolder,
        address: Option<&str>,
        office: &str,
        now: Timestamp,
        rng: &mut impl CryptoRngCore,
    ) -> Result<Self, StartError> {
        let mut root = folder.root()?.authority.ok_or(StartError::Keys(None))?;
        if !root.may_issue_authorities() {
            root = root.certified_anew(rng)?;
            folder.replace_root_certificate(root.certificate_der())?;
        }
        let root = root.published_at(address);
        let list = root.revocation_list(&[], milliseconds(now), now, ROOT_LIST_LIFETIME)?;
        folder.replace_root_list(&list)?;
        Issued::below(&root, folder, office, now, rng)
    }
}

/// A time-stamping authority with a key of its own, which is written, and the entry that makes it known.
pub(crate) fn new_time_stamping(
    issuing: &CertificateAuthority,
    folder: &KeyFolder,
    office: &str,
    now: Timestamp,
    rng: &mut impl CryptoRngCore,
) -> Result<RegistryEntry, StartError> {
    let subject = Subject { common_name: format!("TSA {office}"), office: office.to_owned(), ..Subject::default() };
    let key = SoftwareKey::generate(rng);
    let der = issuing.issue_time_stamping(&subject, &key, &Serial::random(rng)?, now, TIME_STAMPING_DAYS)?;
    folder.add_time_stamping(&der, &key)?;
    Ok(RegistryEntry::TimeStamping { der })
}

impl Province {
    /// What the province issues through.
    pub async fn authorities(&self) -> Result<AuthorityOverview, AuthorityError> {
        let registry = self.registry().await?;
        let root = self.key_folder.root()?;
        let list = root.revocation_list.as_deref();
        let list = list.map(|list| arumbae_signing::revocation::read_revocation_list(list, &root.certificate_der));
        Ok(AuthorityOverview {
            root_is_here: root.authority.is_some(),
            root_list_until: list.transpose()?.and_then(|list| list.next_update),
            root_der: root.certificate_der,
            issuing: registry.authorities().map(<[u8]>::to_vec).collect(),
            time_stamping: self.keys().time_stamping.certificate_der().to_vec(),
        })
    }

    /// Writes the root's key to a new file that only the passphrase opens.
    ///
    /// The act is entered first, here and below: one that came to nothing misleads nobody, a key that left without a
    /// trace would.
    pub async fn export_root(&self, carried: &CarriedRoot) -> Result<(), AuthorityError> {
        let CarriedRoot { path, passphrase } = carried;
        if passphrase.chars().count() < SHORTEST_PASSPHRASE {
            return Err(AuthorityError::ShortPassphrase);
        }
        let root = self.key_folder.root()?.authority.ok_or(AuthorityError::RootAway)?;
        let pem = root.private_key_encrypted_pem(passphrase, &mut self.randomness.clone())?;
        self.enter_act(Deed::UseKey, "root key, exported").await?;
        let failed = |source| AuthorityError::File { path: path.clone(), source };
        write_private(path, pem.as_bytes()).map_err(failed)
    }

    /// Removes the root's key from the server, after the file shows that it is kept elsewhere.
    pub async fn remove_root(&self, carried: &CarriedRoot) -> Result<(), AuthorityError> {
        self.carried_root(carried)?;
        self.enter_act(Deed::UseKey, "root key, removed").await?;
        Ok(self.key_folder.remove_root_key()?)
    }

    /// Puts a new authority below the root in the place of the one that issues, and a new time-stamping authority below
    /// it. Where the old one's key may be in other hands, it and all that it issued is revoked.
    pub async fn issue_authority(
        &self,
        carried: Option<&CarriedRoot>,
        compromised: bool,
    ) -> Result<(), AuthorityError> {
        let root = self.usable_root(carried).await?;
        let mut rng = self.randomness.clone();
        let Issued { entries: new, issuing } =
            Issued::below(&root, &self.key_folder, self.office(), self.clock.now(), &mut rng)?;
        self.enter_key_use("issuing authority", |registry| {
            let before = registry.authorities().filter(|der| compromised && *der != issuing.certificate_der());
            let revoked = before.map(|der| revocation_of(der, registry, RevocationReason::AuthorityCompromise));
            let revoked: Vec<RegistryEntry> =
                revoked.filter_map(Result::transpose).collect::<Result<_, CertificateError>>()?;
            Ok([new.clone(), revoked].concat())
        })
        .await?;
        self.key_folder.remove_retired(&*self.registry().await?)?;
        self.sign_root_list(&root).await
    }

    /// Makes the root's list of revoked certificates anew.
    pub async fn renew_root_list(&self, carried: Option<&CarriedRoot>) -> Result<(), AuthorityError> {
        let root = self.usable_root(carried).await?;
        self.enter_act(Deed::UseKey, "root list, renewed").await?;
        self.sign_root_list(&root).await
    }

    /// Revokes a certificate of an officer, a time-stamping authority or an authority below the root.
    ///
    /// `false` if it was revoked before. An authority's revocation reaches other programs with the root's next list.
    pub async fn revoke_certificate(&self, serial: &str, reason: RevocationReason) -> Result<bool, AuthorityError> {
        let wanted = serial.to_ascii_lowercase();
        let mut revoked_now = false;
        self.enter_key_use(&format!("certificate {wanted}"), |registry| {
            let known = registry.certificates().iter().map(|issued| issued.der.as_slice());
            let mut known = known.chain(registry.authorities()).chain(registry.time_stamping());
            let found = known.find(|der| serial_of(der).is_ok_and(|serial| serial.to_string() == wanted));
            let entry = revocation_of(found.ok_or(AuthorityError::UnknownCertificate)?, registry, reason)?;
            revoked_now = entry.is_some();
            Ok(entry.into_iter().collect())
        })
        .await?;
        Ok(revoked_now)
    }

    async fn sign_root_list(&self, root: &CertificateAuthority) -> Result<(), AuthorityError> {
        let registry = self.registry().await?;
        let now = self.clock.now();
        let revoked = revoked_by(root.certificate_der(), &registry)?;
        let list = root.revocation_list(&revoked, milliseconds(now), now, ROOT_LIST_LIFETIME)?;
        Ok(self.key_folder.replace_root_list(&list)?)
    }

    async fn usable_root(&self, carried: Option<&CarriedRoot>) -> Result<CertificateAuthority, AuthorityError> {
        let root = match carried {
            Some(carried) => self.carried_root(carried)?,
            None => self.key_folder.root()?.authority.ok_or(AuthorityError::RootAway)?,
        };
        Ok(root.published_at(self.storage.address().await?.as_deref()))
    }

    fn carried_root(&self, carried: &CarriedRoot) -> Result<CertificateAuthority, AuthorityError> {
        let CarriedRoot { path, passphrase } = carried;
        let pem = read_text(path)?;
        let certificate = self.key_folder.root()?.certificate_der;
        CertificateAuthority::root_from_encrypted_pem(&certificate, &pem, passphrase)
            .map_err(AuthorityError::NotThisRoot)
    }

    /// Enters what `entries_for` gives for the registry as it is, as an act on the keys or certificates that `subject`
    /// names, anew each time another writer was quicker.
    pub(crate) async fn enter_key_use(
        &self,
        subject: &str,
        mut entries_for: impl FnMut(&Registry) -> Result<Vec<RegistryEntry>, AuthorityError>,
    ) -> Result<(), AuthorityError> {
        loop {
            let registry = self.registry_to_extend().await?;
            let entries = entries_for(&registry)?;
            if entries.is_empty() {
                return Ok(());
            }
            let entries = self.sign_act(&registry, Doing::new(Deed::UseKey, subject), entries);
            match self.storage.append_registry(entries).await {
                Err(StorageError::RegistryMoved) => {}
                outcome => return Ok(outcome?),
            }
        }
    }
}

/// The entry that revokes a certificate (DER), unless it was revoked before.
pub(crate) fn revocation_of(
    certificate_der: &[u8],
    registry: &Registry,
    reason: RevocationReason,
) -> Result<Option<RegistryEntry>, CertificateError> {
    let serial = serial_of(certificate_der)?.to_bytes();
    let before = registry.revoked_certificates().iter().any(|revoked| revoked.serial == serial);
    Ok((!before).then(|| RegistryEntry::RevokeCertificate { serial, reason: reason.code() }))
}

/// Those revoked certificates that the authority with this certificate (DER) issued.
pub(crate) fn revoked_by(
    authority_der: &[u8],
    registry: &Registry,
) -> Result<Vec<RevokedCertificate>, CertificateError> {
    let id = authority_id(authority_der)?;
    let known = registry.certificates().iter().map(|issued| issued.der.as_slice());
    let mut issued = Vec::new();
    for der in known.chain(registry.authorities()).chain(registry.time_stamping()) {
        if issuer_id(der)?.as_deref() == Some(id.as_str()) {
            issued.push(serial_of(der)?);
        }
    }
    let mut revoked = Vec::new();
    for entry in registry.revoked_certificates() {
        let serial = Serial::from_bytes(&entry.serial)?;
        if issued.contains(&serial) {
            revoked.push(revoked_certificate(entry)?);
        }
    }
    Ok(revoked)
}

fn revoked_certificate(entry: &RevokedSerial) -> Result<RevokedCertificate, CertificateError> {
    let RevokedSerial { serial, at_ms, reason } = entry;
    let at = i64::try_from(*at_ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    Ok(RevokedCertificate {
        serial: Serial::from_bytes(serial)?,
        at: at.ok_or(CertificateError::Validity)?,
        reason: RevocationReason::from_code(*reason),
    })
}

/// Whom a document is trusted by: the root, and the authorities below it, without what was revoked.
pub(crate) fn trust(root_der: &[u8], registry: &Registry) -> Result<TrustStore, CertificateError> {
    let mut trust = TrustStore::default();
    trust.add_der(root_der)?;
    registry.authorities().try_for_each(|authority| trust.add_intermediate_der(authority))?;
    for entry in registry.revoked_certificates() {
        trust.add_revoked(revoked_certificate(entry)?);
    }
    Ok(trust)
}

/// The number of a list made now: it grows with time.
pub(crate) fn milliseconds(now: Timestamp) -> u64 {
    u64::try_from(now.as_millisecond()).unwrap_or_default()
}

fn read_text(path: &Path) -> Result<Zeroizing<String>, AuthorityError> {
    let failed = |source| AuthorityError::File { path: path.to_owned(), source };
    fs::read_to_string(path).map(Zeroizing::new).map_err(failed)
}
