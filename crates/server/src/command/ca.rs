//! `ca`: the province's certificate authorities and its keys.

use std::io::Write;
use std::path::{Path, PathBuf};

use arumbae_signing::certificate::{serial_of, subject_of, validity_of};
use arumbae_signing::revocation::RevocationReason;
use clap::{Args, Subcommand, ValueEnum};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::options::Acting;
use super::terminal::{local_time, read_passphrase};
use super::{CommandError, Place, Surroundings, Terminal};
use crate::authorities::{AuthorityError, AuthorityOverview, CarriedRoot, milliseconds};

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
    Show(Place),
    /// Writes the root's key to a file under a passphrase.
    ExportRoot {
        /// Where the data is.
        #[command(flatten)]
        acting: Acting,
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
        acting: Acting,
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
        acting: Acting,
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
        acting: Acting,
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
    pub acting: Acting,
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

impl Ca {
    pub(super) fn place(&self) -> &Place {
        match &self.action {
            CaAction::Show(place) => place,
            CaAction::ExportRoot { acting, .. }
            | CaAction::RemoveRoot { acting, .. }
            | CaAction::Issue { root: RootOption { acting, .. }, .. }
            | CaAction::RenewList(RootOption { acting, .. })
            | CaAction::Rotate { acting, .. }
            | CaAction::Revoke { acting, .. } => &acting.place,
        }
    }
}

pub(super) async fn run<W: Write>(
    ca: Ca,
    surroundings: &Surroundings,
    terminal: &mut Terminal<W>,
) -> Result<(), CommandError> {
    let open = |acting: Acting| surroundings.open_province(acting.why.reason);
    match ca.action {
        CaAction::Show(_) => {
            let province = surroundings.open_province(None).await?;
            let overview = province.authorities().await?;
            let key = format!("{:?}", province.registry_key());
            Overview { overview, key, now: surroundings.clock.now() }.show(terminal)
        }
        CaAction::ExportRoot { acting, root_out, passphrase_file } => {
            let carried = carried(&root_out, &passphrase_file)?;
            open(acting).await?.export_root(&carried).await?;
            terminal.say("server-ca-exported", &[("path", &root_out.display().to_string())])
        }
        CaAction::RemoveRoot { acting, root, passphrase_file } => {
            let carried = carried(&root, &passphrase_file)?;
            open(acting).await?.remove_root(&carried).await?;
            terminal.say("server-ca-removed", &[("path", &root.display().to_string())])
        }
        CaAction::Issue { root, compromised } => {
            let carried = root.carried()?;
            open(root.acting).await?.issue_authority(carried.as_ref(), compromised).await?;
            terminal.say(if compromised { "server-ca-issued-compromised" } else { "server-ca-issued" }, &[])
        }
        CaAction::RenewList(root) => {
            let carried = root.carried()?;
            open(root.acting).await?.renew_root_list(carried.as_ref()).await?;
            terminal.say("server-ca-list-renewed", &[])
        }
        CaAction::Rotate { acting, key, compromised } => {
            let province = open(acting).await?;
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
            terminal.say(said, &[("key", &format!("{:?}", province.registry_key()))])
        }
        CaAction::Revoke { acting, serial, because } => {
            let now = open(acting).await?.revoke_certificate(&serial, because.into()).await?;
            terminal.say(if now { "server-ca-revoked" } else { "server-ca-revoked-before" }, &[("serial", &serial)])
        }
    }
}

impl RootOption {
    fn carried(&self) -> Result<Option<CarriedRoot>, CommandError> {
        match (&self.root, &self.passphrase_file) {
            (Some(root), Some(passphrase)) => carried(root, passphrase).map(Some),
            _ => Ok(None),
        }
    }
}

fn carried(path: &Path, passphrase_file: &Path) -> Result<CarriedRoot, CommandError> {
    let passphrase = read_passphrase(passphrase_file)?;
    Ok(CarriedRoot { path: path.to_owned(), passphrase: passphrase.into() })
}

/// The authorities as they are shown.
struct Overview {
    overview: AuthorityOverview,
    key: String,
    now: Timestamp,
}

impl Overview {
    fn show<W: Write>(&self, terminal: &mut Terminal<W>) -> Result<(), CommandError> {
        let AuthorityOverview { root_der, root_is_here, root_list_until, issuing, time_stamping } = &self.overview;
        self.certificate(terminal, "server-ca-root", root_der)?;
        terminal.say(if *root_is_here { "server-ca-root-here" } else { "server-ca-root-away" }, &[])?;
        if let Some(until) = root_list_until {
            terminal.say("server-ca-root-list", &[("until", &local_time(milliseconds(*until)))])?;
            if *until < self.now + LIST_ENDS_SOON {
                terminal.say("server-ca-list-ends-soon", &[])?;
            }
        }
        for der in issuing {
            self.certificate(terminal, "server-ca-issuing", der)?;
        }
        if let Some(last) = issuing.last()
            && validity_of(last).map_err(AuthorityError::from)?.1 < self.now + ISSUING_ENDS_SOON
        {
            terminal.say("server-ca-issuing-ends-soon", &[])?;
        }
        self.certificate(terminal, "server-ca-time-stamping", time_stamping)?;
        terminal.say("server-ca-registry-key", &[("key", &self.key)])
    }

    fn certificate<W: Write>(&self, terminal: &mut Terminal<W>, key: &str, der: &[u8]) -> Result<(), CommandError> {
        let name = subject_of(der).map_err(AuthorityError::from)?.common_name;
        let serial = serial_of(der).map_err(AuthorityError::from)?.to_string();
        let until = local_time(milliseconds(validity_of(der).map_err(AuthorityError::from)?.1));
        let fingerprint = hex::encode(Sha256::digest(der));
        let said = [("name", &*name), ("serial", &serial), ("until", &until), ("fingerprint", &fingerprint)];
        terminal.say(key, &said)
    }
}
