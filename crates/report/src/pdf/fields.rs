//! Signature fields: empty ones, all of them in place before the first signature.

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

use super::text_string;
use crate::layout::SignatureField;

/// Printed, and not to be moved by the reader (ISO 32000-1, 12.5.3).
const PRINT_AND_LOCKED: i64 = 4 | 128;

/// A field on its page.
pub(super) struct Placed<'a> {
    pub(super) field: &'a SignatureField,
    pub(super) page: ObjectId,
    /// Lower left and upper right corner.
    pub(super) edges: [f32; 4],
    /// The page printpdf wrote the placeholder on; it becomes the field's appearance.
    pub(super) placeholder: ObjectId,
}

/// Adds the fields and the form that lists them; gives back the widgets in the same order.
///
/// The last field to be signed locks the document: from then on nothing but validation data may be added.
pub(super) fn add(pdf: &mut Document, placed: &[Placed<'_>]) -> Result<Vec<ObjectId>, lopdf::Error> {
    let mut widgets = Vec::new();
    for (at, place) in placed.iter().enumerate() {
        let appearance = lift_page(pdf, place.placeholder, place.field)?;
        let mut widget = dictionary! {
            "Type" => "Annot",
            "Subtype" => "Widget",
            "FT" => "Sig",
            "T" => text_string(place.field.name),
            "TU" => text_string(&place.field.label),
            "Contents" => text_string(&place.field.label),
            "F" => PRINT_AND_LOCKED,
            "Rect" => place.edges.iter().map(|&edge| Object::Real(edge)).collect::<Vec<_>>(),
            "P" => place.page,
            "AP" => dictionary! { "N" => appearance },
        };
        if at + 1 == placed.len() {
            let lock = pdf.add_object(dictionary! { "Type" => "SigFieldLock", "Action" => "All", "P" => 1 });
            widget.set("Lock", lock);
        }
        let widget = pdf.add_object(widget);
        let annotations = match pdf.get_dictionary(place.page)?.get(b"Annots") {
            Ok(Object::Array(present)) => present.iter().cloned().chain([Object::Reference(widget)]).collect(),
            _ => vec![Object::Reference(widget)],
        };
        pdf.get_dictionary_mut(place.page)?.set("Annots", annotations);
        widgets.push(widget);
    }
    if !widgets.is_empty() {
        const SIGNATURES_EXIST_APPEND_ONLY: i64 = 3;
        let form = pdf.add_object(dictionary! {
            "Fields" => super::references(widgets.iter().copied()),
            "SigFlags" => SIGNATURES_EXIST_APPEND_ONLY,
        });
        pdf.catalog_mut()?.set("AcroForm", form);
    }
    Ok(widgets)
}

/// Takes a page out of the document and makes a form XObject of what was drawn on it.
fn lift_page(pdf: &mut Document, page: ObjectId, field: &SignatureField) -> Result<ObjectId, lopdf::Error> {
    let dictionary = pdf.get_dictionary(page)?.clone();
    let drawing = dictionary.get(b"Contents")?.as_reference()?;
    let content = pdf.get_object(drawing)?.as_stream()?.content.clone();
    let resources = dictionary.get(b"Resources")?.as_reference()?;
    // Only the fonts: an appearance that listed the photos would drag them along wherever it is copied.
    let fonts = pdf.get_dictionary(resources)?.get(b"Font")?.clone();
    for spent in [page, drawing, resources] {
        pdf.objects.remove(&spent);
    }
    let tree = dictionary.get(b"Parent")?.as_reference()?;
    let tree = pdf.get_dictionary_mut(tree)?;
    let kids: Vec<Object> =
        tree.get(b"Kids")?.as_array()?.iter().filter(|kid| kid.as_reference().ok() != Some(page)).cloned().collect();
    tree.set("Count", kids.len() as i64);
    tree.set("Kids", kids);
    let edges: Vec<Object> = [0.0, 0.0, field.width, field.height].map(Object::Real).to_vec();
    let form: Dictionary = dictionary! {
        "Type" => "XObject",
        "Subtype" => "Form",
        "BBox" => edges,
        "Resources" => dictionary! { "Font" => fonts },
    };
    Ok(pdf.add_object(Stream::new(form, content)))
}
