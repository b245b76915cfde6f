//! The CMS structures we write and accept: a detached signature over a document, and a time-stamp token around its own
//! content. In both the signer's certificate is bound into what is signed.

use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos,
};
use const_oid::db::rfc5911::{
    ID_AA_SIGNING_CERTIFICATE_V_2, ID_CONTENT_TYPE, ID_DATA, ID_MESSAGE_DIGEST, ID_SIGNED_DATA,
};
use const_oid::db::rfc5912::ID_SHA_256;
use der::asn1::{ObjectIdentifier, OctetString, SetOfVec};
use der::{Any, Decode, Encode, Sequence, Tag};
use sha2::{Digest, Sha256};
use spki::AlgorithmIdentifierOwned;
use x509_cert::Certificate;
use x509_cert::attr::Attribute;

use crate::certificate::{CertificateError, check_signature, ecdsa_with_sha256};
use crate::key::SoftwareKey;
use crate::verify::ProblemCode;

/// RFC 3161 2.4.2: the content of a time-stamp token.
const ID_CT_TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");

/// RFC 5035; the hash algorithm is left out because SHA-256 is its default.
#[derive(Sequence)]
struct SigningCertificateV2 {
    certs: Vec<EssCertIdV2>,
}

#[derive(Sequence)]
struct EssCertIdV2 {
    cert_hash: OctetString,
}

/// What a signature is over.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Content {
    /// A document with this SHA-256 digest, which stands outside.
    Detached([u8; 32]),
    /// The DER of a TSTInfo, which stands inside.
    TimeStamp(Vec<u8>),
}

impl Content {
    fn kind(&self) -> ObjectIdentifier {
        match self {
            Content::Detached(_) => ID_DATA,
            Content::TimeStamp(_) => ID_CT_TST_INFO,
        }
    }

    fn digest(&self) -> [u8; 32] {
        match self {
            Content::Detached(digest) => *digest,
            Content::TimeStamp(info) => Sha256::digest(info).into(),
        }
    }

    /// RFC 5652 5.1: 3 for anything but plain data.
    fn version(&self) -> CmsVersion {
        match self {
            Content::Detached(_) => CmsVersion::V1,
            Content::TimeStamp(_) => CmsVersion::V3,
        }
    }

    fn encapsulated(&self) -> Result<EncapsulatedContentInfo, der::Error> {
        let econtent = match self {
            Content::Detached(_) => None,
            Content::TimeStamp(info) => Some(Any::new(Tag::OctetString, info.as_slice())?),
        };
        Ok(EncapsulatedContentInfo { econtent_type: self.kind(), econtent })
    }
}

/// The DER of a signature over a document with SHA-256 `digest`.
pub(crate) fn sign(
    digest: &[u8; 32],
    key: &SoftwareKey,
    signer: &Certificate,
    chain: &[Certificate],
) -> Result<Vec<u8>, CertificateError> {
    let certificates: Vec<&Certificate> = [signer].into_iter().chain(chain).collect();
    Ok(sign_content(&Content::Detached(*digest), key, signer, &certificates)?.to_der()?)
}

/// A token around the DER of a TSTInfo, with the certificates that were asked for.
pub(crate) fn sign_time_stamp(
    info: Vec<u8>,
    key: &SoftwareKey,
    signer: &Certificate,
    certificates: &[&Certificate],
) -> Result<ContentInfo, CertificateError> {
    sign_content(&Content::TimeStamp(info), key, signer, certificates)
}

fn sign_content(
    content: &Content,
    key: &SoftwareKey,
    signer: &Certificate,
    certificates: &[&Certificate],
) -> Result<ContentInfo, CertificateError> {
    let signed_attributes = signed_attributes(content, signer)?;
    let certificates = certificates.iter().map(|certificate| CertificateChoices::Certificate((*certificate).clone()));
    let certificates = SetOfVec::try_from(certificates.collect::<Vec<_>>())?;
    let signer_info = SignerInfo {
        version: CmsVersion::V1,
        sid: signer_identifier(signer),
        digest_alg: sha256(),
        signature: OctetString::new(key.sign(&signed_attributes.to_der()?)?)?,
        signed_attrs: Some(signed_attributes),
        signature_algorithm: ecdsa_with_sha256(),
        unsigned_attrs: None,
    };
    let signed_data = SignedData {
        version: content.version(),
        digest_algorithms: SetOfVec::try_from(vec![sha256()])?,
        encap_content_info: content.encapsulated()?,
        certificates: (!certificates.is_empty()).then_some(CertificateSet(certificates)),
        crls: None,
        signer_infos: SignerInfos(SetOfVec::try_from(vec![signer_info])?),
    };
    Ok(ContentInfo { content_type: ID_SIGNED_DATA, content: Any::encode_from(&signed_data)? })
}

