//! The carrier of every day: HTTPS to a server that the province certified.

use std::error::Error as StdError;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use arumbae_protocol::framing::FRAME_BYTES;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Method, Request, Response};
use reqwest::Url;
use tokio::time::{Instant, timeout_at};

use crate::carrier::{Carriage, Carrier, Delivery, Interruption, OnLeaving, Parcel, Timing, Traffic};
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

/// How long a connection that nobody uses is kept; the server ends it after two minutes.
const WARM: Duration = Duration::from_secs(2 * 60);

/// The other side is asked for a sign of life after it was quiet for so long.
const ASK_AFTER: Duration = Duration::from_secs(50);

impl Default for Patience {
    fn default() -> Self {
        Patience { connect: Duration::from_secs(30), quiet: Duration::from_secs(45), slowest: 512 }
    }
}

/// A body in small frames, so that a cut in the middle costs one at most. It says when it is first asked for, which
/// is when the connection stands.
struct OutgoingBody {
    rest: Bytes,
    on_leaving: Option<OnLeaving>,
}

impl http_body::Body for OutgoingBody {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        if let Some(announce) = self.on_leaving.take() {
            announce();
        }
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let length = self.rest.len().min(FRAME_BYTES);
        Poll::Ready(Some(Ok(http_body::Frame::data(self.rest.split_to(length)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        http_body::SizeHint::with_exact(self.rest.len() as u64)
    }
}

/// Connections to one server, kept between requests.
pub(crate) struct Https {
    tls: rustls::ClientConfig,
    client: Mutex<reqwest::Client>,
    base: Url,
    patience: Patience,
    surroundings: SharedSurroundings,
    traffic: Mutex<Traffic>,
}

impl Https {
    /// Prepares the way to `server_url`, trusting what `ca_der` certifies and nothing else. Connects to nothing yet.
    pub fn new(server_url: &str, ca_der: &[u8], patience: Patience, surroundings: SharedSurroundings) -> Result<Self> {
        let tls = pinned_ca::client_config(ca_der, surroundings.clone())?;
        Https::with_tls(server_url, tls, patience, surroundings)
    }

    /// Prepares the way to whoever answers at `server_url`: for what needs no trust in the connection, and only that.
    pub fn to_anybody(server_url: &str, patience: Patience, surroundings: SharedSurroundings) -> Result<Self> {
        let tls = pinned_ca::trusting_config(surroundings.clone())?;
        Https::with_tls(server_url, tls, patience, surroundings)
    }

    fn with_tls(
        server_url: &str,
        tls: rustls::ClientConfig,
        patience: Patience,
        surroundings: SharedSurroundings,
    ) -> Result<Self> {
        let base = Url::parse(server_url).map_err(|_| SyncError::UnusableAddress)?;
        if base.scheme() != "https" || base.host_str().is_none() {
            return Err(SyncError::UnusableAddress);
        }
        let client = Mutex::new(new_client(tls.clone(), patience)?);
        Ok(Https { tls, client, base, patience, surroundings, traffic: Mutex::default() })
    }

    fn client(&self) -> MutexGuard<'_, reqwest::Client> {
        // Replaced whole, so a poisoned lock is as good as any.
        self.client.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The link fell silent. Its connection may look well for minutes, and HTTP/2 would put the next request on it: it is
    /// given up. TLS sessions outlive it.
    fn fell_silent(&self) -> SyncError {
        if let Ok(client) = new_client(self.tls.clone(), self.patience) {
            *self.client() = client;
        }
        SyncError::Silence
    }

    async fn send(&self, parcel: Parcel) -> Result<Delivery, Interruption> {
        let Parcel { request, largest_answer, on_leaving } = parcel;
        let left_ms = Arc::new(OnceLock::new());
        let body_len = request.body().len();
        let request = self.outgoing(request, left_ms.clone(), on_leaving)?;
        let head_bytes = request_head_length(&request, body_len);
        let sent_ms = self.surroundings.now_ms();
        let started = Instant::now();

        let leaving = Duration::from_secs_f64(body_len as f64 / f64::from(self.patience.slowest.max(1)));
        let deadline = started + self.patience.connect + leaving + self.patience.quiet;
        let client = self.client().clone();
        let mut answer = match timeout_at(deadline, client.execute(request)).await {
            Err(_) => return Err(self.fell_silent().into()),
            Ok(Err(error)) => return Err(classify(error).into()),
            Ok(Ok(answer)) => answer,
        };
        let answered_ms = self.surroundings.now_ms();
        {
            let mut traffic = self.lock_traffic();
            traffic.up += (head_bytes + body_len) as u64;
            traffic.down += response_head_length(&answer) as u64;
            traffic.round_trips += 1;
        }

        let mut body = BytesMut::new();
        let broken = loop {
            let chunk = match timeout_at(Instant::now() + self.patience.quiet, answer.chunk()).await {
                Err(_) => break Some(self.fell_silent()),
                Ok(Err(error)) => break Some(classify(error)),
                Ok(Ok(None)) => break None,
                Ok(Ok(Some(chunk))) => chunk,
            };
            self.lock_traffic().down += chunk.len() as u64;
            if body.len() + chunk.len() > largest_answer {
                return Err(SyncError::UnreadableAnswer("the answer is larger than asked for".into()).into());
            }
            body.extend_from_slice(&chunk);
        };
        let mut response = Response::new(body.freeze());
        *response.status_mut() = answer.status();
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        // What a handshake takes says nothing about the clocks.
        let sent_ms = left_ms.get().copied().unwrap_or(sent_ms);
        let arrived = Delivery { response, timing: Timing { sent_ms, answered_ms, took: started.elapsed() } };
        match broken {
            None => Ok(arrived),
            Some(error) => Err(Interruption { error, arrived: Some(arrived) }),
        }
    }

    fn outgoing(
        &self,
        request: Request<Bytes>,
        left_ms: Arc<OnceLock<u64>>,
        announced: Option<OnLeaving>,
    ) -> Result<reqwest::Request> {
        let (head, bytes) = request.into_parts();
        let url = self.base.join(head.uri.path()).map_err(|_| SyncError::UnusableAddress)?;
        let bodiless = head.method == Method::GET || head.method == Method::HEAD;
        let mut outgoing = reqwest::Request::new(head.method, url);
        *outgoing.headers_mut() = head.headers;
        if !bodiless {
            let surroundings = self.surroundings.clone();
            let on_leaving: OnLeaving = Arc::new(move || {
                left_ms.get_or_init(|| surroundings.now_ms());
                announced.iter().for_each(|announce| announce());
            });
            let body = OutgoingBody { rest: bytes, on_leaving: Some(on_leaving) };
            *outgoing.body_mut() = Some(reqwest::Body::wrap(body));
        }
        Ok(outgoing)
    }

    fn lock_traffic(&self) -> MutexGuard<'_, Traffic> {
        // A count cannot be left half written, so a poisoned lock is as good as any.
        self.traffic.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Carrier for Https {
    fn carry(&self, parcel: Parcel) -> Carriage<'_> {
        Box::pin(self.send(parcel))
    }

    fn take_traffic(&self) -> Traffic {
        std::mem::take(&mut *self.lock_traffic())
    }
}

fn new_client(tls: rustls::ClientConfig, patience: Patience) -> Result<reqwest::Client> {
    let builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        // A redirect is a portal's doing, never the server's; and a proxy of the system sees no more than one.
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(patience.connect)
        // A warm connection spares two round trips and the handshake, if it is still one: networks of mobile
        // operators forget connections without a word.
        .pool_idle_timeout(WARM)
        .http2_keep_alive_interval(ASK_AFTER)
        .http2_keep_alive_timeout(patience.connect + patience.quiet)
        .http2_keep_alive_while_idle(true)
        .tcp_nodelay(true);
    // The kernel knows what no library does: whether sent bytes are being acknowledged.
    #[cfg(any(target_os = "android", target_os = "linux"))]
    let builder = builder.tcp_user_timeout(patience.quiet);
    builder.build().map_err(|error| SyncError::NoRoute(error.into()))
}

/// Names a failure below HTTP by what TLS or the system said about it.
fn classify(error: reqwest::Error) -> SyncError {
    let mut causes = std::iter::successors(Some(&error as &(dyn StdError + 'static)), |cause| below(*cause));
    match causes.clone().find_map(|cause| cause.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::InvalidCertificate(_)) => return SyncError::UntrustedServer(error),
        // Plain text where TLS should be: a login page that answers on every port.
        Some(rustls::Error::InvalidMessage(_)) => return SyncError::CaptivePortal,
        Some(_) => return SyncError::UntrustedServer(error),
        None => {}
    }
    if error.is_timeout() && !error.is_connect() {
        return SyncError::Silence;
    }
    // Somebody was there, and the link broke amid the handshake.
    let broke_off = causes.any(|cause| cause.downcast_ref::<io::Error>().is_some_and(tells_of_a_cut));
    if error.is_connect() && !broke_off { SyncError::NoRoute(error.into()) } else { SyncError::LinkCut(error.into()) }
}

fn tells_of_a_cut(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), UnexpectedEof | ConnectionReset | ConnectionAborted | BrokenPipe)
}

fn below<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    // An `io::Error` shows the source of what it wraps, not what it wraps.
    match error.downcast_ref::<io::Error>().and_then(|io| io.get_ref()) {
        Some(inner) => Some(inner),
        None => error.source(),
    }
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
