//! `ca`: the province's certificate authorities and its keys.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use arumbae_signing::certificate::{serial_of, subject_of, validity_of};
use arumbae_signing::revocation::RevocationReason;
use clap::{Args, Subcommand, ValueEnum};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{CommandError, DataFolder, local_time, say};
use crate::authorities::{AuthorityError, AuthorityOverview, CarriedRoot, milliseconds};
use crate::clock::Clock;
use crate::messages::Messages;

/// An officer's certificate lasts two years; an authority that ends sooner cuts it short.
const ISSUING_ENDS_SOON: SignedDuration = SignedDuration::from_hours(24 * 730);

/// Time to fetch the root's key from where it is kept.
const LIST_ENDS_SOON: SignedDuration = SignedDuration::from_hours(24 * 60);

/// `ca`.
#[derive(Debug, Args)]
pub struct Ca {
    /// What to do.
    #[command(subcommand)]
    pub action: CaAction,
}

/// What is done with the authorities.
#[derive(Debug, Subcommand)]
pub enum CaAction {
    /// Shows the authorities, until when they last, and the keys' fingerprints.
    Show(DataFolder),
    /// Writes the root's key to a file under a passphrase.
    ExportRoot {
        /// Where the data is.
        #[command(flatten)]
        data: DataFolder,
        /// The new file.
        #[arg(long = "out", value_name = "FILE")]
        root_out: PathBuf,
        /// The file whose first line is the passphrase; `-` for the terminal.
        #[arg(long, value_name = "FILE")]
        passphrase_file: PathBuf,
    },
    /// Removes the root's key from the server.
    RemoveRoot {
        /// Where the data is.
        #[command(flatten)]
        data: DataFolder,
        /// The file it was exported to.
        #[arg(long, value_name = "FILE")]
        root: PathBuf,
        /// The file whose first line is the passphrase; `-` for the terminal.
        #[arg(long, value_name = "FILE")]
        passphrase_file: PathBuf,
    },
    /// Puts a new issuing authority in the place of the present one.
    Issue {
        /// Where the data is, and the root's key.
        #[command(flatten)]
        root: RootOption,
        /// The present one's key may be in other hands.
        #[arg(long)]
        compromised: bool,
    },
    /// Makes the root's list of revoked certificates anew.
    RenewList(RootOption),
    /// Puts a new key in the place of the present one.
    Rotate {
        /// Where the data is.
        #[command(flatten)]
        data: DataFolder,
        /// Which key.
        #[arg(value_enum)]
        key: RotatedKey,
        /// The present one may be in other hands.
        #[arg(long)]
        compromised: bool,
    },
    /// Revokes a certificate.
    Revoke {
        /// Where the data is.
        #[command(flatten)]
        data: DataFolder,
        /// Its serial number, hexadecimal.
        serial: String,
        /// Why.
        #[arg(long, value_enum)]
        because: Because,
    },
}

/// The root's key, where it is needed.
#[derive(Debug, Args)]
pub struct RootOption {
    /// Where the data is.
    #[command(flatten)]
    pub data: DataFolder,
    /// The file it was exported to, if it is not on the server.
    #[arg(long, value_name = "FILE", requires = "passphrase_file")]
    pub root: Option<PathBuf>,
    /// The file whose first line is the passphrase; `-` for the terminal.
    #[arg(long, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
}

/// A key that has successors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RotatedKey {
    /// Signs the registry and receipts.
    Registry,
    /// Opens forgotten stores.
    Recovery,
    /// Stamps.
    TimeStamping,
}

/// Why a certificate is revoked, as an operator says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Because {
    /// Lost or stolen: somebody else may sign with it.
    Lost,
    /// Its owner holds another office.
    Moved,
    /// Another takes its place.
    Replaced,
    /// Its owner left.
    Left,
}

impl From<Because> for RevocationReason {
    fn from(because: Because) -> Self {
        match because {
            Because::Lost => RevocationReason::KeyCompromise,
            Because::Moved => RevocationReason::AffiliationChanged,
            Because::Replaced => RevocationReason::Superseded,
            Because::Left => RevocationReason::CessationOfOperation,
        }
    }
}

