### The words of arumbae-server in a terminal: what runs, and (hint) what to do when it does not.

server-listening = The server of { $office } runs at { $url }. Press Ctrl-C to stop.
server-stopped = The server has stopped. Everything that was receipted is stored.

server-invitation = An invitation as { $role } in { $scope }, valid until { $expires }. Send the whole text, from the BEGIN line to the END line, to the person it is for and nobody else.
server-invitation-written = The invitation was written to { $path }.

server-no-devices = No device is registered yet.
server-device-active = active
server-device-revoked = revoked { $at }
server-revoked = Device { $device } was revoked. What it was receipted for stays valid.
server-revoked-before = Device { $device } had been revoked before.

server-error-address-in-use = The address { $detail } is used by another program.
    .hint = Stop that program, or choose another port: arumbae-server serve --listen 0.0.0.0:8444
server-error-address = The server cannot use the address { $detail }.
    .hint = Check that the address belongs to this machine. Ports below 1024 need a privilege; use 0.0.0.0:8443, for example.
server-error-folder = The folder or file { $detail } cannot be used.
    .hint = Make sure that the user running the server may write there and that the disk is not full, or choose another folder with --data.
server-error-no-province = The folder { $detail } holds no server data yet.
    .hint = First run: arumbae-server serve --data FOLDER. Check the folder's name, too.
server-error-already-running = Another server runs on the folder { $detail }.
    .hint = Stop that server first, or choose another folder with --data.
server-error-keys = The keys in the folder "keys" are missing, damaged, or do not belong to this data.
    .hint = Do not make new keys: every device would be cut off. Restore the folder "keys" from a backup, then start again.
server-error-newer-schema = The data was written by a newer version of arumbae-server.
    .hint = Install the newest arumbae-server. The data was not changed.
server-error-foreign-file = The file arumbae.db in the data folder does not belong to arumbae-server.
    .hint = Choose another folder with --data, or move the file away. It was not changed.
server-error-full = The disk is full.
    .hint = Free some space, then start again. Nothing that was received is lost.
server-error-storage = The database cannot be opened.
    .hint = Delete nothing. Check the disk, copy the data folder, and restore from a backup if need be.
server-error-certificate = The server's certificate cannot be prepared.
    .hint = Check the machine's date and time, and the names given with --name: letters, digits, dots and hyphens only.
server-error-role-does-not-fit = The role { $role } cannot be granted in { $scope }.
    .hint = A regency supervisor's code is like 81.71, a provincial supervisor's like 81.
server-error-address-unknown = The server's address is not known yet.
    .hint = Start the server once, or give the address: --server-url https://arumbae.example:8443
server-error-unknown-person = That person is not registered.
    .hint = List them with: arumbae-server devices --data FOLDER
server-error-unknown-device = That device is not registered, or the beginning of its key fits several devices.
    .hint = List them with: arumbae-server devices --data FOLDER, then write more of the key.
server-error-stopped = The server stopped because of an error: { $detail }
    .hint = See the last lines of the log above. Everything that was receipted is stored.
server-error-hint = What can be done: { $hint }

## Help (--help)
server-help = The provincial server of Arumbae: signed logs, receipts, the registry, attachments and certificates.
server-serve-help = Runs the server; on the first start makes its keys, database and certificates.
server-invite-help = Makes an invitation for one person; also while the server runs.
server-devices-help = Lists the registered devices.
server-revoke-help = Revokes a device; what was received stays valid.
server-help-language = The language of messages and help
server-help-path = The server's data folder
server-help-listen = The address and port to listen on
server-help-metrics = The address and port where metrics (Prometheus) are read, without TLS; for the operator only, e.g. 127.0.0.1:9443
server-help-names = A name or IP address devices use; may be repeated, the first stands in invitations
server-help-office = The office's name; only read on the first start
server-help-region = The office's region code; only read on the first start
server-help-role = petugas, sekretariat, ketua, pengawas_kabkota, pengawas_provinsi, or operator
server-help-scope = The territory, e.g. 81.71.01
server-help-expires = For how many days the invitation can be redeemed
server-help-server-url = The address devices are to use, if not that of the last start
server-help-person = The registered person the further device is for (see devices)
server-help-out = Write the invitation to this file, not to the terminal
server-help-device = The device's key, or as much of its beginning as no other shares
