//! The containers that were given a secret, by environment or by file.
//!
//! [`Hold`] recreates them without starting them, so that nobody is logged in while a password changes and no code runs
//! with a key that its data isn't encrypted under. [`Start`] starts or recreates them and proves what they carry.

mod ready;

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Effect, Finding, Patience, State, Target, TargetError};
use crate::compose::engine::Container;
use crate::compose::model::{self, Reach};
use crate::envfile::Text;
use crate::policy::Takes;
use crate::secret::{Change, Held, Name, Values};
use crate::world::World;

/// Part of a plan: the services to hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldSpec {
    pub services: BTreeMap<String, Reach>,
}

/// Part of a plan: the services that have to carry the new values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartSpec {
    pub services: BTreeMap<String, Reach>,
    /// The images that they run: a recreated container runs the same. Empty where nothing is recreated.
    pub images: BTreeMap<String, BTreeSet<String>>,
}

pub struct Hold<'w> {
    spec: HoldSpec,
    world: &'w World,
}

impl<'w> Hold<'w> {
    pub fn new(spec: &HoldSpec, world: &'w World) -> Self {
        Self { spec: spec.clone(), world }
    }
}

impl Target for Hold<'_> {
    async fn apply(&self, _change: &Change) -> Result<Effect, TargetError> {
        let services: Vec<String> = self.spec.services.keys().cloned().collect();
        self.world.compose.recreate_stopped(&services).await?;
        // What had nothing to recreate goes on running: it is only stopped.
        for container in self.world.engine.containers().await? {
            if container.running && self.spec.services.contains_key(&container.service) {
                self.world.engine.stop(&container).await?;
            }
        }
        Ok(Effect::default())
    }

    async fn probe(&self, _values: &Values, _patience: Patience) -> Result<Vec<Finding>, TargetError> {
        // What these services hold is `Start`'s to say.
        Ok(Vec::new())
    }
}

pub struct Start<'w> {
    spec: StartSpec,
    world: &'w World,
}

/// What Compose has to do so that a service carries the values.
#[derive(Default)]
struct Todo {
    /// Carries the values and only isn't running: held, until now.
    start: Vec<Container>,
    changed: Vec<String>,
    anew: Vec<String>,
    restart: Vec<Container>,
}

impl<'w> Start<'w> {
    pub fn new(spec: &StartSpec, world: &'w World) -> Self {
        Self { spec: spec.clone(), world }
    }

    fn first_start(&self, service: &str) -> BTreeSet<String> {
        self.world.policy.services.get(service).map(|s| s.first_start.clone()).unwrap_or_default()
    }

    /// The service's variables with the values that they should have.
    fn expected(&self, service: &str, reach: &Reach, env: &BTreeMap<String, Text>) -> BTreeMap<String, Text> {
        let Some(model) = self.world.model.services.get(service) else { return BTreeMap::new() };
        let known = model.variables.iter().filter(|(name, _)| reach.variables.contains_key(*name));
        known.filter_map(|(name, pieces)| Some((name.clone(), model::value_of(pieces, env)?))).collect()
    }

    /// The mounted files whose content, as the container's processes see it, isn't the rendered one.
    async fn stale(&self, c: &Container, reach: &Reach, values: &Values) -> Result<Vec<Stale>, TargetError> {
        let Some(model) = self.world.model.services.get(&c.service) else { return Ok(Vec::new()) };
        let mut stale = Vec::new();
        for mount in model.mounts.iter().filter(|m| reach.files.contains_key(&m.path)) {
            let wanted = self.world.render_text(&mount.file, values)?;
            let seen = self.world.engine.file(c, &mount.path).await?;
            let seen = seen.map(|bytes| Text::new(&String::from_utf8_lossy(&bytes)));
            let is_wrong = !seen.as_ref().is_some_and(|s| s.same(&wanted));
            // What opens a file only at start has to have started after its last change.
            let too_old = self.takes(&mount.file, &c.service) != Takes::Rereads
                && self.changed_since(&mount.file, c.started_at);
            if is_wrong || too_old {
                let (file, path) = (mount.file.clone(), mount.path.clone());
                stale.push(Stale { file, path, seen, only_too_old: !is_wrong });
            }
        }
        Ok(stale)
    }