/// A signature as read from a document or a token, not yet believed.
#[derive(Debug)]
pub(crate) struct CmsSignature {
    info: SignerInfo,
    /// The certificate the signer is said to have used.
    pub signer: Certificate,
    /// Certificates sent along.
    pub others: Vec<Certificate>,
}

impl CmsSignature {
    /// Reads the signature of a document, which may be followed only by the zeros that fill the reserved space.
    pub fn parse(der: &[u8]) -> Result<Self, ProblemCode> {
        Self::parse_detached(der).ok_or(ProblemCode::SignatureMalformed)
    }

    fn parse_detached(der: &[u8]) -> Option<Self> {
        let (signature, data) = Self::parse_signed_data(der)?;
        (data.version == CmsVersion::V1
            && data.encap_content_info == EncapsulatedContentInfo { econtent_type: ID_DATA, econtent: None })
        .then_some(signature)
    }

    /// Reads a time-stamp token, followed by zeros at most, and the DER of the TSTInfo in it.
    pub fn parse_time_stamp(der: &[u8]) -> Option<(Self, Vec<u8>)> {
        let (signature, data) = Self::parse_signed_data(der)?;
        let info = data.encap_content_info.econtent.as_ref()?.decode_as::<OctetString>().ok()?.into_bytes();
        let content = Content::TimeStamp(info.clone());
        let well_formed = data.version == content.version()
            && content.encapsulated().is_ok_and(|expected| expected == data.encap_content_info);
        well_formed.then_some((signature, info))
    }

    fn parse_signed_data(der: &[u8]) -> Option<(Self, SignedData)> {
        let mut reader = der::SliceReader::new(der).ok()?;
        let content = ContentInfo::decode(&mut reader).ok()?;
        let end = usize::try_from(der::Reader::position(&reader)).ok()?;
        let padding_is_zero = der[end..].iter().all(|byte| *byte == 0);
        let data = content.content.decode_as::<SignedData>().ok()?;
        // All that no signature protects must have exactly the one form we write.
        let [info] = data.signer_infos.0.as_slice() else { return None };
        let well_formed = padding_is_zero
            && content.content_type == ID_SIGNED_DATA
            && data.digest_algorithms.as_slice() == [sha256()]
            && data.crls.is_none()
            && info.version == CmsVersion::V1
            && info.unsigned_attrs.is_none();
        if !well_formed {
            return None;
        }
        let (mut signers, mut others) = (Vec::new(), Vec::new());
        for choice in data.certificates.as_ref()?.0.iter() {
            let CertificateChoices::Certificate(certificate) = choice else { return None };
            if signer_identifier(certificate) == info.sid {
                signers.push(certificate.clone());
            } else {
                others.push(certificate.clone());
            }
        }
        let signer = signers.pop().filter(|_| signers.is_empty())?;
        Some((CmsSignature { info: info.clone(), signer, others }, data))
    }

    /// Everything that keeps this from being the signer's signature over a document with SHA-256 `digest`.
    pub fn problems(&self, digest: &[u8; 32]) -> Vec<ProblemCode> {
        self.problems_with(&Content::Detached(*digest))
    }

    /// Everything that keeps this from being the signer's token around the DER of a TSTInfo.
    pub fn time_stamp_problems(&self, info: Vec<u8>) -> Vec<ProblemCode> {
        self.problems_with(&Content::TimeStamp(info))
    }

    fn problems_with(&self, content: &Content) -> Vec<ProblemCode> {
        let mut problems = Vec::new();
        if self.info.digest_alg != sha256() {
            return vec![ProblemCode::UnsupportedAlgorithm];
        }
        let Some(attributes) = &self.info.signed_attrs else { return vec![ProblemCode::SignatureMalformed] };
        let Ok(expected) = signed_attributes(content, &self.signer) else {
            return vec![ProblemCode::SignatureMalformed];
        };
        for attribute in expected.iter().filter(|wanted| !attributes.iter().any(|found| found == *wanted)) {
            problems.push(match attribute.oid {
                ID_MESSAGE_DIGEST => ProblemCode::DigestMismatch,
                ID_AA_SIGNING_CERTIFICATE_V_2 => ProblemCode::SignerMismatch,
                _ => ProblemCode::SignatureMalformed,
            });
        }
        let public_key = &self.signer.tbs_certificate.subject_public_key_info;
        let checked = attributes.to_der().map_err(CertificateError::from).and_then(|message| {
            check_signature(public_key, &self.info.signature_algorithm, &message, self.info.signature.as_bytes())
        });
        match checked {
            Ok(()) => {}
            Err(CertificateError::UnsupportedAlgorithm) => problems.push(ProblemCode::UnsupportedAlgorithm),
            Err(_) => problems.push(ProblemCode::SignatureMismatch),
        }
        problems
    }
}

