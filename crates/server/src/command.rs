//! The commands of `arumbae-server`.

mod ca;

use std::ffi::OsString;
use std::future::Future;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;

use arumbae_domain::{RegionCode, Scope};
use arumbae_mergelog::DeviceKey;
use arumbae_protocol::Role;
use ca::Because;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use jiff::Timestamp;
use jiff::tz::{self, TimeZone};
use uuid::Uuid;

use crate::attachment::{AttachmentPlace, UnknownPlace};
use crate::authorities::AuthorityError;
use crate::clock::Clock;
use crate::enrolment::{InviteError, NewInvitation};
use crate::http::Limits;
use crate::listener;
use crate::messages::{Language, Messages};
use crate::province::{Office, Province};
use crate::revocation::RevokeError;
use crate::server::{Config, Server};
use crate::snapshots::SnapshotPolicy;
use crate::start_error::{StartError, storage_message_key};
use crate::storage::{DatabaseUrl, StorageError};

/// What was asked of the program. Its help texts are in the message catalogue.
#[derive(Debug, Parser)]
#[command(name = "arumbae-server", version)]
pub struct CommandLine {
    /// The language of messages and help.
    #[arg(long, global = true, value_enum, default_value_t)]
    pub language: Language,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

impl CommandLine {
    /// Reads the program's arguments. The error is clap's: help, version, or what is wrong with them.
    pub fn read(arguments: &[OsString]) -> Result<Self, clap::Error> {
        let messages = Messages::of(asked_language(arguments));
        let described = describe("server", Self::command().disable_help_subcommand(true), &messages);
        Self::from_arg_matches(&described.try_get_matches_from(arguments)?)
    }
}

/// Help is shown while the arguments are read, so its language must be known before.
fn asked_language(arguments: &[OsString]) -> Language {
    let english = arguments.windows(2).any(|pair| pair[0] == "--language" && pair[1] == "en");
    let english = english || arguments.iter().any(|argument| argument == "--language=en");
    if english { Language::En } else { Language::Id }
}

/// Gives a command and all below it the help texts of the catalogue.
fn describe(key: &str, command: clap::Command, messages: &Messages) -> clap::Command {
    let about = messages.get(&format!("{key}-help"), &[]).text;
    let arguments: Vec<clap::Id> = command.get_arguments().map(|argument| argument.get_id().clone()).collect();
    let below: Vec<String> = command.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    // Doc comments are for who reads the code; what the catalogue does not say, help does not say either.
    let mut described = command.about(about).long_about(None);
    for id in arguments {
        let help = messages.get(&format!("server-help-{}", id.as_str().replace('_', "-")), &[]).text;
        described = described.mut_arg(id, |argument| argument.help(help).long_help(None));
    }
    for name in below {
        described = described.mut_subcommand(&name, |command| describe(&format!("{key}-{name}"), command, messages));
    }
    described
}

/// What the program does.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Runs the server; founds the province on the first start.
    Serve(Serve),
    /// Makes an invitation; also beside a running server.
    Invite(Invite),
    /// Lists the registered devices.
    Devices(DataFolder),
    /// Revokes a device.
    Revoke(Revoke),
    /// The certificate authorities and the keys.
    Ca(ca::Ca),
}

/// Where the data is.
#[derive(Debug, Args)]
pub struct DataFolder {
    /// The folder.
    #[arg(long = "data", value_name = "DIR")]
    pub path: PathBuf,
    /// The PostgreSQL database that holds the log, if not a file in the folder.
    #[arg(long, value_name = "URL", env = "ARUMBAE_DATABASE", hide_env = true)]
    pub database: Option<DatabaseUrl>,
}

impl DataFolder {
    /// Opens the province in it, also beside a running server.
    pub async fn open(&self, clock: Clock) -> Result<Province, StartError> {
        Province::open(&self.path, self.database.as_ref(), clock).await
    }
}

/// `serve`.
#[derive(Debug, Args)]
pub struct Serve {
    /// Where the data is.
    #[command(flatten)]
    pub data: DataFolder,
    /// The address and port to listen on.
    #[arg(long, value_name = "ADDR", default_value = "0.0.0.0:8443")]
    pub listen: SocketAddr,
    /// The names or IP addresses devices use; the first stands in invitations.
    #[arg(long = "name", value_name = "HOST")]
    pub names: Vec<String>,
    /// Where metrics are read.
    #[arg(long, value_name = "ADDR")]
    pub metrics: Option<SocketAddr>,
    /// Where attachments are kept, if not in the data folder: another folder, or `s3://BUCKET/PREFIX`.
    #[arg(long, value_name = "PLACE")]
    pub blobs: Option<String>,
    /// The office's name; only read on the first start.
    #[arg(long, default_value = "Bawaslu Provinsi Maluku")]
    pub office: String,
    /// The office's region; only read on the first start.
    #[arg(long, value_name = "CODE", default_value = "81")]
    pub region: RegionCode,
}

