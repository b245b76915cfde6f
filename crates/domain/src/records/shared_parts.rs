//! Parts that several records have: status, witnesses, evidence, attachments, comments.

use crate::schema::{BlobHash, Narrative, RecordId};
use crate::{choice, record};
use jiff::Timestamp;

choice! {
    /// Where a record stands between the officer who wrote it and the reviewer.
    pub enum RecordStatus {
        /// Being written.
        Draft = "draft",
        /// Finished by the officer and waiting for review.
        Submitted = "submitted",
        /// Sent back by the reviewer with a comment.
        Returned = "returned",
        /// Accepted by the reviewer.
        Accepted = "accepted",
    }
}

choice! {
    /// The law an election is held and supervised under.
    pub enum ElectionRegime {
        /// Pemilu: UU 7/2017.
        General = "general",
        /// Pemilihan (Pilkada): UU 1/2015 as amended.
        Regional = "regional",
    }
}

record! {
    /// Saksi.
    pub struct Witness {
        /// Nama.
        10 => name: String,
        /// Alamat.
        11 => address: String,
        /// Nomor telepon, optional.
        12 => phone: String,
    }
}

choice! {
    /// The two lists of Form A IV.
    pub enum EvidenceClass {
        /// Alat bukti: testimony, letters, electronic documents, expert opinion.
        Proof = "proof",
        /// Barang bukti: the things themselves.
        Exhibit = "exhibit",
    }
}

record! {
    /// Alat bukti or barang bukti.
    pub struct EvidenceItem {
        /// Which list it belongs to.
        10 => class: Option<EvidenceClass>,
        /// What it is.
        11 => description: String,
        /// Its photo or file, one of the record's attachments.
        12 => attachment: Option<RecordId>,
    }
}

record! {
    /// Lampiran: a photo or file. The bytes travel apart, named by their hash.
    pub struct Attachment {
        /// BLAKE3 of the bytes.
        10 => blob: Option<BlobHash>,
        /// The name it had when it was added.
        11 => file_name: String,
        /// Its media type, e.g. `image/jpeg`.
        12 => media_type: String,
        /// Its length in bytes.
        13 => byte_length: Option<i64>,
        /// What it shows; also the alternative text in documents.
        14 => caption: String,
        /// When it was taken, by the camera's own clock.
        15 => taken_at: Option<Timestamp>,
        /// SHA-256 of the bytes, hexadecimal, as printed on evidence.
        16 => sha256: String,
        /// BLAKE3 of a small JPEG of a photo, which travels ahead of it; none if the file is itself small or no photo.
        17 => preview: Option<BlobHash>,
    }
}

record! {
    /// A reviewer's or colleague's comment.
    pub struct Comment {
        /// Who wrote it, as shown.
        10 => author: String,
        /// What was written.
        11 => text: Narrative,
        /// The name of the field it is about, empty if the whole record.
        12 => about: String,
        /// When, by the author's clock.
        13 => written_at: Option<Timestamp>,
    }
}
