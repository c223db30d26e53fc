//! What each verb does to the world.

use std::time::Duration;

use futures_util::future::join_all;
use turnlock_audit::Direction;

use super::Rotation;
use super::prepare::pending;
use crate::metrics;
use crate::schedule::words;
use crate::secret::{Name, Values};
use crate::step::Step;
use crate::target::{Any, Effect, Finding, Patience, Spec, State, Target, TargetError};
use crate::vault::{Staged, VaultError, together};

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
        for result in together(staging).await {
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
        let wrong = wrong_places(self.targets.values(), &self.change.to, Patience::Afresh).await;
        if wrong.is_empty() {
            let old: Vec<&str> = self.plan.changes.keys().map(Name::as_str).collect();
            return Ok(Effect::note(format!("every place holds the new version of {}", old.join(", "))));
        }
        let list: Vec<String> = wrong.iter().map(ToString::to_string).collect();
        Err(TargetError::new(list.join("; ")))
    }

    async fn retire(&self) -> Result<Effect, TargetError> {
        let discards =
            self.plan.changes.keys().map(|n| self.world.vault.discard(&self.world.policy.vault, n));
        let (cleared, discarded) = tokio::join!(
            join_all(self.targets.values().map(|target| target.retire(&self.change))),
            together(discards),
        );
        // All of it is tried before any of it is reported.
        let mut notes = Vec::new();
        for result in cleared {
            notes.extend(result?.notes);
        }
        for result in discarded {
            result.map_err(vault_error)?;
        }
        for kept in together(self.plan.changes.keys().map(|name| self.kept(name))).await {
            notes.extend(kept?);
        }
        Ok(Effect { notes, ..Effect::default() })
    }

    /// That Vault still has the old value, where the policy says for how long.
    async fn kept(&self, name: &Name) -> Result<Option<String>, TargetError> {
        let (paths, from) = (&self.world.policy.vault, self.plan.changes[name].from);
        let Some(span) = self.world.policy.secrets[name].keep_for.map(words) else { return Ok(None) };
        match self.world.vault.live(paths, name, Some(from)).await {
            Ok(Some(_)) => Ok(Some(format!("v{from} of {name} is kept in Vault for {span}"))),
            _ => Err(TargetError::new(format!(
                "v{from} of {name} was to be kept for {span}, and Vault has dropped it: raise `max_versions`"
            ))),
        }
    }

    /// After an undo: only our own pending values, and without insisting.
    pub(super) async fn discard_staged(&self) {
        let (vault, paths) = (&self.world.vault, &self.world.policy.vault);
        let discards = self.plan.changes.keys().map(|name| async move {
            let staged = vault.staged(paths, name).await;
            if staged.ok().flatten().is_some_and(|s| s.rotation == self.id) {
                let _ = vault.discard(paths, name).await;
            }
        });
        together(discards).await;
    }
}

pub(super) fn vault_error(e: VaultError) -> TargetError {
    TargetError::new(e.to_string()).passing(e.may_pass())
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
