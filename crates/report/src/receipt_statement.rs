//! Tanda terima provinsi: which of an officer's work the province has, and since when.
//!
//! The receipts themselves, each signed by the province, go along as `record.json`: the paper is for people, they are the
//! proof.

use std::rc::Rc;

use arumbae_domain::calendar::{self, IndonesianZone};
use jiff::Timestamp;

use crate::layout::MM;
use crate::layout::row::Row;
use crate::layout::structure::{Role, Structure};
use crate::layout::text::{Align, Setting};
use crate::manuscript::Manuscript;
use crate::table::TABLE;
use crate::{Imprint, Rendered, ReportError, Signer};

/// What the statement is made from.
#[derive(Clone, Debug)]
pub struct ReceiptStatementInput<'a> {
    /// Whose work it is.
    pub officer: &'a Signer,
    /// The name of the laptop, the first digits of its key.
    pub laptop: &'a str,
    /// The key the province signs its receipts with, hexadecimal.
    pub registry_key: &'a str,
    /// The receipts, in the order of printing.
    pub receipts: &'a [ReceiptLine],
    /// How many older ones are left out.
    pub left_out: u64,
    /// Saves the province has not receipted yet.
    pub waiting: u64,
    /// The signed receipts as JSON; attached to the document as `record.json`.
    pub record: Vec<u8>,
    /// The facts of this issue.
    pub imprint: &'a Imprint,
}

/// A receipt as it is printed.
#[derive(Clone, Debug)]
pub struct ReceiptLine {
    /// When the province received it.
    pub received_at: Timestamp,
    /// The name of the region it was written for.
    pub region: String,
    /// Its number in the region.
    pub number: u64,
    /// How many saves it covers.
    pub saves: u32,
    /// What the records it wrote in are called.
    pub titles: Vec<String>,
    /// The segment's hash, hexadecimal.
    pub hash: String,
}

/// The statement. It has no signature field: what counts in it is signed already.
pub fn render(input: &ReceiptStatementInput<'_>) -> Result<Rendered, ReportError> {
    let (manuscript, title) = write(input)?;
    manuscript.finish(title, input.record.clone(), input.imprint)
}

/// Shares of the table's width: No, Diterima, Wilayah dan nomor, Isi, Simpanan, Sidik.
const COLUMNS: [f32; 6] = [0.05, 0.17, 0.2, 0.29, 0.11, 0.18];

/// More titles than these are counted.
const MOST_TITLES: usize = 4;

/// As much of a hash as people compare by eye; the whole one is attached.
const SHOWN_DIGITS: usize = 16;

fn write(input: &ReceiptStatementInput<'_>) -> Result<(Manuscript, String), ReportError> {
    let mut manuscript = Manuscript::new(input.imprint, 16.0 * MM)?;
    let title = manuscript.wording.text("doc-receipts-document-title");
    let heading = manuscript.wording.text("doc-receipts-title");
    manuscript.heading(Role::Title, &heading, Setting::new(13.0).bold().align(Align::Centre), 0.0);
    manuscript.space(10.0);
    facts(&mut manuscript, input);
    table(&mut manuscript, input.receipts);
    if input.left_out > 0 {
        let left_out = manuscript.wording.with("doc-receipts-left-out", &[("count", &input.left_out.to_string())]);
        manuscript.paragraph(&left_out, 0.0);
    }
    let explanation = manuscript.wording.text("doc-receipts-explanation");
    manuscript.space(8.0);
    manuscript.paragraph(&explanation, 0.0);
    Ok((manuscript, title))
}

fn facts(manuscript: &mut Manuscript, input: &ReceiptStatementInput<'_>) {
    let list = manuscript.list(Structure::ROOT);
    let facts = [
        ("doc-receipts-officer", input.officer.name.clone()),
        ("doc-receipts-position", input.officer.position.clone()),
        ("doc-receipts-office", input.imprint.office.clone()),
        ("doc-receipts-laptop", input.laptop.to_owned()),
        ("doc-receipts-key", input.registry_key.to_owned()),
        ("doc-receipts-as-of", calendar::moment(input.imprint.issued_at, IndonesianZone::Wit)),
        ("doc-receipts-waiting", input.waiting.to_string()),
    ];
    for (key, value) in facts {
        let label = manuscript.wording.text(key);
        manuscript.item(list, 0, "", &label, &value);
    }
    manuscript.space(10.0);
}

