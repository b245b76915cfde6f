use std::ffi::OsString;
use std::net::TcpListener;

use arumbae_protocol::registry::Operator;
use arumbae_protocol::{Invitation, Role};
use arumbae_server::command::{CommandError, CommandLine, Surroundings, Unread, run};
use arumbae_server::messages::{Language, Messages};

use crate::device::Device;
use crate::fixture::Province;
use crate::storage::{self, Schema};

fn arguments(words: &str, province: &Province) -> Vec<OsString> {
    let data = province.config().data_dir.display().to_string();
    let database = province.database.as_ref().map(|schema| format!("--data DATA --database {}", schema.url_text()));
    let words = database.map_or(words.to_owned(), |database| words.replace("--data DATA", &database));
    words.split_whitespace().map(|word| word.replace("DATA", &data).into()).collect()
}

fn operator() -> Operator {
    let (account, host) = ("operator".to_owned(), "mini-pc".to_owned());
    Operator { account, host, from: Some("192.0.2.7".to_owned()), ..Operator::default() }
}

/// What a command says, or what it says is wrong.
async fn say(words: &str, province: &Province) -> Result<String, String> {
    let messages = Messages::of(Language::Id);
    let command_line = CommandLine::read(&arguments(words, province)).map_err(|unread| unread.text().to_owned())?;
    let configuration = command_line.configuration([]).map_err(|error| CommandError::from(error).say(&messages))?;
    let surroundings = Surroundings { configuration, operator: operator(), clock: province.clock() };
    let mut out = Vec::new();
    let outcome = run(command_line, surroundings, &mut out, std::future::ready(())).await;
    outcome.map_err(|error| error.say(&messages))?;
    Ok(String::from_utf8(out).expect("UTF-8"))
}

#[tokio::test]
async fn an_operator_invites_lists_and_revokes() {
    let province = Province::new();
    let server = province.start().await;
    assert_eq!(
        say("arumbae-server devices --data DATA", &province).await.expect("a list"),
        "Belum ada perangkat yang terdaftar.\n"
    );
    let text = say("arumbae-server invite --data DATA --role petugas --scope 81.71.01 --expires 3", &province)
        .await
        .expect("an invitation");
    let first_line = text.lines().next().unwrap_or_default();
    assert!(first_line.contains("petugas di 81.71.01, berlaku sampai 2024-02-17 09:00 WIT"), "{first_line}");
    let invitation = Invitation::from_text(&text).expect("the text holds the invitation");
    assert_eq!((invitation.role, invitation.server_url.as_str()), (Role::Petugas, server.url()));

    let device = Device::new(1);
    device.enrol(&server, &invitation).await.expect("enrolled");
    let list = say("arumbae-server devices --data DATA", &province).await.expect("a list");
    assert!(list.contains(&device.name) && list.contains("petugas 81.71.01  aktif"), "{list}");
    let key = device.device_key().to_string();
    let revoked = say(&format!("arumbae-server revoke --data DATA --device {}", &key[..8]), &province).await;
    assert!(revoked.expect("revoked").contains("dicabut"));
    let list = say("arumbae-server devices --data DATA", &province).await.expect("a list");
    assert!(list.contains("dicabut 2024-02-14 09:00 WIT"), "{list}");
}

#[tokio::test]
async fn an_invitation_can_be_written_to_a_file() {
    let province = Province::new();
    let _server = province.start().await;
    let file = province.folder.path().join("ana.undangan");
    let words = format!(
        "arumbae-server invite --data DATA --role ketua --scope 81.71 --server-url https://x.invalid --out {}",
        file.display()
    );
    say(&words, &province).await.expect("written");
    let invitation = Invitation::from_text(&std::fs::read_to_string(file).expect("the file")).expect("an invitation");
    assert_eq!((invitation.role, invitation.server_url.as_str()), (Role::Ketua, "https://x.invalid"));
}

#[tokio::test]
async fn serve_runs_until_it_is_told_to_stop() {
    let province = Province::new();
    let said = say("arumbae-server serve --data DATA --listen 127.0.0.1:0", &province).await.expect("served");
    assert!(said.starts_with("Server Bawaslu Provinsi Maluku berjalan di https://localhost:"), "{said}");
    assert!(said.ends_with("tersimpan.\n"), "{said}");
}

#[tokio::test]
async fn every_failure_says_what_to_do() {
    let province = Province::on_a_file();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address");
    let mut said = Vec::new();
    for words in [
        format!("arumbae-server serve --data DATA --listen {address}"),
        "arumbae-server invite --data DATA --role petugas --scope 81.71.01".to_owned(),
        "arumbae-server devices".to_owned(),
        "arumbae-server devices --config DATA/tidak-ada.toml".to_owned(),
    ] {
        said.push(say(&words, &province).await.expect_err("fails"));
    }
    let server = province.start().await;
    std::fs::write(province.folder.path().join("sandi"), "perahu\n").expect("written");
    for words in [
        "arumbae-server serve --data DATA --listen 127.0.0.1:0",
        "arumbae-server invite --data DATA --role pengawas_kabkota --scope 81.71.01",
        "arumbae-server revoke --data DATA --device ff",
        "arumbae-server invite --data DATA --role petugas --scope 81.71.01 \
         --person 00000000-0000-0000-0000-000000000001",
        "arumbae-server ca export-root --data DATA --out DATA/akar.pem --passphrase-file DATA/tiada",
        "arumbae-server ca export-root --data DATA --out DATA/akar.pem --passphrase-file DATA/server.lock",
        "arumbae-server ca export-root --data DATA --out DATA/akar.pem --passphrase-file DATA/../sandi",
        "arumbae-server ca issue --data DATA --root DATA/ca.pem --passphrase-file DATA/../sandi",
        "arumbae-server ca revoke --data DATA 00ff --because left",
    ] {
        said.push(say(words, &province).await.expect_err("fails"));
    }
    drop(server);
    let folder = province.config().data_dir.display().to_string();
    let said = said.join("\n\n").replace(&folder, "DATA").replace(&address.to_string(), "ADDRESS");
    insta::assert_snapshot!(said);
}

