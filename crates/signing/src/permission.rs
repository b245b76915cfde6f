//! What a signature allows afterwards: DocMDP of the certifying signature, FieldMDP of a locking one.

use lopdf::{Dictionary, Object, ObjectId, dictionary};

use crate::revision::Revision;

/// No change at all may follow.
const NO_CHANGES: i64 = 1;

/// The signature reference of a certifying signature that allows changes up to level `allowed`.
pub(crate) fn certification(allowed: i64) -> Object {
    Object::Dictionary(dictionary! {
        "Type" => "SigRef",
        "TransformMethod" => "DocMDP",
        "TransformParams" => dictionary! {
            "Type" => "TransformParams",
            "V" => "1.2",
            "P" => allowed,
        },
    })
}

/// The signature reference that carries out the `/Lock` of a field.
pub(crate) fn field_lock(lock: &Dictionary, catalog: ObjectId) -> Object {
    let mut parameters = dictionary! { "Type" => "TransformParams", "V" => "1.2" };
    // /P belongs to DocMDP, but Acrobat writes it here for a lock that closes the document, and validators read it.
    for key in ["Action", "Fields", "P"] {
        if let Ok(value) = lock.get(key.as_bytes()) {
            parameters.set(key, value.clone());
        }
    }
    Object::Dictionary(dictionary! {
        "Type" => "SigRef",
        "TransformMethod" => "FieldMDP",
        "TransformParams" => parameters,
        "Data" => Object::Reference(catalog),
    })
}

/// Whether a signature closes the document, so that not even another signature may follow.
pub(crate) fn forbids_further_signatures(revision: &Revision, signature: &Dictionary) -> bool {
    let references = signature.get(b"Reference").ok().and_then(|list| revision.resolve(list).as_array().ok());
    references.into_iter().flatten().any(|reference| {
        let parameters = revision.resolve(reference).as_dict().and_then(|reference| reference.get(b"TransformParams"));
        let Some(parameters) = parameters.ok().and_then(|parameters| revision.resolve(parameters).as_dict().ok())
        else {
            return false;
        };
        let locks_all = parameters.get(b"Action").and_then(Object::as_name).is_ok_and(|action| action == b"All");
        locks_all || parameters.get(b"P").and_then(Object::as_i64).is_ok_and(|allowed| allowed == NO_CHANGES)
    })
}
