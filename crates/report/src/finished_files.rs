//! Tests of the finished files: what signing and archives rely on.

use arumbae_domain::Paper;
use lopdf::{Dictionary, Document, Object};

use crate::attendance_list::{self, AttendanceListInput};
use crate::supervision_report::{self, SupervisionReportInput};
use crate::{Photo, fixtures};

fn report_pdf(photos: &[Photo]) -> Vec<u8> {
    let input = SupervisionReportInput {
        report: &fixtures::report(),
        photos,
        chair: &fixtures::chair(),
        imprint: &fixtures::imprint(Paper::A4, true),
    };
    supervision_report::render(&input).unwrap().pdf
}

fn attendance_pdf(attendees: usize) -> Vec<u8> {
    let input = AttendanceListInput {
        event: &fixtures::event(attendees),
        officer: &fixtures::chair(),
        signed_place: "Ambon",
        signed_date: None,
        imprint: &fixtures::imprint(Paper::F4, false),
    };
    attendance_list::render(&input).unwrap().pdf
}

fn fields(pdf: &Document) -> Vec<Dictionary> {
    let form = pdf.catalog().unwrap().get_deref(b"AcroForm", pdf).unwrap().as_dict().unwrap();
    let fields = form.get(b"Fields").unwrap().as_array().unwrap();
    fields.iter().map(|field| pdf.get_dictionary(field.as_reference().unwrap()).unwrap().clone()).collect()
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let photos = fixtures::photos();
    assert_eq!(report_pdf(&photos), report_pdf(&photos));
    assert_eq!(attendance_pdf(40), attendance_pdf(40));
}

#[test]
fn two_documents_have_two_identifiers() {
    let identifier = |pdf: &[u8]| {
        let pdf = Document::load_mem(pdf).unwrap();
        pdf.trailer.get(b"ID").unwrap().as_array().unwrap()[0].as_str().unwrap().to_vec()
    };
    let ids = [identifier(&report_pdf(&[])), identifier(&attendance_pdf(3)), identifier(&attendance_pdf(4))];
    assert!(ids.iter().all(|id| id.len() == 16 && id.iter().any(|byte| *byte != 0)));
    assert!(ids[0] != ids[1] && ids[1] != ids[2]);
}

#[track_caller]
fn check_fields(pdf: &[u8], names: &[&str]) {
    let pdf = Document::load_mem(pdf).unwrap();
    let fields = fields(&pdf);
    let found: Vec<&[u8]> = fields.iter().map(|field| field.get(b"T").unwrap().as_str().unwrap()).collect();
    assert_eq!(found, names.iter().map(|name| name.as_bytes()).collect::<Vec<_>>(), "in the order of signing");
    for (at, field) in fields.iter().enumerate() {
        assert!(field.get(b"V").is_err(), "nothing is signed yet");
        assert_eq!(field.get(b"F").unwrap().as_i64().unwrap(), 132);
        assert!(field.has(b"TU") && field.has(b"StructParent"), "a screen reader can say what to sign");
        assert_eq!(field.has(b"Lock"), at + 1 == fields.len(), "the last signature locks the document");
        let edges: Vec<f32> =
            field.get(b"Rect").unwrap().as_array().unwrap().iter().map(|e| e.as_float().unwrap()).collect();
        assert!(edges[2] - edges[0] > 150.0 && edges[3] - edges[1] > 50.0, "there is room to sign by hand");
        let appearance = field.get(b"AP").unwrap().as_dict().unwrap().get(b"N").unwrap().as_reference().unwrap();
        assert!(pdf.get_object(appearance).unwrap().as_stream().is_ok(), "it says that nothing is signed yet");
        let page = pdf.get_dictionary(field.get(b"P").unwrap().as_reference().unwrap()).unwrap();
        assert!(!page.get(b"Annots").unwrap().as_array().unwrap().is_empty());
    }
}

#[test]
fn every_field_is_there_before_the_first_signature() {
    check_fields(&report_pdf(&[]), &["petugas", "ketua"]);
    check_fields(&attendance_pdf(2), &["petugas"]);
}

#[test]
fn photos_are_embedded_byte_for_byte() {
    let photos = fixtures::photos();
    let pdf = Document::load_mem(&report_pdf(&photos)).unwrap();
    let streams: Vec<&[u8]> = pdf
        .objects
        .values()
        .filter_map(|object| object.as_stream().ok())
        .filter(|stream| matches!(stream.dict.get(b"Filter"), Ok(Object::Name(name)) if name == b"DCTDecode"))
        .map(|stream| stream.content.as_slice())
        .collect();
    let readable = photos.iter().filter(|photo| photo.file_name != "IMG_0003.jpg");
    assert_eq!(streams, readable.map(|photo| photo.bytes.as_slice()).collect::<Vec<_>>());
}

#[test]
fn the_record_goes_along() {
    let pdf = Document::load_mem(&report_pdf(&[])).unwrap();
    let file = pdf.catalog().unwrap().get(b"AF").unwrap().as_array().unwrap()[0].as_reference().unwrap();
    let file = pdf.get_dictionary(file).unwrap();
    assert_eq!(file.get(b"AFRelationship").unwrap().as_name().unwrap(), b"Data");
    let stream = file.get(b"EF").unwrap().as_dict().unwrap().get(b"F").unwrap().as_reference().unwrap();
    let bytes = pdf.get_object(stream).unwrap().as_stream().unwrap().get_plain_content().unwrap();
    let record: arumbae_domain::SupervisionReport = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(record, fixtures::report());
}
