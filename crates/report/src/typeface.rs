//! The typeface of the documents: Liberation Sans, shaped glyph by glyph.

use rustybuzz::ttf_parser::{GlyphId, OutlineBuilder};
use rustybuzz::{BufferFlags, Direction, Face, Feature, ShapePlan, UnicodeBuffer, script, ttf_parser::Tag};

use crate::ReportError;

/// The cuts of the typeface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Style {
    Regular,
    Bold,
    Italic,
}

impl Style {
    pub(crate) const ALL: [Style; 3] = [Style::Regular, Style::Bold, Style::Italic];

    /// The PostScript name of the cut.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Style::Regular => "LiberationSans",
            Style::Bold => "LiberationSans-Bold",
            Style::Italic => "LiberationSans-Italic",
        }
    }

    /// The shipped font file.
    pub(crate) fn bytes(self) -> &'static [u8] {
        match self {
            Style::Regular => include_bytes!("../../../assets/fonts/LiberationSans-Regular.ttf"),
            Style::Bold => include_bytes!("../../../assets/fonts/LiberationSans-Bold.ttf"),
            Style::Italic => include_bytes!("../../../assets/fonts/LiberationSans-Italic.ttf"),
        }
    }
}

/// A glyph with the text it stands for, so that a document can be searched and copied from.
///
/// Lengths are whole thousandths of an em, which is how PDF states widths: a line is exactly as long on paper
/// as the layout measured it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Glyph {
    pub(crate) id: u16,
    /// Empty for the further glyphs of one cluster.
    pub(crate) text: String,
    /// The width the font states.
    pub(crate) width: i32,
    /// What is added to the width here: kerning, and the stretch of justified lines.
    pub(crate) kern: i32,
    /// How far it is moved from the pen, for marks set on letters.
    pub(crate) shift: (i32, i32),
}

/// A point of an outline, relative to the middle of the text, y downwards; two control points in a row and a point make a cubic curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct OutlinePoint {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) control: bool,
}

/// Vertical measures of a cut, for FontDescriptor and for placing baselines; thousandths of an em.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measures {
    pub(crate) ascent: i32,
    pub(crate) descent: i32,
    /// Lower left and upper right corner of all glyphs, in font units.
    pub(crate) bounds: [i16; 4],
    pub(crate) units_per_em: u16,
    pub(crate) weight: u16,
    /// How far the cut leans, in degrees from upright, negative to the right.
    pub(crate) italic_angle: f32,
}

struct Cut {
    face: Face<'static>,
    plan: ShapePlan,
}

/// The three cuts, ready to shape.
pub(crate) struct Typeface {
    cuts: [Cut; 3],
}

impl Typeface {
    /// Opens the shipped font files.
    pub(crate) fn load() -> Result<Self, ReportError> {
        let [regular, bold, italic] = Style::ALL.map(|style| {
            let face = Face::from_slice(style.bytes(), 0).ok_or(ReportError::DamagedAsset("typeface"))?;
            // One plan for everything: the typeface holds left-to-right alphabets only, and building a plan
            // for every word would cost more than shaping it. Ligatures are off, so that a glyph stands for
            // what was typed.
            let features = [Feature::new(Tag::from_bytes(b"liga"), 0, ..)];
            let plan = ShapePlan::new(&face, Direction::LeftToRight, Some(script::LATIN), None, &features);
            Ok(Cut { face, plan })
        });
        Ok(Typeface { cuts: [regular?, bold?, italic?] })
    }

    fn cut(&self, style: Style) -> &Cut {
        &self.cuts[style as usize]
    }

    /// Whether the typeface can print a character.
    ///
    /// Right-to-left letters count as missing although the font has some: nothing here reorders them, and a
    /// name in the wrong order is worse than one that is visibly replaced.
    pub(crate) fn has(&self, style: Style, character: char) -> bool {
        let right_to_left =
            matches!(character, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}');
        !right_to_left && self.cut(style).face.glyph_index(character).is_some()
    }