/// `invite`.
#[derive(Debug, Args)]
pub struct Invite {
    /// Where the data is.
    #[command(flatten)]
    pub data: DataFolder,
    /// The role to grant.
    #[arg(long)]
    pub role: Role,
    /// Where to grant it.
    #[arg(long)]
    pub scope: Scope,
    /// For how many days it can be redeemed.
    #[arg(long, value_name = "DAYS", default_value_t = 14)]
    pub expires: u32,
    /// The address devices are to use, if not that of the last start.
    #[arg(long, value_name = "URL")]
    pub server_url: Option<String>,
    /// Whose further device it is for.
    #[arg(long, value_name = "ID")]
    pub person: Option<Uuid>,
    /// The file to write it to, if not the terminal.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// `revoke`.
#[derive(Debug, Args)]
pub struct Revoke {
    /// Where the data is.
    #[command(flatten)]
    pub data: DataFolder,
    /// The device's key, or as much of its beginning as no other shares.
    #[arg(long, value_name = "KEY")]
    pub device: String,
    /// Why.
    #[arg(long, value_enum, default_value_t = Because::Lost)]
    pub because: Because,
}

/// A command that did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The province could not be opened or served.
    #[error(transparent)]
    Start(#[from] StartError),
    /// What was given for the attachments is no place.
    #[error(transparent)]
    Blobs(#[from] UnknownPlace),
    /// The invitation could not be made.
    #[error(transparent)]
    Invite(#[from] InviteError),
    /// The device could not be revoked.
    #[error(transparent)]
    Revoke(#[from] RevokeError),
    /// The authorities or the keys could not be used or changed.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// The storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The terminal or the invitation's file could not be written.
    #[error("cannot write {}", path.display())]
    Output {
        /// The file, or `-` for the terminal.
        path: PathBuf,
        /// What the machine said.
        #[source]
        source: io::Error,
    },
    /// The running server failed.
    #[error("the server failed")]
    Serving(#[source] io::Error),
}

impl CommandError {
    /// What is said about it, from the catalogue.
    pub fn say(&self, messages: &Messages) -> String {
        let (key, arguments): (_, Vec<(&str, String)>) = match self {
            CommandError::Start(error) | CommandError::Authority(AuthorityError::Keys(error)) => {
                (error.message_key(), vec![("detail", error.detail())])
            }
            CommandError::Authority(AuthorityError::RootAway) => ("server-error-root-away", vec![]),
            CommandError::Authority(AuthorityError::File { path, source: _ }) => {
                ("server-error-root-file", vec![("detail", path.display().to_string())])
            }
            CommandError::Authority(AuthorityError::NotThisRoot(_)) => ("server-error-not-this-root", vec![]),
            CommandError::Authority(AuthorityError::ShortPassphrase) => ("server-error-short-passphrase", vec![]),
            CommandError::Authority(AuthorityError::UnknownCertificate) => ("server-error-unknown-certificate", vec![]),
            CommandError::Authority(AuthorityError::Certificate(_)) => ("server-error-certificate", vec![]),
            CommandError::Blobs(UnknownPlace) => ("server-error-blobs-unknown", vec![]),
            CommandError::Invite(InviteError::RoleDoesNotFit { role, scope }) => {
                ("server-error-role-does-not-fit", vec![("role", role.to_string()), ("scope", scope.to_string())])
            }
            CommandError::Invite(InviteError::AddressUnknown) => ("server-error-address-unknown", vec![]),
            CommandError::Invite(InviteError::UnknownPerson) => ("server-error-unknown-person", vec![]),
            CommandError::Revoke(RevokeError::UnknownDevice) => ("server-error-unknown-device", vec![]),
            CommandError::Revoke(RevokeError::Certificate(_)) => ("server-error-certificate", vec![]),
            CommandError::Invite(InviteError::Storage(error))
            | CommandError::Revoke(RevokeError::Storage(error))
            | CommandError::Authority(AuthorityError::Storage(error))
            | CommandError::Storage(error) => (storage_message_key(error), vec![]),
            CommandError::Output { path, source: _ } => {
                ("server-error-folder", vec![("detail", path.display().to_string())])
            }
            CommandError::Serving(source) => ("server-error-stopped", vec![("detail", source.to_string())]),
        };
        let arguments: Vec<(&str, &str)> = arguments.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let message = messages.get(key, &arguments);
        match message.hint {
            None => message.text,
            Some(hint) => {
                format!("{}\n{}", message.text, messages.get("server-error-hint", &[("hint", &hint)]).text)
            }
        }
    }
}

/// Runs a command; what it has to say goes to `out`. `shutdown` ends `serve`.
pub async fn run(
    command_line: CommandLine,
    clock: Clock,
    out: &mut impl Write,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), CommandError> {
    let messages = Messages::of(command_line.language);
    match command_line.command {
        Command::Serve(serve) => run_serve(serve, clock, &messages, out, shutdown).await,
        Command::Invite(invite) => run_invite(invite, clock, &messages, out).await,
        Command::Devices(data) => run_devices(data, clock, &messages, out).await,
        Command::Revoke(revoke) => run_revoke(revoke, clock, &messages, out).await,
        Command::Ca(ca) => ca::run(ca, clock, &messages, out).await,
    }
}

async fn run_serve(
    serve: Serve,
    clock: Clock,
    messages: &Messages,
    out: &mut impl Write,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), CommandError> {
    let Serve { data, listen, names, metrics, blobs, office, region } = serve;
    let blobs = blobs.map(|place| AttachmentPlace::parse(&place, std::env::vars())).transpose()?;
    let listener = listener::bind(listen)?;
    let config = Config {
        data_dir: data.path,
        database: data.database,
        names,
        blobs,
        office: Office { region, name: office },
        clock,
        snapshots: SnapshotPolicy::default(),
        limits: Limits::default(),
        metrics,
    };
    let running = Server::start(config, listener, shutdown).await?;
    let said = [("office", running.province().office()), ("url", running.url())];
    say(out, &messages.get("server-listening", &said).text)?;
    running.stopped().await.map_err(CommandError::Serving)?;
    say(out, &messages.get("server-stopped", &[]).text)
}

async fn run_invite(
    invite: Invite,
    clock: Clock,
    messages: &Messages,
    out: &mut impl Write,
) -> Result<(), CommandError> {
    let Invite { data, role, scope, expires, server_url, person, out: file } = invite;
    let province = data.open(clock).await?;
    let new = NewInvitation { role, scope: scope.clone(), days: expires, person, server_url };
    let invitation = province.invite(new).await?;
    let until = local_time(invitation.expires_ms);
    let said = [("role", role.code()), ("scope", &scope.to_string()), ("expires", &until)];
    let explained = messages.get("server-invitation", &said).text;
    let text = format!("{explained}\n\n{}", invitation.to_text());
    match file {
        None => say(out, &text),
        Some(path) => {
            std::fs::write(&path, &text).map_err(|source| CommandError::Output { path: path.clone(), source })?;
            let path = path.display().to_string();
            say(out, &messages.get("server-invitation-written", &[("path", &path)]).text)
        }
    }
}

async fn run_devices(
    data: DataFolder,
    clock: Clock,
    messages: &Messages,
    out: &mut impl Write,
) -> Result<(), CommandError> {
    let registry = data.open(clock).await?.registry().await?;
    let mut none = true;
    for (key, device) in registry.devices() {
        none = false;
        let state = match &device.revocation {
            None => messages.get("server-device-active", &[]).text,
            Some(revocation) => messages.get("server-device-revoked", &[("at", &local_time(revocation.at_ms))]).text,
        };
        let grants: Vec<String> =
            registry.grants_of(device.person).map(|grant| format!("{} {}", grant.role, grant.scope)).collect();
        let name = registry.name_of(device.person).unwrap_or_default();
        let key = key.to_string();
        say(out, &format!("{}  {}  {name}  [{}]  {state}", &key[..16], device.person, grants.join(", ")))?;
    }
    if none { say(out, &messages.get("server-no-devices", &[]).text) } else { Ok(()) }
}

async fn run_revoke(
    revoke: Revoke,
    clock: Clock,
    messages: &Messages,
    out: &mut impl Write,
) -> Result<(), CommandError> {
    let province = revoke.data.open(clock).await?;
    let registry = province.registry().await?;
    let wanted = revoke.device.to_ascii_lowercase();
    let named: Vec<DeviceKey> =
        registry.devices().map(|(key, _)| key).filter(|key| key.to_string().starts_with(&wanted)).collect();
    let [key] = named[..] else {
        return Err(RevokeError::UnknownDevice.into());
    };
    let message =
        if province.revoke(key, revoke.because.into()).await? { "server-revoked" } else { "server-revoked-before" };
    say(out, &messages.get(message, &[("device", &key.to_string()[..16])]).text)
}

fn say(out: &mut impl Write, text: &str) -> Result<(), CommandError> {
    let outcome = writeln!(out, "{}", text.trim_end()).and_then(|()| out.flush());
    outcome.map_err(|source| CommandError::Output { path: PathBuf::from("-"), source })
}

/// A moment in Maluku's time zone (WIT, UTC+9 all year), which is how an operator reads it.
fn local_time(ms: u64) -> String {
    let timestamp = i64::try_from(ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok()).unwrap_or_default();
    let zoned = timestamp.to_zoned(TimeZone::fixed(tz::offset(9)));
    zoned.strftime("%Y-%m-%d %H:%M WIT").to_string()
}
