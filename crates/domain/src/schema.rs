//! The shape records have in the merge log: numbered fields, lists of child records, sets.
//!
//! A record type is declared once, with [`record!`](crate::record). From that one declaration come the Rust
//! struct, its TypeScript twin, the [`RecordDef`] the log and the store read, and the two conversions between
//! the struct and a [`Document`], the untyped form that can also hold fields this version does not know.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// Identifies a record for ever, on every device: a UUIDv7 (RFC 9562).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(transparent)]
pub struct RecordId(pub Uuid);

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The number of a field within its record kind. Numbers are never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FieldNo(pub u16);

/// Fields every record has; kinds declare their own from [`reserved::FIRST_OWN`] on.
pub mod reserved {
    use super::FieldNo;

    /// The record's kind, written once when the record is created.
    pub const KIND: FieldNo = FieldNo(0);
    /// Where the record stands in its workflow; changed by transitions only.
    pub const STATUS: FieldNo = FieldNo(1);
    /// Comments of reviewers, a list of child records.
    pub const COMMENTS: FieldNo = FieldNo(2);
    /// The scope the record was moved to; changed by moving it only.
    pub const SCOPE: FieldNo = FieldNo(3);
    /// The first number a record kind may declare.
    pub const FIRST_OWN: u16 = 10;
}

const SCOPE_NAME: &str = "scope";

/// The BLAKE3 hash that names an attachment's bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, TS)]
#[ts(type = "string")]
pub struct BlobHash(pub [u8; 32]);

impl fmt::Display for BlobHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::str::FromStr for BlobHash {
    type Err = crate::region::MalformedCode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut hash = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return Err(crate::region::MalformedCode);
        }
        for (byte, at) in hash.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(&text[at..at + 2], 16).map_err(|_| crate::region::MalformedCode)?;
        }
        Ok(BlobHash(hash))
    }
}

impl Serialize for BlobHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for BlobHash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// What a field can hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// Nothing: the field was cleared or never set.
    #[default]
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Text, also the code of a choice.
    Text(String),
    /// A civil date, without time zone.
    Date(Date),
    /// A civil time of day, without time zone.
    Time(Time),
    /// A moment, UTC, milliseconds.
    Instant(Timestamp),
    /// Another record.
    Reference(RecordId),
    /// An attachment's bytes.
    Blob(BlobHash),
}

/// The type a field was declared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// Yes or no.
    Bool,
    /// A whole number.
    Integer,
    /// One line or paragraph that is replaced whole.
    Text,
    /// Long text whose revisions carry their base, so that two of them can be compared.
    Narrative,
    /// One of a closed list of codes.
    Choice(&'static [&'static str]),
    /// A civil date.
    Date,
    /// A civil time of day.
    Time,
    /// A moment in UTC.
    Instant,
    /// Another record.
    Reference,
    /// An attachment's bytes.
    Blob,
    /// An add-wins list of child records.
    Children(RecordKind),
    /// An add-wins set of values.
    Set,
}

/// What two concurrent values of one field mean. Sets and lists have none: their elements never meet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MergePolicy {
    /// Keep both and ask a person.
    #[default]
    Review,
    /// Take the later by clock without asking.
    Latest,
    /// Take the larger.
    Max,
    /// Add them: every edit is written as what it added, so that two people counting at two doors both count.
    Sum,
}

/// One field of a record kind.
#[derive(Debug)]
pub struct FieldDef {
    /// Its number in the log.
    pub number: FieldNo,
    /// Its name in code, JSON and message keys.
    pub name: &'static str,
    /// What it holds.
    pub ty: FieldType,
    /// What concurrent values mean.
    pub policy: MergePolicy,
}

/// A record kind with its fields in ascending order of number.
#[derive(Debug)]
pub struct RecordDef {
    /// The kind.
    pub kind: RecordKind,
    /// The fields the kind declares, without the reserved ones.
    pub fields: &'static [FieldDef],
}

