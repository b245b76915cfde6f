//! One signed request, one answer that is certainly the server's.

use std::error::Error as StdError;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use arumbae_protocol::http_signature::{self, CONTENT_DIGEST, Freshness, SIGNATURE, SIGNATURE_INPUT};
use arumbae_protocol::{CBOR_MEDIA_TYPE, Failure, FailureCode, PROTOCOL_HEADER, PROTOCOL_VERSION, cbor};
use bytes::{Bytes, BytesMut};
use ed25519_dalek::SigningKey;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use reqwest::Url;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout_at};

use crate::error::{Result, SyncError};
use crate::pinned_ca;
use crate::surroundings::SharedSurroundings;

/// How long the transport waits while nothing moves. Never how long an exchange may last: at 2 KB/s a good one
/// lasts minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For a connection with TLS; four round trips of 1.5 s and 4 KB of certificates at 2 KB/s fit three times.
    pub connect: Duration,
    /// Between two signs of life.
    pub quiet: Duration,
    /// The slowest link still waited for, in bytes per second. What was handed to the system may sit in its
    /// buffers unseen, so an answer is expected only after the request could have left at this rate.
    pub slowest: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Patience { connect: Duration::from_secs(30), quiet: Duration::from_secs(45), slowest: 512 }
    }
}

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

/// Told once a connection stands.
pub(crate) type OnLeaving = Arc<dyn Fn() + Send + Sync>;

/// A body that says when it is first asked for, which is when the connection stands.
struct AnnouncedBody {
    bytes: Option<Bytes>,
    on_leaving: Option<OnLeaving>,
}

impl http_body::Body for AnnouncedBody {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        if let Some(announce) = self.on_leaving.take() {
            announce();
        }
        Poll::Ready(self.bytes.take().map(|bytes| Ok(http_body::Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        http_body::SizeHint::with_exact(self.bytes.as_ref().map_or(0, Bytes::len) as u64)
    }
}

/// An answer with a status of success.
pub(crate) struct Answer {
    pub status: StatusCode,
    /// The protocol the server speaks.
    pub protocol: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
    pub timing: Timing,
}

/// When a request left and when its answer began, by this device's clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    pub sent_ms: u64,
    pub answered_ms: u64,
    /// From the first byte sent to the last received.
    pub took: Duration,
}

/// What has gone over the link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// HTTP heads and bodies sent, in bytes, without TLS.
    pub up: u64,
    /// HTTP heads and bodies received, in bytes, without TLS.
    pub down: u64,
    /// Requests that were answered.
    pub round_trips: u32,
}

