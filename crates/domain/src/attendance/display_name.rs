//! Display names of online meetings: `Kec. Sirimau - Nama`, `Nama_Instansi`, `03 | Nama | Dinas Kominfo`.

/// A display name taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DisplayName {
    /// The person.
    pub name: String,
    /// The agency, empty if none is named.
    pub agency: String,
    /// What else stands there, mostly the position.
    pub position: String,
    /// What is uncertain about it.
    pub doubt: Option<DisplayDoubt>,
}

/// Why a display name may be understood wrongly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisplayDoubt {
    /// It is the name of a telephone or of an account, not of a person.
    Device,
    /// It names only an agency.
    AgencyOnly,
    /// It has parts, but none of them is known to be an agency.
    Parts,
}

/// Beginnings of agency names. Matched on whole words, and on `dis…`, `din…` only where listed.
const AGENCY_WORDS: &[&str] = &[
    "kec",
    "kecamatan",
    "kel",
    "kelurahan",
    "desa",
    "negeri",
    "ohoi",
    "dinas",
    "badan",
    "kantor",
    "kanwil",
    "biro",
    "bagian",
    "sekretariat",
    "setda",
    "setwan",
    "inspektorat",
    "satpol",
    "upt",
    "uptd",
    "rsud",
    "rsup",
    "rs",
    "puskesmas",
    "sd",
    "sdn",
    "smp",
    "smpn",
    "sma",
    "sman",
    "smk",
    "smkn",
    "man",
    "mtsn",
    "min",
    "tk",
    "paud",
    "universitas",
    "unpatti",
    "unkhair",
    "iain",
    "politeknik",
    "kab",
    "kabupaten",
    "kota",
    "provinsi",
    "prov",
    "pemkab",
    "pemkot",
    "pemprov",
    "pemda",
    "kemenag",
    "kementerian",
    "bawaslu",
    "panwascam",
    "panwaslu",
    "panwaslih",
    "panwas",
    "pkd",
    "ptps",
    "kpu",
    "kpud",
    "ppk",
    "pps",
    "kpps",
    "dkpp",
    "kasn",
    "bkn",
    "bkpsdm",
    "bkpsdmd",
    "bkd",
    "bkpp",
    "bpsdm",
    "kesbangpol",
    "bakesbangpol",
    "bappeda",
    "bapenda",
    "bpkad",
    "bpbd",
    "dprd",
    "dpmd",
    "dpmptsp",
    "disdukcapil",
    "dukcapil",
    "disdik",
    "dikbud",
    "disdikbud",
    "dinkes",
    "dinsos",
    "dishub",
    "disnaker",
    "dispar",
    "dispora",
    "diskominfo",
    "kominfo",
    "disperindag",
    "dlh",
    "dkp",
    "pupr",
    "perkim",
    "polda",
    "polres",
    "polresta",
    "polsek",
    "kodam",
    "kodim",
    "koramil",
    "korem",
    "lanal",
    "lanud",
    "kejari",
    "kejati",
    "kejaksaan",
    "pn",
    "pengadilan",
    "lapas",
    "rutan",
    "bps",
    "bpjs",
    "bpn",
    "camat",
    "lurah",
    "ormas",
    "knpi",
    "gmki",
    "hmi",
    "pmii",
    "rri",
    "tvri",
    "media",
];

/// Names telephones and programs give themselves.
const DEVICES: &[&str] = &[
    "iphone", "ipad", "samsung", "galaxy", "oppo", "vivo", "redmi", "xiaomi", "realme", "infinix", "huawei", "poco",
    "nokia", "android", "laptop", "desktop", "asus", "acer", "lenovo", "hp", "user", "admin", "zoom", "guest", "tamu",
    "host", "operator", "peserta",
];

/// Takes a display name apart. `original` is the name the account had before it was changed in the meeting.
pub fn take_apart(display: &str, original: Option<&str>) -> DisplayName {
    let display = without_role(display);
    let parts = split_parts(&display);
    let mut taken = assemble(&parts);
    if matches!(taken.doubt, Some(DisplayDoubt::Device | DisplayDoubt::AgencyOnly)) {
        let from_original = original.map(|original| assemble(&split_parts(&without_role(original))));
        if let Some(other) = from_original.filter(|other| other.doubt.is_none() && !is_agency(&other.name)) {
            let agency = if taken.agency.is_empty() { other.agency } else { taken.agency };
            taken = DisplayName { agency, ..other };
        }
    }
    taken
}

/// `Nama Tampilan (Nama Asli)`, as meeting reports write a changed name: what is shown, and what was before.
pub fn with_original(cell: &str) -> (String, Option<String>) {
    let cell = cell.trim();
    let inner = cell.strip_suffix(')').and_then(|rest| rest.rsplit_once(" ("));
    match inner {
        Some((shown, original)) if !is_role(original) && !shown.trim().is_empty() => {
            (shown.trim().to_owned(), Some(original.trim().to_owned()))
        }
        _ => (cell.to_owned(), None),
    }
}

fn is_role(text: &str) -> bool {
    let text = text.to_lowercase();
    ["host", "co-host", "cohost", "guest", "me", "tamu", "saya", "tuan rumah"].iter().any(|role| text.trim() == *role)
}

fn without_role(text: &str) -> String {
    let text = text.trim();
    match text.strip_suffix(')').and_then(|rest| rest.rsplit_once('(')) {
        Some((name, role)) if role.split(',').all(is_role) => name.trim().to_owned(),
        _ => text.to_owned(),
    }
}

