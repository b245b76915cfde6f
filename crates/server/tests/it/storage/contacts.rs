use arumbae_mergelog::DeviceKey;
use arumbae_protocol::NoticeCode;
use arumbae_server::storage::{Contact, PushedSegment};

use super::{Backend, HERE, THERE, grow, on_every_backend};
use crate::device::Device;

on_every_backend!(who_was_heard_of_is_remembered, what_is_held_is_told, that_it_was_restored_is_remembered);

async fn who_was_heard_of_is_remembered(backend: &Backend) {
    let storage = backend.open().await;
    let contact = |device: u8, at_ms| Contact { device: DeviceKey([device; 32]), at_ms, unread: 3 };
    for noted in [contact(2, 5), contact(1, 6), contact(2, 7)] {
        storage.note_contact(noted).await.expect("noted");
    }
    assert_eq!(storage.contacts().await.expect("a list"), [contact(1, 6), contact(2, 7)]);
}

async fn what_is_held_is_told(backend: &Backend) {
    let storage = backend.open().await;
    let device = Device::new(1);
    let (mut here, mut there) = (device.lane(HERE), device.lane(THERE));
    grow(&*storage, &device, &mut here, 3).await;
    grow(&*storage, &device, &mut there, 2).await;
    storage.freeze_lane(there.lane.id()).await.expect("frozen");
    let lanes = storage.lanes().await.expect("lanes");
    let places: Vec<_> = lanes.iter().map(|lane| (lane.lane.clone(), lane.next_seq, lane.frozen)).collect();
    assert_eq!(places, [(here.lane, 4, false), (there.lane, 3, true)]);

    let refused =
        |byte| PushedSegment::Refused { segment: None, compressed: vec![byte; 9], code: NoticeCode::Unreadable };
    storage.receive_segments((0..5).map(refused).collect(), 0, 300).await.expect("kept apart");
    let all = storage.quarantine_after(None, u64::MAX).await.expect("the quarantine");
    assert_eq!(all.len(), 5);
    let mut paged = Vec::new();
    while let Some(next) = storage.quarantine_after(paged.last().map(|_| last(&paged)), 9).await.expect("a page").pop()
    {
        assert_eq!((next.code, next.received_ms, next.bytes.len()), (NoticeCode::Unreadable, 300, 9));
        paged.push(next);
    }
    assert_eq!(paged, all, "page by page the same");
}

fn last(held: &[arumbae_server::storage::Quarantined]) -> [u8; 32] {
    held[held.len() - 1].content
}

async fn that_it_was_restored_is_remembered(backend: &Backend) {
    let storage = backend.open().await;
    assert_eq!(storage.restored().await.expect("never"), None);
    storage.set_restored(Some(5)).await.expect("noted");
    assert_eq!(backend.open().await.restored().await.expect("noted"), Some(5));
    storage.set_restored(None).await.expect("settled");
    assert_eq!(storage.restored().await.expect("settled"), None);
}
