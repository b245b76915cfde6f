//! The inputs that fuzzing found worth keeping.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use arumbae_hostile::DECODERS;

use crate::read;

fn fuzz(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz").join(folder)
}

/// The names in a folder, without their endings.
fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let name = |path: PathBuf| path.file_stem().and_then(|name| name.to_str()).map(str::to_owned);
    entries.filter_map(|entry| name(entry.expect("a readable entry").path())).collect()
}

#[test]
fn every_decoder_has_a_target_and_a_corpus() {
    let decoders: BTreeSet<String> = DECODERS.iter().map(|decoder| decoder.name.to_owned()).collect();
    assert_eq!(names(&fuzz("targets")), decoders);
    assert_eq!(names(&fuzz("corpus")), decoders);
}

#[test]
fn no_input_of_the_corpora_breaks_a_promise() {
    for decoder in DECODERS {
        let folder = fuzz("corpus").join(decoder.name);
        let inputs = names(&folder);
        assert!(!inputs.is_empty(), "{} has a corpus", decoder.name);
        for name in inputs {
            let bytes = fs::read(folder.join(&name)).expect("a readable input");
            read(decoder, &bytes, &format!("{name} of its corpus"));
        }
    }
}
