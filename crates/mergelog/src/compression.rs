//! How segments are squeezed for storage and transport. Outside the signed bytes, so anyone may recompress.
//!
//! Two bytes stand in front: the codec and the dictionary. A later version may add either; bytes it wrote with
//! one we do not have are refused by name, not taken for damage.

use std::cell::RefCell;
use std::io;

use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe;

/// The bytes as they are.
const RAW: u8 = 0;
/// Zstandard (RFC 8878) without the frame's magic number, which would be the same four bytes every time.
const ZSTD: u8 = 1;

/// No dictionary; the only one so far.
const NO_DICTIONARY: u8 = 0;

const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// The strongest level that is still quick on a day's work.
const LEVEL_SMALL: i32 = 19;
/// For bodies so large that the strong levels would hold up a save.
const LEVEL_LARGE: i32 = 9;
const LARGE: usize = 256 << 10;

/// Why compressed bytes could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CompressionError {
    /// No bytes, or a codec or dictionary this version does not have.
    #[error("unknown compression codec or dictionary")]
    UnknownCodec,
    /// The content would exceed the cap.
    #[error("compressed content exceeds {cap} bytes")]
    TooLarge {
        /// The cap that was given.
        cap: usize,
    },
    /// The compressed stream is damaged.
    #[error("compressed content is damaged")]
    Damaged,
}

/// Compresses; the raw bytes are kept where that is smaller.
pub fn compress(bytes: &[u8]) -> Vec<u8> {
    match squeeze(bytes) {
        Some(frame) if frame.len() < bytes.len() => [&[ZSTD, NO_DICTIONARY], frame.as_slice()].concat(),
        _ => [&[RAW, NO_DICTIONARY], bytes].concat(),
    }
}

fn squeeze(bytes: &[u8]) -> Option<Vec<u8>> {
    let level = if bytes.len() < LARGE { LEVEL_SMALL } else { LEVEL_LARGE };
    let frame = Compressor::new(level).and_then(|mut zstd| zstd.compress(bytes)).ok()?;
    frame.strip_prefix(&ZSTD_MAGIC).map(<[u8]>::to_vec)
}

/// Reads what [`compress`] wrote, at most `cap` bytes of it. The frame states its size, so nothing larger than
/// the cap is ever allocated.
pub fn decompress(bytes: &[u8], cap: usize) -> Result<Vec<u8>, CompressionError> {
    let too_large = CompressionError::TooLarge { cap };
    match bytes {
        [RAW, NO_DICTIONARY, raw @ ..] => {
            if raw.len() <= cap {
                Ok(raw.to_vec())
            } else {
                Err(too_large)
            }
        }
        [ZSTD, NO_DICTIONARY, frame @ ..] => {
            let frame = [ZSTD_MAGIC.as_slice(), frame].concat();
            let stated = zstd_safe::get_frame_content_size(&frame).map_err(|_| CompressionError::Damaged)?;
            let stated = stated.and_then(|len| usize::try_from(len).ok()).ok_or(CompressionError::Damaged)?;
            if stated > cap {
                return Err(too_large);
            }
            match expand(&frame, stated) {
                Ok(content) if content.len() == stated => Ok(content),
                _ => Err(CompressionError::Damaged),
            }
        }
        _ => Err(CompressionError::UnknownCodec),
    }
}

thread_local! {
    /// Making a decompressor costs more than unpacking a small segment with it, so each thread keeps one.
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

fn expand(frame: &[u8], len: usize) -> io::Result<Vec<u8>> {
    DECOMPRESSOR.with_borrow_mut(|kept| {
        let mut zstd = match kept.take() {
            Some(zstd) => zstd,
            None => Decompressor::new()?,
        };
        let content = zstd.decompress(frame, len);
        *kept = Some(zstd);
        content
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_round_trip(bytes: &[u8], codec: u8) {
        let squeezed = compress(bytes);
        assert_eq!(squeezed[0], codec, "codec of {} bytes", bytes.len());
        assert_eq!(decompress(&squeezed, bytes.len()).as_deref(), Ok(bytes));
        assert!(squeezed.len() <= bytes.len() + 2, "never more than two bytes longer");
    }

    #[test]
    fn round_trips() {
        check_round_trip(b"", RAW);
        check_round_trip(b"a", RAW);
        check_round_trip(&[0; 4096], ZSTD);
        check_round_trip(&"panwascam ".repeat(40_000).into_bytes(), ZSTD);
    }

    #[test]
    fn refuses_more_than_the_cap_before_unpacking_it() {
        let bomb = compress(&vec![0; 64 << 20]);
        assert!(bomb.len() < 16 << 10);
        assert_eq!(decompress(&bomb, 1 << 20), Err(CompressionError::TooLarge { cap: 1 << 20 }));
        assert_eq!(decompress(&[RAW, 0, 1, 2, 3], 2), Err(CompressionError::TooLarge { cap: 2 }));
    }

    #[test]
    fn tells_damage_from_the_unknown() {
        let mut squeezed = compress(&[7; 1000]);
        assert_eq!(decompress(&[], 10), Err(CompressionError::UnknownCodec));
        assert_eq!(decompress(&[9, 0, 1], 10), Err(CompressionError::UnknownCodec));
        assert_eq!(decompress(&[ZSTD, 5, 1], 10), Err(CompressionError::UnknownCodec));
        squeezed.truncate(squeezed.len() - 1);
        assert_eq!(decompress(&squeezed, 1000), Err(CompressionError::Damaged));
    }

    proptest::proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
            let _ = decompress(&bytes, 1000);
            let _ = decompress(&[&[ZSTD, NO_DICTIONARY], bytes.as_slice()].concat(), 1000);
        }
    }
}
