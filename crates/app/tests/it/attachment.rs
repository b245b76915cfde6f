//! Photos as they come from phones and cards.

use arumbae_app::attachment::{MAX_ATTACHMENT_BYTES, download, upload};
use arumbae_app::error::ErrorCode;
use serde_json::json;

use crate::desk::Desk;

const PHOTO: &[u8] = include_bytes!("../../../../assets/sample/foto-1.jpg");

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
