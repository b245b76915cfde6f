//! Several servers of one province on one database.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use arumbae_mergelog::digest::Digest;
use arumbae_mergelog::segment::{SealedSegment, SegmentHash};
use arumbae_protocol::http_signature::{self, CONTENT_DIGEST, Freshness, SIGNATURE, SIGNATURE_INPUT};
use arumbae_protocol::{FailureCode, Receipt, Role, SyncRequest, SyncResponse, cbor, paths};
use arumbae_server::storage::{PostgresStorage, Storage};
use arumbae_server::{Config, SnapshotPolicy, StartError};
use arumbae_signing::revocation::RevocationReason;
use reqwest::{Method, StatusCode};

use crate::device::{Device, client_pinning, cursor, read};
use crate::fixture::{Province, START_MS, invite, serve};

const DISTRICT: &str = "81.71.01";

/// The place of another server of the province: its keys, and a folder of its own.
fn beside(province: &Province, name: &str) -> Config {
    let data_dir = province.folder.path().join(name);
    let (from, to) = (province.config().data_dir.join("keys"), data_dir.join("keys"));
    fs::create_dir_all(&to).expect("a folder");
    for file in fs::read_dir(from).expect("the keys") {
        let file = file.expect("a file");
        fs::copy(file.path(), to.join(file.file_name())).expect("copied");
    }
    Config { data_dir, ..province.config() }
}

#[tokio::test]
async fn what_one_server_takes_another_gives() {
    let province = Province::on_postgres();
    let one = province.start().await;
    let other = serve(beside(&province, "other")).await.expect("a second server");
    let sharing = serve(province.config()).await.expect("a third server, on the first one's folder");
    let officer = Device::enrolled(1, &one, Role::Petugas, DISTRICT).await;
    let colleague = Device::enrolled(2, &other, Role::Petugas, DISTRICT).await;
    let mut end = officer.lane(DISTRICT);
    for (gsn, server) in (1..).zip([&one, &other, &sharing]) {
        let pushed = officer.push(server, &[&officer.seal(&mut end, 1)]).await;
        assert_eq!(pushed.receipts[0].gsn, gsn);
        assert!(pushed.receipts[0].verify(&one.province().registry_key()).is_ok(), "one key signs for all of them");
    }
    let read = colleague.push(&one, &[]).await;
    assert_eq!(read.segments.len(), 3);
    one.province().revoke(officer.device_key(), RevocationReason::KeyCompromise).await.expect("revoked");
    let refused = officer.sync(&other, &officer.request(&[])).await;
    assert_eq!(refused.map(|_| ()), Err(FailureCode::RevokedDevice), "at every server at once");
}

#[tokio::test]
async fn a_request_counts_once_over_all_servers() {
    let province = Province::on_postgres();
    let one = province.start().await;
    let device = Device::enrolled(1, &one, Role::Petugas, DISTRICT).await;
    let other = serve(beside(&province, "other")).await.expect("a second server");
    let body = cbor::to_bytes(&device.request(&[]));
    let fresh = device.fresh(START_MS);
    let send = async |server| {
        let request = device.signed_as(server, Method::POST, paths::SYNC, body.clone(), fresh);
        read::<SyncResponse>(request.send().await.expect("an answer")).await.map(|_| ())
    };
    assert_eq!(send(&one).await, Ok(()));
    assert_eq!(send(&other).await, Err(FailureCode::ReplayedRequest));
    let later = serve(beside(&province, "later")).await.expect("a third server");
    assert_eq!(send(&later).await, Err(FailureCode::ReplayedRequest), "also at one that was started since");
}

#[tokio::test]
async fn an_invitation_is_redeemed_at_one_server() {
    let province = Province::on_postgres();
    let one = province.start().await;
    let other = serve(beside(&province, "other")).await.expect("a second server");
    let invitation = invite(&one, Role::Petugas, DISTRICT).await;
    let (first, second) = (Device::new(1), Device::new(2));
    let outcomes = tokio::join!(first.enrol(&one, &invitation), second.enrol(&other, &invitation));
    let outcomes = [outcomes.0.map(|_| ()), outcomes.1.map(|_| ())];
    assert!(
        outcomes.contains(&Ok(())) && outcomes.contains(&Err(FailureCode::UsedInvitation)),
        "one and only one: {outcomes:?}"
    );
}

