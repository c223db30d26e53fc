//! What a template may read while it is rendered.

use std::collections::{BTreeMap, BTreeSet};

use zeroize::Zeroizing;

use super::error::TemplateError;
use super::value::{Map, Text, Value};
use super::written::Read;
use crate::policy::Paths;
use crate::secret::Name;

/// The values that one render may read, and what it did read.
pub(super) struct Reading {
    paths: Paths,
    values: Readable,
    read: BTreeSet<Name>,
    /// What was read before is given again: nobody can change it, and it takes no more memory.
    made: BTreeMap<Option<Name>, Map>,
}

/// What a file lists, with a value where there is one.
pub(super) struct Readable {
    pub(super) secrets: BTreeMap<Name, Option<Zeroizing<String>>>,
    /// Fields of the passthrough entry.
    pub(super) passed: BTreeMap<String, Option<Zeroizing<String>>>,
}

/// The last part of the passthrough entry's path: no secret's name, since those begin with a letter.
pub const PASSTHROUGH: &str = "_passthrough";

/// What a template's path means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    Secret(Name),
    /// The entry with everything that a file holds and no policy manages.
    Passthrough,
}

/// Why one of our functions stopped the render.
pub(super) enum Refusal {
    /// A path may have been computed, from a value even: it is shown only if the template has it written out.
    NotOurs(Zeroizing<String>),
    NotListed(Zeroizing<String>, Name),
    NoValue(Zeroizing<String>, Name),
    NotPassed(Option<String>),
}

impl Refusal {
    pub(super) fn into_error(self, written: &[Read]) -> TemplateError {
        let is_written = |path: &str| written.iter().any(|r| r.path == path);
        match self {
            Refusal::NotOurs(path) => not_ours(is_written(&path).then_some(&path)),
            Refusal::NotListed(path, name) => not_listed(is_written(&path).then_some(&name)),
            Refusal::NoValue(path, name) => no_value(is_written(&path).then_some(&name)),
            Refusal::NotPassed(field) => not_passed(field.as_deref()),
        }
    }
}

/// A read outside the policy.
pub(crate) fn not_ours(path: Option<&str>) -> TemplateError {
    let path = path.map_or("a computed path".to_owned(), |p| format!("{p:?}"));
    TemplateError::new(
        format!("reads {path}, which is not a secret of this policy"),
        "write <mount>/data/<prefix>/<NAME>, with the policy's mount and prefix",
    )
}

/// A read of a secret that the file doesn't name.
pub(crate) fn not_listed(name: Option<&Name>) -> TemplateError {
    match name {
        Some(name) => TemplateError::new(
            format!("reads {name}, which the file's `reads` does not list"),
            format!("add \"{name}\" to `reads`, or take it out of the template"),
        ),
        None => TemplateError::new(
            "reads a computed path, whose secret the file's `reads` does not list",
            "list every secret that this can be in `reads`",
        ),
    }
}

/// A read of a secret that was never brought in.
fn no_value(name: Option<&Name>) -> TemplateError {
    match name {
        Some(name) => TemplateError::new(
            format!("reads {name}, which has no value in Vault yet"),
            format!("import it first: turnlock import {name}"),
        ),
        None => TemplateError::new(
            "reads a computed path, whose secret has no value in Vault yet",
            "import each secret that this can be: turnlock import NAME",
        ),
    }
}

/// A read of the passthrough entry that cannot be served.
pub(crate) fn not_passed(field: Option<&str>) -> TemplateError {
    match field {
        Some(field) => TemplateError::new(
            format!("reads the field {field} of {PASSTHROUGH}, which has no value in Vault yet"),
            "bring it in with `turnlock import`",
        ),
        None => TemplateError::new(
            format!("reads {PASSTHROUGH}, and the file lists no field of it"),
            "name its fields in the file's `passthrough`",
        ),
    }
}

impl Reading {
    pub(super) fn new(paths: &Paths, values: Readable) -> Self {
        Self { paths: paths.clone(), values, read: BTreeSet::new(), made: BTreeMap::new() }
    }

    /// The secrets that were read.
    pub(super) fn into_read(self) -> BTreeSet<Name> {
        self.read
    }

    /// The fields at a path, for the function `secret`.
    pub(super) fn read(&mut self, path: &str) -> Result<Map, Refusal> {
        let asked = || Zeroizing::new(path.to_owned());
        let name = match resolve(&self.paths, path) {
            None => return Err(Refusal::NotOurs(asked())),
            Some(Place::Passthrough) => None,
            Some(Place::Secret(name)) => Some(name),
        };
        if let Some(map) = self.made.get(&name) {
            return Ok(map.clone());
        }
        let map = match &name {
            None => passed(&self.values.passed)?,
            Some(name) => match self.values.secrets.get(name) {
                None => return Err(Refusal::NotListed(asked(), name.clone())),
                Some(None) => return Err(Refusal::NoValue(asked(), name.clone())),
                Some(Some(value)) => Map::fixed(BTreeMap::from([("value".into(), text(value))])),
            },
        };
        self.read.extend(name.clone());
        self.made.insert(name, map.clone());
        Ok(map)
    }

    /// For the function `secrets`: all that lives below the policy's prefix, as far as the file lists it.
    pub(super) fn names(&self, path: &str) -> Result<Vec<&str>, Refusal> {
        let Paths { mount, prefix, .. } = &self.paths;
        let below = path.trim().trim_matches('/');
        if ![format!("{mount}/{prefix}"), format!("{mount}/metadata/{prefix}")].iter().any(|p| p == below) {
            return Err(Refusal::NotOurs(Zeroizing::new(path.to_owned())));
        }
        let passed = (!self.values.passed.is_empty()).then_some(PASSTHROUGH);
        Ok(self.values.secrets.keys().map(Name::as_str).chain(passed).collect())
    }
}

/// Only the fields that the file lists.
fn passed(listed: &BTreeMap<String, Option<Zeroizing<String>>>) -> Result<Map, Refusal> {
    if listed.is_empty() {
        return Err(Refusal::NotPassed(None));
    }
    let fields = listed.iter().map(|(field, value)| match value {
        Some(value) => Ok((Text::from(field.as_str()), text(value))),
        None => Err(Refusal::NotPassed(Some(field.clone()))),
    });
    Ok(Map::fixed(fields.collect::<Result<_, _>>()?))
}

fn text(value: &Zeroizing<String>) -> Value {
    Value::Text(Text::from(value.as_str()))
}

/// What a template's path means: `<mount>/data/<prefix>/<NAME>`, or without the `data/`, as Vault Agent allows.
pub fn resolve(paths: &Paths, path: &str) -> Option<Place> {
    let below_mount = path.trim().trim_matches('/').strip_prefix(paths.mount.as_str())?.strip_prefix('/')?;
    let below_prefix = |p: &str| match p.strip_prefix(paths.prefix.as_str())?.strip_prefix('/')? {
        PASSTHROUGH => Some(Place::Passthrough),
        name => name.parse().ok().map(Place::Secret),
    };
    below_mount.strip_prefix("data/").and_then(below_prefix).or_else(|| below_prefix(below_mount))
}
