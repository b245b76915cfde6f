use jiff::civil::date;
use uuid::Uuid;

use super::*;

fn id(number: u128) -> RecordId {
    RecordId(Uuid::from_u128(number))
}

fn person(number: u128, name: &str) -> Attendee {
    Attendee { id: id(number), name: name.into(), ..Attendee::default() }
}

fn preview_of(existing: &[Attendee], text: &str) -> AttendancePreview {
    preview(existing, &Input::file(text.as_bytes().to_vec()), date(2026, 11, 21)).unwrap()
}

/// The preview in a few lines, as an officer would read it.
fn told(preview: &AttendancePreview) -> String {
    let reasons = |reasons: &[Reason]| reasons.iter().map(|r| r.reason.as_str()).collect::<Vec<_>>().join(", ");
    let mut text = format!("people {}, rows {}, {:?}\n", preview.people, preview.rows, preview.format);
    for added in &preview.added {
        let Attendee { name, staff_number, position, agency, sex, phone, email, minutes_present, .. } = &added.attendee;
        let sex = sex.as_ref().map(|sex| String::from(sex.clone())).unwrap_or_default();
        let cells = [name, staff_number, position, agency, &sex, phone, email].map(String::as_str).join(" | ");
        let minutes = minutes_present.map(|minutes| format!(" {minutes} min")).unwrap_or_default();
        text += &format!("added {:?}: {cells}{minutes} {}\n", added.rows, reasons(&added.remarks));
    }
    for merged in &preview.merged {
        let into = merged.into.map(|_| " into the list").unwrap_or_default();
        let Attendee { name, minutes_present, .. } = &merged.attendee;
        let minutes = minutes_present.map(|minutes| format!(" {minutes} min")).unwrap_or_default();
        text += &format!(
            "merged {:?}{into}: {name}{minutes}: {} {:?}\n",
            merged.rows,
            reasons(&merged.because),
            merged.filled
        );
    }
    for doubted in &preview.doubted {
        text += &format!("doubted {:?}: {}\n", doubted.rows, doubted.attendee.name);
        for doubt in &doubted.doubts {
            text += &format!("    {} {} {:?}\n", doubt.because.reason, doubt.candidate_name, doubt.candidate_rows);
        }
    }
    for rejected in &preview.rejected {
        text += &format!("rejected {}: {} ({})\n", rejected.row, rejected.because.reason, rejected.text);
    }
    text
}

const ZOOM: &str = "\u{feff}Topic,Meeting ID,Start Time,End Time,User Email,Duration (Minutes),Participants\r\n\
Sosialisasi Netralitas ASN,812 3456 7890,05/14/2024 09:00:00 AM,05/14/2024 11:00:00 AM,panwascam@contoh.test,120,8\r\n\
\r\n\
Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest\r\n\
\"Kec. Sirimau - Contoh Latuconsina, S.Sos\",c.latuconsina@contoh.test,05/14/2024 09:00:00 AM,05/14/2024 09:30:00 AM,30,Yes\r\n\
\"Kec. Sirimau - Contoh Latuconsina, S.Sos\",c.latuconsina@contoh.test,05/14/2024 09:35:00 AM,05/14/2024 10:00:00 AM,25,Yes\r\n\
\"Kec. Sirimau - Contoh Latuconsina, S.Sos\",c.latuconsina@contoh.test,05/14/2024 10:05:00 AM,05/14/2024 11:00:00 AM,55,Yes\r\n\
Teladan Wattimena_Dinas Kominfo,,05/14/2024 09:01:00 AM,05/14/2024 11:00:00 AM,119,Yes\r\n\
Teladan Wattimena_Dinas Kominfo,,05/14/2024 11:00:00 AM,05/14/2024 11:01:00 AM,1,Yes\r\n\
Galaxy A12,,05/14/2024 09:02:00 AM,05/14/2024 10:00:00 AM,58,Yes\r\n\
Misal Tuasikal (Host),misal@contoh.test,05/14/2024 08:55:00 AM,05/14/2024 11:02:00 AM,127,No\r\n\
,,05/14/2024 09:05:00 AM,05/14/2024 09:06:00 AM,1,Yes\r\n";

#[test]
fn a_meeting_report_joins_who_joined_three_times() {
    insta::assert_snapshot!(told(&preview_of(&[], ZOOM)));
}

#[test]
fn a_printed_list_with_letterhead_is_read_from_its_header_on() {
    let text = "PANITIA PENGAWAS PEMILIHAN UMUM;;;;;;\n\
        KECAMATAN SIRIMAU;;;;;;\n\
        Daftar Hadir Sosialisasi, 14 Mei 2024;;;;;;\n\
        ;;;;;;\n\
        No;Nama;NIP;Jabatan/Instansi;L/P;No. HP;Tanda Tangan\n\
        (1);(2);(3);(4);(5);(6);(7)\n\
        1;Drs. Contoh Latuconsina, M.Si;19870312 201001 1 004;Kepala Bidang/Dinas Kominfo;L;0812-3456-7890;1…\n\
        2;Teladan Wattimena;1987031220100110;Kec. Sirimau;P;81234567891;2…\n\
        3;;198703122010012005;Dinas Sosial;P;;\n\
        4;;;;;;\n\
        5;Contoh Latuconsina;198703122010011004;;;;\n\
        Jumlah;;;;;;\n";
    insta::assert_snapshot!(told(&preview_of(&[], text)));
}

