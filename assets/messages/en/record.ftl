# What all records have in common: drafts, status, comments, conflicts, photos, witnesses, evidence.

record-yes = Yes
record-no = No
record-there-is = There is
record-details-kept = { $count } details are still filled in here.
record-details-clear = Clear the details
record-details-cleared = Details cleared
record-there-is-none = There is none

## Drafts and saving
record-draft-kept = Draft saved { $time }
record-draft-resumed = Continuing your draft of { $date }, { $time }.
record-draft-overtaken = This record has changed since the draft was begun. Saving will not overwrite what others changed.
record-draft-discard = Discard draft
record-draft-discarded = Draft discarded
record-saved = Saved on this laptop
record-edit = Edit
record-print = Print / sign

## Steps
record-step-submitted = Submit
record-step-accepted = Accept
record-step-returned = Return
record-done-submitted = Submitted for review
record-done-accepted = Accepted
record-done-returned = Returned to the officer
record-return-title = Return to the officer
record-return-explanation = The officer sees this reason, corrects the record and submits it again.
record-reason = Reason
record-read-only = Belongs to { $office }: you can read it, not change it.
record-left-hint = This is how it was when it moved. What that office changes afterwards does not reach this laptop.
record-move = Move…
record-move-title = Move to another office
record-move-explanation = The record moves with all its parts, photos and history. The office it leaves still sees that it was moved, and why.
record-move-to = Office
record-move-to-hint = A district or regency within the area you supervise.
record-move-nowhere = There is no other office within the area you supervise.
record-move-do = Move
record-moved = Moved to { $to }
record-requested = { $status }, waiting for the province's receipt
record-revived = This record was deleted, and is back because somebody who did not know of that edited it.
record-revived-hint = Look at it together with whoever deleted and whoever edited it, then keep it or delete it again.
record-keep = Keep
record-kept = Record kept
record-delete = Delete…
record-delete-title = Delete the record
record-delete-explanation = The record leaves the lists on all laptops. What it held and its history stay; it can be restored from the list, filtered by “Deleted”.
record-delete-do = Delete
record-deleted = Record deleted
record-deleted-by = Deleted by { $name }, { $at }:
record-deleted-draft = Saving the draft below brings the record back, to be reviewed.
record-restore = Restore
record-restored = Record restored
record-status-deleted = Deleted
record-undeletable-handed_in = A submitted record is not deleted; ask a supervisor to return it first.
record-undeletable-has_documents = It cannot be deleted because documents were issued from it.
record-undeletable-has_derived = It cannot be deleted because other records were made from it.
record-returned-parts =
  { $count ->
    [one] A part that was taken out is back, because somebody who did not know of that edited it.
   *[other] { $count } parts that were taken out are back, because somebody who did not know of that edited them.
  }
record-returned-parts-hint = Take them out again if they are not needed; the history says who took them out and who edited them.
record-holds-later = Part of this record was written with a later version of the program.
record-holds-later-hint = Nothing is lost: it is kept, and shown once the program on this laptop is updated.
record-returned-by = Returned for correction. { $name }, { $at }:
record-answer = Read or answer in the comments
record-fill-first = { $count } fields must be completed before submitting
record-needs-decision = Needs a decision
record-delivery-sent = Sent
record-delivery-waiting = Waiting to be sent

## Right panel
record-panel = Completeness
record-tab-sections = Sections
record-tab-comments = Comments
record-tab-around = Details
record-problem-row = { $field } ({ $row })
record-problems-none = Nothing needs correcting.
record-comment = New comment
record-comment-about = About the field
record-comment-whole = The whole record
record-comment-add = Add comment
record-comments-none = No comments yet.
record-comment-save-first = Save this record first; then comments can be added.
record-author = Written by
record-region = Area
record-updated = Last changed
record-delivery = Delivery
record-documents = Documents
record-documents-none = No document has been issued yet.
record-derived = Findings from this report
record-derived-none = No findings yet.
record-not-stored-yet = This record is still a draft.

## Conflicts
record-conflicts = { $count } fields were written differently by two people. Choose what shall hold.
record-conflict-values = { $count } different values
record-conflict-own = { $name } (you)
record-conflict-decide = Decide…
record-conflict-title = Decide: { $field }
record-conflict-explanation = This field was changed on two laptops that did not know of each other. What is not chosen stays in the history.
record-conflict-anew = Write anew or combine
record-conflict-note = Reason for the decision
record-conflict-note-hint = Read by the colleague whose value is not chosen.
record-conflict-settle = Use this value
record-conflict-settled = The conflict is settled
record-empty-value = (empty)

## Reading
record-not-filled = Not filled in
record-none-listed = None yet
record-no-photos = No photos or files yet.
record-open-source = Open the report
record-file-gone = The file is no longer attached

## Photos and files
record-photos = Photos and files
record-photos-hint = JPEG, PNG or PDF, at most 20 MB. Photos can also be pasted with Ctrl+V.
record-photo-adding = Adding { $file }…
record-photo-refused = { $file } was not added. { $why }
record-photo-taken = taken { $at }
record-photo-elsewhere = The photo is not on this laptop yet
record-photo-waiting = Waiting to be sent
record-photo-preview-sent = Preview sent; the original waits for a good enough link
record-photo-sent = Sent
record-photo-preview-here = Preview only; the original is not on this laptop yet
record-photo-genuine = The file matches
record-photo-altered = The file does not match the record

## Witnesses and evidence
record-witness = Witness
record-witness-add = Add witness
record-witness-none = No witnesses yet.
record-evidence = Evidence
record-evidence-add = Add evidence
record-evidence-none = No evidence yet.
record-evidence-no-files = No photos yet

## Lists
record-search = Search number, title or text
record-any-status = Any status
record-column-title = Title and number
record-column-date = Date
record-column-status = Status
record-column-updated = Changed
record-column-delivery = Delivery
record-row-conflicts = { $count } different values
record-nothing-matches = Nothing matches
record-nothing-matches-hint = Try other words, or show every status.
record-clear-filters = Show all
