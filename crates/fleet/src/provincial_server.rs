//! The real server, without sockets: its router is handed requests, and its folder survives its restarts.

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use arumbae_server::{Clock, Limits, Office, Province, Randomness, SnapshotPolicy, router};
use axum::Router;
use axum::body::{Body, to_bytes};
use bytes::Bytes;
use http::{Request, Response};
use rand_core::RngCore;
use tower_service::Service;

use crate::dice::Dice;
use crate::simulation::Breach;
use crate::world::WorldClock;

/// As large as any answer the server gives.
const LARGEST_ANSWER: usize = 64 << 20;

/// Often, so that devices load them and drop what they stand for within days.
const SNAPSHOTS: SnapshotPolicy = SnapshotPolicy { segments: 6, fraction: 1000 };

/// A province and its server, which may be down.
pub struct ProvincialServer {
    folder: PathBuf,
    clock: WorldClock,
    dice: Arc<Mutex<Dice>>,
    serving: Option<Serving>,
}

struct Serving {
    province: Arc<Province>,
    router: Router,
}

impl ProvincialServer {
    /// Founds a province in `folder`.
    pub async fn found(folder: PathBuf, clock: WorldClock, dice: Dice) -> Result<Self, Breach> {
        let mut server = ProvincialServer { folder, clock, dice: Arc::new(Mutex::new(dice)), serving: None };
        server.start().await?;
        Ok(server)
    }

    /// Starts it on what lies in its folder.
    pub async fn start(&mut self) -> Result<(), Breach> {
        let office = Office {
            region: "81".parse().map_err(Breach::of("the province's code"))?,
            name: "CONTOH Bawaslu Provinsi".to_owned(),
        };
        let (clock, dice) = (self.clock.clone(), self.dice.clone());
        let randomness = Randomness::new(move |bytes| {
            dice.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes);
        });
        let province =
            Province::open_or_found(&self.folder, None, &office, None, Clock::new(move || clock.now_ms()), randomness)
                .await
                .map_err(Breach::of("the server does not start"))?;
        let province = Arc::new(province.with_snapshots(SNAPSHOTS));
        self.serving = Some(Serving {
            router: router(province.clone(), self.folder.clone(), Limits::default().without_allowances()),
            province,
        });
        Ok(())
    }

    /// Stops it as a power cut does: what was committed is there, and nothing else.
    pub fn stop(&mut self) {
        self.serving = None;
    }

    /// Whether it answers.
    pub fn is_up(&self) -> bool {
        self.serving.is_some()
    }

    /// The province, for what is done at the office itself.
    pub fn province(&self) -> Result<Arc<Province>, Breach> {
        let serving =
            self.serving.as_ref().ok_or_else(|| Breach::new("the office is asked while its server is down"))?;
        Ok(serving.province.clone())
    }

    /// Hands it a request; `None` while it is down. A request that was `cut` ends in the middle of its body.
    pub async fn answer(&mut self, request: Request<Bytes>, cut: Option<usize>) -> Option<Response<Bytes>> {
        let serving = self.serving.as_mut()?;
        let request = request.map(|body| match cut {
            None => Body::from(body),
            Some(kept) => Body::new(BrokenOff(Some(body.slice(..kept.min(body.len()))))),
        });
        let response = match serving.router.call(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let (head, body) = response.into_parts();
        let body = to_bytes(body, LARGEST_ANSWER).await.ok()?;
        Some(Response::from_parts(head, body))
    }
}

/// A body whose connection is cut after its first bytes.
struct BrokenOff(Option<Bytes>);

impl http_body::Body for BrokenOff {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        let part = self.0.take().map(http_body::Frame::data);
        Poll::Ready(Some(part.ok_or_else(|| std::io::ErrorKind::ConnectionReset.into())))
    }
}
