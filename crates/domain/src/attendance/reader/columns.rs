//! What a column holds, by its heading or, without one, by its cells.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a column can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// Nama.
    Name,
    /// NIP or NRP.
    StaffNumber,
    /// Jabatan.
    Position,
    /// Instansi.
    Agency,
    /// Jabatan/Instansi in one column.
    PositionOrAgency,
    /// L/P.
    Sex,
    /// A mark for L, in lists that have a column for each.
    MaleMark,
    /// A mark for P.
    FemaleMark,
    /// Nomor HP.
    Phone,
    /// E-mail.
    Email,
    /// Status kepegawaian.
    StaffGroup,
    /// Minutes present.
    Minutes,
    /// When someone joined an online meeting.
    Joined,
    /// When someone left it.
    Left,
    /// Whether someone was still in the waiting room.
    WaitingRoom,
}
