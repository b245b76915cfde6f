//! Words without their affixes, so that `dukung` finds `mendukung`, `didukung` and `dukungan`.
//!
//! The rules are those of Tala, "A Study of Stemming Effects on Information Retrieval in Bahasa Indonesia" (ILLC,
//! Amsterdam 2003), which need no list of words: an affix goes as long as two syllables stay. Two things differ.
//! `ke-` goes only together with `-an`, as in Asian, Williams and Tahaghoghi's "Stemming Indonesian" (ACSC 2005),
//! for `kepala` is not `pala`. And what no rule can know without a list of words, what a nasal has swallowed
//! (`mengirim`, from `kirim`) and whose the k of `-kan` is (`bagikan`, `masakan`), is not guessed where a word is
//! indexed: it stands under one root, and is looked for under each that is [possible](possible_roots).
//!
//! The rules err: `perangkat` is no form of `angkat`. They only widen what is found, after all that was found by the
//! word itself.

/// Prefixes with a nasal, the longest first, and what it may have swallowed before a vowel.
const NASAL: [(&str, &[&str]); 9] = [
    ("meny", &["s", "ny"]),
    ("peny", &["s", "ny"]),
    ("meng", &["k"]),
    ("peng", &["k"]),
    ("men", &["t", "n"]),
    ("pen", &["t", "n"]),
    ("mem", &["p", "m"]),
    ("pem", &["p", "m"]),
    ("me", &[]),
];
/// Beginnings a nasal swallows, the longest first.
const SWALLOWED: [&str; 7] = ["ny", "k", "t", "s", "p", "m", "n"];
const PARTICLES: [&str; 4] = ["kah", "lah", "tah", "pun"];
const POSSESSIVES: [&str; 3] = ["nya", "ku", "mu"];

/// The word without its affixes; a word without any is its own root. `word` is in lower case. Of `-kan` the k stays,
/// and what a nasal may have swallowed is gone.
pub fn root(word: &str) -> &str {
    strip(word).root
}

/// The roots the word's other forms may stand under, its own first.
pub fn possible_roots(word: &str) -> Vec<String> {
    let Stripped { root, swallowed, k_of_kan } = strip(word);
    if !is_plain(word) {
        return vec![root.to_owned()];
    }
    let mut roots = vec![root.to_owned()];
    if root.starts_with(is_vowel) {
        roots.extend(swallowed.iter().map(|letters| format!("{letters}{root}")));
    } else {
        let rest = SWALLOWED.iter().find_map(|letters| root.strip_prefix(letters));
        roots.extend(rest.filter(|rest| rest.starts_with(is_vowel) && is_long_enough(rest)).map(str::to_owned));
    }
    let without_k = |root: &String| root.strip_suffix('k').filter(|rest| is_long_enough(rest)).map(str::to_owned);
    let other_ends: Vec<String> = match k_of_kan {
        true => roots.iter().filter_map(without_k).collect(),
        false => roots.iter().map(|root| format!("{root}k")).collect(),
    };
    roots.extend(other_ends);
    roots
}

struct Stripped<'a> {
    root: &'a str,
    /// What the prefix may have swallowed of the root.
    swallowed: &'static [&'static str],
    /// Whether the root's last letter may be that of `-kan`.
    k_of_kan: bool,
}

fn strip(word: &str) -> Stripped<'_> {
    if !is_plain(word) {
        return Stripped { root: word, swallowed: &[], k_of_kan: false };
    }
    let word = without_suffix(word, &PARTICLES);
    let word = without_suffix(word, &POSSESSIVES);
    let (rest, swallowed) = without_first_prefix(word);
    let rest = without_second_prefix(rest);
    // An i after an a belongs to the root: `sampai`, `nilai`.
    let root = without_suffix(rest, if rest.ends_with("ai") { &[] } else { &["an", "i"] });
    Stripped { root, swallowed, k_of_kan: root.len() < rest.len() && rest.ends_with("kan") }
}

/// Names in other letters and numbers have no affixes.
fn is_plain(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_lowercase())
}

