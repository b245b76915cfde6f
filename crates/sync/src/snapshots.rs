//! Snapshots in place of segments: fetched in ranges, kept in the store as they come, put in place when whole.

use arumbae_protocol::{FailureCode, paths};
use arumbae_store::{ApplyOutcome, LoadOutcome, WantedSnapshot};
use bytes::Bytes;
use http::header::{CONTENT_RANGE, RANGE};
use http::{Method, StatusCode};
use tracing::warn;

use crate::engine::SyncEngine;
use crate::error::{Result, SyncError};
use crate::transport::{Answer, Call, Failed, Transport};

/// What came of fetching.
#[derive(Debug, Default)]
pub(crate) struct Fetched {
    /// What joined the log with each snapshot.
    pub outcomes: Vec<ApplyOutcome>,
    /// Snapshots that are no longer to be had or cannot be used: their scopes are asked for anew.
    pub given_up: u32,
}

impl SyncEngine {
    /// Fetches the snapshots that the store waits for, and puts them in place.
    pub(crate) async fn fetch_snapshots(&mut self, transport: &Transport) -> Result<Fetched> {
        let mut fetched = Fetched::default();
        for wanted in self.store().with(|store| Ok(store.wanted_snapshots()?)).await? {
            match self.fetch_snapshot(transport, wanted).await? {
                Some(LoadOutcome::Loaded(outcome)) => fetched.outcomes.push(outcome),
                Some(LoadOutcome::Unusable(why)) => {
                    warn!(error = &*why, "a snapshot cannot be used");
                    fetched.given_up += 1;
                }
                None => fetched.given_up += 1,
            }
        }
        Ok(fetched)
    }

    /// `None` if the server no longer has it.
    async fn fetch_snapshot(&mut self, transport: &Transport, wanted: WantedSnapshot) -> Result<Option<LoadOutcome>> {
        let WantedSnapshot { hash, byte_length, mut held_bytes } = wanted;
        let path = format!("{}/{hash}", paths::SNAPSHOTS);
        while held_bytes < byte_length {
            self.announce_left(0);
            let range = self.link().credit().down;
            let call = Call {
                method: Method::GET,
                path: &path,
                headers: vec![(RANGE, format!("bytes={held_bytes}-{}", held_bytes + range as u64 - 1))],
                body: Bytes::new(),
                largest_answer: range,
                on_leaving: None,
            };
            let (answer, failed) = match transport.call(&call).await {
                Ok(answer) => (Some(answer), None),
                Err(Failed { error: SyncError::Refused { code: FailureCode::NotFound, .. }, .. }) => {
                    self.store().with(move |store| Ok(store.give_up_snapshot(hash)?)).await?;
                    return Ok(None);
                }
                // What came before a cut is as good as what comes after it.
                Err(Failed { error, begun }) => (begun.map(|begun| *begun), Some(error)),
            };
            let before = held_bytes;
            if let Some(Answer { status, headers, body, .. }) = answer {
                let expected = format!("bytes {held_bytes}-");
                let told = headers.get(CONTENT_RANGE).and_then(|range| range.to_str().ok()).unwrap_or_default();
                if status != StatusCode::PARTIAL_CONTENT || !told.starts_with(&expected) {
                    return Err(SyncError::UnreadableAnswer("not the range that was asked for".into()));
                }
                held_bytes = self.store().with(move |store| Ok(store.receive_snapshot(hash, before, &body)?)).await?;
            }
            match failed {
                Some(SyncError::LinkCut(_) | SyncError::Silence) if held_bytes > before => {}
                Some(error) => return Err(error),
                None if held_bytes == before => {
                    return Err(SyncError::UnreadableAnswer("the snapshot does not move on".into()));
                }
                None => {}
            }
        }
        let now_ms = self.now_ms();
        self.store().with(move |store| Ok(Some(store.load_snapshot(hash, now_ms)?))).await
    }
}
