//! Verifying a document: who signed it, is it unchanged, and is every later change one of ours.

use std::ops::Range;

use jiff::Timestamp;
use lopdf::{Dictionary, Object, ObjectId};
use serde::Serialize;
use sha2::{Digest, Sha256};
use ts_rs::TS;

use crate::certificate::Serial;
use crate::cms_signature::CmsSignature;
use crate::increment::{Increment, hexadecimal};
use crate::permission;
use crate::revision::{Revision, SignatureField, Unreadable};
use crate::subject::Subject;
use crate::trust::{TrustStore, TrustedFor};

/// The one answer about a document, from best to worst; the worst finding wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Every signature is intact and trusted, and nothing was changed afterwards.
    Genuine,
    /// No change was found, but a signer is not trusted or a signature cannot be judged.
    Untrusted,
    /// A readable PDF without any signature.
    Unsigned,
    /// Content or signature was changed after signing.
    Altered,
    /// A PDF that is truncated or cannot be read.
    Damaged,
    /// Not a PDF at all.
    NotPdf,
}

/// A reason for a verdict other than genuine; the screen words it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// The file does not begin as a PDF does.
    NotPdf,
    /// The file ends too early or its structure cannot be followed.
    Damaged,
    /// The file is encrypted; a document of ours never is.
    Encrypted,
    /// The file has no signature.
    Unsigned,
    /// The signed range is not exactly one whole revision of the file.
    ByteRange,
    /// The signature is not the kind of CMS structure a PAdES signature is.
    SignatureMalformed,
    /// An algorithm other than P-256 with SHA-256.
    UnsupportedAlgorithm,
    /// The signed bytes were changed.
    DigestMismatch,
    /// The signature value does not fit the signer's certificate.
    SignatureMismatch,
    /// The signature does not name the certificate it carries.
    SignerMismatch,
    /// No trusted authority stands behind the signer.
    UnknownAuthority,
    /// The certificate of the signer or an authority has expired.
    CertificateExpired,
    /// The certificate of the signer or an authority is not valid yet.
    CertificateNotYetValid,
    /// The certificate of the signer or an authority was revoked.
    CertificateRevoked,
    /// The certificate is not meant for signing documents.
    CertificateUsage,
    /// Something other than filling a signature field was changed after this signature.
    ChangedAfterSigning,
    /// The document was extended although a signature had locked it.
    ChangedAfterLock,
}

/// What was found, and at which signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct VerificationProblem {
    /// What is wrong.
    pub code: ProblemCode,
    /// Name of the signature field it concerns, if it concerns one.
    pub field: Option<String>,
}

/// One signature of the document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct SignatureReport {
    /// Name of the signature field.
    pub field: String,
    /// Number of the revision it signs, counted from 1.
    pub revision: u32,
    /// Name in the signer's certificate; empty when the signature cannot be read.
    pub signer: String,
    /// Position in the certificate.
    pub position: String,
    /// Office in the certificate.
    pub office: String,
    /// Who issued the certificate.
    pub issuer: String,
    /// Serial number of the certificate, hexadecimal.
    pub serial: String,
    /// The time the signer's own clock claimed; nobody else attests it.
    pub signed_at: Option<Timestamp>,
    /// The signed bytes are as they were signed.
    pub intact: bool,
    /// A trusted authority stands behind the signer.
    pub trusted: bool,
    /// It signs the file to its last byte; an earlier signature covers an earlier revision only.
    pub covers_whole_file: bool,
    /// Everything found wrong with this signature.
    pub problems: Vec<ProblemCode>,
}

/// The result of verifying one document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Verification {
    /// The one answer.
    pub verdict: Verdict,
    /// The signatures in the order they were made.
    pub signatures: Vec<SignatureReport>,
    /// Signature fields still empty.
    pub unsigned_fields: Vec<String>,
    /// How many signed revisions the file has.
    pub revisions: u32,
    /// Everything found wrong, all signatures together.
    pub problems: Vec<VerificationProblem>,
}

