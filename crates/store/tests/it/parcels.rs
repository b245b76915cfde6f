//! Parcels into and out of a store.

use arumbae_mergelog::SealedSegment;
use arumbae_mergelog::parcel::{Base, divide};
use arumbae_protocol::{NumberedParcel, Numbers, Role, ScopeCursor};

use crate::fixture::*;
use crate::province::Province;

fn cursor(gsn: u64) -> ScopeCursor {
    ScopeCursor { scope: scope(), gsn }
}

fn segments(laptop: &mut Laptop, count: u64) -> Vec<SealedSegment> {
    for number in 0..count {
        put(&mut laptop.store, &report(&format!("Laporan Contoh {number}")));
        let clock = laptop.store.clock_quality().expect("readable");
        laptop.store.seal_pending(clock).expect("sealed");
    }
    laptop.store.segments_after(None, &[], usize::MAX).expect("readable")
}

/// As the server sends numbered segments to a reader that holds `held`.
fn parcel(sent: &[(u64, &SealedSegment)], held: &[(u64, &SealedSegment)]) -> NumberedParcel {
    let mut base = Base::default();
    held.iter().for_each(|(_, segment)| assert!(base.push(segment), "there is room"));
    let mut packings = divide(sent.iter().map(|(_, segment)| (*segment).clone()).collect());
    NumberedParcel {
        scope: scope(),
        base: Numbers::of(held.iter().map(|(gsn, _)| *gsn)),
        numbers: Numbers::of(sent.iter().map(|(gsn, _)| *gsn)),
        received_steps_ms: NumberedParcel::steps_of(&vec![NOW_MS; sent.len()]),
        bytes: packings.pop().expect("one parcel").pack(&base),
    }
}

#[test]
fn parcels_bring_what_segments_would() {
    let (mut writer, mut one_by_one, mut reader) = (laptop("Penulis"), laptop("Satu-satu"), laptop("Pembaca"));
    let all = segments(&mut writer, 4);
    let numbered: Vec<(u64, &SealedSegment)> = (1..).zip(&all).collect();
    let (early, late) = numbered.split_at(2);

    let outcome = reader.store.apply_parcels(vec![parcel(early, &[])], &[cursor(2)], NOW_MS).expect("taken in");
    assert_eq!((outcome.segments, outcome.saves, outcome.unread.len()), (2, 2, 0));
    let outcome = reader.store.apply_parcels(vec![parcel(late, early)], &[cursor(4)], NOW_MS).expect("taken in");
    assert_eq!((outcome.segments, outcome.saves, outcome.unread.len()), (2, 2, 0));
    assert_eq!(reader.store.cursors().expect("readable"), [cursor(4)]);

    let singles = numbered.iter().map(|(gsn, segment)| arumbae_store::Incoming {
        gsn: Some(*gsn),
        received_ms: Some(NOW_MS),
        ..incoming(segment)
    });
    one_by_one.store.apply_segments(singles.collect(), &[cursor(4)], NOW_MS).expect("taken in");
    assert_eq!(
        reader.store.state_fingerprint().expect("readable"),
        one_by_one.store.state_fingerprint().expect("readable")
    );
    assert_eq!(reader.store.digests().expect("readable"), one_by_one.store.digests().expect("readable"));
}

#[test]
fn a_parcel_packed_against_what_is_not_here_is_to_be_asked_for_again() {
    let (mut writer, mut reader) = (laptop("Penulis"), laptop("Pembaca"));
    let all = segments(&mut writer, 4);
    let numbered: Vec<(u64, &SealedSegment)> = (1..).zip(&all).collect();
    reader.store.apply_parcels(vec![parcel(&numbered[..1], &[])], &[cursor(1)], NOW_MS).expect("taken in");

    let lacking = parcel(&numbered[2..3], &numbered[1..2]);
    let mut renamed = parcel(&numbered[2..3], &numbered[1..2]);
    renamed.base = Numbers::of([1]);
    let mut damaged = parcel(&numbered[1..2], &[]);
    damaged.bytes.pop();
    let mut miscounted = parcel(&numbered[1..3], &[]);
    miscounted.numbers = Numbers::of([2]);
    for bad in [lacking, renamed, damaged, miscounted] {
        // What follows it in its scope would only wait for it.
        let after = parcel(&numbered[3..], &[]);
        let outcome = reader.store.apply_parcels(vec![bad, after], &[cursor(4)], NOW_MS).expect("nothing breaks");
        assert_eq!((outcome.segments, outcome.waiting, outcome.quarantined), (0, 0, 0));
        assert!(outcome.unread.contains(&scope()));
        assert_eq!(reader.store.cursors().expect("readable"), [cursor(1)], "the cursor waits too");
    }
}

#[test]
fn what_is_held_for_certain_ends_at_the_last_hole() {
    let (mut writer, mut reader) = (laptop("Penulis"), laptop("Pembaca"));
    let all = segments(&mut writer, 5);
    assert_eq!(reader.store.held_after().expect("readable"), []);
    let numbered = |gsn: usize| arumbae_store::Incoming {
        gsn: Some(gsn as u64),
        received_ms: Some(NOW_MS),
        ..incoming(&all[gsn - 1])
    };
    // Number 2 came from a courier, so that nobody here knows it by its number.
    let came = vec![numbered(1), incoming(&all[1]), numbered(3), numbered(4)];
    reader.store.apply_segments(came, &[cursor(4)], NOW_MS).expect("taken in");
    assert_eq!(reader.store.held_after().expect("readable"), [cursor(2)]);
    reader.store.apply_segments(vec![numbered(2), numbered(5)], &[cursor(5)], NOW_MS).expect("taken in");
    assert_eq!(reader.store.held_after().expect("readable"), [cursor(0)]);
}

#[test]
fn outgoing_parcels_lean_on_what_has_a_receipt() {
    let mut officer = laptop("Petugas Contoh");
    let mut province = Province::new();
    province.enrol(&mut officer.store, Role::Petugas, &scope());
    province.tell(&mut officer.store);
    let all = segments(&mut officer, 3);
    let unsent = officer.store.pack_segments(all.clone()).expect("packed");
    let [(first, content)] = unsent.as_slice() else { panic!("one parcel for one scope") };
    assert!(first.base.is_empty(), "nothing has a receipt yet");
    assert_eq!(
        content.iter().map(|(_, hash)| *hash).collect::<Vec<_>>(),
        all.iter().map(SealedSegment::hash).collect::<Vec<_>>()
    );

    let receipts = [province.receipt(&all[0], 7, NOW_MS), province.receipt(&all[1], 9, NOW_MS)];
    officer.store.apply_receipts(&receipts).expect("counted");
    let packed = officer.store.pack_segments(all[2..].to_vec()).expect("packed");
    assert_eq!(packed[0].0.base, Numbers::of([7, 9]));
    assert!(packed[0].0.bytes.len() < first.bytes.len());
}
