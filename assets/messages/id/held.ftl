# Tertahan: yang sudah datang tetapi belum dihitung, alasannya, dan jalan keluarnya.

held-title = Tertahan
held-subtitle = Tidak ada yang dihapus. Catatan lain tidak terpengaruh.
held-count = Tertahan { $count }
held-open = Lihat yang tertahan
held-banner = { $count } kiriman tertahan
held-banner-hint = Kiriman itu disimpan utuh dan belum dihitung. Tiap kiriman ada alasan dan jalan keluarnya.
held-empty = Tidak ada yang tertahan
held-empty-hint = Setiap kiriman yang datang sudah diperiksa dan dihitung.
held-since = Tertahan sejak
held-whose = Dari
held-own = laptop ini
held-unknown-author = Pengirim tidak dikenal
held-device = laptop { $device }
held-scope = Wilayah
held-record = Catatan
held-first-seq = Mulai simpanan ke-
held-by-server = Ditahan oleh
held-by-server-yes = Server provinsi
held-by-server-no = Laptop ini
held-hash = Sidik
held-save = Simpan salinan untuk provinsi
held-saved = Salinan disimpan
held-file = Kiriman tertahan { $hash }
held-sync = Sinkronkan sekarang
held-begin-lane = Mulai jalur baru
held-frozen = Jalur tulis laptop ini dibekukan
held-frozen-hint = Ada salinan lain dari data laptop ini yang juga menulis. Mulai jalur baru: semua yang belum terkirim ditulis ulang di sana dan tidak ada yang hilang.
held-lane-begun = Jalur baru dimulai. Yang belum terkirim akan dikirim di jalur itu.

## Tahap
held-level-chain = Rantai atau tanda tangan
held-level-decode = Isi belum terbaca
held-level-meaning = Belum berwenang atau belum lengkap

## Jalan keluar
held-way-good_copy = Menunggu salinan yang utuh. Datang sendiri dari server, rekan, atau USB.
held-way-new_incarnation = Laptop penulisnya memulai jalur baru, lalu menulis ulang yang tertahan.
held-way-upgrade = Pasang Arumbae versi terbaru. Yang tertahan lalu dibaca sendiri saat program dibuka.
held-way-registry_change = Provinsi mendaftarkan orang, laptop, atau wewenangnya. Diperiksa ulang sendiri setelah sinkron.
held-way-earlier_arrives = Menunggu catatan yang menjadi dasarnya. Masuk sendiri setelah datang.
held-way-author_repeats = Penulisnya mengulangi langkah itu dari keadaan sekarang.
held-way-province_decides = Provinsi yang memutuskan. Kirim salinannya bila diminta.
