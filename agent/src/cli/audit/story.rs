//! A rotation told from its entries: who, why, the plan, each step with its duration and outcome, and how it ended.

use std::collections::{BTreeMap, HashMap};

use turnlock_audit::{Entry, LEASE, Listed, Outcome, Phase};

use super::entry::{each, not_interpreted, recorded, who};
use super::fields::Fields;
use super::page::Page;
use crate::cli::out::moment;
use crate::cli::plan::{action, what_it_does};
use crate::plan::{Plan, Want};
use crate::progress::{Progress, RESOLVE, Stage};

/// Its entries, in order.
pub(super) fn tell(id: &str, entries: &[Listed]) -> String {
    let is_lease = |listed: &&Listed| listed.entry.as_ref().is_some_and(|e| e.action == LEASE);
    let (leases, entries): (Vec<&Listed>, Vec<&Listed>) = entries.iter().partition(is_lease);
    let mut page = Page::default();
    page.title(&format!("Rotation {id}"));
    let Some(first) = entries.first() else { return page.text() };
    let fields = Fields::of(first);
    page.field("ended", &ended(&entries));
    beginning(&mut page, &fields);
    recorded(&mut page, first);
    let plan = first.entry.as_ref().and_then(plan);
    match &plan {
        Some(plan) => planned(&mut page, plan),
        None => {
            page.heading("Plan");
            page.line(2, "this version can't read it; `--format json` has it as it was written");
        }
    }
    page.heading("What was done");
    let without_outcome = without_outcome(&entries);
    let began = begun(&entries);
    let mut before = &fields;
    let all: Vec<Fields<'_>> = entries.iter().map(|listed| Fields::of(listed)).collect();
    for fields in &all {
        if writer(fields) != writer(before) {
            taken_over(&mut page, fields, &leases);
        }
        before = fields;
        let seq = fields.listed.seq;
        let Some(entry) = &fields.listed.entry else {
            page.line(2, &not_interpreted(fields));
            continue;
        };
        match entry.phase {
            Phase::Intent if without_outcome.contains(&seq) => {
                page.line(2, &format!("{seq:>4}  {}  intended, no outcome", name(fields)));
            }
            Phase::Intent => {}
            Phase::Outcome | Phase::Event => told(&mut page, fields, began.get(&seq).copied()),
        }
    }
    page.heading("Integrity");
    page.line(
        2,
        "each entry fits its hash; whether all are there, and as they were, says `turnlock audit verify`",
    );
    page.text()
}

fn beginning(page: &mut Page, fields: &Fields<'_>) {
    let seq = fields.listed.seq;
    page.field("began", &format!("{} (entry {seq})", fields.at().map_or("-".into(), moment)));
    who(page, fields);
    each(page, "secret", fields.changes());
    page.field("plan", &fields.text("plan_hash"));
    page.field("trace", &fields.text("trace_id"));
    page.field("epoch", &fields.text("epoch"));
    page.field("written by", &fields.text("agent"));
}

fn plan(first: &Entry) -> Option<Plan> {
    serde_json::from_value(first.detail.as_ref()?.get("plan")?.clone()).ok()
}

fn planned(page: &mut Page, plan: &Plan) {
    page.heading(&format!("Plan for the stack {}", plan.stack));
    for (name, v) in &plan.changes {
        let source = match v.value {
            Want::New => "a new value".to_owned(),
            Want::Version(n) => format!("the value of v{n}"),
        };
        page.line(2, &format!("{name}  v{} -> v{}, {source}", v.from, v.to));
    }
    for (number, step) in plan.steps.iter().enumerate() {
        page.line(2, &format!("{:>2}  {step}: {}", number + 1, what_it_does(plan, step)));
    }
    for (service, fate) in &plan.services {
        page.line(2, &format!("{service}  {}: {}", action(fate.action), fate.why));
    }
    for line in &plan.widenings {
        page.line(2, &format!("widening: {line}"));
    }
}

fn told(page: &mut Page, fields: &Fields<'_>, began: Option<&Listed>) {
    let seq = fields.listed.seq;
    let then = began.and_then(|listed| Fields::of(listed).at());
    let took = then.zip(fields.at()).map_or(String::new(), |(then, now)| {
        // A clock that was set back tells nothing.
        let took = now.duration_since(then).as_millis();
        if took < 0 { String::new() } else { format!(" in {took} ms") }
    });
    page.line(2, &format!("{seq:>4}  {:<34} {}{took}", name(fields), fields.outcome()));
    if fields.text("action") == RESOLVE {
        let way = match fields.text("direction").as_str() {
            "forward" => "is to be finished",
            "back" => "is to be taken back",
            _ => "ends as it stands",
        };
        page.line(
            10,
            &format!("{} decided that it {way}: {}", fields.text("requester"), fields.text("reason")),
        );
    }
    for said in
        [fields.text("error").as_str()].into_iter().chain(fields.notes()).filter(|said| !said.is_empty())
    {
        page.line(10, said);
    }
    let ids = fields.request_ids();
    if !ids.is_empty() {
        page.line(10, &format!("Vault's requests: {}", ids.join(" ")));
    }
}

