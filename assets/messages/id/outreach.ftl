# Kegiatan sosialisasi: daftar dan formulirnya.

outreach-untitled = Kegiatan tanpa nama
outreach-add = Catat kegiatan
outreach-empty = Belum ada kegiatan
outreach-empty-hint = Sosialisasi, webinar, podcast, deklarasi, ikrar, dan kegiatan pencegahan lain dicatat di sini.
outreach-attendance = Daftar hadir
outreach-attendance-count = Daftar hadir ({ $count })
outreach-attendance-saves = Kegiatan disimpan dahulu ketika daftar hadir dibuka.

outreach-title-hint = Seperti pada undangan atau laporan kegiatan
outreach-organiser-hint = Bila beberapa instansi, pisahkan dengan koma
outreach-basis-hint = Nomor dan tanggal surat tugas, undangan, atau surat edaran
outreach-place-hint = Gedung atau tempat, seperti pada undangan
outreach-link-hint = Alamat rapat daring atau rekamannya, diawali https://
outreach-intent-hint = Untuk apa kegiatan ini diadakan
outreach-purpose-hint = Apa yang hendak dicapai
outreach-outcome-hint = Pokok pembahasan, pertanyaan peserta, dan jawabannya
outreach-recommendation-hint = Apa yang sebaiknya dilakukan setelah kegiatan ini, dan oleh siapa

outreach-speaker = Narasumber
outreach-speaker-add = Tambah narasumber
outreach-speaker-none = Belum ada narasumber.

outreach-agencies-about = Tulis berapa orang yang diundang dari tiap instansi.
outreach-agency = Instansi
outreach-agency-add = Tambah instansi
outreach-agency-none = Belum ada instansi yang diundang.
outreach-agency-name = Nama instansi
outreach-agency-people = orang
outreach-agencies-sum = { $agencies } instansi, { $people } orang diundang
