# Hari pertama, membuka, dan pendaftaran laptop.

account-tagline = Catatan pengawasan pemilu yang bekerja tanpa jaringan
account-promise-offline = Semua pekerjaan berjalan tanpa sinyal, berminggu-minggu.
account-promise-encrypted = Semua catatan disandi di laptop ini; hanya frasa sandi Anda yang membukanya.
account-promise-yours = Tidak ada yang dihapus, tidak ada yang dikirim diam-diam.

## Layar pertama
account-welcome = Selamat datang di Arumbae
account-welcome-hint = Pilih cara memulai. Keduanya dapat dicoba tanpa jaringan.
account-start-office = Mulai sebagai petugas
account-start-office-hint = Untuk pekerjaan sungguhan. Anda boleh langsung bekerja sebelum menerima undangan; catatan tetap di laptop ini dan diterima utuh saat undangan datang.
account-start-sample = Coba dengan data contoh
account-start-sample-hint = Provinsi rekaan dengan server dan sertifikat sendiri. Semua dapat dicoba, ditandatangani, dan disinkronkan; semuanya bertanda CONTOH.
account-sample-opening = Menyiapkan provinsi contoh…
account-sample-opening-hint = Pertama kali perlu beberapa detik: server, sertifikat, dan dua laptop contoh sedang dibuat.
account-language = Bahasa
account-language-id = Indonesia
account-language-en = English

## Petugas baru
account-office-title = Mulai sebagai petugas
account-section-person = Anda
account-section-area = Wilayah tugas
account-section-passphrase = Frasa sandi
account-name = Nama lengkap
account-name-hint = Seperti pada surat keputusan pengangkatan.
account-position = Jabatan
account-position-chair = Ketua Panwaslu Kecamatan
account-position-member = Anggota Panwaslu Kecamatan
account-position-secretary = Kepala Sekretariat Panwaslu Kecamatan
account-position-staff = Staf Sekretariat Panwaslu Kecamatan
account-position-regency-chair = Ketua Bawaslu Kabupaten/Kota
account-position-regency-member = Anggota Bawaslu Kabupaten/Kota
account-position-regency-staff = Staf Bawaslu Kabupaten/Kota
account-level = Saya bertugas di
account-level-district = Kecamatan
account-level-regency = Kabupaten/Kota
account-area-search = Cari menurut nama
account-area-search-district = Ketik nama kecamatan…
account-area-search-regency = Ketik nama kabupaten atau kota…
account-area-search-hint = Atau pilih berurutan di bawah.
account-area-province = Provinsi
account-area-regency = Kabupaten/Kota
account-area-district = Kecamatan
account-area-missing-district = Pilih kecamatan tempat Anda bertugas.
account-area-missing-regency = Pilih kabupaten/kota tempat Anda bertugas.
account-passphrase = Frasa sandi
account-passphrase-again = Ketik sekali lagi
account-passphrase-example = Empat kata yang tidak saling berhubungan mudah diingat dan sulit ditebak.
account-passphrase-short = { $count } dari { $least } huruf. Kurang { $missing } lagi.
account-passphrase-plain = Cukup panjang, tetapi mudah ditebak. Tambahkan satu kata lain.
account-passphrase-good = Panjangnya baik ({ $count } huruf).
account-passphrase-same = Sama.
account-passphrase-differs = Belum sama.
account-passphrase-warning = Frasa sandi yang lupa tidak dapat dipulihkan
account-passphrase-warning-hint = Sebelum laptop ini terdaftar di provinsi, tidak seorang pun dapat membuka data Anda tanpa frasa sandi ini. Catat di kertas dan simpan di tempat aman. Sesudah terdaftar, provinsi dapat memulihkannya.
account-create = Buat dan mulai bekerja
account-creating = Menyandi tempat penyimpanan…

## Membuka
account-unlock-title = Buka Arumbae
account-unlock-hint = Data Anda masih ada di laptop ini, tersandi. Draf yang belum selesai juga tersimpan.
account-unlock-forgotten = Lupa frasa sandinya? Laptop yang sudah terdaftar dapat dibuka kembali di Bawaslu provinsi, tanpa kehilangan catatan.
account-unlock = Buka
account-unlock-wait = Dapat dicoba lagi dalam { $seconds } detik.
account-unlock-sample = Coba dengan data contoh
account-unlock-leave-sample = Tutup data contoh

## Pendaftaran
account-enrolment-title = Pendaftaran laptop
account-enrolment-subtitle = Undangan dari Bawaslu provinsi menghubungkan laptop ini dengan server dan memberi Anda sertifikat tanda tangan.
account-invited-by = Undangan diterima sebagai
account-invited-by-code = Kode lewat telepon
account-invited-by-text = Teks atau berkas
account-server-address = Alamat server
account-server-address-hint = Seperti yang dibacakan, misalnya arumbae.contoh.go.id.
account-invitation-code = Kode undangan
account-invitation-code-hint = Sepuluh huruf dan angka, misalnya 7K-Q2MX-9RT4. Huruf besar atau kecil sama saja.
account-invitation-fetch = Ambil undangan
account-invitation-fetching = Mengambil undangan…
account-invitation = Teks undangan
account-invitation-hint = Tempel seluruhnya, dari baris BEGIN sampai baris END.
account-invitation-file = Berkas undangan
account-invitation-file-hint = Misalnya dari USB atau surel.
account-invitation-read = Baca undangan
account-invitation-other = Pakai undangan lain
account-invitation-grants = Isi undangan ini
account-server = Server
account-role = Peran
account-area = Wilayah
account-expires = Berlaku sampai
account-expired = Undangan ini sudah lewat masa berlakunya. Minta undangan baru kepada Bawaslu provinsi.
account-enrol-passphrase-hint = Kunci tanda tangan yang baru disandi dengan frasa sandi Anda, sehingga hanya Anda yang dapat menandatangani.
account-enrol = Daftarkan laptop ini
account-enrol-by-stick = Daftar lewat USB
account-enrolling = Menghubungi server provinsi…
account-enrol-keeps = Catatan yang sudah Anda buat tetap utuh dan dikirim sesudah pendaftaran.
account-enrolled-now = Laptop ini sudah terdaftar
account-enrolled-now-hint = Catatan Anda akan dikirim sendiri saat jaringan ada, dan dokumen dapat ditandatangani.
account-enrolled-title = Laptop ini terdaftar
account-certificate-serial = Nomor seri sertifikat
account-certificate-expires = Sertifikat berlaku sampai
account-certificate-days = { $days } hari lagi
account-certificate-over = sudah lewat
account-certificate-renew = Sertifikat Anda sudah lewat masa berlakunya. Minta undangan baru kepada Bawaslu provinsi agar dapat menandatangani lagi.
account-to-sync = Ke Sinkronisasi

## Peran
account-role-petugas = Petugas
account-role-sekretariat = Sekretariat
account-role-ketua = Ketua
account-role-pengawas_kabkota = Pengawas kabupaten/kota
account-role-pengawas_provinsi = Pengawas provinsi
account-role-operator = Operator
