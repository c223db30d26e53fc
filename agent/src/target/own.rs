//! The agent's own login to Vault: the rotator is rotated like anything else.
//!
//! The new secret-id is registered beside the old one, then written to the agent's file, then tried; the old one is
//! destroyed when the new one is promoted. In between Vault accepts both, so a process that read the file before goes on.
//!
//! Only a rotation's new secret-id is ever registered. One that Vault refuses was destroyed, by a rotation or by somebody
//! who had a reason: no way back, no repair and no rollback makes it good again.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};

use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

use super::{Effect, Finding, Patience, State, Target, TargetError};
use crate::enroll;
use crate::generate::Generator;
use crate::secret::{Change, Held, Name, Value, Values, Version, Versioned};
use crate::survey;
use crate::vault::{Role, VaultError, role_id};
use crate::world::World;

/// Part of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnSpec {
    pub secret: Name,
    /// The AppRole's name.
    pub role: String,
    /// Where the agent reads its secret-id.
    pub file: String,
}

pub struct Own<'w> {
    spec: OwnSpec,
    role: Role,
    role_id: String,
    file: PathBuf,
    world: &'w World,
}

impl<'w> Own<'w> {
    pub fn new(spec: &OwnSpec, world: &'w World) -> Result<Self, TargetError> {
        let role_id = role_id().ok_or_else(|| {
            TargetError::new(format!(
                "{} is the agent's secret-id, and it does not log in by AppRole",
                spec.secret
            ))
        })?;
        let file = PathBuf::from(&spec.file);
        let copied = std::env::var_os("CREDENTIALS_DIRECTORY").is_some_and(|d| file.starts_with(d));
        if copied || spec.file.is_empty() {
            return Err(TargetError::new(
                "the secret-id is systemd's copy of a credential, which nobody can write: point VAULT_SECRET_ID_FILE at \
                 the file that LoadCredential= reads",
            ));
        }
        Ok(Self { spec: spec.clone(), role: Role::named(&spec.role), role_id, file, world })
    }

    fn finding(&self, state: State) -> Finding {
        Finding {
            target: ID.into(),
            place: self.spec.file.clone(),
            secret: Some(self.spec.secret.clone()),
            state,
        }
    }

    fn held(&self) -> Option<Value> {
        held_now(&self.file)
    }

    async fn accepts(&self, value: &Value) -> Result<bool, TargetError> {
        self.world.vault.accepts(&self.role.mount, &self.role_id, value).await.map_err(|e| of_vault(&e))
    }

