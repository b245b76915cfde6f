//! Invitations as short codes: giving them out, and answering who says one.

use arumbae_protocol::short_code::{NUMBERS, answer_code};
use arumbae_protocol::{CodeRequest, CodeResponse, FailureCode, Invitation, InvitationToken, ShortCode};
use rand_core::RngCore;

use crate::enrolment::{InviteError, NewInvitation};
use crate::province::{Province, RequestError};
use crate::storage::StoredCode;

/// So often a code can be tried at once: bad links eat answers, and fingers slip.
const FREE_TRIES: u32 = 6;

/// After that a try is let through this much later than the last one, doubling, but never more than
const FIRST_WAIT_MS: u64 = 2_000;
/// this: who was invited must not be shut out by who is guessing.
const LONGEST_WAIT_MS: u64 = 60 * 60 * 1000;

/// So many numbers are drawn before a province is held to have too many codes out.
const DRAWS: u32 = 200;

impl Province {
    /// Makes an invitation that can be said over a telephone; in a file it is the same one.
    pub async fn invite_with_code(&self, new: NewInvitation) -> Result<(Invitation, ShortCode), InviteError> {
        let mut rng = self.randomness.clone();
        for _ in 0..DRAWS {
            let mut salt = [0; 16];
            rng.fill_bytes(&mut salt);
            let number = (rng.next_u32() % u32::from(NUMBERS)) as u16;
            let server_url = self.address_for(&new).await?;
            let stored = StoredCode { number, salt, server_url, tries: 0, tried_ms: 0 };
            let (code, token) = (self.code_of(&stored), self.token_of(&stored));
            if let Some(invitation) = self.keep_invitation(&new, token, Some(stored)).await? {
                return Ok((invitation, code));
            }
        }
        Err(InviteError::TooManyCodes)
    }

    /// Gives an invitation to who knows its code. Who does not learns nothing, and has to wait ever longer.
    pub async fn give_invitation(&self, request: CodeRequest) -> Result<CodeResponse, RequestError> {
        let refused = |code| RequestError::Refused(code);
        let now_ms = self.clock.now_ms();
        let (invitation, code) = loop {
            let found = self.storage.find_code(request.number, now_ms).await?;
            let invitation = found.ok_or(refused(FailureCode::UnknownInvitation))?;
            let code = invitation.code.clone().ok_or(refused(FailureCode::UnknownInvitation))?;
            if now_ms < code.tried_ms + wait_after(code.tries) {
                tracing::warn!(number = code.number, tries = code.tries, "an invitation's code is being guessed");
                return Err(refused(FailureCode::TooManyTries));
            }
            if self.storage.count_try(invitation.fingerprint, code.tries, now_ms).await? {
                break (invitation, code);
            }
        };
        let (role, scope, expires_ms) = (invitation.role, invitation.scope, invitation.expires_ms);
        let secret = self.code_of(&code);
        let whole = self.whole_invitation(self.token_of(&code), code.server_url, role, scope, expires_ms);
        let answered = answer_code(&secret, &request, &whole, &mut self.randomness.clone());
        answered.map_err(|_| refused(FailureCode::MalformedBody))
    }

    fn code_of(&self, code: &StoredCode) -> ShortCode {
        ShortCode::new(code.number, &self.derive_from_code("arumbae 2026 short code secret", code))
    }

    fn token_of(&self, code: &StoredCode) -> InvitationToken {
        let mut token = InvitationToken([0; 16]);
        token.0.copy_from_slice(&self.derive_from_code("arumbae 2026 short code token", code)[..16]);
        token
    }

    /// Nothing a code opens is stored: whoever reads the database, or a backup of it, still needs the province's key.
    /// With that key's successor codes that are out are over.
    fn derive_from_code(&self, context: &str, code: &StoredCode) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_derive_key(context);
        hasher.update(self.keys().registry.as_bytes()).update(&code.salt).update(&code.number.to_le_bytes());
        *hasher.finalize().as_bytes()
    }
}

/// How long after a try the next one has to wait, in milliseconds.
fn wait_after(tries: u32) -> u64 {
    match tries.checked_sub(FREE_TRIES) {
        None => 0,
        Some(over) => FIRST_WAIT_MS.saturating_mul(1 << over.min(20)).min(LONGEST_WAIT_MS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guessing_takes_longer_than_a_code_lives() {
        let week_ms = 7 * 24 * 60 * 60 * 1000;
        let mut tries = 0;
        let mut at_ms = 0;
        while at_ms < week_ms {
            at_ms += wait_after(tries);
            tries += 1;
        }
        assert!((FREE_TRIES..300).contains(&tries), "{tries} of 2^35 in a week");
    }
}
