//! How a rotation ended, for people and for machines.

use std::time::Duration;

use serde_json::{Value as Json, json};

use super::out::{print, print_json};
use super::{Code, Global};
use crate::plan::{Plan, Versions};
use crate::redact::escaped;
use crate::rotation::Ending;

/// Of how many secrets the names are told.
const MOST_NAMED: usize = 12;

pub(super) struct Report {
    pub(super) code: Code,
    id: String,
    outcome: &'static str,
    headline: String,
    why: Option<String>,
    stands: Vec<String>,
    help: Option<String>,
    changes: Json,
    took: Duration,
    /// The one that had been cut short and was taken up before.
    before: Option<Json>,
}

impl Report {
    pub(super) fn of(id: String, plan: &Plan, ending: Ending, took: Duration) -> Self {
        let versions = |side: fn(&Versions) -> u64| {
            let mut all = plan.changes.iter().map(|(name, v)| format!("{name} v{}", side(v)));
            let mut named = all.by_ref().take(MOST_NAMED).collect::<Vec<_>>().join(", ");
            match all.count() {
                0 => named,
                more => {
                    named.push_str(&format!(" and {more} more"));
                    named
                }
            }
        };
        let (new, old) = (versions(|v| v.to), versions(|v| v.from));
        let help = |text: &str| Some(text.to_owned());
        let (code, outcome, headline, why, stands, help) = match ending {
            Ending::Done => {
                (Code::Done, "done", format!("Done: {new}, everywhere, verified"), None, vec![], None)
            }
            Ending::RetirePending { why } => {
                let headline = format!("Done: {new}, but something old is left");
                (
                    Code::Differs,
                    "retire pending",
                    headline,
                    Some(why),
                    vec![],
                    help("look again with `turnlock drift`"),
                )
            }
            Ending::Undone { why, touched: false, conflict: true } => (
                Code::Refused,
                "refused",
                "Refused, before anything was touched: another rotation is under way".to_owned(),
                Some(why),
                vec![],
                help("wait until it has ended, then rotate again"),
            ),
            Ending::Undone { why, touched, .. } => {
                let headline = match touched {
                    true => format!("Failed, and taken back: {old}, everywhere, verified"),
                    false => "Failed, before anything was touched".to_owned(),
                };
                (
                    Code::Failed,
                    "undone",
                    headline,
                    Some(why),
                    vec![],
                    help("mend the cause, then rotate again"),
                )
            }
            Ending::Stuck { why, stands, help } => {
                (Code::Stuck, "stuck", "STUCK: a person is needed".to_owned(), Some(why), stands, Some(help))
            }
        };
        let changes =
            plan.changes.iter().map(|(n, v)| json!({ "secret": n, "from": v.from, "to": v.to })).collect();
        Self { code, id, outcome, headline, why, stands, help, changes, took, before: None }
    }

    /// Told with the one that was taken up before it.
    pub(super) fn after(self, before: Option<&Report>) -> Self {
        Self { before: before.map(Report::as_json), ..self }
    }

    pub(super) fn as_json(&self) -> Json {
        json!({
            "rotation": self.id, "outcome": self.outcome, "changes": self.changes, "why": self.why,
            "stands": self.stands, "help": self.help, "seconds": self.took.as_millis() as f64 / 1000.0,
            "exit_code": self.code as u8, "taken_up": self.before,
        })
    }

    /// One JSON answer: the last rotation of a command, and those that it ended before.
    pub(super) fn show_last(reports: &[Report]) {
        let Some((last, earlier)) = reports.split_last() else { return };
        let mut answer = last.as_json();
        if !earlier.is_empty() {
            answer["earlier"] = earlier.iter().map(Report::as_json).collect();
        }
        print_json(&answer);
    }

    pub(super) fn show(&self, global: &Global) {
        if global.json {
            print_json(&self.as_json());
            return;
        }
        print(&format!("{} ({:.1} s)\n", self.headline, self.took.as_secs_f64()));
        let why = self.why.iter().map(|text| ("why", text));
        let stands = self.stands.iter().map(|text| ("stands", text));
        for (label, text) in why.chain(stands).chain(self.help.iter().map(|text| ("help", text))) {
            print(&format!("  {label}: {}\n", escaped(text)));
        }
        print(&format!("  log: turnlock audit show {}\n", self.id));
    }
}
