//! What separates the cells.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Signs that separate cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Separator {
    /// `,`
    Comma,
    /// `;`, as spreadsheets with Indonesian settings write.
    Semicolon,
    /// A tab, as the clipboard has it.
    Tab,
    /// `|`
    Bar,
}

impl Separator {
    /// All of them; an earlier one wins where two fit equally well.
    pub const ALL: [Separator; 4] = [Separator::Tab, Separator::Semicolon, Separator::Comma, Separator::Bar];

    /// Its name in JSON and in messages.
    pub fn code(self) -> &'static str {
        match self {
            Separator::Comma => "comma",
            Separator::Semicolon => "semicolon",
            Separator::Tab => "tab",
            Separator::Bar => "bar",
        }
    }

    fn byte(self) -> u8 {
        match self {
            Separator::Comma => b',',
            Separator::Semicolon => b';',
            Separator::Tab => b'\t',
            Separator::Bar => b'|',
        }
    }
}
