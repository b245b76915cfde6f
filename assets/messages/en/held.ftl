# Held: what came in but does not count yet, why, and the way out.

held-title = Held
held-subtitle = Nothing is deleted. Other records are not affected.
held-count = Held { $count }
held-open = See what is held
held-banner = { $count } deliveries are held
held-banner-hint = They are kept whole and do not count yet. Each has a reason and a way out.
held-empty = Nothing is held
held-empty-hint = Every delivery was checked and counts.
held-since = Held since
held-whose = From
held-own = this laptop
held-unknown-author = Sender unknown
held-device = laptop { $device }
held-scope = Area
held-record = Record
held-first-seq = From save number
held-by-server = Held by
held-by-server-yes = The province's server
held-by-server-no = This laptop
held-hash = Fingerprint
held-save = Save a copy for the province
held-saved = Copy saved
held-file = Held delivery { $hash }
held-sync = Synchronize now
held-begin-lane = Begin a new lane
held-frozen = This laptop's writing lane is frozen
held-frozen-hint = Another copy of this laptop's data is writing too. Begin a new lane: everything not sent yet is written again there, and nothing is lost.
held-lane-begun = A new lane was begun. What was not sent will be sent on it.

## Steps
held-level-chain = Chain or signature
held-level-decode = Cannot be read yet
held-level-meaning = No right yet, or not complete

## Ways out
held-way-good_copy = Waits for an undamaged copy. It comes by itself, from the server, a colleague or a USB stick.
held-way-new_incarnation = The author's laptop begins a new lane and writes again what is held.
held-way-upgrade = Install the latest Arumbae. What is held is then read when the program opens.
held-way-registry_change = The province registers the person, laptop or right. It is judged again by itself after synchronizing.
held-way-earlier_arrives = Waits for the record it builds on. It goes in by itself once that has come.
held-way-author_repeats = Its author takes the step again, from what now stands.
held-way-province_decides = The province decides. Send it the copy if it asks.
