//! A running server: a province behind TLS.

use std::fs::File;
use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use arumbae_signing::certificate::Serial;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use rand_core::OsRng;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::http;
use crate::keys::Keys;
use crate::province::{Office, Province};
use crate::randomness::Randomness;
use crate::snapshots::SnapshotPolicy;
use crate::start_error::StartError;
use crate::storage::{SqliteStorage, Storage};

/// How long requests under way may still take once the server is asked to stop.
const GRACE: Duration = Duration::from_secs(10);

/// The TLS certificate is issued anew at each start, and its key lives in memory only. It is valid as long as the
/// authority: only devices that pinned the authority take it, and a laptop whose clock is years off must still get
/// through to learn the right time.
const TLS_DAYS: u32 = 20 * 365;

/// How a server is run.
#[derive(Clone, Debug)]
pub struct Config {
    /// Everything the server keeps.
    pub data_dir: PathBuf,
    /// The DNS names and IP addresses devices reach it under; the first stands in invitations. `localhost` and
    /// `127.0.0.1` are always added.
    pub names: Vec<String>,
    /// Who runs it; only read when the province is founded.
    pub office: Office,
    /// Tells the time.
    pub clock: Clock,
    /// When scopes are added up into snapshots.
    pub snapshots: SnapshotPolicy,
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
        let Config { data_dir, names, office, clock, snapshots } = config;
        let folder_error = |source| StartError::Folder { path: data_dir.clone(), source };
        let address = listener.local_addr().map_err(folder_error)?;
        std::fs::create_dir_all(&data_dir).map_err(folder_error)?;
        let lock = lock_folder(&data_dir)?;
        let province = Province::open_or_found(&data_dir, &office, clock, Randomness::system()).await?;
        let province = Arc::new(province.with_snapshots(snapshots));
        let names = with_loopback(names);
        let url = format!("https://{}", authority_of(&names[0], address.port()));
        province.storage.set_address(url.clone()).await?;

        let tls = tls_config(&province.keys, &names, &province.clock)?;
        listener.set_nonblocking(true).map_err(|source| StartError::Address { address, source })?;
        let handle = Handle::new();
        let server = axum_server::from_tcp_rustls(listener, RustlsConfig::from_config(tls))
            .map_err(|source| StartError::Address { address, source })?
            .handle(handle.clone());
        let service = http::router(Arc::clone(&province)).into_make_service();
        let stopping = CancellationToken::new();
        let adding_up = tokio::spawn(add_up_until(stopping.clone(), Arc::clone(&province)));
        let serving = tokio::spawn(async move {
            let outcome = server.serve(service).await;
            stopping.cancel();
            if let Err(error) = adding_up.await {
                tracing::error!(%error, "snapshots were no longer made");
            }
            // Released only now: until the last request is answered and the last snapshot written the folder is in use.
            drop(lock);
            outcome
        });
        let on_shutdown = handle.clone();
        let waiting = tokio::spawn(async move {
            shutdown.await;
            on_shutdown.graceful_shutdown(Some(GRACE));
        });
        tracing::info!(%address, office = province.office(), "server started");
        Ok(RunningServer { province, address, url, handle, serving, waiting })
    }
}

/// Makes snapshots beside the requests until the server stops.
async fn add_up_until(stopping: CancellationToken, province: Arc<Province<SqliteStorage>>) {
    while stopping.run_until_cancelled(province.has_grown.notified()).await.is_some() {
        province.make_due_snapshots().await;
    }
}

/// A server that answers requests.
pub struct RunningServer {
    province: Arc<Province<SqliteStorage>>,
    address: SocketAddr,
    url: String,
    handle: Handle<SocketAddr>,
    serving: JoinHandle<io::Result<()>>,
    waiting: JoinHandle<()>,
}

impl RunningServer {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address that stands in invitations.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The province it serves: to invite, to revoke, to read the registry.
    pub fn province(&self) -> &Province<SqliteStorage> {
        &self.province
    }

    /// Stops it: no new requests, those under way are finished first.
    pub async fn stop(self) -> io::Result<()> {
        self.handle.graceful_shutdown(Some(GRACE));
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

/// Two servers on one folder would each believe they hold the only registry in memory.
fn lock_folder(data_dir: &Path) -> Result<File, StartError> {
    let path = data_dir.join("server.lock");
    let folder_error = |source| StartError::Folder { path: path.clone(), source };
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(folder_error)?;
    match file.try_lock() {
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
    let identity = keys.authority.issue_tls(&names, &serial, clock.now(), TLS_DAYS, &mut OsRng)?;
    let certificate = CertificateDer::from(identity.certificate_der);
    let key = PrivatePkcs8KeyDer::from(identity.private_key_pkcs8.to_vec());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key.into())?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