    async fn todo(&self, change: &Change) -> Result<Todo, TargetError> {
        let values = &change.to;
        let is_repair = change.names().is_empty();
        let env = self.world.env(values)?;
        let containers = self.world.engine.containers().await?;
        let mut todo = Todo::default();
        for (service, reach) in &self.spec.services {
            let first_start = self.first_start(service);
            if reach.files.is_empty() && reach.variables.keys().all(|v| first_start.contains(v)) {
                continue;
            }
            let expected = self.expected(service, reach, &env);
            let of_service: Vec<_> = containers.iter().filter(|c| c.service == *service).collect();
            let carries = |c: &&Container| {
                expected
                    .iter()
                    .filter(|(v, _)| !first_start.contains(*v))
                    .all(|(v, text)| c.env.get(v).is_some_and(|held| held.same(text)))
            };
            if of_service.is_empty() && is_repair {
                // A service that nobody runs isn't repair's to deploy.
                continue;
            }
            if of_service.is_empty() || !of_service.iter().all(carries) {
                todo.changed.push(service.clone());
                continue;
            }
            todo.start.extend(of_service.iter().filter(|c| !c.running).map(|c| (*c).clone()));
            for container in of_service.into_iter().filter(|c| c.running) {
                let stale = self.stale(container, reach, values).await?;
                if stale.is_empty() {
                    continue;
                }
                if stale.iter().all(|s| self.takes(&s.file, service) == Takes::Restart) {
                    todo.restart.push(container.clone());
                } else if !todo.anew.contains(service) {
                    todo.anew.push(service.clone());
                }
            }
        }
        Ok(todo)
    }

    /// A file's modification time counts writes in place and renames alike.
    fn changed_since(&self, file: &str, started_at: Option<Timestamp>) -> bool {
        let policy = &self.world.policy;
        let modified = policy
            .files
            .get(file)
            .and_then(|f| policy.stack.root.join(&f.path).metadata().ok()?.modified().ok());
        let modified = modified.and_then(|at| Timestamp::try_from(at).ok());
        modified.zip(started_at).is_some_and(|(modified, started)| modified > started)
    }

    fn takes(&self, file: &str, service: &str) -> Takes {
        let file = self.world.policy.files.get(file);
        file.and_then(|f| f.consumers.get(service)).copied().unwrap_or(Takes::Recreate)
    }

    fn finding(&self, place: String, secret: Option<&Name>, state: State) -> Finding {
        Finding { target: "containers".into(), place, secret: secret.cloned(), state }
    }

    /// Which version a variable's value was made with.
    fn identify(
        &self,
        c: &Container,
        variable: &str,
        secret: &Name,
        values: &Values,
    ) -> Result<Held, TargetError> {
        let Some(held) = c.env.get(variable) else { return Ok(Held::Missing) };
        let pieces = self.world.model.services.get(&c.service).and_then(|s| s.variables.get(variable));
        for other in values.others(secret) {
            let env = self.world.env(&values.with(secret, other))?;
            if pieces.and_then(|p| model::value_of(p, &env)).is_some_and(|v| v.same(held)) {
                return Ok(Held::Version(other.version));
            }
        }
        Ok(Held::Unknown)
    }

    fn identify_file(&self, stale: &Stale, secret: &Name, values: &Values) -> Result<Held, TargetError> {
        let Some(seen) = &stale.seen else { return Ok(Held::Missing) };
        for other in values.others(secret) {
            if self.world.render_text(&stale.file, &values.with(secret, other))?.same(seen) {
                return Ok(Held::Version(other.version));
            }
        }
        Ok(Held::Unknown)
    }

