//! The words of the documents, from the Fluent catalogue.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
use unic_langid::langid;

use crate::ReportError;

const CATALOGUE: &str = include_str!("../../../assets/messages/id/documents.ftl");

/// What is printed, by message key. Indonesian always: these are forms of an Indonesian office.
pub(crate) struct Wording {
    bundle: FluentBundle<FluentResource>,
}

impl Wording {
    /// Reads the shipped catalogue.
    pub(crate) fn load() -> Result<Self, ReportError> {
        let damaged = || ReportError::DamagedAsset("message catalogue");
        let resource = FluentResource::try_new(CATALOGUE.to_owned()).map_err(|_| damaged())?;
        let mut bundle = FluentBundle::new(vec![langid!("id-ID")]);
        // Isolating marks would be characters on paper.
        bundle.set_use_isolating(false);
        bundle.add_resource(resource).map_err(|_| damaged())?;
        Ok(Wording { bundle })
    }

    /// A message without arguments.
    pub(crate) fn text(&self, key: &str) -> String {
        self.with(key, &[])
    }

    /// A message with arguments; the key itself if there is no such message, which a test prevents.
    pub(crate) fn with(&self, key: &str, arguments: &[(&str, &str)]) -> String {
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let arguments: FluentArgs<'_> = arguments.iter().map(|(name, value)| (*name, *value)).collect();
        self.bundle.format_pattern(pattern, Some(&arguments), &mut Vec::new()).into_owned()
    }

    /// Whether there is such a message.
    pub(crate) fn knows(&self, key: &str) -> bool {
        self.bundle.has_message(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn keys(catalogue: &str) -> BTreeSet<&str> {
        catalogue.lines().filter_map(|line| line.split_once(" = ")).map(|(key, _)| key).collect()
    }

    #[test]
    fn every_key_the_templates_use_exists() {
        let known = keys(CATALOGUE);
        let templates = [
            include_str!("supervision_report.rs"),
            include_str!("attendance_list.rs"),
            include_str!("receipt_statement.rs"),
            include_str!("signature_appearance.rs"),
            include_str!("manuscript.rs"),
        ];
        for template in templates {
            for used in template.split('"').filter(|quoted| quoted.starts_with("doc-") && !quoted.ends_with('-')) {
                assert!(known.contains(used), "{used} is in the catalogue");
            }
        }
    }

    #[test]
    fn both_languages_have_the_same_keys() {
        let english = include_str!("../../../assets/messages/en/documents.ftl");
        assert_eq!(keys(CATALOGUE), keys(english));
    }
}
