//! One exchange over as many connections as it takes: what arrived before a cut does not travel again.
//!
//! As long as nothing is cut this is one request and its answer. After a cut the server is asked once, by the digest
//! of the request, and either goes on with its answer where it broke off or says up to which byte it has the request.

use arumbae_protocol::http_signature::BodyDigest;
use arumbae_protocol::sync::UPLOAD_OFFSET;
use arumbae_protocol::{CBOR_MEDIA_TYPE, FailureCode, paths};
use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_RANGE, RANGE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

use crate::carrier::{OnLeaving, Timing};
use crate::error::{Result, SyncError};
use crate::transport::{Answer, Call, Failed, Transport};

/// How often the server may say that it holds another part than it said just before.
const CONTRADICTIONS: u32 = 2;

/// An exchange that has no whole answer yet.
#[derive(Debug)]
pub(crate) struct Exchange {
    path: String,
    request: Bytes,
    largest_answer: usize,
    /// By this device's clock, milliseconds since 1970 UTC; `None` before the first attempt.
    first_sent_ms: Option<u64>,
    begun: Option<BegunAnswer>,
    /// How many bytes of the request the server was known to hold.
    held: usize,
}

/// The beginning of an answer.
#[derive(Debug)]
struct BegunAnswer {
    tag: HeaderValue,
    headers: HeaderMap,
    protocol: u16,
    timing: Timing,
    body: BytesMut,
}

impl Exchange {
    /// An exchange that has not left yet.
    pub fn new(request: Bytes, largest_answer: usize) -> Self {
        let digest = BodyDigest::of(&request);
        let path = format!("{}/{digest}", paths::SYNC);
        Exchange { path, request, largest_answer, first_sent_ms: None, begun: None, held: 0 }
    }

    /// Bytes that have certainly arrived, in both directions: an attempt that raises it was not in vain.
    pub fn arrived(&self) -> usize {
        match &self.begun {
            Some(begun) => self.request.len() + begun.body.len(),
            None => self.held,
        }
    }

    /// What has come of the answer.
    pub fn begun_answer(&self) -> &[u8] {
        self.begun.as_ref().map_or(&[], |begun| &begun.body)
    }

    fn call<'a>(&'a self, method: Method, path: &'a str, body: Bytes) -> Call<'a> {
        let headers = vec![(CONTENT_TYPE, CBOR_MEDIA_TYPE.to_owned())];
        Call { method, path, headers, body, largest_answer: self.largest_answer, on_leaving: None }
    }

    /// Keeps what came of an answer, and gives it back once it is whole.
    fn take(&mut self, outcome: Result<Answer, Failed>) -> Result<Answer> {
        match outcome {
            Ok(answer) if answer.status == StatusCode::PARTIAL_CONTENT => {
                self.keep(answer)?;
                self.whole().ok_or_else(|| SyncError::UnreadableAnswer("the rest of the answer is too short".into()))
            }
            Ok(answer) => Ok(answer),
            Err(Failed { error, begun: None }) => Err(error),
            Err(Failed { error, begun: Some(answer) }) => {
                self.keep(*answer)?;
                self.whole().ok_or(error)
            }
        }
    }

    fn keep(&mut self, answer: Answer) -> Result<()> {
        let Answer { status, protocol, headers, body, timing } = answer;
        if status == StatusCode::PARTIAL_CONTENT {
            let begun = self.begun.as_mut().filter(|begun| headers.get(ETAG) == Some(&begun.tag));
            let begun = begun.ok_or_else(|| SyncError::UnreadableAnswer("the rest of another answer".into()))?;
            let told = format!("bytes {}-", begun.body.len());
            if !headers.get(CONTENT_RANGE).and_then(|range| range.to_str().ok()).is_some_and(|r| r.starts_with(&told)) {
                return Err(SyncError::UnreadableAnswer("not the range that was asked for".into()));
            }
            begun.body.extend_from_slice(&body);
            return Ok(());
        }
        // An answer that cannot be told from another cannot be gone on with.
        let Some(tag) = headers.get(ETAG).cloned().filter(|_| status == StatusCode::OK) else { return Ok(()) };
        let body = BytesMut::from(&body[..]);
        self.begun = Some(BegunAnswer { tag, headers, protocol, timing, body });
        Ok(())
    }

