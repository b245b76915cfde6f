//! Display names of online meetings: `Kec. Sirimau - Nama`, `Nama_Instansi`.
