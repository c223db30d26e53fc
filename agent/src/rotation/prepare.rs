//! What a run needs before its first effect: new values, targets, and a world that holds the current ones.

use std::collections::BTreeMap;

use jiff::Timestamp;
use turnlock_audit::Reader;

use super::effects::wrong_places;
use crate::plan::{Plan, Refusal, Want};
use crate::recover;
use crate::secret::{Change, Name, Values, Versioned};
use crate::target::{self, Any, Finding, Patience, Spec, State};
use crate::vault::{Staged, together};
use crate::world::World;

/// Everything that a run needs, in memory, before the first effect: from here to promote the way back needs no Vault.
pub struct Prepared<'w> {
    pub id: String,
    pub plan: Plan,
    pub change: Change,
    pub targets: BTreeMap<usize, Any<'w>>,
    /// Secrets whose old value is not in Vault any more: there is no way back.
    pub lost: Vec<Name>,
}

/// Makes the new values and the targets, and proves that the world holds the current ones.
pub async fn prepare<'w>(world: &'w World, current: Values, plan: Plan) -> Result<Prepared<'w>, Refusal> {
    let mut replaced = Vec::new();
    for (name, versions) in &plan.changes {
        let value = match versions.value {
            Want::New => world.policy.secrets[name].generator.generate().map_err(|e| refusal(&e))?,
            Want::Version(n) => earlier(world, &current, name, n).await?,
        };
        replaced.push((name.clone(), Versioned { version: versions.to, value }));
    }
    let change = Change::new(current, replaced);
    let mut targets = BTreeMap::new();
    for (index, spec) in plan.targets() {
        // A template that fails with a new value is better known now.
        if let Spec::File(file) = spec {
            world.render(&file.id, &change.to).map_err(|e| refusal(&e))?;
        }
        targets.insert(index, target::build(spec, world).await.map_err(|e| refusal(&e))?);
    }
    let id = new_id(Timestamp::now());
    Ok(Prepared { id, plan, change, targets, lost: Vec::new() })
}

impl Prepared<'_> {
    /// A rotation starts only where the current values are proven, so that every undo is well defined.
    pub async fn preflight(&self, world: &World, reader: &Reader, current: &Values) -> Result<(), Refusal> {
        self.refuse_pending(world, reader).await?;
        let mut wrong = wrong_places(self.targets.values(), current, Patience::Once).await;
        // Something that is only not ready gets its time; another value is another value.
        if !wrong.is_empty() && !wrong.iter().any(|f| is_another(&f.state)) {
            wrong = wrong_places(self.targets.values(), current, Patience::Within).await;
        }
        if wrong.is_empty() {
            return Ok(());
        }
        let list: Vec<String> = wrong.iter().map(ToString::to_string).collect();
        let help = if wrong.iter().any(|f| matches!(f.state, State::Ahead(_))) {
            "see `turnlock drift`; take it in with `turnlock import`"
        } else if wrong.iter().all(needs_a_person) {
            "mend that, then rotate again; `turnlock drift` says whether all is well"
        } else {
            "see `turnlock drift`; bring it back with `turnlock repair`"
        };
        let what = format!("the stack does not hold the current versions: {}", list.join("; "));
        Err(Refusal::new(what, help))
    }

    /// A pending value of another rotation is a lock. One of a rotation that this log saw end, verified, is only what it
    /// could not clear away then.
    async fn refuse_pending(&self, world: &World, reader: &Reader) -> Result<(), Refusal> {
        let staged = self.plan.changes.keys().map(|name| world.vault.staged(&world.policy.vault, name));
        for (name, found) in self.plan.changes.keys().zip(together(staged).await) {
            if let Some(staged) = found.map_err(|e| refusal(&e))? {
                if recover::has_ended(reader, &staged.rotation).await.map_err(|e| refusal(&e))? {
                    world.vault.discard(&world.policy.vault, name).await.map_err(|e| refusal(&e))?;
                    continue;
                }
                return Err(Refusal::new(
                    pending(name, &staged),
                    "wait for it; what an ended rotation left is removed by `turnlock repair`",
                ));
            }
        }
        Ok(())
    }
}

/// Nothing that an `apply` would bring back.
fn needs_a_person(finding: &Finding) -> bool {
    let of_server = finding.target.starts_with("database.");
    matches!(finding.state, State::Unreachable(_))
        || (of_server && matches!(finding.state, State::Unhealthy(_)))
}

fn is_another(state: &State) -> bool {
    matches!(state, State::Differs { .. } | State::Ahead(_))
}

pub(super) fn pending(name: &Name, staged: &Staged) -> String {
    format!("the rotation {} of {} has a pending value of {name}", staged.rotation, staged.owner)
}

async fn earlier(
    world: &World,
    current: &Values,
    name: &Name,
    version: u64,
) -> Result<crate::secret::Value, Refusal> {
    let history = format!("see its versions with `turnlock history {name}`");
    let found = world.vault.live(&world.policy.vault, name, Some(version)).await;
    match found {
        Ok(Some(v)) if current.get(name).is_some_and(|c| c.value.same(&v.value)) => Err(Refusal::new(
            format!("v{version} of {name} has the same value as the current version"),
            history,
        )),
        Ok(Some(v)) => Ok(v.value),
        Ok(None) => Err(Refusal::new(format!("{name} has no v{version} in Vault"), history)),
        Err(e) => Err(Refusal::new(e.to_string(), history)),
    }
}

fn refusal(e: &dyn std::fmt::Display) -> Refusal {
    Refusal::new(e.to_string(), "nothing was touched")
}

/// The time, for people, and randomness, against two runs in one second.
fn new_id(now: Timestamp) -> String {
    use rand::RngExt;
    let random: u32 = rand::rng().random();
    format!("{}-{random:08x}", now.strftime("%Y%m%dT%H%M%SZ"))
}