    /// The answer, if all of it is here.
    fn whole(&mut self) -> Option<Answer> {
        let begun = self.begun.as_ref()?;
        let length: usize = begun.headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()?;
        if begun.body.len() != length {
            return None;
        }
        let BegunAnswer { tag: _, headers, protocol, timing, body } = self.begun.take()?;
        Some(Answer { status: StatusCode::OK, protocol, headers, body: body.freeze(), timing })
    }
}

impl Transport {
    /// Goes on with an exchange, over one connection.
    ///
    /// # Errors
    /// After one that may pass the exchange can be gone on with: it knows what has arrived.
    pub(crate) async fn go_on(&self, exchange: &mut Exchange, on_leaving: OnLeaving) -> Result<Answer> {
        if exchange.first_sent_ms.is_none() {
            exchange.first_sent_ms = Some(self.now_ms());
            return self.send_whole(exchange, on_leaving).await;
        }
        for _ in 0..=CONTRADICTIONS {
            let offset = match self.ask(exchange).await? {
                Asked::Answer(answer) => return Ok(answer),
                Asked::Offset(offset) => offset,
            };
            on_leaving();
            if offset == 0 {
                return self.send_whole(exchange, on_leaving).await;
            }
            match self.send_rest(exchange, offset).await {
                Err(SyncError::Refused { code: FailureCode::OffsetMismatch, .. }) => {}
                Err(SyncError::Refused { code: FailureCode::ChecksumMismatch, .. }) => {
                    return self.send_whole(exchange, on_leaving).await;
                }
                outcome => return outcome,
            }
        }
        Err(SyncError::UnreadableAnswer("the server says something else each time it is asked what it holds".into()))
    }

    async fn send_whole(&self, exchange: &mut Exchange, on_leaving: OnLeaving) -> Result<Answer> {
        exchange.begun = None;
        exchange.held = 0;
        let call = exchange.call(Method::POST, paths::SYNC, exchange.request.clone());
        let outcome = self.call(&Call { on_leaving: Some(on_leaving), ..call }).await;
        exchange.take(outcome)
    }

    async fn send_rest(&self, exchange: &mut Exchange, offset: usize) -> Result<Answer> {
        let mut call = exchange.call(Method::PATCH, &exchange.path, exchange.request.slice(offset..));
        call.headers.push((HeaderName::from_static(UPLOAD_OFFSET), offset.to_string()));
        let outcome = self.call(&call).await;
        exchange.take(outcome)
    }

    /// Asks for the rest of the answer, or how much of the request is there.
    async fn ask(&self, exchange: &mut Exchange) -> Result<Asked> {
        let mut call = exchange.call(Method::GET, &exchange.path, Bytes::new());
        call.headers.clear();
        if let Some(begun) = &exchange.begun {
            let tag = begun.tag.to_str().unwrap_or_default().to_owned();
            call.headers.extend([(RANGE, format!("bytes={}-", begun.body.len())), (IF_RANGE, tag)]);
        }
        match self.call(&call).await {
            Ok(answer) if answer.status == StatusCode::NO_CONTENT => {
                let offset = answer.headers.get(UPLOAD_OFFSET).and_then(|offset| offset.to_str().ok()?.parse().ok());
                let offset = offset.filter(|offset| *offset <= exchange.request.len());
                let offset = offset.ok_or_else(|| SyncError::UnreadableAnswer("no offset to go on from".into()))?;
                exchange.begun = None;
                exchange.held = offset;
                Ok(Asked::Offset(offset))
            }
            // A server that keeps nothing, because it is of an earlier version.
            Err(Failed { error: SyncError::Refused { code: FailureCode::NotFound, .. }, .. }) => Ok(Asked::Offset(0)),
            mut outcome => {
                let first_sent_ms = exchange.first_sent_ms;
                // The answer may have been made, and the server's clock read, long before it was asked for.
                let date_from_first = |answer: &mut Answer| {
                    answer.timing.sent_ms = first_sent_ms.unwrap_or(answer.timing.sent_ms);
                };
                match &mut outcome {
                    Ok(answer) => date_from_first(answer),
                    Err(failed) => failed.begun.as_deref_mut().into_iter().for_each(date_from_first),
                }
                exchange.take(outcome).map(Asked::Answer)
            }
        }
    }
}

/// What the server says about an exchange it was asked about.
enum Asked {
    Answer(Answer),
    Offset(usize),
}
