//! Issued documents: made, signed, filed, verified.

use arumbae_domain::calendar::{self, IndonesianZone};
use arumbae_domain::change::changes_between;
use arumbae_domain::schema::{BlobHash, Record, RecordId, RecordKind};
use arumbae_domain::{DocumentTemplate, IssuedDocument, OutreachEvent, Paper, RegionCode, SupervisionReport};
use arumbae_protocol::paths;
use arumbae_protocol::registry::RevokedSerial;
use arumbae_report::attendance_list::{self, AttendanceListInput};
use arumbae_report::signature_appearance::{self, SignatureStamp};
use arumbae_report::supervision_report::{self, SupervisionReportInput};
use arumbae_report::{Imprint, Photo, Rendered, Signer};
use arumbae_signing::certificate::{Serial, serial_of};
use arumbae_signing::key::SoftwareKey;
use arumbae_signing::revocation::{RevocationReason, RevokedCertificate};
use arumbae_signing::sign::{SignRequest, field_size, sign_document};
use arumbae_signing::trust::{TrustStore, chain_above};
use arumbae_signing::verify::{Verification, verify_document};
use arumbae_store::{ListQuery, Store};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use ts_rs::TS;

use crate::App;
use crate::app::millis;
use crate::error::{AppError, ErrorCode, Result};
use crate::record::{Delivery, ReadRecord, change_in, existing, moment, new_record_id, standing};
use crate::region;

/// Asks for a document of a record.
#[derive(Deserialize, TS)]
pub struct IssueDocument {
    /// The record.
    pub source: RecordId,
    /// Which document.
    pub template: DocumentTemplate,
    /// Paper size.
    pub paper: Paper,
    /// Signs with the officer's key; `null` leaves it "belum ditandatangani".
    pub passphrase: Option<String>,
}

/// An issued document.
#[derive(Debug, Serialize, TS)]
pub struct DocumentDetail {
    /// The record.
    pub document: IssuedDocument,
    /// Whether it has reached the server.
    pub delivery: Delivery,
    /// What checking the file gives now; `null` while its bytes are not on this laptop.
    pub verification: Option<Verification>,
    /// What could not be printed as it was written; told when the document is issued.
    pub remarks: PrintRemarks,
}

/// What a document could not show.
#[derive(Debug, Default, Serialize, TS)]
pub struct PrintRemarks {
    /// Characters the typeface lacks; their codes were printed in their place.
    pub missing_glyphs: Vec<String>,
    /// Photos that cannot be read; a frame that says so was printed in their place.
    pub unreadable_photos: Vec<String>,
}

/// Asks for issued documents.
#[derive(Debug, Deserialize, TS)]
pub struct ListDocuments {
    /// The `next` of the page before, `null` for the first.
    pub after: Option<String>,
}

/// A page of issued documents.
#[derive(Debug, Serialize, TS)]
pub struct DocumentPage {
    /// The documents, newest first.
    pub rows: Vec<DocumentRow>,
    /// What to ask the next page with, `null` after the last.
    pub next: Option<String>,
    /// How many there are in all.
    pub total: u64,
}

/// An issued document in a list.
#[derive(Debug, Serialize, TS)]
pub struct DocumentRow {
    /// The record.
    pub document: IssuedDocument,
    /// Whether it has reached the server.
    pub delivery: Delivery,
}

/// A document to check.
#[derive(Debug, Deserialize, TS)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum VerifyDocument {
    /// A document issued here or received.
    Issued {
        /// Its file.
        blob: BlobHash,
    },
    /// Any file, as base64 of its bytes.
    File {
        /// Its bytes.
        base64: String,
    },
}

/// A document before it is signed and filed.
struct Manuscript {
    title: String,
    number: String,
    rendered: Rendered,
}

pub(crate) fn failed(why: impl std::error::Error + Send + Sync + 'static) -> AppError {
    AppError::caused(ErrorCode::DocumentFailed, why)
}

