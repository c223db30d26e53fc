//! The agent's AppRole, and its secret-ids.

use std::collections::BTreeSet;
use std::net::IpAddr;

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
    let fields = fields(role, wanted.from.as_deref(), is.is_none());
    let differs: Map<String, Json> =
        fields.into_iter().filter(|(key, value)| !is.is_some_and(|is| same(&is[key], value))).collect();
    if differs.is_empty() {
        return Ok(None);
    }
    let bound = match wanted.from.as_deref() {
        None if is.is_some() => "from the addresses that it has".to_owned(),
        None | Some([]) => "from any address".to_owned(),
        Some(from) => format!("from {}", from.join(", ")),
    };
    let change = if is.is_some() { "changed: " } else { "" };
    let what = format!("{change}the agent's role {role}: {bound}, tokens of 20 minutes, renewed up to a day");
    let arguments: Vec<String> =
        differs.iter().map(|(key, value)| format!("{key}={}", argument(value))).collect();
    let command = format!("bao write {path} {}", arguments.join(" "));
    Ok(Some(Setting::post(path, Json::Object(differs), what, command)))
}

/// Addresses that nobody asks to change stay as they are: a command for something else must not open the role.
fn fields(role: &str, from: Option<&[String]>, is_new: bool) -> Map<String, Json> {
    let mut fields = json!({
        "bind_secret_id": true,
        "secret_id_num_uses": 0,
        // Rotated by the policy, not by running out: an agent whose secret-id has ended is locked out.
        "secret_id_ttl": 0,
        "token_explicit_max_ttl": MAXIMUM,
        "token_max_ttl": 0,
        // What every token of Vault may do by default is more than the agent needs.
        "token_no_default_policy": true,
        "token_num_uses": 0,
        "token_period": PERIOD,
        "token_policies": [role],
        "token_ttl": 0,
    });
    if from.is_some() || is_new {
        let from = from.unwrap_or_default();
        fields["secret_id_bound_cidrs"] = from.into();
        fields["token_bound_cidrs"] = from.into();
    }
    match fields {
        Json::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// Vault says `null` where it has an empty list, and a single address without its prefix's length; order means nothing.
fn same(is: &Json, wanted: &Json) -> bool {
    let list = |j: &Json| -> Option<BTreeSet<String>> {
        match j {
            Json::Null => Some(BTreeSet::new()),
            Json::Array(items) => items.iter().map(|i| i.as_str().map(whole)).collect(),
            _ => None,
        }
    };
    if wanted.is_array() { list(is) == list(wanted) } else { is == wanted }
}

/// An address with its prefix's length; anything else as it is.
fn whole(text: &str) -> String {
    match text.parse::<IpAddr>() {
        Ok(address) => format!("{address}/{}", if address.is_ipv4() { 32 } else { 128 }),
        Err(_) => text.to_owned(),
    }
}

fn argument(value: &Json) -> String {
    match value {
        Json::Array(items) => items.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

pub(super) async fn has_no_secret_id(vault: &Vault, role: &str) -> Result<bool, VaultError> {
    let path = format!("auth/{}/role/{role}/secret-id?list=true", approle_mount());
    let found = match vault.call(Call::get(&path)).await {
        // There is no such role yet.
        Err(VaultError::Status(_, 400)) => None,
        found => found?,
    };
    Ok(found.and_then(|f| f.pointer("/data/keys")?.as_array().map(Vec::is_empty)).unwrap_or(true))
}

/// Which role it is, for the agent's environment; no secret.
pub async fn role_id(vault: &Vault, role: &str) -> Result<String, VaultError> {
    let path = format!("auth/{}/role/{role}/role-id", approle_mount());
    let found = vault.call(Call::get(&path)).await?;
    let id = found.as_ref().and_then(|f| f.pointer("/data/role_id")?.as_str());
    id.map(str::to_owned).ok_or(VaultError::Unclear(path))
}

/// Secret zero, in its wrapping.
pub struct Issued {
    /// Opens once, and only for a few minutes.
    pub token: Value,
}

/// Issues a secret-id without ever seeing it: Vault wraps it for whoever opens the wrapping first.
pub async fn issue(vault: &Vault, role: &str) -> Result<Issued, VaultError> {
    let unclear = || VaultError::Unclear(format!("the secret-id of {role}"));
    let path = format!("auth/{}/role/{role}/secret-id", approle_mount());
    let wrapped = vault.call(Call::post(&path, json!({})).wrapped(WRAPPED_FOR)).await?.ok_or_else(unclear)?;
    let token = wrapped.pointer("/wrap_info/token").and_then(Json::as_str).ok_or_else(unclear)?;
    Ok(Issued { token: Value::new(token.to_owned()) })
}

/// The same as commands.
pub fn issue_commands(role: &str) -> [String; 2] {
    let path = format!("auth/{}/role/{role}", approle_mount());
    [
        format!("bao read -field=role_id {path}/role-id"),
        format!("bao write -wrap-ttl={WRAPPED_FOR} -f {path}/secret-id"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_the_same_by_what_they_mean() {
        assert!(same(&Json::Null, &json!([])));
        assert!(same(&json!(["10.0.0.1"]), &json!(["10.0.0.1/32"])));
        assert!(same(&json!(["2001:db8::1", "10.0.0.0/8"]), &json!(["10.0.0.0/8", "2001:db8::1/128"])));
        assert!(!same(&json!(["2001:db8::/32"]), &json!(["2001:db8::/128"])));
        assert!(!same(&json!(["10.0.0.1/32"]), &json!([])));
    }

    #[test]
    fn addresses_that_nobody_asks_about_stay() {
        assert!(!fields("r", None, false).contains_key("token_bound_cidrs"));
        assert_eq!(fields("r", None, true)["token_bound_cidrs"], json!([]));
        assert_eq!(fields("r", Some(&[]), false)["secret_id_bound_cidrs"], json!([]));
    }
}
