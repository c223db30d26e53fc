//! Promote: the pivot. Check-and-set writes, what else was written meanwhile, and who holds what when one fails.

use std::time::Duration;

use super::Rotation;
use super::effects::vault_error;
use crate::crash;
use crate::metrics;
use crate::secret::Name;
use crate::target::{Effect, TargetError};
use crate::vault::{Created, VaultError, together};

impl Rotation<'_> {
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
        for ((name, versions), found) in self.plan.changes.iter().zip(together(newest).await) {
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

    pub(super) async fn promote(&self) -> Result<Effect, TargetError> {
        let mut effect = Effect::default();
        let writes = self.plan.changes.keys().map(|name| crash::one_by_one(self.promote_one(name)));
        for (name, result) in self.plan.changes.keys().zip(together(writes).await) {
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
}