    fn value<'v>(&self, values: &'v Values) -> Result<&'v Value, TargetError> {
        let held = values.get(&self.spec.secret);
        held.map(|v| &v.value).ok_or_else(|| TargetError::new(format!("{} has no value", self.spec.secret)))
    }

    async fn destroy(&self, value: &Value) -> Result<Effect, TargetError> {
        Ok(match self.world.vault.destroy(&self.role, value).await.map_err(|e| of_vault(&e))? {
            Some(accessor) => {
                Effect::note(format!("the secret-id with the accessor {accessor} is destroyed"))
            }
            None => Effect::note("the other secret-id was not there any more"),
        })
    }

    /// Earlier versions that the role still knows: what a retire that failed has left. `None`: Vault does not let us ask.
    /// A pending version has a higher number, and is its rotation's business.
    async fn left_over<'v>(&self, values: &'v Values) -> Result<Option<Vec<&'v Versioned>>, TargetError> {
        let mut left = Vec::new();
        for other in earlier(values, &self.spec.secret) {
            // Not by logging in: Vault counts refused logins, and locks a role out after a few.
            match self.world.vault.accessor(&self.role, &other.value).await {
                Ok(Some(_)) => left.push(other),
                Ok(None) => {}
                Err(VaultError::Denied(_)) => return Ok(None),
                Err(e) => return Err(of_vault(&e)),
            }
        }
        Ok(Some(left))
    }

    /// The current one is in the file: what is good beside it is destroyed, also what stood there before.
    async fn clear_away(&self, values: &Values, before: Option<Value>) -> Result<Effect, TargetError> {
        let mut effect = Effect::default();
        for other in self.left_over(values).await?.unwrap_or_default() {
            effect.notes.extend(self.destroy(&other.value).await?.notes);
        }
        let unknown = |held: &Value| values.identify(&self.spec.secret, clear(held)) == Held::Unknown;
        if let Some(before) = before.filter(unknown) {
            effect.notes.extend(self.destroy(&before).await?.notes);
        }
        Ok(effect)
    }

    /// The file holds another secret-id than the current one.
    async fn other(&self, values: &Values, held: &Value) -> Result<State, TargetError> {
        let expected = values.version(&self.spec.secret).unwrap_or_default();
        let which = values.identify(&self.spec.secret, clear(held));
        // The one that the agent has last: it logs in with it, and Vault's count of refused logins begins anew.
        let current = self.accepts(self.value(values)?).await?;
        Ok(match (current, self.accepts(held).await?) {
            (false, true) => State::Ahead(format!(
                "{which}, and v{expected} was destroyed in Vault: `turnlock import` takes in the one that the agent has"
            )),
            (false, false) => {
                State::Unhealthy(format!("{which}, and Vault refuses it as well as v{expected}: {ENROLL}"))
            }
            (true, true) if which == Held::Unknown => State::Unhealthy(format!(
                "{which}, which Vault accepts as well as v{expected}: destroy v{expected} in Vault and `turnlock import` \
                 keeps it, `turnlock repair` destroys it"
            )),
            (true, _) => State::Differs { held: which, expected },
        })
    }

    /// Vault refuses what is to be current, and it is not this rotation's making.
    fn destroyed(&self, version: Version, to: &Value, way: Ordering) -> TargetError {
        let what = format!("v{version} was destroyed in Vault, and is not registered again");
        TargetError::new(match (way, self.held()) {
            (Ordering::Less, _) => format!("{what}: there is no way back to it"),
            (_, Some(held)) if !held.same(to) => {
                format!("{what}; `turnlock import` takes in the one that the agent has")
            }
            _ => format!("{what}: {ENROLL}"),
        })
    }
}

/// How it is called on the command line, in the log and in spans.
pub const ID: &str = "own.secret-id";

/// What to do where the agent has no good secret-id.
pub const ENROLL: &str = "enroll the agent anew (`turnlock setup vault --new-secret-id`, `turnlock enroll --replace`), \
                          then `turnlock import`";

/// How many versions back a retire looks for what an earlier one has left.
const EARLIER: u64 = 3;

