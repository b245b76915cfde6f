//! A laptop, as far as the server sees it: what it asks is what the sync engine asks, and what it holds is what it was
//! given.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use arumbae_bench::day;
use arumbae_bench::draw::Draw;
use arumbae_bench::season::write_finding;
use arumbae_domain::Scope;
use arumbae_measure::Writer;
use arumbae_measure::travelling::ANSWER_BYTES;
use arumbae_mergelog::digest::Digest;
use arumbae_mergelog::parcel::{Base, Packing, divide, unpack};
use arumbae_mergelog::{ClockQuality, DeviceKey, SealedSegment, SegmentHash};
use arumbae_protocol::http_signature::{self, CONTENT_DIGEST, Freshness, SIGNATURE, SIGNATURE_INPUT};
use arumbae_protocol::parcel::MAX_BASE;
use arumbae_protocol::{
    Numbers, PROTOCOL_HEADER, PROTOCOL_VERSION, Parcel, ScopeCursor, ScopeDigest, SyncRequest, SyncResponse, cbor,
    paths,
};
use ed25519_dalek::SigningKey;
use uuid::Uuid;

use super::server_process::ServerProcess;
use crate::Outcome;

/// Laptops of a kecamatan: one for each member of its Panwascam.
pub const PER_DISTRICT: usize = 3;

/// One of the country's laptops.
pub struct Laptop {
    key: SigningKey,
    writer: Writer,
    draw: Draw,
    /// How many findings it has written.
    findings: usize,
    head: SegmentHash,
    /// What it holds of its kecamatan's log, by number, and how far it has read it.
    held: BTreeMap<u64, SealedSegment>,
    cursor: u64,
    /// The day that is to be handed in, and the answer to that.
    day: Option<SealedSegment>,
    body: Vec<u8>,
    answer: Vec<u8>,
}

/// What a synchronization took.
pub struct Answered {
    /// From the first packet of the connection to the last byte of the answer.
    pub waited: Duration,
    /// Bytes of the request,
    pub up: usize,
    /// and of the answer, without TLS and HTTP.
    pub down: usize,
}

impl Laptop {
    /// A laptop of this installation that has nothing yet.
    pub fn new(index: usize, incarnation: u64) -> Outcome<Laptop> {
        let key = Laptop::key(index);
        let writer = Writer::new(key.clone(), incarnation, Laptop::person(index)).in_scope(Laptop::scope(index)?);
        Ok(Laptop {
            key,
            writer,
            draw: Draw(index as u64 ^ incarnation << 32),
            findings: 0,
            head: SegmentHash::GENESIS,
            held: BTreeMap::new(),
            cursor: 0,
            day: None,
            body: Vec::new(),
            answer: Vec::new(),
        })
    }

    fn key(index: usize) -> SigningKey {
        SigningKey::from_bytes(&Draw(index as u64).bytes())
    }

    /// What the registry knows it by.
    pub fn device(index: usize) -> DeviceKey {
        DeviceKey(Laptop::key(index).verifying_key().to_bytes())
    }

    /// Who sits at it.
    pub fn person(index: usize) -> Uuid {
        Uuid::from_u128(index as u128 + 1)
    }

    /// The kecamatan where it stands, one of so many as the country has.
    pub fn scope(index: usize) -> Outcome<Scope> {
        let district = index / PER_DISTRICT;
        Ok(format!("81.{:02}.{:02}", 1 + district / 99, 1 + district % 99).parse()?)
    }

    /// Writes its share of a busy day and seals it.
    pub fn seal_a_day(&mut self) -> Outcome<SealedSegment> {
        for _ in 0..day::FINDINGS / PER_DISTRICT {
            write_finding(&mut self.draw, self.findings, &mut self.writer);
            self.findings += 1;
        }
        let saves = self.writer.take_saves();
        let lane = self.writer.lane();
        let segment = SealedSegment::seal(lane, self.head, &saves, ClockQuality::default(), &self.key)?;
        self.head = segment.hash();
        Ok(segment)
    }

