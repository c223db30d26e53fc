//! Each live entry before it has a value: every write by check-and-set, enough versions to roll back to, and the stack's
//! mark.

use serde_json::{Map, Value as Json, json};

use super::{Setting, SetupError};
use crate::plan::Refusal;
use crate::policy::{Paths, Policy};
use crate::template::PASSTHROUGH;
use crate::vault::{Call, MARK, Vault, VaultError, together};

/// How many versions Vault keeps of an entry; its own default is 10.
const VERSIONS: u64 = 100;

pub(super) async fn look(vault: &Vault, policy: &Policy) -> Result<Vec<Setting>, SetupError> {
    let mut names: Vec<String> = policy.secrets.keys().map(ToString::to_string).collect();
    if policy.files.values().any(|f| !f.passthrough.is_empty()) {
        names.push(PASSTHROUGH.into());
    }
    let reads = names.into_iter().map(|name| async move {
        let path = format!("{}/metadata/{}/{name}", policy.vault.mount, policy.vault.prefix);
        match vault.call(Call::get(&path)).await {
            Ok(found) => Ok((name, path, found)),
            // A mount that is not there yet has no entries either.
            Err(VaultError::Status(_, 400)) => Ok((name, path, None)),
            Err(e) => Err(e),
        }
    });
    let found: Vec<_> = together(reads).await.into_iter().collect::<Result<_, _>>()?;
    let settings = found.into_iter().map(|(name, path, is)| entry(&policy.vault, &name, path, is.as_ref()));
    Ok(settings.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

fn entry(p: &Paths, name: &str, path: String, is: Option<&Json>) -> Result<Option<Setting>, Refusal> {
    let what = format!("{}/{}/{name}", p.mount, p.prefix);
    let is = is.and_then(|i| i.get("data"));
    let owner = is.and_then(|i| i.pointer("/custom_metadata")?.get(MARK)?.as_str());
    if let Some(owner) = owner.filter(|owner| *owner != p.owner) {
        return Err(Refusal::new(
            format!(
                "{what} belongs to the stack {owner} (its mark in Vault), and this policy is of {}",
                p.owner
            ),
            "correct the policy's `prefix`, or give the stack its own name; nothing was changed",
        ));
    }
    let mut body = Map::new();
    let mut options = Vec::new();
    if is.is_none_or(|i| i["cas_required"] != true) {
        body.insert("cas_required".into(), true.into());
        options.push("-cas-required=true".to_owned());
    }
    if is.is_none_or(|i| i["max_versions"].as_u64().unwrap_or_default() < VERSIONS) {
        body.insert("max_versions".into(), VERSIONS.into());
        options.push(format!("-max-versions={VERSIONS}"));
    }
    if owner.is_none() {
        body.insert("custom_metadata".into(), json!({ MARK: p.owner }));
        options.push(format!("-custom-metadata={MARK}={}", p.owner));
    }
    if body.is_empty() {
        return Ok(None);
    }
    let said = format!("the entry {what}: check-and-set, {VERSIONS} versions, marked as {}'s", p.owner);
    let command = |verb: &str| {
        format!("bao kv metadata {verb} -mount={} {} {}/{name}", p.mount, options.join(" "), p.prefix)
    };
    Ok(Some(match is {
        None => Setting::post(path, Json::Object(body), said, command("put")),
        // What else somebody set there stays.
        Some(_) => {
            let command = command("patch");
            Setting::patch(path, Json::Object(body), format!("changed: {said}"), command)
        }
    }))
}
