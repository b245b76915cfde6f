//! The primitives all of the log's bytes are made of: varints, texts, identifiers, values.
//!
//! Readers take nothing on trust: every read is bounded by the bytes at hand, every number has one spelling
//! only, and a count is never used to reserve more memory than the remaining bytes could fill.

use arumbae_domain::schema::{BlobHash, RecordId, Value};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use uuid::Uuid;

/// What is wrong with the bytes; never what is in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WireError(pub &'static str);

/// What a [`Value`] is written as; the tag stands before the payload or in a column of its own.
///
/// Whole minutes and whole milliseconds, which is what people enter and clocks give, have short forms. The
/// long form of such a value is refused, so that equal values are equal bytes.
pub(crate) mod tag {
    pub const NULL: u8 = 0;
    pub const FALSE: u8 = 1;
    pub const TRUE: u8 = 2;
    pub const INTEGER: u8 = 3;
    pub const TEXT: u8 = 4;
    pub const DATE: u8 = 5;
    pub const TIME_MINUTES: u8 = 6;
    pub const TIME_NANOS: u8 = 7;
    pub const INSTANT_MILLIS: u8 = 8;
    pub const INSTANT_NANOS: u8 = 9;
    pub const REFERENCE: u8 = 10;
    pub const BLOB: u8 = 11;
}

const NANOS_PER_MINUTE: u64 = 60_000_000_000;
const NANOS_PER_MILLI: i128 = 1_000_000;
const MINUTES_PER_DAY: u64 = 24 * 60;

/// Interleaves signs, so that small numbers of either sign are short.
pub fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

/// Undoes [`zigzag`].
pub fn unzigzag(number: u64) -> i64 {
    ((number >> 1) as i64) ^ -((number & 1) as i64)
}

