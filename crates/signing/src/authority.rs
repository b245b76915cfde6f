//! The provincial certificate authority: one root that issues officers' and servers' certificates.

use std::net::IpAddr;

use const_oid::db::rfc5280::{ID_KP_EMAIL_PROTECTION, ID_KP_SERVER_AUTH};
use der::asn1::{BitString, Ia5String, ObjectIdentifier};
use der::{Decode, Encode};
use jiff::{SignedDuration, Timestamp};
use rand_core::{CryptoRng, RngCore};
use spki::SubjectPublicKeyInfoOwned;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectAltName,
    SubjectKeyIdentifier,
};
use x509_cert::ext::{AsExtension, Extension};
use x509_cert::name::Name;
use x509_cert::time::Validity;
use x509_cert::{Certificate, TbsCertificate, Version};
use zeroize::Zeroizing;

use crate::certificate::{
    CertificateError, Serial, certificate_pem, certificate_time, check_issued_by, ecdsa_with_sha256, extension,
    timestamp,
};
use crate::key::SoftwareKey;
use crate::request::verify_request;
use crate::subject::Subject;

/// RFC 9336: the key signs documents meant for people.
pub(crate) const DOCUMENT_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.36");

/// Laptops on the islands run behind; a certificate that starts a day early can be used at once on them.
const BACKDATED: SignedDuration = SignedDuration::from_hours(24);

/// The root outlives four election cycles, so that archived reports stay verifiable.
const ROOT_LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 365 * 20);

/// A self-signed root with its private key.
#[derive(Debug)]
pub struct CertificateAuthority {
    certificate: Certificate,
    certificate_der: Vec<u8>,
    key: SoftwareKey,
}

/// What a TLS server needs to identify itself.
#[derive(Debug)]
pub struct TlsIdentity {
    /// The server's certificate.
    pub certificate_der: Vec<u8>,
    /// Its private key, PKCS#8.
    pub private_key_pkcs8: Zeroizing<Vec<u8>>,
}

impl CertificateAuthority {
    /// A new root for the office in `subject`, valid for twenty years.
    pub fn create(
        subject: &Subject,
        now: Timestamp,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Self, CertificateError> {
        let key = SoftwareKey::generate(rng);
        let name = subject.to_name()?;
        let public_key = key.public_key()?;
        let extensions = vec![
            BasicConstraints { ca: true, path_len_constraint: Some(0) }.to_extension(&name, &[])?,
            KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign).to_extension(&name, &[])?,
            key_identifier(&public_key)?.to_extension(&name, &[])?,
            issuer_key_identifier(&public_key)?.to_extension(&name, &[])?,
        ];
        let validity = Validity {
            not_before: certificate_time(earlier(now, BACKDATED)?)?,
            not_after: certificate_time(now.checked_add(ROOT_LIFETIME).map_err(|_| CertificateError::Validity)?)?,
        };
        let serial = Serial::random(rng)?;
        let certificate = issue(&key, &name, name.clone(), public_key, &serial, validity, extensions)?;
        Ok(CertificateAuthority { certificate_der: certificate.to_der()?, certificate, key })
    }

    /// An authority read back from its certificate (DER) and private key (PKCS#8).
    pub fn from_parts(certificate_der: &[u8], private_key_pkcs8: &[u8]) -> Result<Self, CertificateError> {
        let certificate = Certificate::from_der(certificate_der)?;
        let key = SoftwareKey::from_pkcs8_der(private_key_pkcs8)?;
        if certificate.tbs_certificate.subject_public_key_info != key.public_key()? {
            return Err(CertificateError::KeyMismatch);
        }
        if !extension::<BasicConstraints>(&certificate)?.is_some_and(|constraints| constraints.ca) {
            return Err(CertificateError::NotAnAuthority);
        }
        check_issued_by(&certificate, &certificate.tbs_certificate.subject_public_key_info)?;
        Ok(CertificateAuthority { certificate, certificate_der: certificate_der.to_vec(), key })
    }

    /// The root certificate.
    pub fn certificate_der(&self) -> &[u8] {
        &self.certificate_der
    }

    /// The root certificate as PEM, for trust stores and other programs.
    pub fn certificate_pem(&self) -> Result<String, CertificateError> {
        certificate_pem(&self.certificate_der)
    }

    /// The root's private key, PKCS#8; the caller keeps it safe.
    pub fn private_key_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, CertificateError> {
        self.key.to_pkcs8_der()
    }

    /// The certificate (DER) of an officer for signing documents, from a request whose proof of possession holds.
    ///
    /// Only name, position and office of the request are taken over. The period ends with the root's at the latest.
    pub fn issue_officer(
        &self,
        request_der: &[u8],
        serial: &Serial,
        now: Timestamp,
        days: u32,
    ) -> Result<Vec<u8>, CertificateError> {
        let request = verify_request(request_der)?;
        let usages = vec![DOCUMENT_SIGNING, ID_KP_EMAIL_PROTECTION];
        let key_usage = KeyUsages::DigitalSignature | KeyUsages::NonRepudiation;
        let name = request.subject.to_name()?;
        let extensions = self.leaf_extensions(&name, &request.public_key, KeyUsage(key_usage), usages)?;
        self.issue_leaf(name, request.public_key, serial, now, days, extensions)
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
        let public_key = key.public_key()?;
        let key_usage = KeyUsage(KeyUsages::DigitalSignature.into());
        let mut extensions = self.leaf_extensions(&subject, &public_key, key_usage, vec![ID_KP_SERVER_AUTH])?;
        extensions.push(SubjectAltName(alternatives).to_extension(&subject, &[])?);
        let certificate_der = self.issue_leaf(subject, public_key, serial, now, days, extensions)?;
        Ok(TlsIdentity { certificate_der, private_key_pkcs8: key.to_pkcs8_der()? })
    }

    fn leaf_extensions(
        &self,
        subject: &Name,
        public_key: &SubjectPublicKeyInfoOwned,
        key_usage: KeyUsage,
        usages: Vec<ObjectIdentifier>,
    ) -> Result<Vec<Extension>, CertificateError> {
        Ok(vec![
            BasicConstraints { ca: false, path_len_constraint: None }.to_extension(subject, &[])?,
            key_usage.to_extension(subject, &[])?,
            ExtendedKeyUsage(usages).to_extension(subject, &[])?,
            key_identifier(public_key)?.to_extension(subject, &[])?,
            issuer_key_identifier(&self.key.public_key()?)?.to_extension(subject, &[])?,
        ])
    }

    fn issue_leaf(
        &self,
        subject: Name,
        public_key: SubjectPublicKeyInfoOwned,
        serial: &Serial,
        now: Timestamp,
        days: u32,
        extensions: Vec<Extension>,
    ) -> Result<Vec<u8>, CertificateError> {
        let own = &self.certificate.tbs_certificate;
        let end = now
            .checked_add(SignedDuration::from_hours(24 * i64::from(days)))
            .map_err(|_| CertificateError::Validity)?;
        let not_before = earlier(now, BACKDATED)?.max(timestamp(own.validity.not_before)?);
        let not_after = end.min(timestamp(own.validity.not_after)?);
        if not_before >= not_after {
            return Err(CertificateError::Validity);
        }
        let validity = Validity { not_before: certificate_time(not_before)?, not_after: certificate_time(not_after)? };
        Ok(issue(&self.key, &own.subject, subject, public_key, serial, validity, extensions)?.to_der()?)
    }
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
