//! Loro: a map whose values are the latest written.

use loro::{ExportMode, LoroDoc, LoroValue};
use serde_json::Value;

use super::Peer;
use crate::Outcome;

pub struct Loro;

const MAP: &str = "r";

impl Peer for Loro {
    type Doc = LoroDoc;

    const NAME: &'static str = "Loro";

    fn open(device: u64, stored: Option<&[u8]>) -> Outcome<LoroDoc> {
        let doc = LoroDoc::new();
        doc.set_peer_id(device)?;
        if let Some(stored) = stored {
            doc.import(stored)?;
        }
        Ok(doc)
    }

    fn write(doc: &mut LoroDoc, fields: &[(String, Value)]) -> Outcome<Vec<u8>> {
        let before = doc.oplog_vv();
        let map = doc.get_map(MAP);
        for (key, value) in fields {
            map.insert(key, plain(value))?;
        }
        doc.commit();
        Ok(doc.export(ExportMode::updates(&before))?)
    }

    fn apply(doc: &mut LoroDoc, update: &[u8]) -> Outcome<()> {
        doc.import(update)?;
        Ok(())
    }

    fn store(doc: &mut LoroDoc) -> Outcome<Vec<u8>> {
        Ok(doc.export(ExportMode::Snapshot)?)
    }

    fn concurrent_values(_: &LoroDoc) -> usize {
        0
    }
}

fn plain(value: &Value) -> LoroValue {
    match value {
        Value::Bool(yes) => (*yes).into(),
        Value::String(text) => text.as_str().into(),
        value => value.as_i64().map_or(LoroValue::Null, LoroValue::I64),
    }
}
