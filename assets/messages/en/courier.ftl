# Couriers: saving to a stick and taking from one.

courier-title = By stick
courier-hint = Without a network a courier carries records in sealed files: anybody may carry them, nobody can read or change them.
courier-pack = Save to stick
courier-take = Take from stick
courier-consigned = { $saves } saves and { $attachments } attachments are with a courier since { $since }
courier-consigned-hint = Not sent yet: they count as sent once their receipts came back, by stick or over the network.
courier-asked = The request to be enrolled by { $office } waits for its answer
courier-asked-hint = Made { $at }. Save it to a stick, hand it to the province before { $expires }, then take the answer. You can go on working; every record counts.
courier-not-ready = There is no province to send to yet
courier-not-ready-hint = Open the invitation of the provincial Bawaslu first and choose to enrol by stick.

## Step 1: for whom and where
courier-step = Step { $step } of 2
courier-pack-title = Save to stick
courier-for = For
courier-for-province = The province
courier-colleague = { $name }, { $area }
courier-goes = What goes
courier-goes-saves = Saves of this laptop
courier-goes-others = Parcels of other laptops
courier-goes-attachments = Attachments
courier-goes-attachments-of = { $count } ({ $size })
courier-goes-receipts = Receipts for the colleague
courier-goes-request = Request to be enrolled
courier-goes-request-yes = Included
courier-goes-size = Size
courier-goes-size-of = about { $size } in { $files } files
courier-nothing = Nothing needs to be carried
courier-nothing-hint = Everything has its receipt. The file would only ask its receiver for news.
courier-choose = Choose the stick…
courier-choose-other = Choose another stick…
courier-stick = Stick
courier-stick-free = { $size } free
courier-stick-files = { $count } bundles on it
courier-pack-now = Save
courier-packing = Saving… do not pull the stick
courier-packed = Saved to the stick
courier-packed-hint = { $count } files, { $size }. Eject the stick safely and hand it over for { $recipient }.
courier-packed-file = File
courier-packed-not-sent = These records are not sent until their receipts are back.

## Taking
courier-take-title = Take from stick
courier-take-hint = Only files for this laptop are taken. What is refused changes nothing, and no file is deleted from the stick.
courier-take-now = Take
courier-taking = Taking… do not pull the stick
courier-take-none = There are no bundles in this folder
courier-take-none-hint = Their names end in .bundel. Choose the folder that holds them.
courier-file-part = part { $part } of { $parts }, made { $at }
courier-file-from = From { $from }
courier-file-other = For somebody else
courier-file-refused = Refused
courier-taken = { $count } files taken
courier-taken-refused = { $count } files refused; they changed nothing
courier-taken-nothing = No file was taken
courier-taken-enrolled = This laptop is enrolled now; documents can be signed
courier-taken-sent = Saves that have their receipt now
courier-taken-received = Saves of others that came in
courier-taken-attachments = Attachments that are whole now
courier-taken-conflicts = New differences
courier-taken-held = Held
courier-taken-earlier = Some of it waits for an earlier file
courier-taken-earlier-hint = Take the older files or the parts before it too, then this one again.
