//! Settings from a file, the environment and the command line.

use std::fs;
use std::path::{Path, PathBuf};

use arumbae_protocol::registry::Operator;
use arumbae_server::command::{CommandError, CommandLine, Surroundings, run};
use arumbae_server::configuration::{Configuration, Settings};
use arumbae_server::messages::{Language, Messages};
use tempfile::TempDir;

use crate::fixture::Province;

/// A folder with a file of settings.
struct Machine {
    folder: TempDir,
    file: PathBuf,
}

impl Machine {
    fn with(settings: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("arumbae.toml");
        fs::write(&file, settings).expect("written");
        Machine { folder, file }
    }

    fn read(&self, words: &str, environment: &[(&str, &str)]) -> Result<(CommandLine, Configuration), CommandError> {
        let file = self.file.display().to_string();
        let words: Vec<_> = words.split_whitespace().map(|word| word.replace("FILE", &file).into()).collect();
        let command_line = CommandLine::read(&words).expect("arguments");
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let configuration = command_line.configuration(environment)?;
        Ok((command_line, configuration))
    }

    fn settings(&self, words: &str, environment: &[(&str, &str)]) -> Settings {
        self.read(words, environment).expect("usable").1.settings().clone()
    }

    async fn say(&self, words: &str, environment: &[(&str, &str)]) -> String {
        let outcome = match self.read(words, environment) {
            Ok((command_line, configuration)) => {
                let mut out = Vec::new();
                let clock = Province::new().clock();
                let surroundings = Surroundings { configuration, operator: Operator::default(), clock };
                let outcome = run(command_line, surroundings, &mut out, std::future::ready(())).await;
                outcome.map(|()| String::from_utf8(out).expect("UTF-8"))
            }
            Err(error) => Err(error),
        };
        let said = outcome.unwrap_or_else(|error| error.say(&Messages::of(Language::Id)));
        said.replace(&self.folder.path().display().to_string(), "FOLDER")
    }
}

const FILE: &str = "data = \"/srv/berkas\"\nregion = \"82\"\nnames = [\"berkas.invalid\"]\nlog = \"warn\"\n";

#[test]
fn the_command_line_wins_over_the_environment_and_that_over_the_file() {
    let machine = Machine::with(FILE);
    let file = machine.settings("arumbae-server serve --config FILE", &[]);
    assert_eq!(file.data.as_deref(), Some(Path::new("/srv/berkas")));
    assert_eq!((file.region.to_string(), file.names), ("82".to_owned(), vec!["berkas.invalid".to_owned()]));
    assert_eq!(file.office, Settings::default().office, "what nobody set");

    let environment = [
        ("ARUMBAE_DATA", "/srv/lingkungan"),
        ("ARUMBAE_REGION", "81.70"),
        ("ARUMBAE_NAMES", "satu.invalid, 10.0.0.7"),
        ("ARUMBAE_LISTEN", "127.0.0.1:9000"),
        ("HOME", "/root"),
    ];
    let over_file = machine.settings("arumbae-server serve --config FILE", &environment);
    assert_eq!(over_file.data.as_deref(), Some(Path::new("/srv/lingkungan")));
    assert_eq!(over_file.region.to_string(), "81.70", "a region is no number");
    assert_eq!(over_file.names, ["satu.invalid", "10.0.0.7"]);
    assert_eq!((over_file.listen.port(), over_file.log.as_str()), (9000, "warn"));

    let words = "arumbae-server serve --config FILE --data /srv/perintah --listen 127.0.0.1:1";
    let over_all = machine.settings(words, &environment);
    assert_eq!(over_all.data.as_deref(), Some(Path::new("/srv/perintah")));
    assert_eq!((over_all.listen.port(), over_all.names.len()), (1, 2));
}

#[test]
fn the_environment_may_name_the_file() {
    let machine = Machine::with(FILE);
    let file = machine.file.display().to_string();
    let settings = machine.settings("arumbae-server devices", &[("ARUMBAE_CONFIG", &file)]);
    assert_eq!(settings.data.as_deref(), Some(Path::new("/srv/berkas")));
}

#[test]
fn a_folder_named_in_a_file_lies_beside_it() {
    let machine = Machine::with("data = \"provinsi\"\nblobs = \"s3://berkas/81\"\n");
    let settings = machine.settings("arumbae-server serve --config FILE", &[]);
    assert_eq!(settings.data, machine.file.parent().map(|folder| folder.join("provinsi")));
    assert_eq!(settings.blobs.as_deref(), Some("s3://berkas/81"));
    let given = machine.settings("arumbae-server serve --config FILE --data provinsi", &[]);
    assert_eq!(given.data.as_deref(), Some(Path::new("provinsi")), "on the command line, where one stands");
}

#[tokio::test]
async fn the_settings_in_force_are_shown_with_who_set_each_and_can_be_used_as_a_file() {
    let machine = Machine::with(FILE);
    let environment = [("ARUMBAE_LOG", "info,arumbae_server=debug"), ("ARUMBAE_SALAH", "1")];
    let words = "arumbae-server config --config FILE --listen 127.0.0.1:9000";
    let shown = machine.say(words, &environment).await;
    insta::assert_snapshot!(shown);
    let again = Machine::with(&shown).settings("arumbae-server serve --config FILE", &[]);
    assert_eq!(again, machine.settings(&words.replace("server config", "server serve"), &environment));
}

#[tokio::test]
async fn what_is_wrong_with_a_setting_is_said_with_where_it_stands() {
    let mut said = Vec::new();
    for (file, environment, words) in [
        ("data = \"/srv\"\nlisten = 8443\n", vec![], "config check --config FILE"),
        ("port = 8443\n", vec![], "config check --config FILE"),
        ("data = \"/srv\"\nlisten = \"0.0.0.0\n", vec![], "config check --config FILE"),
        ("", vec![("ARUMBAE_REGION", "Maluku")], "config check"),
        ("", vec![("ARUMBAE_DATA", "/srv"), ("ARUMBAE_DATABASE", "postgress://basis/arumbae")], "config check"),
        ("data = \"/srv\"\ndatabase = \"basis:5432/arumbae\"\n", vec![], "devices --config FILE"),
        ("data = \"/srv\"\nblobs = \"ftp://berkas\"\n", vec![], "config check --config FILE"),
        ("", vec![], "config check"),
        ("", vec![("ARUMBAE_DATA", "/srv/arumbae"), ("ARUMBAE_LISTEN", "127.0.0.1:0")], "config check"),
    ] {
        let machine = Machine::with(file);
        said.push(machine.say(&format!("arumbae-server {words}"), &environment).await.trim_end().to_owned());
    }
    insta::assert_snapshot!(said.join("\n\n"));
}
