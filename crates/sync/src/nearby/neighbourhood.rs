//! The laptops around this one while the officer has it listen.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arumbae_mergelog::DeviceKey;
use arumbae_protocol::nearby::NEARBY_PORT;
use arumbae_protocol::{NearbyRefusal, Purpose};
use arumbae_store::{PairedExchange, Store};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tracing::{debug, info};

use super::alias::Alias;
use super::call::{Call, Here};
use super::code::PairingCode;
use super::device_tls::DeviceTls;
use super::discovery::{Announcement, Findings, Found, is_local, own_addresses};
use super::error::NearbyError;
use crate::https::Patience;
use crate::shared_store::SharedStore;
use crate::surroundings::{Randomness, SharedSurroundings};

/// Calls answered at a time; who calls while there are more is not heard.
const MOST_CALLS: usize = 8;

/// How long to wait before answering again when the system has no handle left for a call.
const BREATH: Duration = Duration::from_millis(200);

/// How long laptops on one network wait for each other; the longest is a slow disk that takes in a file.
pub const NEARBY_PATIENCE: Patience =
    Patience { connect: Duration::from_secs(10), quiet: Duration::from_secs(30), slowest: 8_000 };

type Result<T, E = NearbyError> = std::result::Result<T, E>;

/// Listens, announces itself and calls others, until it is turned off or dropped: what is under way is broken off then,
/// and what was taken stays.
pub struct Neighbourhood {
    here: Arc<Inner>,
    /// What runs beside: listening, looking, comparing.
    tasks: Mutex<JoinSet<()>>,
    announcement: Mutex<Option<Announcement>>,
    turned_off: watch::Sender<bool>,
}

struct Inner {
    here: Here,
    tls: DeviceTls,
    alias: Alias,
    address: SocketAddr,
    findings: Findings,
    /// Whoever compares a code sits here; there is one seat.
    seat: Arc<Semaphore>,
    comparison: Mutex<Option<Comparison>>,
    /// How the last comparison ended, if nobody waited for its end.
    trouble: Mutex<Option<NearbyError>>,
}

/// A code that is being compared.
struct Comparison {
    device: DeviceKey,
    code: PairingCode,
    /// Until the officer has said whether it is the same.
    waiting: Option<(oneshot::Sender<bool>, oneshot::Receiver<Result<()>>)>,
}

/// What the officers are asked to compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comparing {
    /// The other device.
    pub device: DeviceKey,
    /// What both screens show.
    pub code: PairingCode,
    /// Whether the officer here has said that it is the same.
    pub confirmed: bool,
}

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Called {
    /// The laptops are not paired yet: a code is on both screens.
    Compare(Comparing),
    /// They were, and have exchanged what they have.
    Exchanged(DeviceKey, PairedExchange),
}

