//! The api as its users see it.

use reqwest::StatusCode;
use reqwest::blocking::RequestBuilder;
use serde_json::{Value as Json, json};

use crate::Value;
use crate::web::client;

/// The api at the address that its container has now.
pub struct Api {
    pub(crate) base: String,
}

/// A user's login: the same claims in a token and in a cookie, each signed with a secret of its own.
pub struct Session {
    pub token: String,
    pub cookie: String,
}

impl Api {
    pub fn login(&self, user: &str) -> Session {
        let answer =
            self.post("login").json(&json!({ "user": user })).send().expect("the api answers a login");
        let cookie = answer.headers().get("set-cookie").and_then(|c| c.to_str().ok()).unwrap_or_default();
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        let body: Json = answer.json().expect("a login's answer is JSON");
        Session { token: body["token"].as_str().expect("a login gives a token").to_owned(), cookie }
    }

    /// Whether the token, signed with JWT_SECRET, is still a login.
    pub fn takes_token(&self, session: &Session) -> bool {
        is_accepted(self.get("me").bearer_auth(&session.token))
    }

    /// Whether the cookie, signed with SESSION_SECRET, is still a login.
    pub fn takes_cookie(&self, session: &Session) -> bool {
        is_accepted(self.get("me").header("Cookie", &session.cookie))
    }

    pub fn takes_enrollment(&self, secret: &Value) -> bool {
        is_accepted(self.post("agents/enroll").header("X-Enrollment-Secret", secret.clear()))
    }

    pub fn takes_scrape_token(&self, token: &Value) -> bool {
        is_accepted(self.get("metrics/scrape").bearer_auth(token.clear()))
    }

    /// Stored encrypted under APP_ENCRYPTION_KEY.
    pub fn add_record(&self, text: &str) -> i64 {
        let answer =
            self.post("records").json(&json!({ "text": text })).send().expect("the api stores a record");
        answer.json::<Json>().expect("JSON")["id"].as_i64().expect("a record has an id")
    }

    pub fn record(&self, id: i64) -> Option<String> {
        let answer = self.get(&format!("records/{id}")).send().expect("the api answers");
        answer.json::<Json>().expect("JSON")["text"].as_str().map(str::to_owned)
    }

    /// A TOTP seed, stored encrypted under MFA_ENCRYPTION_KEY.
    pub fn enroll_mfa(&self, user: &str) -> String {
        let answer = self.post("mfa/enroll").json(&json!({ "user": user })).send().expect("the api enrolls");
        answer.json::<Json>().expect("JSON")["seed"].as_str().expect("an enrollment gives a seed").to_owned()
    }

    pub fn verify_mfa(&self, user: &str, seed: &str) -> bool {
        is_accepted(self.post("mfa/verify").json(&json!({ "user": user, "code": totp(seed) })))
    }

    pub fn is_ready(&self) -> bool {
        is_accepted(self.get("health/ready"))
    }

    fn get(&self, path: &str) -> RequestBuilder {
        client().get(format!("{}/{path}", self.base))
    }

    fn post(&self, path: &str) -> RequestBuilder {
        client().post(format!("{}/{path}", self.base))
    }
}

/// A yes or a no; anything else is a broken api.
fn is_accepted(request: RequestBuilder) -> bool {
    let status = request.send().expect("the api answers").status();
    match status {
        s if s.is_success() => true,
        StatusCode::UNAUTHORIZED | StatusCode::SERVICE_UNAVAILABLE => false,
        other => panic!("the api answered with status {other}"),
    }
}

/// The code that an authenticator shows now (RFC 6238).
pub fn totp(seed: &str) -> String {
    let now = jiff::Timestamp::now().as_second() as u64;
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &from_base32(seed));
    let digest = ring::hmac::sign(&key, &(now / 30).to_be_bytes());
    let digest = digest.as_ref();
    let at = usize::from(digest[19] & 0xf);
    let number = u32::from_be_bytes(digest[at..at + 4].try_into().expect("four bytes")) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

fn from_base32(text: &str) -> Vec<u8> {
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for letter in text.bytes() {
        let value =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|l| *l == letter).expect("base32") as u32;
        bits = (bits << 5) | value;
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    bytes
}

#[test]
fn base32_of_rfc_4648() {
    assert_eq!(from_base32("MZXW6YTBOI"), b"foobar");
}
