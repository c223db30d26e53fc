//! `turnlock setup audit`: a place for the log, and logins for who writes and who reads it.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use base64::Engine;
use clap::Args;
use rand::TryRng;
use serde_json::json;
use turnlock_audit::setup::{self, Change, Group, Login};
use turnlock_audit::{AuditUrl, PostgresUrl};
use zeroize::Zeroizing;

use super::consent;
use crate::cli::out::{print, print_json};
use crate::cli::{Code, Error, Global};

#[derive(Debug, Args)]
pub struct SetupAuditArgs {
    /// Where: postgres://owner@host:port/database, as its owner or a superuser; or sqlite:///path [default: $TURNLOCK_AUDIT_URL]
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// A login for the agent, which may append and read; its new password goes into a file
    #[arg(long, value_name = "NAME", requires = "agent_passfile")]
    pub agent_login: Option<String>,
    /// PGPASSFILE of the agent
    #[arg(long, value_name = "FILE", requires = "agent_login")]
    pub agent_passfile: Option<PathBuf>,
    /// A login for auditors, which may read
    #[arg(long, value_name = "NAME", requires = "auditor_passfile")]
    pub auditor_login: Option<String>,
    /// PGPASSFILE of the auditors
    #[arg(long, value_name = "FILE", requires = "auditor_login")]
    pub auditor_passfile: Option<PathBuf>,
    /// Change nothing; show what would be done
    #[arg(long)]
    pub dry_run: bool,
    /// Don't ask
    #[arg(long, short)]
    pub yes: bool,
}

/// A login that is to be made, and where its password goes.
struct Wanted<'a> {
    login: Login,
    file: &'a Path,
    password: Zeroizing<String>,
}

pub async fn run(global: &Global, args: &SetupAuditArgs) -> Result<Code, Error> {
    let url = match &args.url {
        Some(text) => text.parse().map_err(|e: turnlock_audit::UrlError| {
            Error::new(Code::Usage, e.to_string(), "see `turnlock setup audit --help`")
        })?,
        None => global.audit_url()?,
    };
    let wanted = wanted(args)?;
    if !wanted.is_empty() && !matches!(url, AuditUrl::Postgres(_)) {
        let help =
            "leave --agent-login and --auditor-login out: who may open the file is its mode's business";
        return Err(Error::new(Code::Usage, "a log in a file has no logins", help));
    }
    let logins: Vec<Login> = wanted.iter().map(|w| w.login.clone()).collect();
    let changes = setup::plan(&url, &logins).await?;
    if !global.json {
        show(&url, &changes);
    }
    if args.dry_run || changes.is_empty() {
        if global.json {
            print_json(&json!({ "log": url.to_string(), "changes": sentences(&changes), "made": false }));
        }
        return Ok(Code::Done);
    }
    consent(global, args.yes)?;
    setup::apply(&url, &changes).await?;
    if let AuditUrl::Postgres(server) = &url {
        for wanted in &wanted {
            wanted.keep(server)?;
        }
    }
    report(global, &url, &changes, &wanted);
    Ok(Code::Done)
}

fn wanted(args: &SetupAuditArgs) -> Result<Vec<Wanted<'_>>, Error> {
    let pairs = [
        (&args.agent_login, &args.agent_passfile, Group::Agent),
        (&args.auditor_login, &args.auditor_passfile, Group::Auditor),
    ];
    let mut all = Vec::new();
    for (name, file, group) in pairs {
        if let (Some(name), Some(file)) = (name, file) {
            let password = password()?;
            // RFC 5803: the server, and its log, see a verifier and never the password.
            let verifier = postgres_protocol::password::scram_sha_256(password.as_bytes());
            all.push(Wanted { login: Login { name: name.clone(), group, verifier }, file, password });
        }
    }
    Ok(all)
}

/// 256 bits of the operating system's randomness, in letters that need no escape anywhere.
fn password() -> Result<Zeroizing<String>, Error> {
    let mut bytes = Zeroizing::new([0u8; 32]);
    rand::rngs::SysRng
        .try_fill_bytes(&mut *bytes)
        .map_err(|_| Error::failed("the operating system gave no random numbers"))?;
    Ok(Zeroizing::new(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(*bytes)))
}

impl Wanted<'_> {
    /// One line of a password file (<https://www.postgresql.org/docs/15/libpq-pgpass.html>), in the place of an older one for
    /// the same login.
    fn keep(&self, server: &PostgresUrl) -> Result<(), Error> {
        let field = |text: &str| text.replace('\\', "\\\\").replace(':', "\\:");
        // A socket's folder is looked up under other names.
        let host = if server.host().starts_with('/') { "*" } else { server.host() };
        let host = if host == "*" { host.to_owned() } else { field(host) };
        let (database, user) = (field(server.database()), field(&self.login.name));
        let key = format!("{host}:{}:{database}:{user}:", server.port());
        let before = Zeroizing::new(std::fs::read_to_string(self.file).unwrap_or_default());
        let others = before.lines().filter(|line| !line.starts_with(&key));
        let mut text = Zeroizing::new(String::with_capacity(before.len() + 200));
        others.for_each(|line| _ = (text.push_str(line), text.push('\n')));
        text.push_str(&key);
        text.push_str(&self.password);
        text.push('\n');
        write_private(self.file, text.as_bytes()).map_err(|e| {
            let what = format!("{} cannot be written: {}", self.file.display(), e.kind());
            Error::new(Code::Failed, what, "mend that, and run it again: the login gets another password")
        })
    }
}

/// Whole or not at all, and never readable by others.
fn write_private(path: &Path, text: &[u8]) -> std::io::Result<()> {
    let temporary = path.with_extension("turnlock-new");
    let _ = std::fs::remove_file(&temporary);
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary)?;
    file.write_all(text)?;
    file.sync_all()?;
    std::fs::rename(&temporary, path)
}

fn sentences(changes: &[Change]) -> Vec<&str> {
    changes.iter().map(|change| change.what.as_str()).collect()
}

fn show(url: &AuditUrl, changes: &[Change]) {
    if changes.is_empty() {
        print(&format!("Nothing is missing: {url}\n"));
        return;
    }
    print(&format!("To be made at {url}:\n"));
    changes.iter().for_each(|change| print(&format!("  {}\n", change.what)));
}

fn report(global: &Global, url: &AuditUrl, changes: &[Change], wanted: &[Wanted<'_>]) {
    let for_login = |w: &Wanted<'_>| match url {
        AuditUrl::Postgres(s) => {
            format!("TURNLOCK_AUDIT_URL={} PGPASSFILE={}", s.of_login(&w.login.name), w.file.display())
        }
        _ => String::new(),
    };
    if global.json {
        let logins: Vec<String> = wanted.iter().map(for_login).collect();
        print_json(
            &json!({ "log": url.to_string(), "changes": sentences(changes), "made": true, "logins": logins }),
        );
        return;
    }
    print("Made.\n");
    for wanted in wanted {
        print(&format!("The environment of {}:\n  {}\n", wanted.login.name, for_login(wanted)));
    }
    if matches!(url, AuditUrl::Postgres(_)) {
        print("Look at how it is kept, as the login that will be used: turnlock audit posture\n");
    }
}
