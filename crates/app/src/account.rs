//! Whose laptop this is: first run, opening and closing the store, enrolment.

use arumbae_domain::Scope;
use arumbae_domain::region::RegionCode;
use arumbae_domain::schema::RecordKind;
use arumbae_protocol::registry::Role;
use arumbae_protocol::{EnrolRequest, Invitation, PersonClaim};
use arumbae_signing::certificate::{CertificateError, serial_of, validity_of};
use arumbae_signing::key::SoftwareKey;
use arumbae_signing::request::certificate_request;
use arumbae_signing::subject::Subject;
use arumbae_store::{EnrolmentRequest, KeyStretching, NewStore, Store};
use arumbae_sync::{Patience, SyncError};
use jiff::Timestamp;
use rand_core::OsRng;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::App;
use crate::app::{in_background, make_folder};
use crate::command::{Done, Nothing};
use crate::error::{AppError, ErrorCode, Result};
use crate::messages::Language;
use crate::record::{moment, new_record_id};
use crate::{reference, region};

/// Where the program stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// No store yet.
    FirstRun,
    /// There is a store and it is closed.
    Locked,
    /// The store is open.
    Open,
}

/// Which of the laptops of the sample province this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SampleLaptop {
    /// The officer of the sample kecamatan.
    Officer,
    /// The supervisor of the sample city.
    Supervisor,
}

/// Where the program stands and whose laptop it is.
#[derive(Debug, Serialize, TS)]
pub struct AppState {
    /// First run, locked or open.
    pub phase: Phase,
    /// The laptop of the sample province that is open, `null` outside it.
    pub sample: Option<SampleLaptop>,
    /// Version of the program.
    pub version: String,
    /// The person at the laptop; only while the store is open.
    pub profile: Option<Profile>,
    /// The store is open but cannot be written at present ("hanya baca").
    pub read_only: bool,
}

/// The person at the laptop.
#[derive(Debug, Serialize, TS)]
pub struct Profile {
    /// Full name.
    pub name: String,
    /// Jabatan.
    pub position: String,
    /// Code of the role: `petugas`, `pengawas_kabkota`, …
    pub role: String,
    /// What the person records for.
    pub scope: Scope,
    /// The name of that region, e.g. `Kec. Nusaniwe, Kota Ambon`.
    pub scope_name: String,
    /// The officer's certificate and server; `null` before enrolment.
    pub enrolment: Option<EnrolmentNotice>,
}

/// What an enrolment brought.
#[derive(Debug, Serialize, TS)]
pub struct EnrolmentNotice {
    /// The server's address.
    pub server: String,
    /// Serial number of the officer's certificate, hexadecimal.
    pub certificate_serial: String,
    /// When the certificate expires.
    pub certificate_expires: Timestamp,
}

/// Chooses a language.
#[derive(Debug, Deserialize, TS)]
pub struct SetLanguage {
    /// `id` or `en`.
    pub language: String,
}

/// What the first-run screen asks for.
#[derive(Deserialize, TS)]
pub struct CreateOffice {
    /// Full name.
    pub name: String,
    /// Jabatan.
    pub position: String,
    /// The officer's kecamatan.
    pub district: RegionCode,
    /// Opens the store from now on.
    pub passphrase: String,
    /// The passphrase once more.
    pub passphrase_again: String,
}

/// Opens the store.
#[derive(Deserialize, TS)]
pub struct Unlock {
    /// The officer's passphrase.
    pub passphrase: String,
}

/// An invitation as pasted or read from its file.
#[derive(Deserialize, TS)]
pub struct InvitationText {
    /// The text.
    pub text: String,
}

/// An invitation's short code, as it was said over a telephone.
#[derive(Deserialize, TS)]
pub struct InvitationCode {
    /// The server's address.
    pub server: String,
    /// The code.
    pub code: String,
}

/// The invitation that a code stands for.
#[derive(Serialize, TS)]
pub struct FetchedInvitation {
    /// As a file would have held it; to be handed to `enrol`.
    pub text: String,
    /// What it grants.
    pub summary: InvitationSummary,
}

/// What an invitation grants.
#[derive(Debug, Serialize, TS)]
pub struct InvitationSummary {
    /// The server's address.
    pub server: String,
    /// Code of the role.
    pub role: String,
    /// For which region.
    pub scope: Scope,
    /// The region's name.
    pub scope_name: String,
    /// When it expires.
    pub expires: Timestamp,
}

/// Uses an invitation.
#[derive(Deserialize, TS)]
pub struct Enrol {
    /// The invitation's text.
    pub invitation: String,
    /// The officer's passphrase: it wraps the new signing key, so that no one else can sign.
    pub passphrase: String,
}

