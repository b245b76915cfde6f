// Written by the program's command list (crates/app/src/bindings.rs); `make bindings` renews it.

import { call } from '../host';

/**
 * Takes an import in.
 */
export type AcceptAttendance = { 
/**
 * The event.
 */
event: RecordId, 
/**
 * The list as it was read.
 */
seen: Seen<Array<Attendee>>, 
/**
 * The rows on the screen, stored or not.
 */
attendees: Array<Attendee>, 
/**
 * The import, as previewed.
 */
input: AttendanceInput, 
/**
 * What the officer decided on doubted rows.
 */
decisions: { [key in PersonNo]: Decision }, };

/**
 * Adds a comment.
 */
export type AddComment = { 
/**
 * The record.
 */
id: RecordId, 
/**
 * The text.
 */
text: string, 
/**
 * The field it is about, empty if the whole record.
 */
about: string, };

/**
 * A person who will be added.
 */
export type AddedPerson = { 
/**
 * Which of the input's people.
 */
person: PersonNo, 
/**
 * The rows they come from.
 */
rows: Array<number>, 
/**
 * The attendee as it will be written; the id is given on acceptance.
 */
attendee: Attendee, 
/**
 * What looks wrong without preventing anything, such as a NIP of 17 digits.
 */
remarks: Array<Reason>, };

/**
 * Where the program stands and whose laptop it is.
 */
export type AppState = { 
/**
 * First run, locked or open.
 */
phase: Phase, 
/**
 * The laptop of the sample province that is open, `null` outside it.
 */
sample: SampleLaptop | null, 
/**
 * Version of the program.
 */
version: string, 
/**
 * The person at the laptop; only while the store is open.
 */
profile: Profile | null, 
/**
 * The store is open but cannot be written at present ("hanya baca").
 */
read_only: boolean, };

/**
 * Asks where a photo or file stands.
 */
export type AskAttachment = { 
/**
 * The original.
 */
blob: BlobHash, 
/**
 * The small picture that travels ahead of it.
 */
preview: BlobHash | null, };

/**
 * Lampiran: a photo or file. The bytes travel apart, named by their hash.
 */
export type Attachment = { 
/**
 * The record's identity.
 */
id: RecordId, 
/**
 * BLAKE3 of the bytes.
 */
blob: BlobHash | null, 
/**
 * The name it had when it was added.
 */
file_name: string, 
/**
 * Its media type, e.g. `image/jpeg`.
 */
media_type: string, 
/**
 * Its length in bytes.
 */
byte_length: number | null, 
/**
 * What it shows; also the alternative text in documents.
 */
caption: string, 
/**
 * When it was taken, by the camera's own clock.
 */
taken_at: string | null, 
/**
 * SHA-256 of the bytes, hexadecimal, as printed on evidence.
 */
sha256: string, 
/**
 * BLAKE3 of a small JPEG of a photo, which travels ahead of it; none if the file is itself small or no photo.
 */
preview: BlobHash | null, };

/**
 * Where a photo or file stands.
 */
export type AttachmentState = "waiting" | "preview_sent" | "sent" | "preview_here" | "elsewhere";

/**
 * Where an import comes from.
 */
export type AttendanceInput = { "from": "pasted", 
/**
 * The text.
 */
text: string, } | { "from": "file", 
/**
 * Its bytes.
 */
base64: string, };

/**
 * The attendance list of an event.
 */
export type AttendanceList = { 
/**
 * The event.
 */
event: RecordId, 
/**
 * The event's title.
 */
title: string, 
/**
 * Who attended, in order of entry.
 */
attendees: Array<Attendee>, 
/**
 * What is known about the event.
 */
meta: RecordMeta, };

/**
 * What an import would do.
 */
export type AttendancePreview = { 
/**
 * How many distinct people the input names; doubted ones count until someone decides otherwise.
 */
people: number, 
/**
 * Who will be added.
 */
added: Array<AddedPerson>, 
/**
 * Which rows are merged.
 */
merged: Array<MergedPerson>, 
/**
 * Who needs a decision.
 */
doubted: Array<DoubtedPerson>, 
/**
 * Which rows are not taken over, and why.
 */
rejected: Array<Rejected>, 
/**
 * How many rows with content the input has below its header.
 */
rows: number, 
/**
 * What kind of list it is.
 */
format: SourceFormat, 
/**
 * The encoding it was read with.
 */
encoding: Encoding, 
/**
 * The separator it was read with; `None` for a plain list of names.
 */
separator: Separator | null, 
/**
 * The row of the header; `None` if there is none and the columns were guessed.
 */
header_row: number | null, 
/**
 * How each column was understood.
 */
columns: Array<ColumnReading>, 
/**
 * What was put right while reading.
 */
notes: Array<Reason>, };

/**
 * Where an attendance row came from.
 */
export type AttendanceSource = string;

/**
 * Peserta in a daftar hadir.
 */
export type Attendee = { 
/**
 * The record's identity.
 */
id: RecordId, 
/**
 * Nama.
 */
name: string, 
/**
 * NIP, NRP or blank; digits only.
 */
staff_number: string, 
/**
 * Jabatan.
 */
position: string, 
/**
 * Instansi.
 */
agency: string, 
/**
 * L/P.
 */
sex: Sex | null, 
/**
 * Nomor HP.
 */
phone: string, 
/**
 * Staff group.
 */
staff_group: StaffGroup | null, 
/**
 * E-mail, from online attendance reports.
 */
email: string, 
/**
 * Minutes present, from online attendance reports.
 */
minutes_present: number | null, 
/**
 * How the row came about.
 */
source: AttendanceSource | null, };

/**
 * A backup.
 */
export type BackupRow = { 
/**
 * What it is asked for by.
 */
number: number, 
/**
 * When it was made, by this laptop's clock.
 */
made_at: string, 
/**
 * Its size.
 */
byte_length: number, };

/**
 * The BLAKE3 hash that names an attachment's bytes.
 */
export type BlobHash = string;

/**
 * Calls a laptop.
 */
export type CallNearby = { 
/**
 * Where, as it is announced or typed in; `null` for where the device is or was.
 */
address: string | null, 
/**
 * The device that should be there, hexadecimal; `null` if it is not known.
 */
device: string | null, };

/**
 * Changes the data plan.
 */
export type ChangeDataPlan = { 
/**
 * The most bytes a day; `null` is without limit.
 */
day_bytes: number | null, 
/**
 * The most bytes a calendar month.
 */
month_bytes: number | null, 
/**
 * Whether photos and files whole may go over paid links.
 */
originals_on_paid_links: boolean, 
/**
 * Whether the present link costs nothing; believed for four hours.
 */
free: boolean, };

/**
 * Which of two revisions changed a piece of a narrative.
 */
export type ChangedBy = "nobody" | "shown" | "other" | "both_alike" | "both";

/**
 * A record as it stands on the screen.
 */
export type CheckRecord<R> = { 
/**
 * The record.
 */
record: R, };

/**
 * The stick that was chosen.
 */
export type ChosenStick = { 
/**
 * Its folder, as the officer knows it.
 */
folder: string, 
/**
 * Bytes that still fit on it; `null` if the system does not say.
 */
free_bytes: number | null, 
/**
 * How many sealed files are on it.
 */
files: number, };

/**
 * What is known about the clock of this laptop.
 */
export type ClockNotice = { 
/**
 * This laptop less the server at the last contact, milliseconds; `null` before the first.
 */
offset_ms: number | null, 
/**
 * Half the round trip that was measured over, milliseconds.
 */
uncertainty_ms: number | null, 
/**
 * It shows a time this program was not made for: a dead battery's 1970, a slip of the year.
 */
implausible: boolean, 
/**
 * Whether to tell the officer.
 */
warn: boolean, };

/**
 * A colleague's laptop.
 */
export type Colleague = { 
/**
 * Its key, hexadecimal.
 */
device: string, 
/**
 * Whose it is.
 */
name: string, 
/**
 * The area its owner works for.
 */
area: string, };

/**
 * What a column can hold.
 */
export type Column = "name" | "staff_number" | "position" | "agency" | "position_or_agency" | "sex" | "male_mark" | "female_mark" | "phone" | "email" | "staff_group" | "minutes" | "joined" | "left" | "waiting_room";

/**
 * How a column was understood.
 */
export type ColumnReading = { 
/**
 * Its heading; empty without a header.
 */
heading: string, 
/**
 * What it holds; `None` if it is left aside.
 */
column: Column | null, };

/**
 * A reviewer's or colleague's comment.
 */
export type Comment = { 
/**
 * The record's identity.
 */
id: RecordId, 
/**
 * Who wrote it, as shown.
 */
author: string, 
/**
 * What was written.
 */
text: Narrative, 
/**
 * The name of the field it is about, empty if the whole record.
 */
about: string, 
/**
 * When, by the author's clock.
 */
written_at: string | null, };

/**
 * Somebody who wrote without knowing of a save.
 */
export type ConcurrentAuthor = { 
/**
 * Their name, empty if it is not known here.
 */
author: string, 
/**
 * When their first such save was made, by their clock.
 */
written_at: string, 
/**
 * Whether both wrote the same field.
 */
met: boolean, };

/**
 * Says whether the codes agree.
 */
export type ConfirmNearby = { 
/**
 * Whether both screens show the same.
 */
same: boolean, };

/**
 * A field with more than one concurrent value.
 */
export type ConflictEntry = { 
/**
 * The record or part that has the field.
 */
record: RecordId, 
/**
 * The kind of that record or part.
 */
record_kind: RecordKind, 
/**
 * The record it is part of; itself if it stands alone.
 */
root: RecordId, 
/**
 * The kind of the root.
 */
root_kind: RecordKind, 
/**
 * The title of the root.
 */
root_title: string, 
/**
 * The field's name, as in the message catalogue.
 */
field: string, 
/**
 * The values, the one shown first.
 */
values: Array<ConflictValue>, 
/**
 * Two revisions of a narrative sentence by sentence; `null` for anything else.
 */
comparison: NarrativeComparison | null, };

/**
 * One of the values of a conflict.
 */
