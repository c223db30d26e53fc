//! What a person types after `turnlock audit`.

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;
use turnlock_audit::{Filter, Outcome};

use super::time;

#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Make a new, empty log in a file; for one in PostgreSQL see `turnlock setup audit`
    #[command(after_help = "Example:\n  turnlock audit init")]
    Init,
    /// List entries, newest first
    #[command(after_help = LIST_HELP, disable_version_flag = true)]
    List(Box<ListArgs>),
    /// Tell the story of a rotation, or of one entry
    #[command(
        after_help = "Examples:\n  turnlock audit show last\n  turnlock audit show 17\n  turnlock audit show last --format csv > rotation.csv"
    )]
    Show(ShowArgs),
    /// Recompute the whole log and name the first thing that is wrong
    #[command(after_help = "Examples:\n  turnlock audit verify\n  turnlock audit verify --head 52:47935444…")]
    Verify {
        /// A size and root that were kept elsewhere: the log must still begin with what they were of
        #[arg(long, value_name = "SIZE:ROOT")]
        head: Option<String>,
        /// Also each row of each index, and each page of the file (SQLite; much slower)
        #[arg(long)]
        deep: bool,
    },
    /// Look at how the log is kept: who could change it, and whether what refuses changes is in its place
    #[command(after_help = "Example:\n  turnlock audit posture")]
    Posture,
    /// Move the log from its file into PostgreSQL: the same entries, numbers and root
    #[command(
        after_help = "Example:\n  turnlock audit move --to postgres://turnlock@db.internal/audit\n\nThe database is made ready by `turnlock setup audit`. The file keeps everything and takes no more."
    )]
    Move {
        /// As the agent's login
        #[arg(long, value_name = "URL")]
        to: String,
    },
}

const LIST_HELP: &str =
    "Each filter wants the whole text, letter by letter, as `turnlock audit show` or --format csv prints it.
Several filters: what fits all of them.

TIME is one of
  2026-11-22T20:14:00Z   a moment (RFC 3339)
  2026-11-22             a date: its first moment, in UTC
  2d, 36h, 3 months      so long ago

Examples:
  turnlock audit list --secret JWT_SECRET --limit 20
  turnlock audit list --action rotation --outcome failed --since '3 months'
  turnlock audit list --requester entity:7d2e3179-f69b-450c-7179-ac8ee8bd8ca9
  turnlock audit list --all --since 2026-01-01 --until 2027-01-01 --format csv > 2026.csv
  turnlock audit list --follow";

/// How answers are written: for people; as one JSON document; as one JSON object a line; as RFC 4180, for spreadsheets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Table,
    Json,
    Ndjson,
    Csv,
}

#[derive(Debug, Args)]
pub struct FormatArgs {
    /// How the answer is written; csv is for spreadsheets [default: table, or json with --json]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub format: Option<Format>,
}

#[derive(Debug, Args)]
pub struct ListArgs {
    #[command(flatten)]
    pub filters: Filters,
    #[command(flatten)]
    pub pages: PageArgs,
    #[command(flatten)]
    pub format: FormatArgs,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Which entries")]
pub struct Filters {
    /// Not before this time, by the clock of whoever wrote the entry
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub since: Option<Timestamp>,
    /// Before this time
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub until: Option<Timestamp>,
    /// With whose powers it was done: `entity:ID`, the entity that Vault knows
    #[arg(long, value_name = "WHO")]
    pub actor: Option<String>,
    /// Who asked for it: `entity:ID`, or what stands after `asked by`
    #[arg(long, value_name = "WHO")]
    pub requester: Option<String>,
    /// rotation, stage, apply, verify, promote, retire, lease, resolve, import, repair, recapture, manual, refusal, alarm, posture, setup, enroll, move
    #[arg(long, value_name = "ACTION")]
    pub action: Option<String>,
    /// How it ended
    #[arg(long, value_enum, value_name = "OUTCOME")]
    pub outcome: Option<Ended>,
    /// What is about this secret
    #[arg(long, value_name = "NAME")]
    pub secret: Option<String>,
    /// What is about this version of a secret, as the one before or the one after
    #[arg(long, value_name = "N", value_parser = version)]
    pub version: Option<u64>,
    /// One rotation
    #[arg(long, value_name = "ID")]
    pub rotation: Option<String>,
    /// What was acted upon, as `turnlock drift` names it: `file.env`, `database.shop`, `containers`
    #[arg(long, value_name = "TARGET")]
    pub target: Option<String>,
    /// Why then: person, schedule, event, incident
    #[arg(long, value_name = "TRIGGER")]
    pub trigger: Option<String>,
    /// An OpenTelemetry trace: 32 hexadecimal digits
    #[arg(long, value_name = "ID")]
    pub trace: Option<String>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "How many, from where")]
pub struct PageArgs {
    /// At most so many; 0 is all of them [default: 50; 10 with --follow]
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
    /// All of them, however many
    #[arg(long, conflicts_with = "limit")]
    pub all: bool,
    /// Only entries with a smaller number: the next page
    #[arg(long, value_name = "ENTRY", conflicts_with = "follow")]
    pub before: Option<u64>,
    /// Only entries with a larger number: what is new since then
    #[arg(long, value_name = "ENTRY")]
    pub after: Option<u64>,
    /// Oldest first: the last N, then each new one as it is appended, until Ctrl-C
    #[arg(long, short)]
    pub follow: bool,
}

#[derive(Debug, Args)]
pub struct ShowArgs {
    /// An entry's number, a rotation's id, or `last`: the newest rotation
    #[arg(value_name = "ENTRY|ROTATION|last")]
    pub what: String,
    #[command(flatten)]
    pub format: FormatArgs,
}

/// As they are written in entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Ended {
    Done,
    Failed,
    Refused,
    InDoubt,
}

impl From<Ended> for Outcome {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Done => Outcome::Done,
            Ended::Failed => Outcome::Failed,
            Ended::Refused => Outcome::Refused,
            Ended::InDoubt => Outcome::InDoubt,
        }
    }
}

/// The clock is read here, at the edge.
pub fn moment(text: &str) -> Result<Timestamp, String> {
    time::moment(text, Timestamp::now())
}

/// As it is printed, `v4`, or the number alone.
fn version(text: &str) -> Result<u64, String> {
    let digits = text.strip_prefix('v').unwrap_or(text);
    digits.parse().map_err(|_| "a version is a number, as in 4 or v4".into())
}

impl ListArgs {
    pub(super) fn filter(&self) -> Filter {
        let Filters { since, until, outcome, version, .. } = self.filters;
        let f = &self.filters;
        Filter {
            rotation: f.rotation.clone(),
            subject: f.secret.clone(),
            version,
            actor: f.actor.clone(),
            requester: f.requester.clone(),
            trigger: f.trigger.clone(),
            trace: f.trace.clone(),
            action: f.action.clone(),
            outcome: outcome.map(Outcome::from),
            target: f.target.clone(),
            since,
            until,
            before_seq: self.pages.before,
            after_seq: self.pages.after,
            ..Filter::default()
        }
    }

    /// How many entries are asked for at most, if there is an end.
    pub(super) fn limit(&self) -> Option<u64> {
        let PageArgs { limit, all, follow, .. } = self.pages;
        match limit {
            _ if all => None,
            Some(0) => None,
            None => Some(if follow { 10 } else { 50 }),
            some => some,
        }
    }
}
