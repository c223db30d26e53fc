//! The Merkle tree of RFC 6962 (section 2.1; the same in RFC 9162): root, and the two proofs.
//!
//! Only leaves are stored anywhere. A [`Frontier`] makes roots of them in one pass and a few hundred bytes, and
//! a proof is a list of [ranges](std::ops::Range) of leaves, whose roots are made the same way.

use std::ops::Range;

use sha2::{Digest, Sha256};

/// A SHA-256.
pub type Hash = [u8; 32];

/// A tree in 40 bytes: what an auditor keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Head {
    /// How many entries it has.
    pub size: u64,
    /// The Merkle tree hash (RFC 6962, 2.1).
    pub root: Hash,
}

/// Why a proof proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    #[error("the leaf's index isn't inside a tree of that size")]
    Index,
    #[error("no tree of the first size can grow into one of the second")]
    Sizes,
    #[error("the proof has another length than a proof between these has")]
    Length,
    #[error("the proof leads to another root")]
    Root,
}

/// The hash of one leaf: `SHA-256(0x00 || body)`.
pub fn leaf_hash(body: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(body).finalize().into()
}

/// The hash of a node with two children: `SHA-256(0x01 || left || right)`.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The hash of a tree, from the hashes of its leaves.
pub fn root(leaves: &[Hash]) -> Hash {
    Frontier::of(leaves).root()
}

/// The roots of the perfect subtrees that a tree of some size consists of, largest first: one for each bit
/// that is set in the size. It is all that is needed to add a leaf ("compact range").
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    nodes: Vec<Hash>,
}

impl Frontier {
    /// Of a tree with these leaves.
    pub fn of(leaves: &[Hash]) -> Frontier {
        let mut frontier = Frontier::default();
        leaves.iter().for_each(|leaf| frontier.push(*leaf));
        frontier
    }

    /// Adds the hash of a leaf.
    pub fn push(&mut self, leaf: Hash) {
        let mut node = leaf;
        // Each set bit at the low end is a subtree as large as the one in hand: the two become one.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.nodes.pop() {
                node = node_hash(&left, &node);
            }
        }
        self.nodes.push(node);
        self.size += 1;
    }

    /// How many leaves there are.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The hash of the tree; that of no leaf at all is `SHA-256("")`.
    pub fn root(&self) -> Hash {
        let mut nodes = self.nodes.iter().rev();
        match nodes.next() {
            None => Sha256::digest([]).into(),
            Some(last) => nodes.fold(*last, |right, left| node_hash(left, &right)),
        }
    }

    /// Size and root.
    pub fn head(&self) -> Head {
        Head { size: self.size, root: self.root() }
    }

    /// The nodes, one after another.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.nodes.concat()
    }

    /// The reverse of [`to_bytes`](Frontier::to_bytes); nothing when there is another number of nodes than a
    /// tree of that size has.
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Option<Frontier> {
        let (nodes, rest) = bytes.as_chunks::<32>();
        let fits = rest.is_empty() && nodes.len() == size.count_ones() as usize;
        fits.then(|| Frontier { size, nodes: nodes.to_vec() })
    }
}

/// The ranges of leaves whose roots prove that leaf `index` is in a tree of `size` (RFC 6962, 2.1.1).
pub fn inclusion_ranges(index: u64, size: u64) -> Result<Vec<Range<u64>>, ProofError> {
    if index >= size {
        return Err(ProofError::Index);
    }
    let (mut from, mut to) = (0, size);
    let mut ranges = Vec::new();
    while to - from > 1 {
        let middle = from + split(to - from);
        if index < middle {
            ranges.push(middle..to);
            to = middle;
        } else {
            ranges.push(from..middle);
            from = middle;
        }
    }
    ranges.reverse();
    Ok(ranges)
}

