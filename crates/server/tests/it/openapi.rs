//! The committed description of the server's paths is the one the paths give of themselves.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use arumbae_server::{Province as Served, openapi};

use crate::fixture::Province;

#[tokio::test]
async fn the_committed_description_is_that_of_the_code() {
    let province = Province::new();
    province.start().await.stop().await.expect("stopped");
    let served = Served::open(&province.config().data_dir, province.clock()).await.expect("opened");
    let described = openapi(Arc::new(served));
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    if std::env::var_os("ARUMBAE_WRITE_OPENAPI").is_some() {
        fs::write(&committed, &described).expect("written");
    }
    let written = fs::read_to_string(&committed).unwrap_or_default();
    assert!(
        written == described,
        "docs/openapi.json is not what the code says: run `make openapi` and look at the change"
    );
}
