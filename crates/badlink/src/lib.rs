//! A link as it is between the islands: slow, far, cut off, silent, or answered by somebody else.
//!
//! A TCP proxy on loopback stands between client and server. The kernel's own traffic shaping is not
//! available on every machine, and this one can also be told to lie.

mod chance;
mod weather;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::OwnedWriteHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;
use tokio::time::Instant;

use chance::Chance;
pub use weather::{Ending, FarEnd, Spells, Weather};

/// The most that is read at a time: a packet's worth.
const PACKET: usize = 1400;

const LOGIN_PAGE: &str = "<html><title>Login WiFi</title><body>Silakan masukkan kode voucher</body></html>";

/// What came out at the other end, TLS and all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// From the client, in bytes.
    pub up: u64,
    /// To the client, in bytes.
    pub down: u64,
    /// Connections opened by the client.
    pub connections: u32,
    /// Connections that were cut or broken.
    pub cuts: u32,
}

struct Shared {
    weather: Weather,
    traffic: Traffic,
    server: SocketAddr,
    connections: u64,
    stalled_until: Option<Instant>,
    /// What happens by time under this weather.
    passing: Vec<AbortHandle>,
}

/// The proxy; it ends with its Tokio runtime.
#[derive(Clone)]
pub struct BadLink {
    address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
    /// Counts the breaks of the whole link.
    breaks: Arc<watch::Sender<u64>>,
}

impl BadLink {
    /// Begins to listen on a free port of loopback in front of `server`.
    ///
    /// # Errors
    /// If loopback has no free port.
    pub async fn in_front_of(server: SocketAddr) -> io::Result<BadLink> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let shared = Shared {
            weather: Weather::CLEAR,
            traffic: Traffic::default(),
            server,
            connections: 0,
            stalled_until: None,
            passing: Vec::new(),
        };
        let breaks = Arc::new(watch::Sender::new(0));
        let link = BadLink { address, shared: Arc::new(Mutex::new(shared)), breaks };
        tokio::spawn(link.clone().serve(listener));
        Ok(link)
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the client should connect to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Changes the weather: rate, delay, breaks and stalls at once, cuts and the far end for connections to come.
    pub fn set_weather(&self, weather: Weather) {
        let mut passing = Vec::new();
        if let Some(every) = weather.breaks {
            let (link, mut chance) = (self.clone(), Chance::new(weather.seed, 1));
            passing.push(tokio::spawn(async move {
                loop {
                    tokio::time::sleep(chance.spell(every)).await;
                    link.break_now();
                }
            }));
        }
        if let Some((every, lasting)) = weather.stalls {
            let (link, mut chance) = (self.clone(), Chance::new(weather.seed, 2));
            passing.push(tokio::spawn(async move {
                loop {
                    tokio::time::sleep(chance.spell(every)).await;
                    link.shared().stalled_until = Some(Instant::now() + lasting);
                    tokio::time::sleep(lasting).await;
                }
            }));
        }
        let mut shared = self.shared();
        shared.weather = weather;
        shared.stalled_until = None;
        let passed = std::mem::replace(&mut shared.passing, passing.iter().map(|task| task.abort_handle()).collect());
        passed.iter().for_each(AbortHandle::abort);
    }

    /// Breaks every connection that stands, as a signal that is lost for a moment does.
    pub fn break_now(&self) {
        self.breaks.send_modify(|count| *count += 1);
    }

    /// The server moved, or came back on another port.
    pub fn set_server(&self, server: SocketAddr) {
        self.shared().server = server;
    }

    /// What has passed since the last call.
    pub fn take_traffic(&self) -> Traffic {
        std::mem::take(&mut self.shared().traffic)
    }

    /// The same, and it goes on being counted.
    pub fn passed(&self) -> Traffic {
        self.shared().traffic
    }

    async fn serve(self, listener: TcpListener) {
        while let Ok((client, _)) = listener.accept().await {
            let number = {
                let mut shared = self.shared();
                shared.traffic.connections += 1;
                shared.connections += 1;
                shared.connections
            };
            tokio::spawn(self.clone().carry(client, number));
        }
    }

