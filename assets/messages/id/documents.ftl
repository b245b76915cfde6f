# Wording of printed documents. What is printed is Indonesian whatever the screen shows; the English file beside
# this one is for those who read the forms without knowing the language.

## Every document
doc-page = Halaman { $page } dari { $pages }
doc-identity = Dokumen { $id }
doc-issued = Diterbitkan { $at }
doc-fingerprint = Sidik data { $hash }
doc-verify = Tanda tangan elektronik diperiksa pada berkas PDF aslinya dengan Arumbae.
doc-sample = CONTOH
doc-sample-note = CONTOH – data rekaan, bukan dokumen resmi
doc-unsigned = belum ditandatangani
doc-record = Data { $title }
doc-none = Tidak ada
doc-not-filled = –
doc-signature-field = Tanda tangan { $position }: { $name }
doc-signed-at = { $place }, { $date }
doc-no-name = …………………………………
doc-photo = Gambar { $number }. { $caption }
doc-photo-without-caption = Gambar { $number }
doc-photo-unreadable = Foto tidak dapat ditampilkan: { $file }. Berkas aslinya tetap tersimpan.

## Formulir Model A
doc-lhp-form = FORMULIR MODEL A
doc-lhp-title-general = LAPORAN HASIL PENGAWASAN PEMILU
doc-lhp-title-regional = LAPORAN HASIL PENGAWASAN PEMILIHAN
doc-lhp-number = NOMOR : { $number }
doc-lhp-without-number = NOMOR : ………………………………………
doc-lhp-document-title = Laporan Hasil Pengawasan { $number }

doc-lhp-1-general = Data Pengawas Pemilu
doc-lhp-1-regional = Data Pengawas Pemilihan
doc-lhp-stage = Tahapan yang diawasi
doc-lhp-officer = Nama pelaksana tugas pengawasan
doc-lhp-position = Jabatan
doc-lhp-assignment = Nomor surat perintah tugas
doc-lhp-address = Alamat

doc-lhp-2 = Kegiatan Pengawasan
doc-lhp-activity = Kegiatan ke-{ $number }
doc-lhp-form-of = Bentuk
doc-lhp-purpose = Tujuan
doc-lhp-target = Sasaran
doc-lhp-when-where = Waktu dan tempat
doc-lhp-day = Hari/tanggal
doc-lhp-hours = Pukul
doc-lhp-place = Tempat

doc-lhp-3 = Uraian Singkat Hasil Pengawasan

doc-lhp-4 = Informasi Dugaan Pelanggaran
doc-lhp-event-block = Peristiwa
doc-lhp-event = Peristiwa
doc-lhp-event-place = Tempat kejadian
doc-lhp-event-time = Waktu kejadian
doc-lhp-perpetrator = Pelaku
doc-lhp-perpetrator-address = Alamat
doc-lhp-witnesses = Saksi-saksi
doc-lhp-witness = Nama
doc-lhp-witness-address = Alamat
doc-lhp-proofs = Alat bukti
doc-lhp-exhibits = Barang bukti
doc-lhp-violation = Uraian singkat dugaan pelanggaran
doc-lhp-facts = Fakta dan keterangan
doc-lhp-analysis = Analisa

doc-lhp-5 = Informasi Potensi Sengketa
doc-lhp-dispute-block-general = Peserta Pemilu
doc-lhp-dispute-block-regional = Peserta Pemilihan
doc-lhp-dispute-participant = Peserta
doc-lhp-dispute-place = Tempat kejadian
doc-lhp-dispute-time = Waktu kejadian
doc-lhp-dispute-object = Objek sengketa
doc-lhp-dispute-form = Bentuk
doc-lhp-dispute-identity = Identitas
doc-lhp-dispute-issued = Hari/tanggal dikeluarkan
doc-lhp-dispute-loss = Kerugian langsung
doc-lhp-dispute-summary = Uraian singkat potensi sengketa

