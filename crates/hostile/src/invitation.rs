//! An invitation, as it is pasted from an e-mail or a chat.

use arumbae_protocol::{BundleKey, Invitation, InvitationToken, RecoveryKey, RegistryKey, Role};

use crate::allocation::within;
use crate::samples::scope;
use crate::{Damage, Decoder};

/// Read from the text around it. A fuzzer finds no checksum: what stands behind it is tried as a message.
pub const DECODER: Decoder = Decoder { name: "invitation", check, samples, damage: Damage::Noticed };

fn check(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = String::from_utf8_lossy(bytes);
    let invitation = within((2 << 20) + 64 * text.len(), || Invitation::from_text(&text)).ok()?;
    let again = invitation.to_text();
    let read = Invitation::from_text(&again).expect("what we write is read");
    assert_eq!(read, invitation, "written again it says the same");
    Some(again.into_bytes())
}

fn samples() -> Vec<Vec<u8>> {
    let text = invitation().to_text();
    let sent = format!("Selamat pagi,\r\n{}\r\n", text.replace('\n', "\r\n"));
    vec![text.into_bytes(), sent.into_bytes()]
}

pub(crate) fn invitation() -> Invitation {
    Invitation {
        server_url: "https://contoh.invalid:8443".to_owned(),
        ca_der: vec![0x30; 40],
        token: InvitationToken([5; 16]),
        role: Role::Petugas,
        scope: scope("81.71.01"),
        office: "Bawaslu Provinsi Contoh".to_owned(),
        expires_ms: 1_700_000_000_000,
        registry_key: RegistryKey([6; 32]),
        recovery_key: RecoveryKey([7; 32]),
        bundle_key: BundleKey([8; 32]),
    }
}
