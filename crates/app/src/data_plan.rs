//! What the officer lets go over links that cost money.

use arumbae_store::{DataPlan, Spent, Store};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::App;
use crate::command::Nothing;
use crate::error::{AppError, ErrorCode, Result};
use crate::synchronization::{SyncState, sync_state};

/// The smallest limit that can be set, bytes: a day's records and their receipts with room to spare.
const SMALLEST_LIMIT: u64 = 100_000;

/// A link that costs nothing is believed to do so for this long: a visit to an office.
const FREE_FOR_MS: u64 = 4 * 60 * 60 * 1000;

/// The data plan and what went.
#[derive(Clone, Copy, Debug, Serialize, TS)]
pub struct DataPlanState {
    /// The most bytes a day; `null` is without limit.
    pub day_bytes: Option<u64>,
    /// The most bytes a calendar month.
    pub month_bytes: Option<u64>,
    /// Whether photos and files whole may go over paid links, not only their previews.
    pub originals_on_paid_links: bool,
    /// Whether the present link costs nothing, by the officer's word.
    pub free: bool,
    /// Bytes that went over paid links today, WIT.
    pub spent_today: u64,
    /// The same in this month.
    pub spent_this_month: u64,
}

/// Changes the data plan.
#[derive(Debug, Deserialize, TS)]
pub struct ChangeDataPlan {
    /// The most bytes a day; `null` is without limit.
    pub day_bytes: Option<u64>,
    /// The most bytes a calendar month.
    pub month_bytes: Option<u64>,
    /// Whether photos and files whole may go over paid links.
    pub originals_on_paid_links: bool,
    /// Whether the present link costs nothing; believed for four hours.
    pub free: bool,
}

/// The plan, and how many bytes may still go today; `None` is without limit.
pub(crate) fn allowed(store: &Store, today: Date, now_ms: u64) -> Result<(DataPlan, Option<u64>)> {
    let plan = store.data_plan()?;
    let left = plan.left(store.paid_traffic(today)?, now_ms);
    Ok((plan, left))
}

pub(crate) fn state(plan: &DataPlan, spent: Spent, now_ms: u64) -> DataPlanState {
    DataPlanState {
        day_bytes: plan.day_bytes,
        month_bytes: plan.month_bytes,
        originals_on_paid_links: plan.originals_on_paid_links,
        free: plan.is_free(now_ms),
        spent_today: spent.day,
        spent_this_month: spent.month,
    }
}

pub(crate) async fn sync_data_plan(app: &App, change: ChangeDataPlan) -> Result<SyncState> {
    let ChangeDataPlan { day_bytes, month_bytes, originals_on_paid_links, free } = change;
    if [day_bytes, month_bytes].into_iter().flatten().any(|bytes| !(SMALLEST_LIMIT..=i64::MAX as u64).contains(&bytes))
    {
        return Err(AppError::new(ErrorCode::DataPlanTooSmall));
    }
    let free_until_ms = if free { app.now_ms() + FREE_FOR_MS } else { 0 };
    app.with_store(move |store| {
        let paused = store.data_plan()?.paused;
        let plan = DataPlan { day_bytes, month_bytes, originals_on_paid_links, free_until_ms, paused };
        Ok(store.set_data_plan(&plan)?)
    })
    .await?;
    sync_state(app, Nothing {}).await
}
