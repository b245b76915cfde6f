use arumbae_domain::schema::RecordId;
use arumbae_protocol::ScopeCursor;
use arumbae_protocol::repair::NumberRange;
use arumbae_server::storage::{DocumentsRead, StoredDocument, StoredDocumentFile};
use uuid::Uuid;

use super::{Backend, HERE, THERE, grow, on_every_backend};
use crate::device::{Device, cursor};

on_every_backend!(
    what_was_read_is_found_by_record_and_by_file,
    only_what_came_since_is_unread,
    a_stretch_that_somebody_else_read_is_not_read_twice,
    a_file_belongs_to_who_named_it_first,
);

fn record(number: u128) -> RecordId {
    RecordId(Uuid::from_u128(number))
}

fn read(from: ScopeCursor, up_to: u64, number: u128, received_ms: u64) -> DocumentsRead {
    let document = StoredDocument {
        record: record(number),
        scope: from.scope.clone(),
        author: Uuid::from_u128(9),
        received_ms,
        state: vec![1, 2, 3],
    };
    let file = StoredDocumentFile { sha256: [7; 32], record: record(number), received_ms };
    DocumentsRead { from, up_to, documents: vec![document], files: vec![file] }
}

async fn what_was_read_is_found_by_record_and_by_file(backend: &Backend) {
    let storage = backend.open().await;
    let first = read(cursor(HERE, 0), 3, 1, 5);
    storage.keep_documents(first.clone()).await.expect("kept");
    let found = storage.find_documents(vec![record(1), record(2)]).await.expect("read");
    assert_eq!(found, first.documents, "only what there is");
    assert_eq!(storage.find_document_file([7; 32]).await.expect("read").as_ref(), first.files.first());
    assert_eq!(storage.find_document_file([8; 32]).await.expect("read"), None);

    let mut later = read(cursor(HERE, 3), 4, 1, 6);
    later.documents[0].state = vec![4];
    storage.keep_documents(later).await.expect("kept");
    let found = storage.find_documents(vec![record(1)]).await.expect("read");
    assert_eq!(found[0].state, [4], "the state grows");
    assert_eq!(found[0].received_ms, 5, "when the province had it first stays");
}

async fn only_what_came_since_is_unread(backend: &Backend) {
    let storage = backend.open().await;
    let device = Device::new(1);
    let (mut here, mut there) = (device.lane(HERE), device.lane(THERE));
    grow(&*storage, &device, &mut here, 2).await;
    grow(&*storage, &device, &mut there, 1).await;
    let range = |of, after, up_to| (cursor(of, 0).scope, NumberRange { after, up_to });
    let unread = storage.unread_for_documents().await.expect("read");
    assert_eq!(unread, [range(HERE, 0, 2), range(THERE, 0, 1)], "nothing was read yet");
    storage.keep_documents(read(cursor(HERE, 0), 2, 1, 5)).await.expect("kept");
    let unread = storage.unread_for_documents().await.expect("read");
    assert_eq!(unread, [range(THERE, 0, 1)], "a scope that was read to its end is not looked at");
    grow(&*storage, &device, &mut here, 1).await;
    let unread = storage.unread_for_documents().await.expect("read");
    assert_eq!(unread, [range(HERE, 2, 3), range(THERE, 0, 1)], "until it grows");
}

async fn a_stretch_that_somebody_else_read_is_not_read_twice(backend: &Backend) {
    let storage = backend.open().await;
    storage.keep_documents(read(cursor(HERE, 0), 3, 1, 5)).await.expect("kept");
    storage.keep_documents(read(cursor(HERE, 0), 9, 2, 5)).await.expect("answered");
    storage.keep_documents(read(cursor(HERE, 3), 4, 3, 5)).await.expect("kept");
    assert_eq!(storage.find_documents(vec![record(3)]).await.expect("read").len(), 1, "the first one counts");
    assert_eq!(storage.find_documents(vec![record(2)]).await.expect("read"), [], "and nothing of the second");
}

async fn a_file_belongs_to_who_named_it_first(backend: &Backend) {
    let storage = backend.open().await;
    storage.keep_documents(read(cursor(HERE, 0), 1, 1, 20)).await.expect("kept");
    storage.keep_documents(read(cursor(THERE, 0), 1, 2, 10)).await.expect("kept");
    let file = storage.find_document_file([7; 32]).await.expect("read").expect("known");
    assert_eq!(file.record, record(2), "the earlier by the province's clock");
}
