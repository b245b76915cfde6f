//! Short codes: an invitation as ten characters that can be said over a telephone.
//!
//! A code is too short to hold what an invitation holds, above all the certificate authority to trust, and too short
//! to hide it from somebody who can try codes at leisure. So it is the password of a SPAKE2 exchange (Abdalla and
//! Pointcheval 2005; the construction of RFC 9382 as magic-wormhole uses it): whoever stands between the two sides can
//! test one code per exchange and nothing afterwards, and learns nothing from listening. The exchange yields a key, and
//! under that key the server sends the whole [`Invitation`]. What can be unsealed was sealed by somebody who knows the
//! code, which is the province's server; from there on everything is as with an invitation in a file.
//!
//! Seven characters of secret are 35 bits. A server that slows wrong codes down to one an hour lets a guesser try some
//! hundred in the days a code lives: about one chance in 3·10⁸.

use std::fmt;
use std::str::FromStr;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use rand_core::CryptoRngCore;
use serde::{Deserialize, Serialize};
use spake2::{Ed25519Group, Identity, Password, Spake2};
use zeroize::Zeroizing;

use crate::cbor;
use crate::invitation::Invitation;

/// The largest body of `POST /v1/enrol/code`, in bytes.
pub const MAX_CODE_BODY: usize = 1024;

/// How many numbers there are: so many invitations can be out as codes at a time.
pub const NUMBERS: u16 = 1 << 10;

/// Digits and letters without those that look or sound alike (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const NUMBER_LENGTH: usize = 2;
const SECRET_LENGTH: usize = 7;
const LENGTH: usize = NUMBER_LENGTH + SECRET_LENGTH + 1;

/// An invitation's short code.
#[derive(Clone, PartialEq, Eq)]
pub struct ShortCode {
    number: u16,
    secret: Zeroizing<[u8; SECRET_LENGTH]>,
}

/// Characters that are no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShortCodeError {
    /// Too few or too many.
    #[error("a code has {LENGTH} characters")]
    Length,
    /// One that occurs in no code.
    #[error("a character occurs in no code")]
    Character,
    /// One was misheard or two were swapped.
    #[error("the check character does not fit")]
    Check,
}

impl ShortCode {
    /// The code with a number below [`NUMBERS`] and a secret, of which 35 bits are taken.
    pub fn new(number: u16, secret: &[u8; 32]) -> Self {
        let mut taken = Zeroizing::new([0; SECRET_LENGTH]);
        taken.iter_mut().zip(secret).for_each(|(symbol, byte)| *symbol = byte & 31);
        ShortCode { number: number % NUMBERS, secret: taken }
    }

    /// The part that is said openly, so that the server knows which invitation is meant.
    pub fn number(&self) -> u16 {
        self.number
    }

    fn symbols(&self) -> [u8; LENGTH] {
        let mut symbols = [0; LENGTH];
        symbols[0] = (self.number >> 5) as u8;
        symbols[1] = (self.number & 31) as u8;
        symbols[NUMBER_LENGTH..LENGTH - 1].copy_from_slice(&*self.secret);
        symbols[LENGTH - 1] = check(&symbols[..LENGTH - 1]);
        symbols
    }

    fn password(&self) -> Password {
        Password::new(self.symbols())
    }
}

/// A weighted sum in the field of 32 elements; each place has a weight of its own, so that one wrong character and any
/// two swapped ones are always noticed.
fn check(symbols: &[u8]) -> u8 {
    symbols.iter().fold(0, |sum, symbol| {
        let doubled = (sum ^ symbol) << 1;
        // x⁵ + x² + 1 is primitive: the weights do not repeat before the thirty-first place.
        if doubled & 32 == 0 { doubled } else { (doubled ^ 0b10_0101) & 31 }
    })
}

/// In groups, as it is read out.
impl fmt::Display for ShortCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text: String = self.symbols().iter().map(|symbol| char::from(ALPHABET[usize::from(*symbol)])).collect();
        write!(f, "{}-{}-{}", &text[..2], &text[2..6], &text[6..])
    }
}

impl fmt::Debug for ShortCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ShortCode({}, …)", self.number)
    }
}

