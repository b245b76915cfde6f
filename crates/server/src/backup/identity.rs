//! The key that opens backups, as a file that a passphrase opens: PKCS#8 (RFC 5958) with an X25519 key (RFC 8410) under
//! PBES2 with scrypt, which `openssl pkey` opens too.

use pkcs8::der::asn1::OctetStringRef;
use pkcs8::der::pem::LineEnding;
use pkcs8::der::{Decode, Encode, SecretDocument};
use pkcs8::pkcs5::pbes2;
use pkcs8::{AlgorithmIdentifierRef, EncryptedPrivateKeyInfo, ObjectIdentifier, PrivateKeyInfo};
use rand_core::CryptoRngCore;
use x25519_dalek::StaticSecret;
use zeroize::Zeroizing;

const X25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.110");
const PEM_LABEL: &str = "ENCRYPTED PRIVATE KEY";

/// log2 of N, r and p: 64 MiB, once a backup's folder is made and once it is opened.
const COST: (u8, u32, u32) = (16, 8, 1);

pub(super) fn seal(secret: &StaticSecret, passphrase: &str, rng: &mut impl CryptoRngCore) -> Option<Zeroizing<String>> {
    let key = Zeroizing::new(OctetStringRef::new(secret.as_bytes()).ok()?.to_der().ok()?);
    let info = PrivateKeyInfo::new(AlgorithmIdentifierRef { oid: X25519, parameters: None }, &key);
    let (mut salt, mut iv) = ([0; 16], [0; 16]);
    rng.fill_bytes(&mut salt);
    rng.fill_bytes(&mut iv);
    let cost = pkcs8::pkcs5::scrypt::Params::new(COST.0, COST.1, COST.2, 32).ok()?;
    let parameters = pbes2::Parameters::scrypt_aes256cbc(cost, &salt, &iv).ok()?;
    let sealed: SecretDocument = info.encrypt_with_params(parameters, passphrase).ok()?;
    sealed.to_pem(PEM_LABEL, LineEnding::LF).ok()
}

pub(super) fn open(pem: &str, passphrase: &str) -> Option<StaticSecret> {
    let (label, document) = SecretDocument::from_pem(pem).ok()?;
    if label != PEM_LABEL {
        return None;
    }
    let plain = EncryptedPrivateKeyInfo::from_der(document.as_bytes()).ok()?.decrypt(passphrase).ok()?;
    let info = PrivateKeyInfo::from_der(plain.as_bytes()).ok()?;
    if info.algorithm.oid != X25519 {
        return None;
    }
    let key = OctetStringRef::from_der(info.private_key).ok()?;
    let bytes: [u8; 32] = key.as_bytes().try_into().ok()?;
    Some(StaticSecret::from(bytes))
}

#[cfg(test)]
mod tests {
    use rand_core::OsRng;

    use super::*;

    #[test]
    fn the_passphrase_opens_it_and_no_other() {
        let secret = StaticSecret::from([7; 32]);
        let pem = seal(&secret, "pala-cengkih-sagu", &mut OsRng).expect("sealed");
        let opened = open(&pem, "pala-cengkih-sagu").expect("opened");
        assert_eq!(opened.as_bytes(), secret.as_bytes());
        assert!(open(&pem, "pala-cengkih").is_none());
        assert!(open("-----BEGIN CERTIFICATE-----", "x").is_none());
    }
}
