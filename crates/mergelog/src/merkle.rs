//! The hash tree over a segment's saves: what the signature vouches for.
//!
//! The root binds the saves' leaves and, beside them, the body's bytes. So one save can be proven with a path of
//! hashes, and a payload that must be erased by law can be: leaf and body hash stay, and the chain with them.

pub(crate) type Hash = [u8; 32];

/// What is hashed is told apart by its first byte, so that no leaf can pass for a node (RFC 6962, 2.1).
const LEAF: u8 = 0;
const NODE: u8 = 1;
const BODY: u8 = 2;

/// The hash of one save's canonical bytes.
pub(crate) fn leaf(save: &[u8]) -> Hash {
    blake3::Hasher::new().update(&[LEAF]).update(save).finalize().into()
}

/// The hash of a segment's body.
pub(crate) fn body(body: &[u8]) -> Hash {
    blake3::Hasher::new().update(&[BODY]).update(body).finalize().into()
}

/// The root over at least one leaf and the body's hash.
pub(crate) fn root(leaves: &[Hash], body: &Hash) -> Hash {
    let mut level = leaves.to_vec();
    while level.len() > 1 {
        level = above(&level);
    }
    node(&level.first().copied().unwrap_or_default(), body)
}

/// The hashes that lead from the leaf at a place up to the top of the tree, from below; the body's is not among
/// them.
pub(crate) fn path(leaves: &[Hash], mut at: usize) -> Vec<Hash> {
    let mut level = leaves.to_vec();
    let mut path = Vec::new();
    while level.len() > 1 {
        path.extend(level.get(at ^ 1));
        level = above(&level);
        at /= 2;
    }
    path
}

/// The root that a leaf at a place among `count` leads to; `None` for a path of another length than that place has.
pub(crate) fn climb(leaf: Hash, mut at: usize, count: usize, path: &[Hash], body: &Hash) -> Option<Hash> {
    let mut path = path.iter();
    let (mut width, mut hash) = (count, leaf);
    while width > 1 {
        hash = match (at ^ 1 < width, at % 2) {
            // The last of an odd level moves up as it is.
            (false, _) => hash,
            (true, 0) => node(&hash, path.next()?),
            (true, _) => node(path.next()?, &hash),
        };
        width = width.div_ceil(2);
        at /= 2;
    }
    path.next().is_none().then(|| node(&hash, body))
}

/// Pairs are joined; the last of an odd level moves up as it is.
fn above(level: &[Hash]) -> Vec<Hash> {
    level
        .chunks(2)
        .map(|pair| match pair {
            [left, right] => node(left, right),
            [single, ..] => *single,
            [] => [0; 32],
        })
        .collect()
}

fn node(left: &Hash, right: &Hash) -> Hash {
    blake3::Hasher::new().update(&[NODE]).update(left).update(right).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(count: usize) -> Vec<Hash> {
        (0..count).map(|at| leaf(&[at as u8])).collect()
    }

    #[test]
    fn every_leaf_of_every_width_climbs_to_the_root_and_to_no_other_place() {
        for count in 1..=33 {
            let (leaves, body) = (leaves(count), body(b"columns"));
            let root = root(&leaves, &body);
            for at in 0..count {
                let path = path(&leaves, at);
                for place in 0..count {
                    let reached = climb(leaves[at], place, count, &path, &body) == Some(root);
                    assert_eq!(reached, place == at, "leaf {at} of {count} taken for {place}");
                }
                let longer = [path.as_slice(), &[[0; 32]]].concat();
                assert_eq!(climb(leaves[at], at, count, &longer, &body), None, "a longer path");
                assert!(count == 1 || climb(leaves[at], at, count, &path[1..], &body) != Some(root), "a shorter one");
            }
        }
    }
}
