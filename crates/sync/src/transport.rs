//! One signed request, one answer that is certainly the server's.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use arumbae_protocol::http_signature::{self, CONTENT_DIGEST, Freshness, SIGNATURE, SIGNATURE_INPUT};
use arumbae_protocol::{CBOR_MEDIA_TYPE, Failure, FailureCode, PROTOCOL_HEADER, PROTOCOL_VERSION, cbor};
use bytes::Bytes;
use ed25519_dalek::SigningKey;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::carrier::{Delivery, Interruption, OnLeaving, Parcel, SharedCarrier, Timing, Traffic};
use crate::error::{Result, SyncError};
use crate::https::{Https, Patience};
use crate::surroundings::SharedSurroundings;

/// A request before it is signed.
pub(crate) struct Call<'a> {
    pub method: Method,
    pub path: &'a str,
    pub headers: Vec<(HeaderName, String)>,
    pub body: Bytes,
    /// More bytes than this are not the expected answer.
    pub largest_answer: usize,
    /// Told once the connection stands and the body begins to leave.
    pub on_leaving: Option<OnLeaving>,
}

/// An answer with a status of success.
#[derive(Debug)]
pub(crate) struct Answer {
    pub status: StatusCode,
    /// The protocol the server speaks.
    pub protocol: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
    pub timing: Timing,
}

impl Answer {
    /// The CBOR body it should have, and the timing.
    pub(crate) fn decode<A: DeserializeOwned>(self) -> Result<(A, Timing)> {
        if !is_cbor(&self.headers) {
            return Err(SyncError::CaptivePortal);
        }
        match (cbor::from_bytes(&self.body), self.protocol) {
            (Ok(body), _) => Ok((body, self.timing)),
            // A later protocol may add to bodies; only one that can no longer be read is too new.
            (Err(_), server) if server > PROTOCOL_VERSION => {
                Err(SyncError::NewerProtocol { server, ours: PROTOCOL_VERSION })
            }
            (Err(error), _) => Err(SyncError::UnreadableAnswer(error.into())),
        }
    }
}

/// The way to one province's server.
pub struct Transport {
    carrier: SharedCarrier,
    device: SigningKey,
    surroundings: SharedSurroundings,
    /// How far this device's clock is ahead of the server's, as far as known, in milliseconds.
    clock_ahead_ms: AtomicI64,
}

impl Transport {
    /// Prepares the way to `server_url`, trusting what `ca_der` certifies and nothing else. Connects to nothing yet.
    pub fn new(
        server_url: &str,
        ca_der: &[u8],
        device: SigningKey,
        patience: Patience,
        surroundings: SharedSurroundings,
    ) -> Result<Self> {
        let https = Https::new(server_url, ca_der, patience, surroundings.clone())?;
        Ok(Transport::over(Arc::new(https), device, surroundings))
    }

    /// The way that a carrier goes.
    pub fn over(carrier: SharedCarrier, device: SigningKey, surroundings: SharedSurroundings) -> Self {
        Transport { carrier, device, surroundings, clock_ahead_ms: AtomicI64::new(0) }
    }

    /// What has gone over the link since the last call.
    pub fn take_traffic(&self) -> Traffic {
        self.carrier.take_traffic()
    }

    /// The server's time as far as known, milliseconds since 1970 UTC.
    pub(crate) fn server_now_ms(&self) -> u64 {
        let ahead_ms = self.clock_ahead_ms.load(Ordering::Relaxed);
        self.surroundings.now_ms().saturating_add_signed(ahead_ms.saturating_neg())
    }

    pub(crate) fn set_clock_ahead(&self, ahead_ms: i64) {
        self.clock_ahead_ms.store(ahead_ms, Ordering::Relaxed);
    }

