//! Sticks instead of a link: sealed files from real stores to the real server and back, in whatever order they come.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use arumbae_courier::{BundleSecret, PartSize, Refusal, Stick, open, seal};
use arumbae_domain::schema::RecordId;
use arumbae_domain::{Attachment, Finding};
use arumbae_protocol::registry::Operator;
use arumbae_protocol::{
    Bundle, BundleKey, Consignment, EnrolRequest, Invitation, Receipt, Role, ScopeSegment, Sender, Standing, Stretch,
    Waybill,
};
use arumbae_server::command::{self, CommandLine, Surroundings};
use arumbae_server::courier::{AttachmentAllowance, CourierError as ServerError, Reply};
use arumbae_server::messages::{Language, Messages};
use arumbae_server::verification::Verification;
use arumbae_server::{Clock, Province as Served};
use arumbae_signing::key::SoftwareKey;
use arumbae_signing::request::certificate_request;
use arumbae_signing::revocation::RevocationReason;
use arumbae_signing::subject::Subject;
use arumbae_store::{EnrolmentRequest, SyncState};
use arumbae_sync::courier::{self, Addressee, CourierError, Taken};
use ed25519_dalek::SigningKey;
use rand_core::{OsRng, RngCore};
use uuid::Uuid;

use crate::province::{Laptop, Province, finding, findings, true_now_ms};

const SMALL: usize = PartSize::LEAST;

fn pack_for(laptop: &Laptop, to: Addressee) -> Vec<Vec<u8>> {
    let mut id = [0; 16];
    OsRng.fill_bytes(&mut id);
    let stamp = (id, true_now_ms());
    let mut store = laptop.store();
    let packing = courier::pack(&mut store, to, PartSize::bytes(SMALL), stamp).expect("packed");
    let seal = |waybill| packing.seal_part(&store, &waybill, &mut OsRng).expect("sealed");
    let files = packing.waybills().into_iter().map(seal).collect();
    packing.note_consigned(&mut store, stamp.1).expect("noted");
    files
}

fn pack(laptop: &Laptop) -> Vec<Vec<u8>> {
    pack_for(laptop, Addressee::Province)
}

fn try_take(laptop: &Laptop, file: &[u8]) -> Result<Taken, CourierError> {
    courier::take(&mut laptop.store(), file, true_now_ms(), &mut OsRng)
}

fn take(laptop: &Laptop, files: &[Vec<u8>]) -> Vec<Taken> {
    files.iter().map(|file| try_take(laptop, file).expect("taken")).collect()
}

/// Gives files to the province and returns its answer to whoever packed them.
async fn carry(province: &Province, files: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let server = province.server().province();
    let mut reply = Reply::default();
    let mut device = None;
    for file in files {
        let taken = server.take_consignment(file).await.expect("taken at the province");
        device = Some(taken.device);
        reply.add(taken.reply);
    }
    let device = device.expect("a file");
    let size = PartSize::bytes(SMALL);
    let packed = server.pack_for(device, reply, size, AttachmentAllowance::default()).await.expect("packed");
    packed.waybills().iter().map(|waybill| server.seal_part(&packed, waybill).expect("sealed")).collect()
}

/// Uses an invitation as an officer without a network does.
fn ask(laptop: &Laptop, invitation: &Invitation) {
    let subject = Subject {
        common_name: laptop.person.name.clone(),
        position: laptop.person.position.clone(),
        office: invitation.office.clone(),
    };
    let csr = certificate_request(&SoftwareKey::generate(&mut OsRng), &subject).expect("a certificate request");
    let device = laptop.store().device_signing_key().clone();
    let request = EnrolRequest::new(invitation.token, &device, laptop.claim(), csr);
    let asked = EnrolmentRequest { invitation: invitation.clone(), request, asked_ms: 1 };
    laptop.store().ask_enrolment(&asked).expect("remembered");
}

/// A finding with a photo of so many bytes.
fn with_photo(laptop: &Laptop, event: &str, bytes: usize) -> Finding {
    let mut photo = vec![0; bytes];
    OsRng.fill_bytes(&mut photo);
    let blob = laptop.store().put_blob(&photo).expect("kept");
    let id = RecordId(Uuid::now_v7());
    let attachment = Attachment { id, blob: Some(blob), byte_length: Some(bytes as i64), ..Attachment::default() };
    let written = Finding { attachments: vec![attachment], ..finding(event) };
    laptop.write(&written);
    written
}

