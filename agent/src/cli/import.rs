//! `turnlock import`: the stack's values become version 1 in Vault. Nothing of the stack is touched, and no engine is
//! needed.
//!
//! With `--compose` there is no policy yet: one is proposed (`propose`), and Vault is not asked at all.

mod collect;
mod propose;

use std::collections::BTreeMap;

use serde_json::json;
use turnlock_audit::Versions;

use super::open::same_stack;
use super::out::{print_json, table};
use super::{Code, Error, Global, ImportArgs};
use crate::actor::Actor;
use crate::journal::{Journal, Trigger, last_made};
use crate::policy::Policy;
use crate::secret::{Name, Passed, Value};
use crate::template::PASSTHROUGH;
use crate::vault::Vault;

/// What happens to one secret.
struct Item {
    name: Name,
    value: Value,
    /// It is in Vault already, with this version.
    already: Option<u64>,
    weak: bool,
}

/// What happens to the passthrough entry.
struct Passing {
    passed: Passed,
    /// Vault's version, 0 if there is none.
    based_on: u64,
    /// Vault has it as it is.
    same: bool,
}

impl Passing {
    fn version(&self) -> u64 {
        if self.same { self.based_on } else { self.based_on + 1 }
    }

    fn said(&self, dry_run: bool) -> String {
        match (self.same, dry_run) {
            (true, _) => "was in Vault already".into(),
            (false, true) => format!("would become v{}", self.version()),
            (false, false) => format!("imported as v{}", self.version()),
        }
    }
}

pub async fn run(global: &Global, args: &ImportArgs) -> Result<Code, Error> {
    if !args.stranger.compose.is_empty() {
        return propose::run(global, &args.stranger, args.dry_run).await;
    }
    let policy = global.load_policy()?;
    let (log, vault) = tokio::join!(global.open_log(), Vault::connect());
    // A log that cannot be opened is told first: without it nothing is done.
    let (log, vault) = (log?, vault?);
    same_stack(&log.reader(), &policy).await?;
    let held = collect::collect(&policy).await?;
    let passing = passing(&policy, &vault, held.passed, args.changed).await?;
    let items = items(&policy, &vault, held.secrets).await?;
    collect::prove(&policy, &items, passing.as_ref())?;
    if !args.dry_run {
        let actor = Actor::asked_by_caller(&vault).await;
        let journal = Journal::new(log, actor, &policy.stack.name, Trigger::Person, None);
        write(&policy, &vault, &journal, &items, passing.as_ref()).await?;
    }
    show(global, &items, passing.as_ref(), args.dry_run);
    Ok(Code::Done)
}

/// The values that were found, beside those that Vault has.
async fn items(policy: &Policy, vault: &Vault, found: BTreeMap<Name, Value>) -> Result<Vec<Item>, Error> {
    let mut items = Vec::new();
    for (name, value) in found {
        let live = vault.live(&policy.vault, &name, None).await?;
        if let Some(live) = &live
            && !live.value.same(&value)
        {
            return Err(Error::new(
                Code::Refused,
                format!("Vault has another value for {name} already (v{})", live.version),
                "if Vault is right, use `turnlock drift` and `turnlock repair`; nothing was written",
            ));
        }
        let weak = !policy.secrets[&name].generator.admits(&value);
        items.push(Item { name, value, already: live.map(|l| l.version), weak });
    }
    Ok(items)
}

/// What no policy manages, beside what Vault has of it.
async fn passing(
    policy: &Policy,
    vault: &Vault,
    passed: Passed,
    changed: bool,
) -> Result<Option<Passing>, Error> {
    if policy.files.values().all(|f| f.passthrough.is_empty()) {
        return Ok(None);
    }
    let Some((there, version)) = vault.passthrough(&policy.vault).await? else {
        return Ok(Some(Passing { passed, based_on: 0, same: false }));
    };
    let other: Vec<&str> = passed
        .iter()
        .filter(|(field, value)| there.get(field).is_some_and(|there| !there.same(value)))
        .map(|(field, _)| field.as_str())
        .collect();
    let more = passed.iter().any(|(field, _)| there.get(field).is_none());
    if other.is_empty() || changed {
        let same = other.is_empty() && !more;
        // What is there and in no file any more stays: an older policy may read it.
        let all = there.iter().chain(passed.iter()).map(|(field, value)| (field.clone(), value.clone()));
        return Ok(Some(Passing { passed: Passed::new(all.collect()), based_on: version, same }));
    }
    let what = format!(
        "Vault has something else in {PASSTHROUGH} already (v{version}) than the stack's files for {}",
        other.join(", ")
    );
    let help = "if the files are right, `turnlock import --changed` takes them over; if Vault is, `turnlock repair` with the \
                file's target; nothing was written";
    Err(Error::new(Code::Refused, what, help))
}

async fn write(
    policy: &Policy,
    vault: &Vault,
    journal: &Journal,
    items: &[Item],
    passing: Option<&Passing>,
) -> Result<(), Error> {
    if let Some(passing) = passing.filter(|p| !p.same) {
        // No secret has this name, so no fold of the log takes it for one.
        let from = Some(passing.based_on).filter(|version| *version > 0);
        let versions = Versions { from, to: Some(passing.based_on + 1) };
        let subjects = [(PASSTHROUGH.to_owned(), versions)].into();
        let effect = vault.write_passthrough(&policy.vault, &passing.passed, passing.based_on);
        journal.around("import", Some("vault"), subjects, effect).await??;
    }
    let known = last_made(&journal.reader()).await?;
    for item in items {
        let version = item.already.unwrap_or(1);
        // Known already: to write it down again would make it look younger than it is.
        if item.already.is_some() && known.get(&item.name).is_some_and(|made| made.version == version) {
            continue;
        }
        let subjects: BTreeMap<String, Versions> =
            [(item.name.to_string(), Versions { from: None, to: Some(version) })].into();
        let effect = async {
            match item.already {
                Some(version) => Ok(version),
                None => vault.write(&policy.vault, &item.name, &item.value, 0).await,
            }
        };
        journal.around("import", Some("vault"), subjects, effect).await??;
    }
    Ok(())
}

fn show(global: &Global, items: &[Item], passing: Option<&Passing>, dry_run: bool) {
    let said = |already: Option<u64>| match (already, dry_run) {
        (Some(_), _) => "was in Vault already",
        (None, true) => "would become v1",
        (None, false) => "imported as v1",
    };
    if global.json {
        let all: Vec<_> = items
            .iter()
            .map(|i| {
                let version = i.already.unwrap_or(1);
                json!({ "secret": i.name, "version": version, "result": said(i.already), "weak": i.weak })
            })
            .collect();
        let passed = passing.map(|p| {
            let fields: Vec<&String> = p.passed.iter().map(|(field, _)| field).collect();
            json!({ "version": p.version(), "result": p.said(dry_run), "fields": fields })
        });
        print_json(&json!({ "imported": all, "passthrough": passed }));
        return;
    }
    let weak = |item: &Item| if item.weak { "not as the generator makes it: rotate it soon" } else { "" };
    let mut rows: Vec<Vec<String>> =
        items.iter().map(|i| vec![i.name.to_string(), said(i.already).into(), weak(i).into()]).collect();
    rows.extend(passing.map(|p| {
        let note = format!("{} texts that nobody manages", p.passed.iter().count());
        vec![PASSTHROUGH.to_owned(), p.said(dry_run), note]
    }));
    table(&["SECRET", "RESULT", "NOTE"], rows);
}
