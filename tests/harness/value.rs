//! A secret's value in a test's hands.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use ring::rand::{SecureRandom, SystemRandom};

/// Cannot be printed: an assertion about two of them says that they differ, and not how.
#[derive(Clone, PartialEq, Eq)]
pub struct Value(String);

impl Value {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// One that nobody has, of `bytes` bytes in hex.
    pub fn random(bytes: usize) -> Self {
        let mut buffer = vec![0; bytes];
        SystemRandom::new().fill(&mut buffer).expect("the operating system has randomness");
        Self(hex::encode(buffer))
    }

    /// As [`Value::random`], in base64: a signing key of the stack.
    pub fn random_base64(bytes: usize) -> Self {
        let mut buffer = vec![0; bytes];
        SystemRandom::new().fill(&mut buffer).expect("the operating system has randomness");
        Self(STANDARD.encode(buffer))
    }

    /// For a request's body or a program's standard input; not for an assertion.
    pub fn clear(&self) -> &str {
        &self.0
    }

    /// The ways in which a value can turn up where it must not: as it is, for a URL, and encoded.
    pub fn forms(&self) -> Vec<String> {
        let bytes = self.0.as_bytes();
        let form: String = url::form_urlencoded::byte_serialize(bytes).collect();
        let mut forms = vec![
            self.0.clone(),
            form.replace('+', "%20"),
            form.to_lowercase(),
            form,
            hex::encode(bytes),
            STANDARD.encode(bytes),
            STANDARD_NO_PAD.encode(bytes),
            URL_SAFE.encode(bytes),
            URL_SAFE_NO_PAD.encode(bytes),
            self.0.replace('/', "\\/"),
        ];
        forms.sort();
        forms.dedup();
        forms
    }
}
