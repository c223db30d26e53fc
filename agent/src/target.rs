//! Targets: everything outside Vault that holds a copy of a secret.
//!
//! The verbs of a rotation are closed, the kinds of target are open: a new kind is one file below `target/`, one variant
//! of [`Spec`] and of [`Any`], and one arm in [`build`]. A contract test runs over every kind.

pub mod compose;
pub mod file;
pub mod migration;
pub mod own;
pub mod postgres;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::secret::{Change, Held, Name, Values, Version};
use crate::world::World;

/// What the project's one trait asks of a kind of target.
#[expect(async_fn_in_trait, reason = "used through the enum `Any`, never as a trait object")]
pub trait Target {
    /// Makes the target hold `change.to`. Idempotent; it may hold either side now, or a mix.
    async fn apply(&self, change: &Change) -> Result<Effect, TargetError>;

    /// What does each place of this target hold, and does it work?
    async fn probe(&self, values: &Values, patience: Patience) -> Result<Vec<Finding>, TargetError>;

    /// After the pivot: makes sure that nothing accepts or holds `change.from` any more.
    async fn retire(&self, _change: &Change) -> Result<Effect, TargetError> {
        Ok(Effect::default())
    }
}

/// Which target, and how: part of a plan, without values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Spec {
    File(file::FileSpec),
    Hold(compose::HoldSpec),
    Postgres(postgres::PostgresSpec),
    Migration(migration::MigrationSpec),
    Start(compose::StartSpec),
    Own(own::OwnSpec),
}

impl Spec {
    /// How it is called on the command line, in the log and in spans.
    pub fn id(&self) -> String {
        match self {
            Spec::File(f) => format!("file.{}", f.id),
            Spec::Hold(_) => "hold".into(),
            Spec::Postgres(p) => format!("database.{}", p.id),
            Spec::Migration(m) => format!("migration.{}", m.id),
            Spec::Start(_) => "containers".into(),
            Spec::Own(_) => own::ID.into(),
        }
    }
}

/// Every kind of target, ready to act.
pub enum Any<'w> {
    File(file::FileTarget<'w>),
    Hold(compose::Hold<'w>),
    Postgres(postgres::Postgres<'w>),
    Migration(migration::MigrationTarget<'w>),
    Start(compose::Start<'w>),
    Own(own::Own<'w>),
}

/// Makes a plan's spec into something that acts. What it needs from Vault is read here, before anything is changed.
pub async fn build<'w>(spec: &Spec, world: &'w World) -> Result<Any<'w>, TargetError> {
    Ok(match spec {
        Spec::File(s) => Any::File(file::FileTarget::new(s, world)?),
        Spec::Hold(s) => Any::Hold(compose::Hold::new(s, world)),
        Spec::Postgres(s) => Any::Postgres(postgres::Postgres::new(s, world).await?),
        Spec::Migration(s) => Any::Migration(migration::MigrationTarget::new(s, world)?),
        Spec::Start(s) => Any::Start(compose::Start::new(s, world)),
        Spec::Own(s) => Any::Own(own::Own::new(s, world)?),
    })
}

impl Target for Any<'_> {
    async fn apply(&self, change: &Change) -> Result<Effect, TargetError> {
        match self {
            Any::File(t) => t.apply(change).await,
            Any::Hold(t) => t.apply(change).await,
            Any::Postgres(t) => t.apply(change).await,
            Any::Migration(t) => t.apply(change).await,
            Any::Start(t) => t.apply(change).await,
            Any::Own(t) => t.apply(change).await,
        }
    }

    async fn probe(&self, values: &Values, patience: Patience) -> Result<Vec<Finding>, TargetError> {
        match self {
            Any::File(t) => t.probe(values, patience).await,
            Any::Hold(t) => t.probe(values, patience).await,
            Any::Postgres(t) => t.probe(values, patience).await,
            Any::Migration(t) => t.probe(values, patience).await,
            Any::Start(t) => t.probe(values, patience).await,
            Any::Own(t) => t.probe(values, patience).await,
        }
    }

    async fn retire(&self, change: &Change) -> Result<Effect, TargetError> {
        match self {
            Any::File(t) => t.retire(change).await,
            Any::Hold(t) => t.retire(change).await,
            Any::Postgres(t) => t.retire(change).await,
            Any::Migration(t) => t.retire(change).await,
            Any::Start(t) => t.retire(change).await,
            Any::Own(t) => t.retire(change).await,
        }
    }
}

/// What an effect did, in words for the log: "3 sessions kept", "120 rows re-encrypted".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effect {
    pub notes: Vec<String>,
    /// The numbers that Vault gave, where an effect wrote there.
    pub versions: BTreeMap<String, Version>,
    /// When Vault says that it wrote them: a Vault that is restored from an older copy shows by it.
    pub created: BTreeMap<String, jiff::Timestamp>,
}

impl Effect {
    pub fn note(text: impl Into<String>) -> Self {
        Self { notes: vec![text.into()], ..Self::default() }
    }
}

/// How long a probe waits for a place to come right.
#[derive(Clone, Copy, Debug)]
pub enum Patience {
    /// One look: drift.
    Once,
    /// Up to the policy's `within`.
    Within,
    /// The same after a change: a scrape counts only when it began after the probe did, by the clock of who scrapes.
    Afresh,
}

/// What one place turned out to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The target's id.
    pub target: String,
    /// A person's words for where: `.env.prod: DATABASE_URL`, `api: JWT_SECRET`.
    pub place: String,
    pub secret: Option<Name>,
    pub state: State,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    Holds(Version),
    Differs {
        held: Held,
        expected: Version,
    },
    /// Something that nobody here put there, and that would be lost if the place were brought back.
    Stray(String),
    /// Known and harmless.
    Note(String),
    Unhealthy(String),
    /// Not the current one, and the one to keep: `turnlock import` takes it in.
    Ahead(String),
    /// What Vault or the log has lost, or knows only an older one of: to be kept, and taken in by name.
    Lost(String),
    Unreachable(String),
}

impl Finding {
    pub fn is_good(&self) -> bool {
        matches!(self.state, State::Holds(_) | State::Note(_))
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            State::Holds(n) => write!(f, "v{n}"),
            State::Differs { held, expected } => write!(f, "{held}, expected v{expected}"),
            State::Stray(text)
            | State::Note(text)
            | State::Unhealthy(text)
            | State::Ahead(text)
            | State::Lost(text)
            | State::Unreachable(text) => f.write_str(text),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.state)
    }
}

/// Why a target could not do as asked: our own sentence. What another program said is in `theirs`, which is shown only
/// with `--debug`, redacted.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct TargetError {
    pub message: String,
    pub theirs: Option<String>,
    /// The same, asked again in a while, may succeed: a refused connection, a server that starts or is busy or sealed.
    pub passing: bool,
    /// Another rotation was there first.
    pub conflict: bool,
}

impl TargetError {
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), theirs: None, passing: false, conflict: false }
    }

    pub fn with(message: impl Into<String>, theirs: impl Into<String>) -> Self {
        Self { message: message.into(), theirs: Some(theirs.into()), passing: false, conflict: false }
    }

    /// The same as a fault that may pass.
    pub fn passing(self, passing: bool) -> Self {
        Self { passing, ..self }
    }

    /// Another rotation was there first.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self { conflict: true, ..Self::new(message) }
    }
}
