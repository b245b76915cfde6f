//! The words the server says, in a terminal and on its public page.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::langid;

/// The languages there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Language {
    /// Indonesian.
    #[default]
    Id,
    /// English.
    En,
}

/// The files of each language, Indonesian and English.
const CATALOGUES: [[&str; 2]; 2] = [
    [
        include_str!("../../../assets/messages/id/server.ftl"),
        include_str!("../../../assets/messages/id/verification.ftl"),
    ],
    [
        include_str!("../../../assets/messages/en/server.ftl"),
        include_str!("../../../assets/messages/en/verification.ftl"),
    ],
];

static INDONESIAN: LazyLock<Messages> = LazyLock::new(|| Messages::of(Language::Id));
static ENGLISH: LazyLock<Messages> = LazyLock::new(|| Messages::of(Language::En));

/// A message catalogue.
pub struct Messages(FluentBundle<FluentResource>);

/// A sentence and, for errors, what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What happened.
    pub text: String,
    /// What to do.
    pub hint: Option<String>,
}

impl Messages {
    /// The catalogue of a language.
    pub fn of(language: Language) -> Self {
        let [indonesian, english] = CATALOGUES;
        let (locale, texts) = match language {
            Language::Id => (langid!("id"), indonesian),
            Language::En => (langid!("en"), english),
        };
        let mut bundle = FluentBundle::new_concurrent(vec![locale]);
        // Terminals show the marks Fluent puts around inserted values.
        bundle.set_use_isolating(false);
        for text in texts {
            // The catalogues are part of the program and tested; what a damaged one still holds is better than nothing.
            let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(readable, _)| readable);
            bundle.add_resource_overriding(resource);
        }
        Messages(bundle)
    }

    /// The catalogue of a language, read once.
    pub fn shared(language: Language) -> &'static Self {
        match language {
            Language::Id => &INDONESIAN,
            Language::En => &ENGLISH,
        }
    }

    /// The message of a key; the key itself, should the catalogue not have it.
    pub fn get(&self, key: &str, arguments: &[(&str, &str)]) -> Message {
        let mut values = FluentArgs::new();
        arguments.iter().for_each(|(name, value)| values.set(*name, *value));
        let mut errors = Vec::new();
        let mut format = |pattern| self.0.format_pattern(pattern, Some(&values), &mut errors).into_owned();
        let message = self.0.get_message(key);
        let text = message.as_ref().and_then(|message| message.value()).map(&mut format);
        let hint = message.and_then(|message| message.get_attribute("hint")).map(|hint| format(hint.value()));
        Message { text: text.unwrap_or_else(|| key.to_owned()), hint }
    }

    /// What happened and, on a line of its own, what to do about it.
    pub fn say(&self, key: &str, arguments: &[(&str, &str)]) -> String {
        let Message { text, hint } = self.get(key, arguments);
        match hint {
            None => text,
            Some(hint) => format!("{text}\n{}", self.get("server-error-hint", &[("hint", &hint)]).text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Vec<(&str, bool)> {
        let resource_keys = text.lines().filter_map(|line| line.split_once(" = "));
        resource_keys.map(|(key, _)| (key.trim(), key.starts_with(' '))).collect()
    }

    #[test]
    fn both_catalogues_are_readable_and_have_the_same_keys() {
        let [indonesian, english] = CATALOGUES;
        for (id, en) in indonesian.into_iter().zip(english) {
            for text in [id, en] {
                assert!(FluentResource::try_new(text.to_owned()).is_ok(), "a catalogue must parse");
            }
            assert_eq!(keys(id), keys(en), "a message must be said in both languages");
        }
    }

    #[test]
    fn an_error_says_what_to_do() {
        let message = Messages::of(Language::Id).get("server-error-address-in-use", &[("detail", "0.0.0.0:8443")]);
        assert_eq!(message.text, "Alamat 0.0.0.0:8443 sudah dipakai program lain.");
        assert!(message.hint.is_some_and(|hint| hint.contains("--listen")), "the hint names the option to change");
    }
}
