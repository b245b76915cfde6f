//! The desktop program under a WebDriver: started in its window, killed, started again.

use std::fs;
use std::io::ErrorKind;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use tempfile::TempDir;

use crate::tools::tool;

const PROGRAM: &str = env!("CARGO_BIN_EXE_arumbae");
const START_WITHIN: Duration = Duration::from_secs(60);

/// A laptop: the folders that outlive the program.
pub struct Laptop {
    folder: TempDir,
}

/// The program in its window. Each start has a driver and a session of its own.
pub struct Program<'a> {
    laptop: &'a Laptop,
    driver: Child,
    pub(super) client: Client,
}

impl Laptop {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Starts the program and connects to its window.
    pub async fn start(&self) -> Program<'_> {
        assert!(
            ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some()),
            "there is no display; run the tests with `make test` or below scripts/with-display"
        );
        let [port, native_port] = free_ports();
        let mut driver = Command::new(tool("tauri-driver"));
        driver.args(["--port", &port.to_string(), "--native-port", &native_port.to_string()]);
        driver.env("ARUMBAE_DATA", self.data());
        // What the webview remembers belongs to this laptop too.
        for (name, folder) in [("XDG_DATA_HOME", "share"), ("XDG_CACHE_HOME", "cache"), ("XDG_CONFIG_HOME", "config")] {
            driver.env(name, self.folder.path().join(folder));
        }
        let mut driver = driver
            .spawn()
            .unwrap_or_else(|why| panic!("tauri-driver cannot be run ({why}); scripts/setup test installs it"));
        wait_for_ports(&mut driver, [port, native_port]).await;

        let mut options = ClientBuilder::new(HttpConnector::new());
        let capabilities = json!({ "tauri:options": { "application": PROGRAM } });
        options.capabilities(capabilities.as_object().expect("an object").clone());
        let client = options.connect(&format!("http://127.0.0.1:{port}")).await;
        let client = client.unwrap_or_else(|why| {
            end_programs(&self.data());
            end_gently(&mut driver);
            panic!("the window cannot be driven: {why}")
        });
        Program { laptop: self, driver, client }
    }
}

impl Program<'_> {
    /// Ends the program as a power cut would: nothing can be finished or written any more.
    pub fn kill(self) {
        // Dropping does it; the name says at the call what happens.
        drop(self);
    }
}

impl Drop for Program<'_> {
    fn drop(&mut self) {
        end_programs(&self.laptop.data());
        end_gently(&mut self.driver);
    }
}

/// Two ports nobody listens on.
fn free_ports() -> [u16; 2] {
    let listeners = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").expect("a free port"));
    listeners.map(|listener| listener.local_addr().expect("a bound port").port())
}

async fn wait_for_ports(driver: &mut Child, ports: [u16; 2]) {
    let deadline = Instant::now() + START_WITHIN;
    for port in ports {
        while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            if let Ok(Some(status)) = driver.try_wait() {
                panic!("tauri-driver ended ({status}); WebKitWebDriver may be missing, scripts/setup test installs it");
            }
            assert!(Instant::now() < deadline, "the WebDriver does not listen on port {port}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Kills the programs that work in this data folder, and no others.
fn end_programs(data: &Path) {
    let mine = format!("ARUMBAE_DATA={}", data.display());
    for entry in fs::read_dir("/proc").expect("the list of processes").flatten() {
        let Ok(environment) = fs::read(entry.path().join("environ")) else { continue };
        let belongs = environment.split(|byte| *byte == 0).any(|variable| variable == mine.as_bytes());
        let is_program = fs::read_link(entry.path().join("exe")).is_ok_and(|path| path == Path::new(PROGRAM));
        if belongs && is_program {
            signal("KILL", &entry.file_name().to_string_lossy());
            wait_until_gone(&entry.path());
        }
    }
}

/// The driver ends its own WebKitWebDriver when it is asked to end.
fn end_gently(driver: &mut Child) {
    signal("TERM", &driver.id().to_string());
    driver.wait().expect("the driver ends");
}

fn signal(name: &str, process: &str) {
    let status = Command::new("kill").args([&format!("-{name}"), process]).status();
    assert!(status.is_ok(), "kill cannot be run");
}

/// A killed program keeps its lock on the data until the system has cleared it away.
fn wait_until_gone(process: &Path) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !is_gone(process) {
        assert!(Instant::now() < deadline, "{} does not end", process.display());
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn is_gone(process: &Path) -> bool {
    match fs::read_to_string(process.join("stat")) {
        // A zombie holds nothing any more; its parent, the driver, may collect it later.
        Ok(stat) => stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z')),
        Err(why) => why.kind() == ErrorKind::NotFound || why.raw_os_error().is_some(),
    }
}