/// The shortest passphrase accepted, in characters.
const LEAST_PASSPHRASE: usize = 12;

/// Refuses a passphrase that is too short.
pub(crate) fn check_passphrase(passphrase: &str) -> Result<()> {
    if passphrase.chars().count() < LEAST_PASSPHRASE {
        return Err(AppError::new(ErrorCode::PassphraseShort).with("least", LEAST_PASSPHRASE));
    }
    Ok(())
}

pub(crate) async fn app_state(app: &App, _: Nothing) -> Result<AppState> {
    let sample = app.sample();
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let mut state = AppState { phase: Phase::FirstRun, sample, version, profile: None, read_only: false };
    if app.store().is_ok() {
        state.phase = Phase::Open;
        let (held, read_only) = app.with_store(|store| Ok((profile(store)?, store.is_read_only()))).await?;
        (state.profile, state.read_only) = (Some(held), read_only);
    } else if Store::exists(&app.store_folder(sample)) {
        state.phase = Phase::Locked;
    }
    Ok(state)
}

fn profile(store: &mut Store) -> Result<Profile> {
    let held = store.profile().clone();
    let scope = Scope::open(held.district.clone());
    let role = store.registry().role_of(held.person_id).unwrap_or(Role::Petugas);
    let enrolment = match (store.enrolment()?, store.certificates()?.into_iter().next()) {
        (Some(enrolment), Some(certificate)) => {
            let read = || Ok((serial_of(&certificate.der)?.to_string(), validity_of(&certificate.der)?.1));
            let (certificate_serial, certificate_expires) =
                read().map_err(|why: CertificateError| AppError::caused(ErrorCode::Internal, why))?;
            Some(EnrolmentNotice { server: enrolment.server_url, certificate_serial, certificate_expires })
        }
        _ => None,
    };
    Ok(Profile {
        name: held.name,
        position: held.position,
        role: role.code().to_owned(),
        scope_name: region::name_of(scope.region()),
        scope,
        enrolment,
    })
}

pub(crate) async fn set_language(app: &App, args: SetLanguage) -> Result<Done> {
    app.speak(Language::from_tag(&args.language));
    Ok(Done {})
}

pub(crate) async fn create_office(app: &App, args: CreateOffice) -> Result<AppState> {
    if args.passphrase != args.passphrase_again {
        return Err(AppError::new(ErrorCode::PassphraseMismatch));
    }
    let store = make_store(app, None, args).await?;
    app.seat(None, store);
    app_state(app, Nothing {}).await
}

/// Makes the store of a laptop and its first user.
pub(crate) async fn make_store(app: &App, sample: Option<SampleLaptop>, args: CreateOffice) -> Result<Store> {
    let name = args.name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        return Err(AppError::new(ErrorCode::NameMissing));
    }
    if reference::regions().get(&args.district).is_none() {
        return Err(AppError::new(ErrorCode::UnknownRegion).with("code", args.district));
    }
    check_passphrase(&args.passphrase)?;
    let folder = app.store_folder(sample);
    let owner = arumbae_store::Profile {
        person_id: new_record_id(app.now_ms()).0,
        name,
        position: args.position.trim().to_owned(),
        district: args.district,
        staff_number: String::new(),
        address: String::new(),
    };
    in_background(move || {
        make_folder(&folder)?;
        let new = NewStore { owner, passphrase: &args.passphrase, stretching: KeyStretching::STANDARD };
        Ok(Store::create(&folder, new, &mut OsRng)?)
    })
    .await
}

pub(crate) async fn unlock(app: &App, args: Unlock) -> Result<AppState> {
    let sample = app.sample();
    let store = open_store(app, sample, args.passphrase).await?;
    app.seat(sample, store);
    app_state(app, Nothing {}).await
}

/// Opens the store of a laptop.
pub(crate) async fn open_store(app: &App, sample: Option<SampleLaptop>, passphrase: String) -> Result<Store> {
    let (folder, now_ms) = (app.store_folder(sample), app.now_ms());
    in_background(move || Ok(Store::unlock(&folder, &passphrase, now_ms, &mut OsRng)?)).await
}

pub(crate) async fn lock(app: &App, _: Nothing) -> Result<AppState> {
    app.close(app.sample()).await?;
    app_state(app, Nothing {}).await
}

fn read_text(text: &str) -> Result<Invitation> {
    Invitation::from_text(text).map_err(|why| AppError::caused(ErrorCode::InvitationUnreadable, why))
}

pub(crate) async fn read_invitation(_: &App, args: InvitationText) -> Result<InvitationSummary> {
    Ok(summary_of(read_text(&args.text)?))
}

