//! `turnlock import`: the stack's values become version 1 in Vault. Nothing of the stack is touched, and no engine is
//! needed.
//!
//! The agent's own login is the one secret that may have moved on without Vault: its new value becomes the next version.
//!
//! With `--compose` there is no policy yet: one is proposed (`propose`), and Vault is not asked at all.

mod adopt;
mod args;
mod collect;
mod propose;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::json;
use turnlock_audit::Versions;

use super::open::same_stack;
use super::out::{print_json, table};
use super::recover::refuse_unfinished;
use super::{Code, Error, Global};
use crate::generate::Generator;
use crate::journal::{Journal, LastMade, last_made};
use crate::lock::Lock;
use crate::policy::Policy;
use crate::restored;
use crate::secret::{Name, Passed, Value, Version, Versioned};
use crate::template::PASSTHROUGH;
use crate::vault::{Created, Vault};

pub use args::ImportArgs;

/// What happens to one secret.
struct Item {
    name: Name,
    value: Value,
    becomes: Becomes,
    weak: bool,
    /// When Vault made the version that is there.
    at: Option<Timestamp>,
}

#[derive(Clone, Copy)]
enum Becomes {
    First,
    /// It is in Vault already.
    Already(Version),
    /// It takes the place of this version.
    After(Version),
}

impl Becomes {
    fn version(self) -> Version {
        match self {
            Becomes::First => 1,
            Becomes::Already(version) => version,
            Becomes::After(version) => version + 1,
        }
    }
}

/// What happens to the passthrough entry.
struct Passing {
    passed: Passed,
    becomes: Becomes,
}

pub async fn run(global: &Global, args: &ImportArgs) -> Result<Code, Error> {
    if !args.stranger.compose.is_empty() {
        return propose::run(global, &args.stranger, args.dry_run).await;
    }
    let policy = global.load_policy()?;
    let (log, vault) = tokio::join!(global.open_log(), Vault::connect());
    // A log that cannot be opened is told first: without it nothing is done.
    let (log, vault) = (log?, vault?);
    let reader = log.reader();
    same_stack(&reader, &policy).await?;
    let journal = match args.dry_run {
        true => None,
        false => Some(global.journal(log, &vault, &policy).await?),
    };
    let _lock = match &journal {
        Some(journal) => Some(Lock::take(&policy.stack.root, journal).await?),
        None => None,
    };
    let known = last_made(&reader, &policy).await?;
    restored::refuse_by_files(&vault, &policy, &known).await??;
    let held = collect::collect(&policy).await?;
    let passing = passing(&policy, &vault, held.passed, args.changed).await?;
    let items = items(&policy, &vault, held.secrets, &known).await?;
    collect::prove(&policy, &items, passing.as_ref())?;
    // A rotation has two good secret-ids, and decides itself which of them stays.
    if items.iter().any(|i| matches!(i.becomes, Becomes::After(_))) {
        refuse_unfinished(&reader).await?;
    }
    if let Some(journal) = &journal {
        write(&policy, &vault, journal, &items, passing.as_ref()).await?;
    }
    show(global, &items, passing.as_ref(), args.dry_run);
    Ok(Code::Done)
}

/// The values that were found, beside those that Vault has.
async fn items(
    policy: &Policy,
    vault: &Vault,
    found: BTreeMap<Name, Value>,
    known: &BTreeMap<Name, LastMade>,
) -> Result<Vec<Item>, Error> {
    let mut items = Vec::new();
    for (name, value) in found {
        let (live, at) = vault.dated(&policy.vault, &name, None).await?.map(|(v, c)| (v, c.at)).unzip();
        let becomes = match live {
            None => Becomes::First,
            Some(live) if live.value.same(&value) => Becomes::Already(live.version),
            Some(live) if is_ours(policy, &name, &live, known) => {
                adopt::may(policy, vault, &name, &live, &value).await?;
                Becomes::After(live.version)
            }
            Some(live) => {
                return Err(Error::new(
                    Code::Refused,
                    format!("Vault has another value for {name} already (v{})", live.version),
                    "if Vault is right, use `turnlock drift` and `turnlock repair`; nothing was written",
                ));
            }
        };
        let weak = !policy.secrets[&name].generator.admits(&value);
        items.push(Item { name, value, becomes, weak, at: at.flatten() });
    }
    Ok(items)
}

