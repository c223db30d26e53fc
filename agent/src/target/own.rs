//! The agent's own login to Vault: the rotator is rotated like anything else.
//!
//! The new secret-id is registered beside the old one, then written to the agent's file, then tried; the old one is
//! destroyed when the new one is promoted. In between Vault accepts both, so a process that read the file before goes on.

use std::path::{Path, PathBuf};

use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

use super::{Effect, Finding, Patience, State, Target, TargetError};
use crate::enroll;
use crate::generate::Generator;
use crate::secret::{Change, Held, Name, Value, Values};
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
        if std::env::var_os("CREDENTIALS_DIRECTORY").is_some_and(|d| file.starts_with(d)) {
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
}

/// How it is called on the command line, in the log and in spans.
pub const ID: &str = "own.secret-id";

impl Target for Own<'_> {
    async fn apply(&self, change: &Change) -> Result<Effect, TargetError> {
        let to = self.value(&change.to)?;
        // Asked by logging in: a way back must not need powers that the way there did not have.
        if !self.accepts(to).await? {
            self.world.vault.register(&self.role, to).await.map_err(|e| of_vault(&e))?;
        }
        if !self.held().is_some_and(|held| held.same(to)) {
            enroll::replace(&self.file, to).map_err(|e| TargetError::new(e.to_string()))?;
        }
        // Numbers only go up: this is the way back, and what it leaves behind must not open anything.
        let back = change.to.version(&self.spec.secret) < change.from.version(&self.spec.secret);
        let from = self.value(&change.from)?;
        if back && self.accepts(from).await? { self.destroy(from).await } else { Ok(Effect::default()) }
    }

    async fn probe(&self, values: &Values, _patience: Patience) -> Result<Vec<Finding>, TargetError> {
        let expected = values.version(&self.spec.secret).unwrap_or_default();
        let Some(held) = self.held() else {
            return Ok(vec![self.finding(State::Differs { held: Held::Missing, expected })]);
        };
        if !held.same(self.value(values)?) {
            let held = values.identify(&self.spec.secret, clear(&held));
            return Ok(vec![self.finding(State::Differs { held, expected })]);
        }
        let random = Generator::Own.generate().map_err(|e| TargetError::new(e.to_string()))?;
        // The good one last: Vault counts refused logins, and begins anew after a good one.
        let state = match (self.accepts(&random).await?, self.accepts(&held).await?) {
            (true, _) => State::Unhealthy("Vault accepts any secret-id: that proves nothing".into()),
            (false, false) => State::Unhealthy("Vault refuses the secret-id that is there".into()),
            (false, true) => State::Holds(expected),
        };
        Ok(vec![self.finding(state)])
    }

    async fn retire(&self, change: &Change) -> Result<Effect, TargetError> {
        let from = self.value(&change.from)?;
        let effect = self.destroy(from).await?;
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

fn of_vault(e: &VaultError) -> TargetError {
    TargetError::new(e.to_string())
}

#[expect(clippy::disallowed_methods, reason = "what the file holds is compared with the known versions")]
fn clear(value: &Value) -> &str {
    value.expose_secret()
}
