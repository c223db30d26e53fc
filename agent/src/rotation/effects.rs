//! What each verb does to the world.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;
use turnlock_audit::{Direction, Reader};

use super::Rotation;
use crate::crash;
use crate::metrics;
use crate::plan::{Plan, Refusal, Want};
use crate::recover;
use crate::schedule::words;
use crate::secret::{Change, Name, Values, Versioned};
use crate::step::Step;
use crate::target::{self, Any, Effect, Finding, Patience, Spec, State, Target, TargetError};
use crate::vault::{Created, Staged, VaultError};
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
            let patience = Patience::Until { changed_at: Timestamp::UNIX_EPOCH };
            wrong = wrong_places(self.targets.values(), current, patience).await;
        }
        if wrong.is_empty() {
            return Ok(());
        }
        let list: Vec<String> = wrong.iter().map(ToString::to_string).collect();
        let help = match wrong.iter().any(|f| matches!(f.state, State::Ahead(_))) {
            true => "see `turnlock drift`; take it in with `turnlock import`",
            false => "see `turnlock drift`; bring it back with `turnlock repair`",
        };
        let what = format!("the stack does not hold the current versions: {}", list.join("; "));
        Err(Refusal::new(what, help))
    }
}

impl Prepared<'_> {
    /// A pending value of another rotation is a lock. One of a rotation that this log saw end, verified, is only what it
    /// could not clear away then.
    async fn refuse_pending(&self, world: &World, reader: &Reader) -> Result<(), Refusal> {
        let staged = self.plan.changes.keys().map(|name| world.vault.staged(&world.policy.vault, name));
        for (name, found) in self.plan.changes.keys().zip(join_all(staged).await) {
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

fn is_another(state: &State) -> bool {
    matches!(state, State::Differs { .. } | State::Ahead(_))
}

fn pending(name: &Name, staged: &Staged) -> String {
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

/// Probes several targets at once; a target that cannot be asked is a wrong place too.
pub(super) async fn wrong_places<'a, 'w: 'a>(
    targets: impl Iterator<Item = &'a Any<'w>>,
    values: &Values,
    patience: Patience,
) -> Vec<Finding> {
    let found = join_all(targets.map(|t| t.probe(values, patience))).await;
    let all = found.into_iter().flat_map(|result| {
        result.unwrap_or_else(|e| {
            let state = State::Unreachable(e.message);
            vec![Finding { target: String::new(), place: "a target".into(), secret: None, state }]
        })
    });
    all.filter(|f| !f.is_good()).collect()
}

/// How often a step is tried that fails for a reason which may pass, and the first pause between two tries.
const TRIES: u32 = 4;
const PAUSE: Duration = Duration::from_millis(300);

impl Rotation<'_> {
    /// What may pass is tried again, ever more rarely and not by all at the same moment. On the way back anything is: a
    /// passing weakness must not make a person get up at night. What is wrong for good is not, so that no login is hammered.
    pub(super) async fn effect(
        &self,
        index: usize,
        step: &Step,
        direction: Direction,
    ) -> Result<Effect, TargetError> {
        let mut pause = PAUSE;
        for _ in 1..TRIES {
            let error = match self.once(index, step, direction).await {
                Ok(effect) => return Ok(effect),
                Err(error) => error,
            };
            // Verify and promote have a patience of their own.
            let again = match (step, direction) {
                (_, Direction::Back) => true,
                (Step::Verify | Step::Promote, _) => false,
                _ => error.passing,
            };
            if !again || (direction == Direction::Forward && self.watch.interrupted()) {
                return Err(error);
            }
            metrics::retry(if direction == Direction::Back { "undo" } else { step.verb() });
            tokio::time::sleep(pause.mul_f64(rand::random_range(0.8..1.2))).await;
            pause *= 3;
        }
        self.once(index, step, direction).await
    }

    async fn once(&self, index: usize, step: &Step, direction: Direction) -> Result<Effect, TargetError> {
        match step {
            Step::Stage => self.stage().await,
            Step::Apply { .. } => self.apply(index, direction).await,
            Step::Verify => self.verify().await,
            Step::Promote => self.promote().await,
            Step::Retire => self.retire().await,
        }
    }

    async fn stage(&self) -> Result<Effect, TargetError> {
        let staging = self.plan.changes.iter().map(|(name, versions)| async move {
            let pending =
                self.change.to.get(name).ok_or_else(|| TargetError::new(format!("{name} has no value")))?;
            let staged = Staged {
                value: pending.value.clone(),
                rotation: self.id.clone(),
                owner: self.world.policy.stack.name.clone(),
                based_on: versions.from,
            };
            let paths = &self.world.policy.vault;
            match self.world.vault.stage(paths, name, &staged).await {
                Err(VaultError::Conflict(_)) => self.already_staged(name).await,
                // The agent may create there and not update: what is there already is refused for that reason first.
                Err(error @ VaultError::Denied(_)) => match self.world.vault.staged(paths, name).await {
                    Ok(Some(_)) => self.already_staged(name).await,
                    _ => Err(vault_error(error)),
                },
                other => other.map_err(vault_error),
            }
        });
        for result in join_all(staging).await {
            result?;
        }
        Ok(Effect::default())
    }

    /// Either by ourselves, before a crash, or by another rotation: then its pending value is a lock.
    async fn already_staged(&self, name: &Name) -> Result<(), TargetError> {
        let staged = self.world.vault.staged(&self.world.policy.vault, name).await.map_err(vault_error)?;
        match staged {
            Some(s) if s.rotation == self.id => Ok(()),
            Some(s) => Err(TargetError::conflict(pending(name, &s))),
            None => {
                let text = format!("{name} was staged and discarded by somebody else meanwhile");
                Err(TargetError::conflict(text))
            }
        }
    }

    async fn apply(&self, index: usize, direction: Direction) -> Result<Effect, TargetError> {
        let target = self.targets.get(&index).ok_or_else(|| TargetError::new("the plan's target is gone"))?;
        if direction == Direction::Back {
            return target.apply(&self.change.reversed()).await;
        }
        self.refuse_moved_tags(index).await?;
        target.apply(&self.change).await
    }

    /// Somebody may build an image while a rotation runs; before anything is recreated, that is still only an undo.
    async fn refuse_moved_tags(&self, index: usize) -> Result<(), TargetError> {
        let services: Vec<&String> = match &self.plan.steps[index] {
            Step::Apply { target: Spec::Hold(h) } => h.services.keys().collect(),
            Step::Apply { target: Spec::Start(s) } => s.services.keys().collect(),
            _ => return Ok(()),
        };
        for service in services {
            let (Some(fate), Some(model)) =
                (self.plan.services.get(service), self.world.model.services.get(service))
            else {
                continue;
            };
            let now = self.world.engine.image_id(&model.image).await?;
            if fate.action.recreates() && now.is_none_or(|id| !fate.images.contains(&id)) {
                let text =
                    format!("service {service}: the tag {} has moved since the plan was made", model.image);
                return Err(TargetError::new(text));
            }
        }
        Ok(())
    }

    async fn verify(&self) -> Result<Effect, TargetError> {
        let wrong = wrong_places(
            self.targets.values(),
            &self.change.to,
            Patience::Until { changed_at: Timestamp::now() },
        )
        .await;
        if wrong.is_empty() {
            let old: Vec<&str> = self.plan.changes.keys().map(Name::as_str).collect();
            return Ok(Effect::note(format!("every place holds the new version of {}", old.join(", "))));
        }
        let list: Vec<String> = wrong.iter().map(ToString::to_string).collect();
        Err(TargetError::new(list.join("; ")))
    }

    /// Before the pivot it costs nothing to see that somebody else wrote meanwhile.
    pub(super) async fn refuse_strangers(&self) -> Result<(), TargetError> {
        let newest = self.plan.changes.keys().map(|name| async move {
            match self.world.vault.live(&self.world.policy.vault, name, None).await {
                Ok(found) => Ok(found.map_or(0, |live| live.version)),
                // Its number still counts.
                Err(VaultError::Deleted(_)) => {
                    let versions = self.world.vault.versions(&self.world.policy.vault, name).await?;
                    Ok(versions.last().map_or(0, |v| v.version))
                }
                Err(e) => Err(e),
            }
        });
        for ((name, versions), found) in self.plan.changes.iter().zip(join_all(newest).await) {
            let newest = found.map_err(vault_error)?;
            if newest != versions.from {
                let text = format!(
                    "{name} is at v{newest} in Vault, written by somebody else; v{} was expected",
                    versions.from
                );
                return Err(TargetError::new(text));
            }
        }
        Ok(())
    }

    async fn promote(&self) -> Result<Effect, TargetError> {
        let mut effect = Effect::default();
        let writes = self.plan.changes.keys().map(|name| crash::one_by_one(self.promote_one(name)));
        for (name, result) in self.plan.changes.keys().zip(join_all(writes).await) {
            let written = result?;
            let version = written.version;
            if self.change.to.version(name) != Some(version) {
                effect
                    .notes
                    .push(format!("somebody else wrote {name} meanwhile: the new value is v{version}"));
            }
            effect.versions.insert(name.to_string(), version);
            effect.created.extend(written.at.map(|at| (name.to_string(), at)));
        }
        Ok(effect)
    }

    /// A check-and-set write. An unanswered one is recognised by the entry's number and value, and repeated if it did not
    /// arrive. If somebody else wrote in between, a person has to decide; once decided, the new value goes on top: every place
    /// is proven to hold it.
    async fn promote_one(&self, name: &Name) -> Result<Created, TargetError> {
        let (paths, vault) = (&self.world.policy.vault, &self.world.vault);
        let pending =
            self.change.to.get(name).ok_or_else(|| TargetError::new(format!("{name} has no new value")))?;
        let mut based_on = self.plan.changes[name].from;
        let mut pause = Duration::from_millis(100);
        let mut last = VaultError::Unclear(name.to_string());
        for _ in 0..6 {
            let error = match vault.write(paths, name, &pending.value, based_on).await {
                Ok(written) => return Ok(written),
                Err(error) => error,
            };
            match vault.dated(paths, name, None).await {
                Ok(Some((live, written))) if live.version > based_on && live.value.same(&pending.value) => {
                    return Ok(written);
                }
                Ok(Some((live, _))) if live.version > based_on && self.progress.on_top => {
                    based_on = live.version;
                }
                Ok(Some((live, _))) if live.version > based_on => {
                    let text = format!(
                        "v{} of {name} in Vault was written by somebody else, after promote was intended",
                        live.version
                    );
                    return Err(TargetError::new(text));
                }
                _ if !error.in_doubt() && !error.may_pass() => return Err(vault_error(error)),
                _ => {}
            }
            last = error;
            metrics::retry("promote");
            tokio::time::sleep(pause.mul_f64(rand::random_range(0.8..1.2))).await;
            pause *= 2;
        }
        Err(vault_error(last))
    }

    /// After a promote that failed: who holds which version, and what to type.
    pub(super) async fn half_promoted(&self) -> (Vec<String>, String) {
        let (mut stands, mut foreign) = (Vec::new(), false);
        for (name, versions) in &self.plan.changes {
            let places = format!("{name}: every place holds the new value");
            let new = self.change.to.get(name);
            stands.push(match self.world.vault.live(&self.world.policy.vault, name, None).await {
                Ok(Some(live)) if new.is_some_and(|new| new.value.same(&live.value)) => {
                    format!("{places}, which is v{} in Vault, its newest", live.version)
                }
                Ok(Some(live)) if live.version == versions.from => {
                    format!("{places}, which Vault has on its staging mount alone; its newest is the old one, v{}", live.version)
                }
                Ok(Some(live)) => {
                    foreign = true;
                    format!(
                        "{places}, which Vault has on its staging mount alone; its newest is v{}, by somebody else",
                        live.version
                    )
                }
                _ => format!("{places}; what Vault's newest is, it does not say now"),
            });
        }
        let help = match foreign {
            true => format!(
                "turnlock resolve {} --forward --reason \"...\" puts the new value on top of what somebody else wrote, \
                 which stays in Vault as an earlier version",
                self.id
            ),
            false => "turnlock recover goes on with it, once Vault takes the write".to_owned(),
        };
        (stands, help)
    }

    async fn retire(&self) -> Result<Effect, TargetError> {
        let discards =
            self.plan.changes.keys().map(|n| self.world.vault.discard(&self.world.policy.vault, n));
        let (cleared, discarded) = tokio::join!(
            join_all(self.targets.values().map(|target| target.retire(&self.change))),
            join_all(discards),
        );
        // All of it is tried before any of it is reported.
        let mut notes = Vec::new();
        for result in cleared {
            notes.extend(result?.notes);
        }
        for result in discarded {
            result.map_err(vault_error)?;
        }
        for (name, versions) in &self.plan.changes {
            if let Some(span) = self.world.policy.secrets[name].keep_for {
                let old = self.world.vault.live(&self.world.policy.vault, name, Some(versions.from)).await;
                if !matches!(old, Ok(Some(_))) {
                    let text = format!(
                        "v{} of {name} was to be kept for {}, and Vault has dropped it: raise `max_versions`",
                        versions.from,
                        words(span)
                    );
                    return Err(TargetError::new(text));
                }
                notes.push(format!("v{} of {name} is kept in Vault for {}", versions.from, words(span)));
            }
        }
        Ok(Effect { notes, ..Effect::default() })
    }

    /// After an undo: only our own pending values, and without insisting.
    pub(super) async fn discard_staged(&self) {
        for name in self.plan.changes.keys() {
            let staged = self.world.vault.staged(&self.world.policy.vault, name).await;
            if staged.ok().flatten().is_some_and(|s| s.rotation == self.id) {
                let _ = self.world.vault.discard(&self.world.policy.vault, name).await;
            }
        }
    }
}

fn vault_error(e: VaultError) -> TargetError {
    TargetError::new(e.to_string()).passing(e.may_pass())
}