#[tokio::test]
async fn every_failure_of_a_database_says_what_to_do() {
    let province = Province::on_a_file();
    let foreign = Schema::new();
    foreign.run("CREATE TABLE employee (name text)").await;
    let mut said = Vec::new();
    for url in [
        "mysql://localhost/arumbae".to_owned(),
        "postgres://localhost:1/arumbae".to_owned(),
        storage::server().replace("arumbae@", "guarded:wrong@"),
        storage::server().replace("/postgres?", "/no_such_database?"),
        foreign.url_text(),
    ] {
        let words = format!("arumbae-server serve --data DATA --listen 127.0.0.1:0 --database {url}");
        said.push(say(&words, &province).await.expect_err("fails"));
    }
    let words = format!("arumbae-server devices --data DATA --database {}", Schema::new().url_text());
    said.push(say(&words, &province).await.expect_err("fails"));
    let folder = province.config().data_dir.display().to_string();
    insta::assert_snapshot!(said.join("\n\n").replace(&folder, "DATA"));
}

#[test]
fn help_is_in_the_language_asked_for() {
    let province = Province::new();
    let mut said = String::new();
    for words in [
        "--help",
        "serve --help",
        "invite --help",
        "devices --help",
        "revoke --help",
        "config --help",
        "stats --help",
        "ca --help",
        "ca issue --help",
        "ca rotate --help",
        "ca revoke --help",
        "--language en invite --help",
        "--language en ca --help",
        "--language en revoke --help",
    ] {
        let read = CommandLine::read(&arguments(&format!("arumbae-server {words}"), &province)).map(|_| ());
        let help = read.expect_err("help ends the program");
        assert!(matches!(help, Unread::Help(_)), "{help:?}");
        said.push_str(&format!("$ arumbae-server {words}\n{}\n", help.text()));
    }
    insta::assert_snapshot!(said);
}

#[test]
fn a_mistake_in_the_words_is_said_with_what_to_do() {
    let province = Province::new();
    let mut said = String::new();
    for words in [
        "undang",
        "invite --data /srv --role petugas",
        "invite --data /srv --role bupati --scope 81.71.01",
        "invite --data /srv --role petugas --scope 81.71.01 --expires besok",
        "devices --diam 3",
        "revoke --data /srv",
        "revoke --data /srv --device 01 --invitation 02",
        "revoke --data /srv --device 01 --because hilang",
        "audit --data",
        "ca rotate --data /srv",
        "--language en devices --diam 3",
    ] {
        let read = CommandLine::read(&arguments(&format!("arumbae-server {words}"), &province)).map(|_| ());
        let mistake = read.expect_err("it is one");
        assert!(matches!(mistake, Unread::Mistake(_)), "{mistake:?}");
        said.push_str(&format!("$ arumbae-server {words}\n{}\n\n", mistake.text()));
    }
    insta::assert_snapshot!(said);
}

#[tokio::test]
async fn an_operator_takes_the_root_away_and_brings_it_back() {
    let province = Province::new();
    let _server = province.start().await;
    std::fs::write(province.folder.path().join("sandi"), "perahu di laut Banda\n").expect("written");
    let run = async |words: &str| {
        say(&format!("arumbae-server ca {words}").replace("--data", "--data DATA"), &province).await.expect("done")
    };
    let stick = "--passphrase-file DATA/../sandi";
    assert!(run("show --data").await.contains("ca export-root"), "it says what to do with a root that is here");
    run(&format!("export-root --data --out DATA/../akar.pem {stick}")).await;
    run(&format!("remove-root --data --root DATA/../akar.pem {stick}")).await;
    run(&format!("issue --data --root DATA/../akar.pem {stick}")).await;
    run(&format!("renew-list --data --root DATA/../akar.pem {stick}")).await;
    for key in ["registry", "recovery", "time-stamping"] {
        run(&format!("rotate --data {key}")).await;
    }
    let shown = run("show --data").await;
    assert!(shown.contains("disimpan di tempat lain"), "{shown}");
    assert_eq!(shown.matches("CA penerbit:").count(), 2, "{shown}");
    let away = say("arumbae-server ca issue --data DATA", &province).await.expect_err("the key is away");
    assert!(away.contains("--root"), "it says how to bring it: {away}");
    let acts = say("arumbae-server audit --data DATA --json", &province).await.expect("a list");
    let acts: Vec<serde_json::Value> = serde_json::from_str(&acts).expect("JSON");
    let subjects: Vec<&str> = acts.iter().filter_map(|act| act["subject"].as_str()).skip(1).collect();
    let expected = [
        "root key, exported",
        "root key, removed",
        "issuing authority",
        "root list, renewed",
        "registry key",
        "recovery key",
        "time-stamping key",
    ];
    assert_eq!(subjects, expected, "each stands in the log");
}
