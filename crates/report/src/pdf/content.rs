//! The drawing of one page, as printpdf operations.

use std::collections::BTreeMap;

use printpdf::{
    Codepoint, Color, CurTransMat, DictItem, Greyscale, LinePoint, Op, PaintMode, PdfPage, Point, Polygon, PolygonRing,
    Pt, Rect, TextItem, TextMatrix, WindingOrder, XObjectId, XObjectTransform,
};

use super::fonts::Fonts;
use crate::layout::picture::Picture;
use crate::layout::structure::{NodeId, Owner, Role};
use crate::layout::text::Line;
use crate::layout::{Mark, Shape, Sheet};
use crate::typeface::{Glyph, OutlinePoint};

/// Whether the content is tagged with the structure it belongs to.
pub(super) enum Tagging<'a> {
    /// Each element's content gets a number, counted up per page, and the element's tag.
    Tagged(&'a dyn Fn(NodeId) -> Role),
    /// For appearances, which belong to their field as a whole.
    Untagged,
}

/// A page and the elements its marked contents belong to, by their numbers.
pub(super) struct Drawn {
    pub(super) page: PdfPage,
    pub(super) owners: Vec<NodeId>,
}

/// Draws marks on a sheet.
pub(super) fn draw(marks: &[Mark], sheet: Sheet, fonts: &Fonts, pictures: &[Picture], tagging: &Tagging<'_>) -> Drawn {
    let mut ops = Vec::new();
    let mut owners = Vec::new();
    let mut open = None;
    for mark in marks {
        // The widget annotation draws a field.
        if matches!(mark.shape, Shape::Field { .. }) {
            continue;
        }
        if let Tagging::Tagged(role) = tagging
            && open != Some(mark.owner)
        {
            if open.is_some() {
                ops.push(Op::EndMarkedContent);
            }
            ops.push(begin(mark.owner, &mut owners, role));
            open = Some(mark.owner);
        }
        draw_mark(mark, sheet, fonts, pictures, &mut ops);
    }
    if open.is_some() {
        ops.push(Op::EndMarkedContent);
    }
    let frame = Rect {
        x: Pt(0.0),
        y: Pt(0.0),
        width: Pt(sheet.width),
        height: Pt(sheet.height),
        mode: None,
        winding_order: None,
    };
    Drawn { page: PdfPage { media_box: frame.clone(), trim_box: frame.clone(), crop_box: frame, ops }, owners }
}

fn begin(owner: Owner, owners: &mut Vec<NodeId>, role: &dyn Fn(NodeId) -> Role) -> Op {
    let name = |name: &str| DictItem::Name(name.as_bytes().to_vec());
    let (tag, entry) = match owner {
        Owner::Element(node) => {
            owners.push(node);
            (super::structure::tag(role(node)), ("MCID", DictItem::Int(owners.len() as i64 - 1)))
        }
        Owner::Decoration => ("Artifact", ("Type", name("Layout"))),
        Owner::Pagination => ("Artifact", ("Type", name("Pagination"))),
    };
    let map = BTreeMap::from([(entry.0.to_owned(), entry.1)]);
    Op::BeginMarkedContentWithProperties { tag: tag.to_owned(), properties: DictItem::Dict { map } }
}

fn grey(shade: f32) -> Op {
    Op::SetFillColor { col: Color::Greyscale(Greyscale::new(shade, None)) }
}

/// The name of a picture in the resources of the pages.
pub(super) fn picture_name(picture: usize) -> XObjectId {
    XObjectId(format!("Picture{picture}"))
}

fn draw_mark(mark: &Mark, sheet: Sheet, fonts: &Fonts, pictures: &[Picture], ops: &mut Vec<Op>) {
    let (x, y) = (mark.x, sheet.height - mark.y);
    match &mark.shape {
        Shape::Text(line) => {
            ops.push(grey(0.0));
            draw_line(line, fonts, (x, y), ops);
        }
        Shape::Outline { contours, shade } => {
            let point = |point: &OutlinePoint| LinePoint {
                p: Point { x: Pt(x + point.x), y: Pt(y - point.y) },
                bezier: point.control,
            };
            let rings = contours.iter().map(|contour| PolygonRing { points: contour.iter().map(point).collect() });
            let winding_order = WindingOrder::NonZero;
            ops.push(grey(*shade));
            ops.push(Op::DrawPolygon {
                polygon: Polygon { rings: rings.collect(), mode: PaintMode::Fill, winding_order },
            });
        }
        Shape::Box { width, height, shade } => {
            ops.push(grey(*shade));
            ops.push(Op::DrawRectangle {
                rectangle: Rect {
                    x: Pt(x),
                    y: Pt(y - height),
                    width: Pt(*width),
                    height: Pt(*height),
                    mode: Some(PaintMode::Fill),
                    winding_order: None,
                },
            });
        }
        Shape::Picture { picture, width, height } => {
            let orientation = pictures.get(*picture).map_or(1, |picture| picture.orientation);
            let matrix = CurTransMat::Raw(upright(orientation, x, y - height, *width, *height));
            ops.push(Op::SaveGraphicsState);
            ops.push(Op::SetTransformationMatrix { matrix });
            let transform = XObjectTransform { no_auto_scale: true, ..XObjectTransform::default() };
            ops.push(Op::UseXobject { id: picture_name(*picture), transform });
            ops.push(Op::RestoreGraphicsState);
        }
        Shape::Code { modules, dark, size } => {
            ops.push(grey(0.0));
            ops.push(Op::DrawPolygon { polygon: code_path(*modules, dark, *size, x, y) });
        }
        Shape::Field { .. } => {}
    }
}

