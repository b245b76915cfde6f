//! How fast: a body that trickles in holds a place that others need.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep};

use super::{Connection, Pace};
use crate::metrics::{Direction, Limit, Metrics};

/// The body came more slowly than anybody's link.
#[derive(Debug, thiserror::Error)]
#[error("the body came too slowly")]
pub(crate) struct TooSlow;

/// A request's body that must keep its pace.
pub(crate) struct PacedBody {
    body: Body,
    pace: Pace,
    connection: Option<Arc<Connection>>,
    metrics: Metrics,
    arrived: u64,
    span: Pin<Box<Sleep>>,
}

impl PacedBody {
    pub fn new(body: Body, pace: Pace, connection: Option<Arc<Connection>>, metrics: Metrics) -> Self {
        PacedBody { body, pace, connection, metrics, arrived: 0, span: Box::pin(sleep(pace.span)) }
    }
}

impl HttpBody for PacedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        let polled = Pin::new(&mut this.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled {
            let length = frame.data_ref().map_or(0, Bytes::len);
            this.arrived += length as u64;
            this.metrics.carried(Direction::In, length);
            this.connection.iter().for_each(|connection| connection.moved());
        }
        if polled.is_ready() {
            return polled;
        }
        while this.span.as_mut().poll(context).is_ready() {
            if this.arrived < this.pace.bytes {
                this.metrics.hit(Limit::Pace);
                return Poll::Ready(Some(Err(axum::Error::new(TooSlow))));
            }
            this.arrived = 0;
            this.span.as_mut().reset(Instant::now() + this.pace.span);
        }
        Poll::Pending
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::body::to_bytes;
    use tokio::io::AsyncWriteExt;
    use tokio_util::io::ReaderStream;

    use super::*;

    /// A thousandth of the real span, so that a second of the link takes a millisecond.
    const PACE: Pace = Pace { span: Duration::from_millis(120), bytes: 8 << 10 };

    /// A body whose pieces come after a silence each, in seconds of the link.
    async fn check_pace(pieces: &[(u64, usize)], expected: bool) {
        let (mut link, arriving) = tokio::io::duplex(1 << 20);
        let pieces = pieces.to_vec();
        let sending = tokio::spawn(async move {
            for (silence, bytes) in pieces {
                tokio::time::sleep(Duration::from_millis(silence)).await;
                if link.write_all(&vec![7; bytes]).await.is_err() {
                    return;
                }
            }
        });
        let stream = Body::from_stream(ReaderStream::new(arriving));
        let body = PacedBody::new(stream, PACE, None, Metrics::default());
        assert_eq!(to_bytes(Body::new(body), usize::MAX).await.is_ok(), expected);
        sending.abort();
    }

    #[tokio::test]
    async fn two_kilobytes_a_second_with_half_a_minute_of_silence_are_enough() {
        let a_minute = [(30, 15 << 10), (10, 15 << 10), (10, 15 << 10), (10, 15 << 10)];
        check_pace(&a_minute.repeat(6), true).await;
        check_pace(&[(30, 1)], true).await;
    }

    #[tokio::test]
    async fn a_trickle_is_not() {
        check_pace(&[(10, 1); 100], false).await;
        check_pace(&[(1, 100_000), (300, 1), (300, 1)], false).await;
    }
}
