//! HMAC-SHA-256 signatures: JSON Web Tokens (HS256, RFC 7515) and the session cookie. What is signed is
//! `header.claims` for the one and `claims` for the other; the two have keys of their own, so neither passes for the other.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL};
use ring::hmac;

/// `{"alg":"HS256","typ":"JWT"}`. The only header that we accept, compared as text: an attacker's `alg` is never read.
const JWT_HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

pub(crate) struct Signer(hmac::Key);

impl Signer {
    pub(crate) fn new(key: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    pub(crate) fn jwt(&self, claims: &[u8]) -> String {
        self.sign(format!("{JWT_HEADER}.{}", BASE64URL.encode(claims)))
    }

    pub(crate) fn open_jwt(&self, token: &str) -> Option<Vec<u8>> {
        let claims = self.verified(token)?.strip_prefix(JWT_HEADER)?.strip_prefix('.')?;
        BASE64URL.decode(claims).ok()
    }

    pub(crate) fn cookie(&self, claims: &[u8]) -> String {
        self.sign(BASE64URL.encode(claims))
    }

    pub(crate) fn open_cookie(&self, cookie: &str) -> Option<Vec<u8>> {
        BASE64URL.decode(self.verified(cookie)?).ok()
    }

    fn sign(&self, text: String) -> String {
        let signature = hmac::sign(&self.0, text.as_bytes());
        format!("{text}.{}", BASE64URL.encode(signature))
    }

    /// The text before the signature, if the signature (compared in constant time) is ours.
    fn verified<'a>(&self, signed: &'a str) -> Option<&'a str> {
        let (text, signature) = signed.rsplit_once('.')?;
        hmac::verify(&self.0, text.as_bytes(), &BASE64URL.decode(signature).ok()?).ok()?;
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7515, appendix A.1. Its header has line breaks, so this is the signature alone, not our header.
    #[test]
    fn signature_of_rfc_7515() {
        let key = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
        let signer = Signer::new(&BASE64URL.decode(key).unwrap());
        let text = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        let signed = signer.sign(text.to_owned());
        assert_eq!(signed, format!("{text}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
        assert_eq!(signer.verified(&signed), Some(text));
        // Well signed, but under a header that isn't ours.
        assert_eq!(signer.open_jwt(&signed), None);
    }

    #[test]
    fn a_token_is_opened_by_its_own_key_only() {
        let (ours, other) = (Signer::new(&[1; 64]), Signer::new(&[2; 64]));
        let token = ours.jwt(b"{}");
        assert_eq!(ours.open_jwt(&token).as_deref(), Some(&b"{}"[..]));
        assert_eq!(other.open_jwt(&token), None);
        assert_eq!(ours.open_jwt(&format!("{token}A")), None);
        assert_eq!(ours.open_jwt(""), None);
    }

    #[test]
    fn a_cookie_is_no_token() {
        let signer = Signer::new(&[1; 64]);
        let cookie = signer.cookie(b"{}");
        assert_eq!(signer.open_cookie(&cookie).as_deref(), Some(&b"{}"[..]));
        assert_eq!(signer.open_jwt(&cookie), None);
        assert_eq!(signer.open_cookie(&signer.jwt(b"{}")), None);
        assert_eq!(Signer::new(&[2; 64]).open_cookie(&cookie), None);
    }
}
