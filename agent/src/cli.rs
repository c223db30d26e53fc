//! What a person types and sees: one file a command, presentation only.

pub mod adopt;
pub mod agent;
pub mod audit;
pub mod drift;
pub mod enroll;
pub mod history;
pub mod import;
mod observe;
mod open;
mod out;
pub mod plan;
pub mod policy;
pub mod recapture;
pub mod recover;
pub mod render;
mod report;
pub mod resolve;
pub mod rotate;
pub mod setup;
pub mod status;

use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand};

use crate::journal::{Cause, Trigger};
use crate::metrics::{self, Life};
use crate::redact::{escaped, short};
use crate::secret::{Name, Version};
use crate::telemetry::logs::{Format, Verbosity};
use crate::telemetry::{Told, parent, spans};

pub use observe::observe;
pub use out::{Code, Error, end};

/// Rotates the secrets of a running stack, and proves it.
#[derive(Debug, Parser)]
#[command(name = "turnlock", version, propagate_version = true, max_term_width = 110)]
#[command(after_help = EXIT_CODES)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// On standard error: a person has seen a rotation's progress and its end already, whoever reads an agent's log has
    /// nothing else. A collector gets the story in any case, unless less was asked for.
    pub fn told(&self) -> Told {
        let asked = self.global.log_level.map(|level| format!("turnlock={}", level.as_str()));
        let lines = match (&asked, &self.command) {
            (Some(asked), _) => asked.clone(),
            (None, Command::Agent(_)) => "turnlock=info".into(),
            _ => "turnlock=warn,turnlock::rotation=off".into(),
        };
        Told { lines, records: asked.unwrap_or_else(|| "turnlock=info".into()) }
    }
}

const GLOBAL: &str = "Global options";

const EXIT_CODES: &str = "Exit codes:
  0  done
  1  failed; everything was taken back
  2  usage or policy error
  3  stuck or in doubt: a person is needed
  4  drift, retire pending, or verification failed
  5  refused: not approved, conflict, or the world has changed

Environment:
  VAULT_ADDR, VAULT_NAMESPACE, VAULT_CACERT       where Vault or OpenBao is
  VAULT_ROLE_ID and VAULT_SECRET_ID_FILE          the login by AppRole; or VAULT_TOKEN, VAULT_TOKEN_FILE
  VAULT_AUTH_METHOD                               another login: kubernetes, jwt, cert (docs/operations.md)
  PGPASSFILE, PGSSLROOTCERT                       the login to an audit log in PostgreSQL
  DOCKER_HOST, OTEL_EXPORTER_OTLP_ENDPOINT        the engine; a collector";

