//! Where attachments are kept: a folder of the machine or an S3 store.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, RetryConfig};

use super::upload::UPLOADS;

/// Where attachments are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttachmentPlace {
    /// In a folder, made if need be.
    Folder(PathBuf),
    /// In an S3 store.
    S3 {
        /// The bucket, which must exist.
        bucket: String,
        /// What the names of all objects begin with, without a slash at either end; may be empty.
        prefix: String,
        /// How it is reached.
        access: S3Access,
    },
}

/// Endpoint, region and credentials of an S3 store, under the names that AWS gives them in the environment.
///
/// Among them `AWS_ENDPOINT_URL`, `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, and `AWS_ALLOW_HTTP=true`
/// for a store on the same machine that speaks no TLS.
#[derive(Clone, PartialEq, Eq)]
pub struct S3Access(Vec<(String, String)>);

impl fmt::Debug for S3Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("S3Access(..)")
    }
}

/// Why attachments cannot be kept there.
#[derive(Debug, thiserror::Error)]
#[error("attachments cannot be kept in {place}")]
pub struct PlaceError {
    /// Where: the folder or the bucket's address.
    pub place: String,
    /// What the store said.
    #[source]
    pub source: object_store::Error,
}

/// What does not name a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a folder or s3://BUCKET/PREFIX is expected")]
pub struct UnknownPlace;

impl AttachmentPlace {
    /// Where attachments are kept if nobody says anything else.
    pub fn in_data_folder(data_dir: &std::path::Path) -> Self {
        AttachmentPlace::Folder(data_dir.join("attachments"))
    }

    /// Reads a folder or `s3://BUCKET/PREFIX`; how the store is reached is picked from `environment`.
    pub fn parse(text: &str, environment: impl IntoIterator<Item = (String, String)>) -> Result<Self, UnknownPlace> {
        match text.split_once("://") {
            None if text.is_empty() => Err(UnknownPlace),
            None => Ok(AttachmentPlace::Folder(text.into())),
            Some(("s3", rest)) => {
                let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
                let prefix = prefix.trim_matches('/');
                if bucket.is_empty() || Path::parse(prefix).is_err() {
                    return Err(UnknownPlace);
                }
                let access = S3Access(environment.into_iter().filter(|(name, _)| name.starts_with("AWS_")).collect());
                Ok(AttachmentPlace::S3 { bucket: bucket.to_owned(), prefix: prefix.to_owned(), access })
            }
            Some(_) => Err(UnknownPlace),
        }
    }
}

impl fmt::Display for AttachmentPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AttachmentPlace::Folder(path) => write!(f, "{}", path.display()),
            AttachmentPlace::S3 { bucket, prefix, access: _ } => write!(f, "s3://{bucket}/{prefix}"),
        }
    }
}

impl AttachmentPlace {
    pub(super) async fn open(&self) -> Result<Arc<dyn ObjectStore>, PlaceError> {
        let failed = |source| PlaceError { place: self.to_string(), source };
        let objects = self.reach().map_err(failed)?;
        // A bucket that is missing or closed says so when it is asked what is in it, not when for one thing.
        let first = objects.list(Some(&Path::from(UPLOADS))).next().await.transpose();
        first.map_err(failed)?;
        Ok(objects)
    }

    fn reach(&self) -> Result<Arc<dyn ObjectStore>, object_store::Error> {
        match self {
            AttachmentPlace::Folder(path) => {
                std::fs::create_dir_all(path)
                    .map_err(|source| object_store::Error::Generic { store: "folder", source: source.into() })?;
                // Without fsync an acknowledged photo could be gone after a power cut.
                let folder = LocalFileSystem::new_with_prefix(path)?.with_fsync(true).with_automatic_cleanup(true);
                Ok(Arc::new(folder))
            }
            AttachmentPlace::S3 { bucket, prefix, access: S3Access(access) } => {
                // The store's HTTP client takes the process's provider; ours is ring everywhere.
                let _ = rustls::crypto::ring::default_provider().install_default();
                // A device waits for the answer: an error it can act on beats minutes of trying.
                let retry =
                    RetryConfig { max_retries: 3, retry_timeout: Duration::from_secs(20), ..RetryConfig::default() };
                let mut builder = AmazonS3Builder::new();
                for (name, value) in access {
                    // AWS has more variables than concern a store.
                    if let Ok(key) = name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>() {
                        builder = builder.with_config(key, value);
                    }
                }
                let bucket = builder.with_bucket_name(bucket).with_retry(retry).build()?;
                Ok(Arc::new(PrefixStore::new(bucket, prefix.as_str())))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&str, UnknownPlace>) {
        let place = AttachmentPlace::parse(text, []).map(|place| format!("{place:?}"));
        assert_eq!(place.as_deref().map_err(|error| *error), expected, "{text}");
    }

    #[test]
    fn a_place_is_a_folder_or_a_bucket() {
        check("/srv/lampiran", Ok(r#"Folder("/srv/lampiran")"#));
        check(
            "s3://bawaslu/maluku/lampiran/",
            Ok(r#"S3 { bucket: "bawaslu", prefix: "maluku/lampiran", access: S3Access(..) }"#),
        );
        check("s3://bawaslu", Ok(r#"S3 { bucket: "bawaslu", prefix: "", access: S3Access(..) }"#));
        for text in ["", "s3://", "s3:///lampiran", "s3://bawaslu/a//b", "gs://bawaslu/lampiran"] {
            check(text, Err(UnknownPlace));
        }
    }
}
