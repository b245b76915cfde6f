//! A province for one test: its server, the link to it, and laptops. Every person in it is invented.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use arumbae_domain::change::changes_between;
use arumbae_domain::schema::{Record, RecordId};
use arumbae_domain::{Finding, RecordStatus, Scope};
use arumbae_protocol::{Invitation, PersonClaim, Role, ShortCode};
use arumbae_server::{Clock, Config, Limits, NewInvitation, Office, RunningServer, Server, SnapshotPolicy, listener};
use arumbae_signing::key::SoftwareKey;
use arumbae_signing::request::certificate_request;
use arumbae_signing::subject::Subject;
use arumbae_store::{KeyStretching, NewStore, Profile, SaveContext, SaveOutcome, Store, SyncState, SyncSummary};
use arumbae_sync::surroundings::SharedSurroundings;
use arumbae_sync::{Enrolled, Patience, Surroundings, SyncEngine, SyncError, enrol};
use rand_core::{OsRng, RngCore};
use tempfile::TempDir;
use uuid::Uuid;

use arumbae_badlink::BadLink;

const PASSPHRASE: &str = "pala-cengkih-dan-sagu-tumbu";

/// Short enough for a test to see a silence end.
pub const PATIENCE: Patience =
    Patience { connect: Duration::from_secs(5), quiet: Duration::from_secs(3), slowest: 8_000 };

pub fn scope(code: &str) -> Scope {
    code.parse().expect("a scope")
}

/// A laptop's clock, which may be wrong, and the machine's randomness.
pub struct Desk {
    clock_error_ms: AtomicI64,
}

impl Surroundings for Desk {
    fn now_ms(&self) -> u64 {
        true_now_ms().saturating_add_signed(self.clock_error_ms.load(Ordering::Relaxed))
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        OsRng.fill_bytes(bytes);
    }
}

pub fn true_now_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis() as u64
}

/// A server in a temporary folder behind a bad link.
pub struct Province {
    server: Option<RunningServer>,
    pub link: BadLink,
    data: TempDir,
    snapshots: SnapshotPolicy,
}

impl Province {
    pub async fn found() -> Province {
        Province::found_with(SnapshotPolicy::default()).await
    }

    /// A province that adds up after every few segments.
    pub async fn adding_up_often() -> Province {
        Province::found_with(SnapshotPolicy { segments: 8, fraction: u64::MAX }).await
    }

    async fn found_with(snapshots: SnapshotPolicy) -> Province {
        let data = tempfile::tempdir().expect("a temporary folder");
        let server = start(data.path().to_owned(), snapshots).await;
        let link = BadLink::in_front_of(server.address()).await.expect("a free port on loopback");
        Province { server: Some(server), link, data, snapshots }
    }

    pub fn server(&self) -> &RunningServer {
        self.server.as_ref().expect("the server runs")
    }

    pub fn data_dir(&self) -> &Path {
        self.data.path()
    }

    pub async fn stop(&mut self) {
        self.server.take().expect("the server runs").stop().await.expect("a clean stop");
    }

    /// Starts it again on the same folder, at another port as after a move.
    pub async fn start_again(&mut self) {
        let server = start(self.data.path().to_owned(), self.snapshots).await;
        self.link.set_server(server.address());
        self.server = Some(server);
    }

    /// Stops the server, copies its disk and starts it again.
    pub async fn image(&mut self) -> TempDir {
        let image = tempfile::tempdir().expect("a temporary folder");
        self.stop().await;
        copy_files(self.data.path(), image.path());
        self.start_again().await;
        image
    }

    /// Puts an image in place of the server's disk.
    pub async fn put_back(&mut self, image: &TempDir) {
        self.stop().await;
        self.data = tempfile::tempdir().expect("a temporary folder");
        copy_files(image.path(), self.data.path());
        self.start_again().await;
    }

    /// An invitation that leads over the bad link.
    pub async fn invite(&self, role: Role, code: &str, days: u32) -> Invitation {
        let invitation = NewInvitation { role, scope: scope(code), days, person: None, server_url: Some(self.url()) };
        self.server().province().invite(invitation).await.expect("an invitation")
    }

    /// Everything that is stored of the log and the registry, byte for byte.
    pub fn stored_bytes(&self) -> Vec<Vec<u8>> {
        database_bytes(self.data.path(), "arumbae.db")
    }

