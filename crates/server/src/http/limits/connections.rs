//! How many connections, and how long one may stand still.
//!
//! What HTTP/2 has in ways to keep a connection alive without ever taking or giving anything (pings, a window that
//! stays shut, a head that never ends, streams opened and reset) does not count as movement here.

use std::collections::HashMap;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::Request;
use axum_server::accept::Accept;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep};
use tower_http::add_extension::AddExtension;

use super::{AddressGroup, Limits};
use crate::metrics::{Limit, Metrics};

/// Unsent bytes that the system keeps for a connection. It would grow to megabytes that nobody sees leave, and at
/// 2 KB/s those alone would look like a stall.
const SEND_BUFFER: usize = 128 << 10;

/// A write of so many bytes carries part of an answer; shorter ones may answer pings, which is no reason to wait.
const LEAST_ANSWER: usize = 256;

/// Takes connections in, as many as there may be.
#[derive(Clone)]
pub(crate) struct Connections(Arc<Counted>);

struct Counted {
    limits: Limits,
    metrics: Metrics,
    by_address: Mutex<HashMap<AddressGroup, usize>>,
}

impl Connections {
    pub fn new(limits: Limits, metrics: Metrics) -> Self {
        Connections(Arc::new(Counted { limits, metrics, by_address: Mutex::default() }))
    }

    fn admit(&self, from: AddressGroup) -> Result<Place, Limit> {
        let Counted { limits, metrics, by_address } = &*self.0;
        let mut by_address = by_address.lock().unwrap_or_else(PoisonError::into_inner);
        if by_address.values().sum::<usize>() >= limits.connections {
            return Err(Limit::Connections);
        }
        let held = by_address.entry(from).or_default();
        if *held >= limits.connections_per_address {
            return Err(Limit::ConnectionsPerAddress);
        }
        *held += 1;
        metrics.connections.inc();
        Ok(Place { counted: Arc::clone(&self.0), from })
    }
}

/// A connection's place among those there may be.
struct Place {
    counted: Arc<Counted>,
    from: AddressGroup,
}

impl Drop for Place {
    fn drop(&mut self) {
        let Counted { metrics, by_address, .. } = &*self.counted;
        let mut by_address = by_address.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = by_address.get_mut(&self.from) {
            *held -= 1;
            if *held == 0 {
                by_address.remove(&self.from);
            }
        }
        metrics.connections.dec();
    }
}

impl<S> Accept<TcpStream, S> for Connections {
    type Stream = Guarded;
    type Service = AddExtension<S, Arc<Connection>>;
    type Future = std::future::Ready<io::Result<(Self::Stream, Self::Service)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        std::future::ready(self.try_accept(stream, service))
    }
}

impl Connections {
    fn try_accept<S>(&self, stream: TcpStream, service: S) -> io::Result<(Guarded, AddExtension<S, Arc<Connection>>)> {
        let from = AddressGroup::from(stream.peer_addr()?.ip());
        let place = self.admit(from).map_err(|limit| {
            self.0.metrics.hit(limit);
            io::Error::other("too many connections")
        })?;
        stream.set_nodelay(true)?;
        socket2::SockRef::from(&stream).set_send_buffer_size(SEND_BUFFER)?;
        let connection = Arc::new(Connection::new(from));
        let guarded = Guarded {
            stream,
            connection: Arc::clone(&connection),
            next_look: Box::pin(sleep(self.0.limits.idle / 4)),
            place,
        };
        Ok((guarded, AddExtension::new(service, connection)))
    }
}

/// What a connection carries, as its requests tell.
#[derive(Debug)]
pub(crate) struct Connection {
    /// Where it comes from.
    pub from: AddressGroup,
    since: Instant,
    open: AtomicUsize,
    opened_ms: AtomicU64,
    moved_ms: AtomicU64,
}

/// A request under way.
pub(crate) struct OpenExchange(Option<Arc<Connection>>);

impl Connection {
    fn new(from: AddressGroup) -> Self {
        Connection {
            from,
            since: Instant::now(),
            open: AtomicUsize::new(0),
            opened_ms: AtomicU64::new(0),
            moved_ms: AtomicU64::new(0),
        }
    }

    /// The connection that brought a request; `None` for one that did not come over the network.
    pub fn of(request: &Request) -> Option<Arc<Connection>> {
        request.extensions().get::<Arc<Connection>>().cloned()
    }

    /// Notes that something of a body came or went.
    pub fn moved(&self) {
        self.moved_ms.store(self.now_ms(), Ordering::Relaxed);
    }

    /// Notes a request, until what is returned is dropped.
    pub fn open(connection: Option<Arc<Connection>>) -> OpenExchange {
        if let Some(connection) = &connection {
            connection.moved();
            if connection.open.fetch_add(1, Ordering::Relaxed) == 0 {
                connection.opened_ms.store(connection.now_ms(), Ordering::Relaxed);
            }
        }
        OpenExchange(connection)
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn is_stuck(&self, limits: &Limits) -> Option<Limit> {
        let now_ms = self.now_ms();
        let since = |then: &AtomicU64| Duration::from_millis(now_ms.saturating_sub(then.load(Ordering::Relaxed)));
        match self.open.load(Ordering::Relaxed) {
            0 => (since(&self.moved_ms) >= limits.idle).then_some(Limit::Idle),
            _ if since(&self.moved_ms) >= limits.stall => Some(Limit::Stall),
            _ => (since(&self.opened_ms) >= limits.longest_exchange).then_some(Limit::LongestExchange),
        }
    }
}

impl Drop for OpenExchange {
    fn drop(&mut self) {
        if let Some(connection) = &self.0 {
            connection.moved();
            connection.open.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

/// A connection's bytes. Reading or writing fails once it is stuck, which ends the connection.
pub(crate) struct Guarded {
    stream: TcpStream,
    connection: Arc<Connection>,
    next_look: Pin<Box<Sleep>>,
    place: Place,
}

impl Guarded {
    fn look(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        let Counted { limits, metrics, .. } = &*self.place.counted;
        while self.next_look.as_mut().poll(context).is_ready() {
            if let Some(limit) = self.connection.is_stuck(limits) {
                metrics.hit(limit);
                return Err(io::ErrorKind::TimedOut.into());
            }
            self.next_look.as_mut().reset(Instant::now() + limits.idle / 4);
        }
        Ok(())
    }

    /// What could not go on, unless the connection is stuck.
    fn pending<T>(&mut self, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        match self.look(context) {
            Ok(()) => Poll::Pending,
            Err(stuck) => Poll::Ready(Err(stuck)),
        }
    }
}

impl AsyncRead for Guarded {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.look(context)?;
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Guarded {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match Pin::new(&mut self.stream).poll_write(context, bytes) {
            Poll::Ready(written) => {
                let carries = written.as_ref().is_ok_and(|length| *length >= LEAST_ANSWER);
                if carries && self.connection.open.load(Ordering::Relaxed) > 0 {
                    self.connection.moved();
                }
                Poll::Ready(written)
            }
            Poll::Pending => self.pending(context),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