    /// Sends a CBOR body and reads a CBOR answer.
    pub(crate) async fn exchange<A: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
        largest_answer: usize,
        on_leaving: Option<OnLeaving>,
    ) -> Result<(A, Timing)> {
        let call = Call {
            method: Method::POST,
            path,
            headers: vec![(CONTENT_TYPE, CBOR_MEDIA_TYPE.to_owned())],
            body: cbor::to_bytes(body).into(),
            largest_answer,
            on_leaving,
        };
        self.call(&call).await?.decode()
    }

    /// This device's clock, milliseconds since 1970 UTC.
    pub(crate) fn now_ms(&self) -> u64 {
        self.surroundings.now_ms()
    }

    /// Sends a request; an answer that is no success of our server's is an error.
    ///
    /// A request refused for its time is signed once more with the time of the refusal: a wrong clock must not
    /// keep work on the device.
    pub(crate) async fn call(&self, call: &Call<'_>) -> Result<Answer, Failed> {
        match self.call_once(call).await {
            Err(Rejected::Stale { server_time_ms }) => {
                self.set_clock_ahead(signed_difference(self.surroundings.now_ms(), server_time_ms));
                self.call_once(call).await
            }
            Err(Rejected::Replayed) => self.call_once(call).await,
            answered => answered,
        }
        .map_err(Rejected::into_failed)
    }

    async fn call_once(&self, call: &Call<'_>) -> Result<Answer, Rejected> {
        let parcel = Parcel {
            request: self.sign(call)?,
            largest_answer: call.largest_answer,
            on_leaving: call.on_leaving.clone(),
        };
        match self.carrier.carry(parcel).await {
            Ok(delivery) => judge(delivery),
            Err(Interruption { error, arrived }) => {
                // A refusal that did not come whole says no more than the cut does.
                let begun = arrived.and_then(|delivery| judge(delivery).ok().map(Box::new));
                Err(Rejected::Other(Failed { error, begun }))
            }
        }
    }

    fn sign(&self, call: &Call<'_>) -> Result<Request<Bytes>> {
        let mut nonce = [0; 16];
        self.surroundings.fill_random(&mut nonce);
        let freshness = Freshness { created: self.server_now_ms() / 1000, nonce };
        let signed = http_signature::sign(&self.device, call.method.as_str(), call.path, &call.body, freshness);

        let mut request = Request::new(call.body.clone());
        *request.method_mut() = call.method.clone();
        *request.uri_mut() = call.path.parse().map_err(|_| SyncError::UnusableAddress)?;
        let signature = [
            (HeaderName::from_static(CONTENT_DIGEST), signed.content_digest),
            (HeaderName::from_static(SIGNATURE_INPUT), signed.signature_input),
            (HeaderName::from_static(SIGNATURE), signed.signature),
        ];
        for (name, value) in call.headers.iter().cloned().chain(signature) {
            let value = HeaderValue::try_from(value).map_err(|_| SyncError::UnusableAddress)?;
            request.headers_mut().insert(name, value);
        }
        Ok(request)
    }
}

/// `later - earlier`, saturating at what fits.
pub(crate) fn signed_difference(later: u64, earlier: u64) -> i64 {
    i64::try_from(i128::from(later) - i128::from(earlier)).unwrap_or(i64::MAX)
}

/// A request without a whole answer.
#[derive(Debug)]
pub(crate) struct Failed {
    pub error: SyncError,
    /// The beginning of an answer that is our server's, if the rest was cut off: its body ends too early.
    pub begun: Option<Box<Answer>>,
}

impl From<SyncError> for Failed {
    fn from(error: SyncError) -> Self {
        Failed { error, begun: None }
    }
}

impl From<Failed> for SyncError {
    fn from(failed: Failed) -> Self {
        failed.error
    }
}

/// Not a success; two of the reasons are answered by asking once more.
enum Rejected {
    Stale { server_time_ms: u64 },
    Replayed,
    Other(Failed),
}

impl From<SyncError> for Rejected {
    fn from(error: SyncError) -> Self {
        Rejected::Other(error.into())
    }
}

impl Rejected {
    fn into_failed(self) -> Failed {
        let refused = |code| SyncError::Refused { code, reference: String::new() }.into();
        match self {
            Rejected::Stale { .. } => refused(FailureCode::StaleRequest),
            Rejected::Replayed => refused(FailureCode::ReplayedRequest),
            Rejected::Other(failed) => failed,
        }
    }
}

/// Only a success that names the protocol is an answer.
fn judge(Delivery { response, timing }: Delivery) -> Result<Answer, Rejected> {
    let (head, body) = response.into_parts();
    match protocol_of(&head.headers) {
        Some(protocol) if head.status.is_success() => {
            Ok(Answer { status: head.status, protocol, headers: head.headers, body, timing })
        }
        _ => Err(refusal(head.status, &head.headers, &body)),
    }
}

/// The protocol an answer names; `None` if it was not our server that gave it.
fn protocol_of(headers: &HeaderMap) -> Option<u16> {
    headers.get(PROTOCOL_HEADER)?.to_str().ok()?.parse().ok()
}

fn is_cbor(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|value| value == CBOR_MEDIA_TYPE)
}

