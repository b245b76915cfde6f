# Cadangan, pemulihan, dan data yang hanya dapat dibaca.

## Yang dilaporkan sesudah pemulihan
safekeeping-from-backup = Dasar pemulihan: cadangan { $at }.
safekeeping-without-backup = Tidak ada cadangan yang dapat dibaca; dipulihkan dari berkas data saja.
safekeeping-unreadable = Dari berkas data lama tidak ada yang terbaca.
safekeeping-saved = { $what }: { $saved } selamat, tidak ada yang hilang.
safekeeping-saved-missing = { $what }: { $saved } selamat, { $missing } tidak terbaca.
safekeeping-saved-unknown = { $what }: { $saved } selamat; apakah ada yang lebih baru tidak dapat dipastikan.
safekeeping-attachments = Foto dan berkas
safekeeping-drafts = Draf
safekeeping-unknown-author = perangkat yang tidak dikenal
safekeeping-gap = Simpanan { $author } nomor { $first } sampai { $last } tidak terbaca.
safekeeping-gap-open = Simpanan { $author } mulai nomor { $first } mungkin tidak terbaca.
safekeeping-unknown-saves = { $count } simpanan laptop ini pernah disegel dan tidak ada di sini; bila sempat terkirim, server mengembalikannya.
safekeeping-what-next = Sinkronkan bila ada jaringan: yang sudah sampai di server kembali sendiri. Yang belum sempat terkirim perlu ditulis lagi.
safekeeping-set-aside = Berkas lama tidak dihapus; disimpan sebagai { $file }.

## Layar pemulihan
safekeeping-recover = Pulihkan data
safekeeping-recover-title = Pulihkan data dari cadangan
safekeeping-recover-hint = Isi cadangan digabung dengan semua yang masih terbaca dari berkas sekarang. Tidak ada yang dihapus, dan yang lebih baru dari cadangan tidak hilang.
safekeeping-recover-from = Cadangan
safekeeping-recover-newest = Cadangan terbaru yang baik
safekeeping-recovered = Data dipulihkan lengkap.
safekeeping-recovered-partly = Data dipulihkan; sebagian tidak terbaca.
safekeeping-go-on = Lanjutkan bekerja

## Cadangan
safekeeping-backups = Cadangan
safekeeping-backups-hint = Dibuat sendiri tiap hari, sebelum pembaruan aplikasi, dan sebelum impor; tersandi, di folder data. Salin folder backups ke USB untuk berjaga-jaga.
safekeeping-backups-none = Belum ada cadangan.
safekeeping-backup-now = Buat cadangan
safekeeping-backup-made = Cadangan dibuat dan diperiksa.
safekeeping-backup-failed = Cadangan terakhir gagal dibuat; pekerjaan tetap tersimpan.
safekeeping-backup-at = Dibuat
safekeeping-backup-size = Ukuran
safekeeping-backup-use = Pulihkan

## Hanya baca
safekeeping-read-only = Hanya baca: data dapat dilihat, tetapi belum dapat disimpan.
safekeeping-read-only-hint = Folder data terkunci atau disk penuh. Kosongkan ruang atau buka kuncinya; penyimpanan berjalan lagi dengan sendirinya.
