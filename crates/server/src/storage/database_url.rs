//! The address of a database, which may hold a password.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;

use super::StorageError;

/// A `postgres://` URL. Shown without its password, and read only when it is used, so that whoever opens it says what
/// is wrong with it.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    pub(super) fn options(&self) -> Result<PgConnectOptions, StorageError> {
        let is_postgres = ["postgres://", "postgresql://"].iter().any(|scheme| self.0.starts_with(scheme));
        if !is_postgres {
            return Err(StorageError::MalformedUrl);
        }
        self.0.parse().map_err(|_| StorageError::MalformedUrl)
    }
}

impl FromStr for DatabaseUrl {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(DatabaseUrl(text.to_owned()))
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
