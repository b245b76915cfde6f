//! The address of a database, which may hold a password.

use std::fmt;
use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;

use super::StorageError;

/// A `postgres://` URL that can be read. Shown without its password.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    pub(super) fn options(&self) -> Result<PgConnectOptions, StorageError> {
        self.0.parse().map_err(|_| StorageError::MalformedUrl)
    }
}

impl FromStr for DatabaseUrl {
    type Err = StorageError;

    /// [`StorageError::MalformedUrl`] for everything that is no such URL.
    fn from_str(text: &str) -> Result<Self, StorageError> {
        // The options themselves take any scheme.
        if !["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme)) {
            return Err(StorageError::MalformedUrl);
        }
        let url = DatabaseUrl(text.to_owned());
        url.options().map(|_| url)
    }
}

/// Host and database; no user, no password.
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ok(options) = self.options() else { return f.write_str("postgres://…") };
        let host = options.get_socket().map_or(options.get_host().to_owned(), |path| path.display().to_string());
        write!(f, "postgres://{host}:{}/{}", options.get_port(), options.get_database().unwrap_or_default())
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
