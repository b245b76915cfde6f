//! The program's state: which laptop is open, and its store.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use arumbae_domain::calendar::IndonesianZone;
use arumbae_store::Store;
use arumbae_sync::Surroundings;
use jiff::Timestamp;
use rand_core::{OsRng, RngCore};

use crate::account::SampleLaptop;
use crate::clock::Clock;
use crate::courier::StickChoice;
use crate::error::{AppError, ErrorCode, ErrorNotice, Result};
use crate::messages::{Catalogue, Language};
use crate::nearby::Nearby;
use crate::safekeeping::BackupFailure;
use crate::sample::SampleProvince;
use crate::synchronization::Link;

/// The program behind the window, the terminal or the test.
pub struct App {
    folder: PathBuf,
    clock: Arc<dyn Clock>,
    pub(crate) province: Arc<dyn SampleProvince>,
    catalogue: RwLock<Arc<Catalogue>>,
    desk: Mutex<Desk>,
    pub(crate) link: Link,
    pub(crate) nearby: Nearby,
    pub(crate) stick: StickChoice,
    backup_failure: BackupFailure,
}

/// Which laptop the person sits at, and whether its store is open.
#[derive(Default)]
struct Desk {
    sample: Option<SampleLaptop>,
    store: Option<SharedStore>,
}

/// An open store; whoever holds the lock is the one writer.
pub(crate) type SharedStore = Arc<Mutex<Store>>;

impl App {
    /// A program that keeps its data in `folder` and has opened nothing yet.
    pub fn new(folder: PathBuf, clock: Arc<dyn Clock>, province: Arc<dyn SampleProvince>) -> Self {
        App {
            folder,
            clock,
            province,
            catalogue: RwLock::new(Arc::new(Catalogue::new(Language::default()))),
            desk: Mutex::default(),
            link: Link::default(),
            nearby: Nearby::default(),
            stick: StickChoice::default(),
            backup_failure: BackupFailure::default(),
        }
    }

    /// The present moment, UTC.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The present moment in milliseconds since 1970 UTC; a clock set before 1970 reads as 1970.
    pub(crate) fn now_ms(&self) -> u64 {
        millis(self.now())
    }

    /// Today's date in WIT, which every deadline is counted in.
    pub(crate) fn today(&self) -> jiff::civil::Date {
        IndonesianZone::Wit.civil(self.now()).date()
    }

    /// Messages are shown in `language` from now on.
    pub(crate) fn speak(&self, language: Language) {
        let mut catalogue = self.catalogue.write().unwrap_or_else(PoisonError::into_inner);
        *catalogue = Arc::new(Catalogue::new(language));
    }

    /// What to show for an error. The cause goes to the log under the reference shown.
    pub fn notice(&self, error: &AppError) -> ErrorNotice {
        let mut bytes = [0; 4];
        OsRng.fill_bytes(&mut bytes);
        let reference = format!("AR-{:08X}", u32::from_le_bytes(bytes));
        let mut causes = Vec::new();
        let mut cause = std::error::Error::source(error);
        while let Some(error) = cause {
            causes.push(error.to_string());
            cause = error.source();
        }
        tracing::warn!(code = error.code.name(), reference, ?causes, "a command failed");
        self.catalogue().notice(error, reference)
    }

    /// The messages in the language of the screen.
    pub(crate) fn catalogue(&self) -> Arc<Catalogue> {
        Arc::clone(&self.catalogue.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The clock and randomness the exchange with the server is given.
    pub(crate) fn surroundings(&self) -> Arc<dyn Surroundings> {
        Arc::new(HostSurroundings(Arc::clone(&self.clock)))
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The laptop of the sample province that is open.
    pub(crate) fn sample(&self) -> Option<SampleLaptop> {
        self.desk().sample
    }

    /// The folder of the officer's own data, or of a laptop of the sample province.
    pub(crate) fn store_folder(&self, sample: Option<SampleLaptop>) -> PathBuf {
        match sample {
            None => self.folder.join("kantor"),
            Some(SampleLaptop::Officer) => self.sample_folder().join("petugas"),
            Some(SampleLaptop::Supervisor) => self.sample_folder().join("pengawas"),
        }
    }

    /// The folder of everything in the sample province.
    pub(crate) fn sample_folder(&self) -> PathBuf {
        self.folder.join("contoh")
    }

    /// Sits down at a laptop with its store open; what was open before must have been closed.
    pub(crate) fn seat(&self, sample: Option<SampleLaptop>, store: Store) {
        *self.desk() = Desk { sample, store: Some(Arc::new(Mutex::new(store))) };
    }

    /// Closes the store, if one is open, and stays at `sample` or at the officer's own laptop. Returns once nobody
    /// works with the store any more, so that it can be opened again at once.
    pub(crate) async fn close(&self, sample: Option<SampleLaptop>) -> Result<()> {
        let closed = std::mem::replace(&mut *self.desk(), Desk { sample, store: None });
        self.link.reset();
        self.nearby.turn_off();
        let Some(mut store) = closed.store else { return Ok(()) };
        in_background(move || {
            while let Err(shared) = Arc::try_unwrap(store) {
                // Whoever holds the lock is in the middle of a command; it is finished, not broken off.
                drop(shared.lock());
                std::thread::yield_now();
                store = shared;
            }
            Ok(())
        })
        .await
    }

    /// Why the last backup could not be made, if it could not.
    pub(crate) fn backup_failure(&self) -> BackupFailure {
        Arc::clone(&self.backup_failure)
    }

    /// The open store.
    pub(crate) fn store(&self) -> Result<SharedStore> {
        self.desk().store.clone().ok_or_else(|| AppError::new(ErrorCode::Locked))
    }

    /// Works with the open store on a thread where waiting for the disk harms nobody.
    pub(crate) async fn with_store<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Store) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let store = self.store()?;
        in_background(move || work(&mut store.lock().unwrap_or_else(PoisonError::into_inner))).await
    }
}

pub(crate) struct HostSurroundings(pub Arc<dyn Clock>);

impl Surroundings for HostSurroundings {
    fn now_ms(&self) -> u64 {
        millis(self.0.now())
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        OsRng.fill_bytes(bytes);
    }
}

/// Milliseconds since 1970 UTC; a clock set before 1970 reads as 1970.
pub(crate) fn millis(at: Timestamp) -> u64 {
    u64::try_from(at.as_millisecond()).unwrap_or(0)
}

/// Runs blocking work on a thread made for it.
pub(crate) async fn in_background<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|why| AppError::caused(ErrorCode::Internal, why))?
}

/// Makes a folder with everything above it.
pub(crate) fn make_folder(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|why| match why.kind() {
        std::io::ErrorKind::StorageFull => AppError::caused(ErrorCode::DiskFull, why),
        _ => AppError::caused(ErrorCode::NotWritable, why),
    })
}
