//! `serve`: runs the server.

use std::future::Future;
use std::io::Write;
use std::net::SocketAddr;

use arumbae_domain::RegionCode;
use clap::Args;
use serde::Serialize;

use super::{CommandError, Place, Surroundings, Terminal};
use crate::http::Limits;
use crate::listener;
use crate::log::LogFormat;
use crate::province::Office;
use crate::server::{Config, Server};
use crate::snapshots::SnapshotPolicy;

/// `serve`. Each option is the [setting](crate::configuration::Settings) of its name.
#[derive(Debug, Args, Serialize)]
pub struct Serve {
    /// Where the data is.
    #[command(flatten)]
    #[serde(flatten)]
    pub place: Place,
    /// The address and port to listen on.
    #[arg(long, value_name = "ADDR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<SocketAddr>,
    /// Where metrics are read.
    #[arg(long, value_name = "ADDR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metrics: Option<SocketAddr>,
    /// The names or IP addresses devices use; the first stands in invitations.
    #[arg(long = "name", value_name = "HOST")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// How the log is written.
    #[arg(long, value_enum, value_name = "FORMAT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_format: Option<LogFormat>,
    /// The office's name; only read on the first start.
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub office: Option<String>,
    /// The office's region; only read on the first start.
    #[arg(long, value_name = "CODE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<RegionCode>,
}

pub(super) async fn run<W: Write>(
    surroundings: &Surroundings,
    terminal: &mut Terminal<W>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), CommandError> {
    let settings = surroundings.settings();
    let data_dir = settings.data_dir()?;
    let listener = listener::bind(settings.listen)?;
    let config = Config {
        data_dir,
        database: settings.database()?,
        names: settings.names.clone(),
        blobs: settings.blobs()?,
        office: Office { region: settings.region.clone(), name: settings.office.clone() },
        clock: surroundings.clock.clone(),
        snapshots: SnapshotPolicy::default(),
        limits: Limits::default(),
        metrics: settings.metrics,
    };
    let running = Server::start(config, listener, shutdown).await?;
    terminal.say("server-listening", &[("office", running.province().office()), ("url", running.url())])?;
    running.stopped().await.map_err(CommandError::Serving)?;
    terminal.say("server-stopped", &[])
}