/// The agent's own login, with nothing in Vault that the log does not know of: that is for `turnlock repair vault` first.
fn is_ours(policy: &Policy, name: &Name, live: &Versioned, known: &BTreeMap<Name, LastMade>) -> bool {
    policy.secrets[name].generator == Generator::Own
        && known.get(name).is_none_or(|made| made.version == live.version)
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
        return Ok(Some(Passing { passed, becomes: Becomes::First }));
    };
    let other: Vec<&str> = passed
        .iter()
        .filter(|(field, value)| there.get(field).is_some_and(|there| !there.same(value)))
        .map(|(field, _)| field.as_str())
        .collect();
    let more = passed.iter().any(|(field, _)| there.get(field).is_none());
    if other.is_empty() || changed {
        let same = other.is_empty() && !more;
        let becomes = if same { Becomes::Already(version) } else { Becomes::After(version) };
        // What is there and in no file any more stays: an older policy may read it.
        let all = there.iter().chain(passed.iter()).map(|(field, value)| (field.clone(), value.clone()));
        return Ok(Some(Passing { passed: Passed::new(all.collect()), becomes }));
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
    if let Some(passing) = passing.filter(|p| !matches!(p.becomes, Becomes::Already(_))) {
        // No secret has this name, so no fold of the log takes it for one.
        let based_on = passing.becomes.version() - 1;
        let from = Some(based_on).filter(|version| *version > 0);
        let versions = Versions { from, to: Some(based_on + 1) };
        let subjects = [(PASSTHROUGH.to_owned(), versions)].into();
        let effect = vault.write_passthrough(&policy.vault, &passing.passed, based_on);
        journal.around("import", Some("vault"), subjects, effect).await??;
    }
    let known = last_made(&journal.reader(), policy).await?;
    for item in items {
        let version = item.becomes.version();
        let (from, based_on) = match item.becomes {
            // Known already: to write it down again would make it look younger than it is.
            Becomes::Already(_) if known.get(&item.name).is_some_and(|made| made.version == version) => {
                continue;
            }
            Becomes::Already(_) => (None, None),
            Becomes::First => (None, Some(0)),
            Becomes::After(old) => (Some(old), Some(old)),
        };
        let effect = async {
            match based_on {
                None => Ok(Created { version, at: item.at, readable: true }),
                Some(old) => vault.write(&policy.vault, &item.name, &item.value, old).await,
            }
        };
        let versions = Versions { from, to: Some(version) };
        journal.around_write("import", &item.name, versions, None, effect).await??;
    }
    Ok(())
}

fn show(global: &Global, items: &[Item], passing: Option<&Passing>, dry_run: bool) {
    let said = |becomes: Becomes| match (becomes, dry_run) {
        (Becomes::Already(_), _) => "was in Vault already".to_owned(),
        (_, true) => format!("would become v{}", becomes.version()),
        (_, false) => format!("imported as v{}", becomes.version()),
    };
    if global.json {
        let all: Vec<_> = items
            .iter()
            .map(|i| {
                let version = i.becomes.version();
                json!({ "secret": i.name, "version": version, "result": said(i.becomes), "weak": i.weak })
            })
            .collect();
        let passed = passing.map(|p| {
            let fields: Vec<&String> = p.passed.iter().map(|(field, _)| field).collect();
            json!({ "version": p.becomes.version(), "result": said(p.becomes), "fields": fields })
        });
        print_json(&json!({ "imported": all, "passthrough": passed }));
        return;
    }
    let weak = |item: &Item| if item.weak { "not as the generator makes it: rotate it soon" } else { "" };
    let mut rows: Vec<Vec<String>> =
        items.iter().map(|i| vec![i.name.to_string(), said(i.becomes), weak(i).into()]).collect();
    rows.extend(passing.map(|p| {
        let note = format!("{} texts that nobody manages", p.passed.iter().count());
        vec![PASSTHROUGH.to_owned(), said(p.becomes), note]
    }));
    table(&["SECRET", "RESULT", "NOTE"], rows);
}
