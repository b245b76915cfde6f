//! A report with two empty signature fields, and the people who sign it.

use arumbae_signing::authority::CertificateAuthority;
use arumbae_signing::certificate::Serial;
use arumbae_signing::key::SoftwareKey;
use arumbae_signing::request::certificate_request;
use arumbae_signing::sign::{SignError, SignRequest, sign_document};
use arumbae_signing::subject::Subject;
use arumbae_signing::trust::TrustStore;
use arumbae_signing::verify::{Verification, verify_document};
use jiff::Timestamp;
use lopdf::xref::XrefType;
use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};
use rand_core::{CryptoRng, Error, RngCore};

/// The day the tests play on.
pub fn today() -> Timestamp {
    "2026-11-15T03:15:00Z".parse().unwrap()
}

/// A repeatable sequence of numbers: the same test signs the same bytes every time.
pub struct Sequence(pub u64);

impl RngCore for Sequence {
    fn next_u32(&mut self) -> u32 {
        self.next_u64() as u32
    }

    fn next_u64(&mut self) -> u64 {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn fill_bytes(&mut self, dest: &mut [u8]) {
        dest.iter_mut().for_each(|byte| *byte = self.next_u32() as u8);
    }

    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(dest);
        Ok(())
    }
}

impl CryptoRng for Sequence {}

/// Someone who can sign.
pub struct Signer {
    pub key: SoftwareKey,
    pub certificate: Vec<u8>,
    pub chain: Vec<Vec<u8>>,
}

/// A root, the authority below it that issues, and two officers it vouches for.
pub struct Office {
    pub root: CertificateAuthority,
    pub authority: CertificateAuthority,
    pub officer: Signer,
    pub chair: Signer,
}

impl Office {
    pub fn new(seed: u64) -> Self {
        let mut rng = Sequence(seed);
        let subject = Subject {
            common_name: "CA Contoh Provinsi Maluku".into(),
            office: "Bawaslu Provinsi Contoh".into(),
            ..Subject::default()
        };
        let root = CertificateAuthority::create(&subject, today(), &mut rng).unwrap();
        let root = root.published_at(Some("http://arumbae.contoh.invalid"));
        let subject = Subject { common_name: "CA Penerbit Contoh".into(), ..subject };
        let authority = root.issue_authority(&subject, &Serial::from(1000), today(), &mut rng).unwrap();
        let chain = [authority.certificate_der(), root.certificate_der()];
        let officer = enrol(&authority, &chain, "Contoh Petugas, S.H.", "Staf Pengawasan", 1001, &mut rng);
        let chair = enrol(&authority, &chain, "Contoh Ketua", "Ketua", 1002, &mut rng);
        Office { root, authority, officer, chair }
    }

    /// An office from before there were intermediates: its root issues to officers itself.
    pub fn of_one_level(seed: u64) -> Self {
        let Office { root, .. } = Office::new(seed);
        let mut rng = Sequence(seed + 1);
        let chain = [root.certificate_der()];
        let officer = enrol(&root, &chain, "Contoh Petugas, S.H.", "Staf Pengawasan", 1001, &mut rng);
        let chair = enrol(&root, &chain, "Contoh Ketua", "Ketua", 1002, &mut rng);
        let authority = CertificateAuthority::from_parts(
            root.certificate_der(),
            root.certificate_der(),
            &root.private_key_pkcs8().unwrap(),
        );
        Office { authority: authority.unwrap(), root, officer, chair }
    }

    pub fn trust(&self) -> TrustStore {
        TrustStore::from_pem(&self.root.certificate_pem().unwrap()).unwrap()
    }

    /// The report signed by the officer.
    pub fn signed_once(&self) -> Vec<u8> {
        sign(&base_report(), "petugas", &self.officer, today()).unwrap()
    }

    /// The report signed by the officer and then by the chair.
    pub fn signed_twice(&self) -> Vec<u8> {
        sign(&self.signed_once(), "ketua", &self.chair, today()).unwrap()
    }

    pub fn verify(&self, pdf: &[u8]) -> Verification {
        verify_document(pdf, &self.trust(), today())
    }
}

