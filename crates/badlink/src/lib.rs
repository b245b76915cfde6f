//! A link as it is between the islands: slow, far, cut off, silent, or answered by somebody else.
//!
//! A TCP proxy on loopback stands between client and server. The kernel's own traffic shaping is not
//! available on every machine, and this one can also be told to lie.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::Instant;

/// What the link does with bytes.
#[derive(Clone, Copy, Debug)]
pub struct Weather {
    /// In each direction; `None` for as fast as the machine can.
    pub bytes_per_second: Option<u64>,
    /// One way; a round trip takes twice as long.
    pub delay: Duration,
    /// Who is at the other end.
    pub far_end: FarEnd,
    /// The connection breaks after this many bytes, both directions counted together, and so does each of the
    /// next `cuts - 1` connections.
    pub cut_after: Option<u64>,
    /// How many connections are still to be cut.
    pub cuts: u32,
}

/// Who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FarEnd {
    /// The server.
    Server,
    /// Nobody: bytes are taken and nothing ever comes back.
    Silence,
    /// A hotel's or an operator's login page, with status 200.
    CaptivePortal,
}

impl Weather {
    /// Nothing in the way.
    pub const CLEAR: Weather =
        Weather { bytes_per_second: None, delay: Duration::ZERO, far_end: FarEnd::Server, cut_after: None, cuts: 0 };
}

/// What has passed, TLS and all.
#[derive(Clone, Copy, Debug, Default)]
pub struct Traffic {
    /// From the client, in bytes.
    pub up: u64,
    /// To the client, in bytes.
    pub down: u64,
    /// Connections opened by the client.
    pub connections: u32,
}

struct Shared {
    weather: Weather,
    traffic: Traffic,
    server: SocketAddr,
}

/// The proxy; it ends with its Tokio runtime.
#[derive(Clone)]
pub struct BadLink {
    address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
}

impl BadLink {
    /// Begins to listen on a free port of loopback in front of `server`.
    ///
    /// # Errors
    /// If loopback has no free port.
    pub async fn in_front_of(server: SocketAddr) -> io::Result<BadLink> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let shared = Shared { weather: Weather::CLEAR, traffic: Traffic::default(), server };
        let link = BadLink { address, shared: Arc::new(Mutex::new(shared)) };
        tokio::spawn(link.clone().serve(listener));
        Ok(link)
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        held(&self.shared)
    }

    /// Where the client should connect to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Changes the weather: rate and delay at once, cuts and the far end for connections to come.
    pub fn set_weather(&self, weather: Weather) {
        self.shared().weather = weather;
    }

    /// The server moved, or came back on another port.
    pub fn set_server(&self, server: SocketAddr) {
        self.shared().server = server;
    }

    /// What has passed since the last call.
    pub fn take_traffic(&self) -> Traffic {
        std::mem::take(&mut self.shared().traffic)
    }

    async fn serve(self, listener: TcpListener) {
        while let Ok((client, _)) = listener.accept().await {
            self.shared().traffic.connections += 1;
            tokio::spawn(self.clone().carry(client));
        }
    }

    async fn carry(self, client: TcpStream) {
        let (weather, server) = {
            let shared = self.shared();
            (shared.weather, shared.server)
        };
        match weather.far_end {
            FarEnd::Server => {}
            FarEnd::Silence => return swallow(client).await,
            FarEnd::CaptivePortal => return show_login_page(client).await,
        }
        let Ok(server) = TcpStream::connect(server).await else { return };
        let budget = Budget::new(self.shared.clone());
        let (client_read, client_write) = client.into_split();
        let (server_read, server_write) = server.into_split();
        let up = self.pump(client_read, server_write, budget.clone(), |traffic| &mut traffic.up);
        let down = self.pump(server_read, client_write, budget, |traffic| &mut traffic.down);
        // A cut or an end in one direction drops both sockets, as a lost signal does.
        tokio::select! {
            _ = up => {}
            _ = down => {}
        }
    }

    /// Moves bytes one way. A queue between reading and writing lets bytes be under way while more are read:
    /// a delay without it would also divide the rate.
    async fn pump(
        &self,
        mut from: impl AsyncReadExt + Unpin,
        mut to: impl AsyncWriteExt + Unpin,
        budget: Budget,
        counter: fn(&mut Traffic) -> &mut u64,
    ) -> io::Result<()> {
        let (queue, mut under_way) = mpsc::channel::<(Instant, Vec<u8>)>(64);
        let read = async move {
            let mut free_at = Instant::now();
            let mut packet = vec![0; 1400];
            loop {
                let length = from.read(&mut packet).await?;
                if length == 0 {
                    return Ok(());
                }
                let weather = self.shared().weather;
                free_at = free_at.max(Instant::now());
                if let Some(rate) = weather.bytes_per_second {
                    free_at += Duration::from_secs_f64(length as f64 / rate as f64);
                    tokio::time::sleep_until(free_at).await;
                }
                let allowed = budget.spend(length);
                *counter(&mut self.shared().traffic) += allowed as u64;
                let due = free_at + weather.delay;
                if queue.send((due, packet[..allowed].to_vec())).await.is_err() || allowed < length {
                    return Ok::<_, io::Error>(());
                }
            }
        };
        let write = async {
            while let Some((due, bytes)) = under_way.recv().await {
                tokio::time::sleep_until(due).await;
                to.write_all(&bytes).await?;
                to.flush().await?;
            }
            Ok::<_, io::Error>(())
        };
        tokio::try_join!(read, write).map(|_| ())
    }
}

fn held<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How many bytes a connection may still carry before it is cut.
#[derive(Clone)]
struct Budget(Arc<Mutex<Option<u64>>>);

impl Budget {
    fn new(shared: Arc<Mutex<Shared>>) -> Budget {
        let mut shared = held(&shared);
        let cut = shared.weather.cuts > 0;
        shared.weather.cuts = shared.weather.cuts.saturating_sub(1);
        Budget(Arc::new(Mutex::new(shared.weather.cut_after.filter(|_| cut))))
    }

    fn spend(&self, length: usize) -> usize {
        match &mut *held(&self.0) {
            None => length,
            Some(left) => {
                let allowed = (*left).min(length as u64);
                *left -= allowed;
                allowed as usize
            }
        }
    }
}

async fn swallow(mut client: TcpStream) {
    let mut packet = [0; 4096];
    while matches!(client.read(&mut packet).await, Ok(length) if length > 0) {}
}

async fn show_login_page(mut client: TcpStream) {
    const PAGE: &str = "<html><title>Login WiFi</title><body>Silakan masukkan kode voucher</body></html>";
    let mut packet = [0; 4096];
    if matches!(client.read(&mut packet).await, Ok(length) if length > 0) {
        let answer =
            format!("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\n\r\n{PAGE}", PAGE.len());
        let _ = client.write_all(answer.as_bytes()).await;
    }
}
