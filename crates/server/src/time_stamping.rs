//! Time stamps for whoever asks (RFC 3161).

use std::sync::Arc;

use arumbae_signing::certificate::Serial;
use arumbae_signing::time_stamp::Refusal;

use crate::parcels::blocking;
use crate::province::{Province, RequestError};

impl Province {
    /// The reply (DER) to a query: a stamp, or why there is none.
    ///
    /// Serial numbers are 127 random bits, so that no crash and no second server ever gives one out twice.
    pub async fn time_stamp(&self, query_der: &[u8]) -> Result<Vec<u8>, RequestError> {
        // Brings the keys up to date, too.
        let registry = self.registry().await?;
        let now = self.clock.now();
        let now_ms = self.clock.now_ms();
        let stamped = Arc::clone(&self.stamp_clock);
        let admitted = now_ms >= registry.last_entered_ms() && blocking(move || stamped.admit(now_ms)).await??;
        let outcome = if admitted {
            let serial = Serial::random(&mut self.randomness.clone())?;
            self.keys().time_stamping.stamp(query_der, &serial, now)
        } else {
            tracing::error!("the clock was set back: no time stamps are given until it is right again");
            Err(Refusal::TimeNotAvailable)
        };
        match outcome {
            Ok(reply) => Ok(reply),
            Err(refusal) => {
                tracing::info!(?refusal, "no time stamp given");
                Ok(refusal.to_reply()?)
            }
        }
    }
}
