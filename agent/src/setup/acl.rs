//! The three ACL policies of `policies/vault/`, written for one stack.

use std::collections::BTreeSet;

use serde_json::json;

use super::{Setting, SetupError};
use crate::generate::Generator;
use crate::plan::Refusal;
use crate::policy::Policy;
use crate::vault::{Call, MARK, Vault, approle_mount};

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
        if let Some(is) = is.filter(|is| is.lines().next() != Some(mark(policy).as_str())) {
            return Err(not_ours(&name, is, policy).into());
        }
        let what = match is {
            Some(is) => format!("changed: the ACL policy {name}: {}", difference(is, &text)),
            None => format!("the ACL policy {name}, {whose}"),
        };
        settings.push(Setting::post(
            path,
            json!({ "policy": text }),
            what,
            format!("bao policy write {name} - <<'HCL'\n{text}HCL"),
        ));
    }
    Ok(settings)
}

/// Which paths come and go, for whoever is asked.
fn difference(is: &str, then: &str) -> String {
    let paths = |text: &str| -> BTreeSet<String> {
        text.lines().filter_map(|l| Some(l.strip_prefix("path \"")?.split('"').next()?.to_owned())).collect()
    };
    let (is, then) = (paths(is), paths(then));
    let list = |word: &str, paths: Vec<&String>| -> Option<String> {
        let all: Vec<&str> = paths.into_iter().map(String::as_str).collect();
        (!all.is_empty()).then(|| format!("{word} {}", all.join(", ")))
    };
    let more = list("now also", then.difference(&is).collect());
    let less = list("no more", is.difference(&then).collect());
    match [more, less].into_iter().flatten().collect::<Vec<_>>() {
        none if none.is_empty() => "capabilities or comments; see --dry-run".to_owned(),
        some => some.join("; "),
    }
}

/// An ACL policy's first line: whose it is.
fn mark(policy: &Policy) -> String {
    format!("# {MARK}: {}", policy.vault.owner)
}

fn not_ours(name: &str, is: &str, policy: &Policy) -> Refusal {
    let owner = is.lines().next().and_then(|line| line.strip_prefix(&format!("# {MARK}: ")));
    let whose = match owner {
        Some(owner) => format!("belongs to the stack {}", crate::redact::escaped(owner)),
        None => "is there already, and was not made by this command".to_owned(),
    };
    Refusal::new(
        format!("the ACL policy {name} {whose}, and this policy is of {}", policy.vault.owner),
        "give the agent's role another name ([vault] role), or take that ACL policy away; nothing was changed",
    )
}

/// Name, text, and for whom.
fn all(policy: &Policy) -> [(String, String, String); 3] {
    let role = &policy.vault.role;
    let marked = |text: String| format!("{}\n{text}", mark(policy));
    let admins: Vec<String> = admins(policy).iter().map(|path| format!("; it reads {path} too")).collect();
    [
        (role.clone(), marked(agent(policy)), format!("for the agent{}", admins.concat())),
        (
            format!("{role}-operator"),
            marked(of_stack(OPERATOR, policy)),
            "for whoever asks and approves: no values".into(),
        ),
        (format!("{role}-auditor"), marked(of_stack(AUDITOR, policy)), "for auditors: metadata only".into()),
    ]
}

/// The paths of the database administrators' credentials.
fn admins(policy: &Policy) -> BTreeSet<String> {
    let admins = policy.databases.values().filter_map(|d| d.admin.as_ref());
    admins.map(|admin| format!("{}/data/{}", admin.mount, admin.path)).collect()
}

/// The agent's, without the paragraphs that this stack has no use for.
pub(super) fn agent(policy: &Policy) -> String {
    let rotates_itself = policy.secrets.values().any(|s| matches!(s.generator, Generator::Own));
    let mut paragraphs = Vec::new();
    for paragraph in AGENT.trim_end().split("\n\n") {
        if paragraph.contains(ADMIN) {
            paragraphs.extend(admins(policy).iter().map(|path| paragraph.replace(ADMIN, path)));
        } else if !paragraph.contains(ROLE) || rotates_itself {
            paragraphs.push(of_stack(paragraph, policy));
        }
    }
    paragraphs.join("\n\n") + "\n"
}

/// Each line's path with the stack's own names; each is looked at once, so that no name is taken for another.
fn of_stack(text: &str, policy: &Policy) -> String {
    let lines = text.lines().map(|line| match line.strip_prefix("path \"") {
        Some(path) => format!("path \"{}", of_path(path, policy)),
        None => line.to_owned(),
    });
    let lines: Vec<String> = lines.collect();
    lines.join("\n") + if text.ends_with('\n') { "\n" } else { "" }
}

fn of_path(path: &str, policy: &Policy) -> String {
    let p = &policy.vault;
    let places = [
        ("secret/data/breeze", format!("{}/data/{}", p.mount, p.prefix)),
        ("secret/metadata/breeze", format!("{}/metadata/{}", p.mount, p.prefix)),
        ("turnlock/data/breeze", format!("{}/data/{}", p.staging, p.owner)),
        ("turnlock/metadata/breeze", format!("{}/metadata/{}", p.staging, p.owner)),
        (ROLE, format!("auth/{}/role/{}", approle_mount(), p.role)),
    ];
    let found = places.iter().find_map(|(from, to)| Some(format!("{to}{}", path.strip_prefix(from)?)));
    found.unwrap_or_else(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_of_a_stack_is_taken_for_another() {
        let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies/rotation/breeze.toml");
        let mut policy = crate::policy::load(&file).unwrap_or_else(|p| panic!("{p}"));
        let as_it_comes = agent(&policy);
        assert!(AGENT.starts_with(as_it_comes.split("# Its own secret-id").next().unwrap_or_default()));
        let p = &mut policy.vault;
        (p.mount, p.prefix, p.staging) = ("turnlock".into(), "breeze-eu".into(), "secret".into());
        (p.owner, p.role) = ("eu".into(), "turnlock-breeze-eu".into());
        let text = agent(&policy);
        let paths: Vec<&str> =
            text.lines().filter_map(|l| l.strip_prefix("path \"")?.split('"').next()).collect();
        let expected = [
            "turnlock/data/breeze-eu/+",
            "turnlock/metadata/breeze-eu/+",
            "secret/data/eu/+",
            "secret/metadata/eu/+",
            "auth/token/lookup-self",
            "auth/token/renew-self",
            ADMIN,
        ];
        assert_eq!(paths, expected);
    }
}
