//! Attachments' bytes.

use arumbae_domain::schema::BlobHash;
use arumbae_domain::{Attachment, Scope};
use arumbae_store::{BlobSource, StoreError};

use crate::fixture::{NOW_MS, laptop, new_id, put, report};

/// Not a multiple of the pieces, and every value occurs, zero included.
fn photo() -> Vec<u8> {
    (0..700_001_u32).map(|n| (n % 256) as u8).collect()
}

#[test]
fn bytes_come_back_as_they_were_and_are_held_once() {
    let mut laptop = laptop("Penguji");
    let bytes = photo();
    let hash = laptop.store.put_blob(&bytes).expect("kept");
    assert_eq!(laptop.store.put_blob(&bytes).expect("kept"), hash);
    let laptop = laptop.reopen();
    assert_eq!(laptop.store.blob(hash).expect("readable").as_deref(), Some(bytes.as_slice()));
    for (offset, length) in [(0, 10), (262_140, 10), (262_144, 300_000), (700_000, 10), (700_001, 10), (0, 800_000)] {
        let part = laptop.store.read_blob(hash, offset as u64, length).expect("readable").expect("whole");
        assert_eq!(part, bytes[offset..(offset + length).min(bytes.len())], "{length} bytes from {offset}");
    }
    assert_eq!(laptop.store.blob(BlobHash([9; 32])).expect("readable"), None);
    let size = std::fs::metadata(laptop.dir.path().join("store.db")).expect("a file").len();
    assert!(size < 1_200_000, "the same bytes are held once, the file has {size}");
}

#[test]
fn an_attachment_arrives_in_pieces_over_several_days() {
    let (mut here, mut there) = (laptop("Penguji Satu"), laptop("Penguji Dua"));
    let bytes = photo();
    let hash = here.store.put_blob(&bytes).expect("kept");
    let mut lhp = report("001");
    lhp.attachments.push(Attachment { id: new_id(), blob: Some(hash), ..Default::default() });
    assert_eq!(here.store.blobs_to_send().expect("readable"), [], "no record needs it yet");
    put(&mut here.store, &lhp);
    assert_eq!(here.store.blobs_to_send().expect("readable").len(), 1);
    crate::fixture::carry(&mut here.store, &mut there.store);
    assert_eq!(there.store.blobs_missing().expect("readable")[0].hash, hash);

    let length = bytes.len() as u64;
    there.store.receive_blob(hash, length, 0, &bytes[..300_000], BlobSource::Province).expect("kept");
    let mut there = there.reopen();
    assert_eq!(there.store.blob_state(hash).expect("readable").held_bytes, 300_000);
    assert_eq!(there.store.blob(hash).expect("readable"), None, "half a photo is not shown");
    let gap = there.store.receive_blob(hash, length, 400_000, &bytes[400_000..], BlobSource::Province);
    assert!(matches!(gap, Err(StoreError::BlobMismatch)), "bytes that do not follow are refused");
    there.store.receive_blob(hash, length, 300_000, &bytes[300_000..], BlobSource::Province).expect("whole");
    assert_eq!(there.store.blob(hash).expect("readable"), Some(bytes));
    assert_eq!(there.store.blobs_missing().expect("readable"), []);
    assert_eq!(there.store.blobs_to_send().expect("readable"), [], "it came from where it would be sent");

    here.store.mark_blob_sent(hash, NOW_MS).expect("noted");
    assert_eq!(here.store.blobs_to_send().expect("readable"), []);
}

#[test]
fn an_attachment_from_a_colleague_still_goes_to_the_province() {
    let mut here = laptop("Penguji");
    let hash = here.store.put_blob(&photo()).expect("durable");
    let mut lhp = report("001");
    lhp.attachments.push(Attachment { id: new_id(), blob: Some(hash), ..Default::default() });
    put(&mut here.store, &lhp);
    let scope = crate::fixture::scope();
    let held = |may_read: &dyn Fn(&Scope) -> bool| {
        here.store.blobs_held_of(&[hash, BlobHash([3; 32])], may_read).expect("readable").len()
    };
    assert_eq!(held(&|of| *of == scope), 1, "what is asked for, is here, and belongs to a record of the scope");
    assert_eq!(held(&|_| false), 0, "no record that its reader may read names it");

    let mut there = laptop("Rekan");
    crate::fixture::carry(&mut here.store, &mut there.store);
    there.store.receive_blob(hash, 700_001, 0, &photo(), BlobSource::Colleague).expect("whole");
    assert_eq!(there.store.blobs_to_send().expect("readable").len(), 1, "nobody but its author may have it");
}

#[test]
fn bytes_under_a_false_name_are_not_kept() {
    let mut laptop = laptop("Penguji");
    let received = laptop.store.receive_blob(BlobHash([3; 32]), 5, 0, b"false", BlobSource::Province);
    assert!(matches!(received, Err(StoreError::BlobMismatch)));
    assert_eq!(laptop.store.blob_state(BlobHash([3; 32])).expect("readable").held_bytes, 0, "so it can come again");
}
