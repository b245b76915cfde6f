//! TLS 1.3 between two devices: each proves the key that signs its saves, as a raw public key (RFC 7250).
//!
//! There is no authority on a network without the province. TLS says which device is at the other end; the registry
//! says whether to listen to it, and the officers' code that it is the one on the other table.

use std::sync::Arc;

use arumbae_mergelog::DeviceKey;
use arumbae_protocol::nearby::NEARBY_ALPN;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use ed25519_dalek::{SigningKey, VerifyingKey};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{AlwaysResolvesClientRawPublicKeys, Resumption};
use rustls::crypto::{WebPkiSupportedAlgorithms, ring, verify_tls13_signature_with_raw_key};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName, SubjectPublicKeyInfoDer, UnixTime, alg_id};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{AlwaysResolvesServerRawPublicKeys, NoServerSessionStorage};
use rustls::sign::{CertifiedKey, public_key_to_spki};
use rustls::version::TLS13;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, DistinguishedName, ServerConfig, SignatureScheme};
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, TlsConnector, TlsStream};

use super::error::NearbyError;

/// What TLS signs its own use of the session under (RFC 8446, 7.5).
const SESSION_LABEL: &[u8] = b"EXPORTER-arumbae-nearby";

/// Both ends of TLS for one device.
#[derive(Clone)]
pub(crate) struct DeviceTls {
    connector: TlsConnector,
    acceptor: TlsAcceptor,
}

/// A connection whose other end is known by its key.
pub(crate) struct Secured {
    pub stream: TlsStream<TcpStream>,
    pub device: DeviceKey,
    /// A secret of this session alone.
    pub session: [u8; 32],
}

impl DeviceTls {
    pub fn new(device: &SigningKey) -> Result<Self, rustls::Error> {
        let provider = Arc::new(ring::default_provider());
        let verifier = Arc::new(AnyDevice(provider.signature_verification_algorithms));
        let identity = Arc::new(identity(device)?);
        let mut client = ClientConfig::builder_with_provider(provider.clone())
            .with_protocol_versions(&[&TLS13])?
            .dangerous()
            .with_custom_certificate_verifier(verifier.clone())
            .with_client_cert_resolver(Arc::new(AlwaysResolvesClientRawPublicKeys::new(identity.clone())));
        let mut server = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS13])?
            .with_client_cert_verifier(verifier)
            .with_cert_resolver(Arc::new(AlwaysResolvesServerRawPublicKeys::new(identity)));
        client.alpn_protocols = vec![NEARBY_ALPN.to_vec()];
        server.alpn_protocols = vec![NEARBY_ALPN.to_vec()];
        client.enable_sni = false;
        // Every session proves both keys anew.
        client.resumption = Resumption::disabled();
        server.session_storage = Arc::new(NoServerSessionStorage {});
        server.send_tls13_tickets = 0;
        Ok(DeviceTls { connector: Arc::new(client).into(), acceptor: Arc::new(server).into() })
    }

    pub async fn call(&self, stream: TcpStream) -> Result<Secured, NearbyError> {
        // Nobody is asked for by name; the key counts.
        let name = ServerName::try_from("arumbae.invalid").map_err(|error| NearbyError::NotALaptop(error.into()))?;
        let stream = self.connector.connect(name, stream).await.map_err(NearbyError::of_handshake)?;
        Secured::of(stream.into())
    }

    pub async fn answer(&self, stream: TcpStream) -> Result<Secured, NearbyError> {
        let stream = self.acceptor.accept(stream).await.map_err(NearbyError::of_handshake)?;
        Secured::of(stream.into())
    }
}

impl Secured {
    fn of(stream: TlsStream<TcpStream>) -> Result<Self, NearbyError> {
        let (_, connection) = stream.get_ref();
        let key = connection.peer_certificates().and_then(|keys| device_of(keys.first()?));
        let device = key.ok_or_else(|| NearbyError::NotALaptop("it shows no key of a device".into()))?;
        let session = match &stream {
            TlsStream::Client(stream) => stream.get_ref().1.export_keying_material([0; 32], SESSION_LABEL, None),
            TlsStream::Server(stream) => stream.get_ref().1.export_keying_material([0; 32], SESSION_LABEL, None),
        };
        let session = session.map_err(|error| NearbyError::NotALaptop(error.into()))?;
        Ok(Secured { stream, device, session })
    }
}

fn identity(device: &SigningKey) -> Result<CertifiedKey, rustls::Error> {
    let secret =
        device.to_pkcs8_der().map_err(|_| rustls::Error::General("the device key cannot be written".into()))?;
    let key = ring::sign::any_eddsa_type(&PrivatePkcs8KeyDer::from(secret.as_bytes()))?;
    let public = public_key_to_spki(&alg_id::ED25519, device.verifying_key().as_bytes());
    Ok(CertifiedKey::new(vec![CertificateDer::from(public.as_ref().to_vec())], key))
}

/// The device whose key stands in the place of a certificate.
fn device_of(raw: &CertificateDer<'_>) -> Option<DeviceKey> {
    let (_, key) = raw.split_last_chunk::<32>()?;
    let whole = public_key_to_spki(&alg_id::ED25519, key);
    let strong = VerifyingKey::from_bytes(key).is_ok_and(|key| !key.is_weak());
    (whole.as_ref() == raw.as_ref() && strong).then_some(DeviceKey(*key))
}

/// Takes any device that proves its key.
#[derive(Debug)]
struct AnyDevice(WebPkiSupportedAlgorithms);

impl AnyDevice {
    fn verify(
        &self,
        message: &[u8],
        raw: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature_with_raw_key(message, &SubjectPublicKeyInfoDer::from(raw.as_ref()), signed, &self.0)
    }
}

fn refuse_unless_device(raw: &CertificateDer<'_>) -> Result<(), rustls::Error> {
    device_of(raw).map(drop).ok_or(rustls::Error::InvalidCertificate(CertificateError::BadEncoding))
}

/// Neither side speaks an older version than 1.3.
fn tls12_is_off() -> rustls::Error {
    rustls::Error::PeerIncompatible(rustls::PeerIncompatible::Tls12NotOfferedOrEnabled)
}

impl ServerCertVerifier for AnyDevice {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        refuse_unless_device(end_entity).map(|()| ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(tls12_is_off())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verify(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}

impl ClientCertVerifier for AnyDevice {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        refuse_unless_device(end_entity).map(|()| ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(tls12_is_off())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verify(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}
