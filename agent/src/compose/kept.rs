//! What other programs print. It is read to its end, however long it is, since a full pipe would stop them; and kept up to
//! a bound.

use tokio::io::{AsyncRead, AsyncReadExt};
use zeroize::Zeroizing;

/// Of a program's words, the last count: there it says why it ends.
const MOST_WORDS: usize = 64 * 1024;

/// As much of an output as is wanted.
pub(crate) struct Kept {
    bytes: Zeroizing<Vec<u8>>,
    most: usize,
    which: Which,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    First,
    Last,
}

impl Kept {
    /// An answer that is wanted whole, if it is not longer than so.
    pub(crate) fn whole(most: usize) -> Self {
        Self { bytes: Zeroizing::default(), most, which: Which::First }
    }

    /// The end of what may be long.
    pub(crate) fn last_words() -> Self {
        Self { bytes: Zeroizing::default(), most: MOST_WORDS, which: Which::Last }
    }

    pub(crate) fn push(&mut self, more: &[u8]) {
        let more = match self.which {
            Which::First => &more[..more.len().min(self.most - self.bytes.len())],
            Which::Last => &more[more.len().saturating_sub(self.most)..],
        };
        if self.bytes.len() + more.len() > 2 * self.most {
            let old = self.bytes.len() - self.most;
            self.bytes.drain(..old);
        }
        self.bytes.extend_from_slice(more);
    }

    pub(crate) fn take(mut self) -> Zeroizing<Vec<u8>> {
        let old = self.bytes.len().saturating_sub(self.most);
        self.bytes.drain(..old);
        self.bytes
    }

    /// Everything that comes, until its end.
    pub(crate) async fn of(mut self, stream: Option<impl AsyncRead + Unpin>) -> Zeroizing<Vec<u8>> {
        if let Some(mut stream) = stream {
            let mut chunk = Zeroizing::new(vec![0; 16 * 1024]);
            while let Ok(length @ 1..) = stream.read(&mut chunk).await {
                self.push(&chunk[..length]);
            }
        }
        self.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn kept(kept: Kept, text: &[u8]) -> Vec<u8> {
        kept.of(Some(text)).await.to_vec()
    }

    #[tokio::test]
    async fn the_first_or_the_last_is_kept_and_no_more() {
        let long: Vec<u8> = (0..1_000_000_u32).map(|n| (n % 251) as u8).collect();
        assert!(kept(Kept::whole(100_000), &long).await == long[..100_000]);
        assert!(kept(Kept::last_words(), &long).await == long[long.len() - MOST_WORDS..]);
        for short in [&b""[..], b"left: 0\n"] {
            assert_eq!(kept(Kept::whole(100_000), short).await, short);
            assert_eq!(kept(Kept::last_words(), short).await, short);
        }
        let mut at_once = Kept::last_words();
        at_once.push(&long);
        assert!(
            at_once.bytes.capacity() <= 3 * MOST_WORDS && *at_once.take() == long[long.len() - MOST_WORDS..]
        );
    }
}
