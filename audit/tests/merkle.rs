//! RFC 6962 against two others: its definitions (`tests/vectors/rfc6962`), and another implementation. (A third: the
//! example `rfc6962_vectors`, on a clone of the published ones.)

use std::{fs, path::Path};

use ct_merkle::{RootHash, mem_backed_tree::MemoryBackedTree};
use serde::Deserialize;
use sha2::Sha256;
use turnlock_audit::{
    Head,
    merkle::{
        Frontier, Hash, ProofError, consistency_proof, inclusion_proof, leaf_hash, root, verify_consistency,
        verify_inclusion,
    },
};

#[derive(Deserialize)]
struct Tree {
    leaves: Vec<String>,
    roots: Vec<String>,
    inclusion: Vec<Inclusion>,
    consistency: Vec<Consistency>,
}

#[derive(Deserialize)]
struct Inclusion {
    index: u64,
    size: u64,
    proof: Vec<String>,
}

#[derive(Deserialize)]
struct Consistency {
    old: u64,
    new: u64,
    proof: Vec<String>,
}

struct Vectors {
    tree: Tree,
    leaves: Vec<Hash>,
}

impl Vectors {
    fn read() -> Vectors {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/rfc6962/tree.json");
        let tree: Tree = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
        let leaves = tree.leaves.iter().map(|leaf| leaf_hash(&hex::decode(leaf).unwrap())).collect();
        Vectors { tree, leaves }
    }

    fn head(&self, size: u64) -> Head {
        Head { size, root: hash(&self.tree.roots[size as usize]) }
    }
}

fn hash(hex: &str) -> Hash {
    hex::decode(hex).unwrap().try_into().unwrap()
}

fn hashes(hex: &[String]) -> Vec<Hash> {
    hex.iter().map(|hex| hash(hex)).collect()
}

/// As published with the reference implementations of Certificate Transparency.
#[test]
fn published_roots() {
    let vectors = Vectors::read();
    for (size, published) in [
        (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ] {
        assert_eq!(hex::encode(root(&vectors.leaves[..size])), published);
        assert_eq!(vectors.tree.roots[size], published);
    }
}

#[test]
fn roots_and_proofs_are_those_of_the_definition() {
    let vectors = Vectors::read();
    for size in 0..=vectors.leaves.len() {
        assert_eq!(Frontier::of(&vectors.leaves[..size]).head(), vectors.head(size as u64));
    }
    for Inclusion { index, size, proof } in &vectors.tree.inclusion {
        let proof = hashes(proof);
        assert_eq!(inclusion_proof(&vectors.leaves[..*size as usize], *index).unwrap(), proof);
        verify_inclusion(&vectors.leaves[*index as usize], *index, &vectors.head(*size), &proof).unwrap();
    }
    for Consistency { old, new, proof } in &vectors.tree.consistency {
        let proof = hashes(proof);
        assert_eq!(consistency_proof(&vectors.leaves[..*new as usize], *old).unwrap(), proof);
        verify_consistency(&vectors.head(*old), &vectors.head(*new), &proof).unwrap();
    }
}

/// Every way to break a proof a little.
fn broken(proof: &[Hash], heads: &[Hash]) -> Vec<Vec<Hash>> {
    let mut broken = Vec::new();
    for at in 0..proof.len() {
        for (byte, bit) in [(0, 1), (0, 128), (13, 4), (31, 1)] {
            let mut flipped = proof.to_vec();
            flipped[at][byte] ^= bit;
            broken.push(flipped);
        }
        let mut shorter = proof.to_vec();
        shorter.remove(at);
        broken.push(shorter);
        broken.push(proof[..at].to_vec());
        let mut swapped = proof.to_vec();
        swapped.swap(at, 0);
        if swapped != proof {
            broken.push(swapped);
        }
    }
    for at in 0..=proof.len() {
        for extra in heads.iter().chain(proof).chain([&[0; 32]]) {
            let mut longer = proof.to_vec();
            longer.insert(at, *extra);
            broken.push(longer);
        }
    }
    broken
}

#[test]
fn broken_inclusion_proofs_are_refused() {
    let vectors = Vectors::read();
    let mut refused = 0;
    for Inclusion { index, size, proof } in &vectors.tree.inclusion {
        let (head, leaf, proof) = (vectors.head(*size), vectors.leaves[*index as usize], hashes(proof));
        let mut refuse = |leaf: &Hash, index: u64, head: &Head, proof: &[Hash]| {
            assert!(
                verify_inclusion(leaf, index, head, proof).is_err(),
                "{index} of {} {proof:x?}",
                head.size
            );
            refused += 1;
        };
        for proof in broken(&proof, &[head.root, leaf]) {
            refuse(&leaf, *index, &head, &proof);
        }
        for other in 0..*size + 3 {
            if other != *index {
                refuse(&leaf, other, &head, &proof);
            }
        }
        refuse(&leaf, u64::MAX, &head, &proof);
        refuse(&[7; 32], *index, &head, &proof);
        refuse(&head.root.map(|byte| byte ^ 1), *index, &head, &proof);
        refuse(&leaf, *index, &Head { root: [7; 32], ..head }, &proof);
        refuse(&leaf, *index, &Head { root: root(&[]), ..head }, &proof);
        // The same root claimed for another size: refused wherever the path has another shape there.
        refuse(&leaf, *index, &Head { size: 0, ..head }, &proof);
        refuse(&leaf, *index, &Head { size: size * 2, ..head }, &proof);
    }
    assert!(refused > 10_000, "{refused}");
}

#[test]
fn broken_consistency_proofs_are_refused() {
    let vectors = Vectors::read();
    let mut refused = 0;
    for Consistency { old, new, proof } in &vectors.tree.consistency {
        let (old, new, proof) = (vectors.head(*old), vectors.head(*new), hashes(proof));
        let mut refuse = |old: &Head, new: &Head, proof: &[Hash]| {
            assert!(verify_consistency(old, new, proof).is_err(), "{} to {} {proof:x?}", old.size, new.size);
            refused += 1;
        };
        for proof in broken(&proof, &[old.root, new.root]) {
            refuse(&old, &new, &proof);
        }
        for head in [&old, &new] {
            let other = Head { root: head.root.map(|byte| byte ^ 0x80), ..*head };
            if std::ptr::eq(head, &old) { refuse(&other, &new, &proof) } else { refuse(&old, &other, &proof) }
        }
        refuse(&Head { size: 0, ..old }, &new, &proof);
        refuse(&Head { size: 0, root: root(&[]) }, &new, &[]);
        refuse(&old, &Head { size: old.size - 1, ..new }, &proof);
        refuse(&Head { size: new.size + 1, ..old }, &new, &proof);
        if old.size < new.size {
            refuse(&new, &old, &proof);
            refuse(&Head { root: new.root, ..old }, &Head { root: old.root, ..new }, &proof);
            refuse(&old, &Head { size: new.size * 2, ..new }, &proof);
        }
    }
    assert!(refused > 5_000, "{refused}");
    let nothing = vectors.head(0);
    assert_eq!(verify_consistency(&nothing, &nothing, &[]), Err(ProofError::Sizes));
}

/// A small generator is enough to choose sizes; no other randomness is wanted in a test.
fn numbers(mut seed: u64) -> impl Iterator<Item = u64> {
    std::iter::from_fn(move || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Some(seed >> 33)
    })
}

