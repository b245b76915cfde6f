//! Single values in the shape records have them in JSON.

use arumbae_domain::schema::{FieldType, RecordId, Value};
use serde_json::Value as Json;

pub(crate) fn to_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(flag) => (*flag).into(),
        Value::Integer(number) => (*number).into(),
        Value::Text(text) => text.clone().into(),
        Value::Date(date) => date.to_string().into(),
        Value::Time(time) => time.to_string().into(),
        Value::Instant(at) => at.to_string().into(),
        Value::Reference(record) => record.to_string().into(),
        Value::Blob(blob) => blob.to_string().into(),
    }
}

/// The value a field of type `ty` has in JSON, `None` if the JSON is of another type.
pub(crate) fn from_json(ty: FieldType, json: &Json) -> Option<Value> {
    if json.is_null() || json.as_str() == Some("") {
        return Some(Value::Null);
    }
    Some(match ty {
        FieldType::Bool => Value::Bool(json.as_bool()?),
        FieldType::Integer => Value::Integer(json.as_i64()?),
        FieldType::Text | FieldType::Narrative | FieldType::Choice(_) => Value::Text(json.as_str()?.to_owned()),
        FieldType::Date => Value::Date(json.as_str()?.parse().ok()?),
        FieldType::Time => Value::Time(json.as_str()?.parse().ok()?),
        FieldType::Instant => Value::Instant(json.as_str()?.parse().ok()?),
        FieldType::Reference => Value::Reference(RecordId(json.as_str()?.parse().ok()?)),
        FieldType::Blob => Value::Blob(json.as_str()?.parse().ok()?),
        FieldType::Children(_) | FieldType::Set => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_single_value_comes_back_from_json() {
        let date = jiff::civil::date(2024, 2, 14);
        let values = [
            (FieldType::Bool, Value::Bool(true)),
            (FieldType::Integer, Value::Integer(-7)),
            (FieldType::Text, Value::Text("Nusaniwe".to_owned())),
            (FieldType::Date, Value::Date(date)),
            (FieldType::Time, Value::Time(jiff::civil::time(9, 30, 0, 0))),
            (FieldType::Instant, Value::Instant(jiff::Timestamp::UNIX_EPOCH)),
            (FieldType::Reference, Value::Reference(RecordId(uuid::Uuid::from_u128(5)))),
            (FieldType::Blob, Value::Blob(arumbae_domain::schema::BlobHash([7; 32]))),
            (FieldType::Text, Value::Null),
        ];
        for (ty, value) in values {
            assert_eq!(from_json(ty, &to_json(&value)), Some(value));
        }
        assert_eq!(from_json(FieldType::Date, &"14/02/2024".into()), None, "a date is ISO 8601");
    }
}
