//! The server of a load, in a process of its own, so that its time is not that of the laptops.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use arumbae_server::{Clock, Config, DatabaseUrl, Limits, Office, Server, SnapshotPolicy};

use crate::Outcome;

/// The argument that makes this process the server of a load: its folder, and the database's address if any.
pub const SERVE: &str = "--serve-load";

/// The authority's certificate, where the laptops find it.
const CA: &str = "load-ca.der";

/// How long it is watched whether a server is at rest.
const WATCHED: Duration = Duration::from_millis(200);

/// It ends when its input does, so it never outlives this process.
pub struct ServerProcess {
    child: Child,
    folder: PathBuf,
    /// The database's address, unless a file holds the log.
    pub database: Option<String>,
    /// How long it took until it answered.
    pub starting: Duration,
    /// Where it answers.
    pub url: String,
    /// Trusts it and nobody else, and resumes nothing: every laptop comes new.
    pub tls: rustls::ClientConfig,
}

impl ServerProcess {
    /// Starts a server; it founds its province the first time.
    pub fn start(folder: &Path, database: Option<String>) -> Outcome<ServerProcess> {
        let began = Instant::now();
        let mut child = Command::new(std::env::current_exe()?)
            .arg(SERVE)
            .arg(folder)
            .args(&database)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut url = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut url)?;
        let starting = began.elapsed();
        if url.is_empty() {
            return Err("the server does not start".into());
        }
        let tls = trusting(&std::fs::read(folder.join(CA))?)?;
        Ok(ServerProcess { child, folder: folder.to_owned(), database, starting, url: url.trim().to_owned(), tls })
    }

    /// Stops the server and starts it again.
    pub fn start_again(&mut self) -> Outcome<()> {
        self.stop();
        *self = ServerProcess::start(&self.folder, self.database.take())?;
        Ok(())
    }

    fn stop(&mut self) {
        drop(self.child.stdin.take());
        // It was told to end; if it cannot be waited for, it is gone.
        let _ = self.child.wait();
    }

    /// Waits until what the server does after its start is done.
    pub fn wait_until_at_rest(&self) -> Outcome<()> {
        loop {
            let before = self.cpu()?;
            std::thread::sleep(WATCHED);
            if self.cpu()? - before < WATCHED / 10 {
                return Ok(());
            }
        }
    }

    /// What the server has computed so far.
    pub fn cpu(&self) -> Outcome<Duration> {
        Ok(process_cpu(self.child.id())?.0)
    }

    /// What PostgreSQL has computed for everybody, if it holds the log.
    pub fn database_cpu(&self) -> Outcome<Duration> {
        let address = self.database.as_deref().unwrap_or_default();
        let Some((_, cluster)) = address.split_once("host=") else { return Ok(Duration::ZERO) };
        let noted = std::fs::read_to_string(Path::new(cluster).join("data/postmaster.pid"))?;
        let postmaster: u32 = noted.lines().next().unwrap_or_default().parse()?;
        let (own, ended) = process_cpu(postmaster)?;
        let children = std::fs::read_to_string(format!("/proc/{postmaster}/task/{postmaster}/children"))?;
        // One that has ended meanwhile is among the ended.
        let running = children.split_whitespace().filter_map(|child| process_cpu(child.parse().ok()?).ok());
        Ok(own + ended + running.map(|(own, _)| own).sum::<Duration>())
    }

    /// The server's resident memory, in bytes.
    pub fn memory(&self) -> Outcome<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"));
        Ok(resident.ok_or("an unknown kind of /proc")?.parse::<u64>()? * 1024)
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        self.stop();
    }
}

/// What a process has computed, and what its ended children have: `utime`, `stime`, `cutime` and `cstime` of proc(5).
pub fn process_cpu(process: u32) -> Outcome<(Duration, Duration)> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    let (_, after_name) = stat.rsplit_once(')').ok_or("an unknown kind of /proc")?;
    let ticks: Vec<u64> = after_name.split_whitespace().skip(11).take(4).map(str::parse).collect::<Result<_, _>>()?;
    let [user, system, ended_user, ended_system] = ticks[..] else { return Err("an unknown kind of /proc".into()) };
    // A tick is a hundredth of a second for whoever reads it, on every Linux.
    let time = |ticks: u64| Duration::from_millis(ticks * 10);
    Ok((time(user + system), time(ended_user + ended_system)))
}

fn trusting(ca_der: &[u8]) -> Outcome<rustls::ClientConfig> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(ca_der.to_vec().into())?;
    let mut tls = rustls::ClientConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    tls.resumption = rustls::client::Resumption::disabled();
    Ok(tls)
}

/// Runs the server of a load until its input ends.
pub fn serve(mut arguments: impl Iterator<Item = String>) -> Outcome<()> {
    let folder = PathBuf::from(arguments.next().ok_or("no folder")?);
    let database: Option<DatabaseUrl> = arguments.next().map(|url| url.parse()).transpose()?;
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let config = Config {
            data_dir: folder.clone(),
            database,
            names: Vec::new(),
            blobs: None,
            office: Office { region: "81".parse()?, name: "CONTOH Bawaslu Provinsi".to_owned() },
            clock: Clock::system(),
            snapshots: SnapshotPolicy::default(),
            limits: Limits::default(),
            metrics: None,
        };
        let server = Server::start(config, TcpListener::bind("127.0.0.1:0")?, std::future::pending()).await?;
        std::fs::write(folder.join(CA), server.province().ca_der())?;
        writeln!(std::io::stdout(), "{}", server.url())?;
        tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink())).await??;
        server.stop().await?;
        Ok(())
    })
}
