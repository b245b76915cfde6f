//! Laptops nearby ("laptop di dekat sini"): listening while the officer wants it, comparing codes, exchanging.
//!
//! It is off until it is turned on, and off again once the store is closed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arumbae_mergelog::DeviceKey;
use arumbae_protocol::NearbyRefusal;
use arumbae_store::{PairedDevice, PairedExchange, Store};
use arumbae_sync::nearby::{
    self, Called, Comparing, Found, NEARBY_PATIENCE, NearbyError, Neighbourhood, typed_address,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::App;
use crate::command::{Done, Nothing};
use crate::courier::{area_of, device_key};
use crate::error::{AppError, ErrorCode, ErrorNotice, Result};
use crate::record::moment;

/// Where the laptops of the office stand.
#[derive(Debug, Serialize, TS)]
pub struct NearbyState {
    /// Whether this laptop can take part: it belongs to a province.
    pub enrolled: bool,
    /// Whether it listens; `null` while the officer has it off.
    pub listening: Option<NearbyListening>,
    /// Paired laptops, and those that announce themselves.
    pub laptops: Vec<NearbyLaptop>,
    /// The code the officer is asked to compare.
    pub comparing: Option<NearbyComparing>,
    /// How a comparison ended badly before the officer had said anything; told once.
    pub trouble: Option<ErrorNotice>,
}

/// How others find this laptop.
#[derive(Debug, Serialize, TS)]
pub struct NearbyListening {
    /// What it is called on their lists.
    pub alias: String,
    /// What can be typed in there.
    pub addresses: Vec<String>,
    /// Whether it announces itself; otherwise addresses are typed in.
    pub announced: bool,
}

/// A laptop nearby.
#[derive(Debug, Serialize, TS)]
pub struct NearbyLaptop {
    /// Its key, hexadecimal; `null` if the registry here does not name it.
    pub device: Option<String>,
    /// Whose it is; empty if that is not known.
    pub name: String,
    /// The area its owner works for.
    pub area: String,
    /// What it calls itself while it listens; `null` if it does not announce itself now.
    pub alias: Option<String>,
    /// Where it listens, or last did.
    pub address: Option<String>,
    /// Whether both officers have compared the code.
    pub paired: bool,
    /// How the last exchange with it went.
    pub last_exchange: Option<NearbyExchange>,
}

/// What an exchange moved.
#[derive(Debug, Serialize, TS)]
pub struct NearbyExchange {
    /// When it was over.
    pub at: Timestamp,
    /// Saves of this laptop that were given.
    pub given_saves: u64,
    /// Parcels of third laptops' saves that were given.
    pub given_segments: u64,
    /// Saves of others that came in.
    pub received_saves: u64,
    /// Attachments that are here whole now.
    pub attachments: u64,
    /// Fields that hold more than one value now.
    pub conflicts: u64,
}

/// A code on both screens.
#[derive(Debug, Serialize, TS)]
pub struct NearbyComparing {
    /// Whose laptop the registry says it is.
    pub name: String,
    /// The area its owner works for.
    pub area: String,
    /// Six digits.
    pub code: String,
    /// Whether the officer here has said that it is the same.
    pub confirmed: bool,
}

/// Turns listening on or off.
#[derive(Debug, Deserialize, TS)]
pub struct TurnNearby {
    /// Whether this laptop is to listen.
    pub on: bool,
}

/// Calls a laptop.
#[derive(Debug, Deserialize, TS)]
pub struct CallNearby {
    /// Where, as it is announced or typed in; `null` for where the device is or was.
    pub address: Option<String>,
    /// The device that should be there, hexadecimal; `null` if it is not known.
    pub device: Option<String>,
}

/// What became of a call.
#[derive(Debug, Serialize, TS)]
pub struct NearbyCalled {
    /// What was exchanged; `null` if a code is to be compared first.
    pub exchanged: Option<NearbyExchange>,
    /// Where everything stands now.
    pub state: NearbyState,
}

/// Says whether the codes agree.
#[derive(Debug, Deserialize, TS)]
pub struct ConfirmNearby {
    /// Whether both screens show the same.
    pub same: bool,
}

/// Names a laptop.
#[derive(Debug, Deserialize, TS)]
pub struct ForgetNearby {
    /// Its key, hexadecimal.
    pub device: String,
}

/// The laptops around the one whose store is open, while it listens.
#[derive(Default)]
pub(crate) struct Nearby(Mutex<Option<Arc<Neighbourhood>>>);

impl Nearby {
    fn held(&self) -> MutexGuard<'_, Option<Arc<Neighbourhood>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn listening(&self) -> Option<Arc<Neighbourhood>> {
        self.held().clone()
    }

    fn get(&self) -> Result<Arc<Neighbourhood>> {
        self.listening().ok_or_else(|| NearbyError::TurnedOff.into())
    }

    /// Listens no longer, and breaks off what is under way.
    pub(crate) fn turn_off(&self) {
        if let Some(neighbourhood) = self.held().take() {
            neighbourhood.turn_off();
        }
    }
}