impl FromStr for ShortCode {
    type Err = ShortCodeError;

    /// Reads a code as people type it: in any case, with any hyphens and spaces, with O for 0 and I or L for 1.
    fn from_str(text: &str) -> Result<Self, ShortCodeError> {
        let typed = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '–' | '.'));
        let symbol_of = |typed: char| {
            let meant = match typed.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            ALPHABET.iter().position(|symbol| char::from(*symbol) == meant).map(|at| at as u8)
        };
        let symbols: Vec<u8> =
            typed.map(|c| symbol_of(c).ok_or(ShortCodeError::Character)).collect::<Result<_, _>>()?;
        let symbols: [u8; LENGTH] = symbols.try_into().map_err(|_| ShortCodeError::Length)?;
        if check(&symbols[..LENGTH - 1]) != symbols[LENGTH - 1] {
            return Err(ShortCodeError::Check);
        }
        let mut secret = Zeroizing::new([0; SECRET_LENGTH]);
        secret.copy_from_slice(&symbols[NUMBER_LENGTH..LENGTH - 1]);
        Ok(ShortCode { number: (u16::from(symbols[0]) << 5) | u16::from(symbols[1]), secret })
    }
}

/// The body of `POST /v1/enrol/code`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CodeRequest {
    /// [`ShortCode::number`].
    pub number: u16,
    /// The device's message of the SPAKE2 exchange.
    #[serde(with = "serde_bytes")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Binary))]
    pub share: Vec<u8>,
}

/// The answer to a [`CodeRequest`]. It says nothing to who does not know the code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CodeResponse {
    /// The server's message of the SPAKE2 exchange.
    #[serde(with = "serde_bytes")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Binary))]
    pub share: Vec<u8>,
    /// The invitation under the key that follows, as CBOR.
    #[serde(with = "serde_bytes")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Binary))]
    pub sealed: Vec<u8>,
}

/// The two sides of an exchange did not have the same code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the other side does not know the code")]
pub struct WrongCode;

/// The device's side between question and answer.
pub struct CodeExchange {
    state: Spake2<Ed25519Group>,
    number: u16,
}

impl CodeExchange {
    /// Begins an exchange.
    pub fn begin(code: &ShortCode, rng: &mut impl CryptoRngCore) -> (Self, CodeRequest) {
        let (state, share) = Spake2::start_a_with_rng(&code.password(), &device(), &province(), rng);
        (CodeExchange { state, number: code.number }, CodeRequest { number: code.number, share })
    }

    /// Unseals the invitation.
    pub fn finish(self, response: &CodeResponse) -> Result<Invitation, WrongCode> {
        let key = key_of(self.state, &response.share)?;
        let number = self.number.to_le_bytes();
        let sealed = Payload { msg: &response.sealed, aad: &number };
        let bytes = ChaCha20Poly1305::new(&key).decrypt(&Nonce::default(), sealed).map_err(|_| WrongCode)?;
        cbor::from_bytes(&bytes).map_err(|_| WrongCode)
    }
}

/// The server's side: seals the invitation for who knows its code. Whether they do it does not learn.
pub fn answer_code(
    code: &ShortCode,
    request: &CodeRequest,
    invitation: &Invitation,
    rng: &mut impl CryptoRngCore,
) -> Result<CodeResponse, WrongCode> {
    let (state, share) = Spake2::start_b_with_rng(&code.password(), &device(), &province(), rng);
    let key = key_of(state, &request.share)?;
    let bytes = cbor::to_bytes(invitation);
    let number = code.number.to_le_bytes();
    let plain = Payload { msg: &bytes, aad: &number };
    let sealed = ChaCha20Poly1305::new(&key).encrypt(&Nonce::default(), plain).map_err(|_| WrongCode)?;
    Ok(CodeResponse { share, sealed })
}

fn device() -> Identity {
    Identity::new(b"arumbae 2026 device")
}

fn province() -> Identity {
    Identity::new(b"arumbae 2026 province")
}

