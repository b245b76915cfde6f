### Teks program terminal arumbae-cli.

cli-file-missing = Berkas { $file } tidak ada. Periksa nama dan foldernya.
cli-file-unreadable = Berkas { $file } tidak dapat dibaca. Periksa izin berkas.
cli-trust-unreadable = { $file } bukan sertifikat otoritas (PEM). Minta berkas ca.pem kepada Bawaslu provinsi.
cli-demo-failed = Demo berhenti: { $why }. Hapus folder hasil, lalu ulangi.
cli-attendance-summary = { $people } orang: { $added } ditambah, { $merged } baris digabung, { $doubted } diragukan, { $rejected } baris ditolak.
cli-signature = { $field }: { $signer }, { $position }, { $office } · sertifikat { $serial } · { $time }

cli-bench-failed = Pengukuran berhenti: { $why }. Jalankan di folder yang dapat ditulis dan cukup ruangnya.
cli-work-damaged = { $file } rusak atau terpotong. Salin lagi berkasnya.
cli-work-empty = { $file } tidak berisi simpanan satu pun.
cli-work-json = { $file }, baris { $line }: bukan simpanan. Tiap baris harus berupa JSON dengan round, dev, rec, ms, dan ops.
cli-work-round = { $file }, baris { $line }: putarannya sudah lewat. Urutkan baris menurut putaran.
cli-work-value = { $file }, baris { $line }: isian hanya boleh berupa teks, angka, ya/tidak, atau kosong.
cli-work-range = { $file }, baris { $line }: angka atau waktu di luar jangkauan.

cli-verdict-genuine = { $file }: ASLI dan tidak berubah.
cli-verdict-unsigned = { $file }: belum ditandatangani.
cli-verdict-untrusted = { $file }: tidak berubah, tetapi penanda tangan tidak dikenal.
cli-verdict-altered = { $file }: BERUBAH setelah ditandatangani.
cli-verdict-damaged = { $file }: RUSAK.
cli-verdict-not_pdf = { $file }: bukan PDF.

cli-problem-not_pdf = Berkas ini bukan PDF.
cli-problem-damaged = PDF terpotong atau strukturnya rusak.
cli-problem-encrypted = PDF terkunci sandi; dokumen kami tidak pernah begitu.
cli-problem-unsigned = Dokumen tidak memiliki tanda tangan.
cli-problem-byte_range = Tanda tangan tidak mencakup seluruh isi dokumen.
cli-problem-signature_malformed = Tanda tangan tidak berbentuk PAdES yang sah.
cli-problem-unsupported_algorithm = Tanda tangan memakai algoritma yang tidak dikenal.
cli-problem-digest_mismatch = Isi yang ditandatangani sudah diubah.
cli-problem-signature_mismatch = Nilai tanda tangan tidak cocok dengan sertifikatnya.
cli-problem-signer_mismatch = Tanda tangan tidak menunjuk sertifikat yang dibawanya.
cli-problem-unknown_authority = Penerbit sertifikat tidak dikenal; periksa dengan --trust.
cli-problem-certificate_expired = Sertifikat sudah kedaluwarsa.
cli-problem-certificate_not_yet_valid = Sertifikat belum berlaku.
cli-problem-certificate_revoked = Sertifikat sudah dicabut ketika dokumen ditandatangani, atau kuncinya pernah hilang.
cli-problem-certificate_usage = Sertifikat bukan untuk menandatangani dokumen.
cli-problem-changed_after_signing = Dokumen diubah setelah ditandatangani.
cli-problem-changed_after_lock = Dokumen ditambah setelah dikunci.

cli-passphrase-replaced = Frasa sandi { $name } diganti. Semua catatan utuh. Kunci tanda tangannya tidak dapat dipulihkan: undang lagi agar mendapat sertifikat baru.
cli-recovery-key-unreadable = { $file } bukan berkas kunci pemulihan.
    .hint = Berkasnya bernama recovery.key atau recovery-….key, 32 bita, di folder keys server provinsi.
cli-backup = { $number }  { $at }  { $bytes } bita
cli-backup-none = Belum ada cadangan di folder itu.
cli-backup-made = Cadangan nomor { $number } dibuat dan diperiksa.
cli-upload-token = Unggah ke { $endpoint } dengan tanda masuk ini; berlaku sampai { $until }.
cli-passphrase-missing = Masukan standar kosong: tulis frasa sandi, lalu Enter.

cli-bundle-packed = Untuk { $recipient }: { $saves } simpanan, { $others } kiriman laptop lain, { $attachments } lampiran, { $receipts } tanda terima.
cli-bundle-file = { $file }  { $bytes } bita
cli-bundle-not-sent = Belum terkirim: dibawa kurir sampai tanda terimanya kembali.
cli-bundle-from = { $file }: dari { $from }, dibuat { $at }, bagian { $part } dari { $parts }
cli-bundle-other = { $file }: untuk penerima lain, dilewati.
cli-bundle-refused = { $file }: DITOLAK. { $why }
cli-bundle-taken = { $receipts } simpanan kini bertanda terima, { $received } simpanan orang lain diterima, { $attachments } lampiran, { $conflicts } perbedaan isian baru, { $held } tertahan.
cli-bundle-enrolled = Laptop ini kini terdaftar di provinsi.
cli-bundle-needs-earlier = Sebagian isinya menunggu berkas sebelumnya. Ambil berkas itu, lalu ambil lagi yang ini.
