//! Entries told: who, why, what was planned, each step with its duration and outcome, what proves it. Every text in an entry
//! may have come from anybody: nothing is shown that isn't escaped.

use std::fmt::Write;

use jiff::Timestamp;
use owo_colors::OwoColorize;
use turnlock_audit::{Entry, Head, LEASE, Listed, Outcome, Phase};

use super::format::{action, outcome, secrets};
use crate::cli::out::moment;
use crate::redact::escaped;

/// An entry with its number.
struct Told<'a> {
    seq: u64,
    entry: &'a Entry,
}

pub(super) fn tell(id: &str, entries: &[Listed]) -> String {
    let mut out = String::new();
    let told: Vec<Told<'_>> =
        entries.iter().filter_map(|l| Some(Told { seq: l.seq, entry: l.entry.as_ref()? })).collect();
    let _ = writeln!(out, "Rotation {}", escaped(id).bold());
    let begun = told.iter().find(|t| t.entry.action == "rotation" && t.entry.phase == Phase::Intent);
    if let Some(begun) = begun.or(told.first()) {
        beginning(&mut out, begun);
    }
    for (index, t) in told.iter().enumerate() {
        match (t.entry.action.as_str(), t.entry.phase) {
            // The first of them is how it began.
            (LEASE, _) if index > 0 => taken_over(&mut out, t),
            ("rotation", _) | (LEASE, _) | (_, Phase::Intent) => {}
            _ => step(&mut out, t, &told),
        }
    }
    for t in told
        .iter()
        .filter(|t| t.entry.phase == Phase::Intent && t.entry.action != "rotation" && !has_outcome(t, &told))
    {
        let _ = writeln!(out, "  {:>4}  {}  intended, no outcome", t.seq, name(t.entry));
    }
    ending(&mut out, begun, &told);
    let unknown = entries.len() - told.len();
    if unknown > 0 {
        let _ = writeln!(
            out,
            "  {unknown} more entries were written by a newer version: intact, not interpreted"
        );
    }
    out
}

fn beginning(out: &mut String, begun: &Told<'_>) {
    let e = begun.entry;
    let _ = writeln!(out, "  began      {} (entry {})", moment(e.at), begun.seq);
    people(out, e);
    field(out, "plan", e.plan_hash.as_deref());
    for planned in planned(e) {
        let _ = writeln!(out, "             {}", escaped(&planned));
    }
    field(out, "trace", e.trace_id.as_deref());
    field(out, "epoch", e.epoch.map(|n| n.to_string()).as_deref());
    for (name, v) in &e.subjects {
        let number = |n: Option<u64>| n.map_or("-".into(), |n| format!("v{n}"));
        let _ = writeln!(out, "  secret     {}  {} -> {}", escaped(name), number(v.from), number(v.to));
    }
}

/// Who acted, who asked, why; what is only asserted is said to be.
fn people(out: &mut String, e: &Entry) {
    let trigger = e.trigger.as_deref().map_or("-".into(), escaped);
    let requester = e.requester.as_deref().map_or("-".into(), escaped);
    let _ = writeln!(out, "  asked by   {requester}, trigger: {trigger}");
    if let Some(a) = &e.asserted {
        let facts = [
            a.name.as_ref().map(|name| format!("token named {name}")),
            a.uid.map(|uid| format!("uid {uid}")),
            a.sudo_uid.map(|uid| format!("by sudo of uid {uid}")),
            a.host.as_ref().map(|host| format!("on {host}")),
        ];
        let facts: Vec<String> = facts.into_iter().flatten().map(|fact| escaped(&fact)).collect();
        let _ = writeln!(out, "  asserted   {}", facts.join(", "));
    }
    let _ = writeln!(out, "  done by    {} ({})", escaped(&e.actor), escaped(&e.agent));
    field(out, "reason", e.reason.as_deref());
}

/// The plan's steps, as it names them.
fn planned(e: &Entry) -> Vec<String> {
    let plan = e.detail.as_ref().and_then(|d| serde_json::from_value(d.get("plan")?.clone()).ok());
    let Some(plan): Option<crate::plan::Plan> = plan else { return Vec::new() };
    let steps: Vec<String> = plan.steps.iter().map(ToString::to_string).collect();
    vec![format!("{} steps: {}", steps.len(), steps.join(", "))]
}

fn taken_over(out: &mut String, t: &Told<'_>) {
    let _ = writeln!(
        out,
        "  {:>4}  taken up by another process, {} (epoch {})",
        t.seq,
        moment(t.entry.at),
        t.entry.epoch.unwrap_or(0)
    );
}

fn step(out: &mut String, t: &Told<'_>, all: &[Told<'_>]) {
    let e = t.entry;
    let begun =
        all.iter().rev().find(|s| s.seq < t.seq && s.entry.phase == Phase::Intent && same_step(s.entry, e));
    let took = begun.map_or(String::new(), |b| format!(" in {} ms", milliseconds(b.entry.at, e.at)));
    let _ = write!(out, "  {:>4}  {:<34} {}{took}", t.seq, name(e), outcome(e));
    for said in e.error.iter().cloned().chain(notes(e)) {
        let _ = write!(out, "\n          {}", escaped(&said));
    }
    if !e.request_ids.is_empty() {
        let _ = write!(out, "\n          Vault's requests: {}", escaped(&e.request_ids.join(" ")));
    }
    out.push('\n');
}

