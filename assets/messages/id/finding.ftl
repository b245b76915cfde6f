# Temuan (Formulir Model B.2) dan tenggatnya.

finding-write = Catat temuan
finding-untitled = Temuan
finding-empty = Belum ada temuan
finding-empty-hint = Temuan dibuat dari LHP yang memuat dugaan pelanggaran, atau dicatat langsung di sini.
finding-reported = Terlapor
finding-reported-add = Tambah terlapor
finding-reported-none = Belum ada terlapor.
finding-known-hint = Tenggat temuan dihitung dari tanggal ini.
finding-determined = Sudah ditetapkan
finding-not-determined = Belum ditetapkan

## Tenggat
finding-deadline = Tenggat
finding-deadline-none = Tenggat muncul setelah jenis pemilihan dan tanggal diketahui diisi.
finding-deadline-rule = { $days } { $counting } sejak diketahui, { $from }.
finding-deadline-unverified = Penghitungan ini sementara.
finding-deadline-details = Bunyi aturan dan sumbernya
finding-deadline-text = Bunyi aturan
finding-deadline-source = Sumber
finding-deadline-remark = Catatan
finding-holidays-skipped = Hari libur yang dilewati
finding-holidays-unknown = Hari libur tahun ini belum ada dalam daftar, jadi tenggat sebenarnya dapat lebih lambat.
finding-days-left = { $days } hari lagi
finding-due-today = hari ini
finding-overdue = lewat { $days } hari