#[test]
fn people_on_the_list_are_found_by_number_address_or_name() {
    let existing = vec![
        Attendee { staff_number: "198703122010011004".into(), ..person(1, "Contoh Latuconsina") },
        Attendee { phone: "081234567890".into(), minutes_present: Some(40), ..person(2, "Teladan Wattimena") },
        Attendee { email: "misal@contoh.test".into(), ..person(3, "Misal Tuasikal") },
        Attendee { agency: "Dinas Sosial".into(), ..person(4, "Umpama Pattiasina") },
        Attendee { agency: "Kec. Sirimau".into(), ..person(5, "Rachmawati Salampessy") },
        Attendee { agency: "Bawaslu".into(), ..person(6, "Muhammad Andaian") },
    ];
    let text = "Nama,NIP,Instansi,No HP,Email,Durasi\n\
        \"H. Contoh Latuconsina, S.H.\",198703122010011004,Dinas Kominfo,,,\n\
        Teladan Wattimena,,,+62 812-3456-7890,,90\n\
        Misal Tuasikal,,,,MISAL@contoh.test,\n\
        Orang Lain,,,,misal@contoh.test,\n\
        \"Umpama Pattiasina, S.Sos\",,Dinas Sosial,,,\n\
        Umpama Pattiasina,,Dinas Kesehatan,,,\n\
        Rahmawati Salampessy,,Kecamatan Sirimau,,,\n\
        Moh. Andaian,,,,,\n\
        Orang Baru,198703122010011004,,,,\n";
    insta::assert_snapshot!(told(&preview_of(&existing, text)));
}

#[test]
fn accepting_writes_new_people_once_and_changed_ones_with_their_id() {
    let existing = vec![Attendee { minutes_present: Some(40), ..person(1, "Teladan Wattimena") }];
    let text = "Nama,Instansi,Durasi\nTeladan Wattimena,Dinas Sosial,90\nOrang Barunya,BKN,10\nOrang Barunja,,5\n";
    let shown = preview_of(&existing, text);
    let mut next = 100;
    let mut ids = || {
        next += 1;
        id(next)
    };
    let undecided = accept(&existing, &shown, &Decisions::new(), &mut ids);
    let told = |attendees: &[Attendee]| {
        let line = |a: &Attendee| format!("{} {} {} {:?}\n", a.id.0.as_u128(), a.name, a.agency, a.minutes_present);
        attendees.iter().map(line).collect::<String>()
    };
    insta::assert_snapshot!(told(&undecided), @r"
    1 Teladan Wattimena Dinas Sosial Some(90)
    101 Orang Barunya BKN Some(10)
    102 Orang Barunja  Some(5)
    ");
    let doubted = shown.doubted[0].person;
    let decided = Decisions::from([(doubted, Decision::Merge(shown.doubted[0].doubts[0].candidate.unwrap()))]);
    insta::assert_snapshot!(told(&accept(&existing, &shown, &decided, &mut ids)), @r"
    1 Teladan Wattimena Dinas Sosial Some(90)
    103 Orang Barunya BKN Some(15)
    ");
    let again = preview_of(&undecided, text);
    assert!(again.added.is_empty(), "importing the same file again must add nobody: {}", told(&undecided));
    assert_eq!(
        accept(&undecided, &again, &Decisions::new(), &mut ids),
        vec![],
        "importing the same file again must change nothing"
    );
}

#[test]
fn who_changes_name_and_account_in_a_meeting_stays_one_person() {
    let text = "Name (Original Name),User Email,Duration (Minutes)\n\
        Contoh Latuconsina,,10\n\
        Kec. Sirimau - Contoh Latuconsina,contoh@contoh.test,20\n\
        C. Latuconsina,contoh@contoh.test,30\n";
    let shown = preview_of(&[], text);
    assert_eq!(shown.people, 1, "{}", told(&shown));
    assert_eq!(shown.added[0].rows, [2, 3, 4]);
    assert_eq!(shown.added[0].attendee.minutes_present, Some(60));
    assert_eq!(shown.added[0].attendee.agency, "Kec. Sirimau");
}

#[test]
fn the_preview_is_the_documented_json() {
    let json = serde_json::to_value(preview_of(&[], "Nama,NIP\nOrang Baru,123\n,198703122010011004\n")).unwrap();
    let keys: Vec<&String> = json.as_object().unwrap().keys().collect();
    for expected in ["people", "added", "merged", "doubted", "rejected"] {
        assert!(keys.iter().any(|key| *key == expected), "the preview must have `{expected}`, has {keys:?}");
    }
    assert_eq!(json["people"], 1);
    assert_eq!(json["rejected"][0]["row"], 3);
    assert_eq!(json["rejected"][0]["reason"], "attendance-rejected-no-name");
}

#[test]
fn five_thousand_rows_are_all_accounted_for() {
    const GIVEN: [&str; 20] = [
        "Abdul", "Siti", "Maria", "Yohanes", "Petrus", "Fatima", "Hasan", "Rina", "Rahma", "Rahmi", "Agus", "Dewi",
        "Samuel", "Elisabet", "Ahmad", "Nur", "Jamila", "Ridwan", "Stevanus", "Welmince",
    ];
    let letters = |mut number: usize| {
        let mut word = String::from("Con");
        for _ in 0..4 {
            word.push(char::from(b'a' + u8::try_from(number % 26).unwrap()));
            number /= 26;
        }
        word
    };
    let mut text = String::from("Nama,NIP,Instansi\n");
    for at in 0..5000 {
        text += &format!("{} {},,Dinas {}\n", GIVEN[at % 20], letters(at * 7919), at % 40);
    }
    let shown = preview_of(&[], &text);
    assert_eq!(shown.added.len() + shown.doubted.len(), shown.people, "everyone is either added or doubted");
}
