//! Whether an author had the right to write what a segment says, as far as the registry and the segment tell.

use arumbae_domain::schema::{Value, reserved};
use arumbae_mergelog::state::is_decision;
use arumbae_mergelog::{DeviceKey, Operation, Save, SegmentHeader};
use arumbae_protocol::Registry;
use arumbae_protocol::registry::{Action, Device};

use crate::quarantine::QuarantineReason;

/// Judges every save at the registry state its author knew.
///
/// Every device that holds the entries a save was written under comes to the same judgement, and more entries turn it
/// from no to yes only, a revocation aside. What this device itself wrote is not judged: its author has to see it.
pub(crate) fn check_rights(
    header: &SegmentHeader,
    saves: &[Save],
    registry: &Registry,
    own: DeviceKey,
) -> Result<(), QuarantineReason> {
    let lane = &header.lane;
    if registry.seq() == 0 || lane.device == own {
        return Ok(());
    }
    let device = registry.device(lane.device).ok_or(QuarantineReason::UnknownDevice)?;
    if let Some(revocation) = &device.revocation {
        // What the province had before it revoked the device stays valid.
        let cut_off = revocation.cut_offs.get(&lane.id()).copied().unwrap_or(0);
        if header.last_seq() > cut_off {
            return Err(QuarantineReason::Revoked);
        }
    }
    let mut judged = None;
    for save in saves {
        let epoch = u64::from(save.policy_epoch);
        if judged.replace((save.actor, epoch)) != Some((save.actor, epoch)) {
            if epoch > registry.seq() {
                return Err(QuarantineReason::LaterPolicy);
            }
            if !registry.might(device.person, Action::Write, &lane.scope, epoch) {
                return Err(QuarantineReason::NoRight);
            }
            if !may_sit_at(device, save, header, registry) {
                return Err(QuarantineReason::NotTheOwner);
            }
        }
        // By the device's owner: a colleague at the keyboard does not bring their rights to somebody else's laptop.
        if save.ops.iter().any(decides) && !registry.might(device.person, Action::Review, &lane.scope, epoch) {
            return Err(QuarantineReason::NoReview);
        }
    }
    Ok(())
}

/// Whether a save's actor may be at the device's keyboard: its owner, or a colleague who may write the scope
/// themselves. Before the device was enrolled nobody had a registered name, but nobody had another's either.
fn may_sit_at(device: &Device, save: &Save, header: &SegmentHeader, registry: &Registry) -> bool {
    let epoch = u64::from(save.policy_epoch);
    save.actor == device.person
        || match registry.person(save.actor) {
            Some(_) => registry.might(save.actor, Action::Write, &header.lane.scope, epoch),
            None => epoch < device.enrolled_seq,
        }
}

/// Whether an operation takes a reviewer's step.
fn decides(op: &Operation) -> bool {
    match op {
        Operation::Transition { to, .. } => is_decision(to),
        Operation::Resolve { field: reserved::STATUS, choice: Value::Text(to), .. } => is_decision(to),
        _ => false,
    }
}
