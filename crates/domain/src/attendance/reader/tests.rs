use super::*;

#[track_caller]
fn check(text: &str, expected: &[(u32, &str)]) -> Reading {
    let reading = read(&Input::file(text.as_bytes().to_vec())).unwrap();
    let names: Vec<(u32, &str)> = reading.rows.iter().map(|row| (row.row, row.cell(Column::Name))).collect();
    assert_eq!(names, expected, "the names of:\n{text}");
    reading
}

#[track_caller]
fn check_refused(bytes: &[u8], expected: &AttendanceError) {
    assert_eq!(&read(&Input::file(bytes.to_vec())).unwrap_err(), expected);
}

#[test]
fn every_separator_is_found() {
    for (separator, sign) in [(Separator::Comma, ","), (Separator::Semicolon, ";"), (Separator::Tab, "\t")] {
        let text = ["No", "Nama", "NIP"].join(sign) + "\n" + &["1", "Orang Contoh", "198703122010011004"].join(sign);
        let reading = check(&text, &[(2, "Orang Contoh")]);
        assert_eq!(reading.separator, Some(separator));
        assert_eq!(reading.rows[0].cell(Column::StaffNumber), "198703122010011004");
    }
}

#[test]
fn every_encoding_is_found() {
    let text = "Nama;Instansi\r\nJosé Contoh;Négeri\r\n";
    let utf16 = |to_bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(to_bytes).collect::<Vec<u8>>();
    let windows_1252 = encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
    for (bytes, encoding) in [
        (text.as_bytes().to_vec(), Encoding::Utf8),
        ([&[0xef, 0xbb, 0xbf], text.as_bytes()].concat(), Encoding::Utf8),
        ([vec![0xff, 0xfe], utf16(u16::to_le_bytes)].concat(), Encoding::Utf16Le),
        ([vec![0xfe, 0xff], utf16(u16::to_be_bytes)].concat(), Encoding::Utf16Be),
        (utf16(u16::to_le_bytes), Encoding::Utf16Le),
        (windows_1252, Encoding::Windows1252),
    ] {
        let reading = read(&Input::file(bytes)).unwrap();
        assert_eq!(reading.encoding, encoding);
        assert_eq!(reading.rows[0].cell(Column::Name), "José Contoh", "read as {encoding:?}");
    }
}

#[test]
fn rows_keep_their_line_in_the_file() {
    check("Nama,NIP\n\n\nSatu Contoh,1\n\nDua Contoh,2\n", &[(4, "Satu Contoh"), (6, "Dua Contoh")]);
    check(
        "Nama,Alamat\n\"Satu Contoh\",\"Jalan\nContoh\"\nDua Contoh,x\nNo,y",
        &[(2, "Satu Contoh"), (4, "Dua Contoh"), (5, "No")],
    );
}

#[test]
fn lists_of_names_need_no_header() {
    let reading = check("1. Satu Contoh, S.Sos\n2. Dua Contoh\n", &[(1, "Satu Contoh, S.Sos"), (2, "Dua Contoh")]);
    assert_eq!(reading.format, SourceFormat::Names);
    check("Nama\nSatu Contoh\nDua Contoh\n", &[(2, "Satu Contoh"), (3, "Dua Contoh")]);
}

#[test]
fn columns_without_headings_are_known_by_their_cells() {
    let reading = check(
        "1\tSatu Contoh\t198703122010011004\tDinas Sosial\tL\n2\tDua Contoh\t198703122010012005\tDinas Sosial\tP\n",
        &[(1, "Satu Contoh"), (2, "Dua Contoh")],
    );
    assert_eq!(reading.header_row, None);
    let row = &reading.rows[1];
    let cells = [Column::StaffNumber, Column::Agency, Column::Sex].map(|column| row.cell(column));
    assert_eq!(cells, ["198703122010012005", "Dinas Sosial", "P"]);
    assert_eq!(reading.notes[0].reason, "attendance-note-columns-guessed");
}

