//! A call between two laptops: who is there, is the registry the same, then a code is compared or everything exchanged.
//!
//! What travels are files as couriers carry them ([`courier`](crate::courier)): packed, sealed, judged and taken by the
//! same code and rules. The call adds that each side says what it has before the other packs.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use arumbae_courier::{PartSize, Refusal};
use arumbae_mergelog::DeviceKey;
use arumbae_protocol::nearby::NEARBY_PROTOCOL;
use arumbae_protocol::{NearbyMessage, NearbyRefusal, Opening, Purpose, Sender};
use arumbae_store::{PairedExchange, Store};
use tokio::sync::oneshot;
use tokio::time::timeout;
use tracing::info;

use super::code::{Nonce, Pair, PairingCode};
use super::device_tls::Secured;
use super::error::NearbyError;
use super::line::{Ear, Mouth, hang_up, line, senseless};
use crate::courier::{self, CourierError, Known, Packing, Taken};
use crate::https::Patience;
use crate::shared_store::SharedStore;
use crate::surroundings::{Randomness, SharedSurroundings};

/// How much of an exchange a cut costs at most, in bytes.
const PART: usize = 1 << 20;

/// How long two officers may take to compare six digits.
const COMPARING: Duration = Duration::from_secs(3 * 60);

type Result<T, E = NearbyError> = std::result::Result<T, E>;

/// What this laptop brings into a call.
#[derive(Clone)]
pub(super) struct Here {
    pub device: DeviceKey,
    pub store: SharedStore,
    pub surroundings: SharedSurroundings,
    pub patience: Patience,
    /// Where it listens.
    pub port: u16,
}

impl Here {
    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Store, &SharedSurroundings) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let surroundings = self.surroundings.clone();
        self.store.run(move |store| work(store, &surroundings)).await
    }

    /// This laptop's share of a code.
    pub fn nonce(&self) -> Nonce {
        let mut nonce = Nonce::default();
        self.surroundings.fill_random(&mut nonce);
        nonce
    }

    /// What a file made now is stamped with.
    fn stamp(&self) -> ([u8; 16], u64) {
        let mut id = [0; 16];
        self.surroundings.fill_random(&mut id);
        (id, self.surroundings.now_ms())
    }
}

/// A connection with a device that proved its key.
pub(super) struct Call {
    pub device: DeviceKey,
    /// Where the other laptop listens; its port is known once it opened.
    pub address: SocketAddr,
    calling: bool,
    session: [u8; 32],
    ear: Ear,
    mouth: Mouth,
}

impl Call {
    pub fn new(secured: Secured, address: SocketAddr, calling: bool, patience: Patience) -> Self {
        let Secured { stream, device, session } = secured;
        let (ear, mouth) = line(stream, patience.quiet);
        Call { device, address, calling, session, ear, mouth }
    }

    /// Ends the call, telling the other side why if it is the reason.
    pub async fn end<T>(self, outcome: Result<T>) -> Result<T> {
        // A line that is lost is not said goodbye to.
        if !matches!(outcome, Err(NearbyError::Cut(_) | NearbyError::Silence)) {
            hang_up(self.ear, self.mouth, outcome.as_ref().err().and_then(NearbyError::to_tell)).await;
        }
        outcome
    }

    /// Says what this laptop calls for.
    pub async fn open(&mut self, here: &Here, purpose: Purpose) -> Result<()> {
        let ours = self.opening(here, purpose).await?;
        self.say(NearbyMessage::Opening(ours.clone())).await?;
        let NearbyMessage::Opening(theirs) = self.ear.word().await? else { return Err(senseless()) };
        judge_opening(&ours, &theirs)?;
        self.come_together(here, ours.registry_seq, theirs.registry_seq).await
    }