/// Verifies every signature of `pdf` against `trust`, with certificates judged at the moment `at`.
///
/// A file cut back to an earlier signed revision is genuine by itself: who must have signed, and which file was the
/// last one, is known outside the file only.
pub fn verify_document(pdf: &[u8], trust: &TrustStore, at: Timestamp) -> Verification {
    match Revision::read(pdf) {
        Err(Unreadable::NotPdf) => Verification::unreadable(Verdict::NotPdf, ProblemCode::NotPdf),
        Err(Unreadable::Damaged(_)) => Verification::unreadable(Verdict::Damaged, ProblemCode::Damaged),
        Err(Unreadable::Encrypted) => Verification::unreadable(Verdict::Damaged, ProblemCode::Encrypted),
        Ok(current) => verify_revisions(pdf, current, trust, at),
    }
}

fn verify_revisions(pdf: &[u8], current: Revision, trust: &TrustStore, at: Timestamp) -> Verification {
    let (signed, unsigned): (Vec<_>, Vec<_>) =
        current.signature_fields().into_iter().partition(|field| field.value().is_some());
    let unsigned_fields = unsigned.into_iter().map(|field| field.name).collect();
    if signed.is_empty() {
        return Verification { unsigned_fields, ..Verification::unreadable(Verdict::Unsigned, ProblemCode::Unsigned) };
    }

    let mut signatures: Vec<_> = signed.iter().map(|field| SignedField::read(pdf, &current, field)).collect();
    signatures.sort_by_key(|signature| signature.end);
    let mut reports: Vec<_> = signatures.iter().map(|signature| signature.report(pdf, trust, at)).collect();

    // Walk from revision to revision; the file as it stands is the last step, unless a signature covers it whole.
    let mut previous: Option<(usize, Revision)> = None;
    for (index, signature) in signatures.iter().enumerate() {
        reports[index].revision = index as u32 + 1;
        let Some(end) = signature.end else { continue };
        let Ok(revision) = Revision::read(&pdf[..end]) else {
            reports[index].add(ProblemCode::ByteRange);
            continue;
        };
        if let Some((earlier, before)) = previous {
            let locked = signatures[..index].iter().any(|signature| signature.locks);
            if !is_filled_field(&before, &revision, &pdf[..end], &signature.field) {
                reports[earlier].add(ProblemCode::ChangedAfterSigning);
            } else if locked {
                reports[earlier].add(ProblemCode::ChangedAfterLock);
            }
        }
        previous = Some((index, revision));
    }
    if let Some((last, revision)) = previous
        && revision.length != pdf.len()
    {
        reports[last].add(ProblemCode::ChangedAfterSigning);
    }

    let problems: Vec<_> = reports
        .iter()
        .flat_map(|report| {
            report.problems.iter().map(|code| VerificationProblem { code: *code, field: Some(report.field.clone()) })
        })
        .collect();
    let verdict = problems.iter().map(|problem| problem.code.verdict()).max().unwrap_or(Verdict::Genuine);
    Verification { verdict, revisions: reports.len() as u32, signatures: reports, unsigned_fields, problems }
}

/// A signature as it stands in the file.
struct SignedField {
    field: String,
    /// Where the revision it signs ends, provided its range is exactly one revision from the first byte on.
    end: Option<usize>,
    /// The CMS structure lies here, within angle brackets.
    gap: Range<usize>,
    cms: Result<CmsSignature, ProblemCode>,
    signed_at: Option<Timestamp>,
    locks: bool,
}

