//! A laptop: its folder, its store, the engine that synchronizes it, and its owner.

use std::fs;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use arumbae_mergelog::DeviceKey;
use arumbae_protocol::{Invitation, PersonClaim};
use arumbae_signing::key::SoftwareKey;
use arumbae_signing::request::certificate_request;
use arumbae_signing::subject::Subject;
use arumbae_store::{KeyStretching, NewStore, Profile, Store};
use arumbae_sync::error::Result as SyncResult;
use arumbae_sync::{Enrolled, Surroundings, SyncEngine, SyncReport, Transport, enrol_over};
use tokio::runtime::Runtime;
use uuid::Uuid;

use crate::dice::Dice;
use crate::link::Link;
use crate::office::Post;
use crate::officer::OpenForm;
use crate::simulation::Breach;
use crate::world::{Desk, WorldClock};

/// Opens the store of every laptop.
pub const PASSPHRASE: &str = "pala-cengkih-dan-sagu-tumbu";

/// Where a store keeps its backups.
const BACKUPS: &str = "backups";

/// What a laptop is busy with while the rest of the fleet goes on.
enum Errand {
    Sync(Pin<Box<dyn Future<Output = SyncResult<SyncReport>> + Send>>),
    Enrol(Pin<Box<dyn Future<Output = SyncResult<Enrolled>> + Send>>),
}

/// What an errand ended with.
pub enum Finished {
    /// A sync.
    Sync(SyncResult<SyncReport>),
    /// An enrolment, not yet written down.
    Enrolled(SyncResult<Enrolled>),
}

/// A copy of a laptop's disk, and how much of the ledger was on it.
#[derive(Clone)]
pub struct Copy {
    /// Where it lies.
    pub folder: PathBuf,
    /// The length of the ledger when it was made.
    pub place: usize,
}

/// A laptop.
pub struct Laptop {
    /// Its number in the fleet.
    pub number: usize,
    /// What its owner is.
    pub post: Post,
    /// Its clock and chance.
    pub desk: Arc<Desk>,
    /// Its way to the server.
    pub link: Arc<Link>,
    /// Whether its enrolment was written down.
    pub enrolled: bool,
    /// Whether its device was revoked.
    pub revoked: bool,
    /// Counts the requests, so that an answer to one that was given up is known.
    pub crossing: u64,
    /// The form its owner has open.
    pub form: Option<OpenForm>,
    /// Backups made with the program.
    pub backup: Option<Copy>,
    /// Images made of the disk.
    pub image: Option<Copy>,
    person: Profile,
    folder: PathBuf,
    store: Option<Arc<Mutex<Store>>>,
    errand: Option<Errand>,
    engine: Option<Arc<tokio::sync::Mutex<SyncEngine>>>,
}

impl Laptop {
    /// A new laptop with a store that has never heard of a server.
    pub fn new(
        number: usize,
        post: Post,
        folder: PathBuf,
        clock: WorldClock,
        mut dice: Dice,
    ) -> Result<Laptop, Breach> {
        let region = post.region().cloned().ok_or_else(|| Breach::new("a post without a region"))?;
        let person = Profile {
            person_id: new_id(clock.now_ms(), &mut dice),
            name: format!("CONTOH Petugas {number}"),
            position: "Anggota Panwascam".to_owned(),
            district: region,
            staff_number: String::new(),
            address: String::new(),
        };
        let new = NewStore { owner: person.clone(), passphrase: PASSPHRASE, stretching: KeyStretching::LEAST };
        let store = Store::create(&folder, new, &mut dice).map_err(Breach::of("a store cannot be made"))?;
        let mut laptop = Laptop {
            number,
            post,
            desk: Arc::new(Desk::new(clock, dice)),
            link: Arc::new(Link::default()),
            enrolled: false,
            revoked: false,
            crossing: 0,
            form: None,
            backup: None,
            image: None,
            person,
            folder,
            store: None,
            errand: None,
            engine: None,
        };
        laptop.start(store);
        Ok(laptop)
    }

