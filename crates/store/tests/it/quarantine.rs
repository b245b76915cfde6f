//! What is held without being part of the records: why, and how it gets out.

use arumbae_domain::change::Change;
use arumbae_domain::schema::{FieldNo, Value};
use arumbae_domain::{Scope, SupervisionReport};
use arumbae_mergelog::{SealedSegment, compression};
use arumbae_protocol::registry::LaneCutOff;
use arumbae_protocol::{Grant, Notice, NoticeCode, RegistryEntry, Role};
use arumbae_store::{Incoming, Profile, QuarantineReason, SaveContext, Store, WayOut};
use rand_core::OsRng;

use crate::fixture::{
    Laptop, NOW_MS, PASSPHRASE, at, carry, event, get, incoming, laptop, profile, put, put_at, report, scope, sealed,
};
use crate::province::Province;

const STAGE: FieldNo = FieldNo(20);

fn reasons(store: &Store) -> Vec<QuarantineReason> {
    store.quarantine().expect("readable").into_iter().map(|held| held.reason).collect()
}

fn numbered(segment: &SealedSegment, gsn: u64) -> Incoming {
    Incoming { gsn: Some(gsn), received_ms: Some(NOW_MS), ..incoming(segment) }
}

fn segments(store: &mut Store) -> Vec<SealedSegment> {
    let clock = store.clock_quality().expect("readable");
    store.seal_pending(clock).expect("sealed");
    store.unreceipted_segments(usize::MAX).expect("readable")
}

/// A province with an officer and somebody who reads the whole regency.
fn office() -> (Province, Laptop, Laptop) {
    let (mut officer, mut reader) = (laptop("Petugas Contoh"), laptop("Pengawas Contoh"));
    let mut province = Province::new();
    province.enrol(&mut reader.store, Role::PengawasKabkota, &"81.71".parse().expect("a regency"));
    province.enrol(&mut officer.store, Role::Petugas, &scope());
    province.tell(&mut officer.store);
    province.tell(&mut reader.store);
    (province, officer, reader)
}

fn grant(store: &Store, role: Role, scope: &Scope) -> Grant {
    Grant { person: store.profile().person_id, role, scope: scope.clone() }
}

/// What is held for `reason` comes in by itself once the registry gained `entry`.
#[track_caller]
fn check_held_until(
    province: &mut Province,
    author: &mut Store,
    reader: &mut Store,
    reason: QuarantineReason,
    entry: Option<RegistryEntry>,
) {
    let before = reader.state_fingerprint().expect("readable");
    carry(author, reader);
    assert_eq!(reasons(reader), [reason]);
    let [held] = &reader.quarantine().expect("readable")[..] else { panic!("one segment is held") };
    assert!(held.is_kept && !held.by_server && held.record.is_none());
    assert_eq!(held.way_out(), WayOut::RegistryChange);
    assert_eq!(reader.state_fingerprint().expect("readable"), before, "nothing of it is in the records");
    reader.rebuild_from_log().expect("rebuilt");
    assert_eq!(reader.state_fingerprint().expect("readable"), before, "nor after making them again");
    if let Some(entry) = entry {
        province.enter(&entry);
    }
    province.tell(reader);
    assert_eq!(reasons(reader), []);
    assert_ne!(reader.state_fingerprint().expect("readable"), before, "and then it is");
    let after = reader.state_fingerprint().expect("readable");
    reader.rebuild_from_log().expect("rebuilt");
    assert_eq!(reader.state_fingerprint().expect("readable"), after);
}

#[test]
fn what_was_written_under_later_entries_waits_for_them() {
    let (mut province, mut officer, mut reader) = office();
    province.enter(&RegistryEntry::Office { region: "81".parse().expect("a province"), name: "Provinsi".to_owned() });
    province.tell(&mut officer.store);
    put(&mut officer.store, &report("001"));
    check_held_until(&mut province, &mut officer.store, &mut reader.store, QuarantineReason::LaterPolicy, None);
}

