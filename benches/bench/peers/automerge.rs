//! Automerge: a map whose values are registers that keep concurrent writes.

use automerge::transaction::Transactable;
use automerge::{ActorId, AutoCommit, ROOT, ReadDoc, ScalarValue};
use serde_json::Value;

use super::Peer;
use crate::Outcome;

pub struct Automerge;

impl Peer for Automerge {
    type Doc = AutoCommit;

    const NAME: &'static str = "Automerge";

    fn open(device: u64, stored: Option<&[u8]>) -> Outcome<AutoCommit> {
        let doc = match stored {
            Some(stored) => AutoCommit::load(stored)?,
            None => AutoCommit::new(),
        };
        Ok(doc.with_actor(ActorId::from(device.to_be_bytes().as_slice())))
    }

    fn write(doc: &mut AutoCommit, fields: &[(String, Value)]) -> Outcome<Vec<u8>> {
        let before = doc.get_heads();
        for (key, value) in fields {
            doc.put(ROOT, key.as_str(), scalar(value))?;
        }
        Ok(doc.save_after(&before))
    }

    fn apply(doc: &mut AutoCommit, update: &[u8]) -> Outcome<()> {
        doc.load_incremental(update)?;
        Ok(())
    }

    fn store(doc: &mut AutoCommit) -> Outcome<Vec<u8>> {
        Ok(doc.save())
    }

    fn concurrent_values(doc: &AutoCommit) -> usize {
        doc.keys(ROOT).map(|key| doc.get_all(ROOT, key).map_or(0, |values| values.len().saturating_sub(1))).sum()
    }
}

fn scalar(value: &Value) -> ScalarValue {
    match value {
        Value::Bool(yes) => (*yes).into(),
        Value::String(text) => text.as_str().into(),
        value => value.as_i64().map_or(ScalarValue::Null, ScalarValue::Int),
    }
}
