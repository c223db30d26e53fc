//! Entries for people, for programs and for spreadsheets. Each row is written as it comes: a long answer needs no memory.

use serde_json::{Value as Json, json};
use turnlock_audit::{Direction, Entry, Listed, Phase};

use crate::cli::out::{columns, moment, print};
use crate::redact::escaped;

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people
    Table,
    /// One object
    Json,
    /// One object a line
    Ndjson,
    /// For spreadsheets (RFC 4180); what could be a formula is made harmless
    Csv,
}

/// The columns of CSV: stable, more may follow.
pub(super) const COLUMNS: [&str; 27] = [
    "entry",
    "at",
    "action",
    "phase",
    "outcome",
    "target",
    "secrets",
    "rotation",
    "step",
    "direction",
    "actor",
    "requester",
    "asserted_name",
    "asserted_uid",
    "asserted_host",
    "trigger",
    "reason",
    "error",
    "epoch",
    "vault_requests",
    "plan_hash",
    "trace_id",
    "span_id",
    "agent",
    "recorded_at",
    "recorded_by",
    "leaf",
];

/// Where entries are written to, one after another.
pub(super) struct Writer {
    format: Format,
    written: u64,
}

impl Writer {
    pub(super) fn new(format: Format) -> Self {
        Self { format, written: 0 }
    }

    /// A page of them.
    pub(super) fn page(&mut self, entries: &[Listed]) {
        match self.format {
            Format::Table => self.table(entries),
            Format::Json => entries.iter().for_each(|listed| {
                let comma = if self.written == 0 { "{\n  \"entries\": [\n" } else { ",\n" };
                let pretty = format!("{:#}", as_json(listed)).replace('\n', "\n    ");
                print(&format!("{comma}    {pretty}"));
                self.written += 1;
            }),
            Format::Ndjson => entries.iter().for_each(|listed| print(&format!("{}\n", as_json(listed)))),
            Format::Csv => {
                let mut rows = Vec::new();
                if self.written == 0 {
                    rows.push(COLUMNS.map(str::to_owned).to_vec());
                }
                rows.extend(entries.iter().map(cells));
                print(&csv(&rows));
                self.written += 1;
            }
        }
    }

    /// What closes the answer.
    pub(super) fn end(self) {
        match self.format {
            Format::Json if self.written == 0 => print("{\n  \"entries\": []\n}\n"),
            Format::Json => print("\n  ]\n}\n"),
            Format::Csv if self.written == 0 => print(&csv(&[COLUMNS.map(str::to_owned).to_vec()])),
            Format::Table if self.written == 0 => self.table_of(Vec::new()),
            _ => {}
        }
    }

    fn table(&mut self, entries: &[Listed]) {
        if !entries.is_empty() {
            self.table_of(entries.iter().map(row).collect());
            self.written += entries.len() as u64;
        }
    }

    fn table_of(&self, rows: Vec<Vec<String>>) {
        let header = ["ENTRY", "TIME", "ACTION", "TARGET", "OUTCOME", "SECRETS", "ROTATION"];
        let text = columns(&header, rows);
        match self.written {
            0 => print(&text),
            _ => print(text.split_once('\n').map_or("", |(_, rows)| rows)),
        }
    }
}

/// An entry with what stands beside it.
pub(super) fn as_json(listed: &Listed) -> Json {
    let mut json = json!({ "seq": listed.seq, "leaf": hex::encode(listed.leaf) });
    match &listed.entry {
        Some(entry) => json["entry"] = json!(entry),
        // Another version wrote it: as it is, and not interpreted.
        None => {
            json["intact"] = true.into();
            json["interpreted"] = false.into();
            json["entry"] = serde_json::from_slice(&listed.body).unwrap_or_default();
        }
    }
    if let Some(recorded) = &listed.recorded {
        json["recorded"] = json!({ "at": recorded.at, "by": recorded.by });
    }
    json
}

pub(super) fn action(e: &Entry) -> String {
    match e.direction {
        Some(Direction::Back) => format!("undo {}", e.action),
        _ => e.action.clone(),
    }
}

