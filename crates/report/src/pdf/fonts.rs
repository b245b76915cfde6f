//! Embedding the glyphs that are used and no others.

use std::collections::BTreeMap;

use printpdf::{FontId, FontMetrics, ParsedFont, PdfDocument, PdfFont, PdfFontHandle, PdfFontMetricsStub};
use sha2::{Digest, Sha256};
use subsetter::GlyphRemapper;

use crate::ReportError;
use crate::layout::text::Line;
use crate::layout::{Mark, Shape};
use crate::typeface::{Glyph, Style, Typeface};

/// The glyphs a document uses, and their numbers in the embedded subsets.
pub(super) struct Fonts {
    cuts: BTreeMap<Style, (GlyphRemapper, BTreeMap<u16, u16>)>,
}

impl Fonts {
    /// Collects the glyphs of all marks.
    pub(super) fn of<'a>(marks: impl IntoIterator<Item = &'a Mark>) -> Fonts {
        let mut fonts = Fonts { cuts: BTreeMap::new() };
        for mark in marks {
            if let Shape::Text(line) = &mark.shape {
                fonts.collect(line);
            }
        }
        fonts
    }

    fn collect(&mut self, line: &Line) {
        let (remapper, widths) = self.cuts.entry(line.style).or_insert_with(|| (GlyphRemapper::new(), BTreeMap::new()));
        for glyph in &line.glyphs {
            widths.insert(remapper.remap(glyph.id), glyph.id);
        }
    }

    /// The number of a glyph in the embedded subset of its cut.
    pub(super) fn number(&self, style: Style, glyph: &Glyph) -> u16 {
        self.cuts.get(&style).and_then(|(remapper, _)| remapper.get(glyph.id)).unwrap_or(0)
    }

    /// The name of a cut in the resources of the pages.
    pub(super) fn handle(style: Style) -> PdfFontHandle {
        PdfFontHandle::External(FontId(style.name().to_owned()))
    }

    /// Adds the subsets to the document.
    pub(super) fn embed(&self, pdf: &mut PdfDocument) -> Result<(), ReportError> {
        let typeface = Typeface::load()?;
        for (&style, (remapper, originals)) in &self.cuts {
            let subset =
                subsetter::subset(style.bytes(), 0, remapper).map_err(|_| ReportError::DamagedAsset("typeface"))?;
            let measures = typeface.measures(style);
            let units = |thousandths: i32| (thousandths * i32::from(measures.units_per_em) / 1000) as i16;
            let widths =
                originals.iter().map(|(&number, &original)| (number, typeface.advance(style, original))).collect();
            let name = format!("{}+{}", subset_tag(&subset), style.name());
            let metrics = FontMetrics { ascent: units(measures.ascent), descent: units(measures.descent) };
            let units_per_em = measures.units_per_em;
            let mut font =
                ParsedFont::with_glyph_data(subset, 0, Some(name), BTreeMap::new(), widths, units_per_em, metrics);
            let [x_min, y_min, x_max, y_max] = measures.bounds;
            font.pdf_font_metrics = PdfFontMetricsStub {
                units_per_em,
                x_min,
                y_min,
                x_max,
                y_max,
                // printpdf computes the angle from the slope of the caret.
                caret_slope_rise: 1000,
                caret_slope_run: (-measures.italic_angle.to_radians().tan() * 1000.0).round() as i16,
                us_weight_class: measures.weight,
            };
            pdf.resources.fonts.map.insert(FontId(style.name().to_owned()), PdfFont::new(font));
        }
        Ok(())
    }
}

/// The six letters that tell subsets of one font apart (9.6.4).
fn subset_tag(subset: &[u8]) -> String {
    Sha256::digest(subset).iter().take(6).map(|byte| char::from(b'A' + byte % 26)).collect()
}
