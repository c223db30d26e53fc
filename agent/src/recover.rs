//! An unfinished rotation, taken up by the normal loop: the log decides the direction, idempotent `apply` does the work.
//!
//! Promote intended: only forward. Otherwise back, unless a person wants it finished and every value for that is still there.

use turnlock_audit::{Direction, LogError, Reader, Stored};

use crate::journal;
use crate::plan::{Plan, Refusal};
use crate::progress::{Progress, Stage};
use crate::rotation::Prepared;
use crate::secret::{Change, Name, Values, Versioned};
use crate::survey;
use crate::target;
use crate::vault::VaultError;
use crate::world::World;

/// A rotation that began and has not ended. Who holds the stack's lock knows that its process is gone.
pub struct Unfinished {
    pub id: String,
    pub progress: Progress,
    /// Its entries, in order.
    pub entries: Vec<Stored>,
}

/// Which way it goes, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Course {
    pub direction: Direction,
    pub why: &'static str,
}

/// The unfinished rotation, if there is one: a new one does not begin beside it, so it is the newest.
pub async fn unfinished(reader: &Reader) -> Result<Option<Unfinished>, FindError> {
    let Some(id) = journal::newest_rotation(reader).await? else { return Ok(None) };
    let entries = journal::of_rotation(reader, &id).await?;
    let progress = Progress::fold(entries.iter().map(|s| &s.entry))?;
    Ok(progress.is_running().then_some(Unfinished { id, progress, entries }))
}

impl Unfinished {
    /// What the log says; `forward`: somebody wants it finished where that can be chosen.
    pub fn course(&self, forward: bool) -> Course {
        let (direction, why) = match (self.progress.stage, forward) {
            (Stage::Pivoted, _) => {
                (Direction::Forward, "promote was intended: some of its values may be Vault's newest already")
            }
            (_, true) => (Direction::Forward, "it is to be finished, since that was asked for"),
            (Stage::Forward, _) if self.progress.finish => {
                (Direction::Forward, "a person decided that it is to be finished")
            }
            (Stage::Back, _) => (Direction::Back, "it was on its way back"),
            _ => (Direction::Back, "promote was not intended: nothing of it is current yet"),
        };
        Course { direction, why }
    }

    /// What is left to be done on that way, in order: numbers of the plan's steps.
    pub fn left(&self, plan: &Plan, direction: Direction) -> Vec<usize> {
        match direction {
            Direction::Back => self.progress.to_undo(plan),
            // After a way back, everything is done once more.
            Direction::Forward if self.progress.stage == Stage::Back => (0..plan.steps.len()).collect(),
            Direction::Forward => (0..plan.steps.len()).filter(|i| !self.progress.done.contains(i)).collect(),
        }
    }

    /// Where its first run is to be seen.
    pub fn trace(&self) -> (Option<&str>, Option<&str>) {
        let first = self.entries.first().map(|stored| &stored.entry);
        first.map_or((None, None), |e| (e.trace_id.as_deref(), e.span_id.as_deref()))
    }
}

/// Whether a rotation is known to the log and has ended: what it left on the staging mount is of no use.
pub async fn has_ended(reader: &Reader, id: &str) -> Result<bool, FindError> {
    let entries = journal::of_rotation(reader, id).await?;
    Ok(matches!(Progress::fold(entries.iter().map(|s| &s.entry))?.stage, Stage::Ended(_)))
}