export type ConflictValue = { 
/**
 * The value as JSON, in the shape the record has it.
 */
value: unknown, 
/**
 * Who wrote it.
 */
author: string, 
/**
 * When, by the author's clock.
 */
written_at: string, 
/**
 * Whether it was written on this laptop.
 */
own: boolean, };

/**
 * What couriers were given for the province and have brought no receipt for.
 */
export type Consigned = { 
/**
 * Saves of this laptop.
 */
saves: number, 
/**
 * Attachments.
 */
attachments: number, 
/**
 * Since when the oldest of them is on its way.
 */
since: string | null, };

/**
 * What a copy is wanted of.
 */
export type CopySource = { "of": "document", 
/**
 * Its file.
 */
blob: BlobHash, } | { "of": "proof", 
/**
 * The record.
 */
record: RecordId, } | { "of": "receipts" } | { "of": "held", 
/**
 * Its hash, hexadecimal.
 */
hash: string, };

/**
 * What a stick would hold.
 */
export type CourierContents = { 
/**
 * Whom it is for, in words.
 */
recipient: string, 
/**
 * Saves of this laptop.
 */
own_saves: number, 
/**
 * Parcels of other laptops' saves that this one carries on.
 */
others_segments: number, 
/**
 * Attachments.
 */
attachments: number, 
/**
 * Their bytes.
 */
attachment_bytes: number, 
/**
 * The province's receipts for the colleague.
 */
receipts: number, 
/**
 * Whether it asks for this laptop to be enrolled.
 */
enrols: boolean, 
/**
 * About how many bytes it takes.
 */
bytes: number, 
/**
 * In how many files.
 */
files: number, };

/**
 * What was put on a stick.
 */
export type CourierPacked = { 
/**
 * Where.
 */
folder: string, 
/**
 * The names of the files, in order.
 */
files: Array<string>, 
/**
 * Their bytes together.
 */
bytes: number, 
/**
 * What they hold.
 */
contents: CourierContents, };

/**
 * Whom a stick is packed for.
 */
export type CourierPlan = { 
/**
 * The key of a colleague's laptop, hexadecimal; `null` for the province.
 */
colleague: string | null, };

/**
 * Where a courier's stick is needed: whom one can be packed for, and what is on its way.
 */
export type CourierState = { 
/**
 * Whether something can be packed: the laptop is enrolled, or asks to be.
 */
ready: boolean, 
/**
 * The request to be enrolled that waits for its answer; `null` if there is none.
 */
enrolment: EnrolmentAsked | null, 
/**
 * What couriers were given for the province and have brought no receipt for.
 */
consigned: Consigned, 
/**
 * Laptops of colleagues that can be packed for.
 */
colleagues: Array<Colleague>, };

/**
 * What was taken from a stick.
 */
export type CourierTaken = { 
/**
 * File by file, in the order they were taken.
 */
files: Array<StickFile>, 
/**
 * Files that were taken.
 */
taken: number, 
/**
 * Files that something is wrong with; those for somebody else are not among them.
 */
refused: number, 
/**
 * Whether one of them enrolled this laptop.
 */
enrolled: boolean, 
/**
 * Own saves that have their receipt now.
 */
sent_saves: number, 
/**
 * Saves of others that came in.
 */
received_saves: number, 
/**
 * Attachments that are here whole now.
 */
attachments: number, 
/**
 * Fields that hold more than one value now.
 */
conflicts_new: number, 
/**
 * What came in and does not count yet, or was not accepted by the province.
 */
held: number, 
/**
 * Whether an earlier file is missing.
 */
needs_earlier: boolean, 
/**
 * Where the program stands now.
 */
state: AppState, };

/**
 * What the first-run screen asks for.
 */
export type CreateOffice = { 
/**
 * Full name.
 */
name: string, 
/**
 * Jabatan.
 */
position: string, 
/**
 * The officer's kecamatan.
 */
district: RegionCode, 
/**
 * Opens the store from now on.
 */
passphrase: string, 
/**
 * The passphrase once more.
 */
passphrase_again: string, };

/**
 * The four crucial issues (isu krusial).
 */
export type CrucialIssue = string;

/**
 * The data plan and what went.
 */
export type DataPlanState = { 
/**
 * The most bytes a day; `null` is without limit.
 */
day_bytes: number | null, 
/**
 * The most bytes a calendar month.
 */
month_bytes: number | null, 
/**
 * Whether photos and files whole may go over paid links, not only their previews.
 */
originals_on_paid_links: boolean, 
/**
 * Whether the present link costs nothing, by the officer's word.
 */
free: boolean, 
/**
 * Bytes that went over paid links today, WIT.
 */
spent_today: number, 
/**
 * The same in this month.
 */
spent_this_month: number, };

/**
 * Which days count.
 */
export type DayCounting = "calendar" | "working";

/**
 * A deadline and everything an officer needs to check it.
 */
export type Deadline = { 
/**
 * The last day.
 */
due: string, 
/**
 * What must be done by then.
 */
step: DeadlineStep, 
/**
 * The key of the rule applied.
 */
rule_key: string, 
/**
 * Its law and article.
 */
basis: string, 
/**
 * What it says.
 */
text: string, 
/**
 * How many days it gives.
 */
days: number, 
/**
 * Which days count.
 */
counting: DayCounting, 
/**
 * The day it runs from.
 */
from: string, 
/**
 * Where the rule was read.
 */
source: string, 
/**
 * Whether the rule was checked against the law; if not, the date is shown as provisional.
 */
verified: boolean, 
/**
 * What is not certain about the rule.
 */
remark: string, 
/**
 * Days off, other than weekends, that were not counted.
 */
holidays_skipped: Array<string>, 
/**
 * Whether the holidays of every year involved are known; if not, a working-day deadline may fall later.
 */
holidays_known: boolean, };

/**
 * A deadline with the rule that gives it.
 */
export type DeadlineNotice = { 
/**
 * The last day and the rule applied.
 */
deadline: Deadline, 
/**
 * How near it is today.
 */
urgency: Urgency, };

/**
 * What must be done by a deadline.
 */
export type DeadlineStep = "finding_decided" | "report_lodged" | "follow_up" | "follow_up_extended";

/**
 * What to do with a doubted person.
 */
export type Decision = "add" | { "merge": Match } | "skip";

/**
 * Deletes a record.
 */
export type DeleteRecord = { 
/**
 * The record.
 */
id: RecordId, 
/**
 * Why.
 */
reason: string, };

/**
 * That a record was deleted.
 */
export type Deletion = { 
/**
 * Why.
 */
reason: string, 
/**
 * Who deleted it, empty if their name is not known here.
 */
author: string, 
/**
 * When, by the author's clock.
 */
deleted_at: string, };

/**
 * Whether a record's changes have reached the server.
 */
export type Delivery = "waiting" | "sent";

/**
 * Asks for an attachment of uploaded bytes.
 */
export type DescribeAttachment = { 
/**
 * The uploaded bytes.
 */
blob: BlobHash, 
/**
 * The file's own name.
 */
file_name: string, };

/**
 * An issued document.
 */
export type DocumentDetail = { 
/**
 * The record.
 */
document: IssuedDocument, 
/**
 * Whether it has reached the server.
 */
delivery: Delivery, 
/**
 * What checking the file gives now; `null` while its bytes are not on this laptop.
 */
verification: Verification | null, 
/**
 * What could not be printed as it was written; told when the document is issued.
 */
remarks: PrintRemarks, };

/**
 * A page of issued documents.
 */
export type DocumentPage = { 
/**
 * The documents, newest first.
 */
rows: Array<DocumentRow>, 
/**
 * What to ask the next page with, `null` after the last.
 */
next: string | null, 
/**
 * How many there are in all.
 */
total: number, };

/**
 * An issued document in a list.
 */
export type DocumentRow = { 
/**
 * The record.
 */
document: IssuedDocument, 
/**
 * Whether it has reached the server.
 */
delivery: Delivery, };

/**
 * The documents the program issues.
 */
export type DocumentTemplate = string;

/**
 * A command's answer when there is nothing to say but that it was done.
 */
export type Done = Record<symbol, never>;

/**
 * A reason for doubt.
 */
export type Doubt = { 
/**
 * Whom the person may be; `None` if it is unclear whether this is a person at all.
 */
candidate: Match | null, 
/**
 * The candidate's name.
 */
candidate_name: string, 
/**
 * The candidate's agency.
 */
candidate_agency: string, 
/**
 * The candidate's rows in the input; none for someone already on the list.
 */
candidate_rows: Array<number>, 
/**
 * Its message key.
 */
reason: string, 
/**
 * What stands in it.
 */
args: { [key in string]: string }, };

/**
 * A person who may or may not be someone else.
 */
export type DoubtedPerson = { 
/**
 * Which of the input's people.
 */
person: PersonNo, 
/**
 * The rows they come from.
 */
rows: Array<number>, 
/**
 * The attendee as it would be added.
 */
attendee: Attendee, 
/**
 * Why there is doubt, and about whom.
 */
doubts: Array<Doubt>, };

/**
 * A kept draft.
 */
export type Draft = { 
/**
 * The record's kind.
 */
kind: RecordKind, 
/**
 * The form's content: what the save command takes.
 */
content: unknown, 
/**
 * When it was kept.
 */
saved_at: string, };

/**
 * Names a draft.
 */
export type DraftKey = { 
/**
 * What it is of.
 */
subject: DraftSubject, 
/**
 * The record.
 */
id: RecordId, };

/**
 * A draft in a list.
 */
export type DraftRow = { 
/**
 * What it is of.
 */
subject: DraftSubject, 
/**
 * The record.
 */
id: RecordId, 
/**
 * The record's kind.
 */
kind: RecordKind, 
/**
 * What it is called.
 */
title: string, 
/**
 * When it was kept.
 */
saved_at: string, };

/**
 * When a draft became durable.
 */
export type DraftSaved = { 
/**
 * The moment, UTC.
 */
saved_at: string, };

/**
 * What a draft is of.
 */
export type DraftSubject = "record" | "attendance";

/**
 * A record that is due.
 */
export type DueRecord = { 
/**
 * The record.
 */
row: RecordRow, 
/**
 * Its deadline.
 */
deadline: DeadlineNotice, };

