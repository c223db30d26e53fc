//! `turnlock import`: the running stack's values become version 1 in Vault. Nothing of the stack is touched.

use std::collections::BTreeMap;
use std::path::Path;

use secrecy::ExposeSecret;
use serde_json::json;
use turnlock_audit::Versions;

use super::out::{print_json, table};
use super::{Code, Error, Global, ImportArgs};
use crate::envfile::{self, Text};
use crate::generate::Generator;
use crate::journal::{Journal, Trigger, last_made};
use crate::secret::{Name, Value, Values};
use crate::target::file::{Below, FileTarget};
use crate::target::{Patience, Spec, Target, own};
use crate::vault::secret_id_file;
use crate::world::World;
use crate::{drift, survey};

/// What happens to one secret.
struct Item {
    name: Name,
    value: Value,
    /// It is in Vault already, with this version.
    already: Option<u64>,
    weak: bool,
}

pub async fn run(global: &Global, args: &ImportArgs) -> Result<Code, Error> {
    let (log, opened) = global.open_both().await?;
    let world = &opened.world;
    let items = collect(world).await?;
    prove(world, &items).await?;
    if !args.dry_run {
        let journal = opened.journal(log, Trigger::Person, None).await;
        write(world, &journal, &items).await?;
    }
    show(global, &items, args.dry_run);
    Ok(Code::Done)
}

/// Reads the env file as Compose reads it: each secret is the variable of its name.
async fn collect(world: &World) -> Result<Vec<Item>, Error> {
    let policy = &world.policy;
    let file = &policy.files[&policy.stack.env_file].path;
    refuse_missing(world, file)?;
    let env = world.compose.environment(&policy.stack.root.join(file)).await.map_err(Error::failed)?;
    let mut items = Vec::new();
    for (name, secret) in &policy.secrets {
        let value = match secret.generator {
            Generator::Own => own_login(name)?,
            _ => value_of(env.get(name.as_str()).ok_or_else(|| no_value(file, name))?),
        };
        let live = world.vault.live(&policy.vault, name, None).await?;
        if let Some(live) = &live
            && !live.value.same(&value)
        {
            return Err(Error::new(
                Code::Refused,
                format!("Vault has another value for {name} already (v{})", live.version),
                "if Vault is right, use `turnlock drift` and `turnlock repair`; nothing was written",
            ));
        }
        let weak = !secret.generator.admits(&value);
        items.push(Item { name: name.clone(), value, already: live.map(|l| l.version), weak });
    }
    Ok(items)
}

/// Looked at before Compose is asked, which may refuse to read a file that lacks a variable.
fn refuse_missing(world: &World, file: &Path) -> Result<(), Error> {
    let below = Below::open(&world.policy.stack.root).map_err(Error::failed)?;
    let Some(is) = below.look(file).map_err(Error::failed)? else {
        let what = format!("there is no {}", file.display());
        return Err(Error::new(
            Code::Refused,
            what,
            "start the stack as it always was started, then import it",
        ));
    };
    let found = envfile::parse(&is.text).map_err(|line| {
        let what = format!("{}: line {line} is not KEY=VALUE", file.display());
        Error::new(Code::Refused, what, "write each value on one line, in single quotes")
    })?;
    let of_file = world.policy.secrets.iter().filter(|(_, s)| s.generator != Generator::Own);
    match of_file.map(|(n, _)| n).find(|n| found.get(n.as_str()).is_none_or(Text::is_empty)) {
        Some(name) => Err(no_value(file, name)),
        None => Ok(()),
    }
}

/// The agent's own secret-id stands in a file of its own.
fn own_login(name: &Name) -> Result<Value, Error> {
    secret_id_file().and_then(|file| own::held_now(&file)).ok_or_else(|| {
        let what = format!("{name} is the agent's secret-id, and there is none in VAULT_SECRET_ID_FILE");
        Error::new(Code::Refused, what, "enrol the agent first: `turnlock enroll`")
    })
}

fn no_value(file: &Path, name: &Name) -> Error {
    let what = format!("{} has no value for {name}", file.display());
    Error::new(Code::Refused, what, "give it one, or take the secret out of the policy")
}

#[expect(clippy::disallowed_methods, reason = "a value of the env file becomes one of Vault")]
fn value_of(text: &Text) -> Value {
    Value::new(text.expose_secret().to_owned())
}

/// Every rendered file must come out as it is now: else a first rotation would change more than the secrets.
async fn prove(world: &World, items: &[Item]) -> Result<(), Error> {
    let mut values = Values::default();
    for item in items {
        values.insert(item.name.clone(), item.already.unwrap_or(1), item.value.clone());
    }
    let facts = survey::facts(world, &values, &Default::default()).await?;
    let mut wrong = Vec::new();
    for spec in drift::everything(world, &facts) {
        if let Spec::File(file) = &spec {
            let target = FileTarget::new(file, world).map_err(Error::failed)?;
            let findings = target.probe(&values, Patience::Once).await.map_err(Error::failed)?;
            wrong.extend(findings.into_iter().filter(|f| !f.is_good()).map(|f| f.to_string()));
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(Error::new(
        Code::Refused,
        format!("the templates do not render the stack's files as they are: {}", wrong.join("; ")),
        "correct the template, the file's owner and mode, or the value that differs; nothing was written",
    ))
}

async fn write(world: &World, journal: &Journal, items: &[Item]) -> Result<(), Error> {
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
                None => world.vault.write(&world.policy.vault, &item.name, &item.value, 0).await,
            }
        };
        journal.around("import", Some("vault"), subjects, effect).await??;
    }
    Ok(())
}

fn show(global: &Global, items: &[Item], dry_run: bool) {
    let said = |item: &Item| match (item.already, dry_run) {
        (Some(_), _) => "was in Vault already",
        (None, true) => "would become v1",
        (None, false) => "imported as v1",
    };
    if global.json {
        let all: Vec<_> = items
            .iter()
            .map(|i| json!({ "secret": i.name, "version": i.already.unwrap_or(1), "result": said(i), "weak": i.weak }))
            .collect();
        print_json(&json!({ "imported": all }));
        return;
    }
    let weak = |item: &Item| if item.weak { "not as the generator makes it: rotate it soon" } else { "" };
    let rows = items.iter().map(|i| vec![i.name.to_string(), said(i).into(), weak(i).into()]).collect();
    table(&["SECRET", "RESULT", "NOTE"], rows);
}
