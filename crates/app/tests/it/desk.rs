//! A program with a clock that can be set, and the calls of its commands.

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};

use arumbae_app::account::SampleLaptop;
use arumbae_app::error::{ErrorCode, ErrorNotice};
use arumbae_app::sample::{ProvinceAnswer, SampleProvince};
use arumbae_app::{App, Clock, command};
use arumbae_domain::RegionCode;
use arumbae_protocol::Invitation;
use arumbae_protocol::registry::Role;
use jiff::Timestamp;
use serde_json::{Value, json};

pub const PASSPHRASE: &str = "empat kata yang panjang";

/// 12 June 2024, 09.00 WIT.
pub static MORNING: LazyLock<Timestamp> = LazyLock::new(|| "2024-06-12T00:00:00Z".parse().expect("a moment"));

/// A clock on the wall of the test.
#[derive(Default)]
pub struct WallClock(AtomicI64);

impl WallClock {
    pub fn set(&self, at: Timestamp) {
        self.0.store(at.as_millisecond(), Ordering::SeqCst);
    }
}

impl Clock for WallClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::SeqCst)).expect("within the calendar")
    }
}

/// There is no sample province in these tests.
struct NoProvince;

impl SampleProvince for NoProvince {
    fn start<'a>(&'a self, _: &'a Path) -> ProvinceAnswer<'a, String> {
        Box::pin(async { Err("no province".into()) })
    }

    fn invite<'a>(&'a self, _: Role, _: &'a RegionCode) -> ProvinceAnswer<'a, Invitation> {
        Box::pin(async { Err("no province".into()) })
    }

    fn furnish<'a>(&'a self, _: &'a App, _: SampleLaptop) -> ProvinceAnswer<'a, ()> {
        Box::pin(async { Err("no province".into()) })
    }
}

/// A laptop with a folder of its own.
pub struct Desk {
    pub folder: Arc<tempfile::TempDir>,
    pub clock: Arc<WallClock>,
    pub app: App,
}

impl Desk {
    /// A laptop on which nothing was ever written.
    pub fn new() -> Self {
        Desk::at(Arc::new(tempfile::tempdir().expect("a temporary folder")))
    }

    /// Another start of the program on the same folder.
    pub fn at(folder: Arc<tempfile::TempDir>) -> Self {
        let clock = Arc::new(WallClock::default());
        clock.set(*MORNING);
        let app = App::new(folder.path().to_owned(), Arc::clone(&clock) as _, Arc::new(NoProvince));
        Desk { folder, clock, app }
    }

    /// A laptop with an officer of Nusaniwe.
    pub async fn of_an_officer() -> Self {
        let desk = Desk::new();
        desk.call("create_office", officer("81.71.01")).await;
        desk
    }

    pub async fn call(&self, name: &str, arguments: Value) -> Value {
        let answer = command::dispatch(&self.app, name, arguments).await;
        answer.unwrap_or_else(|error| panic!("{name}: {:?}", self.app.notice(&error)))
    }

    /// Calls a command that must refuse, and checks that it says in Indonesian what happened and what to do.
    pub async fn refused(&self, name: &str, arguments: Value) -> ErrorNotice {
        let error = command::dispatch(&self.app, name, arguments).await;
        let error = error.expect_err("the command must refuse");
        let notice = self.app.notice(&error);
        assert!(notice.message.len() > 10 && notice.hint.len() > 20, "{notice:?}");
        assert!(!notice.message.contains("error-") && !notice.message.contains("{$"), "{notice:?}");
        assert!(notice.reference.starts_with("AR-"), "{notice:?}");
        notice
    }

    pub async fn check_refused(&self, name: &str, arguments: Value, code: ErrorCode) -> ErrorNotice {
        let notice = self.refused(name, arguments).await;
        assert_eq!(notice.code, code, "{notice:?}");
        notice
    }
}

pub fn officer(district: &str) -> Value {
    json!({
        "name": "Contoh Petugas", "position": "Anggota", "district": district,
        "passphrase": PASSPHRASE, "passphrase_again": PASSPHRASE,
    })
}
