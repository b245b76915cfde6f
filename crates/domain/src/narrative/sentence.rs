//! Where a sentence of an Indonesian office text ends.

/// Words that are written with a full stop and go on: titles, addresses, references. Lower case, without the stop.
const ABBREVIATIONS: [&str; 52] = [
    "a.n", "an", "ay", "bpk", "cq", "d.a", "dkk", "dll", "dr", "dra", "drs", "dsb", "dst", "gg", "h", "hal", "hj",
    "hlm", "ir", "jl", "jln", "kab", "kec", "kel", "kep", "kol", "lamp", "let", "no", "nn", "ny", "nr", "op", "pkl",
    "prof", "prov", "psl", "rt", "rw", "s.d", "sdr", "sdri", "st", "tgl", "tn", "tsb", "ttd", "u.b", "u.p", "up",
    "vol", "yth",
];

/// The sentences of a text, each with the white space after it; put together again they are the text.
///
/// A line is never longer than a sentence. In doubt a sentence goes on: then two changes look like changes of one
/// sentence, and a person is asked once more than needed.
pub fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, letter)) = chars.next() {
        let after = at + letter.len_utf8();
        let ends = match letter {
            '\n' => true,
            '.' | '!' | '?' | '…' => ends_sentence(&text[start..after], letter, &text[after..]),
            _ => false,
        };
        if !ends {
            continue;
        }
        // What closes the sentence, and the space after it, are its own.
        let rest = &text[after..];
        let closed = if letter == '\n' { 0 } else { rest.len() - rest.trim_start_matches(CLOSING).len() };
        let space = &rest[closed..];
        let end = after + closed + (space.len() - space.trim_start().len());
        found.push(&text[start..end]);
        start = end;
        while chars.next_if(|(next, _)| *next < end).is_some() {}
    }
    if start < text.len() {
        found.push(&text[start..]);
    }
    found
}

const CLOSING: [char; 6] = ['"', '”', '’', '\'', ')', ']'];

/// Whether a mark at the end of `sentence` ends it, seen from what comes next.
fn ends_sentence(sentence: &str, mark: char, rest: &str) -> bool {
    let after = rest.trim_start_matches(CLOSING);
    let next = after.trim_start();
    if next.is_empty() {
        return true;
    }
    if next.len() == after.len() {
        // 10.30 WIT, S.Pd., "?!", "...": the mark stands within something.
        return false;
    }
    let broken = after[..after.len() - next.len()].contains('\n');
    let opens = next.trim_start_matches(['"', '“', '‘', '\'', '(', '[', '-', '–', '—', '•']).trim_start();
    let begins = opens.chars().next().is_some_and(|first| first.is_uppercase() || first.is_numeric());
    if broken {
        return true;
    }
    begins && (mark != '.' || !goes_on(sentence.trim_end_matches('.')))
}

/// Whether the last word before a full stop is one that is written with it.
fn goes_on(sentence: &str) -> bool {
    let word = sentence.rsplit(|letter: char| letter.is_whitespace() || "(\"“‘'[/".contains(letter)).next();
    let Some(word) = word.filter(|word| !word.is_empty()) else { return false };
    let first_on_its_line = sentence[..sentence.len() - word.len()].trim_end_matches([' ', '\t']);
    let opens_line = first_on_its_line.is_empty() || first_on_its_line.ends_with('\n');
    let lower = word.to_lowercase();
    // M. Nur; a) S.Pd., M.Si.; "1." and "a." before an item of a list.
    let initial = word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
    let title = word.contains('.') && word.split('.').all(|part| part.chars().all(char::is_alphabetic));
    let numbering = opens_line && word.chars().all(|letter| letter.is_ascii_digit());
    initial || title || numbering || ABBREVIATIONS.contains(&lower.as_str())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(sentences(text), expected);
    }

    #[test]
    fn sentences_end_where_a_reader_says_so() {
        check("", &[]);
        check("Satu kalimat", &["Satu kalimat"]);
        check("Petugas tiba. Massa bubar!  Siapa?", &["Petugas tiba. ", "Massa bubar!  ", "Siapa?"]);
        check("Ia berkata, \"Saya hadir.\" Lalu pergi.", &["Ia berkata, \"Saya hadir.\" ", "Lalu pergi."]);
        check("Ada apa?! Tidak ada... Pergi.", &["Ada apa?! ", "Tidak ada... ", "Pergi."]);
        check("Baris satu\nBaris dua.\n\nBaris tiga", &["Baris satu\n", "Baris dua.\n\n", "Baris tiga"]);
        check("\n\nAwal.", &["\n\n", "Awal."]);
        check("Ia berkata:\n\"Saya hadir.\"", &["Ia berkata:\n", "\"Saya hadir.\""]);
    }

    #[test]
    fn abbreviations_numbers_and_titles_do_not_end_a_sentence() {
        check("Surat No. 12 Kab. Maluku Tengah. Selesai.", &["Surat No. 12 Kab. Maluku Tengah. ", "Selesai."]);
        check("Pukul 10.30 WIT dr. Contoh tiba. Ia saksi.", &["Pukul 10.30 WIT dr. Contoh tiba. ", "Ia saksi."]);
        check("Contoh, S.Pd., M.Si. Hadir. Tamat.", &["Contoh, S.Pd., M.Si. Hadir. ", "Tamat."]);
        check("Rp8.500.000. Uang itu disita.", &["Rp8.500.000. ", "Uang itu disita."]);
        check("Jl. Pala No. 5 (Kec. Contoh). Ada baliho.", &["Jl. Pala No. 5 (Kec. Contoh). ", "Ada baliho."]);
        check("Beras, minyak, dll. Semua disita.", &["Beras, minyak, dll. Semua disita."]);
        check("M. Contoh hadir. H. Teladan tidak.", &["M. Contoh hadir. ", "H. Teladan tidak."]);
        check("1. Baliho\n2. Spanduk.\n", &["1. Baliho\n", "2. Spanduk.\n"]);
        check("Sejak 2024. Tahun itu pemilu.", &["Sejak 2024. ", "Tahun itu pemilu."]);
        check("Ia datang. tanpa huruf besar", &["Ia datang. tanpa huruf besar"]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost(text in "([A-Za-z.!?… \n\"()0-9é]|\\PC){0,120}") {
            prop_assert_eq!(sentences(&text).concat(), text);
        }
    }
}
