# Kurir: simpan ke USB dan ambil dari USB.

courier-title = Lewat USB
courier-hint = Tanpa jaringan, catatan dibawa kurir dalam berkas tersegel: siapa pun boleh membawa, tidak seorang pun dapat membaca atau mengubahnya.
courier-pack = Simpan ke USB
courier-take = Ambil dari USB
courier-consigned = { $saves } simpanan dan { $attachments } lampiran dibawa USB sejak { $since }
courier-consigned-hint = Belum terkirim: baru dihitung terkirim setelah tanda terimanya diambil kembali dari USB atau lewat jaringan.
courier-asked = Permintaan pendaftaran ke { $office } menunggu jawaban
courier-asked-hint = Dibuat { $at }. Simpan ke USB, serahkan kepada provinsi sebelum { $expires }, lalu ambil jawabannya. Anda tetap dapat bekerja; semua catatan ikut dihitung.
courier-not-ready = Belum ada provinsi yang dituju
courier-not-ready-hint = Buka undangan dari Bawaslu provinsi dahulu dan pilih Daftar lewat USB.

## Langkah 1: untuk siapa dan di mana
courier-step = Langkah { $step } dari 2
courier-pack-title = Simpan ke USB
courier-for = Untuk
courier-for-province = Provinsi
courier-colleague = { $name }, { $area }
courier-goes = Yang dibawa
courier-goes-saves = Simpanan laptop ini
courier-goes-others = Kiriman laptop lain
courier-goes-attachments = Lampiran
courier-goes-attachments-of = { $count } ({ $size })
courier-goes-receipts = Tanda terima untuk rekan
courier-goes-request = Permintaan pendaftaran
courier-goes-request-yes = Ikut
courier-goes-size = Besarnya
courier-goes-size-of = kira-kira { $size } dalam { $files } berkas
courier-nothing = Tidak ada yang perlu dibawa
courier-nothing-hint = Semuanya sudah bertanda terima. Berkas yang disimpan hanya menanyakan kabar terbaru kepada penerima.
courier-choose = Pilih USB…
courier-choose-other = Pilih USB lain…
courier-stick = USB
courier-stick-free = { $size } tersisa
courier-stick-files = { $count } bundel di dalamnya
courier-pack-now = Simpan
courier-packing = Menyimpan… jangan cabut USB
courier-packed = Tersimpan di USB
courier-packed-hint = { $count } berkas, { $size }. Keluarkan USB dengan aman, lalu serahkan untuk { $recipient }.
courier-packed-file = Berkas
courier-packed-not-sent = Catatan ini belum terkirim sampai tanda terimanya kembali.

## Ambil
courier-take-title = Ambil dari USB
courier-take-hint = Hanya berkas untuk laptop ini yang diambil. Yang ditolak tidak mengubah apa pun, dan tidak ada berkas yang dihapus dari USB.
courier-take-now = Ambil
courier-taking = Mengambil… jangan cabut USB
courier-take-none = Tidak ada bundel di folder ini
courier-take-none-hint = Berkasnya berakhir .bundel. Pilih folder yang memuatnya.
courier-file-part = bagian { $part } dari { $parts }, dibuat { $at }
courier-file-from = Dari { $from }
courier-file-other = Untuk penerima lain
courier-file-refused = Ditolak
courier-taken = { $count } berkas diambil
courier-taken-refused = { $count } berkas ditolak; tidak ada yang berubah karenanya
courier-taken-nothing = Tidak ada berkas yang diambil
courier-taken-enrolled = Laptop ini kini terdaftar; dokumen dapat ditandatangani
courier-taken-sent = Simpanan yang kini bertanda terima
courier-taken-received = Simpanan orang lain yang diterima
courier-taken-attachments = Lampiran yang kini lengkap
courier-taken-conflicts = Perbedaan isian baru
courier-taken-held = Tertahan
courier-taken-earlier = Sebagian isinya menunggu berkas sebelumnya
courier-taken-earlier-hint = Ambil juga berkas yang lebih lama atau bagian sebelumnya, lalu ambil lagi yang ini.
