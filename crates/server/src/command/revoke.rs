//! `revoke`: takes a device's rights away, or an open invitation back.

use std::io::Write;

use clap::Args;

use super::ca::Because;
use super::devices::{device_name, find_device};
use super::options::Why;
use super::{CommandError, Place, Surroundings, Terminal};
use crate::acts::short_name;
use crate::revocation::RevokeError;

/// `revoke`.
#[derive(Debug, Args)]
pub struct Revoke {
    /// Where the data is.
    #[command(flatten)]
    pub place: Place,
    /// The device's key, or as much of its beginning as no other shares.
    #[arg(long, value_name = "KEY", required_unless_present = "invitation", conflicts_with = "invitation")]
    pub device: Option<String>,
    /// The invitation's name, or as much of its beginning as no other shares.
    #[arg(long, value_name = "NAME")]
    pub invitation: Option<String>,
    /// What stands in the list of revoked certificates.
    #[arg(long, value_enum, default_value_t = Because::Lost)]
    pub because: Because,
    /// Why.
    #[command(flatten)]
    pub why: Why,
}

pub(super) async fn run<W: Write>(
    revoke: Revoke,
    surroundings: &Surroundings,
    terminal: &mut Terminal<W>,
) -> Result<(), CommandError> {
    let Revoke { place: _, device, invitation, because, why } = revoke;
    let province = surroundings.open_province(why.reason).await?;
    if let Some(name) = invitation {
        let revoked = province.revoke_invitation(&name).await?;
        return terminal.say("server-revoked-invitation", &[("name", &short_name(&revoked.fingerprint))]);
    }
    let registry = province.registry().await?;
    let key = device.and_then(|named| find_device(&registry, &named)).ok_or(RevokeError::UnknownDevice)?;
    let message = if province.revoke(key, because.into()).await? { "server-revoked" } else { "server-revoked-before" };
    terminal.say(message, &[("device", &device_name(key))])
}
