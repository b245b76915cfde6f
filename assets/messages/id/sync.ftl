# Sinkronisasi: keadaan yang sebenarnya, dengan kata-kata biasa.

sync-title = Sinkronisasi
sync-now = Sinkronkan sekarang
sync-pause = Jeda
sync-resume = Lanjutkan
sync-unknown = Keadaan sinkronisasi tidak dapat ditanyakan

## Sebelum terdaftar
sync-not-enrolled = Laptop ini belum terdaftar di server provinsi
sync-not-enrolled-hint = Anda tetap dapat bekerja penuh. Semua catatan tersimpan tersandi di laptop ini dan dikirim utuh setelah Anda memakai undangan dari Bawaslu provinsi. Sampai saat itu dokumen tercetak “belum ditandatangani”.
sync-enrol = Pakai undangan
sync-enrolment = Pendaftaran dan sertifikat

## Keadaan
sync-phase-done = Semua catatan sudah terkirim
sync-phase-done-hint = Setiap simpanan sudah bertanda terima dari server.
sync-phase-ready = Siap menyinkronkan
sync-phase-ready-hint = Catatan yang menunggu dikirim sendiri dalam beberapa detik bila server terjangkau.
sync-phase-empty = Belum ada yang perlu dikirim
sync-phase-empty-hint = Catatan baru dikirim sendiri setelah disimpan.
sync-phase-waiting = Menunggu jaringan
sync-phase-waiting-hint = Pekerjaan Anda aman di laptop ini dan dicoba kirim lagi sendiri.
sync-phase-waiting-in = Dicoba lagi dalam { $time }. Pekerjaan Anda aman di laptop ini.
sync-phase-paused = Dijeda
sync-phase-paused-hint = Tidak ada yang dikirim atau diambil sendiri sampai Anda melanjutkan. Catatan tetap tersimpan di laptop ini.
sync-phase-exchanging = Sedang menyinkronkan…
sync-phase-exchanging-hint = Anda boleh terus bekerja. Bila sambungan putus, yang sudah bertanda terima tidak dikirim ulang.
sync-phase-plan_used_up = Batas data sudah terpakai
sync-phase-plan_used_up-hint = Catatan menunggu sampai besok, sampai jaringan gratis, atau sampai Anda menekan “Sinkronkan sekarang”.
sync-progress = Sisa { $size }
sync-progress-time = Sisa { $size }, sekitar { $time } lagi ({ $speed } per detik)
sync-phase-failed = Percobaan terakhir gagal
sync-phase-failed-hint = Tekan “Sinkronkan sekarang” setelah penyebabnya diatasi.

## Angka
sync-waiting = Menunggu
sync-waiting-none = Tidak ada
sync-waiting-saves = { $count } simpanan
sync-waiting-attachments = { $count } lampiran ({ $size })
sync-sent = Terkirim
sync-sent-saves = { $count } simpanan
sync-sent-hint = Bertanda terima dari server
sync-contact = Kontak terakhir
sync-contact-none = Belum pernah
sync-contact-next = Percobaan berikut { $time } lagi
sync-exchange = Pertukaran terakhir
sync-exchange-none = Belum ada
sync-exchange-none-since = Sejak Arumbae dibuka
sync-exchange-bytes = { $up } dikirim, { $down } diterima
sync-exchange-trips = { $count } kali bolak-balik
sync-exchange-saves = { $sent } terkirim, { $received } diterima
sync-exchange-conflicts = { $count } perbedaan isian baru
sync-seconds = { $count } detik
sync-minutes = { $count } menit
sync-hours = { $count } jam
sync-days = { $count } hari

## Jam
sync-clock-ahead = Jam laptop ini lebih cepat { $time } daripada jam server
sync-clock-behind = Jam laptop ini terlambat { $time } daripada jam server
sync-clock-implausible = Jam laptop ini menunjukkan { $date }, tentu keliru
sync-clock-hint = Betulkan tanggal, jam, dan zona waktu (WIT) di pengaturan laptop. Tidak ada catatan yang ditolak karena ini, tetapi waktu pada laporan dan tanda tangan ikut keliru.

## Kuota data
sync-plan = Kuota data
sync-plan-hint = Untuk jaringan yang berbayar. Catatan selalu didahulukan, lalu pratinjau foto, lalu foto utuh.
sync-plan-day = Paling banyak sehari
sync-plan-month = Paling banyak sebulan
sync-plan-unit = MB
sync-plan-none = tanpa batas
sync-plan-number = Isi dengan angka, misalnya 5 atau 0,5, atau kosongkan bila tanpa batas.
sync-plan-originals = Foto utuh
sync-plan-originals-any = Di jaringan mana pun
sync-plan-originals-free = Hanya di jaringan gratis
sync-plan-free = Jaringan yang sekarang gratis
sync-plan-free-detail = Misalnya Wi-Fi kantor. Berlaku empat jam; pemakaian tidak dihitung.
sync-plan-today = Hari ini
sync-plan-this-month = Bulan ini
sync-plan-of = { $spent } dari { $limit }
sync-plan-save = Simpan batas
sync-plan-saved = Kuota data disimpan

