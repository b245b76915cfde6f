# Bingkai aplikasi: navigasi, bilah keadaan, provinsi contoh.

shell-name = Arumbae
shell-navigation = Navigasi utama
shell-skip = Langsung ke isi

## Navigasi
shell-nav-home = Beranda
shell-nav-supervision = Pengawasan
shell-nav-finding = Temuan
shell-nav-outreach = Kegiatan
shell-nav-document = Dokumen
shell-nav-review = Tinjauan
shell-nav-sync = Sinkronisasi

## Bilah keadaan
shell-status = Keadaan aplikasi
shell-link-unknown = Keadaan belum diketahui
shell-link-not-enrolled = Belum terdaftar di server
shell-link-ready = Siap menyinkronkan
shell-link-idle = Tersambung pukul { $time }
shell-link-waiting = Menunggu jaringan
shell-link-paused = Sinkronisasi dijeda
shell-link-exchanging = Menyinkronkan…
shell-link-failed = Sinkronisasi terhenti
shell-nothing-waits = Tidak ada yang menunggu
shell-clock-wrong = Betulkan jam laptop
shell-waiting = Menunggu { $count } ({ $size })
shell-sent = Terkirim { $count }
shell-next-due = Tenggat { $date }
shell-days-left = { $days } hari lagi
shell-due-today = hari ini
shell-days-late = lewat { $days } hari
shell-language-name = Indonesia
shell-switch-language = Ganti bahasa: Indonesia atau English
shell-theme-system = Ikut sistem
shell-theme-light = Terang
shell-theme-dark = Gelap
shell-switch-theme = Ganti tampilan: ikut sistem, terang, gelap
shell-lock = Kunci
shell-lock-hint = Kunci Arumbae. Draf dan data tetap tersimpan.

## Provinsi contoh
shell-sample = CONTOH
shell-sample-officer = Laptop petugas Panwascam di provinsi contoh. Semua nama dan peristiwa rekaan.
shell-sample-supervisor = Laptop pengawas kabupaten/kota di provinsi contoh. Semua nama dan peristiwa rekaan.
shell-sample-go-officer = Pindah ke laptop petugas
shell-sample-go-supervisor = Pindah ke laptop pengawas
shell-sample-leave = Tutup contoh

## Kegagalan layar
shell-screen-failed = Layar ini tidak dapat ditampilkan.
shell-screen-failed-hint = Data Anda tidak berubah. Coba lagi; bila terulang, tutup lalu buka lagi Arumbae.
