//! How a value is made: random bytes of the operating system, written as text on one line.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rand::TryRng;
use rand::rngs::SysRng;
use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use crate::secret::Value;

/// How many random bytes a value may be made of.
pub const BYTES: std::ops::RangeInclusive<usize> = 16..=1024;

/// What a generated value must at least be worth: nobody guesses 112 bits.
const BITS: f64 = 112.0;

const OWN_BYTES: usize = 32;

const BASE64: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Generator {
    /// Base64 with padding. The characters in `without` are dropped afterwards, as `tr -d` does.
    Base64 { bytes: usize, without: String },
    /// Lower-case hexadecimal digits.
    Hex { bytes: usize },
    /// The agent's own secret-id: 32 bytes in hexadecimal, registered with Vault. The first one was Vault's own making.
    Own,
}

/// The operating system gave no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub struct GenerateError;

impl Generator {
    pub fn generate(&self) -> Result<Value, GenerateError> {
        let mut random = Zeroizing::new(vec![0_u8; self.bytes()]);
        SysRng.try_fill_bytes(&mut random).map_err(|_| GenerateError)?;
        Ok(Value::new(self.write(&random)))
    }

    /// Random bytes as text. The text's capacity is its length, so that no copy is left behind when it is boxed.
    fn write(&self, random: &[u8]) -> String {
        match self {
            Generator::Hex { .. } | Generator::Own => {
                let mut digits = vec![0; random.len() * 2];
                hex::encode_to_slice(random, &mut digits).expect("twice as long");
                String::from_utf8(digits).expect("digits")
            }
            Generator::Base64 { without, .. } => {
                let mut all = Zeroizing::new(String::with_capacity(random.len().div_ceil(3) * 4));
                STANDARD.encode_string(random, &mut all);
                let kept = |c: &char| !without.contains(*c);
                let mut text = String::with_capacity(all.chars().filter(kept).count());
                text.extend(all.chars().filter(kept));
                text
            }
        }
    }

    /// The length of a value, unless it varies.
    pub fn length(&self) -> Option<usize> {
        match self {
            Generator::Hex { bytes } => Some(bytes * 2),
            Generator::Own => Some(OWN_BYTES * 2),
            Generator::Base64 { bytes, without } => {
                let varies = without.chars().any(|c| BASE64.contains(c));
                let padding = if without.contains('=') { self.padding() } else { 0 };
                (!varies).then(|| bytes.div_ceil(3) * 4 - padding)
            }
        }
    }

    /// Every character that a value may hold.
    pub fn alphabet(&self) -> BTreeSet<char> {
        match self {
            Generator::Hex { .. } | Generator::Own => "0123456789abcdef".chars().collect(),
            Generator::Base64 { without, .. } => {
                let padding = if self.padding() > 0 { "=" } else { "" };
                BASE64.chars().chain(padding.chars()).filter(|c| !without.contains(*c)).collect()
            }
        }
    }

    /// Whether a value looks like one that this makes. One that doesn't was imported: perhaps too short, perhaps with a
    /// line break in it, perhaps a word.
    #[expect(clippy::disallowed_methods, reason = "a value's characters are looked at, one by one")]
    pub fn admits(&self, value: &Value) -> bool {
        if *self == Generator::Own {
            return true;
        }
        let alphabet = self.alphabet();
        let right_length = match self.length() {
            Some(length) => value.len() == length,
            None => (self.shortest()..=self.longest()).contains(&value.len()),
        };
        right_length && value.expose_secret().chars().all(|c| alphabet.contains(&c))
    }

    /// Why this would make values that can be guessed, or isn't what it says.
    pub fn weakness(&self) -> Option<String> {
        if !BYTES.contains(&self.bytes()) {
            return Some(format!(
                "bytes = {} is not between {} and {}",
                self.bytes(),
                BYTES.start(),
                BYTES.end()
            ));
        }
        let Generator::Base64 { without, .. } = self else { return None };
        if let Some(c) = without.chars().find(|c| !BASE64.contains(*c) && *c != '=') {
            return Some(format!("{c:?} in `without` is no character of base64"));
        }
        let letters = self.alphabet().iter().filter(|c| **c != '=').count();
        let bits = self.mean_length() * (letters.max(1) as f64).log2();
        (bits < BITS).then(|| format!("a value would be worth {bits:.0} bits, less than {BITS:.0}"))
    }

    fn bytes(&self) -> usize {
        match self {
            Generator::Base64 { bytes, .. } | Generator::Hex { bytes } => *bytes,
            Generator::Own => OWN_BYTES,
        }
    }

    /// `=` at the end of base64.
    fn padding(&self) -> usize {
        (3 - self.bytes() % 3) % 3
    }

