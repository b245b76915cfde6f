//! The page as it is sent.

use arumbae_domain::RegionCode;
use arumbae_domain::calendar::{self, IndonesianZone};
use arumbae_domain::region_table::RegionTable;
use arumbae_domain::schema::Choice;
use arumbae_protocol::paths;
use arumbae_signing::verify::Verification;
use askama::Template;
use jiff::Timestamp;

use super::MAX_FILE;
use super::answer::{Answer, Tone};
use crate::document_register::RegisteredDocument;
use crate::messages::{Language, Messages};

pub(super) const STYLE_PATH: &str = "/verifikasi/halaman.css";
pub(super) const SCRIPT_PATH: &str = "/verifikasi/halaman.js";
pub(super) const ICON_PATH: &str = "/verifikasi/arumbae.svg";

/// The form's field with the file.
pub(super) const FILE_FIELD: &str = "berkas";

/// The page.
#[derive(Template)]
#[template(path = "verification.html")]
pub(super) struct Page {
    words: Words,
    office: String,
    /// The form's target.
    action: String,
    /// The same page in the other language.
    other_language: String,
    answer: Option<Shown>,
}

/// An answer in words.
struct Shown {
    tone: &'static str,
    mark: &'static str,
    heading: String,
    explanation: String,
    facts: Vec<Fact>,
    asks_for_file: bool,
}

struct Fact {
    label: String,
    value: String,
    is_code: bool,
}

impl Page {
    /// The page with an answer; `asked` is the question it answers, as in the address.
    pub(super) fn new(answer: Option<&Answer>, office: &str, asked: Option<&str>, language: Language) -> Page {
        let words = Words(Messages::shared(language));
        let (own, other) = match language {
            Language::Id => ("id", "en"),
            Language::En => ("en", "id"),
        };
        let asked = asked.map(|asked| format!("{asked}&")).unwrap_or_default();
        Page {
            office: words.with("verification-office", &[("office", office)]),
            action: format!("{}?bahasa={own}", paths::VERIFICATION),
            other_language: format!("{}?{asked}bahasa={other}", paths::VERIFICATION),
            answer: answer.map(|answer| words.tell(answer)),
            words,
        }
    }

    fn say(&self, key: &str) -> String {
        self.words.say(key)
    }
}

/// The catalogue, and what it says of answers.
struct Words(&'static Messages);

impl Words {
    fn say(&self, key: &str) -> String {
        self.with(key, &[])
    }

    fn with(&self, key: &str, arguments: &[(&str, &str)]) -> String {
        self.0.get(key, arguments).text
    }

    fn tell(&self, answer: &Answer) -> Shown {
        let megabytes = (MAX_FILE >> 20).to_string();
        let message = self.0.get(answer.key(), &[("megabytes", &megabytes)]);
        let (tone, mark) = match answer.tone() {
            Tone::Good => ("good", "✓"),
            Tone::Warn => ("warn", "!"),
            Tone::Bad => ("bad", "✕"),
        };
        let mut facts = answer.document().map(|document| self.facts(document)).unwrap_or_default();
        if let Some(checked) = answer.checked().filter(|checked| !checked.signatures.is_empty()) {
            // What the file itself says takes the place of what was registered of it.
            let label = self.say("verification-fact-signatures");
            facts.retain(|fact| fact.label != label);
            facts.push(Fact { label, value: self.signatures(checked), is_code: false });
        }
        Shown {
            tone,
            mark,
            heading: message.text,
            explanation: message.hint.unwrap_or_default(),
            facts,
            asks_for_file: matches!(answer, Answer::Registered(_)),
        }
    }

    /// What is told of a document: what stands on its paper anyway, and nobody's name.
    fn facts(&self, document: &RegisteredDocument) -> Vec<Fact> {
        let RegisteredDocument { record: _, scope, template, number, role, office, .. } = document;
        let region = region_name(scope.region());
        let template = match template {
            Some(template) => self.say(&format!("verification-template-{}", template.code())),
            None => self.say("verification-template-unknown"),
        };
        let author = match role {
            Some(role) => {
                let role = self.say(&format!("verification-role-{}", role.code()));
                self.with("verification-author", &[("role", &role), ("region", &region)])
            }
            None => self.with("verification-author-unknown", &[("region", &region)]),
        };
        let at = |ms: u64| Timestamp::from_millisecond(ms as i64).map(moment).unwrap_or_default();
        let certificate = document.certificate_revoked_ms.map(|revoked| {
            let key = if document.is_doubtful() { "verification-revoked-before" } else { "verification-revoked-since" };
            self.with(key, &[("at", &at(revoked))])
        });
        let signed = if document.signed { "verification-signed" } else { "verification-not-signed" };
        let facts = [
            ("document", template),
            ("number", number.clone()),
            ("author", author),
            ("office", office.clone().unwrap_or_default()),
            ("issued", document.issued_at.map(moment).unwrap_or_default()),
            ("received", at(document.received_ms)),
            ("signatures", self.say(signed)),
            ("certificate", certificate.unwrap_or_default()),
            ("hash", document.sha256.map(hex::encode).unwrap_or_default()),
        ];
        let told = facts.into_iter().filter(|(_, value)| !value.is_empty());
        let fact = |(name, value): (&str, String)| Fact {
            label: self.say(&format!("verification-fact-{name}")),
            value,
            is_code: name == "hash",
        };
        told.map(fact).collect()
    }

    /// Each field with its state, by the field's name: the signer's stands in the file, for whoever has it.
    fn signatures(&self, checked: &Verification) -> String {
        let made = checked.signatures.iter().map(|signature| {
            let valid = signature.problems.is_empty();
            (&signature.field, if valid { "verification-signature-intact" } else { "verification-signature-broken" })
        });
        let missing = checked.unsigned_fields.iter().map(|field| (field, "verification-signature-missing"));
        let told = made.chain(missing).map(|(field, key)| self.with(key, &[("field", field)]));
        told.collect::<Vec<_>>().join("; ")
    }
}

fn moment(at: Timestamp) -> String {
    calendar::moment(at, IndonesianZone::Wit)
}

fn region_name(region: &RegionCode) -> String {
    match RegionTable::shipped().get(region) {
        Some(named) => format!("{} ({region})", named.name),
        None => region.to_string(),
    }
}
