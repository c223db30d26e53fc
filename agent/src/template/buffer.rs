//! Bytes that leave nothing behind when they grow, and that do not grow for ever.

use zeroize::Zeroizing;

use super::fault::Fault;

pub(super) struct Buffer {
    bytes: Zeroizing<Vec<u8>>,
    limit: usize,
}

impl Buffer {
    pub(super) fn up_to(limit: usize) -> Self {
        Self { bytes: Zeroizing::new(Vec::new()), limit }
    }

    pub(super) fn push(&mut self, more: &[u8]) -> Result<(), Fault> {
        let needed = self.bytes.len() + more.len();
        if needed > self.limit {
            return Err(Fault::TooMuch);
        }
        if needed > self.bytes.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity((needed * 2).max(64)));
            larger.extend_from_slice(&self.bytes);
            self.bytes = larger;
        }
        self.bytes.extend_from_slice(more);
        Ok(())
    }

    pub(super) fn push_char(&mut self, c: char) -> Result<(), Fault> {
        self.push(c.encode_utf8(&mut [0; 4]).as_bytes())
    }

    pub(super) fn repeat(&mut self, what: &[u8], times: usize) -> Result<(), Fault> {
        if what.len().saturating_mul(times) > self.limit {
            return Err(Fault::TooMuch);
        }
        // Nothing can be repeated for ever within any limit.
        let times = if what.is_empty() { 0 } else { times };
        (0..times).try_for_each(|_| self.push(what))
    }

    pub(super) fn into_utf8(self) -> Option<Zeroizing<String>> {
        match String::from_utf8(self.into_bytes()) {
            Ok(text) => Some(Zeroizing::new(text)),
            Err(e) => {
                drop(Zeroizing::new(e.into_bytes()));
                None
            }
        }
    }

    pub(super) fn into_bytes(mut self) -> Vec<u8> {
        std::mem::take(&mut *self.bytes)
    }
}

impl std::ops::Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}