#[derive(Debug, Args)]
pub struct Global {
    /// The policy file
    #[arg(
        long,
        global = true,
        env = "TURNLOCK_POLICY",
        hide_env_values = true,
        value_name = "FILE",
        default_value = "turnlock.toml"
    )]
    pub policy: PathBuf,
    /// The audit log: postgres://user@host/database, or sqlite:///path [default: audit.db in $STATE_DIRECTORY or $XDG_STATE_HOME/turnlock]
    #[arg(long, global = true, help_heading = GLOBAL, env = "TURNLOCK_AUDIT_URL", hide_env_values = true, value_name = "URL")]
    pub audit_url: Option<String>,
    /// Act only if nothing makes the audit log easier to change than it has to be (see `turnlock audit posture`)
    #[arg(long, global = true, help_heading = GLOBAL)]
    pub strict: bool,
    /// Answer with JSON
    #[arg(long, global = true, help_heading = GLOBAL)]
    pub json: bool,
    /// How the program's own log on standard error is written
    #[arg(long, global = true, help_heading = GLOBAL, env = "TURNLOCK_LOG_FORMAT", hide_env_values = true, value_name = "FORMAT", default_value = "text")]
    pub log_format: Format,
    /// How much of it: off, error, warn, info, debug [default: warn; for `agent`, info]
    #[arg(long, global = true, help_heading = GLOBAL, env = "TURNLOCK_LOG_LEVEL", hide_env_values = true, value_name = "LEVEL", hide_possible_values = true)]
    pub log_level: Option<Verbosity>,
    /// Also show what other programs said, with values struck out
    #[arg(long, global = true, help_heading = GLOBAL)]
    pub debug: bool,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make Vault ready for this stack
    #[command(after_help = "Example:\n  turnlock setup vault --dry-run")]
    Setup {
        #[command(subcommand)]
        command: setup::SetupCommand,
    },
    /// Take the agent's login to Vault out of its wrapping
    #[command(after_help = "Example:\n  turnlock enroll --wrapped -")]
    Enroll(enroll::EnrollArgs),
    /// Bring the running stack's values into Vault as version 1; with --compose, make a policy of it first
    #[command(
        after_help = "Examples:\n  turnlock import --compose compose.yml --out turnlock --manage POSTGRES_PASSWORD,SECRET_KEY\n  turnlock import"
    )]
    Import(import::ImportArgs),
    /// Show what a rotation would do, without doing it
    #[command(after_help = "Example:\n  turnlock plan POSTGRES_PASSWORD")]
    Plan(PlanArgs),
    /// Replace secrets everywhere they live
    #[command(
        after_help = "Examples:\n  turnlock rotate POSTGRES_PASSWORD\n  turnlock rotate --due --yes --accept-impact JWT_SECRET"
    )]
    Rotate(RotateArgs),
    /// Bring an earlier version's value back, under a new number
    #[command(after_help = "Example:\n  turnlock rollback POSTGRES_PASSWORD --to 1")]
    Rollback(RollbackArgs),
    /// Show each secret's version, age and next date
    #[command(after_help = "Example:\n  turnlock status")]
    Status,
    /// Ask every place whether it holds the current version
    #[command(after_help = "Example:\n  turnlock drift")]
    Drift,
    /// Bring places that have drifted back to the current versions
    #[command(after_help = "Examples:\n  turnlock repair\n  turnlock repair file.env")]
    Repair(RepairArgs),
    /// Take up a rotation that has not ended: back, or forward once promote was intended
    #[command(after_help = "Examples:\n  turnlock recover --dry-run\n  turnlock recover")]
    Recover(recover::RecoverArgs),
    /// Decide what becomes of a rotation that is stuck
    #[command(
        after_help = "Example:\n  turnlock resolve 20261126T080000Z-0a1b2c3d --forward --reason \"the write at 08:01 was a mistake\""
    )]
    Resolve(resolve::ResolveArgs),
    /// Take over what was changed by hand, as it stands everywhere; no rotation
    #[command(
        after_help = "Example:\n  turnlock adopt POSTGRES_PASSWORD --reason \"Vault was down, by the page\" --occurred-at 40m"
    )]
    Adopt(adopt::AdoptArgs),
    /// Read back into a restored Vault what it has lost and the stack still holds
    #[command(
        after_help = "Example:\n  turnlock recapture POSTGRES_PASSWORD JWT_SECRET --from container --reason \"restored from Monday's copy\""
    )]
    Recapture(recapture::RecaptureArgs),
    /// Show a secret's versions and where they came from
    #[command(after_help = "Example:\n  turnlock history JWT_SECRET")]
    History(HistoryArgs),
    /// Ask and check the audit log; needs nothing but the log
    #[command(
        after_help = "Examples:\n  turnlock audit show last\n  turnlock audit list --secret JWT_SECRET --since 90d --format csv\n  turnlock audit verify"
    )]
    Audit {
        #[command(subcommand)]
        command: audit::AuditCommand,
    },
    /// Render a file of the policy, with its values struck out, or into a file
    #[command(after_help = "Examples:\n  turnlock render env\n  turnlock render env --out /run/stack/env")]
    Render(RenderArgs),
    /// Rotate what is due, until told to stop
    #[command(after_help = "Example:\n  turnlock agent --accept-impact JWT_SECRET")]
    Agent(AgentArgs),
    /// Check a policy file
    #[command(after_help = "Examples:\n  turnlock policy check\n  turnlock policy schema > schema.json")]
    Policy {
        #[command(subcommand)]
        command: PolicyCommand,
    },
    /// Print completions for a shell
    #[command(after_help = "Example:\n  turnlock completions bash > /etc/bash_completion.d/turnlock")]
    Completions { shell: clap_complete::Shell },
}

impl Command {
    /// What it asks of others hangs below one span, part of the caller's trace; a rotation has a root of its own.
    pub fn span(&self) -> tracing::Span {
        let name = match self {
            Command::Setup { .. } => "setup",
            Command::Enroll(_) => "enroll",
            Command::Import(_) => "import",
            Command::Plan(_) => "plan",
            Command::Status => "status",
            Command::Drift => "drift",
            Command::Repair(_) => "repair",
            Command::Adopt(_) => "adopt",
            Command::Recapture(_) => "recapture",
            Command::History(_) => "history",
            Command::Render(_) => "render",
            _ => return tracing::Span::none(),
        };
        let span = spans::command(name);
        parent::adopt_caller(&span);
        span
    }

    /// What there is to measure in it.
    pub fn life(&self) -> Life {
        match self {
            Command::Agent(args) => {
                Life::Agent { serves: metrics::listen(args.metrics.as_deref()).is_some() }
            }
            Command::Import(args) if args.dry_run || !args.stranger.compose.is_empty() => Life::Silent,
            Command::Import(_) | Command::Rotate(_) | Command::Rollback(_) | Command::Repair(_) => {
                Life::Command
            }
            Command::Recover(args) if args.dry_run => Life::Silent,
            Command::Recover(_) | Command::Resolve(_) => Life::Command,
            Command::Adopt(_) | Command::Recapture(_) => Life::Command,
            Command::Status | Command::Drift => Life::Command,
            _ => Life::Silent,
        }
    }
}

