# What the preview of an attendance import says.

# Rows that are not taken over
attendance-rejected-no-name = Tidak ada nama pada baris ini.
attendance-rejected-empty-row = Baris ini bernomor tetapi kosong.
attendance-rejected-below-the-list = Baris ini jumlah atau tanda tangan di bawah daftar, bukan peserta.
attendance-rejected-name-too-long = Isi kolom nama terlalu panjang untuk sebuah nama.
attendance-rejected-name-without-letters = Isi kolom nama bukan nama orang.
attendance-rejected-too-many-cells = Baris ini memiliki { $cells } kolom, sedangkan daftar memiliki { $columns }. Mungkin ada tanda pemisah di dalam isi sel.
attendance-rejected-waiting-room = Hanya berada di ruang tunggu, tidak masuk rapat.

# Rows that are certainly one person
attendance-merged-same-staff-number = NIP/NRP dan namanya sama.
attendance-merged-same-email = E-mail dan namanya sama.
attendance-merged-same-phone = Nomor HP dan namanya sama.
attendance-merged-same-name = Namanya sama dan tidak ada data yang bertentangan.

# Rows a person must decide on
attendance-doubt-same-staff-number-other-name = NIP/NRP sama dengan { $other }, tetapi namanya berbeda. Salah satu mungkin salah ketik.
attendance-doubt-same-email-other-name = E-mail sama dengan { $other }, tetapi namanya berbeda. Mungkin satu akun dipakai bersama.
attendance-doubt-same-phone-other-name = Nomor HP sama dengan { $other }, tetapi namanya berbeda.
attendance-doubt-same-name-other-staff-number = Nama dan kontaknya sama dengan { $other }, tetapi NIP/NRP berbeda.
attendance-doubt-same-name-other-agency = Nama sama dengan { $other }, tetapi instansinya berbeda.
attendance-doubt-same-name-other-email = Nama sama dengan { $other }, tetapi e-mailnya berbeda.
attendance-doubt-same-name-other-phone = Nama sama dengan { $other }, tetapi nomor HP-nya berbeda.
attendance-doubt-same-name-other-sex = Nama sama dengan { $other }, tetapi jenis kelaminnya berbeda.
attendance-doubt-single-name = Hanya satu kata dan sama dengan { $other }; bisa jadi orang lain.
attendance-doubt-several-with-this-name = Ada beberapa orang bernama { $other }. Pilih yang dimaksud.
attendance-doubt-similar-spelling = Ejaannya mirip { $other }.
attendance-doubt-word-order = Kata-katanya sama dengan { $other }, urutannya berbeda.
attendance-doubt-abbreviation = Mungkin singkatan dari { $other }, atau sebaliknya.
attendance-doubt-missing-word = Berbeda satu kata dari { $other }.
attendance-doubt-device = Ini nama perangkat atau akun, bukan nama orang.
attendance-doubt-agency-only = Hanya nama instansi; orangnya tidak disebut.
attendance-doubt-parts = Tidak jelas mana nama dan mana instansi.

# What was put right while reading
attendance-note-columns-guessed = Tidak ada baris judul kolom; isi tiap kolom diperkirakan. Periksa sebelum menyimpan.
attendance-note-rows-in-quotes = Setiap baris berada dalam tanda kutip dan sudah dipisahkan kembali.
attendance-note-windows-1252 = Berkas memakai pengodean lama (Windows-1252). Periksa huruf beraksen.

# The input cannot be read
attendance-error-empty = Tidak ada isinya. Pilih berkas lain atau salin kembali daftarnya.
attendance-error-too-large = Berkas terlalu besar untuk daftar hadir ({ $megabytes } MB, { $rows } baris). Bagi menjadi beberapa berkas.
attendance-error-spreadsheet-file = Ini berkas lembar sebar (xlsx, xls, atau ods). Simpan sebagai CSV, atau salin tabelnya lalu tempel di sini.
attendance-error-pdf = Ini berkas PDF. Salin daftarnya lalu tempel di sini, atau minta berkas CSV-nya.
attendance-error-not-text = Berkas ini bukan daftar berbentuk teks. Pilih berkas CSV.
attendance-error-no-name-column = Kolom nama tidak ditemukan. Beri judul “Nama” pada kolomnya, atau tentukan sendiri isi tiap kolom.
attendance-error-wrong-separator = Tanda pemisah kolom tidak cocok: { $header ->
    [comma] koma
    [semicolon] titik koma
    [tab] tab
   *[bar] garis tegak
} untuk judul, sedangkan barisnya memakai { $rows ->
    [comma] koma
    [semicolon] titik koma
    [tab] tab
   *[bar] garis tegak
}. Pilih pemisah yang benar, atau simpan ulang berkasnya dengan satu pemisah.

# What a column holds
attendance-column-name = Nama
attendance-column-staff_number = NIP atau NRP
attendance-column-position = Jabatan
attendance-column-agency = Instansi
attendance-column-position_or_agency = Jabatan/Instansi
attendance-column-sex = L/P
attendance-column-male_mark = Tanda L
attendance-column-female_mark = Tanda P
attendance-column-phone = Nomor HP
attendance-column-email = E-mail
attendance-column-staff_group = Status kepegawaian
attendance-column-minutes = Menit hadir
attendance-column-joined = Waktu bergabung
attendance-column-left = Waktu keluar
attendance-column-waiting_room = Ruang tunggu
attendance-column-none = Tidak dipakai

attendance-separator-comma = Koma
attendance-separator-semicolon = Titik koma
attendance-separator-tab = Tab
attendance-separator-bar = Garis tegak

attendance-format-table = Tabel
attendance-format-meeting_report = Laporan peserta rapat daring
attendance-format-names = Daftar nama
