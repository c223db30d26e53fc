//! Four formats: each says all of it, and none does anything.

use serde_json::Value as Json;
use turnlock_audit::{Listed, Outcome, Phase, Versions, merkle};

use super::super::args::Format;
use super::super::sheet::COLUMNS;
use super::super::sink::Sink;
use super::{HOSTILE, entry, listed, newer, recorded};
use crate::redact::is_unfit;

fn written(format: Format, pages: &[&[Listed]]) -> String {
    let mut out = Vec::new();
    let mut sink = Sink::begin(&mut out, format, None).unwrap();
    for page in pages {
        sink.page(page).unwrap();
    }
    sink.end().unwrap();
    String::from_utf8(out).unwrap()
}

/// Entries that have something hostile wherever the log lets them.
fn hostile() -> Vec<Listed> {
    let mut all = Vec::new();
    for (text, seq) in HOSTILE.iter().zip(0..) {
        let mut e = entry(seq, "apply", Phase::Outcome);
        e.outcome = Some(Outcome::Failed);
        e.actor = (*text).into();
        e.requester = Some((*text).into());
        e.trigger = Some((*text).into());
        e.reason = Some((*text).into());
        e.error = Some((*text).into());
        e.agent = (*text).into();
        e.request_ids = vec![(*text).into()];
        e.asserted = e.asserted.map(|a| turnlock_audit::Asserted {
            name: Some((*text).into()),
            host: Some((*text).into()),
            ..a
        });
        e.detail = Some(serde_json::json!({ "notes": [text], *text: text }));
        if !text.chars().any(char::is_control) {
            e.target = Some((*text).into());
            e.rotation = Some((*text).into());
            e.subjects = [((*text).to_owned(), Versions { from: Some(1), to: Some(2) })].into();
        }
        all.push(listed(seq.unsigned_abs(), e));
        all.push(newer(seq.unsigned_abs() + 100, text));
    }
    all
}

fn cells(csv: &str) -> Vec<csv::StringRecord> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(false).from_reader(csv.as_bytes());
    reader.records().collect::<Result<_, _>>().expect("each row has as many cells as the first")
}

#[test]
fn hostile_texts_come_out_harmless_in_every_format() {
    for format in [Format::Table, Format::Json, Format::Ndjson, Format::Csv] {
        let text = written(format, &[&hostile()]);
        let unfit: Vec<char> =
            text.replace("\r\n", "\n").chars().filter(|c| *c != '\n' && is_unfit(*c)).collect();
        assert_eq!(unfit, [' '; 0], "{format:?}");
        let lines = text.lines().count();
        let all = hostile().len();
        match format {
            Format::Table | Format::Csv => assert_eq!(lines, all + 1, "{text}"),
            Format::Ndjson => assert_eq!(lines, all),
            Format::Json => assert!(serde_json::from_str::<Json>(&text).is_ok()),
        }
    }
}

#[test]
fn no_cell_of_the_csv_is_a_formula_whatever_separates_the_cells() {
    let text = written(Format::Csv, &[&hostile()]);
    let all = cells(&text);
    assert_eq!(all[0].iter().collect::<Vec<_>>(), COLUMNS);
    for cell in all.iter().skip(1).flat_map(|row| row.iter()).flat_map(|cell| cell.split(';')) {
        let begins = cell.trim_start_matches([' ', '"']).chars().next();
        assert!(!begins.is_some_and(|c| "=+-@\t\r".contains(c)), "{cell:?}");
    }
}

#[test]
fn json_has_the_exact_entry_from_which_the_leaf_is_computed_again() {
    let mut entries = hostile();
    entries[0].recorded = Some(recorded());
    let document: Json = serde_json::from_str(&written(Format::Json, &[&entries])).unwrap();
    let lines = written(Format::Ndjson, &[&entries]);
    let lines: Vec<Json> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(document["entries"].as_array().unwrap(), &lines);
    for (listed, line) in entries.iter().zip(&lines) {
        let body = serde_json_canonicalizer::to_vec(&line["entry"]).unwrap();
        assert_eq!(hex::encode(merkle::leaf_hash(&body)), line["leaf"].as_str().unwrap());
        assert_eq!((line["seq"].as_u64(), &body), (Some(listed.seq), &listed.body));
        assert_eq!(line["interpreted"], listed.entry.is_some());
    }
    assert_eq!(lines[0]["recorded"]["by"], "turnlock_writer");
    assert_eq!(lines[1]["recorded"], Json::Null);
}

#[test]
fn nothing_and_several_pages_are_one_answer() {
    let entries = hostile();
    for format in [Format::Json, Format::Ndjson, Format::Csv] {
        let pages: Vec<&[Listed]> = entries.chunks(3).collect();
        assert_eq!(written(format, &pages), written(format, &[&entries]), "{format:?}");
    }
    let empty: Json = serde_json::from_str(&written(Format::Json, &[&[]])).unwrap();
    assert_eq!(empty, serde_json::json!({ "entries": [] }));
    assert_eq!(cells(&written(Format::Csv, &[])).len(), 1, "the header alone");
    let table = written(Format::Table, &[&entries[..1], &entries[1..]]);
    assert_eq!(table.matches("ENTRY").count(), 1, "{table}");
}

#[test]
fn a_row_says_what_the_entry_says() {
    let mut e = entry(1, "promote", Phase::Outcome);
    e.outcome = Some(Outcome::Done);
    e.subjects = [
        ("A".to_owned(), Versions { from: Some(1), to: Some(2) }),
        ("B".to_owned(), Versions { from: None, to: Some(1) }),
    ]
    .into();
    e.request_ids = vec!["r1".into(), "r2".into()];
    e.reason = Some("it's, \"time\"".into());
    let text = written(Format::Csv, &[&[Listed { recorded: Some(recorded()), ..listed(7, e) }]]);
    let row = &cells(&text)[1];
    let cell = |name: &str| &row[COLUMNS.iter().position(|c| *c == name).unwrap()];
    for (column, expected) in [
        ("entry", "7"),
        ("at", "2026-11-22T20:14:01Z"),
        ("outcome", "done"),
        ("secrets", "A v1 -> v2; B -> v1"),
        ("requester", "entity:7d2e3179"),
        ("asserted_sudo_uid", "1000"),
        ("reason", "it's, \"time\""),
        ("epoch", "7"),
        ("request_ids", "r1 r2"),
        ("interpreted", "yes"),
        ("recorded_at", "2026-11-22T20:14:05Z"),
        ("recorded_by", "turnlock_writer"),
    ] {
        assert_eq!(cell(column), expected, "{column}");
    }
    assert!(text.ends_with("\r\n") && text.contains("\"it's, \"\"time\"\"\""), "{text}");
}

#[test]
fn the_page_for_auditors_says_what_each_column_means() {
    let page = include_str!("../../../../../docs/auditors.md");
    let named: Vec<&str> =
        page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let at = named.iter().position(|name| *name == COLUMNS[0]).expect("the columns are told");
    assert_eq!(named[at..at + COLUMNS.len()], COLUMNS);
}

#[test]
fn an_entry_of_a_newer_format_is_found_by_what_it_is_found_by() {
    let table = written(Format::Table, &[&[newer(5, "file.env")]]);
    assert!(
        table.contains("apply") && table.contains("file.env") && table.contains("not interpreted"),
        "{table}"
    );
}
