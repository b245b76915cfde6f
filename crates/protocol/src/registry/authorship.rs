//! Whether an author had the right to write what a segment says, as far as the registry and the segment tell.

use arumbae_domain::schema::{Value, reserved};
use arumbae_mergelog::state::is_decision;
use arumbae_mergelog::{Operation, Save, SegmentHeader};

use super::{Action, Device, Registry};

/// What a segment's author had no right to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthorFault {
    /// The device is not registered.
    #[error("the device is not registered")]
    UnknownDevice,
    /// The device was revoked, and the province had not received this before.
    #[error("the device was revoked")]
    Revoked,
    /// Written under registry entries that are not known here yet.
    #[error("written under later registry entries")]
    LaterPolicy,
    /// No grant of the device's owner reached the scope at the policy epoch it was written in, or has since.
    #[error("no grant reaches the scope")]
    NoRight,
    /// Its actor is neither the device's owner nor a registered colleague who may write the scope.
    #[error("the actor does not belong to the device")]
    NotTheOwner,
    /// It takes a reviewer's step, and its author may not review the scope.
    #[error("the author may not review the scope")]
    NoReview,
}

/// Judges every save of a segment at the registry state its author knew.
///
/// Whoever holds the entries a save was written under comes to the same judgement, and more entries turn it from no to
/// yes only, a revocation aside.
pub fn check_authorship(header: &SegmentHeader, saves: &[Save], registry: &Registry) -> Result<(), AuthorFault> {
    let lane = &header.lane;
    let device = registry.device(lane.device).ok_or(AuthorFault::UnknownDevice)?;
    if let Some(revocation) = &device.revocation {
        // What the province had before it revoked the device stays valid.
        let cut_off = revocation.cut_offs.get(&lane.id()).copied().unwrap_or(0);
        if header.last_seq() > cut_off {
            return Err(AuthorFault::Revoked);
        }
    }
    let mut judged = None;
    for save in saves {
        let epoch = u64::from(save.policy_epoch);
        if judged.replace((save.actor, epoch)) != Some((save.actor, epoch)) {
            if epoch > registry.seq() {
                return Err(AuthorFault::LaterPolicy);
            }
            if !registry.might(device.person, Action::Write, &lane.scope, epoch) {
                return Err(AuthorFault::NoRight);
            }
            if !may_sit_at(device, save, header, registry) {
                return Err(AuthorFault::NotTheOwner);
            }
        }
        // By the device's owner: a colleague at the keyboard does not bring their rights to somebody else's laptop.
        if save.ops.iter().any(decides) && !registry.might(device.person, Action::Review, &lane.scope, epoch) {
            return Err(AuthorFault::NoReview);
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