#[test]
fn a_withdrawal_ends_a_right_for_those_who_know_of_it() {
    let (mut province, mut officer, mut reader) = office();
    let right = grant(&officer.store, Role::Petugas, &scope());
    province.enter(&RegistryEntry::Withdraw(right.clone()));
    province.tell(&mut reader.store);
    let unaware = report("001");
    put(&mut officer.store, &unaware);
    carry(&mut officer.store, &mut reader.store);
    assert_eq!(get(&reader.store, &unaware).number, "001", "its author could not know");

    province.tell(&mut officer.store);
    put(&mut officer.store, &report("002"));
    let again = Some(RegistryEntry::Grant(right));
    check_held_until(&mut province, &mut officer.store, &mut reader.store, QuarantineReason::NoRight, again);
}

#[test]
fn a_colleague_at_a_shared_laptop_has_to_be_registered() {
    let (mut province, mut officer, mut reader) = office();
    let colleague = profile("Rekan Contoh");
    officer.store.set_profile(colleague.clone()).expect("the colleague sits down");
    put(&mut officer.store, &report("001"));
    let Profile { person_id, name, position, .. } = colleague;
    province.enter(&RegistryEntry::Person { id: person_id, name, position });
    let right = Grant { person: person_id, role: Role::Petugas, scope: scope() };
    let entry = Some(RegistryEntry::Grant(right));
    check_held_until(&mut province, &mut officer.store, &mut reader.store, QuarantineReason::NotTheOwner, entry);
}

#[test]
fn a_reviewers_step_takes_a_reviewer() {
    let (mut province, mut officer, mut reader) = office();
    let lhp = report("001");
    put(&mut officer.store, &lhp);
    officer.store.transition(lhp.id, "submitted", "", &at(NOW_MS)).expect("written");
    carry(&mut officer.store, &mut reader.store);
    assert_eq!(reasons(&reader.store), []);
    officer.store.transition(lhp.id, "accepted", "sendiri", &at(NOW_MS)).expect("written");
    let entry = Some(RegistryEntry::Grant(grant(&officer.store, Role::Ketua, &scope())));
    check_held_until(&mut province, &mut officer.store, &mut reader.store, QuarantineReason::NoReview, entry);
}

/// An officer of another district, who knows the record's id.
fn neighbour(province: &mut Province) -> (Laptop, Scope) {
    let mut neighbour = laptop("Petugas Sebelah");
    let scope: Scope = "81.71.02".parse().expect("a district");
    province.enrol(&mut neighbour.store, Role::Petugas, &scope);
    province.tell(&mut neighbour.store);
    (neighbour, scope)
}

fn edit_from(store: &mut Store, scope: &Scope, lhp: &SupervisionReport, stage: &str) {
    let change = Change::Set { record: lhp.id, field: STAGE, value: Value::Text(stage.to_owned()) };
    store.save(&[change], &SaveContext { scope: scope.clone(), ..at(NOW_MS + 1000) }).expect("written");
}

#[test]
fn a_record_is_changed_from_where_it_belongs() {
    let (mut province, mut officer, mut reader) = office();
    let lhp = report("001");
    put(&mut officer.store, &lhp);
    carry(&mut officer.store, &mut reader.store);
    let (mut neighbour, theirs) = neighbour(&mut province);
    edit_from(&mut neighbour.store, &theirs, &lhp, "Dari sebelah");
    province.tell(&mut reader.store);
    let entry = Some(RegistryEntry::Grant(grant(&neighbour.store, Role::Petugas, &scope())));
    check_held_until(&mut province, &mut neighbour.store, &mut reader.store, QuarantineReason::ForeignScope, entry);
    assert_eq!(get(&reader.store, &lhp).stage, "Dari sebelah", "whoever may write there may");
}

