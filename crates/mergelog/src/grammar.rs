//! What each operation is made of, in order. Written once, for the two shapes it takes: a stream (leaves) and
//! columns (segment bodies).

use arumbae_domain::schema::{BlobHash, FieldNo, RecordId, Value};

use crate::operation::{KindNo, OpId, Operation};
use crate::wire::WireError;

/// The operations' numbers. Never reused; later versions start at [`Operation::FIRST_LATER_CODE`].
mod code {
    pub const CREATE: u16 = 0;
    pub const SET: u16 = 1;
    pub const TRANSITION: u16 = 2;
    pub const REVISE: u16 = 3;
    pub const ADD: u16 = 4;
    pub const REMOVE: u16 = 5;
    pub const DELETE: u16 = 6;
    pub const RESTORE: u16 = 7;
    pub const RESOLVE: u16 = 8;
    pub const REHOME: u16 = 9;
    pub const ATTACH: u16 = 10;
}

/// Where operations are written.
pub(crate) trait Sink {
    fn operation(&mut self, code: u16, record: RecordId);
    fn field(&mut self, field: FieldNo);
    fn number(&mut self, number: u64);
    fn value(&mut self, value: &Value);
    fn text(&mut self, text: &str);
    fn ids(&mut self, ids: &[OpId]);
    fn blob(&mut self, blob: &BlobHash);
    fn body(&mut self, body: &[u8]);
}

/// Where operations are read.
pub(crate) trait Source {
    fn operation(&mut self) -> Result<(u16, RecordId), WireError>;
    fn field(&mut self) -> Result<FieldNo, WireError>;
    fn number(&mut self) -> Result<u64, WireError>;
    fn value(&mut self) -> Result<Value, WireError>;
    fn text(&mut self) -> Result<String, WireError>;
    fn ids(&mut self) -> Result<Vec<OpId>, WireError>;
    fn blob(&mut self) -> Result<BlobHash, WireError>;
    fn body(&mut self) -> Result<Vec<u8>, WireError>;
}

/// Writes an operation.
pub(crate) fn put(op: &Operation, sink: &mut impl Sink) {
    match op {
        Operation::Create { record, kind } => {
            sink.operation(code::CREATE, *record);
            sink.number(u64::from(kind.0));
        }
        Operation::Set { record, field, value, preds } => {
            sink.operation(code::SET, *record);
            sink.field(*field);
            sink.value(value);
            sink.ids(preds);
        }
        Operation::Transition { record, from, to, reason, preds } => {
            sink.operation(code::TRANSITION, *record);
            sink.text(from);
            sink.text(to);
            sink.text(reason);
            sink.ids(preds);
        }
        Operation::Revise { record, field, base, text, preds } => {
            sink.operation(code::REVISE, *record);
            sink.field(*field);
            sink.ids(base.as_slice());
            sink.text(text);
            sink.ids(preds);
        }
        Operation::Add { record, list, element } => {
            sink.operation(code::ADD, *record);
            sink.field(*list);
            sink.value(element);
        }
        Operation::Remove { record, list, observed } => {
            sink.operation(code::REMOVE, *record);
            sink.field(*list);
            sink.ids(observed);
        }
        Operation::Delete { record, reason, observed } => {
            sink.operation(code::DELETE, *record);
            sink.text(reason);
            sink.ids(observed);
        }
        Operation::Restore { record, preds } => {
            sink.operation(code::RESTORE, *record);
            sink.ids(preds);
        }
        Operation::Resolve { record, field, choice, note, preds } => {
            sink.operation(code::RESOLVE, *record);
            sink.field(*field);
            sink.value(choice);
            sink.text(note);
            sink.ids(preds);
        }
        Operation::Rehome { record, from, to } => {
            sink.operation(code::REHOME, *record);
            sink.text(&from.to_string());
            sink.text(&to.to_string());
        }
        Operation::Attach { record, blob, byte_length, media_type } => {
            sink.operation(code::ATTACH, *record);
            sink.blob(blob);
            sink.number(*byte_length);
            sink.text(media_type);
        }
        Operation::Unknown { code, record, body } => {
            sink.operation(*code, *record);
            sink.body(body);
        }
    }
}

/// Reads an operation.
pub(crate) fn get(source: &mut impl Source) -> Result<Operation, WireError> {
    let (code, record) = source.operation()?;
    Ok(match code {
        code::CREATE => {
            let kind = u16::try_from(source.number()?).map_err(|_| WireError("record kind"))?;
            Operation::Create { record, kind: KindNo(kind) }
        }
        code::SET => Operation::Set { record, field: source.field()?, value: source.value()?, preds: source.ids()? },
        code::TRANSITION => Operation::Transition {
            record,
            from: source.text()?,
            to: source.text()?,
            reason: source.text()?,
            preds: source.ids()?,
        },
        code::REVISE => {
            let field = source.field()?;
            let base = match source.ids()?.as_slice() {
                [] => None,
                [base] => Some(*base),
                _ => return Err(WireError("bases")),
            };
            Operation::Revise { record, field, base, text: source.text()?, preds: source.ids()? }
        }
        code::ADD => Operation::Add { record, list: source.field()?, element: source.value()? },
        code::REMOVE => Operation::Remove { record, list: source.field()?, observed: source.ids()? },
        code::DELETE => Operation::Delete { record, reason: source.text()?, observed: source.ids()? },
        code::RESTORE => Operation::Restore { record, preds: source.ids()? },
        code::RESOLVE => Operation::Resolve {
            record,
            field: source.field()?,
            choice: source.value()?,
            note: source.text()?,
            preds: source.ids()?,
        },
        code::REHOME => {
            let mut scope = || source.text()?.parse().map_err(|_| WireError("scope"));
            Operation::Rehome { record, from: scope()?, to: scope()? }
        }
        code::ATTACH => Operation::Attach {
            record,
            blob: source.blob()?,
            byte_length: source.number()?,
            media_type: source.text()?,
        },
        code if code >= Operation::FIRST_LATER_CODE => Operation::Unknown { code, record, body: source.body()? },
        _ => return Err(WireError("operation")),
    })
}
