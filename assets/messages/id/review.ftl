# Tinjauan: yang menunggu dibaca, yang dikembalikan, yang perlu diputuskan.

review-title = Tinjauan
review-tabs = Jenis tinjauan
review-to-review = Perlu ditinjau
review-waiting = Menunggu tinjauan
review-returned = Dikembalikan
review-conflicts = Perbedaan isian
review-caption-submitted = Catatan yang diajukan
review-caption-returned = Catatan yang dikembalikan
review-caption-conflicts = Isian dengan lebih dari satu nilai
review-column-record = Catatan
review-column-area = Wilayah
review-column-changed = Diubah
review-column-delivery = Pengiriman
review-column-field = Isian
review-column-written = Ditulis oleh
review-column-newest = Terakhir
review-more = Muat lebih banyak
review-empty-submitted-reviewer = Tidak ada yang perlu ditinjau
review-empty-submitted-reviewer-hint = Catatan yang diajukan petugas di wilayah Anda akan muncul di sini setelah tersinkron.
review-empty-submitted-officer = Tidak ada yang menunggu tinjauan
review-empty-submitted-officer-hint = Catatan yang Anda ajukan ada di sini sampai pengawas menerima atau mengembalikannya.
review-empty-returned = Tidak ada yang dikembalikan
review-empty-returned-hint = Catatan yang dikembalikan beserta alasannya ada di sini sampai diajukan lagi.
review-empty-conflicts = Tidak ada perbedaan isian
review-empty-conflicts-hint = Bila dua orang mengubah isian yang sama tanpa saling mengetahui, kedua isinya disimpan dan menunggu keputusan di sini.

## Memutuskan
review-where = { $kind }: { $title }
review-shown-now = Ditampilkan sekarang
review-differs-legend = Kata bertanda berbeda dari isian lain.
review-merged = Gabungan keduanya
review-merged-mark = Disusun program
review-merged-hint = Keduanya mengubah kalimat yang berbeda. Baca seluruhnya sebelum memilih: yang Anda putuskan menjadi tulisan Anda, dan riwayat menyebutkan bahwa program yang menyusunnya.
review-comparison = Perbandingan per kalimat
review-comparison-before = Semula
review-comparison-gone = (dihapus)
review-comparison-none = (belum ada)
review-comparison-alike = Keduanya menulis sama
review-comparison-both = Keduanya mengubah
review-anew-hint = Isian terpilih disalin; ubah seperlunya.
