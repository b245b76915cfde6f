//! What a signature looks like: a one-page PDF taken over as a form XObject.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

use crate::sign::SignError;

/// Pages may inherit their resources; a page tree deeper than this is malformed.
const DEEPEST_PAGE_TREE: usize = 16;

/// A page taken over into another document.
pub(crate) struct Appearance {
    /// The form XObject.
    pub form: ObjectId,
    /// The form and all it needs, numbered from the number given.
    pub objects: Vec<(ObjectId, Object)>,
}

impl Appearance {
    /// Takes over the only page of `pdf`, numbering its objects from `first_number` on.
    pub fn from_page(pdf: &[u8], first_number: u32) -> Result<Self, SignError> {
        let source = Document::load_mem(pdf).map_err(|cause| SignError::Appearance(Some(cause)))?;
        let pages = source.get_pages();
        let (Some(page), 1) = (pages.values().next(), pages.len()) else { return Err(SignError::Appearance(None)) };
        let resources = inherited(&source, *page, b"Resources").unwrap_or(Object::Dictionary(Dictionary::new()));
        let bounds = inherited(&source, *page, b"MediaBox").ok_or(SignError::Appearance(None))?;

        let form = (first_number, 0);
        let mut copy =
            Copy { source: &source, renumbered: BTreeMap::new(), pending: Vec::new(), next: first_number + 1 };
        let dictionary = dictionary! {
            "Type" => "XObject",
            "Subtype" => "Form",
            "BBox" => copy.take(&bounds),
            "Resources" => copy.take(&resources),
        };
        let mut stream = Stream::new(dictionary, source.get_page_content(*page));
        stream.compress().map_err(|cause| SignError::Appearance(Some(cause)))?;
        let mut objects = vec![(form, Object::Stream(stream))];
        while let Some((old, new)) = copy.pending.pop() {
            let object = source.get_object(old).map_err(|cause| SignError::Appearance(Some(cause)))?;
            objects.push((new, copy.take(object)));
        }
        objects.sort_by_key(|(id, _)| *id);
        Ok(Appearance { form, objects })
    }
}

/// Copies objects, giving each one referred to a new number and noting it for copying in turn.
struct Copy<'a> {
    source: &'a Document,
    renumbered: BTreeMap<ObjectId, ObjectId>,
    pending: Vec<(ObjectId, ObjectId)>,
    next: u32,
}

impl Copy<'_> {
    fn take(&mut self, object: &Object) -> Object {
        match object {
            Object::Reference(old) if self.source.has_object(*old) => {
                if let Some(new) = self.renumbered.get(old) {
                    return Object::Reference(*new);
                }
                let new = (self.next, 0);
                self.next += 1;
                self.renumbered.insert(*old, new);
                self.pending.push((*old, new));
                Object::Reference(new)
            }
            Object::Reference(_) => Object::Null,
            Object::Array(items) => Object::Array(items.iter().map(|item| self.take(item)).collect()),
            Object::Dictionary(dictionary) => Object::Dictionary(self.take_dictionary(dictionary)),
            Object::Stream(stream) => {
                let mut copied = stream.clone();
                copied.dict = self.take_dictionary(&stream.dict);
                Object::Stream(copied)
            }
            plain => plain.clone(),
        }
    }

    fn take_dictionary(&mut self, dictionary: &Dictionary) -> Dictionary {
        dictionary.iter().map(|(key, value)| (key.clone(), self.take(value))).collect()
    }
}

/// A page attribute, from the page or the nearest node above it that has one.
fn inherited(document: &Document, page: ObjectId, key: &[u8]) -> Option<Object> {
    let mut node = document.get_dictionary(page).ok()?;
    for _ in 0..DEEPEST_PAGE_TREE {
        if let Ok(value) = node.get(key) {
            return Some(value.clone());
        }
        node = document.get_dictionary(node.get(b"Parent").ok()?.as_reference().ok()?).ok()?;
    }
    None
}