    /// Writes a day and makes the request that hands it in, by a laptop that holds the registry up to this entry.
    pub fn work_a_day(&mut self, registry_seq: u64) -> Outcome<()> {
        let segment = self.seal_a_day()?;
        let scope = &self.writer.lane().scope;
        let cursor = |gsn| vec![ScopeCursor { scope: scope.clone(), gsn }];
        let mut digest = Digest::EMPTY;
        self.held.range(..=self.cursor).for_each(|(_, held)| digest.add(&held.hash()));
        let (base, numbers) = (base_of(self.held.values())?, Numbers::of(self.held.keys().copied()));
        let pack =
            |packing: Packing| Parcel { scope: scope.clone(), base: numbers.clone(), bytes: packing.pack(&base) };
        let has_read = self.cursor > 0;
        let request = SyncRequest {
            incarnation: self.writer.lane().incarnation,
            cursors: if has_read { cursor(self.cursor) } else { Vec::new() },
            registry_seq,
            digests: has_read
                .then(|| ScopeDigest { scope: scope.clone(), digest: *digest.as_bytes() })
                .into_iter()
                .collect(),
            credit_bytes: ANSWER_BYTES as u64,
            takes_snapshots: true,
            parcels: divide(vec![segment.clone()]).into_iter().map(pack).collect(),
            takes_parcels: true,
            held_after: if has_read { cursor(0) } else { Vec::new() },
            ..SyncRequest::default()
        };
        self.body = cbor::to_bytes(&request);
        self.day = Some(segment);
        Ok(())
    }

    /// One signed request over a connection of its own.
    pub async fn synchronize(&mut self, server: &ServerProcess) -> Outcome<Answered> {
        let client = reqwest::Client::builder().tls_backend_preconfigured(server.tls.clone()).no_proxy().build()?;
        let began = Instant::now();
        let freshness = Freshness { created: now_ms() / 1000, nonce: self.draw.bytes() };
        let signed = http_signature::sign(&self.key, "POST", paths::SYNC, &self.body, freshness);
        let answer = client
            .post(format!("{}{}", server.url, paths::SYNC))
            .header(PROTOCOL_HEADER, PROTOCOL_VERSION)
            .header(CONTENT_DIGEST, signed.content_digest)
            .header(SIGNATURE_INPUT, signed.signature_input)
            .header(SIGNATURE, signed.signature)
            .body(self.body.clone())
            .send()
            .await?
            .error_for_status()?;
        self.answer = answer.bytes().await?.to_vec();
        Ok(Answered { waited: began.elapsed(), up: self.body.len(), down: self.answer.len() })
    }

    /// Reads the answer; an error if it is not whole.
    pub fn take_in(&mut self) -> Outcome<()> {
        let answer: SyncResponse = cbor::from_bytes(&self.answer)?;
        let (Some(day), [receipt]) = (self.day.take(), &answer.receipts[..]) else {
            return Err(format!("a day was not receipted: {:?}", answer.quarantine).into());
        };
        if receipt.hash != day.hash() || !answer.diverged.is_empty() || !answer.registry.is_empty() || answer.more {
            return Err("an answer is not that to a laptop that holds what it said".into());
        }
        for parcel in &answer.parcels {
            let numbers = parcel.base.list(MAX_BASE).ok_or("a base that is too large")?;
            let base = base_of(numbers.iter().filter_map(|number| self.held.get(number)))?;
            let segments = unpack(&parcel.bytes, &base)?;
            let places = parcel.places(segments.len()).ok_or("a parcel without numbers")?;
            self.held
                .extend(places.into_iter().map(|(gsn, _)| gsn).zip(segments.into_iter().map(|one| one.into_segment())));
        }
        self.held.insert(receipt.gsn, day);
        let read = answer.cursors.into_iter().find(|cursor| cursor.scope == self.writer.lane().scope);
        self.cursor = read.map_or(self.cursor, |cursor| cursor.gsn);
        Ok(())
    }
}

fn base_of<'a>(segments: impl IntoIterator<Item = &'a SealedSegment>) -> Outcome<Base> {
    let mut base = Base::default();
    for segment in segments {
        if !base.push(segment) {
            return Err("a base that is too large".into());
        }
    }
    Ok(base)
}

/// Now, milliseconds since 1970 UTC.
pub fn now_ms() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_millis() as u64
}