fn shuffled(mut files: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    for at in (1..files.len()).rev() {
        files.swap(at, OsRng.next_u32() as usize % (at + 1));
    }
    files
}

#[tokio::test]
async fn a_month_of_work_of_somebody_never_connected_is_handed_in_by_stick() {
    let province = Province::found().await;
    let officer = Laptop::new("Petugas Contoh", "81.71.01");
    let mut written: Vec<Finding> = findings(30);
    written.iter().for_each(|finding| drop(officer.write(finding)));
    written.push(with_photo(&officer, "Dengan foto kecil", 2_000));
    written.push(with_photo(&officer, "Dengan rekaman panjang", 3 * SMALL));
    ask(&officer, &province.invite(Role::Petugas, "81.71.01", 14).await);
    // Work goes on while the request is on its way.
    officer.rename(written[0].id, "Diubah sesudah meminta");
    let files = pack(&officer);
    assert!(files.len() > 3, "{} files", files.len());
    let waiting = officer.summary();
    assert_eq!((waiting.sent_saves, waiting.consigned.saves), (0, waiting.waiting_saves), "carried is not sent");
    assert_eq!(waiting.consigned.blobs, 2);
    assert!(waiting.consigned.since_ms.is_some());
    assert_eq!(officer.sync_state(written[0].id), SyncState::Waiting);

    let answer = carry(&province, &files).await;
    let taken = take(&officer, &answer);
    assert!(taken[0].enrolled, "the answer enrols");
    let done = officer.summary();
    assert_eq!((done.waiting_saves, done.waiting_blobs, done.consigned.saves), (0, 0, 0));
    assert_eq!(done.sent_saves, waiting.waiting_saves);
    for finding in &written {
        assert_eq!(officer.sync_state(finding.id), SyncState::Sent);
    }
    assert_eq!(officer.store().certificates().expect("readable").len(), 1, "documents can be signed");
    assert_eq!(officer.store().enrolment_request().expect("readable"), None, "it was answered");

    let mut supervisor = province.laptop("Pengawas Contoh", Role::PengawasKabkota, "81.71").await;
    supervisor.engine.synchronize().await.expect("received");
    assert_eq!(supervisor.fingerprint(), officer.fingerprint(), "the province has all of it");
}

#[tokio::test]
async fn files_come_in_any_order_repeated_and_in_part() {
    let province = Province::found().await;
    let officer = Laptop::new("Petugas Contoh", "81.71.01");
    findings(400).iter().for_each(|finding| drop(officer.write(finding)));
    ask(&officer, &province.invite(Role::Petugas, "81.71.01", 14).await);
    let first = pack(&officer);
    officer.write(&finding("Sesudah yang pertama dikemas"));
    let second = pack(&officer);
    // Half of an older stick, a whole newer one, the older one again.
    let half = first[first.len() / 2..].to_vec();
    let mixed = shuffled([half, second.clone(), second, first].concat());
    let answers = carry(&province, &mixed).await;
    let certificates = province.server().province().registry().await.expect("readable");
    assert_eq!(certificates.certificates_of(officer.person.person_id).count(), 1, "one for all files");
    // What was carried twice is receipted once; what fell into a gap is carried again.
    take(&officer, &answers);
    let left = officer.summary().waiting_saves;
    let answers = carry(&province, &pack(&officer)).await;
    take(&officer, &shuffled([answers.clone(), answers].concat()));
    assert_eq!(officer.summary().waiting_saves, 0, "{left} were left after the first round");
}