impl RecordDef {
    /// The definition of a field by number, or `None` for one this version does not know.
    pub fn field(&self, number: FieldNo) -> Option<&'static FieldDef> {
        self.fields.binary_search_by_key(&number, |field| field.number).ok().map(|at| &self.fields[at])
    }

    /// The name of a field, also of the scope, which no form has.
    pub fn name_of(&self, number: FieldNo) -> Option<&'static str> {
        if number == reserved::SCOPE { Some(SCOPE_NAME) } else { self.field(number).map(|field| field.name) }
    }

    /// The field of a name that [`name_of`](Self::name_of) gave.
    pub fn number_of(&self, name: &str) -> Option<FieldNo> {
        if name == SCOPE_NAME { Some(reserved::SCOPE) } else { self.field_named(name).map(|field| field.number) }
    }

    /// The definition of a field by name.
    pub fn field_named(&self, name: &str) -> Option<&'static FieldDef> {
        self.fields.iter().find(|field| field.name == name)
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $number:literal $name:literal $record:ident $top:literal;)*) => {
        /// The kinds of records and of their child records. Numbers are never reused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
        #[serde(rename_all = "snake_case")]
        pub enum RecordKind { $($(#[$doc])* $kind = $number,)* }

        impl RecordKind {
            /// Every kind, in order of number.
            pub const ALL: &'static [RecordKind] = &[$(RecordKind::$kind,)*];

            /// The number in the log.
            pub fn number(self) -> u16 { self as u16 }

            /// The kind with this number, or `None` for one this version does not know.
            pub fn from_number(number: u16) -> Option<RecordKind> {
                match number { $($number => Some(RecordKind::$kind),)* _ => None }
            }

            /// The name in code, JSON and message keys.
            pub fn name(self) -> &'static str { match self { $(RecordKind::$kind => $name,)* } }

            /// Whether records of this kind stand alone; the others are parts of one.
            pub fn is_top_level(self) -> bool { match self { $(RecordKind::$kind => $top,)* } }

            /// The kind's fields.
            pub fn definition(self) -> &'static RecordDef {
                match self { $(RecordKind::$kind => <crate::records::$record as Record>::DEFINITION,)* }
            }
        }
    };
}

kinds! {
    /// Laporan Hasil Pengawasan, Formulir Model A.
    SupervisionReport = 1 "supervision_report" SupervisionReport true;
    /// Temuan, Formulir Model B.2.
    Finding = 2 "finding" Finding true;
    /// Kegiatan sosialisasi.
    OutreachEvent = 3 "outreach_event" OutreachEvent true;
    /// An issued document.
    IssuedDocument = 4 "issued_document" IssuedDocument true;
    /// A supervised activity within an LHP.
    SupervisionActivity = 20 "supervision_activity" SupervisionActivity false;
    /// A witness.
    Witness = 21 "witness" Witness false;
    /// A piece of evidence.
    EvidenceItem = 22 "evidence_item" EvidenceItem false;
    /// A photo or file.
    Attachment = 23 "attachment" Attachment false;
    /// A reported person.
    ReportedPerson = 24 "reported_person" ReportedPerson false;
    /// A speaker at an event.
    Speaker = 25 "speaker" Speaker false;
    /// An agency invited to an event.
    InvitedAgency = 26 "invited_agency" InvitedAgency false;
    /// A person who attended an event.
    Attendee = 27 "attendee" Attendee false;
    /// A reviewer's comment.
    Comment = 28 "comment" Comment false;
}

/// A record, or part of one, in the untyped form the log and the store work with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its kind.
    pub kind: RecordKind,
    /// Its identity.
    pub id: RecordId,
    /// Single values; a field that is absent is [`Value::Null`].
    pub fields: BTreeMap<FieldNo, Value>,
    /// Child records, in order of id, which is the order they were made in.
    pub children: BTreeMap<FieldNo, Vec<Document>>,
    /// Sets of values.
    pub sets: BTreeMap<FieldNo, BTreeSet<Value>>,
}

impl Document {
    /// A record without any value.
    pub fn new(kind: RecordKind, id: RecordId) -> Self {
        Document { kind, id, fields: BTreeMap::new(), children: BTreeMap::new(), sets: BTreeMap::new() }
    }

