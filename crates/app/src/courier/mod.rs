//! Couriers: what is saved to a stick, and what is taken from one ("simpan ke USB", "ambil dari USB").
//!
//! Which stick it is the officer says in a dialog of the host, through [`App::choose_stick`]; no path ever comes from a
//! screen.

mod stick_files;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arumbae_domain::Scope;
use arumbae_mergelog::DeviceKey;
use arumbae_protocol::RegistryEntry;
use arumbae_store::Store;
use arumbae_sync::courier::Addressee;
use jiff::Timestamp;
use rand_core::OsRng;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::App;
use crate::account::{AppState, app_state};
use crate::app::{SharedStore, in_background, millis};
use crate::command::Nothing;
use crate::error::{AppError, ErrorCode, ErrorNotice, Result};
use crate::record::moment;
use crate::region;

pub use arumbae_courier::{PartSize, Stick};
pub use arumbae_sync::courier::Taken;
use stick_files::describe;
pub use stick_files::{Found, PutFile, TakenFile, inspect, put, take};

/// Where a courier's stick is needed: whom one can be packed for, and what is on its way.
#[derive(Debug, Serialize, TS)]
pub struct CourierState {
    /// Whether something can be packed: the laptop is enrolled, or asks to be.
    pub ready: bool,
    /// The request to be enrolled that waits for its answer; `null` if there is none.
    pub enrolment: Option<EnrolmentAsked>,
    /// What couriers were given for the province and have brought no receipt for.
    pub consigned: Consigned,
    /// Laptops of colleagues that can be packed for.
    pub colleagues: Vec<Colleague>,
}

/// A request to be enrolled that goes by stick.
#[derive(Debug, Serialize, TS)]
pub struct EnrolmentAsked {
    /// The office that is asked.
    pub office: String,
    /// When it was made.
    pub asked_at: Timestamp,
    /// Until when the province takes it.
    pub expires: Timestamp,
}

/// What couriers were given for the province and have brought no receipt for.
#[derive(Debug, Serialize, TS)]
pub struct Consigned {
    /// Saves of this laptop.
    pub saves: u64,
    /// Attachments.
    pub attachments: u64,
    /// Since when the oldest of them is on its way.
    pub since: Option<Timestamp>,
}

/// A colleague's laptop.
#[derive(Debug, Serialize, TS)]
pub struct Colleague {
    /// Its key, hexadecimal.
    pub device: String,
    /// Whose it is.
    pub name: String,
    /// The area its owner works for.
    pub area: String,
}

/// Whom a stick is packed for.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct CourierPlan {
    /// The key of a colleague's laptop, hexadecimal; `null` for the province.
    pub colleague: Option<String>,
}

/// What a stick would hold.
#[derive(Clone, Debug, Serialize, TS)]
pub struct CourierContents {
    /// Whom it is for, in words.
    pub recipient: String,
    /// Saves of this laptop.
    pub own_saves: u64,
    /// Parcels of other laptops' saves that this one carries on.
    pub others_segments: u64,
    /// Attachments.
    pub attachments: u64,
    /// Their bytes.
    pub attachment_bytes: u64,
    /// The province's receipts for the colleague.
    pub receipts: u64,
    /// Whether it asks for this laptop to be enrolled.
    pub enrols: bool,
    /// About how many bytes it takes.
    pub bytes: u64,
    /// In how many files.
    pub files: u32,
}

/// The stick that was chosen.
#[derive(Debug, Serialize, TS)]
pub struct ChosenStick {
    /// Its folder, as the officer knows it.
    pub folder: String,
    /// Bytes that still fit on it; `null` if the system does not say.
    pub free_bytes: Option<u64>,
    /// How many sealed files are on it.
    pub files: u64,
}

/// What was put on a stick.
#[derive(Debug, Serialize, TS)]
pub struct CourierPacked {
    /// Where.
    pub folder: String,
    /// The names of the files, in order.
    pub files: Vec<String>,
    /// Their bytes together.
    pub bytes: u64,
    /// What they hold.
    pub contents: CourierContents,
}

/// A sealed file on a stick.
#[derive(Debug, Serialize, TS)]
pub struct StickFile {
    /// Its name.
    pub name: String,
    /// Its length in bytes.
    pub byte_length: u64,
    /// What is known of it if it is for this laptop.
    pub waybill: Option<StickWaybill>,
    /// Why it is not taken.
    pub refusal: Option<ErrorNotice>,
}

/// Who packed a file for this laptop.
#[derive(Debug, Serialize, TS)]
pub struct StickWaybill {
    /// Who packed it, in words.
    pub from: String,
    /// When, by the packer's clock.
    pub packed_at: Timestamp,
    /// Which part it is, from 1.
    pub part: u32,
    /// Of how many.
    pub parts: u32,
}