fn draw_line(line: &Line, fonts: &Fonts, origin: (f32, f32), ops: &mut Vec<Op>) {
    if line.glyphs.is_empty() {
        return;
    }
    ops.push(Op::StartTextSection);
    ops.push(Op::SetFont { font: Fonts::handle(line.style), size: Pt(line.size) });
    let mut shown: Vec<Codepoint> = Vec::new();
    let mut from = 0;
    let mut pen = 0;
    for glyph in &line.glyphs {
        // A mark set on a letter stands apart from the pen, so it is shown at a place of its own.
        if glyph.shift != (0, 0) {
            show(&mut shown, from, (0, 0), line, origin, ops);
            shown.push(codepoint(line, glyph, fonts));
            show(&mut shown, pen, glyph.shift, line, origin, ops);
            from = pen + glyph.width + glyph.kern;
        } else {
            shown.push(codepoint(line, glyph, fonts));
        }
        pen += glyph.width + glyph.kern;
    }
    show(&mut shown, from, (0, 0), line, origin, ops);
    ops.push(Op::EndTextSection);
}

fn codepoint(line: &Line, glyph: &Glyph, fonts: &Fonts) -> Codepoint {
    // In PDF a positive number between glyphs moves the pen back.
    let cid = Some(glyph.text.clone()).filter(|text| !text.is_empty());
    Codepoint { gid: fonts.number(line.style, glyph), offset: -glyph.kern as f32, cid }
}

fn show(glyphs: &mut Vec<Codepoint>, at: i32, shift: (i32, i32), line: &Line, origin: (f32, f32), ops: &mut Vec<Op>) {
    if glyphs.is_empty() {
        return;
    }
    let points = |thousandths: i32| thousandths as f32 * line.size / 1000.0;
    let (x, y) = (origin.0 + points(at + shift.0), origin.1 + points(shift.1));
    ops.push(Op::SetTextMatrix { matrix: TextMatrix::Raw([1.0, 0.0, 0.0, 1.0, x, y]) });
    ops.push(Op::ShowText { items: vec![TextItem::GlyphIds(std::mem::take(glyphs))] });
}

/// The matrix that puts the unit square of a stored picture upright into a box (EXIF 2.32, Orientation).
fn upright(orientation: u32, x: f32, y: f32, w: f32, h: f32) -> [f32; 6] {
    match orientation {
        2 => [-w, 0.0, 0.0, h, x + w, y],
        3 => [-w, 0.0, 0.0, -h, x + w, y + h],
        4 => [w, 0.0, 0.0, -h, x, y + h],
        5 => [0.0, -h, -w, 0.0, x + w, y + h],
        6 => [0.0, -h, w, 0.0, x, y + h],
        7 => [0.0, h, w, 0.0, x, y],
        8 => [0.0, h, -w, 0.0, x + w, y],
        _ => [w, 0.0, 0.0, h, x, y],
    }
}

/// The dark squares as one path, neighbours in a row as one rectangle: no hairlines between them on paper.
fn code_path(modules: usize, dark: &[bool], size: f32, left: f32, top: f32) -> Polygon {
    let side = size / modules as f32;
    let mut rings = Vec::new();
    for (row, cells) in dark.chunks(modules).enumerate() {
        let mut column = 0;
        while column < cells.len() {
            let run = cells[column..].iter().take_while(|&&dark| dark).count();
            if run > 0 {
                let (x0, x1) = (left + column as f32 * side, left + (column + run) as f32 * side);
                let (y0, y1) = (top - row as f32 * side, top - (row + 1) as f32 * side);
                let corner = |x, y| LinePoint { p: Point { x: Pt(x), y: Pt(y) }, bezier: false };
                rings
                    .push(PolygonRing { points: vec![corner(x0, y0), corner(x1, y0), corner(x1, y1), corner(x0, y1)] });
            }
            column += run.max(1);
        }
    }
    Polygon { rings, mode: PaintMode::Fill, winding_order: WindingOrder::NonZero }
}
