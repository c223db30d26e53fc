//! A stranger's stack, brought under a policy: its files are sorted line by line, and written again as templates.
//!
//! Nothing that is written holds a value. What the policy manages becomes an expression; what contains a managed value
//! becomes one with the rest of it in Vault; what a person calls plain stays; **everything else** goes into one entry of
//! Vault, `_passthrough`, and is read from there. So the templates may stand in git, and still reproduce today's files
//! byte for byte.
//!
//! Sorting is pure ([`sort`]), from the files' texts and what Compose says of them ([`compose`]). Only [`write`](mod@write)
//! touches the disk, and never the stack.

pub mod candidates;
pub mod compose;
pub mod databases;
pub mod draft;
pub mod find;
pub mod gather;
pub mod invert;
pub mod policy;
pub mod prove;
pub mod references;
pub mod shape;
pub mod sort;
pub mod template;
pub mod words;
pub mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use zeroize::Zeroizing;

use crate::policy::Format;
use crate::secret::Name;

/// The entry that holds what is neither managed nor plain. No secret can have this name.
pub const PASSTHROUGH: &str = "_passthrough";

/// A file of the stack as it is.
pub struct Source {
    /// The policy's name for it.
    pub id: String,
    /// Below the stack's root.
    pub path: PathBuf,
    pub format: Format,
    pub text: Zeroizing<String>,
    pub owner: u32,
    pub group: u32,
    pub mode: u32,
}

/// What a person said of the stack's variables and files.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// Variables that the policy is to manage.
    pub managed: BTreeMap<String, Name>,
    /// Files that are a secret by themselves, below the root.
    pub files: BTreeMap<PathBuf, Name>,
    /// Variables that may stand in git as they are.
    pub plain: BTreeSet<String>,
}

/// How a managed value stands in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    Raw,
    /// Percent-encoded.
    Url,
    Base64,
}

/// A part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Stands in the template as it is.
    Text(String),
    Secret(Name, Form),
    /// A field of the passthrough entry.
    Field(String),
}

/// One file, sorted.
#[derive(Clone, Debug)]
pub struct Sorted {
    pub id: String,
    pub path: PathBuf,
    pub format: Format,
    pub pieces: Vec<Piece>,
}

impl Sorted {
    pub fn reads(&self) -> BTreeSet<&Name> {
        self.pieces
            .iter()
            .filter_map(|p| if let Piece::Secret(name, _) = p { Some(name) } else { None })
            .collect()
    }

    /// The fields that the template reads, in its order.
    pub fn fields(&self) -> Vec<&str> {
        self.pieces
            .iter()
            .filter_map(|p| if let Piece::Field(f) = p { Some(f.as_str()) } else { None })
            .collect()
    }
}

/// Everything sorted. The values are wiped when it is dropped.
#[derive(Default)]
pub struct Outcome {
    pub files: Vec<Sorted>,
    pub managed: BTreeMap<Name, Zeroizing<String>>,
    pub fields: BTreeMap<String, Zeroizing<String>>,
    pub went: Vec<Went>,
    /// Secrets that stand in a URL somewhere.
    pub in_url: BTreeSet<Name>,
}

/// Where one variable, comment or file went, and why. No values.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Went {
    pub file: String,
    pub line: usize,
    /// The variable; a comment and a whole file have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variable: Option<String>,
    pub class: Class,
    /// The managed secrets that it is made of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<Name>,
    pub why: String,
}

impl Went {
    pub fn what(&self) -> &str {
        match (&self.variable, self.class) {
            (Some(variable), _) => variable,
            (None, Class::Passthrough) => "a comment",
            (None, _) => "the file",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    Managed,
    Derived,
    /// Into the passthrough entry.
    Passthrough,
    Plain,
    Empty,
}

/// Why nothing was made of it: what happened, what to do.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused {
    pub what: String,
    pub help: String,
}

impl Refused {
    pub fn new(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self { what: what.into(), help: help.into() }
    }
}
