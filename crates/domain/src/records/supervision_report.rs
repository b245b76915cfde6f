//! Laporan Hasil Pengawasan (LHP), Formulir Model A (Perbawaslu 5/2022).

use jiff::civil::{Date, Time};

use super::{Attachment, Comment, ElectionRegime, EvidenceItem, RecordStatus, Witness};
use crate::record;
use crate::region::RegionCode;
use crate::schema::Narrative;

record! {
    /// Laporan Hasil Pengawasan, sections I to V.
    pub struct SupervisionReport {
        /// Where it stands in its workflow; changed by transitions only.
        1 => status: Option<RecordStatus>,
        /// Comments of reviewers.
        2 => comments: Vec<Comment>,
        /// Pemilu or Pemilihan; decides wording and deadlines.
        10 => regime: Option<ElectionRegime>,
        /// NOMOR.
        11 => number: String,

        /// I: tahapan yang diawasi.
        20 => stage: String,
        /// I: nama pelaksana tugas.
        21 => officer_name: String,
        /// I: jabatan.
        22 => officer_position: String,
        /// I: nomor surat perintah tugas.
        23 => assignment_number: String,
        /// I: alamat.
        24 => officer_address: String,

        /// II: kegiatan pengawasan.
        30 => activities: Vec<SupervisionActivity>,

        /// III: uraian singkat hasil pengawasan.
        40 => findings_summary: Narrative,

        /// IV: whether there is information on an alleged violation.
        50 => has_alleged_violation: Option<bool>,
        /// IV.1: peristiwa.
        51 => event: String,
        /// IV.1: tempat kejadian.
        52 => event_place: String,
        /// IV.1: tanggal kejadian.
        53 => event_date: Option<Date>,
        /// IV.1: pukul kejadian.
        54 => event_time: Option<Time>,
        /// IV.1: pelaku.
        55 => perpetrator_name: String,
        /// IV.1: alamat pelaku.
        56 => perpetrator_address: String,
        /// IV.2: saksi.
        57 => witnesses: Vec<Witness>,
        /// IV.3 and IV.4: alat bukti, barang bukti.
        58 => evidence: Vec<EvidenceItem>,
        /// IV.5: uraian singkat dugaan pelanggaran.
        59 => violation_summary: Narrative,
        /// IV.6: fakta dan keterangan.
        60 => facts: Narrative,
        /// IV.7: analisa.
        61 => analysis: Narrative,

        /// V: whether there is information on a potential dispute.
        70 => has_potential_dispute: Option<bool>,
        /// V.1: peserta Pemilu.
        71 => dispute_participant: String,
        /// V.1: tempat.
        72 => dispute_place: String,
        /// V.1: waktu.
        73 => dispute_date: Option<Date>,
        /// V.2: bentuk objek sengketa.
        74 => dispute_object_form: String,
        /// V.2: identitas objek sengketa.
        75 => dispute_object_identity: String,
        /// V.2: hari/tanggal dikeluarkan.
        76 => dispute_object_issued: Option<Date>,
        /// V.2: kerugian langsung.
        77 => dispute_direct_loss: String,
        /// V.3: uraian singkat potensi sengketa.
        78 => dispute_summary: Narrative,

        /// Place of the signature line.
        90 => signed_place: String,
        /// Date of the signature line.
        91 => signed_date: Option<Date>,
        /// Dokumentasi.
        92 => attachments: Vec<Attachment>,
        /// Village or district the report is about, as a region code.
        93 => region: Option<RegionCode>,
    }
}

record! {
    /// II: one supervised activity.
    pub struct SupervisionActivity {
        /// Bentuk.
        10 => form: String,
        /// Tujuan.
        11 => purpose: String,
        /// Sasaran.
        12 => target: String,
        /// Hari, tanggal.
        13 => date: Option<Date>,
        /// Pukul awal.
        14 => starts_at: Option<Time>,
        /// Pukul akhir.
        15 => ends_at: Option<Time>,
        /// Tempat.
        16 => place: String,
    }
}