    /// The glyphs of a text without line breaks.
    pub(crate) fn shape(&self, style: Style, text: &str) -> Vec<Glyph> {
        let Cut { face, plan } = self.cut(style);
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.set_direction(Direction::LeftToRight);
        buffer.set_script(script::LATIN);
        buffer.set_flags(BufferFlags::REMOVE_DEFAULT_IGNORABLES);
        let shaped = rustybuzz::shape_with_plan(face, plan, buffer);
        let em = i32::from(face.units_per_em() as u16);
        let infos = shaped.glyph_infos();
        let mut glyphs = Vec::with_capacity(infos.len());
        for (at, (info, position)) in infos.iter().zip(shaped.glyph_positions()).enumerate() {
            let from = info.cluster as usize;
            let first_of_cluster = at == 0 || infos[at - 1].cluster != info.cluster;
            let until = infos[at..].iter().map(|later| later.cluster as usize).find(|&start| start > from);
            let covered = if first_of_cluster { &text[from..until.unwrap_or(text.len())] } else { "" };
            let id = info.glyph_id as u16;
            let stated = i32::from(face.glyph_hor_advance(GlyphId(id)).unwrap_or(0));
            glyphs.push(Glyph {
                id,
                // A no-break space looks like a space and must be copied as one.
                text: covered.replace('\u{a0}', " "),
                width: stated * 1000 / em,
                kern: (position.x_advance - stated) * 1000 / em,
                shift: (position.x_offset * 1000 / em, position.y_offset * 1000 / em),
            });
        }
        glyphs
    }

    /// The outlines of a text around its middle, turned counter-clockwise by the angle in degrees.
    pub(crate) fn outlines(&self, style: Style, text: &str, size: f32, angle: f32) -> Vec<Vec<OutlinePoint>> {
        let glyphs = self.shape(style, text);
        let face = &self.cut(style).face;
        let length: i32 = glyphs.iter().map(|glyph| glyph.width + glyph.kern).sum();
        let mut pen = Pen {
            contours: Vec::new(),
            scale: size / face.units_per_em() as f32,
            origin: -(length as f32) * size / 2000.0,
            turn: angle.to_radians().sin_cos(),
            at: (0.0, 0.0),
        };
        for glyph in glyphs {
            face.outline_glyph(GlyphId(glyph.id), &mut pen);
            pen.origin += (glyph.width + glyph.kern) as f32 * size / 1000.0;
        }
        pen.contours
    }

    /// The width the font states for a glyph, in font units.
    pub(crate) fn advance(&self, style: Style, glyph: u16) -> u16 {
        self.cut(style).face.glyph_hor_advance(GlyphId(glyph)).unwrap_or(0)
    }

    /// The measures of a cut.
    pub(crate) fn measures(&self, style: Style) -> Measures {
        let face = &self.cut(style).face;
        let units_per_em = face.units_per_em() as u16;
        let thousandths = |units: i16| i32::from(units) * 1000 / i32::from(units_per_em);
        let bounds = face.global_bounding_box();
        Measures {
            ascent: thousandths(face.ascender()),
            descent: thousandths(face.descender()),
            bounds: [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max],
            units_per_em,
            weight: face.weight().to_number(),
            italic_angle: face.italic_angle(),
        }
    }
}

/// Draws glyphs as outlines: scales, turns, and makes quadratic curves cubic.
struct Pen {
    contours: Vec<Vec<OutlinePoint>>,
    scale: f32,
    /// Where the glyph begins on the unturned baseline, in points.
    origin: f32,
    turn: (f32, f32),
    /// Where the last segment ended, in font units.
    at: (f32, f32),
}

impl Pen {
    fn add(&mut self, x: f32, y: f32, control: bool) {
        let (sin, cos) = self.turn;
        let (along, up) = (self.origin + x * self.scale, y * self.scale);
        let point = OutlinePoint { x: along * cos - up * sin, y: -(along * sin + up * cos), control };
        if let Some(contour) = self.contours.last_mut() {
            contour.push(point);
        }
        self.at = (x, y);
    }
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.contours.push(Vec::new());
        self.add(x, y, false);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.add(x, y, false);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let (x0, y0) = self.at;
        let towards = |end: f32, control: f32| end + (control - end) * 2.0 / 3.0;
        self.curve_to(towards(x0, x1), towards(y0, y1), towards(x, x1), towards(y, y1), x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.add(x1, y1, true);
        self.add(x2, y2, true);
        self.add(x, y, false);
    }

    fn close(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glyph_remembers_what_it_stands_for() {
        let typeface = Typeface::load().unwrap();
        for text in ["Ambon", "é ñ ō", "fi fl", "Ma\u{301}luku"] {
            let copied: String = typeface.shape(Style::Regular, text).into_iter().map(|glyph| glyph.text).collect();
            assert_eq!(copied, text, "copying gives what was typed");
        }
    }

    #[test]
    fn what_cannot_be_printed_is_known() {
        let typeface = Typeface::load().unwrap();
        for (character, printed) in [('A', true), ('é', true), ('–', true), ('😀', false), ('א', false), ('漢', false)]
        {
            assert_eq!(typeface.has(Style::Bold, character), printed, "{character}");
        }
    }
}