pub(crate) async fn fetch_invitation(app: &App, args: InvitationCode) -> Result<FetchedInvitation> {
    let code = args.code.parse().map_err(|why| AppError::caused(ErrorCode::InvitationCode, why))?;
    let fetched = arumbae_sync::fetch_invitation(&args.server, &code, Patience::default(), app.surroundings()).await;
    let invitation = fetched.map_err(|why| match why {
        SyncError::UnusableAddress => AppError::caused(ErrorCode::ServerAddress, why),
        why => why.into(),
    })?;
    Ok(FetchedInvitation { text: invitation.to_text(), summary: summary_of(invitation) })
}

fn summary_of(invitation: Invitation) -> InvitationSummary {
    InvitationSummary {
        server: invitation.server_url,
        role: invitation.role.code().to_owned(),
        scope_name: region::name_of(invitation.scope.region()),
        scope: invitation.scope,
        expires: moment(invitation.expires_ms),
    }
}

pub(crate) async fn enrol(app: &App, args: Enrol) -> Result<AppState> {
    join(app, read_text(&args.invitation)?, args.passphrase).await?;
    app_state(app, Nothing {}).await
}

pub(crate) async fn enrol_by_stick(app: &App, args: Enrol) -> Result<AppState> {
    let invitation = read_text(&args.invitation)?;
    let asked_ms = app.now_ms();
    // By the laptop's clock, which may be wrong; the province judges by its own.
    if invitation.expires_ms < asked_ms {
        return Err(AppError::new(ErrorCode::InvitationExpired));
    }
    let (person, csr_der) = prepare(app, &invitation, args.passphrase).await?;
    app.with_store(move |store| {
        let request = EnrolRequest::new(invitation.token, store.device_signing_key(), person, csr_der);
        Ok(store.ask_enrolment(&EnrolmentRequest { invitation, request, asked_ms })?)
    })
    .await?;
    app_state(app, Nothing {}).await
}

/// Joins a province. What was recorded before stays on this device's lanes and is sent whole.
pub(crate) async fn join(app: &App, invitation: Invitation, passphrase: String) -> Result<()> {
    let now_ms = app.now_ms();
    let (person, request) = prepare(app, &invitation, passphrase).await?;
    let device = app.with_store(|store| Ok(store.device_signing_key().clone())).await?;
    let enrolled =
        arumbae_sync::enrol(&invitation, &device, person, request, Patience::default(), app.surroundings()).await?;
    app.with_store(move |store| {
        enrolled.remember_in(store, now_ms, &mut OsRng)?;
        Ok(())
    })
    .await
}

/// What a request to be enrolled is made of.
///
/// The signing key is kept before anybody is asked: if the answer is lost, asking again brings the certificate of this
/// same key.
async fn prepare(app: &App, invitation: &Invitation, passphrase: String) -> Result<(PersonClaim, Vec<u8>)> {
    let now_ms = app.now_ms();
    let (scope, office) = (invitation.scope.clone(), invitation.office.clone());
    app.with_store(move |store| {
        take_up_scope(store, &scope)?;
        if !store.has_signing_key() {
            let key = SoftwareKey::generate(&mut OsRng).to_pkcs8_der();
            let key = key.map_err(|why| AppError::caused(ErrorCode::Internal, why))?;
            store.put_signing_key(&passphrase, &key, now_ms, &mut OsRng)?;
        }
        let key = store.signing_key(&passphrase, now_ms)?;
        let profile = store.profile().clone();
        let subject = Subject { common_name: profile.name.clone(), position: profile.position.clone(), office };
        let request = SoftwareKey::from_pkcs8_der(&key).and_then(|key| certificate_request(&key, &subject));
        let request = request.map_err(|why| AppError::caused(ErrorCode::Internal, why))?;
        let person = PersonClaim { id: profile.person_id, name: profile.name, position: profile.position };
        Ok((person, request))
    })
    .await
}

/// An invitation for another area is taken only while nothing was recorded for the present one.
fn take_up_scope(store: &mut Store, invited: &Scope) -> Result<()> {
    let mut profile = store.profile().clone();
    if *invited.region() == profile.district {
        return Ok(());
    }
    for kind in RecordKind::ALL.iter().filter(|kind| kind.is_top_level()) {
        if store.count(*kind)? > 0 {
            return Err(AppError::new(ErrorCode::InvitationArea)
                .with("invited", region::name_of(invited.region()))
                .with("own", region::name_of(&profile.district)));
        }
    }
    profile.district = invited.region().clone();
    Ok(store.set_profile(profile)?)
}
