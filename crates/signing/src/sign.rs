//! Signing a document: the named empty field is filled by an incremental update (PAdES B-B).

use std::ops::Range;

use der::Decode;
use jiff::Timestamp;
use lopdf::{Dictionary, Object, ObjectId, StringFormat, dictionary};
use sha2::{Digest, Sha256};
use x509_cert::Certificate;

use crate::appearance::Appearance;
use crate::certificate::{CertificateError, validity_of};
use crate::cms_signature;
use crate::increment::{Increment, hexadecimal};
use crate::key::SoftwareKey;
use crate::permission;
use crate::revision::{Revision, Unreadable};
use crate::subject::Subject;

/// What to sign with and what to show.
#[derive(Debug)]
pub struct SignRequest<'a> {
    /// Name of the empty signature field, `petugas` or `ketua`.
    pub field: &'a str,
    /// The signer's private key.
    pub key: &'a SoftwareKey,
    /// The signer's certificate, which must carry the public key of `key`.
    pub certificate_der: &'a [u8],
    /// The certificates above it, root last.
    pub chain: &'a [Vec<u8>],
    /// A one-page PDF drawn into the field; without one the field keeps its look.
    pub appearance: Option<&'a [u8]>,
    /// The time the signer claims; it must lie in the certificate's validity.
    pub signed_at: Timestamp,
    /// Why the document is signed, if that shall be told.
    pub reason: Option<&'a str>,
    /// Where it is signed, if that shall be told.
    pub location: Option<&'a str>,
}

