# Synchronization: where it really stands, in plain words.

sync-title = Synchronization
sync-now = Synchronize now
sync-pause = Pause
sync-resume = Resume
sync-unknown = The state of synchronization could not be read

## Before enrolment
sync-not-enrolled = This laptop is not enrolled with the provincial server
sync-not-enrolled-hint = You can do all your work. Every record is kept encrypted on this laptop and is sent whole once you use an invitation from the provincial Bawaslu. Until then documents print as “not signed”.
sync-enrol = Use an invitation
sync-enrolment = Enrolment and certificate

## State
sync-phase-done = All records have been sent
sync-phase-done-hint = Every save has a receipt from the server.
sync-phase-ready = Ready to synchronize
sync-phase-ready-hint = Waiting records are sent on their own within seconds when the server can be reached.
sync-phase-empty = Nothing needs to be sent yet
sync-phase-empty-hint = New records are sent on their own after saving.
sync-phase-waiting = Waiting for a network
sync-phase-waiting-hint = Your work is safe on this laptop and sending is tried again on its own.
sync-phase-waiting-in = The next try is in { $time }. Your work is safe on this laptop.
sync-phase-paused = Paused
sync-phase-paused-hint = Nothing is sent or fetched on its own until you resume. Records stay on this laptop.
sync-phase-exchanging = Synchronizing…
sync-phase-exchanging-hint = You can keep working. If the link breaks, what has a receipt is not sent again.
sync-phase-plan_used_up = The data limit is used up
sync-phase-plan_used_up-hint = Records wait until tomorrow, for a free link, or until you press “Synchronize now”.
sync-progress = { $size } left
sync-progress-time = { $size } left, about { $time } ({ $speed } a second)
sync-phase-failed = The last try failed
sync-phase-failed-hint = Press “Synchronize now” once the cause is dealt with.

## Figures
sync-waiting = Waiting
sync-waiting-none = Nothing
sync-waiting-saves = { $count } saves
sync-waiting-attachments = { $count } attachments ({ $size })
sync-sent = Sent
sync-sent-saves = { $count } saves
sync-sent-hint = With a receipt from the server
sync-contact = Last contact
sync-contact-none = Never
sync-contact-next = Next try in { $time }
sync-exchange = Last exchange
sync-exchange-none = None
sync-exchange-none-since = Since Arumbae was opened
sync-exchange-bytes = { $up } sent, { $down } received
sync-exchange-trips = { $count } round trips
sync-exchange-saves = { $sent } sent, { $received } received
sync-exchange-conflicts = { $count } new conflicts
sync-seconds = { $count } seconds
sync-minutes = { $count } minutes
sync-hours = { $count } hours
sync-days = { $count } days

## Clock
sync-clock-ahead = This laptop's clock is { $time } ahead of the server
sync-clock-behind = This laptop's clock is { $time } behind the server
sync-clock-implausible = The clock of this laptop shows { $date }, which is surely wrong
sync-clock-hint = Correct the date, time and time zone (WIT) in the laptop's settings. No record is refused for this, but times on reports and signatures are wrong too.

## Data plan
sync-plan = Data plan
sync-plan-hint = For links that cost money. Records always go first, then previews of photos, then whole photos.
sync-plan-day = At most a day
sync-plan-month = At most a month
sync-plan-unit = MB
sync-plan-none = no limit
sync-plan-number = Enter a number, such as 5 or 0.5, or leave it empty for no limit.
sync-plan-originals = Whole photos
sync-plan-originals-any = On any link
sync-plan-originals-free = On free links only
sync-plan-free = The present link is free
sync-plan-free-detail = An office's Wi-Fi, for example. Holds for four hours; nothing is counted.
sync-plan-today = Today
sync-plan-this-month = This month
sync-plan-of = { $spent } of { $limit }
sync-plan-save = Save limits
sync-plan-saved = Data plan saved

