# First day, unlocking, and enrolling the laptop.

account-tagline = Election supervision records that work without a network
account-promise-offline = All work goes on without a signal, for weeks.
account-promise-encrypted = Every record is encrypted on this laptop; only your passphrase opens it.
account-promise-yours = Nothing is deleted, nothing is sent behind your back.

## First screen
account-welcome = Welcome to Arumbae
account-welcome-hint = Choose how to begin. Both work without a network.
account-start-office = Start as an officer
account-start-office-hint = For real work. You may begin before you receive an invitation; records stay on this laptop and are accepted whole when the invitation comes.
account-start-sample = Try with sample data
account-start-sample-hint = An invented province with a server and certificates of its own. Everything can be tried, signed and synchronized; all of it is marked CONTOH (sample).
account-sample-opening = Preparing the sample province…
account-sample-opening-hint = The first time takes some seconds: a server, certificates and two sample laptops are being made.
account-language = Language
account-language-id = Indonesia
account-language-en = English

## New officer
account-office-title = Start as an officer
account-section-person = You
account-section-area = Area of duty
account-section-passphrase = Passphrase
account-name = Full name
account-name-hint = As in your letter of appointment.
account-position = Position
account-position-chair = Ketua Panwaslu Kecamatan
account-position-member = Anggota Panwaslu Kecamatan
account-position-secretary = Kepala Sekretariat Panwaslu Kecamatan
account-position-staff = Staf Sekretariat Panwaslu Kecamatan
account-position-regency-chair = Ketua Bawaslu Kabupaten/Kota
account-position-regency-member = Anggota Bawaslu Kabupaten/Kota
account-position-regency-staff = Staf Bawaslu Kabupaten/Kota
account-level = I work in a
account-level-district = District (kecamatan)
account-level-regency = Regency or city
account-area-search = Find by name
account-area-search-district = Type the name of the district…
account-area-search-regency = Type the name of the regency or city…
account-area-search-hint = Or choose step by step below.
account-area-province = Province
account-area-regency = Regency or city
account-area-district = District (kecamatan)
account-area-missing-district = Choose the district you work in.
account-area-missing-regency = Choose the regency or city you work in.
account-passphrase = Passphrase
account-passphrase-again = Type it once more
account-passphrase-example = Four unrelated words are easy to remember and hard to guess.
account-passphrase-short = { $count } of { $least } characters. { $missing } more.
account-passphrase-plain = Long enough, but easy to guess. Add another word.
account-passphrase-good = A good length ({ $count } characters).
account-passphrase-same = The same.
account-passphrase-differs = Not the same yet.
account-passphrase-warning = A forgotten passphrase cannot be recovered
account-passphrase-warning-hint = Until this laptop is enrolled with the province, nobody can open your data without this passphrase. Write it on paper and keep it in a safe place. Once enrolled, the province can recover it.
account-create = Create and start working
account-creating = Encrypting the store…

## Unlocking
account-unlock-title = Open Arumbae
account-unlock-hint = Your data is still on this laptop, encrypted. Unfinished drafts are kept too.
account-unlock-forgotten = Forgot it? The provincial office can open a laptop that was enrolled again, without losing a record.
account-unlock = Open
account-unlock-wait = You can try again in { $seconds } seconds.
account-unlock-sample = Try with sample data
account-unlock-leave-sample = Close the sample data

## Enrolment
account-enrolment-title = Enrol this laptop
account-enrolment-subtitle = An invitation from the provincial Bawaslu connects this laptop to the server and gives you a signing certificate.
account-invited-by = The invitation came as
account-invited-by-code = A code over the telephone
account-invited-by-text = Text or a file
account-server-address = The server's address
account-server-address-hint = As it was read out, e.g. arumbae.contoh.go.id.
account-invitation-code = Invitation code
account-invitation-code-hint = Ten letters and digits, e.g. 7K-Q2MX-9RT4. Capital or small letters are the same.
account-invitation-fetch = Fetch the invitation
account-invitation-fetching = Fetching the invitation…
account-invitation = Invitation text
account-invitation-hint = Paste all of it, from the BEGIN line to the END line.
account-invitation-file = Invitation file
account-invitation-file-hint = From a USB stick or an e-mail, for example.
account-invitation-read = Read the invitation
account-invitation-other = Use another invitation
account-invitation-grants = What this invitation says
account-server = Server
account-role = Role
account-area = Area
account-expires = Valid until
account-expired = This invitation has expired. Ask the provincial Bawaslu for a new one.
account-enrol-passphrase-hint = The new signing key is encrypted with your passphrase, so that only you can sign.
account-enrol = Enrol this laptop
account-enrol-by-stick = Enrol by stick
account-enrolling = Contacting the provincial server…
account-enrol-keeps = Records you have already written stay whole and are sent after enrolment.
account-enrolled-now = This laptop is now enrolled
account-enrolled-now-hint = Your records will be sent on their own when there is a network, and documents can be signed.
account-enrolled-title = This laptop is enrolled
account-certificate-serial = Certificate serial number
account-certificate-expires = Certificate valid until
account-certificate-days = { $days } days left
account-certificate-over = already over
account-certificate-renew = Your certificate has expired. Ask the provincial Bawaslu for a new invitation to be able to sign again.
account-to-sync = To synchronization

## Roles
account-role-petugas = Officer
account-role-sekretariat = Secretariat
account-role-ketua = Chair
account-role-pengawas_kabkota = Regency supervisor
account-role-pengawas_provinsi = Provincial supervisor
account-role-operator = Operator