#[tokio::test]
async fn answers_of_different_ages_leave_no_hole() {
    let province = Province::found().await;
    let mut colleague = province.laptop("Rekan Contoh", Role::Petugas, "81.71.01").await;
    let mut officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    colleague.write(&finding("Pertama"));
    colleague.engine.synchronize().await.expect("sent");
    let older = carry(&province, &pack(&officer)).await;
    let (mut officer_then, image) = officer.image();
    take(&officer_then, &older);
    colleague.write(&finding("Kedua"));
    colleague.engine.synchronize().await.expect("sent");
    let newer = carry(&province, &pack(&officer_then)).await;
    take(&officer_then, &newer);
    officer_then.engine.synchronize().await.expect("a link at last");
    assert_eq!(officer_then.fingerprint(), colleague.fingerprint());

    // A disk put back to before the older one takes the newer one first.
    officer = officer_then.put_back(&image);
    let early = take(&officer, &newer);
    assert!(early.iter().any(|taken| taken.needs_earlier), "the older one is missing: {early:?}");
    take(&officer, &older);
    let again = take(&officer, &newer);
    assert!(again.iter().all(|taken| !taken.needs_earlier), "nothing is missing any more: {again:?}");
    assert_eq!(officer.fingerprint(), colleague.fingerprint());
    let report = officer.engine.synchronize().await.expect("nothing to do");
    assert_eq!((report.received_saves, report.round_trips), (0, 1), "both sides agree on what was read");
}

#[tokio::test]
async fn pieces_of_a_large_attachment_wait_for_the_ones_before() {
    let province = Province::found().await;
    let officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    with_photo(&officer, "Dengan rekaman", 2 * SMALL);
    let files = pack(&officer);
    assert!(files.len() >= 3);
    let server = province.server().province();
    let late = server.take_consignment(&files[files.len() - 1]).await.expect("taken");
    assert!(late.needs_earlier && late.reply.held.is_empty());
    assert_eq!(officer.summary().waiting_blobs, 1);
    take(&officer, &carry(&province, &files).await);
    assert_eq!(officer.summary().waiting_blobs, 0);
}

#[tokio::test]
async fn two_laptops_of_one_office_exchange_without_a_server() {
    let province = Province::found().await;
    let mut officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    let mut colleague = province.laptop("Rekan Contoh", Role::Petugas, "81.71.01").await;
    // The first of them was enrolled before there was the second, and learns of it from the stick.
    let to_colleague = Addressee::Colleague(colleague.store().device_key());
    let to_officer = Addressee::Colleague(officer.store().device_key());
    officer.write(&finding("Dari petugas"));
    colleague.write(&finding("Dari rekan"));
    take(&officer, &pack_for(&colleague, to_officer));
    let known = take(&colleague, &pack_for(&officer, to_colleague));
    assert_eq!(known.iter().map(|taken| taken.received_saves).sum::<u64>(), 1);
    assert_eq!(officer.fingerprint(), colleague.fingerprint());

    // Each now says what it has, so that nothing is carried twice.
    take(&officer, &pack_for(&colleague, to_officer));
    let more = take(&colleague, &pack_for(&officer, to_colleague));
    assert!(more.iter().all(|taken| taken.received_saves + taken.known_segments == 0), "{more:?}");

    // Whoever reaches the province first carries the other's work, and brings the receipts back.
    colleague.engine.synchronize().await.expect("sent, with what the other wrote");
    assert_eq!(officer.summary().waiting_saves, 1);
    let receipted = take(&officer, &pack_for(&colleague, to_officer));
    assert_eq!(receipted.iter().map(|taken| taken.sent_saves).sum::<u64>(), 1);
    assert_eq!(officer.summary().waiting_saves, 0);
    let report = officer.engine.synchronize().await.expect("nothing to send");
    assert_eq!(report.sent_saves, 0);
    assert_eq!(officer.fingerprint(), colleague.fingerprint());
}

