//! Names, values and versions: the words that everything else is said in.
//!
//! A [`Value`] cannot be printed, serialised or compared by accident: it has no `Debug`, `Display`, `Serialize` or
//! `PartialEq`. The places that may see one in the clear call `expose_secret` themselves, under a lint that names them
//! (see `docs/architecture.md`).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

/// The name of a secret: also its key in the policy and the last part of its path in Vault.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

impl From<Name> for String {
    fn from(name: Name) -> String {
        name.0
    }
}

impl TryFrom<String> for Name {
    type Error = NotAName;

    fn try_from(s: String) -> Result<Self, NotAName> {
        s.parse()
    }
}

impl Name {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Why a text is not a [`Name`].
#[derive(Debug, thiserror::Error)]
#[error(
    "{0:?} is not a secret's name: use capital letters, digits and underscores, starting with a letter, at most 64"
)]
pub struct NotAName(String);

impl FromStr for Name {
    type Err = NotAName;

    /// The characters of an environment variable, so that a name is safe in a path, a template and an env file.
    fn from_str(s: &str) -> Result<Self, NotAName> {
        let first = s.bytes().next().is_some_and(|b| b.is_ascii_uppercase());
        let rest = s.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        if first && rest && s.len() <= 64 { Ok(Self(s.to_owned())) } else { Err(NotAName(s.to_owned())) }
    }
}

/// A version's number in Vault KV v2, counted from 1.
pub type Version = u64;

/// One value of a secret: wiped when dropped, never shown.
#[derive(Clone)]
pub struct Value(SecretString);

impl Value {
    pub fn new(text: String) -> Self {
        Self(SecretString::from(text))
    }

    /// Equality in constant time (the length is not hidden).
    pub fn same(&self, other: &Value) -> bool {
        self.same_text(inside(other))
    }

    pub fn same_text(&self, other: &str) -> bool {
        inside(self).as_bytes().ct_eq(other.as_bytes()).into()
    }

    /// Whether a text holds it, as it is or as a part of a URL; what is very short is in everything.
    pub fn is_in(&self, text: &str) -> bool {
        let clear = inside(self);
        let encoded: String = url::form_urlencoded::byte_serialize(clear.as_bytes()).collect();
        clear.len() >= 4 && [clear, &encoded].iter().any(|form| text.contains(form))
    }

    /// Without the line break that it may end with.
    pub fn without_line_end(&self) -> Value {
        Value::new(inside(self).trim_end_matches(['\r', '\n']).to_owned())
    }

    /// Length in bytes: not a secret, and a file written in place must keep it.
    pub fn len(&self) -> usize {
        inside(self).len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl ExposeSecret<str> for Value {
    fn expose_secret(&self) -> &str {
        inside(self)
    }
}

#[expect(clippy::disallowed_methods, reason = "the type's own comparison and length")]
fn inside(value: &Value) -> &str {
    value.0.expose_secret()
}

/// A value with its number in Vault. A pending value carries the number that promote will give it.
#[derive(Clone)]
pub struct Versioned {
    pub version: Version,
    pub value: Value,
}

/// Which version every secret has at one moment, and the other versions that are known, so that a place that holds
/// one of them can be named, and so that a proof can try one that must be refused.
#[derive(Clone, Default)]
pub struct Values {
    held: BTreeMap<Name, Versioned>,
    others: BTreeMap<Name, Vec<Versioned>>,
}

/// What a place turned out to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    Version(Version),
    Unknown,
    Missing,
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Held::Version(n) => write!(f, "v{n}"),
            Held::Unknown => f.write_str("unknown value"),
            Held::Missing => f.write_str("missing"),
        }
    }
}

impl Values {
    pub fn insert(&mut self, name: Name, version: Version, value: Value) {
        self.held.insert(name, Versioned { version, value });
    }

    pub fn add_other(&mut self, name: Name, other: Versioned) {
        self.others.entry(name).or_default().push(other);
    }

    pub fn get(&self, name: &Name) -> Option<&Versioned> {
        self.held.get(name)
    }

    pub fn version(&self, name: &Name) -> Option<Version> {
        self.get(name).map(|v| v.version)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Name, &Versioned)> {
        self.held.iter()
    }

    /// Known versions other than the held one: the last version, or the other side of a change.
    pub fn others(&self, name: &Name) -> &[Versioned] {
        self.others.get(name).map_or(&[], Vec::as_slice)
    }