pub(super) async fn run(ca: Ca, clock: Clock, messages: &Messages, out: &mut impl Write) -> Result<(), CommandError> {
    let now = clock.now();
    let said = match ca.action {
        CaAction::Show(data) => {
            let province = data.open(clock).await?;
            let overview = province.authorities().await?;
            let key = format!("{:?}", province.registry_key());
            return Overview { overview, key, now, messages }.show(out);
        }
        CaAction::ExportRoot { data, root_out, passphrase_file } => {
            let carried = carried(&root_out, &passphrase_file)?;
            data.open(clock).await?.export_root(&carried).await?;
            messages.get("server-ca-exported", &[("path", &root_out.display().to_string())])
        }
        CaAction::RemoveRoot { data, root, passphrase_file } => {
            let carried = carried(&root, &passphrase_file)?;
            data.open(clock).await?.remove_root(&carried).await?;
            messages.get("server-ca-removed", &[("path", &root.display().to_string())])
        }
        CaAction::Issue { root, compromised } => {
            let carried = root.carried()?;
            root.data.open(clock).await?.issue_authority(carried.as_ref(), compromised).await?;
            messages.get(if compromised { "server-ca-issued-compromised" } else { "server-ca-issued" }, &[])
        }
        CaAction::RenewList(root) => {
            let carried = root.carried()?;
            root.data.open(clock).await?.renew_root_list(carried.as_ref()).await?;
            messages.get("server-ca-list-renewed", &[])
        }
        CaAction::Rotate { data, key, compromised } => {
            let province = data.open(clock).await?;
            match key {
                RotatedKey::Registry => province.rotate_registry_key().await?,
                RotatedKey::Recovery => province.rotate_recovery_key().await?,
                RotatedKey::TimeStamping => province.rotate_time_stamping(compromised).await?,
            }
            let said = match key {
                RotatedKey::Registry => "server-ca-rotated-registry",
                RotatedKey::Recovery => "server-ca-rotated-recovery",
                RotatedKey::TimeStamping => "server-ca-rotated-time-stamping",
            };
            messages.get(said, &[("key", &format!("{:?}", province.registry_key()))])
        }
        CaAction::Revoke { data, serial, because } => {
            let province = data.open(clock).await?;
            let now = province.revoke_certificate(&serial, because.into()).await?;
            messages.get(if now { "server-ca-revoked" } else { "server-ca-revoked-before" }, &[("serial", &serial)])
        }
    };
    say(out, &said.text)
}

impl RootOption {
    fn carried(&self) -> Result<Option<CarriedRoot>, AuthorityError> {
        match (&self.root, &self.passphrase_file) {
            (Some(root), Some(passphrase)) => carried(root, passphrase).map(Some),
            _ => Ok(None),
        }
    }
}

fn carried(path: &Path, passphrase_file: &Path) -> Result<CarriedRoot, AuthorityError> {
    let mut text = Zeroizing::new(String::new());
    let read = if passphrase_file == Path::new("-") {
        io::stdin().read_to_string(&mut text).map(|_| ())
    } else {
        std::fs::read_to_string(passphrase_file).map(|read| *text = read)
    };
    read.map_err(|source| AuthorityError::File { path: passphrase_file.to_owned(), source })?;
    let passphrase = text.lines().next().unwrap_or_default().to_owned();
    Ok(CarriedRoot { path: path.to_owned(), passphrase: passphrase.into() })
}

/// The authorities as they are shown.
struct Overview<'a> {
    overview: AuthorityOverview,
    key: String,
    now: Timestamp,
    messages: &'a Messages,
}

impl Overview<'_> {
    fn show(&self, out: &mut impl Write) -> Result<(), CommandError> {
        let AuthorityOverview { root_der, root_is_here, root_list_until, issuing, time_stamping } = &self.overview;
        self.certificate(out, "server-ca-root", root_der)?;
        self.line(out, if *root_is_here { "server-ca-root-here" } else { "server-ca-root-away" }, &[])?;
        if let Some(until) = root_list_until {
            self.line(out, "server-ca-root-list", &[("until", &local_time(milliseconds(*until)))])?;
            if *until < self.now + LIST_ENDS_SOON {
                self.line(out, "server-ca-list-ends-soon", &[])?;
            }
        }
        for der in issuing {
            self.certificate(out, "server-ca-issuing", der)?;
        }
        if let Some(last) = issuing.last()
            && validity_of(last).map_err(AuthorityError::from)?.1 < self.now + ISSUING_ENDS_SOON
        {
            self.line(out, "server-ca-issuing-ends-soon", &[])?;
        }
        self.certificate(out, "server-ca-time-stamping", time_stamping)?;
        self.line(out, "server-ca-registry-key", &[("key", &self.key)])
    }

    fn certificate(&self, out: &mut impl Write, key: &str, der: &[u8]) -> Result<(), CommandError> {
        let name = subject_of(der).map_err(AuthorityError::from)?.common_name;
        let serial = serial_of(der).map_err(AuthorityError::from)?.to_string();
        let until = local_time(milliseconds(validity_of(der).map_err(AuthorityError::from)?.1));
        let fingerprint = hex::encode(Sha256::digest(der));
        let said = [("name", &*name), ("serial", &serial), ("until", &until), ("fingerprint", &fingerprint)];
        self.line(out, key, &said)
    }

    fn line(&self, out: &mut impl Write, key: &str, arguments: &[(&str, &str)]) -> Result<(), CommandError> {
        say(out, &self.messages.get(key, arguments).text)
    }
}
