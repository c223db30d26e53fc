//! Entries as rows of a spreadsheet: RFC 4180, and no cell that a spreadsheet would take for a formula.
//!
//! The columns are a promise: they keep their names and their order, and new ones come at the end.

use super::fields::Fields;
use crate::redact::escaped;

/// What each column is called, in order; docs/auditors.md says what it means.
pub(super) const COLUMNS: [&str; 31] = [
    "entry",
    "at",
    "action",
    "phase",
    "direction",
    "outcome",
    "target",
    "secrets",
    "rotation",
    "step",
    "requester",
    "asserted_name",
    "asserted_uid",
    "asserted_sudo_uid",
    "asserted_host",
    "actor",
    "trigger",
    "reason",
    "error",
    "notes",
    "plan_hash",
    "epoch",
    "request_ids",
    "trace_id",
    "span_id",
    "agent",
    "format",
    "interpreted",
    "recorded_at",
    "recorded_by",
    "leaf",
];

pub(super) fn cells(fields: &Fields<'_>) -> Vec<String> {
    let listed = fields.listed;
    let recorded = listed.recorded.as_ref();
    let at = fields.at().map_or_else(|| fields.text("at"), |at| at.to_string());
    let cell = |column: &str| match column {
        "entry" => listed.seq.to_string(),
        "at" => at.clone(),
        "secrets" => fields.changes().join("; "),
        "notes" => fields.notes().join("; "),
        "request_ids" => fields.request_ids().join(" "),
        "interpreted" => if listed.entry.is_some() { "yes" } else { "no" }.into(),
        "recorded_at" => recorded.map(|r| r.at.to_string()).unwrap_or_default(),
        "recorded_by" => recorded.map(|r| r.by.clone()).unwrap_or_default(),
        "leaf" => hex::encode(listed.leaf),
        other => match other.strip_prefix("asserted_") {
            Some(key) => fields.asserted(key),
            None => fields.text(other),
        },
    };
    COLUMNS.iter().map(|column| inert(&cell(column))).collect()
}

/// A cell that is shown as it is, whatever program opens the file (OWASP, "CSV Injection").
///
/// What begins like a formula gets an apostrophe in front of it; a plain number is none. The same behind a `;`, where some
/// spreadsheets begin a new cell whatever the quotes say. Control characters and invisible ones are escaped.
pub(super) fn inert(text: &str) -> String {
    if is_number(text) {
        return text.to_owned();
    }
    let mut guarded = String::with_capacity(text.len());
    let mut at_the_beginning = true;
    for c in text.chars() {
        if at_the_beginning && begins_a_formula(c) {
            guarded.push('\'');
        }
        guarded.push(c);
        at_the_beginning = c == ';' || (at_the_beginning && matches!(c, ' ' | '"' | '\u{a0}'));
    }
    escaped(&guarded)
}

/// Also in the full width of East Asian keyboards, which some spreadsheets take for the same.
fn begins_a_formula(c: char) -> bool {
    matches!(
        c,
        '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}'
    )
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    [whole, fraction].iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_begins_a_formula() {
        for (text, cell) in [
            ("=1+1", "'=1+1"),
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("+SUM(A1)", "'+SUM(A1)"),
            ("-2+3", "'-2+3"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", r"'\u{9}=1"),
            ("\r=1", r"'\u{d}=1"),
            ("\n=1", r"'\u{a}=1"),
            ("  =1", "  '=1"),
            ("\"=1", "\"'=1"),
            ("＝1", "'＝1"),
            ("said;=1", "said;'=1"),
            ("said; =1", "said; '=1"),
            // Not touched.
            ("-5", "-5"),
            ("+5.25", "+5.25"),
            ("a=b", "a=b"),
            ("JWT_SECRET v3 -> v4; MFA v1 -> v2", "JWT_SECRET v3 -> v4; MFA v1 -> v2"),
            ("uid 0 on web-1", "uid 0 on web-1"),
            ("", ""),
        ] {
            assert_eq!(inert(text), cell, "{text:?}");
        }
    }

    #[test]
    fn what_a_terminal_obeys_or_nobody_sees_is_escaped() {
        assert_eq!(inert("a\u{1b}[2Jb\nc\u{202e}d"), r"a\u{1b}[2Jb\u{a}c\u{202e}d");
    }
}
