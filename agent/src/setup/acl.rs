//! The three ACL policies of `policies/vault/`, written for one stack.

use serde_json::json;

use super::{Setting, SetupError};
use crate::generate::Generator;
use crate::policy::{Admin, Policy};
use crate::vault::{Call, Vault, approle_mount};

const AGENT: &str = include_str!("../../../policies/vault/agent.hcl");
const OPERATOR: &str = include_str!("../../../policies/vault/operator.hcl");
const AUDITOR: &str = include_str!("../../../policies/vault/auditor.hcl");

/// What stands in those files where a stack has something of its own.
const ADMIN: &str = "secret/data/breeze-admin/postgres";
const ROLE: &str = "auth/approle/role/turnlock-breeze";

pub(super) async fn look(vault: &Vault, policy: &Policy) -> Result<Vec<Setting>, SetupError> {
    let mut settings = Vec::new();
    for (name, text, whose) in all(policy) {
        let path = format!("sys/policies/acl/{name}");
        let found = vault.call(Call::get(&path)).await?;
        let is = found.as_ref().and_then(|f| f.pointer("/data/policy")?.as_str());
        if is == Some(text.as_str()) {
            continue;
        }
        let change = if is.is_some() { "changed: " } else { "" };
        settings.push(Setting::post(
            path,
            json!({ "policy": text }),
            format!("{change}the ACL policy {name}, {whose}"),
            format!("bao policy write {name} - <<'HCL'\n{text}HCL"),
        ));
    }
    Ok(settings)
}

/// Name, text, and for whom.
fn all(policy: &Policy) -> [(String, String, &'static str); 3] {
    let role = &policy.vault.role;
    [
        (role.clone(), agent(policy), "for the agent"),
        (format!("{role}-operator"), of_stack(OPERATOR, policy), "for whoever asks and approves: no values"),
        (format!("{role}-auditor"), of_stack(AUDITOR, policy), "for auditors: metadata only"),
    ]
}

/// The agent's, without the paragraphs that this stack has no use for.
pub(super) fn agent(policy: &Policy) -> String {
    let rotates_itself = policy.secrets.values().any(|s| matches!(s.generator, Generator::Own));
    let admins = policy.databases.values().filter_map(|d| d.admin.as_ref());
    let mut paragraphs = Vec::new();
    for paragraph in AGENT.trim_end().split("\n\n") {
        if paragraph.contains(ADMIN) {
            paragraphs.extend(admins.clone().map(|admin| of_admin(paragraph, admin)));
        } else if !paragraph.contains(ROLE) || rotates_itself {
            paragraphs.push(of_stack(paragraph, policy));
        }
    }
    paragraphs.dedup();
    paragraphs.join("\n\n") + "\n"
}

fn of_admin(paragraph: &str, admin: &Admin) -> String {
    paragraph.replace(ADMIN, &format!("{}/data/{}", admin.mount, admin.path))
}

fn of_stack(text: &str, policy: &Policy) -> String {
    let p = &policy.vault;
    let mut text = text.to_owned();
    for kind in ["data", "metadata"] {
        for (from, to) in [("secret", &p.mount), ("turnlock", &p.staging)] {
            text = text.replace(&format!("\"{from}/{kind}/breeze"), &format!("\"{to}/{kind}/{}", p.prefix));
        }
    }
    text.replace(ROLE, &format!("auth/{}/role/{}", approle_mount(), p.role))
}
