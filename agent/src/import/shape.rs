//! How a value seems to have been made: the generator that goes on making such.
//!
//! Programs have opinions about the length of their secrets, so the new values are as long as the one that is there,
//! or longer, and never of other letters than fit the place.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::generate::{BYTES, Generator};

/// `in_url`: it stands in a URL somewhere, where base64's `/`, `+` and `=` would mean something else.
pub fn generator(value: &str, in_url: bool) -> Generator {
    let length = value.len();
    let fits = |bytes: &usize| BYTES.contains(bytes);
    let digits = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    if length.is_multiple_of(2) && fits(&(length / 2)) && value.chars().all(digits) {
        return Generator::Hex { bytes: length / 2 };
    }
    let letters = value.chars().all(|c| c.is_ascii_alphanumeric());
    if letters || in_url {
        return match length {
            // As long as it was: some programs want exactly so many characters.
            32.. if length.is_multiple_of(2) && fits(&(length / 2)) => Generator::Hex { bytes: length / 2 },
            33.. => Generator::Hex { bytes: length.div_ceil(2).min(*BYTES.end()) },
            _ => Generator::Base64 { bytes: 24, without: "/+=".into() },
        };
    }
    if let Ok(bytes) = STANDARD.decode(value).map(|b| b.len())
        && fits(&bytes)
    {
        return Generator::Base64 { bytes, without: String::new() };
    }
    match length {
        33.. => Generator::Hex { bytes: length.div_ceil(2).min(*BYTES.end()) },
        _ => Generator::Base64 { bytes: 24, without: "/+=".into() },
    }
}

/// Why nobody should go on relying on a value; `None` if nothing speaks against it.
pub fn weakness(value: &str) -> Option<&'static str> {
    const COMMON: [&str; 18] = [
        "password",
        "passw0rd",
        "changeme",
        "change-me",
        "change_me",
        "changethis",
        "secret",
        "postgres",
        "admin",
        "root",
        "example",
        "default",
        "test",
        "letmein",
        "123456",
        "qwerty",
        "please",
        "insecure",
    ];
    let lower = value.to_lowercase();
    let kinds = value.chars().collect::<std::collections::BTreeSet<_>>().len();
    match () {
        () if COMMON.iter().any(|word| lower.contains(word)) && value.len() < 32 => {
            Some("holds a common word")
        }
        () if value.len() < 16 => Some("is short"),
        () if kinds < 8 => Some("has few different characters"),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base64(bytes: usize, without: &str) -> Generator {
        Generator::Base64 { bytes, without: without.into() }
    }

    #[test]
    fn shapes() {
        let hex = "0123456789abcdef".repeat(4);
        assert_eq!(generator(&hex, false), Generator::Hex { bytes: 32 });
        assert_eq!(generator(&hex, true), Generator::Hex { bytes: 32 });
        let wide = STANDARD.encode([251_u8; 64]);
        assert_eq!(generator(&wide, false), base64(64, ""));
        assert_eq!(generator(&wide, true), Generator::Hex { bytes: 44 });
        assert_eq!(generator("swordfish", false), base64(24, "/+="));
        assert_eq!(generator("p@ss w0rd!", true), base64(24, "/+="));
        assert_eq!(generator(&"Ab1".repeat(11), false), Generator::Hex { bytes: 17 });
        assert_eq!(generator(&"Ab".repeat(16), false), Generator::Hex { bytes: 16 }, "as long as it was");
        assert_eq!(generator(&"?".repeat(50), false), Generator::Hex { bytes: 25 });
    }

    #[test]
    fn each_is_a_generator_that_the_policy_takes() {
        for length in 0..3000 {
            for letter in ["a", "B", "?", "9f"] {
                for in_url in [true, false] {
                    let made = generator(&letter.repeat(length), in_url);
                    assert_eq!(made.weakness(), None, "{length} of {letter}");
                }
            }
        }
    }

    #[test]
    fn weak_values_are_told_without_being_shown() {
        assert_eq!(weakness("changeme-please"), Some("holds a common word"));
        assert_eq!(weakness("Tr0ub4dor"), Some("is short"));
        assert_eq!(weakness("aaaaaaaabbbbbbbb"), Some("has few different characters"));
        assert_eq!(weakness("9f8e7d6c5b4a39281706f5e4d3c2b1a0"), None);
    }
}
