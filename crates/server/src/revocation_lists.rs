//! What anyone may ask of the province's authorities: their certificates, and the lists of what they revoked.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use arumbae_signing::authority::authority_id;
use arumbae_signing::certificate::certificate_pem;
use jiff::SignedDuration;

use crate::authorities::{milliseconds, revoked_by};
use crate::province::{Province, RequestError};

/// How long a list may be relied on. An officer's laptop does not wait for lists: it has the registry.
const LIST_LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 7);

/// A list older than this is made anew when it is asked for.
const FRESH_MS: u64 = 60 * 60 * 1000;

/// The lists as they were last made, by the names of their authorities.
#[derive(Debug, Default)]
pub(crate) struct RevocationLists(Mutex<HashMap<String, MadeList>>);

#[derive(Clone, Debug)]
struct MadeList {
    registry_seq: u64,
    made_ms: u64,
    der: Vec<u8>,
}

impl Province {
    /// The DER of what the authority of this name has revoked, as of this moment; `None` if there is no such authority.
    pub async fn revocation_list(&self, id: &str) -> Result<Option<Vec<u8>>, RequestError> {
        let registry = self.registry().await?;
        if authority_id(self.ca_der())? == id {
            // Made whenever the root's key is at hand, and read as it lies there: a command beside may have renewed it.
            return Ok(self.key_folder.root()?.revocation_list);
        }
        let keys = self.keys();
        let Some(authority) = keys.issuing_named(id) else { return Ok(None) };
        let now = self.clock.now();
        let now_ms = milliseconds(now);
        let mut lists = self.revocation_lists.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_fresh = |list: &&MadeList| {
            list.registry_seq == registry.seq() && (list.made_ms..list.made_ms + FRESH_MS).contains(&now_ms)
        };
        if let Some(list) = lists.get(id).filter(is_fresh) {
            return Ok(Some(list.der.clone()));
        }
        let revoked = revoked_by(authority.certificate_der(), &registry)?;
        // Never a smaller number than before, wherever the clock went.
        let number = lists.get(id).map_or(now_ms, |before| now_ms.max(before.made_ms + 1));
        let der = authority.revocation_list(&revoked, number, now, LIST_LIFETIME)?;
        lists.insert(id.to_owned(), MadeList { registry_seq: registry.seq(), made_ms: now_ms, der: der.clone() });
        Ok(Some(der))
    }

    /// The certificate (DER) of the authority of this name, of today or before.
    pub async fn authority_certificate(&self, id: &str) -> Result<Option<Vec<u8>>, RequestError> {
        let registry = self.registry().await?;
        let root = self.ca_der();
        for der in registry.authorities().chain([root]) {
            if authority_id(der)? == id {
                return Ok(Some(der.to_vec()));
            }
        }
        Ok(None)
    }

    /// The root and the authorities below it as PEM, for other programs.
    pub async fn authorities_pem(&self) -> Result<String, RequestError> {
        let registry = self.registry().await?;
        let root = self.ca_der();
        let all = [root].into_iter().chain(registry.authorities());
        Ok(all.map(certificate_pem).collect::<Result<_, _>>()?)
    }
}
