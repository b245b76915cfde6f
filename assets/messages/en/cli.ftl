### Texts of the terminal program arumbae-cli.

cli-file-missing = There is no file { $file }. Check its name and folder.
cli-file-unreadable = The file { $file } cannot be read. Check its permissions.
cli-trust-unreadable = { $file } is no authority's certificate (PEM). Ask the province for ca.pem.
cli-demo-failed = The demo stopped: { $why }. Delete the output folder and try again.
cli-attendance-summary = { $people } people: { $added } added, { $merged } rows merged, { $doubted } doubted, { $rejected } rows rejected.
cli-signature = { $field }: { $signer }, { $position }, { $office } · certificate { $serial } · { $time }

cli-bench-failed = The measurement stopped: { $why }. Run it in a writable folder with enough space.
cli-work-damaged = { $file } is damaged or cut off. Copy the file again.
cli-work-empty = { $file } holds no save at all.
cli-work-json = { $file }, line { $line }: not a save. Every line has to be JSON with round, dev, rec, ms and ops.
cli-work-round = { $file }, line { $line }: its round is over. Sort the lines by round.
cli-work-value = { $file }, line { $line }: a field may only hold a text, a number, yes or no, or nothing.
cli-work-range = { $file }, line { $line }: a number or moment is out of range.

cli-verdict-genuine = { $file }: GENUINE and unchanged.
cli-verdict-unsigned = { $file }: unsigned.
cli-verdict-untrusted = { $file }: unchanged, but the signer is unknown.
cli-verdict-altered = { $file }: CHANGED after signing.
cli-verdict-damaged = { $file }: DAMAGED.
cli-verdict-not_pdf = { $file }: not a PDF.

cli-problem-not_pdf = This file is no PDF.
cli-problem-damaged = The PDF is cut off or damaged.
cli-problem-encrypted = The PDF is locked by a password; ours never are.
cli-problem-unsigned = The document has no signature.
cli-problem-byte_range = The signature does not cover the whole document.
cli-problem-signature_malformed = The signature is not a valid PAdES signature.
cli-problem-unsupported_algorithm = The signature uses an unknown algorithm.
cli-problem-digest_mismatch = The signed content was changed.
cli-problem-signature_mismatch = The signature value does not fit its certificate.
cli-problem-signer_mismatch = The signature does not name the certificate it carries.
cli-problem-unknown_authority = The issuer of the certificate is unknown; use --trust.
cli-problem-certificate_expired = The certificate has expired.
cli-problem-certificate_not_yet_valid = The certificate is not valid yet.
cli-problem-certificate_revoked = The certificate had been revoked when the document was signed, or its key was lost once.
cli-problem-certificate_usage = The certificate is not for signing documents.
cli-problem-changed_after_signing = The document was changed after signing.
cli-problem-changed_after_lock = The document was extended after it was locked.

cli-passphrase-replaced = The passphrase of { $name } was replaced. All records are whole. The signing key cannot be recovered: invite them again for a new certificate.
cli-recovery-key-unreadable = { $file } is no recovery key.
    .hint = The file is called recovery.key or recovery-….key, has 32 bytes and lies in the keys folder of the province's server.
cli-backup = { $number }  { $at }  { $bytes } bytes
cli-backup-none = There is no backup in that folder.
cli-backup-made = Backup { $number } was made and checked.
cli-upload-token = Upload to { $endpoint } with this token; it is good until { $until }.
cli-passphrase-missing = Standard input is empty: type the passphrase, then Enter.

cli-bundle-packed = For { $recipient }: { $saves } saves, { $others } parcels of other laptops, { $attachments } attachments, { $receipts } receipts.
cli-bundle-file = { $file }  { $bytes } bytes
cli-bundle-not-sent = Not sent yet: with the courier until its receipts are back.
cli-bundle-from = { $file }: from { $from }, made { $at }, part { $part } of { $parts }
cli-bundle-other = { $file }: for somebody else, passed over.
cli-bundle-refused = { $file }: REFUSED. { $why }
cli-bundle-taken = { $receipts } saves have their receipt now, { $received } saves of others came in, { $attachments } attachments, { $conflicts } new differences, { $held } held.
cli-bundle-enrolled = This laptop is enrolled in the province now.
cli-bundle-needs-earlier = Part of it waits for an earlier file. Take that one, then this one again.
