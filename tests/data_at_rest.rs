//! Nothing readable lies outside the encrypted store.

use std::fs;
use std::path::{Path, PathBuf};

use crate::documents::play_a_day;

fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() { files_below(&path, found) } else { found.push(path) }
    }
}

/// A text in the encodings a program might leave it in.
fn spellings(text: &str) -> [Vec<u8>; 3] {
    let wide: Vec<u16> = text.encode_utf16().collect();
    [
        text.as_bytes().to_vec(),
        wide.iter().flat_map(|unit| unit.to_le_bytes()).collect(),
        wide.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn no_file_of_a_laptop_holds_a_readable_word_of_a_record() {
    let (folder, _) = play_a_day().await;
    let mut files = Vec::new();
    files_below(&folder.path().join("laptop"), &mut files);
    assert!(files.len() >= 4, "two laptops have files: {files:?}");
    let secrets = [
        &arumbae_sample::records::TELLTALE[..24],
        "Contoh Saksi Pertama",
        "Contoh Petugas Nusaniwe",
        "198503122010011007",
        "perahu contoh di laut",
        "PRIVATE KEY",
    ];
    for file in files {
        let bytes = fs::read(&file).expect("a readable file");
        for secret in secrets {
            for spelling in spellings(secret) {
                let found = bytes.windows(spelling.len()).any(|window| window == spelling);
                assert!(!found, "{secret:?} can be read in {}", file.display());
            }
        }
    }
}
