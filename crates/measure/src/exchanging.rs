//! The work as it is exchanged: the real server and real engines, without sockets between them. Counted are the bodies
//! of HTTP.

use std::error::Error;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arumbae_domain::Scope;
use arumbae_protocol::{PersonClaim, Role, SyncRequest};
use arumbae_server::{Clock, Limits, NewInvitation, Office, Province, Randomness, router};
use arumbae_signing::key::SoftwareKey;
use arumbae_signing::request::certificate_request;
use arumbae_signing::subject::Subject;
use arumbae_store::Store;
use arumbae_sync::carrier::{Carriage, Carrier, Delivery, Parcel, Timing, Traffic};
use arumbae_sync::{Enrolled, Surroundings, SyncEngine, SyncReport, Transport, enrol_over};
use axum::Router;
use axum::body::{Body, to_bytes};
use ed25519_dalek::SigningKey;
use rand_core::{OsRng, RngCore};
use tower_service::Service;
use uuid::Uuid;

use crate::merging::{NOW_MS, new_store};
use crate::travelling::{Cut, Travelling, travelling};
use crate::work::{Device, Work};

/// As large as any answer the server gives.
const LARGEST_ANSWER: usize = 64 << 20;

/// What came of an exchange that should have been measured.
pub type Exchanged<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Lets every device hand in its work, and a new one read it all.
pub async fn new_device_reads(work: &Work, cut: Cut, folder: &Path) -> Exchanged<SyncReport> {
    let office = ProvincialOffice::found(work, &folder.join("office")).await?;
    let segments = travelling(work, cut)?;
    office.take_in(work, &segments.iter().collect::<Vec<_>>()).await?;
    let (_store, mut engine) = office.laptop(&folder.join("laptop")).await?;
    let report = engine.synchronize().await?;
    if report.received_saves != work.saves() as u64 {
        return Err("a new device did not receive everything".into());
    }
    Ok(report)
}

/// A province that knows the work's devices.
pub struct ProvincialOffice {
    province: Arc<Province>,
    road: Arc<Road>,
    scope: Scope,
}

impl ProvincialOffice {
    /// Founds the province in a folder and makes the work's devices known to it.
    pub async fn found(work: &Work, folder: &Path) -> Exchanged<ProvincialOffice> {
        let first = work.devices.first().ok_or("work of a device is needed")?;
        let office = Office { region: "81".parse()?, name: "Bawaslu Provinsi Contoh".to_owned() };
        let clock = Clock::new(|| NOW_MS);
        let province = Province::open_or_found(folder, None, &office, None, clock, Randomness::system()).await?;
        let province = Arc::new(province);
        let router = router(province.clone(), folder.to_owned(), Limits::default().without_allowances());
        let road = Arc::new(Road { router, traffic: Mutex::default() });
        let founded = ProvincialOffice { province, road, scope: first.lane.scope.clone() };
        for device in &work.devices {
            founded.enrol(&device.key, author(device)).await?;
        }
        Ok(founded)
    }

    /// A new laptop of an officer the province knows.
    pub async fn laptop(&self, folder: &Path) -> Exchanged<(Arc<Mutex<Store>>, SyncEngine)> {
        let mut store = new_store(folder)?;
        let (key, person) = (store.device_signing_key().clone(), Uuid::from_u128(OsRng.next_u64().into()));
        self.enrol(&key, person).await?.remember_in(&mut store, NOW_MS, &mut OsRng)?;
        let store = Arc::new(Mutex::new(store));
        let engine = SyncEngine::over(store.clone(), self.road.clone(), Arc::new(Desk));
        Ok((store, engine))
    }

    /// Takes in segments of the work's devices, in the order in which they were made.
    pub async fn take_in(&self, work: &Work, segments: &[&Travelling<'_>]) -> Exchanged<()> {
        for run in segments.chunk_by(|one, next| one.device == next.device) {
            let Some(device) = run.first().map(|first| &work.devices[first.device]) else { continue };
            let request = SyncRequest {
                incarnation: device.lane.incarnation,
                segments: run.iter().map(|segment| segment.wire.clone().into()).collect(),
                ..SyncRequest::default()
            };
            let response = self.province.exchange(device.lane.device, author(device), request).await?;
            if response.receipts.len() != run.len() {
                return Err("the province did not take everything".into());
            }
        }
        Ok(())
    }

    async fn enrol(&self, key: &SigningKey, person: Uuid) -> Exchanged<Enrolled> {
        let url = Some("https://provinsi.contoh".to_owned());
        let invitation =
            NewInvitation { role: Role::Petugas, scope: self.scope.clone(), days: 7, person: None, server_url: url };
        let invitation = self.province.invite(invitation).await?;
        let claim =
            PersonClaim { id: person, name: "Petugas Contoh".to_owned(), position: "Anggota Panwascam".to_owned() };
        let subject = Subject {
            common_name: claim.name.clone(),
            position: claim.position.clone(),
            office: invitation.office.clone(),
        };
        let request = certificate_request(&SoftwareKey::generate(&mut OsRng), &subject)?;
        let transport = Transport::over(self.road.clone(), key.clone(), Arc::new(Desk));
        Ok(enrol_over(&transport, &invitation, key, claim, request).await?)
    }
}

/// Who sits at a device.
fn author(device: &Device) -> Uuid {
    device.saves.first().map_or(Uuid::nil(), |save| save.actor)
}

/// A laptop whose clock is right.
struct Desk;

impl Surroundings for Desk {
    fn now_ms(&self) -> u64 {
        NOW_MS
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        OsRng.fill_bytes(bytes);
    }
}

/// The way to the server, which counts what passes.
struct Road {
    router: Router,
    traffic: Mutex<Traffic>,
}

impl Carrier for Road {
    fn carry(&self, parcel: Parcel) -> Carriage<'_> {
        let mut router = self.router.clone();
        Box::pin(async move {
            let sent = parcel.request.body().len();
            let response = match router.call(parcel.request.map(Body::from)).await {
                Ok(response) => response,
                Err(never) => match never {},
            };
            let (head, body) = response.into_parts();
            // Nothing can be cut here.
            let body = to_bytes(body, LARGEST_ANSWER).await.unwrap_or_default();
            let mut traffic = self.traffic.lock().unwrap_or_else(PoisonError::into_inner);
            traffic.up += sent as u64;
            traffic.down += body.len() as u64;
            traffic.round_trips += 1;
            let timing = Timing { sent_ms: NOW_MS, answered_ms: NOW_MS, took: Duration::from_millis(1) };
            Ok(Delivery { response: http::Response::from_parts(head, body), timing })
        })
    }

    fn take_traffic(&self) -> Traffic {
        std::mem::take(&mut *self.traffic.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
