//! The store of the attachments on a folder and on a real S3 server, also with several servers on one store.

use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;

use arumbae_domain::schema::BlobHash;
use arumbae_mergelog::DeviceKey;
use arumbae_server::attachment::{AttachmentPlace, AttachmentStore, Progress, Upload, UploadError};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use jiff::{SignedDuration, Timestamp};
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::{Barrier, mpsc};

const DEVICE: DeviceKey = DeviceKey([7; 32]);

/// Where a test keeps attachments, and what goes away with it.
struct Place {
    place: AttachmentPlace,
    folder: TempDir,
}

impl Place {
    fn folder() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Place { place: AttachmentPlace::Folder(folder.path().join("attachments")), folder }
    }

    /// An S3 server on loopback; it ends with the test.
    async fn s3() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::create_dir(folder.path().join("bawaslu")).expect("a bucket");
        let mut service = S3ServiceBuilder::new(s3s_fs::FileSystem::new(folder.path()).expect("a folder"));
        service.set_auth(SimpleAuth::from_single("pala", "cengkih"));
        let service = service.build();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let connection = Builder::new(TokioExecutor::new());
                let service = service.clone();
                tokio::spawn(async move { connection.serve_connection(TokioIo::new(socket), service).await });
            }
        });
        let environment = [
            ("AWS_ENDPOINT_URL", endpoint.as_str()),
            ("AWS_ALLOW_HTTP", "true"),
            ("AWS_REGION", "ap-southeast-3"),
            ("AWS_ACCESS_KEY_ID", "pala"),
            ("AWS_SECRET_ACCESS_KEY", "cengkih"),
        ];
        let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let place = AttachmentPlace::parse("s3://bawaslu/maluku/lampiran", environment).expect("a place");
        Place { place, folder }
    }

    /// As another server would open it.
    async fn open(&self) -> AttachmentStore {
        AttachmentStore::open(&self.place).await.expect("the store answers")
    }

    /// How many objects are kept; the S3 server's own notes begin with a dot.
    fn objects(&self) -> usize {
        fn count(folder: &Path) -> usize {
            let entries = std::fs::read_dir(folder).expect("readable").map(|entry| entry.expect("readable"));
            let objects = entries.filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'));
            objects.map(|entry| if entry.path().is_dir() { count(&entry.path()) } else { 1 }).sum()
        }
        count(self.folder.path())
    }
}

fn photo(length: usize) -> (Vec<u8>, Upload) {
    let mut bytes = vec![0; length];
    blake3::Hasher::new().finalize_xof().fill(&mut bytes);
    let hash = BlobHash(*blake3::hash(&bytes).as_bytes());
    (bytes, Upload { device: DEVICE, hash, length: length as u64 })
}

/// A body that comes in parts and, unless it is whole, breaks off.
fn body(bytes: &[u8], whole: bool) -> impl Stream<Item = Result<Bytes, &'static str>> + Unpin + use<> {
    let parts: Vec<_> = bytes.chunks(1000).map(|part| Ok(Bytes::copy_from_slice(part))).collect();
    stream::iter(parts.into_iter().chain((!whole).then_some(Err("the link broke"))))
}

async fn read(store: &AttachmentStore, hash: BlobHash, part: std::ops::Range<u64>) -> Vec<u8> {
    let parts: Vec<Bytes> = store.read(hash, part).await.expect("there").try_collect().await.expect("readable");
    parts.concat()
}

async fn check_upload(place: Place) {
    // Larger than what is put at once, so that a cut falls between pieces and within one.
    let (bytes, upload) = photo(1_100_003);
    let one = place.open().await;
    let two = place.open().await;
    assert!(matches!(one.show_upload(upload).await, Err(UploadError::NotFound)));
    let opened = one.open_upload(upload, "blake3 aGFzaA==").await.expect("opened");
    assert_eq!(opened, Progress { offset: 0, length: 1_100_003 });

    let cut = one.append(upload, 0, body(&bytes[..400_007], false), vec![]).await;
    assert!(matches!(cut, Err(UploadError::CutOff)), "{cut:?}");
    let (shown, metadata) = two.show_upload(upload).await.expect("shown");
    assert_eq!((shown.offset, metadata.as_str()), (400_007, "blake3 aGFzaA=="), "every byte that arrived is kept");
    let early = two.append(upload, 400_006, body(&bytes[400_006..], true), vec![]).await;
    assert!(matches!(early, Err(UploadError::OffsetMismatch)), "{early:?}");

    // Two servers take the same bytes in at once, in pieces of their own.
    let both = Barrier::new(2);
    let together = |bytes: &[u8], whole| {
        let meet = stream::once(async { both.wait().await }).map(|_| Ok(Bytes::new()));
        Box::pin(meet.chain(body(bytes, whole)))
    };
    let (here, there) = tokio::join!(
        one.append(upload, 400_007, together(&bytes[400_007..900_000], false), vec![]),
        two.append(upload, 400_007, together(&bytes[400_007..700_000], true), vec![]),
    );
    assert!(matches!(here, Err(UploadError::CutOff)), "{here:?}");
    assert_eq!(there.expect("taken in").offset, 700_000);
    let (shown, _) = one.show_upload(upload).await.expect("shown");
    assert_eq!(shown.offset, 900_000);
    let finished = two.append(upload, 900_000, body(&bytes[900_000..], true), vec![]).await.expect("finished");
    assert_eq!(finished.offset, 1_100_003);
    assert_eq!(one.find(upload.hash).await.expect("answered"), Some(1_100_003));
    assert_eq!(read(&one, upload.hash, 0..1_100_003).await, bytes);
    assert_eq!(read(&two, upload.hash, 262_143..262_146).await, bytes[262_143..262_146]);

    let (again, _) = two.show_upload(upload).await.expect("shown");
    assert_eq!(again.offset, 1_100_003, "the last answer may be lost");
    one.discard(upload).await.expect("given up");
    assert!(matches!(two.show_upload(upload).await, Err(UploadError::NotFound)));
    assert_eq!(two.find(upload.hash).await.expect("answered"), Some(1_100_003), "evidence stays");
}

