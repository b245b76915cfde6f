//! Where a record belongs: moves between scopes, and what counts while they disagree.

use arumbae_domain::Scope;

use super::Stamp;
use crate::operation::OpId;

/// A move nobody has superseded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceHead<'a> {
    /// The operation that made it.
    pub id: OpId,
    /// The scope it leads to.
    pub to: &'a Scope,
    /// When and by whom.
    pub stamp: Stamp,
}

/// Where a record was moved to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place<'a> {
    /// What counts meanwhile; `None` if the record still is in the scope it was created in.
    pub effective: Option<&'a Scope>,
    /// The standing moves, the latest by clock first.
    pub heads: Vec<PlaceHead<'a>>,
    /// Whether they lead to different scopes.
    pub needs_decision: bool,
    /// Every scope the record was ever moved to. Changes written there by somebody who had not seen a later move count.
    pub all: Vec<&'a Scope>,
}

/// A move, kept even when superseded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Move {
    pub id: OpId,
    pub stamp: Stamp,
    pub to: Scope,
}

/// Judges all moves of a record; both slices in ascending order.
pub(super) fn place<'a, T: Ord>(moves: &'a [Move], superseded: &[(T, OpId)]) -> Place<'a> {
    let stands = |step: &&Move| superseded.binary_search_by_key(&step.id, |(_, id)| *id).is_err();
    let mut heads: Vec<PlaceHead<'_>> =
        moves.iter().filter(stands).map(|step| PlaceHead { id: step.id, to: &step.to, stamp: step.stamp }).collect();
    heads.sort_by_key(|head| std::cmp::Reverse((head.stamp.order(), head.id)));
    Place {
        effective: heads.first().map(|head| head.to),
        needs_decision: heads.windows(2).any(|pair| pair[0].to != pair[1].to),
        heads,
        all: moves.iter().map(|step| &step.to).collect(),
    }
}
