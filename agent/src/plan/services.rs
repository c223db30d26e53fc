//! What a plan does to each service, and why; and what it refuses because it would deploy something else besides.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Refusal;
use crate::policy::{Policy, Takes};
use crate::secret::Name;
use crate::survey::{Facts, ServiceFacts};
use crate::target::file::{FileSpec, Write};

/// What happens to a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Recreated, but started only after passwords and data have changed.
    Hold,
    Recreate,
    Restart,
    /// Goes on running and opens the changed file by itself.
    Reread,
    /// Concerned, but nothing is done to it: a note.
    LeaveAlone,
}

impl Action {
    pub fn recreates(self) -> bool {
        matches!(self, Action::Hold | Action::Recreate)
    }
}

/// A service's part in a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fate {
    pub action: Action,
    pub why: String,
    /// The images of its containers: part of the plan's hash.
    pub images: BTreeSet<String>,
}

pub(super) fn fates(
    policy: &Policy,
    facts: &Facts,
    names: &BTreeSet<Name>,
    files: &[FileSpec],
) -> Result<BTreeMap<String, Fate>, Refusal> {
    let mut fates = BTreeMap::new();
    for (name, service) in &facts.services {
        if let Some((action, why)) = fate(policy, name, service, names, files) {
            if action.recreates() {
                refuse_deployment(name, service)?;
            }
            let restarts = !matches!(action, Action::LeaveAlone | Action::Reread);
            let own = [
                (service.is_own, "container"),
                (service.is_own_vault, "Vault"),
                (service.is_own_log, "audit log's server"),
            ];
            if let (true, Some((_, own))) = (restarts, own.into_iter().find(|(is, _)| *is)) {
                let what = format!("service {name} is the agent's own {own}, and this would restart it");
                return Err(Refusal::new(what, "take the secret out of its environment and files"));
            }
            fates.insert(name.clone(), Fate { action, why, images: service.images.clone() });
        }
    }
    Ok(fates)
}

fn fate(
    policy: &Policy,
    name: &str,
    service: &ServiceFacts,
    names: &BTreeSet<Name>,
    files: &[FileSpec],
) -> Option<(Action, String)> {
    let first_start = policy.services.get(name).map(|s| &s.first_start);
    let counts_once = |variable: &String| first_start.is_some_and(|f| f.contains(variable));
    let rotated = |secrets: &BTreeSet<Name>| secrets.iter().any(|s| names.contains(s));
    let concerned: Vec<&String> =
        service.reach.variables.iter().filter(|(_, secrets)| rotated(secrets)).map(|(v, _)| v).collect();
    let (once, always): (Vec<&String>, Vec<&String>) = concerned.into_iter().partition(|v| counts_once(v));
    let mounts: Vec<_> = service.mounts.iter().filter(|m| files.iter().any(|f| f.id == m.file)).collect();
    if always.is_empty() && mounts.is_empty() {
        let (first, rest) = once.split_first()?;
        let rest: String = rest.iter().map(|v| format!(", {v}")).collect();
        let why =
            format!("{first}{rest} counts only at its first start; the next plain `up -d` would recreate it");
        return Some((Action::LeaveAlone, why));
    }
    if service.containers.iter().all(|c| !c.running) {
        let why = "is not running; recreate it before it is started again".to_owned();
        return Some((Action::LeaveAlone, why));
    }
    let mut reasons: Vec<String> = Vec::new();
    if !always.is_empty() {
        let list: Vec<&str> = always.iter().map(|v| v.as_str()).collect();
        reasons.push(format!("its environment has {}", list.join(", ")));
    }
    let mut action = if always.is_empty() { Action::Reread } else { Action::Recreate };
    for mount in mounts {
        let takes = policy.files.get(&mount.file).and_then(|f| f.consumers.get(name)).copied();
        let in_place = files.iter().any(|f| f.id == mount.file && f.write == Write::InPlace);
        let (needed, how) = match takes.unwrap_or(Takes::Recreate) {
            Takes::Rereads if service.replaced.contains(&mount.path) => {
                (Action::Recreate, "which was replaced under it since it started")
            }
            Takes::Rereads if in_place => (Action::Reread, "which it opens at each use; written in place"),
            Takes::Rereads if !mount.single => (Action::Reread, "which it opens at each use"),
            Takes::Rereads => (Action::Recreate, "whose length changes, and it is mounted by itself"),
            Takes::Restart => (Action::Restart, "which it opens at start"),
            Takes::Recreate => (Action::Recreate, "which it opens at start"),
        };
        action = strongest(action, needed);
        reasons.push(format!("it mounts {}, {how}", mount.path));
    }
    if holds(policy, name, service, names) {
        action = Action::Hold;
        reasons.push("must not run while a password or key changes".into());
    }
    Some((action, reasons.join("; ")))
}

fn strongest(a: Action, b: Action) -> Action {
    let rank = |action| match action {
        Action::LeaveAlone => 0,
        Action::Reread => 1,
        Action::Restart => 2,
        Action::Recreate => 3,
        Action::Hold => 4,
    };
    if rank(a) >= rank(b) { a } else { b }
}

/// A service is held when it uses a single-user role whose password changes, or data that is re-encrypted.
fn holds(policy: &Policy, name: &str, service: &ServiceFacts, names: &BTreeSet<Name>) -> bool {
    let uses = service.reach.secrets();
    let role = policy.databases.values().any(|d| names.contains(&d.secret) && uses.contains(&d.secret));
    let data = policy
        .migrations
        .values()
        .any(|m| names.contains(&m.secret) && (m.service == name || uses.contains(&m.secret)));
    role || data
}

/// A recreated container may differ from the running one in the rotated values alone.
fn refuse_deployment(name: &str, service: &ServiceFacts) -> Result<(), Refusal> {
    if service.containers.len() != service.replicas {
        return Err(Refusal::new(
            format!(
                "service {name} has {} containers, but its configuration says {}: it was scaled by hand",
                service.containers.len(),
                service.replicas
            ),
            "write the number into the compose file (deploy.replicas), or scale it back",
        ));
    }
    if let Some(image) = &service.moved_tag {
        return Err(Refusal::new(
            format!(
                "service {name}: the tag {image} has moved to another image since its container was created"
            ),
            "deploy the new image first, or tag the running one again; a rotation deploys nothing",
        ));
    }
    if service.config_changed {
        return Err(Refusal::new(
            format!(
                "service {name}: its container was created from another configuration than the compose files and the env file give now"
            ),
            "see what differs with `turnlock drift`; deploy the change first, or take it back",
        ));
    }
    Ok(())
}

/// What Compose does not know of would go on with the old value.
pub(super) fn refuse_strangers(facts: &Facts, names: &BTreeSet<Name>) -> Result<(), Refusal> {
    for (service, held) in &facts.strangers {
        if let Some(name) = held.intersection(names).next() {
            return Err(Refusal::new(
                format!(
                    "service {service} runs with {name}, and the compose files don't have it: it would be left with the old value"
                ),
                "put it back, name its profile in the policy, or remove its container",
            ));
        }
    }
    Ok(())
}