fn table(manuscript: &mut Manuscript, receipts: &[ReceiptLine]) {
    if receipts.is_empty() {
        let empty = manuscript.wording.text("doc-receipts-none");
        return manuscript.paragraph(&empty, 0.0);
    }
    let table = manuscript.structure.add(Structure::ROOT, Role::Table);
    let heads = [
        "doc-receipts-column-number",
        "doc-receipts-column-received",
        "doc-receipts-column-place",
        "doc-receipts-column-content",
        "doc-receipts-column-saves",
        "doc-receipts-column-hash",
    ];
    let heads: Vec<String> = heads.iter().map(|key| manuscript.wording.text(key)).collect();
    let header = Rc::new(manuscript.table_head(table, &COLUMNS, &heads));
    manuscript.push((*header).clone());
    for (at, receipt) in receipts.iter().enumerate() {
        let place = manuscript
            .wording
            .with("doc-receipts-place", &[("region", &receipt.region), ("number", &receipt.number.to_string())]);
        let texts = [
            ((at + 1).to_string(), Align::Centre),
            (calendar::moment(receipt.received_at, IndonesianZone::Wit), Align::Left),
            (place, Align::Left),
            (titles(manuscript, &receipt.titles), Align::Left),
            (receipt.saves.to_string(), Align::Right),
            (receipt.hash.chars().take(SHOWN_DIGITS).collect(), Align::Left),
        ];
        let cells = manuscript.table_cells(table, Role::Cell, &COLUMNS, &texts, TABLE);
        manuscript.push(Row { cells, ruled: true, header: Some(header.clone()), ..Row::default() });
    }
}

fn titles(manuscript: &Manuscript, titles: &[String]) -> String {
    let mut shown: Vec<String> = titles.iter().take(MOST_TITLES).cloned().collect();
    if titles.len() > MOST_TITLES {
        let more = (titles.len() - MOST_TITLES).to_string();
        shown.push(manuscript.wording.with("doc-receipts-more", &[("count", &more)]));
    }
    shown.join("\n")
}

#[cfg(test)]
mod tests {
    use arumbae_domain::Paper;

    use super::*;
    use crate::fixtures;

    fn line(number: u64, titles: &[&str]) -> ReceiptLine {
        ReceiptLine {
            received_at: "2026-11-28T11:05:00Z".parse().unwrap(),
            region: "Nusaniwe, Kota Ambon".to_owned(),
            number,
            saves: 3,
            titles: titles.iter().map(|&title| title.to_owned()).collect(),
            hash: "5f".repeat(32),
        }
    }

    #[track_caller]
    fn described(receipts: &[ReceiptLine], left_out: u64) -> String {
        let imprint = fixtures::imprint(Paper::A4, false);
        let input = ReceiptStatementInput {
            officer: &fixtures::chair(),
            laptop: "5b014138",
            registry_key: &"a1".repeat(32),
            receipts,
            left_out,
            waiting: 2,
            record: b"[]".to_vec(),
            imprint: &imprint,
        };
        let (mut manuscript, title) = write(&input).unwrap();
        manuscript.lay_out(title, b"[]".to_vec(), &imprint).0.describe()
    }

    #[test]
    fn a_statement_with_many_titles() {
        let receipts = [
            line(41, &["Sosialisasi dan kampanye pemilihan"]),
            line(42, &["Satu", "Dua", "Tiga", "Empat", "Lima", "Enam"]),
            line(43, &[]),
        ];
        insta::assert_snapshot!(described(&receipts, 12));
    }

    #[test]
    fn a_statement_without_receipts() {
        insta::assert_snapshot!(described(&[], 0));
    }

    #[test]
    fn the_head_is_on_every_page() {
        let receipts: Vec<ReceiptLine> = (1..=120).map(|number| line(number, &["Contoh catatan"])).collect();
        let description = described(&receipts, 0);
        assert!(description.matches("Diterima provinsi").count() >= 3, "it goes over several pages");
    }
}
