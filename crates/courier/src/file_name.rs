//! The names of sealed files: from where, to where, when, which part; nothing about a person.

use arumbae_domain::calendar::IndonesianZone;
use arumbae_protocol::Waybill;
use jiff::Timestamp;

/// The name ending of sealed files.
pub const EXTENSION: &str = "bundel";

/// Longer names of places are cut: old programs and old sticks have little room for names.
const LONGEST_PLACE: usize = 24;

/// Names the files of a shipment.
#[derive(Clone, Debug)]
pub struct FileName {
    from: String,
    to: String,
}

impl FileName {
    /// Names files that go from one place to another; places as people call them.
    pub fn between(from: &str, to: &str) -> Self {
        FileName { from: plain(from), to: plain(to) }
    }

    /// The name of one part. All of one shipment sort together and in order.
    pub fn of(&self, waybill: &Waybill) -> String {
        let Waybill { shipment, part, parts, packed_ms, .. } = waybill;
        let packed = i64::try_from(*packed_ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
        let day = IndonesianZone::Wit.civil(packed.unwrap_or_default()).strftime("%Y%m%d-%H%M");
        let digits = parts.to_string().len();
        format!(
            "arumbae-{}-ke-{}-{day}-{}-{part:0digits$}-dari-{parts}.{EXTENSION}",
            self.from,
            self.to,
            hex::encode(&shipment[..3])
        )
    }
}

/// Letters and digits that every file system has.
fn plain(place: &str) -> String {
    let words = place.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut plain = words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-");
    plain.truncate(LONGEST_PLACE);
    plain.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use arumbae_protocol::{BundleKey, RegistryKey, Sender};

    use super::*;

    #[track_caller]
    fn check_name(from: &str, to: &str, part: u32, parts: u32, expected: &str) {
        let waybill = Waybill {
            from: Sender::Province(RegistryKey([1; 32])),
            to: BundleKey([1; 32]),
            shipment: [0xab; 16],
            part,
            parts,
            packed_ms: 1_764_374_400_000,
        };
        assert_eq!(FileName::between(from, to).of(&waybill), expected);
    }

    #[test]
    fn names_say_from_where_to_where_when_and_which_part() {
        check_name("Nusaniwe", "Maluku", 1, 1, "arumbae-nusaniwe-ke-maluku-20251129-0900-ababab-1-dari-1.bundel");
        check_name(
            "Kec. Pulau-Pulau Terselatan, Maluku Barat Daya",
            "81.71",
            3,
            12,
            "arumbae-kec-pulau-pulau-terselat-ke-81-71-20251129-0900-ababab-03-dari-12.bundel",
        );
    }
}
