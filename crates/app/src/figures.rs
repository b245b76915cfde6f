//! Figures of what was written on a laptop, for the demo and for measurements.

use crate::App;
use crate::error::{AppError, ErrorCode, Result};

/// How many operations this laptop has written and sealed.
///
/// # Errors
/// [`ErrorCode::Locked`], and [`ErrorCode::StoreDamaged`] if the log cannot be read.
pub async fn operations_written(app: &App) -> Result<u64> {
    app.with_store(|store| {
        let own = store.device_key();
        let mut operations = 0;
        for segment in store.segments_after(None, &[], usize::MAX)? {
            if segment.header().lane.device == own {
                let saves = segment.open().map_err(|why| AppError::caused(ErrorCode::StoreDamaged, why))?;
                operations += saves.iter().map(|save| save.ops.len() as u64).sum::<u64>();
            }
        }
        Ok(operations)
    })
    .await
}
