//! The policy file: parsed and fully checked into these types before anything is opened.
//!
//! Everything that the rest of the program reads is here, in its final type; what a person may write, and how a mistake
//! is shown with its file and line, is in [`load`].

mod limits;
mod load;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use crate::generate::Generator;
use crate::secret::Name;

pub use limits::Limits;
pub use load::{Problem, load, schema};

/// All of it, for one stack.
#[derive(Clone, Debug)]
pub struct Policy {
    pub file: PathBuf,
    /// SHA-256 of the policy file and of every template, hex: a plan carries it.
    pub hash: String,
    pub stack: Stack,
    pub vault: Paths,
    pub secrets: BTreeMap<Name, Secret>,
    pub databases: BTreeMap<String, Database>,
    pub files: BTreeMap<String, RenderedFile>,
    pub services: BTreeMap<String, Service>,
    pub migrations: BTreeMap<String, Migration>,
    pub limits: Limits,
}

/// Where the stack is and how Compose is told of it.
#[derive(Clone, Debug)]
pub struct Stack {
    /// The owner's mark in Vault and in the log.
    pub name: String,
    /// Absolute.
    pub root: PathBuf,
    /// Compose's project name.
    pub project: String,
    /// Below the root.
    pub compose: Vec<PathBuf>,
    /// Compose's profiles that are started.
    pub profiles: Vec<String>,
    /// The rendered file (a key of `files`) that Compose interpolates from.
    pub env_file: String,
}

/// Where values live in Vault KV v2.
#[derive(Clone, Debug)]
pub struct Paths {
    pub mount: String,
    pub prefix: String,
    /// A mount of its own for pending values.
    pub staging: String,
    /// The stack's name: its mark on each live entry.
    pub owner: String,
    /// The agent's AppRole.
    pub role: String,
}

#[derive(Clone, Debug)]
pub struct Secret {
    pub generator: Generator,
    pub due: Due,
    /// Shown before anything is done.
    pub impact: String,
    /// What people lose: has to be accepted by name.
    pub loses: Option<Loses>,
    /// How long a replaced value must stay readable in Vault (backups encrypted under an old key).
    pub keep_for: Option<jiff::Span>,
}

#[derive(Clone, Debug)]
pub enum Due {
    /// Calendar time: three months, one year.
    Every(jiff::Span),
    /// When something has happened, told by a person.
    On(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loses {
    Sessions,
    Mfa,
    Reencryption,
}

/// A role of a PostgreSQL server whose password is a secret.
#[derive(Clone, Debug)]
pub struct Database {
    pub secret: Name,
    pub role: String,
    pub database: String,
    /// Where consumers reach it.
    pub address: Address,
    /// Alters the role's password; without one, the role alters its own.
    pub admin: Option<Admin>,
    pub sessions: Sessions,
    /// The epoch is compared and written in the transaction that alters the role.
    pub fence: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A Compose service, at its container's address.
    Service {
        service: String,
        port: u16,
    },
    Host {
        host: String,
        port: u16,
    },
}

/// A role that may alter passwords; its credential is an entry in Vault with the fields `role` and `password`.
#[derive(Clone, Debug)]
pub struct Admin {
    pub mount: String,
    pub path: String,
}

/// What happens to the sessions that were opened with the old password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sessions {
    Keep,
    /// Wait until they are gone, at most so long.
    Drain(Duration),
    End,
}

#[derive(Clone, Debug)]
pub struct RenderedFile {
    /// Below the stack's root.
    pub path: PathBuf,
    pub template_file: PathBuf,
    pub template: String,
    /// The secrets that the template may read; any other is refused.
    pub reads: BTreeSet<Name>,
    /// Fields of the passthrough entry that it may read.
    pub passthrough: BTreeSet<String>,
    pub owner: u32,
    pub group: u32,
    pub mode: u32,
    pub format: Format,
    /// How a service that mounts this file takes a new one; a service that isn't named is recreated.
    pub consumers: BTreeMap<String, Takes>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// An env file as Docker Compose reads it.
    Env,
    /// Bytes.
    Raw,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Opens the file again by itself, at each use.
    Rereads,
    Restart,
    Recreate,
}

#[derive(Clone, Debug, Default)]
pub struct Service {
    pub ready: Option<Ready>,
    /// Variables that count only at the container's first start: a change of these leaves the service alone.
    pub first_start: BTreeSet<String>,
}

/// What counts as ready, asked at the container's address.
#[derive(Clone, Debug)]
pub struct Ready {
    pub port: u16,
    pub within: Duration,
    /// How long it has to stay so.
    pub stays: Duration,
    pub check: Check,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// A 2xx answer, which contains a text if one is given.
    Http { path: String, contains: Option<String> },
    /// Prometheus says that the targets of a job are up, scraped after the change.
    PrometheusTarget { job: String },
}

/// Data encrypted under a secret: a command of a service brings it from one key to another.
///
/// Both keys go to the command's standard input as one line of JSON, `{"old": …, "new": …}`; the check gets `{"new": …}`
/// and answers `{"left": N}`.
#[derive(Clone, Debug)]
pub struct Migration {
    pub secret: Name,
    pub service: String,
    pub command: Vec<String>,
    pub check: Vec<String>,
    pub within: Duration,
}
