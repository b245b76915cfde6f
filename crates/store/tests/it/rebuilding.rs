//! The records are a function of the log.

use arumbae_domain::records::{Comment, RecordStatus};

use crate::fixture::{NOW_MS, at, attendee, carry, event, finding, laptop, new_id, put, put_at, report, witness};

#[test]
fn rebuilding_gives_the_same_bytes() {
    let (mut first, mut second) = (laptop("Penguji Satu"), laptop("Penguji Dua"));
    let mut lhp = report("001/LHP/PM.01.02/II/2024");
    lhp.witnesses = vec![witness("Saksi Satu"), witness("Saksi Dua")];
    put(&mut first.store, &lhp);
    lhp.witnesses.remove(0);
    lhp.findings_summary = "Petugas memasang alat peraga di pagar kantor.".into();
    put(&mut first.store, &lhp);
    let mut talk = event("Sosialisasi");
    talk.attendees = (0..30).map(|n| attendee(&format!("Peserta {n}"))).collect();
    put(&mut first.store, &talk);
    first.store.transition(lhp.id, "submitted", "", &at(NOW_MS)).expect("written");
    carry(&mut first.store, &mut second.store);
    lhp.stage = "Masa tenang".to_owned();
    put(&mut second.store, &lhp);
    let mut theirs = lhp.clone();
    theirs.stage = "Pemungutan suara".to_owned();
    theirs.comments.push(Comment { id: new_id(), text: "Lengkapi saksi.".into(), ..Default::default() });
    put(&mut first.store, &theirs);
    carry(&mut second.store, &mut first.store);
    let gone = finding("Dibatalkan");
    put(&mut first.store, &gone);
    first.store.delete(gone.id, "salah entri", &at(NOW_MS)).expect("deleted");

    let before = first.store.state_fingerprint().expect("readable");
    first.store.rebuild_from_log().expect("rebuilt");
    assert_eq!(first.store.state_fingerprint().expect("readable"), before);
    first.store.check_integrity().expect("whole");
    let mut first = first.reopen();
    assert_eq!(first.store.state_fingerprint().expect("readable"), before, "and after opening again");
    put_at(&mut first.store, &finding("Baru"), NOW_MS + 1);
    assert_ne!(first.store.state_fingerprint().expect("readable"), before, "a fingerprint that never changes is none");
    let view = first.store.document(lhp.id).expect("readable").expect("there");
    assert_eq!(view.status.as_deref(), Some(arumbae_domain::schema::Choice::code(&RecordStatus::Submitted)));
}
