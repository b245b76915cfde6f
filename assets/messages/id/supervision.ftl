# Laporan Hasil Pengawasan (Formulir Model A).

supervision-write = Tulis LHP
supervision-untitled = Laporan Hasil Pengawasan
supervision-empty = Belum ada LHP
supervision-empty-hint = Setiap kegiatan pengawasan dituangkan dalam Formulir Model A. Tulis yang pertama; drafnya tersimpan sendiri.
supervision-make-finding = Buat temuan
supervision-number-hint = Seperti 004/LHP/PM.01.02/K.MA-05.01/IX/2024
supervision-assignment-hint = Nomor SPT, seperti 197/PM.00.02/K.MA-05/06/2024
supervision-findings-about = Tuliskan urutan kejadian: siapa, apa, di mana, kapan, dan bagaimana. Teks boleh panjang.
supervision-violation-about = Apakah dalam pengawasan ini ada informasi dugaan pelanggaran?
supervision-violation-event = Peristiwa
supervision-violation-told = Uraian, fakta, dan analisa
supervision-dispute-about = Apakah dalam pengawasan ini ada informasi potensi sengketa?
supervision-photos-about = Satu sampai empat foto yang paling jelas, masing-masing dengan keterangan.
supervision-activity = Kegiatan
supervision-activity-add = Tambah kegiatan
supervision-activity-none = Belum ada kegiatan pengawasan.
supervision-activity-form-hint = Misalnya pengawasan langsung, patroli, penelusuran
supervision-activity-target-hint = Siapa atau apa yang diawasi

## Tahapan yang lazim
supervision-stage-voter-list = Pemutakhiran data dan penyusunan daftar pemilih
supervision-stage-candidacy = Pencalonan
supervision-stage-campaign = Kampanye
supervision-stage-quiet-period = Masa tenang
supervision-stage-logistics = Pengadaan dan distribusi logistik
supervision-stage-voting = Pemungutan dan penghitungan suara
supervision-stage-recapitulation = Rekapitulasi hasil penghitungan suara
supervision-stage-neutrality = Pengawasan netralitas ASN, TNI, dan Polri
