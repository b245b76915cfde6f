# Laptop di dekat sini: bertukar catatan di jaringan kantor tanpa server.

nearby-title = Laptop di dekat sini
nearby-hint = Bertukar catatan di jaringan kantor tanpa internet; siapa yang lebih dahulu tersambung ke provinsi membawa titipan semuanya.
nearby-turn-on = Nyalakan
nearby-turning-on = Menyalakan…
nearby-turn-off = Matikan
nearby-off-hint = Selama dimatikan laptop ini tidak mengumumkan diri dan tidak menjawab siapa pun. Menyala sampai Anda mematikannya atau mengunci Arumbae.
nearby-not-enrolled = Laptop ini belum terdaftar
nearby-not-enrolled-hint = Pakai undangan dari Bawaslu provinsi dahulu, lewat jaringan atau USB. Laptop yang tidak terdaftar tidak dilayani.
nearby-own-alias = Nama laptop ini di jaringan
nearby-own-address = Alamatnya
nearby-own-no-address = Tidak tersambung ke jaringan mana pun
nearby-not-announced = Jaringan ini tidak dapat menyebarkan nama
nearby-not-announced-hint = Laptop tidak muncul sendiri di daftar. Ketik alamat yang tampil di layar laptop rekan.

## Daftar
nearby-list = Laptop yang ditemukan
nearby-none = Belum ada laptop lain yang terlihat
nearby-none-hint = Nyalakan Laptop di dekat sini di laptop rekan dan sambungkan keduanya ke Wi-Fi yang sama. Jika tetap tidak muncul, ketik alamatnya.
nearby-unknown = Laptop yang belum dikenal
nearby-alias = nama di jaringan { $alias }
nearby-visible = Terlihat
nearby-not-visible = Tidak terlihat
nearby-paired = Dipasangkan
nearby-pair = Pasangkan
nearby-calling = Memanggil…
nearby-exchange = Tukar sekarang
nearby-exchanging = Bertukar…
nearby-forget = Lupakan
nearby-forget-of = Lupakan laptop { $name }
nearby-forget-title = Lupakan laptop { $name }?
nearby-forget-hint = Catatan yang sudah ditukar tetap ada. Untuk bertukar lagi kodenya dibandingkan sekali lagi di kedua layar.
nearby-forgotten = Pasangan dilupakan
nearby-never = Belum pernah bertukar
nearby-last = Terakhir { $at }: { $given } simpanan diberikan, { $received } diterima
nearby-last-segments = { $count } kiriman titipan diteruskan
nearby-last-attachments = { $count } lampiran lengkap
nearby-last-conflicts = { $count } perbedaan isian baru
nearby-exchanged = Selesai bertukar: { $given } simpanan diberikan, { $received } diterima
nearby-address = Alamat laptop rekan
nearby-address-hint = Seperti yang tampil di layarnya, misalnya 192.168.1.20:7471.
nearby-call = Panggil

## Kode
nearby-code-title = Bandingkan kode
nearby-code-with = Laptop { $name }
nearby-code-hint = Kode yang sama harus tampil di layar rekan. Lihat berdua, jangan lewat telepon atau pesan.
nearby-code-label = Kode
nearby-code-same = Sama
nearby-code-different = Berbeda
nearby-code-waiting = Menunggu rekan menekan Sama…
nearby-code-agreed = Laptop sudah dipasangkan; sekarang dapat bertukar
nearby-code-stopped = Tidak dipasangkan
