//! How bytes are squeezed for storage and transport. Outside of what is signed, so anyone may recompress.
//!
//! Two bytes stand in front: the codec and the dictionary. A later version may add either; bytes it wrote with
//! one we do not have are refused by name, not taken for damage.

use std::cell::RefCell;
use std::io;
use std::sync::LazyLock;

use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};
use zstd::zstd_safe::{self, CParameter};

/// The bytes as they are.
const RAW: u8 = 0;
/// Zstandard (RFC 8878) without the frame's magic number, which would be the same four bytes every time.
const ZSTD: u8 = 1;

/// Squeezed against nothing.
const NO_DICTIONARY: u8 = 0;
/// The dictionary this version writes with.
const DICTIONARY: u8 = 1;

/// The shipped dictionaries: the n-th has number n + 1. One that was released is never changed.
const DICTIONARIES: [&[u8]; 1] = [include_bytes!("../../../assets/dictionaries/1.zdict")];

const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// For what is stored: a merge squeezes every segment and every record it touches. Level 6 takes three times as long and
/// leaves the same bytes.
const LEVEL_STORED: i32 = 3;

/// For what travels, by the bytes that have to be searched for repetitions: what a slow link saves is worth a second
/// of anybody's processor, but not more.
const LEVELS_TRAVELLING: [(usize, i32); 3] = [(512 << 10, 19), (3 << 20, 17), (usize::MAX, 12)];

/// Unless there is much to send: where the base is at most so many times as long as what goes, each second of searching
/// saves the slowest link several.
const LONG_ANSWER: (usize, i32) = (8, 17);

/// Repetitions are found as far apart as anything squeezed here is long.
const WINDOW_LOG: u32 = 23;

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

/// Squeezes what is to be stored; the raw bytes are kept where that is smaller.
pub fn compress(bytes: &[u8]) -> Vec<u8> {
    let frame = COMPRESSOR.with_borrow_mut(|kept| kept_or_new(kept, stored_compressor, |zstd| zstd.compress(bytes)));
    or_raw(frame, bytes)
}

/// Squeezes what is to travel against what its receiver holds; an empty base is none.
pub fn compress_against(base: &[u8], bytes: &[u8]) -> Vec<u8> {
    let compressor =
        Compressor::with_dictionary(level_travelling(base.len(), bytes.len()), &[newest_dictionary(), base].concat());
    let frame = compressor.and_then(|mut zstd| {
        zstd.set_parameter(CParameter::WindowLog(WINDOW_LOG))?;
        zstd.set_parameter(CParameter::DictIdFlag(false))?;
        zstd.compress(bytes)
    });
    or_raw(frame, bytes)
}

fn level_travelling(base: usize, bytes: usize) -> i32 {
    let (_, by_weight) = LEVELS_TRAVELLING.into_iter().find(|(limit, _)| base + bytes <= *limit).unwrap_or_default();
    let (times, of_long) = LONG_ANSWER;
    if base <= times * bytes { by_weight.max(of_long) } else { by_weight }
}

fn or_raw(frame: io::Result<Vec<u8>>, bytes: &[u8]) -> Vec<u8> {
    match frame.as_deref().ok().and_then(|frame| frame.strip_prefix(&ZSTD_MAGIC)) {
        Some(frame) if frame.len() < bytes.len() => [&[ZSTD, DICTIONARY], frame].concat(),
        _ => [&[RAW, NO_DICTIONARY], bytes].concat(),
    }
}

/// Reads what [`compress`] wrote, at most `cap` bytes of it. The frame states its size, so nothing larger than
/// the cap is ever allocated.
pub fn decompress(bytes: &[u8], cap: usize) -> Result<Vec<u8>, CompressionError> {
    decompress_against(&[], bytes, cap)
}