/**
 * The law an election is held and supervised under.
 */
export type ElectionRegime = string;

/**
 * The encodings attendance lists come in.
 */
export type Encoding = "utf8" | "utf16_le" | "utf16_be" | "windows1252";

/**
 * Uses an invitation.
 */
export type Enrol = { 
/**
 * The invitation's text.
 */
invitation: string, 
/**
 * The officer's passphrase: it wraps the new signing key, so that no one else can sign.
 */
passphrase: string, };

/**
 * A request to be enrolled that goes by stick.
 */
export type EnrolmentAsked = { 
/**
 * The office that is asked.
 */
office: string, 
/**
 * When it was made.
 */
asked_at: string, 
/**
 * Until when the province takes it.
 */
expires: string, };

/**
 * What an enrolment brought.
 */
export type EnrolmentNotice = { 
/**
 * The server's address.
 */
server: string, 
/**
 * Serial number of the officer's certificate, hexadecimal.
 */
certificate_serial: string, 
/**
 * When the certificate expires.
 */
certificate_expires: string, };

/**
 * Whether the province holds a save.
 */
export type EntryDelivery = { "state": "waiting" } | { "state": "carried" } | { "state": "received", 
/**
 * Its number in the region.
 */
number: number, 
/**
 * When the province had it.
 */
at: string, 
/**
 * Whether the signed receipt is on this laptop.
 */
receipt: boolean, };

/**
 * What went wrong, as far as a reader or the UI acts on it. Remove a code when nothing gives it any more.
 */
export type ErrorCode = "unknown-command" | "bad-arguments" | "internal" | "locked" | "office-exists" | "name-missing" | "passphrase-short" | "passphrase-mismatch" | "wrong-passphrase" | "recovery-key-wrong" | "passphrase-wait" | "unknown-region" | "store-damaged" | "store-foreign" | "store-newer" | "backup-missing" | "store-in-use" | "disk-full" | "not-writable" | "store-read-only" | "held-gone" | "record-missing" | "record-invalid" | "transition-refused" | "reason-missing" | "record-deleted" | "delete-refused" | "record-elsewhere" | "record-undecided" | "move-refused" | "history-elsewhere" | "conflict-gone" | "attendance-unreadable" | "attachment-too-large" | "attachment-damaged" | "attachment-kind" | "attachment-missing" | "not-enrolled" | "document-failed" | "document-unreadable" | "invitation-unreadable" | "invitation-code" | "invitation-code-wrong" | "invitation-code-wait" | "server-address" | "invitation-area" | "invitation-unknown" | "invitation-expired" | "no-route" | "captive-portal" | "wrong-server" | "server-interrupted" | "device-revoked" | "data-plan-too-small" | "device-unknown" | "server-newer" | "server-failed" | "stick-missing" | "stick-full" | "bundle-not-sealed" | "bundle-for-another" | "bundle-damaged" | "bundle-too-large" | "bundle-newer" | "bundle-forged" | "bundle-other-province" | "bundle-no-province" | "bundle-unknown-sender" | "nearby-not-enrolled" | "nearby-cannot-listen" | "nearby-off" | "nearby-address" | "nearby-not-local" | "nearby-unreachable" | "nearby-other-program" | "nearby-another-device" | "nearby-interrupted" | "nearby-other-province" | "nearby-unknown-device" | "nearby-unknown-there" | "nearby-revoked" | "nearby-revoked-there" | "nearby-declined" | "nearby-busy" | "nearby-nothing-to-compare" | "nearby-older-here" | "nearby-older-there" | "nearby-failed" | "sample-failed";

/**
 * An error as hosts pass it to the UI.
 */
export type ErrorNotice = { 
/**
 * What the UI may branch on.
 */
code: ErrorCode, 
/**
 * What happened, in the chosen language.
 */
message: string, 
/**
 * What to do, in the chosen language.
 */
hint: string, 
/**
 * What the words were made with, such as the `seconds` to wait.
 */
args: { [key in string]: string }, 
/**
 * What to quote when asking for help; stands in the log beside the cause.
 */
reference: string, };

/**
 * How an event was held.
 */
export type EventMode = string;

/**
 * The two lists of Form A IV.
 */
export type EvidenceClass = string;

/**
 * Alat bukti or barang bukti.
 */
export type EvidenceItem = { 
/**
 * The record's identity.
 */
id: RecordId, 
/**
 * Which list it belongs to.
 */
class: EvidenceClass | null, 
/**
 * What it is.
 */
description: string, 
/**
 * Its photo or file, one of the record's attachments.
 */
attachment: RecordId | null, };

/**
 * What an exchange cost and brought.
 */
export type ExchangeFigures = { 
/**
 * Bytes sent.
 */
bytes_up: number, 
/**
 * Bytes received.
 */
bytes_down: number, 
/**
 * Requests made.
 */
round_trips: number, 
/**
 * Own saves receipted.
 */
sent_saves: number, 
/**
 * Foreign saves received.
 */
received_saves: number, 
/**
 * Conflicts that appeared.
 */
conflicts_new: number, };

/**
 * How far an exchange is.
 */
export type ExchangeProgress = { 
/**
 * Bytes still to travel.
 */
bytes_left: number, 
/**
 * What the link carried a second when last measured; `null` before.
 */
bytes_per_second: number | null, };

/**
 * What became of a record or part as a whole.
 */
export type Fate = "changed" | "added" | "removed" | "returned";

/**
 * The invitation that a code stands for.
 */
export type FetchedInvitation = { 
/**
 * As a file would have held it; to be handed to `enrol`.
 */
text: string, 
/**
 * What it grants.
 */
summary: InvitationSummary, };

/**
 * Temuan.
 */
export type Finding = { 
/**
 * The record's identity.
 */
id: RecordId, 
/**
 * Where it stands in its workflow; changed by transitions only.
 */
status: RecordStatus | null, 
/**
 * Comments of reviewers.
 */
comments: Array<Comment>, 
/**
 * Pemilu or Pemilihan; decides the deadline rule.
 */
regime: ElectionRegime | null, 
/**
 * NOMOR.
 */
number: string, 
/**
 * The LHP it was made from.
 */
source_report: RecordId | null, 
/**
 * Pengawas yang menemukan: nama.
 */
finder_name: string, 
/**
 * Pengawas yang menemukan: jabatan.
 */
finder_position: string, 
/**
 * Pengawas yang menemukan: alamat.
 */
finder_address: string, 
/**
 * Terlapor.
 */
reported_persons: Array<ReportedPerson>, 
/**
 * Peristiwa.
 */
event: string, 
/**
 * Tempat kejadian.
 */
event_place: string, 
/**
 * Hari/tanggal kejadian.
 */
event_date: string | null, 
/**
 * Pukul kejadian.
 */
event_time: string | null, 
/**
 * Hari/tanggal diketahui; deadlines run from it.
 */
known_date: string | null, 
/**
 * Classes of the alleged violation.
 */
violation_classes: Array<ViolationClass>, 
/**
 * Crucial issues it touches.
 */
issues: Array<CrucialIssue>, 
/**
 * Whether the candidate was already ditetapkan when it happened.
 */
candidate_determined: boolean | null, 
/**
 * Saksi.
 */
witnesses: Array<Witness>, 
/**
 * Bukti.
 */
evidence: Array<EvidenceItem>, 
/**
 * Uraian singkat.
 */
summary: Narrative, 
/**
 * Place of the signature line.
 */
signed_place: string, 
/**
 * Date of the signature line.
 */
signed_date: string | null, 
/**
 * Photos and files.
 */
attachments: Array<Attachment>, 
/**
 * Village or district it happened in.
 */
region: RegionCode | null, };

/**
 * Names a laptop.
 */
export type ForgetNearby = { 
/**
 * Its key, hexadecimal.
 */
device: string, };

/**
 * Everything that is held.
 */
export type Held = { 
/**
 * The latest first.
 */
entries: Array<HeldEntry>, 
/**
 * How many lanes of this laptop are frozen: their saves stay here until a new one is begun.
 */
frozen_lanes: number, };

/**
 * Something that is held.
 */
export type HeldEntry = { 
/**
 * The segment's hash, hexadecimal; `null` for what waits in a record.
 */
hash: string | null, 
/**
 * Code of the reason, as in the message catalogue.
 */
reason: string, 
/**
 * At which step it was stopped.
 */
level: 'chain' | 'decode' | 'meaning', 
/**
 * What ends it.
 */
way_out: 'good_copy' | 'new_incarnation' | 'upgrade' | 'registry_change' | 'earlier_arrives' | 'author_repeats' | 'province_decides', 
/**
 * Whose device it comes from, empty if that is not known here.
 */
author: string, 
/**
 * The device's key, its first digits; empty if that could not be read.
 */
device: string, 
/**
 * Whether it was written on this laptop.
 */
own: boolean, 
/**
 * The name of the region it is for, empty if that could not be read.
 */
scope_name: string, 
/**
 * The number of its first save.
 */
first_seq: number | null, 
/**
 * The record it waits in.
 */
record: HeldRecord | null, 
/**
 * Since when.
 */
since: string, 
/**
 * Whether the server stopped it, not this laptop.
 */
by_server: boolean, 
/**
 * Whether its bytes are here, so that a copy can be saved for the province.
 */
is_kept: boolean, };

/**
 * The record something waits in.
 */
export type HeldRecord = { 
/**
 * The record.
 */
id: RecordId, 
/**
 * What it is; `null` if that is not known here.
 */
kind: RecordKind | null, 
/**
 * What it is called in lists.
 */
title: string, };

/**
 * One thing a save did. Fields are named as in the message catalogue, `null` for one of a later version.
 */