/// The parts of a display name, without bare numbers.
fn split_parts(text: &str) -> Vec<String> {
    let spaced = text.replace(" – ", " - ").replace(" — ", " - ").replace("- ", " - ").replace(" -", " - ");
    let mut parts: Vec<&str> = spaced.split(['_', '|', '/', ':']).flat_map(|part| part.split(" - ")).collect();
    // A hyphen without spaces belongs to a name (Nur-Aini), unless an agency stands before or after it.
    if let [only] = parts[..]
        && let Some((left, right)) = only.split_once('-')
        && (is_agency(left) || is_agency(right))
    {
        parts = vec![left, right];
    }
    let tidy = |part: &str| part.split_whitespace().collect::<Vec<_>>().join(" ");
    parts.into_iter().map(tidy).filter(|part| part.chars().any(char::is_alphabetic)).collect()
}

fn assemble(parts: &[String]) -> DisplayName {
    let agency_at = parts.iter().position(|part| is_agency(part));
    let mut others = parts.iter().enumerate().filter(|(at, _)| Some(*at) != agency_at).map(|(_, part)| part.clone());
    let agency = agency_at.map(|at| parts[at].clone()).unwrap_or_default();
    let name = others.next();
    let position = others.collect::<Vec<_>>().join(", ");
    match (name, parts.len()) {
        (None, _) => DisplayName { name: agency.clone(), agency, position, doubt: Some(DisplayDoubt::AgencyOnly) },
        (Some(name), _) if is_device(&name) => {
            DisplayName { name, agency, position, doubt: Some(DisplayDoubt::Device) }
        }
        (Some(name), 1) => DisplayName { name, agency, position, doubt: None },
        (Some(name), 2) if agency.is_empty() && is_acronym(&position) => {
            DisplayName { name, agency: position, position: String::new(), doubt: None }
        }
        (Some(name), 2) if agency.is_empty() && is_acronym(&name) => {
            DisplayName { name: position, agency: name, position: String::new(), doubt: None }
        }
        // Without a known agency the part after the name is most often one, but a person should look.
        (Some(name), 2) if agency.is_empty() => {
            DisplayName { name, agency: position, position: String::new(), doubt: Some(DisplayDoubt::Parts) }
        }
        (Some(name), _) => {
            let doubt = agency.is_empty().then_some(DisplayDoubt::Parts);
            DisplayName { name, agency, position, doubt }
        }
    }
}

/// Whether a text begins like the name of an agency, or has such a word in it that no person's name has.
pub(super) fn is_agency(text: &str) -> bool {
    let mut words = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .skip_while(|word| word.bytes().all(|b| b.is_ascii_digit()));
    let first = words.next().unwrap_or_default();
    AGENCY_WORDS.contains(&first.as_str())
        && !(words.next().is_none() && matches!(first.as_str(), "man" | "min" | "kel"))
}

fn is_acronym(text: &str) -> bool {
    text.len() >= 3 && !text.contains(' ') && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

fn is_device(name: &str) -> bool {
    let words: Vec<String> =
        name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    let Some(first) = words.first() else { return true };
    let owner = words.iter().any(|word| matches!(word.as_str(), "milik" | "s")) && words.len() > 1;
    let model = words.iter().skip(1).all(|word| word.bytes().any(|b| b.is_ascii_digit()) || word.len() <= 4);
    let from_apple = words.iter().any(|word| matches!(word.as_str(), "iphone" | "ipad" | "android"));
    from_apple || (DEVICES.contains(&first.as_str()) && (model || owner))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(display: &str, name: &str, agency: &str, position: &str, doubt: Option<DisplayDoubt>) {
        let expected = DisplayName { name: name.into(), agency: agency.into(), position: position.into(), doubt };
        let (shown, original) = with_original(display);
        assert_eq!(take_apart(&shown, original.as_deref()), expected, "taken apart: {display}");
    }

    #[test]
    fn agency_and_name_are_told_apart() {
        check("Kec. Sirimau - Contoh Latuconsina", "Contoh Latuconsina", "Kec. Sirimau", "", None);
        check("Kec.Sirimau-Contoh Latuconsina", "Contoh Latuconsina", "Kec.Sirimau", "", None);
        check("Contoh Latuconsina_Dinas Kominfo", "Contoh Latuconsina", "Dinas Kominfo", "", None);
        check("Contoh_Staf_Bawaslu Kota Ambon", "Contoh", "Bawaslu Kota Ambon", "Staf", None);
        check("03 | Contoh Satu | Polsek Sirimau", "Contoh Satu", "Polsek Sirimau", "", None);
        check("Contoh Satu_BPSDM", "Contoh Satu", "BPSDM", "", None);
        check("Siti Nur-Aini", "Siti Nur-Aini", "", "", None);
        check("Contoh Satu (Host)", "Contoh Satu", "", "", None);
    }

    #[test]
    fn what_names_no_person_is_doubted() {
        check("Galaxy A12", "Galaxy A12", "", "", Some(DisplayDoubt::Device));
        check("iPhone milik Contoh", "iPhone milik Contoh", "", "", Some(DisplayDoubt::Device));
        check(
            "Bawaslu Kota Ternate",
            "Bawaslu Kota Ternate",
            "Bawaslu Kota Ternate",
            "",
            Some(DisplayDoubt::AgencyOnly),
        );
        check("Contoh Satu - Ohoiwait", "Contoh Satu", "Ohoiwait", "", Some(DisplayDoubt::Parts));
    }

    #[test]
    fn the_original_name_helps_where_the_shown_one_does_not() {
        check("Kec. Nusaniwe (Contoh Wattimena)", "Contoh Wattimena", "Kec. Nusaniwe", "", None);
        check("OPPO A5s (Contoh Tuasikal)", "Contoh Tuasikal", "", "", None);
    }
}
