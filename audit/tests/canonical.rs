//! RFC 8785, against the published vectors (`tests/vectors/rfc8785`).

use std::{fs, path::PathBuf};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use turnlock_audit::canonical;

fn vectors() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/rfc8785")
}

#[test]
fn published_documents() {
    let mut seen = 0;
    for input in fs::read_dir(vectors().join("input")).unwrap() {
        let input = input.unwrap().path();
        let name = input.file_name().unwrap();
        let document: Value = serde_json::from_slice(&fs::read(&input).unwrap()).unwrap();
        let bytes = canonical::to_vec(&document).unwrap();
        assert_eq!(bytes, fs::read(vectors().join("output").join(name)).unwrap(), "{name:?}");
        let hex = vectors().join("outhex").join(name).with_extension("txt");
        if let Ok(hex) = fs::read_to_string(hex) {
            let hex: String = hex.split_whitespace().collect();
            assert_eq!(hex::encode(&bytes), hex, "{name:?}");
        }
        // Canonical once is canonical for good.
        let again: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(canonical::to_vec(&again).unwrap(), bytes, "{name:?}");
        seen += 1;
    }
    assert_eq!(seen, 8);
}

#[test]
fn published_numbers() {
    let lines = fs::read_to_string(vectors().join("numbers.txt")).unwrap();
    let published = "be18b62b6f69cdab33a7e0dae0d9cfa869fda80ddc712221570f9f40a5878687";
    assert_eq!(hex::encode(Sha256::digest(&lines)), published);
    for line in lines.lines() {
        let (bits, expected) = line.split_once(',').unwrap();
        let number = f64::from_bits(u64::from_str_radix(bits, 16).unwrap());
        assert_eq!(canonical::to_vec(&number).unwrap(), expected.as_bytes(), "{line}");
    }
}

#[test]
fn what_json_doesn_t_have() {
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        canonical::to_vec(&number).unwrap_err();
    }
}

#[test]
fn keys_are_sorted_by_utf_16() {
    // U+1F602 is D83D DE02 in UTF-16, before U+FB33; in UTF-8 it is after it.
    let sorted = canonical::to_vec(&json!({"\u{fb33}": 1, "\u{1f602}": 2})).unwrap();
    assert_eq!(String::from_utf8(sorted).unwrap(), "{\"\u{1f602}\":2,\"\u{fb33}\":1}");
}
