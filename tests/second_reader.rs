//! The log's bytes, read by a program that was written from `docs/format.md` and shares nothing with ours.

use std::fs;
use std::path::Path;

use crate::tools::{checkout, run};

fn vectors() -> std::path::PathBuf {
    checkout().join("tests/vectors")
}

/// Runs the second reader on the vectors of a folder. Returns whether it read them as they say, and what it said.
fn read(reader: &Path) -> (bool, String) {
    let output = run("python", &[reader]);
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn a_second_implementation_reads_and_writes_the_same() {
    let (agrees, said) = read(&vectors().join("second_reader.py"));
    assert!(agrees, "{said}");
    for file in ["lanes", "leaves", "segments", "packed", "parcels", "refused"] {
        let text = fs::read_to_string(vectors().join(format!("{file}.json"))).expect("the vectors");
        let count = serde_json::from_str::<Vec<serde_json::Value>>(&text).expect("a list").len();
        assert!(said.contains(&format!("{count} {file}")), "every vector of {file} was read: {said}");
    }
}

/// Otherwise its agreement would mean nothing.
#[test]
fn the_second_implementation_notices_a_difference() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (vectors_there, dictionaries) =
        (folder.path().join("tests/vectors"), folder.path().join("assets/dictionaries"));
    for (from, to) in [(vectors(), &vectors_there), (checkout().join("assets/dictionaries"), &dictionaries)] {
        fs::create_dir_all(to).expect("a folder");
        for entry in fs::read_dir(from).expect("a folder") {
            let path = entry.expect("readable").path();
            fs::copy(&path, to.join(path.file_name().expect("named"))).expect("copied");
        }
    }
    let reader = vectors_there.join("second_reader.py");
    assert!(read(&reader).0, "the copy is as good as the original");
    for (file, from, to) in [
        ("lanes.json", "81.71.01.1001", "81.71.01.1002"),
        ("leaves.json", "\"number\":3", "\"number\":4"),
        ("segments.json", "\"counter\":3", "\"counter\":2"),
        ("packed.json", "\"content\":\"0001", "\"content\":\"0101"),
    ] {
        let path = vectors_there.join(file);
        let text = fs::read_to_string(&path).expect("the vectors");
        assert!(text.contains(from), "{file} says {from}");
        fs::write(&path, text.replacen(from, to, 1)).expect("written");
        let (agrees, said) = read(&reader);
        assert!(!agrees, "{file} says something else now, and the reader: {said}");
        fs::write(&path, text).expect("written");
    }
}
