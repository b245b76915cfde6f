//! What a save says, as the vectors in `tests/vectors` write it.

use arumbae_domain::schema::Value;
use arumbae_mergelog::{OpId, Operation, Save};
use serde_json::{Value as Json, json};

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal")).collect()
}

pub fn save(save: &Save) -> Json {
    let Save { seq, hlc, actor, policy_epoch, schema_version, deps, ops } = save;
    json!({
        "number": seq,
        "clock": { "millis": hlc.millis(), "counter": hlc.counter() },
        "actor": actor,
        "policy_epoch": policy_epoch,
        "schema_version": schema_version,
        "seen": deps.iter().map(|(lane, seq)| json!([lane.to_string(), seq])).collect::<Vec<_>>(),
        "operations": ops.iter().map(operation).collect::<Vec<_>>(),
    })
}

fn operation(op: &Operation) -> Json {
    match op {
        Operation::Create { record, kind } => json!({ "create": { "record": record.0, "kind": kind.0 } }),
        Operation::Set { record, field, value: to, preds } => {
            json!({ "set": { "record": record.0, "field": field.0, "value": value(to), "preds": ids(preds) } })
        }
        Operation::Transition { record, from, to, reason, preds } => json!({ "transition": {
            "record": record.0, "from": from, "to": to, "reason": reason, "preds": ids(preds),
        } }),
        Operation::Revise { record, field, base, text, preds } => json!({ "revise": {
            "record": record.0, "field": field.0, "base": ids(base.as_slice()), "text": text, "preds": ids(preds),
        } }),
        Operation::Add { record, list, element } => {
            json!({ "add": { "record": record.0, "list": list.0, "element": value(element) } })
        }
        Operation::Remove { record, list, observed } => {
            json!({ "remove": { "record": record.0, "list": list.0, "observed": ids(observed) } })
        }
        Operation::Delete { record, reason, observed } => {
            json!({ "delete": { "record": record.0, "reason": reason, "observed": ids(observed) } })
        }
        Operation::Restore { record, preds } => json!({ "restore": { "record": record.0, "preds": ids(preds) } }),
        Operation::Resolve { record, field, choice, note, preds } => json!({ "resolve": {
            "record": record.0, "field": field.0, "choice": value(choice), "note": note, "preds": ids(preds),
        } }),
        Operation::Rehome { record, from, to } => {
            json!({ "rehome": { "record": record.0, "from": from.to_string(), "to": to.to_string() } })
        }
        Operation::Attach { record, blob, byte_length, media_type } => json!({ "attach": {
            "record": record.0, "blob": hex(&blob.0), "byte_length": byte_length, "media_type": media_type,
        } }),
        Operation::Unknown { code, record, body } => {
            json!({ "later": { "record": record.0, "code": code, "body": hex(body) } })
        }
    }
}

fn ids(ids: &[OpId]) -> Vec<Json> {
    ids.iter().map(|OpId { lane, seq, index }| json!([lane.to_string(), seq, index])).collect()
}

/// Dates and times of day as ISO 8601 has them, moments as nanoseconds since 1970 UTC.
fn value(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(yes) => json!(yes),
        Value::Integer(number) => json!({ "integer": number }),
        Value::Text(text) => json!({ "text": text }),
        Value::Date(date) => json!({ "date": date.to_string() }),
        Value::Time(time) => json!({ "time": time.to_string() }),
        Value::Instant(instant) => json!({ "instant_ns": instant.as_nanosecond().to_string() }),
        Value::Reference(record) => json!({ "record": record.0 }),
        Value::Blob(blob) => json!({ "blob": hex(&blob.0) }),
    }
}