    /// The same values, but for one secret.
    pub fn with(&self, name: &Name, versioned: &Versioned) -> Values {
        let mut values = self.clone();
        values.held.insert(name.clone(), versioned.clone());
        values
    }

    /// Which known version a text is.
    pub fn identify(&self, name: &Name, text: &str) -> Held {
        let known = self.held.get(name).into_iter().chain(self.others(name));
        known
            .filter(|v| v.value.same_text(text))
            .map(|v| Held::Version(v.version))
            .next()
            .unwrap_or(Held::Unknown)
    }
}

/// The passthrough entry: everything that the stack's files hold and no policy manages, by field. Read once a run.
#[derive(Clone, Default)]
pub struct Passed(BTreeMap<String, Value>);

impl Passed {
    pub fn new(fields: BTreeMap<String, Value>) -> Self {
        Self(fields)
    }

    pub fn get(&self, field: &str) -> Option<&Value> {
        self.0.get(field)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0.iter()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What a rotation does to the world: from one set of values to another. Both sides know the other's values.
#[derive(Clone)]
pub struct Change {
    pub from: Values,
    pub to: Values,
}

impl Change {
    /// `current` with some secrets replaced.
    pub fn new(current: Values, replaced: impl IntoIterator<Item = (Name, Versioned)>) -> Self {
        let (mut from, mut to) = (current.clone(), current);
        for (name, pending) in replaced {
            if let Some(old) = from.get(&name).cloned() {
                to.add_other(name.clone(), old);
            }
            from.add_other(name.clone(), pending.clone());
            to.held.insert(name, pending);
        }
        Self { from, to }
    }

    /// Nothing changes: what repair applies.
    pub fn to_itself(current: Values) -> Self {
        Self { from: current.clone(), to: current }
    }

    pub fn reversed(&self) -> Self {
        Self { from: self.to.clone(), to: self.from.clone() }
    }

    /// The secrets whose version differs between the sides.
    pub fn names(&self) -> BTreeSet<Name> {
        self.to
            .iter()
            .filter(|(n, v)| self.from.version(n) != Some(v.version))
            .map(|(n, _)| n.clone())
            .collect()
    }

    pub fn touches(&self, name: &Name) -> bool {
        self.from.version(name) != self.to.version(name)
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::os::unix::fs::FileExt;

    use super::*;
    use crate::envfile::Text;

    const TEXT: &str = "hunter2-hunter2-and-on-and-on-until-the-end-of-a-line-of-80-columns-and-beyond";

    /// How many pieces of eight bytes of it are still there when somebody lets go of a text in memory.
    fn left<T>(held: T, at: impl Fn(&T) -> *const u8) -> usize {
        let memory = File::open("/proc/self/mem").unwrap();
        let (mut before, mut after) = ([0; TEXT.len()], [0; TEXT.len()]);
        let at = at(&held).addr() as u64;
        memory.read_exact_at(&mut before, at).unwrap();
        // From here to the second look nothing may be allocated: it would be put there.
        drop(held);
        memory.read_exact_at(&mut after, at).unwrap();
        assert_eq!(before, TEXT.as_bytes(), "it was there");
        TEXT.as_bytes().windows(8).filter(|piece| after.windows(8).any(|there| there == *piece)).count()
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test looks at what it made up")]
    fn a_value_is_wiped_when_it_is_dropped() {
        assert!(
            left(TEXT.to_owned(), |text| text.as_ptr()) > 40,
            "of a plain text nearly everything is left"
        );
        assert_eq!(left(Value::new(TEXT.to_owned()), |value| inside(value).as_ptr()), 0);
        assert_eq!(left(Value::new(TEXT.to_owned()).clone(), |value| inside(value).as_ptr()), 0, "its copy");
        let versioned = Versioned { version: 1, value: Value::new(TEXT.to_owned()) };
        let mut values = Values::default();
        values.add_other("PW".parse().unwrap(), versioned.clone());
        values.insert("PW".parse().unwrap(), 2, versioned.value);
        let change = Change::to_itself(values);
        let held = |change: &Change| inside(&change.to.held.values().next().unwrap().value).as_ptr();
        assert_eq!(left(change, held), 0, "all that a rotation holds");
        assert_eq!(left(Text::new(TEXT), |text| text.expose_secret().as_ptr()), 0, "a line of an env file");
    }
}
