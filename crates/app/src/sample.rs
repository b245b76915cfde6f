//! The sample province: a server, a certificate authority and two laptops inside the program, so that everything
//! can be tried, signed and synchronized by anyone at once.
//!
//! The laptops are real: stores of their own, enrolled by invitation, synchronizing over loopback. Only the people
//! are invented, and everything printed is marked CONTOH.

use std::path::Path;
use std::pin::Pin;

use arumbae_domain::RegionCode;
use arumbae_protocol::Invitation;
use arumbae_protocol::registry::Role;
use arumbae_store::Store;
use rand_core::OsRng;
use serde::Deserialize;
use ts_rs::TS;

use crate::App;
use crate::account::{self, AppState, CreateOffice, SampleLaptop};
use crate::command::Nothing;
use crate::error::{AppError, ErrorCode, Result};

/// Opens the stores of the sample province and signs in it; shown on the screen, since there is nothing to hide.
pub const SAMPLE_PASSPHRASE: &str = "contoh perahu arumbae";

/// Moves to the other laptop.
#[derive(Debug, Deserialize, TS)]
pub struct SwitchSampleLaptop {
    /// Which.
    pub laptop: SampleLaptop,
}

/// What a call to the province brings.
pub type ProvinceAnswer<'a, T> =
    Pin<Box<dyn Future<Output = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>> + Send + 'a>>;

/// A province inside the program. This crate knows no server; a host passes one in.
pub trait SampleProvince: Send + Sync {
    /// Starts the province in its folder, if it does not run yet, and returns its server's address.
    fn start<'a>(&'a self, folder: &'a Path) -> ProvinceAnswer<'a, String>;

    /// Invites somebody. The province runs.
    fn invite<'a>(&'a self, role: Role, area: &'a RegionCode) -> ProvinceAnswer<'a, Invitation>;

    /// Writes the first records of a laptop that was just set up and is open in `app`.
    fn furnish<'a>(&'a self, app: &'a App, laptop: SampleLaptop) -> ProvinceAnswer<'a, ()>;
}

/// A person of the sample province.
struct Person {
    name: &'static str,
    position: &'static str,
    role: Role,
    area: &'static str,
}

impl SampleLaptop {
    fn person(self) -> Person {
        match self {
            SampleLaptop::Officer => Person {
                name: "Contoh Petugas Nusaniwe",
                position: "Anggota Panwaslu Kecamatan",
                role: Role::Petugas,
                area: "81.71.01",
            },
            SampleLaptop::Supervisor => Person {
                name: "Contoh Pengawas Kota Ambon",
                position: "Anggota Bawaslu Kota",
                role: Role::PengawasKabkota,
                area: "81.71",
            },
        }
    }
}

pub(crate) async fn open_sample(app: &App, _: Nothing) -> Result<AppState> {
    sit_down(app, SampleLaptop::Officer).await
}

pub(crate) async fn switch_sample_laptop(app: &App, args: SwitchSampleLaptop) -> Result<AppState> {
    if app.sample().is_none() {
        return Err(AppError::new(ErrorCode::SampleFailed));
    }
    sit_down(app, args.laptop).await
}

pub(crate) async fn leave_sample(app: &App, _: Nothing) -> Result<AppState> {
    app.close(None).await?;
    account::app_state(app, Nothing {}).await
}

fn failed(why: Box<dyn std::error::Error + Send + Sync>) -> AppError {
    AppError::caused(ErrorCode::SampleFailed, why)
}

async fn sit_down(app: &App, laptop: SampleLaptop) -> Result<AppState> {
    let server = app.province.start(&app.sample_folder().join("server")).await.map_err(failed)?;
    let person = laptop.person();
    // The same laptop cannot be opened twice; it is closed first, also when it is the one that is open.
    app.close(Some(laptop)).await?;
    let store = if Store::exists(&app.store_folder(Some(laptop))) {
        account::open_store(app, Some(laptop), SAMPLE_PASSPHRASE.to_owned()).await?
    } else {
        let passphrase = || SAMPLE_PASSPHRASE.to_owned();
        let district = person.area.parse().map_err(|why| AppError::caused(ErrorCode::SampleFailed, why))?;
        let officer = CreateOffice {
            name: person.name.to_owned(),
            position: person.position.to_owned(),
            district,
            passphrase: passphrase(),
            passphrase_again: passphrase(),
        };
        account::make_store(app, Some(laptop), officer).await?
    };
    app.seat(Some(laptop), store);
    let enrolled = app.with_store(move |store| match store.enrolment()? {
        None => Ok(false),
        Some(mut enrolment) => {
            // The province listens on another port after each start.
            if enrolment.server_url != server {
                enrolment.server_url = server;
                store.set_enrolment(&enrolment, &mut OsRng)?;
            }
            Ok(true)
        }
    });
    if !enrolled.await? {
        let area = person.area.parse().map_err(|why| AppError::caused(ErrorCode::SampleFailed, why))?;
        let invitation = app.province.invite(person.role, &area).await.map_err(failed)?;
        account::join(app, invitation, SAMPLE_PASSPHRASE.to_owned()).await?;
        app.province.furnish(app, laptop).await.map_err(failed)?;
    }
    account::app_state(app, Nothing {}).await
}
