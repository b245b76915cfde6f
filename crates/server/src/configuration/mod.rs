//! Where settings come from: a file, the environment, the command line; the later one wins.

mod settings;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use figment::error::Kind;
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider};
use serde::Serialize;

pub use settings::Settings;

/// The variable that names the file when `--config` does not.
const FILE_VARIABLE: &str = "ARUMBAE_CONFIG";
const PREFIX: &str = "ARUMBAE_";

/// The settings that name a folder; `blobs` may be a store elsewhere instead.
const FOLDERS: [&str; 2] = ["data", "blobs"];

/// What a value that must not be shown is shown as.
const HIDDEN: &str = "…";

/// The settings in force, and who set each.
#[derive(Clone, Debug)]
pub struct Configuration {
    settings: Settings,
    figment: Figment,
    unknown_variables: Vec<String>,
}

/// Who set a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nobody.
    Default,
    /// The file.
    File(PathBuf),
    /// A variable of the environment.
    Environment(String),
    /// An option.
    CommandLine,
}

/// A setting as it is listed.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// Its key; those of a table have its name and a dot before.
    pub key: String,
    /// Its value, without what must stay secret; `None` if it is not set.
    pub value: Option<toml::Value>,
    /// Who set it.
    pub origin: Origin,
}

/// Settings that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigurationError {
    /// The file cannot be read.
    #[error("cannot read {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the machine said.
        #[source]
        source: io::Error,
    },
    /// The file is not TOML.
    #[error("{} is not TOML", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong there.
        #[source]
        source: toml::de::Error,
    },
    /// There is no such setting.
    #[error("there is no setting {key}")]
    UnknownKey {
        /// As it was written.
        key: String,
        /// Who set it.
        origin: Origin,
    },
    /// The value does not fit the setting.
    #[error("the value of {key} cannot be used")]
    Value {
        /// Which setting.
        key: String,
        /// Who set it.
        origin: Origin,
        /// What is wrong with it.
        #[source]
        source: Box<figment::Error>,
    },
}

impl Configuration {
    /// Puts the settings together. `given` are the options of the command line, those left out not being there.
    pub fn gather(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
        given: &impl Serialize,
    ) -> Result<Self, ConfigurationError> {
        let environment: Vec<(String, String)> =
            environment.into_iter().filter(|(name, _)| name.starts_with(PREFIX)).collect();
        let named = environment.iter().find(|(name, _)| name == FILE_VARIABLE).map(|(_, path)| Path::new(path));
        let defaults = Layer::of(Origin::Default, &Settings::default());
        let mut figment = Figment::from(defaults.clone());
        if let Some(path) = file.or(named) {
            figment = figment.merge(Layer { origin: Origin::File(path.to_owned()), values: read_file(path)? });
        }
        let mut unknown_variables = Vec::new();
        for (name, text) in environment.iter().filter(|(name, _)| name != FILE_VARIABLE) {
            let key = name[PREFIX.len()..].to_ascii_lowercase().replace("__", ".");
            match find(&defaults.values, &key) {
                Some(default) => {
                    let nested = figment::util::nest(&key, read_variable(text, default));
                    let values = nested.into_dict().unwrap_or_default();
                    figment = figment.merge(Layer { origin: Origin::Environment(name.clone()), values });
                }
                // Not an error: other programs' variables may begin like ours.
                None => unknown_variables.push(name.clone()),
            }
        }
        let figment = figment.merge(Layer::of(Origin::CommandLine, given));
        let settings = figment.extract().map_err(|error| refuse(&figment, error))?;
        Ok(Configuration { settings, figment, unknown_variables })
    }

    /// The settings in force.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Variables that look like settings and are none.
    pub fn unknown_variables(&self) -> &[String] {
        &self.unknown_variables
    }

    /// Every setting with who set it, secrets hidden.
    pub fn list(&self) -> Vec<Setting> {
        let in_force = Layer::of(Origin::Default, &self.settings).values;
        let mut keys = Vec::new();
        collect_keys("", &in_force, &mut keys);
        let listed = keys.into_iter().map(|key| {
            let value = find(&in_force, &key).and_then(|value| toml::Value::try_from(value).ok());
            Setting { origin: origin_of(&self.figment, &key), value: value.map(|value| hide(&key, value)), key }
        });
        listed.collect()
    }
}

/// Settings from one origin.
#[derive(Clone)]
struct Layer {
    origin: Origin,
    values: Dict,
}

