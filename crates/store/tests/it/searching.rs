//! Search: what is found by which words, and in which order.

use arumbae_domain::schema::Narrative;
use arumbae_domain::{CrucialIssue, Finding, OutreachEvent};
use arumbae_store::Store;

use crate::fixture::{NOW_MS, at, attendee, carry, event, finding, laptop, put, witness};

fn found(store: &Store, text: &str) -> Vec<String> {
    store.search(text, 10).expect("searched").into_iter().map(|row| row.title).collect()
}

#[track_caller]
fn check_found(store: &Store, text: &str, expected: &[&str]) {
    let mut titles = found(store, text);
    titles.sort();
    assert_eq!(titles, expected, "{text}");
}

fn talk() -> OutreachEvent {
    let mut talk = event("Sosialisasi di Negeri Hatusúa");
    talk.attendees = vec![attendee("Dorkas Contohlatu"), attendee("Yohanis Umpama")];
    talk.attendees[0].staff_number = "19870312 201001 2 002".to_owned();
    talk.attendees[1].staff_number = "197811052009031001".to_owned();
    talk.attendees[1].phone = "+62 812-0000-1234".to_owned();
    talk.issues.insert(CrucialIssue::MoneyPolitics);
    talk
}

fn case() -> Finding {
    let mut case = finding("Pembagian sembako di Kec. Contoh");
    case.number = "001/TM/PL/Kec-Contoh/31.01/II/2024".to_owned();
    case.witnesses = vec![witness("H. Abd. Rahman Contohlatu")];
    case.summary = Narrative("Ketua RT berulang-ulang mendukung seorang calon dan mengirim undangan.".to_owned());
    case
}

const TALK: &str = "Sosialisasi di Negeri Hatusúa";
const CASE: &str = "Pembagian sembako di Kec. Contoh";

#[test]
fn records_are_found_by_the_words_of_their_parts_too() {
    let mut laptop = laptop("Penguji");
    let (mut talk, case) = (talk(), case());
    put(&mut laptop.store, &talk);
    put(&mut laptop.store, &case);
    check_found(&laptop.store, "contohlatu", &[CASE, TALK]);
    check_found(&laptop.store, "HATUSUA", &[TALK]);
    check_found(&laptop.store, "yoha", &[TALK]);
    check_found(&laptop.store, "hatusua dorkas yohanis", &[TALK]);
    check_found(&laptop.store, "hatusua rahman", &[]);
    check_found(&laptop.store, "money_politics", &[]);
    check_found(&laptop.store, "\"' OR *", &[]);
    check_found(&laptop.store, "", &[]);

    let yohanis = talk.attendees.remove(1);
    put(&mut laptop.store, &talk);
    check_found(&laptop.store, "yohanis", &[]);
    talk.attendees.push(yohanis);
    put(&mut laptop.store, &talk);
    check_found(&laptop.store, "yohanis", &[TALK]);
    laptop.store.delete(case.id, "rangkap", &at(NOW_MS)).expect("deleted");
    check_found(&laptop.store, "contohlatu", &[TALK]);
    laptop.store.restore(case.id, &at(NOW_MS)).expect("restored");
    check_found(&laptop.store, "sembako", &[CASE]);
}

#[test]
fn numbers_are_found_however_they_are_written() {
    let mut laptop = laptop("Penguji");
    put(&mut laptop.store, &talk());
    put(&mut laptop.store, &case());
    for number in ["198703122010012002", "19870312 201001 2 002", "19870312", "201001", "1987031220", "19870312 2010"] {
        check_found(&laptop.store, number, &[TALK]);
    }
    for number in ["197811052009031001", "19781105 200903 1 001", "19781105 200903", "200903", "19781105"] {
        check_found(&laptop.store, number, &[TALK]);
    }
    for number in ["081200001234", "0812-0000-1234", "+6281200001234", "62812 0000 1234", "0812 0000"] {
        check_found(&laptop.store, number, &[TALK]);
    }
    for number in ["001/TM/PL/Kec-Contoh/31.01/II/2024", "001/TM", "31.01", "TM/PL", "31"] {
        check_found(&laptop.store, number, &[CASE]);
    }
    check_found(&laptop.store, "198703122010012003", &[]);
}

#[test]
fn short_forms_and_forms_of_address_do_not_matter() {
    let mut laptop = laptop("Penguji");
    put(&mut laptop.store, &case());
    let texts =
        ["kecamatan contoh", "Kec. Contoh", "kec", "abdul rahman", "Abd. Rahman", "H. Abdul Rahman", "Bapak Rahman"];
    for text in texts {
        check_found(&laptop.store, text, &[CASE]);
    }
    check_found(&laptop.store, "Rahmat", &[]);
}

#[test]
fn other_forms_of_a_word_are_found_after_the_word_itself() {
    let mut laptop = laptop("Penguji");
    put(&mut laptop.store, &case());
    for form in
        ["dukung", "mendukung", "didukung", "dukungan", "ulang", "berulang-ulang", "kirim", "pengiriman", "undang"]
    {
        check_found(&laptop.store, form, &[CASE]);
    }
    check_found(&laptop.store, "dukun", &[CASE]);
    put(&mut laptop.store, &finding("Dukungan perangkat desa"));
    let mut rumour = finding("Kabar");
    rumour.summary = Narrative("Tidak ada dukungan.".to_owned());
    put(&mut laptop.store, &rumour);
    assert_eq!(found(&laptop.store, "dukungan"), ["Dukungan perangkat desa", "Kabar", CASE]);
}

#[test]
fn titles_come_before_lines_and_lines_before_narratives() {
    let mut laptop = laptop("Penguji");
    let titled = finding("Pasar Contoh");
    let mut placed = finding("Kampanye");
    placed.event_place = "Depan pasar".to_owned();
    let mut told = finding("Arisan");
    told.summary = Narrative("Mereka bertemu di pasar.".to_owned());
    put(&mut laptop.store, &titled);
    put(&mut laptop.store, &finding("Pasar lama"));
    put(&mut laptop.store, &told);
    put(&mut laptop.store, &placed);
    assert_eq!(found(&laptop.store, "pasar"), ["Pasar lama", "Pasar Contoh", "Kampanye", "Arisan"]);
    assert_eq!(laptop.store.search("pasar", 2).expect("searched").len(), 2);
}

#[test]
fn nothing_is_missing_from_an_answer_while_rows_wait_to_be_indexed() {
    let (mut first, mut second) = (laptop("Satu"), laptop("Dua"));
    for number in 0..7 {
        put(&mut first.store, &finding(&format!("Temuan {number}")));
    }
    carry(&mut first.store, &mut second.store);
    assert!(second.store.index_pending(3).expect("indexed"), "some still wait");
    assert_eq!(found(&second.store, "temuan").len(), 7);
    assert!(!second.store.index_pending(3).expect("indexed"), "nothing waits after a search");
    let reopened = second.reopen();
    assert_eq!(found(&reopened.store, "temuan").len(), 7);
}
