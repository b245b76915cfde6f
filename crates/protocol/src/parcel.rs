//! Parcels in an exchange: whose numbers they are packed against and bring.

use arumbae_domain::Scope;
use serde::{Deserialize, Serialize};

/// The most segments a parcel may be packed against.
pub const MAX_BASE: usize = 4096;

/// Numbers of a scope's segments, ascending. Told as runs, how many numbers are left out and how many follow in turns,
/// because they mostly stand together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Numbers {
    runs: Vec<u64>,
}

impl Numbers {
    /// Numbers, which must ascend from 1 on.
    pub fn of(ascending: impl IntoIterator<Item = u64>) -> Numbers {
        let mut runs: Vec<u64> = Vec::new();
        let mut next = 1;
        for number in ascending {
            match runs.last_mut() {
                Some(run) if number == next => *run += 1,
                _ => runs.extend([number.saturating_sub(next), 1]),
            }
            next = number.saturating_add(1);
        }
        Numbers { runs }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// The numbers; `None` if there are more than `most` or they are beyond what numbers can be.
    pub fn list(&self, most: usize) -> Option<Vec<u64>> {
        let mut numbers = Vec::new();
        let mut next: u64 = 1;
        for run in self.runs.chunks(2) {
            let [skip, count] = *run else { return None };
            let first = next.checked_add(skip)?;
            next = first.checked_add(count)?;
            if count > (most - numbers.len()) as u64 {
                return None;
            }
            numbers.extend(first..next);
        }
        Some(numbers)
    }
}

/// Segments packed together on their way to the server (`arumbae_mergelog::parcel`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Parcel {
    /// Whose numbers `base` holds.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub scope: Scope,
    /// The segments it was packed against, which the server has given receipts for; at most [`MAX_BASE`].
    pub base: Numbers,
    /// The parcel.
    #[serde(with = "serde_bytes")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Binary))]
    pub bytes: Vec<u8>,
}

/// Segments of one scope packed together on their way to a reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NumberedParcel {
    /// The scope whose numbering `base` and `numbers` belong to.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub scope: Scope,
    /// The segments it was packed against, which the reader said it holds; at most [`MAX_BASE`].
    pub base: Numbers,
    /// The numbers of the segments in it, in their order.
    pub numbers: Numbers,
    /// When the server received them, milliseconds since 1970 UTC, each told as the step from the one before.
    pub received_steps_ms: Vec<i64>,
    /// The parcel.
    #[serde(with = "serde_bytes")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Binary))]
    pub bytes: Vec<u8>,
}

impl NumberedParcel {
    /// The steps that tell these moments.
    pub fn steps_of(received_ms: &[u64]) -> Vec<i64> {
        let before = [0].into_iter().chain(received_ms.iter().copied());
        received_ms.iter().zip(before).map(|(now, before)| now.wrapping_sub(before) as i64).collect()
    }

    /// Number and moment of each of `count` segments; `None` if they are not told of so many.
    pub fn places(&self, count: usize) -> Option<Vec<(u64, u64)>> {
        let numbers = self.numbers.list(count)?;
        if numbers.len() != count || self.received_steps_ms.len() != count {
            return None;
        }
        let mut now = 0u64;
        let moments = self.received_steps_ms.iter().map(|step| {
            now = now.wrapping_add(*step as u64);
            now
        });
        Some(numbers.into_iter().zip(moments).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_numbers(numbers: &[u64], runs: &[u64]) {
        let told = Numbers::of(numbers.iter().copied());
        assert_eq!(told.runs, runs);
        assert_eq!(told.list(numbers.len()).as_deref(), Some(numbers));
        assert_eq!(told.list(numbers.len().saturating_sub(1)).is_some(), numbers.is_empty(), "one too many");
    }

    #[test]
    fn numbers_are_told_as_runs() {
        check_numbers(&[], &[]);
        check_numbers(&[1], &[0, 1]);
        check_numbers(&[4, 5, 6, 9], &[3, 3, 2, 1]);
        check_numbers(&[u64::MAX - 1], &[u64::MAX - 2, 1]);
    }

    #[test]
    fn runs_that_lead_nowhere_are_refused() {
        for runs in [vec![1], vec![u64::MAX, 1], vec![5, u64::MAX], vec![0, 1000], vec![0, 1, 3]] {
            assert_eq!(Numbers { runs }.list(100), None);
        }
    }

    #[test]
    fn moments_are_told_by_steps() {
        let parcel = |received: &[u64]| NumberedParcel {
            scope: "81.71.01".parse().expect("a scope"),
            base: Numbers::default(),
            numbers: Numbers::of([7, 8, 12]),
            received_steps_ms: NumberedParcel::steps_of(received),
            bytes: Vec::new(),
        };
        let moments = [1_707_868_800_000, 1_707_868_800_000, 1_707_868_700_000];
        assert_eq!(parcel(&moments).places(3), Some([7, 8, 12].into_iter().zip(moments).collect()));
        assert_eq!(parcel(&moments).places(2), None);
        assert_eq!(parcel(&moments[..2]).places(3), None);
    }
}
