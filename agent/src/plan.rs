//! Facts and a request make a plan: pure, so that the same facts give the same plan and no choice is left for the runner.
//!
//! What is printed, approved, logged and run is the same plan, and its hash covers the policy, the templates, the resolved
//! compose files (without values), image ids, statements, paths and modes.

mod parts;
mod services;
#[cfg(test)]
mod tests;
mod widening;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::compose::model::{Kind, Stray};
use crate::generate::Generator;
use crate::policy::{Policy, Takes};
use crate::secret::{Name, Version};
use crate::step::Step;
use crate::survey::Facts;
use crate::target::Spec;
use crate::target::compose::{HoldSpec, StartSpec};
use crate::target::file::{FileSpec, Write};
use crate::target::migration::MigrationSpec;
use crate::target::own::OwnSpec;
use crate::target::postgres::PostgresSpec;
use crate::world::Keys;

pub use services::{Action, Fate};
pub use widening::{Access, widenings};

/// What is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    pub wants: BTreeMap<Name, Want>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Want {
    /// A newly generated value.
    New,
    /// An earlier version's value, under a new number.
    Version(Version),
}

impl Request {
    pub fn new_values(names: impl IntoIterator<Item = Name>) -> Self {
        Self { wants: names.into_iter().map(|n| (n, Want::New)).collect() }
    }

    pub fn rollback(name: Name, to: Version) -> Self {
        Self { wants: [(name, Want::Version(to))].into() }
    }
}

/// The ordered, immutable list of what a rotation will do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    pub stack: String,
    pub policy_hash: String,
    pub compose_digest: String,
    pub changes: BTreeMap<Name, Versions>,
    pub steps: Vec<Step>,
    pub services: BTreeMap<String, Fate>,
    /// Who could read a secret afterwards that could not before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub widenings: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    pub from: Version,
    pub to: Version,
    pub value: Want,
}

/// Why there is no plan: the world is not as a plan needs it. Nothing was touched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Refusal {
    pub what: String,
    pub help: String,
}

impl Refusal {
    pub fn new(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self { what: what.into(), help: help.into() }
    }
}

impl Plan {
    /// SHA-256 over the canonical plan (RFC 8785), hex.
    pub fn hash(&self) -> String {
        let bytes = serde_json_canonicalizer::to_vec(self).unwrap_or_default();
        hex::encode(Sha256::digest(bytes))
    }

    pub fn targets(&self) -> impl Iterator<Item = (usize, &Spec)> {
        self.steps.iter().enumerate().filter_map(|(index, step)| match step {
            Step::Apply { target } => Some((index, target)),
            _ => None,
        })
    }
}

/// The one function from facts to plan.
pub fn make(policy: &Policy, facts: &Facts, request: &Request) -> Result<Plan, Refusal> {
    let mut changes = BTreeMap::new();
    for (name, want) in &request.wants {
        refuse_retired_login(policy, name, *want)?;
        changes.insert(name.clone(), versions(facts, name, *want)?);
    }
    let widenings = widenings(policy, &facts.access);
    if !facts.drifted.is_empty() {
        let mut what = format!("the stack does not hold the current versions: {}", facts.drifted.join("; "));
        if !widenings.is_empty() {
            what.push_str(&format!("; bringing it back would be a widening: {}", widenings.join("; ")));
        }
        return Err(Refusal::new(what, "see `turnlock drift`; bring it back with `turnlock repair`"));
    }
    let names: BTreeSet<Name> = changes.keys().cloned().collect();
    refuse_one_key_in_two_services(policy, &names)?;
    refuse_the_logs_own_role(policy, facts, &names)?;
    services::refuse_strangers(facts, &names)?;
    refuse_strays(facts, &names)?;
    let files = files(policy, facts, &names);
    let services = services::fates(policy, facts, &names, &files)?;
    let mut steps = vec![Step::Stage];
    steps.extend(
        targets(policy, facts, &names, files, &services).into_iter().map(|target| Step::Apply { target }),
    );
    steps.extend([Step::Verify, Step::Promote, Step::Retire]);
    Ok(Plan {
        stack: policy.stack.name.clone(),
        policy_hash: policy.hash.clone(),
        compose_digest: facts.compose_digest.clone(),
        changes,
        steps,
        services,
        widenings,
    })
}

fn versions(facts: &Facts, name: &Name, want: Want) -> Result<Versions, Refusal> {
    let from = *facts.current.get(name).ok_or_else(|| {
        Refusal::new(
            format!("{name} has no version in Vault"),
            "bring the stack's values in with `turnlock import`",
        )
    })?;
    if want == Want::Version(from) {
        return Err(Refusal::new(
            format!("{name} is at v{from} already"),
            format!("see its versions with `turnlock history {name}`"),
        ));
    }
    Ok(Versions { from, to: from + 1, value: want })
}

/// An earlier secret-id was destroyed when it was retired, and opens nothing any more: that is what retiring it was for.
fn refuse_retired_login(policy: &Policy, name: &Name, want: Want) -> Result<(), Refusal> {
    let own = policy.secrets.get(name).is_some_and(|s| s.generator == Generator::Own);
    match want {
        Want::Version(_) if own => Err(Refusal::new(
            format!("{name} is the agent's own secret-id: a retired one stays destroyed"),
            format!("for another one: `turnlock rotate {name}`"),
        )),
        _ => Ok(()),
    }
}

