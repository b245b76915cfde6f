//! The incremental update: new bytes after the old ones, with a classic cross-reference table.
//!
//! The same objects always give the same bytes. Verification relies on that: an update counts as ours only if writing
//! what was read from it gives those very bytes again, so nothing can hide in it from one reader and show in another.

use std::io::Write;

use lopdf::{Dictionary, Object, ObjectId, StringFormat};

/// Objects added or replaced, in file order, and the trailer entries that go with them.
pub(crate) struct Increment {
    pub objects: Vec<(ObjectId, Object)>,
    /// Without `/Prev`, which is written from `previous_xref`.
    pub trailer: Dictionary,
    /// Where the cross-reference table of the file so far begins.
    pub previous_xref: usize,
}

impl Increment {
    /// The bytes to append to `base`.
    pub fn render(&self, base: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        if base.last() != Some(&b'\n') {
            out.push(b'\n');
        }
        let mut offsets = Vec::with_capacity(self.objects.len());
        for ((number, generation), object) in &self.objects {
            offsets.push((*number, *generation, base.len() + out.len()));
            put(&mut out, format_args!("{number} {generation} obj\n"));
            write_object(&mut out, object);
            out.extend_from_slice(b"\nendobj\n");
        }
        let xref_start = base.len() + out.len();
        offsets.sort_unstable();
        out.extend_from_slice(b"xref\n");
        for run in offsets.chunk_by(|one, next| one.0 + 1 == next.0) {
            put(&mut out, format_args!("{} {}\n", run[0].0, run.len()));
            for (_, generation, offset) in run {
                put(&mut out, format_args!("{offset:010} {generation:05} n \n"));
            }
        }
        let mut trailer = self.trailer.clone();
        trailer.set("Prev", self.previous_xref as i64);
        out.extend_from_slice(b"trailer\n");
        write_dictionary(&mut out, &trailer);
        put(&mut out, format_args!("\nstartxref\n{xref_start}\n%%EOF\n"));
        out
    }
}

/// Lower-case hexadecimal digits, the one spelling of a string we write and accept.
pub(crate) fn hexadecimal(octets: &[u8]) -> impl Iterator<Item = u8> {
    octets.iter().flat_map(|octet| [octet >> 4, octet & 15]).map(|digit| b"0123456789abcdef"[usize::from(digit)])
}

/// A `Vec` takes every byte, so writing cannot fail.
fn put(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    let _infallible = out.write_fmt(text);
}

fn write_object(out: &mut Vec<u8>, object: &Object) {
    match object {
        Object::Null => out.extend_from_slice(b"null"),
        Object::Boolean(value) => put(out, format_args!("{value}")),
        Object::Integer(value) => put(out, format_args!("{value}")),
        // `Display` of f32 is the shortest text that reads back as the same number; a rounded rectangle would be a
        // change of the page to a strict validator.
        Object::Real(value) => put(out, format_args!("{value}")),
        Object::Name(name) => write_name(out, name),
        Object::String(text, StringFormat::Literal) => write_literal(out, text),
        Object::String(text, StringFormat::Hexadecimal) => {
            out.push(b'<');
            out.extend(hexadecimal(text));
            out.push(b'>');
        }
        Object::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b' ');
                }
                write_object(out, item);
            }
            out.push(b']');
        }
        Object::Dictionary(dictionary) => write_dictionary(out, dictionary),
        Object::Stream(stream) => {
            write_dictionary(out, &stream.dict);
            out.extend_from_slice(b"\nstream\n");
            out.extend_from_slice(&stream.content);
            out.extend_from_slice(b"\nendstream");
        }
        Object::Reference((number, generation)) => put(out, format_args!("{number} {generation} R")),
    }
}

fn write_dictionary(out: &mut Vec<u8>, dictionary: &Dictionary) {
    out.extend_from_slice(b"<<");
    for (key, value) in dictionary {
        write_name(out, key);
        out.push(b' ');
        write_object(out, value);
        out.push(b'\n');
    }
    out.extend_from_slice(b">>");
}

fn write_name(out: &mut Vec<u8>, name: &[u8]) {
    out.push(b'/');
    for byte in name {
        if byte.is_ascii_graphic() && !b"()<>[]{}/%#".contains(byte) {
            out.push(*byte);
        } else {
            put(out, format_args!("#{byte:02X}"));
        }
    }
}

fn write_literal(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'(');
    for byte in text {
        match byte {
            b'(' | b')' | b'\\' => out.extend_from_slice(&[b'\\', *byte]),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\n' => out.extend_from_slice(b"\\n"),
            _ => out.push(*byte),
        }
    }
    out.push(b')');
}
