//! A forgotten passphrase: the province opens the store by its recovery key and the officer chooses another one.

use std::path::Path;

use arumbae_store::{Store, StoreError};
use jiff::Timestamp;
use rand_core::OsRng;

use crate::account::check_passphrase;
use crate::app::millis;
use crate::error::{AppError, ErrorCode, Result};

/// Gives the first user of the store in `folder` another passphrase. Returns their name.
///
/// Nothing recorded is lost. Their document-signing key is, since only they could open it: they are invited anew for
/// another certificate. `recovery_keys` are the province's, the present one and those before it: a laptop that has
/// not been heard of since it changed is sealed to an earlier one.
///
/// # Errors
/// [`ErrorCode::RecoveryKeyWrong`], [`ErrorCode::PassphraseShort`]; [`ErrorCode::Locked`] if the folder holds no store.
pub fn replace_passphrase(
    folder: &Path,
    recovery_keys: &[[u8; 32]],
    passphrase: &str,
    now: Timestamp,
) -> Result<String> {
    check_passphrase(passphrase)?;
    let now_ms = millis(now);
    let opened = recovery_keys
        .iter()
        .map(|key| Store::unlock_with_recovery_key(folder, key, None, passphrase, now_ms, &mut OsRng));
    for store in opened {
        match store {
            Err(StoreError::WrongRecoveryKey) => {}
            store => return Ok(store?.profile().name.clone()),
        }
    }
    Err(AppError::new(ErrorCode::RecoveryKeyWrong))
}