impl SignedField {
    fn read(pdf: &[u8], current: &Revision, field: &SignatureField) -> Self {
        let empty = Dictionary::new();
        let signature = field.value().and_then(|value| current.resolve(value).as_dict().ok()).unwrap_or(&empty);
        let contents = signature.get(b"Contents").and_then(Object::as_str).unwrap_or_default();
        let range = byte_range(signature).filter(|(gap, end)| covers_all_but(pdf, gap, *end, contents));
        let is_pades = signature.get(b"SubFilter").and_then(Object::as_name).is_ok_and(|kind| kind == SUB_FILTER);
        let cms = if is_pades { CmsSignature::parse(contents) } else { Err(ProblemCode::SignatureMalformed) };
        let claimed = signature.get(b"M").and_then(Object::as_str).ok();
        SignedField {
            field: field.name.clone(),
            end: range.as_ref().map(|(_, end)| *end),
            gap: range.map(|(gap, _)| gap).unwrap_or_default(),
            cms,
            signed_at: claimed.and_then(signing_time),
            locks: permission::forbids_further_signatures(current, signature),
        }
    }

    fn report(&self, pdf: &[u8], trust: &TrustStore, at: Timestamp) -> SignatureReport {
        let mut report = SignatureReport {
            field: self.field.clone(),
            revision: 0,
            signer: String::new(),
            position: String::new(),
            office: String::new(),
            issuer: String::new(),
            serial: String::new(),
            signed_at: self.signed_at,
            intact: false,
            trusted: false,
            covers_whole_file: self.end == Some(pdf.len()),
            problems: Vec::new(),
        };
        match &self.cms {
            Err(code) => report.add(*code),
            Ok(cms) => {
                let certificate = &cms.signer.tbs_certificate;
                let subject = Subject::from_name(&certificate.subject);
                report.signer = subject.common_name;
                report.position = subject.position;
                report.office = subject.office;
                report.issuer = Subject::from_name(&certificate.issuer).common_name;
                report.serial = Serial::from(certificate.serial_number.clone()).to_string();
                report.problems.extend(self.end.map(|end| cms.problems(&self.digest(pdf, end))).into_iter().flatten());
                report.intact = self.end.is_some() && report.problems.is_empty();
                let distrust =
                    trust.problems_of(&cms.signer, &cms.others, at, TrustedFor::Documents { claimed: self.signed_at });
                report.trusted = distrust.is_empty();
                report.problems.extend(distrust);
            }
        }
        if self.end.is_none() {
            report.add(ProblemCode::ByteRange);
        }
        report
    }

    fn digest(&self, pdf: &[u8], end: usize) -> [u8; 32] {
        let mut digest = Sha256::new_with_prefix(&pdf[..self.gap.start]);
        digest.update(&pdf[self.gap.end..end]);
        digest.finalize().into()
    }
}

/// PAdES; other kinds of signature are not ours.
const SUB_FILTER: &[u8] = b"ETSI.CAdES.detached";

/// The gap and the end of a `/ByteRange` of the form `[0 gap gap-end rest]`.
fn byte_range(signature: &Dictionary) -> Option<(Range<usize>, usize)> {
    let numbers = signature.get(b"ByteRange").and_then(Object::as_array).ok()?.iter();
    let numbers = numbers.map(|number| number.as_i64().ok().and_then(|number| usize::try_from(number).ok()));
    let [0, gap_start, gap_end, rest] = numbers.collect::<Option<Vec<_>>>()?[..] else { return None };
    let end = gap_end.checked_add(rest)?;
    (gap_start < gap_end).then_some((gap_start..gap_end, end))
}

/// Whether the gap is the hexadecimal string of `contents` as we write it, and nothing else. Upper-case digits would
/// say the same, but no byte of a signed file may change unnoticed.
fn covers_all_but(pdf: &[u8], gap: &Range<usize>, end: usize, contents: &[u8]) -> bool {
    let Some(written) = pdf.get(gap.clone()).filter(|_| end <= pdf.len()) else { return false };
    written.len() == 2 * contents.len() + 2
        && written[0] == b'<'
        && written[written.len() - 1] == b'>'
        && written[1..written.len() - 1].iter().copied().eq(hexadecimal(contents))
        && pdf[..gap.start].ends_with(b"/Contents ")
}

