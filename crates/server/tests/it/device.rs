//! A laptop: its keys, its lane, its requests.

use std::sync::atomic::{AtomicU64, Ordering};

use arumbae_domain::schema::{RecordId, RecordKind};
use arumbae_mergelog::compression::compress;
use arumbae_mergelog::segment::{ClockQuality, SealedSegment, SegmentHash};
use arumbae_mergelog::{DeviceKey, Hlc, Lane, Operation, Save};
use arumbae_protocol::http_signature::{self, CONTENT_DIGEST, Freshness, SIGNATURE, SIGNATURE_INPUT};
use arumbae_protocol::{
    EnrolRequest, EnrolResponse, Failure, FailureCode, Invitation, PersonClaim, Role, ScopeCursor, SyncRequest,
    SyncResponse, cbor, paths,
};
use arumbae_server::RunningServer;
use arumbae_signing::key::SoftwareKey;
use arumbae_signing::request::certificate_request;
use arumbae_signing::subject::Subject;
use ed25519_dalek::SigningKey;
use rand_core::OsRng;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_bytes::ByteBuf;
use uuid::Uuid;

use crate::fixture::{START_MS, invite};

pub struct Device {
    pub key: SigningKey,
    pub person: Uuid,
    pub incarnation: u64,
    pub name: String,
    pub document_key: SoftwareKey,
    pub nonces: AtomicU64,
}

/// The end of a lane, to seal the next segment to.
#[derive(Clone)]
pub struct LaneEnd {
    pub lane: Lane,
    pub next_seq: u64,
    pub head: SegmentHash,
}

impl Device {
    pub fn new(seed: u8) -> Self {
        Device {
            key: SigningKey::from_bytes(&[seed; 32]),
            person: Uuid::from_u128(u128::from(seed)),
            incarnation: 1,
            name: format!("Petugas CONTOH {seed}"),
            document_key: SoftwareKey::generate(&mut OsRng),
            nonces: AtomicU64::new(0),
        }
    }

    /// A laptop that has joined the province.
    pub async fn enrolled(seed: u8, server: &RunningServer, role: Role, scope: &str) -> Self {
        let device = Device::new(seed);
        let invitation = invite(server, role, scope).await;
        device.enrol(server, &invitation).await.expect("enrolled");
        device
    }

    pub fn device_key(&self) -> DeviceKey {
        DeviceKey(self.key.verifying_key().to_bytes())
    }

    pub fn lane(&self, scope: &str) -> LaneEnd {
        let scope = scope.parse().expect("a scope");
        let lane = Lane { device: self.device_key(), incarnation: self.incarnation, scope };
        LaneEnd { lane, next_seq: 1, head: SegmentHash::GENESIS }
    }

    /// Seals `count` saves to the end of a lane.
    pub fn seal(&self, end: &mut LaneEnd, count: u32) -> SealedSegment {
        let saves: Vec<Save> = (0..u64::from(count)).map(|n| self.save(end.next_seq + n)).collect();
        let segment = SealedSegment::seal(&end.lane, end.head, &saves, ClockQuality::default(), &self.key)
            .expect("consecutive saves can be sealed");
        end.next_seq += u64::from(count);
        end.head = segment.hash();
        segment
    }

    fn save(&self, seq: u64) -> Save {
        let record = RecordId(Uuid::from_u128((self.person.as_u128() << 64) | u128::from(seq)));
        Save {
            seq,
            hlc: Hlc::new(START_MS + seq, 0),
            actor: self.person,
            policy_epoch: 0,
            schema_version: 1,
            deps: Vec::new(),
            ops: vec![Operation::Create { record, kind: RecordKind::SupervisionReport.into() }],
        }
    }

    pub fn enrol_request(&self, invitation: &Invitation) -> EnrolRequest {
        let subject = Subject {
            common_name: self.name.clone(),
            position: "Anggota".to_owned(),
            office: "Panwaslu CONTOH".to_owned(),
        };
        let csr = certificate_request(&self.document_key, &subject).expect("a certificate request");
        let person = PersonClaim { id: self.person, name: self.name.clone(), position: "Anggota".to_owned() };
        EnrolRequest::new(invitation.token, &self.key, person, csr)
    }

