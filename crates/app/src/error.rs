//! The one error shape at the edge: a code the UI may branch on, a message, what to do, a reference to quote.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;

use serde::Serialize;
use ts_rs::TS;

/// The result of a command.
pub type Result<T, E = AppError> = std::result::Result<T, E>;

macro_rules! error_codes {
    ($($(#[$doc:meta])* $code:ident = $name:literal,)*) => {
        /// What went wrong, as far as a reader or the UI acts on it. Remove a code when nothing gives it any more.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, TS)]
        pub enum ErrorCode { $($(#[$doc])* #[serde(rename = $name)] $code,)* }

        impl ErrorCode {
            /// Every code, so that a test can ask each for its messages.
            pub const ALL: &'static [ErrorCode] = &[$(ErrorCode::$code,)*];

            /// The name in JSON and, after `error-`, in the message catalogue.
            pub fn name(self) -> &'static str { match self { $(ErrorCode::$code => $name,)* } }
        }
    };
}

error_codes! {
    /// The host called a command that is not in the list.
    UnknownCommand = "unknown-command",
    /// The host called a command with arguments of another shape.
    BadArguments = "bad-arguments",
    /// Something no one can act on but us.
    Internal = "internal",
    /// The store is not open.
    Locked = "locked",
    /// A store is already there.
    OfficeExists = "office-exists",
    /// A name is needed.
    NameMissing = "name-missing",
    /// The passphrase is too short.
    PassphraseShort = "passphrase-short",
    /// The two passphrases differ.
    PassphraseMismatch = "passphrase-mismatch",
    /// The passphrase opens no key slot.
    WrongPassphrase = "wrong-passphrase",
    /// No recovery key opens the store.
    RecoveryKeyWrong = "recovery-key-wrong",
    /// Too many wrong passphrases; wait.
    PassphraseWait = "passphrase-wait",
    /// The region code is not in the tables.
    UnknownRegion = "unknown-region",
    /// The store file is damaged.
    StoreDamaged = "store-damaged",
    /// The store file is not ours.
    StoreForeign = "store-foreign",
    /// The store was written by a newer version.
    StoreNewer = "store-newer",
    /// No backup can be read, or not the one asked for.
    BackupMissing = "backup-missing",
    /// Another program has the store open.
    StoreInUse = "store-in-use",
    /// The disk is full.
    DiskFull = "disk-full",
    /// The folder cannot be written.
    NotWritable = "not-writable",
    /// The store can be read only: its folder is locked or on a disk that takes nothing more.
    StoreReadOnly = "store-read-only",
    /// What was held back is not here any more.
    HeldGone = "held-gone",
    /// No record has this id.
    RecordMissing = "record-missing",
    /// The record has errors that forbid storing it.
    RecordInvalid = "record-invalid",
    /// The step is not possible from where the record stands.
    TransitionRefused = "transition-refused",
    /// The step needs its reason.
    ReasonMissing = "reason-missing",
    /// The record was deleted.
    RecordDeleted = "record-deleted",
    /// The record has to stay.
    DeleteRefused = "delete-refused",
    /// The record belongs to an office the person at this laptop may not write for.
    RecordElsewhere = "record-elsewhere",
    /// The record holds what has to be decided before it can be moved.
    RecordUndecided = "record-undecided",
    /// The person at this laptop may not move the record there.
    MoveRefused = "move-refused",
    /// Part of the record's history is in the province only.
    HistoryElsewhere = "history-elsewhere",
    /// The conflict was already decided.
    ConflictGone = "conflict-gone",
    /// The attendance file cannot be read.
    AttendanceUnreadable = "attendance-unreadable",
    /// The file is larger than an attachment may be.
    AttachmentTooLarge = "attachment-too-large",
    /// The photo is cut off or damaged.
    AttachmentDamaged = "attachment-damaged",
    /// The file is of a kind that is not accepted.
    AttachmentKind = "attachment-kind",
    /// The attachment's bytes are not on this laptop.
    AttachmentMissing = "attachment-missing",
    /// The officer has no certificate yet.
    NotEnrolled = "not-enrolled",
    /// The document cannot be rendered.
    DocumentFailed = "document-failed",
    /// The file is not a PDF that can be checked.
    DocumentUnreadable = "document-unreadable",
    /// The text is no invitation.
    InvitationUnreadable = "invitation-unreadable",
    /// The characters are no invitation's code.
    InvitationCode = "invitation-code",
    /// The code is not the invitation's, or who answered is not the province.
    InvitationCodeWrong = "invitation-code-wrong",
    /// The code was tried too often.
    InvitationCodeWait = "invitation-code-wait",
    /// The text is no server's address.
    ServerAddress = "server-address",
    /// The invitation is for another area than this laptop records for.
    InvitationArea = "invitation-area",
    /// The server does not know the invitation, or it was used.
    InvitationUnknown = "invitation-unknown",
    /// The invitation has expired.
    InvitationExpired = "invitation-expired",
    /// No route to the server.
    NoRoute = "no-route",
    /// The network put its own page before the server.
    CaptivePortal = "captive-portal",
    /// The server's certificate is not the province's.
    WrongServer = "wrong-server",
    /// The server stopped in the middle of an exchange.
    ServerInterrupted = "server-interrupted",
    /// The server refused the device.
    DeviceRevoked = "device-revoked",
    /// A limit of the data plan under which not even records would travel.
    DataPlanTooSmall = "data-plan-too-small",
    /// The server does not know the device, or knows it as another's.
    DeviceUnknown = "device-unknown",
    /// The server speaks a newer protocol.
    ServerNewer = "server-newer",
    /// The server answered with an error.
    ServerFailed = "server-failed",
    /// No stick was chosen, or it is gone.
    StickMissing = "stick-missing",
    /// What is to be put on the stick does not fit.
    StickFull = "stick-full",
    /// The file is no sealed bundle.
    BundleNotSealed = "bundle-not-sealed",
    /// The bundle is sealed to somebody else.
    BundleForAnother = "bundle-for-another",
    /// The bundle is cut off or was changed on the way.
    BundleDamaged = "bundle-damaged",
    /// The file is larger than any bundle.
    BundleTooLarge = "bundle-too-large",
    /// A newer version packed the bundle.
    BundleNewer = "bundle-newer",
    /// The bundle is not what its packer signed.
    BundleForged = "bundle-forged",
    /// Another province packed the bundle.
    BundleOtherProvince = "bundle-other-province",
    /// The laptop belongs to no province yet, and has not asked to.
    BundleNoProvince = "bundle-no-province",
    /// The registry does not name the laptop that packed the bundle.
    BundleUnknownSender = "bundle-unknown-sender",
    /// This laptop belongs to no province, and nobody could tell whom to listen to nearby.
    NearbyNotEnrolled = "nearby-not-enrolled",
    /// It cannot listen on the network.
    NearbyCannotListen = "nearby-cannot-listen",
    /// Listening is off.
    NearbyOff = "nearby-off",
    /// What was typed in is no address.
    NearbyAddress = "nearby-address",
    /// The address is of another network.
    NearbyNotLocal = "nearby-not-local",
    /// Nobody listens there.
    NearbyUnreachable = "nearby-unreachable",
    /// What listens there is no laptop of ours.
    NearbyOtherProgram = "nearby-other-program",
    /// Another laptop answered than the one that was meant.
    NearbyAnotherDevice = "nearby-another-device",
    /// The connection between the laptops broke off.
    NearbyInterrupted = "nearby-interrupted",
    /// The laptops belong to different provinces.
    NearbyOtherProvince = "nearby-other-province",
    /// The registry here does not name the other laptop.
    NearbyUnknownDevice = "nearby-unknown-device",
    /// The registry there does not name this laptop.
    NearbyUnknownThere = "nearby-unknown-there",
    /// The other laptop was revoked.
    NearbyRevoked = "nearby-revoked",
    /// This laptop was revoked, the other one says.
    NearbyRevokedThere = "nearby-revoked-there",
    /// An officer said that the codes differ.
    NearbyDeclined = "nearby-declined",
    /// A code is being compared already.
    NearbyBusy = "nearby-busy",
    /// No code is being compared any more.
    NearbyNothingToCompare = "nearby-nothing-to-compare",
    /// This program is older than the other laptop's.
    NearbyOlderHere = "nearby-older-here",
    /// The other laptop's program is older.
    NearbyOlderThere = "nearby-older-there",
    /// The other laptop did not understand, or would not take what it was given.
    NearbyFailed = "nearby-failed",
    /// The sample province could not be started.
    SampleFailed = "sample-failed",
}

/// An error of a command.
#[derive(Debug)]
pub struct AppError {
    /// What went wrong.
    pub code: ErrorCode,
    /// Arguments of the message.
    pub args: BTreeMap<&'static str, String>,
    /// A message that says it more exactly than the code's own.
    pub message: Option<&'static str>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl AppError {
    /// An error with nothing underneath.
    pub fn new(code: ErrorCode) -> Self {
        AppError { code, args: BTreeMap::new(), message: None, source: None }
    }

    /// An error with its cause, which is logged and never shown.
    pub fn caused(code: ErrorCode, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        AppError::new(code).because(source)
    }

    /// The same error with the message called `key` instead of its code's own.
    #[must_use]
    pub fn saying(mut self, key: &'static str) -> Self {
        self.message = Some(key);
        self
    }

    /// The same error with its cause.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The same error with an argument for its message.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.insert(name, value.to_string());
        self
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.name())
    }
}

impl Error for AppError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}

/// An error as hosts pass it to the UI.
#[derive(Clone, Debug, Serialize, TS)]
pub struct ErrorNotice {
    /// What the UI may branch on.
    pub code: ErrorCode,
    /// What happened, in the chosen language.
    pub message: String,
    /// What to do, in the chosen language.
    pub hint: String,
    /// What the words were made with, such as the `seconds` to wait.
    pub args: BTreeMap<String, String>,
    /// What to quote when asking for help; stands in the log beside the cause.
    pub reference: String,
}
