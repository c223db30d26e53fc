//! `turnlock audit`: an auditor needs the log alone; no Vault, no policy, no agent.

mod args;
mod format;
mod init;
mod list;
mod moving;
mod posture;
mod show;
mod story;
mod verify;
mod when;

pub use args::AuditCommand;

use super::{Code, Error, Global};

pub async fn run(global: &Global, command: &AuditCommand) -> Result<Code, Error> {
    match command {
        AuditCommand::Init => init::run(global).await,
        AuditCommand::List(args) => list::run(global, args).await,
        AuditCommand::Show { what, format } => show::run(global, what, *format).await,
        AuditCommand::Verify { head, deep } => verify::run(global, head.as_deref(), *deep).await,
        AuditCommand::Posture => posture::run(global).await,
        AuditCommand::Move { to } => moving::run(global, to).await,
    }
}