export type HistoryChange = { "did": "set", 
/**
 * The field.
 */
field: string | null, 
/**
 * Whether it is a narrative, which is read word by word.
 */
narrative: boolean, 
/**
 * What its author had before them.
 */
before: ShownBefore, 
/**
 * What they wrote, `null` if they cleared it.
 */
after: unknown, } | { "did": "resolved", 
/**
 * The field.
 */
field: string | null, 
/**
 * The values there were.
 */
before: ShownBefore, 
/**
 * The one that holds since.
 */
after: unknown, 
/**
 * Why.
 */
note: string, } | { "did": "added", 
/**
 * The set.
 */
field: string | null, 
/**
 * The value.
 */
value: unknown, } | { "did": "removed", 
/**
 * The set.
 */
field: string | null, 
/**
 * The values.
 */
values: ShownBefore, } | { "did": "moved", 
/**
 * Code of the status it left.
 */
from: string, 
/**
 * Code of the status it took.
 */
to: string, 
/**
 * Why.
 */
reason: string, } | { "did": "deleted", 
/**
 * Why.
 */
reason: string, } | { "did": "restored" } | { "did": "rehomed", 
/**
 * The name of the region it left.
 */
from: string, 
/**
 * The name of the region that answers for it since.
 */
to: string, 
/**
 * Why, empty if nobody said.
 */
reason: string, } | { "did": "attached", 
/**
 * Its media type.
 */
media_type: string, 
/**
 * Its length in bytes.
 */
byte_length: number, } | { "did": "later" };

/**
 * One save.
 */
export type HistoryEntry = { 
/**
 * The lane it stands in, hexadecimal; with the number it names the save.
 */
lane: string, 
/**
 * Its number in the lane.
 */
seq: number, 
/**
 * When, by the author's clock.
 */
written_at: string, 
/**
 * What the author's clock was off by, milliseconds, as signed with the save; `null` if it was never compared.
 */
clock_offset_ms: number | null, 
/**
 * Whether the author's clock was so far off that its word needs a warning.
 */
clock_warn: boolean, 
/**
 * Who was at the keyboard.
 */
author_id: string, 
/**
 * Their name, empty if it is not known here.
 */
author: string, 
/**
 * Their position, empty if it is not known here.
 */
position: string, 
/**
 * The device's key, its first digits.
 */
device: string, 
/**
 * The device's incarnation, hexadecimal: new after every installation and every restore.
 */
incarnation: string, 
/**
 * Whether it was written on this laptop.
 */
own: boolean, 
/**
 * The name of the region it was written for.
 */
scope_name: string, 
/**
 * Whether the province holds it.
 */
delivery: EntryDelivery, 
/**
 * Why it does not count, as a code of the quarantine; `null` if it does.
 */
held: string | null, 
/**
 * Saves made without knowing of this one, by their authors.
 */
concurrent: Array<ConcurrentAuthor>, 
/**
 * What it did, to the record first.
 */
changes: Array<RecordChanges>, };

/**
 * What the first screen shows.
 */
export type Home = { 
/**
 * Findings with a deadline that runs, nearest first.
 */
deadlines: Array<DueRecord>, 
/**
 * Unfinished forms, newest first.
 */
drafts: Array<DraftRow>, 
/**
 * Records sent back to the officer, newest first.
 */
returned: Array<RecordRow>, 
/**
 * Records waiting for review by this person, newest first.
 */
to_review: Array<RecordRow>, 
/**
 * Newest records of all kinds.
 */
recent: Array<RecordRow>, 
/**
 * Records by kind.
 */
counts: Array<KindCount>, 
/**
 * Fields that wait for a decision.
 */
conflicts: number, };

/**
 * An invitation's short code, as it was said over a telephone.
 */
export type InvitationCode = { 
/**
 * The server's address.
 */
server: string, 
/**
 * The code.
 */
code: string, };

/**
 * What an invitation grants.
 */
export type InvitationSummary = { 
/**
 * The server's address.
 */
server: string, 
/**
 * Code of the role.
 */
role: string, 
/**
 * For which region.
 */
scope: Scope, 
/**
 * The region's name.
 */
scope_name: string, 
/**
 * When it expires.
 */
expires: string, };

/**
 * An invitation as pasted or read from its file.
 */
export type InvitationText = { 
/**
 * The text.
 */
text: string, };

/**
 * Instansi yang diundang.
 */
export type InvitedAgency = { 
/**
 * The record's identity.
 */
id: RecordId, 
/**
 * Nama instansi.
 */
name: string, 
/**
 * How many people were invited.
 */
invited_count: number | null, };

/**
 * Asks for a document of a record.
 */
export type IssueDocument = { 
/**
 * The record.
 */
source: RecordId, 
/**
 * Which document.
 */
template: DocumentTemplate, 
/**
 * Paper size.
 */
paper: Paper, 
/**
 * Signs with the officer's key; `null` leaves it "belum ditandatangani".
 */
passphrase: string | null, };

/**
 * Dokumen. Once issued it is never rewritten, only extended by further signatures.
 */
export type IssuedDocument = { 
/**
 * The record's identity.
 */
id: RecordId, 
/**
 * Where it stands in its workflow; changed by transitions only.
 */
status: RecordStatus | null, 
/**
 * Comments of reviewers.
 */
comments: Array<Comment>, 
/**
 * Which document it is.
 */
template: DocumentTemplate | null, 
/**
 * The record it was made from.
 */
source: RecordId | null, 
/**
 * Paper size.
 */
paper: Paper | null, 
/**
 * Its title as listed.
 */
title: string, 
/**
 * NOMOR as printed.
 */
number: string, 
/**
 * The file, named by its hash.
 */
file: BlobHash | null, 
/**
 * SHA-256 of the file, hexadecimal.
 */
sha256: string, 
/**
 * Its length in bytes.
 */
byte_length: number | null, 
/**
 * When it was issued.
 */
issued_at: string | null, 
/**
 * Name of the signer; empty while "belum ditandatangani".
 */
signed_by: string, 
/**
 * Serial number of the signer's certificate, hexadecimal.
 */
certificate_serial: string, };

/**
 * How many records there are of a kind.
 */
export type KindCount = { 
/**
 * The kind.
 */
kind: RecordKind, 
/**
 * How many.
 */
count: number, };

/**
 * What the link is doing.
 */
export type LinkPhase = "not_enrolled" | "idle" | "waiting" | "paused" | "exchanging" | "plan_used_up" | "failed";

/**
 * Asks for issued documents.
 */
export type ListDocuments = { 
/**
 * The `next` of the page before, `null` for the first.
 */
after: string | null, };

/**
 * Someone a row may be about.
 */
export type Match = { "existing": RecordId } | { "person": PersonNo };

/**
 * Rows that are certainly about one person: with each other, or with someone already on the list.
 *
 * A person who joined a meeting three times is in `added` once, and here with the three rows.
 */
export type MergedPerson = { 
/**
 * Which of the input's people.
 */
person: PersonNo, 
/**
 * Whom on the list they are merged into; `None` if only rows of the input are merged with each other.
 */
into: RecordId | null, 
/**
 * The rows.
 */
rows: Array<number>, 
/**
 * The attendee after the merge.
 */
attendee: Attendee, 
/**
 * Why this is certain.
 */
because: Array<Reason>, 
/**
 * Fields of the list's attendee that were blank and are filled in.
 */
filled: Array<string>, };

/**
 * Moves a record to another office.
 */
export type MoveRecord = { 
/**
 * The record.
 */
id: RecordId, 
/**
 * The region of the office that answers for it from now on.
 */
to: RegionCode, 
/**
 * Why.
 */
reason: string, };

/**
 * Long text: a chronology, an analysis.
 */
export type Narrative = string;

/**
 * Two revisions of a narrative, compared with the text both began with.
 */
export type NarrativeComparison = { 
/**
 * From the first sentence to the last.
 */
hunks: Array<NarrativeHunk>, 
/**
 * What both wrote, put together by the program, if they changed different sentences; `null` if a person has to
 * choose. It is nobody's text until somebody has decided for it.
 */
proposal: string | null, };

/**
 * Whole sentences as they stand in each text; empty where it has none there.
 */
export type NarrativeHunk = { 
/**
 * Who changed it.
 */
changed_by: ChangedBy, 
/**
 * In the text both began with.
 */
before: string, 
/**
 * In the revision that is shown.
 */
shown: string, 
/**
 * In the other one.
 */
other: string, };

/**
 * What became of a call.
 */
export type NearbyCalled = { 
/**
 * What was exchanged; `null` if a code is to be compared first.
 */
exchanged: NearbyExchange | null, 
/**
 * Where everything stands now.
 */
state: NearbyState, };

/**
 * A code on both screens.
 */
export type NearbyComparing = { 
/**
 * Whose laptop the registry says it is.
 */
name: string, 
/**
 * The area its owner works for.
 */
area: string, 
/**
 * Six digits.
 */
code: string, 
/**
 * Whether the officer here has said that it is the same.
 */
confirmed: boolean, };

/**
 * What an exchange moved.
 */
export type NearbyExchange = { 
/**
 * When it was over.
 */
at: string, 
/**
 * Saves of this laptop that were given.
 */
given_saves: number, 
/**
 * Parcels of third laptops' saves that were given.
 */
given_segments: number, 
/**
 * Saves of others that came in.
 */
received_saves: number, 
/**
 * Attachments that are here whole now.
 */
attachments: number, 
/**
 * Fields that hold more than one value now.
 */
conflicts: number, };

/**
 * A laptop nearby.
 */
export type NearbyLaptop = { 
/**
 * Its key, hexadecimal; `null` if the registry here does not name it.
 */
device: string | null, 
/**
 * Whose it is; empty if that is not known.
 */
name: string, 
/**
 * The area its owner works for.
 */
area: string, 
/**
 * What it calls itself while it listens; `null` if it does not announce itself now.
 */
alias: string | null, 
/**
 * Where it listens, or last did.
 */
address: string | null, 
/**
 * Whether both officers have compared the code.
 */
paired: boolean, 
/**
 * How the last exchange with it went.
 */
last_exchange: NearbyExchange | null, };

/**
 * How others find this laptop.
 */
export type NearbyListening = { 
/**
 * What it is called on their lists.
 */
alias: string, 
/**
 * What can be typed in there.
 */
addresses: Array<string>, 
/**
 * Whether it announces itself; otherwise addresses are typed in.
 */
announced: boolean, };

/**
 * Where the laptops of the office stand.
 */
