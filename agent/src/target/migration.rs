//! Data encrypted under a secret, brought from one key to another by a command of the application itself.
//!
//! Both keys go to the command's standard input, never into its arguments. The command is run in a one-off container of
//! the service while the service is held, is re-entrant, and is undone by running it the other way.

use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Effect, Finding, Patience, State, Target, TargetError};
use crate::policy::Migration;
use crate::secret::{Change, Held, Name, Value, Values};
use crate::world::World;

/// Part of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MigrationSpec {
    pub id: String,
    pub secret: Name,
    pub service: String,
    pub command: Vec<String>,
}

pub struct MigrationTarget<'w> {
    spec: MigrationSpec,
    migration: &'w Migration,
    world: &'w World,
}

/// What the command and its check print.
#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    changed: u64,
    left: u64,
}

impl<'w> MigrationTarget<'w> {
    pub fn new(spec: &MigrationSpec, world: &'w World) -> Result<Self, TargetError> {
        let migration = world
            .policy
            .migrations
            .get(&spec.id)
            .ok_or_else(|| TargetError::new(format!("the policy has no migration `{}`", spec.id)))?;
        Ok(Self { spec: spec.clone(), migration, world })
    }

    fn finding(&self, state: State) -> Finding {
        Finding {
            target: format!("migration.{}", self.spec.id),
            place: format!("data of {} ({})", self.spec.service, self.spec.id),
            secret: Some(self.spec.secret.clone()),
            state,
        }
    }

    async fn bring(&self, old: &Value, new: &Value) -> Result<Effect, TargetError> {
        let answer = self.migrate(&line(Some(old), new)).await?;
        if answer.left > 0 {
            let text = format!("{} rows of {} are still under another key", answer.left, self.spec.id);
            return Err(TargetError::new(text));
        }
        Ok(Effect::note(format!("{} rows re-encrypted, 0 left", answer.changed)))
    }

    /// The command, where the service is held: in a container of its own.
    async fn migrate(&self, input: &str) -> Result<Answer, TargetError> {
        self.run_once(&self.migration.command, input).await
    }

    /// One at a time: what an earlier run left must not go on beside this one, and this one not after its time, with keys
    /// that may be given up meanwhile. Its transaction ends with it.
    async fn run_once(&self, args: &[String], input: &str) -> Result<Answer, TargetError> {
        let name = format!("{}-turnlock-{}", self.world.policy.stack.project, self.spec.id);
        self.world.engine.remove(&name).await?;
        let (service, limit) = (&self.spec.service, self.migration.within);
        let ran = self.world.compose.run_once(&name, service, args, input, limit).await;
        if ran.is_err() {
            self.world.engine.remove(&name).await?;
        }
        self.answer(args, &ran?)
    }

    /// How many rows are not readable under a key. Asked in the running container, if there is one: it is there already.
    async fn left(&self, key: &Value) -> Result<u64, TargetError> {
        let (service, limit, check) = (&self.spec.service, self.migration.within, &self.migration.check);
        let input = line(None, key);
        let running = self.world.engine.of_service(service).await?.into_iter().find(|c| c.running);
        let Some(container) = running else {
            return Ok(self.run_once(check, &input).await?.left);
        };
        let asked = self.world.engine.run_inside(&container, check, &input);
        match tokio::time::timeout(limit, asked).await {
            Ok(Ok((0, out))) => Ok(self.answer(check, &out)?.left),
            Ok(Ok((code, _))) => Err(TargetError::new(format!(
                "`{}` in {service} failed with exit code {code}",
                check.join(" ")
            ))),
            Ok(Err(e)) => Err(e),
            Err(_) => {
                Err(TargetError::new(format!("`{}` in {service} did not finish in time", check.join(" "))))
            }
        }
    }

    fn answer(&self, args: &[String], out: &[u8]) -> Result<Answer, TargetError> {
        let text = String::from_utf8_lossy(out);
        let last = text.lines().rev().find(|l| !l.trim().is_empty()).unwrap_or_default();
        serde_json::from_str(last)
            .map_err(|_| TargetError::new(format!("`{}` did not print {{\"left\": N}}", args.join(" "))))
    }
}

/// One line of JSON with the keys.
#[expect(clippy::disallowed_methods, reason = "the migration needs both keys, on its standard input")]
fn line(old: Option<&Value>, new: &Value) -> Zeroizing<String> {
    let mut keys = serde_json::Map::new();
    if let Some(old) = old {
        keys.insert("old".into(), old.expose_secret().into());
    }
    keys.insert("new".into(), new.expose_secret().into());
    Zeroizing::new(format!("{}\n", serde_json::Value::Object(keys)))
}

impl Target for MigrationTarget<'_> {
    async fn apply(&self, change: &Change) -> Result<Effect, TargetError> {
        let name = &self.spec.secret;
        let (Some(old), Some(new)) = (change.from.get(name), change.to.get(name)) else {
            return Err(TargetError::new(format!("{name} has no value to migrate to")));
        };
        if old.version != new.version {
            return self.bring(&old.value, &new.value).await;
        }
        // A repair: rows may be under any key that is still known.
        if self.left(&new.value).await? == 0 {
            return Ok(Effect::note("already so"));
        }
        let mut last =
            TargetError::new(format!("no known version of {name} opens the data of {}", self.spec.id));
        for other in change.to.others(name) {
            match self.bring(&other.value, &new.value).await {
                Err(e) => last = e,
                done => return done,
            }
        }
        Err(last)
    }

    async fn probe(&self, values: &Values, _patience: Patience) -> Result<Vec<Finding>, TargetError> {
        let Some(expected) = values.get(&self.spec.secret) else { return Ok(Vec::new()) };
        let left = match self.left(&expected.value).await {
            Ok(left) => left,
            Err(e) => return Ok(vec![self.finding(State::Unreachable(e.message))]),
        };
        if left == 0 {
            return Ok(vec![self.finding(State::Holds(expected.version))]);
        }
        for other in values.others(&self.spec.secret) {
            if self.left(&other.value).await? == 0 {
                let state = State::Differs { held: Held::Version(other.version), expected: expected.version };
                return Ok(vec![self.finding(state)]);
            }
        }
        let text = format!("{left} rows are not encrypted under v{}", expected.version);
        Ok(vec![self.finding(State::Unhealthy(text))])
    }
}
