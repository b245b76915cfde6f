//! The hash tree over a segment's saves: what the signature vouches for.
//!
//! The root binds the saves' leaves and, beside them, the body's bytes. So one save can be proven with a path of
//! hashes, and a payload that must be erased by law can be: leaf and body hash stay, and the chain with them.

type Hash = [u8; 32];

/// What is hashed is told apart by its first byte, so that no leaf can pass for a node (RFC 6962, 2.1).
const LEAF: u8 = 0;
const NODE: u8 = 1;
const BODY: u8 = 2;

/// The hash of one save's canonical bytes.
pub(crate) fn leaf(save: &[u8]) -> Hash {
    blake3::Hasher::new().update(&[LEAF]).update(save).finalize().into()
}

/// The root over at least one leaf and the body.
pub(crate) fn root(leaves: &[Hash], body: &[u8]) -> Hash {
    let body = blake3::Hasher::new().update(&[BODY]).update(body).finalize().into();
    node(&tree(leaves), &body)
}

/// Pairs are joined level by level; the last of an odd level moves up as it is.
fn tree(leaves: &[Hash]) -> Hash {
    let mut level = leaves.to_vec();
    while level.len() > 1 {
        level = level
            .chunks(2)
            .map(|pair| match pair {
                [left, right] => node(left, right),
                [single, ..] => *single,
                [] => [0; 32],
            })
            .collect();
    }
    level.first().copied().unwrap_or_default()
}

fn node(left: &Hash, right: &Hash) -> Hash {
    blake3::Hasher::new().update(&[NODE]).update(left).update(right).finalize().into()
}
