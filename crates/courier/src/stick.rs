//! A stick, or any folder: files appear on it whole or not at all.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::file_name::EXTENSION;
use crate::sealing::MAX_SEALED;

/// The ending of a file that is being written.
const UNFINISHED: &str = "belum-selesai";

/// A folder that sealed files are put on and taken from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stick(PathBuf);

impl Stick {
    /// The stick, or the folder on it.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Stick(folder.into())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// How many bytes still fit.
    pub fn free_bytes(&self) -> io::Result<u64> {
        fs4::available_space(&self.0)
    }

    /// The sealed files on it, by name; those in folders on it are not looked for.
    pub fn sealed_files(&self) -> io::Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.0)? {
            let path = entry?.path();
            // The system keeps hidden twins of files on foreign sticks; those are not ours.
            let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            if !hidden && path.extension() == Some(OsStr::new(EXTENSION)) && path.is_file() {
                found.push(path);
            }
        }
        found.sort();
        Ok(found)
    }

    /// Reads a sealed file; of one that is too large only so much that it is refused for that.
    pub fn read(path: &Path) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        io::Read::read_to_end(&mut io::Read::take(File::open(path)?, MAX_SEALED as u64 + 1), &mut bytes)?;
        Ok(bytes)
    }

    /// Puts a file on it: written under another name, brought onto the medium, then renamed. A stick that is pulled
    /// meanwhile has no half file under a whole one's name.
    pub fn put(&self, name: &str, bytes: &[u8]) -> io::Result<PathBuf> {
        let unfinished = self.0.join(format!("{name}.{UNFINISHED}"));
        let path = self.0.join(name);
        let written = File::create(&unfinished).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        });
        if let Err(error) = written.and_then(|()| fs::rename(&unfinished, &path)) {
            // If the stick is gone, so is the file.
            let _ = fs::remove_file(&unfinished);
            return Err(error);
        }
        self.sync()?;
        Ok(path)
    }

    /// Removes what was left half written by a stick that was pulled.
    pub fn clear_unfinished(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.0)? {
            let path = entry?.path();
            let ours = path.file_stem().is_some_and(|stem| Path::new(stem).extension() == Some(OsStr::new(EXTENSION)));
            if ours && path.extension() == Some(OsStr::new(UNFINISHED)) {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    /// Makes renames durable. Windows has no such call and needs none; some file systems of sticks have none either.
    fn sync(&self) -> io::Result<()> {
        if !cfg!(unix) {
            return Ok(());
        }
        match File::open(&self.0)?.sync_all() {
            Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => Ok(()),
            outcome => outcome,
        }
    }
}