    /// The value of a field, [`Value::Null`] if it has none.
    pub fn value(&self, field: FieldNo) -> &Value {
        self.fields.get(&field).unwrap_or(&Value::Null)
    }
}

/// A type declared with [`record!`](crate::record).
pub trait Record: Sized {
    /// The declared fields.
    const DEFINITION: &'static RecordDef;
    /// The record's identity.
    fn id(&self) -> RecordId;
    /// The untyped form; empty values are left out.
    fn to_document(&self) -> Document;
    /// The typed form; fields and values this version does not know are left aside.
    fn from_document(document: &Document) -> Self;
}

/// A type that can be a field of a record.
pub trait FieldShape: Sized {
    /// How the field is declared in the schema.
    const TYPE: FieldType;
    /// Writes the value under `number`, nothing if it is empty.
    fn write(&self, number: FieldNo, document: &mut Document);
    /// Reads the value under `number`; empty if it is absent or of another type.
    fn read(document: &Document, number: FieldNo) -> Self;
}

macro_rules! optional_field {
    ($($ty:ty => $variant:ident),* $(,)?) => {$(
        impl FieldShape for Option<$ty> {
            const TYPE: FieldType = FieldType::$variant;

            fn write(&self, number: FieldNo, document: &mut Document) {
                if let Some(value) = self {
                    document.fields.insert(number, Value::$variant(value.clone()));
                }
            }

            fn read(document: &Document, number: FieldNo) -> Self {
                match document.value(number) {
                    Value::$variant(value) => Some(value.clone()),
                    _ => None,
                }
            }
        }
    )*};
}

optional_field! {
    bool => Bool, i64 => Integer, Date => Date, Time => Time, Timestamp => Instant,
    RecordId => Reference, BlobHash => Blob,
}

fn write_text(text: &str, number: FieldNo, document: &mut Document) {
    if !text.is_empty() {
        document.fields.insert(number, Value::Text(text.to_owned()));
    }
}

fn read_text(document: &Document, number: FieldNo) -> String {
    match document.value(number) {
        Value::Text(text) => text.clone(),
        _ => String::new(),
    }
}

impl FieldShape for String {
    const TYPE: FieldType = FieldType::Text;

    fn write(&self, number: FieldNo, document: &mut Document) {
        write_text(self, number, document);
    }

    fn read(document: &Document, number: FieldNo) -> Self {
        read_text(document, number)
    }
}

/// Long text: a chronology, an analysis.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(transparent)]
pub struct Narrative(pub String);

impl std::ops::Deref for Narrative {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Narrative {
    fn from(text: &str) -> Self {
        Narrative(text.to_owned())
    }
}

impl FieldShape for Narrative {
    const TYPE: FieldType = FieldType::Narrative;

    fn write(&self, number: FieldNo, document: &mut Document) {
        write_text(&self.0, number, document);
    }

    fn read(document: &Document, number: FieldNo) -> Self {
        Narrative(read_text(document, number))
    }
}

/// A closed list of codes, declared with [`choice!`](crate::choice).
pub trait Choice: Sized + Ord {
    /// The codes this version knows.
    const CODES: &'static [&'static str];
    /// The code that stands in the log, in JSON and in message keys.
    fn code(&self) -> &str;
    /// The choice of a code; one this version does not know is kept as it is.
    fn from_code(code: &str) -> Self;
}

impl<C: Choice> FieldShape for Option<C> {
    const TYPE: FieldType = FieldType::Choice(C::CODES);

    fn write(&self, number: FieldNo, document: &mut Document) {
        if let Some(choice) = self {
            write_text(choice.code(), number, document);
        }
    }

    fn read(document: &Document, number: FieldNo) -> Self {
        match document.value(number) {
            Value::Text(code) => Some(C::from_code(code)),
            _ => None,
        }
    }
}

impl<C: Choice> FieldShape for BTreeSet<C> {
    const TYPE: FieldType = FieldType::Set;

    fn write(&self, number: FieldNo, document: &mut Document) {
        if !self.is_empty() {
            let codes = self.iter().map(|choice| Value::Text(choice.code().to_owned())).collect();
            document.sets.insert(number, codes);
        }
    }