#[test]
fn the_order_in_which_strays_come_shows_nowhere() {
    let (mut province, mut officer, mut reader) = office();
    let lhp = report("001");
    put(&mut officer.store, &lhp);
    let (mut neighbour, theirs) = neighbour(&mut province);
    let innocent = report("milik sendiri");
    put_in(&mut neighbour.store, &theirs, &innocent);
    segments(&mut neighbour.store);
    edit_from(&mut neighbour.store, &theirs, &lhp, "Dari sebelah");
    segments(&mut neighbour.store);
    edit_from(&mut neighbour.store, &theirs, &lhp, "Sekali lagi");
    let (good, strays) = (sealed(&mut officer.store), sealed(&mut neighbour.store));
    province.tell(&mut reader.store);
    reader.store.apply_segments([good.clone(), strays.clone()].concat(), &[], NOW_MS).expect("taken in");
    assert_eq!(reasons(&reader.store), [QuarantineReason::ForeignScope; 2]);
    assert_eq!(get(&reader.store, &innocent).number, "milik sendiri", "the lane's other segments count");
    let expected = reader.store.state_fingerprint().expect("readable");

    let orders = [[strays.clone(), good.clone()].concat(), [&strays[..2], &good, &strays[2..]].concat()];
    for order in orders {
        for batch in [1, 10] {
            let mut other = laptop("Pembaca");
            province.enrol(&mut other.store, Role::PengawasKabkota, &"81.71".parse().expect("a regency"));
            province.tell(&mut other.store);
            order.chunks(batch).for_each(|piece| {
                drop(other.store.apply_segments(piece.to_vec(), &[], NOW_MS).expect("taken in"));
            });
            assert_eq!(other.store.state_fingerprint().expect("readable"), expected);
            assert_eq!(reasons(&other.store), [QuarantineReason::ForeignScope; 2]);
        }
    }
}

fn put_in(store: &mut Store, scope: &Scope, lhp: &SupervisionReport) {
    let changes = arumbae_domain::change::changes_between(None, &arumbae_domain::schema::Record::to_document(lhp));
    store.save(&changes, &SaveContext { scope: scope.clone(), ..at(NOW_MS) }).expect("written");
}

/// Whoever claims to have made somebody else's record cannot push its maker out.
#[test]
fn a_second_creation_elsewhere_takes_no_record_over() {
    let (mut province, mut officer, mut reader) = office();
    let lhp = report("001");
    put(&mut officer.store, &lhp);
    let (mut neighbour, theirs) = neighbour(&mut province);
    put_in(&mut neighbour.store, &theirs, &SupervisionReport { number: "direbut".to_owned(), ..lhp.clone() });
    let (first, second) = (segments(&mut officer.store).remove(0), segments(&mut neighbour.store).remove(0));
    province.tell(&mut reader.store);
    let early = Incoming { received_ms: Some(NOW_MS - 1000), ..numbered(&first, 1) };
    reader.store.apply_segments(vec![numbered(&second, 1)], &[], NOW_MS).expect("taken in");
    reader.store.apply_segments(vec![early], &[], NOW_MS).expect("taken in");
    assert_eq!(reasons(&reader.store), [QuarantineReason::ForeignScope]);
    let view = reader.store.document(lhp.id).expect("readable").expect("there");
    assert_eq!((get(&reader.store, &lhp).number.as_str(), view.scope, view.conflicts.len()), ("001", scope(), 0));
}

#[test]
fn a_revocation_takes_out_what_the_province_had_not_received() {
    let (mut province, mut officer, mut reader) = office();
    let (received, late) = (report("001"), report("002"));
    put(&mut officer.store, &received);
    segments(&mut officer.store);
    put(&mut officer.store, &late);
    let all = sealed(&mut officer.store);
    let lane = officer.store.lane(&scope()).id();
    reader.store.apply_segments(all.clone(), &[], NOW_MS).expect("a stick brought it");
    assert_eq!(get(&reader.store, &late).number, "002");
    let cut_offs = vec![LaneCutOff { lane, last_seq: 1 }];
    province.enter(&RegistryEntry::RevokeDevice { key: officer.store.device_key(), cut_offs });
    province.tell(&mut reader.store);
    assert_eq!(reasons(&reader.store), [QuarantineReason::Revoked]);
    assert_eq!(reader.store.document(late.id).expect("readable"), None);
    assert_eq!(get(&reader.store, &received).number, "001", "what was received before stays");

    let mut other = laptop("Pembaca");
    province.enrol(&mut other.store, Role::PengawasKabkota, &"81.71".parse().expect("a regency"));
    province.tell(&mut other.store);
    other.store.apply_segments(all, &[], NOW_MS).expect("taken in");
    assert_eq!(other.store.state_fingerprint().expect("readable"), reader.store.state_fingerprint().expect("readable"));
    let person = officer.store.profile().person_id;
    province.enter(&RegistryEntry::Device { key: officer.store.device_key(), person });
    province.tell(&mut reader.store);
    assert_eq!((reasons(&reader.store), get(&reader.store, &late).number.as_str()), (vec![], "002"));
}