/// Why a document was not signed; the document given is untouched.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// The file is no PDF, damaged, encrypted or built in a way an update cannot be appended to.
    #[error("the document cannot be read as a PDF that may be extended")]
    Unreadable(#[source] Option<lopdf::Error>),
    /// There is no signature field of that name.
    #[error("the document has no signature field of that name")]
    FieldMissing,
    /// The field is signed already; a signature is never replaced.
    #[error("the field is already signed")]
    AlreadySigned,
    /// An earlier signature locked the document.
    #[error("an earlier signature allows no further ones")]
    Locked,
    /// The appearance is not a readable one-page PDF.
    #[error("the appearance is not a one-page PDF")]
    Appearance(#[source] Option<lopdf::Error>),
    /// The key, the certificate or the chain cannot be used.
    #[error("the certificate cannot be used")]
    Certificate(#[from] CertificateError),
    /// The claimed time lies outside the certificate's validity: a wrong clock or an expired certificate.
    #[error("the certificate is not valid at the time of signing")]
    OutsideValidity,
    /// Chain and certificate need more room than a signature field reserves.
    #[error("the signature does not fit the space reserved for it")]
    TooLarge,
}

/// The bytes kept free for the CMS structure. A chain of three and a time stamp take about 4,000.
const RESERVED: usize = 8192;

/// How the value of the signature begins in an update of ours.
const CONTENTS: &[u8] = b"/Contents <";

/// ISO 32000-1 table 254: filling in forms and signing stays allowed, every other change breaks the signature.
const FORM_FILLING_ALLOWED: i64 = 2;

/// Width and height in points of the signature field called `name`, for drawing an appearance of just that size.
///
/// # Errors
/// [`SignError::Unreadable`], [`SignError::FieldMissing`].
pub fn field_size(pdf: &[u8], name: &str) -> Result<(f32, f32), SignError> {
    let current = read(pdf)?;
    let field = current.signature_fields().into_iter().find(|field| field.name == name);
    let field = field.ok_or(SignError::FieldMissing)?;
    let corners = field.dictionary.get(b"Rect").and_then(Object::as_array).map_err(|_| SignError::FieldMissing)?;
    let corners: Vec<f32> = corners.iter().filter_map(|corner| corner.as_float().ok()).collect();
    match corners[..] {
        [left, bottom, right, top] => Ok((right - left, top - bottom)),
        _ => Err(SignError::FieldMissing),
    }
}

fn read(pdf: &[u8]) -> Result<Revision, SignError> {
    Revision::read(pdf).map_err(|unreadable| match unreadable {
        Unreadable::Damaged(cause) => SignError::Unreadable(cause),
        Unreadable::NotPdf | Unreadable::Encrypted => SignError::Unreadable(None),
    })
}

/// Appends one signature to `pdf`; the given bytes stay the beginning of the result.
///
/// The first signature of a document certifies it (DocMDP); one in a field with `/Lock` closes it (FieldMDP).
pub fn sign_document(pdf: &[u8], request: &SignRequest<'_>) -> Result<Vec<u8>, SignError> {
    let (signer, chain) = usable_certificates(request)?;
    let current = read(pdf)?;
    // A classic table may not continue a cross-reference stream.
    if !pdf[current.xref_start..].starts_with(b"xref") {
        return Err(SignError::Unreadable(None));
    }
    let (update, gap) = with_byte_range(filled_field(&current, request, &signer)?, pdf)?;

    let mut digest = Sha256::new_with_prefix(pdf);
    digest.update(&update[..gap.start]);
    digest.update(&update[gap.end..]);
    let cms = cms_signature::sign(&digest.finalize().into(), request.key, &signer, &chain)?;
    if cms.len() > RESERVED {
        return Err(SignError::TooLarge);
    }
    let mut signed = [pdf, &update].concat();
    let digits = &mut signed[pdf.len() + gap.start + 1..];
    digits.iter_mut().zip(hexadecimal(&cms)).for_each(|(digit, value)| *digit = value);
    Ok(signed)
}

/// The update with its final `/ByteRange`, and the gap in it that the signature will fill.
fn with_byte_range(mut increment: Increment, base: &[u8]) -> Result<(Vec<u8>, Range<usize>), SignError> {
    // /ByteRange names the length of the update, which depends on how many digits that takes. Rendering again with
    // the numbers found can only lengthen the update, so this ends.
    loop {
        let update = increment.render(base);
        let contents = update.windows(CONTENTS.len()).position(|window| window == CONTENTS);
        let start = contents.ok_or(SignError::Unreadable(None))? + CONTENTS.len() - 1;
        let gap = start..start + 2 * RESERVED + 2;
        let range = [0, base.len() + gap.start, base.len() + gap.end, update.len() - gap.end];
        let range = Object::Array(range.iter().map(|number| Object::Integer(*number as i64)).collect());
        let signature = increment.objects[0].1.as_dict_mut().map_err(|cause| SignError::Unreadable(Some(cause)))?;
        if signature.get(b"ByteRange").is_ok_and(|written| *written == range) {
            return Ok((update, gap));
        }
        signature.set("ByteRange", range);
    }
}

/// Signer and chain, after checking that they fit the key and the claimed time.
fn usable_certificates(request: &SignRequest<'_>) -> Result<(Certificate, Vec<Certificate>), SignError> {
    let signer = Certificate::from_der(request.certificate_der).map_err(CertificateError::from)?;
    if signer.tbs_certificate.subject_public_key_info != request.key.public_key()? {
        return Err(CertificateError::KeyMismatch.into());
    }
    let (from, until) = validity_of(request.certificate_der)?;
    if request.signed_at < from || request.signed_at > until {
        return Err(SignError::OutsideValidity);
    }
    let chain = request.chain.iter().map(|authority| Certificate::from_der(authority));
    let chain = chain.collect::<Result<_, _>>().map_err(CertificateError::from)?;
    Ok((signer, chain))
}

/// The update that fills the field, signature dictionary first and still without its signature.
fn filled_field(current: &Revision, request: &SignRequest<'_>, signer: &Certificate) -> Result<Increment, SignError> {
    let fields = current.signature_fields();
    let field = fields.iter().find(|field| field.name == request.field).ok_or(SignError::FieldMissing)?;
    if field.value().is_some() {
        return Err(SignError::AlreadySigned);
    }
    let field_id = field.id.ok_or(SignError::Unreadable(None))?;
    let mut earlier = fields.iter().filter_map(|field| current.resolve(field.value()?).as_dict().ok()).peekable();
    let is_first = earlier.peek().is_none();
    if earlier.any(|signature| permission::forbids_further_signatures(current, signature)) {
        return Err(SignError::Locked);
    }

    let catalog_id = current.document.trailer.get(b"Root").and_then(Object::as_reference);
    let catalog_id = catalog_id.map_err(|cause| SignError::Unreadable(Some(cause)))?;
    let signature_id = (current.next_number(), 0);
    let lock = field.dictionary.get(b"Lock").ok().and_then(|lock| current.resolve(lock).as_dict().ok());
    let mut references = Vec::new();
    if is_first {
        let allowed = lock.and_then(|lock| lock.get(b"P").and_then(Object::as_i64).ok());
        references.push(permission::certification(allowed.unwrap_or(FORM_FILLING_ALLOWED)));
    }
    references.extend(lock.map(|lock| permission::field_lock(lock, catalog_id)));
    let signature = signature_dictionary(request, signer, references);
    let mut objects = vec![(signature_id, Object::Dictionary(signature))];

    let mut dictionary = field.dictionary.clone();
    dictionary.set("V", Object::Reference(signature_id));
    if let Some(page) = request.appearance {
        let appearance = Appearance::from_page(page, signature_id.0 + 1)?;
        dictionary.set("AP", dictionary! { "N" => Object::Reference(appearance.form) });
        objects.extend(appearance.objects);
    }
    let next_number = signature_id.0 + objects.len() as u32;
    objects.push((field_id, Object::Dictionary(dictionary)));
    if is_first {
        objects.extend(certified_catalog(current, catalog_id, signature_id)?);
    }

    let mut trailer = current.carried_trailer();
    trailer.set("Size", i64::from(next_number));
    trailer.set("ID", changed_file_id(&trailer, current.length, request));
    Ok(Increment { objects, trailer, previous_xref: current.xref_start })
}

fn signature_dictionary(request: &SignRequest<'_>, signer: &Certificate, references: Vec<Object>) -> Dictionary {
    // /Contents comes before any text of ours, so that the first one found in the update is the right one.
    let mut signature = dictionary! {
        "Type" => "Sig",
        "Filter" => "Adobe.PPKLite",
        "SubFilter" => "ETSI.CAdES.detached",
        "Contents" => Object::String(vec![0; RESERVED], StringFormat::Hexadecimal),
        "ByteRange" => Vec::<Object>::new(),
        "M" => Object::string_literal(request.signed_at.strftime("D:%Y%m%d%H%M%SZ").to_string()),
        "Name" => lopdf::text_string(&Subject::from_name(&signer.tbs_certificate.subject).common_name),
    };
    for (key, text) in [("Reason", request.reason), ("Location", request.location)] {
        if let Some(text) = text {
            signature.set(key, lopdf::text_string(text));
        }
    }
    if !references.is_empty() {
        signature.set("Reference", references);
    }
    signature
}

/// The catalog names the certifying signature, and the form says that it holds signatures.
fn certified_catalog(
    current: &Revision,
    catalog_id: ObjectId,
    signature_id: ObjectId,
) -> Result<Vec<(ObjectId, Object)>, SignError> {
    let mut changed = Vec::new();
    let catalog = current.document.get_dictionary(catalog_id);
    let mut catalog = catalog.map_err(|cause| SignError::Unreadable(Some(cause)))?.clone();
    catalog.set("Perms", dictionary! { "DocMDP" => Object::Reference(signature_id) });
    let mut form = current.form().ok_or(SignError::FieldMissing)?.clone();
    // Bit 1: signatures exist; bit 2: write by appending only.
    if form.get(b"SigFlags").and_then(Object::as_i64).ok() != Some(3) {
        form.set("SigFlags", 3);
        match catalog.get(b"AcroForm").and_then(Object::as_reference) {
            Ok(form_id) => changed.push((form_id, Object::Dictionary(form))),
            Err(_) => catalog.set("AcroForm", form),
        }
    }
    changed.push((catalog_id, Object::Dictionary(catalog)));
    Ok(changed)
}

/// The first half of `/ID` names the document and stays, the second names this state of it.
fn changed_file_id(trailer: &Dictionary, length: usize, request: &SignRequest<'_>) -> Object {
    let old = trailer.get(b"ID").and_then(Object::as_array).ok();
    let half = |index: usize| old.and_then(|id| id.get(index)?.as_str().ok()).unwrap_or_default().to_vec();
    let mut state = Sha256::new_with_prefix(half(1));
    state.update((length as u64).to_be_bytes());
    state.update(request.signed_at.as_second().to_be_bytes());
    state.update(request.field);
    let state = state.finalize()[..16].to_vec();
    let document = if half(0).is_empty() { state.clone() } else { half(0) };
    Object::Array([document, state].map(|half| Object::String(half, StringFormat::Hexadecimal)).to_vec())
}
