use arumbae_server::storage::StorageError;

use super::{Backend, entries, on_every_backend};

on_every_backend!(
    entries_come_back_in_order_and_from_where_one_asks,
    entries_that_do_not_continue_the_registry_are_not_appended,
    of_appenders_at_once_one_is_first,
    the_address_is_that_of_the_last_start,
);

async fn entries_come_back_in_order_and_from_where_one_asks(backend: &Backend) {
    let storage = backend.open().await;
    assert_eq!(storage.registry_after(0).await.expect("entries"), []);
    storage.append_registry(entries(1, 3)).await.expect("appended");
    assert_eq!(storage.registry_after(0).await.expect("entries"), entries(1, 3));
    assert_eq!(storage.registry_after(2).await.expect("entries"), entries(3, 1));
    assert_eq!(storage.registry_after(9).await.expect("entries"), []);
}

async fn entries_that_do_not_continue_the_registry_are_not_appended(backend: &Backend) {
    let storage = backend.open().await;
    storage.append_registry(entries(1, 3)).await.expect("appended");
    let with_a_gap = [entries(4, 1), entries(6, 1)].concat();
    for unfit in [entries(3, 1), entries(5, 1), with_a_gap] {
        assert!(matches!(storage.append_registry(unfit).await, Err(StorageError::RegistryMoved)));
    }
    assert_eq!(storage.registry_after(0).await.expect("entries"), entries(1, 3), "all of them or none");
}

async fn of_appenders_at_once_one_is_first(backend: &Backend) {
    let mut appending = Vec::new();
    for _ in 0..8 {
        let storage = backend.open().await;
        appending.push(tokio::spawn(async move { storage.append_registry(entries(1, 2)).await }));
    }
    let mut first = 0;
    for outcome in appending {
        match outcome.await.expect("no panic") {
            Ok(()) => first += 1,
            Err(StorageError::RegistryMoved) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(first, 1);
    assert_eq!(backend.open().await.registry_after(0).await.expect("entries"), entries(1, 2));
}

async fn the_address_is_that_of_the_last_start(backend: &Backend) {
    let storage = backend.open().await;
    assert_eq!(storage.address().await.expect("none yet"), None);
    for url in ["https://one.invalid", "https://two.invalid"] {
        storage.set_address(url.to_owned()).await.expect("kept");
        assert_eq!(storage.address().await.expect("an address").as_deref(), Some(url));
    }
}
