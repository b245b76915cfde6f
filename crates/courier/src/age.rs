//! The file format of age, version 1, for one X25519 recipient (<https://c2sp.org/age>): what any age program opens with
//! the receiver's key, and what one seals to that key is opened here.
//!
//! Nothing but the laying out is our own; the cryptography is RustCrypto's. ADR 15 says why not the `age` crate.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use rand_core::CryptoRngCore;
use sha2::Sha256;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

use crate::refusal::Refusal;

/// What every version of the format begins with.
const ANY_VERSION: &[u8] = b"age-encryption.org/";
const VERSION: &str = "age-encryption.org/v1";
const X25519: &str = "X25519";
/// The label keys for X25519 stanzas are derived with.
const X25519_INFO: &[u8] = b"age-encryption.org/v1/X25519";
const FILE_KEY: usize = 16;
const PAYLOAD_NONCE: usize = 16;
const TAG: usize = 16;
const CHUNK: usize = 64 << 10;
/// Our own header has 200 bytes; one for more receivers may have some more.
const LONGEST_HEADER: usize = 16 << 10;
/// Lines of a stanza's body are this long, the last one shorter.
const COLUMNS: usize = 64;

type FileKey = Zeroizing<[u8; FILE_KEY]>;

/// Encrypts to a recipient; `None` if the recipient is a point that no secret belongs to.
pub fn encrypt(plain: &[u8], recipient: &PublicKey, rng: &mut impl CryptoRngCore) -> Option<Vec<u8>> {
    let mut file_key = FileKey::default();
    rng.fill_bytes(&mut *file_key);
    let mut ephemeral = Zeroizing::new([0; 32]);
    rng.fill_bytes(&mut *ephemeral);
    let ephemeral = StaticSecret::from(*ephemeral);
    let share = PublicKey::from(&ephemeral);
    let shared = ephemeral.diffie_hellman(recipient);
    if !shared.was_contributory() {
        return None;
    }
    let wrapping =
        derive(shared.as_bytes(), &[share.as_bytes().as_slice(), recipient.as_bytes()].concat(), X25519_INFO);
    // The key is used for this alone, so its nonce is zero.
    let wrapped = ChaCha20Poly1305::new(Key::from_slice(&*wrapping)).encrypt(&Nonce::default(), &file_key[..]).ok()?;
    let mut header = format!(
        "{VERSION}\n-> {X25519} {}\n{}\n---",
        STANDARD_NO_PAD.encode(share.as_bytes()),
        STANDARD_NO_PAD.encode(wrapped)
    );
    let code = header_code(&file_key, header.as_bytes()).finalize().into_bytes();
    header.push_str(&format!(" {}\n", STANDARD_NO_PAD.encode(code)));

    let mut nonce = [0; PAYLOAD_NONCE];
    rng.fill_bytes(&mut nonce);
    let cipher = payload_cipher(&file_key, &nonce);
    let chunks = plain.len().div_ceil(CHUNK).max(1);
    let mut out = Vec::with_capacity(header.len() + PAYLOAD_NONCE + plain.len() + chunks * TAG);
    out.extend_from_slice(header.as_bytes());
    out.extend_from_slice(&nonce);
    for number in 0..chunks {
        let chunk = &plain[number * CHUNK..plain.len().min((number + 1) * CHUNK)];
        out.extend(cipher.encrypt(&chunk_nonce(number, number + 1 == chunks), chunk).ok()?);
    }
    Some(out)
}

/// Decrypts with the secret of one of the recipients.
///
/// # Errors
/// A [`Refusal`] for everything that no age program would open with this secret.
pub fn decrypt(sealed: &[u8], secret: &StaticSecret) -> Result<Vec<u8>, Refusal> {
    let Header { stanzas, signed, code, payload } = Header::read(sealed)?;
    let file_key = stanzas.iter().find_map(|stanza| stanza.open(secret)).ok_or(Refusal::ForAnother)?;
    header_code(&file_key, signed).verify_slice(&code).map_err(|_| Refusal::Damaged)?;
    let (nonce, mut rest) = payload.split_first_chunk::<PAYLOAD_NONCE>().ok_or(Refusal::Damaged)?;
    let cipher = payload_cipher(&file_key, nonce);
    let mut plain = Vec::with_capacity(rest.len());
    for number in 0.. {
        let (chunk, after) = rest.split_at(rest.len().min(CHUNK + TAG));
        let last = after.is_empty();
        let opened = cipher.decrypt(&chunk_nonce(number, last), chunk).map_err(|_| Refusal::Damaged)?;
        // An end without content after content would let two files say the same.
        if opened.is_empty() && number > 0 {
            return Err(Refusal::Damaged);
        }
        plain.extend(opened);
        if last {
            break;
        }
        rest = after;
    }
    Ok(plain)
}