/// Another process goes on with it: since when, on whose behalf, by which right.
fn taken_over(page: &mut Page, fields: &Fields<'_>, leases: &[&Listed]) {
    let at = fields.at().map_or("-".into(), moment);
    page.line(2, &format!("      taken up again at {at} by {}", fields.text("actor")));
    page.line(10, &format!("asked by {}, trigger: {}", fields.text("requester"), fields.text("trigger")));
    let epoch = fields.text("epoch");
    let lease = leases
        .iter()
        .map(|lease| Fields::of(lease))
        .find(|lease| !epoch.is_empty() && lease.text("epoch") == epoch);
    match lease {
        Some(lease) => {
            page.line(10, &format!("under epoch {epoch}, the right to act of entry {}", lease.listed.seq))
        }
        None if !epoch.is_empty() => page.line(10, &format!("under epoch {epoch}")),
        None => {}
    }
    let trace = fields.text("trace_id");
    if !trace.is_empty() {
        page.line(10, &format!("trace {trace}"));
    }
}

/// A process has one of these, from its first entry to its last.
fn writer(fields: &Fields<'_>) -> [String; 4] {
    ["epoch", "trace_id", "actor", "requester"].map(|key| fields.text(key))
}

/// How it ended, or that it has not.
fn ended(entries: &[&Listed]) -> String {
    let known: Vec<&Entry> = entries.iter().filter_map(|listed| listed.entry.as_ref()).collect();
    if known.len() < entries.len() {
        return "can't be told by this version: some of its entries are intact, not interpreted".into();
    }
    let last = entries.last().zip(known.last());
    let progress = match Progress::fold(known.iter().copied()) {
        Ok(progress) => progress,
        Err(e) => return e.to_string(),
    };
    let unfinished = |so_far: &str, way: &str| {
        format!(
            "NOT YET: {so_far}; its process is at work, or is gone. If it is gone, `turnlock recover` {way}"
        )
    };
    match progress.stage {
        Stage::Forward if progress.finish => {
            unfinished("a person decided that it is to be finished", "goes on to its end")
        }
        Stage::Fresh | Stage::Forward => unfinished("no value was promoted", "takes everything back"),
        Stage::Back => unfinished("it is on its way back", "takes back what is left"),
        Stage::Pivoted => unfinished("its values were to be promoted", "goes on to its end"),
        Stage::Ended(outcome) => {
            let at = last.map_or(String::new(), |(listed, entry)| {
                format!(", {} (entry {})", moment(entry.at), listed.seq)
            });
            let after = known.first().zip(known.last()).map(|(a, b)| b.at.duration_since(a.at).as_millis());
            let after = after.filter(|ms| *ms >= 0).map_or(String::new(), |ms| format!(", in {ms} ms"));
            format!("{}{at}{after}", verdict(outcome, known.last().and_then(|e| e.error.as_deref())))
        }
    }
}

fn verdict(outcome: Outcome, error: Option<&str>) -> &'static str {
    match (outcome, error) {
        (Outcome::Done, None) => "done: the new versions everywhere, verified",
        (Outcome::Done, Some(_)) => "done: the new versions everywhere, verified; something old is left",
        (Outcome::Failed, _) => "failed, and taken back: the old versions everywhere, verified",
        (Outcome::Refused, _) => "refused",
        // There is no other way to this outcome.
        (Outcome::InDoubt, _) => {
            "ended by a person as it stood: `turnlock drift` says what every place holds"
        }
    }
}

fn name(fields: &Fields<'_>) -> String {
    let parts = [fields.action(), fields.text("target")];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// What an intent and its outcome have in common.
fn step(entry: &Entry) -> (&str, Option<u32>, bool, Option<&str>) {
    let back = entry.direction == Some(turnlock_audit::Direction::Back);
    (&entry.action, entry.step, back, entry.target.as_deref())
}

/// For each outcome's number, the intent before it.
fn begun<'l>(entries: &[&'l Listed]) -> BTreeMap<u64, &'l Listed> {
    let (mut open, mut begun) = (HashMap::new(), BTreeMap::new());
    for listed in entries.iter().copied() {
        let Some(entry) = &listed.entry else { continue };
        match entry.phase {
            Phase::Intent => _ = open.insert(step(entry), listed),
            Phase::Outcome => {
                if let Some(intent) = open.remove(&step(entry)) {
                    begun.insert(listed.seq, intent);
                }
            }
            Phase::Event => {}
        }
    }
    begun
}

/// The numbers of intents whose effect may or may not have happened; that the rotation itself has not ended is told above.
fn without_outcome(entries: &[&Listed]) -> Vec<u64> {
    let begun: Vec<u64> = begun(entries).values().map(|intent| intent.seq).collect();
    let intends = |e: &Entry| e.phase == Phase::Intent && e.action != "rotation";
    let intents = entries.iter().filter(|l| l.entry.as_ref().is_some_and(intends));
    intents.map(|listed| listed.seq).filter(|seq| !begun.contains(seq)).collect()
}
