//! Where a managed value stands in a text: as it is, percent-encoded for a URL, or in base64.
//!
//! A random value is the same wherever it is found. A word is not: `postgres` is a password, a user, a host and a
//! database in one line. So the commoner a value is, the surer its place has to be.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::ops::Range;
use zeroize::Zeroizing;

use super::{Form, shape, words};
use crate::secret::Name;

/// What is looked for.
#[derive(Default)]
pub struct Needles(Vec<Needle>);

struct Needle {
    name: Name,
    form: Form,
    text: Zeroizing<String>,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Found anywhere.
    Random,
    /// Found between other characters than letters and digits.
    Word,
    /// Found as a URL's password, and as the whole value of a variable whose name says that it is one.
    Common,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub at: Range<usize>,
    pub name: Name,
    pub form: Form,
    pub in_url: bool,
}

/// Two managed secrets have the value that stands there.
#[derive(Debug, PartialEq, Eq)]
pub struct Ambiguous(pub Name, pub Name);

impl Needles {
    pub fn add(&mut self, name: &Name, value: &str) {
        let kind = match () {
            () if words::is_random(value) => Kind::Random,
            () if value.len() < 8 || shape::weakness(value) == Some("holds a common word") => Kind::Common,
            () => Kind::Word,
        };
        let mut add = |form, text: String| {
            self.0.push(Needle { name: name.clone(), form, text: Zeroizing::new(text), kind });
        };
        add(Form::Raw, value.to_owned());
        let encoded = percent_encoded(value);
        if encoded != value {
            add(Form::Url, encoded);
        }
        if kind != Kind::Common {
            add(Form::Base64, STANDARD.encode(value));
        }
        // The longest first, so that no part of an encoded value is taken for another.
        self.0.sort_by_key(|n| std::cmp::Reverse(n.text.len()));
    }

    /// All places, in order, none inside another.
    pub fn find(&self, variable: &str, text: &str) -> Result<Vec<Found>, Ambiguous> {
        let (mut found, mut at): (Vec<Found>, _) = (Vec::new(), 0);
        while at < text.len() {
            let here = |n: &&Needle| text[at..].starts_with(n.text.as_str()) && fits(n, variable, text, at);
            let mut matching = self.0.iter().filter(here);
            let Some(needle) = matching.next() else {
                at += text[at..].chars().next().map_or(1, char::len_utf8);
                continue;
            };
            let same = matching.find(|n| n.text == needle.text && n.name != needle.name);
            if let Some(other) = same {
                return Err(Ambiguous(needle.name.clone(), other.name.clone()));
            }
            let end = at + needle.text.len();
            let in_url = is_in_url(text, at);
            // In a URL the encoded form is right for every value to come, if it is the same for this one.
            let same_encoded = percent_encoded(&needle.text) == *needle.text;
            let form =
                if needle.form == Form::Raw && in_url && same_encoded { Form::Url } else { needle.form };
            found.push(Found { at: at..end, name: needle.name.clone(), form, in_url });
            at = end;
        }
        Ok(found)
    }

    /// Whether a managed value can be seen anywhere in a text, also where it may be a coincidence.
    pub fn touches(&self, text: &str) -> bool {
        self.0.iter().any(|n| n.text.len() >= 4 && text.contains(n.text.as_str()))
    }

    /// Whether a text hides a managed value in base64, with other things around it.
    pub fn hides(&self, text: &str) -> Option<&Name> {
        let alphabet = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c);
        text.split(|c| !alphabet(c)).filter(|w| w.len() >= 12).find_map(|word| {
            let decoded = Zeroizing::new(STANDARD.decode(word).ok()?);
            let clear = std::str::from_utf8(&decoded).ok()?;
            self.0.iter().find(|n| n.kind != Kind::Common && clear.contains(n.text.as_str())).map(|n| &n.name)
        })
    }
}

fn fits(needle: &Needle, variable: &str, text: &str, at: usize) -> bool {
    let (before, after) = (&text[..at], &text[at + needle.text.len()..]);
    let apart = !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric);
    match needle.kind {
        Kind::Random => true,
        Kind::Word => apart,
        Kind::Common => {
            let whole = before.is_empty() && after.is_empty() && words::names_a_secret(variable);
            apart && (whole || is_url_password(before, after))
        }
    }
}