/// `D:20261115031500Z`, the one form we write; other forms of the claim are not shown.
fn signing_time(claimed: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(claimed).ok()?.strip_prefix("D:")?.strip_suffix('Z')?;
    let civil = jiff::civil::DateTime::strptime("%Y%m%d%H%M%S", text).ok()?;
    civil.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// Whether all that `next` adds to `previous` is the signature in the one field named.
fn is_filled_field(previous: &Revision, next: &Revision, bytes: &[u8], field: &str) -> bool {
    let objects = next.objects_since(previous.length);
    let trailer = next.carried_trailer();
    let rewritten = Increment { objects, trailer, previous_xref: previous.xref_start };
    if bytes[previous.length..] != rewritten.render(&bytes[..previous.length]) {
        return false;
    }
    let entry = |revision: &Revision, key: &[u8]| revision.document.trailer.get(key).ok().cloned();
    let file_id = |revision: &Revision| entry(revision, b"ID").and_then(|id| id.as_array().ok()?.first().cloned());
    let same_document = entry(previous, b"Root") == entry(next, b"Root")
        && entry(previous, b"Info") == entry(next, b"Info")
        && file_id(previous) == file_id(next);

    let find = |revision: &Revision| revision.signature_fields().into_iter().find(|found| found.name == field);
    let (Some(before), Some(after)) = (find(previous), find(next)) else { return false };
    let first_new = previous.next_number();
    let is_new = |id: ObjectId| id.0 >= first_new && id.1 == 0;
    let only_this_field = rewritten.objects.iter().all(|(id, _)| is_new(*id) || Some(*id) == before.id);

    let refers_to_new = |object: &Object| object.as_reference().is_ok_and(is_new);
    let appearance_is_new = match after.dictionary.get(b"AP") {
        Ok(appearance) if before.dictionary.get(b"AP").ok() != Some(appearance) => {
            appearance.as_dict().is_ok_and(|states| states.len() == 1 && states.get(b"N").is_ok_and(refers_to_new))
        }
        _ => true,
    };
    let rest = |field: &SignatureField| {
        let mut rest = field.dictionary.clone();
        rest.remove(b"V");
        rest.remove(b"AP");
        rest
    };
    same_document
        && only_this_field
        && before.value().is_none()
        && after.value().is_some_and(refers_to_new)
        && appearance_is_new
        && rest(&before) == rest(&after)
}

impl Verification {
    /// Without anything known about signatures.
    fn unreadable(verdict: Verdict, code: ProblemCode) -> Self {
        Verification {
            verdict,
            signatures: Vec::new(),
            unsigned_fields: Vec::new(),
            revisions: 0,
            problems: vec![VerificationProblem { code, field: None }],
        }
    }
}

impl SignatureReport {
    fn add(&mut self, code: ProblemCode) {
        if !self.problems.contains(&code) {
            self.problems.push(code);
        }
    }
}

impl ProblemCode {
    /// The verdict a document with this problem gets at best.
    fn verdict(self) -> Verdict {
        match self {
            ProblemCode::NotPdf => Verdict::NotPdf,
            ProblemCode::Damaged | ProblemCode::Encrypted => Verdict::Damaged,
            ProblemCode::Unsigned => Verdict::Unsigned,
            ProblemCode::ByteRange
            | ProblemCode::SignatureMalformed
            | ProblemCode::DigestMismatch
            | ProblemCode::SignatureMismatch
            | ProblemCode::SignerMismatch
            | ProblemCode::ChangedAfterSigning
            | ProblemCode::ChangedAfterLock => Verdict::Altered,
            ProblemCode::UnsupportedAlgorithm
            | ProblemCode::UnknownAuthority
            | ProblemCode::CertificateExpired
            | ProblemCode::CertificateNotYetValid
            | ProblemCode::CertificateRevoked
            | ProblemCode::CertificateUsage => Verdict::Untrusted,
        }
    }
}
