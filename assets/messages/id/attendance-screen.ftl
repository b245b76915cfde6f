# Layar daftar hadir: mengetik, menempel, dan mengimpor peserta.

attendees-title = Daftar hadir
attendees-number = No
attendees-group = Kelompok
attendees-name-here = Ketik nama peserta
attendees-remove = Hapus baris (Ctrl+Backspace)
attendees-removed = { $name } dihapus dari daftar
attendees-row = Baris { $row }
attendees-sex-keys = Tekan L atau P
attendees-group-keys = Tekan huruf awalnya, atau 1–7: PNS, PPPK, Honorer, Desa, TNI, Polri, Umum
attendees-unsaved = Draf, belum disimpan
attendees-saved = Daftar hadir tersimpan
attendees-print = Cetak daftar hadir
attendees-save-first = Simpan dahulu agar yang tercetak sama dengan yang di layar
attendees-conflicts = { $count } isian memiliki lebih dari satu nilai
attendees-to-review = Putuskan di Tinjauan

## Kelompok pegawai, dalam satu kata
attendees-group-pns = PNS
attendees-group-pppk = PPPK
attendees-group-contract = Honorer
attendees-group-village = Desa
attendees-group-military = TNI
attendees-group-police = Polri
attendees-group-public = Umum

## Tombol
attendees-key-next = isian berikutnya
attendees-key-copy = salin dari atas
attendees-key-insert = sisipkan baris
attendees-key-remove = hapus baris
attendees-key-paste = tempel dari lembar sebar
attendees-key-leave = keluar

## Jumlah
attendees-totals = Jumlah peserta
attendees-people = peserta
attendees-sex-unknown = tanpa L/P
attendees-group-unknown = tanpa kelompok
attendees-agencies = Peserta per instansi
attendees-agencies-count = { $count } instansi
attendees-agency-unknown = tanpa instansi
attendees-nameless = { $count } tanpa nama

## Mungkin ganda
attendees-twice = { $count } mungkin ganda
attendees-twice-staff-number = NIP/NRP ini sudah ada di baris { $row }: { $name }
attendees-twice-phone = Nomor HP ini sudah ada di baris { $row }: { $name }
attendees-twice-name = Nama ini sudah ada di baris { $row }: { $name }

## Impor
attendees-import = Impor CSV/Zoom
attendees-drop = Lepaskan untuk mengimpor daftar hadir
attendees-import-file = Impor { $file }
attendees-import-pasted = Tempel ke daftar hadir
attendees-reading = Membaca daftar…
attendees-summary = { $rows } baris dibaca, { $people } orang ditemukan
attendees-separator = pemisah { $separator }
attendees-header-row = judul kolom di baris { $row }
attendees-columns = Isi tiap kolom
attendees-column = Kolom { $number }
attendees-encoding-utf8 = UTF-8
attendees-encoding-utf16_le = UTF-16
attendees-encoding-utf16_be = UTF-16
attendees-encoding-windows1252 = Windows-1252
attendees-groups = Hasil pembacaan
attendees-added = Ditambah
attendees-merged = Digabung
attendees-doubted = Diragukan
attendees-rejected = Ditolak
attendees-none = Tidak ada
attendees-rows = { $count ->
    [1] baris { $rows }
   *[other] { $count } baris: { $rows }
}
attendees-row-empty = (kosong)
attendees-minutes = { $minutes } menit
attendees-merged-rows = Beberapa baris digabung menjadi satu orang.
attendees-merged-into = Digabung dengan baris { $row } di daftar.
attendees-filled = Dilengkapi: { $fields }.
attendees-decide = Keputusan
attendees-decide-add = Tambah sebagai orang lain
attendees-decide-add-about = Masuk daftar sebagai baris baru
attendees-decide-merge = { $number }. Gabung dengan { $name }
attendees-already-listed = sudah di daftar
attendees-decide-skip = Lewati
attendees-decide-skip-about = Tidak dimasukkan ke daftar
attendees-decide-rest = { $count } belum diputuskan:
attendees-rest-add = Tambah semua
attendees-rest-skip = Lewati semua
attendees-is-added = tambah
attendees-is-merged = gabung
attendees-is-skipped = lewati
attendees-other-person = orang lain
attendees-undecided = { $count } belum diputuskan dan akan ditambah
attendees-accept = { $merged ->
    [0] Tambah { $added } orang
   *[other] Tambah { $added }, gabung { $merged }
}
attendees-imported = { $added } ditambah, { $merged } digabung dengan yang sudah ada, { $skipped } tidak dimasukkan
