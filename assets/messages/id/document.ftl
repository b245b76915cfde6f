# Dokumen terbit: menerbitkan, membaca, memeriksa.

document-list-title = Dokumen
document-verify-action = Verifikasi berkas
document-column-title = Dokumen
document-column-number = Nomor
document-column-issued = Diterbitkan
document-column-signed = Tanda tangan
document-column-delivery = Pengiriman
document-list-caption = Dokumen yang diterbitkan
document-list-empty = Belum ada dokumen
document-list-empty-hint = Buka laporan atau daftar hadir yang sudah disimpan, lalu pilih “Cetak”. PDF yang diterbitkan tersimpan di sini.
document-untitled = Tanpa judul
document-unsigned = Belum ditandatangani

## Jenis dokumen
document-template-supervision_report = Laporan Hasil Pengawasan
document-template-attendance_list = Daftar hadir
document-file-supervision_report = LHP
document-file-attendance_list = Daftar Hadir

## Menerbitkan
document-issue-title = Terbitkan dokumen
document-issue = Terbitkan
document-issue-signed = Tandatangani dan terbitkan
document-issuing = Menyusun dokumen…
document-issue-source = Dari catatan
document-issue-paper = Ukuran kertas
document-issue-signing = Tanda tangan
document-issue-sign-now = Tanda tangani sekarang
document-issue-sign-now-hint = Dengan sertifikat Anda. Isi dokumen tidak dapat diubah lagi tanpa terlihat.
document-issue-sign-not = Tanpa tanda tangan
document-issue-sign-not-hint = Tercetak “belum ditandatangani”, dengan ruang untuk tanda tangan basah.
document-issue-not-enrolled = Dokumen ini akan tercetak “belum ditandatangani”
document-issue-not-enrolled-hint = Anda belum memiliki sertifikat tanda tangan. Pakai undangan dari Bawaslu provinsi di layar Sinkronisasi.
document-issue-passphrase = Frasa sandi Anda
document-issue-passphrase-hint = Hanya Anda yang dapat membuka kunci tanda tangan ini.
document-issue-passphrase-sample = Di provinsi contoh frasa sandinya: contoh perahu arumbae
document-issue-incomplete = { $count } isian pada catatan ini masih kurang
document-issue-incomplete-hint = Dokumen tetap dapat diterbitkan, tetapi isian yang kosong tercetak kosong.
document-issue-complete-first = Lengkapi dahulu
document-issue-earlier = Sudah pernah diterbitkan
document-issue-earlier-hint = Dokumen lama tidak berubah. Terbitkan lagi hanya bila isi catatan sudah berubah.

## Membaca
document-save-copy = Simpan salinan
document-saved-copy = Salinan PDF tersimpan
document-file-elsewhere = Berkas dokumen ini belum ada di laptop ini
document-file-elsewhere-hint = Sinkronkan saat ada jaringan; berkasnya akan diambil dari server.
document-about = Tentang dokumen
document-template = Jenis
document-number = Nomor
document-issued-at = Diterbitkan
document-paper = Kertas
document-size = Ukuran berkas
document-hash = SHA-256
document-source = Dibuat dari
document-source-open = Buka catatannya

## Halaman PDF
document-pages = Halaman dokumen
document-page = Halaman { $page } dari { $pages }
document-zoom-in = Perbesar
document-zoom-out = Perkecil
document-zoom-fit = Selebar layar
document-render-failed = Halaman dokumen tidak dapat ditampilkan
document-render-failed-hint = Berkasnya tidak berubah. Simpan salinannya lalu buka dengan pembaca PDF lain.

