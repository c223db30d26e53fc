//! Probes every place against what the log says is current; and repair, which applies the current values to themselves.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use turnlock_audit::{LogError, Reader, Versions};

use crate::generate::Generator;
use crate::journal::{Journal, LastMade};
use crate::plan::{self, Refusal, Request};
use crate::recover;
use crate::restored::{self, Behind, Looked};
use crate::secret::{Change, Held, Name, Value, Values, Versioned};
use crate::survey::{self, Facts};
use crate::target::compose::StartSpec;
use crate::target::file::FileSpec;
use crate::target::{self, Any, Finding, Patience, Spec, State, Target, TargetError};
use crate::vault::{Staged, VaultError, together};
use crate::watch::Watch;
use crate::world::{Keys, World, WorldError};

/// How many earlier versions are tried to name what a place holds.
const EARLIER: u64 = 3;

const NO_VALUE: &str = "has no readable value: undelete it in Vault, or bring it in with `turnlock import`";

/// A one-off container in front of a drifted env file would prove nothing.
const PUT_OFF: &str = "not asked while a file has drifted";

/// Everything as it should be, and what is wrong with Vault itself.
#[derive(Clone, Default)]
pub struct Current {
    /// What the log made current; where the log knows nothing, Vault's newest.
    pub values: Values,
    /// Vault's newest version where it isn't the current one.
    pub strangers: BTreeMap<Name, Versioned>,
    /// Secrets of the policy without any value in Vault.
    pub missing: Vec<Name>,
    /// Secrets whose value in Vault is older than the log says: then nothing but Vault's newest is known.
    pub behind: BTreeMap<Name, Behind>,
}

/// Reads Vault and compares it with the log.
pub async fn current(world: &World, last: &BTreeMap<Name, LastMade>) -> Result<Current, WorldError> {
    let mut current = Current::default();
    for (name, looked) in restored::look(&world.vault, &world.policy, last).await? {
        let Looked { newest, then, behind } = looked;
        if let Some(behind) = behind {
            current.behind.insert(name.clone(), behind);
        }
        let is_stranger =
            |newest: &Versioned| last.get(&name).is_some_and(|made| made.version != newest.version);
        match (newest, then) {
            // Nobody can hold what stands in for it: each place that holds something is named.
            (None, _) if behind.is_some() => current.values.insert(name, 0, nobodys()?),
            (None, _) => current.missing.push(name),
            (Some(newest), _) if behind.is_some() => {
                current.values.insert(name, newest.version, newest.value);
            }
            (Some(newest), then) if is_stranger(&newest) => {
                match then {
                    Some(v) => {
                        current.values.insert(name.clone(), v.version, v.value);
                        current.values.add_other(name.clone(), newest.clone());
                    }
                    None => current.values.insert(name.clone(), newest.version, newest.value.clone()),
                }
                current.strangers.insert(name, newest);
            }
            (Some(newest), _) => current.values.insert(name, newest.version, newest.value),
        }
    }
    Ok(current)
}

fn nobodys() -> Result<Value, WorldError> {
    let random = Generator::Hex { bytes: 32 }.generate();
    Ok(random.map_err(|e| TargetError::new(e.to_string()))?)
}

/// Every place that holds a secret, as targets.
pub fn everything(world: &World, facts: &Facts) -> Vec<Spec> {
    let policy = &world.policy;
    let mut all: Vec<Spec> = policy
        .files
        .iter()
        .map(|(id, file)| {
            Spec::File(FileSpec::of(id, file, plan::how_to_write(id, policy, facts), Keys::new()))
        })
        .collect();
    all.extend(
        policy.databases.iter().map(|(id, d)| Spec::Postgres(target::postgres::PostgresSpec::new(id, d))),
    );
    all.extend(policy.migrations.iter().map(|(id, m)| {
        Spec::Migration(target::migration::MigrationSpec {
            id: id.clone(),
            secret: m.secret.clone(),
            service: m.service.clone(),
            command: m.command.clone(),
        })
    }));
    let services = facts.services.iter().map(|(name, s)| (name.clone(), s.reach.clone())).collect();
    all.push(Spec::Start(StartSpec { services, images: BTreeMap::new() }));
    all.extend(plan::own(policy, facts).map(Spec::Own));
    all
}

