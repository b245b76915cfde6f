# Kata-kata komponen antarmuka yang dipakai di semua layar.

## Tindakan
ui-add = Tambah
ui-remove = Hapus
ui-cancel = Batal
ui-close = Tutup
ui-save = Simpan
ui-undo = Urungkan
ui-retry = Coba lagi
ui-back = Kembali
ui-next = Lanjut
ui-open = Buka
ui-more = Tindakan lain
ui-show = Tampilkan
ui-hide = Sembunyikan
ui-clear = Kosongkan
ui-search = Cari

## Isian
ui-required = wajib diisi
ui-optional = bila ada
ui-characters = { $count } huruf
ui-date-format = tgl/bln/thn
ui-date-open-calendar = Buka kalender
ui-date-calendar = Kalender
ui-date-previous-month = Bulan sebelumnya
ui-date-next-month = Bulan berikutnya
ui-date-not-understood = Tanggal “{ $text }” tidak dikenali. Tulis seperti 14/02/2024.
ui-time-format = jj.mm
ui-time-not-understood = Waktu “{ $text }” tidak dikenali. Tulis seperti 08.30.
ui-choose = Pilih…
ui-choose-or-type = Pilih atau ketik…
ui-type-to-search = Ketik untuk mencari…
ui-nothing-found = Tidak ditemukan
ui-searching = Mencari…
ui-use-typed = Pakai “{ $text }”
ui-passphrase-show = Tampilkan frasa sandi
ui-passphrase-hide = Sembunyikan frasa sandi

## Daftar berulang
ui-row-removed = { $name } dihapus
ui-row-number = { $name } { $number }
ui-row-remove = Hapus { $name }

## Tabel
ui-table-range = { $first }–{ $last } dari { $total }
ui-table-range-open = { $first }–{ $last }
ui-table-previous = Halaman sebelumnya
ui-table-next = Halaman berikutnya
ui-table-loading = Memuat…
ui-table-empty = Belum ada isi

## Pesan
ui-reference = Rujukan
ui-info = Keterangan
ui-warning = Perhatian
ui-error = Gagal
ui-success = Berhasil
ui-notifications = Pemberitahuan

## Bagian formulir
ui-sections = Bagian formulir
ui-sections-complete = { $done } dari { $total } bagian lengkap
ui-section-empty = belum diisi
ui-section-partial = sebagian terisi
ui-section-complete = lengkap
ui-section-problem = perlu diperbaiki

## Keadaan simpan
ui-saving = Menyimpan…
ui-saved = Tersimpan
ui-saved-at = Tersimpan pukul { $time }
ui-save-failed = Belum tersimpan

## Berkas
ui-files-drop = Seret berkas ke sini, tempel, atau
ui-files-choose = pilih berkas
ui-files-release = Lepaskan untuk menambahkan

## Kemajuan
ui-progress-percent = { $percent } selesai
