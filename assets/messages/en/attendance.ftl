# What the preview of an attendance import says.

# Rows that are not taken over
attendance-rejected-no-name = There is no name in this row.
attendance-rejected-empty-row = This row has a number but nothing else.
attendance-rejected-below-the-list = This row is a sum or a signature below the list, not an attendee.
attendance-rejected-name-too-long = The name column holds more than a name.
attendance-rejected-name-without-letters = The name column does not hold a person's name.
attendance-rejected-too-many-cells = This row has { $cells } columns, the list has { $columns }. A cell may contain the separator.
attendance-rejected-waiting-room = Was only in the waiting room and did not enter the meeting.

# Rows that are certainly one person
attendance-merged-same-staff-number = The staff number and the name are the same.
attendance-merged-same-email = The e-mail address and the name are the same.
attendance-merged-same-phone = The telephone number and the name are the same.
attendance-merged-same-name = The name is the same and nothing speaks against it.

# Rows a person must decide on
attendance-doubt-same-staff-number-other-name = Same staff number as { $other }, but another name. One of them may be mistyped.
attendance-doubt-same-email-other-name = Same e-mail address as { $other }, but another name. They may share an account.
attendance-doubt-same-phone-other-name = Same telephone number as { $other }, but another name.
attendance-doubt-same-name-other-staff-number = Same name and contact as { $other }, but another staff number.
attendance-doubt-same-name-other-agency = Same name as { $other }, but another agency.
attendance-doubt-same-name-other-email = Same name as { $other }, but another e-mail address.
attendance-doubt-same-name-other-phone = Same name as { $other }, but another telephone number.
attendance-doubt-same-name-other-sex = Same name as { $other }, but another sex.
attendance-doubt-single-name = One word only, the same as { $other }; may be someone else.
attendance-doubt-several-with-this-name = Several people are called { $other }. Choose which is meant.
attendance-doubt-similar-spelling = Spelt much like { $other }.
attendance-doubt-word-order = The same words as { $other } in another order.
attendance-doubt-abbreviation = May be short for { $other }, or the other way round.
attendance-doubt-missing-word = Differs from { $other } by one word.
attendance-doubt-device = This is the name of a device or an account, not of a person.
attendance-doubt-agency-only = Only an agency; no person is named.
attendance-doubt-parts = It is not clear which part is the name and which the agency.

# What was put right while reading
attendance-note-columns-guessed = There is no header; what the columns hold was guessed. Check before saving.
attendance-note-rows-in-quotes = Every row stood in quotation marks and was taken apart again.
attendance-note-windows-1252 = The file uses an old encoding (Windows-1252). Check accented letters.

# The input cannot be read
attendance-error-empty = There is nothing in it. Choose another file or copy the list again.
attendance-error-too-large = Too large for an attendance list ({ $megabytes } MB, { $rows } rows). Split it into several files.
attendance-error-spreadsheet-file = This is a spreadsheet file (xlsx, xls or ods). Save it as CSV, or copy the table and paste it here.
attendance-error-pdf = This is a PDF. Copy the list and paste it here, or ask for the CSV file.
attendance-error-not-text = This file is not a list in text form. Choose a CSV file.
attendance-error-no-name-column = No column of names was found. Give the column the heading “Nama”, or say what each column holds.
attendance-error-wrong-separator = The separator does not fit: { $header ->
    [comma] a comma
    [semicolon] a semicolon
    [tab] a tab
   *[bar] a bar
} in the header, but { $rows ->
    [comma] a comma
    [semicolon] a semicolon
    [tab] a tab
   *[bar] a bar
} in the rows. Choose the right separator, or save the file again with one.

# What a column holds
attendance-column-name = Name
attendance-column-staff_number = Staff number (NIP or NRP)
attendance-column-position = Position
attendance-column-agency = Agency
attendance-column-position_or_agency = Position/agency
attendance-column-sex = M/F
attendance-column-male_mark = Mark for M
attendance-column-female_mark = Mark for F
attendance-column-phone = Mobile number
attendance-column-email = E-mail
attendance-column-staff_group = Staff group
attendance-column-minutes = Minutes present
attendance-column-joined = Joined at
attendance-column-left = Left at
attendance-column-waiting_room = Waiting room
attendance-column-none = Not used

attendance-separator-comma = Comma
attendance-separator-semicolon = Semicolon
attendance-separator-tab = Tab
attendance-separator-bar = Bar

attendance-format-table = Table
attendance-format-meeting_report = Participant report of an online meeting
attendance-format-names = List of names
