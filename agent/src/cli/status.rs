//! `turnlock status`: each secret's version, age and next date, from the log and the policy alone. If Vault answers at once, it
//! also says whether that is older, and whether its clock is another.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;

use super::out::{day, print, print_json, table};
use super::recover::{open_rotation, tree, tree_json};
use super::{Code, Error, Global};
use crate::clock::Skew;
use crate::journal::{self, LastMade, Maker};
use crate::plan::Refusal;
use crate::policy::{Due, Policy};
use crate::recover::Unfinished;
use crate::redact::escaped;
use crate::restored;
use crate::schedule::{self, Standing};
use crate::secret::Name;
use crate::vault::Vault;

pub async fn run(global: &Global) -> Result<Code, Error> {
    let policy = global.load_policy()?;
    let reader = global.open_reader().await?;
    let last = journal::last_made(&reader, &policy).await?;
    let open = open_rotation(&reader).await?;
    let busy = busy(open.as_ref().map(|(unfinished, _)| unfinished));
    let standings = standings(&policy, &last, Timestamp::now());
    let Glimpse { older, skew } = glimpse(&policy, &last).await;
    if global.json {
        let all: Vec<_> = standings.iter().map(|s| as_json(&policy, s, &last, &busy)).collect();
        let open = open.as_ref().map(|(unfinished, course)| tree_json(unfinished, *course));
        let older = older.map(|refusal| json!({ "what": refusal.what, "help": refusal.help }));
        print_json(&json!({
            "stack": policy.stack.name, "secrets": all, "unfinished": open, "vault_is_older": older,
            "clock": skew.map(|skew| skew.to_string()),
        }));
        return Ok(Code::Done);
    }
    let rows = standings
        .iter()
        .map(|s| {
            let made = last.get(&s.name);
            vec![
                s.name.to_string(),
                made.map_or("-".into(), |m| format!("v{}", m.version)),
                made.map_or("never".into(), since),
                frequency(&policy.secrets[&s.name].due),
                s.next.map_or("-".into(), day),
                busy.get(&s.name).cloned().unwrap_or_else(|| s.state.to_string()),
            ]
        })
        .collect();
    table(&["SECRET", "VERSION", "SINCE", "EVERY", "NEXT", "STATE"], rows);
    if let Some((unfinished, course)) = &open {
        print(&format!("\n{}", tree(unfinished, *course)));
    }
    if let Some(refusal) = older {
        print(&format!("\n{}\n  next       {}\n", escaped(&refusal.what), refusal.help));
    }
    if let Some(skew) = skew {
        print(&format!(
            "\nwarning: {skew}: what is due may be told wrongly\n  next       set the clock that is wrong\n"
        ));
    }
    Ok(Code::Done)
}

/// A Vault that is not there, or that nobody is logged in to, is no reason to keep the rest from whoever asks.
const GLANCE: Duration = Duration::from_secs(2);

#[derive(Default)]
struct Glimpse {
    older: Option<Refusal>,
    skew: Option<Skew>,
}

async fn glimpse(policy: &Policy, last: &BTreeMap<Name, LastMade>) -> Glimpse {
    let asked = async {
        let vault = Vault::connect().await.ok()?;
        let older = restored::refuse_by_files(&vault, policy, last).await.ok().and_then(Result::err);
        Some(Glimpse { older, skew: vault.skew().filter(|skew| skew.is_told(&policy.limits)) })
    };
    tokio::time::timeout(GLANCE, asked).await.ok().flatten().unwrap_or_default()
}

pub(super) fn standings(policy: &Policy, last: &BTreeMap<Name, LastMade>, now: Timestamp) -> Vec<Standing> {
    let at = last.iter().map(|(n, m)| (n.clone(), m.age_from)).collect();
    schedule::standings(policy, &at, now, &TimeZone::system())
}

pub(super) fn due(policy: &Policy, last: &BTreeMap<Name, LastMade>, now: Timestamp) -> Vec<Name> {
    schedule::due(&standings(policy, last, now)).cloned().collect()
}

/// What a rotation that has not ended is doing to a secret.
fn busy(unfinished: Option<&Unfinished>) -> BTreeMap<Name, String> {
    let Some(unfinished) = unfinished else { return BTreeMap::new() };
    let names = unfinished.progress.plan.iter().flat_map(|plan| plan.changes.keys().cloned());
    names.map(|name| (name, format!("in rotation {}", unfinished.id))).collect()
}

fn since(made: &LastMade) -> String {
    let how = match made.by {
        Maker::Rotation => "",
        Maker::Import => " (imported)",
        Maker::Repair => " (repaired)",
        Maker::Recapture => " (recaptured)",
        Maker::Manual => " (by hand)",
    };
    format!("{}{how}", day(made.at))
}

fn frequency(due: &Due) -> String {
    match due {
        Due::Every(span) => schedule::words(*span),
        Due::On(event) => format!("on {event}"),
    }
}

fn as_json(
    policy: &Policy,
    s: &Standing,
    last: &BTreeMap<Name, LastMade>,
    busy: &BTreeMap<Name, String>,
) -> serde_json::Value {
    let made = last.get(&s.name);
    json!({
        "secret": s.name,
        "version": made.map(|m| m.version),
        "since": made.map(|m| m.at.to_string()),
        "rotated": made.is_some_and(|m| m.by == Maker::Rotation),
        "every": frequency(&policy.secrets[&s.name].due),
        "next": s.next.map(|n| n.to_string()),
        "state": s.state.to_string(),
        "doing": busy.get(&s.name),
    })
}