    /// Hears what the other laptop calls for. Nothing is exchanged with one that is not paired.
    pub async fn answer(&mut self, here: &Here) -> Result<Purpose> {
        let NearbyMessage::Opening(theirs) = self.ear.word().await? else { return Err(senseless()) };
        let purpose = theirs.purpose;
        let ours = self.opening(here, purpose).await?;
        judge_opening(&ours, &theirs)?;
        self.address.set_port(theirs.port);
        let device = self.device;
        let paired = here.with(move |store, _| Ok(store.is_paired_with(device)?)).await?;
        if purpose == Purpose::Exchange && !paired {
            return Err(NearbyError::RefusedHere(NearbyRefusal::NotPaired));
        }
        self.say(NearbyMessage::Opening(ours.clone())).await?;
        self.come_together(here, ours.registry_seq, theirs.registry_seq).await?;
        Ok(purpose)
    }

    async fn opening(&self, here: &Here, purpose: Purpose) -> Result<Opening> {
        let port = here.port;
        here.with(move |store, _| {
            let founding = store.registry_entries()?.first().map(|entry| entry.hash());
            let province = founding.ok_or(NearbyError::NotEnrolled)?;
            let registry_seq = store.registry().seq();
            Ok(Opening { protocol: NEARBY_PROTOCOL, province, registry_seq, port, purpose })
        })
        .await
    }

    /// Whoever holds more of the registry judges the other first and then gives it, so that both judge by the same.
    async fn come_together(&mut self, here: &Here, ours: u64, theirs: u64) -> Result<()> {
        let device = self.device;
        if ours < theirs {
            self.take_file(here).await?;
        }
        here.with(move |store, _| judge(store, device)).await?;
        if ours > theirs {
            let stamp = here.stamp();
            let packing = here.with(move |store, _| Ok(courier::pack_registry(store, device, theirs, stamp)?)).await?;
            self.give(here, packing).await?;
        }
        self.say(NearbyMessage::Welcome).await?;
        let NearbyMessage::Welcome = self.ear.word().await? else { return Err(senseless()) };
        Ok(())
    }

    /// Makes the code that both screens show, from this device's key and a nonce that nobody has seen.
    pub async fn code(&mut self, own: DeviceKey, nonce: Nonce) -> Result<PairingCode> {
        let (caller, called) = if self.calling { (own, self.device) } else { (self.device, own) };
        let pair = Pair { caller, called, session: self.session };
        if self.calling {
            let NearbyMessage::Commitment(promised) = self.ear.word().await? else { return Err(senseless()) };
            self.say(NearbyMessage::Nonce(nonce)).await?;
            let NearbyMessage::Nonce(theirs) = self.ear.word().await? else { return Err(senseless()) };
            if pair.commitment(&theirs) != promised {
                return Err(senseless());
            }
            Ok(pair.code(&nonce, &theirs))
        } else {
            self.say(NearbyMessage::Commitment(pair.commitment(&nonce))).await?;
            let NearbyMessage::Nonce(theirs) = self.ear.word().await? else { return Err(senseless()) };
            self.say(NearbyMessage::Nonce(nonce)).await?;
            Ok(pair.code(&theirs, &nonce))
        }
    }

    /// Waits until both officers have said that the codes agree, and remembers it.
    pub async fn compare(&mut self, here: &Here, verdict: oneshot::Receiver<bool>) -> Result<()> {
        self.ear.quiet = COMPARING;
        timeout(COMPARING, self.hear_both(verdict)).await.map_err(|_| NearbyError::Silence)??;
        self.ear.quiet = here.patience.quiet;
        let (device, address) = (self.device, self.address);
        here.with(move |store, surroundings| Ok(store.pair_with(device, address, surroundings.now_ms())?)).await?;
        info!("paired with a laptop nearby");
        Ok(())
    }

    async fn hear_both(&mut self, mut verdict: oneshot::Receiver<bool>) -> Result<()> {
        let heard = self.ear.word();
        tokio::pin!(heard);
        let (mut here, mut there) = (false, false);
        while !(here && there) {
            tokio::select! {
                agreed = &mut verdict, if !here => match agreed {
                    Ok(true) => {
                        self.mouth.say(&NearbyMessage::Confirmed).await?;
                        here = true;
                    }
                    _ => return Err(NearbyError::RefusedHere(NearbyRefusal::Declined)),
                },
                message = &mut heard, if !there => {
                    let NearbyMessage::Confirmed = message? else { return Err(senseless()) };
                    there = true;
                }
            }
        }
        Ok(())
    }

