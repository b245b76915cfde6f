//! The CMS structure inside a signature field: detached, with the signer's certificate bound into what is signed.

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
use der::{Any, Decode, Encode, Sequence};
use sha2::{Digest, Sha256};
use spki::AlgorithmIdentifierOwned;
use x509_cert::Certificate;
use x509_cert::attr::Attribute;

use crate::certificate::{CertificateError, check_signature, ecdsa_with_sha256};
use crate::key::SoftwareKey;
use crate::verify::ProblemCode;

/// RFC 5035; the hash algorithm is left out because SHA-256 is its default.
#[derive(Sequence)]
struct SigningCertificateV2 {
    certs: Vec<EssCertIdV2>,
}

#[derive(Sequence)]
struct EssCertIdV2 {
    cert_hash: OctetString,
}

/// The DER of a signature over a document with SHA-256 `digest`.
pub(crate) fn sign(
    digest: &[u8; 32],
    key: &SoftwareKey,
    signer: &Certificate,
    chain: &[Certificate],
) -> Result<Vec<u8>, CertificateError> {
    let signed_attributes = signed_attributes(digest, signer)?;
    let certificates = [signer].into_iter().chain(chain).cloned().map(CertificateChoices::Certificate);
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
        version: CmsVersion::V1,
        digest_algorithms: SetOfVec::try_from(vec![sha256()])?,
        encap_content_info: EncapsulatedContentInfo { econtent_type: ID_DATA, econtent: None },
        certificates: Some(CertificateSet(SetOfVec::try_from(certificates.collect::<Vec<_>>())?)),
        crls: None,
        signer_infos: SignerInfos(SetOfVec::try_from(vec![signer_info])?),
    };
    let content = Any::encode_from(&signed_data)?;
    Ok(ContentInfo { content_type: ID_SIGNED_DATA, content }.to_der()?)
}

/// A signature as read from a document, not yet believed.
#[derive(Debug)]
pub(crate) struct CmsSignature {
    info: SignerInfo,
    /// The certificate the signer is said to have used.
    pub signer: Certificate,
    /// Certificates sent along.
    pub others: Vec<Certificate>,
}

impl CmsSignature {
    /// Reads `der`, which may be followed only by the zeros that fill the reserved space.
    pub fn parse(der: &[u8]) -> Result<Self, ProblemCode> {
        Self::parse_content(der).ok_or(ProblemCode::SignatureMalformed)
    }

    fn parse_content(der: &[u8]) -> Option<Self> {
        let mut reader = der::SliceReader::new(der).ok()?;
        let content = ContentInfo::decode(&mut reader).ok()?;
        let end = usize::try_from(der::Reader::position(&reader)).ok()?;
        let padding_is_zero = der[end..].iter().all(|byte| *byte == 0);
        let data = content.content.decode_as::<SignedData>().ok()?;
        // All that no signature protects must have exactly the one form we write.
        let [info] = data.signer_infos.0.as_slice() else { return None };
        let well_formed = padding_is_zero
            && content.content_type == ID_SIGNED_DATA
            && data.version == CmsVersion::V1
            && data.digest_algorithms.as_slice() == [sha256()]
            && data.encap_content_info == EncapsulatedContentInfo { econtent_type: ID_DATA, econtent: None }
            && data.crls.is_none()
            && info.version == CmsVersion::V1
            && info.unsigned_attrs.is_none();
        if !well_formed {
            return None;
        }
        let (mut signers, mut others) = (Vec::new(), Vec::new());
        for choice in data.certificates?.0.into_vec() {
            let CertificateChoices::Certificate(certificate) = choice else { return None };
            if signer_identifier(&certificate) == info.sid {
                signers.push(certificate);
            } else {
                others.push(certificate);
            }
        }
        let signer = signers.pop().filter(|_| signers.is_empty())?;
        Some(CmsSignature { info: info.clone(), signer, others })
    }

    /// Everything that keeps this from being the signer's signature over a document with SHA-256 `digest`.
    pub fn problems(&self, digest: &[u8; 32]) -> Vec<ProblemCode> {
        let mut problems = Vec::new();
        if self.info.digest_alg != sha256() {
            return vec![ProblemCode::UnsupportedAlgorithm];
        }
        let Some(attributes) = &self.info.signed_attrs else { return vec![ProblemCode::SignatureMalformed] };
        let Ok(expected) = signed_attributes(digest, &self.signer) else {
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
/// in the signature dictionary.
fn signed_attributes(digest: &[u8; 32], signer: &Certificate) -> Result<SetOfVec<Attribute>, der::Error> {
    let certificate_hash = OctetString::new(Sha256::digest(signer.to_der()?).as_slice())?;
    let signing_certificate = SigningCertificateV2 { certs: vec![EssCertIdV2 { cert_hash: certificate_hash }] };
    SetOfVec::try_from(vec![
        attribute(ID_CONTENT_TYPE, Any::from(ID_DATA))?,
        attribute(ID_MESSAGE_DIGEST, Any::encode_from(&OctetString::new(digest.as_slice())?)?)?,
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
    use crate::trust::TrustStore;

    const DIGEST: [u8; 32] = [7; 32];

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
                    let distrust = self.trust.problems_of(&read.signer, &read.others, self.now);
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
        assert_eq!(one.trust.problems_of(&read.signer, &sent, one.now), [ProblemCode::SignatureMalformed]);
    }
}
