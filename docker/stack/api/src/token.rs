//! A shared secret that somebody presents, compared in constant time.

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

pub(crate) struct Token(Zeroizing<Vec<u8>>);

impl Token {
    pub(crate) fn new(value: &str) -> Self {
        Self(Zeroizing::new(value.as_bytes().to_vec()))
    }

    pub(crate) fn is(&self, presented: &[u8]) -> bool {
        self.0.as_slice().ct_eq(presented).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_all_of_it_is_it() {
        let token = Token::new("abcdef");
        assert!(token.is(b"abcdef"));
        for other in [&b"abcdeg"[..], b"abcde", b"abcdef\n", b""] {
            assert!(!token.is(other));
        }
    }
}
