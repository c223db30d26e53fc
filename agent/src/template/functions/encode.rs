//! Base64, hashes, and the ways to write data down.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{Called, Fault, Function, Takes, function, json, text, text_of, toml, yaml};

const T: Takes = Takes::Text;

pub(super) const TABLE: &[Function] = &[
    function("base64Encode", &[T], |_, v| text_of(&*Zeroizing::new(STANDARD.encode(&**text(&v[0])?)))),
    function("base64URLEncode", &[T], |_, v| text_of(&*Zeroizing::new(URL_SAFE.encode(&**text(&v[0])?)))),
    function("base64Decode", &[T], |_, v| decode(&STANDARD, text(&v[0])?)),
    function("base64URLDecode", &[T], |_, v| decode(&URL_SAFE, text(&v[0])?)),
    function("toJSON", &[Takes::Any], |_, v| json::compact(&v[0], json::Escape::Html)),
    function("toJSONPretty", &[Takes::Any], |_, v| json::pretty(&v[0], json::Escape::Html)),
    function("toUnescapedJSON", &[Takes::Any], |_, v| json::compact(&v[0], json::Escape::Little)),
    function("toUnescapedJSONPretty", &[Takes::Any], |_, v| json::pretty(&v[0], json::Escape::Little)),
    function("toYAML", &[Takes::Any], |_, v| yaml::write(&v[0])),
    function("toTOML", &[Takes::Any], |w, v| toml::write(&mut w.budget, &v[0])),
    function("sha256Hex", &[T], |_, v| text_of(hex::encode(Sha256::digest(&**text(&v[0])?)))),
    function("md5sum", &[T], |_, v| text_of(hex::encode(Md5::digest(&**text(&v[0])?)))),
    function("hmacSHA256Hex", &[T, T], |_, v| {
        let mut mac =
            <Hmac<Sha256> as KeyInit>::new_from_slice(text(&v[1])?).map_err(|_| Fault::Wants("a key"))?;
        mac.update(text(&v[0])?);
        text_of(hex::encode(mac.finalize().into_bytes()))
    }),
];

/// Go skips the ends of lines inside.
pub(super) fn decode(engine: &impl Engine, encoded: &[u8]) -> Called {
    match decoded(engine, encoded) {
        Some(bytes) => text_of(&*bytes),
        None => Err(Fault::Wants("a text in base64")),
    }
}

pub(super) fn decoded(engine: &impl Engine, encoded: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let plain: Zeroizing<Vec<u8>> =
        Zeroizing::new(encoded.iter().copied().filter(|b| !matches!(b, b'\r' | b'\n')).collect());
    engine.decode(&*plain).ok().map(Zeroizing::new)
}