#[tokio::test]
async fn what_is_not_for_this_laptop_or_not_genuine_changes_nothing() {
    let province = Province::found().await;
    let elsewhere = Province::found().await;
    // The officer's registry knows the colleague, whose laptop was enrolled before.
    let mut colleague = province.laptop("Rekan Contoh", Role::Petugas, "81.71.01").await;
    let officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    let stranger = elsewhere.laptop("Orang Lain", Role::Petugas, "81.71.01").await;
    for laptop in [&officer, &colleague, &stranger] {
        laptop.write(&finding("Belum terkirim"));
    }
    let answer = carry(&province, &pack(&officer)).await.remove(0);
    colleague.engine.synchronize().await.expect("sent");
    let before = officer.stored_bytes();
    let check = |file: &[u8], expected: Refusal, why: &str| {
        match try_take(&officer, file) {
            Err(CourierError::Refused(refusal)) => assert_eq!(refusal, expected, "{why}"),
            outcome => panic!("{why}: {outcome:?}"),
        }
        assert!(officer.stored_bytes() == before, "{why}: something was written");
    };
    check(b"%PDF-1.7", Refusal::NotSealed, "another file");
    check(b"age-encryption.org/v9\n", Refusal::NewerFormat, "a later version");
    check(&vec![b'a'; arumbae_courier::MAX_SEALED + 1], Refusal::TooLarge, "larger than any");
    check(&answer[..answer.len() / 2], Refusal::Damaged, "cut off");
    let mut changed = answer.clone();
    *changed.last_mut().expect("bytes") ^= 1;
    check(&changed, Refusal::Damaged, "changed");
    check(&carry(&elsewhere, &pack(&stranger)).await[0], Refusal::ForAnother, "for another office");
    check(&pack(&officer)[0], Refusal::ForAnother, "its own, for the province");

    let own = BundleKey::of_device(officer.store().device_key()).expect("a key");
    let provincial = province.server().province().registry_key();
    let made_up = |from: Sender, bundle: Bundle, key: &SigningKey| {
        let waybill = Waybill { from, to: own, shipment: [1; 16], part: 1, parts: 1, packed_ms: 1 };
        seal(&Consignment::pack(&waybill, &bundle, key).expect("it fits"), &own, &mut OsRng).expect("sealed")
    };
    let forger = SigningKey::from_bytes(&[5; 32]);
    let as_province = made_up(Sender::Province(provincial), Bundle::default(), &forger);
    check(&as_province, Refusal::Forged, "who claims to be the province");
    let theirs = arumbae_protocol::RegistryKey::of(&forger);
    check(&made_up(Sender::Province(theirs), Bundle::default(), &forger), Refusal::OtherProvince, "another province");
    let unknown = Sender::Device(arumbae_mergelog::DeviceKey(forger.verifying_key().to_bytes()));
    check(&made_up(unknown, Bundle::default(), &forger), Refusal::UnknownSender, "a device nobody knows");

    // A colleague whose laptop is registered, and who makes things up.
    let device = colleague.store().device_signing_key().clone();
    let from = Sender::Device(colleague.store().device_key());
    let genuine = colleague.store().receipts(1).expect("readable").remove(0);
    let entries = colleague.store().registry_entries().expect("readable");
    let segment = ScopeSegment { scope: officer.scope.clone(), gsn: 9, received_ms: 1, bytes: vec![1] };
    let lies = [
        ("a receipt", Bundle { receipts: vec![Receipt { gsn: 77, ..genuine.clone() }], ..Bundle::default() }),
        (
            "an entry",
            Bundle {
                registry: entries
                    .iter()
                    .cloned()
                    .map(|mut entry| {
                        entry.at_ms += 1;
                        entry
                    })
                    .collect(),
                ..Bundle::default()
            },
        ),
        (
            "entries out of their order",
            Bundle { registry: vec![entries[1].clone(), entries[0].clone()], ..Bundle::default() },
        ),
        ("numbers", Bundle { numbered: vec![segment], ..Bundle::default() }),
        (
            "how far was read",
            Bundle {
                stretches: vec![Stretch { scope: officer.scope.clone(), after: 0, up_to: 900 }],
                ..Bundle::default()
            },
        ),
    ];
    for (what, lie) in lies {
        check(&made_up(from, lie, &device), Refusal::Forged, what);
    }
    let passed_on = open(&answer, &BundleSecret::of_device(officer.store().device_signing_key())).expect("opened");
    assert_eq!(passed_on.waybill.from, Sender::Province(provincial));
    let truth = Bundle { receipts: vec![genuine], ..Bundle::default() };
    try_take(&officer, &made_up(from, truth, &device)).expect("the province's own word is taken from anybody known");
    try_take(&officer, &answer).expect("and so is its answer");
}

