//! Photos over a link that is cut: resumed where they ended, checked end to end.

use arumbae_domain::schema::{BlobHash, RecordId};
use arumbae_domain::{Attachment, Finding};
use arumbae_protocol::Role;
use arumbae_sync::SyncErrorCode;
use uuid::Uuid;

use crate::province::{Laptop, Province, finding};
use arumbae_badlink::Weather;

fn photo(length: usize) -> Vec<u8> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&length.to_le_bytes());
    let mut bytes = vec![0; length];
    hasher.finalize_xof().fill(&mut bytes);
    bytes
}

fn write_with_photo(laptop: &Laptop, bytes: &[u8]) -> BlobHash {
    let hash = laptop.store().put_blob(bytes).expect("kept");
    let attachment = Attachment {
        id: RecordId(Uuid::now_v7()),
        blob: Some(hash),
        file_name: "foto.jpg".to_owned(),
        media_type: "image/jpeg".to_owned(),
        byte_length: Some(bytes.len() as i64),
        ..Default::default()
    };
    laptop.write(&Finding { attachments: vec![attachment], ..finding("Dengan foto") });
    hash
}

#[tokio::test]
async fn photos_resume_after_cuts_and_restarts_in_both_directions() {
    let province = Province::found().await;
    let mut officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    let mut colleague = province.laptop("Rekan Contoh", Role::Petugas, "81.71.01").await;
    let (small, large) = (photo(3_000), photo(600_000));
    let preview = write_with_photo(&officer, &small);
    let original = write_with_photo(&officer, &large);
    officer.engine.synchronize().await.expect("facts go first");

    // The weather is that of new connections.
    officer = officer.restart();
    province.link.take_traffic();
    province.link.set_weather(Weather { cut_after: Some(150_000), cuts: 3, ..Weather::CLEAR });
    let mut cuts = 0;
    let sent = loop {
        match officer.engine.transfer_attachments().await {
            Ok(report) => break report.sent,
            Err(error) => {
                assert_eq!(error.code(), SyncErrorCode::LinkCut, "{error:?}");
                cuts += 1;
                officer = officer.restart();
            }
        }
    };
    assert!(cuts > 0 && sent >= 1, "cut {cuts} times, {sent} sent in the last run");
    let up = province.link.take_traffic().up;
    assert!(up < 603_000 + u64::from(cuts as u32 + 1) * 80_000, "what had arrived was not sent again: {up} bytes");

    colleague.engine.synchronize().await.expect("received");
    colleague = colleague.restart();
    province.link.set_weather(Weather { cut_after: Some(300_000), cuts: 2, ..Weather::CLEAR });
    let mut cuts = 0;
    while let Err(error) = colleague.engine.transfer_attachments().await {
        assert_eq!(error.code(), SyncErrorCode::LinkCut, "{error:?}");
        cuts += 1;
        colleague = colleague.restart();
    }
    assert!(cuts > 0);
    assert_eq!(colleague.store().blob(preview).expect("readable"), Some(small));
    assert_eq!(colleague.store().blob(original).expect("readable"), Some(large));
    let quiet = colleague.engine.transfer_attachments().await.expect("nothing is left");
    assert_eq!((quiet.round_trips, quiet.received), (0, 0));
}

#[tokio::test]
async fn a_photo_the_province_does_not_have_yet_holds_up_nothing() {
    let province = Province::found().await;
    let mut officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    let mut colleague = province.laptop("Rekan Contoh", Role::Petugas, "81.71.01").await;
    write_with_photo(&officer, &photo(2_000));
    officer.engine.synchronize().await.expect("facts go first");
    colleague.engine.synchronize().await.expect("received");
    write_with_photo(&colleague, &photo(1_000));

    let report = colleague.engine.transfer_attachments().await.expect("one is not there yet");
    assert_eq!((report.sent, report.received, report.passed_over), (1, 0, 1));
    officer.engine.transfer_attachments().await.expect("sent");
    let report = colleague.engine.transfer_attachments().await.expect("now it is there");
    assert_eq!((report.received, report.passed_over), (1, 0));
}
