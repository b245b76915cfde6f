# Backups, recovery, and data that can only be read.

## What is told after a recovery
safekeeping-from-backup = Recovered on top of the backup of { $at }.
safekeeping-without-backup = There is no readable backup; recovered from the data file alone.
safekeeping-unreadable = Nothing could be read of the former data file.
safekeeping-saved = { $what }: { $saved } saved, none missing.
safekeeping-saved-missing = { $what }: { $saved } saved, { $missing } unreadable.
safekeeping-saved-unknown = { $what }: { $saved } saved; whether there were newer ones cannot be known.
safekeeping-attachments = Photos and files
safekeeping-drafts = Drafts
safekeeping-unknown-author = an unknown device
safekeeping-gap = Saves { $first } to { $last } of { $author } are unreadable.
safekeeping-gap-open = Saves of { $author } from number { $first } on may be unreadable.
safekeeping-unknown-saves = { $count } saves of this laptop were sealed and are not here; if they were sent, the server gives them back.
safekeeping-what-next = Synchronize when there is a network: what reached the server comes back by itself. What was never sent has to be written again.
safekeeping-set-aside = The former file was not deleted; it is kept as { $file }.

## The screen of a recovery
safekeeping-recover = Recover data
safekeeping-recover-title = Recover data from a backup
safekeeping-recover-hint = The backup is merged with all that can still be read of the present file. Nothing is deleted, and what is newer than the backup is not lost.
safekeeping-recover-from = Backup
safekeeping-recover-newest = The newest good backup
safekeeping-recovered = Everything was recovered.
safekeeping-recovered-partly = The data was recovered; some of it was unreadable.
safekeeping-go-on = Go on working

## Backups
safekeeping-backups = Backups
safekeeping-backups-hint = Made every day, before updates of the program and before imports; encrypted, in the data folder. Copy the folder backups to a USB stick to be on the safe side.
safekeeping-backups-none = No backup yet.
safekeeping-backup-now = Make a backup
safekeeping-backup-made = The backup was made and checked.
safekeeping-backup-failed = The last backup could not be made; your work is stored all the same.
safekeeping-backup-at = Made
safekeeping-backup-size = Size
safekeeping-backup-use = Recover

## Read only
safekeeping-read-only = Read only: the data can be seen but not stored yet.
safekeeping-read-only-hint = The data folder is locked or the disk is full. Free some space or unlock it; storing goes on by itself.
