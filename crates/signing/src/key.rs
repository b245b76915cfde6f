//! The software key an officer or an authority signs with.

use std::fmt;

use p256::ecdsa::signature::Signer;
use p256::ecdsa::{DerSignature, SigningKey};
use pkcs8::der::pem::LineEnding;
use pkcs8::pkcs5::{pbes2, scrypt};
use pkcs8::{DecodePrivateKey, EncodePrivateKey, EncodePublicKey, PrivateKeyInfo};
use rand_core::{CryptoRng, RngCore};
use spki::SubjectPublicKeyInfoOwned;
use zeroize::Zeroizing;

use crate::certificate::CertificateError;

/// Cost of the passphrase that protects an exported key: log2 N, r and p. 16 MiB and 5 passes, which OWASP's password
/// storage cheat sheet holds for equal to its first choice; more memory than 32 MiB `openssl` refuses.
const SCRYPT: [u8; 3] = [14, 8, 5];

/// RFC 7468 11.
const ENCRYPTED_PEM: &str = "ENCRYPTED PRIVATE KEY";

/// A P-256 private key held in memory; it is wiped when dropped and never printed.
#[derive(Clone)]
pub struct SoftwareKey(SigningKey);

impl SoftwareKey {
    /// A fresh key from the given source of randomness.
    pub fn generate(rng: &mut (impl CryptoRng + RngCore)) -> Self {
        SoftwareKey(SigningKey::random(rng))
    }

    /// Reads a PKCS#8 document holding a P-256 key.
    pub fn from_pkcs8_der(pkcs8: &[u8]) -> Result<Self, CertificateError> {
        SigningKey::from_pkcs8_der(pkcs8).map(SoftwareKey).map_err(CertificateError::PrivateKey)
    }

    /// The PKCS#8 document of the key; the caller wraps it before it reaches any disk.
    pub fn to_pkcs8_der(&self) -> Result<Zeroizing<Vec<u8>>, CertificateError> {
        Ok(self.0.to_pkcs8_der().map_err(CertificateError::PrivateKey)?.to_bytes())
    }

    /// The key as PKCS#8 under a passphrase, in PEM: what a person carries away from a machine. PBES2 with scrypt and
    /// AES-256-CBC (RFC 8018, RFC 7914), which `openssl pkey -in` opens too.
    pub fn to_encrypted_pem(
        &self,
        passphrase: &str,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Zeroizing<String>, CertificateError> {
        let (mut salt, mut iv) = ([0; 16], [0; 16]);
        rng.fill_bytes(&mut salt);
        rng.fill_bytes(&mut iv);
        let failed = |_| CertificateError::PrivateKey(pkcs8::Error::KeyMalformed);
        let [log_n, r, p] = SCRYPT;
        let scrypt = scrypt::Params::new(log_n, r.into(), p.into(), scrypt::Params::RECOMMENDED_LEN)
            .map_err(|_| CertificateError::PrivateKey(pkcs8::Error::KeyMalformed))?;
        let parameters = pbes2::Parameters::scrypt_aes256cbc(scrypt, &salt, &iv).map_err(failed)?;
        let plain = self.to_pkcs8_der()?;
        let plain = PrivateKeyInfo::try_from(plain.as_slice()).map_err(CertificateError::PrivateKey)?;
        let sealed = plain.encrypt_with_params(parameters, passphrase).map_err(CertificateError::PrivateKey)?;
        Ok(sealed.to_pem(ENCRYPTED_PEM, LineEnding::LF)?)
    }

    /// Reads a key from such a PEM.
    pub fn from_encrypted_pem(pem: &str, passphrase: &str) -> Result<Self, CertificateError> {
        SigningKey::from_pkcs8_encrypted_pem(pem, passphrase).map(SoftwareKey).map_err(CertificateError::Passphrase)
    }

    /// The SubjectPublicKeyInfo of the matching public key, as DER.
    pub fn public_key_der(&self) -> Result<Vec<u8>, CertificateError> {
        Ok(self.0.verifying_key().to_public_key_der()?.into_vec())
    }

    pub(crate) fn public_key(&self) -> Result<SubjectPublicKeyInfoOwned, CertificateError> {
        Ok(SubjectPublicKeyInfoOwned::from_key(*self.0.verifying_key())?)
    }

    /// `ecdsa-with-SHA256` over `message`, as the DER SEQUENCE that X.509 and CMS carry.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, CertificateError> {
        let signature: DerSignature = self.0.try_sign(message).map_err(|_| CertificateError::SigningFailed)?;
        Ok(signature.as_bytes().to_vec())
    }
}

impl fmt::Debug for SoftwareKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SoftwareKey(..)")
    }
}
