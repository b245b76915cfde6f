# Findings (Formulir Model B.2) and their deadlines.

finding-write = Record finding
finding-untitled = Finding
finding-empty = No findings yet
finding-empty-hint = A finding is made from a report that holds an alleged violation, or recorded here directly.
finding-reported = Reported person
finding-reported-add = Add reported person
finding-reported-none = No reported person yet.
finding-known-hint = The deadline runs from this date.
finding-determined = Already determined
finding-not-determined = Not yet determined

## Deadline
finding-deadline = Deadline
finding-deadline-none = The deadline appears once the kind of election and the date it became known are filled in.
finding-deadline-rule = { $days } { $counting } from when it became known, { $from }.
finding-deadline-unverified = This counting is provisional.
finding-deadline-details = The rule and its source
finding-deadline-text = The rule
finding-deadline-source = Source
finding-deadline-remark = Remark
finding-holidays-skipped = Holidays not counted
finding-holidays-unknown = This year's holidays are not in the table yet, so the true deadline may be later.
finding-days-left = { $days } days left
finding-due-today = today
finding-overdue = { $days } days overdue
