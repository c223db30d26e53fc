//! What a person may write: the policy file's keys, as they are read, and as the JSON Schema describes them.
//!
//! A description here is what an editor shows beside the key. What serde can't say (a name must exist, a path must stay
//! inside) is checked afterwards, with the place that each [`Spanned`] keeps.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{Deserializer, Visitor};
use toml::Spanned;

pub(super) type Text = Spanned<String>;
pub(super) type Table<T> = BTreeMap<Text, T>;

/// The rotation policy of one stack: its secrets, how each is made, how often, and who holds a copy.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Policy", extend("title" = "Turnlock rotation policy"))]
pub(super) struct Raw {
    /// The version of this file's format: 1.
    #[schemars(with = "u32", extend("const" = 1))]
    pub version: Spanned<u32>,
    pub stack: RawStack,
    pub vault: RawVault,
    /// The secrets, by name. A name is also the last part of the secret's path in Vault.
    #[schemars(with = "BTreeMap<String, RawSecret>", extend("propertyNames" = { "pattern": "^[A-Z][A-Z0-9_]{0,63}$" }))]
    pub secret: Table<RawSecret>,
    /// Roles of PostgreSQL servers whose password is a secret.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, RawDatabase>")]
    pub database: Table<RawDatabase>,
    /// Files rendered from Vault Agent templates.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, RawFile>")]
    pub file: Table<RawFile>,
    /// Services of the compose file that anything here names.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, RawService>")]
    pub service: Table<RawService>,
    /// Data encrypted under a secret, and the command that brings it from one key to another.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, RawMigration>")]
    pub migration: Table<RawMigration>,
    /// How long anything of the world may take, and how far clocks may differ: each a time between "1s" and "24h", each with a default.
    #[serde(default)]
    pub limits: RawLimits,
}

/// How long anything of the world may take, and how far clocks may differ.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Limits")]
pub(super) struct RawLimits {
    /// A login to a database; 10s.
    #[schemars(with = "Option<String>")]
    pub login: Option<Text>,
    /// A statement in a database; 15s.
    #[schemars(with = "Option<String>")]
    pub statement: Option<Text>,
    /// How long a proof waits for a database that is starting, or has no connection left; 10s.
    #[schemars(with = "Option<String>")]
    pub database: Option<Text>,
    /// A question to Compose; 30s.
    #[schemars(with = "Option<String>")]
    pub question: Option<Text>,
    /// A command of Compose that recreates containers; 2m.
    #[schemars(with = "Option<String>")]
    pub compose: Option<Text>,
    /// A call to the engine; 30s.
    #[schemars(with = "Option<String>")]
    pub engine: Option<Text>,
    /// One look at whether a service is ready; 5s.
    #[schemars(with = "Option<String>")]
    pub look: Option<Text>,
    /// How long a service without `ready` is waited for until it runs; 10s.
    #[schemars(with = "Option<String>")]
    pub running: Option<Text>,
    /// How far this host's clock may be off Vault's before that is told; 5m.
    #[schemars(with = "Option<String>")]
    pub skew_told: Option<Text>,
    /// And before nothing is rotated by the schedule; 1h. Not less than `skew_told`.
    #[schemars(with = "Option<String>")]
    pub skew_refused: Option<Text>,
}

/// Where the stack is, and how Compose is told of it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Stack")]
pub(super) struct RawStack {
    /// The owner's mark in Vault and in the log.
    #[schemars(with = "String")]
    pub name: Text,
    /// The directory that everything else is below; relative to this file.
    #[schemars(with = "String")]
    pub root: Text,
    /// Compose's project name.
    #[schemars(with = "String")]
    pub project: Text,
    /// The compose files, below the root, in Compose's order.
    #[schemars(with = "Vec<String>", length(min = 1))]
    pub compose: Spanned<Vec<Text>>,
    /// Compose's profiles that are started; services of other profiles are not looked at.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub profiles: Vec<Text>,
    /// The rendered file (a name of a [file] with format "env") that Compose interpolates from.
    #[schemars(with = "String")]
    pub env_file: Text,
}

