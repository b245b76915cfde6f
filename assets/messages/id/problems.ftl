# What is missing in a record or looks wrong about it. Shown beside the field, so the field's name is not repeated.

problem-required = Bagian ini belum diisi.
problem-expected = Sebaiknya diisi; laporan tanpa ini sering dikembalikan.
problem-choose = Pilih sedikitnya satu.
problem-choose-there-is-or-not = Pilih ada atau tidak ada.
problem-required-formal = Belum diisi. Ini syarat formal temuan.
problem-required-material = Belum diisi. Ini syarat materiel temuan.
problem-number-missing = Nomor belum ada. Dokumen dapat dicetak, tetapi nomornya kosong.
problem-narrative-short = Uraiannya pendek. Tuliskan siapa, apa, di mana, kapan, dan bagaimana.
problem-date-future = Tanggal ini belum terjadi. Periksa tanggalnya.
problem-date-old = Tahun { $year } sudah lama berlalu. Periksa tahunnya.
problem-time-order = Pukul selesai lebih awal daripada pukul mulai. Periksa, kecuali kegiatan melewati tengah malam.
problem-negative = Jumlahnya tidak boleh kurang dari nol.
problem-region-unknown = Kode wilayah { $code } tidak ada dalam daftar ({ $edition }). Pilih wilayah dari daftar, atau biarkan jika kodenya memang baru.
problem-region-wide = Pilih kecamatan, desa, atau kelurahan agar lokasinya jelas.

problem-no-activity = Tambahkan sedikitnya satu kegiatan pengawasan.
problem-no-witness = Belum ada saksi. Tambahkan jika ada yang melihat atau mendengar.
problem-no-evidence = Belum ada bukti. Tambahkan foto, rekaman, atau dokumen jika ada.
problem-no-evidence-material = Belum ada bukti. Bukti adalah syarat materiel temuan.
problem-evidence-file-gone = Foto atau berkas bukti ini sudah tidak ada di lampiran. Pilih kembali.
problem-perpetrator-missing = Pelaku belum diisi. Jika belum diketahui, tulis “belum diketahui”.
problem-section-denied-but-filled = Dinyatakan tidak ada, tetapi rinciannya terisi. Kosongkan rinciannya, atau pilih ada.
problem-signed-too-early = Tanggal tanda tangan lebih awal daripada kejadian yang dilaporkan.
problem-no-photo = Belum ada foto dokumentasi.
problem-many-photos = Formulir biasanya memuat satu sampai { $most } foto. Pilih yang paling jelas.
problem-attachment-without-file = Berkasnya tidak ada. Tambahkan kembali berkas ini.

problem-no-source-report = Temuan ini belum dikaitkan dengan LHP.
problem-no-reported-person = Tambahkan sedikitnya satu terlapor. Ini syarat formal temuan.
problem-known-date-missing = Tanggal diketahui belum diisi. Batas waktu temuan dihitung dari tanggal ini.
problem-known-before-event = Tanggal diketahui lebih awal daripada tanggal kejadian.
problem-candidate-determined-missing = Pilih apakah calon sudah ditetapkan saat kejadian; ini menentukan jenis pelanggarannya.

problem-no-issue = Pilih isu krusial yang dibahas.
problem-no-speaker = Belum ada narasumber.
problem-no-attendee = Daftar hadir masih kosong.
problem-event-not-yet-held = Tanggal kegiatan belum tiba, tetapi daftar hadirnya sudah terisi.
problem-link = Tautan biasanya diawali https://.
problem-attendees-without-agency = { $count } peserta belum ada instansinya.
problem-attendees-without-sex = { $count } peserta belum ada keterangan L/P.
problem-phone = Nomor telepon ini tampaknya salah. Periksa jumlah angkanya.
problem-email = Alamat e-mail ini tampaknya salah; tidak ada tanda @.

# Staff numbers: always advice, the number is kept as written.
problem-staff-number-blank = NIP belum diisi. Penerusan ke BKN memerlukan NIP atau NIK.
problem-staff-number-length = NIP terdiri atas 18 angka; yang tertulis { $digits } angka. Periksa kembali, atau biarkan jika memang demikian di berkas asalnya.
problem-staff-number-letters = Nomor ini memuat huruf atau tanda. NIP hanya terdiri atas angka.
problem-staff-number-rounded = Angka terakhir nomor ini tampaknya hilang karena lembar sebar (spreadsheet). Ambil nomornya dari berkas asal.
problem-staff-number-birth-date = Delapan angka pertama NIP bukan tanggal lahir yang benar.
problem-staff-number-appointment = Tahun pengangkatan dalam NIP tidak cocok dengan tanggal lahir atau belum tiba.
problem-staff-number-appointment-month = Angka ke-13 dan ke-14 NIP PNS harus bulan (01–12). Jika ia PPPK, pilih kelompok PPPK.
problem-staff-number-sex = Angka ke-15 NIP harus 1 (laki-laki) atau 2 (perempuan).
problem-staff-number-not-service = Nomor ini berbentuk NIP, sedangkan TNI dan Polri memakai NRP.
problem-staff-number-other-sex = Jenis kelamin dalam NIP berbeda dengan yang dipilih.