/// A header that was taken apart.
struct Header<'a> {
    stanzas: Vec<Stanza<'a>>,
    /// What the code is over: everything up to the mark in front of it.
    signed: &'a [u8],
    code: Vec<u8>,
    payload: &'a [u8],
}

/// One way to the file's key.
struct Stanza<'a> {
    arguments: Vec<&'a str>,
    body: Vec<u8>,
}

impl<'a> Header<'a> {
    fn read(sealed: &'a [u8]) -> Result<Self, Refusal> {
        if !sealed.starts_with(ANY_VERSION) {
            return Err(Refusal::NotSealed);
        }
        let mut lines = Lines { bytes: sealed, at: 0 };
        if lines.next()? != VERSION {
            return Err(Refusal::NewerFormat);
        }
        let mut stanzas = Vec::new();
        loop {
            let began = lines.at;
            let line = lines.next()?;
            if let Some(code) = line.strip_prefix("--- ") {
                let code = STANDARD_NO_PAD.decode(code).map_err(|_| Refusal::Damaged)?;
                return Ok(Header { stanzas, signed: &sealed[..began + 3], code, payload: &sealed[lines.at..] });
            }
            let arguments = line.strip_prefix("-> ").ok_or(Refusal::Damaged)?.split(' ').collect();
            let mut body = Vec::new();
            loop {
                let line = lines.next()?;
                body.extend(STANDARD_NO_PAD.decode(line).map_err(|_| Refusal::Damaged)?);
                if line.len() > COLUMNS {
                    return Err(Refusal::Damaged);
                }
                if line.len() < COLUMNS {
                    break;
                }
            }
            stanzas.push(Stanza { arguments, body });
        }
    }
}

impl Stanza<'_> {
    /// The file's key; `None` if the secret is not this stanza's.
    fn open(&self, secret: &StaticSecret) -> Option<FileKey> {
        let [X25519, share] = self.arguments[..] else { return None };
        let share: [u8; 32] = STANDARD_NO_PAD.decode(share).ok()?.try_into().ok()?;
        let shared = secret.diffie_hellman(&PublicKey::from(share));
        if !shared.was_contributory() {
            return None;
        }
        let salt = [share, PublicKey::from(secret).to_bytes()].concat();
        let wrapping = derive(shared.as_bytes(), &salt, X25519_INFO);
        let cipher = ChaCha20Poly1305::new(Key::from_slice(&*wrapping));
        let key = Zeroizing::new(cipher.decrypt(&Nonce::default(), self.body.as_slice()).ok()?);
        key.as_slice().try_into().ok().map(Zeroizing::new)
    }
}

/// The lines of a header.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Result<&'a str, Refusal> {
        let within = &self.bytes[self.at..self.bytes.len().min(LONGEST_HEADER).max(self.at)];
        let end = within.iter().position(|byte| *byte == b'\n').ok_or(Refusal::Damaged)?;
        self.at += end + 1;
        std::str::from_utf8(&within[..end]).map_err(|_| Refusal::Damaged)
    }
}

fn derive(secret: &[u8], salt: &[u8], info: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(Some(salt), secret).expand(info, &mut *key).expect("32 bytes can be derived");
    key
}

fn header_code(file_key: &FileKey, signed: &[u8]) -> Hmac<Sha256> {
    let key = derive(&**file_key, &[], b"header");
    let mut code = <Hmac<Sha256> as Mac>::new_from_slice(&*key).expect("a key of any length");
    code.update(signed);
    code
}

fn payload_cipher(file_key: &FileKey, nonce: &[u8; PAYLOAD_NONCE]) -> ChaCha20Poly1305 {
    ChaCha20Poly1305::new(Key::from_slice(&*derive(&**file_key, nonce, b"payload")))
}

/// The number of the chunk, big-endian, and whether it is the last.
fn chunk_nonce(number: usize, last: bool) -> Nonce {
    let mut nonce = Nonce::default();
    nonce[3..11].copy_from_slice(&(number as u64).to_be_bytes());
    nonce[11] = u8::from(last);
    nonce
}
