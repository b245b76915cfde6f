//! Acts of administration: who did what to the province, by which right, from where and why.

use serde::{Deserialize, Serialize};

/// An act of administration. Where it brings entries, it stands right before them.
///
/// Readers from before there were acts count it among the entries they do not know, and fold what follows as ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// What was done.
    pub deed: Deed,
    /// To what: an invitation, a backup, a setting with its new value. Never a secret, never a record.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// Who did it.
    pub by: Operator,
    /// Why, in their own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How many of the entries right after it are its outcome.
    #[serde(default)]
    pub entries: u32,
}

/// What can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// The province was founded.
    Found,
    /// Somebody was invited.
    Invite,
    /// An open invitation was taken back.
    RevokeInvitation,
    /// An invitation was redeemed.
    Enrol,
    /// A role was given.
    Grant,
    /// A role was taken away.
    Withdraw,
    /// A device was revoked.
    RevokeDevice,
    /// A backup was made.
    Backup,
    /// The province was restored from a backup.
    Restore,
    /// A key of the province was used or changed otherwise than by serving.
    UseKey,
    /// An act of a later version.
    #[serde(other)]
    Unknown,
}

/// Who sits at the server. What the machine says of them is as good as the machine: whoever can sign here could also
/// write another name, so the log holds the honest to account, and names the credential for the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    /// The account on the machine.
    pub account: String,
    /// The machine's name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub host: String,
    /// The address they were connected from, if not at the machine itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What gave them the right, e.g. `registry:1f2e3d4c` for access to the province's key, or an invitation.
    pub credential: String,
}

impl Deed {
    /// The deed's code in listings.
    pub fn code(self) -> &'static str {
        match self {
            Deed::Found => "found",
            Deed::Invite => "invite",
            Deed::RevokeInvitation => "revoke_invitation",
            Deed::Enrol => "enrol",
            Deed::Grant => "grant",
            Deed::Withdraw => "withdraw",
            Deed::RevokeDevice => "revoke_device",
            Deed::Backup => "backup",
            Deed::Restore => "restore",
            Deed::UseKey => "use_key",
            Deed::Unknown => "unknown",
        }
    }
}

#[cfg(test)]
mod tests {
    use arumbae_domain::RegionCode;
    use ed25519_dalek::SigningKey;

    use super::*;
    use crate::cbor;
    use crate::registry::{Registry, RegistryEntry, SignedEntry};

    fn act() -> Act {
        Act {
            deed: Deed::Grant,
            subject: "petugas 81.71.01".to_owned(),
            by: Operator {
                account: "operator".to_owned(),
                credential: "registry:00".to_owned(),
                ..Operator::default()
            },
            reason: Some("Surat tugas 12/2024".to_owned()),
            entries: 1,
        }
    }

    #[test]
    fn a_deed_or_a_field_of_a_later_version_does_not_hide_the_rest() {
        #[derive(Serialize)]
        #[serde(rename_all = "snake_case")]
        enum Later {
            Act { deed: &'static str, by: Operator, weight: u8 },
        }
        let later = Later::Act { deed: "dissolve", by: act().by, weight: 9 };
        let read: RegistryEntry = cbor::from_bytes(&cbor::to_bytes(&later)).expect("readable");
        let RegistryEntry::Act(read) = read else { panic!("an act: {read:?}") };
        assert_eq!((read.deed, read.by, read.entries), (Deed::Unknown, act().by, 0));
    }

    #[test]
    fn readers_from_before_there_were_acts_step_over_them() {
        /// The kinds of the first version, as far as they are needed here.
        #[derive(Deserialize)]
        #[serde(rename_all = "snake_case")]
        enum Earlier {
            #[expect(dead_code, reason = "only read")]
            Office { region: RegionCode, name: String },
        }
        let key = SigningKey::from_bytes(&[4; 32]);
        let office = RegistryEntry::Office { region: "81".parse().expect("a region"), name: "CONTOH".to_owned() };
        let first = SignedEntry::sign(1, [0; 32], 0, &RegistryEntry::Act(act()), &key);
        let second = SignedEntry::sign(2, first.hash(), 0, &office, &key);
        let earlier = |entry: &SignedEntry| cbor::from_bytes::<Earlier>(&entry.entry).is_ok();
        assert_eq!([earlier(&first), earlier(&second)], [false, true], "unknown, and then known");
        let registry = Registry::replay([&first, &second]).expect("one chain");
        let region = "81".parse().expect("a region");
        assert_eq!((registry.seq(), registry.unread(), registry.office_of(&region)), (2, 0, Some("CONTOH")));
    }
}
