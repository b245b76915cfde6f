use arumbae_protocol::{
    FailureCode, Invitation, InvitationToken, PROTOCOL_VERSION, Registry, RegistryKey, Role, ServerInfo, cbor, paths,
};
use arumbae_server::{InviteError, NewInvitation};
use arumbae_signing::certificate::subject_of;
use reqwest::Method;

use crate::device::{Device, read, unsigned};
use crate::fixture::{DAY_MS, Province, invite};

#[track_caller]
fn check_refused<T: std::fmt::Debug>(outcome: Result<T, FailureCode>, expected: FailureCode) {
    assert_eq!(outcome.map(|_| ()), Err(expected));
}

#[tokio::test]
async fn an_invited_officer_is_registered_and_gets_a_certificate() {
    let province = Province::new();
    let server = province.start().await;
    let device = Device::new(1);
    let text = invite(&server, Role::Petugas, "81.71.01").await.to_text();
    let invitation = Invitation::from_text(&text).expect("the text is an invitation");
    let response = device.enrol(&server, &invitation).await.expect("enrolled");

    let mut registry = Registry::default();
    registry.extend(&response.registry, &invitation.registry_key).expect("signed by the province");
    assert_eq!(response.person_id, device.person);
    assert_eq!(registry.name_of(device.person), Some(device.name.as_str()));
    assert_eq!(registry.role_of(device.person), Some(Role::Petugas));
    assert!(registry.may_write(device.device_key(), &"81.71.01".parse().expect("a scope")));
    assert_eq!(registry.recovery_key(), Some(invitation.recovery_key));
    assert_eq!(registry.office_of(&"81.71".parse().expect("a region")), Some("Bawaslu Provinsi CONTOH"));
    assert_eq!(registry.certificates_of(device.person).count(), 1);
    assert_eq!(response.ca_der, invitation.ca_der);
    let subject = subject_of(&response.certificate_der).expect("a certificate");
    assert_eq!(subject.common_name, device.name);
}

#[tokio::test]
async fn an_invitation_is_used_once_but_a_lost_answer_can_be_asked_for_again() {
    let province = Province::new();
    let server = province.start().await;
    let invitation = invite(&server, Role::Petugas, "81.71.01").await;
    let device = Device::new(1);
    let first = device.enrol(&server, &invitation).await.expect("enrolled");
    check_refused(Device::new(2).enrol(&server, &invitation).await, FailureCode::UsedInvitation);
    let again = device.enrol(&server, &invitation).await.expect("answered again");
    assert_eq!(again.person_id, first.person_id);
    assert_eq!(server.province().registry().await.expect("a registry").devices().count(), 1);
}

#[tokio::test]
async fn an_expired_or_unknown_invitation_is_refused() {
    let province = Province::new();
    let server = province.start().await;
    let invitation = invite(&server, Role::Petugas, "81.71.01").await;
    let unknown = Invitation { token: InvitationToken([0; 16]), ..invitation.clone() };
    check_refused(Device::new(1).enrol(&server, &unknown).await, FailureCode::UnknownInvitation);
    province.pass(14 * DAY_MS + 1);
    check_refused(Device::new(1).enrol(&server, &invitation).await, FailureCode::ExpiredInvitation);
}

#[tokio::test]
async fn nobody_takes_anothers_place() {
    let province = Province::new();
    let server = province.start().await;
    let ana = Device::enrolled(1, &server, Role::Ketua, "81.71").await;

    let invitation = invite(&server, Role::Petugas, "81.71.01").await;
    let impostor = Device { person: ana.person, ..Device::new(2) };
    check_refused(impostor.enrol(&server, &invitation).await, FailureCode::PersonTaken);

    let stranger_on_her_laptop = Device { key: ana.key.clone(), ..Device::new(3) };
    check_refused(stranger_on_her_laptop.enrol(&server, &invitation).await, FailureCode::DeviceTaken);

    let second = NewInvitation {
        role: Role::Ketua,
        scope: "81.71".parse().expect("a scope"),
        days: 1,
        person: Some(ana.person),
        server_url: None,
    };
    let second = server.province().invite(second).await.expect("an invitation for a known person");
    check_refused(Device::new(4).enrol(&server, &second).await, FailureCode::PersonTaken);
    let second_laptop = Device { person: ana.person, name: ana.name.clone(), ..Device::new(5) };
    second_laptop.enrol(&server, &second).await.expect("her second laptop");
    let registry = server.province().registry().await.expect("a registry");
    assert_eq!(registry.owner_of(second_laptop.device_key()), Some(ana.person));
}