/// What every place holds.
pub async fn look(world: &World, reader: &Reader, current: &Current) -> Result<Vec<Finding>, WorldError> {
    let mut findings = vault_findings(world, current);
    if let Ok(Some(unfinished)) = recover::unfinished(reader).await {
        let text =
            format!("{} has not ended: it is running, or `turnlock recover` takes it up", unfinished.id);
        let state = State::Unhealthy(text);
        findings.push(Finding { target: "rotation".into(), place: "a rotation".into(), secret: None, state });
    }
    if !current.missing.is_empty() {
        // No file can be rendered, so no place can be compared.
        let state = State::Note("not asked while Vault lacks a value".into());
        findings.push(Finding {
            target: "vault".into(),
            place: "all other places".into(),
            secret: None,
            state,
        });
        restored::explain(world, reader, current, &mut findings).await;
        return Ok(findings);
    }
    let mut values = current.values.clone();
    survey::add_earlier(world, &mut values, EARLIER).await;
    let staged = staged(world).await?;
    add_pending(&mut values, &staged);
    let facts = survey::facts(world, &values, &Request::default()).await?;
    let mut targets = Vec::new();
    for spec in everything(world, &facts) {
        targets.push((spec.id(), target::build(&spec, world).await));
    }
    // A one-off container would have the engine make a directory in a missing file's place.
    let whole = facts.drifted.is_empty();
    let (asked, put_off): (Vec<_>, Vec<_>) =
        targets.iter().partition(|(id, _)| whole || !id.starts_with("migration."));
    let probes = asked.into_iter().map(|(id, target)| probe(id, target, &values));
    findings.extend(join_all(probes).await.into_iter().flatten());
    findings.extend(put_off.into_iter().map(|(id, _)| Finding {
        target: id.clone(),
        place: id.clone(),
        secret: None,
        state: State::Note(PUT_OFF.into()),
    }));
    findings.extend(strangers(&facts));
    findings.extend(staged_findings(world, reader, &staged).await);
    restored::explain(world, reader, current, &mut findings).await;
    Ok(findings)
}

/// How long the slowest service may take to become ready.
pub fn longest_start(world: &World) -> Duration {
    let ready = world.policy.services.values().filter_map(|s| s.ready.as_ref());
    ready.map(|r| r.within).max().unwrap_or_default()
}

