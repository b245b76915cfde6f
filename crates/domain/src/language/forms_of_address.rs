//! What stands before a name and is no part of it.

const FORMS_OF_ADDRESS: &[&str] = &[
    "prof", "dr", "drs", "dra", "drg", "drh", "ir", "h", "hj", "hi", "kh", "ust", "ustad", "ustadz", "pdt", "pdp",
    "rd", "bpk", "bapak", "ibu", "sdr", "sdri", "saudara", "saudari", "tn", "ny", "kompol", "akp", "iptu", "ipda",
    "aipda", "aiptu", "bripka", "bripda", "briptu", "brigpol", "serma", "serka", "sertu", "serda", "kopda", "koptu",
    "praka", "kapten", "mayor", "letkol", "kolonel", "lettu", "letda", "peltu", "pelda",
];

/// Whether a word is a title or another form of address. `word` is in lower case.
pub fn is_form_of_address(word: &str) -> bool {
    FORMS_OF_ADDRESS.contains(&word)
}
