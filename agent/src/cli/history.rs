//! `turnlock history`: a secret's versions in Vault, and what the log says of each.

use std::collections::BTreeMap;

use serde_json::json;
use turnlock_audit::{Filter, Outcome, Reader};

use super::out::{moment, print_json, table};
use super::{Code, Error, Global, HistoryArgs, plan};
use crate::journal::Maker;
use crate::secret::{Name, Version};
use crate::vault::Vault;

/// Where a version came from.
struct Origin {
    action: String,
    rotation: Option<String>,
    seq: u64,
}

pub async fn run(global: &Global, args: &HistoryArgs) -> Result<Code, Error> {
    let policy = global.load_policy()?;
    let reader = global.open_reader().await?;
    let names: Vec<Name> = match &args.secret {
        Some(name) => vec![name.clone()],
        None => policy.secrets.keys().cloned().collect(),
    };
    plan::known(&policy, &names)?;
    let vault = Vault::connect().await?;
    let (mut rows, mut all) = (Vec::new(), Vec::new());
    for name in &names {
        let origins = origins(&reader, name).await?;
        let versions = vault.versions(&policy.vault, name).await?;
        let newest = versions.last().map(|v| v.version);
        for v in versions.iter().rev() {
            let origin = origins.get(&v.version);
            let state = match (v.readable, Some(v.version) == newest) {
                (false, _) => "deleted",
                (true, true) => "current",
                (true, false) => "kept",
            };
            let by = origin.map_or("somebody else (not in the log)".to_owned(), |o| match &o.rotation {
                Some(rotation) => format!("rotation {rotation}"),
                None => o.action.clone(),
            });
            let at = v.at.map(moment);
            all.push(json!({
                "secret": name, "version": v.version, "at": v.at.map(|t| t.to_string()), "by": by,
                "entry": origin.map(|o| o.seq), "state": state,
            }));
            rows.push(vec![
                name.to_string(),
                format!("v{}", v.version),
                at.unwrap_or_else(|| "-".into()),
                by,
                origin.map_or("-".into(), |o| o.seq.to_string()),
                state.into(),
            ]);
        }
    }
    if global.json {
        print_json(&json!({ "versions": all }));
    } else {
        table(&["SECRET", "VERSION", "WRITTEN", "BY", "ENTRY", "STATE"], rows);
    }
    Ok(Code::Done)
}

async fn origins(reader: &Reader, name: &Name) -> Result<BTreeMap<Version, Origin>, Error> {
    let filter =
        Filter { subject: Some(name.to_string()), outcome: Some(Outcome::Done), ..Filter::default() };
    let mut origins = BTreeMap::new();
    for stored in reader.query(&filter).await? {
        let entry = stored.entry;
        if Maker::of(&entry.action).is_none() {
            continue;
        }
        if let Some(version) = entry.subjects.get(name.as_str()).and_then(|v| v.to) {
            let origin = Origin { action: entry.action, rotation: entry.rotation, seq: stored.seq };
            origins.insert(version, origin);
        }
    }
    Ok(origins)
}
