//! `turnlock setup vault`: what is missing in Vault for this stack, shown, then made, with an administrator's token.

use std::collections::BTreeMap;

use clap::Args;
use secrecy::ExposeSecret;
use serde_json::json;
use turnlock_audit::{Log, LogError};

use super::consent;
use crate::actor::Actor;
use crate::cli::open::same_stack;
use crate::cli::out::{print, print_json};
use crate::cli::{Code, Error, Global};
use crate::journal::{Cause, Journal};
use crate::policy::Policy;
use crate::secret::Value;
use crate::setup::{self, Issued, Setting, SetupError, Wanted};
use crate::vault::{Vault, VaultError};

#[derive(Debug, Args)]
pub struct SetupVaultArgs {
    /// Change nothing; print what would be done as commands of `bao`
    #[arg(long)]
    pub dry_run: bool,
    /// Don't ask
    #[arg(long, short)]
    pub yes: bool,
    /// An address that the agent may come from, as Vault sees it; repeat for each [default: as it is]
    #[arg(long, value_name = "CIDR", value_parser = cidr)]
    pub bound_cidr: Vec<String>,
    /// Let the agent come from any address again
    #[arg(long, conflicts_with = "bound_cidr")]
    pub any_address: bool,
    /// Issue a secret-id although the agent has one
    #[arg(long)]
    pub new_secret_id: bool,
}

/// An address, or a network, as Vault takes it.
fn cidr(text: &str) -> Result<String, String> {
    let (address, length) = text.split_once('/').unwrap_or((text, ""));
    let address: std::net::IpAddr = address.parse().map_err(|_| "not an IP address".to_owned())?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let length =
        if length.is_empty() { most } else { length.parse().map_err(|_| "not a prefix's length")? };
    if length <= most {
        Ok(format!("{address}/{length}"))
    } else {
        Err(format!("a prefix has at most {most} bits"))
    }
}

pub async fn run(global: &Global, args: &SetupVaultArgs) -> Result<Code, Error> {
    let policy = global.load_policy()?;
    let vault = Vault::connect_as_caller().await.map_err(no_administrator)?;
    let from = (args.any_address || !args.bound_cidr.is_empty()).then(|| args.bound_cidr.clone());
    let wanted = Wanted { policy: &policy, from };
    let settings = setup::look(&vault, &wanted).await.map_err(of_administrator)?;
    let issue = args.new_secret_id
        || setup::has_no_secret_id(&vault, &policy).await.map_err(|e| of_administrator(e.into()))?;
    if args.dry_run {
        show_commands(global, &policy, &settings, issue);
        return Ok(Code::Done);
    }
    show(global, &settings, issue);
    if issue || !settings.is_empty() {
        consent(global, args.yes)?;
    }
    let journal = journal(global, &policy, &vault).await?;
    make(journal.as_ref(), &policy, &vault, &settings).await?;
    let issued = match issue {
        true => Some(issue_recorded(journal.as_ref(), &policy, &vault).await?),
        false => None,
    };
    let role_id = setup::role_id(&vault, &policy.vault.role).await.map_err(|e| of_administrator(e.into()))?;
    report(global, &vault, &Made { settings, issued, role_id, recorded: journal.is_some() });
    Ok(Code::Done)
}

/// What was done, and what the agent needs of it.
struct Made {
    settings: Vec<Setting>,
    issued: Option<Issued>,
    role_id: String,
    recorded: bool,
}

/// Each change is an intent and an outcome in the log, where there is one: an administrator may well work elsewhere.
async fn make(
    journal: Option<&Journal>,
    policy: &Policy,
    vault: &Vault,
    settings: &[Setting],
) -> Result<(), Error> {
    for (done, setting) in settings.iter().enumerate() {
        let effect = async {
            if setting.path.contains("/metadata/") {
                setup::until_ready(vault, policy).await?;
            }
            setting.apply(vault).await
        };
        let result = match journal {
            Some(journal) => journal.around("setup", Some(&setting.path), BTreeMap::new(), effect).await?,
            None => effect.await,
        };
        result.map_err(|e| {
            let what = format!("{done} of {} changes were made, then: {}", settings.len(), no_power(&e));
            Error::new(Code::Stuck, what, "mend that, and run it again: what is made already stays")
        })?;
    }
    Ok(())
}

async fn issue_recorded(journal: Option<&Journal>, policy: &Policy, vault: &Vault) -> Result<Issued, Error> {
    let role = &policy.vault.role;
    let effect = setup::issue(vault, role);
    let result = match journal {
        Some(journal) => {
            let target = format!("{}/secret-id", crate::vault::Role::named(role).path());
            journal.around("setup", Some(&target), BTreeMap::new(), effect).await?
        }
        None => effect.await,
    };
    result.map_err(|e| {
        let what = format!("Vault is set up, and no secret-id was issued: {}", no_power(&e));
        Error::new(Code::Stuck, what, "mend that, then: turnlock setup vault --new-secret-id")
    })
}

