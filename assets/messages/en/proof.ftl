### What checking a proof came to (arumbae-cli verify-log).

proof-unreadable = { $file } is no proof of Arumbae, or it was cut short. Ask for the file itself, not for a copy of a message's text or a print.
proof-too-large = { $file } is larger than any proof ({ $most } MB). Check that it is the right file.
proof-newer = { $file } was made by a later version of Arumbae. Install the latest arumbae-cli and check again.
proof-key-unreadable = The province's key must have 64 hexadecimal digits. Copy all of it from a source you trust, such as a letter of the province.

proof-genuine = { $file }: PROVEN. All signatures, chains and receipts in it are right.
proof-false = { $file }: NOT TO BE RELIED ON. The following is false:
proof-record = Record: { $kind } { $record }
proof-kind-unknown = kind not proven
proof-made = Proof made { $time } by its maker's clock, on laptop { $device } ({ $owner })
proof-saves = Saves proven, in the order of their authors' clocks: { $count }
proof-save = { $number }. { $time } by the laptop's clock · { $person } · laptop { $device } · { $scope }, save { $seq }
proof-save-erased = { $number }. Save { $seq } of laptop { $device } in { $scope }: erased; it is proven that it was there and where
proof-received = the province had it { $time }, number { $gsn }
proof-not-received = no receipt of the province yet
proof-person = { $name }, { $position }
proof-person-unknown = somebody the province's registry does not name ({ $id })
proof-owner-unknown = owner not proven
proof-lane = Chain of lane { $lane }, laptop { $device } in { $scope }: saves { $first } to { $last } in { $segments } segments
proof-not-proven = What this file does NOT prove:

## What a save says
proof-created = made: { $kind }
proof-set = { $field }: { $value }
proof-cleared = { $field }: cleared
proof-resolved = { $field }, decided: { $value }. Reason: { $note }
proof-added = { $field }, added: { $value }
proof-removed = { $field }, { $count } taken out
proof-moved = status from { $from } to { $to }
proof-moved-because = status from { $from } to { $to }. Reason: { $reason }
proof-deleted = deleted
proof-deleted-because = deleted. Reason: { $reason }
proof-restored = deletion taken back
proof-rehomed = moved from { $from } to { $to }
proof-attached = file attached: { $blob }
proof-later = a change only a later version of Arumbae knows
proof-field-unknown = field number { $number }

## What is false
proof-fault-maker_signature = The file was changed after it was made: its maker's signature does not match.
proof-fault-other_province = The province's key in the file is not the one you gave: it is another province's, or forged.
proof-fault-header_signature = Segment { $segment } is not signed by the laptop it names.
proof-fault-save_mismatch = Save { $seq } in segment { $segment } is not what its laptop signed.
proof-fault-foreign_save = Save { $seq } in segment { $segment } is not about this record.
proof-fault-receipt_signature = The receipt of segment { $segment } is not signed by the province.
proof-fault-broken_lane = Segment { $segment } does not continue the one before it.
proof-fault-entry_signature = Entry { $seq } of the registry is not signed by the province.
proof-fault-broken_registry = Entry { $seq } of the registry does not continue the one before it.

## What is not proven
proof-gap-key_not_pinned = That the key { $key } is the province's. Hold it against one you trust with --registry-key.
proof-gap-no_province = Whose laptops these are: the file was made before its laptop was enrolled.
proof-gap-no_saves = Anything about this record: there is no save in the file.
proof-gap-unknown_maker = Who made this proof.
proof-gap-unknown_device = Whose laptop { $device } is.
proof-gap-unknown_person = Who the person with number { $person } is.
proof-gap-not_the_owner = That the person named in save { $seq } of lane { $lane } was at the keyboard; the laptop is somebody else's.
proof-gap-no_right = That the author of save { $seq } of lane { $lane } had the right to write there.
proof-gap-after_revocation = That save { $seq } of lane { $lane } counts: its laptop was revoked.
proof-gap-no_receipt = When save { $seq } of lane { $lane } was written, except by its laptop's own clock: there is no receipt of the province.
proof-gap-clock_far_off = The clock of save { $seq } of lane { $lane }: that laptop's was more than 5 minutes off by its own measure.
proof-gap-erased = What save { $seq } of lane { $lane } said: it has been erased.
proof-gap-lane_begins = Lane { $lane } before save { $seq }.
proof-gap-lane_gap = What lane { $lane } holds after save { $seq }: segments were left out.
proof-gap-missing_save = Save { $seq } of lane { $lane }, which saves here build on, is not in the file.
proof-gap-unread_entry = What entry { $seq } of the registry says: a later version made it.
proof-gap-registry_excerpt = That the registry says nothing else between the entries here; those about other people were left out on purpose.
proof-gap-always-others = That there is no other save about this record on another laptop, or since the file was made.
proof-gap-always-later = That the rights of these people and laptops were not withdrawn after the last entry here.