pub(super) fn outcome(e: &Entry) -> &'static str {
    use turnlock_audit::Outcome;
    match (e.phase, e.outcome) {
        (Phase::Intent, _) => "intended",
        (_, Some(Outcome::Done)) => "done",
        (_, Some(Outcome::Failed)) => "failed",
        (_, Some(Outcome::Refused)) => "refused",
        (_, Some(Outcome::InDoubt)) => "in doubt",
        (_, None) => "-",
    }
}

fn row(listed: &Listed) -> Vec<String> {
    let Some(e) = &listed.entry else {
        return vec![
            listed.seq.to_string(),
            "-".into(),
            "(a newer version's; intact, not interpreted)".into(),
        ];
    };
    let secrets: Vec<&str> = e.subjects.keys().map(String::as_str).collect();
    let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".into());
    vec![
        listed.seq.to_string(),
        moment(e.at),
        action(e),
        or_dash(&e.target),
        outcome(e).into(),
        secrets.join(" "),
        or_dash(&e.rotation),
    ]
}

/// `JWT_SECRET v1 -> v2`.
pub(super) fn secrets(e: &Entry) -> String {
    let number = |n: Option<u64>| n.map_or("-".to_owned(), |n| format!("v{n}"));
    let one = |(name, v): (&String, &turnlock_audit::Versions)| match (v.from, v.to) {
        (None, None) => name.clone(),
        (from, to) => format!("{name} {} -> {}", number(from), number(to)),
    };
    e.subjects.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn cells(listed: &Listed) -> Vec<String> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let recorded = listed.recorded.as_ref();
    let beside = [
        recorded.map(|r| r.at.to_string()).unwrap_or_default(),
        recorded.map(|r| r.by.clone()).unwrap_or_default(),
        hex::encode(listed.leaf),
    ];
    let Some(e) = &listed.entry else {
        let mut cells = vec![String::new(); COLUMNS.len() - beside.len()];
        cells[0] = listed.seq.to_string();
        cells[2] = "(intact, not interpreted)".into();
        return cells.into_iter().chain(beside).collect();
    };
    let asserted = e.asserted.clone().unwrap_or_default();
    let said = [
        listed.seq.to_string(),
        e.at.to_string(),
        e.action.clone(),
        word(e.phase),
        e.outcome.map(|o| o.as_str().to_owned()).unwrap_or_default(),
        text(&e.target),
        secrets(e),
        text(&e.rotation),
        e.step.map(|n| n.to_string()).unwrap_or_default(),
        e.direction.map(word).unwrap_or_default(),
        e.actor.clone(),
        text(&e.requester),
        text(&asserted.name),
        asserted.uid.map(|n| n.to_string()).unwrap_or_default(),
        text(&asserted.host),
        text(&e.trigger),
        text(&e.reason),
        text(&e.error),
        e.epoch.map(|n| n.to_string()).unwrap_or_default(),
        e.request_ids.join(" "),
        text(&e.plan_hash),
        text(&e.trace_id),
        text(&e.span_id),
        e.agent.clone(),
    ];
    said.into_iter().chain(beside).collect()
}

/// An enum's word, as the entry has it.
fn word(word: impl serde::Serialize) -> String {
    serde_json::to_value(word).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// RFC 4180, by a library; a cell that a spreadsheet would take for a formula begins with an apostrophe
/// (<https://owasp.org/www-community/attacks/CSV_Injection>), and what a terminal would obey is escaped.
fn csv(rows: &[Vec<String>]) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        // Into memory: it can't fail.
        let _ = writer.write_record(row.iter().map(|cell| harmless(cell)));
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

fn harmless(cell: &str) -> String {
    let cell = escaped(cell);
    let formula =
        cell.starts_with(['=', '+', '-', '@', '|', '%', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']);
    if formula { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_or_moves_a_cursor() {
        for (cell, shown) in [
            ("=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")"),
            ("+1", "'+1"),
            ("-2", "'-2"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "\\u{9}=1"),
            ("a\rb", "a\\u{d}b"),
            ("plain, \"quoted\"", "plain, \"quoted\""),
            ("\u{202e}gpj.exe", "\\u{202e}gpj.exe"),
        ] {
            assert_eq!(harmless(cell), shown);
        }
        let text = csv(&[vec!["a\"b".into(), "c,d".into(), "=1".into()]]);
        assert_eq!(text, "\"a\"\"b\",\"c,d\",'=1\r\n");
    }
}
