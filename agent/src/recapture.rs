//! Values that Vault lost, read back from where they still stand, proven, and written as its next versions.
//!
//! What is read is only a guess until something that cannot be told a wrong value has taken it: a database that lets it log in
//! and refuses another, data that it opens. Where there is no such thing, a running container that was given it is the best
//! witness there is.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use turnlock_audit::{LogError, Versions};

use crate::drift::{self, Current};
use crate::journal::Journal;
use crate::plan::{Refusal, Request};
use crate::restored::{Source, Stand};
use crate::secret::{Name, Value, Values, Version, Versioned};
use crate::survey;
use crate::target::{self, Finding, Patience, Spec, State, Target};
use crate::vault::{Created, VaultError};
use crate::world::World;

/// How many earlier versions are tried: none of them may still be accepted.
const EARLIER: u64 = 3;

/// One secret's value, as it was found, and what it will be.
#[derive(Clone)]
pub struct Taken {
    pub value: Value,
    /// Where it was read.
    pub places: Vec<String>,
    /// Vault's newest version, which it follows; 0 if there is none.
    pub based_on: Version,
    /// Not as the policy's generator makes it.
    pub weak: bool,
}

impl Taken {
    pub fn version(&self) -> Version {
        self.based_on + 1
    }
}

/// What all places of one kind hold, if they agree.
pub fn read(
    world: &World,
    current: &Current,
    stands: &BTreeMap<Name, Vec<Stand>>,
    name: &Name,
    source: Source,
) -> Result<Taken, Refusal> {
    let Some(behind) = current.behind.get(name) else {
        let what = format!("Vault is not older than the log for {name}: there is nothing to recapture");
        let help = format!("after a change by hand: `turnlock adopt {name}`; else see `turnlock drift`");
        return Err(Refusal::new(what, help));
    };
    let of_source: Vec<&Stand> =
        stands.get(name).into_iter().flatten().filter(|stand| stand.source == source).collect();
    let Some(first) = of_source.first() else {
        let what = format!("no {} holds a value of {name} that can be read", source.as_str());
        return Err(Refusal::new(what, "see `turnlock drift`: another place may"));
    };
    if let Some(other) = of_source.iter().find(|stand| !stand.value.same(&first.value)) {
        let what = format!("{} and {} hold different values of {name}", first.place, other.place);
        let other_source = if source == Source::File { Source::Container } else { Source::File };
        let help =
            format!("read it elsewhere with `--from {}`, or make them the same first", other_source.as_str());
        return Err(Refusal::new(what, help));
    }
    if behind.newest.is_some() && current.values.get(name).is_some_and(|v| v.value.same(&first.value)) {
        let what = format!("{} holds the value of {name} that Vault has too: no newer one", first.place);
        let help = format!(
            "if every place does, `turnlock adopt {name}` writes that down; else read it elsewhere, see `turnlock drift`"
        );
        return Err(Refusal::new(what, help));
    }
    let places = of_source.iter().map(|stand| stand.place.clone()).collect();
    let weak = !world.policy.secrets[name].generator.admits(&first.value);
    Ok(Taken { value: first.value.clone(), places, based_on: behind.based_on(), weak })
}

/// The current values with others in the place of some, and what they replace among those that must be refused.
pub async fn values_with(world: &World, current: &Values, taken: &BTreeMap<Name, Taken>) -> Values {
    let mut known = current.clone();
    survey::add_earlier(world, &mut known, EARLIER).await;
    let mut values = Values::default();
    for (name, held) in known.iter() {
        let is = taken.get(name).map_or_else(
            || held.clone(),
            |taken| Versioned { version: taken.version(), value: taken.value.clone() },
        );
        // What is right must not be tried as one that has to be refused.
        let others = known.others(name).iter().chain([held]).filter(|other| !other.value.same(&is.value));
        others.for_each(|other| values.add_other(name.clone(), other.clone()));
        values.insert(name.clone(), is.version, is.value);
    }
    values
}

