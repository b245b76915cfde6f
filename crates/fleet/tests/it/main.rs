//! Short simulations for every build; `make soak` plays long ones.

use std::collections::BTreeSet;

use arumbae_fleet::{Mishap, Outcome, Plan, run};

#[track_caller]
fn check_plan(plan: &Plan) -> Outcome {
    match run(plan) {
        Ok(outcome) => outcome,
        Err(failure) => panic!("{failure}"),
    }
}

#[test]
fn a_seed_goes_the_same_way_twice() {
    let plan = Plan::with_everything(1, 4, 3);
    let outcome = check_plan(&plan);
    assert!(outcome.saves > 20 && outcome.failed_syncs > 0, "something happened: {outcome:?}");
    assert_eq!(check_plan(&plan), outcome);
    let other = Plan { seed: 2, ..plan };
    assert_ne!(check_plan(&other).trace, outcome.trace, "another seed, another course");
}

#[test]
fn fleets_survive_whatever_befalls_them() {
    let outcomes: Vec<Outcome> = (3..7).map(|seed| check_plan(&Plan::with_everything(seed, 8, 7))).collect();
    assert!(outcomes.iter().any(|outcome| outcome.conflicts > 0), "people wrote at the same time");
    assert!(outcomes.iter().any(|outcome| outcome.dropped > 0), "laptops let go of what everybody had: {outcomes:?}");
    assert!(outcomes.iter().any(|outcome| outcome.histories > 0), "and read it again: {outcomes:?}");
    let happened: BTreeSet<Mishap> = outcomes.iter().flat_map(|outcome| outcome.mishaps.keys().copied()).collect();
    assert!(happened.len() * 4 > Mishap::ALL.len() * 3, "only {happened:?} happened");
}

#[test]
fn a_quiet_fleet_agrees_as_well() {
    let outcome = check_plan(&Plan { mishaps: Default::default(), ..Plan::with_everything(9, 6, 3) });
    assert_eq!((outcome.failed_syncs, outcome.mishaps.len()), (0, 0), "nothing went wrong: {outcome:?}");
    assert_eq!(outcome.saves, outcome.accepted, "every save arrived once");
}
