//! The sample province's server, in this very process, on loopback.

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use arumbae_app::App;
use arumbae_app::account::SampleLaptop;
use arumbae_app::sample::{ProvinceAnswer, SampleProvince};
use arumbae_courier::{Refusal, Stick};
use arumbae_domain::{RegionCode, Scope};
use arumbae_protocol::Invitation;
use arumbae_protocol::registry::Role;
use arumbae_server::courier::{AnswerRules, CourierError};
use arumbae_server::{Clock, Config, Limits, NewInvitation, Office, RunningServer, Server, SnapshotPolicy, bind};
use tokio::sync::Mutex;

use crate::laptop::Laptop;
use crate::records;

/// Sample invitations are used at once; a day leaves room for a clock that jumps.
const INVITATION_DAYS: u32 = 1;

/// What a courier's stick brought to the province.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenStick {
    /// Saves that have their receipt now.
    pub saves: u64,
    /// The answers that lie on the stick now.
    pub answers: Vec<PathBuf>,
}

/// A server that is started when somebody first asks for it.
#[derive(Default)]
pub struct InProcessProvince {
    running: Mutex<Option<Running>>,
}

struct Running {
    folder: PathBuf,
    server: RunningServer,
}

type Failure = Box<dyn Error + Send + Sync>;

impl InProcessProvince {
    async fn start_server(&self, folder: &Path) -> Result<String, Failure> {
        let mut running = self.running.lock().await;
        if let Some(Running { folder: held, server }) = &*running
            && held == folder
        {
            return Ok(server.url().to_owned());
        }
        let config = Config {
            data_dir: folder.to_owned(),
            database: None,
            names: vec![Ipv4Addr::LOCALHOST.to_string()],
            blobs: None,
            office: Office { region: "81".parse()?, name: "CONTOH Bawaslu Provinsi Maluku".to_owned() },
            clock: Clock::system(),
            snapshots: SnapshotPolicy::default(),
            limits: Limits::default(),
            metrics: None,
        };
        let listener = bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        let server = Server::start(config, listener, std::future::pending()).await?;
        let url = server.url().to_owned();
        *running = Some(Running { folder: folder.to_owned(), server });
        Ok(url)
    }

    /// Invites somebody, who is to reach the server under `server_url`; `None` for its own address.
    ///
    /// # Errors
    /// Before the province was started, and for a role that does not fit the area.
    pub async fn invite_to(
        &self,
        role: Role,
        area: &RegionCode,
        server_url: Option<String>,
    ) -> Result<Invitation, Failure> {
        let running = self.running.lock().await;
        let Some(Running { server, .. }) = &*running else { return Err("the province does not run".into()) };
        let invitation =
            NewInvitation { role, scope: Scope::open(area.clone()), days: INVITATION_DAYS, person: None, server_url };
        Ok(server.province().invite(invitation).await?)
    }

    /// The certificate of the province's authority, PEM.
    ///
    /// # Errors
    /// Before the province was started, and if its certificate cannot be written as PEM.
    pub async fn ca_pem(&self) -> Result<String, Failure> {
        let running = self.running.lock().await;
        let Some(Running { server, .. }) = &*running else { return Err("the province does not run".into()) };
        Ok(server.province().ca_pem()?)
    }

    /// Takes everything a courier brought on a stick, and puts the answers on it.
    ///
    /// # Errors
    /// Before the province was started, if the stick cannot be used, and if a file is refused.
    pub async fn take_stick(&self, stick: &Path) -> Result<TakenStick, Failure> {
        let running = self.running.lock().await;
        let Some(Running { server, .. }) = &*running else { return Err("the province does not run".into()) };
        let stick = Stick::at(stick);
        let handed_in = server.province().hand_in(stick.sealed_files()?).await?;
        let answers = server.province().answer(&handed_in, &stick, AnswerRules::default()).await?;
        let mut saves = 0;
        for file in handed_in {
            match file.outcome {
                // The answers of an earlier journey are still on it.
                Err(CourierError::Refused(Refusal::ForAnother)) => {}
                outcome => saves += outcome?.reply.receipts.iter().map(|receipt| u64::from(receipt.count)).sum::<u64>(),
            }
        }
        let answers = answers.into_iter().flat_map(|answer| answer.files).collect();
        Ok(TakenStick { saves, answers })
    }

    /// Waits until what has grown is added up into snapshots, as the server does beside its requests.
    ///
    /// # Errors
    /// Before the province was started.
    pub async fn add_up(&self) -> Result<(), Failure> {
        let running = self.running.lock().await;
        let Some(Running { server, .. }) = &*running else { return Err("the province does not run".into()) };
        server.province().make_due_snapshots().await;
        Ok(())
    }

    /// Stops the server, as a power cut in the provincial office would.
    ///
    /// # Errors
    /// If the listener failed while it ran.
    pub async fn stop(&self) -> Result<(), Failure> {
        let running = self.running.lock().await.take();
        if let Some(Running { server, .. }) = running {
            server.stop().await?;
        }
        Ok(())
    }
}

impl SampleProvince for InProcessProvince {
    fn start<'a>(&'a self, folder: &'a Path) -> ProvinceAnswer<'a, String> {
        Box::pin(self.start_server(folder))
    }

    fn invite<'a>(&'a self, role: Role, area: &'a RegionCode) -> ProvinceAnswer<'a, Invitation> {
        Box::pin(self.invite_to(role, area, None))
    }

    fn furnish<'a>(&'a self, app: &'a App, laptop: SampleLaptop) -> ProvinceAnswer<'a, ()> {
        Box::pin(async move {
            if laptop == SampleLaptop::Officer {
                let desk = Laptop(app);
                let report = desk.write_report().await?;
                desk.make_finding(report.record.id).await?;
                let event = desk.hold_event().await?;
                desk.import_attendance(event.record.id, records::ATTENDANCE_CSV).await?;
            }
            Ok(())
        })
    }
}
