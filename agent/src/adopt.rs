//! After a change by hand: what the whole stack holds becomes Vault's next version, and the log's.
//!
//! Where Vault has it already (somebody wrote it there too, or the log was restored from an older copy), only the entry is
//! written. It is of the kind `manual`, and never counted as a rotation: the secret's age goes on.

use std::collections::BTreeMap;

use jiff::Timestamp;
use turnlock_audit::{LogError, Versions};

use crate::drift::Current;
use crate::journal::Journal;
use crate::plan::Refusal;
use crate::recapture::Taken;
use crate::restored::Stand;
use crate::secret::{Name, Version};
use crate::target::{Finding, State};
use crate::vault::{Created, VaultError};
use crate::world::World;

/// What is to be done for one secret.
pub enum Adoption {
    /// Vault does not have it.
    Write(Taken),
    /// Vault's newest version is it; the log does not know that.
    Known(Taken, Created),
    /// Vault and log have it.
    Already(Version),
}

impl Adoption {
    pub fn taken(&self) -> Option<&Taken> {
        match self {
            Adoption::Write(taken) | Adoption::Known(taken, _) => Some(taken),
            Adoption::Already(_) => None,
        }
    }
}

/// What every place that can be read holds: they have to agree.
pub async fn read(
    world: &World,
    current: &Current,
    stands: &BTreeMap<Name, Vec<Stand>>,
    name: &Name,
) -> Result<Adoption, Refusal> {
    let stands = stands.get(name).map(Vec::as_slice).unwrap_or_default();
    let Some(first) = stands.first() else {
        let what = format!("no place holds a value of {name} that can be read");
        return Err(Refusal::new(what, "start the stack's containers, then try again"));
    };
    if let Some(other) = stands.iter().find(|stand| !stand.value.same(&first.value)) {
        let what = format!("{name} is not the same everywhere: {} and {} differ", first.place, other.place);
        return Err(Refusal::new(
            what,
            "finish the change by hand first (docs/operations.md), or `turnlock drift` says what `turnlock repair` takes back",
        ));
    }
    let weak = !world.policy.secrets[name].generator.admits(&first.value);
    let places = stands.iter().map(|stand| stand.place.clone()).collect();
    let taken = |based_on| Taken { value: first.value.clone(), places, based_on, weak };
    let newest = world.vault.dated(&world.policy.vault, name, None).await;
    let behind = current.behind.get(name);
    match newest.map_err(|e| Refusal::new(e.to_string(), "nothing was written"))? {
        Some((live, created)) if live.value.same(&first.value) => {
            let is_known = behind.is_none() && !current.strangers.contains_key(name);
            match is_known {
                true => Ok(Adoption::Already(live.version)),
                false => Ok(Adoption::Known(taken(live.version - 1), created)),
            }
        }
        found => match behind {
            Some(behind) => Err(Refusal::new(
                format!("{name} is {}: Vault was restored from an older copy", behind.said()),
                format!("`turnlock recapture {name} --from {} --reason \"...\"`", first.source.as_str()),
            )),
            None => Ok(Adoption::Write(taken(found.map_or(0, |(live, _)| live.version)))),
        },
    }
}

/// Every place of the secret holds it: a change by hand that was forgotten somewhere is not finished.
pub fn everywhere(name: &Name, findings: &[Finding]) -> Result<Vec<String>, Refusal> {
    let of_name = || findings.iter().filter(|f| f.secret.as_ref() == Some(name));
    if let Some(wrong) = of_name().find(|f| !f.is_good()) {
        let what = format!("{name}: what was read does not hold everywhere: {wrong}");
        return Err(Refusal::new(
            what,
            "finish the change by hand first (docs/operations.md); nothing was written",
        ));
    }
    let holds = of_name().filter(|f| matches!(f.state, State::Holds(_)));
    Ok(holds.map(|f| f.place.clone()).collect())
}

/// The entry, and Vault's next version if it does not have it.
pub async fn write(
    world: &World,
    journal: &Journal,
    name: &Name,
    adoption: &Adoption,
    occurred_at: Timestamp,
    proven: &[String],
) -> Result<Result<Version, VaultError>, LogError> {
    let Some(taken) = adoption.taken() else { return Ok(Ok(0)) };
    let from = Some(taken.based_on).filter(|version| *version > 0);
    let versions = Versions { from, to: Some(taken.version()) };
    let told = serde_json::json!({
        "occurred_at": occurred_at.to_string(), "places": taken.places, "proven_by": proven,
    });
    let effect = async {
        match adoption {
            Adoption::Known(_, created) => Ok(*created),
            _ => world.vault.write(&world.policy.vault, name, &taken.value, taken.based_on).await,
        }
    };
    let written = journal.around_write("manual", name, versions, Some(told), effect).await?;
    Ok(written.map(|created| created.version))
}