    /// Exchanges everything that either lacks and may read.
    pub async fn exchange(&mut self, here: &Here) -> Result<PairedExchange> {
        let mut exchange = PairedExchange::default();
        // The first round brings the records, and the second the attachments that those name.
        for _ in 0..2 {
            self.exchange_round(here, &mut exchange).await?;
        }
        exchange.at_ms = here.surroundings.now_ms();
        let (device, address) = (self.device, self.address);
        here.with(move |store, _| Ok(store.note_paired_exchange(device, address, &exchange)?)).await?;
        info!(received = exchange.received_saves, given = exchange.given_saves, "exchanged with a laptop nearby");
        Ok(exchange)
    }

    async fn exchange_round(&mut self, here: &Here, exchange: &mut PairedExchange) -> Result<()> {
        let known = if self.calling {
            self.give_standing(here).await?;
            self.take_standing(here).await?
        } else {
            let known = self.take_standing(here).await?;
            self.give_standing(here).await?;
            known
        };
        let (device, stamp) = (self.device, here.stamp());
        // Before anything comes: what comes now need not go back.
        let packing = here
            .with(move |store, _| Ok(courier::pack_for_colleague(store, device, &known, PartSize::bytes(PART), stamp)?))
            .await?;
        let given = packing.tally();
        let taken = if self.calling {
            self.give(here, packing).await?;
            self.take_all(here).await?
        } else {
            let taken = self.take_all(here).await?;
            self.give(here, packing).await?;
            taken
        };
        exchange.given_saves += given.own_saves;
        exchange.given_segments += given.others_segments;
        exchange.received_saves += taken.received_saves;
        exchange.attachments += taken.attachments;
        exchange.conflicts += taken.conflicts_new;
        Ok(())
    }

    async fn give_standing(&mut self, here: &Here) -> Result<()> {
        let (device, stamp) = (self.device, here.stamp());
        let packing = here
            .with(move |store, _| {
                let clock = store.clock_quality()?;
                store.seal_pending(clock)?;
                Ok(courier::pack_standing(store, device, stamp)?)
            })
            .await?;
        self.give(here, packing).await
    }

    async fn take_standing(&mut self, here: &Here) -> Result<Known> {
        let (known, _) = self.take_file(here).await?;
        Ok(known)
    }

    /// Gives every file of a shipment; each is durable there before the next.
    async fn give(&mut self, here: &Here, packing: Packing) -> Result<()> {
        let packing = Arc::new(packing);
        for waybill in packing.waybills() {
            let packing = packing.clone();
            let sealed = here
                .with(move |store, surroundings| {
                    Ok(packing.seal_part(store, &waybill, &mut Randomness(&**surroundings))?)
                })
                .await?;
            self.say(NearbyMessage::File(sealed)).await?;
            let NearbyMessage::Taken = self.ear.word().await? else { return Err(senseless()) };
        }
        self.say(NearbyMessage::Done).await
    }

    /// Takes every file until there are no more; sums up what they brought.
    async fn take_all(&mut self, here: &Here) -> Result<Taken> {
        let mut all = Taken::default();
        loop {
            let taken = match self.ear.file().await? {
                NearbyMessage::File(sealed) => self.take(here, sealed).await?.1,
                NearbyMessage::Done => return Ok(all),
                _ => return Err(senseless()),
            };
            all.received_saves += taken.received_saves;
            all.attachments += taken.attachments;
            all.conflicts_new += taken.conflicts_new;
            all.sent_saves += taken.sent_saves;
            self.say(NearbyMessage::Taken).await?;
        }
    }

    /// Takes a shipment of one file.
    async fn take_file(&mut self, here: &Here) -> Result<(Known, Taken)> {
        let NearbyMessage::File(sealed) = self.ear.file().await? else { return Err(senseless()) };
        let taken = self.take(here, sealed).await?;
        self.say(NearbyMessage::Taken).await?;
        let NearbyMessage::Done = self.ear.word().await? else { return Err(senseless()) };
        Ok(taken)
    }