    /// The program on a copy of this laptop's disk, which goes on under the same name.
    pub fn twin(&self, number: usize, folder: PathBuf, clock: WorldClock, dice: Dice) -> Result<Laptop, Breach> {
        let mut twin = Laptop {
            number,
            post: self.post.clone(),
            desk: Arc::new(Desk::new(clock, dice)),
            link: Arc::new(Link::default()),
            enrolled: self.enrolled,
            revoked: self.revoked,
            crossing: 0,
            form: None,
            backup: None,
            image: None,
            person: self.person.clone(),
            folder,
            store: None,
            errand: None,
            engine: None,
        };
        twin.unlock()?;
        Ok(twin)
    }

    fn start(&mut self, store: Store) {
        let store = Arc::new(Mutex::new(store));
        let engine = SyncEngine::over(store.clone(), self.link.clone(), self.desk.clone());
        self.store = Some(store);
        self.engine = Some(Arc::new(tokio::sync::Mutex::new(engine)));
    }

    fn unlock(&mut self) -> Result<(), Breach> {
        let now_ms = self.desk.now_ms();
        let mut dice = self.chance();
        let store =
            Store::unlock(&self.folder, PASSPHRASE, now_ms, &mut dice).map_err(Breach::of("a store does not open"))?;
        self.start(store);
        Ok(())
    }

    /// A stream of the laptop's own chance.
    pub fn chance(&self) -> Dice {
        let mut seed = [0; 8];
        self.desk.fill_random(&mut seed);
        Dice::new(u64::from_le_bytes(seed), "laptop")
    }

