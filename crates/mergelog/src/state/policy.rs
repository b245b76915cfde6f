//! What concurrent values of a field add up to, by the policy the schema gives the field.

use std::borrow::Cow;

use arumbae_domain::schema::{MergePolicy, Value};

use super::Head;
use crate::clock::Hlc;
use crate::operation::OpId;

/// What is shown for several heads.
pub(crate) fn winner<'a>(policy: MergePolicy, heads: impl Iterator<Item = &'a Head>) -> Cow<'a, Value> {
    let winner = match policy {
        MergePolicy::Review | MergePolicy::Latest => heads.max_by_key(|head| rank(head)).map(|head| &head.value),
        MergePolicy::Max => heads.map(|head| &head.value).max(),
        MergePolicy::Sum => return Cow::Owned(sum(heads)),
    };
    winner.map_or(Cow::Owned(Value::Null), Cow::Borrowed)
}

/// What orders concurrent heads for display: the clock, then the id, so that every device shows the same one.
pub(crate) fn rank(head: &Head) -> (Hlc, OpId) {
    (head.stamp.order(), head.id)
}

/// What an edit of a sum added to it, `None` for any other field or value.
///
/// Written as what it added and superseding nothing, it counts beside what somebody else adds in the same moment; two
/// totals, each superseding the total before, would each count that one anew.
pub(crate) fn increment(policy: MergePolicy, shown: &Value, wanted: &Value) -> Option<i64> {
    match (policy, shown, wanted) {
        (MergePolicy::Sum, Value::Integer(shown), Value::Integer(wanted)) if shown != wanted => {
            wanted.checked_sub(*shown)
        }
        _ => None,
    }
}

fn sum<'a>(heads: impl Iterator<Item = &'a Head>) -> Value {
    let terms = heads.filter_map(|head| match head.value {
        Value::Integer(number) => Some(i128::from(number)),
        _ => None,
    });
    // Summed wide, so that no order of terms saturates where another would not.
    let total = terms.reduce(|sum, term| sum + term);
    total.map_or(Value::Null, |sum| Value::Integer(sum.clamp(i64::MIN.into(), i64::MAX.into()) as i64))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::lane::LaneId;
    use crate::state::Stamp;

    fn head(lane: u8, seq: u64, value: Value, at_ms: u64) -> Head {
        let stamp = Stamp { hlc: Hlc::new(at_ms, 0), ..Stamp::default() };
        Head { id: OpId { lane: LaneId([lane; 16]), seq, index: 0 }, value, stamp, base: None }
    }

    #[track_caller]
    fn check(policy: MergePolicy, heads: &[(Value, u64)], expected: Value) {
        let heads: Vec<Head> =
            (1..).zip(heads).map(|(lane, (value, at_ms))| head(lane, 1, value.clone(), *at_ms)).collect();
        assert_eq!(*winner(policy, heads.iter()), expected);
        assert_eq!(*winner(policy, heads.iter().rev()), expected, "the order of heads shows");
    }

    #[test]
    fn each_policy_says_what_concurrent_values_add_up_to() {
        let number = Value::Integer;
        let text = |text: &str| Value::Text(text.to_owned());
        check(MergePolicy::Review, &[(text("earlier"), 1), (text("later"), 2)], text("later"));
        check(MergePolicy::Latest, &[(text("later"), 2), (text("earlier"), 1)], text("later"));
        check(MergePolicy::Latest, &[(text("a"), 1), (text("b"), 1)], text("b"));
        check(MergePolicy::Max, &[(number(55), 1), (number(40), 2)], number(55));
        check(MergePolicy::Max, &[(Value::Null, 2), (number(-3), 1)], number(-3));
        check(MergePolicy::Sum, &[(number(3), 1), (number(4), 2)], number(7));
        check(MergePolicy::Sum, &[(number(3), 1), (Value::Null, 2)], number(3));
        check(
            MergePolicy::Sum,
            &[(number(i64::MAX), 1), (number(i64::MAX), 2), (number(-i64::MAX), 3)],
            number(i64::MAX),
        );
    }

    proptest! {
        /// Devices add to a total they see, exchange in any order, and nobody's addition is lost or counted twice.
        #[test]
        fn a_sum_counts_every_addition_once(
            steps in vec((0usize..3, 0usize..3, -50i64..50), 1..40),
        ) {
            let mut seen: [BTreeMap<OpId, Head>; 3] = Default::default();
            let mut added = 0;
            for (at, (device, from, amount)) in steps.into_iter().enumerate() {
                let heard: Vec<Head> = seen[from].values().cloned().collect();
                seen[device].extend(heard.into_iter().map(|head| (head.id, head)));
                let shown = sum(seen[device].values());
                let before = if let Value::Integer(number) = shown { number } else { 0 };
                let wanted = Value::Integer(before + amount);
                let shown = Value::Integer(before);
                if let Some(increment) = increment(MergePolicy::Sum, &shown, &wanted) {
                    let head = head(device as u8, at as u64 + 1, Value::Integer(increment), at as u64);
                    seen[device].insert(head.id, head);
                    added += amount;
                }
            }
            let all: BTreeMap<OpId, Head> = seen.into_iter().flatten().collect();
            let total = if let Value::Integer(total) = sum(all.values()) { total } else { 0 };
            prop_assert_eq!(total, added);
        }
    }
}