## Tanda terima
sync-receipts = Tanda terima
sync-receipts-hint = Ditandatangani server. Yang terbaru di atas.
sync-receipts-print = Simpan sebagai PDF
sync-receipts-file = Tanda Terima Provinsi { $date }
sync-receipts-printed = Tanda terima disimpan
sync-receipts-none = Belum ada tanda terima
sync-receipts-none-hint = Setelah catatan sampai di server, tanda terimanya ada di sini.
sync-receipt-at = Diterima server
sync-receipt-saves = Simpanan
sync-receipt-range = { $first }–{ $last }
sync-receipt-count = Jumlah
sync-receipt-hash = Sidik

## Karantina
sync-reason-unreadable = Kiriman ini rusak dan tidak dapat dibaca.
sync-reason-unreadable-hint = Laptop asal akan mengirimnya lagi. Jika tetap di sini, hubungi Bawaslu provinsi.
sync-reason-fork = Dua salinan data laptop yang sama sama-sama mengirim catatan.
sync-reason-fork-hint = Biasanya karena cadangan lama dipulihkan. Isinya disalin ke jalur baru dan dikirim; pastikan hanya satu laptop yang memakai data itu.
sync-reason-newer_format = Kiriman ini ditulis Arumbae versi lebih baru.
sync-reason-newer_format-hint = Pasang Arumbae versi terbaru; kiriman ini lalu dibaca sendiri.
sync-reason-no_right = Pengirim tidak berwenang menulis di wilayah ini.
sync-reason-no_right-hint = Minta Bawaslu provinsi memeriksa peran pengirim. Setelah diberi wewenang, kiriman ini diterima sendiri.
sync-reason-revoked = Laptop pengirim sudah dicabut izinnya.
sync-reason-revoked-hint = Tanyakan kepada Bawaslu provinsi apakah kiriman ini masih boleh diterima.
sync-reason-unknown_device = Laptop pengirim belum dikenal.
sync-reason-unknown_device-hint = Sinkronkan sekali lagi agar daftar laptop terbaru diambil.
sync-reason-bad_signature = Tanda tangan kiriman ini tidak cocok.
sync-reason-bad_signature-hint = Isinya mungkin diubah di jalan. Jangan dipakai; laporkan kepada Bawaslu provinsi.
sync-reason-body_mismatch = Isi kiriman ini tidak cocok dengan sidiknya.
sync-reason-body_mismatch-hint = Isinya mungkin diubah di jalan. Jangan dipakai; laporkan kepada Bawaslu provinsi.
sync-reason-frozen_lane = Kiriman ini menyusul jalur yang sedang disisihkan.
sync-reason-frozen_lane-hint = Setelah kiriman sebelumnya diselesaikan, kiriman ini dibaca sendiri.
sync-reason-newer_compression = Kiriman ini dimampatkan Arumbae versi lebih baru.
sync-reason-newer_compression-hint = Pasang Arumbae versi terbaru; kiriman ini lalu dibaca sendiri.
sync-reason-undecodable = Kiriman ini asli, tetapi isinya tidak dapat diuraikan.
sync-reason-undecodable-hint = Salinan yang utuh akan diterima begitu datang. Jika tetap di sini, hubungi Bawaslu provinsi.
sync-reason-later_policy = Kiriman ini ditulis dengan daftar wewenang yang belum sampai di sini.
sync-reason-later_policy-hint = Sinkronkan sekali lagi; begitu daftar itu sampai, kiriman ini diperiksa sendiri.
sync-reason-not_the_owner = Penulis kiriman ini bukan pemilik laptop dan belum terdaftar di wilayah ini.
sync-reason-not_the_owner-hint = Minta Bawaslu provinsi mendaftarkan penulisnya. Setelah itu kiriman ini diterima sendiri.
sync-reason-foreign_scope = Kiriman ini mengubah catatan wilayah yang bukan wewenang penulisnya.
sync-reason-foreign_scope-hint = Minta Bawaslu provinsi memeriksa peran penulis. Setelah diberi wewenang, kiriman ini diterima sendiri.
sync-reason-no_review = Kiriman ini mengambil keputusan tinjauan, tetapi penulisnya bukan peninjau wilayah ini.
sync-reason-no_review-hint = Minta Bawaslu provinsi memeriksa peran penulis. Setelah diberi wewenang, kiriman ini diterima sendiri.
sync-reason-unknown_record = Perubahan atas catatan yang belum sampai di sini.
sync-reason-unknown_record-hint = Begitu catatannya datang, perubahan ini masuk sendiri.
sync-reason-unknown_kind = Catatan jenis baru yang belum dikenal Arumbae versi ini.
sync-reason-unknown_kind-hint = Pasang Arumbae versi terbaru; catatan ini lalu tampil sendiri.
sync-reason-unknown = Server menolak kiriman ini dengan alasan yang belum dikenal versi ini.
sync-reason-unknown-hint = Pasang Arumbae versi terbaru atau hubungi Bawaslu provinsi.
sync-disputed = Riwayat { $offices } tidak menghasilkan isi yang ditandatangani provinsi.
sync-disputed-hint = Tidak ada yang hilang di laptop ini. Jangan hapus apa pun, dan sampaikan kalimat ini kepada Bawaslu provinsi: salah satu pihak menyimpan catatan yang tidak ditulis penulisnya.
