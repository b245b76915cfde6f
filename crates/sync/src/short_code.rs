//! From a short code and an address to the whole invitation.
//!
//! Nothing is known yet of whom to trust, so the connection trusts anybody; the exchange over it does not. See
//! [`arumbae_protocol::short_code`].

use std::sync::Arc;

use arumbae_protocol::{CodeExchange, CodeResponse, Invitation, ShortCode, paths};
use ed25519_dalek::SigningKey;
use reqwest::Url;
use zeroize::Zeroizing;

use crate::error::{Result, SyncError};
use crate::https::{Https, Patience};
use crate::surroundings::{Randomness, SharedSurroundings};
use crate::transport::Transport;

/// The port of a server that none is said of.
const PORT: u16 = 8443;

/// Where an invitation may lie in an answer, with the certificate of an authority in it.
const LARGEST_ANSWER: usize = 64 << 10;

/// Fetches the invitation that a code stands for.
///
/// # Errors
/// Besides those of every exchange, [`SyncError::WrongCode`] if whoever answered does not know the code, and
/// [`SyncError::Refused`] if there is no such code or it was tried too often.
pub async fn fetch_invitation(
    server: &str,
    code: &ShortCode,
    patience: Patience,
    surroundings: SharedSurroundings,
) -> Result<Invitation> {
    let https = Https::to_anybody(&address_of(server)?, patience, surroundings.clone())?;
    // Requests are signed by somebody; before the enrolment it need not be the device.
    let mut seed = Zeroizing::new([0; 32]);
    surroundings.fill_random(&mut *seed);
    let transport = Transport::over(Arc::new(https), SigningKey::from_bytes(&seed), surroundings.clone());
    let (exchange, request) = CodeExchange::begin(code, &mut Randomness(&*surroundings));
    let (response, _) = transport.exchange::<CodeResponse>(paths::ENROL_CODE, &request, LARGEST_ANSWER, None).await?;
    exchange.finish(&response).map_err(|_| SyncError::WrongCode)
}

/// The address as people say it: without the scheme, and without the port if it is the usual one.
fn address_of(said: &str) -> Result<String> {
    let said = said.trim();
    if said.contains("://") {
        return Ok(said.to_owned());
    }
    let mut url = Url::parse(&format!("https://{said}")).map_err(|_| SyncError::UnusableAddress)?;
    if !said.ends_with(":443") && url.port().is_none() {
        url.set_port(Some(PORT)).map_err(|()| SyncError::UnusableAddress)?;
    }
    Ok(url.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(said: &str, expected: &str) {
        assert_eq!(address_of(said).ok().as_deref(), Some(expected), "{said}");
    }

    #[test]
    fn an_address_is_completed_as_people_say_it() {
        check("arumbae.contoh.go.id", "https://arumbae.contoh.go.id:8443/");
        check(" 10.0.0.7:9000 ", "https://10.0.0.7:9000/");
        check("contoh.go.id:443", "https://contoh.go.id/");
        check("https://contoh.go.id", "https://contoh.go.id");
        assert!(address_of("bukan alamat").is_err());
    }
}
