//! What of a record its reader had seen, so that a later change supersedes that much and nothing more.

use std::fmt;
use std::str::FromStr;

use arumbae_mergelog::LaneId;

/// The last save seen of every lane that ever touched a record or its parts.
///
/// A form is opened, and before it is saved a colleague's edit comes in. The edit's author-to-be never saw it; with
/// the version the form was read at, the edit stays standing beside the new value instead of being overwritten.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Version(Vec<(LaneId, u64)>);

/// The text is not a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a version of a record")]
pub struct MalformedVersion;

impl Version {
    /// The version in which each of these lanes was seen up to and with a save.
    pub fn up_to(lanes: impl IntoIterator<Item = (LaneId, u64)>) -> Self {
        let mut lanes: Vec<_> = lanes.into_iter().collect();
        lanes.sort_unstable();
        Version(lanes)
    }

    /// Whether a save was seen.
    pub fn has_seen(&self, lane: LaneId, seq: u64) -> bool {
        self.0.binary_search_by_key(&lane, |(lane, _)| *lane).is_ok_and(|at| seq <= self.0[at].1)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (lane, seq)) in self.0.iter().enumerate() {
            write!(f, "{}{lane}:{seq}", if at == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

impl FromStr for Version {
    type Err = MalformedVersion;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut lanes = Vec::new();
        for part in text.split(',').filter(|part| !part.is_empty()) {
            let (lane, seq) = part.split_once(':').ok_or(MalformedVersion)?;
            let mut id = [0; 16];
            hex::decode_to_slice(lane, &mut id).map_err(|_| MalformedVersion)?;
            lanes.push((LaneId(id), seq.parse().map_err(|_| MalformedVersion)?));
        }
        Ok(Version::up_to(lanes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_survives_the_way_through_a_form() {
        let lane = |byte| LaneId([byte; 16]);
        let version = Version::up_to([(lane(2), 7), (lane(1), 3)]);
        let read: Version = version.to_string().parse().expect("its own text");
        assert_eq!(read, version);
        assert!(read.has_seen(lane(2), 6) && read.has_seen(lane(1), 3));
        assert!(!read.has_seen(lane(2), 8), "a later save was not seen");
        assert!(!read.has_seen(lane(3), 1), "a lane that had not touched the record was not seen");
        assert_eq!(Version::default().to_string().parse(), Ok(Version::default()));
        assert_eq!("x:1".parse::<Version>(), Err(MalformedVersion));
    }
}
