//! The code that two officers compare: a short authentication string (as in RFC 6189, 4.4.1) over both device keys, one
//! TLS session and a nonce of each.
//!
//! Whoever stands between has a session and a key with each side, so the codes differ. Six digits could be searched
//! for a pair that agrees; therefore who was called promises its nonce before it hears the caller's, and the caller
//! gives its own before it hears the other's. There is one guess, one in a million, and officers see it fail.

use std::fmt;

use arumbae_mergelog::DeviceKey;

/// What each side adds to a code.
pub(crate) type Nonce = [u8; 32];

/// Six digits, the same on both screens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PairingCode(u32);

/// A pairing's two sides and the TLS session between them.
#[derive(Clone, Copy)]
pub(crate) struct Pair {
    pub caller: DeviceKey,
    pub called: DeviceKey,
    pub session: [u8; 32],
}

impl Pair {
    /// What who is called promises of its nonce.
    pub fn commitment(&self, called: &Nonce) -> [u8; 32] {
        *self.hasher("arumbae 2026 nearby commitment").update(called).finalize().as_bytes()
    }

    pub fn code(&self, caller: &Nonce, called: &Nonce) -> PairingCode {
        let mut hasher = self.hasher("arumbae 2026 nearby code");
        let hash = hasher.update(caller).update(called).finalize();
        let mut number = [0; 8];
        number.copy_from_slice(&hash.as_bytes()[..8]);
        PairingCode((u64::from_le_bytes(number) % 1_000_000) as u32)
    }

    fn hasher(&self, purpose: &str) -> blake3::Hasher {
        let mut hasher = blake3::Hasher::new_derive_key(purpose);
        hasher.update(&self.caller.0).update(&self.called.0).update(&self.session);
        hasher
    }
}

impl fmt::Display for PairingCode {
    /// As it is read out: three digits and three digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:03} {:03}", self.0 / 1000, self.0 % 1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_of_this_pair_this_session_and_these_nonces() {
        let pair = Pair { caller: DeviceKey([1; 32]), called: DeviceKey([2; 32]), session: [3; 32] };
        let code = pair.code(&[4; 32], &[5; 32]);
        let others = [
            Pair { caller: DeviceKey([9; 32]), ..pair }.code(&[4; 32], &[5; 32]),
            Pair { called: DeviceKey([9; 32]), ..pair }.code(&[4; 32], &[5; 32]),
            Pair { session: [9; 32], ..pair }.code(&[4; 32], &[5; 32]),
            pair.code(&[9; 32], &[5; 32]),
            pair.code(&[4; 32], &[9; 32]),
        ];
        assert!(others.iter().all(|other| *other != code), "{code} {others:?}");
        assert_ne!(pair.commitment(&[5; 32]), pair.commitment(&[6; 32]));
        assert_eq!(PairingCode(7).to_string(), "000 007");
        assert_eq!(PairingCode(123_456).to_string(), "123 456");
    }
}