/// The administrator's own powers are no matter of the agent's ACL policy.
fn no_power(e: &VaultError) -> String {
    match e {
        VaultError::Denied(path) => format!("this token may not do that ({path})"),
        e => e.to_string(),
    }
}

fn no_administrator(e: VaultError) -> Error {
    match e {
        VaultError::Settings(what) if what.contains("no way to log in") => {
            let what = "setting Vault up takes an administrator's token, and there is none";
            Error::new(Code::Usage, what, "log in with `bao login`, or set VAULT_TOKEN for this command")
        }
        e => e.into(),
    }
}

fn of_administrator(e: SetupError) -> Error {
    match e {
        SetupError::Vault(VaultError::Denied(path)) => {
            let what = format!("this token may not look at {path} in Vault");
            Error::new(Code::Failed, what, "use an administrator's token: VAULT_TOKEN, or `bao login`")
        }
        e => e.into(),
    }
}

async fn journal(global: &Global, policy: &Policy, vault: &Vault) -> Result<Option<Journal>, Error> {
    match Log::open(&global.audit_url()?).await {
        Ok(log) => {
            same_stack(&log.reader(), policy).await?;
            let actor = Actor::asked_by_caller(vault).await;
            Ok(Some(Journal::new(log, vault, actor, &policy.stack.name, Cause::person()).await?))
        }
        Err(LogError::Missing(_)) => Ok(None),
        Err(e) => Err(e.into()),
    }
}

fn show(global: &Global, settings: &[Setting], issue: bool) {
    if global.json {
        return;
    }
    if settings.is_empty() && !issue {
        return print("Vault is as it should be: nothing to change\n");
    }
    print("Changes in Vault:\n");
    for setting in settings {
        print(&format!("  {}\n", setting.what));
    }
    if issue {
        print(&format!("  a secret-id for the agent, wrapped for {}\n", setup::WRAPPED_FOR));
    }
}

fn show_commands(global: &Global, policy: &Policy, settings: &[Setting], issue: bool) {
    let mut commands: Vec<String> = settings.iter().map(|s| s.command.clone()).collect();
    if issue {
        commands.extend(setup::issue_commands(&policy.vault.role));
    }
    match global.json {
        true => print_json(&json!({ "commands": commands })),
        false if commands.is_empty() => print("# Vault is as it should be: nothing to change\n"),
        false => commands.iter().for_each(|c| print(&format!("{c}\n"))),
    }
}

fn report(global: &Global, vault: &Vault, made: &Made) {
    let Made { settings, issued, role_id, recorded } = made;
    let changed: Vec<&str> = settings.iter().map(|s| s.what.as_str()).collect();
    if global.json {
        print_json(&json!({
            "changed": changed,
            "recorded": recorded,
            "role_id": role_id,
            "wrapped": issued.as_ref().map(|i| for_enroll(&i.token)),
        }));
        return;
    }
    if !changed.is_empty() {
        let log = if *recorded { "" } else { "; there is no audit log here, so they are not recorded" };
        print(&format!("\n{} changes made{log}\n", changed.len()));
    }
    print(&format!("\nThe agent's environment:\n\n  export {}\n", environment(vault, role_id)));
    if issued.is_none() {
        print("\nThe agent has a secret-id; another one, wrapped: turnlock setup vault --new-secret-id\n");
    }
    if let Some(issued) = issued {
        print(&format!(
            "\nIts login, wrapped: it opens once, within {}. On its host, give it to `turnlock enroll \
             --wrapped -`:\n\n  {}\n",
            setup::WRAPPED_FOR,
            for_enroll(&issued.token),
        ));
    }
}

/// Where the agent finds the role that was just made: as this command found its place.
fn environment(vault: &Vault, role_id: &str) -> String {
    let address = vault.address().as_str().trim_end_matches('/');
    let mut all = vec![format!("VAULT_ADDR={address}"), format!("VAULT_ROLE_ID={role_id}")];
    for name in ["VAULT_NAMESPACE", "VAULT_AUTH_PATH"] {
        let value = std::env::var(name).unwrap_or_default();
        if !value.trim().is_empty() {
            all.push(format!("{name}={}", value.trim()));
        }
    }
    all.join(" ")
}

#[expect(
    clippy::disallowed_methods,
    reason = "the wrapping is what the administrator hands over; it opens once"
)]
fn for_enroll(token: &Value) -> &str {
    token.expose_secret()
}

impl From<SetupError> for Error {
    fn from(e: SetupError) -> Self {
        match e {
            SetupError::Vault(e) => e.into(),
            SetupError::Refusal(e) => e.into(),
        }
    }
}