/// A key and certificate for a person, by way of a certificate request.
pub fn enrol(
    ca: &CertificateAuthority,
    chain: &[&[u8]],
    name: &str,
    position: &str,
    serial: u64,
    rng: &mut Sequence,
) -> Signer {
    let key = SoftwareKey::generate(rng);
    let subject =
        Subject { common_name: name.into(), position: position.into(), office: "Panwaslu Kecamatan Contoh".into() };
    let request = certificate_request(&key, &subject).unwrap();
    let certificate = ca.issue_officer(&request, &Serial::from(serial), today(), 365).unwrap();
    Signer { key, certificate, chain: chain.iter().map(|der| der.to_vec()).collect() }
}

pub fn sign(pdf: &[u8], field: &str, signer: &Signer, signed_at: Timestamp) -> Result<Vec<u8>, SignError> {
    let request = SignRequest {
        field,
        key: &signer.key,
        certificate_der: &signer.certificate,
        chain: &signer.chain,
        appearance: Some(&stamp()),
        signed_at,
        reason: Some("Laporan hasil pengawasan (contoh)"),
        location: None,
    };
    sign_document(pdf, &request)
}

/// Two pages, `petugas` and `ketua` on the second; the chair's field locks the document.
pub fn base_report() -> Vec<u8> {
    let mut document = Document::with_version("1.7");
    let pages = document.new_object_id();
    let first = page(&mut document, pages, "LAPORAN HASIL PENGAWASAN");
    let second = page(&mut document, pages, "Tanda tangan");
    let officer = empty_field(&mut document, second, "petugas", 60, None);
    let lock = dictionary! { "Type" => "SigFieldLock", "Action" => "All", "P" => 1 };
    let chair = empty_field(&mut document, second, "ketua", 320, Some(lock));
    let fields = vec![officer.into(), chair.into()];
    document.get_dictionary_mut(second).unwrap().set("Annots", fields.clone());
    let kids: Vec<Object> = vec![first.into(), second.into()];
    document.objects.insert(pages, dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => 2 }.into());
    let form = document.add_object(dictionary! { "Fields" => fields, "SigFlags" => 3 });
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages, "AcroForm" => form });
    document.trailer.set("Root", catalog);
    let id = Object::string_literal("0123456789abcdef");
    document.trailer.set("ID", vec![id.clone(), id]);
    saved(document)
}

/// The picture drawn into a signature field.
pub fn stamp() -> Vec<u8> {
    let mut document = Document::with_version("1.7");
    let pages = document.new_object_id();
    let page = page(&mut document, pages, "Ditandatangani (contoh)");
    let bounds: Vec<Object> = vec![0.into(), 0.into(), Object::Real(200.25), 80.into()];
    document.get_dictionary_mut(page).unwrap().set("MediaBox", bounds);
    let kids: Vec<Object> = vec![page.into()];
    document.objects.insert(pages, dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => 1 }.into());
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    document.trailer.set("Root", catalog);
    saved(document)
}

pub fn saved(mut document: Document) -> Vec<u8> {
    document.reference_table.cross_reference_type = XrefType::CrossReferenceTable;
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

fn page(document: &mut Document, pages: ObjectId, text: &str) -> ObjectId {
    let font = document.add_object(dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" });
    let content = format!("BT /F1 12 Tf 20 40 Td ({text}) Tj ET");
    let content = document.add_object(Stream::new(Dictionary::new(), content.into_bytes()));
    let bounds: Vec<Object> = vec![0.into(), 0.into(), Object::Real(595.276), Object::Real(841.89)];
    document.add_object(dictionary! {
        "Type" => "Page",
        "Parent" => pages,
        "MediaBox" => bounds,
        "Contents" => content,
        "Resources" => dictionary! { "Font" => dictionary! { "F1" => font } },
    })
}

fn empty_field(document: &mut Document, page: ObjectId, name: &str, x: i64, lock: Option<Dictionary>) -> ObjectId {
    let rect: Vec<Object> = vec![x.into(), 100.into(), Object::Real(x as f32 + 200.25), 180.into()];
    let mut field = dictionary! {
        "Type" => "Annot",
        "Subtype" => "Widget",
        "FT" => "Sig",
        "T" => Object::string_literal(name),
        "TU" => Object::string_literal(name),
        "F" => 132,
        "Rect" => rect,
        "P" => page,
    };
    if let Some(lock) = lock {
        field.set("Lock", lock);
    }
    document.add_object(field)
}