    pub async fn enrol(&self, server: &RunningServer, invitation: &Invitation) -> Result<EnrolResponse, FailureCode> {
        self.enrol_with(server, &self.enrol_request(invitation)).await
    }

    pub async fn enrol_with(
        &self,
        server: &RunningServer,
        request: &EnrolRequest,
    ) -> Result<EnrolResponse, FailureCode> {
        let request = unsigned(server, Method::POST, paths::ENROL).body(cbor::to_bytes(request));
        read(request.send().await.expect("an answer")).await
    }

    pub async fn sync(&self, server: &RunningServer, request: &SyncRequest) -> Result<SyncResponse, FailureCode> {
        let body = cbor::to_bytes(request);
        read(self.signed(server, Method::POST, paths::SYNC, body).send().await.expect("an answer")).await
    }

    /// Pushes segments and reads everything there is.
    pub async fn push(&self, server: &RunningServer, segments: &[&SealedSegment]) -> SyncResponse {
        self.sync(server, &self.request(segments)).await.expect("synchronized")
    }

    pub fn request(&self, segments: &[&SealedSegment]) -> SyncRequest {
        SyncRequest {
            incarnation: self.incarnation,
            credit_bytes: u64::MAX,
            segments: segments.iter().map(|segment| ByteBuf::from(compress(segment.bytes()))).collect(),
            ..SyncRequest::default()
        }
    }

    pub fn fresh(&self, created_ms: u64) -> Freshness {
        let count = self.nonces.fetch_add(1, Ordering::SeqCst);
        let mut nonce = [0; 16];
        nonce[..8].copy_from_slice(&count.to_le_bytes());
        Freshness { created: created_ms / 1000, nonce }
    }

    pub fn signed(&self, server: &RunningServer, method: Method, path: &str, body: Vec<u8>) -> RequestBuilder {
        let fresh = self.fresh(server.province().info().server_time_ms);
        self.signed_as(server, method, path, body, fresh)
    }

    pub fn signed_as(
        &self,
        server: &RunningServer,
        method: Method,
        path: &str,
        body: Vec<u8>,
        freshness: Freshness,
    ) -> RequestBuilder {
        let headers = http_signature::sign(&self.key, method.as_str(), path, &body, freshness);
        unsigned(server, method, path)
            .header(CONTENT_DIGEST, headers.content_digest)
            .header(SIGNATURE_INPUT, headers.signature_input)
            .header(SIGNATURE, headers.signature)
            .body(body)
    }
}

/// How far a pull took a scope.
pub fn cursor(scope: &str, gsn: u64) -> ScopeCursor {
    ScopeCursor { scope: scope.parse().expect("a scope"), gsn }
}

/// A request over TLS that trusts the province's authority and nothing else.
pub fn unsigned(server: &RunningServer, method: Method, path: &str) -> RequestBuilder {
    client(server).request(method, format!("{}{path}", server.url()))
}

pub fn client(server: &RunningServer) -> reqwest::Client {
    client_pinning(server.province().ca_der())
}

/// TLS that trusts the province's authority and nothing else.
pub fn client_tls(server: &RunningServer) -> rustls::ClientConfig {
    tls_pinning(server.province().ca_der())
}

/// A client that trusts one authority and nothing else.
pub fn client_pinning(ca_der: &[u8]) -> reqwest::Client {
    let tls = tls_pinning(ca_der);
    reqwest::Client::builder().tls_backend_preconfigured(tls).no_proxy().build().expect("a client")
}

/// The same, for whoever has the authority's certificate only.
pub fn tls_pinning(ca_der: &[u8]) -> rustls::ClientConfig {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(ca_der.to_vec().into()).expect("the authority's certificate");
    rustls::ClientConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .expect("TLS versions")
        .with_root_certificates(roots)
        .with_no_client_auth()
}

pub async fn read<T: DeserializeOwned>(response: Response) -> Result<T, FailureCode> {
    let status = response.status();
    let body = response.bytes().await.expect("a body");
    if status == StatusCode::OK {
        Ok(cbor::from_bytes(&body).expect("the expected body"))
    } else {
        Err(cbor::from_bytes::<Failure>(&body).expect("a failure").code)
    }
}
