//! Sealing what lies in a backup, so that who finds the disk reads nothing: one key for each file, agreed between an
//! ephemeral X25519 key and the recipient's, and ChaCha20-Poly1305 in chunks, the last of which says that it is.

use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use hkdf::Hkdf;
use rand_core::CryptoRngCore;
use sha2::Sha256;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

const MAGIC: &[u8; 8] = b"ARUMBAK1";
const HEAD: usize = MAGIC.len() + 32;
const CHUNK: usize = 64 << 10;
const TAG: usize = 16;

pub(super) fn seal(plain: &[u8], to: &PublicKey, rng: &mut impl CryptoRngCore) -> Option<Vec<u8>> {
    let mut ephemeral = Zeroizing::new([0; 32]);
    rng.fill_bytes(&mut *ephemeral);
    let ephemeral = StaticSecret::from(*ephemeral);
    let share = PublicKey::from(&ephemeral);
    let cipher = cipher(&ephemeral, to, &share, to)?;
    let chunks = plain.len().div_ceil(CHUNK).max(1);
    let mut sealed = Vec::with_capacity(HEAD + plain.len() + chunks * TAG);
    sealed.extend_from_slice(MAGIC);
    sealed.extend_from_slice(share.as_bytes());
    for number in 0..chunks {
        let chunk = &plain[number * CHUNK..plain.len().min((number + 1) * CHUNK)];
        sealed.extend(cipher.encrypt(&nonce(number, number + 1 == chunks), chunk).ok()?);
    }
    Some(sealed)
}

/// `None` if the secret is not the recipient's or anything was changed.
pub(super) fn open(sealed: &[u8], secret: &StaticSecret) -> Option<Vec<u8>> {
    let share: [u8; 32] = sealed.strip_prefix(MAGIC)?.get(..32)?.try_into().ok()?;
    let share = PublicKey::from(share);
    let cipher = cipher(secret, &share, &share, &PublicKey::from(secret))?;
    let mut rest = &sealed[HEAD..];
    let mut plain = Vec::with_capacity(rest.len());
    for number in 0.. {
        let (chunk, after) = rest.split_at(rest.len().min(CHUNK + TAG));
        plain.extend(cipher.decrypt(&nonce(number, after.is_empty()), chunk).ok()?);
        if after.is_empty() {
            break;
        }
        rest = after;
    }
    Some(plain)
}

fn cipher(own: &StaticSecret, other: &PublicKey, share: &PublicKey, to: &PublicKey) -> Option<ChaCha20Poly1305> {
    let shared = own.diffie_hellman(other);
    if !shared.was_contributory() {
        return None;
    }
    let salt = [share.as_bytes().as_slice(), to.as_bytes()].concat();
    let mut key = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(Some(&salt), shared.as_bytes()).expand(b"arumbae 2026 backup", &mut *key).ok()?;
    Some(ChaCha20Poly1305::new(Key::from_slice(&*key)))
}

fn nonce(number: usize, last: bool) -> Nonce {
    let mut nonce = Nonce::default();
    nonce[3..11].copy_from_slice(&(number as u64).to_be_bytes());
    nonce[11] = u8::from(last);
    nonce
}

#[cfg(test)]
mod tests {
    use rand_core::OsRng;

    use super::*;

    #[test]
    fn what_is_sealed_is_opened_by_its_recipient_whole_or_not_at_all() {
        let secret = StaticSecret::from([7; 32]);
        for length in [0, 1, CHUNK, CHUNK + 1, 3 * CHUNK] {
            let plain = vec![5; length];
            let sealed = seal(&plain, &PublicKey::from(&secret), &mut OsRng).expect("sealed");
            assert_eq!(open(&sealed, &secret), Some(plain));
            assert_eq!(open(&sealed, &StaticSecret::from([8; 32])), None, "somebody else");
            for at in [0, 9, HEAD, sealed.len() - 1] {
                let mut changed = sealed.clone();
                changed[at] ^= 1;
                assert_eq!(open(&changed, &secret), None, "byte {at} of {length} changed");
            }
            for end in [HEAD, sealed.len() - 1, HEAD + CHUNK + TAG].into_iter().filter(|end| *end < sealed.len()) {
                assert_eq!(open(&sealed[..end], &secret), None, "cut at {end} of {length}");
            }
        }
    }
}