#[tokio::test]
async fn an_upload_goes_through_several_servers_on_a_folder() {
    let place = Place::folder();
    check_upload(place).await;
}

#[tokio::test]
async fn an_upload_goes_through_several_servers_on_s3() {
    check_upload(Place::s3().await).await;
}

async fn check_large(place: Place) {
    let (bytes, upload) = photo(20 * 1024 * 1024 + 1);
    let store = place.open().await;
    store.open_upload(upload, "").await.expect("opened");
    store.append(upload, 0, body(&bytes, true), vec![]).await.expect("finished");
    assert_eq!(read(&store, upload.hash, 0..bytes.len() as u64).await, bytes);
    let other = Upload { hash: BlobHash([9; 32]), ..upload };
    store.open_upload(other, "").await.expect("opened");
    let wrong = store.append(other, 0, body(&bytes, true), vec![]).await;
    assert!(matches!(wrong, Err(UploadError::WrongContent)), "{wrong:?}");
    assert_eq!(store.find(other.hash).await.expect("answered"), None);
    assert_eq!(store.show_upload(other).await.expect("still open").0.offset, 0, "it starts again");
}

#[tokio::test]
async fn what_is_put_in_parts_is_checked_before_it_counts_in_a_folder() {
    check_large(Place::folder()).await;
}

#[tokio::test]
async fn what_is_put_in_parts_is_checked_before_it_counts_on_s3() {
    check_large(Place::s3().await).await;
}

#[tokio::test]
async fn whoever_comes_back_gets_what_the_hanging_request_had_brought() {
    let (bytes, upload) = photo(10_000);
    let place = Place::folder();
    let store = Arc::new(place.open().await);
    store.open_upload(upload, "").await.expect("opened");
    let (sender, mut receiver) = mpsc::channel::<Result<Bytes, Infallible>>(1);
    let hanging = tokio::spawn({
        let store = Arc::clone(&store);
        let body = stream::poll_fn(move |context| receiver.poll_recv(context));
        async move { store.append(upload, 0, body, vec![]).await }
    });
    sender.send(Ok(Bytes::copy_from_slice(&bytes[..3_000]))).await.expect("listening");
    // Room for the next one means that the first was taken.
    let _room = sender.reserve().await.expect("listening");
    let (shown, _) = store.show_upload(upload).await.expect("shown");
    assert_eq!(shown.offset, 3_000);
    assert!(matches!(hanging.await.expect("ended"), Err(UploadError::CutOff)));
}

#[tokio::test]
async fn what_nobody_goes_on_with_is_given_up_after_a_month() {
    for place in [Place::folder(), Place::s3().await] {
        let store = place.open().await;
        let (bytes, finished) = photo(5_000);
        store.open_upload(finished, "").await.expect("opened");
        store.append(finished, 0, body(&bytes, true), vec![]).await.expect("finished");
        let unfinished = Upload { hash: BlobHash([9; 32]), ..finished };
        store.open_upload(unfinished, "").await.expect("opened");
        let cut = store.append(unfinished, 0, body(&bytes[..2_000], false), vec![]).await;
        assert!(matches!(cut, Err(UploadError::CutOff)), "{cut:?}");

        let now = Timestamp::now();
        let after = |days: i64| now + SignedDuration::from_hours(24 * days);
        assert_eq!(store.remove_expired(after(29)).await.expect("looked through"), 0);
        assert_eq!(store.show_upload(unfinished).await.expect("kept").0.offset, 2_000);
        assert_eq!(store.remove_expired(after(31)).await.expect("looked through"), 2);
        assert!(matches!(store.show_upload(unfinished).await, Err(UploadError::NotFound)));
        assert_eq!(store.find(finished.hash).await.expect("answered"), Some(5_000));
        assert_eq!(place.objects(), 1, "only the attachment is left");
    }
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_named_at_once() {
    let reached = Place::s3().await;
    let AttachmentPlace::S3 { access, .. } = reached.place.clone() else { panic!("an S3 store") };
    let nowhere = AttachmentPlace::S3 { bucket: "tidak-ada".to_owned(), prefix: String::new(), access };
    let error = AttachmentStore::open(&nowhere).await.expect_err("there is no such bucket");
    assert_eq!(error.place, nowhere.to_string());
    let file = tempfile::NamedTempFile::new().expect("a file");
    let blocked = AttachmentPlace::Folder(file.path().join("attachments"));
    let error = AttachmentStore::open(&blocked).await.expect_err("a file is no folder");
    assert_eq!(error.place, blocked.to_string());
}
