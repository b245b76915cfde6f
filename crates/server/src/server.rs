//! A running server: a province behind TLS.

use std::fs::File;
use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use arumbae_protocol::framing::RECORD_BYTES;
use arumbae_signing::certificate::Serial;
use axum::Router;
use axum_server::Handle;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use rand_core::OsRng;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::attachment::AttachmentPlace;
use crate::clock::Clock;
use crate::http::{self, Connections, Limits};
use crate::keys::Keys;
use crate::listener;
use crate::metrics::Metrics;
use crate::province::{Office, Province};
use crate::randomness::Randomness;
use crate::snapshots::SnapshotPolicy;
use crate::start_error::StartError;
use crate::storage::DatabaseUrl;

/// What HTTP/1 reads ahead and writes behind for one connection, in bytes; the head of a request fits in it.
const HTTP1_BUFFER: usize = 64 << 10;

/// Answers that HTTP/2 holds for one stream until the device takes them, in bytes.
const HTTP2_SEND_BUFFER: usize = 64 << 10;

/// How often unfinished uploads are looked through.
const CLEARING: Duration = Duration::from_secs(24 * 60 * 60);

/// The TLS certificate is issued anew at each start, and its key lives in memory only. It is valid as long as the
/// authority: only devices that pinned the authority take it, and a laptop whose clock is years off must still get
/// through to learn the right time.
const TLS_DAYS: u32 = 20 * 365;

/// How a server is run.
#[derive(Clone, Debug)]
pub struct Config {
    /// Everything the server keeps.
    pub data_dir: PathBuf,
    /// The database that holds the log, if not a file in the folder.
    pub database: Option<DatabaseUrl>,
    /// The DNS names and IP addresses devices reach it under; the first stands in invitations. `localhost` and
    /// `127.0.0.1` are always added.
    pub names: Vec<String>,
    /// Where attachments are kept, if not in the data folder.
    pub blobs: Option<AttachmentPlace>,
    /// Who runs it; only read when the province is founded.
    pub office: Office,
    /// Tells the time.
    pub clock: Clock,
    /// When scopes are added up into snapshots.
    pub snapshots: SnapshotPolicy,
    /// What devices and strangers may ask for.
    pub limits: Limits,
    /// Where the metrics are read, if anywhere: in the clear, so on an address that only the operator reaches.
    pub metrics: Option<SocketAddr>,
}

/// Starts servers.
pub struct Server;

impl Server {
    /// Starts a server on a bound listener and returns once it answers; founds the province on the first start.
    ///
    /// It runs until `shutdown` is ready or [`RunningServer::stop`] is called. Must be called within a Tokio runtime.
    pub async fn start(
        config: Config,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<RunningServer, StartError> {
        let Config { data_dir, database, names, blobs, office, clock, snapshots, limits, metrics: metrics_address } =
            config;
        let folder_error = |source| StartError::Folder { path: data_dir.clone(), source };
        let address = listener.local_addr().map_err(folder_error)?;
        std::fs::create_dir_all(&data_dir).map_err(folder_error)?;
        let lock = lock_folder(&data_dir, database.is_some())?;
        let names = with_loopback(names);
        let url = format!("https://{}", authority_of(&names[0], address.port()));
        let province =
            Province::open_or_found(&data_dir, database.as_ref(), &office, Some(&url), clock, Randomness::system())
                .await?;
        let province = province.with_snapshots(snapshots).keeping_attachments_in(blobs.as_ref()).await?;
        let province = Arc::new(province);
        province.storage.set_address(url.clone()).await?;

        let tls = tls_config(&province.keys(), &names, &province.clock)?;
        listener.set_nonblocking(true).map_err(|source| StartError::Address { address, source })?;
        let handle = Handle::new();
        let metrics = Metrics::default();
        let shared = http::Shared::new(Arc::clone(&province), data_dir.clone(), limits.clone(), metrics.clone());
        let acceptor = RustlsAcceptor::new(RustlsConfig::from_config(tls))
            .handshake_timeout(limits.handshake)
            .acceptor(Connections::new(limits.clone(), metrics));
        let mut server = axum_server::from_tcp(listener)
            .map_err(|source| StartError::Address { address, source })?
            .acceptor(acceptor)
            .handle(handle.clone());
        limit_http(server.http_builder(), &limits);
        let service = http::paths(Arc::clone(&shared)).into_make_service();
        let operations = match metrics_address {
            Some(address) => Some(Operations::start(address, http::operations(shared)).await?),
            None => None,
        };
        let metrics_address = operations.as_ref().map(|operations| operations.address);
        let stopping = CancellationToken::new();
        let grace = limits.grace;
        let adding_up = tokio::spawn(add_up_until(stopping.clone(), Arc::clone(&province)));
        let clearing = tokio::spawn(clear_uploads_until(stopping.clone(), Arc::clone(&province)));
        let serving = tokio::spawn(async move {
            let outcome = server.serve(service).await;
            stopping.cancel();
            clearing.abort();
            // A snapshot that is not finished is made again after the next start.
            let abort = adding_up.abort_handle();
            match tokio::time::timeout(grace, adding_up).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::error!(%error, "snapshots were no longer made"),
                Err(_) => abort.abort(),
            }
            drop(operations);
            // Released only now: until the last request is answered and the last snapshot written the folder is in use.
            drop(lock);
            outcome
        });
        let on_shutdown = handle.clone();
        let waiting = tokio::spawn(async move {
            shutdown.await;
            tracing::info!(grace_s = grace.as_secs(), "stopping: requests under way are finished, no others are taken");
            on_shutdown.graceful_shutdown(Some(grace));
        });
        tracing::info!(%address, office = province.office(), "server started");
        Ok(RunningServer { province, address, metrics_address, url, handle, grace, serving, waiting })
    }
}

