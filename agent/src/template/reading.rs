//! What a template may read while it is rendered.
//!
//! The engine's functions are plain `fn` pointers with no place for state, so for the length of one render the state
//! stands in a thread-local. [`Scope`] is the only thing that fills it, and empties it again also when a panic passes.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use zeroize::Zeroizing;

use super::error::TemplateError;
use super::scan::Read;
use crate::policy::Paths;
use crate::secret::Name;

thread_local! {
    static READING: RefCell<Option<Reading>> = const { RefCell::new(None) };
}

/// The values that one render may read, and what it did read.
struct Reading {
    paths: Paths,
    values: Readable,
    done: Done,
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

/// What is known when a render has ended.
#[derive(Default)]
pub(super) struct Done {
    pub(super) read: BTreeSet<Name>,
    pub(super) refusal: Option<Refusal>,
}

/// Why one of our functions stopped the render.
pub(super) enum Refusal {
    /// A path may have been computed, from a value even: it is shown only if the template has it written out.
    NotOurs(Zeroizing<String>),
    NotListed(Zeroizing<String>, Name),
    NoValue(Name),
    NotPassed(Option<String>),
    Asked {
        function: &'static str,
        wants: &'static str,
    },
}

impl Refusal {
    pub(super) fn into_error(self, written: &[Read]) -> TemplateError {
        let is_written = |path: &str| written.iter().any(|r| r.path == path);
        match self {
            Refusal::NotOurs(path) => not_ours(is_written(&path).then_some(&path)),
            Refusal::NotListed(path, name) => not_listed(is_written(&path).then_some(&name)),
            Refusal::NoValue(name) => TemplateError::new(
                format!("reads {name}, which has no value in Vault yet"),
                format!("import it first: turnlock import {name}"),
            ),
            Refusal::NotPassed(field) => not_passed(field.as_deref()),
            Refusal::Asked { function, wants } => {
                TemplateError::new(format!("`{function}` wants {wants}"), "correct the call")
            }
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

/// One render on this thread.
pub(super) struct Scope(());

impl Scope {
    pub(super) fn enter(paths: &Paths, values: Readable) -> Self {
        READING.set(Some(Reading { paths: paths.clone(), values, done: Done::default() }));
        Self(())
    }

    pub(super) fn leave(self) -> Done {
        READING.take().map(|r| r.done).unwrap_or_default()
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        READING.set(None);
    }
}

/// The fields at a path, for the function `secret`.
pub(super) fn read(path: &str) -> Result<BTreeMap<String, String>, Refusal> {
    READING.with_borrow_mut(|reading| {
        let asked = || Zeroizing::new(path.to_owned());
        let reading = reading.as_mut().ok_or_else(|| Refusal::NotOurs(asked()))?;
        let name = match resolve(&reading.paths, path) {
            None => return Err(Refusal::NotOurs(asked())),
            Some(Place::Passthrough) => return passed(&reading.values.passed),
            Some(Place::Secret(name)) => name,
        };
        match reading.values.secrets.get(&name) {
            None => Err(Refusal::NotListed(asked(), name)),
            Some(None) => Err(Refusal::NoValue(name)),
            Some(Some(value)) => {
                let fields = BTreeMap::from([("value".to_owned(), String::clone(value))]);
                reading.done.read.insert(name);
                Ok(fields)
            }
        }
    })
}

/// Only the fields that the file lists.
fn passed(listed: &BTreeMap<String, Option<Zeroizing<String>>>) -> Result<BTreeMap<String, String>, Refusal> {
    if listed.is_empty() {
        return Err(Refusal::NotPassed(None));
    }
    let fields = listed.iter().map(|(field, value)| match value {
        Some(value) => Ok((field.clone(), String::clone(value))),
        None => Err(Refusal::NotPassed(Some(field.clone()))),
    });
    fields.collect()
}

/// Remembers why a function failed; the first reason counts.
pub(super) fn refuse(refusal: Refusal) {
    READING.with_borrow_mut(|reading| {
        if let Some(reading) = reading {
            reading.done.refusal.get_or_insert(refusal);
        }
    });
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