#[test]
fn what_came_in_before_enrolment_is_judged_when_rights_are_known() {
    let (mut stranger, mut reader) = (laptop("Tanpa Hak"), laptop("Pembaca"));
    let talk = event("Tidak berhak");
    put(&mut stranger.store, &talk);
    carry(&mut stranger.store, &mut reader.store);
    assert_eq!(get(&reader.store, &talk).title, "Tidak berhak");
    let mut province = Province::new();
    province.enrol(&mut reader.store, Role::PengawasKabkota, &"81.71".parse().expect("a regency"));
    province.tell(&mut reader.store);
    assert_eq!(reasons(&reader.store), [QuarantineReason::UnknownDevice]);
    assert_eq!(reader.store.document(talk.id).expect("readable"), None);
}

/// Two copies of one laptop, each with a save of its own at the same place, and what they had in common.
fn twins(mut laptop: Laptop) -> (Vec<SealedSegment>, Vec<SealedSegment>) {
    segments(&mut laptop.store);
    drop(laptop.store);
    let twin = tempfile::tempdir().expect("a temporary folder");
    for file in ["store.db", "slots.json"] {
        std::fs::copy(laptop.dir.path().join(file), twin.path().join(file)).expect("copied");
    }
    let mut branches = [(laptop.dir.path(), "Asli"), (twin.path(), "Salinan")].map(|(folder, title)| {
        let mut store = Store::unlock(folder, PASSPHRASE, NOW_MS, &mut OsRng).expect("opens");
        for number in 1..=2 {
            put(&mut store, &event(&format!("{title} {number}")));
            segments(&mut store);
        }
        segments(&mut store)
    });
    (std::mem::take(&mut branches[0]), std::mem::take(&mut branches[1]))
}

#[test]
fn of_two_branches_the_one_stands_that_the_province_numbered() {
    let mut officer = laptop("Petugas Contoh");
    put(&mut officer.store, &report("001"));
    let (original, copy) = twins(officer);
    let mut expected = laptop("Pembaca");
    let by_server: Vec<Incoming> = (1..).zip(&original).map(|(gsn, segment)| numbered(segment, gsn)).collect();
    expected.store.apply_segments(by_server.clone(), &[], NOW_MS).expect("taken in");
    let fingerprint = expected.store.state_fingerprint().expect("readable");

    for batch in [1, 10] {
        let mut reader = laptop("Pembaca Lain");
        let by_stick = copy.iter().map(incoming).collect();
        reader.store.apply_segments(by_stick, &[], NOW_MS).expect("taken in");
        by_server.chunks(batch).for_each(|piece| {
            drop(reader.store.apply_segments(piece.to_vec(), &[], NOW_MS).expect("taken in"));
        });
        assert_eq!(reader.store.state_fingerprint().expect("readable"), fingerprint);
        assert_eq!(reasons(&reader.store), [QuarantineReason::Fork; 2], "the other branch is kept");
        assert!(reader.store.quarantine().expect("readable").iter().all(|held| held.is_kept));
        reader.store.rebuild_from_log().expect("rebuilt");
        assert_eq!(reader.store.state_fingerprint().expect("readable"), fingerprint);

        let by_stick: Vec<Incoming> = copy.iter().map(incoming).collect();
        reader.store.apply_segments(by_stick, &[], NOW_MS).expect("taken in");
        assert_eq!(reader.store.state_fingerprint().expect("readable"), fingerprint, "nor does it come back");
    }
}