#[derive(Debug, thiserror::Error)]
pub enum FindError {
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Illegal(#[from] crate::progress::Illegal),
}

/// Why it does not go on now.
#[derive(Debug)]
pub enum Blocked {
    /// A person has to bring something back, or to decide.
    Stuck(Refusal),
    /// Something does not answer.
    Now(Refusal),
}

impl Blocked {
    pub fn refusal(&self) -> &Refusal {
        match self {
            Blocked::Stuck(refusal) | Blocked::Now(refusal) => refusal,
        }
    }
}

/// Everything that the loop needs to go on, and from where.
///
/// # Errors
/// When what it was planned with is not there any more as it was: policy, templates, compose file, values.
pub async fn prepare<'w>(
    world: &'w World,
    u: &Unfinished,
    direction: Direction,
) -> Result<(Prepared<'w>, Progress), Blocked> {
    let (id, mut progress) = (u.id.clone(), u.progress.clone());
    let plan = progress.plan.clone().ok_or_else(|| {
        let what = format!("rotation {id}: its plan cannot be read by this version");
        Blocked::Stuck(Refusal::new(what, "use the version that began it"))
    })?;
    same_inputs(world, &plan, &id)?;
    let mut current = survey::live_values(world).await.map_err(|e| not_now(&e))?;
    let (mut replaced, mut lost) = (Vec::new(), Vec::new());
    for name in plan.changes.keys() {
        let (old, new) = sides(world, &current, &plan, &id, name, direction).await?;
        let old = old.or_else(|| {
            lost.push(name.clone());
            // There is only forward: nothing will be brought back to it.
            Some(Versioned { version: plan.changes[name].from, value: new.as_ref()?.value.clone() })
        });
        let Some(old) = old else { return Err(not_now(&format!("no value of {name} is left in Vault"))) };
        current.insert(name.clone(), old.version, old.value);
        replaced.extend(new.map(|new| (name.clone(), new)));
    }
    match (direction, progress.stage) {
        (Direction::Back, _) => progress.stage = Stage::Back,
        (Direction::Forward, Stage::Back) => progress.finish_after_all(),
        (Direction::Forward, _) => {}
    }
    let change = Change::new(current, replaced);
    let mut targets = std::collections::BTreeMap::new();
    for (index, spec) in plan.targets() {
        targets.insert(index, target::build(spec, world).await.map_err(|e| not_now(&e))?);
    }
    Ok((Prepared { id, plan, change, targets, lost }, progress))
}

/// A file rendered from another template, or a service made of another compose file, would be neither the old nor the new one.
fn same_inputs(world: &World, plan: &Plan, id: &str) -> Result<(), Blocked> {
    let changed = [
        ("the policy or one of its templates has", plan.policy_hash != world.policy.hash),
        ("the compose files have", plan.compose_digest != world.model.digest),
    ];
    match changed.into_iter().find(|(_, is)| *is) {
        None => Ok(()),
        Some((what, _)) => Err(Blocked::Stuck(Refusal::new(
            format!("{what} changed since the rotation {id} was planned, and it has not ended"),
            format!(
                "restore what it was planned with (from version control), then `turnlock recover`; or end it by hand: turnlock \
                 resolve {id} --accept --reason \"...\""
            ),
        ))),
    }
}

/// The old value is a version in Vault, unless somebody deleted it; the new one is staged, or promoted already. If it is
/// neither, it was never staged, and nothing can hold it.
async fn sides(
    world: &World,
    live: &Values,
    plan: &Plan,
    id: &str,
    name: &Name,
    direction: Direction,
) -> Result<(Option<Versioned>, Option<Versioned>), Blocked> {
    let paths = &world.policy.vault;
    let versions = plan.changes[name];
    let staged = world.vault.staged(paths, name).await.map_err(|e| not_now(&e))?.filter(|s| s.rotation == id);
    let new = match staged {
        Some(staged) => Some(Versioned { version: versions.to, value: staged.value }),
        None if live.version(name).is_some_and(|newest| newest >= versions.to) => {
            world.vault.live(paths, name, Some(versions.to)).await.map_err(|e| not_now(&e))?
        }
        None => None,
    };
    let forward = direction == Direction::Forward;
    if new.is_none() && forward {
        let what =
            format!("the new value of {name} is neither staged nor promoted in Vault: it cannot be finished");
        let help = match live.version(name) == Some(versions.from) {
            true => "take it back: `turnlock recover` without --forward",
            false => "compare the stack with Vault by hand; `turnlock audit show` tells how far it came",
        };
        return Err(Blocked::Stuck(Refusal::new(what, help)));
    }
    let old = match world.vault.live(paths, name, Some(versions.from)).await {
        Ok(Some(old)) => Some(old),
        Ok(None) | Err(VaultError::Deleted(_)) if forward => None,
        Ok(None) | Err(VaultError::Deleted(_)) => {
            let what = format!("{name} has no v{} in Vault any more: it cannot be taken back", versions.from);
            let help =
                "undelete that version in Vault; or, if it must not come back, `turnlock recover --forward`";
            return Err(Blocked::Stuck(Refusal::new(what, help)));
        }
        Err(e) => return Err(not_now(&e)),
    };
    Ok((old, new))
}

fn not_now(e: &dyn std::fmt::Display) -> Blocked {
    Blocked::Now(Refusal::new(e.to_string(), "mend that, then run `turnlock recover` again"))
}
