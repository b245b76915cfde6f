//! Temuan, Formulir Model B.2.

use std::collections::BTreeSet;

use jiff::civil::{Date, Time};

use super::{Attachment, Comment, ElectionRegime, EvidenceItem, RecordStatus, Witness};
use crate::region::RegionCode;
use crate::schema::{Narrative, RecordId};
use crate::{choice, record};

choice! {
    /// The four crucial issues (isu krusial).
    pub enum CrucialIssue {
        /// Politik uang.
        MoneyPolitics = "money_politics",
        /// Politisasi SARA.
        IdentityPolitics = "identity_politics",
        /// Hoaks.
        Hoax = "hoax",
        /// Netralitas ASN.
        CivilServantNeutrality = "civil_servant_neutrality",
    }
}

choice! {
    /// The four classes of violation.
    pub enum ViolationClass {
        /// Administrasi.
        Administrative = "administrative",
        /// Tindak pidana (Gakkumdu).
        Criminal = "criminal",
        /// Kode etik penyelenggara.
        OrganiserEthics = "organiser_ethics",
        /// Peraturan perundang-undangan lainnya, among them ASN neutrality.
        OtherLaw = "other_law",
    }
}

choice! {
    /// Groups of public staff, and others.
    pub enum StaffGroup {
        /// Pegawai Negeri Sipil.
        Pns = "pns",
        /// Pegawai Pemerintah dengan Perjanjian Kerja.
        Pppk = "pppk",
        /// Honorer, TKK, PTT (PPNPN).
        Contract = "contract",
        /// Kepala desa, perangkat desa, BPD (UU 6/2014).
        Village = "village",
        /// TNI.
        Military = "military",
        /// Polri.
        Police = "police",
        /// Anyone else.
        Public = "public",
    }
}

record! {
    /// Temuan.
    pub struct Finding {
        /// Where it stands in its workflow; changed by transitions only.
        1 => status: Option<RecordStatus>,
        /// Comments of reviewers.
        2 => comments: Vec<Comment>,
        /// Pemilu or Pemilihan; decides the deadline rule.
        10 => regime: Option<ElectionRegime>,
        /// NOMOR.
        11 => number: String,
        /// The LHP it was made from.
        12 => source_report: Option<RecordId>,

        /// Pengawas yang menemukan: nama.
        20 => finder_name: String,
        /// Pengawas yang menemukan: jabatan.
        21 => finder_position: String,
        /// Pengawas yang menemukan: alamat.
        22 => finder_address: String,

        /// Terlapor.
        30 => reported_persons: Vec<ReportedPerson>,

        /// Peristiwa.
        40 => event: String,
        /// Tempat kejadian.
        41 => event_place: String,
        /// Hari/tanggal kejadian.
        42 => event_date: Option<Date>,
        /// Pukul kejadian.
        43 => event_time: Option<Time>,
        /// Hari/tanggal diketahui; deadlines run from it.
        44 => known_date: Option<Date>,
        /// Classes of the alleged violation.
        45 => violation_classes: BTreeSet<ViolationClass>,
        /// Crucial issues it touches.
        46 => issues: BTreeSet<CrucialIssue>,
        /// Whether the candidate was already ditetapkan when it happened.
        47 => candidate_determined: Option<bool>,

        /// Saksi.
        50 => witnesses: Vec<Witness>,
        /// Bukti.
        51 => evidence: Vec<EvidenceItem>,
        /// Uraian singkat.
        52 => summary: Narrative,

        /// Place of the signature line.
        90 => signed_place: String,
        /// Date of the signature line.
        91 => signed_date: Option<Date>,
        /// Photos and files.
        92 => attachments: Vec<Attachment>,
        /// Village or district it happened in.
        93 => region: Option<RegionCode>,
    }
}

record! {
    /// Terlapor.
    pub struct ReportedPerson {
        /// Nama.
        10 => name: String,
        /// Alamat.
        11 => address: String,
        /// Telepon, optional.
        12 => phone: String,
        /// Staff group.
        13 => staff_group: Option<StaffGroup>,
        /// NIP of PNS and PPPK, NRP of TNI and Polri; digits only, may be blank.
        14 => staff_number: String,
        /// Jabatan.
        15 => position: String,
        /// Instansi.
        16 => agency: String,
    }
}