    /// Characters of base64 before any is dropped, and the part of them that is dropped.
    fn drawn(&self) -> (f64, f64) {
        let Generator::Base64 { bytes, without } = self else { return (self.bytes() as f64 * 2.0, 0.0) };
        let dropped = BASE64.chars().filter(|c| without.contains(*c)).count();
        ((bytes.div_ceil(3) * 4 - self.padding()) as f64, dropped as f64 / 64.0)
    }

    fn mean_length(&self) -> f64 {
        let (drawn, dropped) = self.drawn();
        drawn * (1.0 - dropped)
    }

    /// Six standard deviations below the mean: a shorter one is not made in a lifetime.
    fn shortest(&self) -> usize {
        let (drawn, dropped) = self.drawn();
        (self.mean_length() - 6.0 * (drawn * dropped * (1.0 - dropped)).sqrt()).floor().max(1.0) as usize
    }

    fn longest(&self) -> usize {
        self.bytes().div_ceil(3) * 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base64(bytes: usize, without: &str) -> Generator {
        Generator::Base64 { bytes, without: without.into() }
    }

    #[expect(clippy::disallowed_methods, reason = "a test looks at what was made")]
    fn text(generator: &Generator) -> String {
        generator.generate().unwrap().expose_secret().to_owned()
    }

    #[test]
    fn the_runbooks_three_are_written_as_openssl_writes_them() {
        let bytes: Vec<u8> = (0..24).map(|i| i * 11).collect();
        assert_eq!(base64(24, "").write(&bytes), "AAsWISw3Qk1YY255hI+apbC7xtHc5/L9");
        assert_eq!(base64(24, "/+=").write(&bytes), "AAsWISw3Qk1YY255hIapbC7xtHc5L9");
        assert_eq!(Generator::Hex { bytes: 3 }.write(&[0, 0xab, 255]), "00abff");
    }

    #[test]
    fn lengths_are_known_before() {
        assert_eq!(base64(64, "").length(), Some(88));
        assert_eq!(base64(64, "=").length(), Some(86));
        assert_eq!(base64(24, "/+=").length(), None);
        assert_eq!(Generator::Hex { bytes: 32 }.length(), Some(64));
        for g in [base64(64, ""), base64(64, "="), base64(16, "="), Generator::Hex { bytes: 32 }] {
            assert_eq!(Some(text(&g).len()), g.length(), "{g:?}");
        }
    }

    #[test]
    fn values_are_one_line_of_the_alphabet_and_all_of_it_appears() {
        for g in [base64(64, ""), base64(24, "/+="), base64(1000, "/+="), Generator::Hex { bytes: 32 }] {
            let mut seen = BTreeSet::new();
            for _ in 0..500 {
                seen.extend(text(&g).chars());
            }
            assert_eq!(seen, g.alphabet(), "{g:?}");
            assert!(!seen.contains(&'\n'));
        }
    }

    #[test]
    fn no_two_values_are_the_same() {
        let made: BTreeSet<String> = (0..1000).map(|_| text(&base64(16, "/+="))).collect();
        assert_eq!(made.len(), 1000);
    }

    #[test]
    fn a_generators_own_values_are_admitted() {
        for g in [base64(64, ""), base64(24, "/+="), base64(16, "abcdef"), Generator::Hex { bytes: 16 }] {
            for _ in 0..2000 {
                assert!(g.admits(&g.generate().unwrap()), "{g:?}");
            }
        }
    }

    #[test]
    fn other_values_are_not_admitted() {
        let admits = |g: &Generator, text: &str| g.admits(&Value::new(text.into()));
        let wrapped = format!("{}\n{}", "A".repeat(64), "A".repeat(23));
        assert_eq!(wrapped.len(), 88);
        assert!(!admits(&base64(64, ""), &wrapped), "two lines, as `openssl rand -base64 64` prints");
        assert!(!admits(&Generator::Hex { bytes: 16 }, &"A".repeat(32)), "capitals are no hex of ours");
        assert!(!admits(&base64(24, "/+="), "breeze"));
        assert!(!admits(&base64(24, "/+="), &"a/".repeat(16)));
        assert!(!admits(&base64(24, "/+="), &"a".repeat(33)));
        assert!(!admits(&base64(24, "/+="), ""));
    }

    #[test]
    fn weak_generators_are_named() {
        let why = |g: Generator| g.weakness().unwrap_or_default();
        assert_eq!(why(Generator::Hex { bytes: 16 }), "");
        assert_eq!(why(base64(24, "/+=")), "");
        assert_eq!(why(Generator::Hex { bytes: 15 }), "bytes = 15 is not between 16 and 1024");
        assert_eq!(why(base64(1025, "")), "bytes = 1025 is not between 16 and 1024");
        assert_eq!(why(base64(32, "$")), "'$' in `without` is no character of base64");
        assert!(
            why(base64(32, &BASE64[..60])).starts_with("a value would be worth"),
            "four letters are left"
        );
        assert!(why(base64(32, BASE64)).starts_with("a value would be worth 0 bits"));
    }
}
