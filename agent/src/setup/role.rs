//! The agent's AppRole, and its secret-ids.

use serde_json::{Map, Value as Json, json};

use super::{Setting, SetupError, WRAPPED_FOR, Wanted};
use crate::secret::Value;
use crate::vault::{Call, Vault, VaultError, approle_mount};

/// A token lives so long after each renewal (seconds), and never longer than the maximum: then the agent logs in anew.
const PERIOD: u64 = 20 * 60;
const MAXIMUM: u64 = 24 * 60 * 60;

pub(super) async fn look(vault: &Vault, wanted: &Wanted<'_>) -> Result<Option<Setting>, SetupError> {
    let role = &wanted.policy.vault.role;
    let path = format!("auth/{}/role/{role}", approle_mount());
    let found = vault.call(Call::get(&path)).await?;
    let is = found.as_ref().and_then(|f| f.get("data"));
    let fields = fields(role, &wanted.from);
    let differs: Map<String, Json> =
        fields.into_iter().filter(|(key, value)| !is.is_some_and(|is| same(&is[key], value))).collect();
    if differs.is_empty() {
        return Ok(None);
    }
    let bound = match wanted.from.as_slice() {
        [] => "from any address".to_owned(),
        from => format!("from {}", from.join(", ")),
    };
    let change = if is.is_some() { "changed: " } else { "" };
    let what = format!("{change}the agent's role {role}: {bound}, tokens of 20 minutes, renewed up to a day");
    let arguments: Vec<String> =
        differs.iter().map(|(key, value)| format!("{key}={}", argument(value))).collect();
    let command = format!("bao write {path} {}", arguments.join(" "));
    Ok(Some(Setting::post(path, Json::Object(differs), what, command)))
}

fn fields(role: &str, from: &[String]) -> Map<String, Json> {
    let fields = json!({
        "bind_secret_id": true,
        "secret_id_bound_cidrs": from,
        "secret_id_num_uses": 0,
        "token_bound_cidrs": from,
        "token_explicit_max_ttl": MAXIMUM,
        // What every token of Vault may do by default is more than the agent needs.
        "token_no_default_policy": true,
        "token_period": PERIOD,
        "token_policies": [role],
    });
    match fields {
        Json::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// Vault says `null` where it has an empty list, and a single address without its prefix's length.
fn same(is: &Json, wanted: &Json) -> bool {
    let list = |j: &Json| -> Option<Vec<String>> {
        match j {
            Json::Null => Some(Vec::new()),
            Json::Array(items) => items
                .iter()
                .map(|i| i.as_str().map(|s| s.trim_end_matches("/32").trim_end_matches("/128").to_owned()))
                .collect(),
            _ => None,
        }
    };
    if wanted.is_array() { list(is) == list(wanted) } else { is == wanted }
}

fn argument(value: &Json) -> String {
    match value {
        Json::Array(items) => items.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

pub(super) async fn has_no_secret_id(vault: &Vault, role: &str) -> Result<bool, VaultError> {
    let path = format!("auth/{}/role/{role}/secret-id?list=true", approle_mount());
    let found = vault.call(Call::get(&path)).await?;
    Ok(found.and_then(|f| f.pointer("/data/keys")?.as_array().map(Vec::is_empty)).unwrap_or(true))
}

/// Secret zero, in its wrapping.
pub struct Issued {
    pub role_id: String,
    /// Opens once, and only for a few minutes.
    pub token: Value,
}

/// Issues a secret-id without ever seeing it: Vault wraps it for whoever opens the wrapping first.
pub async fn issue(vault: &Vault, role: &str) -> Result<Issued, VaultError> {
    let unclear = || VaultError::Unclear(format!("the secret-id of {role}"));
    let path = format!("auth/{}/role/{role}", approle_mount());
    let found = vault.call(Call::get(&format!("{path}/role-id"))).await?.ok_or_else(unclear)?;
    let role_id = found.pointer("/data/role_id").and_then(Json::as_str).ok_or_else(unclear)?.to_owned();
    let path = format!("{path}/secret-id");
    let wrapped = vault.call(Call::post(&path, json!({})).wrapped(WRAPPED_FOR)).await?.ok_or_else(unclear)?;
    let token = wrapped.pointer("/wrap_info/token").and_then(Json::as_str).ok_or_else(unclear)?;
    Ok(Issued { role_id, token: Value::new(token.to_owned()) })
}

/// The same as a command.
pub fn issue_command(role: &str) -> String {
    format!("bao write -wrap-ttl={WRAPPED_FOR} -f auth/{}/role/{role}/secret-id", approle_mount())
}
