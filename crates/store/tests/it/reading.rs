//! Lists and search.

use arumbae_domain::OutreachEvent;
use arumbae_domain::schema::RecordKind;
use arumbae_store::{ListQuery, Store, StoreError, SyncState};

use crate::fixture::{NOW_MS, at, attendee, event, finding, get, laptop, put, put_at, report, witness};

fn all_pages(store: &Store, kind: RecordKind, query: &ListQuery) -> Vec<String> {
    let mut titles = Vec::new();
    let mut query = query.clone();
    loop {
        let page = store.list(kind, &query).expect("readable");
        assert!(page.rows.len() <= query.limit, "a page is no longer than asked");
        titles.extend(page.rows.into_iter().map(|row| row.title));
        match page.next {
            Some(next) => query.after_key = Some(next),
            None => return titles,
        }
    }
}

#[test]
fn lists_are_paged_newest_change_first() {
    let mut laptop = laptop("Penguji");
    let events: Vec<OutreachEvent> = (0..25).map(|n| event(&format!("Kegiatan {n:02}"))).collect();
    for (n, event) in (0..).zip(&events) {
        // Several share a moment: the page key has to tell them apart.
        put_at(&mut laptop.store, event, NOW_MS + n / 4 * 1000);
    }
    put(&mut laptop.store, &finding("lain"));
    for limit in [1, 7, 25, 100] {
        let query = ListQuery { limit, ..Default::default() };
        let mut titles = all_pages(&laptop.store, RecordKind::OutreachEvent, &query);
        assert_eq!(titles.first().map(String::as_str), Some("Kegiatan 24"));
        titles.sort();
        let expected: Vec<String> = events.iter().map(|event| event.title.clone()).collect();
        assert_eq!(titles, expected, "each once, with pages of {limit}");
    }
    let mut oldest = events[0].clone();
    oldest.attendees.push(attendee("Peserta"));
    put_at(&mut laptop.store, &oldest, NOW_MS + 60_000);
    let page = laptop.store.list(RecordKind::OutreachEvent, &ListQuery::default()).expect("readable");
    assert_eq!(page.rows[0].title, "Kegiatan 00", "a change of a part is a change of the record");
    assert_eq!(page.total, 25);
    assert_eq!(page.rows[0].subtitle, "Balai Desa Contoh");
    let forged = ListQuery { after_key: Some("kemarin".to_owned()), ..Default::default() };
    assert!(matches!(laptop.store.list(RecordKind::Finding, &forged), Err(StoreError::BadPageKey)));
}

#[test]
fn lists_filter_by_status_and_words() {
    let mut laptop = laptop("Penguji");
    let (first, second) = (report("001/LHP"), report("002/LHP"));
    put(&mut laptop.store, &first);
    put(&mut laptop.store, &second);
    laptop.store.transition(second.id, "submitted", "", &at(NOW_MS)).expect("written");
    #[track_caller]
    fn check(store: &Store, status: Option<&str>, text: Option<&str>, expected: &[&str]) {
        let query =
            ListQuery { status: status.map(str::to_owned), text: text.map(str::to_owned), ..Default::default() };
        let page = store.list(RecordKind::SupervisionReport, &query).expect("readable");
        let mut numbers: Vec<_> = page.rows.iter().map(|row| row.subtitle.as_str()).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, expected);
        assert_eq!(page.total, expected.len() as u64);
    }
    check(&laptop.store, None, None, &["001/LHP", "002/LHP"]);
    check(&laptop.store, Some("draft"), None, &["001/LHP"]);
    check(&laptop.store, Some("submitted"), None, &["002/LHP"]);
    check(&laptop.store, Some("accepted"), None, &[]);
    check(&laptop.store, None, Some("002"), &["002/LHP"]);
    check(&laptop.store, Some("draft"), Some("kampan"), &["001/LHP"]);
    check(&laptop.store, None, Some("  "), &["001/LHP", "002/LHP"]);
}

#[test]
fn a_record_comes_back_with_its_parts_in_the_order_they_were_made() {
    let mut laptop = laptop("Penguji");
    let mut lhp = report("001");
    lhp.witnesses = vec![witness("Satu"), witness("Dua"), witness("Tiga")];
    put(&mut laptop.store, &lhp);
    lhp.witnesses.remove(1);
    lhp.witnesses.push(witness("Empat"));
    put(&mut laptop.store, &lhp);
    let laptop = laptop.reopen();
    let read = get(&laptop.store, &lhp);
    assert_eq!(read.witnesses, lhp.witnesses);
    let view = laptop.store.document(lhp.id).expect("readable").expect("there");
    assert_eq!((view.sync, view.author.as_deref()), (SyncState::Waiting, Some("Penguji")));
    assert_eq!(laptop.store.root_of(lhp.witnesses[0].id).expect("readable"), lhp.id);
    let part = laptop.store.document(lhp.witnesses[0].id).expect("readable").expect("a part can be read by itself");
    assert_eq!(part.document.kind, RecordKind::Witness);
    assert_eq!(laptop.store.document(crate::fixture::new_id()).expect("readable"), None);
}

#[test]
fn what_was_made_from_a_record_is_found_from_it() {
    let mut laptop = laptop("Penguji");
    let lhp = report("001");
    put(&mut laptop.store, &lhp);
    let mut case = finding("Temuan dari LHP");
    case.source_report = Some(lhp.id);
    put(&mut laptop.store, &case);
    let titles = |store: &Store| -> Vec<String> {
        store.referring_to(lhp.id).expect("readable").into_iter().map(|row| row.title).collect()
    };
    assert_eq!(titles(&laptop.store), ["Temuan dari LHP"]);
    case.source_report = None;
    put(&mut laptop.store, &case);
    assert_eq!(titles(&laptop.store), [""; 0]);
    assert_eq!(laptop.store.count(RecordKind::Finding).expect("readable"), 1);
}

#[test]
fn five_hundred_attendees_are_one_save() {
    let mut laptop = laptop("Penguji");
    let mut talk = event("Rapat akbar");
    put(&mut laptop.store, &talk);
    talk.attendees = (0..500)
        .map(|n| {
            let mut person = attendee(&format!("Peserta Contoh {n:03}"));
            person.staff_number = format!("19800101200501{n:04}");
            person.position = "Guru".to_owned();
            person
        })
        .collect();
    let outcome = put(&mut laptop.store, &talk);
    assert_eq!((outcome.seq, outcome.operations), (2, 500 * 6), "one action, one save");
    assert_eq!(get(&laptop.store, &talk).attendees, talk.attendees);
    talk.attendees[250].position = "Kepala sekolah".to_owned();
    assert_eq!(put(&mut laptop.store, &talk).operations, 1, "one field of one of them is one operation");
}