/// The way to one province's server.
pub struct Transport {
    client: reqwest::Client,
    base: Url,
    device: SigningKey,
    patience: Patience,
    surroundings: SharedSurroundings,
    /// How far this device's clock is ahead of the server's, as far as known, in milliseconds.
    clock_ahead_ms: AtomicI64,
    traffic: Mutex<Traffic>,
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
        let base = Url::parse(server_url).map_err(|_| SyncError::UnusableAddress)?;
        if base.scheme() != "https" || base.host_str().is_none() {
            return Err(SyncError::UnusableAddress);
        }
        let builder = reqwest::Client::builder()
            .tls_backend_preconfigured(pinned_ca::client_config(ca_der, surroundings.clone())?)
            // A redirect is a portal's doing, never the server's; and a proxy of the system sees no more than one.
            .redirect(reqwest::redirect::Policy::none())
            // HTTP/2 would only add its settings frames: there is one request at a time.
            .http1_only()
            .connect_timeout(patience.connect)
            .tcp_nodelay(true);
        // The kernel knows what no library does: whether sent bytes are being acknowledged.
        #[cfg(any(target_os = "android", target_os = "linux"))]
        let builder = builder.tcp_user_timeout(patience.quiet);
        let client = builder.build().map_err(SyncError::NoRoute)?;
        Ok(Transport {
            client,
            base,
            device,
            patience,
            surroundings,
            clock_ahead_ms: AtomicI64::new(0),
            traffic: Mutex::default(),
        })
    }

    /// What has gone over the link since the last call.
    pub fn take_traffic(&self) -> Traffic {
        std::mem::take(&mut *self.lock_traffic())
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
        let answer = self.call(&call).await?;
        if !is_cbor(&answer.headers) {
            return Err(SyncError::CaptivePortal);
        }
        match (cbor::from_bytes(&answer.body), answer.protocol) {
            (Ok(body), _) => Ok((body, answer.timing)),
            // A later protocol may add to bodies; only one that can no longer be read is too new.
            (Err(_), server) if server > PROTOCOL_VERSION => {
                Err(SyncError::NewerProtocol { server, ours: PROTOCOL_VERSION })
            }
            (Err(error), _) => Err(SyncError::UnreadableAnswer(error.into())),
        }
    }

    /// Sends a request; an answer that is no success of our server's is an error.
    ///
    /// A request refused for its time is signed once more with the time of the refusal: a wrong clock must not
    /// keep work on the device.
    pub(crate) async fn call(&self, call: &Call<'_>) -> Result<Answer> {
        match self.call_once(call).await {
            Err(Rejected::Stale { server_time_ms }) => {
                self.set_clock_ahead(signed_difference(self.surroundings.now_ms(), server_time_ms));
                self.call_once(call).await
            }
            Err(Rejected::Replayed) => self.call_once(call).await,
            answered => answered,
        }
        .map_err(Rejected::into_error)
    }

    async fn call_once(&self, call: &Call<'_>) -> Result<Answer, Rejected> {
        let left_ms = Arc::new(OnceLock::new());
        let request = self.sign(call, left_ms.clone())?;
        let head_bytes = request_head_length(&request, call.body.len());
        let sent_ms = self.surroundings.now_ms();
        let started = Instant::now();

        let leaving = Duration::from_secs_f64(call.body.len() as f64 / f64::from(self.patience.slowest.max(1)));
        let deadline = started + self.patience.connect + leaving + self.patience.quiet;
        let mut response = match timeout_at(deadline, self.client.execute(request)).await {
            Err(_) => return Err(SyncError::Silence.into()),
            Ok(Err(error)) => return Err(classify(error).into()),
            Ok(Ok(response)) => response,
        };
        let answered_ms = self.surroundings.now_ms();
        {
            let mut traffic = self.lock_traffic();
            traffic.up += (head_bytes + call.body.len()) as u64;
            traffic.down += response_head_length(&response) as u64;
            traffic.round_trips += 1;
        }

        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        let mut body = BytesMut::new();
        loop {
            let chunk = match timeout_at(Instant::now() + self.patience.quiet, response.chunk()).await {
                Err(_) => return Err(SyncError::Silence.into()),
                Ok(Err(error)) => return Err(classify(error).into()),
                Ok(Ok(chunk)) => chunk,
            };
            let Some(chunk) = chunk else { break };
            self.lock_traffic().down += chunk.len() as u64;
            if body.len() + chunk.len() > call.largest_answer {
                return Err(SyncError::UnreadableAnswer("the answer is larger than asked for".into()).into());
            }
            body.extend_from_slice(&chunk);
        }
        // What a handshake takes says nothing about the clocks.
        let sent_ms = left_ms.get().copied().unwrap_or(sent_ms);
        let timing = Timing { sent_ms, answered_ms, took: started.elapsed() };
        match protocol_of(&headers) {
            Some(protocol) if status.is_success() => {
                Ok(Answer { status, protocol, headers, body: body.freeze(), timing })
            }
            _ => Err(refusal(status, &headers, &body)),
        }
    }

    fn sign(&self, call: &Call<'_>, left_ms: Arc<OnceLock<u64>>) -> Result<reqwest::Request> {
        let mut nonce = [0; 16];
        self.surroundings.fill_random(&mut nonce);
        let freshness = Freshness { created: self.server_now_ms() / 1000, nonce };
        let signed = http_signature::sign(&self.device, call.method.as_str(), call.path, &call.body, freshness);

        let url = self.base.join(call.path).map_err(|_| SyncError::UnusableAddress)?;
        let mut request = reqwest::Request::new(call.method.clone(), url);
        let signature = [
            (HeaderName::from_static(CONTENT_DIGEST), signed.content_digest),
            (HeaderName::from_static(SIGNATURE_INPUT), signed.signature_input),
            (HeaderName::from_static(SIGNATURE), signed.signature),
        ];
        for (name, value) in call.headers.iter().cloned().chain(signature) {
            let value = HeaderValue::try_from(value).map_err(|_| SyncError::UnusableAddress)?;
            request.headers_mut().insert(name, value);
        }
        if call.method != Method::GET && call.method != Method::HEAD {
            let surroundings = self.surroundings.clone();
            let announced = call.on_leaving.clone();
            let on_leaving: OnLeaving = Arc::new(move || {
                left_ms.get_or_init(|| surroundings.now_ms());
                announced.iter().for_each(|announce| announce());
            });
            let body = AnnouncedBody { bytes: Some(call.body.clone()), on_leaving: Some(on_leaving) };
            *request.body_mut() = Some(reqwest::Body::wrap(body));
        }
        Ok(request)
    }

    fn lock_traffic(&self) -> MutexGuard<'_, Traffic> {
        // A count cannot be left half written, so a poisoned lock is as good as any.
        self.traffic.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `later - earlier`, saturating at what fits.
