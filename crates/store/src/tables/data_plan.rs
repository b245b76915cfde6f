//! The one row that is the officer's data plan, and what went over paid links.

use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension, Transaction};

use crate::data_plan::{DataPlan, Spent};
use crate::error::Result;

pub(crate) fn read(connection: &Connection) -> Result<DataPlan> {
    let plan = connection
        .query_row(
            "SELECT day_bytes, month_bytes, originals_on_paid_links, free_until_ms, paused FROM data_plan",
            [],
            |row| {
                Ok(DataPlan {
                    day_bytes: row.get::<_, Option<i64>>(0)?.map(|bytes| bytes as u64),
                    month_bytes: row.get::<_, Option<i64>>(1)?.map(|bytes| bytes as u64),
                    originals_on_paid_links: row.get(2)?,
                    free_until_ms: row.get::<_, i64>(3)? as u64,
                    paused: row.get(4)?,
                })
            },
        )
        .optional()?;
    Ok(plan.unwrap_or_default())
}

pub(crate) fn put(tx: &Transaction<'_>, plan: &DataPlan) -> Result<()> {
    let DataPlan { day_bytes, month_bytes, originals_on_paid_links, free_until_ms, paused } = *plan;
    tx.execute(
        "INSERT OR REPLACE INTO data_plan
         (only, day_bytes, month_bytes, originals_on_paid_links, free_until_ms, paused) VALUES (1, ?1, ?2, ?3, ?4, ?5)",
        (
            day_bytes.map(|bytes| bytes as i64),
            month_bytes.map(|bytes| bytes as i64),
            originals_on_paid_links,
            free_until_ms as i64,
            paused,
        ),
    )?;
    Ok(())
}

pub(crate) fn spend(tx: &Transaction<'_>, day: Date, bytes: u64) -> Result<()> {
    tx.execute(
        "INSERT INTO paid_traffic (day, bytes) VALUES (?1, ?2)
         ON CONFLICT (day) DO UPDATE SET bytes = bytes + excluded.bytes",
        (day.to_string(), bytes as i64),
    )?;
    Ok(())
}

pub(crate) fn spent(connection: &Connection, day: Date) -> Result<Spent> {
    let sum = |from: Date| -> Result<u64> {
        let bytes: i64 = connection
            .prepare_cached("SELECT coalesce(sum(bytes), 0) FROM paid_traffic WHERE day BETWEEN ?1 AND ?2")?
            .query_row((from.to_string(), day.to_string()), |row| row.get(0))?;
        Ok(bytes as u64)
    };
    Ok(Spent { day: sum(day)?, month: sum(day.first_of_month())? })
}