/// `scheme://user:` before, `@` behind.
fn is_url_password(before: &str, after: &str) -> bool {
    let user = before.rfind("://").map(|i| &before[i + 3..]);
    let ends = |c: char| c.is_whitespace() || "/?#@".contains(c);
    user.is_some_and(|u| u.ends_with(':') && u.matches(':').count() == 1 && !u.contains(ends))
        && after.starts_with('@')
}

fn is_in_url(text: &str, at: usize) -> bool {
    let before = &text[..at];
    before
        .rfind("://")
        .is_some_and(|i| !before[i..].contains(|c: char| c.is_whitespace() || "'\"`<>|,;{}".contains(c)))
}

/// As the templates write it: `urlquery | replaceAll "+" "%20"`.
pub fn percent_encoded(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(byte.into()),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const RANDOM: &str = "kJ8s/2mPq0Zx+Lw4Rt7Yv1Bn6Hd3Gf5A";

    fn needles(values: &[(&str, &str)]) -> Needles {
        let mut needles = Needles::default();
        for (name, value) in values {
            needles.add(&name.parse().unwrap(), value);
        }
        needles
    }

    fn found(values: &[(&str, &str)], variable: &str, text: &str) -> Vec<(String, String, Form)> {
        let found = needles(values).find(variable, text).unwrap();
        found.into_iter().map(|f| (text[f.at].to_owned(), f.name.to_string(), f.form)).collect()
    }

    #[test]
    fn a_random_value_is_found_in_each_form() {
        let encoded = percent_encoded(RANDOM);
        assert_eq!(encoded, "kJ8s%2F2mPq0Zx%2BLw4Rt7Yv1Bn6Hd3Gf5A");
        let base64 = STANDARD.encode(RANDOM);
        let text = format!("a{RANDOM}b postgres://u:{encoded}@h {base64}");
        let forms: Vec<Form> = found(&[("A", RANDOM)], "X", &text).into_iter().map(|f| f.2).collect();
        assert_eq!(forms, [Form::Raw, Form::Url, Form::Base64]);
    }

    #[test]
    fn letters_in_a_url_are_encoded_for_the_values_to_come() {
        let value = "9f8e7d6c5b4a39281706f5e4d3c2b1a0";
        assert_eq!(found(&[("A", value)], "X", &format!("redis://:{value}@h/0"))[0].2, Form::Url);
        assert_eq!(found(&[("A", value)], "X", value)[0].2, Form::Raw);
        // Not encoded where it should have been: only as it is are the bytes the same.
        assert_eq!(found(&[("A", RANDOM)], "X", &format!("redis://:{RANDOM}@h/0"))[0].2, Form::Raw);
    }

    #[test]
    fn the_commoner_a_value_the_surer_its_place() {
        let common = [("A", "postgres")];
        let text = "postgres://postgres:postgres@postgres:5432/postgres";
        let places = needles(&common).find("URL", text).unwrap();
        assert_eq!(places.iter().map(|f| f.at.start).collect::<Vec<_>>(), [20]);
        assert!(found(&common, "POSTGRES_DB", "postgres").is_empty());
        assert_eq!(found(&common, "PGPASSWORD", "postgres").len(), 1);
        let word = [("A", "Tr0ub4dor&3")];
        assert_eq!(found(&word, "X", "u:Tr0ub4dor&3@h").len(), 1);
        assert!(found(&word, "X", "xTr0ub4dor&3").is_empty());
    }

    #[test]
    fn two_secrets_with_one_value_are_not_guessed_at() {
        let both = needles(&[("A", RANDOM), ("B", RANDOM)]);
        let error = both.find("X", RANDOM).unwrap_err();
        assert_ne!(error.0, error.1);
        assert_eq!(both.find("X", "nothing").unwrap(), []);
    }

    #[test]
    fn a_value_inside_of_base64_is_seen() {
        let hidden = STANDARD.encode(format!("admin:{RANDOM}"));
        assert_eq!(needles(&[("A", RANDOM)]).hides(&format!("Basic {hidden}")).map(Name::as_str), Some("A"));
        assert_eq!(needles(&[("A", RANDOM)]).hides("Basic bm90aGluZyBpcyBoZXJl"), None);
    }
}
