//! One revision of a PDF: everything up to one of its `%%EOF` marks, and the signature fields it holds.

use lopdf::xref::XrefEntry;
use lopdf::{Dictionary, Document, LoadOptions, Object, ObjectId};

/// A compressed object stream of a report is a few hundred kilobytes; more is an attack on the reader's memory.
const LARGEST_DECOMPRESSED_STREAM: usize = 64 << 20;

/// Fields may be nested; ours are not, and a loop must end.
const DEEPEST_FIELD: usize = 8;

/// Why bytes are no revision of a PDF.
#[derive(Debug)]
pub(crate) enum Unreadable {
    NotPdf,
    Damaged(Option<lopdf::Error>),
    Encrypted,
}

/// A parsed revision.
pub(crate) struct Revision {
    pub document: Document,
    /// Length in bytes.
    pub length: usize,
    /// Where its cross-reference table begins.
    pub xref_start: usize,
}

/// A signature field of a revision.
pub(crate) struct SignatureField {
    /// The object that is field and widget at once; `None` where the file keeps it inline.
    pub id: Option<ObjectId>,
    pub name: String,
    pub dictionary: Dictionary,
}

impl SignatureField {
    /// The signature in the field, if it is signed.
    pub fn value(&self) -> Option<&Object> {
        self.dictionary.get(b"V").ok().filter(|value| **value != Object::Null)
    }
}

impl Revision {
    /// Parses `bytes`, which must be a whole revision: header first, `%%EOF` last.
    pub fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        if !bytes.starts_with(b"%PDF-") {
            return Err(Unreadable::NotPdf);
        }
        let xref_start = startxref(bytes).ok_or(Unreadable::Damaged(None))?;
        let options =
            LoadOptions { max_decompressed_size: Some(LARGEST_DECOMPRESSED_STREAM), ..LoadOptions::default() };
        let document = Document::load_mem_with_options(bytes, options).map_err(|cause| match cause {
            lopdf::Error::InvalidPassword => Unreadable::Encrypted,
            cause => Unreadable::Damaged(Some(cause)),
        })?;
        if document.is_encrypted() || document.trailer.has(b"Encrypt") || document.encryption_state.is_some() {
            return Err(Unreadable::Encrypted);
        }
        if document.xref_start != xref_start || document.catalog().is_err() || document.get_pages().is_empty() {
            return Err(Unreadable::Damaged(None));
        }
        Ok(Revision { document, length: bytes.len(), xref_start })
    }

    /// One more than the highest object number in use.
    pub fn next_number(&self) -> u32 {
        let size = self.document.trailer.get(b"Size").and_then(Object::as_i64).ok();
        let size = size.and_then(|size| u32::try_from(size).ok()).unwrap_or_default();
        size.max(self.document.max_id + 1)
    }

    /// The objects whose bytes begin at `start` or later, in file order.
    pub fn objects_since(&self, start: usize) -> Vec<(ObjectId, Object)> {
        let mut placed: Vec<_> = self
            .document
            .reference_table
            .entries
            .iter()
            .filter_map(|(number, entry)| match entry {
                XrefEntry::Normal { offset, generation } if *offset as usize >= start => {
                    Some((*offset, (*number, *generation)))
                }
                _ => None,
            })
            .collect();
        placed.sort_unstable();
        let object = |id: ObjectId| self.document.objects.get(&id).cloned().unwrap_or(Object::Null);
        placed.into_iter().map(|(_, id)| (id, object(id))).collect()
    }

    /// The trailer entries an update of ours carries over.
    pub fn carried_trailer(&self) -> Dictionary {
        let mut carried = Dictionary::new();
        for key in [b"Size".as_slice(), b"Root", b"Info", b"ID"] {
            if let Ok(value) = self.document.trailer.get(key) {
                carried.set(key, value.clone());
            }
        }
        carried
    }

    /// All signature fields of the form, signed or not, in the order of the form.
    pub fn signature_fields(&self) -> Vec<SignatureField> {
        let mut found = Vec::new();
        let fields = self.form().and_then(|form| self.resolve(form.get(b"Fields").ok()?).as_array().ok());
        for field in fields.into_iter().flatten() {
            self.collect_fields(field, "", DEEPEST_FIELD, &mut found);
        }
        found
    }

    /// The interactive form.
    pub fn form(&self) -> Option<&Dictionary> {
        self.resolve(self.document.catalog().ok()?.get(b"AcroForm").ok()?).as_dict().ok()
    }

    /// The object itself, whether given directly or by reference.
    pub fn resolve<'a>(&'a self, object: &'a Object) -> &'a Object {
        self.document.dereference(object).map_or(&Object::Null, |(_, object)| object)
    }

    fn collect_fields(&self, field: &Object, parent: &str, depth: usize, found: &mut Vec<SignatureField>) {
        let Ok(dictionary) = self.resolve(field).as_dict() else { return };
        let own_name = dictionary.get(b"T").ok().and_then(|name| lopdf::decode_text_string(name).ok());
        let name = match own_name {
            Some(own) if parent.is_empty() => own,
            Some(own) => format!("{parent}.{own}"),
            None => parent.to_owned(),
        };
        if dictionary.get(b"FT").and_then(Object::as_name).is_ok_and(|kind| kind == b"Sig") {
            found.push(SignatureField { id: field.as_reference().ok(), name, dictionary: dictionary.clone() });
        } else if let (true, Ok(kids)) = (depth > 0, dictionary.get(b"Kids")) {
            for kid in self.resolve(kids).as_array().into_iter().flatten() {
                self.collect_fields(kid, &name, depth - 1, found);
            }
        }
    }
}

/// The offset named after the last `startxref`, provided `%%EOF` ends the file.
fn startxref(bytes: &[u8]) -> Option<usize> {
    let tail = String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(48)..]);
    let (_, after) = tail.rsplit_once("startxref")?;
    let mut lines = after.split_ascii_whitespace();
    let offset = lines.next()?.parse::<usize>().ok()?;
    let ends = lines.next() == Some("%%EOF") && lines.next().is_none();
    (ends && offset < bytes.len()).then_some(offset)
}
