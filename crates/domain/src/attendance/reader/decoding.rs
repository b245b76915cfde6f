//! Which characters the bytes stand for.

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::AttendanceError;

/// The encodings attendance lists come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// UTF-16, little endian: what a spreadsheet calls Unicode text.
    Utf16Le,
    /// UTF-16, big endian.
    Utf16Be,
    /// Windows-1252: what older spreadsheets write.
    Windows1252,
}

/// The text of a file, with every line ended by a single line feed.
pub(super) fn decode(bytes: &[u8]) -> Result<(String, Encoding), AttendanceError> {
    refuse_other_files(bytes)?;
    let (text, encoding) = if let Some(rest) = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]) {
        (String::from_utf8_lossy(rest).into_owned(), Encoding::Utf8)
    } else if let Some(rest) = bytes.strip_prefix(&[0xff, 0xfe]) {
        (UTF_16LE.decode_without_bom_handling(rest).0.into_owned(), Encoding::Utf16Le)
    } else if let Some(rest) = bytes.strip_prefix(&[0xfe, 0xff]) {
        (UTF_16BE.decode_without_bom_handling(rest).0.into_owned(), Encoding::Utf16Be)
    } else if let Some(encoding) = unmarked_utf16(bytes) {
        let decoder = if encoding == Encoding::Utf16Le { UTF_16LE } else { UTF_16BE };
        (decoder.decode_without_bom_handling(bytes).0.into_owned(), encoding)
    } else if let Ok(text) = std::str::from_utf8(bytes) {
        (text.to_owned(), Encoding::Utf8)
    } else {
        (WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(), Encoding::Windows1252)
    };
    if is_binary(&text) {
        return Err(AttendanceError::NotText);
    }
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    if text.trim().is_empty() { Err(AttendanceError::Empty) } else { Ok((text, encoding)) }
}

fn refuse_other_files(bytes: &[u8]) -> Result<(), AttendanceError> {
    const ZIP: &[u8] = b"PK\x03\x04";
    const OLE: &[u8] = b"\xd0\xcf\x11\xe0";
    if bytes.starts_with(ZIP) || bytes.starts_with(OLE) {
        Err(AttendanceError::SpreadsheetFile)
    } else if bytes.starts_with(b"%PDF") {
        Err(AttendanceError::Pdf)
    } else {
        Ok(())
    }
}

/// In UTF-16 nearly every other byte of western text is zero.
fn unmarked_utf16(bytes: &[u8]) -> Option<Encoding> {
    let sample = &bytes[..bytes.len().min(512) & !1];
    let zeros = |parity: usize| sample.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
    let half = sample.len() / 2;
    if half < 2 {
        return None;
    }
    match (zeros(0), zeros(1)) {
        (0, odd) if odd * 10 >= half * 8 => Some(Encoding::Utf16Le),
        (even, 0) if even * 10 >= half * 8 => Some(Encoding::Utf16Be),
        _ => None,
    }
}

fn is_binary(text: &str) -> bool {
    let odd = |c: &char| (c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{b}' | '\u{c}')) || *c == '\u{fffd}';
    let sample = text.chars().take(4096);
    let (odd, all) = sample.fold((0, 0), |(found, all), c| (found + usize::from(odd(&c)), all + 1));
    odd * 20 > all
}