#[tokio::test]
async fn a_snapshot_is_made_once() {
    let mut province = Province::on_postgres();
    province.snapshots = SnapshotPolicy { segments: 4, fraction: u64::MAX };
    let one = province.start().await;
    let other = serve(beside(&province, "other")).await.expect("a second server");
    let device = Device::enrolled(1, &one, Role::Petugas, DISTRICT).await;
    let mut end = device.lane(DISTRICT);
    for server in [&one, &other, &one, &other] {
        device.push(server, &[&device.seal(&mut end, 1)]).await;
    }
    tokio::join!(one.province().make_due_snapshots(), other.province().make_due_snapshots());
    let request = SyncRequest { takes_snapshots: true, ..device.request(&[]) };
    let (first, second) = (device.sync(&one, &request).await, device.sync(&other, &request).await);
    let offers = first.expect("synchronized").snapshots;
    assert_eq!(offers.len(), 1);
    assert_eq!((offers[0].note.gsn, &offers), (4, &second.expect("synchronized").snapshots));
}

#[tokio::test]
async fn a_province_is_founded_once_and_by_one() {
    let province = Province::on_postgres();
    let stranger = Config { data_dir: province.folder.path().join("stranger"), ..province.config() };
    let (one, other) = tokio::join!(province.try_start(), serve(stranger.clone()));
    let (founded, refused) = if one.is_ok() { (one, other) } else { (other, one) };
    assert!(founded.is_ok());
    assert!(matches!(refused.map(|_| ()), Err(StartError::Keys(None))), "keys of its own would cut all devices off");
    let keyless = [&province.config().data_dir, &stranger.data_dir].map(|folder| folder.join("keys").exists());
    assert_eq!(keyless.iter().filter(|made| **made).count(), 1, "the loser makes none");
}

#[tokio::test]
async fn a_database_and_a_file_never_grow_under_one_key() {
    let province = Province::on_postgres();
    let _server = province.start().await;
    let on_a_file = Config { database: None, ..province.config() };
    assert!(matches!(serve(on_a_file).await.map(|_| ()), Err(StartError::AlreadyRunning { .. })));
}

/// The program itself, to be killed.
struct ServerProcess {
    child: Child,
    url: String,
}

impl ServerProcess {
    fn start(config: &Config, database: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_arumbae-server"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(&config.data_dir)
            .env("ARUMBAE_DATABASE", database)
            .env("ARUMBAE_LOG", "off")
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut said = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut said).expect("it says where it listens");
        let url = said.split_whitespace().find(|word| word.starts_with("https://")).expect("its address");
        ServerProcess { url: url.trim_end_matches('.').to_owned(), child }
    }

    /// SIGKILL: nothing is finished, nothing is said.
    fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("gone");
    }
}

/// Sends until a server answers, to one after the other; servers may be killed meanwhile.
struct Sender {
    device: Device,
    client: reqwest::Client,
    addresses: Arc<Vec<Mutex<String>>>,
    nonces: AtomicU64,
}

impl Sender {
    async fn push(&self, segments: &[&SealedSegment]) -> SyncResponse {
        let body = cbor::to_bytes(&self.device.request(segments));
        loop {
            let count = self.nonces.fetch_add(1, Ordering::SeqCst);
            let server =
                &self.addresses[(count as usize + self.device.person.as_u128() as usize) % self.addresses.len()];
            let url = server.lock().expect("an address").clone() + paths::SYNC;
            let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
            let mut nonce = [0; 16];
            nonce[..8].copy_from_slice(&count.to_le_bytes());
            let freshness = Freshness { created: now, nonce };
            let headers = http_signature::sign(&self.device.key, "POST", paths::SYNC, &body, freshness);
            let request = self
                .client
                .post(url)
                .header(CONTENT_DIGEST, headers.content_digest)
                .header(SIGNATURE_INPUT, headers.signature_input)
                .header(SIGNATURE, headers.signature)
                .body(body.clone());
            // Whatever breaks off is tried again, as devices do.
            let Ok(answer) = request.send().await else { continue };
            if answer.status() != StatusCode::OK {
                continue;
            }
            let Ok(answer) = answer.bytes().await else { continue };
            return cbor::from_bytes(&answer).expect("the expected body");
        }
    }
}

