//! yrs, the Rust Yjs: a map whose values are the latest written.

use serde_json::Value;
use yrs::updates::decoder::Decode;
use yrs::{Any, Doc, Map, ReadTxn, StateVector, Transact, Update};

use super::Peer;
use crate::Outcome;

pub struct Yrs;

const MAP: &str = "r";

impl Peer for Yrs {
    type Doc = Doc;

    const NAME: &'static str = "yrs";

    fn open(device: u64, stored: Option<&[u8]>) -> Outcome<Doc> {
        let mut doc = Doc::with_client_id(device);
        if let Some(stored) = stored {
            Self::apply(&mut doc, stored)?;
        }
        Ok(doc)
    }

    fn write(doc: &mut Doc, fields: &[(String, Value)]) -> Outcome<Vec<u8>> {
        let map = doc.get_or_insert_map(MAP);
        let mut tx = doc.transact_mut();
        for (key, value) in fields {
            map.insert(&mut tx, key.as_str(), plain(value));
        }
        Ok(tx.encode_update_v1())
    }

    fn apply(doc: &mut Doc, update: &[u8]) -> Outcome<()> {
        doc.transact_mut().apply_update(Update::decode_v1(update)?)?;
        Ok(())
    }

    fn store(doc: &mut Doc) -> Outcome<Vec<u8>> {
        Ok(doc.transact().encode_state_as_update_v1(&StateVector::default()))
    }

    fn concurrent_values(_: &Doc) -> usize {
        0
    }
}

fn plain(value: &Value) -> Any {
    match value {
        Value::Bool(yes) => Any::from(*yes),
        Value::String(text) => Any::from(text.as_str()),
        value => value.as_i64().map_or(Any::Null, Any::from),
    }
}
