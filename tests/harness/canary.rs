//! Made-up values in a stranger's stack, and the search for them where they must not be.

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::{SecureRandom, SystemRandom};

use crate::{Search, Value};

/// The values of one stack, by name; each run has others.
#[derive(Default)]
pub struct Canaries(BTreeMap<String, Value>);

impl Canaries {
    /// A file's text with its `@@kind:length:NAME@@` made up (see tests/vectors/stacks/README.md).
    pub fn fill(&mut self, text: &str) -> String {
        let (mut out, mut rest) = (String::new(), text);
        while let Some(at) = rest.find("@@") {
            // Of three, the first is the text's own.
            let at = if rest[at..].starts_with("@@@") { at + 1 } else { at };
            out.push_str(&rest[..at]);
            let (inside, behind) = rest[at + 2..].split_once("@@").expect("`@@` is closed");
            out.push_str(&self.value(inside));
            rest = behind;
        }
        out + rest
    }

    fn value(&mut self, asked: &str) -> String {
        let parts: Vec<&str> = asked.split(':').collect();
        if let [form, name] = parts[..] {
            let value = self.0.get(name).unwrap_or_else(|| panic!("{name} is named before")).clear();
            return match form {
                "=" => value.to_owned(),
                "b64" => STANDARD.encode(value),
                "url" => url::form_urlencoded::byte_serialize(value.as_bytes())
                    .collect::<String>()
                    .replace('+', "%20"),
                other => panic!("{other} is no form"),
            };
        }
        let [kind, length, name] = parts[..] else { panic!("{asked} is not kind:length:NAME") };
        let length: usize = length.parse().expect("a length");
        let made = make(kind, length);
        assert!(self.0.insert(name.to_owned(), Value::new(made.clone())).is_none(), "{name} is made twice");
        made
    }

    /// The names of those that can be seen in a text: whole, encoded, or a piece of eight letters.
    pub fn seen_in(&self, text: &str) -> Vec<&str> {
        let values: Vec<Value> = self.0.values().cloned().collect();
        let names: Vec<&String> = self.0.keys().collect();
        Search::of(&values).found_in(text.as_bytes()).into_iter().map(|of| names[of].as_str()).collect()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn random(bytes: usize) -> Vec<u8> {
    let mut buffer = vec![0; bytes];
    SystemRandom::new().fill(&mut buffer).expect("the operating system has randomness");
    buffer
}

fn letters(alphabet: &[u8], length: usize) -> String {
    random(length).into_iter().map(|b| char::from(alphabet[usize::from(b) % alphabet.len()])).collect()
}

fn make(kind: &str, length: usize) -> String {
    match kind {
        "hex" => letters(b"0123456789abcdef", length),
        "base64" => STANDARD.encode(random(length)),
        "alnum" => {
            letters(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", length - 2) + "x7"
        }
        "word" => {
            (0..length).map(|i| letters(if i % 2 == 0 { b"bdfgklmnprstv" } else { b"aeiou" }, 1)).collect()
        }
        "jwt" => {
            let part = |text: &[u8]| URL_SAFE_NO_PAD.encode(text);
            format!("{}.{}.{}", part(b"{\"alg\":\"HS256\"}"), part(&random(length)), part(&random(32)))
        }
        other => panic!("{other} is no kind of canary"),
    }
}

/// Copies a folder of fixtures, with its values made up; every file for its owner alone.
pub fn copy_filled(from: &Path, to: &Path, canaries: &mut Canaries) {
    std::fs::create_dir_all(to).unwrap_or_else(|e| panic!("{}: {e}", to.display()));
    let mut entries: Vec<_> =
        std::fs::read_dir(from).expect("a folder of fixtures").map(|e| e.expect("listed").path()).collect();
    // What refers to a value comes after the file that it is in: files of folders first, `.env` before the compose file.
    entries.sort_by_key(|path| (!path.is_dir() || !path.ends_with("secrets"), path.clone()));
    for source in entries {
        let target = to.join(source.file_name().expect("named"));
        if source.is_dir() {
            copy_filled(&source, &target, canaries);
        } else if !source.ends_with("stack.json") {
            let text =
                std::fs::read_to_string(&source).unwrap_or_else(|e| panic!("{}: {e}", source.display()));
            std::fs::write(&target, canaries.fill(&text)).expect("writable");
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
            std::fs::set_permissions(&target, mode).expect("changeable");
        }
    }
}

#[test]
fn canaries_are_found_in_every_form_and_in_pieces() {
    let mut canaries = Canaries::default();
    let text = canaries.fill("a@@@hex:32:A@@ b@@b64:A@@@c @@=:A@@");
    let value = canaries.0["A"].clear().to_owned();
    assert_eq!(text, format!("a@{value} b{}@c {value}", STANDARD.encode(&value)));
    assert_eq!(canaries.seen_in(&text), ["A"]);
    assert_eq!(canaries.seen_in(&format!("x{}y", &value[5..13])), ["A"]);
    assert_eq!(canaries.seen_in(&hex::encode(&value)), ["A"]);
    assert!(canaries.seen_in(&value[..7]).is_empty());
}