/// Where values live in Vault: one entry a secret, `<mount>/<prefix>/<NAME>`, with the field `value`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Vault")]
pub(super) struct RawVault {
    /// A KV v2 mount.
    #[schemars(with = "String")]
    pub mount: Text,
    /// The path below the mount.
    #[schemars(with = "String")]
    pub prefix: Text,
    /// Another KV v2 mount, for values that are pending: no consumer can read there.
    #[schemars(with = "String")]
    pub staging: Text,
    /// The agent's AppRole, as `turnlock setup vault` makes it; `turnlock-<stack's name>` if it isn't given.
    #[schemars(with = "Option<String>")]
    pub role: Option<Text>,
}

/// How one secret is made, how often, and what a rotation costs. Exactly one of `every` and `on`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Secret")]
pub(super) struct RawSecret {
    #[schemars(with = "RawGenerator")]
    pub generator: Spanned<RawGenerator>,
    /// Calendar time between rotations: "3 months", "1 year", "2 weeks", "90 days".
    #[schemars(with = "Option<String>")]
    pub every: Option<Text>,
    /// The event after which a person rotates it: "each enrollment batch".
    #[schemars(with = "Option<String>")]
    pub on: Option<Text>,
    /// What a rotation means for people; shown before anything is done.
    #[schemars(with = "String")]
    pub impact: Text,
    /// What people lose. A rotation then needs --accept-impact with the secret's name.
    pub loses: Option<RawLoses>,
    /// Calendar time for which the replaced value stays readable in Vault. Required for a key that data is encrypted
    /// under, because backups still are.
    #[schemars(with = "Option<String>")]
    pub keep_for: Option<Text>,
}

/// Random bytes from the operating system, written as text on one line.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Generator")]
pub(super) struct RawGenerator {
    pub kind: RawKind,
    /// How many random bytes; not with "self".
    #[schemars(range(min = 16, max = 1024))]
    pub bytes: Option<usize>,
    /// Characters to drop from base64, as `tr -d` does: "/+=".
    #[schemars(with = "Option<String>")]
    pub without: Option<Text>,
}

#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Kind")]
pub(super) enum RawKind {
    Base64,
    Hex,
    /// The agent's own secret-id, which it registers with Vault: at most one secret of a policy.
    #[serde(rename = "self")]
    Own,
}

#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[schemars(rename = "Loses")]
pub(super) enum RawLoses {
    #[serde(rename = "sessions")]
    Sessions,
    #[serde(rename = "mfa")]
    Mfa,
    #[serde(rename = "re-encryption")]
    Reencryption,
}

/// A role of a PostgreSQL server. Either `service` and `port`, or `address`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Database")]
pub(super) struct RawDatabase {
    /// The secret that is the role's password.
    #[schemars(with = "String")]
    pub secret: Text,
    #[schemars(with = "String")]
    pub role: Text,
    /// The database to log in to.
    #[schemars(with = "String")]
    pub database: Text,
    /// The Compose service that runs the server; reached at its container's address, as its consumers do.
    #[schemars(with = "Option<String>")]
    pub service: Option<Text>,
    #[schemars(with = "Option<u16>")]
    pub port: Option<Spanned<u16>>,
    /// A server outside the stack: "host:port".
    #[schemars(with = "Option<String>")]
    pub address: Option<Text>,
    /// Who alters the password. Without it, the role alters its own.
    pub admin: Option<RawAdmin>,
    /// What happens to sessions opened with the old password: "keep" (the default), "end", or { drain = "30s" }.
    #[schemars(with = "Option<RawSessions>")]
    pub sessions: Option<RawSessions>,
    /// Compare the right to act with a row of the table `turnlock.fence` in this database, in the transaction that alters
    /// the role: an agent that was overtaken can't alter it any more. The table is made by hand: docs/operations.md.
    #[serde(default)]
    pub fence: bool,
}