pub(crate) async fn nearby_state(app: &App, _: Nothing) -> Result<NearbyState> {
    let listening = app.nearby.listening();
    let trouble = listening.as_ref().and_then(|listening| listening.take_trouble());
    let trouble = trouble.map(|trouble| app.notice(&trouble.into()));
    app.with_store(move |store| {
        let found = listening.as_ref().map(|listening| listening.found()).unwrap_or_default();
        let comparing = listening.as_ref().and_then(|listening| listening.comparing());
        Ok(NearbyState {
            enrolled: store.enrolment()?.is_some(),
            laptops: laptops(store, found)?,
            comparing: comparing.map(|comparing| comparing_in_words(store, comparing)),
            listening: listening.map(|listening| NearbyListening {
                alias: listening.alias().to_string(),
                addresses: listening.addresses().iter().map(ToString::to_string).collect(),
                announced: listening.is_announced(),
            }),
            trouble,
        })
    })
    .await
}

pub(crate) async fn nearby_turn(app: &App, TurnNearby { on }: TurnNearby) -> Result<NearbyState> {
    if !on {
        app.nearby.turn_off();
    } else if app.nearby.listening().is_none() {
        let at = nearby::everywhere();
        let opened = Neighbourhood::open(app.store()?, app.surroundings(), NEARBY_PATIENCE, at).await?;
        // Whoever was quicker listens already.
        app.nearby.held().get_or_insert_with(|| Arc::new(opened));
    }
    nearby_state(app, Nothing {}).await
}

pub(crate) async fn nearby_call(app: &App, CallNearby { address, device }: CallNearby) -> Result<NearbyCalled> {
    let listening = app.nearby.get()?;
    let device = device.map(|device| device_key(&device)).transpose()?;
    let called = match (address, device) {
        (Some(address), meant) => {
            let address = typed_address(&address).ok_or_else(|| AppError::new(ErrorCode::NearbyAddress))?;
            listening.call(address, meant).await?
        }
        (None, Some(device)) => listening.call_device(device).await?,
        (None, None) => return Err(AppError::new(ErrorCode::NearbyAddress)),
    };
    let exchanged = match called {
        Called::Exchanged(_, exchange) => Some(exchange_in_words(exchange)),
        Called::Compare(_) => None,
    };
    Ok(NearbyCalled { exchanged, state: nearby_state(app, Nothing {}).await? })
}

pub(crate) async fn nearby_confirm(app: &App, ConfirmNearby { same }: ConfirmNearby) -> Result<NearbyState> {
    app.nearby.get()?.confirm(same).await?;
    nearby_state(app, Nothing {}).await
}

pub(crate) async fn nearby_forget(app: &App, ForgetNearby { device }: ForgetNearby) -> Result<Done> {
    let device = device_key(&device)?;
    app.with_store(move |store| Ok(store.forget_pairing(device)?)).await?;
    Ok(Done {})
}

/// Paired laptops by name, then the others that announce themselves, those the registry does not name last.
fn laptops(store: &Store, found: Vec<Found>) -> Result<Vec<NearbyLaptop>> {
    let mut announced: Vec<(Option<DeviceKey>, Found)> =
        found.into_iter().map(|found| (found.device(store.registry()), found)).collect();
    let mut laptops = Vec::new();
    for PairedDevice { device, paired_ms: _, address, last_exchange } in store.paired_devices()? {
        let at = announced.iter().position(|(announced, _)| *announced == Some(device));
        let found = at.map(|at| announced.swap_remove(at).1);
        laptops.push(NearbyLaptop {
            alias: found.as_ref().map(|found| found.alias.to_string()),
            address: found.map(|found| found.address).or(address).map(|address| address.to_string()),
            paired: true,
            last_exchange: last_exchange.map(exchange_in_words),
            ..laptop_of(store, Some(device))
        });
    }
    laptops.extend(announced.into_iter().map(|(device, Found { alias, address, .. })| NearbyLaptop {
        alias: Some(alias.to_string()),
        address: Some(address.to_string()),
        ..laptop_of(store, device)
    }));
    laptops.sort_by_key(|laptop| (!laptop.paired, laptop.name.is_empty(), laptop.name.clone(), laptop.alias.clone()));
    Ok(laptops)
}

