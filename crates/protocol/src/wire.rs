//! The log's own types as they are written in a body.
//!
//! `mergelog` knows no serde; these adaptors destructure, so that a new field fails to compile until someone decides.

use arumbae_domain::Scope;
use arumbae_mergelog::{DeviceKey, Lane};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct LaneOnWire {
    #[serde(with = "serde_bytes")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Binary))]
    device: [u8; 32],
    incarnation: u64,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    scope: Scope,
}

impl From<&Lane> for LaneOnWire {
    fn from(lane: &Lane) -> Self {
        let Lane { device, incarnation, scope } = lane;
        LaneOnWire { device: device.0, incarnation: *incarnation, scope: scope.clone() }
    }
}

impl From<LaneOnWire> for Lane {
    fn from(LaneOnWire { device, incarnation, scope }: LaneOnWire) -> Self {
        Lane { device: DeviceKey(device), incarnation, scope }
    }
}

pub(crate) mod lane {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(lane: &Lane, serializer: S) -> Result<S::Ok, S::Error> {
        LaneOnWire::from(lane).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Lane, D::Error> {
        LaneOnWire::deserialize(deserializer).map(Lane::from)
    }
}

pub(crate) mod optional_lane {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(lane: &Option<Lane>, serializer: S) -> Result<S::Ok, S::Error> {
        lane.as_ref().map(LaneOnWire::from).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Lane>, D::Error> {
        Ok(Option::<LaneOnWire>::deserialize(deserializer)?.map(Lane::from))
    }
}

pub(crate) mod optional_device_key {
    use super::*;

    #[derive(Serialize, Deserialize)]
    struct KeyOnWire(#[serde(with = "super::device_key")] DeviceKey);

    pub(crate) fn serialize<S: Serializer>(key: &Option<DeviceKey>, serializer: S) -> Result<S::Ok, S::Error> {
        key.map(KeyOnWire).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DeviceKey>, D::Error> {
        Ok(Option::<KeyOnWire>::deserialize(deserializer)?.map(|KeyOnWire(key)| key))
    }
}

/// Adaptors of the log's byte-array newtypes.
macro_rules! byte_array {
    ($module:ident, $type:path) => {
        pub(crate) mod $module {
            use serde::{Deserializer, Serializer};

            pub(crate) fn serialize<S: Serializer>(value: &$type, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_bytes(&value.0)
            }

            pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<$type, D::Error> {
                serde_bytes::deserialize(deserializer).map($type)
            }
        }
    };
}

byte_array!(device_key, arumbae_mergelog::DeviceKey);
byte_array!(lane_id, arumbae_mergelog::LaneId);
byte_array!(segment_hash, arumbae_mergelog::segment::SegmentHash);
byte_array!(snapshot_hash, arumbae_mergelog::SnapshotHash);
