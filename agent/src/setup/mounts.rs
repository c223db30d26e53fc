//! The two mounts of KV version 2, and AppRole.

use std::time::Duration;

use serde_json::{Value as Json, json};

use super::{Setting, SetupError};
use crate::plan::Refusal;
use crate::policy::Paths;
use crate::vault::{Call, Vault, VaultError, approle_mount};

pub(super) async fn look(vault: &Vault, paths: &Paths) -> Result<Vec<Setting>, SetupError> {
    let mounts = vault.call(Call::get("sys/mounts")).await?.unwrap_or_default();
    let mut settings = Vec::new();
    settings.extend(kv(&mounts, &paths.mount, "for live values")?);
    settings.extend(kv(
        &mounts,
        &paths.staging,
        "for pending values, which no consumer's ACL policy reaches",
    )?);
    let auth = vault.call(Call::get("sys/auth")).await?.unwrap_or_default();
    let mount = approle_mount();
    match find(&auth, &mount) {
        None => settings.push(Setting::post(
            format!("sys/auth/{mount}"),
            json!({ "type": "approle" }),
            format!("the login by AppRole, at {mount}/"),
            match mount.as_str() {
                "approle" => "bao auth enable approle".to_owned(),
                other => format!("bao auth enable -path={other} approle"),
            },
        )),
        Some(found) if found["type"] != "approle" => {
            let what = format!("auth/{mount}/ is there, and is no AppRole");
            return Err(Refusal::new(what, "name another mount in VAULT_AUTH_PATH").into());
        }
        Some(_) => {}
    }
    Ok(settings)
}

fn kv(mounts: &Json, mount: &str, purpose: &str) -> Result<Option<Setting>, Refusal> {
    let Some(found) = find(mounts, mount) else {
        return Ok(Some(Setting::post(
            format!("sys/mounts/{mount}"),
            json!({ "type": "kv", "options": { "version": "2" } }),
            format!("the mount {mount}/ (KV version 2), {purpose}"),
            format!("bao secrets enable -path={mount} -version=2 kv"),
        )));
    };
    if found["type"] == "kv" && found["options"]["version"] == "2" {
        return Ok(None);
    }
    let what = format!("{mount}/ is there, and is no mount of KV version 2");
    Err(Refusal::new(what, "name another mount in the policy's [vault]; Turnlock needs versions"))
}

/// Vault lists mounts with a slash at the end.
fn find<'j>(answer: &'j Json, mount: &str) -> Option<&'j Json> {
    answer.get("data")?.get(format!("{mount}/"))
}

pub(super) async fn until_ready(vault: &Vault, paths: &Paths) -> Result<(), VaultError> {
    for mount in [&paths.mount, &paths.staging] {
        let path = format!("{mount}/config");
        let mut pause = Duration::from_millis(20);
        for _ in 0..8 {
            match vault.call(Call::get(&path)).await {
                Err(VaultError::Status(_, 400)) => tokio::time::sleep(pause).await,
                Err(e) => return Err(e),
                Ok(_) => break,
            }
            pause *= 2;
        }
    }
    Ok(())
}
