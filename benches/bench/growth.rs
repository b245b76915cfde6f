//! What becomes of opening, searching, listing and merging as a store fills up.

use std::path::Path;
use std::time::Instant;

use arumbae_bench::figures::{Figure, millis};
use arumbae_bench::season::{Known, Season};
use arumbae_domain::schema::RecordKind;
use arumbae_measure::merging::{NOW_MS, median, new_store, open_store};
use arumbae_store::{ListQuery, Store};

use crate::Outcome;

/// What is measured once a store holds so many findings, each of 20 operations.
struct Mark {
    findings: usize,
    name: &'static str,
    /// Whether search and lists are measured, which depend on records and not on operations.
    records: bool,
}

const MARKS: [Mark; 5] = [
    Mark { findings: 500, name: "10,000 operations", records: false },
    Mark { findings: 5_000, name: "100,000 operations", records: false },
    Mark { findings: 10_000, name: "10,000 records", records: true },
    Mark { findings: 50_000, name: "1,000,000 operations", records: false },
    Mark { findings: 100_000, name: "100,000 records", records: true },
];

/// Segments in one answer, and so in one transaction: about 256 KiB.
const SEGMENTS_PER_ANSWER: usize = 12;
/// How often the same is asked.
const TIMES: usize = 5;
/// Rows a screen shows of a search (`crates/app/src/record/mod.rs`).
const SHOWN: usize = 20;

/// Fills one store up to `largest` findings and measures on the way.
pub fn figures(largest: usize, scratch: &Path) -> Outcome<Vec<Figure>> {
    let folder = scratch.join("growth");
    let mut season = Season::new(7);
    let mut store = new_store(&folder)?;
    let mut figures = Vec::new();
    for Mark { findings, name, records } in MARKS.into_iter().filter(|mark| mark.findings <= largest) {
        let (before, mut merging, mut indexing) = (season.operations(), 0.0, 0.0);
        while season.findings() < findings {
            let answer = (0..SEGMENTS_PER_ANSWER).map(|_| season.next_segment()).collect::<Result<_, _>>()?;
            let start = Instant::now();
            store.apply_segments(answer, &[], NOW_MS)?;
            merging += start.elapsed().as_secs_f64();
            let start = Instant::now();
            while store.index_pending(512)? {}
            indexing += start.elapsed().as_secs_f64();
        }
        let operations = (season.operations() - before) as f64;
        figures.push(Figure::higher(format!("merge up to {name}"), operations / merging, "operations/s"));
        figures.push(Figure::higher(format!("index words up to {name}"), operations / indexing, "operations/s"));
        drop(store);
        store = if records {
            let store = open_store(&folder)?;
            figures.extend(reading(&store, name, season.known())?);
            store
        } else {
            let (opened, time) = opening(&folder)?;
            figures.push(Figure::lower(format!("open the store, {name}"), time, "ms"));
            opened
        };
        let stored = std::fs::metadata(folder.join("store.db"))?.len() as f64;
        figures.push(Figure::lower(format!("stored, {name}"), stored / season.operations() as f64, "bytes/operation"));
    }
    Ok(figures)
}

/// Without what trying a passphrase costs on purpose.
fn opening(folder: &Path) -> Outcome<(Store, f64)> {
    let mut times = Vec::new();
    for _ in 0..TIMES {
        let start = Instant::now();
        drop(open_store(folder)?);
        times.push(millis(start.elapsed()));
    }
    Ok((open_store(folder)?, median(times)))
}

fn reading(store: &Store, name: &str, known: &[Known]) -> Outcome<Vec<Figure>> {
    let mut times = Vec::new();
    for text in queries(known) {
        let start = Instant::now();
        store.search(&text, SHOWN)?;
        times.push(millis(start.elapsed()));
    }
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    let list = |text: Option<&str>| -> Outcome<f64> {
        let mut times = Vec::new();
        for _ in 0..TIMES {
            let query = ListQuery { text: text.map(str::to_owned), ..ListQuery::default() };
            let start = Instant::now();
            let page = store.list(RecordKind::Finding, &query)?;
            store.list(RecordKind::Finding, &ListQuery { after_key: page.next, ..query })?;
            times.push(millis(start.elapsed()) / 2.0);
        }
        Ok(median(times))
    };
    Ok(vec![
        Figure::lower(format!("search p50, {name}"), at(0.5), "ms"),
        Figure::lower(format!("search p99, {name}"), at(0.99), "ms"),
        Figure::lower(format!("page of a list, {name}"), list(None)?, "ms"),
        Figure::lower(format!("page of a list by a frequent word, {name}"), list(Some("kampanye"))?, "ms"),
        Figure::lower(format!("page of a list by a name, {name}"), list(Some(&known[known.len() / 2].name))?, "ms"),
    ])
}

/// What officers type: names whole and begun, numbers in every form, words frequent and rare, and what is nowhere.
fn queries(known: &[Known]) -> Vec<String> {
    let words = [
        "kampanye",
        "pengawas",
        "pelanggaran",
        "dukung",
        "mendukung",
        "membagikan sembako",
        "politik uang",
        "warga desa",
        "kampanye calon",
        "karang",
        "perahu motor",
        "undangan",
        "pemilihan",
        "men",
        "pe",
        "k",
        "kec contoh",
        "rupiah uang",
        "tidak ada kata ini",
        "pengawas kampanye warga",
    ];
    let step = (known.len() / 40).max(1);
    let of_records = known.iter().step_by(step).flat_map(|Known { name, staff_number, number }| {
        let (given, family) = name.split_once(' ').unwrap_or((name, name));
        let joined = staff_number.replace(' ', "");
        [
            name.clone(),
            given[..4].to_owned(),
            family[..3].to_owned(),
            format!("{given} pengawas"),
            staff_number.clone(),
            staff_number[..8].to_owned(),
            joined[..12].to_owned(),
            joined,
            number.clone(),
        ]
    });
    let often = words.iter().map(|word| (*word).to_owned()).cycle().take(words.len() * TIMES);
    often.chain(of_records).collect()
}