/// An entry in Vault KV v2 with the fields `role` and `password`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Admin")]
pub(super) struct RawAdmin {
    #[schemars(with = "String")]
    pub mount: Text,
    #[schemars(with = "String")]
    pub path: Text,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Sessions")]
pub(super) enum RawSessions {
    /// They end by themselves, or never.
    Keep,
    /// They are ended.
    End,
    /// They are waited for, at most so long, then ended.
    Drain(#[schemars(with = "String")] Text),
}

/// A file rendered from a Vault Agent template.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "File")]
pub(super) struct RawFile {
    /// Where, below the stack's root.
    #[schemars(with = "String")]
    pub path: Text,
    /// The template's file; relative to this file.
    #[schemars(with = "String")]
    pub template: Text,
    /// "env": an env file as Compose reads it. "raw": bytes.
    pub format: RawFormat,
    /// A user's name or number.
    #[schemars(with = "RawId")]
    pub owner: Spanned<RawId>,
    /// A group's name or number.
    #[schemars(with = "RawId")]
    pub group: Spanned<RawId>,
    /// In octal: "0600".
    #[schemars(with = "String", regex(pattern = "^0?[0-7]{3}$"))]
    pub mode: Text,
    /// The secrets that the template may read; a read of any other is refused.
    #[schemars(with = "Vec<String>")]
    pub reads: Vec<Text>,
    /// Fields of the entry `_passthrough`, beside the secrets in Vault, that the template may read: what the file holds
    /// and this policy does not manage, kept out of the template.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub passthrough: Vec<Text>,
    /// How a service that mounts this file takes a new one; a service that isn't named is recreated.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, RawTakes>")]
    pub consumers: BTreeMap<Text, RawTakes>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Format")]
pub(super) enum RawFormat {
    Env,
    Raw,
}

#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Takes")]
pub(super) enum RawTakes {
    /// It opens the file again by itself, at each use.
    Rereads,
    Restart,
    Recreate,
}

/// A user or a group: a number, or a name of the host's.
#[derive(JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "Id")]
pub(super) enum RawId {
    Number(u32),
    Name(String),
}

impl<'de> Deserialize<'de> for RawId {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct NameOrNumber;
        impl Visitor<'_> for NameOrNumber {
            type Value = RawId;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name or a number from 0 to 4294967294")
            }

            fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<RawId, E> {
                Ok(RawId::Name(name.to_owned()))
            }

            fn visit_i64<E: serde::de::Error>(self, id: i64) -> Result<RawId, E> {
                // The last number means "nobody in particular" to the kernel.
                let id = u32::try_from(id).ok().filter(|id| *id != u32::MAX);
                id.map(RawId::Number)
                    .ok_or_else(|| E::invalid_value(serde::de::Unexpected::Other("this number"), &self))
            }
        }
        from.deserialize_any(NameOrNumber)
    }
}

/// A service of the compose file. A service without anything to say about it is an empty table.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Service")]
pub(super) struct RawService {
    #[schemars(with = "Option<RawReady>")]
    pub ready: Option<Spanned<RawReady>>,
    /// Variables that count only at the container's first start: a change of these leaves the service alone.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub first_start: Vec<Text>,
}

/// What counts as ready, asked at the container's address. Exactly one of `http` and `prometheus_target`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Ready")]
pub(super) struct RawReady {
    /// A path that answers 2xx.
    #[schemars(with = "Option<String>")]
    pub http: Option<Text>,
    /// A text that the answer must contain.
    #[schemars(with = "Option<String>")]
    pub contains: Option<Text>,
    /// A job whose targets Prometheus says are up.
    #[schemars(with = "Option<String>")]
    pub prometheus_target: Option<Text>,
    #[schemars(with = "u16", range(min = 1))]
    pub port: Spanned<u16>,
    /// How long to wait for it: "20s", "5m".
    #[schemars(with = "String")]
    pub within: Text,
    /// How long it has to stay ready, and the same process, before a rotation believes it: "5s". One answer is enough if nothing
    /// is said.
    #[schemars(with = "Option<String>")]
    pub stays: Option<Text>,
}

/// A command of a service that re-encrypts its data from one key to another, and one that says how much is left.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Migration")]
pub(super) struct RawMigration {
    /// The secret that is the key.
    #[schemars(with = "String")]
    pub secret: Text,
    #[schemars(with = "String")]
    pub service: Text,
    /// Gets {"old": …, "new": …} as one line of JSON on standard input.
    #[schemars(with = "Vec<String>", length(min = 1))]
    pub command: Spanned<Vec<Text>>,
    /// Gets {"new": …} and answers {"left": N}.
    #[schemars(with = "Vec<String>", length(min = 1))]
    pub check: Spanned<Vec<Text>>,
    /// How long it may take: "5m".
    #[schemars(with = "String")]
    pub within: Text,
}

/// The JSON Schema of all this.
pub(super) fn schema() -> serde_json::Value {
    schemars::schema_for!(Raw).to_value()
}