pub(crate) async fn document_issue(app: &App, args: IssueDocument) -> Result<DocumentDetail> {
    let (now, now_ms, sample) = (app.now(), app.now_ms(), app.sample().is_some());
    app.with_store(move |store| {
        let source = standing(store, args.source)?;
        let context = change_in(store, source.scope.clone(), None, now_ms)?;
        let imprint = Imprint {
            document: new_record_id(now_ms),
            paper: args.paper.clone(),
            issued_at: now,
            office: office_name(store, source.scope.region()),
            sample,
        };
        let manuscript = match (&args.template, source.document.kind) {
            (DocumentTemplate::SupervisionReport, RecordKind::SupervisionReport) => {
                write_report(store, &SupervisionReport::from_document(&source.document), &imprint)?
            }
            (DocumentTemplate::AttendanceList, RecordKind::OutreachEvent) => {
                write_attendance(store, &OutreachEvent::from_document(&source.document), &imprint)?
            }
            _ => return Err(AppError::new(ErrorCode::BadArguments)),
        };
        let mut document = IssuedDocument {
            id: imprint.document,
            template: Some(args.template),
            source: Some(args.source),
            paper: Some(args.paper),
            title: manuscript.title,
            number: manuscript.number,
            issued_at: Some(now),
            ..IssuedDocument::default()
        };
        let remarks = PrintRemarks {
            missing_glyphs: manuscript.rendered.missing_glyphs.iter().map(char::to_string).collect(),
            unreadable_photos: manuscript.rendered.unreadable_photos.clone(),
        };
        let file = match args.passphrase {
            None => manuscript.rendered.pdf,
            Some(passphrase) => sign(store, &manuscript.rendered, &passphrase, now, &mut document)?,
        };
        document.byte_length = i64::try_from(file.len()).ok();
        document.sha256 = hex::encode(Sha256::digest(&file));
        document.file = Some(store.put_blob(&file)?);
        store.save(&changes_between(None, &document.to_document()), &context)?;
        Ok(DocumentDetail { remarks, ..detail(store, imprint.document, now)? })
    })
    .await
}

/// The office as it stands on documents: by the registry, else by the name of its area.
pub(crate) fn office_name(store: &Store, area: &RegionCode) -> String {
    match store.registry().office_of(area) {
        Some(name) => name.to_owned(),
        None => format!("Panwaslu Kecamatan {}", region::name_of(area)),
    }
}

fn write_report(store: &Store, report: &SupervisionReport, imprint: &Imprint) -> Result<Manuscript> {
    let mut photos = Vec::new();
    for attachment in report.attachments.iter().filter(|file| file.media_type.starts_with("image/")) {
        let Some(blob) = attachment.blob else { continue };
        let bytes = store.blob(blob)?.ok_or_else(|| AppError::new(ErrorCode::AttachmentMissing))?;
        let (caption, file_name) = (attachment.caption.clone(), attachment.file_name.clone());
        photos.push(Photo { caption, file_name, bytes });
    }
    let input = SupervisionReportInput { report, photos: &photos, chair: &Signer::default(), imprint };
    let rendered = supervision_report::render(&input).map_err(failed)?;
    let title = if report.stage.is_empty() { "Laporan Hasil Pengawasan".to_owned() } else { report.stage.clone() };
    Ok(Manuscript { title, number: report.number.clone(), rendered })
}

fn write_attendance(store: &Store, event: &OutreachEvent, imprint: &Imprint) -> Result<Manuscript> {
    let profile = store.profile();
    let officer = Signer { name: profile.name.clone(), position: profile.position.clone() };
    let signed_place = region::place_of(&profile.district);
    let input =
        AttendanceListInput { event, officer: &officer, signed_place: &signed_place, signed_date: event.date, imprint };
    let rendered = attendance_list::render(&input).map_err(failed)?;
    Ok(Manuscript { title: event.title.clone(), number: event.basis_letter.clone(), rendered })
}

/// The field of every template that is the officer's to sign.
const OFFICER_FIELD: &str = "petugas";

/// What the QR code of a document says: where anybody can ask about it.
fn verification_address(server_url: &str, document: RecordId) -> String {
    format!("{}{}?d={document}", server_url.trim_end_matches('/'), paths::VERIFICATION)
}

