//! The agent's own secret-id, where Vault has another one as its newest version: an agent that was enrolled anew.
//!
//! Vault itself says which of the two is good. Only if it accepts the agent's and refuses its own newest version is the
//! agent's the next version; two good ones are a person's decision.

use crate::cli::{Code, Error};
use crate::policy::Policy;
use crate::secret::{Name, Value, Versioned};
use crate::target::own::ENROLL;
use crate::vault::{Role, Vault, role_id};

/// Refuses what is not to be adopted.
pub(super) async fn may(
    policy: &Policy,
    vault: &Vault,
    name: &Name,
    live: &Versioned,
    held: &Value,
) -> Result<(), Error> {
    let role = Role::named(&policy.vault.role);
    let role_id = role_id().ok_or_else(|| {
        let what = format!("{name} is the agent's secret-id, and VAULT_ROLE_ID is not set");
        Error::new(Code::Refused, what, "set it to the role-id that `turnlock setup vault` printed")
    })?;
    // The agent's last: Vault counts refused logins, and begins anew after a good one.
    let old = vault.accepts(&role.mount, &role_id, &live.value).await?;
    let new = vault.accepts(&role.mount, &role_id, held).await?;
    let accessor = if old && new { accessor(vault, &role, &live.value).await } else { None };
    decide(name, live.version, old, new, &destroying(&role, accessor.as_deref()))
}

/// Names the one that may have to go. Without the power to look it up there is no name.
async fn accessor(vault: &Vault, role: &Role, value: &Value) -> Option<String> {
    vault.accessor(role, value).await.ok().flatten()
}

fn destroying(role: &Role, accessor: Option<&str>) -> String {
    format!(
        "bao write {}/secret-id-accessor/destroy secret_id_accessor={}",
        role.path(),
        accessor.unwrap_or("…")
    )
}

/// `old`: whether Vault accepts its newest version; `new`: the agent's.
fn decide(name: &Name, version: u64, old: bool, new: bool, destroying: &str) -> Result<(), Error> {
    match (old, new) {
        (false, true) => Ok(()),
        (true, true) => Err(Error::new(
            Code::Refused,
            format!("{name}: Vault accepts v{version}, and the agent's other secret-id too"),
            format!(
                "if the agent's is to stay, have Vault's administrator destroy v{version} (`{destroying}`) and import again; \
                 if v{version} is, `turnlock repair own.secret-id`"
            ),
        )),
        (_, false) => Err(Error::new(
            Code::Refused,
            format!("{name}: Vault does not accept the secret-id that the agent has"),
            ENROLL,
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_good_one_in_the_place_of_a_dead_one_is_adopted() {
        let name: Name = "AGENT_LOGIN".parse().unwrap();
        let said = |old, new| match decide(&name, 3, old, new, "bao write x").err() {
            None => "adopted".to_owned(),
            Some(Error::Plain { code, what, help }) => {
                format!("{} {what} | {}", code as u8, help.unwrap_or_default())
            }
            Some(_) => "another kind of error".to_owned(),
        };
        assert_eq!(said(false, true), "adopted");
        assert!(said(true, true).starts_with("5 AGENT_LOGIN: Vault accepts v3"), "{}", said(true, true));
        assert!(said(true, true).contains("destroy v3 (`bao write x`)"), "{}", said(true, true));
        for old in [true, false] {
            assert!(said(old, false).contains("does not accept"), "{}", said(old, false));
            assert!(said(old, false).contains("turnlock enroll --replace"), "{}", said(old, false));
        }
    }
}
