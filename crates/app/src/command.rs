//! The one list of commands. Hosts call [`dispatch`]; the UI calls the functions of the generated bindings.
//!
//! A command is an async function `(&App, Arguments) -> Result<Output>` in the module of its subject. It stands
//! in this list once, and from the list come the dispatch and the TypeScript that calls it.

use arumbae_domain::attendance::AttendancePreview;
use arumbae_domain::region_table::{Region, RegionPath};
use arumbae_domain::validation::Problem;
use arumbae_domain::{Attachment, Finding, OutreachEvent, SupervisionReport};
use arumbae_signing::verify::Verification;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use ts_rs::TS;

use crate::App;
use crate::error::{AppError, ErrorCode, Result};

/// The arguments of a command that takes none.
#[derive(Debug, serde::Deserialize, TS)]
pub struct Nothing {}

/// A command's answer when there is nothing to say but that it was done.
#[derive(Debug, Serialize, TS)]
pub struct Done {}

async fn run<'a, A, O, F>(app: &'a App, arguments: Value, body: F) -> Result<Value>
where
    A: DeserializeOwned,
    O: Serialize,
    F: AsyncFnOnce(&'a App, A) -> Result<O>,
{
    let arguments = serde_json::from_value(arguments).map_err(|why| AppError::caused(ErrorCode::BadArguments, why))?;
    let output = body(app, arguments).await?;
    serde_json::to_value(output).map_err(|why| AppError::caused(ErrorCode::Internal, why))
}

/// Is shown the types of every command; the bindings are written by one.
pub(crate) trait CommandVisitor {
    fn command<A: TS + 'static, O: TS + 'static>(&mut self, name: &'static str, doc: &'static str);
}

macro_rules! commands {
    ($($(#[doc = $doc:literal])* $module:ident::$name:ident($args:ty) -> $output:ty;)*) => {
        /// The names of all commands, in order of the list.
        pub const NAMES: &[&str] = &[$(stringify!($name),)*];

        /// Runs the command called `name` with JSON arguments and returns its JSON result.
        ///
        /// # Errors
        /// [`ErrorCode::UnknownCommand`] and [`ErrorCode::BadArguments`] for a caller's mistake, else the command's own.
        pub async fn dispatch(app: &App, name: &str, arguments: Value) -> Result<Value> {
            match name {
                $(stringify!($name) => run::<$args, $output, _>(app, arguments, crate::$module::$name).await,)*
                _ => Err(AppError::new(ErrorCode::UnknownCommand)),
            }
        }

        /// Shows every command to `visitor`.
        pub(crate) fn visit(visitor: &mut impl CommandVisitor) {
            $(visitor.command::<$args, $output>(stringify!($name), concat!($($doc,)*));)*
        }
    };
}

use crate::account::*;
use crate::attachment::*;
use crate::attendance::*;
use crate::courier::*;
use crate::data_plan::ChangeDataPlan;
use crate::deleting::*;
use crate::document::*;
use crate::draft::*;
use crate::held::*;
use crate::history::*;
use crate::home::*;
use crate::moving::MoveRecord;
use crate::nearby::*;
use crate::record::*;
use crate::region::*;
use crate::review::*;
use crate::safekeeping::*;
use crate::sample::*;
use crate::synchronization::*;

commands! {
    /// Where the program stands: first run, locked or open, and whose laptop it is.
    account::app_state(Nothing) -> AppState;
    /// Chooses the language of messages: `id` or `en`.
    account::set_language(SetLanguage) -> Done;
    /// Makes the encrypted store of a new officer and opens it.
    account::create_office(CreateOffice) -> AppState;
    /// Opens the store with a passphrase.
    account::unlock(Unlock) -> AppState;
    /// Closes the store; nothing is deleted.
    account::lock(Nothing) -> AppState;
    /// Reads an invitation and says what it grants, without using it.
    account::read_invitation(InvitationText) -> InvitationSummary;
    /// Fetches the invitation that a short code stands for, without using it.
    account::fetch_invitation(InvitationCode) -> FetchedInvitation;
    /// Uses an invitation: registers the device and fetches the officer's certificate.
    account::enrol(Enrol) -> AppState;
    /// Uses an invitation without a network: makes a request that goes by stick.
    account::enrol_by_stick(Enrol) -> AppState;

    /// Whether the store can be written, and its backups.
    safekeeping::safekeeping(Nothing) -> Safekeeping;
    /// The backups of the store, which may be closed.
    safekeeping::backup_list(Nothing) -> Vec<BackupRow>;
    /// Makes a backup now.
    safekeeping::backup_now(Nothing) -> Safekeeping;
    /// Makes the store anew from a backup and from all that can be read of it, and says what is missing.
    safekeeping::recover_store(RecoverStore) -> RecoveredStore;

    /// Opens the sample province, making it on first use.
    sample::open_sample(Nothing) -> AppState;
    /// Moves to the other laptop of the sample province.
    sample::switch_sample_laptop(SwitchSampleLaptop) -> AppState;
    /// Leaves the sample province.
    sample::leave_sample(Nothing) -> AppState;

    /// The regions directly below a code, or the provinces.
    region::region_children(RegionChildren) -> Vec<Region>;
    /// Regions whose name holds a text.
    region::region_search(RegionSearch) -> Vec<RegionPath>;

    /// What the first screen shows: deadlines, drafts, counts, newest records.
    home::home(Nothing) -> Home;
    /// Records of any kind that hold a text.
    record::record_search(RecordSearch) -> Vec<RecordRow>;
    /// A page of one kind's records, newest first.
    record::record_list(RecordList) -> RecordPage;

    /// A new report with what is known filled in; nothing is stored yet.
    record::supervision_report_new(Nothing) -> SupervisionReport;
    /// A stored report.
    record::supervision_report_read(ReadRecord) -> RecordDetail<SupervisionReport>;
    /// Every problem of a report as it stands on the screen.
    record::supervision_report_check(CheckRecord<SupervisionReport>) -> Vec<Problem>;
    /// Stores a report and removes its draft.
    record::supervision_report_save(SaveRecord<SupervisionReport>) -> RecordDetail<SupervisionReport>;

    /// A new finding; nothing is stored yet.
    record::finding_new(Nothing) -> Finding;
    /// A new finding filled from a report; nothing is stored yet.
    record::finding_from_report(ReadRecord) -> Finding;
    /// A stored finding.
    record::finding_read(ReadRecord) -> RecordDetail<Finding>;
    /// Every problem of a finding as it stands on the screen.
    record::finding_check(CheckRecord<Finding>) -> Vec<Problem>;
    /// Stores a finding and removes its draft.
    record::finding_save(SaveRecord<Finding>) -> RecordDetail<Finding>;
    /// The deadline of a finding as it stands on the screen, with the rule that gives it.
    record::finding_deadline(CheckRecord<Finding>) -> Option<DeadlineNotice>;

    /// A new event; nothing is stored yet.
    record::outreach_event_new(Nothing) -> OutreachEvent;
    /// A stored event, without its attendees.
    record::outreach_event_read(ReadRecord) -> RecordDetail<OutreachEvent>;
    /// Every problem of an event as it stands on the screen.
    record::outreach_event_check(CheckRecord<OutreachEvent>) -> Vec<Problem>;
    /// Stores an event, leaving its attendees as they are, and removes its draft.
    record::outreach_event_save(SaveRecord<OutreachEvent>) -> RecordDetail<OutreachEvent>;

    /// The attendance list of an event.
    attendance::attendance_read(ReadRecord) -> AttendanceList;
    /// Stores the attendance list as it stands on the screen and removes its draft.
    attendance::attendance_save(SaveAttendance) -> AttendanceList;
    /// What an import or a paste would add, merge, doubt and reject, and why.
    attendance::attendance_preview(PreviewAttendance) -> AttendancePreview;
    /// Takes an import into the attendance list as decided in the preview and stores it.
    attendance::attendance_accept(AcceptAttendance) -> AttendanceList;

    /// Keeps what is being typed, so that a crash loses nothing.
    draft::draft_put(PutDraft) -> DraftSaved;
    /// The draft under a key, if there is one.
    draft::draft_read(DraftKey) -> Option<Draft>;
    /// All drafts, newest first.
    draft::draft_list(Nothing) -> Vec<DraftRow>;
    /// Throws a draft away.
    draft::draft_discard(DraftKey) -> Done;

    /// Describes an uploaded photo or file as an attachment of a record.
    attachment::attachment_describe(DescribeAttachment) -> Attachment;
    /// Where a photo or file stands: waiting, sent, here or elsewhere.
    attachment::attachment_state(AskAttachment) -> AttachmentState;
    /// Whether a file's bytes have the SHA-256 that stands in the record.
    attachment::attachment_verify(VerifyAttachment) -> bool;

    /// Makes a document of a record, signed if a passphrase is given, and files it.
    document::document_issue(IssueDocument) -> DocumentDetail;
    /// A page of issued documents, newest first.
    document::document_list(ListDocuments) -> DocumentPage;
    /// An issued document.
    document::document_read(ReadRecord) -> DocumentDetail;
    /// Checks the signatures of an issued or an uploaded document.
    document::document_verify(VerifyDocument) -> Verification;

    /// A page of everything that was ever saved about a record, the latest first.
    history::record_history(ReadHistory) -> RecordHistory;
    /// Asks the province for what is missing here of a record's history; it comes with the next exchanges.
    history::history_fetch(ReadRecord) -> Done;

    /// Moves a record in its workflow: submit, return, accept.
    review::record_transition(TransitionRecord) -> RecordMeta;
    /// The offices that the person at this laptop may move a record to.
    moving::record_destinations(ReadRecord) -> Vec<RegionPath>;
    /// Moves a record with its parts to another office, with the reason.
    moving::record_move(MoveRecord) -> RecordMeta;
    /// Deletes a record that nothing was made of, with the reason.
    deleting::record_delete(DeleteRecord) -> RecordMeta;
    /// Takes a record's deletion back, with its parts; also of one that came back because somebody had edited it.
    deleting::record_restore(ReadRecord) -> RecordMeta;
    /// Adds a comment to a record.
    review::comment_add(AddComment) -> RecordMeta;
    /// Every conflict that waits for a person.
    review::conflict_list(Nothing) -> Vec<ConflictEntry>;
    /// Decides a conflict: one of its values or a new one, with the reason.
    review::conflict_resolve(ResolveConflict) -> RecordMeta;

    /// Everything that came in but does not count yet, with the way out of each.
    held::held_list(Nothing) -> Held;
    /// Begins a new lane after this laptop's own was frozen.
    held::held_begin_lane(Nothing) -> Held;

    /// Where synchronization stands, truthfully.
    synchronization::sync_state(Nothing) -> SyncState;
    /// Synchronizes now.
    synchronization::sync_now(Nothing) -> SyncState;
    /// Pauses synchronization or lets it go on.
    synchronization::sync_pause(PauseSync) -> SyncState;
    /// Says what may go over links that cost money.
    data_plan::sync_data_plan(ChangeDataPlan) -> SyncState;

    /// Whom a stick can be packed for, and what is on its way by stick.
    courier::courier_state(Nothing) -> CourierState;
    /// What a stick would hold, without writing one.
    courier::courier_plan(CourierPlan) -> CourierContents;
    /// Puts it on the stick that was chosen.
    courier::courier_pack(CourierPlan) -> CourierPacked;
    /// The sealed files on the stick that was chosen, and whether they are for this laptop; nothing is taken.
    courier::courier_look(Nothing) -> Vec<StickFile>;
    /// Takes what the stick that was chosen has for this laptop.
    courier::courier_take(Nothing) -> CourierTaken;

    /// The laptops nearby, and whether this one listens for them.
    nearby::nearby_state(Nothing) -> NearbyState;
    /// Has this laptop listen, or not.
    nearby::nearby_turn(TurnNearby) -> NearbyState;
    /// Calls a laptop: exchanges with a paired one, shows a code with another.
    nearby::nearby_call(CallNearby) -> NearbyCalled;
    /// Says whether both screens show the same code, and waits for the other officer.
    nearby::nearby_confirm(ConfirmNearby) -> NearbyState;
    /// Forgets the pairing with a laptop; what was exchanged stays.
    nearby::nearby_forget(ForgetNearby) -> Done;
}
