# The attendance list: typing, pasting and importing participants.

attendees-title = Attendance list
attendees-number = No
attendees-group = Group
attendees-name-here = Type a name
attendees-remove = Remove row (Ctrl+Backspace)
attendees-removed = { $name } removed from the list
attendees-row = Row { $row }
attendees-sex-keys = Press L/M for male, P/F for female
attendees-group-keys = Press the first letter, or 1–7: PNS, PPPK, Contract, Village, TNI, Polri, Public
attendees-unsaved = Draft, not saved yet
attendees-saved = Attendance list saved
attendees-print = Print attendance list
attendees-save-first = Save first, so that what is printed is what is on screen
attendees-conflicts = { $count } fields have more than one value
attendees-to-review = Decide in Review

## Staff groups in one word
attendees-group-pns = PNS
attendees-group-pppk = PPPK
attendees-group-contract = Contract
attendees-group-village = Village
attendees-group-military = TNI
attendees-group-police = Polri
attendees-group-public = Public

## Keys
attendees-key-next = next field
attendees-key-copy = copy from above
attendees-key-insert = insert row
attendees-key-remove = remove row
attendees-key-paste = paste from a spreadsheet
attendees-key-leave = leave

## Totals
attendees-totals = Number of participants
attendees-people = participants
attendees-sex-unknown = without sex
attendees-group-unknown = without group
attendees-agencies = Participants by agency
attendees-agencies-count = { $count } agencies
attendees-agency-unknown = without agency
attendees-nameless = { $count } without name

## Possible duplicates
attendees-twice = { $count } possible duplicates
attendees-twice-staff-number = This NIP/NRP is already in row { $row }: { $name }
attendees-twice-phone = This phone number is already in row { $row }: { $name }
attendees-twice-name = This name is already in row { $row }: { $name }

## Import
attendees-import = Import CSV/Zoom
attendees-drop = Drop to import the attendance list
attendees-import-file = Import { $file }
attendees-import-pasted = Paste into the attendance list
attendees-reading = Reading the list…
attendees-summary = { $rows } rows read, { $people } people found
attendees-separator = separator { $separator }
attendees-header-row = headings in row { $row }
attendees-columns = What each column holds
attendees-column = Column { $number }
attendees-encoding-utf8 = UTF-8
attendees-encoding-utf16_le = UTF-16
attendees-encoding-utf16_be = UTF-16
attendees-encoding-windows1252 = Windows-1252
attendees-groups = What was found
attendees-added = Added
attendees-merged = Merged
attendees-doubted = Doubtful
attendees-rejected = Rejected
attendees-none = None
attendees-rows = { $count ->
    [1] row { $rows }
   *[other] { $count } rows: { $rows }
}
attendees-row-empty = (empty)
attendees-minutes = { $minutes } minutes
attendees-merged-rows = Several rows are merged into one person.
attendees-merged-into = Merged with row { $row } of the list.
attendees-filled = Filled in: { $fields }.
attendees-decide = Decision
attendees-decide-add = Add as someone else
attendees-decide-add-about = Becomes a new row of the list
attendees-decide-merge = { $number }. Merge with { $name }
attendees-already-listed = already on the list
attendees-decide-skip = Leave out
attendees-decide-skip-about = Does not come onto the list
attendees-decide-rest = { $count } undecided:
attendees-rest-add = Add all
attendees-rest-skip = Leave all out
attendees-is-added = add
attendees-is-merged = merge
attendees-is-skipped = leave out
attendees-other-person = other person
attendees-undecided = { $count } undecided, will be added
attendees-accept = { $merged ->
    [0] Add { $added } people
   *[other] Add { $added }, merge { $merged }
}
attendees-imported = { $added } added, { $merged } merged with people already listed, { $skipped } left out
