//! The provincial certificate authorities: a root, which can be kept away from the server, and below it the one that
//! issues to officers, the TLS listener and the time-stamping authority.

use std::net::IpAddr;

use const_oid::db::rfc5280::{
    ANY_POLICY, ID_AD_CA_ISSUERS, ID_KP_EMAIL_PROTECTION, ID_KP_SERVER_AUTH, ID_KP_TIME_STAMPING,
};
use der::asn1::{BitString, Ia5String, ObjectIdentifier};
use der::{Decode, Encode};
use jiff::{SignedDuration, Timestamp};
use rand_core::{CryptoRng, RngCore};
use spki::SubjectPublicKeyInfoOwned;
use x509_cert::ext::pkix::certpolicy::PolicyInformation;
use x509_cert::ext::pkix::crl::dp::DistributionPoint;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{
    AccessDescription, AuthorityInfoAccessSyntax, AuthorityKeyIdentifier, BasicConstraints, CertificatePolicies,
    CrlDistributionPoints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectAltName, SubjectKeyIdentifier,
};
use x509_cert::ext::{AsExtension, Extension};
use x509_cert::name::Name;
use x509_cert::time::Validity;
use x509_cert::{Certificate, TbsCertificate, Version};
use zeroize::Zeroizing;

use crate::certificate::{
    CertificateError, Serial, certificate_pem, certificate_time, check_issued_by, ecdsa_with_sha256, extension,
    is_authority, timestamp,
};
use crate::key::SoftwareKey;
use crate::request::verify_request;
use crate::subject::Subject;

/// RFC 9336: the key signs documents meant for people.
pub(crate) const DOCUMENT_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.36");

/// The policy an officer's certificate is issued under: a signature of the province's own, which Indonesian law calls
/// non-certified (PP 71/2019 Ps 60). The arc is of the kind that needs no registration (X.667); its number is "ARU",
/// below 2^28 because the decoder in use takes none above.
const OFFICER_POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.25.4280917.1.1");

/// Laptops on the islands run behind; a certificate that starts a day early can be used at once on them.
const BACKDATED: SignedDuration = SignedDuration::from_hours(24);

/// The root outlives four election cycles, so that archived reports stay verifiable.
const ROOT_LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 365 * 20);

/// What an authority lasts that issues to officers and servers. An officer's two years fit three times.
const ISSUING_LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 365 * 6);

/// A certificate authority with its private key: the root, or one that the root vouches for.
#[derive(Debug)]
pub struct CertificateAuthority {
    certificate: Certificate,
    certificate_der: Vec<u8>,
    key: SoftwareKey,
    published_at: Option<String>,
}

/// What a TLS server needs to identify itself.
#[derive(Debug)]
pub struct TlsIdentity {
    /// The server's certificate.
    pub certificate_der: Vec<u8>,
    /// Its private key, PKCS#8.
    pub private_key_pkcs8: Zeroizing<Vec<u8>>,
}

/// What a certificate is for, and for how long.
struct Purpose {
    key_usage: KeyUsage,
    usages: Vec<ObjectIdentifier>,
    usages_critical: bool,
    policy: Option<ObjectIdentifier>,
    days: u32,
}