/// Content type, digest and the hash of the signer's certificate. PAdES forbids a signing time here: the time stands
/// in the signature dictionary; a token's is its content.
fn signed_attributes(content: &Content, signer: &Certificate) -> Result<SetOfVec<Attribute>, der::Error> {
    let certificate_hash = OctetString::new(Sha256::digest(signer.to_der()?).as_slice())?;
    let signing_certificate = SigningCertificateV2 { certs: vec![EssCertIdV2 { cert_hash: certificate_hash }] };
    SetOfVec::try_from(vec![
        attribute(ID_CONTENT_TYPE, Any::from(content.kind()))?,
        attribute(ID_MESSAGE_DIGEST, Any::encode_from(&OctetString::new(content.digest())?)?)?,
        attribute(ID_AA_SIGNING_CERTIFICATE_V_2, Any::encode_from(&signing_certificate)?)?,
    ])
}

fn attribute(oid: ObjectIdentifier, value: Any) -> Result<Attribute, der::Error> {
    Ok(Attribute { oid, values: SetOfVec::try_from(vec![value])? })
}

fn signer_identifier(signer: &Certificate) -> SignerIdentifier {
    SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
        issuer: signer.tbs_certificate.issuer.clone(),
        serial_number: signer.tbs_certificate.serial_number.clone(),
    })
}

fn sha256() -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned { oid: ID_SHA_256, parameters: None }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use rand_core::OsRng;

    use super::*;
    use crate::authority::CertificateAuthority;
    use crate::certificate::Serial;
    use crate::request::certificate_request;
    use crate::subject::Subject;
    use crate::trust::{TrustStore, TrustedFor};

    const DIGEST: [u8; 32] = [7; 32];
    const DOCUMENTS: TrustedFor = TrustedFor::Documents { claimed: None };

    struct Signed {
        cms: Vec<u8>,
        trust: TrustStore,
        now: Timestamp,
    }

    fn signed() -> Signed {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let subject = Subject { common_name: "Contoh".into(), ..Subject::default() };
        let authority = CertificateAuthority::create(&subject, now, &mut OsRng).unwrap();
        let key = SoftwareKey::generate(&mut OsRng);
        let request = certificate_request(&key, &subject).unwrap();
        let certificate = authority.issue_officer(&request, &Serial::from(1), now, 30).unwrap();
        let [signer, root] =
            [&certificate[..], authority.certificate_der()].map(|der| Certificate::from_der(der).unwrap());
        let cms = sign(&DIGEST, &key, &signer, &[root]).unwrap();
        let mut trust = TrustStore::default();
        trust.add_der(authority.certificate_der()).unwrap();
        Signed { cms, trust, now }
    }

    impl Signed {
        fn problems(&self, cms: &[u8], digest: &[u8; 32]) -> Vec<ProblemCode> {
            match CmsSignature::parse(cms) {
                Err(code) => vec![code],
                Ok(read) => {
                    let distrust = self.trust.problems_of(&read.signer, &read.others, self.now, DOCUMENTS);
                    read.problems(digest).into_iter().chain(distrust).collect()
                }
            }
        }
    }

    #[test]
    fn what_was_signed_is_recognised() {
        let signed = signed();
        assert_eq!(signed.problems(&signed.cms, &DIGEST), []);
        assert_eq!(signed.problems(&signed.cms, &[8; 32]), [ProblemCode::DigestMismatch]);
        assert_eq!(signed.problems(&[&signed.cms[..], &[0; 9]].concat(), &DIGEST), [], "zeros fill the space");
        assert_eq!(signed.problems(&[&signed.cms[..], &[0, 1]].concat(), &DIGEST), [ProblemCode::SignatureMalformed]);
        assert_eq!(signed.problems(&[], &DIGEST), [ProblemCode::SignatureMalformed]);
    }

    #[test]
    fn every_octet_is_protected() {
        let signed = signed();
        for index in 0..signed.cms.len() {
            let mut changed = signed.cms.clone();
            changed[index] ^= 1 << (index % 8);
            assert_ne!(signed.problems(&changed, &DIGEST), [], "the change of octet {index} went unnoticed");
        }
    }

    #[test]
    fn a_certificate_that_is_not_needed_is_not_tolerated() {
        let (one, other) = (signed(), signed());
        let read = CmsSignature::parse(&one.cms).unwrap();
        let stranger = CmsSignature::parse(&other.cms).unwrap();
        let sent = [read.others, stranger.others].concat();
        assert_eq!(one.trust.problems_of(&read.signer, &sent, one.now, DOCUMENTS), [ProblemCode::SignatureMalformed]);
    }
}
