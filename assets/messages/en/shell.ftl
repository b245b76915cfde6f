# The frame of the program: navigation, status bar, sample province.

shell-name = Arumbae
shell-navigation = Main navigation
shell-skip = Skip to content

## Navigation
shell-nav-home = Home
shell-nav-supervision = Supervision
shell-nav-finding = Findings
shell-nav-outreach = Activities
shell-nav-document = Documents
shell-nav-review = Review
shell-nav-sync = Synchronization

## Status bar
shell-status = Status of the program
shell-link-unknown = Status not known
shell-link-not-enrolled = Not enrolled with a server
shell-link-ready = Ready to synchronize
shell-link-idle = Connected at { $time }
shell-link-waiting = Waiting for the network
shell-link-paused = Synchronization paused
shell-link-exchanging = Synchronizing…
shell-link-failed = Synchronization has stopped
shell-nothing-waits = Nothing waiting
shell-clock-wrong = Correct the clock
shell-waiting = { $count } waiting ({ $size })
shell-sent = { $count } sent
shell-next-due = Due { $date }
shell-days-left =
    { $days ->
        [one] { $days } day left
       *[other] { $days } days left
    }
shell-due-today = today
shell-days-late =
    { $days ->
        [one] { $days } day late
       *[other] { $days } days late
    }
shell-language-name = English
shell-switch-language = Change language: Indonesia or English
shell-theme-system = As system
shell-theme-light = Light
shell-theme-dark = Dark
shell-switch-theme = Change appearance: as system, light, dark
shell-lock = Lock
shell-lock-hint = Lock Arumbae. Drafts and data stay stored.

## Sample province
shell-sample = CONTOH
shell-sample-officer = Laptop of a subdistrict officer in the sample province. All names and events are invented.
shell-sample-supervisor = Laptop of a regency supervisor in the sample province. All names and events are invented.
shell-sample-go-officer = Go to the officer’s laptop
shell-sample-go-supervisor = Go to the supervisor’s laptop
shell-sample-leave = Close the sample

## Failure of a screen
shell-screen-failed = This screen cannot be shown.
shell-screen-failed-hint = Your data has not changed. Try again; if it happens again, close and reopen Arumbae.