export type NearbyState = { 
/**
 * Whether this laptop can take part: it belongs to a province.
 */
enrolled: boolean, 
/**
 * Whether it listens; `null` while the officer has it off.
 */
listening: NearbyListening | null, 
/**
 * Paired laptops, and those that announce themselves.
 */
laptops: Array<NearbyLaptop>, 
/**
 * The code the officer is asked to compare.
 */
comparing: NearbyComparing | null, 
/**
 * How a comparison ended badly before the officer had said anything; told once.
 */
trouble: ErrorNotice | null, };

/**
 * The arguments of a command that takes none.
 */
export type Nothing = Record<symbol, never>;

/**
 * Kegiatan sosialisasi.
 */
export type OutreachEvent = { 
/**
 * The record's identity.
 */
id: RecordId, 
/**
 * Where it stands in its workflow; changed by transitions only.
 */
status: RecordStatus | null, 
/**
 * Comments of reviewers.
 */
comments: Array<Comment>, 
/**
 * Pemilu or Pemilihan.
 */
regime: ElectionRegime | null, 
/**
 * Nama kegiatan.
 */
title: string, 
/**
 * Bentuk.
 */
form: OutreachForm | null, 
/**
 * Luring, daring or hibrida.
 */
mode: EventMode | null, 
/**
 * Dasar surat.
 */
basis_letter: string, 
/**
 * Penyelenggara.
 */
organiser: string, 
/**
 * Hari, tanggal.
 */
date: string | null, 
/**
 * Pukul mulai.
 */
starts_at: string | null, 
/**
 * Pukul selesai.
 */
ends_at: string | null, 
/**
 * Tempat.
 */
place: string, 
/**
 * Tautan of an online event.
 */
link: string, 
/**
 * Maksud.
 */
intent: Narrative, 
/**
 * Tujuan.
 */
purpose: Narrative, 
/**
 * Topics from the four crucial issues.
 */
issues: Array<CrucialIssue>, 
/**
 * Hasil dan tanya jawab.
 */
outcome: Narrative, 
/**
 * Rekomendasi.
 */
recommendation: Narrative, 
/**
 * Narasumber.
 */
speakers: Array<Speaker>, 
/**
 * Instansi yang diundang.
 */
invited_agencies: Array<InvitedAgency>, 
/**
 * Daftar hadir.
 */
attendees: Array<Attendee>, 
/**
 * Dokumentasi.
 */
attachments: Array<Attachment>, 
/**
 * Where it was held.
 */
region: RegionCode | null, };

/**
 * Kinds of socialization (bentuk kegiatan).
 */
export type OutreachForm = string;

/**
 * Paper sizes in use.
 */
export type Paper = string;

/**
 * Pauses synchronization or lets it go on.
 */
export type PauseSync = { 
/**
 * Whether to pause.
 */
paused: boolean, };

/**
 * One of the distinct people in the input, numbered from 0 in the order they first appear.
 */
export type PersonNo = number;

/**
 * Where the program stands.
 */
export type Phase = "first_run" | "locked" | "open";

/**
 * Asks what an import would do.
 */
export type PreviewAttendance = { 
/**
 * The rows on the screen, stored or not.
 */
attendees: Array<Attendee>, 
/**
 * The import.
 */
input: AttendanceInput, };

/**
 * What a document could not show.
 */
export type PrintRemarks = { 
/**
 * Characters the typeface lacks; their codes were printed in their place.
 */
missing_glyphs: Array<string>, 
/**
 * Photos that cannot be read; a frame that says so was printed in their place.
 */
unreadable_photos: Array<string>, };

/**
 * Something missing or wrong in a record.
 */
export type Problem = { 
/**
 * Where, e.g. `witnesses[2].name`; the number is the place in the list, from 0.
 */
field: string, 
/**
 * The message key of the field's name, e.g. `field-witness-name`.
 */
label: string, 
/**
 * The message key of what is wrong, in `problems.ftl`.
 */
message: string, 
/**
 * What stands in the message.
 */
args: { [key in string]: string }, 
/**
 * How much it weighs.
 */
severity: Severity, 
/**
 * The part of the form it belongs to; its name is the message `section-<record>-<section>`.
 */
section: string, };

/**
 * A reason for a verdict other than genuine; the screen words it.
 */
export type ProblemCode = "not_pdf" | "damaged" | "encrypted" | "unsigned" | "byte_range" | "signature_malformed" | "unsupported_algorithm" | "digest_mismatch" | "signature_mismatch" | "signer_mismatch" | "unknown_authority" | "certificate_expired" | "certificate_not_yet_valid" | "certificate_revoked" | "certificate_usage" | "changed_after_signing" | "changed_after_lock";

/**
 * The person at the laptop.
 */
export type Profile = { 
/**
 * Full name.
 */
name: string, 
/**
 * Jabatan.
 */
position: string, 
/**
 * Code of the role: `petugas`, `pengawas_kabkota`, …
 */
role: string, 
/**
 * What the person records for.
 */
scope: Scope, 
/**
 * The name of that region, e.g. `Kec. Nusaniwe, Kota Ambon`.
 */
scope_name: string, 
/**
 * The officer's certificate and server; `null` before enrolment.
 */
enrolment: EnrolmentNotice | null, };

/**
 * Keeps a draft.
 */
export type PutDraft = { 
/**
 * What it is of.
 */
subject: DraftSubject, 
/**
 * The record.
 */
id: RecordId, 
/**
 * The record's kind.
 */
kind: RecordKind, 
/**
 * What it is called in the list of drafts.
 */
title: string, 
/**
 * The form's content: what the save command takes.
 */
content: unknown, };

/**
 * Asks for a page of a record's history.
 */
export type ReadHistory = { 
/**
 * The record.
 */
id: RecordId, 
/**
 * Only this person's saves.
 */
person: string | null, 
/**
 * Only saves that changed the field with this name, or a part on the list with this name.
 */
field: string | null, 
/**
 * The `next` of the page before, `null` for the first.
 */
after: string | null, };

/**
 * Names a stored record.
 */
export type ReadRecord = { 
/**
 * The record.
 */
id: RecordId, };

/**
 * A message with its arguments; the texts are in `attendance.ftl`.
 */
export type Reason = { 
/**
 * Its message key.
 */
reason: string, 
/**
 * What stands in it.
 */
args: { [key in string]: string }, };

/**
 * A receipt.
 */
export type ReceiptEntry = { 
/**
 * First and last save it covers.
 */
first_seq: number, 
/**
 * How many saves.
 */
count: number, 
/**
 * When the server took them in.
 */
received_at: string, 
/**
 * Hash of the segment, hexadecimal.
 */
hash: string, };

/**
 * What somebody may do with a record.
 */
export type RecordAccess = "write" | "read" | "deleted" | "left";

/**
 * What a save did to the record or to one part of it.
 */
export type RecordChanges = { 
/**
 * The record or part.
 */
record: RecordId, 
/**
 * What it is; `null` for a kind of a later version.
 */
kind: RecordKind | null, 
/**
 * What it is called, empty if nothing names it.
 */
title: string, 
/**
 * For a part, the name of the list it stands or stood on.
 */
list: string | null, 
/**
 * What became of it as a whole.
 */
fate: Fate, 
/**
 * What changed in it.
 */
changes: Array<HistoryChange>, };

/**
 * A stored record with what surrounds it.
 */
export type RecordDetail<R> = { 
/**
 * The record.
 */
record: R, 
/**
 * What is known about it.
 */
meta: RecordMeta, 
/**
 * Deadline of a finding, with the rule that gives it.
 */
deadline: DeadlineNotice | null, 
/**
 * Records made from this one.
 */
derived: Array<RecordRow>, 
/**
 * Documents issued from it.
 */
documents: Array<RecordRow>, };

/**
 * A page of a record's history.
 */
export type RecordHistory = { 
/**
 * What the record is.
 */
kind: RecordKind, 
/**
 * What it is called in lists.
 */
title: string, 
/**
 * The saves, the latest first.
 */
entries: Array<HistoryEntry>, 
/**
 * What to ask the next page with, `null` after the last.
 */
next: string | null, 
/**
 * How many saves the whole history has.
 */
total: number, 
/**
 * How many of them are in the province only.
 */
absent: number, 
/**
 * Those were asked for and come with the next exchanges.
 */
coming: boolean, };

/**
 * Identifies a record for ever, on every device: a UUIDv7 (RFC 9562).
 */
export type RecordId = string;

/**
 * The kinds of records and of their child records. Numbers are never reused.
 */
export type RecordKind = "supervision_report" | "finding" | "outreach_event" | "issued_document" | "supervision_activity" | "witness" | "evidence_item" | "attachment" | "reported_person" | "speaker" | "invited_agency" | "attendee" | "comment";

/**
 * Asks for a page of records.
 */
export type RecordList = { 
/**
 * Which kind.
 */
kind: RecordKind, 
/**
 * Only those that hold this text; empty for all.
 */
text: string, 
/**
 * Only those with this status; empty for all.
 */
status: string, 
/**
 * Those that were deleted, instead of those that stand.
 */
deleted: boolean, 
/**
 * The `next` of the page before, `null` for the first.
 */
after: string | null, };

/**
 * What is known about a record besides its fields.
 */
export type RecordMeta = { 
/**
 * The record.
 */
id: RecordId, 
/**
 * Its kind.
 */
kind: RecordKind, 
/**
 * Where it belongs.
 */
scope: Scope, 
/**
 * The name of that region, as the tables have it.
 */
scope_name: string, 
/**
 * Code of the status that holds.
 */
status: string, 
/**
 * The step that led there, `null` while none was taken.
 */
last_step: StepTaken | null, 
/**
 * Two concurrent steps wait for a person's decision.
 */
needs_decision: boolean, 
/**
 * The status has consequences in law and the province has not received the step: until then it is a request.
 */
requested: boolean, 
/**
 * It was deleted, and is back because somebody who did not know edited it.
 */
revived: boolean, 
/**
 * How many parts were taken out and are back because somebody who did not know edited them.
 */
returned_parts: number, 
/**
 * It holds changes that only a later version of the program can show.
 */
holds_later: boolean, 
/**
 * What the person at this laptop may do with it.
 */
access: RecordAccess, 
/**
 * Whether the person at this laptop may move it to another office.
 */
may_move: boolean, 
/**
 * What keeps it from being deleted; `null` if nothing does.
 */
undeletable: Undeletable | null, 
/**
 * It was deleted.
 */
deleted: boolean, 
/**
 * Why, when and by whom it was deleted, also where it is back.
 */
deletion: Deletion | null, 
/**
 * Steps open to the person at this laptop, by code of the status they lead to.
 */
next_statuses: Array<string>, 
/**
 * Whether it has reached the server.
 */
delivery: Delivery, 
/**
 * Who made it.
 */
author: string, 
/**
 * When it was last changed.
 */
updated_at: string, 
/**
 * The version to send back when storing it.
 */
version: string, 
/**
 * Fields with more than one value.
 */
conflicts: Array<ConflictEntry>, };