    async fn take(&self, here: &Here, sealed: Vec<u8>) -> Result<(Known, Taken)> {
        let device = self.device;
        here.with(move |store, surroundings| {
            let unread = courier::look(store, &sealed)?;
            if unread.waybill.from != Sender::Device(device) {
                return Err(CourierError::Refused(Refusal::Forged).into());
            }
            let known = unread.known();
            let now_ms = surroundings.now_ms();
            Ok((known, unread.take(store, now_ms, &mut Randomness(&**surroundings))?))
        })
        .await
    }

    async fn say(&mut self, message: NearbyMessage) -> Result<()> {
        self.mouth.say(&message).await
    }
}

fn judge_opening(ours: &Opening, theirs: &Opening) -> Result<()> {
    let refusal = if theirs.protocol > ours.protocol {
        NearbyRefusal::NewerProtocol
    } else if theirs.province != ours.province {
        NearbyRefusal::OtherProvince
    } else if theirs.purpose != ours.purpose {
        NearbyRefusal::Senseless
    } else {
        return Ok(());
    };
    Err(NearbyError::RefusedHere(refusal))
}

/// The registry says whom to listen to, as with every file.
fn judge(store: &Store, device: DeviceKey) -> Result<()> {
    match store.registry().device(device) {
        None => Err(NearbyError::RefusedHere(NearbyRefusal::UnknownDevice)),
        Some(known) if known.revocation.is_some() => Err(NearbyError::RefusedHere(NearbyRefusal::Revoked)),
        Some(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::SigningKey;
    use tokio::net::{TcpListener, TcpStream};

    use super::super::device_tls::DeviceTls;
    use super::*;

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_bytes(&[seed; 32])
    }

    fn device(seed: u8) -> DeviceKey {
        DeviceKey(key(seed).verifying_key().to_bytes())
    }

    /// Both ends of a call from device 1 to device 2.
    async fn ends() -> (Call, Call) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let at = listener.local_addr().expect("bound");
        let (caller, called) = (DeviceTls::new(&key(1)).expect("usable"), DeviceTls::new(&key(2)).expect("usable"));
        let call = async { caller.call(TcpStream::connect(at).await.expect("connected")).await.expect("secured") };
        let answer = async { called.answer(listener.accept().await.expect("called").0).await.expect("secured") };
        let (here, there) = tokio::join!(call, answer);
        let patience = Patience::default();
        (Call::new(here, at, true, patience), Call::new(there, at, false, patience))
    }

    #[tokio::test]
    async fn both_ends_know_each_others_keys_and_make_one_code() {
        let (mut caller, mut called) = ends().await;
        assert_eq!((caller.device, called.device), (device(2), device(1)));
        let (here, there) = tokio::join!(caller.code(device(1), [3; 32]), called.code(device(2), [4; 32]));
        assert_eq!(here.expect("a code"), there.expect("a code"));
        let (mut again, mut answering) = ends().await;
        let (other, _) = tokio::join!(again.code(device(1), [3; 32]), answering.code(device(2), [4; 32]));
        assert_ne!(other.expect("a code"), caller.session_code([3; 32], [4; 32]), "each session has its own");
    }

    #[tokio::test]
    async fn a_nonce_that_was_not_promised_makes_no_code() {
        let (mut caller, mut called) = ends().await;
        let chosen_late = async {
            called.say(NearbyMessage::Commitment([9; 32])).await?;
            called.ear.word().await?;
            called.say(NearbyMessage::Nonce([4; 32])).await
        };
        let (code, said) = tokio::join!(caller.code(device(1), [3; 32]), chosen_late);
        said.expect("it was heard");
        assert!(matches!(code, Err(NearbyError::RefusedHere(NearbyRefusal::Senseless))), "{code:?}");
    }

    impl Call {
        fn session_code(&self, caller: Nonce, called: Nonce) -> PairingCode {
            Pair { caller: device(1), called: device(2), session: self.session }.code(&caller, &called)
        }
    }
}
