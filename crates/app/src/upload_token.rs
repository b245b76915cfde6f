//! A token with which a scanner or a script uploads in this laptop's name.

use std::path::Path;
use std::sync::{Arc, Mutex};

use arumbae_store::Store;
use arumbae_sync::{Patience, SyncEngine};
use jiff::Timestamp;
use rand_core::OsRng;

use crate::app::{HostSurroundings, in_background, millis};
use crate::clock::SystemClock;
use crate::error::Result;
use crate::record::moment;

/// What a tus client needs.
#[derive(Debug)]
pub struct UploadToken {
    /// Where it uploads to.
    pub endpoint: String,
    /// What it sends as `Authorization: Bearer`.
    pub token: String,
    /// Until when the token is good.
    pub expires_at: Timestamp,
}

/// Asks the province for a token in the name of a store that no program has open.
///
/// # Errors
/// Those of opening the store, [`ErrorCode::NotEnrolled`](crate::error::ErrorCode::NotEnrolled), and those of the way to
/// the server.
pub async fn ask_for_token(folder: &Path, passphrase: &str) -> Result<UploadToken> {
    let (folder, passphrase) = (folder.to_owned(), passphrase.to_owned());
    let now_ms = millis(Timestamp::now());
    let store = in_background(move || Ok(Store::unlock(&folder, &passphrase, now_ms, &mut OsRng)?)).await?;
    let surroundings = Arc::new(HostSurroundings(Arc::new(SystemClock)));
    let mut engine = SyncEngine::new(Arc::new(Mutex::new(store)), Patience::default(), surroundings);
    let (endpoint, grant) = engine.upload_token().await?;
    Ok(UploadToken { endpoint, token: grant.token, expires_at: moment(grant.expires_ms) })
}