/// Makes snapshots beside the requests until the server stops.
async fn add_up_until(stopping: CancellationToken, province: Arc<Province>) {
    while stopping.run_until_cancelled(province.has_grown.notified()).await.is_some() {
        province.make_due_snapshots().await;
        if let Err(error) = province.read_documents().await {
            tracing::error!(%error, "issued documents could not be registered");
        }
    }
}

/// Gives up uploads that nobody goes on with, until the server stops.
async fn clear_uploads_until(stopping: CancellationToken, province: Arc<Province>) {
    let mut due = tokio::time::interval(CLEARING);
    while stopping.run_until_cancelled(due.tick()).await.is_some() {
        match province.attachments.remove_expired(province.clock.now()).await {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, "unfinished uploads given up"),
            Err(error) => tracing::warn!(%error, "unfinished uploads could not be looked through"),
        }
    }
}

/// A server that answers requests.
pub struct RunningServer {
    province: Arc<Province>,
    address: SocketAddr,
    metrics_address: Option<SocketAddr>,
    url: String,
    handle: Handle<SocketAddr>,
    grace: Duration,
    serving: JoinHandle<io::Result<()>>,
    waiting: JoinHandle<()>,
}

impl RunningServer {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where the metrics are read.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics_address
    }

    /// The address that stands in invitations.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The province it serves: to invite, to revoke, to read the registry.
    pub fn province(&self) -> &Province {
        &self.province
    }

    /// Stops it: no new requests, those under way are finished first.
    pub async fn stop(self) -> io::Result<()> {
        self.handle.graceful_shutdown(Some(self.grace));
        self.stopped().await
    }

    /// Waits until it has stopped of its own accord.
    pub async fn stopped(self) -> io::Result<()> {
        let outcome = self.serving.await;
        self.waiting.abort();
        tracing::info!("server stopped");
        outcome.map_err(io::Error::other)?
    }
}

/// The operator's listener; it is closed with the last of the server.
struct Operations {
    address: SocketAddr,
    serving: JoinHandle<()>,
}

impl Operations {
    async fn start(address: SocketAddr, paths: Router) -> Result<Self, StartError> {
        let failed = |source| StartError::Address { address, source };
        let listener = listener::bind(address)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let listener = tokio::net::TcpListener::from_std(listener).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let serving = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, paths).await {
                tracing::error!(%error, "metrics are no longer served");
            }
        });
        tracing::info!(%address, "metrics served");
        Ok(Operations { address, serving })
    }
}

impl Drop for Operations {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn limit_http(builder: &mut Builder<TokioExecutor>, limits: &Limits) {
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.idle).max_buf_size(HTTP1_BUFFER);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams)
        .max_header_list_size(limits.head_bytes)
        .max_send_buf_size(HTTP2_SEND_BUFFER);
}

/// A file has one server. Servers on one database may share the folder with its keys, but not with one on a file: two
/// registries would grow under one key.
pub(crate) fn lock_folder(data_dir: &Path, shared: bool) -> Result<File, StartError> {
    let path = data_dir.join("server.lock");
    let folder_error = |source| StartError::Folder { path: path.clone(), source };
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(folder_error)?;
    match if shared { file.try_lock_shared() } else { file.try_lock() } {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(StartError::AlreadyRunning { path: data_dir.to_owned() }),
        Err(std::fs::TryLockError::Error(source)) => Err(folder_error(source)),
    }
}

fn with_loopback(mut names: Vec<String>) -> Vec<String> {
    for loopback in ["localhost", "127.0.0.1"] {
        if !names.iter().any(|name| name == loopback) {
            names.push(loopback.to_owned());
        }
    }
    names
}

fn authority_of(name: &str, port: u16) -> String {
    if name.contains(':') { format!("[{name}]:{port}") } else { format!("{name}:{port}") }
}

fn tls_config(keys: &Keys, names: &[String], clock: &Clock) -> Result<Arc<rustls::ServerConfig>, StartError> {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let serial = Serial::random(&mut OsRng)?;
    let issuing = keys.issuing();
    let identity = issuing.issue_tls(&names, &serial, clock.now(), TLS_DAYS, &mut OsRng)?;
    // Devices know the root; what stands between is sent along.
    let chain = [identity.certificate_der, issuing.certificate_der().to_vec()].map(CertificateDer::from).to_vec();
    let key = PrivatePkcs8KeyDer::from(identity.private_key_pkcs8.to_vec());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key.into())?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config.max_fragment_size = Some(RECORD_BYTES);
    // Sealed with a key of this process, so that no number of devices pushes another's session out of a memory.
    config.ticketer = rustls::crypto::ring::Ticketer::new()?;
    // Each costs a slow link some 200 bytes, and a device needs one.
    config.send_tls13_tickets = 1;
    Ok(Arc::new(config))
}
