//! A province on loopback, with a clock the test holds.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arumbae_protocol::{Invitation, Role};
use arumbae_server::{Clock, Config, Limits, NewInvitation, Office, RunningServer, Server, SnapshotPolicy, StartError};
use tempfile::TempDir;

use crate::storage::Schema;

pub const START_MS: u64 = 1_707_868_800_000; // 14 February 2024, 00:00 UTC
pub const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// A data folder and a clock; servers come and go on them.
pub struct Province {
    pub folder: TempDir,
    pub database: Option<Schema>,
    pub now_ms: Arc<AtomicU64>,
    pub snapshots: SnapshotPolicy,
    pub limits: Limits,
    /// Whether metrics are served.
    pub metrics: bool,
}

impl Province {
    /// A province on a file, or with `ARUMBAE_TEST_DATABASE=postgres` in PostgreSQL: `make test` plays the tests of what
    /// both must do alike on both.
    pub fn new() -> Self {
        let on_postgres = std::env::var("ARUMBAE_TEST_DATABASE").is_ok_and(|database| database == "postgres");
        if on_postgres { Self::on_postgres() } else { Self::on_a_file() }
    }

    /// A province on a file, whatever the environment says.
    pub fn on_a_file() -> Self {
        Self::on(None)
    }

    /// A province in PostgreSQL.
    pub fn on_postgres() -> Self {
        Self::on(Some(Schema::new()))
    }

    fn on(database: Option<Schema>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let snapshots = SnapshotPolicy { segments: u64::MAX, ..SnapshotPolicy::default() };
        Province {
            folder,
            database,
            now_ms: Arc::new(AtomicU64::new(START_MS)),
            snapshots,
            limits: Limits::default(),
            metrics: false,
        }
    }

    pub fn clock(&self) -> Clock {
        let now_ms = Arc::clone(&self.now_ms);
        Clock::new(move || now_ms.load(Ordering::SeqCst))
    }

    pub fn pass(&self, ms: u64) {
        self.now_ms.fetch_add(ms, Ordering::SeqCst);
    }

    pub fn config(&self) -> Config {
        Config {
            data_dir: self.folder.path().join("data"),
            database: self.database.as_ref().map(Schema::url),
            names: Vec::new(),
            blobs: None,
            office: office(),
            clock: self.clock(),
            snapshots: self.snapshots,
            limits: self.limits.clone(),
            metrics: self.metrics.then_some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))),
        }
    }

    pub async fn start(&self) -> RunningServer {
        self.try_start().await.expect("the server starts")
    }

    pub async fn try_start(&self) -> Result<RunningServer, StartError> {
        serve(self.config()).await
    }
}

pub async fn serve(config: Config) -> Result<RunningServer, StartError> {
    let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let listener = TcpListener::bind(loopback).expect("a free port");
    Server::start(config, listener, std::future::pending()).await
}

pub fn office() -> Office {
    Office { region: "81".parse().expect("a region"), name: "Bawaslu Provinsi CONTOH".to_owned() }
}

pub async fn invite(server: &RunningServer, role: Role, scope: &str) -> Invitation {
    let scope = scope.parse().expect("a scope");
    let new = NewInvitation { role, scope, days: 14, person: None, server_url: None };
    server.province().invite(new).await.expect("an invitation")
}
