//! Makes laptops known to a province, thousands at a time.
//!
//! One laptop is enrolled as every laptop is; what that enters into the registry is entered for the others too, with
//! their own people, keys and kecamatan, signed by the province's key. Each kecamatan also gets a day that was handed in
//! before, so that the log and its scopes are as many as the country has.

use std::fs;
use std::path::Path;

use arumbae_domain::Scope;
use arumbae_mergelog::compression::compress;
use arumbae_protocol::{EnrolRequest, Grant, PersonClaim, RegistryEntry, Role, SignedEntry, cbor};
use arumbae_server::storage::{PostgresStorage, PushedSegment, SqliteStorage, Storage};
use arumbae_server::{Clock, DatabaseUrl, NewInvitation, Province};
use arumbae_signing::key::SoftwareKey;
use arumbae_signing::request::certificate_request;
use arumbae_signing::subject::Subject;
use ed25519_dalek::SigningKey;
use rand_core::{OsRng, RngCore};
use uuid::Uuid;

use super::laptop::{Laptop, PER_DISTRICT, now_ms};
use crate::Outcome;

/// Laptops that are entered in one transaction.
const TOGETHER: usize = 500;

/// Where officers are registered.
pub struct TownHall {
    province: Province,
    storage: Box<dyn Storage>,
    key: SigningKey,
    /// What enrolling one laptop enters.
    entered_for_one: Vec<RegistryEntry>,
    /// The last entry.
    last: SignedEntry,
    /// The bytes of all entries.
    bytes: usize,
    registered: usize,
}

impl TownHall {
    /// Opens the province beside its server, as commands do, and enrols one laptop.
    pub async fn open(folder: &Path, database: Option<&str>) -> Outcome<TownHall> {
        let database: Option<DatabaseUrl> = database.map(str::parse).transpose()?;
        let province = Province::open(folder, database.as_ref(), Clock::system()).await?;
        let storage: Box<dyn Storage> = match &database {
            None => Box::new(SqliteStorage::open(&folder.join("arumbae.db"))?),
            Some(url) => Box::new(PostgresStorage::open(url).await?),
        };
        let founded = province.registry().await?.seq();
        enrol(&province, "81.99.99".parse()?).await?;
        let entries = province.registry_entries().await?;
        let of_one = entries.iter().filter(|entry| entry.seq > founded).map(SignedEntry::decode);
        let entered_for_one = of_one.collect::<Result<_, _>>()?;
        let bytes = entries.iter().map(|entry| cbor::to_bytes(entry).len()).sum();
        let last = entries.last().ok_or("no registry")?.clone();
        let key = registry_key(&folder.join("keys"))?;
        Ok(TownHall { province, storage, key, entered_for_one, last, bytes, registered: 0 })
    }

    /// How many kecamatan have all their laptops registered.
    pub fn districts(&self) -> usize {
        self.registered / PER_DISTRICT
    }

    /// The registry's last entry.
    pub fn registry_seq(&self) -> u64 {
        self.last.seq
    }

    /// Registers laptops until there are so many. Returns the bytes of the registry.
    pub async fn register_up_to(&mut self, laptops: usize) -> Outcome<usize> {
        let new: Vec<usize> = (self.registered..laptops).collect();
        for some in new.chunks(TOGETHER) {
            let mut entries = Vec::new();
            for index in some {
                for entry in &self.entered_for_one {
                    let entry = for_laptop(entry.clone(), *index)?;
                    let (seq, before) = (self.last.seq + 1, self.last.hash());
                    self.last = SignedEntry::sign(seq, before, now_ms(), &entry, &self.key);
                    self.bytes += cbor::to_bytes(&self.last).len();
                    entries.push(self.last.clone());
                }
            }
            self.storage.append_registry(entries).await?;
        }
        let first_of_each: Vec<usize> = new.iter().copied().filter(|index| index % PER_DISTRICT == 0).collect();
        for some in first_of_each.chunks(TOGETHER) {
            let earlier_days = some.iter().map(|index| earlier_day(*index)).collect::<Outcome<_>>()?;
            self.storage.receive_segments(earlier_days, self.last.seq, now_ms()).await?;
        }
        // The server had read them for documents when they came.
        self.province.read_documents().await?;
        self.registered = self.registered.max(laptops);
        Ok(self.bytes)
    }
}

/// Enrols a laptop as its officer would.
async fn enrol(province: &Province, scope: Scope) -> Outcome<()> {
    let invited = NewInvitation { role: Role::Petugas, scope, days: 1, person: None, server_url: None };
    let invitation = province.invite(invited).await?;
    let (name, position) = ("CONTOH Petugas 00000".to_owned(), "Anggota".to_owned());
    let subject = Subject { common_name: name.clone(), position: position.clone(), office: invitation.office };
    let csr = certificate_request(&SoftwareKey::generate(&mut OsRng), &subject)?;
    let claim = PersonClaim { id: Uuid::now_v7(), name, position };
    let mut seed = [0; 32];
    OsRng.fill_bytes(&mut seed);
    province.enrol(EnrolRequest::new(invitation.token, &SigningKey::from_bytes(&seed), claim, csr)).await?;
    Ok(())
}

/// What is entered for a laptop in place of this.
fn for_laptop(entry: RegistryEntry, index: usize) -> Outcome<RegistryEntry> {
    let person = Laptop::person(index);
    Ok(match entry {
        RegistryEntry::Person { id: _, name: _, position } => {
            RegistryEntry::Person { id: person, name: format!("CONTOH Petugas {index:05}"), position }
        }
        RegistryEntry::Device { .. } => RegistryEntry::Device { key: Laptop::device(index), person },
        RegistryEntry::Grant(Grant { role, .. }) => {
            RegistryEntry::Grant(Grant { person, role, scope: Laptop::scope(index)? })
        }
        RegistryEntry::Certificate { der, .. } => {
            RegistryEntry::Certificate { person, der, device: Some(Laptop::device(index)) }
        }
        act => act,
    })
}

/// A day that a laptop handed in before it was installed anew.
fn earlier_day(index: usize) -> Outcome<PushedSegment> {
    let segment = Laptop::new(index, 0)?.seal_a_day()?;
    let compressed = compress(segment.bytes());
    Ok(PushedSegment::Permitted { segment, compressed, first_received_ms: None })
}

/// The key of a province that was founded a moment ago: the one there is.
fn registry_key(folder: &Path) -> Outcome<SigningKey> {
    for file in fs::read_dir(folder)? {
        let file = file?;
        if file.file_name().to_string_lossy().starts_with("registry") {
            return Ok(SigningKey::try_from(&fs::read(file.path())?[..])?);
        }
    }
    Err("the province has no registry key".into())
}
