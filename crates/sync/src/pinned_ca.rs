//! Trust in exactly one certificate authority, the province's, whatever the device's clock says.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use arumbae_protocol::framing::RECORD_BYTES;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::time_provider::TimeProvider;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use crate::surroundings::SharedSurroundings;

/// The certificate is not one a server can be trusted by.
#[derive(Debug, thiserror::Error)]
#[error("the province's certificate cannot be used")]
pub struct UnusableAuthority(#[source] Box<dyn std::error::Error + Send + Sync>);

/// A TLS configuration that trusts servers certified by `ca_der` and no other; the system's roots are not read.
pub(crate) fn client_config(
    ca_der: &[u8],
    surroundings: SharedSurroundings,
) -> Result<ClientConfig, UnusableAuthority> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(ca_der.to_vec())).map_err(|error| UnusableAuthority(error.into()))?;
    let webpki = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider())
        .build()
        .map_err(|error| UnusableAuthority(error.into()))?;
    config_with(Arc::new(ClocklessVerifier { webpki }), surroundings)
}

/// A TLS configuration that takes any certificate: the line is encrypted, with whomever. What goes over it must not need
/// more; see [`crate::short_code`].
pub(crate) fn trusting_config(surroundings: SharedSurroundings) -> Result<ClientConfig, UnusableAuthority> {
    config_with(Arc::new(Anybody { algorithms: provider().signature_verification_algorithms }), surroundings)
}

/// The line is the same one, whoever is believed at its other end.
fn config_with(
    verifier: Arc<dyn ServerCertVerifier>,
    surroundings: SharedSurroundings,
) -> Result<ClientConfig, UnusableAuthority> {
    let mut config = ClientConfig::builder_with_details(provider(), Arc::new(HostClock(surroundings)))
        .with_safe_default_protocol_versions()
        .map_err(|error| UnusableAuthority(error.into()))?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config.max_fragment_size = Some(RECORD_BYTES);
    Ok(config)
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// Whether two certificates are of one authority: the same name and key, which is all that is trusted of it. A root
/// is certified anew when its province gets an authority below it.
pub(crate) fn is_same_authority(one_der: &[u8], other_der: &[u8]) -> bool {
    let anchor = |der: &[u8]| {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(der.to_vec())).ok()?;
        roots.roots.pop()
    };
    one_der == other_der || anchor(one_der).is_some_and(|one| anchor(other_der) == Some(one))
}

/// Takes any certificate, as long as its owner is the one at the other end.
#[derive(Debug)]
struct Anybody {
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// The host's clock, as everything else in this crate is told the time.
struct HostClock(SharedSurroundings);

impl TimeProvider for HostClock {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_millis(self.0.now_ms())))
    }
}

impl fmt::Debug for HostClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HostClock(..)")
    }
}

/// Checks chain, name and signature as usual, but does not let a wrong clock shut the device out.
///
/// A laptop whose battery died says 1970, and one set by hand may say 2099. It must still be able to hand in
/// its work and to learn the true time. Dates protect little here: the authority issues for one server only,
/// and receipts, registry and segments carry signatures of their own.
#[derive(Debug)]
struct ClocklessVerifier {
    webpki: Arc<WebPkiServerVerifier>,
}

impl ServerCertVerifier for ClocklessVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verify_at =
            |moment| self.webpki.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, moment);
        match verify_at(now) {
            Err(rustls::Error::InvalidCertificate(CertificateError::ExpiredContext { not_after, .. })) => {
                verify_at(not_after)
            }
            Err(rustls::Error::InvalidCertificate(CertificateError::NotValidYetContext { not_before, .. })) => {
                verify_at(not_before)
            }
            verdict => verdict,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.webpki.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.webpki.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.webpki.supported_verify_schemes()
    }
}
