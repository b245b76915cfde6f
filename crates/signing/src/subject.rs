//! Whom a certificate names.

use const_oid::db::rfc4519::{COMMON_NAME, COUNTRY_NAME, ORGANIZATION_NAME, TITLE};
use der::asn1::{Any, ObjectIdentifier, PrintableStringRef, SetOfVec, Utf8StringRef};
use der::{Tag, Tagged};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};

use crate::certificate::CertificateError;

/// X.520 allows 64 characters in each attribute; longer district names are cut at a word.
const LONGEST_ATTRIBUTE: usize = 64;

/// A person in an office, or the office itself when `position` is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// Full name with titles (CN).
    pub common_name: String,
    /// Position held, e.g. "Anggota Panwaslu Kecamatan" (title); may be empty.
    pub position: String,
    /// The office, e.g. "Panwaslu Kecamatan Sirimau" (O); may be empty.
    pub office: String,
}

impl Subject {
    /// The X.501 name: country, office, position, name.
    pub(crate) fn to_name(&self) -> Result<Name, CertificateError> {
        let common_name = attribute_text(&self.common_name);
        if common_name.is_empty() {
            return Err(CertificateError::NameMissing);
        }
        let mut parts = vec![(COUNTRY_NAME, Any::from(PrintableStringRef::new("ID")?))];
        for (oid, text) in [
            (ORGANIZATION_NAME, attribute_text(&self.office)),
            (TITLE, attribute_text(&self.position)),
            (COMMON_NAME, common_name),
        ] {
            if !text.is_empty() {
                parts.push((oid, Any::from(Utf8StringRef::new(&text)?)));
            }
        }
        let rdns = parts.into_iter().map(|(oid, value)| {
            Ok(RelativeDistinguishedName(SetOfVec::try_from(vec![AttributeTypeAndValue { oid, value }])?))
        });
        Ok(RdnSequence(rdns.collect::<Result<_, der::Error>>()?))
    }

    /// Reads the three parts back; attributes we do not use are ignored.
    pub(crate) fn from_name(name: &Name) -> Subject {
        let text = |wanted: ObjectIdentifier| {
            let attribute = name.0.iter().flat_map(|rdn| rdn.0.iter()).find(|part| part.oid == wanted);
            attribute.and_then(|part| text_of(&part.value)).unwrap_or_default()
        };
        Subject { common_name: text(COMMON_NAME), position: text(TITLE), office: text(ORGANIZATION_NAME) }
    }
}

/// Only the two string types today's authorities write; anything else reads as absent.
fn text_of(value: &Any) -> Option<String> {
    matches!(value.tag(), Tag::Utf8String | Tag::PrintableString)
        .then(|| String::from_utf8(value.value().to_vec()).ok())
        .flatten()
}

/// One line without control characters, at most 64 characters.
fn attribute_text(text: &str) -> String {
    let mut kept = String::new();
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        let longer = if kept.is_empty() { word.to_owned() } else { format!("{kept} {word}") };
        if longer.chars().count() > LONGEST_ATTRIBUTE {
            if kept.is_empty() {
                kept = longer.chars().take(LONGEST_ATTRIBUTE).collect();
            }
            break;
        }
        kept = longer;
    }
    kept
}