/// What an answer means that is no success of our server's. Only a [`Failure`] is the server's own word; anything
/// else was said by something in between, whatever its status.
fn refusal(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Rejected {
    let ours = protocol_of(headers).is_some();
    let unavailable =
        || SyncError::ServerUnavailable { status: status.as_u16(), retry_after: retry_after(headers) }.into();
    if status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::SERVICE_UNAVAILABLE {
        // Whoever says so, the server or what stands in front of it: later is the answer.
        return unavailable();
    }
    let failure = if ours && is_cbor(headers) { cbor::from_bytes::<Failure>(body).ok() } else { None };
    match failure {
        Some(Failure { code: FailureCode::StaleRequest, server_time_ms, .. }) => Rejected::Stale { server_time_ms },
        Some(Failure { code: FailureCode::ReplayedRequest, .. }) => Rejected::Replayed,
        Some(Failure { code, reference, server_time_ms: _ }) => SyncError::Refused { code, reference }.into(),
        // The server's own limit on how long a request may take, or a proxy's.
        None if status == StatusCode::REQUEST_TIMEOUT => SyncError::Silence.into(),
        None if ours || (status.is_server_error() && status != StatusCode::NETWORK_AUTHENTICATION_REQUIRED) => {
            unavailable()
        }
        None => SyncError::CaptivePortal.into(),
    }
}

/// The pause that is asked for. A date, which only proxies write, says nothing to a device with a wrong clock.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    Some(Duration::from_secs(headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::SyncErrorCode;

    const LOGIN_PAGE: &[u8] = b"<html>Login WiFi</html>";

    fn headers(content_type: &str, protocol: Option<&str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_str(content_type).expect("a header"));
        if let Some(protocol) = protocol {
            headers.insert(PROTOCOL_HEADER, HeaderValue::from_str(protocol).expect("a header"));
        }
        headers
    }

    #[track_caller]
    fn check_refusal(status: u16, headers: &HeaderMap, body: &[u8], expected: SyncErrorCode) {
        let status = StatusCode::from_u16(status).expect("a status");
        assert_eq!(refusal(status, headers, body).into_failed().error.code(), expected, "{status} {headers:?}");
    }

    #[test]
    fn whoever_does_not_name_the_protocol_is_not_the_server() {
        let page = headers("text/html", None);
        check_refusal(200, &page, LOGIN_PAGE, SyncErrorCode::CaptivePortal);
        check_refusal(302, &page, b"", SyncErrorCode::CaptivePortal);
        check_refusal(403, &page, LOGIN_PAGE, SyncErrorCode::CaptivePortal);
        check_refusal(511, &page, LOGIN_PAGE, SyncErrorCode::CaptivePortal);
        check_refusal(200, &headers(CBOR_MEDIA_TYPE, None), b"\xa0", SyncErrorCode::CaptivePortal);
        check_refusal(200, &headers(CBOR_MEDIA_TYPE, Some("baru")), b"\xa0", SyncErrorCode::CaptivePortal);
    }

    #[test]
    fn a_proxy_without_its_server_is_a_server_that_is_away() {
        check_refusal(502, &headers("text/html", None), b"Bad Gateway", SyncErrorCode::ServerUnavailable);
        check_refusal(503, &headers("text/html", None), b"", SyncErrorCode::ServerUnavailable);
        check_refusal(429, &headers("text/html", None), b"", SyncErrorCode::ServerUnavailable);
        check_refusal(408, &headers("text/plain", None), b"", SyncErrorCode::LinkCut);
    }

    #[test]
    fn a_pause_that_is_asked_for_is_heard() {
        let mut busy = headers("text/html", None);
        busy.insert(RETRY_AFTER, HeaderValue::from_static("120"));
        let asked = |headers: &HeaderMap| match refusal(StatusCode::SERVICE_UNAVAILABLE, headers, b"").into_failed() {
            Failed { error: SyncError::ServerUnavailable { retry_after, .. }, .. } => retry_after,
            failed => panic!("{failed:?}"),
        };
        assert_eq!(asked(&busy), Some(Duration::from_secs(120)));
        busy.insert(RETRY_AFTER, HeaderValue::from_static("Wed, 14 Feb 2024 07:28:00 GMT"));
        assert_eq!(asked(&busy), None);
    }

    #[test]
    fn the_servers_own_refusals_are_believed() {
        let ours = headers(CBOR_MEDIA_TYPE, Some("1"));
        let failure = |code| cbor::to_bytes(&Failure { code, reference: "1f".to_owned(), server_time_ms: 0 });
        check_refusal(403, &ours, &failure(FailureCode::RevokedDevice), SyncErrorCode::Revoked);
        check_refusal(507, &ours, &failure(FailureCode::StorageFull), SyncErrorCode::ServerFull);
        check_refusal(410, &ours, &failure(FailureCode::ExpiredInvitation), SyncErrorCode::InvitationExpired);
        check_refusal(
            403,
            &headers("text/html", None),
            &failure(FailureCode::RevokedDevice),
            SyncErrorCode::CaptivePortal,
        );
    }
}