fn without_first_prefix(word: &str) -> (&str, &'static [&'static str]) {
    for (prefix, swallowed) in &NASAL {
        let Some(rest) = word.strip_prefix(prefix).filter(|rest| is_long_enough(rest)) else { continue };
        // `meny` and `meng` before a consonant: the nasal is the root's own (`mengganti`) or the prefix shorter.
        if *prefix == "me" || rest.starts_with(is_vowel) {
            return (rest, swallowed);
        }
        if !prefix.ends_with("ny") {
            return (rest, &[]);
        }
    }
    let plain = ["di", "ter"].iter().find_map(|prefix| word.strip_prefix(prefix));
    let circumfix =
        || word.strip_prefix("ke").filter(|rest| rest.ends_with("an") && is_long_enough(&rest[..rest.len() - 2]));
    (plain.or_else(circumfix).filter(|rest| is_long_enough(rest)).unwrap_or(word), &[])
}

fn without_second_prefix(word: &str) -> &str {
    let before_ajar =
        ["bel", "pel"].iter().find_map(|prefix| word.strip_prefix(prefix)).filter(|rest| rest.starts_with("ajar"));
    let full = || ["ber", "per"].iter().find_map(|prefix| word.strip_prefix(prefix));
    // `bekerja`, `beternak`: the r is lost before a syllable that ends in one.
    let lost =
        || word.strip_prefix("be").filter(|rest| rest.len() > 3 && !rest.starts_with(is_vowel) && &rest[1..3] == "er");
    let agent = || word.strip_prefix("pe").filter(|rest| !rest.starts_with(is_vowel));
    let long = |rest: &&str| is_long_enough(rest);
    before_ajar.or_else(|| full().filter(long)).or_else(lost).or_else(agent).filter(long).unwrap_or(word)
}

fn without_suffix<'a>(word: &'a str, suffixes: &[&str]) -> &'a str {
    let shorter = suffixes.iter().find_map(|suffix| word.strip_suffix(suffix));
    shorter.filter(|rest| is_long_enough(rest)).unwrap_or(word)
}

/// Whether two syllables are left.
fn is_long_enough(rest: &str) -> bool {
    rest.chars().filter(|letter| is_vowel(*letter)).count() >= 2
}

fn is_vowel(letter: char) -> bool {
    matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether looking for one form finds a text that holds another.
    fn finds(looked_for: &str, written: &str) -> bool {
        let indexed = [written, root(written)];
        possible_roots(looked_for).iter().any(|possible| indexed.contains(&possible.as_str()))
    }

    #[track_caller]
    fn check_family(forms: &[&str]) {
        for one in forms {
            for other in forms {
                assert!(finds(one, other), "{one} finds {other}: {:?}, {}", possible_roots(one), root(other));
            }
        }
    }

    #[track_caller]
    fn check_apart(one: &str, other: &str) {
        assert!(!finds(one, other) && !finds(other, one), "{one} and {other} have nothing in common");
    }

    #[test]
    fn forms_of_a_word_find_each_other() {
        check_family(&["dukung", "mendukung", "didukung", "dukungan", "pendukung", "dukungannya", "mendukungnya"]);
        check_family(&["awas", "mengawasi", "diawasi", "pengawas", "pengawasan"]);
        check_family(&["kirim", "mengirim", "dikirim", "kiriman", "pengiriman", "mengirimkan"]);
        check_family(&["tulis", "menulis", "ditulis", "tulisan", "penulis", "tertulis"]);
        check_family(&["pilih", "memilih", "dipilih", "pemilih", "pemilihan", "terpilih", "pilihan"]);
        check_family(&["sampai", "menyampaikan", "disampaikan", "penyampaian"]);
        check_family(&["langgar", "melanggar", "pelanggaran", "dilanggar"]);
        check_family(&["lapor", "terlapor", "pelapor", "laporan", "melaporkan", "dilaporkan", "laporkanlah"]);
        check_family(&["kerja", "bekerja", "pekerja", "pekerjaan", "dikerjakan"]);
        check_family(&["ajar", "belajar", "pelajar", "pelajaran", "mengajar"]);
        check_family(&["baik", "diperbaiki", "memperbaiki", "perbaikan", "kebaikan", "perbaikannya"]);
        check_family(&["masak", "memasak", "dimasak", "masakan"]);
        check_family(&["bagi", "membagikan", "dibagikan", "pembagian", "membagi"]);
        check_family(&["janji", "menjanjikan", "dijanjikan", "perjanjian"]);
    }

    #[test]
    fn words_that_only_look_alike_stay_apart() {
        check_apart("pala", "kepala");
        check_apart("nas", "dinas");
        check_apart("saks", "saksi");
        check_apart("ik", "ikan");
        check_apart("beras", "berasa");
        assert_eq!(root("19870312"), "19870312");
        assert_eq!(root("محمد"), "محمد");
    }
}
