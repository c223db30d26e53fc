//! Who is logged in: the same claims in a JWT (for programs) and in a cookie (for browsers), each under its own secret.

use axum::http::{HeaderMap, header};
use serde::{Deserialize, Serialize};

use crate::config::Config;

const LIFETIME: u64 = 8 * 60 * 60;
const COOKIE: &str = "session";

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: String,
    iat: u64,
    exp: u64,
}

pub(crate) struct Session {
    pub(crate) token: String,
    /// A whole `Set-Cookie` header.
    pub(crate) cookie: String,
}

pub(crate) fn open(config: &Config, user: String, now: u64) -> Session {
    let claims = Claims { sub: user, iat: now, exp: now + LIFETIME };
    let claims = serde_json::to_vec(&claims).expect("claims are plain JSON");
    let secure = if config.https { "; Secure" } else { "" };
    Session {
        token: config.jwt.jwt(&claims),
        cookie: format!(
            "{COOKIE}={}; HttpOnly; SameSite=Lax; Path=/; Max-Age={LIFETIME}{secure}",
            config.session.cookie(&claims)
        ),
    }
}

/// The user, and by what we know: a bearer token if there is one, else the cookie.
pub(crate) fn whose(config: &Config, headers: &HeaderMap, now: u64) -> Option<(String, &'static str)> {
    let (claims, by) = match bearer(headers) {
        Some(token) => (config.jwt.open_jwt(token)?, "token"),
        None => (config.session.open_cookie(cookie(headers)?)?, "cookie"),
    };
    let claims: Claims = serde_json::from_slice(&claims).ok()?;
    (now < claims.exp).then_some((claims.sub, by))
}

pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == COOKIE).then_some(value))
}
