//! Short forms of words, and spellings of a name that everybody spells differently.

const IN_FULL: &[(&str, &str)] = &[
    // Areas and addresses.
    ("prov", "provinsi"),
    ("kab", "kabupaten"),
    ("kec", "kecamatan"),
    ("kel", "kelurahan"),
    ("ds", "desa"),
    ("dsn", "dusun"),
    ("jl", "jalan"),
    ("jln", "jalan"),
    ("gg", "gang"),
    // Letters.
    ("no", "nomor"),
    ("tgl", "tanggal"),
    // Names. A bare `M` is an initial and stays one.
    ("abd", "abdul"),
    ("muh", "muhammad"),
    ("moh", "muhammad"),
    ("mohd", "muhammad"),
    ("muhd", "muhammad"),
    ("muhamad", "muhammad"),
    ("muhammed", "muhammad"),
    ("mohamad", "muhammad"),
    ("mohammad", "muhammad"),
    ("mohammed", "muhammad"),
    ("mochamad", "muhammad"),
    ("mochammad", "muhammad"),
    ("muchamad", "muhammad"),
    ("muchammad", "muhammad"),
    ("mokhamad", "muhammad"),
];

/// The word a short form or spelling stands for; any other word is its own. `word` is in lower case.
pub fn in_full(word: &str) -> &str {
    IN_FULL.iter().find(|(short, _)| *short == word).map_or(word, |(_, full)| full)
}