impl CertificateAuthority {
    /// A new root for the office in `subject`, valid for twenty years.
    pub fn create(
        subject: &Subject,
        now: Timestamp,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Self, CertificateError> {
        let until = now.checked_add(ROOT_LIFETIME).map_err(|_| CertificateError::Validity)?;
        Self::self_signed(SoftwareKey::generate(rng), subject.to_name()?, (earlier(now, BACKDATED)?, until), rng)
    }

    /// The same root, by key, name and period, with a certificate that lets it vouch for one more authority. Whoever
    /// trusts the certificate there was trusts what this one issues: an anchor is a name and a key (RFC 5280 6.1.1).
    pub fn certified_anew(&self, rng: &mut (impl CryptoRng + RngCore)) -> Result<Self, CertificateError> {
        let own = &self.certificate.tbs_certificate;
        let period = (timestamp(own.validity.not_before)?, timestamp(own.validity.not_after)?);
        Self::self_signed(self.key.clone(), own.subject.clone(), period, rng)
    }

    fn self_signed(
        key: SoftwareKey,
        name: Name,
        (from, until): (Timestamp, Timestamp),
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Self, CertificateError> {
        let public_key = key.public_key()?;
        let extensions = authority_extensions(&name, &public_key, &public_key, 1)?;
        let validity = Validity { not_before: certificate_time(from)?, not_after: certificate_time(until)? };
        let certificate = issue(&key, &name, name.clone(), public_key, &Serial::random(rng)?, validity, extensions)?;
        Ok(CertificateAuthority { certificate_der: certificate.to_der()?, certificate, key, published_at: None })
    }

    /// An authority read back from its certificate and its issuer's (DER; the same one for a root) and its private key
    /// (PKCS#8).
    pub fn from_parts(
        certificate_der: &[u8],
        issuer_der: &[u8],
        private_key_pkcs8: &[u8],
    ) -> Result<Self, CertificateError> {
        Self::with_key(certificate_der, issuer_der, SoftwareKey::from_pkcs8_der(private_key_pkcs8)?)
    }

    /// A root whose private key comes from a file that a passphrase opens; see [`SoftwareKey::to_encrypted_pem`].
    pub fn root_from_encrypted_pem(
        certificate_der: &[u8],
        pem: &str,
        passphrase: &str,
    ) -> Result<Self, CertificateError> {
        Self::with_key(certificate_der, certificate_der, SoftwareKey::from_encrypted_pem(pem, passphrase)?)
    }

    fn with_key(certificate_der: &[u8], issuer_der: &[u8], key: SoftwareKey) -> Result<Self, CertificateError> {
        let certificate = Certificate::from_der(certificate_der)?;
        if certificate.tbs_certificate.subject_public_key_info != key.public_key()? {
            return Err(CertificateError::KeyMismatch);
        }
        if !is_authority(&certificate)? {
            return Err(CertificateError::NotAnAuthority);
        }
        let issuer = Certificate::from_der(issuer_der)?;
        check_issued_by(&certificate, &issuer.tbs_certificate.subject_public_key_info)?;
        Ok(CertificateAuthority { certificate, certificate_der: certificate_der.to_vec(), key, published_at: None })
    }

    /// Names, in what is issued from now on, where revocation lists and this authority's certificate are found: under
    /// the address `base`, without a slash at its end.
    pub fn published_at(self, base: Option<&str>) -> Self {
        CertificateAuthority { published_at: base.map(str::to_owned), ..self }
    }

    /// The authority's certificate.
    pub fn certificate_der(&self) -> &[u8] {
        &self.certificate_der
    }

    /// The authority's certificate as PEM, for trust stores and other programs.
    pub fn certificate_pem(&self) -> Result<String, CertificateError> {
        certificate_pem(&self.certificate_der)
    }

    /// The authority's private key, PKCS#8; the caller keeps it safe.
    pub fn private_key_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, CertificateError> {
        self.key.to_pkcs8_der()
    }

    /// The authority's private key as PEM that a passphrase opens; see [`SoftwareKey::to_encrypted_pem`].
    pub fn private_key_encrypted_pem(
        &self,
        passphrase: &str,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Zeroizing<String>, CertificateError> {
        self.key.to_encrypted_pem(passphrase, rng)
    }

    /// Whether the certificate allows this authority to vouch for another one.
    pub fn may_issue_authorities(&self) -> bool {
        matches!(extension::<BasicConstraints>(&self.certificate), Ok(Some(constraints))
            if constraints.path_len_constraint != Some(0))
    }

    /// A new authority that issues to officers and servers and to nobody who issues in turn, valid for six years.
    pub fn issue_authority(
        &self,
        subject: &Subject,
        serial: &Serial,
        now: Timestamp,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Self, CertificateError> {
        let key = SoftwareKey::generate(rng);
        let name = subject.to_name()?;
        let public_key = key.public_key()?;
        let mut extensions = authority_extensions(&name, &public_key, &self.key.public_key()?, 0)?;
        extensions.push(policies(ANY_POLICY).to_extension(&name, &[])?);
        extensions.extend(self.publication(&name)?);
        let until = now.checked_add(ISSUING_LIFETIME).map_err(|_| CertificateError::Validity)?;
        let certificate = self.issue_within(name, public_key, serial, now, until, extensions)?;
        let certificate_der = certificate.to_der()?;
        Ok(CertificateAuthority { certificate_der, certificate, key, published_at: self.published_at.clone() })
    }

    /// The certificate (DER) of an officer for signing documents, from a request whose proof of possession holds.
    ///
    /// Only name, position and office of the request are taken over. The period ends with the authority's at the
    /// latest.
    pub fn issue_officer(
        &self,
        request_der: &[u8],
        serial: &Serial,
        now: Timestamp,
        days: u32,
    ) -> Result<Vec<u8>, CertificateError> {
        let request = verify_request(request_der)?;
        let purpose = Purpose {
            key_usage: KeyUsage(KeyUsages::DigitalSignature | KeyUsages::NonRepudiation),
            usages: vec![DOCUMENT_SIGNING, ID_KP_EMAIL_PROTECTION],
            usages_critical: false,
            policy: Some(OFFICER_POLICY),
            days,
        };
        self.issue_leaf(request.subject.to_name()?, request.public_key, serial, now, purpose, None)
    }

    /// A key and certificate for the server's TLS listener, valid for the DNS names and IP addresses in `names`.
    pub fn issue_tls(
        &self,
        names: &[&str],
        serial: &Serial,
        now: Timestamp,
        days: u32,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<TlsIdentity, CertificateError> {
        let first = names.first().ok_or(CertificateError::ServerName)?;
        let alternatives = names.iter().map(|name| server_name(name)).collect::<Result<Vec<_>, _>>()?;
        let subject = Subject { common_name: (*first).to_owned(), ..Subject::default() }.to_name()?;
        let key = SoftwareKey::generate(rng);
        let purpose = Purpose {
            key_usage: KeyUsage(KeyUsages::DigitalSignature.into()),
            usages: vec![ID_KP_SERVER_AUTH],
            usages_critical: false,
            policy: None,
            days,
        };
        let names = SubjectAltName(alternatives).to_extension(&subject, &[])?;
        let certificate_der = self.issue_leaf(subject, key.public_key()?, serial, now, purpose, Some(names))?;
        Ok(TlsIdentity { certificate_der, private_key_pkcs8: key.to_pkcs8_der()? })
    }

    /// The certificate (DER) of a time-stamping authority for the office in `subject`, whose key is `key`.
    pub fn issue_time_stamping(
        &self,
        subject: &Subject,
        key: &SoftwareKey,
        serial: &Serial,
        now: Timestamp,
        days: u32,
    ) -> Result<Vec<u8>, CertificateError> {
        let purpose = Purpose {
            key_usage: KeyUsage(KeyUsages::DigitalSignature | KeyUsages::NonRepudiation),
            usages: vec![ID_KP_TIME_STAMPING],
            // RFC 3161 2.3: the one extended key usage, and critical.
            usages_critical: true,
            policy: None,
            days,
        };
        self.issue_leaf(subject.to_name()?, key.public_key()?, serial, now, purpose, None)
    }

    /// `ecdsa-with-SHA256` over the DER of a list of revoked certificates.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, CertificateError> {
        self.key.sign(message)
    }

    pub(crate) fn name(&self) -> &Name {
        &self.certificate.tbs_certificate.subject
    }

    pub(crate) fn key_identifier(&self) -> Result<AuthorityKeyIdentifier, CertificateError> {
        issuer_key_identifier(&self.key.public_key()?)
    }

    fn issue_leaf(
        &self,
        subject: Name,
        public_key: SubjectPublicKeyInfoOwned,
        serial: &Serial,
        now: Timestamp,
        purpose: Purpose,
        further: Option<Extension>,
    ) -> Result<Vec<u8>, CertificateError> {
        let Purpose { key_usage, usages, usages_critical, policy, days } = purpose;
        let usages = ExtendedKeyUsage(usages).to_extension(&subject, &[])?;
        let mut extensions = vec![
            BasicConstraints { ca: false, path_len_constraint: None }.to_extension(&subject, &[])?,
            key_usage.to_extension(&subject, &[])?,
            Extension { critical: usages_critical, ..usages },
            key_identifier(&public_key)?.to_extension(&subject, &[])?,
            self.key_identifier()?.to_extension(&subject, &[])?,
        ];
        if let Some(policy) = policy {
            extensions.push(policies(policy).to_extension(&subject, &[])?);
        }
        extensions.extend(self.publication(&subject)?);
        extensions.extend(further);
        let until = now
            .checked_add(SignedDuration::from_hours(24 * i64::from(days)))
            .map_err(|_| CertificateError::Validity)?;
        Ok(self.issue_within(subject, public_key, serial, now, until, extensions)?.to_der()?)
    }

    /// Nothing outlives its authority, or is older than it.
    fn issue_within(
        &self,
        subject: Name,
        public_key: SubjectPublicKeyInfoOwned,
        serial: &Serial,
        now: Timestamp,
        until: Timestamp,
        extensions: Vec<Extension>,
    ) -> Result<Certificate, CertificateError> {
        let own = &self.certificate.tbs_certificate;
        let not_before = earlier(now, BACKDATED)?.max(timestamp(own.validity.not_before)?);
        let not_after = until.min(timestamp(own.validity.not_after)?);
        if not_before >= not_after {
            return Err(CertificateError::Validity);
        }
        let validity = Validity { not_before: certificate_time(not_before)?, not_after: certificate_time(not_after)? };
        issue(&self.key, &own.subject, subject, public_key, serial, validity, extensions)
    }

    /// Where the list of revoked certificates and the authority's own certificate are found.
    fn publication(&self, subject: &Name) -> Result<Vec<Extension>, CertificateError> {
        let Some(base) = &self.published_at else { return Ok(Vec::new()) };
        let id = key_id(&self.certificate)?;
        let at = |path: String| Ok::<_, der::Error>(GeneralName::UniformResourceIdentifier(Ia5String::new(&path)?));
        let lists = DistributionPoint {
            distribution_point: Some(DistributionPointName::FullName(vec![at(format!("{base}/crl/{id}.crl"))?])),
            reasons: None,
            crl_issuer: None,
        };
        let issuers =
            AccessDescription { access_method: ID_AD_CA_ISSUERS, access_location: at(format!("{base}/ca/{id}.cer"))? };
        Ok(vec![
            CrlDistributionPoints(vec![lists]).to_extension(subject, &[])?,
            AuthorityInfoAccessSyntax(vec![issuers]).to_extension(subject, &[])?,
        ])
    }
}

/// The name of an authority's key in addresses: its subject key identifier, hexadecimal.
pub fn authority_id(certificate_der: &[u8]) -> Result<String, CertificateError> {
    key_id(&Certificate::from_der(certificate_der)?)
}

/// The name of the key that issued a certificate (DER), as [`authority_id`] gives it.
pub fn issuer_id(certificate_der: &[u8]) -> Result<Option<String>, CertificateError> {
    let identifier = extension::<AuthorityKeyIdentifier>(&Certificate::from_der(certificate_der)?)?;
    Ok(identifier.and_then(|identifier| identifier.key_identifier).map(|id| hexadecimal(id.as_bytes())))
}

fn key_id(authority: &Certificate) -> Result<String, CertificateError> {
    Ok(hexadecimal(key_identifier(&authority.tbs_certificate.subject_public_key_info)?.0.as_bytes()))
}

fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

fn authority_extensions(
    name: &Name,
    public_key: &SubjectPublicKeyInfoOwned,
    issuer_key: &SubjectPublicKeyInfoOwned,
    authorities_below: u8,
) -> Result<Vec<Extension>, CertificateError> {
    Ok(vec![
        BasicConstraints { ca: true, path_len_constraint: Some(authorities_below) }.to_extension(name, &[])?,
        KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign).to_extension(name, &[])?,
        key_identifier(public_key)?.to_extension(name, &[])?,
        issuer_key_identifier(issuer_key)?.to_extension(name, &[])?,
    ])
}

fn policies(policy: ObjectIdentifier) -> CertificatePolicies {
    CertificatePolicies(vec![PolicyInformation { policy_identifier: policy, policy_qualifiers: None }])
}

fn issue(
    issuer_key: &SoftwareKey,
    issuer: &Name,
    subject: Name,
    subject_public_key_info: SubjectPublicKeyInfoOwned,
    serial: &Serial,
    validity: Validity,
    extensions: Vec<Extension>,
) -> Result<Certificate, CertificateError> {
    let tbs_certificate = TbsCertificate {
        version: Version::V3,
        serial_number: serial.number().clone(),
        signature: ecdsa_with_sha256(),
        issuer: issuer.clone(),
        validity,
        subject,
        subject_public_key_info,
        issuer_unique_id: None,
        subject_unique_id: None,
        extensions: Some(extensions),
    };
    let signature = BitString::from_bytes(&issuer_key.sign(&tbs_certificate.to_der()?)?)?;
    Ok(Certificate { tbs_certificate, signature_algorithm: ecdsa_with_sha256(), signature })
}

fn key_identifier(public_key: &SubjectPublicKeyInfoOwned) -> Result<SubjectKeyIdentifier, CertificateError> {
    use der::referenced::OwnedToRef;
    Ok(SubjectKeyIdentifier::try_from(public_key.owned_to_ref())?)
}

fn issuer_key_identifier(public_key: &SubjectPublicKeyInfoOwned) -> Result<AuthorityKeyIdentifier, CertificateError> {
    use der::referenced::OwnedToRef;
    Ok(AuthorityKeyIdentifier::try_from(public_key.owned_to_ref())?)
}

fn earlier(now: Timestamp, by: SignedDuration) -> Result<Timestamp, CertificateError> {
    // A clock reset to 1970 has no day before.
    Ok(now.checked_sub(by).map_err(|_| CertificateError::Validity)?.max(Timestamp::UNIX_EPOCH))
}

fn server_name(name: &str) -> Result<GeneralName, CertificateError> {
    if let Ok(address) = name.parse::<IpAddr>() {
        return Ok(GeneralName::from(address));
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    if name.is_empty() || !name.chars().all(allowed) {
        return Err(CertificateError::ServerName);
    }
    Ok(GeneralName::DnsName(Ia5String::new(name)?))
}