## Receipts
sync-receipts = Receipts
sync-receipts-hint = Signed by the server. Newest first.
sync-receipts-print = Save as PDF
sync-receipts-file = Receipts of the Province { $date }
sync-receipts-printed = Receipts saved
sync-receipts-none = No receipts yet
sync-receipts-none-hint = Once records reach the server, their receipts stand here.
sync-receipt-at = Received by the server
sync-receipt-saves = Saves
sync-receipt-range = { $first }–{ $last }
sync-receipt-count = Count
sync-receipt-hash = Fingerprint

## Quarantine
sync-reason-unreadable = This parcel is damaged and cannot be read.
sync-reason-unreadable-hint = The laptop it came from will send it again. If it stays here, ask the provincial Bawaslu.
sync-reason-fork = Two copies of the same laptop's data both sent records.
sync-reason-fork-hint = Usually because an old backup was restored. Its content is copied to a new lane and sent; make sure that only one laptop uses that data.
sync-reason-newer_format = This parcel was written by a newer Arumbae.
sync-reason-newer_format-hint = Install the newest Arumbae; the parcel is then read on its own.
sync-reason-no_right = The sender may not write in this area.
sync-reason-no_right-hint = Ask the provincial Bawaslu to check the sender's role. Once granted, the parcel is accepted on its own.
sync-reason-revoked = The sender's laptop has been revoked.
sync-reason-revoked-hint = Ask the provincial Bawaslu whether this parcel may still be accepted.
sync-reason-unknown_device = The sender's laptop is not known yet.
sync-reason-unknown_device-hint = Synchronize once more, so that the newest list of laptops is fetched.
sync-reason-bad_signature = This parcel's signature does not match.
sync-reason-bad_signature-hint = It may have been changed on the way. Do not use it; report it to the provincial Bawaslu.
sync-reason-body_mismatch = This parcel does not match its fingerprint.
sync-reason-body_mismatch-hint = It may have been changed on the way. Do not use it; report it to the provincial Bawaslu.
sync-reason-frozen_lane = This parcel follows a lane that is set aside.
sync-reason-frozen_lane-hint = Once the parcel before it is settled, this one is read on its own.
sync-reason-newer_compression = This parcel was compressed by a newer Arumbae.
sync-reason-newer_compression-hint = Install the newest Arumbae; the parcel is then read on its own.
sync-reason-undecodable = This parcel is genuine, but its content cannot be made out.
sync-reason-undecodable-hint = An undamaged copy is accepted as soon as it comes. If this stays here, ask the provincial Bawaslu.
sync-reason-later_policy = This parcel was written under a list of rights that has not reached this laptop.
sync-reason-later_policy-hint = Synchronize once more; as soon as the list is here, the parcel is judged on its own.
sync-reason-not_the_owner = The writer of this parcel does not own the laptop and is not registered in this region.
sync-reason-not_the_owner-hint = Ask the provincial Bawaslu to register the writer. The parcel is then accepted on its own.
sync-reason-foreign_scope = This parcel changes a record of a region its writer may not write.
sync-reason-foreign_scope-hint = Ask the provincial Bawaslu to check the writer's role. Once the right is given, the parcel is accepted on its own.
sync-reason-no_review = This parcel decides a review, but its writer does not review this region.
sync-reason-no_review-hint = Ask the provincial Bawaslu to check the writer's role. Once the right is given, the parcel is accepted on its own.
sync-reason-unknown_record = A change of a record that has not reached this laptop.
sync-reason-unknown_record-hint = As soon as the record comes, the change is part of it.
sync-reason-unknown_kind = A record of a new kind that this Arumbae does not know.
sync-reason-unknown_kind-hint = Install the newest Arumbae; the record then appears on its own.
sync-reason-unknown = The server refused this parcel for a reason this version does not know.
sync-reason-unknown-hint = Install the newest Arumbae or ask the provincial Bawaslu.
sync-disputed = The history of { $offices } does not add up to what the province signed.
sync-disputed-hint = Nothing is lost on this laptop. Delete nothing, and pass this sentence on to the provincial office: one side holds records that their authors did not write.