/**
 * A page of records.
 */
export type RecordPage = { 
/**
 * The records, newest first.
 */
rows: Array<RecordRow>, 
/**
 * What to ask the next page with, `null` after the last.
 */
next: string | null, 
/**
 * How many match in all.
 */
total: number, };

/**
 * A record in a list.
 */
export type RecordRow = { 
/**
 * The record.
 */
id: RecordId, 
/**
 * Its kind.
 */
kind: RecordKind, 
/**
 * What it is called in lists.
 */
title: string, 
/**
 * A second line.
 */
subtitle: string, 
/**
 * Code of its status.
 */
status: string, 
/**
 * Two concurrent steps wait for a person's decision.
 */
needs_decision: boolean, 
/**
 * The day it is about.
 */
date: string | null, 
/**
 * When it was last changed.
 */
updated_at: string, 
/**
 * Whether it has reached the server.
 */
delivery: Delivery, 
/**
 * How many of its fields have more than one value.
 */
conflicts: number, 
/**
 * The name of the region it belongs to.
 */
scope_name: string, };

/**
 * Asks for records of any kind.
 */
export type RecordSearch = { 
/**
 * Words they hold.
 */
text: string, };

/**
 * Where a record stands between the officer who wrote it and the reviewer.
 */
export type RecordStatus = string;

/**
 * Makes the store anew from a backup and from all that can be read of the present file.
 */
export type RecoverStore = { 
/**
 * The officer's passphrase.
 */
passphrase: string, 
/**
 * Which backup; `null` for the newest good one, or none if there is none.
 */
backup: number | null, };

/**
 * What a recovery came to, and the store that is open since.
 */
export type RecoveredStore = { 
/**
 * Where the program stands now.
 */
state: AppState, 
/**
 * What was saved.
 */
report: RecoveryReport, };

/**
 * What a recovery saved and what it did not, in words.
 */
export type RecoveryReport = { 
/**
 * Whether nothing is missing.
 */
complete: boolean, 
/**
 * One sentence each: what it was built on, what was saved, what is missing, where the old file lies.
 */
lines: Array<string>, };

/**
 * One row of the table.
 */
export type Region = { 
/**
 * The Kemendagri code.
 */
code: RegionCode, 
/**
 * The name without its level, except for regencies, whose name carries it: `Kota Ambon`.
 */
name: string, 
/**
 * What kind of area it is.
 */
level: RegionLevel, };

/**
 * Asks for the regions directly below one.
 */
export type RegionChildren = { 
/**
 * The region above, `null` for the provinces.
 */
parent: RegionCode | null, };

/**
 * A Kemendagri region code: `PP`, `PP.KK`, `PP.KK.CC` or `PP.KK.CC.DDDD`.
 *
 * The type only promises the shape; whether the code exists is asked of a dated region table.
 */
export type RegionCode = string;

/**
 * What an administrative area is called by law.
 */
export type RegionLevel = "province" | "regency" | "city" | "district" | "urban_village" | "village" | "customary_village";

/**
 * A region with the names of the areas around it, from the province down to itself.
 */
export type RegionPath = { 
/**
 * The region itself.
 */
region: Region, 
/**
 * The areas it lies in, the province first.
 */
within: Array<Region>, };

/**
 * Asks for regions by name.
 */
export type RegionSearch = { 
/**
 * Part of the name.
 */
text: string, };

/**
 * A row that is not taken over.
 */
export type Rejected = { 
/**
 * Its row in the file, from 1.
 */
row: number, 
/**
 * What it says, so that it can be found and typed by hand.
 */
text: string, 
/**
 * Its message key.
 */
reason: string, 
/**
 * What stands in it.
 */
args: { [key in string]: string }, };

/**
 * Terlapor.
 */
export type ReportedPerson = { 
/**
 * The record's identity.
 */
id: RecordId, 
/**
 * Nama.
 */
name: string, 
/**
 * Alamat.
 */
address: string, 
/**
 * Telepon, optional.
 */
phone: string, 
/**
 * Staff group.
 */
staff_group: StaffGroup | null, 
/**
 * NIP of PNS and PPPK, NRP of TNI and Polri; digits only, may be blank.
 */
staff_number: string, 
/**
 * Jabatan.
 */
position: string, 
/**
 * Instansi.
 */
agency: string, };

/**
 * Decides a conflict.
 */
export type ResolveConflict = { 
/**
 * The record or part that has the field.
 */
record: RecordId, 
/**
 * The field's name.
 */
field: string, 
/**
 * The value that shall hold, as JSON in the shape the record has it.
 */
value: unknown, 
/**
 * Why.
 */
note: string, };

/**
 * How safe the store is.
 */
export type Safekeeping = { 
/**
 * Nothing can be written at present ("hanya baca").
 */
read_only: boolean, 
/**
 * Why the last backup could not be made; `null` if it could.
 */
backup_failure: ErrorNotice | null, 
/**
 * The backups, newest first.
 */
backups: Array<BackupRow>, };

/**
 * Which of the laptops of the sample province this is.
 */
export type SampleLaptop = "officer" | "supervisor";

/**
 * The attendance list as it stands on the screen.
 */
export type SaveAttendance = { 
/**
 * The event.
 */
event: RecordId, 
/**
 * Every row; one that is gone is taken off the list.
 */
attendees: Array<Attendee>, 
/**
 * The list as it was read.
 */
seen: Seen<Array<Attendee>>, };

/**
 * A record to store.
 */
export type SaveRecord<R> = { 
/**
 * The record as edited.
 */
record: R, 
/**
 * What the officer had before them when they began, `null` for a new record. Only what they changed is
 * written, and what came in since then stays a concurrent value instead of being overwritten.
 */
seen: Seen<R> | null, };

/**
 * The part of the log that is read and granted as one: a region and, optionally, a compartment of it.
 *
 * `81.71.01` is open to the whole office; `81.71.01/terbatas` holds witnesses, reporters and ethics cases.
 */
export type Scope = string;

/**
 * A record as an officer saw it.
 */
export type Seen<R> = { 
/**
 * The record as it was read.
 */
record: R, 
/**
 * The version that came with it.
 */
version: string, };

/**
 * Signs that separate cells.
 */
export type Separator = "comma" | "semicolon" | "tab" | "bar";

/**
 * Chooses a language.
 */
export type SetLanguage = { 
/**
 * `id` or `en`.
 */
language: string, };

/**
 * How much a problem weighs.
 */
export type Severity = "error" | "warning" | "hint";

/**
 * L or P, as attendance lists have it.
 */
export type Sex = string;

/**
 * What stood before a change.
 */
export type ShownBefore = { 
/**
 * The values, each once; none if nothing stood there.
 */
values: Array<unknown>, 
/**
 * Whether there were others, which are not on this laptop.
 */
incomplete: boolean, };

/**
 * One signature of the document.
 */
export type SignatureReport = { 
/**
 * Name of the signature field.
 */
field: string, 
/**
 * Number of the revision it signs, counted from 1.
 */
revision: number, 
/**
 * Name in the signer's certificate; empty when the signature cannot be read.
 */
signer: string, 
/**
 * Position in the certificate.
 */
position: string, 
/**
 * Office in the certificate.
 */
office: string, 
/**
 * Who issued the certificate.
 */
issuer: string, 
/**
 * Serial number of the certificate, hexadecimal.
 */
serial: string, 
/**
 * The time the signer's own clock claimed; nobody else attests it.
 */
signed_at: string | null, 
/**
 * The signed bytes are as they were signed.
 */
intact: boolean, 
/**
 * A trusted authority stands behind the signer.
 */
trusted: boolean, 
/**
 * It signs the file to its last byte; an earlier signature covers an earlier revision only.
 */
covers_whole_file: boolean, 
/**
 * Everything found wrong with this signature.
 */
problems: Array<ProblemCode>, };

/**
 * What kind of list the input is.
 */
export type SourceFormat = "table" | "meeting_report" | "names";

/**
 * Narasumber.
 */
export type Speaker = { 
/**
 * The record's identity.
 */
id: RecordId, 
/**
 * Nama.
 */
name: string, 
/**
 * Instansi.
 */
agency: string, 
/**
 * Jabatan.
 */
position: string, 
/**
 * Materi.
 */
topic: string, };

/**
 * Groups of public staff, and others.
 */
export type StaffGroup = string;

/**
 * A step of the workflow, as its author took it.
 */
export type StepTaken = { 
/**
 * Code of the status it led to.
 */
to: string, 
/**
 * Why, empty if nobody said.
 */
reason: string, 
/**
 * Who took it, empty if their name is not known here.
 */
author: string, 
/**
 * When, by the author's clock.
 */
taken_at: string, };

/**
 * A sealed file on a stick.
 */
export type StickFile = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its length in bytes.
 */
byte_length: number, 
/**
 * What is known of it if it is for this laptop.
 */
waybill: StickWaybill | null, 
/**
 * Why it is not taken.
 */
refusal: ErrorNotice | null, };

/**
 * Who packed a file for this laptop.
 */
export type StickWaybill = { 
/**
 * Who packed it, in words.
 */
from: string, 
/**
 * When, by the packer's clock.
 */
packed_at: string, 
/**
 * Which part it is, from 1.
 */
part: number, 
/**
 * Of how many.
 */
parts: number, };

/**
 * II: one supervised activity.
 */