## Pemeriksaan
document-verification = Pemeriksaan tanda tangan
document-verify-title = Verifikasi berkas
document-verify-subtitle = Periksa siapa yang menandatangani sebuah PDF dan apakah isinya masih utuh. Berkas tidak dikirim ke mana pun.
document-verify-file = Berkas PDF
document-verify-file-hint = Berkas aslinya, bukan foto atau hasil pindaian.
document-verify-another = Periksa berkas lain
document-verify-busy = Memeriksa…
document-verify-too-large = Berkas berukuran { $size }; paling besar { $most }.
document-verdict-genuine = Asli dan tidak berubah
document-verdict-genuine-hint = Semua tanda tangan utuh dan berasal dari petugas yang dikenal provinsi Anda.
document-verdict-untrusted = Tidak berubah, tetapi penanda tangan tidak dikenal
document-verdict-untrusted-hint = Isi berkas utuh. Laptop ini tidak dapat memastikan siapa penanda tangannya.
document-verdict-unsigned = Belum ditandatangani
document-verdict-unsigned-hint = PDF ini dapat dibaca, tetapi tidak memuat tanda tangan elektronik. Asal-usulnya tidak dapat dipastikan.
document-verdict-altered = Berubah sesudah ditandatangani
document-verdict-altered-hint = Jangan dipakai sebagai bukti. Minta berkas aslinya kepada penanda tangan.
document-verdict-damaged = Berkas rusak atau terpotong
document-verdict-damaged-hint = Salin ulang berkas dari asalnya, lalu periksa lagi.
document-verdict-not_pdf = Bukan berkas PDF
document-verdict-not_pdf-hint = Pilih berkas PDF aslinya.
document-signature = Tanda tangan { $field }
document-field-petugas = petugas
document-field-ketua = ketua
document-signer = Penanda tangan
document-signer-unknown = Tidak terbaca
document-position = Jabatan
document-office = Kantor
document-issuer = Sertifikat dari
document-serial = Nomor seri
document-signed-at = Waktu
document-signed-at-own-clock = { $at }, menurut jam penanda tangan
document-covers = Mencakup
document-covers-all = Seluruh berkas
document-covers-revision = Berkas sampai revisi { $revision } dari { $revisions }
document-intact = Isi
document-intact-yes = Utuh sejak ditandatangani
document-intact-no = Tidak dapat dipastikan utuh
document-unsigned-fields = Belum ditandatangani: { $fields }
document-not-certified = Tanda tangan elektronik tidak tersertifikasi
document-not-certified-hint = Dibuat dengan sertifikat provinsi, bukan dari penyelenggara sertifikasi elektronik Indonesia seperti BSrE (PP 71/2019 Pasal 60 ayat 2).
document-problem-not_pdf = Berkas tidak diawali sebagai PDF.
document-problem-damaged = Berkas terpotong atau susunannya tidak dapat diikuti.
document-problem-encrypted = Berkas dikunci dengan sandi; dokumen Arumbae tidak pernah dikunci.
document-problem-unsigned = Berkas tidak memuat tanda tangan.
document-problem-byte_range = Tanda tangan tidak mencakup tepat satu revisi utuh.
document-problem-signature_malformed = Bentuk tanda tangan tidak dikenal sebagai PAdES.
document-problem-unsupported_algorithm = Tanda tangan memakai algoritma yang tidak dipakai Arumbae.
document-problem-digest_mismatch = Isi berkas berbeda dari yang ditandatangani.
document-problem-signature_mismatch = Tanda tangan tidak cocok dengan sertifikat penanda tangan.
document-problem-signer_mismatch = Tanda tangan tidak menunjuk sertifikat yang dibawanya.
document-problem-unknown_authority = Sertifikat penanda tangan bukan dari provinsi Anda.
document-problem-certificate_expired = Sertifikat penanda tangan sudah lewat masa berlakunya.
document-problem-certificate_not_yet_valid = Sertifikat penanda tangan belum berlaku.
document-problem-certificate_revoked = Sertifikat ini sudah dicabut ketika dokumen ditandatangani, atau kuncinya pernah hilang.
document-problem-certificate_usage = Sertifikat ini bukan untuk menandatangani dokumen.
document-problem-changed_after_signing = Ada yang diubah sesudah tanda tangan ini, selain mengisi tanda tangan lain.
document-problem-changed_after_lock = Berkas ditambah padahal tanda tangan ini sudah menguncinya.
