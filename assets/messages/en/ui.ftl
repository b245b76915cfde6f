# Words of the interface components every screen uses.

## Actions
ui-add = Add
ui-remove = Remove
ui-cancel = Cancel
ui-close = Close
ui-save = Save
ui-undo = Undo
ui-retry = Try again
ui-back = Back
ui-next = Next
ui-open = Open
ui-more = More actions
ui-show = Show
ui-hide = Hide
ui-clear = Clear
ui-search = Search

## Fields
ui-required = required
ui-optional = if any
ui-characters = { $count } characters
ui-date-format = dd/mm/yyyy
ui-date-open-calendar = Open calendar
ui-date-calendar = Calendar
ui-date-previous-month = Previous month
ui-date-next-month = Next month
ui-date-not-understood = “{ $text }” is not a date. Write it like 14/02/2024.
ui-time-format = hh:mm
ui-time-not-understood = “{ $text }” is not a time. Write it like 08:30.
ui-choose = Choose…
ui-choose-or-type = Choose or type…
ui-type-to-search = Type to search…
ui-nothing-found = Nothing found
ui-searching = Searching…
ui-use-typed = Use “{ $text }”
ui-passphrase-show = Show passphrase
ui-passphrase-hide = Hide passphrase

## Repeated rows
ui-row-removed = { $name } removed
ui-row-number = { $name } { $number }
ui-row-remove = Remove { $name }

## Tables
ui-table-range = { $first }–{ $last } of { $total }
ui-table-range-open = { $first }–{ $last }
ui-table-previous = Previous page
ui-table-next = Next page
ui-table-loading = Loading…
ui-table-empty = Nothing here yet

## Messages
ui-reference = Reference
ui-info = Note
ui-warning = Attention
ui-error = Failed
ui-success = Done
ui-notifications = Notifications

## Sections of a form
ui-sections = Sections of the form
ui-sections-complete = { $done } of { $total } sections complete
ui-section-empty = empty
ui-section-partial = partly filled
ui-section-complete = complete
ui-section-problem = needs correction

## Saving
ui-saving = Saving…
ui-saved = Saved
ui-saved-at = Saved at { $time }
ui-save-failed = Not saved yet

## Files
ui-files-drop = Drag files here, paste, or
ui-files-choose = choose files
ui-files-release = Release to add

## Progress
ui-progress-percent = { $percent } done
