//! `turnlock setup vault`: what is missing in Vault for this stack, shown, then made, with an administrator's token.

use std::collections::BTreeMap;
use std::io::IsTerminal;

use secrecy::ExposeSecret;
use serde_json::json;

use turnlock_audit::{Log, LogError};

use super::out::{confirm, on_terminal, print, print_json};
use super::{Code, Error, Global, SetupCommand, SetupVaultArgs};
use crate::actor::Actor;
use crate::journal::{Journal, Trigger};
use crate::policy::Policy;
use crate::secret::Value;
use crate::setup::{self, Issued, Setting, SetupError, Wanted};
use crate::vault::Vault;

pub async fn run(global: &Global, command: &SetupCommand) -> Result<Code, Error> {
    match command {
        SetupCommand::Vault(args) => vault(global, args).await,
    }
}

async fn vault(global: &Global, args: &SetupVaultArgs) -> Result<Code, Error> {
    let policy = global.load_policy()?;
    let vault = Vault::connect_as_caller().await?;
    let wanted = Wanted { policy: &policy, from: args.bound_cidr.clone() };
    let settings = setup::look(&vault, &wanted).await?;
    let issue = args.new_secret_id || setup::has_no_secret_id(&vault, &policy).await?;
    if args.dry_run {
        show_commands(global, &policy, &settings, issue);
        return Ok(Code::Done);
    }
    show(global, &settings);
    if !settings.is_empty() {
        consent(global, args)?;
    }
    let recorded = make(global, &policy, &vault, &settings).await?;
    let issued = match issue {
        true => Some(issue_recorded(global, &policy, &vault).await?),
        false => None,
    };
    report(global, &vault, &settings, issued.as_ref(), recorded);
    Ok(Code::Done)
}

fn consent(global: &Global, args: &SetupVaultArgs) -> Result<(), Error> {
    if args.yes {
        return Ok(());
    }
    if global.json || !std::io::stdin().is_terminal() || !on_terminal() {
        let help = "look at the changes (--dry-run), then pass --yes";
        return Err(Error::new(Code::Refused, "there is no terminal to ask at", help));
    }
    match confirm("\nMake these changes? Type yes: ") {
        true => Ok(()),
        false => Err(Error::new(Code::Refused, "not approved", "nothing was changed")),
    }
}

/// Each change is an intent and an outcome in the log, where there is one: an administrator may well work elsewhere.
async fn make(global: &Global, policy: &Policy, vault: &Vault, settings: &[Setting]) -> Result<bool, Error> {
    let journal = journal(global, policy, vault).await?;
    for setting in settings {
        let effect = async {
            if setting.path.contains("/metadata/") {
                setup::until_ready(vault, policy).await?;
            }
            setting.apply(vault).await
        };
        match &journal {
            Some(journal) => journal.around("setup", Some(&setting.path), BTreeMap::new(), effect).await??,
            None => effect.await?,
        }
    }
    Ok(journal.is_some())
}

async fn issue_recorded(global: &Global, policy: &Policy, vault: &Vault) -> Result<Issued, Error> {
    let role = &policy.vault.role;
    let effect = setup::issue(vault, role);
    Ok(match journal(global, policy, vault).await? {
        Some(journal) => {
            let target = format!("{}/secret-id", crate::vault::Role::named(role).path());
            journal.around("setup", Some(&target), BTreeMap::new(), effect).await??
        }
        None => effect.await?,
    })
}

async fn journal(global: &Global, policy: &Policy, vault: &Vault) -> Result<Option<Journal>, Error> {
    match Log::open(&global.audit_url()?).await {
        Ok(log) => {
            let actor = Actor::asked_by_caller(vault).await;
            Ok(Some(Journal::new(log, actor, &policy.stack.name, Trigger::Person, None)))
        }
        Err(LogError::Missing(_)) => Ok(None),
        Err(e) => Err(e.into()),
    }
}

fn show(global: &Global, settings: &[Setting]) {
    if global.json {
        return;
    }
    match settings {
        [] => print("Vault is as it should be: nothing to change\n"),
        settings => {
            print("Changes in Vault:\n");
            for setting in settings {
                print(&format!("  {}\n", setting.what));
            }
        }
    }
}

fn show_commands(global: &Global, policy: &Policy, settings: &[Setting], issue: bool) {
    let mut commands: Vec<String> = settings.iter().map(|s| s.command.clone()).collect();
    if issue {
        commands.push(setup::issue_command(&policy.vault.role));
    }
    match global.json {
        true => print_json(&json!({ "commands": commands })),
        false => commands.iter().for_each(|c| print(&format!("{c}\n"))),
    }
}

fn report(global: &Global, vault: &Vault, settings: &[Setting], issued: Option<&Issued>, recorded: bool) {
    let changed: Vec<&str> = settings.iter().map(|s| s.what.as_str()).collect();
    if global.json {
        print_json(&json!({
            "changed": changed,
            "recorded": recorded,
            "role_id": issued.map(|i| &i.role_id),
            "wrapped": issued.map(|i| for_enroll(&i.token)),
        }));
        return;
    }
    if !changed.is_empty() {
        let log = if recorded { "" } else { "; there is no audit log here, so they are not recorded" };
        print(&format!("\n{} changes made{log}\n", changed.len()));
    }
    if let Some(issued) = issued {
        print(&format!(
            "\nThe agent's login, wrapped: it opens once, within {}. On the agent's host:\n\n  \
             export VAULT_ADDR={} VAULT_ROLE_ID={}\n  turnlock enroll --wrapped {}\n",
            setup::WRAPPED_FOR,
            vault.address().as_str().trim_end_matches('/'),
            issued.role_id,
            for_enroll(&issued.token),
        ));
    }
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
