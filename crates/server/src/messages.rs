//! The words the server says in a terminal.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
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
        let (locale, text) = match language {
            Language::Id => (langid!("id"), include_str!("../../../assets/messages/id/server.ftl")),
            Language::En => (langid!("en"), include_str!("../../../assets/messages/en/server.ftl")),
        };
        // The catalogues are part of the program and tested; what a damaged one still holds is better than nothing.
        let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(readable, _)| readable);
        let mut bundle = FluentBundle::new(vec![locale]);
        // Terminals show the marks Fluent puts around inserted values.
        bundle.set_use_isolating(false);
        bundle.add_resource_overriding(resource);
        Messages(bundle)
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
        let id = include_str!("../../../assets/messages/id/server.ftl");
        let en = include_str!("../../../assets/messages/en/server.ftl");
        for text in [id, en] {
            assert!(FluentResource::try_new(text.to_owned()).is_ok(), "a catalogue must parse");
        }
        assert_eq!(keys(id), keys(en), "a message must be said in both languages");
    }

    #[test]
    fn an_error_says_what_to_do() {
        let message = Messages::of(Language::Id).get("server-error-address-in-use", &[("detail", "0.0.0.0:8443")]);
        assert_eq!(message.text, "Alamat 0.0.0.0:8443 sudah dipakai program lain.");
        assert!(message.hint.is_some_and(|hint| hint.contains("--listen")), "the hint names the option to change");
    }
}