impl Layer {
    fn of(origin: Origin, values: &impl Serialize) -> Self {
        // What is serialized here are our own structs, which are tables.
        let values = Value::serialize(values).ok().and_then(Value::into_dict).unwrap_or_default();
        Layer { origin, values }
    }
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        match &self.origin {
            Origin::Default => Metadata::named("default"),
            Origin::File(path) => Metadata::named("file").source(path.as_path()),
            Origin::Environment(name) => Metadata::named("environment").source(name.as_str()),
            Origin::CommandLine => Metadata::named("command line"),
        }
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(Profile::Default.collect(self.values.clone()))
    }
}

fn read_file(path: &Path) -> Result<Dict, ConfigurationError> {
    let text = fs::read_to_string(path).map_err(|source| ConfigurationError::File { path: path.to_owned(), source })?;
    let table: toml::Table = toml::from_str(&text).map_err(|source| {
        let before = source.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        ConfigurationError::Syntax { path: path.to_owned(), line: before.matches('\n').count() + 1, source }
    })?;
    let mut values = Value::serialize(table).ok().and_then(Value::into_dict).unwrap_or_default();
    // A folder named in a file lies beside it, wherever the program was started.
    let beside = path.parent().unwrap_or(Path::new(""));
    for key in FOLDERS {
        if let Some(Value::String(_, folder)) = values.get_mut(key)
            && !folder.contains("://")
        {
            *folder = beside.join(&*folder).display().to_string();
        }
    }
    Ok(values)
}

/// A variable's text as the setting is of: `81` is a number to Figment and a region to us.
fn read_variable(text: &str, default: &Value) -> Value {
    match default {
        Value::String(..) | Value::Empty(..) => Value::from(text),
        Value::Array(..) => {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            Value::from(parts.map(Value::from).collect::<Vec<_>>())
        }
        Value::Bool(..) => text.parse::<bool>().map_or_else(|_| Value::from(text), Value::from),
        // What is no number is refused where it does not fit.
        _ => text.parse::<i64>().map_or_else(|_| Value::from(text), Value::from),
    }
}

fn find<'a>(values: &'a Dict, key: &str) -> Option<&'a Value> {
    let (first, rest) = key.split_once('.').map_or((key, None), |(first, rest)| (first, Some(rest)));
    match (values.get(first)?, rest) {
        (value, None) => Some(value),
        (Value::Dict(_, below), Some(rest)) => find(below, rest),
        _ => None,
    }
}

fn collect_keys(prefix: &str, values: &Dict, keys: &mut Vec<String>) {
    for (name, value) in values {
        match value {
            Value::Dict(_, below) => collect_keys(&format!("{prefix}{name}."), below, keys),
            _ => keys.push(format!("{prefix}{name}")),
        }
    }
}

fn origin_of(figment: &Figment, key: &str) -> Origin {
    figment.find_metadata(key).map_or(Origin::Default, named_origin)
}

fn named_origin(metadata: &Metadata) -> Origin {
    match (metadata.name.as_ref(), &metadata.source) {
        ("file", Some(figment::Source::File(path))) => Origin::File(path.clone()),
        ("environment", Some(figment::Source::Custom(name))) => Origin::Environment(name.clone()),
        ("command line", _) => Origin::CommandLine,
        _ => Origin::Default,
    }
}

fn refuse(figment: &Figment, error: figment::Error) -> ConfigurationError {
    let key = error.path.join(".");
    let origin = error.metadata.as_ref().map(named_origin);
    match &error.kind {
        Kind::UnknownField(name, _) => {
            let parents = error.path.iter().filter(|part| *part != name).map(String::as_str);
            let key = parents.chain([name.as_str()]).collect::<Vec<_>>().join(".");
            ConfigurationError::UnknownKey { origin: origin_of(figment, &key), key }
        }
        _ => ConfigurationError::Value {
            origin: origin.unwrap_or_else(|| origin_of(figment, &key)),
            key,
            source: Box::new(error),
        },
    }
}

/// Passwords and keys are not shown: a listing ends up in a support ticket.
fn hide(key: &str, value: toml::Value) -> toml::Value {
    let secret = ["password", "passphrase", "secret", "token"].iter().any(|word| key.contains(word));
    match value {
        toml::Value::String(_) if secret => toml::Value::String(HIDDEN.to_owned()),
        toml::Value::String(text) => toml::Value::String(hide_password(&text)),
        other => other,
    }
}

/// The password in `scheme://user:password@host`.
fn hide_password(url: &str) -> String {
    let hidden = url.split_once("://").and_then(|(scheme, rest)| {
        let authority_end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (user_info, _) = rest[..authority_end].rsplit_once('@')?;
        let (user, _) = user_info.split_once(':')?;
        Some(format!("{scheme}://{user}:{HIDDEN}{}", &rest[user_info.len()..]))
    });
    hidden.unwrap_or_else(|| url.to_owned())
}