/// What every place outside Vault says of these values.
pub async fn ask(world: &World, values: &Values) -> Result<Vec<Finding>, Refusal> {
    let cannot = |e: &dyn std::fmt::Display| Refusal::new(e.to_string(), "nothing was written");
    let facts = survey::facts(world, values, &Request::default()).await.map_err(|e| cannot(&e))?;
    let runs =
        |service: &str| facts.services.get(service).is_some_and(|s| s.containers.iter().any(|c| c.running));
    let mut targets = Vec::new();
    for spec in drift::everything(world, &facts) {
        // A one-off container would be given the files as they are, and they may be what is wrong.
        if matches!(&spec, Spec::Migration(m) if !facts.drifted.is_empty() && !runs(&m.service)) {
            continue;
        }
        targets.push((spec.id(), target::build(&spec, world).await));
    }
    let probes = targets.iter().map(|(id, target)| async move {
        let found = match target {
            Ok(target) => target.probe(values, Patience::Once).await,
            Err(e) => Err(target::TargetError::new(e.message.clone())),
        };
        found.unwrap_or_else(|e| {
            let state = State::Unreachable(e.message);
            vec![Finding { target: id.clone(), place: id.clone(), secret: None, state }]
        })
    });
    Ok(join_all(probes).await.into_iter().flatten().collect())
}

/// What speaks for a value: a database, data, Vault itself; or else the containers that carry it. Every one of them has to.
pub fn proof(world: &World, name: &Name, findings: &[Finding]) -> Result<Vec<String>, Refusal> {
    let knows = |target: &str| {
        let policy = &world.policy;
        match target.split_once('.') {
            Some(("database", id)) => policy.databases.get(id).is_some_and(|d| d.secret == *name),
            Some(("migration", id)) => policy.migrations.get(id).is_some_and(|m| m.secret == *name),
            Some(("own", _)) => policy.secrets[name].generator == crate::generate::Generator::Own,
            _ => false,
        }
    };
    let witnesses: Vec<&Finding> = findings.iter().filter(|f| knows(&f.target)).collect();
    let has_any = world.policy.databases.values().any(|d| d.secret == *name)
        || world.policy.migrations.values().any(|m| m.secret == *name);
    if witnesses.is_empty() && has_any {
        let what = format!("{name}: nothing that could prove it can be asked");
        return Err(Refusal::new(what, "start the stack's containers, then try again; nothing was written"));
    }
    let carriers = || {
        let of_name = |f: &&Finding| f.target == "containers" && f.secret.as_ref() == Some(name);
        findings.iter().filter(of_name).collect::<Vec<_>>()
    };
    let witnesses = if witnesses.is_empty() { carriers() } else { witnesses };
    let against = witnesses.iter().find(|f| !f.is_good());
    if let Some(against) = against {
        let what = format!("{name}: the value that was read is not proven: {against}");
        return Err(Refusal::new(
            what,
            "read it elsewhere with the other `--from`, or mend that; nothing was written",
        ));
    }
    let holds = |f: &&Finding| matches!(f.state, State::Holds(_));
    Ok(witnesses.into_iter().filter(holds).map(|f| f.place.clone()).collect())
}

/// Writes one as Vault's next version, between two entries of the log.
pub async fn write(
    world: &World,
    journal: &Journal,
    name: &Name,
    taken: &Taken,
    source: Source,
    proven: &[String],
) -> Result<Result<Created, VaultError>, LogError> {
    let from = Some(taken.based_on).filter(|version| *version > 0);
    let versions = Versions { from, to: Some(taken.version()) };
    let told = serde_json::json!({ "from": source.as_str(), "places": taken.places, "proven_by": proven });
    let write = world.vault.write(&world.policy.vault, name, &taken.value, taken.based_on);
    journal.around_write("recapture", name, versions, Some(told), write).await
}

/// For those that are not asked for: what their places hold, so that a line made of several secrets can be compared.
pub fn guess(stands: &BTreeMap<Name, Vec<Stand>>, name: &Name, source: Source) -> Option<Versioned> {
    let of_name = || stands.get(name).into_iter().flatten();
    let found = of_name().find(|stand| stand.source == source).or_else(|| of_name().next())?;
    Some(Versioned { version: 0, value: found.value.clone() })
}