export type SupervisionActivity = { 
/**
 * The record's identity.
 */
id: RecordId, 
/**
 * Bentuk.
 */
form: string, 
/**
 * Tujuan.
 */
purpose: string, 
/**
 * Sasaran.
 */
target: string, 
/**
 * Hari, tanggal.
 */
date: string | null, 
/**
 * Pukul awal.
 */
starts_at: string | null, 
/**
 * Pukul akhir.
 */
ends_at: string | null, 
/**
 * Tempat.
 */
place: string, };

/**
 * Laporan Hasil Pengawasan, sections I to V.
 */
export type SupervisionReport = { 
/**
 * The record's identity.
 */
id: RecordId, 
/**
 * Where it stands in its workflow; changed by transitions only.
 */
status: RecordStatus | null, 
/**
 * Comments of reviewers.
 */
comments: Array<Comment>, 
/**
 * Pemilu or Pemilihan; decides wording and deadlines.
 */
regime: ElectionRegime | null, 
/**
 * NOMOR.
 */
number: string, 
/**
 * I: tahapan yang diawasi.
 */
stage: string, 
/**
 * I: nama pelaksana tugas.
 */
officer_name: string, 
/**
 * I: jabatan.
 */
officer_position: string, 
/**
 * I: nomor surat perintah tugas.
 */
assignment_number: string, 
/**
 * I: alamat.
 */
officer_address: string, 
/**
 * II: kegiatan pengawasan.
 */
activities: Array<SupervisionActivity>, 
/**
 * III: uraian singkat hasil pengawasan.
 */
findings_summary: Narrative, 
/**
 * IV: whether there is information on an alleged violation.
 */
has_alleged_violation: boolean | null, 
/**
 * IV.1: peristiwa.
 */
event: string, 
/**
 * IV.1: tempat kejadian.
 */
event_place: string, 
/**
 * IV.1: tanggal kejadian.
 */
event_date: string | null, 
/**
 * IV.1: pukul kejadian.
 */
event_time: string | null, 
/**
 * IV.1: pelaku.
 */
perpetrator_name: string, 
/**
 * IV.1: alamat pelaku.
 */
perpetrator_address: string, 
/**
 * IV.2: saksi.
 */
witnesses: Array<Witness>, 
/**
 * IV.3 and IV.4: alat bukti, barang bukti.
 */
evidence: Array<EvidenceItem>, 
/**
 * IV.5: uraian singkat dugaan pelanggaran.
 */
violation_summary: Narrative, 
/**
 * IV.6: fakta dan keterangan.
 */
facts: Narrative, 
/**
 * IV.7: analisa.
 */
analysis: Narrative, 
/**
 * V: whether there is information on a potential dispute.
 */
has_potential_dispute: boolean | null, 
/**
 * V.1: peserta Pemilu.
 */
dispute_participant: string, 
/**
 * V.1: tempat.
 */
dispute_place: string, 
/**
 * V.1: waktu.
 */
dispute_date: string | null, 
/**
 * V.2: bentuk objek sengketa.
 */
dispute_object_form: string, 
/**
 * V.2: identitas objek sengketa.
 */
dispute_object_identity: string, 
/**
 * V.2: hari/tanggal dikeluarkan.
 */
dispute_object_issued: string | null, 
/**
 * V.2: kerugian langsung.
 */
dispute_direct_loss: string, 
/**
 * V.3: uraian singkat potensi sengketa.
 */
dispute_summary: Narrative, 
/**
 * Place of the signature line.
 */
signed_place: string, 
/**
 * Date of the signature line.
 */
signed_date: string | null, 
/**
 * Dokumentasi.
 */
attachments: Array<Attachment>, 
/**
 * Village or district the report is about, as a region code.
 */
region: RegionCode | null, };

/**
 * Moves to the other laptop.
 */
export type SwitchSampleLaptop = { 
/**
 * Which.
 */
laptop: SampleLaptop, };

/**
 * Where synchronization stands.
 */
export type SyncState = { 
/**
 * What the link is doing.
 */
phase: LinkPhase, 
/**
 * Whether the officer wants no exchange of its own accord now.
 */
paused: boolean, 
/**
 * Saves without a receipt.
 */
waiting_saves: number, 
/**
 * Bytes of records still to send.
 */
waiting_bytes: number, 
/**
 * Attachments still to send.
 */
waiting_attachments: number, 
/**
 * Bytes of attachments still to send.
 */
waiting_attachment_bytes: number, 
/**
 * Saves with a receipt.
 */
sent_saves: number, 
/**
 * When the server last answered.
 */
last_contact: string | null, 
/**
 * When the next try begins.
 */
next_attempt: string | null, 
/**
 * Why the last try failed.
 */
failure: ErrorNotice | null, 
/**
 * What the last exchange cost.
 */
last_exchange: ExchangeFigures | null, 
/**
 * How far an exchange under way is.
 */
progress: ExchangeProgress | null, 
/**
 * What may go over links that cost money, and what went.
 */
data_plan: DataPlanState, 
/**
 * How much came in but does not count yet.
 */
held: number, 
/**
 * The names of the offices whose records the province signed otherwise than their authors did.
 */
disputed: Array<string>, 
/**
 * Newest receipts first.
 */
receipts: Array<ReceiptEntry>, 
/**
 * What is known about this laptop's clock.
 */
clock: ClockNotice, };

/**
 * Moves a record in its workflow.
 */
export type TransitionRecord = { 
/**
 * The record.
 */
id: RecordId, 
/**
 * Code of the status it shall have.
 */
to: string, 
/**
 * Why; needed to return a record.
 */
reason: string, };

/**
 * Turns listening on or off.
 */
export type TurnNearby = { 
/**
 * Whether this laptop is to listen.
 */
on: boolean, };

/**
 * Why a record has to stay.
 */
export type Undeletable = "handed_in" | "has_documents" | "has_derived" | "is_document";

/**
 * Opens the store.
 */
export type Unlock = { 
/**
 * The officer's passphrase.
 */
passphrase: string, };

/**
 * What an upload was stored as.
 */
export type Uploaded = { 
/**
 * The name of the bytes.
 */
blob: BlobHash, 
/**
 * Their length.
 */
byte_length: number, };

/**
 * How near a deadline is.
 */
export type Urgency = { "kind": "overdue", 
/**
 * Calendar days since.
 */
days: number, } | { "kind": "today" } | { "kind": "soon", 
/**
 * Calendar days left.
 */
days: number, } | { "kind": "later", 
/**
 * Calendar days left.
 */
days: number, };

/**
 * The one answer about a document, from best to worst; the worst finding wins.
 */
export type Verdict = "genuine" | "untrusted" | "unsigned" | "altered" | "damaged" | "not_pdf";

/**
 * The result of verifying one document.
 */
export type Verification = { 
/**
 * The one answer.
 */
verdict: Verdict, 
/**
 * The signatures in the order they were made.
 */
signatures: Array<SignatureReport>, 
/**
 * Signature fields still empty.
 */
unsigned_fields: Array<string>, 
/**
 * How many signed revisions the file has.
 */
revisions: number, 
/**
 * Everything found wrong, all signatures together.
 */
problems: Array<VerificationProblem>, };

/**
 * What was found, and at which signature.
 */
export type VerificationProblem = { 
/**
 * What is wrong.
 */
code: ProblemCode, 
/**
 * Name of the signature field it concerns, if it concerns one.
 */
field: string | null, };

/**
 * Holds the bytes that are here against what the record says of them.
 */
export type VerifyAttachment = { 
/**
 * The photo or file.
 */
blob: BlobHash, 
/**
 * The SHA-256 in the record, hexadecimal.
 */
sha256: string, };

/**
 * A document to check.
 */
export type VerifyDocument = { "from": "issued", 
/**
 * Its file.
 */
blob: BlobHash, } | { "from": "file", 
/**
 * Its bytes.
 */
base64: string, };

/**
 * The four classes of violation.
 */
export type ViolationClass = string;

/**
 * Saksi.
 */
export type Witness = { 
/**
 * The record's identity.
 */
id: RecordId, 
/**
 * Nama.
 */
name: string, 
/**
 * Alamat.
 */
address: string, 
/**
 * Nomor telepon, optional.
 */
phone: string, };

/** Where the program stands: first run, locked or open, and whose laptop it is. */
export function app_state(): Promise<AppState> {
  return call('app_state', {});
}

/** Chooses the language of messages: `id` or `en`. */
export function set_language(args: SetLanguage): Promise<Done> {
  return call('set_language', args);
}

/** Makes the encrypted store of a new officer and opens it. */
export function create_office(args: CreateOffice): Promise<AppState> {
  return call('create_office', args);
}

/** Opens the store with a passphrase. */
export function unlock(args: Unlock): Promise<AppState> {
  return call('unlock', args);
}

/** Closes the store; nothing is deleted. */
export function lock(): Promise<AppState> {
  return call('lock', {});
}

/** Reads an invitation and says what it grants, without using it. */
export function read_invitation(args: InvitationText): Promise<InvitationSummary> {
  return call('read_invitation', args);
}

/** Fetches the invitation that a short code stands for, without using it. */
export function fetch_invitation(args: InvitationCode): Promise<FetchedInvitation> {
  return call('fetch_invitation', args);
}

/** Uses an invitation: registers the device and fetches the officer's certificate. */
export function enrol(args: Enrol): Promise<AppState> {
  return call('enrol', args);
}

/** Uses an invitation without a network: makes a request that goes by stick. */
export function enrol_by_stick(args: Enrol): Promise<AppState> {
  return call('enrol_by_stick', args);
}

/** Whether the store can be written, and its backups. */
export function safekeeping(): Promise<Safekeeping> {
  return call('safekeeping', {});
}

/** The backups of the store, which may be closed. */
export function backup_list(): Promise<Array<BackupRow>> {
  return call('backup_list', {});
}

/** Makes a backup now. */
export function backup_now(): Promise<Safekeeping> {
  return call('backup_now', {});
}

/** Makes the store anew from a backup and from all that can be read of it, and says what is missing. */
export function recover_store(args: RecoverStore): Promise<RecoveredStore> {
  return call('recover_store', args);
}