impl Target for Own<'_> {
    async fn apply(&self, change: &Change) -> Result<Effect, TargetError> {
        let name = &self.spec.secret;
        let (from, to) = (self.value(&change.from)?, self.value(&change.to)?);
        // Numbers only go up: a lower one is the way back, and the same one a repair.
        let way = change.to.version(name).cmp(&change.from.version(name));
        // Asked by logging in: a way back must not need powers that the way there did not have.
        if !self.accepts(to).await? {
            if way != Ordering::Greater {
                return Err(self.destroyed(change.to.version(name).unwrap_or_default(), to, way));
            }
            self.world.vault.register(&self.role, to).await.map_err(|e| of_vault(&e))?;
        }
        let before = self.held();
        if !before.as_ref().is_some_and(|held| held.same(to)) {
            enroll::replace(&self.file, to).map_err(|e| TargetError::new(e.to_string()))?;
        }
        match way {
            Ordering::Greater => Ok(Effect::default()),
            Ordering::Equal => self.clear_away(&change.to, before).await,
            // What the way back leaves behind must not open anything.
            Ordering::Less if self.accepts(from).await? => self.destroy(from).await,
            Ordering::Less => Ok(Effect::default()),
        }
    }

    async fn probe(&self, values: &Values, patience: Patience) -> Result<Vec<Finding>, TargetError> {
        let expected = values.version(&self.spec.secret).unwrap_or_default();
        let Some(held) = self.held() else {
            return Ok(vec![self.finding(State::Differs { held: Held::Missing, expected })]);
        };
        if !held.same(self.value(values)?) {
            return Ok(vec![self.finding(self.other(values, &held).await?)]);
        }
        let random = Generator::Own.generate().map_err(|e| TargetError::new(e.to_string()))?;
        // The good one last: Vault counts refused logins, and begins anew after a good one.
        let state = match (self.accepts(&random).await?, self.accepts(&held).await?) {
            (true, _) => State::Unhealthy("Vault accepts any secret-id: that proves nothing".into()),
            (false, false) => State::Unhealthy("Vault refuses the secret-id that is there".into()),
            (false, true) => State::Holds(expected),
        };
        let mut findings = vec![self.finding(state)];
        // While a rotation is under way, both are good on purpose.
        if matches!(patience, Patience::Once) {
            let place = format!("Vault: {}", self.role.path());
            let more = left_states(self.left_over(values).await?);
            findings.extend(more.map(|state| Finding { place: place.clone(), ..self.finding(state) }));
        }
        Ok(findings)
    }

    async fn retire(&self, change: &Change) -> Result<Effect, TargetError> {
        let from = self.value(&change.from)?;
        let mut effect = self.destroy(from).await?;
        // What an earlier retire could not destroy: nobody looks back for ever.
        let name = &self.spec.secret;
        let mut mine = Values::default();
        if let Some(to) = change.to.get(name).cloned() {
            mine.insert(name.clone(), to.version, to.value);
        }
        survey::add_earlier(self.world, &mut mine, EARLIER).await;
        for other in self.left_over(&mine).await?.unwrap_or_default() {
            effect.notes.extend(self.destroy(&other.value).await?.notes);
        }
        match self.accepts(from).await? {
            true => Err(TargetError::new("Vault still accepts the old secret-id")),
            false => Ok(effect),
        }
    }
}

/// The secret-id that the agent has; also what `turnlock import` takes as the first version.
pub fn held_now(file: &Path) -> Option<Value> {
    let text = zeroize::Zeroizing::new(std::fs::read_to_string(file).ok()?);
    Some(text.trim()).filter(|t| !t.is_empty()).map(|t| Value::new(t.to_owned()))
}

/// The known versions before the current one. One with the same value is the current one.
fn earlier<'v>(values: &'v Values, name: &Name) -> impl Iterator<Item = &'v Versioned> {
    let held = values.get(name);
    let is_before =
        move |o: &&Versioned| held.is_some_and(|h| o.version < h.version && !o.value.same(&h.value));
    values.others(name).iter().filter(is_before)
}

fn left_states(left: Option<Vec<&Versioned>>) -> impl Iterator<Item = State> {
    let states: Vec<State> = match left {
        None => vec![State::Note(
            "Vault does not let the agent ask whether earlier versions are destroyed".into(),
        )],
        Some(left) => {
            let text =
                |v: &Versioned| format!("v{} is still accepted: `turnlock repair` destroys it", v.version);
            left.into_iter().map(|v| State::Unhealthy(text(v))).collect()
        }
    };
    states.into_iter()
}

fn of_vault(e: &VaultError) -> TargetError {
    TargetError::new(e.to_string())
}

#[expect(clippy::disallowed_methods, reason = "what the file holds is compared with the known versions")]
fn clear(value: &Value) -> &str {
    value.expose_secret()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_older_and_another_value_can_be_left_over() {
        let name: Name = "AGENT_LOGIN".parse().unwrap();
        let versioned = |version, text: &str| Versioned { version, value: Value::new(text.to_owned()) };
        let mut values = Values::default();
        values.insert(name.clone(), 5, Value::new("current".into()));
        let others = [
            versioned(3, "retired"),
            versioned(4, "current"),
            versioned(5, "current"),
            versioned(6, "pending"),
        ];
        for other in others {
            values.add_other(name.clone(), other);
        }
        let found: Vec<Version> = earlier(&values, &name).map(|v| v.version).collect();
        assert_eq!(found, [3]);
    }
}