/// Used for one message, so that the nonce may be zero.
fn key_of(state: Spake2<Ed25519Group>, share: &[u8]) -> Result<Key, WrongCode> {
    let shared = Zeroizing::new(state.finish(share).map_err(|_| WrongCode)?);
    Ok(blake3::derive_key("arumbae 2026 invitation code", &shared).into())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use rand_core::OsRng;

    use super::*;
    use crate::invitation::fixtures::invitation;

    fn code() -> ShortCode {
        ShortCode::new(357, &[29; 32])
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = code();
        let text = code.to_string();
        assert_eq!((text.len(), text.chars().filter(|c| *c == '-').count()), (12, 2), "{text}");
        let read = |text: &str| text.parse::<ShortCode>();
        assert_eq!(read(&text), Ok(code.clone()));
        assert_eq!(read(&text.to_lowercase().replace('-', "  ")), Ok(code));
        let ones = ShortCode::new(33, &[1; 32]);
        assert_eq!(read(&ones.to_string().replacen('1', "l", 2).replacen('1', "I", 1)), Ok(ones));
        assert_eq!(read("7K-Q2MX"), Err(ShortCodeError::Length));
        assert_eq!(read("7K-Q2MX-9RT!"), Err(ShortCodeError::Character));
    }

    #[test]
    fn every_wrong_character_and_every_two_swapped_ones_are_noticed() {
        let symbols = ShortCode::new(0b01100_10101, &core::array::from_fn(|at| (at * 11 % 32) as u8)).symbols();
        let text = |symbols: &[u8]| symbols.iter().map(|at| char::from(ALPHABET[usize::from(*at)])).collect::<String>();
        for at in 0..LENGTH {
            for other in (0..32).filter(|other| *other != symbols[at]) {
                let mut wrong = symbols;
                wrong[at] = other;
                assert_eq!(text(&wrong).parse::<ShortCode>(), Err(ShortCodeError::Check), "{wrong:?}");
            }
            for with in (at + 1..LENGTH).filter(|with| symbols[*with] != symbols[at]) {
                let mut swapped = symbols;
                swapped.swap(at, with);
                assert_eq!(text(&swapped).parse::<ShortCode>(), Err(ShortCodeError::Check), "{at} and {with}");
            }
        }
    }

    #[test]
    fn who_knows_the_code_gets_the_invitation_and_nobody_else_does() {
        let (exchange, request) = CodeExchange::begin(&code(), &mut OsRng);
        let response = answer_code(&code(), &request, &invitation(), &mut OsRng).expect("answered");
        assert_eq!(exchange.finish(&response), Ok(invitation()));

        let other = ShortCode::new(357, &[28; 32]);
        let (exchange, request) = CodeExchange::begin(&other, &mut OsRng);
        let response = answer_code(&code(), &request, &invitation(), &mut OsRng).expect("it does not learn who asks");
        assert_eq!(exchange.finish(&response), Err(WrongCode), "a guess");

        let (exchange, request) = CodeExchange::begin(&code(), &mut OsRng);
        let response = answer_code(&other, &request, &invitation(), &mut OsRng).expect("answered");
        assert_eq!(exchange.finish(&response), Err(WrongCode), "somebody in the middle who does not know the code");

        let (exchange, request) = CodeExchange::begin(&code(), &mut OsRng);
        let mut changed = answer_code(&code(), &request, &invitation(), &mut OsRng).expect("answered");
        changed.sealed[9] ^= 1;
        assert_eq!(exchange.finish(&changed), Err(WrongCode), "changed on the way");
        let reflected = CodeRequest { number: 357, share: request.share[..20].to_vec() };
        assert_eq!(answer_code(&code(), &reflected, &invitation(), &mut OsRng).map(|_| ()), Err(WrongCode));
    }

    #[test]
    fn no_two_exchanges_look_alike() {
        let shares: HashSet<Vec<u8>> = (0..4).map(|_| CodeExchange::begin(&code(), &mut OsRng).1.share).collect();
        assert_eq!(shares.len(), 4);
    }

    #[test]
    fn the_code_is_not_shown_in_a_log() {
        assert_eq!(format!("{:?}", code()), "ShortCode(357, …)");
    }
}