/// Parallel writers, servers that are killed in the middle and started again: nothing that was receipted is missing,
/// and no number is given twice or left out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_killed_at_work_lose_nothing_and_leave_no_gap() {
    const WRITERS: u8 = 6;
    const SEGMENTS: u32 = 40;
    const SERVERS: usize = 2;
    let mut province = Province::on_postgres();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis() as u64;
    province.now_ms = Arc::new(AtomicU64::new(now));
    let founding = province.start().await;
    let (ca, registry_key) = (founding.province().ca_der().to_vec(), founding.province().registry_key());
    let mut devices = Vec::new();
    for seed in 1..=WRITERS {
        devices.push(Device::enrolled(seed, &founding, Role::Petugas, DISTRICT).await);
    }
    founding.stop().await.expect("stopped");

    let database = province.database.as_ref().expect("a schema").url_text();
    let places: Vec<Config> = (0..SERVERS).map(|index| beside(&province, &format!("server-{index}"))).collect();
    let mut running: Vec<ServerProcess> = places.iter().map(|place| ServerProcess::start(place, &database)).collect();
    let addresses: Arc<Vec<_>> = Arc::new(running.iter().map(|server| Mutex::new(server.url.clone())).collect());
    let (receipted, mut heard) = tokio::sync::mpsc::unbounded_channel();

    let mut writing = Vec::new();
    for device in devices {
        let (addresses, receipted) = (addresses.clone(), receipted.clone());
        let client = client_pinning(&ca);
        writing.push(tokio::spawn(async move {
            let sender = Sender { device, client, addresses, nonces: AtomicU64::new(0) };
            let mut end = sender.device.lane(DISTRICT);
            let mut receipts: Vec<Receipt> = Vec::new();
            for _ in 0..SEGMENTS {
                let segment = sender.device.seal(&mut end, 1);
                let answer = sender.push(&[&segment]).await;
                let [receipt] = &answer.receipts[..] else { panic!("one receipt, not {answer:?}") };
                assert_eq!(receipt.hash, segment.hash());
                receipts.push(receipt.clone());
                receipted.send(()).expect("somebody listens");
            }
            receipts
        }));
    }
    // A server dies each time a tenth more of the segments is receipted, and comes back.
    let total = u64::from(WRITERS) * u64::from(SEGMENTS);
    for index in (0..SERVERS).cycle().take(8) {
        for _ in 0..total / 10 {
            heard.recv().await.expect("writers go on");
        }
        running[index].kill();
        running[index] = tokio::task::block_in_place(|| ServerProcess::start(&places[index], &database));
        *addresses[index].lock().expect("an address") = running[index].url.clone();
    }
    let mut receipts = BTreeMap::new();
    for writer in writing {
        for receipt in writer.await.expect("no panic") {
            assert!(receipt.verify(&registry_key).is_ok());
            let number = receipt.gsn;
            assert!(receipts.insert(number, receipt).is_none(), "{number} was given twice");
        }
    }
    running.iter_mut().for_each(ServerProcess::kill);

    assert_eq!(receipts.keys().copied().collect::<BTreeSet<u64>>(), (1..=total).collect(), "no number is missing");
    let storage = PostgresStorage::open(&province.config().database.expect("a schema")).await.expect("opened");
    let log = storage.log_after(cursor(DISTRICT, 0), u64::MAX).await.expect("the log");
    let mut hashes: Vec<SegmentHash> = Vec::new();
    for logged in &log {
        let bytes = arumbae_mergelog::compression::decompress(&logged.bytes, arumbae_protocol::sync::MAX_SEGMENT);
        let segment = SealedSegment::from_bytes(bytes.expect("compressed by the author")).expect("a segment");
        assert_eq!(receipts.get(&logged.gsn).map(|receipt| receipt.hash), Some(segment.hash()), "as receipted");
        hashes.push(segment.hash());
    }
    assert_eq!(log.len() as u64, total, "and nothing else is there");
    let recomputed: Digest = hashes.iter().collect();
    assert_eq!(storage.digests_at(vec![cursor(DISTRICT, total)]).await.expect("a digest"), [Some(recomputed)]);
}