/** Opens the sample province, making it on first use. */
export function open_sample(): Promise<AppState> {
  return call('open_sample', {});
}

/** Moves to the other laptop of the sample province. */
export function switch_sample_laptop(args: SwitchSampleLaptop): Promise<AppState> {
  return call('switch_sample_laptop', args);
}

/** Leaves the sample province. */
export function leave_sample(): Promise<AppState> {
  return call('leave_sample', {});
}

/** The regions directly below a code, or the provinces. */
export function region_children(args: RegionChildren): Promise<Array<Region>> {
  return call('region_children', args);
}

/** Regions whose name holds a text. */
export function region_search(args: RegionSearch): Promise<Array<RegionPath>> {
  return call('region_search', args);
}

/** What the first screen shows: deadlines, drafts, counts, newest records. */
export function home(): Promise<Home> {
  return call('home', {});
}

/** Records of any kind that hold a text. */
export function record_search(args: RecordSearch): Promise<Array<RecordRow>> {
  return call('record_search', args);
}

/** A page of one kind's records, newest first. */
export function record_list(args: RecordList): Promise<RecordPage> {
  return call('record_list', args);
}

/** A new report with what is known filled in; nothing is stored yet. */
export function supervision_report_new(): Promise<SupervisionReport> {
  return call('supervision_report_new', {});
}

/** A stored report. */
export function supervision_report_read(args: ReadRecord): Promise<RecordDetail<SupervisionReport>> {
  return call('supervision_report_read', args);
}

/** Every problem of a report as it stands on the screen. */
export function supervision_report_check(args: CheckRecord<SupervisionReport>): Promise<Array<Problem>> {
  return call('supervision_report_check', args);
}

/** Stores a report and removes its draft. */
export function supervision_report_save(args: SaveRecord<SupervisionReport>): Promise<RecordDetail<SupervisionReport>> {
  return call('supervision_report_save', args);
}

/** A new finding; nothing is stored yet. */
export function finding_new(): Promise<Finding> {
  return call('finding_new', {});
}

/** A new finding filled from a report; nothing is stored yet. */
export function finding_from_report(args: ReadRecord): Promise<Finding> {
  return call('finding_from_report', args);
}

/** A stored finding. */
export function finding_read(args: ReadRecord): Promise<RecordDetail<Finding>> {
  return call('finding_read', args);
}

/** Every problem of a finding as it stands on the screen. */
export function finding_check(args: CheckRecord<Finding>): Promise<Array<Problem>> {
  return call('finding_check', args);
}

/** Stores a finding and removes its draft. */
export function finding_save(args: SaveRecord<Finding>): Promise<RecordDetail<Finding>> {
  return call('finding_save', args);
}

/** The deadline of a finding as it stands on the screen, with the rule that gives it. */
export function finding_deadline(args: CheckRecord<Finding>): Promise<DeadlineNotice | null> {
  return call('finding_deadline', args);
}

/** A new event; nothing is stored yet. */
export function outreach_event_new(): Promise<OutreachEvent> {
  return call('outreach_event_new', {});
}

/** A stored event, without its attendees. */
export function outreach_event_read(args: ReadRecord): Promise<RecordDetail<OutreachEvent>> {
  return call('outreach_event_read', args);
}

/** Every problem of an event as it stands on the screen. */
export function outreach_event_check(args: CheckRecord<OutreachEvent>): Promise<Array<Problem>> {
  return call('outreach_event_check', args);
}

/** Stores an event, leaving its attendees as they are, and removes its draft. */
export function outreach_event_save(args: SaveRecord<OutreachEvent>): Promise<RecordDetail<OutreachEvent>> {
  return call('outreach_event_save', args);
}

/** The attendance list of an event. */
export function attendance_read(args: ReadRecord): Promise<AttendanceList> {
  return call('attendance_read', args);
}

/** Stores the attendance list as it stands on the screen and removes its draft. */
export function attendance_save(args: SaveAttendance): Promise<AttendanceList> {
  return call('attendance_save', args);
}

/** What an import or a paste would add, merge, doubt and reject, and why. */
export function attendance_preview(args: PreviewAttendance): Promise<AttendancePreview> {
  return call('attendance_preview', args);
}

/** Takes an import into the attendance list as decided in the preview and stores it. */
export function attendance_accept(args: AcceptAttendance): Promise<AttendanceList> {
  return call('attendance_accept', args);
}

/** Keeps what is being typed, so that a crash loses nothing. */
export function draft_put(args: PutDraft): Promise<DraftSaved> {
  return call('draft_put', args);
}

/** The draft under a key, if there is one. */
export function draft_read(args: DraftKey): Promise<Draft | null> {
  return call('draft_read', args);
}

/** All drafts, newest first. */
export function draft_list(): Promise<Array<DraftRow>> {
  return call('draft_list', {});
}

/** Throws a draft away. */
export function draft_discard(args: DraftKey): Promise<Done> {
  return call('draft_discard', args);
}

/** Describes an uploaded photo or file as an attachment of a record. */
export function attachment_describe(args: DescribeAttachment): Promise<Attachment> {
  return call('attachment_describe', args);
}

/** Where a photo or file stands: waiting, sent, here or elsewhere. */
export function attachment_state(args: AskAttachment): Promise<AttachmentState> {
  return call('attachment_state', args);
}

/** Whether a file's bytes have the SHA-256 that stands in the record. */
export function attachment_verify(args: VerifyAttachment): Promise<boolean> {
  return call('attachment_verify', args);
}

/** Makes a document of a record, signed if a passphrase is given, and files it. */
export function document_issue(args: IssueDocument): Promise<DocumentDetail> {
  return call('document_issue', args);
}

/** A page of issued documents, newest first. */
export function document_list(args: ListDocuments): Promise<DocumentPage> {
  return call('document_list', args);
}

/** An issued document. */
export function document_read(args: ReadRecord): Promise<DocumentDetail> {
  return call('document_read', args);
}

/** Checks the signatures of an issued or an uploaded document. */
export function document_verify(args: VerifyDocument): Promise<Verification> {
  return call('document_verify', args);
}

/** A page of everything that was ever saved about a record, the latest first. */
export function record_history(args: ReadHistory): Promise<RecordHistory> {
  return call('record_history', args);
}

/** Asks the province for what is missing here of a record's history; it comes with the next exchanges. */
export function history_fetch(args: ReadRecord): Promise<Done> {
  return call('history_fetch', args);
}

/** Moves a record in its workflow: submit, return, accept. */
export function record_transition(args: TransitionRecord): Promise<RecordMeta> {
  return call('record_transition', args);
}

/** The offices that the person at this laptop may move a record to. */
export function record_destinations(args: ReadRecord): Promise<Array<RegionPath>> {
  return call('record_destinations', args);
}

/** Moves a record with its parts to another office, with the reason. */
export function record_move(args: MoveRecord): Promise<RecordMeta> {
  return call('record_move', args);
}

/** Deletes a record that nothing was made of, with the reason. */
export function record_delete(args: DeleteRecord): Promise<RecordMeta> {
  return call('record_delete', args);
}

/** Takes a record's deletion back, with its parts; also of one that came back because somebody had edited it. */
export function record_restore(args: ReadRecord): Promise<RecordMeta> {
  return call('record_restore', args);
}

/** Adds a comment to a record. */
export function comment_add(args: AddComment): Promise<RecordMeta> {
  return call('comment_add', args);
}

/** Every conflict that waits for a person. */
export function conflict_list(): Promise<Array<ConflictEntry>> {
  return call('conflict_list', {});
}

/** Decides a conflict: one of its values or a new one, with the reason. */
export function conflict_resolve(args: ResolveConflict): Promise<RecordMeta> {
  return call('conflict_resolve', args);
}

/** Everything that came in but does not count yet, with the way out of each. */
export function held_list(): Promise<Held> {
  return call('held_list', {});
}

/** Begins a new lane after this laptop's own was frozen. */
export function held_begin_lane(): Promise<Held> {
  return call('held_begin_lane', {});
}

/** Where synchronization stands, truthfully. */
export function sync_state(): Promise<SyncState> {
  return call('sync_state', {});
}

/** Synchronizes now. */
export function sync_now(): Promise<SyncState> {
  return call('sync_now', {});
}

/** Pauses synchronization or lets it go on. */
export function sync_pause(args: PauseSync): Promise<SyncState> {
  return call('sync_pause', args);
}

/** Says what may go over links that cost money. */
export function sync_data_plan(args: ChangeDataPlan): Promise<SyncState> {
  return call('sync_data_plan', args);
}

/** Whom a stick can be packed for, and what is on its way by stick. */
export function courier_state(): Promise<CourierState> {
  return call('courier_state', {});
}

/** What a stick would hold, without writing one. */
export function courier_plan(args: CourierPlan): Promise<CourierContents> {
  return call('courier_plan', args);
}

/** Puts it on the stick that was chosen. */
export function courier_pack(args: CourierPlan): Promise<CourierPacked> {
  return call('courier_pack', args);
}

/** The sealed files on the stick that was chosen, and whether they are for this laptop; nothing is taken. */
export function courier_look(): Promise<Array<StickFile>> {
  return call('courier_look', {});
}

/** Takes what the stick that was chosen has for this laptop. */
export function courier_take(): Promise<CourierTaken> {
  return call('courier_take', {});
}

/** The laptops nearby, and whether this one listens for them. */
export function nearby_state(): Promise<NearbyState> {
  return call('nearby_state', {});
}

/** Has this laptop listen, or not. */
export function nearby_turn(args: TurnNearby): Promise<NearbyState> {
  return call('nearby_turn', args);
}

/** Calls a laptop: exchanges with a paired one, shows a code with another. */
export function nearby_call(args: CallNearby): Promise<NearbyCalled> {
  return call('nearby_call', args);
}

/** Says whether both screens show the same code, and waits for the other officer. */
export function nearby_confirm(args: ConfirmNearby): Promise<NearbyState> {
  return call('nearby_confirm', args);
}

/** Forgets the pairing with a laptop; what was exchanged stays. */
export function nearby_forget(args: ForgetNearby): Promise<Done> {
  return call('nearby_forget', args);
}