#[test]
fn a_branch_that_the_province_refuses_does_not_stay_with_whom_a_courier_brought_it() {
    let mut officer = laptop("Petugas Contoh");
    put(&mut officer.store, &report("001"));
    let (shared, _) = twins(officer);
    let mut reader = laptop("Pembaca");
    reader.store.apply_segments(shared.iter().take(1).map(incoming).collect(), &[], NOW_MS).expect("taken in");
    let before = reader.store.state_fingerprint().expect("readable");
    reader.store.apply_segments(shared.iter().map(incoming).collect(), &[], NOW_MS).expect("taken in");
    let refused = &shared[1];
    let notice = Notice {
        index: 0,
        lane: Some(refused.header().lane.clone()),
        first_seq: refused.header().first_seq,
        hash: refused.hash(),
        code: NoticeCode::Fork,
    };
    reader.store.note_server_notices(&[notice], NOW_MS).expect("noted");
    assert_eq!(reader.store.state_fingerprint().expect("readable"), before, "it stands nowhere else");
    let held = reader.store.quarantine().expect("readable");
    assert!(!held.is_empty() && held.iter().all(|held| held.reason == QuarantineReason::Fork && held.is_kept));
}

#[test]
fn a_good_copy_ends_what_a_damaged_one_began() {
    let (mut officer, mut reader) = (laptop("Petugas Contoh"), laptop("Pembaca"));
    let lhp = report("001");
    put(&mut officer.store, &lhp);
    let good = segments(&mut officer.store).remove(0);
    let mut bytes = good.bytes().to_vec();
    *bytes.last_mut().expect("not empty") ^= 1;
    let bad = Incoming { gsn: None, received_ms: None, bytes: compression::compress(&bytes) };
    reader.store.apply_segments(vec![bad], &[], NOW_MS).expect("taken in");
    let [held] = &reader.store.quarantine().expect("readable")[..] else { panic!("one is held") };
    assert!(held.is_kept && held.way_out() == WayOut::GoodCopy, "{held:?}");
    reader.store.apply_segments(vec![incoming(&good)], &[], NOW_MS).expect("taken in");
    assert_eq!((reasons(&reader.store), get(&reader.store, &lhp).number.as_str()), (vec![], "001"));
    assert_eq!(reader.store.sync_summary().expect("readable").quarantined, 0);
}

#[test]
fn the_servers_time_reaches_a_segment_that_waits() {
    let (mut officer, mut reader) = (laptop("Petugas Contoh"), laptop("Pembaca"));
    let (first, second) = (report("001"), report("002"));
    put(&mut officer.store, &first);
    segments(&mut officer.store);
    put_at(&mut officer.store, &second, 4_090_000_000_000);
    let all = segments(&mut officer.store);
    reader.store.apply_segments(vec![incoming(&all[1])], &[], NOW_MS).expect("a stick brought the second");
    reader.store.apply_segments(vec![numbered(&all[1], 2)], &[], NOW_MS).expect("then the server did");
    reader.store.apply_segments(vec![numbered(&all[0], 1)], &[], NOW_MS).expect("and the first");
    let view = reader.store.document(second.id).expect("readable").expect("there");
    assert_eq!(view.updated_ms, NOW_MS + 300_000, "a clock in 2099 is believed five minutes");
}

#[test]
fn what_a_later_version_compressed_is_kept_for_it() {
    let mut reader = laptop("Pembaca");
    let later = Incoming { gsn: Some(7), received_ms: Some(NOW_MS), bytes: vec![200, 0, 1, 2, 3] };
    reader.store.apply_segments(vec![later], &[], NOW_MS).expect("taken in");
    let reader = reader.reopen();
    let [held] = &reader.store.quarantine().expect("readable")[..] else { panic!("one is held") };
    assert_eq!(
        (held.reason, held.way_out(), held.is_kept),
        (QuarantineReason::NewerCompression, WayOut::Upgrade, true)
    );
}