#[derive(Debug, Args)]
pub struct PlanArgs {
    /// The secrets; all of the policy's if none is named
    #[arg(value_name = "SECRET")]
    pub secrets: Vec<Name>,
}

#[derive(Debug, Args)]
pub struct RotateArgs {
    #[command(flatten)]
    pub which: Which,
    #[command(flatten)]
    pub consent: Consent,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Which {
    /// The secrets to rotate, together
    #[arg(value_name = "SECRET")]
    pub secrets: Vec<Name>,
    /// Those that the schedule says are due
    #[arg(long)]
    pub due: bool,
    /// All of the policy's
    #[arg(long)]
    pub all: bool,
}

#[derive(Debug, Args)]
pub struct Consent {
    /// Don't ask
    #[arg(long, short)]
    pub yes: bool,
    /// Accept what rotating this secret costs people (sessions, MFA, re-encryption); repeat for each
    #[arg(long, value_name = "NAME")]
    pub accept_impact: Vec<Name>,
    /// Why, for the log
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// What made it necessary, for the log: person, schedule, event, incident [default: person; with --due, schedule]
    #[arg(long, value_name = "WHAT", hide_possible_values = true)]
    pub trigger: Option<Trigger>,
}

impl Consent {
    fn cause(&self, usual: Trigger) -> Cause {
        Cause::new(self.trigger.unwrap_or(usual), self.reason.clone())
    }
}

#[derive(Debug, Args)]
pub struct RollbackArgs {
    /// The secret to take back
    pub secret: Name,
    /// The version whose value comes back
    #[arg(long, value_name = "N")]
    pub to: Version,
    #[command(flatten)]
    pub consent: Consent,
}

#[derive(Debug, Args)]
pub struct RepairArgs {
    /// One target, as `turnlock drift` names it
    pub target: Option<String>,
}

#[derive(Debug, Args)]
pub struct HistoryArgs {
    /// One secret; all of the policy's if none is named
    pub secret: Option<Name>,
}

#[derive(Debug, Args)]
pub struct RenderArgs {
    /// The policy's name of the file
    #[arg(value_name = "TEMPLATE")]
    pub file: String,
    /// Write it here, readable by you alone
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct AgentArgs {
    /// Accept what rotating this secret costs people; repeat for each. What is not accepted is only told to be due
    #[arg(long, value_name = "NAME")]
    pub accept_impact: Vec<Name>,
    /// Look at least this often
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
    pub interval: u64,
    /// Answer Prometheus at http://ADDRESS:PORT/metrics
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = metrics::address)]
    pub metrics: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Check the policy file and show what was understood
    #[command(after_help = "Example:\n  turnlock policy check --policy policies/rotation/breeze.toml")]
    Check,
    /// Print the policy file's JSON Schema
    #[command(after_help = "Example:\n  turnlock policy schema > schema.json")]
    Schema,
}

pub fn completions(shell: clap_complete::Shell) -> Result<Code, Error> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "turnlock", &mut text);
    out::print(&String::from_utf8_lossy(&text));
    Ok(Code::Done)
}

/// `turnlock policy`.
pub fn check_policy(global: &Global, command: &PolicyCommand) -> Result<Code, Error> {
    match command {
        PolicyCommand::Schema => out::print_json(&crate::policy::schema()),
        PolicyCommand::Check => {
            let policy = global.load_policy()?;
            if global.json {
                out::print_json(&policy::check_json(&policy));
            } else {
                out::print(&policy::check_text(&policy));
            }
        }
    }
    Ok(Code::Done)
}

/// What was typed can't be understood, or asks for help.
pub fn misread(error: &clap::Error) -> std::process::ExitCode {
    if !error.use_stderr() {
        let _ = error.print();
        return Code::Done.into();
    }
    let asked_for_json = std::env::args_os().any(|a| a == "--json");
    let text = readable(&error.to_string());
    if asked_for_json {
        let what = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
        out::print_json(&serde_json::json!({ "error": what, "help": "see --help", "exit_code": 2 }));
    } else if text == error.to_string() {
        let _ = error.print();
    } else {
        out::complain(text.trim_end());
    }
    Code::Usage.into()
}

/// It says what was typed, which may be anything, and as long as an argument can be.
fn readable(said: &str) -> String {
    const LONGEST: usize = 500;
    let lines = said.split('\n').map(|line| short(escaped(line), LONGEST));
    lines.collect::<Vec<_>>().join("\n")
}