    /// The same as a short code.
    pub async fn invite_with_code(&self, role: Role, code: &str) -> (Invitation, ShortCode) {
        let new = NewInvitation { role, scope: scope(code), days: 1, person: None, server_url: Some(self.url()) };
        self.server().province().invite_with_code(new).await.expect("an invitation")
    }

    pub fn url(&self) -> String {
        url_of(self.link.address())
    }

    /// A laptop enrolled as an officer of a district, or a supervisor of a regency.
    pub async fn laptop(&self, owner: &str, role: Role, code: &str) -> Laptop {
        let mut laptop = Laptop::new(owner, code);
        let invitation = self.invite(role, code, 7).await;
        laptop.enrol(&invitation).await.expect("the invitation is good");
        laptop
    }
}

pub fn url_of(address: SocketAddr) -> String {
    format!("https://127.0.0.1:{}", address.port())
}

async fn start(data_dir: PathBuf, snapshots: SnapshotPolicy) -> RunningServer {
    let listener = listener::bind("127.0.0.1:0".parse().expect("an address")).expect("a free port");
    let office = Office { region: "81".parse().expect("a province"), name: "Bawaslu Provinsi Contoh".to_owned() };
    let config = Config {
        data_dir,
        database: None,
        names: vec!["127.0.0.1".to_owned()],
        blobs: None,
        office,
        clock: Clock::system(),
        snapshots,
        limits: Limits::default(),
        metrics: None,
    };
    Server::start(config, listener, std::future::pending()).await.expect("the server starts")
}

/// A device with its store and the engine that synchronizes it.
pub struct Laptop {
    pub store: Arc<Mutex<Store>>,
    pub engine: SyncEngine,
    pub desk: Arc<Desk>,
    pub person: Profile,
    pub scope: Scope,
    dir: TempDir,
}

impl Laptop {
    /// A laptop that has never heard of a server.
    pub fn new(owner: &str, code: &str) -> Laptop {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let scope = scope(code);
        let person = Profile {
            person_id: Uuid::now_v7(),
            name: owner.to_owned(),
            position: "Anggota Panwascam".to_owned(),
            district: scope.region().clone(),
            staff_number: String::new(),
            address: String::new(),
        };
        let new = NewStore { owner: person.clone(), passphrase: PASSPHRASE, stretching: KeyStretching::LEAST };
        let store = Arc::new(Mutex::new(Store::create(dir.path(), new, &mut OsRng).expect("a new store")));
        let desk = Arc::new(Desk { clock_error_ms: AtomicI64::new(0) });
        let engine = SyncEngine::new(store.clone(), PATIENCE, desk.clone());
        Laptop { store, engine, desk, person, scope, dir }
    }

    /// Shuts the program down for good and leaves its disk.
    pub fn shut_down(self) -> TempDir {
        self.dir
    }

    /// Shuts the program down and starts it again.
    pub fn restart(self) -> Laptop {
        let Laptop { store, engine, desk, person, scope, dir } = self;
        drop(engine);
        drop(store);
        Laptop::open(desk, person, scope, dir)
    }

    /// Shuts the program down, copies its disk and starts it again.
    pub fn image(self) -> (Laptop, TempDir) {
        let image = tempfile::tempdir().expect("a temporary folder");
        let Laptop { store, engine, desk, person, scope, dir } = self;
        drop(engine);
        drop(store);
        copy_files(dir.path(), image.path());
        (Laptop::open(desk, person, scope, dir), image)
    }

    /// Puts an image in place of the disk, and starts the program on it.
    pub fn put_back(self, image: &TempDir) -> Laptop {
        let Laptop { desk, person, scope, .. } = self;
        let dir = tempfile::tempdir().expect("a temporary folder");
        copy_files(image.path(), dir.path());
        Laptop::open(desk, person, scope, dir)
    }

    fn open(desk: Arc<Desk>, person: Profile, scope: Scope, dir: TempDir) -> Laptop {
        let store = Store::unlock(dir.path(), PASSPHRASE, desk.now_ms(), &mut OsRng).expect("the store opens again");
        let store = Arc::new(Mutex::new(store));
        let engine = SyncEngine::new(store.clone(), PATIENCE, desk.clone());
        Laptop { store, engine, desk, person, scope, dir }
    }

