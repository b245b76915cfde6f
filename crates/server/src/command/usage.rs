//! Words that are no command to run, and what is said then in the language asked for: clap says it in English.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::messages::Messages;

/// Why no command runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// Help or the version was asked for, and this is it.
    Help(String),
    /// Something is wrong with the words, and this says what.
    Mistake(String),
}

impl Unread {
    pub(super) fn from(error: &clap::Error, messages: &Messages) -> Self {
        match error.kind() {
            ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => Unread::Help(error.to_string()),
            kind => Unread::Mistake(explain(kind, error, messages)),
        }
    }

    /// What is printed.
    pub fn text(&self) -> &str {
        let (Unread::Help(text) | Unread::Mistake(text)) = self;
        text
    }
}

fn explain(kind: ErrorKind, error: &clap::Error, messages: &Messages) -> String {
    let context = |kind| match error.get(kind) {
        Some(ContextValue::Strings(several)) => several.join(", "),
        Some(value) => value.to_string(),
        None => String::new(),
    };
    let value = context(ContextKind::InvalidValue);
    let (key, value) = match kind {
        ErrorKind::MissingRequiredArgument => ("server-usage-missing", value),
        ErrorKind::UnknownArgument => ("server-usage-unknown", value),
        ErrorKind::InvalidSubcommand => ("server-usage-command", context(ContextKind::InvalidSubcommand)),
        ErrorKind::ArgumentConflict => ("server-usage-conflict", context(ContextKind::PriorArg)),
        // An option at the end of the line, without what belongs to it.
        ErrorKind::InvalidValue if value.is_empty() => ("server-usage-no-value", value),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => ("server-usage-value", value),
        _ => ("server-usage-other", value),
    };
    messages.say(key, &[("argument", &context(ContextKind::InvalidArg)), ("value", &value)])
}