doc-lhp-signer-general = Pengawas Pemilu,
doc-lhp-signer-regional = Pelaksana Tugas,
doc-lhp-acknowledged = Mengetahui,
doc-lhp-photos = DOKUMENTASI

## Daftar hadir
doc-receipts-title = TANDA TERIMA PROVINSI
doc-receipts-document-title = Tanda Terima Provinsi
doc-receipts-officer = Nama petugas
doc-receipts-position = Jabatan
doc-receipts-office = Kantor
doc-receipts-laptop = Laptop
doc-receipts-key = Kunci provinsi
doc-receipts-as-of = Keadaan pada
doc-receipts-waiting = Simpanan yang belum diterima
doc-receipts-none = Provinsi belum menerima apa pun dari laptop ini.
doc-receipts-column-number = No
doc-receipts-column-received = Diterima provinsi
doc-receipts-column-place = Wilayah dan nomor
doc-receipts-column-content = Isi
doc-receipts-column-saves = Simpanan
doc-receipts-column-hash = Sidik segmen
doc-receipts-place = { $region }
    nomor { $number }
doc-receipts-more = dan { $count } lainnya
doc-receipts-left-out = { $count } tanda terima yang lebih lama tidak dicetak.
doc-receipts-explanation = Setiap baris adalah tanda terima yang ditandatangani dengan kunci provinsi di atas; waktunya menurut jam server provinsi. Tanda terima yang lengkap beserta tanda tangannya terlampir di berkas ini sebagai record.json. Siapa yang memegang sebuah segmen dapat membuktikan bahwa provinsi menerimanya pada waktu itu; isi catatan tidak tercetak di sini.
doc-attendance-title = DAFTAR HADIR
doc-attendance-document-title = Daftar Hadir { $event }
doc-attendance-event = Nama kegiatan
doc-attendance-form = Bentuk kegiatan
doc-attendance-basis = Dasar
doc-attendance-day = Hari/tanggal
doc-attendance-hours = Pukul
doc-attendance-place = Tempat
doc-attendance-link = Tautan
doc-attendance-organiser = Penyelenggara
doc-attendance-speakers = Narasumber
doc-attendance-speaker = { $name } ({ $role })
doc-attendance-column-number = No
doc-attendance-column-name = Nama
doc-attendance-column-staff-number = NIP/NRP
doc-attendance-column-position = Jabatan/Instansi
doc-attendance-column-sex = L/P
doc-attendance-column-phone = No HP
doc-attendance-column-signature = Tanda tangan
doc-attendance-online = daring, { $minutes } menit
doc-attendance-empty = Belum ada peserta yang tercatat.
doc-attendance-totals = Rekapitulasi peserta
doc-attendance-group = Kelompok
doc-attendance-male = L
doc-attendance-female = P
doc-attendance-sex-unknown = Tidak diisi
doc-attendance-sum = Jumlah
doc-attendance-signer = Penanggung jawab daftar hadir,

doc-outreach-socialization = Sosialisasi
doc-outreach-webinar = Webinar
doc-outreach-podcast = Podcast
doc-outreach-declaration = Deklarasi
doc-outreach-pledge = Ikrar
doc-outreach-assembly = Apel siaga
doc-outreach-agreement = Penandatanganan MoU/PKS
doc-outreach-patrol = Patroli pengawasan
doc-mode-on_site = luring
doc-mode-online = daring
doc-mode-hybrid = luring dan daring

doc-staff-pns = PNS
doc-staff-pppk = PPPK
doc-staff-contract = Honorer/TKK/PTT (PPNPN)
doc-staff-village = Kepala desa, perangkat desa, BPD
doc-staff-military = TNI
doc-staff-police = Polri
doc-staff-public = Umum
doc-staff-unknown = Tidak diisi

## Signature
doc-stamp-signed = Ditandatangani secara elektronik oleh
doc-stamp-serial = Sertifikat { $serial }
doc-stamp-not-certified = Tanda tangan elektronik tidak tersertifikasi (PP{"\u00A0"}71/2019 Ps{"\u00A0"}60)
