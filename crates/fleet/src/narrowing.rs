//! Making a failure smaller: fewer days, fewer laptops, fewer kinds of mishap, as long as it still fails.

use crate::mishap::Plan;
use crate::simulation::{Failure, run};

/// Tries smaller plans of the same seed and returns the smallest failure found, the given one at worst.
///
/// Any failure counts: a smaller one that looks different is as good to begin with.
pub fn narrow(failure: Failure, mut tried: impl FnMut(&Plan, bool)) -> Failure {
    let mut smallest = failure;
    loop {
        let Some(smaller) = smaller_plans(&smallest.plan).into_iter().find_map(|plan| {
            let outcome = run(&plan).err().map(|failure| *failure);
            tried(&plan, outcome.is_some());
            outcome
        }) else {
            return smallest;
        };
        smallest = smaller;
    }
}

/// The next smaller plans, those that save most first.
fn smaller_plans(plan: &Plan) -> Vec<Plan> {
    let mut smaller = Vec::new();
    if plan.days > 1 {
        smaller.push(Plan { days: plan.days.div_ceil(2), ..plan.clone() });
    }
    if plan.devices > 2 {
        smaller.push(Plan { devices: plan.devices.div_ceil(2).max(2), ..plan.clone() });
    }
    for mishap in &plan.mishaps {
        let mut fewer = plan.clone();
        fewer.mishaps.remove(mishap);
        smaller.push(fewer);
    }
    if plan.days > 1 {
        smaller.push(Plan { days: plan.days - 1, ..plan.clone() });
    }
    if plan.devices > 2 {
        smaller.push(Plan { devices: plan.devices - 1, ..plan.clone() });
    }
    smaller
}