    pub fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().expect("no test panics with the store")
    }

    pub fn surroundings(&self) -> SharedSurroundings {
        self.desk.clone()
    }

    pub fn set_clock(&self, now_ms: u64) {
        self.desk.clock_error_ms.store(now_ms as i64 - true_now_ms() as i64, Ordering::Relaxed);
    }

    pub fn claim(&self) -> PersonClaim {
        let Profile { person_id, name, position, .. } = self.person.clone();
        PersonClaim { id: person_id, name, position }
    }

    pub async fn redeem(&self, invitation: &Invitation) -> Result<Enrolled, SyncError> {
        let device = self.store().device_signing_key().clone();
        let subject = Subject {
            common_name: self.person.name.clone(),
            position: self.person.position.clone(),
            office: invitation.office.clone(),
        };
        let csr = certificate_request(&SoftwareKey::generate(&mut OsRng), &subject).expect("a certificate request");
        enrol(invitation, &device, self.claim(), csr, PATIENCE, self.surroundings()).await
    }

    pub async fn enrol(&mut self, invitation: &Invitation) -> Result<(), SyncError> {
        let enrolled = self.redeem(invitation).await?;
        enrolled.remember_in(&mut self.store(), self.desk.now_ms(), &mut OsRng)
    }

    /// Writes a finding as the form does.
    pub fn write(&self, finding: &Finding) -> SaveOutcome {
        let mut store = self.store();
        let base = store.document(finding.id()).expect("readable").map(|view| view.document);
        let changes = changes_between(base.as_ref(), &finding.to_document());
        let context = SaveContext { now_ms: self.desk.now_ms(), scope: self.scope.clone(), seen: None };
        store.save(&changes, &context).expect("the save is durable")
    }

    /// Changes what the event of a finding is called.
    pub fn rename(&self, finding: RecordId, event: &str) -> SaveOutcome {
        let edited = Finding { event: event.to_owned(), ..self.read(finding).expect("the finding is here") };
        self.write(&edited)
    }

    pub fn read(&self, finding: RecordId) -> Option<Finding> {
        self.store().document(finding).expect("readable").map(|view| Finding::from_document(&view.document))
    }

    pub fn sync_state(&self, finding: RecordId) -> SyncState {
        self.store().document(finding).expect("readable").expect("the finding is here").sync
    }

    pub fn summary(&self) -> SyncSummary {
        self.store().sync_summary().expect("readable")
    }

    /// Everything that is stored, byte for byte.
    pub fn stored_bytes(&self) -> Vec<Vec<u8>> {
        database_bytes(self.dir.path(), "store.db")
    }

    pub fn fingerprint(&self) -> [u8; 32] {
        self.store().state_fingerprint().expect("readable").0
    }
}

/// A database's file and its write-ahead log.
fn database_bytes(folder: &Path, name: &str) -> Vec<Vec<u8>> {
    let file = |name: String| std::fs::read(folder.join(name)).unwrap_or_default();
    vec![file(name.to_owned()), file(format!("{name}-wal"))]
}

fn copy_files(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("readable") {
        let entry = entry.expect("readable");
        let copy = to.join(entry.file_name());
        if entry.path().is_dir() {
            std::fs::create_dir_all(&copy).expect("made");
            copy_files(&entry.path(), &copy);
        } else {
            std::fs::copy(entry.path(), copy).expect("copied");
        }
    }
}

pub fn finding(event: &str) -> Finding {
    Finding {
        id: RecordId(Uuid::now_v7()),
        // As every new record is read, although nothing was written about it.
        status: Some(RecordStatus::Draft),
        number: "001/TM/PL/Kec-Contoh/II/2024".to_owned(),
        event: event.to_owned(),
        event_place: "Lapangan Desa Contoh".to_owned(),
        summary: "Pada hari itu Pengawas menemukan alat peraga di tempat yang dilarang.".into(),
        ..Default::default()
    }
}

/// As many findings as a day brings, none like another.
pub fn findings(count: usize) -> Vec<Finding> {
    let mut noise = 0x2545_f491_4f6c_dd1d_u64;
    let mut word = || {
        noise ^= noise << 13;
        noise ^= noise >> 7;
        noise ^= noise << 17;
        format!("{noise:016x}")
    };
    (1..=count)
        .map(|number| Finding {
            number: format!("{number:03}/TM/PL/Kec-Contoh/II/2024"),
            event_place: format!("Tempat {}", word()),
            // Text that does not compress, so that sizes on the wire are known.
            summary: (0..40).map(|_| word()).collect::<Vec<_>>().join(" ").as_str().into(),
            ..finding(&format!("Peristiwa {number}"))
        })
        .collect()
}