#[test]
fn another_implementation_agrees() {
    let mut theirs = MemoryBackedTree::<Sha256, Vec<u8>>::new();
    let mut leaves = Vec::new();
    let mut random = numbers(2026);
    let mut next = |below: u64| random.next().unwrap() % below;
    for size in 1..=300u64 {
        let body: Vec<u8> = (0..next(100)).map(|_| next(256) as u8).collect();
        leaves.push(leaf_hash(&body));
        theirs.push(body);
        assert_eq!(root(&leaves)[..], theirs.root().as_bytes()[..]);
        let head = Frontier::of(&leaves).head();
        for _ in 0..5 {
            let index = next(size);
            let proof = inclusion_proof(&leaves, index).unwrap();
            assert_eq!(proof.concat(), theirs.prove_inclusion(index as usize).as_bytes());
            verify_inclusion(&leaves[index as usize], index, &head, &proof).unwrap();
            let added = next(size);
            if added > 0 {
                let old = size - added;
                let proof = consistency_proof(&leaves, old).unwrap();
                let theirs_proof = theirs.prove_consistency(added as usize);
                assert_eq!(proof.concat(), theirs_proof.as_bytes(), "{old} to {size}");
                let old = Frontier::of(&leaves[..old as usize]).head();
                verify_consistency(&old, &head, &proof).unwrap();
                let old = RootHash::<Sha256>::new(old.root.into(), old.size);
                theirs.root().verify_consistency(&old, &theirs_proof).unwrap();
            }
        }
    }
}

#[test]
fn a_frontier_survives_being_written_down() {
    let mut tree = Frontier::default();
    for n in 0..300u64 {
        let bytes = tree.to_bytes();
        assert_eq!(bytes.len(), 32 * n.count_ones() as usize);
        assert_eq!(Frontier::from_bytes(n, &bytes), Some(tree.clone()));
        assert_eq!(Frontier::from_bytes(n, &[&bytes[..], &[0]].concat()), None);
        assert_eq!(Frontier::from_bytes(n, &[&bytes[..], &[0; 32]].concat()), None);
        tree.push(leaf_hash(&n.to_be_bytes()));
    }
    assert_eq!(Frontier::from_bytes(u64::MAX, &[]), None);
}
