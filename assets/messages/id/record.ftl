# Yang sama pada semua catatan: draf, keadaan, komentar, perbedaan isian, foto, saksi, bukti.

record-yes = Ya
record-no = Tidak
record-there-is = Ada
record-details-kept = { $count } rincian masih terisi di bagian ini.
record-details-clear = Kosongkan rincian
record-details-cleared = Rincian dikosongkan
record-there-is-none = Tidak ada

## Draf dan simpan
record-draft-kept = Draf tersimpan { $time }
record-draft-resumed = Draf dari { $date } pukul { $time } dilanjutkan.
record-draft-overtaken = Catatan ini berubah sejak draf dimulai. Saat disimpan, perubahan orang lain tidak ditimpa.
record-draft-discard = Buang draf
record-draft-discarded = Draf dibuang
record-saved = Tersimpan di laptop ini
record-edit = Ubah
record-print = Cetak / tanda tangani

## Langkah
record-step-submitted = Ajukan
record-step-accepted = Terima
record-step-returned = Kembalikan
record-done-submitted = Diajukan untuk ditinjau
record-done-accepted = Diterima
record-done-returned = Dikembalikan kepada petugas
record-return-title = Kembalikan kepada petugas
record-return-explanation = Petugas melihat alasan ini, memperbaiki catatannya, lalu mengajukannya lagi.
record-reason = Alasan
record-read-only = Milik { $office }: Anda dapat membacanya, tidak mengubahnya.
record-left-hint = Yang tampak adalah keadaannya ketika dipindahkan. Perubahan kantor itu sesudahnya tidak sampai ke laptop ini.
record-move = Pindahkan…
record-move-title = Pindahkan ke kantor lain
record-move-explanation = Catatan pindah dengan semua bagian, foto, dan riwayatnya. Kantor asal tetap melihat bahwa dan mengapa catatan ini dipindahkan.
record-move-to = Kantor tujuan
record-move-to-hint = Kecamatan atau kabupaten/kota dalam wilayah pengawasan Anda.
record-move-nowhere = Tidak ada kantor lain dalam wilayah pengawasan Anda.
record-move-do = Pindahkan
record-moved = Dipindahkan ke { $to }
record-requested = { $status }, menunggu tanda terima provinsi
record-revived = Catatan ini pernah dihapus, lalu kembali karena ada yang mengubahnya tanpa mengetahui penghapusan itu.
record-revived-hint = Periksa isinya bersama yang menghapus dan yang mengubah, lalu pertahankan atau hapus lagi.
record-keep = Pertahankan
record-kept = Catatan dipertahankan
record-delete = Hapus…
record-delete-title = Hapus catatan
record-delete-explanation = Catatan hilang dari daftar di semua laptop. Isi dan riwayatnya tetap tersimpan; catatan dapat dipulihkan dari daftar dengan saringan “Dihapus”.
record-delete-do = Hapus
record-deleted = Catatan dihapus
record-deleted-by = Dihapus oleh { $name }, { $at }:
record-deleted-draft = Menyimpan draf di bawah ini mengembalikan catatannya untuk ditinjau.
record-restore = Pulihkan
record-restored = Catatan dipulihkan
record-status-deleted = Dihapus
record-undeletable-handed_in = Catatan yang sudah diajukan tidak dihapus; minta pengawas mengembalikannya dulu.
record-undeletable-has_documents = Tidak dapat dihapus karena sudah ada dokumen yang terbit darinya.
record-undeletable-has_derived = Tidak dapat dihapus karena sudah ada catatan yang dibuat darinya.
record-returned-parts = { $count } bagian yang sudah dikeluarkan kembali, karena ada yang mengubahnya tanpa mengetahui hal itu.
record-returned-parts-hint = Keluarkan lagi bila memang tidak diperlukan; riwayat menyebutkan siapa yang mengeluarkan dan siapa yang mengubah.
record-holds-later = Sebagian isi catatan ini ditulis dengan versi program yang lebih baru.
record-holds-later-hint = Tidak ada yang hilang: isinya tersimpan dan tampil setelah program di laptop ini diperbarui.
record-returned-by = Dikembalikan untuk diperbaiki. { $name }, { $at }:
record-answer = Baca atau jawab di komentar
record-fill-first = { $count } isian harus dilengkapi sebelum diajukan
record-needs-decision = Perlu keputusan
record-delivery-sent = Terkirim
record-delivery-waiting = Menunggu kirim

