//! An unfinished rotation, taken up by the normal loop: the log decides the direction, idempotent `apply` does the work.
//!
//! Promote intended: only forward. Otherwise: only back.

use turnlock_audit::{LogError, Reader};

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
    /// Where its first run is to be seen.
    pub trace: Option<String>,
    pub span: Option<String>,
}

/// The unfinished rotation, if there is one: a new one does not begin beside it.
pub async fn unfinished(reader: &Reader) -> Result<Option<Unfinished>, FindError> {
    for (id, ended) in journal::rotations(reader).await? {
        if !ended {
            let entries = journal::of_rotation(reader, &id).await?;
            let progress = Progress::fold(entries.iter().map(|s| &s.entry))?;
            let first = entries.into_iter().next().map(|stored| stored.entry);
            let (trace, span) = first.map_or((None, None), |e| (e.trace_id, e.span_id));
            return Ok(Some(Unfinished { id, progress, trace, span }));
        }
    }
    Ok(None)
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

/// Everything that the loop needs to go on, and from where.
pub async fn prepare<'w>(world: &'w World, u: Unfinished) -> Result<(Prepared<'w>, Progress), Refusal> {
    let Unfinished { id, mut progress, .. } = u;
    let plan = progress.plan.clone().ok_or_else(|| {
        Refusal::new(
            format!("rotation {id}: its plan cannot be read by this version"),
            "use the version that began it",
        )
    })?;
    let mut current = survey::live_values(world).await.map_err(|e| refusal(&e))?;
    let pivoted = progress.stage == Stage::Pivoted;
    let mut replaced = Vec::new();
    for name in plan.changes.keys() {
        let (old, new) = sides(world, &current, &plan, &id, name, pivoted).await?;
        current.insert(name.clone(), old.version, old.value);
        replaced.extend(new.map(|new| (name.clone(), new)));
    }
    if !pivoted {
        progress.stage = Stage::Back;
    }
    let change = Change::new(current, replaced);
    let mut targets = std::collections::BTreeMap::new();
    for (index, spec) in plan.targets() {
        targets.insert(index, target::build(spec, world).await.map_err(|e| refusal(&e))?);
    }
    Ok((Prepared { id, plan, change, targets }, progress))
}

/// The old value is a version in Vault; the new one is staged, or promoted already. If it is neither, it was never
/// staged, and nothing can hold it.
async fn sides(
    world: &World,
    live: &Values,
    plan: &Plan,
    id: &str,
    name: &Name,
    pivoted: bool,
) -> Result<(Versioned, Option<Versioned>), Refusal> {
    let paths = &world.policy.vault;
    let versions = plan.changes[name];
    let staged = world.vault.staged(paths, name).await.map_err(|e| refusal(&e))?.filter(|s| s.rotation == id);
    let new = match staged {
        Some(staged) => Some(Versioned { version: versions.to, value: staged.value }),
        None if live.version(name).is_some_and(|newest| newest >= versions.to) => {
            world.vault.live(paths, name, Some(versions.to)).await.map_err(|e| refusal(&e))?
        }
        None => None,
    };
    if new.is_none() && pivoted {
        let what = format!(
            "the new value of {name} is neither staged nor promoted in Vault, and it was to be promoted"
        );
        return Err(Refusal::new(
            what,
            "compare the stack with Vault by hand; `turnlock audit show` tells how far it came",
        ));
    }
    let old = match world.vault.live(paths, name, Some(versions.from)).await {
        Ok(Some(old)) => old,
        // There is only forward: nothing will be brought back to it.
        Ok(None) | Err(VaultError::Deleted(_)) if pivoted => {
            let value = new.as_ref().map(|v| v.value.clone()).ok_or_else(|| refusal(&"no value is left"))?;
            Versioned { version: versions.from, value }
        }
        Ok(None) => return Err(refusal(&format!("{name} has no v{} in Vault any more", versions.from))),
        Err(e) => return Err(refusal(&e)),
    };
    Ok((old, new))
}

fn refusal(e: &dyn std::fmt::Display) -> Refusal {
    Refusal::new(e.to_string(), "mend that, then run `turnlock repair` again")
}