#[tokio::test]
async fn a_request_that_does_not_hold_together_is_refused() {
    let province = Province::new();
    let server = province.start().await;
    let invitation = invite(&server, Role::Petugas, "81.71.01").await;
    let device = Device::new(1);
    let request = device.enrol_request(&invitation);

    let mut forged = request.clone();
    forged.person.position = "Ketua".to_owned();
    check_refused(device.enrol_with(&server, &forged).await, FailureCode::BadSignature);

    let mut newer = request.clone();
    newer.protocol = PROTOCOL_VERSION + 1;
    check_refused(device.enrol_with(&server, &newer).await, FailureCode::UnsupportedProtocol);

    let other = Device { name: "Orang Lain CONTOH".to_owned(), ..Device::new(1) };
    let mut person = request.person.clone();
    person.name = "Orang Lain CONTOH".to_owned();
    let csr = device.enrol_request(&invitation).csr_der;
    let mismatched = arumbae_protocol::EnrolRequest::new(invitation.token, &other.key, person, csr);
    check_refused(other.enrol_with(&server, &mismatched).await, FailureCode::BadCertificateRequest);

    let broken =
        arumbae_protocol::EnrolRequest::new(invitation.token, &device.key, request.person.clone(), vec![0x30; 40]);
    check_refused(device.enrol_with(&server, &broken).await, FailureCode::BadCertificateRequest);
    device.enrol_with(&server, &request).await.expect("none of these used the invitation up");
}

#[tokio::test]
async fn many_enrol_at_once_and_the_registry_stays_one_chain() {
    let province = Province::new();
    let server = province.start().await;
    let mut invitations = Vec::new();
    for _ in 0..8 {
        invitations.push(invite(&server, Role::Petugas, "81.71.01").await);
    }
    let devices: Vec<Device> = (1..=8).map(Device::new).collect();
    let enrolling = devices.iter().zip(&invitations).map(|(device, invitation)| {
        let request = device.enrol_request(invitation);
        async { server.province().enrol(request).await.is_ok() }
    });
    let enrolled = futures_util::future::join_all(enrolling).await.into_iter().all(|enrolled| enrolled);
    assert!(enrolled, "every officer is taken in");
    let registry = server.province().registry().await.expect("an unbroken chain");
    assert_eq!(registry.devices().count(), 8);
}

#[tokio::test]
async fn a_role_is_granted_where_it_makes_sense() {
    let province = Province::new();
    let server = province.start().await;
    let new = |role, scope: &str| NewInvitation {
        role,
        scope: scope.parse().expect("a scope"),
        days: 1,
        person: None,
        server_url: None,
    };
    let outcome = server.province().invite(new(Role::PengawasKabkota, "81.71.01")).await;
    assert!(matches!(outcome, Err(InviteError::RoleDoesNotFit { .. })), "a regency supervisor has a regency");
    assert!(server.province().invite(new(Role::PengawasKabkota, "81.71")).await.is_ok());
}

#[tokio::test]
async fn the_server_says_which_province_it_is() {
    let province = Province::new();
    let server = province.start().await;
    let response = unsigned(&server, Method::GET, paths::INFO).send().await.expect("an answer");
    let info: ServerInfo = read(response).await.expect("information");
    assert_eq!(info, server.province().info());
    assert_ne!(info.registry_key, RegistryKey([0; 32]));
    let nowhere = unsigned(&server, Method::GET, "/v1/nowhere").send().await.expect("an answer");
    check_refused(read::<ServerInfo>(nowhere).await, FailureCode::NotFound);
    assert!(cbor::to_bytes(&info).len() < 400, "the answer fits one packet");
}
