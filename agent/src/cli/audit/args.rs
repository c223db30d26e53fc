//! What can be typed after `turnlock audit`.

use clap::{Args, Subcommand};
use jiff::Timestamp;

use super::format::Format;
use super::when;
use crate::secret::Name;

#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Make a new, empty log in a file; for one in PostgreSQL see `turnlock setup audit`
    #[command(after_help = "Example:\n  turnlock audit init")]
    Init,
    /// List entries, newest first
    #[command(
        // `--version` is a secret's here.
        disable_version_flag = true,
        after_help = "Examples:\n  turnlock audit list --secret JWT_SECRET --limit 20\n  turnlock audit list --outcome failed --since 30d\n  turnlock audit list --since 2026-01-01 --until 2026-04-01 --all --format csv > first-quarter.csv\n  turnlock audit list --follow"
    )]
    List(Box<ListArgs>),
    /// Tell the story of a rotation, or of one entry
    #[command(after_help = "Examples:\n  turnlock audit show last\n  turnlock audit show 17")]
    Show {
        /// An entry's number, a rotation's id, or `last`
        what: String,
        /// How to answer: table, json, ndjson, csv [default: a story]
        #[arg(long, value_name = "FORMAT", hide_possible_values = true)]
        format: Option<Format>,
    },
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

/// Which entries: those that fit everything that is given. Names are matched whole.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// What is about this secret
    #[arg(long, value_name = "NAME")]
    pub secret: Option<Name>,
    /// What names this version of a secret, before or after
    #[arg(long, value_name = "N")]
    pub version: Option<u64>,
    /// This rotation
    #[arg(long, value_name = "ID")]
    pub rotation: Option<String>,
    /// rotation, stage, apply, verify, promote, retire, lease, import, repair, refusal, alarm, posture, setup, enroll, move
    #[arg(long, value_name = "ACTION")]
    pub action: Option<String>,
    /// As `turnlock drift` names it: file.env, database.main, containers
    #[arg(long, value_name = "TARGET")]
    pub target: Option<String>,
    /// done, failed, refused, in_doubt
    #[arg(long, value_name = "OUTCOME", value_parser = outcome)]
    pub outcome: Option<turnlock_audit::Outcome>,
    /// With whose powers it was done: entity:7d2e3179-…
    #[arg(long, value_name = "WHO")]
    pub actor: Option<String>,
    /// Who asked for it
    #[arg(long, value_name = "WHO")]
    pub requester: Option<String>,
    /// person, schedule, event, incident
    #[arg(long, value_name = "WHAT")]
    pub trigger: Option<String>,
    /// The id of an OpenTelemetry trace
    #[arg(long, value_name = "TRACE")]
    pub trace: Option<String>,
    /// Not before: 2026-11-22T20:00:00Z, a day (2026-11-22, UTC), or so long ago (90d, '3 months')
    #[arg(long, value_name = "WHEN", value_parser = when::parse)]
    pub since: Option<Timestamp>,
    /// Before
    #[arg(long, value_name = "WHEN", value_parser = when::parse)]
    pub until: Option<Timestamp>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: u32,
    /// The page after this entry
    #[arg(long, value_name = "ENTRY")]
    pub before: Option<u64>,
    /// Everything, page by page
    #[arg(long, conflicts_with_all = ["limit", "follow"])]
    pub all: bool,
    /// Then wait for more, oldest first, until Ctrl-C
    #[arg(long, short, conflicts_with_all = ["before", "until"])]
    pub follow: bool,
    /// How to answer: table, json, ndjson, csv (formulas made harmless) [default: table]
    #[arg(long, value_name = "FORMAT", hide_possible_values = true)]
    pub format: Option<Format>,
}

fn outcome(text: &str) -> Result<turnlock_audit::Outcome, String> {
    serde_json::from_value(text.into()).map_err(|_| "it is one of: done, failed, refused, in_doubt".into())
}