/// The ranges of leaves whose roots prove that a tree of size `old` is the beginning of one of size `new`
/// (RFC 6962, 2.1.2). Everything begins with nothing, so an empty `old` has no proof.
pub fn consistency_ranges(old: u64, new: u64) -> Result<Vec<Range<u64>>, ProofError> {
    if old == 0 || old > new {
        return Err(ProofError::Sizes);
    }
    let (mut from, mut to) = (0, new);
    let mut ranges = Vec::new();
    while to > old {
        let middle = from + split(to - from);
        if old <= middle {
            ranges.push(middle..to);
            to = middle;
        } else {
            ranges.push(from..middle);
            from = middle;
        }
    }
    // What remains is a subtree of the old tree; when it is the whole of it, the verifier has its root.
    if from > 0 {
        ranges.push(from..to);
    }
    ranges.reverse();
    Ok(ranges)
}

/// The audit path of a leaf, from the hashes of all leaves.
pub fn inclusion_proof(leaves: &[Hash], index: u64) -> Result<Vec<Hash>, ProofError> {
    Ok(roots(leaves, inclusion_ranges(index, leaves.len() as u64)?))
}

/// The proof that the first `old` leaves are the beginning of these.
pub fn consistency_proof(leaves: &[Hash], old: u64) -> Result<Vec<Hash>, ProofError> {
    Ok(roots(leaves, consistency_ranges(old, leaves.len() as u64)?))
}

/// Checks that a leaf is in a tree (RFC 9162, 2.1.3.2).
pub fn verify_inclusion(leaf: &Hash, index: u64, head: &Head, proof: &[Hash]) -> Result<(), ProofError> {
    if index >= head.size {
        return Err(ProofError::Index);
    }
    let (mut at, mut last) = (index, head.size - 1);
    let mut node = *leaf;
    for sibling in proof {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if at & 1 == 1 || at == last {
            node = node_hash(sibling, &node);
            skip_missing_siblings(&mut at, &mut last);
        } else {
            node = node_hash(&node, sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofError::Length);
    }
    if node == head.root { Ok(()) } else { Err(ProofError::Root) }
}

/// Checks that one tree is the beginning of another (RFC 9162, 2.1.4.2). Everything begins with nothing, so a
/// proof from an empty tree is refused: it would prove nothing.
pub fn verify_consistency(old: &Head, new: &Head, proof: &[Hash]) -> Result<(), ProofError> {
    if old.size == 0 || old.size > new.size {
        return Err(ProofError::Sizes);
    }
    if old.size == new.size {
        return match proof {
            [] if old.root == new.root => Ok(()),
            [] => Err(ProofError::Root),
            _ => Err(ProofError::Length),
        };
    }
    let (mut at, mut last) = (old.size - 1, new.size - 1);
    let ones = at.trailing_ones();
    at >>= ones;
    last >>= ones;
    // When the old tree is one perfect subtree, the proof starts from its root, which isn't repeated.
    let (first, rest) = match proof {
        _ if old.size.is_power_of_two() => (old.root, proof),
        [first, rest @ ..] => (*first, rest),
        [] => return Err(ProofError::Length),
    };
    let (mut old_root, mut new_root) = (first, first);
    for sibling in rest {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if at & 1 == 1 || at == last {
            old_root = node_hash(sibling, &old_root);
            new_root = node_hash(sibling, &new_root);
            skip_missing_siblings(&mut at, &mut last);
        } else {
            new_root = node_hash(&new_root, sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofError::Length);
    }
    if old_root == old.root && new_root == new.root { Ok(()) } else { Err(ProofError::Root) }
}

/// A node that is the last of its level and a left child is its own parent: goes up to where it is a right one.
fn skip_missing_siblings(at: &mut u64, last: &mut u64) {
    while *at & 1 == 0 && *at != 0 {
        *at >>= 1;
        *last >>= 1;
    }
}

/// The largest power of two smaller than `size`, which is at least 2.
fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

fn roots(leaves: &[Hash], ranges: Vec<Range<u64>>) -> Vec<Hash> {
    ranges.into_iter().map(|range| root(&leaves[range.start as usize..range.end as usize])).collect()
}
