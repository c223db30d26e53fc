//! The search for values where they must not be: as they are, in the forms in which programs write them, and in pieces.
//!
//! A piece is eight characters. Eight digits of a value in hex may well be met by chance among digests and identifiers: of such
//! a value they count where they stand alone, and twelve anywhere.

use std::collections::{BTreeSet, HashMap};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use crate::Value;

const PIECE: usize = 8;
const PIECE_OF_HEX: usize = 12;
/// By so many bytes a pattern is looked up; shorter ones are not searched for.
const HEAD: usize = 6;

/// Some values, made ready to be searched for all at once.
pub struct Search {
    patterns: HashMap<[u8; HEAD], Vec<Pattern>>,
    /// One bit for each hash of a head, so that most places of a text need no more than a look.
    heads: Vec<bool>,
}

struct Pattern {
    text: Vec<u8>,
    /// Counts only where no digit in hex is beside it.
    alone: bool,
    /// The position of its value.
    of: usize,
}

impl Search {
    pub fn of(values: &[Value]) -> Self {
        let mut search = Self { patterns: HashMap::new(), heads: vec![false; 1 << 20] };
        let mut known = BTreeSet::new();
        for (of, value) in values.iter().enumerate().filter(|(_, v)| known.insert(v.clear().to_owned())) {
            for form in value.forms() {
                search.add(form.into_bytes(), false, of);
            }
            search.add_pieces(value.clear(), of);
        }
        search
    }

    fn add_pieces(&mut self, clear: &str, of: usize) {
        let is_hex = clear.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
        let starts: Vec<usize> = clear.char_indices().map(|(at, _)| at).chain([clear.len()]).collect();
        let pieces = |length: usize| {
            starts.iter().zip(starts.iter().skip(length)).map(|(&from, &to)| &clear[from..to])
        };
        for piece in pieces(PIECE) {
            self.add(piece.into(), is_hex, of);
            encoded(piece).into_iter().for_each(|form| self.add(form.into_bytes(), false, of));
        }
        if is_hex {
            pieces(PIECE_OF_HEX).for_each(|piece| self.add(piece.into(), false, of));
        }
    }

    fn add(&mut self, text: Vec<u8>, alone: bool, of: usize) {
        let Some(head) = text.first_chunk::<HEAD>().copied() else { return };
        self.heads[hash(&head)] = true;
        self.patterns.entry(head).or_default().push(Pattern { text, alone, of });
    }

    /// The positions of the values of which something is in a text.
    pub fn found_in(&self, text: &[u8]) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        for (at, window) in text.windows(HEAD).enumerate() {
            let head = window.first_chunk::<HEAD>().expect("a window is so long");
            if !self.heads[hash(head)] {
                continue;
            }
            let here = self.patterns.get(head).into_iter().flatten();
            let here = here.filter(|p| text[at..].starts_with(&p.text));
            found.extend(here.filter(|p| !p.alone || is_alone(text, at, p.text.len())).map(|p| p.of));
        }
        found
    }
}

fn hash(head: &[u8; HEAD]) -> usize {
    let number = head.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 44) as usize
}

fn is_alone(text: &[u8], at: usize, length: usize) -> bool {
    let is_digit = |at: usize| text.get(at).is_some_and(u8::is_ascii_hexdigit);
    let has_before = at > 0 && is_digit(at - 1);
    !has_before && !is_digit(at + length)
}

/// A piece as it is in a URL, in JSON, in hex, and wherever in a text in base64 it may stand.
fn encoded(piece: &str) -> Vec<String> {
    let bytes = piece.as_bytes();
    let in_url: String = url::form_urlencoded::byte_serialize(bytes).collect();
    let in_json = serde_json::Value::from(piece).to_string();
    let in_json = in_json[1..in_json.len() - 1].to_owned();
    let mut forms =
        vec![in_url.replace('+', "%20"), in_url.to_lowercase(), in_url, in_json.replace('/', "\\/"), in_json];
    forms.retain(|form| form != piece);
    forms.extend([hex::encode(bytes), hex::encode_upper(bytes)]);
    for engine in [STANDARD, URL_SAFE] {
        for before in 0..3 {
            let text = engine.encode([&vec![0; before][..], bytes].concat());
            // Without the letters in which something of what stands before or behind is.
            forms.push(text[(before * 8).div_ceil(6)..(before + bytes.len()) * 8 / 6].to_owned());
        }
    }
    forms.sort();
    forms.dedup();
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_found(value: &Value, text: &str) -> bool {
        // Not the only one that is searched for.
        let both = [Value::random(32), value.clone()];
        let found = Search::of(&both).found_in(format!("é{text} ").as_bytes());
        assert!(found.iter().all(|of| *of == 1), "a value that is not there");
        !found.is_empty()
    }

    #[test]
    fn a_value_is_found_in_every_form_and_in_pieces_of_it() {
        let value = Value::random_base64(48);
        let clear = value.clear();
        for form in value.forms() {
            assert!(is_found(&value, &form));
        }
        for from in 0..=clear.len() - PIECE {
            let piece = &clear[from..from + PIECE];
            for form in [&[piece.to_owned()][..], &encoded(piece)].concat() {
                assert!(is_found(&value, &format!("x{form}x")));
            }
            for before in ["", "a", "ab"] {
                assert!(is_found(&value, &STANDARD.encode(format!("{before}{piece}z"))));
                assert!(is_found(&value, &hex::encode(format!("{before}{piece}z"))));
            }
            assert!(!is_found(&value, &clear[from..from + PIECE - 1]), "seven are no piece");
        }
        let odd = Value::new("a\"b\\c/d e+f%g#h");
        let json = serde_json::json!({ "p": odd.clear() }).to_string();
        assert!(is_found(&odd, &json[10..json.len() - 3]), "a part of it, escaped");
        assert!(is_found(&odd, "%22b%5Cc%2Fd+e%2B"));
    }

    #[test]
    fn of_a_value_in_hex_eight_digits_count_only_by_themselves() {
        let value = Value::random(32);
        let piece = &value.clear()[20..28];
        assert!(is_found(&value, &format!("key {piece}…")));
        assert!(!is_found(&value, &format!("id a{piece}")) && !is_found(&value, &format!("id {piece}0")));
        assert!(is_found(&value, &format!("a{}0", &value.clear()[20..32])));
        assert!(is_found(&value, &STANDARD.encode(format!("x{piece}y"))));
    }
}
