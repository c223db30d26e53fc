//! `turnlock audit`: an auditor needs the log alone; no Vault, no policy, no agent.

mod args;
mod entry;
mod fields;
mod follow;
mod init;
mod list;
mod moving;
mod page;
mod pages;
mod posture;
mod sheet;
mod show;
mod sink;
mod story;
mod time;
mod verify;

#[cfg(test)]
mod tests;

use args::{Format, FormatArgs};

use super::{Code, Error, Global};

pub use args::{AuditCommand, moment};

pub async fn run(global: &Global, command: &AuditCommand) -> Result<Code, Error> {
    match command {
        AuditCommand::Init => init::run(global).await,
        AuditCommand::List(args) => list::run(global, args).await,
        AuditCommand::Show(args) => show::run(global, args).await,
        AuditCommand::Verify { head, deep } => verify::run(global, head.as_deref(), *deep).await,
        AuditCommand::Posture => posture::run(global).await,
        AuditCommand::Move { to } => moving::run(global, to).await,
    }
}

/// `--json` is short for `--format json`.
fn format(global: &Global, args: &FormatArgs) -> Result<Format, Error> {
    match (args.format, global.json) {
        (Some(format), true) if format != Format::Json => Err(Error::new(
            Code::Usage,
            "--json and another --format can't be had at once",
            "leave out one of them; --json is the same as --format json",
        )),
        (Some(format), _) => Ok(format),
        (None, json) => Ok(if json { Format::Json } else { Format::Table }),
    }
}
