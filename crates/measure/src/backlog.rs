//! Segments in a file, so that a process that has never seen the work takes them in and its memory says what merging
//! needs, and nothing else.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use arumbae_store::Incoming;

use crate::merging::{MeasureError, NOW_MS, incoming, new_store};
use crate::peak_memory;
use crate::travelling::Travelling;

fn file(folder: &Path) -> PathBuf {
    folder.join("backlog")
}

/// The most memory, in KiB, that a process of its own needs to take the segments into a new store. `child` has to call
/// [`merge_and_tell`] with the folder it is given.
///
/// # Errors
/// [`MeasureError::NoMemoryFigure`] where the system does not tell.
pub fn peak_memory_kib(
    segments: &[Travelling<'_>],
    scratch: &Path,
    child: impl FnOnce(&Path) -> io::Result<Command>,
) -> Result<u64, MeasureError> {
    let folder = tempfile::tempdir_in(scratch)?;
    write(&incoming(segments), &file(folder.path()))?;
    let output = child(folder.path())?.output()?;
    let told = String::from_utf8(output.stdout).ok().filter(|_| output.status.success());
    told.and_then(|told| told.trim().parse().ok()).ok_or(MeasureError::NoMemoryFigure)
}

/// Takes the segments that were left in a folder into a new store and returns how much memory, in KiB, that needed
/// beyond what the open store had.
pub fn merge_and_tell(folder: &Path) -> Result<u64, MeasureError> {
    let mut backlog = BufReader::new(File::open(file(folder))?);
    let mut store = new_store(&folder.join("store"))?;
    let before = peak_memory::begin().ok_or(MeasureError::NoMemoryFigure)?;
    for _ in 0..read_number(&mut backlog)? {
        let answer = (0..read_number(&mut backlog)?).map(|_| read_one(&mut backlog)).collect::<io::Result<_>>()?;
        store.apply_segments(answer, &[], NOW_MS)?;
    }
    let peak = peak_memory::peak_kib().ok_or(MeasureError::NoMemoryFigure)?;
    Ok(peak.saturating_sub(before))
}

fn write(answers: &[Vec<Incoming>], path: &Path) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    file.write_all(&(answers.len() as u64).to_le_bytes())?;
    for answer in answers {
        file.write_all(&(answer.len() as u64).to_le_bytes())?;
        for Incoming { gsn, received_ms, bytes } in answer {
            for number in [gsn.unwrap_or(0), received_ms.unwrap_or(0), bytes.len() as u64] {
                file.write_all(&number.to_le_bytes())?;
            }
            file.write_all(bytes)?;
        }
    }
    file.flush()
}

fn read_one(file: &mut impl Read) -> io::Result<Incoming> {
    let (gsn, received_ms, length) = (read_number(file)?, read_number(file)?, read_number(file)?);
    let mut bytes = vec![0; length as usize];
    file.read_exact(&mut bytes)?;
    Ok(Incoming { gsn: Some(gsn), received_ms: Some(received_ms), bytes })
}

fn read_number(file: &mut impl Read) -> io::Result<u64> {
    let mut bytes = [0; 8];
    file.read_exact(&mut bytes)?;
    Ok(u64::from_le_bytes(bytes))
}