/// From the moment at which the password changes nothing could be written any more.
fn refuse_the_logs_own_role(policy: &Policy, facts: &Facts, names: &BTreeSet<Name>) -> Result<(), Refusal> {
    let rotated = |id: &&String| policy.databases.get(*id).is_some_and(|d| names.contains(&d.secret));
    match facts.log_roles.iter().find(rotated) {
        None => Ok(()),
        Some(id) => Err(Refusal::new(
            format!(
                "the audit log is written as the role {}, whose password this would change",
                policy.databases[id].role
            ),
            "give the log a login of its own: `turnlock setup audit --agent-login`",
        )),
    }
}

/// One key under which two services hold data could not be taken back if only one of them had followed.
fn refuse_one_key_in_two_services(policy: &Policy, names: &BTreeSet<Name>) -> Result<(), Refusal> {
    for name in names {
        let mine = policy.migrations.values().filter(|m| m.secret == *name).map(|m| &m.service);
        let services: BTreeSet<&String> = mine.collect();
        if services.len() > 1 {
            let what = format!("{name} is migrated in two services at once");
            return Err(Refusal::new(what, "give each service a key of its own"));
        }
    }
    Ok(())
}

/// A value is for those who read an environment or a file, and not for whoever looks at the host's processes or containers.
fn refuse_strays(facts: &Facts, names: &BTreeSet<Name>) -> Result<(), Refusal> {
    let mut strays = facts.strays.iter().filter_map(|(stray, secrets)| {
        let secret = secrets.iter().find(|name| names.contains(*name))?;
        Some((stray, secret))
    });
    let Some((Stray { place, kind, .. }, secret)) = strays.next() else { return Ok(()) };
    let why = match kind {
        Kind::Argument => "where every user of the host can read it in the list of processes",
        Kind::Content => "where a rotation does not follow it",
        Kind::Other => {
            "where whoever may look at the engine's objects can read it, and a rotation does not follow it"
        }
    };
    let help = match kind {
        Kind::Argument | Kind::Other => {
            "give it to the service in `environment:` or in a file, and let its program take it from there"
        }
        Kind::Content => "let a [file] of the policy hold it, and name that with `file:`",
    };
    Err(Refusal::new(format!("the compose file puts {secret} into {place}, {why}"), help))
}

/// Files first, in both directions; the env file before the others.
fn files(policy: &Policy, facts: &Facts, names: &BTreeSet<Name>) -> Vec<FileSpec> {
    let concerned = policy.files.iter().filter(|(_, f)| f.reads.iter().any(|n| names.contains(n)));
    let mut specs: Vec<FileSpec> = concerned
        .map(|(id, file)| {
            FileSpec::of(id, file, how_to_write(id, policy, facts), changed_keys(id, facts, names))
        })
        .collect();
    specs.sort_by_key(|f| f.id != policy.stack.env_file);
    specs
}

fn changed_keys(id: &str, facts: &Facts, names: &BTreeSet<Name>) -> Keys {
    let keys = facts.keys.get(id).into_iter().flatten();
    let some = keys
        .map(|(key, secrets)| (key.clone(), secrets.intersection(names).cloned().collect::<BTreeSet<_>>()));
    some.filter(|(_, secrets)| !secrets.is_empty()).collect()
}

/// In place only where a rename would be invisible, and where the length stays.
pub fn how_to_write(id: &str, policy: &Policy, facts: &Facts) -> Write {
    let goes_on = |service: &String| policy.files[id].consumers.get(service) == Some(&Takes::Rereads);
    let mut services = facts.services.iter();
    let pinned = services.any(|(name, s)| {
        !s.containers.is_empty() && goes_on(name) && s.mounts.iter().any(|m| m.single && m.file == id)
    });
    let same_length = facts.lengths.get(id).is_some_and(|l| l.now.is_some() && l.now == l.then);
    if pinned && same_length { Write::InPlace } else { Write::Rename }
}

/// The agent's own login, if the policy rotates it.
pub fn own(policy: &Policy, facts: &Facts) -> Option<OwnSpec> {
    let (secret, _) = policy.secrets.iter().find(|(_, s)| s.generator == Generator::Own)?;
    Some(OwnSpec { secret: secret.clone(), role: policy.vault.role.clone(), file: facts.own_file.clone() })
}

fn targets(
    policy: &Policy,
    facts: &Facts,
    names: &BTreeSet<Name>,
    files: Vec<FileSpec>,
    services: &BTreeMap<String, Fate>,
) -> Vec<Spec> {
    let mut targets: Vec<Spec> = files.into_iter().map(Spec::File).collect();
    let reach = |wanted: &[Action]| -> BTreeMap<String, _> {
        let some = services.iter().filter(|(_, fate)| wanted.contains(&fate.action));
        some.map(|(name, _)| (name.clone(), facts.services[name].reach.clone())).collect()
    };
    let held = reach(&[Action::Hold]);
    if !held.is_empty() {
        targets.push(Spec::Hold(HoldSpec { services: held }));
    }
    let databases = policy.databases.iter().filter(|(_, d)| names.contains(&d.secret));
    targets.extend(databases.map(|(id, d)| Spec::Postgres(PostgresSpec::new(id, d))));
    let migrations = policy.migrations.iter().filter(|(_, m)| names.contains(&m.secret));
    targets.extend(migrations.map(|(id, m)| {
        let (secret, service, command) = (m.secret.clone(), m.service.clone(), m.command.clone());
        Spec::Migration(MigrationSpec { id: id.clone(), secret, service, command })
    }));
    let started = reach(&[Action::Hold, Action::Recreate, Action::Restart, Action::Reread]);
    if !started.is_empty() {
        let images = started.keys().map(|name| (name.clone(), services[name].images.clone())).collect();
        targets.push(Spec::Start(StartSpec { services: started, images }));
    }
    targets.extend(own(policy, facts).into_iter().filter(|own| names.contains(&own.secret)).map(Spec::Own));
    targets
}