fn laptop_of(store: &Store, device: Option<DeviceKey>) -> NearbyLaptop {
    let owner = device.and_then(|device| store.registry().owner_of(device));
    NearbyLaptop {
        device: device.map(|device| device.to_string()),
        name: owner.and_then(|owner| store.registry().name_of(owner)).unwrap_or_default().to_owned(),
        area: device.map(|device| area_of(store, device)).unwrap_or_default(),
        alias: None,
        address: None,
        paired: false,
        last_exchange: None,
    }
}

fn comparing_in_words(store: &Store, Comparing { device, code, confirmed }: Comparing) -> NearbyComparing {
    let NearbyLaptop { name, area, .. } = laptop_of(store, Some(device));
    NearbyComparing { name, area, code: code.to_string(), confirmed }
}

fn exchange_in_words(exchange: PairedExchange) -> NearbyExchange {
    let PairedExchange { at_ms, given_saves, given_segments, received_saves, attachments, conflicts } = exchange;
    NearbyExchange { at: moment(at_ms), given_saves, given_segments, received_saves, attachments, conflicts }
}

impl From<NearbyError> for AppError {
    fn from(error: NearbyError) -> Self {
        let code = match &error {
            NearbyError::NotEnrolled => ErrorCode::NearbyNotEnrolled,
            NearbyError::CannotListen(_) => ErrorCode::NearbyCannotListen,
            NearbyError::NotLocal => ErrorCode::NearbyNotLocal,
            NearbyError::Gone | NearbyError::NoRoute(_) => ErrorCode::NearbyUnreachable,
            NearbyError::NotALaptop(_) => ErrorCode::NearbyOtherProgram,
            NearbyError::AnotherDevice => ErrorCode::NearbyAnotherDevice,
            NearbyError::Cut(_) | NearbyError::Silence => ErrorCode::NearbyInterrupted,
            NearbyError::RefusedHere(refusal) => match refusal {
                NearbyRefusal::OtherProvince => ErrorCode::NearbyOtherProvince,
                NearbyRefusal::UnknownDevice => ErrorCode::NearbyUnknownDevice,
                NearbyRefusal::Revoked => ErrorCode::NearbyRevoked,
                NearbyRefusal::Declined => ErrorCode::NearbyDeclined,
                NearbyRefusal::Busy => ErrorCode::NearbyBusy,
                NearbyRefusal::NewerProtocol => ErrorCode::NearbyOlderHere,
                NearbyRefusal::NotPaired | NearbyRefusal::BadFile | NearbyRefusal::Senseless => ErrorCode::NearbyFailed,
            },
            NearbyError::RefusedThere(refusal) => match refusal {
                NearbyRefusal::OtherProvince => ErrorCode::NearbyOtherProvince,
                NearbyRefusal::UnknownDevice => ErrorCode::NearbyUnknownThere,
                NearbyRefusal::Revoked => ErrorCode::NearbyRevokedThere,
                NearbyRefusal::Declined => ErrorCode::NearbyDeclined,
                NearbyRefusal::Busy => ErrorCode::NearbyBusy,
                NearbyRefusal::NewerProtocol => ErrorCode::NearbyOlderThere,
                NearbyRefusal::NotPaired | NearbyRefusal::BadFile | NearbyRefusal::Senseless => ErrorCode::NearbyFailed,
            },
            NearbyError::NothingToConfirm => ErrorCode::NearbyNothingToCompare,
            NearbyError::TurnedOff => ErrorCode::NearbyOff,
            NearbyError::BadFile(refusal) => return AppError::from(*refusal),
            NearbyError::Store(_) => ErrorCode::Internal,
        };
        match error {
            NearbyError::Store(error) => error.into(),
            error => AppError::caused(code, error),
        }
    }
}