## Panel kanan
record-panel = Kelengkapan
record-tab-sections = Bagian
record-tab-comments = Komentar
record-tab-around = Rincian
record-problem-row = { $field } ({ $row })
record-problems-none = Tidak ada yang perlu diperbaiki.
record-comment = Komentar baru
record-comment-about = Tentang isian
record-comment-whole = Seluruh catatan
record-comment-add = Tambah komentar
record-comments-none = Belum ada komentar.
record-comment-save-first = Simpan catatan ini dahulu, lalu komentar dapat ditambahkan.
record-author = Dibuat oleh
record-region = Wilayah
record-updated = Terakhir diubah
record-delivery = Pengiriman
record-documents = Dokumen
record-documents-none = Belum ada dokumen yang diterbitkan.
record-derived = Temuan dari LHP ini
record-derived-none = Belum ada temuan.
record-not-stored-yet = Catatan ini masih berupa draf.

## Perbedaan isian
record-conflicts = { $count } isian ditulis berbeda oleh dua orang. Pilih mana yang berlaku.
record-conflict-values = { $count } isian berbeda
record-conflict-own = { $name } (Anda)
record-conflict-decide = Putuskan…
record-conflict-title = Putuskan: { $field }
record-conflict-explanation = Isian ini diubah di dua laptop tanpa saling mengetahui. Yang tidak dipilih tetap tercatat dalam riwayat.
record-conflict-anew = Tulis baru atau gabungkan
record-conflict-note = Alasan keputusan
record-conflict-note-hint = Dibaca rekan yang isiannya tidak dipilih.
record-conflict-settle = Pakai isian ini
record-conflict-settled = Perbedaan isian sudah diputuskan
record-empty-value = (kosong)

## Membaca
record-not-filled = Belum diisi
record-none-listed = Belum ada
record-no-photos = Belum ada foto atau berkas.
record-open-source = Buka LHP
record-file-gone = Berkas sudah tidak ada dalam lampiran

## Foto dan berkas
record-photos = Foto dan berkas
record-photos-hint = JPEG, PNG, atau PDF, paling besar 20 MB. Foto juga dapat ditempel dengan Ctrl+V.
record-photo-adding = Menambahkan { $file }…
record-photo-refused = { $file } tidak ditambahkan. { $why }
record-photo-taken = diambil { $at }
record-photo-elsewhere = Foto belum ada di laptop ini
record-photo-waiting = Menunggu dikirim
record-photo-preview-sent = Pratinjau terkirim; foto asli menunggu jaringan yang cukup
record-photo-sent = Terkirim
record-photo-preview-here = Baru pratinjau; foto asli belum ada di laptop ini
record-photo-genuine = Isi berkas cocok
record-photo-altered = Isi berkas tidak cocok dengan catatan

## Saksi dan bukti
record-witness = Saksi
record-witness-add = Tambah saksi
record-witness-none = Belum ada saksi.
record-evidence = Bukti
record-evidence-add = Tambah bukti
record-evidence-none = Belum ada bukti.
record-evidence-no-files = Belum ada foto

## Daftar
record-search = Cari nomor, judul, atau isi
record-any-status = Semua status
record-column-title = Judul dan nomor
record-column-date = Tanggal
record-column-status = Status
record-column-updated = Diubah
record-column-delivery = Pengiriman
record-row-conflicts = { $count } isian berbeda
record-nothing-matches = Tidak ada yang cocok
record-nothing-matches-hint = Coba kata lain, atau tampilkan semua status.
record-clear-filters = Tampilkan semua