    /// The store, between the pieces of work a sync does in it.
    pub fn store(&self) -> Result<MutexGuard<'_, Store>, Breach> {
        let store = self.store.as_ref().ok_or_else(|| Breach::new("the program does not run"))?;
        Ok(store.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The device's name in the log.
    pub fn device(&self) -> Result<DeviceKey, Breach> {
        Ok(self.store()?.device_key())
    }

    /// The owner's identifier.
    pub fn person(&self) -> Uuid {
        self.person.person_id
    }

    /// The owner, as they present themselves to the province.
    pub fn claim(&self) -> PersonClaim {
        let Profile { person_id, name, position, .. } = self.person.clone();
        PersonClaim { id: person_id, name, position }
    }

    /// Whether an errand is under way.
    pub fn is_busy(&self) -> bool {
        self.errand.is_some()
    }

    /// Begins a sync.
    pub fn begin_sync(&mut self) -> Result<(), Breach> {
        let engine = self.engine.clone().ok_or_else(|| Breach::new("the program does not run"))?;
        self.errand = Some(Errand::Sync(Box::pin(async move { engine.lock().await.synchronize().await })));
        Ok(())
    }

    /// Begins to redeem an invitation.
    pub fn begin_enrolment(&mut self, invitation: Invitation) -> Result<(), Breach> {
        let device = self.store()?.device_signing_key().clone();
        let subject = Subject {
            common_name: self.person.name.clone(),
            position: self.person.position.clone(),
            office: invitation.office.clone(),
        };
        let csr = certificate_request(&SoftwareKey::generate(&mut self.chance()), &subject)
            .map_err(Breach::of("no certificate request"))?;
        let transport = Transport::over(self.link.clone(), device.clone(), self.desk.clone());
        let claim = self.claim();
        self.errand =
            Some(Errand::Enrol(Box::pin(
                async move { enrol_over(&transport, &invitation, &device, claim, csr).await },
            )));
        Ok(())
    }

    /// Lets the errand go on until it needs the link or ends. Threads that wait for the disk are waited for, so that
    /// the same happens each time.
    pub fn go_on(&mut self, runtime: &Runtime) -> Option<Finished> {
        let errand = self.errand.as_mut()?;
        let link = &self.link;
        let finished = runtime.block_on(std::future::poll_fn(|context| {
            let polled = match errand {
                Errand::Sync(sync) => sync.as_mut().poll(context).map(Finished::Sync),
                Errand::Enrol(enrolment) => enrolment.as_mut().poll(context).map(Finished::Enrolled),
            };
            match polled {
                Poll::Ready(finished) => Poll::Ready(Some(finished)),
                Poll::Pending if link.is_leaving() => Poll::Ready(None),
                Poll::Pending => Poll::Pending,
            }
        }));
        if finished.is_some() {
            self.errand = None;
        }
        finished
    }

    /// Writes an enrolment down.
    pub fn remember(&mut self, enrolled: &Enrolled) -> Result<(), Breach> {
        let (now_ms, mut dice) = (self.desk.now_ms(), self.chance());
        enrolled.remember_in(&mut *self.store()?, now_ms, &mut dice).map_err(Breach::of("an enrolment is not kept"))?;
        self.enrolled = true;
        Ok(())
    }

    /// Ends the program at once, whatever it was doing, and opens it again.
    pub fn kill(&mut self) -> Result<(), Breach> {
        self.shut_down();
        self.unlock()
    }

    /// Takes the power away: the program comes up on the files as they lay at that moment, the unfinished write-ahead
    /// log with them.
    pub fn cut_power(&mut self, aside: &Path) -> Result<(), Breach> {
        copy_files(&self.folder, aside, &["store.db-shm", "store.lock"])?;
        self.shut_down();
        fs::remove_dir_all(&self.folder).map_err(Breach::of("a folder cannot be removed"))?;
        fs::rename(aside, &self.folder).map_err(Breach::of("a folder cannot be renamed"))?;
        self.unlock()
    }

    /// Puts a copy of the disk in place of the disk.
    pub fn put_back(&mut self, copy: &Path) -> Result<(), Breach> {
        self.shut_down();
        fs::remove_dir_all(&self.folder).map_err(Breach::of("a folder cannot be removed"))?;
        copy_files(copy, &self.folder, &[])?;
        self.unlock()
    }

    /// Makes a backup with the program and copies it to a disk outside.
    pub fn back_up(&mut self, to: &Path) -> Result<(), Breach> {
        let now_ms = self.desk.now_ms();
        self.store()?.back_up(now_ms).map_err(Breach::of("a backup fails"))?;
        copy_files(&self.folder, to, &["store.db", "store.db-wal", "store.db-shm", "store.lock"])?;
        copy_files(&self.folder.join(BACKUPS), &to.join(BACKUPS), &[])
    }

    /// Sets a new disk up from nothing but a backup.
    pub fn recover(&mut self, backup: &Path) -> Result<(), Breach> {
        self.shut_down();
        fs::remove_dir_all(&self.folder).map_err(Breach::of("a folder cannot be removed"))?;
        copy_files(backup, &self.folder, &[])?;
        copy_files(&backup.join(BACKUPS), &self.folder.join(BACKUPS), &[])?;
        let (now_ms, mut dice) = (self.desk.now_ms(), self.chance());
        let (store, _) = Store::recover(&self.folder, PASSPHRASE, None, now_ms, &mut dice)
            .map_err(Breach::of("a backup cannot be restored"))?;
        self.start(store);
        Ok(())
    }

    /// Copies the disk while the program does not run.
    pub fn copy_disk(&mut self, to: &Path) -> Result<(), Breach> {
        self.shut_down();
        copy_files(&self.folder, to, &[])?;
        self.unlock()
    }

    fn shut_down(&mut self) {
        self.errand = None;
        self.crossing += 1;
        self.link.forget();
        self.form = None;
        self.engine = None;
        self.store = None;
    }
}

/// A UUIDv7 (RFC 9562) of a moment.
pub fn new_id(now_ms: u64, dice: &mut Dice) -> Uuid {
    let mut random = [0; 10];
    rand_core::RngCore::fill_bytes(dice, &mut random);
    uuid::Builder::from_unix_timestamp_millis(now_ms, &random).into_uuid()
}

fn copy_files(from: &Path, to: &Path, left_out: &[&str]) -> Result<(), Breach> {
    let failed = || Breach::of("a disk cannot be copied");
    fs::create_dir_all(to).map_err(failed())?;
    for entry in fs::read_dir(from).map_err(failed())? {
        let entry = entry.map_err(failed())?;
        let name = entry.file_name();
        if !left_out.iter().any(|left_out| name == *left_out) && entry.path().is_file() {
            fs::copy(entry.path(), to.join(name)).map_err(failed())?;
        }
    }
    Ok(())
}
