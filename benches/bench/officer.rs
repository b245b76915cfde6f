//! What an officer waits for: saving, and a daftar hadir that is made, signed and verified.

use std::path::Path;
use std::time::Duration;

use arumbae_bench::documents::{self, Issued, Office};
use arumbae_bench::figures::{Figure, millis};
use arumbae_measure::merging::{median, new_store};

use crate::Outcome;

pub fn figures(rounds: usize, scratch: &Path) -> Outcome<Vec<Figure>> {
    let mut store = new_store(&scratch.join("officer"))?;
    let saves = documents::time_saves(&mut store, 500, rounds)?;
    let office = Office::new()?;
    let issued = (0..rounds).map(|_| office.issue(300)).collect::<Outcome<Vec<Issued>>>()?;
    let time = |of: fn(&Issued) -> Duration| median(issued.iter().map(|issued| millis(of(issued))));
    let bytes = median(issued.iter().map(|issued| issued.bytes as f64));
    Ok(vec![
        Figure::lower("save a kegiatan with 500 attendees", median(saves.into_iter().map(millis)), "ms"),
        Figure::lower("daftar hadir of 300 rows, made", time(|issued| issued.rendered), "ms"),
        Figure::lower("daftar hadir of 300 rows, its file", bytes / 1e6, "MB"),
        Figure::lower("daftar hadir of 300 rows, signed", time(|issued| issued.signed), "ms"),
        Figure::lower("daftar hadir of 300 rows, verified", time(|issued| issued.verified), "ms"),
    ])
}
