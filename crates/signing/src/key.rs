//! The software key an officer or an authority signs with.

use std::fmt;

use p256::ecdsa::signature::Signer;
use p256::ecdsa::{DerSignature, SigningKey};
use pkcs8::{DecodePrivateKey, EncodePrivateKey, EncodePublicKey};
use rand_core::{CryptoRng, RngCore};
use spki::SubjectPublicKeyInfoOwned;
use zeroize::Zeroizing;

use crate::certificate::CertificateError;

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
