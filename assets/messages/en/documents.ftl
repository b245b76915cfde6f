# The wording of printed documents in English, for those who read the forms without knowing the language.
# Documents themselves are always printed in Indonesian.

## Every document
doc-page = Page { $page } of { $pages }
doc-identity = Document { $id }
doc-issued = Issued { $at }
doc-fingerprint = Data fingerprint { $hash }
doc-verify = Electronic signatures are verified on the original PDF file with Arumbae.
doc-sample = SAMPLE
doc-sample-note = SAMPLE – invented data, not an official document
doc-unsigned = not signed yet
doc-record = Data of { $title }
doc-none = None
doc-not-filled = –
doc-signature-field = Signature of { $position }: { $name }
doc-signed-at = { $place }, { $date }
doc-no-name = …………………………………
doc-photo = Figure { $number }. { $caption }
doc-photo-without-caption = Figure { $number }
doc-photo-unreadable = The photo cannot be shown: { $file }. The original file is still kept.

## Form A
doc-lhp-form = FORM MODEL A
doc-lhp-title-general = REPORT OF ELECTION SUPERVISION (PEMILU)
doc-lhp-title-regional = REPORT OF ELECTION SUPERVISION (PEMILIHAN)
doc-lhp-number = NUMBER : { $number }
doc-lhp-without-number = NUMBER : ………………………………………
doc-lhp-document-title = Supervision Report { $number }

doc-lhp-1-general = Supervisor (Pemilu)
doc-lhp-1-regional = Supervisor (Pemilihan)
doc-lhp-stage = Stage supervised
doc-lhp-officer = Name of the officer on duty
doc-lhp-position = Position
doc-lhp-assignment = Number of the assignment letter
doc-lhp-address = Address

doc-lhp-2 = Supervision Activities
doc-lhp-activity = Activity { $number }
doc-lhp-form-of = Form
doc-lhp-purpose = Purpose
doc-lhp-target = Target
doc-lhp-when-where = Time and place
doc-lhp-day = Day and date
doc-lhp-hours = Hours
doc-lhp-place = Place

doc-lhp-3 = Summary of the Findings

doc-lhp-4 = Information on an Alleged Violation
doc-lhp-event-block = Event
doc-lhp-event = Event
doc-lhp-event-place = Place
doc-lhp-event-time = Time
doc-lhp-perpetrator = Perpetrator
doc-lhp-perpetrator-address = Address
doc-lhp-witnesses = Witnesses
doc-lhp-witness = Name
doc-lhp-witness-address = Address
doc-lhp-proofs = Proofs
doc-lhp-exhibits = Exhibits
doc-lhp-violation = Summary of the alleged violation
doc-lhp-facts = Facts and statements
doc-lhp-analysis = Analysis

doc-lhp-5 = Information on a Potential Dispute
doc-lhp-dispute-block-general = Participant in the Pemilu
doc-lhp-dispute-block-regional = Participant in the Pemilihan
doc-lhp-dispute-participant = Participant
doc-lhp-dispute-place = Place
doc-lhp-dispute-time = Time
doc-lhp-dispute-object = Object of the dispute
doc-lhp-dispute-form = Form
doc-lhp-dispute-identity = Identity
doc-lhp-dispute-issued = Day and date issued
doc-lhp-dispute-loss = Direct loss
doc-lhp-dispute-summary = Summary of the potential dispute

doc-lhp-signer-general = Election Supervisor,
doc-lhp-signer-regional = Officer on duty,
doc-lhp-acknowledged = Acknowledged by,
doc-lhp-photos = DOCUMENTATION

## Attendance list
doc-receipts-title = RECEIPT OF THE PROVINCE
doc-receipts-document-title = Receipt of the Province
doc-receipts-officer = Officer
doc-receipts-position = Position
doc-receipts-office = Office
doc-receipts-laptop = Laptop
doc-receipts-key = Key of the province
doc-receipts-as-of = As of
doc-receipts-waiting = Saves not received yet
doc-receipts-none = The province has received nothing from this laptop yet.
doc-receipts-column-number = No
doc-receipts-column-received = Received by the province
doc-receipts-column-place = Area and number
doc-receipts-column-content = Content
doc-receipts-column-saves = Saves
doc-receipts-column-hash = Segment hash
doc-receipts-place = { $region }
    number { $number }
doc-receipts-more = and { $count } more
doc-receipts-left-out = { $count } older receipts are not printed.
doc-receipts-explanation = Each line is a receipt signed with the key of the province above; its time is that of the province's server. The whole receipts with their signatures are attached to this file as record.json. Whoever holds a segment can prove that the province received it at that time; what the records say is not printed here.
doc-attendance-title = ATTENDANCE LIST
doc-attendance-document-title = Attendance List of { $event }
doc-attendance-event = Event
doc-attendance-form = Kind of event
doc-attendance-basis = Basis
doc-attendance-day = Day and date
doc-attendance-hours = Hours
doc-attendance-place = Place
doc-attendance-link = Link
doc-attendance-organiser = Organiser
doc-attendance-speakers = Speakers
doc-attendance-speaker = { $name } ({ $role })
doc-attendance-column-number = No
doc-attendance-column-name = Name
doc-attendance-column-staff-number = NIP/NRP
doc-attendance-column-position = Position/Agency
doc-attendance-column-sex = M/F
doc-attendance-column-phone = Phone
doc-attendance-column-signature = Signature
doc-attendance-online = online, { $minutes } minutes
doc-attendance-empty = No one has been recorded yet.
doc-attendance-totals = Summary of attendance
doc-attendance-group = Group
doc-attendance-male = M
doc-attendance-female = F
doc-attendance-sex-unknown = Not stated
doc-attendance-sum = Total
doc-attendance-signer = Responsible for this list,

doc-outreach-socialization = Socialization
doc-outreach-webinar = Webinar
doc-outreach-podcast = Podcast
doc-outreach-declaration = Declaration
doc-outreach-pledge = Pledge
doc-outreach-assembly = Readiness assembly
doc-outreach-agreement = Signing of an agreement
doc-outreach-patrol = Supervision patrol
doc-mode-on_site = on site
doc-mode-online = online
doc-mode-hybrid = on site and online

doc-staff-pns = PNS (civil servants)
doc-staff-pppk = PPPK (contract civil servants)
doc-staff-contract = Non-civil-servant staff (PPNPN)
doc-staff-village = Village heads, officials and councils
doc-staff-military = TNI (armed forces)
doc-staff-police = Polri (police)
doc-staff-public = Public
doc-staff-unknown = Not stated

## Signature
doc-stamp-signed = Signed electronically by
doc-stamp-serial = Certificate { $serial }
doc-stamp-not-certified = Non-certified electronic signature (PP{"\u00A0"}71/2019 art.{"\u00A0"}60)
