//! `turnlock adopt`: after a change by hand, the stack's values are taken over as they are.

use std::collections::BTreeMap;

use clap::Args;
use jiff::Timestamp;
use serde_json::json;

use super::audit::moment;
use super::open::refuse_value;
use super::out::{print_json, table};
use super::recapture::proof;
use super::recover::refuse_unfinished;
use super::{Code, Error, Global, plan};
use crate::adopt::{self, Adoption};
use crate::drift;
use crate::journal::last_made;
use crate::recapture;
use crate::restored;
use crate::secret::{Name, Version};

#[derive(Debug, Args)]
pub struct AdoptArgs {
    /// The secrets that were changed
    #[arg(value_name = "SECRET", required = true)]
    pub secrets: Vec<Name>,
    /// Why, for the log
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// When the change was made: a moment as 2026-11-22T20:14:00Z, a date, or how long ago: 20m, 2d
    #[arg(long, value_name = "WHEN", value_parser = moment)]
    pub occurred_at: Timestamp,
}

/// One that is taken over.
struct Done {
    name: Name,
    adoption: Adoption,
    proven: Vec<String>,
}

pub async fn run(global: &Global, args: &AdoptArgs) -> Result<Code, Error> {
    if args.occurred_at > Timestamp::now() {
        let help = "say when the change was made: 2026-11-22T20:14:00Z, or how long ago: 20m";
        return Err(Error::new(Code::Usage, format!("{} is in the future", args.occurred_at), help));
    }
    let (log, opened) = global.open_restored().await?;
    let world = &opened.world;
    plan::known(&world.policy, &args.secrets)?;
    let (journal, _lock) = opened.act(log, Some(&args.reason)).await?;
    let reader = journal.reader();
    refuse_unfinished(&reader).await?;
    let current = drift::current(world, &last_made(&reader, &world.policy).await?).await?;
    let stands = restored::stands(world).await.map_err(Error::failed)?;
    let (mut adoptions, mut taken) = (BTreeMap::new(), BTreeMap::new());
    for name in &args.secrets {
        let adoption = adopt::read(world, &current, &stands, name).await?;
        taken.extend(adoption.taken().map(|t| (name.clone(), t.clone())));
        adoptions.insert(name.clone(), adoption);
    }
    let values = recapture::values_with(world, &current.values, &taken).await;
    refuse_value(&args.reason, world, &values)?;
    let findings = recapture::ask(world, &values).await?;
    let mut done = Vec::new();
    for (name, adoption) in adoptions {
        let proven = adopt::everywhere(&name, &findings)?;
        done.push(Done { name, adoption, proven });
    }
    // All are proven before the first is written.
    for Done { name, adoption, proven } in &done {
        adopt::write(world, &journal, name, adoption, args.occurred_at, proven).await??;
    }
    show(global, &done);
    Ok(Code::Done)
}

fn version(adoption: &Adoption) -> Version {
    match adoption {
        Adoption::Already(version) => *version,
        Adoption::Write(taken) | Adoption::Known(taken, _) => taken.version(),
    }
}

fn show(global: &Global, done: &[Done]) {
    let said = |d: &Done| {
        let version = version(&d.adoption);
        match d.adoption {
            Adoption::Write(_) => format!("adopted as v{version}"),
            Adoption::Known(..) => format!("adopted: v{version} was in Vault already"),
            Adoption::Already(_) => format!("v{version} already: nothing to adopt"),
        }
    };
    let is_weak = |d: &Done| d.adoption.taken().is_some_and(|taken| taken.weak);
    if global.json {
        let all = done.iter().map(|d| {
            let (version, result) = (version(&d.adoption), said(d));
            json!({
                "secret": d.name, "version": version, "result": result, "proven_by": d.proven, "weak": is_weak(d),
            })
        });
        print_json(&json!({ "adopted": all.collect::<Vec<_>>() }));
        return;
    }
    let note = |d: &Done| if is_weak(d) { "not as the generator makes it: rotate it soon" } else { "" };
    let rows = done.iter().map(|d| vec![d.name.to_string(), said(d), proof(&d.proven), note(d).into()]);
    table(&["SECRET", "RESULT", "PROVEN BY", "NOTE"], rows.collect());
}