impl Neighbourhood {
    /// Begins to listen at `at`, and at any free port if that one is taken; announces itself if the network can carry it.
    ///
    /// # Errors
    /// [`NearbyError::NotEnrolled`], [`NearbyError::CannotListen`].
    pub async fn open(
        store: Arc<Mutex<Store>>,
        surroundings: SharedSurroundings,
        patience: Patience,
        at: SocketAddr,
    ) -> Result<Self> {
        let store = SharedStore::new(store);
        let (device, key, enrolled) = store
            .run(|store| {
                let enrolled = store.enrolment()?.is_some();
                Ok::<_, NearbyError>((store.device_key(), store.device_signing_key().clone(), enrolled))
            })
            .await?;
        if !enrolled {
            return Err(NearbyError::NotEnrolled);
        }
        let listener = match TcpListener::bind(at).await {
            Ok(listener) => listener,
            Err(_) => TcpListener::bind((at.ip(), 0)).await.map_err(NearbyError::CannotListen)?,
        };
        let address = listener.local_addr().map_err(NearbyError::CannotListen)?;
        let tls = DeviceTls::new(&key).map_err(|error| NearbyError::NotALaptop(error.into()))?;
        let alias = Alias::draw(&mut Randomness(&*surroundings));
        let here = Arc::new(Inner {
            here: Here { device, store, surroundings, patience, port: address.port() },
            tls,
            alias,
            address,
            findings: Findings::default(),
            seat: Arc::new(Semaphore::new(1)),
            comparison: Mutex::default(),
            trouble: Mutex::default(),
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(here.clone().listen(listener));
        let announcement = match Announcement::begin(&here.alias, device, address) {
            Ok((announcement, events)) => {
                tasks.spawn(here.findings.clone().follow(events, here.alias.clone()));
                Some(announcement)
            }
            Err(error) => {
                info!(%error, "nobody is told of this laptop: its address has to be typed in");
                None
            }
        };
        info!("listening for laptops nearby");
        let (tasks, announcement) = (Mutex::new(tasks), Mutex::new(announcement));
        Ok(Neighbourhood { here, tasks, announcement, turned_off: watch::Sender::new(false) })
    }

    /// Listens no longer, for whoever still holds this.
    pub fn turn_off(&self) {
        self.turned_off.send_replace(true);
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).abort_all();
        *self.announcement.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// What this laptop is called while it listens.
    pub fn alias(&self) -> &Alias {
        &self.here.alias
    }

    /// Where others reach it.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        let Inner { address, .. } = &*self.here;
        if !address.ip().is_unspecified() {
            return vec![*address];
        }
        own_addresses().into_iter().map(|own| SocketAddr::new(own.into(), address.port())).collect()
    }

    /// Whether it announces itself; where it cannot, addresses are typed in.
    pub fn is_announced(&self) -> bool {
        self.announcement.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// The laptops that announce themselves, by name.
    pub fn found(&self) -> Vec<Found> {
        self.here.findings.all()
    }

    /// What the officer is asked to compare.
    pub fn comparing(&self) -> Option<Comparing> {
        self.here.comparison().as_ref().map(Comparison::asked)
    }

    /// How the last comparison ended badly before the officer here had said anything; told once.
    pub fn take_trouble(&self) -> Option<NearbyError> {
        self.here.trouble.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Calls a laptop by its address, as it is announced or typed in. With a paired one everything is exchanged; with
    /// another a code is shown, and [`confirm`](Self::confirm) is to follow. `meant` is the device that should be there.
    ///
    /// # Errors
    /// [`NearbyError::NotLocal`] before anything leaves for another network.
    pub async fn call(&self, address: SocketAddr, meant: Option<DeviceKey>) -> Result<Called> {
        if !is_local(address.ip()) {
            return Err(NearbyError::NotLocal);
        }
        let called = async {
            match self.exchange(address, meant).await {
                // The officer there forgot this laptop: they compare anew.
                Err(NearbyError::RefusedThere(NearbyRefusal::NotPaired)) => self.pair(address, meant).await,
                outcome => outcome,
            }
        };
        let mut turned_off = self.turned_off.subscribe();
        tokio::select! {
            outcome = called => outcome,
            _ = turned_off.wait_for(|off| *off) => Err(NearbyError::TurnedOff),
        }
    }

    /// Calls a paired laptop by its device: where it announces itself, or where it last was.
    pub async fn call_device(&self, device: DeviceKey) -> Result<Called> {
        let announced = self.found().into_iter().find(|found| found.is(device)).map(|found| found.address);
        let address = match announced {
            Some(address) => address,
            None => {
                let paired = self.here.here.store.run(|store| store.paired_devices()).await?;
                let known = paired.into_iter().find(|paired| paired.device == device);
                known.and_then(|known| known.address).ok_or(NearbyError::Gone)?
            }
        };
        self.call(address, Some(device)).await
    }

    /// The officer says whether the other screen shows the same code. Returns once the other officer has said it too.
    pub async fn confirm(&self, same: bool) -> Result<()> {
        let waiting = self.here.comparison().as_mut().and_then(|comparison| comparison.waiting.take());
        let (verdict, outcome) = waiting.ok_or(NearbyError::NothingToConfirm)?;
        // Whoever waits for the verdict may have ended meanwhile; then the outcome says why.
        let _ = verdict.send(same);
        match outcome.await {
            Ok(Err(NearbyError::RefusedHere(NearbyRefusal::Declined))) if !same => Ok(()),
            Ok(outcome) => outcome,
            Err(_) => Err(NearbyError::TurnedOff),
        }
    }

    async fn exchange(&self, address: SocketAddr, meant: Option<DeviceKey>) -> Result<Called> {
        let mut call = self.here.connect(address, meant).await?;
        let device = call.device;
        let paired = self.here.here.store.run(move |store| store.is_paired_with(device)).await?;
        if !paired {
            return self.compare_on(call).await;
        }
        let outcome = async {
            call.open(&self.here.here, Purpose::Exchange).await?;
            call.exchange(&self.here.here).await
        };
        let outcome = outcome.await;
        call.end(outcome).await.map(|exchange| Called::Exchanged(device, exchange))
    }

    async fn pair(&self, address: SocketAddr, meant: Option<DeviceKey>) -> Result<Called> {
        let call = self.here.connect(address, meant).await?;
        self.compare_on(call).await
    }

    async fn compare_on(&self, mut call: Call) -> Result<Called> {
        let begun = async {
            let seat = self.here.sit_down()?;
            call.open(&self.here.here, Purpose::Pair).await?;
            let code = call.code(self.here.here.device, self.here.here.nonce()).await?;
            Ok((seat, code))
        };
        match begun.await {
            Err(error) => call.end(Err(error)).await,
            Ok((seat, code)) => {
                let asked = Comparing { device: call.device, code, confirmed: false };
                // On the screen before anybody is told that it is.
                let (verdict, tell) = self.here.ask(asked);
                let here = self.here.clone();
                let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
                while tasks.try_join_next().is_some() {}
                tasks.spawn(async move { here.compare(call, seat, verdict, tell).await });
                Ok(Called::Compare(asked))
            }
        }
    }
}

impl Drop for Neighbourhood {
    fn drop(&mut self) {
        self.turn_off();
    }
}

impl Comparison {
    fn asked(&self) -> Comparing {
        Comparing { device: self.device, code: self.code, confirmed: self.waiting.is_none() }
    }
}

impl Inner {
    fn comparison(&self) -> MutexGuard<'_, Option<Comparison>> {
        self.comparison.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers whoever calls from a network at hand.
    async fn listen(self: Arc<Self>, listener: TcpListener) {
        let lines = Arc::new(Semaphore::new(MOST_CALLS));
        let mut calls = JoinSet::new();
        loop {
            while calls.try_join_next().is_some() {}
            let (stream, from) = match listener.accept().await {
                Ok(accepted) => accepted,
                Err(error) => {
                    debug!(%error, "a call was not answered");
                    tokio::time::sleep(BREATH).await;
                    continue;
                }
            };
            let Ok(line) = lines.clone().try_acquire_owned() else { continue };
            if is_local(from.ip()) {
                let here = self.clone();
                calls.spawn(async move {
                    if let Err(error) = here.answer(stream, from).await {
                        debug!(%error, "a call came to nothing");
                    }
                    drop(line);
                });
            }
        }
    }

    async fn answer(&self, stream: TcpStream, from: SocketAddr) -> Result<()> {
        stream.set_nodelay(true).map_err(NearbyError::Cut)?;
        let patience = self.here.patience;
        let secured = timeout(patience.connect, self.tls.answer(stream)).await.map_err(|_| NearbyError::Silence)??;
        let mut call = Call::new(secured, from, false, patience);
        match call.answer(&self.here).await {
            Err(error) => call.end(Err(error)).await,
            Ok(Purpose::Exchange) => {
                let outcome = call.exchange(&self.here).await;
                call.end(outcome).await.map(drop)
            }
            Ok(Purpose::Pair) => {
                let begun = async {
                    let seat = self.sit_down()?;
                    let code = call.code(self.here.device, self.here.nonce()).await?;
                    Ok((seat, code))
                };
                match begun.await {
                    Err(error) => call.end(Err(error)).await,
                    Ok((seat, code)) => {
                        let (verdict, tell) = self.ask(Comparing { device: call.device, code, confirmed: false });
                        self.compare(call, seat, verdict, tell).await;
                        Ok(())
                    }
                }
            }
        }
    }

    async fn connect(&self, address: SocketAddr, meant: Option<DeviceKey>) -> Result<Call> {
        let patience = self.here.patience;
        let connecting = async {
            let stream = TcpStream::connect(address).await.map_err(NearbyError::NoRoute)?;
            stream.set_nodelay(true).map_err(NearbyError::Cut)?;
            self.tls.call(stream).await
        };
        let secured = timeout(patience.connect, connecting).await.map_err(|_| NearbyError::Silence)??;
        if meant.is_some_and(|meant| meant != secured.device) {
            return Err(NearbyError::AnotherDevice);
        }
        Ok(Call::new(secured, address, true, patience))
    }

    fn sit_down(&self) -> Result<OwnedSemaphorePermit> {
        let seat = self.seat.clone().try_acquire_owned();
        seat.map_err(|_| NearbyError::RefusedHere(NearbyRefusal::Busy))
    }

    /// Shows a code to the officer.
    fn ask(&self, asked: Comparing) -> (oneshot::Receiver<bool>, oneshot::Sender<Result<()>>) {
        let (verdict, decided) = oneshot::channel();
        let (tell, outcome) = oneshot::channel();
        let Comparing { device, code, confirmed: _ } = asked;
        *self.comparison() = Some(Comparison { device, code, waiting: Some((verdict, outcome)) });
        (decided, tell)
    }

    /// Waits for both officers, and clears the screen.
    async fn compare(
        &self,
        mut call: Call,
        seat: OwnedSemaphorePermit,
        verdict: oneshot::Receiver<bool>,
        tell: oneshot::Sender<Result<()>>,
    ) {
        let outcome = call.compare(&self.here, verdict).await;
        let outcome = call.end(outcome).await;
        let asked = self.comparison().take();
        drop(seat);
        let waited_for = asked.is_some_and(|comparison| comparison.waiting.is_none());
        if waited_for {
            // Who waited may have left; then nobody needs to know.
            let _ = tell.send(outcome);
        } else if let Err(error) = outcome {
            *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        }
    }
}

/// Where a laptop listens unless told otherwise: on every network, at the usual port.
pub fn everywhere() -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), NEARBY_PORT)
}

/// An address as an officer types it in: with a port, or at the usual one.
pub fn typed_address(text: &str) -> Option<SocketAddr> {
    let text = text.trim();
    let at_usual_port = |ip: IpAddr| SocketAddr::new(ip, NEARBY_PORT);
    text.parse()
        .ok()
        .or_else(|| text.parse().ok().map(at_usual_port))
        .filter(|address: &SocketAddr| address.port() != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_they_are_typed() {
        let usual = NEARBY_PORT;
        for (text, address) in [
            (" 192.168.1.20 ", Some(format!("192.168.1.20:{usual}"))),
            ("192.168.1.20:9000", Some("192.168.1.20:9000".to_owned())),
            ("fe80::1", Some(format!("[fe80::1]:{usual}"))),
            ("192.168.1.20:0", None),
            ("laptop-budi", None),
            ("", None),
        ] {
            assert_eq!(typed_address(text).map(|address| address.to_string()), address, "{text}");
        }
    }
}