pub(crate) fn signed_difference(later: u64, earlier: u64) -> i64 {
    i64::try_from(i128::from(later) - i128::from(earlier)).unwrap_or(i64::MAX)
}

/// Not a success; two of the reasons are answered by asking once more.
enum Rejected {
    Stale { server_time_ms: u64 },
    Replayed,
    Other(SyncError),
}

impl From<SyncError> for Rejected {
    fn from(error: SyncError) -> Self {
        Rejected::Other(error)
    }
}

impl Rejected {
    fn into_error(self) -> SyncError {
        let refused = |code| SyncError::Refused { code, reference: String::new() };
        match self {
            Rejected::Stale { .. } => refused(FailureCode::StaleRequest),
            Rejected::Replayed => refused(FailureCode::ReplayedRequest),
            Rejected::Other(error) => error,
        }
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
    let failure = if ours && is_cbor(headers) { cbor::from_bytes::<Failure>(body).ok() } else { None };
    match failure {
        Some(Failure { code: FailureCode::StaleRequest, server_time_ms, .. }) => Rejected::Stale { server_time_ms },
        Some(Failure { code: FailureCode::ReplayedRequest, .. }) => Rejected::Replayed,
        Some(Failure { code, reference, server_time_ms: _ }) => SyncError::Refused { code, reference }.into(),
        // The server's own limit on how long a request may take, or a proxy's.
        None if status == StatusCode::REQUEST_TIMEOUT => SyncError::Silence.into(),
        None if ours || (status.is_server_error() && status != StatusCode::NETWORK_AUTHENTICATION_REQUIRED) => {
            SyncError::ServerUnavailable { status: status.as_u16() }.into()
        }
        None => SyncError::CaptivePortal.into(),
    }
}

/// Names a failure below HTTP by what TLS or the system said about it.
fn classify(error: reqwest::Error) -> SyncError {
    match find_cause::<rustls::Error>(&error) {
        Some(rustls::Error::InvalidCertificate(_)) => return SyncError::UntrustedServer(error),
        // Plain text where TLS should begin: a login page that answers on every port.
        Some(rustls::Error::InvalidMessage(_)) => return SyncError::CaptivePortal,
        Some(_) => return SyncError::UntrustedServer(error),
        None => {}
    }
    if error.is_timeout() && !error.is_connect() {
        return SyncError::Silence;
    }
    if error.is_connect() { SyncError::NoRoute(error) } else { SyncError::LinkCut(error) }
}

fn find_cause<'a, E: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a E> {
    let mut at = Some(error);
    while let Some(error) = at {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        // An `io::Error` shows the source of what it wraps, not what it wraps.
        let wrapped = error.downcast_ref::<std::io::Error>().and_then(|io| io.get_ref());
        at = match wrapped {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

fn header_length(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len()).sum()
}

/// The length of the head as HTTP/1.1 writes it, with the headers the client adds by itself.
fn request_head_length(request: &reqwest::Request, body: usize) -> usize {
    let url = request.url();
    let host = url.host_str().map_or(0, str::len) + url.port().map_or(0, |port| 1 + port.to_string().len());
    let line = request.method().as_str().len() + url.path().len() + "  HTTP/1.1\r\n".len();
    let length = if request.body().is_some() { "content-length: \r\n".len() + body.to_string().len() } else { 0 };
    line + "accept: */*\r\nhost: \r\n\r\n".len() + host + length + header_length(request.headers())
}

fn response_head_length(response: &reqwest::Response) -> usize {
    let reason = response.status().canonical_reason().map_or(0, str::len);
    "HTTP/1.1 200 \r\n\r\n".len() + reason + header_length(response.headers())
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
        assert_eq!(refusal(status, headers, body).into_error().code(), expected, "{status} {headers:?}");
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
        check_refusal(408, &headers("text/plain", None), b"", SyncErrorCode::LinkCut);
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