#[test]
fn l_and_p_may_have_a_column_each() {
    let reading = check("No;Nama;Jenis Kelamin;;Instansi\n;;L;P;\n1;Satu Contoh;v;;BKN\n", &[(3, "Satu Contoh")]);
    assert_eq!(reading.rows[0].cell(Column::MaleMark), "v");
    assert_eq!(reading.rows[0].cell(Column::Agency), "BKN");
}

#[test]
fn degrees_cut_off_by_a_comma_are_put_back() {
    check("No,Nama,NIP\n1,Satu Contoh, S.Sos,123\n2,Dua Contoh,456\n", &[(2, "Satu Contoh, S.Sos"), (3, "Dua Contoh")]);
}

#[test]
fn rows_in_quotation_marks_are_opened() {
    let reading = check(
        "\"No;Nama;NIP\"\n\"1;Satu Contoh;123\"\n\"2;Dua Contoh;456\"\n",
        &[(2, "Satu Contoh"), (3, "Dua Contoh")],
    );
    assert_eq!(reading.notes[0].reason, "attendance-note-rows-in-quotes");
}

#[test]
fn an_unclosed_quotation_mark_swallows_nothing() {
    let rows: String = (0..9).map(|_| "Orang Contoh\tBKN\n").collect();
    let reading = read(&Input::pasted(&format!("Nama\tInstansi\n\"Satu Contoh\tBKN\n{rows}"))).unwrap();
    assert_eq!(reading.rows.len(), 10, "all ten rows are there");
}

#[test]
fn a_separator_that_does_not_fit_is_named() {
    check_refused(
        b"No,Nama,NIP\n1;Satu Contoh;123\n2;Dua Contoh;456\n",
        &AttendanceError::WrongSeparator { header: Separator::Comma, rows: Separator::Semicolon },
    );
    let mut input = Input::file(b"No;Nama;NIP\n1;Satu Contoh;123\n".to_vec());
    input.choices.separator = Some(Separator::Comma);
    let error = read(&input).unwrap_err();
    assert_eq!(error, AttendanceError::WrongSeparator { header: Separator::Comma, rows: Separator::Semicolon });
}

#[test]
fn what_is_no_list_is_refused_with_a_reason() {
    check_refused(b"", &AttendanceError::Empty);
    check_refused(b" \r\n ", &AttendanceError::Empty);
    check_refused(b"PK\x03\x04rest", &AttendanceError::SpreadsheetFile);
    check_refused(b"\xd0\xcf\x11\xe0rest", &AttendanceError::SpreadsheetFile);
    check_refused(b"%PDF-1.7", &AttendanceError::Pdf);
    check_refused(&[0, 1, 2, 3, 4, 5, 0, 0, 0, 1], &AttendanceError::NotText);
    check_refused(&[0xff; 300], &AttendanceError::NoNameColumn { separator: None });
    check_refused(b"1,2,3\n4,5,6\n", &AttendanceError::NoNameColumn { separator: Some(Separator::Comma) });
}

#[test]
fn rows_that_name_nobody_say_why() {
    let text =
        "No,Nama,NIP,Instansi\n1,,198703122010011004,BKN\n2,,,\n3,12345,,BKN\n4,Satu,Dua,Tiga,Empat,Lima\nJumlah,3,,\n";
    let reading = read(&Input::file(text.as_bytes().to_vec())).unwrap();
    let rejected: Vec<(u32, &str)> =
        reading.rejected.iter().map(|rejected| (rejected.row, rejected.because.reason.as_str())).collect();
    assert_eq!(
        rejected,
        [
            (2, "attendance-rejected-no-name"),
            (3, "attendance-rejected-empty-row"),
            (4, "attendance-rejected-name-without-letters"),
            (5, "attendance-rejected-too-many-cells"),
            (6, "attendance-rejected-below-the-list"),
        ]
    );
}

proptest::proptest! {
    #[test]
    fn no_input_makes_the_reader_fail_otherwise(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
        let _ = read(&Input::file(bytes));
    }

    #[test]
    fn no_text_makes_the_reader_fail_otherwise(text in "(Nama|NIP|[,;\\t\"|\n_ -]|[a-zé0-9]{1,4}){0,60}") {
        let _ = read(&Input::pasted(&text));
    }
}
