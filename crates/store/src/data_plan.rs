//! What the officer lets go over links that cost money.

use jiff::civil::Date;

use crate::error::Result;
use crate::opening::Store;
use crate::tables::data_plan;

/// The officer's data plan. Nothing in it keeps back what a person asks to send now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataPlan {
    /// The most bytes a day; none is without limit.
    pub day_bytes: Option<u64>,
    /// The most bytes a calendar month.
    pub month_bytes: Option<u64>,
    /// Whether photos and files whole may go over paid links, not only their previews.
    pub originals_on_paid_links: bool,
    /// Until then the link costs nothing, milliseconds since 1970 UTC: the officer sits in an office with its own.
    pub free_until_ms: u64,
    /// The officer wants no exchange of its own accord.
    pub paused: bool,
}

impl Default for DataPlan {
    /// Everything goes.
    fn default() -> Self {
        DataPlan { day_bytes: None, month_bytes: None, originals_on_paid_links: true, free_until_ms: 0, paused: false }
    }
}

/// Bytes that went over paid links, up and down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// On a day.
    pub day: u64,
    /// In its month, up to that day.
    pub month: u64,
}

impl DataPlan {
    /// Whether the link costs nothing now.
    pub fn is_free(&self, now_ms: u64) -> bool {
        now_ms < self.free_until_ms
    }

    /// Whether photos and files may go whole now.
    pub fn permits_originals(&self, now_ms: u64) -> bool {
        self.originals_on_paid_links || self.is_free(now_ms)
    }

    /// How many bytes may still go; `None` is without limit.
    pub fn left(&self, spent: Spent, now_ms: u64) -> Option<u64> {
        if self.is_free(now_ms) {
            return None;
        }
        let day = self.day_bytes.map(|most| most.saturating_sub(spent.day));
        let month = self.month_bytes.map(|most| most.saturating_sub(spent.month));
        day.into_iter().chain(month).min()
    }
}

impl Store {
    /// The officer's data plan.
    pub fn data_plan(&self) -> Result<DataPlan> {
        data_plan::read(&self.connection)
    }

    /// Changes it.
    pub fn set_data_plan(&mut self, plan: &DataPlan) -> Result<()> {
        self.write(|tx| data_plan::put(tx, plan))
    }

    /// Notes bytes that went over a paid link on a day.
    pub fn note_paid_traffic(&mut self, day: Date, bytes: u64) -> Result<()> {
        self.write(|tx| data_plan::spend(tx, day, bytes))
    }

    /// What went over paid links on a day and in its month.
    pub fn paid_traffic(&self, day: Date) -> Result<Spent> {
        data_plan::spent(&self.connection, day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_left(day_bytes: Option<u64>, month_bytes: Option<u64>, spent: (u64, u64), expected: Option<u64>) {
        let plan = DataPlan { day_bytes, month_bytes, free_until_ms: 1000, ..DataPlan::default() };
        let spent = Spent { day: spent.0, month: spent.1 };
        assert_eq!(plan.left(spent, 1000), expected);
        assert_eq!(plan.left(spent, 999), None, "a free link has no limit");
    }

    #[test]
    fn what_is_left_is_the_smaller_of_day_and_month() {
        check_left(None, None, (7, 7), None);
        check_left(Some(10), None, (7, 70), Some(3));
        check_left(Some(10), Some(50), (2, 48), Some(2));
        check_left(Some(10), Some(50), (11, 20), Some(0));
        check_left(None, Some(50), (11, 51), Some(0));
    }
}
