//! A rotation told from its entries: who, why, each step with its duration and outcome.

use std::fmt::Write;

use owo_colors::OwoColorize;
use turnlock_audit::{Direction, Entry, Outcome, Phase, Stored};

use super::out::moment;
use crate::redact::escaped;

pub(super) fn action(e: &Entry) -> String {
    match e.direction {
        Some(Direction::Back) => format!("undo {}", e.action),
        _ => e.action.clone(),
    }
}

pub(super) fn outcome(e: &Entry) -> &'static str {
    match (e.phase, e.outcome) {
        (Phase::Intent, _) => "intended",
        (_, Some(Outcome::Done)) => "done",
        (_, Some(Outcome::Failed)) => "failed",
        (_, Some(Outcome::Refused)) => "refused",
        (_, Some(Outcome::InDoubt)) => "in doubt",
        (_, None) => "-",
    }
}

pub(super) fn tell(id: &str, entries: &[Stored]) -> String {
    let mut out = String::new();
    let Some(first) = entries.first() else { return out };
    let e = &first.entry;
    let _ = writeln!(out, "Rotation {}", id.bold());
    let _ = writeln!(out, "  began      {} (entry {})", moment(e.at), first.seq);
    let _ = writeln!(out, "  asked by   {}, trigger: {}", text(&e.requester), text(&e.trigger));
    let _ = writeln!(out, "  done by    {}", e.actor);
    if let Some(reason) = &e.reason {
        let _ = writeln!(out, "  reason     {}", escaped(reason));
    }
    let _ = writeln!(out, "  plan       {}", text(&e.plan_hash));
    let _ = writeln!(out, "  trace      {}", text(&e.trace_id));
    for (name, v) in &e.subjects {
        let number = |n: Option<u64>| n.map_or("-".into(), |n| format!("v{n}"));
        let _ = writeln!(out, "  secret     {name}  {} -> {}", number(v.from), number(v.to));
    }
    for stored in entries.iter().skip(1) {
        if stored.entry.phase == Phase::Outcome {
            line(&mut out, stored, entries);
        }
    }
    let left = entries.iter().filter(|s| s.entry.phase == Phase::Intent && outcome_of(s, entries).is_none());
    for stored in left {
        let _ = writeln!(out, "  {}  {}  intended, no outcome", stored.seq, name(&stored.entry));
    }
    out
}

fn line(out: &mut String, stored: &Stored, entries: &[Stored]) {
    let e = &stored.entry;
    let begun = entries
        .iter()
        .rev()
        .find(|s| s.seq < stored.seq && s.entry.phase == Phase::Intent && same_step(&s.entry, e));
    let took =
        begun.map_or(String::new(), |b| format!(" in {} ms", e.at.duration_since(b.entry.at).as_millis()));
    let _ = write!(out, "  {:>4}  {:<34} {}{took}", stored.seq, name(e), outcome(e));
    let notes = e.detail.as_ref().and_then(|d| d.get("notes")).and_then(|n| n.as_array());
    let notes: Vec<String> = notes.into_iter().flatten().filter_map(|n| n.as_str()).map(escaped).collect();
    for said in e.error.as_deref().map(escaped).into_iter().chain(notes) {
        let _ = write!(out, "\n          {said}");
    }
    out.push('\n');
}

fn name(e: &Entry) -> String {
    match &e.target {
        Some(target) => format!("{} {target}", action(e)),
        None => action(e),
    }
}

fn same_step(a: &Entry, b: &Entry) -> bool {
    (&a.action, a.step, a.direction, &a.target) == (&b.action, b.step, b.direction, &b.target)
}

fn outcome_of<'e>(intent: &Stored, entries: &'e [Stored]) -> Option<&'e Stored> {
    entries
        .iter()
        .find(|s| s.seq > intent.seq && s.entry.phase == Phase::Outcome && same_step(&s.entry, &intent.entry))
}

fn text(field: &Option<String>) -> String {
    field.as_deref().map_or("-".into(), escaped)
}