    async fn carry(self, client: TcpStream, number: u64) {
        let mut breaks = self.breaks.subscribe();
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
        let budget = self.new_budget();
        let (mut client_read, mut client_write) = client.into_split();
        let (mut server_read, mut server_write) = server.into_split();
        let chance = |direction| Chance::new(weather.seed, number << 8 | direction);
        let up = self.pump(&mut client_read, &mut server_write, budget.clone(), chance(3), |traffic| &mut traffic.up);
        let down = self.pump(&mut server_read, &mut client_write, budget, chance(4), |traffic| &mut traffic.down);
        // What is under way in the other direction is lost with the signal.
        let before_its_time = tokio::select! {
            passed = up => passed.is_ok_and(|passed| passed == Passed::Cut),
            passed = down => passed.is_ok_and(|passed| passed == Passed::Cut),
            _ = breaks.changed() => true,
        };
        if !before_its_time {
            return;
        }
        self.shared().traffic.cuts += 1;
        match weather.ending {
            Ending::Closed => {}
            Ending::Truncated => {
                drop((server_read, server_write));
                let _ = client_write.shutdown().await;
                swallow(client_read).await;
            }
            Ending::HalfOpen => {
                tokio::join!(swallow(client_read), swallow(server_read));
            }
            Ending::CaptivePortal => {
                drop((server_read, server_write));
                let _ = answer_with_login_page(&mut client_write).await;
            }
        }
    }

    /// Moves bytes one way. A queue between reading and writing lets bytes be under way while more are read:
    /// a delay without it would also divide the rate.
    async fn pump(
        &self,
        from: &mut (impl AsyncReadExt + Unpin),
        to: &mut (impl AsyncWriteExt + Unpin),
        budget: Budget,
        mut chance: Chance,
        counter: fn(&mut Traffic) -> &mut u64,
    ) -> io::Result<Passed> {
        let (queue, mut under_way) = mpsc::channel::<(Instant, Vec<u8>)>(64);
        let read = async move {
            let mut free_at = Instant::now();
            let mut packet = vec![0; PACKET];
            loop {
                let length = from.read(&mut packet).await?;
                if length == 0 {
                    return Ok(Passed::All);
                }
                let weather = self.shared().weather;
                free_at = free_at.max(Instant::now());
                if let Some(rate) = weather.bytes_per_second {
                    free_at += std::time::Duration::from_secs_f64(length as f64 / rate as f64);
                    tokio::time::sleep_until(free_at).await;
                }
                let allowed = budget.spend(length);
                let due = free_at + weather.delay + chance.part_of(weather.jitter);
                if queue.send((due, packet[..allowed].to_vec())).await.is_err() || allowed < length {
                    return Ok::<_, io::Error>(Passed::Cut);
                }
            }
        };
        let write = async {
            while let Some((due, bytes)) = under_way.recv().await {
                tokio::time::sleep_until(due).await;
                while let Some(until) = self.stalled() {
                    tokio::time::sleep_until(until).await;
                }
                to.write_all(&bytes).await?;
                to.flush().await?;
                *counter(&mut self.shared().traffic) += bytes.len() as u64;
            }
            Ok::<_, io::Error>(())
        };
        tokio::try_join!(read, write).map(|(passed, ())| passed)
    }

    fn stalled(&self) -> Option<Instant> {
        self.shared().stalled_until.filter(|until| *until > Instant::now())
    }

    fn new_budget(&self) -> Budget {
        let mut shared = self.shared();
        let cut = shared.weather.cuts > 0;
        shared.weather.cuts = shared.weather.cuts.saturating_sub(1);
        Budget(Arc::new(Mutex::new(shared.weather.cut_after.filter(|_| cut))))
    }
}

/// Why a direction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Passed {
    /// Its sender had no more.
    All,
    /// The connection has carried what it may.
    Cut,
}

/// How many bytes a connection may still carry before it is cut.
#[derive(Clone)]
struct Budget(Arc<Mutex<Option<u64>>>);

impl Budget {
    fn spend(&self, length: usize) -> usize {
        match &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            None => length,
            Some(left) => {
                let allowed = (*left).min(length as u64);
                *left -= allowed;
                allowed as usize
            }
        }
    }
}

async fn swallow(mut from: impl AsyncReadExt + Unpin) {
    let mut packet = [0; 4096];
    while matches!(from.read(&mut packet).await, Ok(length) if length > 0) {}
}

async fn show_login_page(client: TcpStream) {
    let (mut read, mut write) = client.into_split();
    let mut packet = [0; 4096];
    if matches!(read.read(&mut packet).await, Ok(length) if length > 0) {
        let _ = answer_with_login_page(&mut write).await;
    }
}

async fn answer_with_login_page(client: &mut OwnedWriteHalf) -> io::Result<()> {
    let length = LOGIN_PAGE.len();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {length}\r\n\r\n");
    client.write_all(head.as_bytes()).await?;
    client.write_all(LOGIN_PAGE.as_bytes()).await
}