#[tokio::test]
async fn what_the_province_refuses_changes_nothing_there() {
    let province = Province::found().await;
    let elsewhere = Province::found().await;
    let stranger = elsewhere.laptop("Orang Lain", Role::Petugas, "81.71.01").await;
    let officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    officer.write(&finding("Belum terkirim"));
    stranger.write(&finding("Belum terkirim"));
    let file = pack(&officer).remove(0);

    let late = Laptop::new("Petugas Terlambat", "81.71.02");
    let over = province.invite(Role::Petugas, "81.71.02", 0).await;
    ask(&late, &over);
    late.write(&finding("Ditulis sebelum undangan"));
    while true_now_ms() <= over.expires_ms {
        tokio::task::yield_now().await;
    }
    let unasked = Laptop::new("Petugas Tanpa Undangan", "81.71.02");
    let used = province.invite(Role::Petugas, "81.71.02", 7).await;
    ask(&unasked, &used);
    let other = Laptop::new("Petugas Lebih Cepat", "81.71.02");
    other.redeem(&used).await.expect("the first device");

    let to = province.server().province().registry().await.expect("readable").bundle_key().expect("published");
    let made_up = |bundle: Bundle, key: &SigningKey| {
        let from = Sender::Device(arumbae_mergelog::DeviceKey(key.verifying_key().to_bytes()));
        let waybill = Waybill { from, to, shipment: [1; 16], part: 1, parts: 1, packed_ms: 1 };
        seal(&Consignment::pack(&waybill, &bundle, key).expect("it fits"), &to, &mut OsRng).expect("sealed")
    };
    let nobody = SigningKey::from_bytes(&[5; 32]);
    let officers = officer.store().device_signing_key().clone();
    let foreign = stranger.store().registry_entries().expect("readable");
    let lies = Bundle { registry: foreign, standing: Some(Standing::default()), ..Bundle::default() };
    let mut changed = file.clone();
    changed[300] ^= 1;
    use arumbae_protocol::FailureCode::{ExpiredInvitation, UsedInvitation};
    let cases = [
        (file[..file.len() - 1].to_vec(), Refusal::Damaged, "cut off"),
        (changed, Refusal::Damaged, "changed"),
        (pack(&stranger).remove(0), Refusal::ForAnother, "for another province"),
        (made_up(Bundle::default(), &nobody), Refusal::UnknownSender, "a device nobody knows"),
        (made_up(lies, &officers), Refusal::Forged, "entries of another province"),
        (pack(&late).remove(0), Refusal::NotEnrollable(ExpiredInvitation), "an invitation that is over"),
        (pack(&unasked).remove(0), Refusal::NotEnrollable(UsedInvitation), "an invitation somebody else used"),
    ];
    let before = province.stored_bytes();
    for (file, expected, why) in cases {
        match province.server().province().take_consignment(&file).await {
            Err(ServerError::Refused(refusal)) => assert_eq!(refusal, expected, "{why}"),
            outcome => panic!("{why}: {outcome:?}"),
        }
        assert!(province.stored_bytes() == before, "{why}: something was written");
    }
    assert_eq!(late.summary().waiting_saves, 1, "nothing is lost");
    // A new invitation, and the same work goes through.
    ask(&late, &province.invite(Role::Petugas, "81.71.02", 7).await);
    take(&late, &carry(&province, &pack(&late)).await);
    assert_eq!(late.summary().waiting_saves, 0);
}

/// What the operator is told at the province's terminal, and whether all went well.
async fn at_the_desk(province: &Province, words: &str, stick: &Path) -> (String, bool) {
    let stick = stick.display().to_string();
    let words = format!("arumbae-server courier {words} --data {}", province.data_dir().display());
    let words: Vec<OsString> = words.split_whitespace().map(|word| word.replace("STICK", &stick).into()).collect();
    let command_line = CommandLine::read(&words).expect("a command");
    let configuration = command_line.configuration([]).expect("settings");
    let surroundings = Surroundings { configuration, operator: Operator::default(), clock: Clock::system() };
    let mut said = Vec::new();
    let outcome = command::run(command_line, surroundings, &mut said, std::future::ready(())).await;
    let mut said = String::from_utf8(said).expect("UTF-8");
    let well = outcome.is_ok();
    if let Err(error) = outcome {
        said.push_str(&error.say(&Messages::of(Language::Id)));
    }
    (said.replace(&stick, "STICK"), well)
}

fn files_on(stick: &Path) -> Vec<PathBuf> {
    Stick::at(stick).sealed_files().expect("readable")
}

/// Everything that counts of a province: entries, segments, attachments, what waits in the quarantine.
async fn held_by(province: &Province) -> Verification {
    Served::verify(province.data_dir(), None, None).await.expect("walked")
}

