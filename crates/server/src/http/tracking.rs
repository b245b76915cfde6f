//! What is noted of each request: a line in the log under a reference that the client's error repeats, counts, and
//! movement on its connection.
//!
//! Neither says who asked or for what: the route is noted, not the path, which names attachments.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use arumbae_protocol::framing::FRAME_BYTES;
use axum::body::{Body, Bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::StatusCode;
use http_body::{Body as HttpBody, Frame, SizeHint};
use rand_core::{OsRng, RngCore};
use tokio::time::Instant;
use tracing::Instrument;

use super::Shared;
use super::failure::HttpFailure;
use super::limits::{Connection, OpenExchange, PacedBody};
use crate::metrics::{Direction, Metrics};

/// Follows a request from its head to the end of its answer.
pub(super) async fn follow(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let reference = format!("{:08x}", OsRng.next_u32());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", reference, %method, route);

    let connection = Connection::of(&request);
    let open = Connection::open(connection.clone());
    let (head, body) = request.into_parts();
    let body = PacedBody::new(body, shared.limits.pace, connection, shared.metrics.clone());
    let request = Request::from_parts(head, Body::new(body));

    let answered = async {
        let mut response = next.run(request).await;
        if let Some(failure) = response.extensions_mut().remove::<HttpFailure>() {
            // What a path adds to all its answers, as tus wants it, stays.
            let added = std::mem::take(response.headers_mut());
            response = failure.answer(&reference, shared.province.clock.now_ms());
            response.headers_mut().extend(added);
        } else if response.status() == StatusCode::METHOD_NOT_ALLOWED {
            // What the router refuses by itself.
            response = HttpFailure::no_such_method(response).answer(&reference, shared.province.clock.now_ms());
        }
        // Until the answer begins; how long the rest of it takes is the link's doing.
        let took_ms = started.elapsed().as_millis() as u64;
        tracing::info!(status = response.status().as_u16(), took_ms, "answered");
        response
    };
    let response = answered.instrument(span).await;
    shared.metrics.answered(&method, &route, response.status());
    let metrics = shared.metrics.clone();
    response.map(|body| Body::new(FollowedBody { body, rest: Bytes::new(), started, route, metrics, _open: open }))
}

/// An answer's body, until its end.
struct FollowedBody {
    body: Body,
    rest: Bytes,
    started: Instant,
    route: String,
    metrics: Metrics,
    _open: OpenExchange,
}

impl HttpBody for FollowedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.rest.is_empty() {
            match Pin::new(&mut self.body).poll_frame(context) {
                Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                    Ok(data) => self.rest = data,
                    Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
                },
                other => return other,
            }
        }
        // Small enough that a cut costs little, and that the answer is seen to move.
        let length = self.rest.len().min(FRAME_BYTES);
        let piece = self.rest.split_to(length);
        self.metrics.carried(Direction::Out, length);
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let rest = self.rest.len() as u64;
        let body = self.body.size_hint();
        let mut hint = SizeHint::new();
        hint.set_lower(body.lower() + rest);
        if let Some(upper) = body.upper() {
            hint.set_upper(upper + rest);
        }
        hint
    }
}

impl Drop for FollowedBody {
    fn drop(&mut self) {
        self.metrics.took(&self.route, self.started.elapsed());
    }
}
