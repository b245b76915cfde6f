### Hasil pemeriksaan berkas bukti (arumbae-cli verify-log).

proof-unreadable = { $file } bukan berkas bukti Arumbae, atau terpotong. Minta berkas aslinya, bukan salinan dari isi surat atau hasil cetak.
proof-too-large = { $file } lebih besar daripada berkas bukti mana pun ({ $most } MB). Periksa apakah ini berkas yang benar.
proof-newer = { $file } dibuat Arumbae versi lebih baru. Pasang arumbae-cli versi terbaru, lalu periksa lagi.
proof-key-unreadable = Kunci provinsi harus 64 angka heksadesimal. Salin seluruhnya dari sumber tepercaya, misalnya surat Bawaslu provinsi.

proof-genuine = { $file }: TERBUKTI. Semua tanda tangan, rantai, dan tanda terima di dalamnya benar.
proof-false = { $file }: TIDAK DAPAT DIPERCAYA. Yang berikut ini tidak benar:
proof-record = Catatan: { $kind } { $record }
proof-kind-unknown = jenis tidak dibuktikan
proof-made = Bukti dibuat { $time } menurut jam pembuatnya, di laptop { $device } ({ $owner })
proof-saves = Simpanan yang terbukti, menurut urutan jam penulisnya: { $count }
proof-save = { $number }. { $time } menurut jam laptop · { $person } · laptop { $device } · { $scope }, simpanan { $seq }
proof-save-erased = { $number }. Simpanan { $seq } laptop { $device } di { $scope }: isinya dihapus; terbukti pernah ada dan di mana tempatnya
proof-received = diterima provinsi { $time }, nomor { $gsn }
proof-not-received = belum ada tanda terima provinsi
proof-person = { $name }, { $position }
proof-person-unknown = orang yang tidak disebut dalam daftar provinsi ({ $id })
proof-owner-unknown = pemilik tidak dibuktikan
proof-lane = Rantai jalur { $lane }, laptop { $device } di { $scope }: simpanan { $first } sampai { $last } dalam { $segments } segmen
proof-not-proven = Yang TIDAK dibuktikan berkas ini:

## Isi simpanan
proof-created = dibuat: { $kind }
proof-set = { $field }: { $value }
proof-cleared = { $field }: dikosongkan
proof-resolved = { $field }, diputuskan: { $value }. Alasan: { $note }
proof-added = { $field }, ditambah: { $value }
proof-removed = { $field }, { $count } dikeluarkan
proof-moved = status dari { $from } menjadi { $to }
proof-moved-because = status dari { $from } menjadi { $to }. Alasan: { $reason }
proof-deleted = dihapus
proof-deleted-because = dihapus. Alasan: { $reason }
proof-restored = penghapusan dibatalkan
proof-rehomed = dipindahkan dari { $from } ke { $to }
proof-attached = berkas dilampirkan: { $blob }
proof-later = perubahan yang hanya dikenal Arumbae versi lebih baru
proof-field-unknown = isian nomor { $number }

## Yang tidak benar
proof-fault-maker_signature = Berkas ini berubah setelah dibuat: tanda tangan pembuatnya tidak cocok.
proof-fault-other_province = Kunci provinsi dalam berkas bukan kunci yang Anda berikan: berkas ini dari provinsi lain atau dipalsukan.
proof-fault-header_signature = Segmen { $segment } tidak ditandatangani laptop yang disebutnya.
proof-fault-save_mismatch = Simpanan { $seq } dalam segmen { $segment } bukan yang ditandatangani laptopnya.
proof-fault-foreign_save = Simpanan { $seq } dalam segmen { $segment } bukan tentang catatan ini.
proof-fault-receipt_signature = Tanda terima segmen { $segment } tidak ditandatangani provinsi.
proof-fault-broken_lane = Segmen { $segment } tidak menyambung dengan segmen sebelumnya.
proof-fault-entry_signature = Entri { $seq } daftar provinsi tidak ditandatangani provinsi.
proof-fault-broken_registry = Entri { $seq } daftar provinsi tidak menyambung dengan entri sebelumnya.

## Yang tidak dibuktikan
proof-gap-key_not_pinned = Bahwa kunci provinsi { $key } sungguh milik provinsi. Cocokkan dengan --registry-key dari sumber tepercaya.
proof-gap-no_province = Milik siapa laptop-laptop ini: berkas dibuat sebelum laptopnya terdaftar di provinsi.
proof-gap-no_saves = Apa pun tentang catatan ini: tidak ada simpanan di dalamnya.
proof-gap-unknown_maker = Siapa yang membuat berkas bukti ini.
proof-gap-unknown_device = Milik siapa laptop { $device }.
proof-gap-unknown_person = Siapa orang dengan nomor { $person }.
proof-gap-not_the_owner = Bahwa orang yang disebut pada simpanan { $seq } jalur { $lane } sungguh di depan laptop; laptop itu milik orang lain.
proof-gap-no_right = Bahwa penulis simpanan { $seq } jalur { $lane } berwenang menulis di wilayah itu.
proof-gap-after_revocation = Bahwa simpanan { $seq } jalur { $lane } berlaku: izin laptopnya sudah dicabut.
proof-gap-no_receipt = Kapan simpanan { $seq } jalur { $lane } ditulis, selain menurut jam laptopnya sendiri: tidak ada tanda terima provinsi.
proof-gap-clock_far_off = Jam pada simpanan { $seq } jalur { $lane }: jam laptop itu menyimpang lebih dari 5 menit menurut ukurannya sendiri.
proof-gap-erased = Isi simpanan { $seq } jalur { $lane }: sudah dihapus.
proof-gap-lane_begins = Jalur { $lane } sebelum simpanan { $seq }.
proof-gap-lane_gap = Apa yang ada di jalur { $lane } setelah simpanan { $seq }: ada segmen yang tidak disertakan.
proof-gap-missing_save = Simpanan { $seq } jalur { $lane }, yang menjadi dasar simpanan di sini, tidak disertakan.
proof-gap-unread_entry = Isi entri { $seq } daftar provinsi: dibuat versi lebih baru.
proof-gap-registry_excerpt = Bahwa daftar provinsi tidak mencatat hal lain di antara entri yang disertakan; entri tentang orang lain sengaja ditinggalkan.
proof-gap-always-others = Bahwa tidak ada simpanan lain tentang catatan ini di laptop lain atau setelah berkas ini dibuat.
proof-gap-always-later = Bahwa hak orang dan laptop ini belum dicabut setelah entri terakhir yang disertakan.
