//! Invitations: what an operator hands to a new officer, as a file or as text to paste.

use std::fmt;

use arumbae_domain::Scope;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::cbor;
use crate::keys::{BundleKey, RecoveryKey, RegistryKey};
use crate::registry::Role;

/// The secret that proves an invitation; used once.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, format = Binary))]
pub struct InvitationToken(#[serde(with = "serde_bytes")] pub [u8; 16]);

impl fmt::Debug for InvitationToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InvitationToken(…)")
    }
}

impl InvitationToken {
    /// What the server keeps: whoever reads its database cannot redeem open invitations.
    pub fn fingerprint(&self) -> [u8; 32] {
        blake3::derive_key("arumbae 2026 invitation token", &self.0)
    }
}

/// All a device needs to find, trust and join its province.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Where the server is, e.g. `https://arumbae.example:8443`.
    pub server_url: String,
    /// The certificate authority to trust for that address, and for the officers' certificates; DER.
    #[serde(with = "serde_bytes")]
    pub ca_der: Vec<u8>,
    /// The single-use secret.
    pub token: InvitationToken,
    /// The role granted on redeeming.
    pub role: Role,
    /// The scope it is granted in.
    pub scope: Scope,
    /// The office, as it is to be shown.
    pub office: String,
    /// Until when it can be redeemed, milliseconds since 1970 UTC.
    pub expires_ms: u64,
    /// The key every receipt and registry entry must be signed by.
    pub registry_key: RegistryKey,
    /// The key the recovery slot is sealed to.
    pub recovery_key: RecoveryKey,
    /// The key that bundles for the province are sealed to, for who enrols by stick.
    pub bundle_key: BundleKey,
}

/// The text is not an invitation.
#[derive(Debug, thiserror::Error)]
pub enum InvitationError {
    /// It has no [`BEGIN`](Invitation::BEGIN) and [`END`](Invitation::END) line, or one of them was cut off.
    #[error("the text is not a whole invitation")]
    NotAnInvitation,
    /// Characters were lost or changed on the way.
    #[error("the invitation's text is damaged")]
    Damaged,
    /// It was written by a later version.
    #[error("the invitation was written by a newer version")]
    NewerVersion,
}

const FORMAT: u8 = 1;
const CHECK_LENGTH: usize = 4;
const COLUMNS: usize = 64;

impl Invitation {
    /// The first line of the text.
    pub const BEGIN: &str = "-----BEGIN UNDANGAN ARUMBAE-----";
    /// The last line of the text.
    pub const END: &str = "-----END UNDANGAN ARUMBAE-----";
    /// The name ending of an invitation file.
    pub const FILE_EXTENSION: &str = "undangan";

    /// The text of the file: lines of base64 between two marks, so that it survives e-mail and chat.
    pub fn to_text(&self) -> String {
        let mut bytes = vec![FORMAT];
        bytes.extend(cbor::to_bytes(self));
        bytes.extend_from_slice(&check(&bytes));
        let encoded = STANDARD.encode(bytes);
        let mut text = String::from(Self::BEGIN);
        for start in (0..encoded.len()).step_by(COLUMNS) {
            text.push('\n');
            text.push_str(&encoded[start..encoded.len().min(start + COLUMNS)]);
        }
        text.push('\n');
        text.push_str(Self::END);
        text.push('\n');
        text
    }

    /// Reads the text back; what stands around the marks, and any white space between them, is ignored.
    pub fn from_text(text: &str) -> Result<Self, InvitationError> {
        let (_, rest) = text.split_once(Self::BEGIN).ok_or(InvitationError::NotAnInvitation)?;
        let (encoded, _) = rest.split_once(Self::END).ok_or(InvitationError::NotAnInvitation)?;
        let encoded: String = encoded.chars().filter(|c| !c.is_whitespace()).collect();
        let bytes = STANDARD.decode(encoded).map_err(|_| InvitationError::Damaged)?;
        let body_end = bytes.len().checked_sub(CHECK_LENGTH).ok_or(InvitationError::Damaged)?;
        let (body, sum) = bytes.split_at(body_end);
        if sum != check(body) {
            return Err(InvitationError::Damaged);
        }
        match body.split_first() {
            Some((&FORMAT, body)) => cbor::from_bytes(body).map_err(|_| InvitationError::Damaged),
            Some(_) => Err(InvitationError::NewerVersion),
            None => Err(InvitationError::Damaged),
        }
    }

    /// The SHA-256 of the authority's certificate, which two people can compare by telephone.
    pub fn ca_fingerprint(&self) -> String {
        Sha256::digest(&self.ca_der).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

fn check(bytes: &[u8]) -> [u8; CHECK_LENGTH] {
    let mut sum = [0; CHECK_LENGTH];
    sum.copy_from_slice(&Sha256::digest(bytes)[..CHECK_LENGTH]);
    sum
}

#[cfg(test)]
pub(crate) mod fixtures {
    use super::*;

    pub(crate) fn invitation() -> Invitation {
        Invitation {
            server_url: "https://contoh.invalid:8443".to_owned(),
            ca_der: vec![0x30; 400],
            token: InvitationToken([5; 16]),
            role: Role::Petugas,
            scope: "81.71.01".parse().expect("a scope"),
            office: "Bawaslu Provinsi Contoh".to_owned(),
            expires_ms: 1_700_000_000_000,
            registry_key: RegistryKey([6; 32]),
            recovery_key: RecoveryKey([7; 32]),
            bundle_key: BundleKey([8; 32]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::fixtures::invitation;
    use super::*;

    #[test]
    fn an_invitation_survives_chat_and_mail() {
        let text = invitation().to_text();
        let quoted = format!("Yth. Ibu,\n\n{}\nSalam", text.replace('\n', "\r\n  "));
        assert_eq!(Invitation::from_text(&quoted).expect("readable"), invitation());
    }

    #[test]
    fn a_damaged_invitation_says_how() {
        let text = invitation().to_text();
        let cut = &text[..text.len() / 2];
        assert!(matches!(Invitation::from_text(cut), Err(InvitationError::NotAnInvitation)), "the end is missing");
        assert!(matches!(Invitation::from_text("halo"), Err(InvitationError::NotAnInvitation)));
        let changed = text.replacen("MDAw", "MDAx", 1);
        assert!(matches!(Invitation::from_text(&changed), Err(InvitationError::Damaged)), "one letter differs");
        let empty = format!("{}\n{}", Invitation::BEGIN, Invitation::END);
        assert!(matches!(Invitation::from_text(&empty), Err(InvitationError::Damaged)));
    }

    #[test]
    fn the_token_is_not_shown_in_a_log() {
        assert_eq!(format!("{:?}", invitation().token), "InvitationToken(…)");
    }
}
