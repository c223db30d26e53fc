//! `turnlock setup`: making ready what Turnlock needs, with an administrator's powers. What is missing is shown, then made.

pub mod audit;
pub mod vault;

use std::io::IsTerminal;

use clap::Subcommand;

use super::out::{confirm, on_terminal};
use super::{Code, Error, Global};

#[derive(Debug, Subcommand)]
pub enum SetupCommand {
    /// Mounts, ACL policies, the agent's role, each secret's entry: with an administrator's token (VAULT_TOKEN or ~/.vault-token)
    #[command(
        after_help = "Examples:\n  turnlock setup vault --dry-run\n  turnlock setup vault --bound-cidr 10.0.3.7/32"
    )]
    Vault(vault::SetupVaultArgs),
    /// The audit log: a database's schema, roles and logins, as its owner; or a file. An older log is brought to this version
    #[command(
        after_help = "Examples:\n  turnlock setup audit --url postgres://postgres@db.internal/audit --agent-login turnlock --agent-passfile /etc/turnlock/pgpass\n  turnlock setup audit --url sqlite:///var/lib/turnlock/audit.db"
    )]
    Audit(audit::SetupAuditArgs),
}

pub async fn run(global: &Global, command: &SetupCommand) -> Result<Code, Error> {
    match command {
        SetupCommand::Vault(args) => vault::run(global, args).await,
        SetupCommand::Audit(args) => audit::run(global, args).await,
    }
}

fn consent(global: &Global, yes: bool) -> Result<(), Error> {
    if yes {
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