/// What was taken from a stick.
#[derive(Debug, Serialize, TS)]
pub struct CourierTaken {
    /// File by file, in the order they were taken.
    pub files: Vec<StickFile>,
    /// Files that were taken.
    pub taken: u64,
    /// Files that something is wrong with; those for somebody else are not among them.
    pub refused: u64,
    /// Whether one of them enrolled this laptop.
    pub enrolled: bool,
    /// Own saves that have their receipt now.
    pub sent_saves: u64,
    /// Saves of others that came in.
    pub received_saves: u64,
    /// Attachments that are here whole now.
    pub attachments: u64,
    /// Fields that hold more than one value now.
    pub conflicts_new: u64,
    /// What came in and does not count yet, or was not accepted by the province.
    pub held: u64,
    /// Whether an earlier file is missing.
    pub needs_earlier: bool,
    /// Where the program stands now.
    pub state: AppState,
}

/// The stick that the officer chose last.
#[derive(Default)]
pub(crate) struct StickChoice(Mutex<Option<PathBuf>>);

impl StickChoice {
    fn held(&self) -> MutexGuard<'_, Option<PathBuf>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// The officer chose a stick, or a folder, in a dialog of the host.
    ///
    /// # Errors
    /// [`ErrorCode::StickMissing`] if it is not there.
    pub async fn choose_stick(&self, folder: PathBuf) -> Result<ChosenStick> {
        let stick = Stick::at(folder.clone());
        let chosen = in_background(move || {
            let files = stick.sealed_files().map_err(|why| AppError::caused(ErrorCode::StickMissing, why))?;
            Ok(ChosenStick {
                folder: stick.path().display().to_string(),
                free_bytes: stick.free_bytes().ok(),
                files: files.len() as u64,
            })
        });
        let chosen = chosen.await?;
        *self.stick.held() = Some(folder);
        Ok(chosen)
    }

    fn chosen_stick(&self) -> Result<Stick> {
        let folder = self.stick.held().clone();
        folder.map(Stick::at).ok_or_else(|| AppError::new(ErrorCode::StickMissing))
    }
}

pub(crate) async fn courier_state(app: &App, _: Nothing) -> Result<CourierState> {
    app.with_store(|store| {
        let enrolled = store.enrolment()?.is_some();
        let asked = store.enrolment_request()?;
        let consigned = store.sync_summary()?.consigned;
        Ok(CourierState {
            ready: enrolled || asked.is_some(),
            enrolment: asked.map(|asked| EnrolmentAsked {
                office: asked.invitation.office,
                asked_at: moment(asked.asked_ms),
                expires: moment(asked.invitation.expires_ms),
            }),
            consigned: Consigned {
                saves: consigned.saves,
                attachments: consigned.blobs,
                since: consigned.since_ms.map(moment),
            },
            colleagues: colleagues(store),
        })
    })
    .await
}

/// Laptops of others that may read something this one reads, by name.
fn colleagues(store: &Store) -> Vec<Colleague> {
    let registry = store.registry();
    let own = registry.readable_scopes(store.profile().person_id);
    let shares = |scope: &Scope, person| registry.may_read(person, scope);
    let mut colleagues: Vec<Colleague> = registry
        .devices()
        .filter(|(key, device)| *key != store.device_key() && device.revocation.is_none())
        .filter(|(_, device)| {
            let theirs = registry.readable_scopes(device.person);
            let mine = store.profile().person_id;
            own.iter().any(|scope| shares(scope, device.person)) || theirs.iter().any(|scope| shares(scope, mine))
        })
        .map(|(key, device)| Colleague {
            device: key.to_string(),
            name: registry.name_of(device.person).unwrap_or_default().to_owned(),
            area: area_of(store, key),
        })
        .collect();
    colleagues.sort_by(|a, b| (&a.name, &a.device).cmp(&(&b.name, &b.device)));
    colleagues
}

/// The area the owner of a device works for; empty for a device nobody knows.
pub(crate) fn area_of(store: &Store, device: DeviceKey) -> String {
    let registry = store.registry();
    let scopes = registry.owner_of(device).map(|owner| registry.readable_scopes(owner)).unwrap_or_default();
    scopes.first().map(|scope| region::name_of(scope.region())).unwrap_or_default()
}

/// Whom a stick is for: a colleague's laptop by its key, hexadecimal, or the province.
///
/// # Errors
/// [`ErrorCode::BadArguments`] if it is no key.
pub fn addressee(colleague: Option<&str>) -> Result<Addressee> {
    let Some(device) = colleague else { return Ok(Addressee::Province) };
    device_key(device).map(Addressee::Colleague)
}

