//! Photos as they come from phones and cards.

use arumbae_app::attachment::{MAX_ATTACHMENT_BYTES, download, upload};
use arumbae_app::error::ErrorCode;
use arumbae_protocol::attachment::MAX_PREVIEW;
use serde_json::json;

use crate::desk::Desk;

const PHOTO: &[u8] = include_bytes!("../../../../assets/sample/foto-1.jpg");

/// Larger than a preview may be.
fn large_photo() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_fn(1600, 900, |x, y| image::Rgb([(x * y) as u8, (x ^ y) as u8, (x + y) as u8]));
    picture.write_to(&mut bytes, image::ImageFormat::Jpeg).expect("a photo in memory");
    bytes.into_inner()
}

#[tokio::test]
async fn a_photo_is_kept_byte_for_byte() {
    let desk = Desk::of_an_officer().await;
    let uploaded = upload(&desk.app, PHOTO.to_vec()).await.expect("a whole photo");
    let described =
        desk.call("attachment_describe", json!({ "blob": uploaded.blob, "file_name": "IMG_0001.JPG" })).await;
    assert_eq!(described["media_type"], "image/jpeg");
    assert_eq!(described["sha256"].as_str().map(str::len), Some(64));
    let bytes = download(&desk.app, &uploaded.blob.to_string()).await.expect("just uploaded");
    assert_eq!(bytes, PHOTO);
}

#[tokio::test]
async fn a_huge_or_truncated_photo_is_refused_with_words() {
    let desk = Desk::of_an_officer().await;
    let mut huge = PHOTO.to_vec();
    huge.resize(2 * MAX_ATTACHMENT_BYTES, 0);
    let mut program = b"MZ".to_vec();
    program.resize(4096, 7);
    for (bytes, code) in [
        (huge, ErrorCode::AttachmentTooLarge),
        (PHOTO[..PHOTO.len() / 2].to_vec(), ErrorCode::AttachmentDamaged),
        (program, ErrorCode::AttachmentKind),
    ] {
        let error = upload(&desk.app, bytes).await.expect_err("must be refused");
        let notice = desk.app.notice(&error);
        assert_eq!(notice.code, code, "{notice:?}");
        if code == ErrorCode::AttachmentTooLarge {
            assert!(notice.message.contains("40") && notice.message.contains("20"), "{notice:?}");
        }
    }
}

#[tokio::test]
async fn a_large_photo_has_a_preview_and_says_where_it_is() {
    let desk = Desk::of_an_officer().await;
    let uploaded = upload(&desk.app, large_photo()).await.expect("a whole photo");
    let described =
        desk.call("attachment_describe", json!({ "blob": uploaded.blob, "file_name": "IMG_0001.JPG" })).await;
    let name = described["preview"].as_str().expect("it is larger than a preview");
    let preview = download(&desk.app, name).await.expect("made with it");
    assert!(preview.len() as u64 <= MAX_PREVIEW && preview.starts_with(&[0xFF, 0xD8]), "{} bytes", preview.len());

    let asked = json!({ "blob": uploaded.blob, "preview": name });
    assert_eq!(desk.call("attachment_state", asked).await, "waiting");
    let elsewhere = json!({ "blob": "0".repeat(64), "preview": name });
    assert_eq!(desk.call("attachment_state", elsewhere).await, "preview_here");
    let unknown = json!({ "blob": "0".repeat(64), "preview": null });
    assert_eq!(desk.call("attachment_state", unknown).await, "elsewhere");

    let genuine = json!({ "blob": uploaded.blob, "sha256": described["sha256"] });
    assert_eq!(desk.call("attachment_verify", genuine).await, true);
    let altered = json!({ "blob": uploaded.blob, "sha256": "0".repeat(64) });
    assert_eq!(desk.call("attachment_verify", altered).await, false);
}
