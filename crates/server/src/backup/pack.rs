//! What lies in a pack: one thing after another, as CBOR.

use arumbae_domain::Scope;
use arumbae_mergelog::DeviceKey;
use arumbae_protocol::{NoticeCode, Role, SignedEntry, cbor};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::storage::{Contact, Quarantined, StoredCode, StoredInvitation};

/// One thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Item {
    Entry(SignedEntry),
    Segment {
        scope: Scope,
        gsn: u64,
        received_ms: u64,
        #[serde(with = "serde_bytes")]
        bytes: Vec<u8>,
    },
    Quarantined {
        code: NoticeCode,
        received_ms: u64,
        #[serde(with = "serde_bytes")]
        bytes: Vec<u8>,
    },
    Invitation(PackedInvitation),
    Contact {
        device: [u8; 32],
        at_ms: u64,
        unread: u64,
    },
    Frozen {
        lane: [u8; 16],
    },
    Address(String),
    Key {
        name: String,
        #[serde(with = "serde_bytes")]
        bytes: Vec<u8>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PackedInvitation {
    fingerprint: [u8; 32],
    role: Role,
    scope: Scope,
    person: Option<Uuid>,
    expires_ms: u64,
    made_ms: u64,
    redeemed_by: Option<[u8; 32]>,
    revoked_ms: Option<u64>,
    code: Option<PackedCode>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct PackedCode {
    number: u16,
    salt: [u8; 16],
    server_url: String,
    tries: u32,
    tried_ms: u64,
}

impl From<StoredInvitation> for PackedInvitation {
    fn from(stored: StoredInvitation) -> Self {
        let StoredInvitation { fingerprint, role, scope, person, expires_ms, made_ms, redeemed_by, revoked_ms, code } =
            stored;
        let code = code.map(|StoredCode { number, salt, server_url, tries, tried_ms }| PackedCode {
            number,
            salt,
            server_url,
            tries,
            tried_ms,
        });
        let redeemed_by = redeemed_by.map(|device| device.0);
        PackedInvitation { fingerprint, role, scope, person, expires_ms, made_ms, redeemed_by, revoked_ms, code }
    }
}

impl From<PackedInvitation> for StoredInvitation {
    fn from(packed: PackedInvitation) -> Self {
        let PackedInvitation { fingerprint, role, scope, person, expires_ms, made_ms, redeemed_by, revoked_ms, code } =
            packed;
        let code = code.map(|PackedCode { number, salt, server_url, tries, tried_ms }| StoredCode {
            number,
            salt,
            server_url,
            tries,
            tried_ms,
        });
        let redeemed_by = redeemed_by.map(DeviceKey);
        StoredInvitation { fingerprint, role, scope, person, expires_ms, made_ms, redeemed_by, revoked_ms, code }
    }
}

impl From<Quarantined> for Item {
    fn from(Quarantined { content: _, code, received_ms, bytes }: Quarantined) -> Self {
        Item::Quarantined { code, received_ms, bytes }
    }
}

impl From<Contact> for Item {
    fn from(Contact { device, at_ms, unread }: Contact) -> Self {
        Item::Contact { device: device.0, at_ms, unread }
    }
}

/// Adds a thing to a pack.
pub(super) fn push(pack: &mut Vec<u8>, item: &Item) {
    let bytes = cbor::to_bytes(item);
    pack.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
    pack.extend_from_slice(&bytes);
}

/// Takes a pack apart; `None` if it is none.
pub(super) fn read(mut pack: &[u8]) -> Option<Vec<Item>> {
    let mut items = Vec::new();
    while !pack.is_empty() {
        let (length, rest) = pack.split_first_chunk::<4>()?;
        let length = u32::from_le_bytes(*length) as usize;
        let (bytes, rest) = rest.split_at_checked(length)?;
        items.push(cbor::from_bytes(bytes).ok()?);
        pack = rest;
    }
    Some(items)
}