#[tokio::test]
async fn an_operator_hands_sticks_in_and_packs_them_at_the_terminal() {
    let province = Province::found().await;
    let elsewhere = Province::found().await;
    let stranger = elsewhere.laptop("Orang Lain", Role::Petugas, "81.71.01").await;
    stranger.write(&finding("Bukan untuk provinsi ini"));
    let officer = Laptop::new("Petugas Contoh", "81.71.01");
    ask(&officer, &province.invite(Role::Petugas, "81.71.01", 14).await);
    let written = with_photo(&officer, "Dibawa kurir", 2_000);
    let good = pack(&officer).remove(0);
    let mut damaged = good.clone();
    damaged[300] ^= 1;

    let stick = tempfile::tempdir().expect("a stick");
    let put = |name: &str, bytes: &[u8]| std::fs::write(stick.path().join(name), bytes).expect("written");
    put("1-rusak.bundel", &damaged);
    put("2-provinsi-lain.bundel", &pack(&stranger).remove(0));
    put("3-surat.bundel", b"bukan bundel");
    let before = held_by(&province).await;
    let (said, well) = at_the_desk(&province, "import STICK", stick.path()).await;
    assert!(!well, "{said}");
    for expected in [
        "1-rusak.bundel: DITOLAK. Bundel ini rusak atau terpotong.",
        "2-provinsi-lain.bundel: untuk penerima lain, dilewati.",
        "3-surat.bundel: DITOLAK. Berkas ini bukan bundel Arumbae.",
        "2 berkas ditolak; tidak ada yang diterima.",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    assert_eq!(held_by(&province).await, before, "nothing has changed");
    assert_eq!(files_on(stick.path()).len(), 3, "and nothing is answered");

    let stick = tempfile::tempdir().expect("another stick");
    let (said, well) = at_the_desk(&province, "import STICK", stick.path()).await;
    assert!(!well && said.contains("Tidak ada berkas .bundel"), "{said}");
    std::fs::write(stick.path().join("a.bundel"), &good).expect("written");
    let (said, well) = at_the_desk(&province, "import STICK", stick.path()).await;
    assert!(well && said.contains("Petugas Contoh dan perangkat"), "it is enrolled: {said}");
    let after = held_by(&province).await;
    assert_eq!((after.segments, after.attachments, after.faults.len()), (1, 1, 0));
    std::fs::create_dir(stick.path().join("jawaban")).expect("made");
    let (said, well) = at_the_desk(&province, "import STICK/a.bundel --answers STICK/jawaban", stick.path()).await;
    assert!(well, "a file that comes twice: {said}");
    assert_eq!(held_by(&province).await, after, "counts once");

    let answers = files_on(stick.path());
    let answer = answers.iter().find(|path| !path.ends_with("a.bundel")).expect("it lies beside the file");
    let taken = try_take(&officer, &std::fs::read(answer).expect("readable")).expect("taken");
    assert!(taken.enrolled);
    assert_eq!(officer.sync_state(written.id), SyncState::Sent);

    let colleague = province.laptop("Rekan Contoh", Role::Petugas, "81.71.01").await;
    let out = tempfile::tempdir().expect("a stick");
    let (said, well) = at_the_desk(&province, "export STICK", out.path()).await;
    assert!(!well && said.contains("--scope"), "for whom? {said}");
    let key = colleague.store().device_key().to_string();
    let (said, well) = at_the_desk(&province, &format!("export STICK --device {}", &key[..8]), out.path()).await;
    assert!(well, "{said}");
    let packed = files_on(out.path());
    take(&colleague, &packed.iter().map(|path| std::fs::read(path).expect("readable")).collect::<Vec<_>>());
    assert_eq!(colleague.read(written.id).map(|read| read.event), Some(written.event), "all that it may read");
}

#[tokio::test]
async fn what_a_revoked_laptop_still_hands_in_waits_for_a_person() {
    let province = Province::found().await;
    let officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    officer.write(&finding("Ditulis setelah dicabut"));
    let device = officer.store().device_key();
    province.server().province().revoke(device, RevocationReason::KeyCompromise).await.expect("revoked");
    let taken = province.server().province().take_consignment(&pack(&officer)[0]).await.expect("taken, and put aside");
    assert_eq!((taken.reply.receipts.len(), taken.reply.notices.len()), (0, 1));
}