    async fn carried(
        &self,
        c: &Container,
        reach: &Reach,
        values: &Values,
        ends_again: bool,
    ) -> Result<Vec<Finding>, TargetError> {
        let service = &c.service;
        let env = self.world.env(values)?;
        let first_start = self.first_start(service);
        let expected_version = |secret: &Name| values.version(secret).unwrap_or_default();
        let mut findings = Vec::new();
        for (variable, wanted) in self.expected(service, reach, &env) {
            if c.env.get(&variable).is_some_and(|held| held.same(&wanted)) {
                continue;
            }
            for secret in reach.variables.get(&variable).into_iter().flatten() {
                let held = self.identify(c, &variable, secret, values)?;
                let place = format!("{service}: {variable}");
                let state = if first_start.contains(&variable) {
                    State::Note(format!(
                        "{held}, which counts only at its first start (a plain `up -d` would recreate it)"
                    ))
                } else {
                    State::Differs { held, expected: expected_version(secret) }
                };
                findings.push(self.finding(place, Some(secret), state));
            }
        }
        // Nobody sees a mounted file where no process is, or none for long.
        let stale = match c.running && !ends_again {
            true => self.stale(c, reach, values).await?,
            false => Vec::new(),
        };
        for stale in stale {
            for secret in reach.files.get(&stale.path).into_iter().flatten() {
                let state = match stale.only_too_old {
                    true => State::Unhealthy("was started before this file last changed".into()),
                    false => State::Differs {
                        held: self.identify_file(&stale, secret, values)?,
                        expected: expected_version(secret),
                    },
                };
                findings.push(self.finding(format!("{service}: {}", stale.path), Some(secret), state));
            }
        }
        let blamed: BTreeSet<Name> = findings.iter().filter_map(|f| f.secret.clone()).collect();
        for secret in reach.secrets().difference(&blamed) {
            findings.push(self.finding(
                service.clone(),
                Some(secret),
                State::Holds(expected_version(secret)),
            ));
        }
        Ok(findings)
    }

    async fn look(
        &self,
        service: &str,
        reach: &Reach,
        values: &Values,
        patience: Patience,
    ) -> Result<Vec<Finding>, TargetError> {
        let readiness = ready::wait(self.world, service, patience).await;
        let containers = self.world.engine.of_service(service).await?;
        if containers.is_empty() {
            // Nothing holds nothing; but what was just started must be there.
            let text = "has no container".to_owned();
            let state = match patience {
                Patience::Once => State::Note(text),
                Patience::Within | Patience::Afresh => State::Unreachable(text),
            };
            return Ok(vec![self.finding(service.to_owned(), None, state)]);
        }
        let mut findings = Vec::new();
        for container in &containers {
            let ends_again = readiness.is_err() && container.ends_again(Timestamp::now());
            findings.extend(self.carried(container, reach, values, ends_again).await?);
        }
        let images = self.spec.images.get(service);
        if images.is_some_and(|images| containers.iter().any(|c| !images.contains(&c.image_id))) {
            let state = State::Unhealthy(
                "runs another image than before; tag that one again and recreate it, or accept the new one"
                    .into(),
            );
            findings.push(self.finding(service.to_owned(), None, state));
        }
        if let Err(why) = readiness {
            findings.push(self.finding(service.to_owned(), None, State::Unhealthy(why)));
        }
        Ok(findings)
    }
}

/// The start of a container keeps two cores busy; on a small machine, more at once only make each other late (measured:
/// docs/performance.md).
fn starts_at_once() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| (cores.get() / 2).max(1))
}

struct Stale {
    file: String,
    path: String,
    seen: Option<Text>,
    /// The content is right, but the process opened it before it was.
    only_too_old: bool,
}

impl Target for Start<'_> {
    async fn apply(&self, change: &Change) -> Result<Effect, TargetError> {
        let todo = self.todo(change).await?;
        let starts = stream::iter(todo.start.iter().map(|c| self.world.engine.start(c)));
        starts.buffered(starts_at_once()).try_collect::<()>().await?;
        self.world.compose.up_changed(&todo.changed).await?;
        self.world.compose.up_anew(&todo.anew).await?;
        for restarted in join_all(todo.restart.iter().map(|c| self.world.engine.restart(c))).await {
            restarted?;
        }
        let of =
            |containers: &[Container]| containers.iter().map(|c| c.service.clone()).collect::<BTreeSet<_>>();
        let recreated = todo.changed.iter().chain(&todo.anew).cloned().collect();
        let done = [("started", of(&todo.start)), ("recreated", recreated), ("restarted", of(&todo.restart))];
        let done = done.into_iter().filter(|(_, services)| !services.is_empty());
        let done = done.map(|(what, services)| {
            format!("{what} {}", services.into_iter().collect::<Vec<_>>().join(", "))
        });
        let done: Vec<String> = done.collect();
        if done.is_empty() {
            return Ok(Effect::note("nothing to start"));
        }
        Ok(Effect { notes: done, ..Effect::default() })
    }

    async fn probe(&self, values: &Values, patience: Patience) -> Result<Vec<Finding>, TargetError> {
        let looks =
            self.spec.services.iter().map(|(service, reach)| self.look(service, reach, values, patience));
        let mut findings = Vec::new();
        for found in join_all(looks).await {
            findings.extend(found?);
        }
        Ok(findings)
    }
}
