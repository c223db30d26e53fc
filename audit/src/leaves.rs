//! The hashes of leaves, two in the time of one and a third.
//!
//! Each round of SHA-256 waits for the one before, even where the processor has instructions for it. Block by block in turns,
//! the rounds of one leaf are done while those of the other wait.

use sha2::block_api::compress256;

use crate::merkle::Hash;

const TOGETHER: usize = 2;

/// The initial state (FIPS 180-4, 5.3.3).
const START: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// Leaves that wait for their hashes, in memory that is used again.
#[derive(Debug, Default)]
pub(crate) struct Leaves {
    waiting: [Leaf; TOGETHER],
    count: usize,
}

#[derive(Debug, Default)]
struct Leaf {
    message: Vec<u8>,
    stored: Vec<u8>,
}

impl Leaves {
    /// An entry's bytes, and what its store says of their hash. There must be room.
    pub(crate) fn add(&mut self, body: &[u8], stored: &[u8]) {
        self.waiting[self.count].set(body, stored);
        self.count += 1;
    }

    pub(crate) fn is_full(&self) -> bool {
        self.count == TOGETHER
    }

    /// Hands over the hash of each, as computed and as stored, in order. None is left.
    pub(crate) fn take<E>(&mut self, mut each: impl FnMut(Hash, &[u8]) -> Result<(), E>) -> Result<(), E> {
        let waiting = &self.waiting[..std::mem::take(&mut self.count)];
        let mut states = [START; TOGETHER];
        for at in 0..waiting.iter().map(|leaf| leaf.blocks().len()).max().unwrap_or(0) {
            for (state, leaf) in states.iter_mut().zip(waiting) {
                if let Some(block) = leaf.blocks().get(at) {
                    compress256(state, std::slice::from_ref(block));
                }
            }
        }
        states.into_iter().zip(waiting).try_for_each(|(state, leaf)| each(hash(state), &leaf.stored))
    }
}

impl Leaf {
    /// `0x00 || body` (RFC 6962, 2.1), and what ends a message (FIPS 180-4, 5.1.1): a bit, zeros, its length in bits.
    fn set(&mut self, body: &[u8], stored: &[u8]) {
        let message = &mut self.message;
        message.clear();
        message.push(0);
        message.extend_from_slice(body);
        let bits = message.len() as u64 * 8;
        message.push(0x80);
        let whole = (message.len() + 8).next_multiple_of(64);
        message.resize(whole - 8, 0);
        message.extend_from_slice(&bits.to_be_bytes());
        self.stored.clear();
        self.stored.extend_from_slice(stored);
    }

    fn blocks(&self) -> &[[u8; 64]] {
        self.message.as_chunks().0
    }
}

fn hash(state: [u32; 8]) -> Hash {
    let mut hash = [0; 32];
    for (bytes, word) in hash.as_chunks_mut().0.iter_mut().zip(state) {
        *bytes = word.to_be_bytes();
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merkle::leaf_hash;

    /// Around each boundary of a block, alone and with another before or behind it.
    #[test]
    fn they_are_those_of_one_at_a_time() {
        let bytes: Vec<u8> = (0..=255).cycle().take(400).collect();
        let mut leaves = Leaves::default();
        for length in 0..=bytes.len() {
            let (body, other) = (&bytes[..length], &bytes[length / 3..]);
            for bodies in [vec![body], vec![body, other], vec![other, body]] {
                let mut found = Vec::new();
                bodies.iter().for_each(|body| leaves.add(body, &leaf_hash(body)));
                assert_eq!(leaves.is_full(), bodies.len() == 2);
                let taken = leaves.take(|computed, stored| {
                    found.push(computed);
                    if computed[..] == *stored { Ok(()) } else { Err(length) }
                });
                assert_eq!(taken, Ok(()));
                assert_eq!(found, bodies.iter().map(|body| leaf_hash(body)).collect::<Vec<_>>());
            }
        }
    }
}
