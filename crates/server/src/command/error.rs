//! Commands that do not succeed.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use super::config::say_origin;
use super::courier::refusal_key;
use crate::attachment::UnknownPlace;
use crate::authorities::AuthorityError;
use crate::backup::BackupError;
use crate::configuration::{ConfigurationError, Origin};
use crate::courier::{CourierError, DeskError, StickError};
use crate::enrolment::{InviteError, RevokeInvitationError};
use crate::messages::Messages;
use crate::province::RequestError;
use crate::revocation::RevokeError;
use crate::rights::GrantError;
use crate::start_error::{StartError, storage_message_key};
use crate::storage::StorageError;
use crate::verification::VerifyError;

/// A command that did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// What was given for the attachments is no place.
    #[error(transparent)]
    Blobs(#[from] UnknownPlace),
    /// The settings cannot be used.
    #[error(transparent)]
    Configuration(#[from] ConfigurationError),
    /// The province could not be opened or served.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The invitation could not be made.
    #[error(transparent)]
    Invite(#[from] InviteError),
    /// The invitation could not be taken back.
    #[error(transparent)]
    RevokeInvitation(#[from] RevokeInvitationError),
    /// The role could not be given or taken.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// The authorities or the keys could not be used or changed.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// The device could not be revoked.
    #[error(transparent)]
    Revoke(#[from] RevokeError),
    /// The backup could not be made or put back.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// Nobody said what opens the backups.
    #[error("no passphrase was given")]
    NoPassphrase,
    /// A file that was named cannot be read.
    #[error("cannot read {}", path.display())]
    Input {
        /// The file.
        path: PathBuf,
        /// What the machine said.
        #[source]
        source: io::Error,
    },
    /// The log could not be walked.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// The log was walked, and something is wrong with it.
    #[error("the log has {count} faults")]
    Faults {
        /// How many.
        count: usize,
    },
    /// Sticks could not be taken or packed.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// Files that were handed in were refused; others may have been taken.
    #[error("{count} files were refused, {taken} taken")]
    RefusedFiles {
        /// How many.
        count: usize,
        /// How many were not.
        taken: usize,
    },
    /// A stick without a file for anybody.
    #[error("nothing was handed in")]
    NothingHandedIn,
    /// Nobody was named, or nobody is left, to pack for.
    #[error("there is nobody to pack for")]
    NobodyToPackFor,
    /// The storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The terminal or the invitation's file could not be written.
    #[error("cannot write {}", path.display())]
    Output {
        /// The file, or `-` for the terminal.
        path: PathBuf,
        /// What the machine said.
        #[source]
        source: io::Error,
    },
    /// The running server failed.
    #[error("the server failed")]
    Serving(#[source] io::Error),
}

impl CommandError {
    /// What the program ends with: 2 if what it was told is at fault, as for a wrong option, 3 if `verify` found faults,
    /// and otherwise 1.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            CommandError::Configuration(_) | CommandError::Start(StartError::NoDataFolder) => ExitCode::from(2),
            CommandError::Faults { .. } => ExitCode::from(3),
            _ => ExitCode::FAILURE,
        }
    }

    /// What is said about it, from the catalogue.
    pub fn say(&self, messages: &Messages) -> String {
        let (key, arguments): (_, Vec<(&str, String)>) = match self {
            CommandError::Configuration(error) => say_configuration(error, messages),
            CommandError::Start(error)
            | CommandError::Verify(VerifyError::Start(error))
            | CommandError::Authority(AuthorityError::Keys(error))
            | CommandError::Backup(BackupError::Start(error)) => {
                (error.message_key(), vec![("detail", error.detail())])
            }
            CommandError::Authority(AuthorityError::RootAway) => ("server-error-root-away", vec![]),
            CommandError::Authority(AuthorityError::File { path, source: _ }) => {
                ("server-error-root-file", vec![("detail", path.display().to_string())])
            }
            CommandError::Authority(AuthorityError::NotThisRoot(_)) => ("server-error-not-this-root", vec![]),
            CommandError::Authority(AuthorityError::ShortPassphrase) => ("server-error-short-passphrase", vec![]),
            CommandError::Authority(AuthorityError::UnknownCertificate) => ("server-error-unknown-certificate", vec![]),
            CommandError::Authority(AuthorityError::Certificate(_))
            | CommandError::Revoke(RevokeError::Certificate(_)) => ("server-error-certificate", vec![]),
            CommandError::Invite(InviteError::RoleDoesNotFit { role, scope })
            | CommandError::Grant(GrantError::RoleDoesNotFit { role, scope }) => {
                ("server-error-role-does-not-fit", vec![("role", role.to_string()), ("scope", scope.to_string())])
            }
            CommandError::Invite(InviteError::AddressUnknown) => ("server-error-address-unknown", vec![]),
            CommandError::Invite(InviteError::UnknownPerson) | CommandError::Grant(GrantError::UnknownPerson) => {
                ("server-error-unknown-person", vec![])
            }
            CommandError::Invite(InviteError::TooManyCodes) => ("server-error-too-many-codes", vec![]),
            CommandError::Grant(GrantError::NotHeld) => ("server-error-role-not-held", vec![]),
            CommandError::RevokeInvitation(RevokeInvitationError::Unknown) => {
                ("server-error-unknown-invitation", vec![])
            }
            CommandError::RevokeInvitation(RevokeInvitationError::NotOpen) => {
                ("server-error-invitation-not-open", vec![])
            }
            CommandError::Revoke(RevokeError::UnknownDevice) => ("server-error-unknown-device", vec![]),
            CommandError::Invite(InviteError::Storage(error))
            | CommandError::RevokeInvitation(RevokeInvitationError::Storage(error))
            | CommandError::Grant(GrantError::Storage(error))
            | CommandError::Revoke(RevokeError::Storage(error))
            | CommandError::Authority(AuthorityError::Storage(error))
            | CommandError::Verify(VerifyError::Storage(error))
            | CommandError::Backup(BackupError::Storage(error))
            | CommandError::Storage(error) => (storage_message_key(error), vec![]),
            CommandError::Output { path, source: _ } => {
                ("server-error-folder", vec![("detail", path.display().to_string())])
            }
            CommandError::Verify(VerifyError::Attachments(source)) => {
                ("server-error-blobs", vec![("detail", source.to_string())])
            }
            CommandError::Backup(error) => say_backup(error),
            CommandError::Desk(DeskError::Stick(StickError { path, source: _ })) => {
                ("server-error-stick", vec![("detail", path.display().to_string())])
            }
            CommandError::Desk(DeskError::Courier(CourierError::Refused(refusal))) => (refusal_key(*refusal), vec![]),
            CommandError::Desk(DeskError::Courier(CourierError::Failed(error))) => say_request(error),
            CommandError::RefusedFiles { count, taken: 0 } => {
                ("server-error-refused-all", vec![("count", count.to_string())])
            }
            CommandError::RefusedFiles { count, taken } => {
                ("server-error-refused-files", vec![("count", count.to_string()), ("taken", taken.to_string())])
            }
            CommandError::NothingHandedIn => ("server-error-nothing-handed-in", vec![]),
            CommandError::NobodyToPackFor => ("server-error-nobody-to-pack-for", vec![]),
            CommandError::Blobs(UnknownPlace) => ("server-error-blobs-unknown", vec![]),
            CommandError::NoPassphrase => ("server-error-no-passphrase", vec![]),
            CommandError::Input { path, source: _ } => {
                ("server-error-input", vec![("path", path.display().to_string())])
            }
            CommandError::Faults { count } => ("server-error-faults", vec![("count", count.to_string())]),
            CommandError::Serving(source) => ("server-error-stopped", vec![("detail", source.to_string())]),
        };
        let arguments: Vec<(&str, &str)> = arguments.iter().map(|(name, value)| (*name, value.as_str())).collect();
        messages.say(key, &arguments)
    }
}

fn say_configuration(error: &ConfigurationError, messages: &Messages) -> (&'static str, Vec<(&'static str, String)>) {
    let of = |key: &str, origin: &Origin| vec![("key", key.to_owned()), ("origin", say_origin(origin, messages))];
    match error {
        ConfigurationError::File { path, source: _ } => {
            ("server-error-config-file", vec![("path", path.display().to_string())])
        }
        ConfigurationError::Syntax { path, line, source } => {
            let detail = source.message().to_owned();
            let line = line.to_string();
            (
                "server-error-config-syntax",
                vec![("path", path.display().to_string()), ("line", line), ("detail", detail)],
            )
        }
        ConfigurationError::UnknownKey { key, origin } => ("server-error-config-key", of(key, origin)),
        ConfigurationError::Value { key, origin, source: _ } => ("server-error-config-value", of(key, origin)),
    }
}

fn say_request(error: &RequestError) -> (&'static str, Vec<(&'static str, String)>) {
    match error {
        RequestError::Storage(error) => (storage_message_key(error), vec![]),
        RequestError::Keys(error) => (error.message_key(), vec![("detail", error.detail())]),
        RequestError::Certificate(_) => ("server-error-certificate", vec![]),
        RequestError::Folder(source) => ("server-error-folder", vec![("detail", source.to_string())]),
        RequestError::Attachments(source) => ("server-error-blobs", vec![("detail", source.to_string())]),
        // What is refused is said of the file.
        RequestError::Refused(_) => ("server-error-storage", vec![]),
    }
}

fn say_backup(error: &BackupError) -> (&'static str, Vec<(&'static str, String)>) {
    match error {
        BackupError::Folder { path, source: _ } => {
            ("server-error-backup-folder", vec![("path", path.display().to_string())])
        }
        BackupError::NoBackup { path } => ("server-error-no-backup", vec![("path", path.display().to_string())]),
        BackupError::NoRecipient => ("server-error-no-recipient", vec![]),
        BackupError::OtherRecipient => ("server-error-other-recipient", vec![]),
        BackupError::MalformedRecipient => ("server-error-malformed-recipient", vec![]),
        BackupError::WrongKey => ("server-error-wrong-backup-key", vec![]),
        BackupError::Damaged { path } => ("server-error-backup-damaged", vec![("path", path.display().to_string())]),
        BackupError::NewerFormat => ("server-error-newer-backup", vec![]),
        BackupError::NotEmpty { path } => ("server-error-not-empty", vec![("path", path.display().to_string())]),
        BackupError::Attachments(source) => ("server-error-blobs", vec![("detail", source.to_string())]),
        BackupError::Start(error) => (error.message_key(), vec![("detail", error.detail())]),
        BackupError::Storage(error) => (storage_message_key(error), vec![]),
    }
}