fn ending(out: &mut String, begun: Option<&Told<'_>>, all: &[Told<'_>]) {
    let ended = all.iter().find(|t| t.entry.action == "rotation" && t.entry.phase == Phase::Outcome);
    let Some(ended) = ended else {
        let _ = writeln!(
            out,
            "  it has not ended: it runs, or its process is gone (`turnlock repair` goes on with it)"
        );
        return;
    };
    let how = match (ended.entry.outcome, &ended.entry.error) {
        (Some(Outcome::Done), None) => "done: the new versions everywhere, verified",
        (Some(Outcome::Done), Some(_)) => "done; something old is left",
        (Some(Outcome::Failed), _) => "failed, and taken back: the old versions everywhere, verified",
        _ => "ended",
    };
    let took =
        begun.map_or(String::new(), |b| format!(", after {} ms", milliseconds(b.entry.at, ended.entry.at)));
    let _ = writeln!(out, "  ended      {} (entry {}{took}): {how}", moment(ended.entry.at), ended.seq);
    field(out, "why", ended.entry.error.as_deref());
}

/// One entry by itself.
pub(super) fn entry(listed: &Listed, head: &Head, proven: bool) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "Entry {}", listed.seq.bold());
    match &listed.entry {
        None => {
            let _ = writeln!(out, "  written by a newer version: intact, not interpreted");
            let _ = writeln!(out, "  says       {}", escaped(&String::from_utf8_lossy(&listed.body)));
        }
        Some(e) => {
            let _ = writeln!(out, "  {:<10} {} {}", "what", name(e), outcome(e));
            let _ = writeln!(out, "  {:<10} {}", "when", e.at);
            people(&mut out, e);
            field(&mut out, "secrets", Some(secrets(e)).filter(|s| !s.is_empty()).as_deref());
            field(&mut out, "rotation", e.rotation.as_deref());
            field(&mut out, "step", e.step.map(|n| n.to_string()).as_deref());
            field(&mut out, "plan", e.plan_hash.as_deref());
            field(&mut out, "error", e.error.as_deref());
            notes(e).iter().for_each(|note| field(&mut out, "note", Some(note)));
            field(&mut out, "requests", Some(e.request_ids.join(" ")).filter(|r| !r.is_empty()).as_deref());
            field(&mut out, "epoch", e.epoch.map(|n| n.to_string()).as_deref());
            field(&mut out, "trace", e.trace_id.as_deref());
            field(&mut out, "span", e.span_id.as_deref());
        }
    }
    if let Some(recorded) = &listed.recorded {
        let _ = writeln!(
            out,
            "  {:<10} {} from the login {} (the server's own word)",
            "recorded",
            recorded.at,
            escaped(&recorded.by)
        );
    }
    let _ = writeln!(out, "  {:<10} {}", "leaf", hex::encode(listed.leaf));
    let (size, root) = (head.size, hex::encode(head.root));
    let proof = if proven { "proven to be in" } else { "NOT proven to be in" };
    let _ = writeln!(out, "  {proof} the log of {size} entries with the root {root}");
    out
}

fn notes(e: &Entry) -> Vec<String> {
    let notes =
        e.detail.as_ref().and_then(|d| d.get("notes").or(d.get("findings"))).and_then(|n| n.as_array());
    notes.into_iter().flatten().filter_map(|n| n.as_str()).map(str::to_owned).collect()
}

fn field(out: &mut String, label: &str, text: Option<&str>) {
    if let Some(text) = text {
        let _ = writeln!(out, "  {label:<10} {}", escaped(text));
    }
}

fn name(e: &Entry) -> String {
    match &e.target {
        Some(target) => format!("{} {}", action(e), escaped(target)),
        None => action(e),
    }
}

fn milliseconds(from: Timestamp, to: Timestamp) -> i128 {
    to.duration_since(from).as_millis()
}

fn same_step(a: &Entry, b: &Entry) -> bool {
    (&a.action, a.step, a.direction, &a.target) == (&b.action, b.step, b.direction, &b.target)
}

fn has_outcome(intent: &Told<'_>, all: &[Told<'_>]) -> bool {
    all.iter()
        .any(|t| t.seq > intent.seq && t.entry.phase == Phase::Outcome && same_step(t.entry, intent.entry))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_texts_come_out_harmless() {
        let evil = "\u{1b}[2J\u{202e}<b>\r\n=1";
        let mut e = Entry::new(Timestamp::UNIX_EPOCH, "rotation", Phase::Intent, evil, evil);
        e.rotation = Some("r".into());
        for field in
            [&mut e.requester, &mut e.reason, &mut e.error, &mut e.trace_id, &mut e.plan_hash, &mut e.trigger]
        {
            *field = Some(evil.into());
        }
        e.request_ids = vec![evil.into()];
        e.detail = Some(serde_json::json!({ "notes": [evil] }));
        e.asserted = Some(turnlock_audit::Asserted { name: Some(evil.into()), ..Default::default() });
        let listed =
            Listed { seq: 3, body: Vec::new(), leaf: [0; 32], recorded: None, entry: Some(e.clone()) };
        let head = Head { size: 4, root: [0; 32] };
        e.phase = Phase::Outcome;
        e.action = "apply".into();
        let after = Listed { seq: 4, entry: Some(e), ..listed.clone() };
        let newer = Listed { entry: None, body: evil.into(), ..listed.clone() };
        for text in [entry(&listed, &head, true), tell(evil, &[listed, after]), entry(&newer, &head, true)] {
            assert!(
                !text.contains("\u{1b}[2J") && !text.contains('\u{202e}') && !text.contains('\r'),
                "{text:?}"
            );
        }
    }
}
