//! `turnlock drift` and `turnlock repair`.

use std::time::Duration;

use serde_json::{Value as Json, json};

use super::out::{print, print_json, table};
use super::recover::{Asked, finish};
use super::{Code, Error, Global, RepairArgs};
use crate::drift::{self, Repaired};
use crate::journal::last_made;
use crate::metrics;
use crate::redact::escaped;
use crate::restored;
use crate::target::{Finding, State};
use crate::watch::Watch;

pub async fn run(global: &Global) -> Result<Code, Error> {
    let reader = global.open_reader().await?;
    let mut opened = global.open_world(&reader).await?;
    loop {
        // A scrape or a start that is just under way is no drift.
        let grace = Duration::from_secs(3);
        let findings = drift::settled(&opened.world, &reader, &opened.current, grace).await?;
        // Nor is what was compared with a version that a rotation has replaced meanwhile.
        let last = last_made(&reader, &opened.world.policy).await?;
        if findings.iter().all(Finding::is_good) || last == opened.last {
            return Ok(show(global, &findings));
        }
        opened.current = drift::current(&opened.world, &last).await?;
        opened.last = last;
    }
}

pub async fn repair(global: &Global, args: &RepairArgs) -> Result<Code, Error> {
    // What the stack and Vault hold is given up for what the log knows only where that is asked for by name.
    let (log, opened) = match args.target.as_deref() {
        Some("vault") => global.open_restored().await?,
        _ => global.open_both().await?,
    };
    restored::refuse_older_vault(&opened.world, &opened.current).await?;
    let reader = log.reader();
    let (journal, _lock) = opened.act(log, None).await?;
    let watch = Watch::new(super::rotate::progress(global, 0), global.debug);
    watch.catch_signals();
    let finished = finish(&opened.world, &journal, &watch, Asked { by_person: true, forward: false }).await?;
    if let Some(report) = &finished {
        if report.code == Code::Stuck || !global.json {
            report.show(global);
        }
        if report.code == Code::Stuck {
            return Ok(Code::Stuck);
        }
    }
    // It went back to where it came from, or on to its end; what it started may still be waking up.
    let mut grace = if finished.is_some() { drift::longest_start(&opened.world) } else { Duration::ZERO };
    let mut done = Vec::new();
    let (world, only) = (&opened.world, args.target.as_deref());
    let mut findings = Vec::new();
    // What is wrong behind a drifted file can only be seen once the file is right.
    for _ in 0..ROUNDS {
        let current = drift::current(world, &last_made(&reader, &world.policy).await?).await?;
        findings = drift::settled(world, &reader, &current, grace).await?;
        refuse_unknown_target(only, &findings)?;
        let repaired = drift::repair(world, &journal, &watch, &current, &findings, only).await;
        let repaired = repaired.map_err(Error::failed)?;
        show_repaired(global, &repaired);
        if repaired.iter().any(|r| r.result.is_err()) {
            let help = "see the errors above, then `turnlock drift`";
            return Err(Error::new(Code::Stuck, "not everything could be repaired", help));
        }
        if repaired.is_empty() {
            break;
        }
        done.extend(repaired);
        // Services that were just started need their time.
        grace = drift::longest_start(world);
    }
    let removed = drift::discard_leftovers(world, &journal, &findings).await.map_err(Error::failed)?;
    if let Some(removed) = removed {
        show_repaired(global, std::slice::from_ref(&removed));
        findings.retain(|f| f.target != "staging");
        done.push(removed);
    }
    if !global.json {
        return Ok(show(global, &findings));
    }
    let (mut answer, code) = findings_json(&findings);
    answer["finished"] = finished.map(|report| report.as_json()).into();
    answer["repaired"] =
        done.iter().map(|r| json!({ "target": r.target, "notes": r.result.as_ref().ok() })).collect();
    print_json(&answer);
    Ok(code)
}

/// Files, what they hid, and one more look.
const ROUNDS: usize = 4;

