//! A whole document: pages, structure, metadata, fields.

use std::collections::BTreeMap;

use lopdf::ObjectId;
use printpdf::{DictItem, ExternalStream, ExternalXObject, PdfDocument, PdfSaveOptions, XObject};

use super::content::{Tagging, draw, picture_name};
use super::fonts::Fonts;
use super::{Facts, fields, metadata, save, structure, write_error};
use crate::ReportError;
use crate::layout::picture::{Picture, Raster};
use crate::layout::structure::{NodeId, Owner};
use crate::layout::{Doc, Mark, Shape, Sheet};

/// Writes a laid out document.
pub(crate) fn write_document(doc: &Doc, facts: &Facts) -> Result<Vec<u8>, ReportError> {
    let placeholders = doc.fields.iter().flat_map(|field| &field.placeholder);
    let fonts = Fonts::of(doc.pages.iter().flat_map(|page| &page.marks).chain(placeholders));
    let mut written = PdfDocument::new("");
    fonts.embed(&mut written)?;
    for (number, picture) in doc.pictures.iter().enumerate() {
        written.resources.xobjects.map.insert(picture_name(number), embedded(picture));
    }

    let role = |node: NodeId| doc.structure.nodes[node.0].role;
    let mut owners = Vec::new();
    for page in &doc.pages {
        let drawn = draw(&page.marks, doc.sheet, &fonts, &doc.pictures, &Tagging::Tagged(&role));
        written.pages.push(drawn.page);
        owners.push(drawn.owners);
    }
    // Behind the pages, the placeholder of every field on a page of its own, to be taken out again below: so
    // printpdf writes them with the same fonts as the pages.
    for field in &doc.fields {
        let sheet = Sheet { width: field.width, height: field.height };
        written.pages.push(draw(&field.placeholder, sheet, &fonts, &[], &Tagging::Untagged).page);
    }

    let mut pdf = written.to_lopdf_document(&PdfSaveOptions::default(), &mut Vec::new());
    pdf.version = "1.7".to_owned();
    let ids: Vec<ObjectId> = pdf.page_iter().collect();
    let (pages, placeholders) = ids.split_at(doc.pages.len().min(ids.len()));

    let mut placed = BTreeMap::new();
    let mut boxes = Vec::new();
    for (&id, page) in pages.iter().zip(&doc.pages) {
        for mark in &page.marks {
            match (&mark.shape, mark.owner) {
                (Shape::Field { field: number }, Owner::Element(owner)) => {
                    let (field, placeholder) = (&doc.fields[*number], placeholders[*number]);
                    let edges = corners(mark, doc.sheet, field.width, field.height);
                    placed.insert(*number, (fields::Placed { field, page: id, edges, placeholder }, owner));
                }
                (Shape::Picture { width, height, .. }, Owner::Element(owner)) => {
                    boxes.push((owner, corners(mark, doc.sheet, *width, *height)));
                }
                _ => {}
            }
        }
    }
    // In the order of signing, which is the order of the document's fields and not that on the page.
    let (placed, owners_of_fields): (Vec<_>, Vec<_>) = placed.into_values().unzip();
    let widgets = fields::add(&mut pdf, &placed).map_err(write_error)?;
    let widgets = widgets.into_iter().zip(owners_of_fields).zip(&placed);
    let annotations = widgets.map(|((widget, owner), place)| (widget, owner, place.page)).collect();
    let pages = pages.iter().copied().zip(owners).collect();
    let contents = structure::Contents { pages, annotations, boxes };
    structure::add(&mut pdf, &doc.structure, &contents).map_err(write_error)?;
    metadata::add(&mut pdf, facts)?;
    save(pdf)
}

fn corners(mark: &Mark, sheet: Sheet, width: f32, height: f32) -> [f32; 4] {
    let top = sheet.height - mark.y;
    [mark.x, top - height, mark.x + width, top]
}

fn embedded(picture: &Picture) -> XObject {
    let name = |name: &str| DictItem::Name(name.as_bytes().to_vec());
    let mut dict = BTreeMap::from([
        ("Type".to_owned(), name("XObject")),
        ("Subtype".to_owned(), name("Image")),
        ("Width".to_owned(), DictItem::Int(i64::from(picture.columns))),
        ("Height".to_owned(), DictItem::Int(i64::from(picture.rows))),
        ("BitsPerComponent".to_owned(), DictItem::Int(8)),
    ]);
    let mut colours = |space| dict.insert("ColorSpace".to_owned(), name(space));
    let (content, compress) = match &picture.raster {
        Raster::Jpeg { bytes, grey } => {
            colours(if *grey { "DeviceGray" } else { "DeviceRGB" });
            dict.insert("Filter".to_owned(), name("DCTDecode"));
            (bytes.clone(), false)
        }
        Raster::Rgb(pixels) => {
            colours("DeviceRGB");
            (pixels.clone(), true)
        }
    };
    XObject::External(ExternalXObject {
        stream: ExternalStream { dict, content, compress },
        width: None,
        height: None,
        dpi: None,
    })
}