/// Signs as the officer.
fn sign(
    store: &mut Store,
    rendered: &Rendered,
    passphrase: &str,
    now: Timestamp,
    document: &mut IssuedDocument,
) -> Result<Vec<u8>> {
    let key = store.signing_key(passphrase, millis(now))?;
    let key = SoftwareKey::from_pkcs8_der(&key).map_err(failed)?;
    let held = store.certificates()?.into_iter().next().ok_or_else(|| AppError::new(ErrorCode::NotEnrolled))?;
    let enrolment = store.enrolment()?.ok_or_else(|| AppError::new(ErrorCode::NotEnrolled))?;
    let profile = store.profile();
    let serial = serial_of(&held.der).map_err(failed)?.to_string();
    let signed_at_text = calendar::moment(now, IndonesianZone::Wit);
    let (width, height) = field_size(&rendered.pdf, OFFICER_FIELD).map_err(failed)?;
    let stamp = SignatureStamp {
        name: &profile.name,
        position: &profile.position,
        signed_at_text: &signed_at_text,
        serial: &serial,
        qr_text: &verification_address(&enrolment.server_url, document.id),
        width,
        height,
    };
    let appearance = signature_appearance::render(&stamp).map_err(failed)?;
    let known: Vec<&[u8]> = store.registry().authorities().chain([held.issuer_der.as_slice()]).collect();
    let chain = chain_above(&held.der, &known).map_err(failed)?;
    let request = SignRequest {
        field: OFFICER_FIELD,
        key: &key,
        certificate_der: &held.der,
        chain: &chain,
        appearance: Some(&appearance),
        signed_at: now,
        reason: None,
        location: None,
    };
    let signed = sign_document(&rendered.pdf, &request).map_err(failed)?;
    document.signed_by = profile.name.clone();
    document.certificate_serial = serial;
    Ok(signed)
}

pub(crate) async fn document_list(app: &App, args: ListDocuments) -> Result<DocumentPage> {
    app.with_store(move |store| {
        let query = ListQuery { after_key: args.after, ..ListQuery::default() };
        let page = store.list(RecordKind::IssuedDocument, &query)?;
        let mut rows = Vec::new();
        for row in page.rows {
            if let Some(view) = store.document(row.id)? {
                let document = IssuedDocument::from_document(&view.document);
                rows.push(DocumentRow { document, delivery: view.sync.into() });
            }
        }
        Ok(DocumentPage { rows, next: page.next, total: page.total })
    })
    .await
}

fn detail(store: &Store, id: RecordId, now: Timestamp) -> Result<DocumentDetail> {
    let view = existing(store, id)?;
    let document = IssuedDocument::from_document(&view.document);
    let file = document.file.map(|blob| store.blob(blob)).transpose()?.flatten();
    let verification = file.map(|file| Ok::<_, AppError>(verify_document(&file, &trust(store)?, now))).transpose()?;
    Ok(DocumentDetail { document, delivery: view.sync.into(), verification, remarks: PrintRemarks::default() })
}

pub(crate) async fn document_read(app: &App, args: ReadRecord) -> Result<DocumentDetail> {
    let now = app.now();
    app.with_store(move |store| detail(store, args.id, now)).await
}

/// The authorities this laptop trusts: its province's, without what the registry says was revoked.
fn trust(store: &Store) -> Result<TrustStore> {
    let mut trust = TrustStore::default();
    let Some(enrolment) = store.enrolment()? else { return Ok(trust) };
    let internal = |why| AppError::caused(ErrorCode::Internal, why);
    trust.add_der(&enrolment.ca_der).map_err(internal)?;
    for authority in store.registry().authorities() {
        trust.add_intermediate_der(authority).map_err(internal)?;
    }
    for RevokedSerial { serial, at_ms, reason } in store.registry().revoked_certificates() {
        trust.add_revoked(RevokedCertificate {
            serial: Serial::from_bytes(serial).map_err(internal)?,
            at: moment(*at_ms),
            reason: RevocationReason::from_code(*reason),
        });
    }
    Ok(trust)
}

pub(crate) async fn document_verify(app: &App, args: VerifyDocument) -> Result<Verification> {
    let now = app.now();
    app.with_store(move |store| {
        let file = match args {
            VerifyDocument::Issued { blob } => {
                store.blob(blob)?.ok_or_else(|| AppError::new(ErrorCode::AttachmentMissing))?
            }
            VerifyDocument::File { base64 } => {
                STANDARD.decode(base64).map_err(|why| AppError::caused(ErrorCode::BadArguments, why))?
            }
        };
        Ok(verify_document(&file, &trust(store)?, now))
    })
    .await
}
