# The first screen.

home-greeting = Good work, { $name }
home-daily = Everyday work
home-write-report = Write report
home-write-report-hint = Formulir Model A
home-write-finding = Record finding
home-write-finding-hint = Formulir Model B.2
home-write-event = Record event
home-write-event-hint = Outreach and attendance list
home-synchronize = Synchronize
home-synchronize-hint = Send and receive records
home-deadlines = Deadlines
home-deadlines-none = No deadline is running.
home-drafts = Drafts to continue
home-drafts-none = No drafts. Everything you wrote has been saved.
home-draft-attendance = Attendance list
home-draft-kept = saved { $at }
home-returned = Returned for correction
home-to-review = To review
home-waiting-review = Waiting for review
home-recent = Recent
home-recent-none = Records you save will appear here.
home-counts = Records
home-conflicts = { $count } fields were written differently by two people and wait for a decision.
home-conflicts-open = Decide
