### Kata-kata arumbae-server di terminal: yang berjalan, dan (hint) apa yang harus dilakukan bila gagal.

server-listening = Server { $office } berjalan di { $url }. Tekan Ctrl-C untuk berhenti.
server-stopped = Server berhenti. Semua data yang sudah ditandaterimakan tersimpan.

server-invitation = Undangan untuk { $role } di { $scope }, berlaku sampai { $expires }. Kirim seluruh teks ini, dari baris BEGIN sampai END, hanya kepada orang yang dituju.
server-invitation-written = Undangan ditulis ke { $path }.

server-no-devices = Belum ada perangkat yang terdaftar.
server-device-active = aktif
server-device-revoked = dicabut { $at }
server-revoked = Hak perangkat { $device } dicabut. Data yang sudah diterima tetap sah.
server-revoked-before = Hak perangkat { $device } sudah dicabut sebelumnya.

server-error-address-in-use = Alamat { $detail } sudah dipakai program lain.
    .hint = Hentikan program itu, atau pilih porta lain: arumbae-server serve --listen 0.0.0.0:8444
server-error-address = Server tidak dapat memakai alamat { $detail }.
    .hint = Periksa apakah alamat itu milik komputer ini. Porta di bawah 1024 memerlukan hak khusus; pakai misalnya 0.0.0.0:8443.
server-error-folder = Folder atau berkas { $detail } tidak dapat dipakai.
    .hint = Pastikan pengguna yang menjalankan server boleh menulis di folder itu dan disknya tidak penuh, atau pilih folder lain dengan --data.
server-error-no-province = Folder { $detail } belum berisi data server.
    .hint = Jalankan lebih dahulu: arumbae-server serve --data FOLDER. Periksa juga apakah nama foldernya benar.
server-error-already-running = Server lain sedang berjalan dengan folder { $detail }.
    .hint = Hentikan server itu lebih dahulu, atau pilih folder lain dengan --data.
server-error-keys = Kunci di folder "keys" tidak ada, rusak, atau bukan milik data ini.
    .hint = Jangan membuat kunci baru: semua perangkat akan terputus. Pulihkan folder "keys" dari cadangan, lalu jalankan lagi.
server-error-newer-schema = Data ditulis oleh versi arumbae-server yang lebih baru.
    .hint = Pasang versi arumbae-server yang terbaru. Data tidak diubah.
server-error-foreign-file = Berkas arumbae.db di folder data bukan milik arumbae-server.
    .hint = Pilih folder lain dengan --data, atau pindahkan berkas itu. Berkas tidak diubah.
server-error-full = Disk penuh.
    .hint = Kosongkan ruang disk, lalu jalankan lagi. Data yang sudah diterima tidak hilang.
server-error-storage = Basis data tidak dapat dibuka.
    .hint = Jangan menghapus apa pun. Periksa kesehatan disk, salin folder data, lalu pulihkan dari cadangan bila perlu.
server-error-certificate = Sertifikat server tidak dapat disiapkan.
    .hint = Periksa tanggal dan jam komputer, dan nama pada --name: hanya huruf, angka, titik, dan tanda hubung.
server-error-role-does-not-fit = Peran { $role } tidak dapat diberikan di { $scope }.
    .hint = Pengawas kabupaten/kota memakai kode seperti 81.71, pengawas provinsi memakai kode seperti 81.
server-error-address-unknown = Alamat server belum diketahui.
    .hint = Jalankan server satu kali, atau sebutkan alamatnya: --server-url https://arumbae.contoh.go.id:8443
server-error-unknown-person = Orang itu belum terdaftar.
    .hint = Lihat daftar dengan: arumbae-server devices --data FOLDER
server-error-unknown-device = Perangkat itu tidak terdaftar, atau awalan kuncinya cocok dengan beberapa perangkat.
    .hint = Lihat daftar dengan: arumbae-server devices --data FOLDER, lalu tulis kuncinya lebih panjang.
server-error-stopped = Server berhenti karena kesalahan: { $detail }
    .hint = Lihat baris terakhir log di atas. Data yang sudah ditandaterimakan tersimpan.
server-error-hint = Yang dapat dilakukan: { $hint }

## Bantuan (--help)
server-help = Server provinsi Arumbae: log bertanda tangan, tanda terima, registri, lampiran, dan sertifikat.
server-serve-help = Menjalankan server; pada kali pertama membuat kunci, basis data, dan sertifikatnya.
server-invite-help = Membuat undangan untuk satu orang; boleh selagi server berjalan.
server-devices-help = Menampilkan perangkat yang terdaftar.
server-revoke-help = Mencabut hak sebuah perangkat; yang sudah diterima tetap sah.
server-help-language = Bahasa pesan dan bantuan
server-help-path = Folder data server
server-help-listen = Alamat dan porta yang didengarkan
server-help-metrics = Alamat dan porta tempat metrik (Prometheus) dibaca, tanpa TLS; hanya untuk operator, mis. 127.0.0.1:9443
server-help-names = Nama atau alamat IP yang dipakai perangkat; boleh diulang, yang pertama masuk ke undangan
server-help-office = Nama kantor; hanya dibaca saat pertama dijalankan
server-help-region = Kode wilayah kantor; hanya dibaca saat pertama dijalankan
server-help-role = petugas, sekretariat, ketua, pengawas_kabkota, pengawas_provinsi, atau operator
server-help-scope = Wilayah tugas, misalnya 81.71.01
server-help-expires = Berapa hari undangan berlaku
server-help-server-url = Alamat server yang dipakai perangkat, bila bukan alamat saat server terakhir dijalankan
server-help-person = Orang terdaftar yang mendapat perangkat tambahan (lihat perintah devices)
server-help-out = Tulis undangan ke berkas ini, bukan ke layar
server-help-device = Kunci perangkat, atau awalannya yang hanya cocok dengan satu perangkat