/// Appends a number, seven bits per byte, the low ones first.
pub fn put_varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Appends a text with its length.
pub(crate) fn put_text(out: &mut Vec<u8>, text: &str) {
    put_varint(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

/// A date as one number: days if every month had 31 of them, counted from 2000.
pub(crate) fn date_number(date: Date) -> i64 {
    (i64::from(date.year()) - 2000) * 372 + (i64::from(date.month()) - 1) * 31 + i64::from(date.day()) - 1
}

/// Undoes [`date_number`]; the 31st of a short month is refused.
pub(crate) fn number_date(number: i64) -> Result<Date, WireError> {
    const ERROR: WireError = WireError("date");
    let year = i16::try_from(number.div_euclid(372).checked_add(2000).ok_or(ERROR)?).map_err(|_| ERROR)?;
    let rest = number.rem_euclid(372);
    Date::new(year, (rest / 31 + 1) as i8, (rest % 31 + 1) as i8).map_err(|_| ERROR)
}

/// A value taken apart: its tag and what follows.
pub(crate) enum Payload<'a> {
    Nothing,
    Number(u64),
    Numbers(u64, u64),
    Text(&'a str),
    Record(RecordId),
    Blob(BlobHash),
}

/// Takes a value apart for writing.
pub(crate) fn split(value: &Value) -> (u8, Payload<'_>) {
    match value {
        Value::Null => (tag::NULL, Payload::Nothing),
        Value::Bool(false) => (tag::FALSE, Payload::Nothing),
        Value::Bool(true) => (tag::TRUE, Payload::Nothing),
        Value::Integer(number) => (tag::INTEGER, Payload::Number(zigzag(*number))),
        Value::Text(text) => (tag::TEXT, Payload::Text(text)),
        Value::Date(date) => (tag::DATE, Payload::Number(zigzag(date_number(*date)))),
        Value::Time(time) => {
            let seconds = (time.hour() as u64 * 60 + time.minute() as u64) * 60 + time.second() as u64;
            let nanos = seconds * 1_000_000_000 + time.subsec_nanosecond() as u64;
            match nanos % NANOS_PER_MINUTE {
                0 => (tag::TIME_MINUTES, Payload::Number(nanos / NANOS_PER_MINUTE)),
                _ => (tag::TIME_NANOS, Payload::Number(nanos)),
            }
        }
        Value::Instant(instant) => {
            let nanos = instant.as_nanosecond();
            let millis = zigzag(nanos.div_euclid(NANOS_PER_MILLI) as i64);
            match nanos.rem_euclid(NANOS_PER_MILLI) {
                0 => (tag::INSTANT_MILLIS, Payload::Number(millis)),
                rest => (tag::INSTANT_NANOS, Payload::Numbers(millis, rest as u64)),
            }
        }
        Value::Reference(record) => (tag::REFERENCE, Payload::Record(*record)),
        Value::Blob(blob) => (tag::BLOB, Payload::Blob(*blob)),
    }
}

/// Where a value's payload is read from: one stream, or columns.
pub(crate) trait PayloadSource {
    fn number(&mut self) -> Result<u64, WireError>;
    fn text(&mut self) -> Result<String, WireError>;
    fn record(&mut self) -> Result<RecordId, WireError>;
    fn blob(&mut self) -> Result<BlobHash, WireError>;
}

/// Puts a value together from its tag and what follows.
pub(crate) fn join(tag: u8, source: &mut impl PayloadSource) -> Result<Value, WireError> {
    Ok(match tag {
        tag::NULL => Value::Null,
        tag::FALSE => Value::Bool(false),
        tag::TRUE => Value::Bool(true),
        tag::INTEGER => Value::Integer(unzigzag(source.number()?)),
        tag::TEXT => Value::Text(source.text()?),
        tag::DATE => Value::Date(number_date(unzigzag(source.number()?))?),
        tag::TIME_MINUTES => {
            let minutes = source.number()?;
            if minutes >= MINUTES_PER_DAY {
                return Err(WireError("time"));
            }
            Value::Time(time_of(minutes * NANOS_PER_MINUTE)?)
        }
        tag::TIME_NANOS => {
            let nanos = source.number()?;
            if nanos % NANOS_PER_MINUTE == 0 || nanos >= MINUTES_PER_DAY * NANOS_PER_MINUTE {
                return Err(WireError("time"));
            }
            Value::Time(time_of(nanos)?)
        }
        tag::INSTANT_MILLIS => Value::Instant(instant_of(unzigzag(source.number()?), 0)?),
        tag::INSTANT_NANOS => {
            let millis = unzigzag(source.number()?);
            match source.number()? {
                rest @ 1..1_000_000 => Value::Instant(instant_of(millis, rest)?),
                _ => return Err(WireError("instant")),
            }
        }
        tag::REFERENCE => Value::Reference(source.record()?),
        tag::BLOB => Value::Blob(source.blob()?),
        _ => return Err(WireError("value type")),
    })
}

/// `nanos` is below one day.
fn time_of(nanos: u64) -> Result<Time, WireError> {
    let seconds = nanos / 1_000_000_000;
    let time = Time::new(
        (seconds / 3600) as i8,
        (seconds / 60 % 60) as i8,
        (seconds % 60) as i8,
        (nanos % 1_000_000_000) as i32,
    );
    time.map_err(|_| WireError("time"))
}

fn instant_of(millis: i64, nanos: u64) -> Result<Timestamp, WireError> {
    let nanos = i128::from(millis) * NANOS_PER_MILLI + i128::from(nanos);
    Timestamp::from_nanosecond(nanos).map_err(|_| WireError("instant"))
}

/// Appends a value in one stream, tag first.
pub(crate) fn put_value(out: &mut Vec<u8>, value: &Value) {
    let (tag, payload) = split(value);
    out.push(tag);
    match payload {
        Payload::Nothing => {}
        Payload::Number(number) => put_varint(out, number),
        Payload::Numbers(first, second) => {
            put_varint(out, first);
            put_varint(out, second);
        }
        Payload::Text(text) => put_text(out, text),
        Payload::Record(record) => out.extend_from_slice(record.0.as_bytes()),
        Payload::Blob(blob) => out.extend_from_slice(&blob.0),
    }
}

/// Bytes being read.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// A reader at the first of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Reader { rest: bytes }
    }

    /// How many bytes are left.
    pub fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// The next `len` bytes.
    pub fn take(&mut self, len: usize) -> Result<&'a [u8], WireError> {
        let (head, rest) = self.rest.split_at_checked(len).ok_or(WireError("truncated"))?;
        self.rest = rest;
        Ok(head)
    }

    /// The next `N` bytes.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        let (head, rest) = self.rest.split_first_chunk::<N>().ok_or(WireError("truncated"))?;
        self.rest = rest;
        Ok(*head)
    }

    /// The next byte.
    pub fn byte(&mut self) -> Result<u8, WireError> {
        let (&head, rest) = self.rest.split_first().ok_or(WireError("truncated"))?;
        self.rest = rest;
        Ok(head)
    }

    /// A varint in its shortest spelling.
    pub fn varint(&mut self) -> Result<u64, WireError> {
        let first = self.byte()?;
        if first < 0x80 {
            return Ok(u64::from(first));
        }
        let mut number = u64::from(first & 0x7f);
        for shift in (7..64).step_by(7) {
            let byte = self.byte()?;
            let fits = shift < 63 || byte <= 1;
            if !fits || byte == 0 {
                return Err(WireError("number"));
            }
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(WireError("number"))
    }

    /// A varint that fits a smaller type.
    pub fn narrow<T: TryFrom<u64>>(&mut self) -> Result<T, WireError> {
        T::try_from(self.varint()?).map_err(|_| WireError("number"))
    }

    /// A count of things of at least `least` bytes each: more than the rest could hold is refused.
    pub fn count(&mut self, least: usize) -> Result<usize, WireError> {
        let count: usize = self.narrow()?;
        match count.checked_mul(least) {
            Some(bytes) if bytes <= self.remaining() => Ok(count),
            _ => Err(WireError("count")),
        }
    }

    /// A text with its length.
    pub fn text(&mut self) -> Result<&'a str, WireError> {
        let len = self.narrow()?;
        std::str::from_utf8(self.take(len)?).map_err(|_| WireError("text"))
    }

    /// An identifier.
    pub fn uuid(&mut self) -> Result<Uuid, WireError> {
        Ok(Uuid::from_bytes(self.array()?))
    }

    /// A value, tag first.
    pub fn value(&mut self) -> Result<Value, WireError> {
        let tag = self.byte()?;
        join(tag, self)
    }

    /// Refuses bytes after the end.
    pub fn finish(self) -> Result<(), WireError> {
        if self.rest.is_empty() { Ok(()) } else { Err(WireError("bytes after the end")) }
    }
}

impl PayloadSource for Reader<'_> {
    fn number(&mut self) -> Result<u64, WireError> {
        self.varint()
    }

    fn text(&mut self) -> Result<String, WireError> {
        Reader::text(self).map(str::to_owned)
    }

    fn record(&mut self) -> Result<RecordId, WireError> {
        self.uuid().map(RecordId)
    }

    fn blob(&mut self) -> Result<BlobHash, WireError> {
        self.array().map(BlobHash)
    }
}