/// A laptop's key as screens write it.
pub(crate) fn device_key(hexadecimal: &str) -> Result<DeviceKey> {
    let mut key = [0; 32];
    hex::decode_to_slice(hexadecimal, &mut key).map_err(|why| AppError::caused(ErrorCode::BadArguments, why))?;
    Ok(DeviceKey(key))
}

pub(crate) async fn courier_plan(app: &App, args: CourierPlan) -> Result<CourierContents> {
    let to = addressee(args.colleague.as_deref())?;
    let (store, now_ms) = (app.store()?, app.now_ms());
    in_background(move || {
        let mut store = lock(&store);
        let packing = stick_files::pack(&mut store, to, PartSize::default(), now_ms)?;
        describe(&store, to, packing.tally())
    })
    .await
}

pub(crate) async fn courier_pack(app: &App, args: CourierPlan) -> Result<CourierPacked> {
    let to = addressee(args.colleague.as_deref())?;
    let (store, stick, now_ms) = (app.store()?, app.chosen_stick()?, app.now_ms());
    in_background(move || {
        let (contents, files) = put(&store, to, &stick, PartSize::default(), now_ms)?;
        Ok(CourierPacked {
            folder: stick.path().display().to_string(),
            bytes: files.iter().map(|file| file.byte_length).sum(),
            files: files.into_iter().map(|file| file.name).collect(),
            contents,
        })
    })
    .await
}

pub(crate) async fn courier_look(app: &App, _: Nothing) -> Result<Vec<StickFile>> {
    let (store, stick) = (app.store()?, app.chosen_stick()?);
    let found = in_background(move || {
        let files = stick.sealed_files().map_err(|why| AppError::caused(ErrorCode::StickMissing, why))?;
        Ok(files.iter().map(|path| inspect(&lock(&store), path)).collect::<Vec<_>>())
    });
    Ok(found.await?.into_iter().map(|found| stick_file(app, found)).collect())
}

pub(crate) async fn courier_take(app: &App, _: Nothing) -> Result<CourierTaken> {
    let (store, stick, now_ms) = (app.store()?, app.chosen_stick()?, app.now_ms());
    let taken = in_background(move || {
        let files = stick.sealed_files().map_err(|why| AppError::caused(ErrorCode::StickMissing, why))?;
        take(&store, files, now_ms)
    });
    let files = taken.await?;
    let brought = |count: fn(&Taken) -> u64| files.iter().flat_map(|file| &file.taken).map(count).sum();
    Ok(CourierTaken {
        taken: files.iter().filter(|file| file.found.waybill.is_ok()).count() as u64,
        refused: files.iter().filter(|file| file.found.is_refused()).count() as u64,
        enrolled: files.iter().flat_map(|file| &file.taken).any(|taken| taken.enrolled),
        sent_saves: brought(|taken| taken.sent_saves),
        received_saves: brought(|taken| taken.received_saves),
        attachments: brought(|taken| taken.attachments),
        conflicts_new: brought(|taken| taken.conflicts_new),
        held: brought(|taken| taken.quarantined),
        needs_earlier: files.iter().filter_map(|file| file.taken.last()).any(|taken| taken.needs_earlier),
        files: files.into_iter().map(|file| stick_file(app, file.found)).collect(),
        state: app_state(app, Nothing {}).await?,
    })
}

fn stick_file(app: &App, found: Found) -> StickFile {
    let Found { name, byte_length, waybill } = found;
    let (waybill, refusal) = match waybill {
        Ok(waybill) => (Some(waybill), None),
        Err(error) => (None, Some(app.catalogue().notice(&error, String::new()))),
    };
    StickFile { name, byte_length, waybill, refusal }
}

fn lock(store: &SharedStore) -> MutexGuard<'_, Store> {
    store.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The name of the office that runs the province, as far as it is known.
fn province_name(store: &Store) -> Result<String> {
    if let Some(asked) = store.enrolment_request()? {
        return Ok(asked.invitation.office);
    }
    // The founding entry names the office that runs the server.
    let founding = store.registry_entries()?.into_iter().find_map(|entry| match entry.decode() {
        Ok(RegistryEntry::Office { name, .. }) => Some(name),
        _ => None,
    });
    Ok(founding.unwrap_or_default())
}

/// Opens a store for a host without a window.
///
/// # Errors
/// Those of unlocking it.
pub fn open_store(folder: &Path, passphrase: &str, now: Timestamp) -> Result<Arc<Mutex<Store>>> {
    Ok(Arc::new(Mutex::new(Store::unlock(folder, passphrase, millis(now), &mut OsRng)?)))
}
