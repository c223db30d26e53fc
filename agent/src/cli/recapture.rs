//! `turnlock recapture`: values that a restored Vault has lost, back into it from where they still stand.

use std::collections::BTreeMap;

use clap::Args;
use serde_json::json;
use turnlock_audit::Reader;

use super::open::refuse_value;
use super::out::{print_json, table};
use super::{Code, Error, Global, plan};
use crate::drift;
use crate::journal::last_made;
use crate::recapture::{self, Taken};
use crate::recover;
use crate::restored::{self, Source};
use crate::secret::Name;

#[derive(Debug, Args)]
pub struct RecaptureArgs {
    /// The secrets that Vault has lost
    #[arg(value_name = "SECRET", required = true)]
    pub secrets: Vec<Name>,
    /// Where they are read
    #[arg(long, value_name = "WHERE")]
    pub from: Source,
    /// Why, for the log
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
}

/// One that is proven and written.
struct Done {
    name: Name,
    taken: Taken,
    proven: Vec<String>,
}

pub async fn run(global: &Global, args: &RecaptureArgs) -> Result<Code, Error> {
    let (log, opened) = global.open_restored().await?;
    let world = &opened.world;
    plan::known(&world.policy, &args.secrets)?;
    let (journal, _lock) = opened.act(log, Some(&args.reason)).await?;
    let reader = journal.reader();
    refuse_open_rotation(&reader).await?;
    let current = drift::current(world, &last_made(&reader, &world.policy).await?).await?;
    let stands = restored::stands(world).await.map_err(Error::failed)?;
    let mut taken = BTreeMap::new();
    for name in &args.secrets {
        taken.insert(name.clone(), recapture::read(world, &current, &stands, name, args.from)?);
    }
    let mut known = current.values.clone();
    for name in current.behind.keys().filter(|name| !taken.contains_key(name)) {
        if let Some(guess) = recapture::guess(&stands, name, args.from) {
            known.insert(name.clone(), guess.version, guess.value);
        }
    }
    let values = recapture::values_with(world, &known, &taken).await;
    refuse_value(&args.reason, world, &values)?;
    let findings = recapture::ask(world, &values).await?;
    let mut done = Vec::new();
    for (name, taken) in taken {
        let proven = recapture::proof(world, &name, &findings)?;
        done.push(Done { name, taken, proven });
    }
    // All are proven before the first is written.
    for Done { name, taken, proven } in &done {
        recapture::write(world, &journal, name, taken, args.from, proven).await??;
    }
    show(global, &done);
    Ok(Code::Done)
}

/// It can't be taken up while Vault is older than its plan; what its targets hold is read back afterwards.
async fn refuse_open_rotation(reader: &Reader) -> Result<(), Error> {
    let Some(unfinished) = recover::unfinished(reader).await? else { return Ok(()) };
    let what = format!("the rotation {} has not ended", unfinished.id);
    let help = format!(
        "end it as it stands: `turnlock resolve {} --accept --reason \"...\"`, then recapture",
        unfinished.id
    );
    Err(Error::new(Code::Refused, what, help))
}

fn show(global: &Global, done: &[Done]) {
    if global.json {
        let all = done.iter().map(|d| {
            let (version, places) = (d.taken.version(), &d.taken.places);
            json!({
                "secret": d.name, "version": version, "read_from": places, "proven_by": d.proven, "weak": d.taken.weak,
            })
        });
        print_json(&json!({ "recaptured": all.collect::<Vec<_>>() }));
        return;
    }
    let rows = done.iter().map(|d| {
        let said = format!("recaptured as v{}", d.taken.version());
        vec![d.name.to_string(), said, d.taken.places.join(", "), proof(&d.proven)]
    });
    table(&["SECRET", "RESULT", "READ FROM", "PROVEN BY"], rows.collect());
}

/// Without a witness there is a value, and nothing that speaks against it.
pub(super) fn proof(proven: &[String]) -> String {
    let mut proven: Vec<&str> = proven.iter().map(String::as_str).collect();
    proven.dedup();
    if proven.is_empty() { "nothing that runs".into() } else { proven.join(", ") }
}
