# Issued documents: issuing, reading, verifying.

document-list-title = Documents
document-verify-action = Verify a file
document-column-title = Document
document-column-number = Number
document-column-issued = Issued
document-column-signed = Signature
document-column-delivery = Delivery
document-list-caption = Issued documents
document-list-empty = No documents yet
document-list-empty-hint = Open a saved report or attendance list and choose “Print”. Issued PDFs are kept here.
document-untitled = Untitled
document-unsigned = Not signed

## Kinds of document
document-template-supervision_report = Supervision report (LHP)
document-template-attendance_list = Attendance list
document-file-supervision_report = LHP
document-file-attendance_list = Daftar Hadir

## Issuing
document-issue-title = Issue a document
document-issue = Issue
document-issue-signed = Sign and issue
document-issuing = Setting the document…
document-issue-source = Of the record
document-issue-paper = Paper size
document-issue-signing = Signature
document-issue-sign-now = Sign now
document-issue-sign-now-hint = With your certificate. The content cannot be changed afterwards without it showing.
document-issue-sign-not = Without a signature
document-issue-sign-not-hint = Prints “belum ditandatangani” (not signed), with room for a signature in ink.
document-issue-not-enrolled = This document will print “belum ditandatangani” (not signed)
document-issue-not-enrolled-hint = You have no signing certificate yet. Use an invitation from the provincial Bawaslu on the Synchronization screen.
document-issue-passphrase = Your passphrase
document-issue-passphrase-hint = Only you can open this signing key.
document-issue-passphrase-sample = In the sample province the passphrase is: contoh perahu arumbae
document-issue-incomplete = { $count } fields of this record still need attention
document-issue-incomplete-hint = The document can be issued all the same, but empty fields print empty.
document-issue-complete-first = Complete it first
document-issue-earlier = Issued before
document-issue-earlier-hint = Earlier documents do not change. Issue again only if the record has changed.

## Reading
document-save-copy = Save a copy
document-saved-copy = PDF copy saved
document-file-elsewhere = This document's file is not on this laptop yet
document-file-elsewhere-hint = Synchronize when there is a network; the file is then fetched from the server.
document-about = About the document
document-template = Kind
document-number = Number
document-issued-at = Issued
document-paper = Paper
document-size = File size
document-hash = SHA-256
document-source = Made from
document-source-open = Open the record

## PDF pages
document-pages = Pages of the document
document-page = Page { $page } of { $pages }
document-zoom-in = Zoom in
document-zoom-out = Zoom out
document-zoom-fit = Fit the width
document-render-failed = The pages cannot be shown
document-render-failed-hint = The file is unchanged. Save a copy and open it with another PDF reader.

## Verification
document-verification = Signature check
document-verify-title = Verify a file
document-verify-subtitle = Check who signed a PDF and whether it is still unchanged. The file is not sent anywhere.
document-verify-file = PDF file
document-verify-file-hint = The original file, not a photo or a scan.
document-verify-another = Check another file
document-verify-busy = Checking…
document-verify-too-large = The file has { $size }; { $most } at most.
document-verdict-genuine = Genuine and unchanged
document-verdict-genuine-hint = Every signature is intact and comes from an officer your province knows.
document-verdict-untrusted = Unchanged, but the signer is not known
document-verdict-untrusted-hint = The content is intact. This laptop cannot tell for certain who signed it.
document-verdict-unsigned = Not signed
document-verdict-unsigned-hint = This PDF can be read but carries no electronic signature. Where it comes from cannot be told for certain.
document-verdict-altered = Changed after signing
document-verdict-altered-hint = Do not use it as evidence. Ask the signer for the original file.
document-verdict-damaged = Damaged or cut off
document-verdict-damaged-hint = Copy the file again from where it came, then check again.
document-verdict-not_pdf = Not a PDF file
document-verdict-not_pdf-hint = Choose the original PDF file.
document-signature = Signature of the { $field }
document-field-petugas = officer
document-field-ketua = chair
document-signer = Signer
document-signer-unknown = Not readable
document-position = Position
document-office = Office
document-issuer = Certificate from
document-serial = Serial number
document-signed-at = Time
document-signed-at-own-clock = { $at }, by the signer's clock
document-covers = Covers
document-covers-all = The whole file
document-covers-revision = The file up to revision { $revision } of { $revisions }
document-intact = Content
document-intact-yes = Intact since signing
document-intact-no = Cannot be shown to be intact
document-unsigned-fields = Not signed: { $fields }
document-not-certified = Non-certified electronic signature
document-not-certified-hint = Made with a certificate of the province, not of an Indonesian certification provider such as BSrE (PP 71/2019 article 60 paragraph 2).
document-problem-not_pdf = The file does not begin as a PDF.
document-problem-damaged = The file is cut off or its structure cannot be followed.
document-problem-encrypted = The file is locked with a password; documents of Arumbae never are.
document-problem-unsigned = The file carries no signature.
document-problem-byte_range = The signature does not cover exactly one whole revision.
document-problem-signature_malformed = The signature is not of the PAdES form.
document-problem-unsupported_algorithm = The signature uses an algorithm that Arumbae does not.
document-problem-digest_mismatch = The content differs from what was signed.
document-problem-signature_mismatch = The signature does not fit the signer's certificate.
document-problem-signer_mismatch = The signature does not name the certificate it carries.
document-problem-unknown_authority = The signer's certificate is not from your province.
document-problem-certificate_expired = The signer's certificate has expired.
document-problem-certificate_not_yet_valid = The signer's certificate is not valid yet.
document-problem-certificate_revoked = This certificate had been revoked when the document was signed, or its key was lost once.
document-problem-certificate_usage = This certificate is not meant for signing documents.
document-problem-changed_after_signing = Something other than another signature was changed after this signature.
document-problem-changed_after_lock = The file was extended although this signature had locked it.
