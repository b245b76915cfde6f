//! Invitations as short codes.

use arumbae_protocol::{
    CodeExchange, CodeRequest, CodeResponse, FailureCode, Invitation, Role, ShortCode, cbor, paths,
};
use arumbae_server::{NewInvitation, RunningServer};
use rand_core::OsRng;
use reqwest::Method;

use crate::device::{Device, read, unsigned};
use crate::fixture::{DAY_MS, Province};

fn officer() -> NewInvitation {
    let scope = "81.71.01".parse().expect("a scope");
    NewInvitation { role: Role::Petugas, scope, days: 3, person: None, server_url: None }
}

async fn ask(server: &RunningServer, request: &CodeRequest) -> Result<CodeResponse, FailureCode> {
    let request = unsigned(server, Method::POST, paths::ENROL_CODE).body(cbor::to_bytes(request));
    read(request.send().await.expect("an answer")).await
}

/// What somebody with a code gets; `None` if it does not open the answer.
async fn exchange(server: &RunningServer, code: &ShortCode) -> Result<Option<Invitation>, FailureCode> {
    let (exchange, request) = CodeExchange::begin(code, &mut OsRng);
    ask(server, &request).await.map(|response| exchange.finish(&response).ok())
}

#[tokio::test]
async fn a_code_brings_the_invitation_that_a_file_would_have_held() {
    let province = Province::new();
    let server = province.start().await;
    let (invitation, code) = server.province().invite_with_code(officer()).await.expect("an invitation");
    let read: ShortCode = code.to_string().parse().expect("as it was read out");
    assert_eq!(exchange(&server, &read).await, Ok(Some(invitation.clone())));

    let device = Device::new(1);
    device.enrol(&server, &invitation).await.expect("enrolled");
    assert_eq!(exchange(&server, &code).await, Ok(Some(invitation.clone())), "a lost answer is asked for again");
    assert_eq!(Device::new(2).enrol(&server, &invitation).await.map(|_| ()), Err(FailureCode::UsedInvitation));
    province.pass(3 * DAY_MS + 1);
    assert_eq!(exchange(&server, &code).await, Err(FailureCode::UnknownInvitation), "over");
}

#[tokio::test]
async fn a_code_is_the_same_one_after_a_restart_and_nothing_it_opens_is_stored() {
    let province = Province::on_a_file();
    let server = province.start().await;
    let (_, code) = server.province().invite_with_code(officer()).await.expect("an invitation");
    server.stop().await.expect("stopped");
    let server = province.start().await;
    assert!(exchange(&server, &code).await.expect("answered").is_some());
    let stored = server.province().invitations().await.expect("a list").remove(0).code.expect("a code");
    assert_eq!(stored.number, code.number());
    let secret = code.to_string().replace('-', "");
    let database = std::fs::read(province.config().data_dir.join("arumbae.db-wal")).expect("the database");
    let holds = |text: &str| database.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(!holds(&code.to_string()) && !holds(&secret[2..]), "the secret is derived, not kept");
}

#[tokio::test]
async fn who_guesses_waits_ever_longer_and_who_was_invited_still_gets_in() {
    let province = Province::new();
    let server = province.start().await;
    let (invitation, code) = server.province().invite_with_code(officer()).await.expect("an invitation");
    let guess = ShortCode::new(code.number(), &[9; 32]);
    let mut tried = 0;
    while exchange(&server, &guess).await != Err(FailureCode::TooManyTries) {
        tried += 1;
        assert!(tried < 50, "guessing is slowed down");
    }
    assert_eq!(exchange(&server, &code).await, Err(FailureCode::TooManyTries), "also for the right one");
    province.pass(2_000);
    assert_eq!(exchange(&server, &guess).await, Ok(None), "one more guess");
    province.pass(2_000);
    assert_eq!(exchange(&server, &guess).await, Err(FailureCode::TooManyTries), "the wait has doubled");
    province.pass(60 * 60 * 1000);
    assert_eq!(exchange(&server, &code).await, Ok(Some(invitation)));
    let other = ShortCode::new(code.number() ^ 1, &[9; 32]);
    assert_eq!(exchange(&server, &other).await, Err(FailureCode::UnknownInvitation));
}

#[tokio::test]
async fn a_code_that_was_taken_back_opens_nothing() {
    let province = Province::new();
    let server = province.start().await;
    let (invitation, code) = server.province().invite_with_code(officer()).await.expect("an invitation");
    let name = hex::encode(invitation.token.fingerprint());
    server.province().revoke_invitation(&name[..8]).await.expect("taken back");
    assert_eq!(exchange(&server, &code).await, Err(FailureCode::UnknownInvitation));
    let refused = Device::new(1).enrol(&server, &invitation).await.map(|_| ());
    assert_eq!(refused, Err(FailureCode::ExpiredInvitation), "and neither does the file");
    assert!(server.province().revoke_invitation(&name).await.is_err(), "it is not open any more");
}