fn refuse_unknown_target(only: Option<&str>, findings: &[Finding]) -> Result<(), Error> {
    let Some(target) = only.filter(|only| !findings.iter().any(|f| f.target == *only)) else { return Ok(()) };
    let ids: std::collections::BTreeSet<&str> = findings.iter().map(|f| f.target.as_str()).collect();
    let help = format!("it is one of: {}", ids.into_iter().collect::<Vec<_>>().join(", "));
    Err(Error::new(Code::Usage, format!("there is no target `{target}`"), help))
}

fn show_repaired(global: &Global, repaired: &[Repaired]) {
    if global.json {
        return;
    }
    for r in repaired {
        match &r.result {
            Ok(notes) if notes.is_empty() => print(&format!("{}: repaired\n", r.target)),
            Ok(notes) => print(&format!("{}: repaired ({})\n", r.target, escaped(&notes.join("; ")))),
            Err(error) => print(&format!("{}: FAILED: {}\n", r.target, escaped(error))),
        }
    }
}

/// A line a place; what is wrong first and in full, what is right counted.
fn show(global: &Global, findings: &[Finding]) -> Code {
    let (answer, code) = findings_json(findings);
    if global.json {
        print_json(&answer);
        return code;
    }
    let wrong = findings.iter().filter(|f| !f.is_good()).count();
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|f| (rank(&f.state), f.target.clone(), f.place.clone(), f.secret.clone()));
    let rows = sorted.iter().map(|f| {
        let mark = match f.state {
            State::Holds(_) => "ok".to_owned(),
            State::Note(_) => "note".to_owned(),
            _ => "DRIFT".to_owned(),
        };
        let secret = f.secret.as_ref().map_or("-".into(), ToString::to_string);
        vec![mark, f.target.clone(), f.place.clone(), secret, f.state.to_string()]
    });
    table(&["STATE", "TARGET", "PLACE", "SECRET", "HOLDS"], rows.collect());
    let ahead = findings.iter().filter(|f| matches!(f.state, State::Ahead(_))).count();
    if findings.iter().any(|f| matches!(f.state, State::Lost(_))) {
        print(&format!("{wrong} {} drifted. {LOST}\n", if wrong == 1 { "place has" } else { "places have" }));
        return code;
    }
    print(&format!("{}\n", verdict(wrong, ahead)));
    code
}

const LOST: &str = "Vault and the log do not go together: what is said above brings that right first, and nothing else acts \
                    until then.";

/// `ahead` of the wrong ones are to be kept.
fn verdict(wrong: usize, ahead: usize) -> String {
    match (wrong, ahead) {
        (0, _) => "No drift: every place holds the current version.".into(),
        (1, 0) => "1 place has drifted. `turnlock repair` brings it back.".into(),
        (1, _) => "1 place has drifted. `turnlock import` takes in what it holds.".into(),
        (n, 0) => format!("{n} places have drifted. `turnlock repair` brings them back."),
        (n, ahead) => format!(
            "{n} places have drifted. `turnlock import` takes in what {ahead} of them holds, then `turnlock repair` brings \
             back the others."
        ),
    }
}

fn findings_json(findings: &[Finding]) -> (Json, Code) {
    let wrong = findings.iter().filter(|f| !f.is_good()).count();
    metrics::drifted(wrong);
    let code = if wrong == 0 { Code::Done } else { Code::Differs };
    let all: Vec<_> = findings.iter().map(as_json).collect();
    (json!({ "findings": all, "drifted": wrong, "exit_code": code as u8 }), code)
}

fn rank(state: &State) -> u8 {
    match state {
        State::Differs { .. }
        | State::Stray(_)
        | State::Unhealthy(_)
        | State::Ahead(_)
        | State::Lost(_)
        | State::Unreachable(_) => 0,
        State::Note(_) => 1,
        State::Holds(_) => 2,
    }
}

fn as_json(f: &Finding) -> serde_json::Value {
    let state = match f.state {
        State::Holds(_) => "holds",
        State::Differs { .. } | State::Ahead(_) => "differs",
        State::Stray(_) => "stray",
        State::Lost(_) => "lost",
        State::Note(_) => "note",
        State::Unhealthy(_) => "unhealthy",
        State::Unreachable(_) => "unreachable",
    };
    json!({ "target": f.target, "place": f.place, "secret": f.secret, "state": state, "holds": f.state.to_string() })
}