/// As [`look`], but gives what is not ready some time.
pub async fn settled(
    world: &World,
    reader: &Reader,
    current: &Current,
    grace: Duration,
) -> Result<Vec<Finding>, WorldError> {
    let deadline = tokio::time::Instant::now() + grace;
    loop {
        let findings = look(world, reader, current).await?;
        let waiting = findings.iter().any(|f| matches!(f.state, State::Unhealthy(_) | State::Unreachable(_)));
        if !waiting || tokio::time::Instant::now() >= deadline {
            return Ok(findings);
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

async fn probe(id: &str, target: &Result<Any<'_>, TargetError>, values: &Values) -> Vec<Finding> {
    let found = match target {
        Ok(target) => target.probe(values, Patience::Once).await,
        Err(e) => Err(TargetError::new(e.message.clone())),
    };
    found.unwrap_or_else(|e| {
        let state = State::Unreachable(e.message);
        vec![Finding { target: id.into(), place: id.into(), secret: None, state }]
    })
}

fn vault_findings(world: &World, current: &Current) -> Vec<Finding> {
    let p = &world.policy.vault;
    let finding = |name: &Name, state| Finding {
        target: "vault".into(),
        place: format!("Vault: {}/{}/{name}", p.mount, p.prefix),
        secret: Some(name.clone()),
        state,
    };
    let mut findings = Vec::new();
    for (name, held) in current.values.iter() {
        let state = match current.strangers.get(name) {
            Some(newest) if newest.version == held.version => State::Unhealthy(format!(
                "v{} is not in the log, and the version that the log made current can't be read any more",
                newest.version
            )),
            Some(newest) => State::Differs { held: Held::Version(newest.version), expected: held.version },
            // How far it is behind is said where all of its places are.
            None if current.behind.contains_key(name) => State::Unhealthy(String::new()),
            None => State::Holds(held.version),
        };
        findings.push(finding(name, state));
    }
    let missing = current.missing.iter();
    findings.extend(missing.map(|n| finding(n, State::Unhealthy(NO_VALUE.into()))));
    findings
}

/// Every pending value, whose rotation it may be.
pub async fn staged(world: &World) -> Result<BTreeMap<Name, Staged>, WorldError> {
    let mut found = BTreeMap::new();
    let names = world.policy.secrets.keys();
    let reads = names.clone().map(|name| world.vault.staged(&world.policy.vault, name));
    for (name, staged) in names.zip(together(reads).await) {
        match staged {
            Ok(Some(staged)) => _ = found.insert(name.clone(), staged),
            // Not of our making; the rest is looked at all the same.
            Ok(None) | Err(VaultError::Malformed(..) | VaultError::Deleted(_)) => {}
            Err(e) => return Err(e.into()),
        }
    }
    Ok(found)
}

pub fn add_pending(values: &mut Values, staged: &BTreeMap<Name, Staged>) {
    for (name, pending) in staged {
        let version = pending.based_on + 1;
        values.add_other(name.clone(), Versioned { version, value: pending.value.clone() });
    }
}

/// Services that hold the current values, and that nobody can bring any others to.
fn strangers(facts: &Facts) -> impl Iterator<Item = Finding> {
    let text = "runs with it, and the compose files don't have this service: a rotation is refused";
    let of = move |(service, secret): (&String, &Name)| Finding {
        target: "containers".into(),
        place: service.clone(),
        secret: Some(secret.clone()),
        state: State::Note(text.into()),
    };
    let all = facts.strangers.iter().flat_map(|(service, held)| held.iter().map(move |name| (service, name)));
    all.map(of)
}

/// Pending values: of a rotation that goes on a note, of one that has ended a leftover.
async fn staged_findings(world: &World, reader: &Reader, staged: &BTreeMap<Name, Staged>) -> Vec<Finding> {
    let p = &world.policy.vault;
    let mut findings = Vec::new();
    for (name, staged) in staged {
        let id = &staged.rotation;
        let state = match recover::has_ended(reader, id).await {
            Ok(true) => State::Unhealthy(format!("a pending value of the rotation {id}, which has ended")),
            _ => State::Note(format!("a pending value of the rotation {id} of {}", staged.owner)),
        };
        let place = format!("Vault: {}/{}/{name}", p.staging, p.owner);
        findings.push(Finding { target: "staging".into(), place, secret: Some(name.clone()), state });
    }
    findings
}

/// One target brought back to the current versions.
pub struct Repaired {
    pub target: String,
    pub result: Result<Vec<String>, String>,
}

/// Applies the current values to themselves, in the order of a rotation, wherever `findings` are bad.
pub async fn repair(
    world: &World,
    journal: &Journal,
    watch: &Watch,
    current: &Current,
    findings: &[Finding],
    only: Option<&str>,
) -> Result<Vec<Repaired>, WorldOrLog> {
    let wrong =
        |id: &str| only.is_none_or(|o| o == id) && findings.iter().any(|f| f.target == id && !f.is_good());
    let mut values = current.values.clone();
    let mut repaired = Vec::new();
    if wrong("vault") {
        repaired.extend(repair_vault(world, journal, current, &mut values).await?);
    }
    survey::add_earlier(world, &mut values, EARLIER).await;
    // An undo that got stuck may have left a pending value somewhere, and it may be needed to get in.
    add_pending(&mut values, &staged(world).await.map_err(WorldOrLog::World)?);
    let facts = survey::facts(world, &values, &Request::default()).await.map_err(WorldOrLog::World)?;
    let change = Change::to_itself(values);
    let widenings = plan::widenings(&world.policy, &facts.access);
    for spec in everything(world, &facts) {
        let id = spec.id();
        if !wrong(&id) {
            continue;
        }
        let stray = findings.iter().any(|f| f.target == id && matches!(f.state, State::Stray(_)));
        if stray && only.is_none() {
            repaired.push(Repaired { target: id.clone(), result: Err(would_lose(&id)) });
            return Ok(repaired);
        }
        let subjects: BTreeMap<String, Versions> = BTreeMap::new();
        let effect = async {
            let target = target::build(&spec, world).await?;
            match target.apply(&change).await {
                Err(e) => {
                    watch.debug(&e.message, e.theirs.as_deref(), &change, &world.passed);
                    Err(e)
                }
                ok => ok,
            }
        };
        let result = journal.around("repair", Some(&id), subjects, effect).await.map_err(WorldOrLog::Log)?;
        let failed = result.is_err();
        let mut result = result.map(|e| e.notes).map_err(|e| e.message);
        if let (Ok(notes), Spec::File(file)) = (&mut result, &spec) {
            let of_file = widenings.iter().filter(|w| w.contains(&format!(" could read {},", file.path)));
            notes.extend(of_file.map(|w| format!("a widening: {w}")));
        }
        repaired.push(Repaired { target: id, result });
        // What comes later builds on what came before: containers on files, migrations on roles.
        if failed {
            return Ok(repaired);
        }
    }
    Ok(repaired)
}

/// Somebody may have written there what stands nowhere else.
fn would_lose(id: &str) -> String {
    format!(
        "it holds what no template renders, and would lose it: take that over (docs/operations.md, \"To add or change a \
         variable\"), or write over it with `turnlock repair {id}`"
    )
}

#[derive(Debug, thiserror::Error)]
pub enum WorldOrLog {
    #[error(transparent)]
    World(WorldError),
    #[error(transparent)]
    Log(LogError),
}

/// The value that the log made current becomes Vault's newest again, under a new number; what somebody wrote meanwhile
/// stays in Vault's history.
async fn repair_vault(
    world: &World,
    journal: &Journal,
    current: &Current,
    values: &mut Values,
) -> Result<Vec<Repaired>, WorldOrLog> {
    let mut repaired = Vec::new();
    for (name, newest) in &current.strangers {
        let Some(held) = current.values.get(name).cloned() else { continue };
        let to = newest.version + 1;
        let versions = Versions { from: Some(newest.version), to: Some(to) };
        let write = world.vault.write(&world.policy.vault, name, &held.value, newest.version);
        let result =
            journal.around_write("repair", name, versions, None, write).await.map_err(WorldOrLog::Log)?;
        if let Ok(written) = &result {
            values.insert(name.clone(), written.version, held.value.clone());
        }
        let said = result.map(|w| vec![format!("{name}: v{} has the value of v{}", w.version, held.version)]);
        repaired.push(Repaired { target: "vault".into(), result: said.map_err(|e| e.to_string()) });
    }
    Ok(repaired)
}

/// Removes the pending values of rotations that have ended; `None` if there are none, or if anything else is not proven:
/// until then one of them may be what opens the data.
pub async fn discard_leftovers(
    world: &World,
    journal: &Journal,
    findings: &[Finding],
) -> Result<Option<Repaired>, WorldOrLog> {
    let left = |f: &&Finding| f.target == "staging" && !f.is_good();
    let names: Vec<Name> = findings.iter().filter(left).filter_map(|f| f.secret.clone()).collect();
    let unproven = findings.iter().any(|f| f.target != "staging" && !f.is_good());
    let not_asked = findings.iter().any(|f| f.state == State::Note(PUT_OFF.into()));
    if names.is_empty() || unproven || not_asked {
        return Ok(None);
    }
    let subjects = names.iter().map(|n| (n.to_string(), Versions::default())).collect();
    let effect = async {
        for name in &names {
            world.vault.discard(&world.policy.vault, name).await?;
        }
        Ok::<_, crate::vault::VaultError>(vec![format!("{} pending values removed", names.len())])
    };
    let result =
        journal.around("repair", Some("staging"), subjects, effect).await.map_err(WorldOrLog::Log)?;
    Ok(Some(Repaired { target: "staging".into(), result: result.map_err(|e| e.to_string()) }))
}

/// A rotation needs Vault and the log to agree.
pub fn refuse_strangers(current: &Current, names: impl IntoIterator<Item = Name>) -> Result<(), Refusal> {
    for name in names {
        if let Some(newest) = current.strangers.get(&name) {
            let made = current.values.version(&name).unwrap_or_default();
            return Err(Refusal::new(
                format!(
                    "{name} is at v{} in Vault, but the log's last is v{made}: somebody else wrote it",
                    newest.version
                ),
                "take it back with `turnlock repair vault`",
            ));
        }
    }
    // Also of a secret that isn't asked for: the files that hold it can't be rendered.
    match current.missing.first() {
        None => Ok(()),
        Some(name) => Err(Refusal::new(
            format!("{name} has no readable value in Vault"),
            "undelete it in Vault, or bring the stack's values in with `turnlock import`",
        )),
    }
}
