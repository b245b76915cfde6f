# Beranda.

home-greeting = Selamat bekerja, { $name }
home-daily = Pekerjaan sehari-hari
home-write-report = Tulis LHP
home-write-report-hint = Formulir Model A
home-write-finding = Catat temuan
home-write-finding-hint = Formulir Model B.2
home-write-event = Catat kegiatan
home-write-event-hint = Sosialisasi dan daftar hadir
home-synchronize = Sinkronkan
home-synchronize-hint = Kirim dan terima catatan
home-deadlines = Tenggat
home-deadlines-none = Tidak ada tenggat yang berjalan.
home-drafts = Draf untuk dilanjutkan
home-drafts-none = Tidak ada draf. Semua yang ditulis sudah disimpan.
home-draft-attendance = Daftar hadir
home-draft-kept = tersimpan { $at }
home-returned = Dikembalikan, perlu diperbaiki
home-to-review = Perlu ditinjau
home-waiting-review = Menunggu tinjauan
home-recent = Terbaru
home-recent-none = Catatan yang Anda simpan akan tampak di sini.
home-counts = Jumlah catatan
home-conflicts = { $count } isian ditulis berbeda oleh dua orang dan menunggu keputusan.
home-conflicts-open = Putuskan