    fn read(document: &Document, number: FieldNo) -> Self {
        let values = document.sets.get(&number).into_iter().flatten();
        values
            .filter_map(|value| match value {
                Value::Text(code) => Some(C::from_code(code)),
                _ => None,
            })
            .collect()
    }
}

impl<R: Record> FieldShape for Vec<R> {
    const TYPE: FieldType = FieldType::Children(R::DEFINITION.kind);

    fn write(&self, number: FieldNo, document: &mut Document) {
        if !self.is_empty() {
            let mut children: Vec<Document> = self.iter().map(Record::to_document).collect();
            children.sort_by_key(|child| child.id);
            document.children.insert(number, children);
        }
    }

    fn read(document: &Document, number: FieldNo) -> Self {
        document.children.get(&number).into_iter().flatten().map(R::from_document).collect()
    }
}

/// Declares a choice: an enum with a code per variant, and `Other` for codes of later versions.
#[macro_export]
macro_rules! choice {
    ($(#[$doc:meta])* pub enum $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize, ::serde::Deserialize, ::ts_rs::TS)]
        #[serde(from = "String", into = "String")]
        #[ts(type = "string")]
        pub enum $name {
            $($(#[$vdoc])* $variant,)*
            /// A code of a later version, kept as it is.
            Other(String),
        }

        impl $crate::schema::Choice for $name {
            const CODES: &'static [&'static str] = &[$($code,)*];

            fn code(&self) -> &str {
                match self { $($name::$variant => $code,)* $name::Other(code) => code }
            }

            fn from_code(code: &str) -> Self {
                match code { $($code => $name::$variant,)* other => $name::Other(other.to_owned()) }
            }
        }

        impl From<String> for $name {
            fn from(code: String) -> Self { $crate::schema::Choice::from_code(&code) }
        }

        impl From<$name> for String {
            fn from(choice: $name) -> String { $crate::schema::Choice::code(&choice).to_owned() }
        }
    };
}

/// Declares a record kind: `number => name: type`, with the merge policy in brackets where it is not review.
#[macro_export]
macro_rules! record {
    (@policy) => { $crate::schema::MergePolicy::Review };
    (@policy $policy:ident) => { $crate::schema::MergePolicy::$policy };
    ($(#[$doc:meta])* pub struct $name:ident {
        $($(#[$fdoc:meta])* $number:literal => $field:ident: $ty:ty $([$policy:ident])?,)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, ::serde::Serialize, ::serde::Deserialize, ::ts_rs::TS)]
        #[serde(default)]
        pub struct $name {
            /// The record's identity.
            pub id: $crate::schema::RecordId,
            $($(#[$fdoc])* pub $field: $ty,)*
        }

        impl $crate::schema::Record for $name {
            const DEFINITION: &'static $crate::schema::RecordDef = &$crate::schema::RecordDef {
                kind: $crate::schema::RecordKind::$name,
                fields: &[$($crate::schema::FieldDef {
                    number: $crate::schema::FieldNo($number),
                    name: stringify!($field),
                    ty: <$ty as $crate::schema::FieldShape>::TYPE,
                    policy: $crate::record!(@policy $($policy)?),
                },)*],
            };

            fn id(&self) -> $crate::schema::RecordId { self.id }

            fn to_document(&self) -> $crate::schema::Document {
                let mut document = $crate::schema::Document::new(Self::DEFINITION.kind, self.id);
                $($crate::schema::FieldShape::write(&self.$field, $crate::schema::FieldNo($number), &mut document);)*
                document
            }

            fn from_document(document: &$crate::schema::Document) -> Self {
                $name {
                    id: document.id,
                    $($field: $crate::schema::FieldShape::read(document, $crate::schema::FieldNo($number)),)*
                }
            }
        }
    };
}

impl FieldShape for Option<crate::region::RegionCode> {
    const TYPE: FieldType = FieldType::Text;

    fn write(&self, number: FieldNo, document: &mut Document) {
        if let Some(code) = self {
            write_text(code.as_str(), number, document);
        }
    }

    fn read(document: &Document, number: FieldNo) -> Self {
        read_text(document, number).parse().ok()
    }
}