/// Reads what [`compress_against`] wrote, as [`decompress`] does.
pub fn decompress_against(base: &[u8], bytes: &[u8], cap: usize) -> Result<Vec<u8>, CompressionError> {
    let too_large = CompressionError::TooLarge { cap };
    match bytes {
        [RAW, NO_DICTIONARY, raw @ ..] => {
            if raw.len() <= cap {
                Ok(raw.to_vec())
            } else {
                Err(too_large)
            }
        }
        [ZSTD, dictionary, frame @ ..] if usize::from(*dictionary) <= DICTIONARIES.len() => {
            let frame = [ZSTD_MAGIC.as_slice(), frame].concat();
            let stated = zstd_safe::get_frame_content_size(&frame).map_err(|_| CompressionError::Damaged)?;
            let stated = stated.and_then(|len| usize::try_from(len).ok()).ok_or(CompressionError::Damaged)?;
            if stated > cap {
                return Err(too_large);
            }
            let content = if base.is_empty() {
                expand(usize::from(*dictionary), &frame, stated)
            } else {
                let dictionary = usize::from(*dictionary).checked_sub(1).map_or(&[][..], |at| DICTIONARIES[at]);
                Decompressor::with_dictionary(&[dictionary, base].concat())
                    .and_then(|mut zstd| zstd.decompress(&frame, stated))
            };
            match content {
                Ok(content) if content.len() == stated => Ok(content),
                _ => Err(CompressionError::Damaged),
            }
        }
        _ => Err(CompressionError::UnknownCodec),
    }
}

fn newest_dictionary() -> &'static [u8] {
    DICTIONARIES[usize::from(DICTIONARY) - 1]
}

/// Preparing a dictionary costs more than squeezing a segment with it.
static FOR_STORING: LazyLock<EncoderDictionary<'static>> =
    LazyLock::new(|| EncoderDictionary::copy(newest_dictionary(), LEVEL_STORED));
static FOR_READING: LazyLock<Vec<DecoderDictionary<'static>>> =
    LazyLock::new(|| DICTIONARIES.iter().map(|dictionary| DecoderDictionary::copy(dictionary)).collect());

thread_local! {
    /// So does making the tools, hence each thread keeps its own: one to write with, and to read with one for each
    /// dictionary and one for none.
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static DECOMPRESSORS: RefCell<[Option<Decompressor<'static>>; 1 + DICTIONARIES.len()]> =
        const { RefCell::new([const { None }; 1 + DICTIONARIES.len()]) };
}

fn stored_compressor() -> io::Result<Compressor<'static>> {
    let mut zstd = Compressor::with_prepared_dictionary(&FOR_STORING)?;
    zstd.set_parameter(CParameter::DictIdFlag(false))?;
    Ok(zstd)
}

fn expand(dictionary: usize, frame: &[u8], len: usize) -> io::Result<Vec<u8>> {
    let new = || match dictionary.checked_sub(1) {
        None => Decompressor::new(),
        Some(at) => Decompressor::with_prepared_dictionary(&FOR_READING[at]),
    };
    DECOMPRESSORS.with_borrow_mut(|kept| kept_or_new(&mut kept[dictionary], new, |zstd| zstd.decompress(frame, len)))
}

/// Works with the kept tool, made if there is none yet; after a failure the next one begins with a new one.
fn kept_or_new<T, R>(
    kept: &mut Option<T>,
    new: impl FnOnce() -> io::Result<T>,
    work: impl FnOnce(&mut T) -> io::Result<R>,
) -> io::Result<R> {
    let mut tool = match kept.take() {
        Some(tool) => tool,
        None => new()?,
    };
    let done = work(&mut tool)?;
    *kept = Some(tool);
    Ok(done)
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
    fn what_the_receiver_holds_is_not_told_again() {
        let known: Vec<u8> = (0..4000u32).flat_map(|number| (number * 7919 % 65_521).to_le_bytes()).collect();
        let bytes = [&known[900..2900], b"and something new"].concat();
        let squeezed = compress_against(&known, &bytes);
        assert!(squeezed.len() < 80, "{} bytes", squeezed.len());
        assert_eq!(decompress_against(&known, &squeezed, bytes.len()), Ok(bytes.clone()));
        assert_ne!(decompress(&squeezed, bytes.len()), Ok(bytes));
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

    /// As the first version wrote it, before there was a dictionary.
    #[test]
    fn what_was_squeezed_without_a_dictionary_stays_readable() {
        let frame = zstd::bulk::compress(&[7; 1000], 19).expect("zstd");
        let old = [&[ZSTD, NO_DICTIONARY], &frame[4..]].concat();
        assert_eq!(decompress(&old, 1000), Ok(vec![7; 1000]));
    }

    proptest::proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
            let _ = decompress(&bytes, 1000);
            for dictionary in [NO_DICTIONARY, DICTIONARY] {
                let framed = [&[ZSTD, dictionary], bytes.as_slice()].concat();
                let _ = decompress(&framed, 1000);
                let _ = decompress_against(b"base", &framed, 1000);
            }
        }
    }
}
