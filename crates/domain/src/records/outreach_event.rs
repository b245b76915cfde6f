//! Kegiatan sosialisasi with its attendance.

use std::collections::BTreeSet;

use jiff::civil::{Date, Time};

use super::{Attachment, Comment, CrucialIssue, ElectionRegime, RecordStatus, StaffGroup};
use crate::region::RegionCode;
use crate::schema::Narrative;
use crate::{choice, record};

choice! {
    /// Kinds of socialization (bentuk kegiatan).
    pub enum OutreachForm {
        /// Sosialisasi tatap muka.
        Socialization = "socialization",
        /// Webinar.
        Webinar = "webinar",
        /// Podcast.
        Podcast = "podcast",
        /// Deklarasi.
        Declaration = "declaration",
        /// Ikrar.
        Pledge = "pledge",
        /// Apel siaga.
        Assembly = "assembly",
        /// Penandatanganan MoU atau PKS.
        Agreement = "agreement",
        /// Patroli pengawasan.
        Patrol = "patrol",
    }
}

choice! {
    /// How an event was held.
    pub enum EventMode {
        /// On site.
        OnSite = "on_site",
        /// Online.
        Online = "online",
        /// Both.
        Hybrid = "hybrid",
    }
}

choice! {
    /// L or P, as attendance lists have it.
    pub enum Sex {
        /// Laki-laki.
        Male = "male",
        /// Perempuan.
        Female = "female",
    }
}

choice! {
    /// Where an attendance row came from.
    pub enum AttendanceSource {
        /// Typed row by row.
        Typed = "typed",
        /// Pasted from a spreadsheet.
        Pasted = "pasted",
        /// Imported from a file.
        Imported = "imported",
    }
}

record! {
    /// Kegiatan sosialisasi.
    pub struct OutreachEvent {
        /// Where it stands in its workflow; changed by transitions only.
        1 => status: Option<RecordStatus>,
        /// Comments of reviewers.
        2 => comments: Vec<Comment>,
        /// Pemilu or Pemilihan.
        10 => regime: Option<ElectionRegime>,
        /// Nama kegiatan.
        11 => title: String,
        /// Bentuk.
        12 => form: Option<OutreachForm>,
        /// Luring, daring or hibrida.
        13 => mode: Option<EventMode>,
        /// Dasar surat.
        14 => basis_letter: String,
        /// Penyelenggara.
        15 => organiser: String,
        /// Hari, tanggal.
        16 => date: Option<Date>,
        /// Pukul mulai.
        17 => starts_at: Option<Time>,
        /// Pukul selesai.
        18 => ends_at: Option<Time>,
        /// Tempat.
        19 => place: String,
        /// Tautan of an online event.
        20 => link: String,
        /// Maksud.
        21 => intent: Narrative,
        /// Tujuan.
        22 => purpose: Narrative,
        /// Topics from the four crucial issues.
        23 => issues: BTreeSet<CrucialIssue>,
        /// Hasil dan tanya jawab.
        24 => outcome: Narrative,
        /// Rekomendasi.
        25 => recommendation: Narrative,
        /// Narasumber.
        30 => speakers: Vec<Speaker>,
        /// Instansi yang diundang.
        31 => invited_agencies: Vec<InvitedAgency>,
        /// Daftar hadir.
        32 => attendees: Vec<Attendee>,
        /// Dokumentasi.
        92 => attachments: Vec<Attachment>,
        /// Where it was held.
        93 => region: Option<RegionCode>,
    }
}

record! {
    /// Narasumber.
    pub struct Speaker {
        /// Nama.
        10 => name: String,
        /// Instansi.
        11 => agency: String,
        /// Jabatan.
        12 => position: String,
        /// Materi.
        13 => topic: String,
    }
}

record! {
    /// Instansi yang diundang.
    pub struct InvitedAgency {
        /// Nama instansi.
        10 => name: String,
        /// How many people were invited.
        11 => invited_count: Option<i64>,
    }
}

record! {
    /// Peserta in a daftar hadir.
    pub struct Attendee {
        /// Nama.
        10 => name: String,
        /// NIP, NRP or blank; digits only.
        11 => staff_number: String,
        /// Jabatan.
        12 => position: String,
        /// Instansi.
        13 => agency: String,
        /// L/P.
        14 => sex: Option<Sex>,
        /// Nomor HP.
        15 => phone: String,
        /// Staff group.
        16 => staff_group: Option<StaffGroup>,
        /// E-mail, from online attendance reports.
        17 => email: String,
        /// Minutes present, from online attendance reports.
        18 => minutes_present: Option<i64> [Max],
        /// How the row came about.
        19 => source: Option<AttendanceSource>,
    }
}
