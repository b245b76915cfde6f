//! The messages that are worded on this side of the screen: errors, and what the terminal shows.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::{LanguageIdentifier, langid};

use crate::error::{AppError, ErrorNotice};

const INDONESIAN: [&str; 7] = [
    include_str!("../../../assets/messages/id/errors.ftl"),
    include_str!("../../../assets/messages/id/attendance.ftl"),
    include_str!("../../../assets/messages/id/cli.ftl"),
    include_str!("../../../assets/messages/id/decisions.ftl"),
    include_str!("../../../assets/messages/id/fields.ftl"),
    include_str!("../../../assets/messages/id/proof.ftl"),
    include_str!("../../../assets/messages/id/safekeeping.ftl"),
];
const ENGLISH: [&str; 7] = [
    include_str!("../../../assets/messages/en/errors.ftl"),
    include_str!("../../../assets/messages/en/attendance.ftl"),
    include_str!("../../../assets/messages/en/cli.ftl"),
    include_str!("../../../assets/messages/en/decisions.ftl"),
    include_str!("../../../assets/messages/en/fields.ftl"),
    include_str!("../../../assets/messages/en/proof.ftl"),
    include_str!("../../../assets/messages/en/safekeeping.ftl"),
];

/// A language the program speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// Indonesian, the first language.
    #[default]
    Indonesian,
    /// English.
    English,
}

impl Language {
    /// The language of a tag such as `id` or `en`; Indonesian for any other.
    pub fn from_tag(tag: &str) -> Self {
        if tag == "en" { Language::English } else { Language::Indonesian }
    }
}

/// The messages of one language.
pub struct Catalogue {
    bundle: FluentBundle<FluentResource>,
}

impl Catalogue {
    /// The catalogue of a language.
    pub fn new(language: Language) -> Self {
        const ID: LanguageIdentifier = langid!("id");
        const EN: LanguageIdentifier = langid!("en");
        let (tag, texts) = match language {
            Language::Indonesian => (ID, INDONESIAN),
            Language::English => (EN, ENGLISH),
        };
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        bundle.set_use_isolating(false);
        for text in texts {
            // A message that does not parse is missing, and a test asks for every message.
            let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(parsed, _)| parsed);
            bundle.add_resource_overriding(resource);
        }
        Catalogue { bundle }
    }

    /// What to show for an error; `reference` is what the log has beside its cause.
    pub fn notice(&self, error: &AppError, reference: String) -> ErrorNotice {
        let mut args = FluentArgs::new();
        for (name, value) in &error.args {
            args.set(*name, value.clone());
        }
        let key = format!("error-{}", error.code.name());
        let exact = error.message.and_then(|message| self.find(message, None, &args));
        ErrorNotice {
            code: error.code,
            message: exact.or_else(|| self.find(&key, None, &args)).unwrap_or_else(|| error.code.name().to_owned()),
            hint: self.find(&key, Some("hint"), &args).unwrap_or_default(),
            args: error.args.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
            reference,
        }
    }

    /// A message with its arguments; its key if there is no such message.
    pub fn text(&self, key: &str, args: &[(&str, String)]) -> String {
        let args: FluentArgs<'_> = args.iter().map(|(name, value)| (*name, value.clone())).collect();
        self.find(key, None, &args).unwrap_or_else(|| key.to_owned())
    }

    fn find(&self, key: &str, attribute: Option<&str>, args: &FluentArgs<'_>) -> Option<String> {
        let message = self.bundle.get_message(key)?;
        let pattern = match attribute {
            None => message.value()?,
            Some(name) => message.get_attribute(name)?.value(),
        };
        let mut errors = Vec::new();
        Some(self.bundle.format_pattern(pattern, Some(args), &mut errors).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;

    #[test]
    fn every_error_says_what_happened_and_what_to_do_in_both_languages() {
        for language in [Language::Indonesian, Language::English] {
            let catalogue = Catalogue::new(language);
            for &code in ErrorCode::ALL {
                let notice = catalogue.notice(&AppError::new(code), String::new());
                assert_ne!(notice.message, code.name(), "{} has no message in {language:?}", code.name());
                assert!(!notice.hint.is_empty(), "{} does not say what to do in {language:?}", code.name());
            }
        }
    }
}
