# What is missing in a record or looks wrong about it. Shown beside the field, so the field's name is not repeated.

problem-required = This is not filled in yet.
problem-expected = Better filled in; reports without it often come back.
problem-choose = Choose at least one.
problem-choose-there-is-or-not = Choose whether there is any.
problem-required-formal = Not filled in. It is a formal requirement of a finding.
problem-required-material = Not filled in. It is a material requirement of a finding.
problem-number-missing = There is no number yet. The document can be printed, with the number left blank.
problem-narrative-short = This is short. Write who, what, where, when and how.
problem-date-future = This date has not come yet. Check it.
problem-date-old = The year { $year } is long past. Check it.
problem-time-order = It ends before it starts. Check this, unless it went past midnight.
problem-negative = The number must not be below zero.
problem-region-unknown = The region code { $code } is not in the list ({ $edition }). Choose a region from the list, or leave it if the code is new.
problem-region-wide = Choose a district or village, so that the place is clear.

problem-no-activity = Add at least one supervised activity.
problem-no-witness = There is no witness yet. Add whoever saw or heard it.
problem-no-evidence = There is no evidence yet. Add photos, recordings or documents, if any.
problem-no-evidence-material = There is no evidence. It is a material requirement of a finding.
problem-evidence-file-gone = The photo or file of this evidence is no longer attached. Choose it again.
problem-perpetrator-missing = The perpetrator is not filled in. If unknown, write “belum diketahui”.
problem-section-denied-but-filled = Said to be none, but details are filled in. Clear them, or say that there is some.
problem-signed-too-early = The date of signing is before what is reported.
problem-no-photo = There is no photo yet.
problem-many-photos = The form usually has one to { $most } photos. Keep those that show most.
problem-attachment-without-file = The file is missing. Add it again.

problem-no-source-report = This finding is not linked to a supervision report yet.
problem-no-reported-person = Add at least one reported person. It is a formal requirement of a finding.
problem-known-date-missing = The date it became known is not filled in. The deadline of the finding runs from it.
problem-known-before-event = It became known before it happened.
problem-candidate-determined-missing = Say whether the candidate was already determined at the time; the kind of violation depends on it.

problem-no-issue = Choose the crucial issues that were covered.
problem-no-speaker = There is no speaker yet.
problem-no-attendee = The attendance list is empty.
problem-event-not-yet-held = The date of the event has not come, but people have already attended.
problem-link = A link usually begins with https://.
problem-attendees-without-agency = Attendees without an agency: { $count }.
problem-attendees-without-sex = Attendees without M/F: { $count }.
problem-phone = This telephone number looks wrong. Check how many digits it has.
problem-email = This e-mail address looks wrong; it has no @.

# Staff numbers: always advice, the number is kept as written.
problem-staff-number-blank = The NIP is not filled in. Referral to BKN needs a NIP or NIK.
problem-staff-number-length = A NIP has 18 digits; this one has { $digits }. Check it, or leave it if the source has it like this.
problem-staff-number-letters = This number contains letters or signs. A NIP has only digits.
problem-staff-number-rounded = A spreadsheet seems to have lost the last digits of this number. Take it from the original file.
problem-staff-number-birth-date = The first eight digits of the NIP are not a date of birth.
problem-staff-number-appointment = The year of appointment in the NIP does not fit the date of birth or has not come yet.
problem-staff-number-appointment-month = Digits 13 and 14 of a PNS's NIP must be a month (01–12). For a PPPK, choose that group.
problem-staff-number-sex = Digit 15 of the NIP must be 1 (male) or 2 (female).
problem-staff-number-not-service = This number is a NIP, but TNI and Polri use an NRP.
problem-staff-number-other-sex = The sex in the NIP differs from the one chosen.
