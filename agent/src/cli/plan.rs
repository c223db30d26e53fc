//! `turnlock plan`: what a rotation would do, and why.

use std::fmt::Write;

use owo_colors::OwoColorize;
use serde_json::json;

use super::out::{print, print_json};
use super::{Code, Error, Global, PlanArgs};
use crate::drift;
use crate::plan::{self, Action, Plan, Request, Want};
use crate::policy::Policy;
use crate::redact::escaped;
use crate::restored;
use crate::secret::Name;
use crate::step::Step;
use crate::survey;
use crate::target::Spec;
use crate::target::file::Write as How;

pub async fn run(global: &Global, args: &PlanArgs) -> Result<Code, Error> {
    let reader = global.open_reader().await?;
    let opened = global.open_world(&reader).await?;
    let policy = &opened.world.policy;
    let names: Vec<Name> =
        if args.secrets.is_empty() { policy.secrets.keys().cloned().collect() } else { args.secrets.clone() };
    known(policy, &names)?;
    restored::refuse(&opened.world, &reader, &opened.current).await?;
    drift::refuse_strangers(&opened.current, names.iter().cloned())?;
    let mut plans = Vec::new();
    for request in Request::new_values(names).parts(policy) {
        let facts = survey::facts(&opened.world, &opened.current.values, &request).await?;
        plans.push(plan::make(policy, &facts, &request)?);
    }
    match &plans[..] {
        several @ [_, _, ..] if global.json => {
            print_json(&json!({ "plans": several.iter().map(as_json).collect::<Vec<_>>() }));
        }
        all => all.iter().for_each(|plan| show(global, policy, plan)),
    }
    Ok(Code::Done)
}

pub(super) fn known(policy: &Policy, names: &[Name]) -> Result<(), Error> {
    match names.iter().find(|n| !policy.secrets.contains_key(n)) {
        None => Ok(()),
        Some(name) => {
            let all: Vec<&str> = policy.secrets.keys().map(Name::as_str).collect();
            let help = format!("it names: {}", all.join(", "));
            Err(Error::new(Code::Usage, format!("the policy names no secret {name}"), help))
        }
    }
}

pub(super) fn show(global: &Global, policy: &Policy, plan: &Plan) {
    if global.json {
        print_json(&as_json(plan));
    } else {
        print(&text(policy, plan));
    }
}

fn as_json(plan: &Plan) -> serde_json::Value {
    json!({ "plan": plan, "hash": plan.hash() })
}

/// The plan in a person's words.
pub(super) fn text(policy: &Policy, plan: &Plan) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "Plan {} for the stack {}", &plan.hash()[..12], plan.stack.bold());
    heading(&mut out, "Secrets");
    for (name, v) in &plan.changes {
        let source = match v.value {
            Want::New => "new value".to_owned(),
            Want::Version(n) => format!("the value of v{n}"),
        };
        let _ = writeln!(out, "  {name}  v{} -> v{}, {source}", v.from, v.to);
        let _ = writeln!(out, "      impact: {}", policy.secrets[name].impact);
    }
    heading(&mut out, "Steps");
    for (number, step) in plan.steps.iter().enumerate() {
        let _ = writeln!(out, "  {:>2}  {step}: {}", number + 1, what_it_does(plan, step));
        if let Step::Apply { target: Spec::File(file) } = step {
            for (key, secrets) in &file.keys {
                let versions = secrets.iter().filter_map(|s| plan.changes.get(s));
                let versions: Vec<String> = versions.map(|v| format!("v{} -> v{}", v.from, v.to)).collect();
                if !versions.is_empty() && !key.is_empty() {
                    let _ = writeln!(out, "          {key}  {}", versions.join(", "));
                }
            }
        }
    }
    if !plan.widenings.is_empty() {
        heading(&mut out, "Widening");
        for line in &plan.widenings {
            let _ = writeln!(out, "  {line}");
        }
    }
    heading(&mut out, "Services");
    for (name, fate) in &plan.services {
        let _ = writeln!(out, "  {name}  {}: {}", action(fate.action), fate.why);
    }
    let _ = writeln!(out, "  all others  left alone: they hold none of these secrets");
    heading(&mut out, "Interruption");
    for line in interruption(plan) {
        let _ = writeln!(out, "  {line}");
    }
    out
}

fn heading(out: &mut String, title: &str) {
    let _ = writeln!(out, "\n{}", title.bold());
}

pub(super) fn action(action: Action) -> &'static str {
    match action {
        Action::Hold => "held and recreated",
        Action::Recreate => "recreated",
        Action::Restart => "restarted",
        Action::Reread => "goes on running",
        Action::LeaveAlone => "left alone",
    }
}

pub(super) fn what_it_does(plan: &Plan, step: &Step) -> String {
    match step {
        Step::Stage => match plan.changes.len() {
            1 => "1 new value stands in Vault, on a mount of its own".into(),
            n => format!("{n} new values stand in Vault, on a mount of their own"),
        },
        Step::Verify if plan.targets().any(|(_, t)| matches!(t, Spec::Postgres(_))) => {
            "every place is proven to hold the new version; the database accepts it, and refuses the old"
                .into()
        }
        Step::Verify => "every place is proven to hold the new version, every service to be ready".into(),
        Step::Promote => {
            "the new values become Vault's newest versions; from here there is no way back".into()
        }
        Step::Retire => "staged copies are removed, old sessions looked at".into(),
        Step::Apply { target } => match target {
            Spec::File(file) => {
                let how = match file.write {
                    How::Rename => "a new file, renamed into place",
                    How::InPlace => {
                        "one write of equal length in place, since a running container has it mounted"
                    }
                };
                format!("{} ({}:{} {:04o}), {how}", file.path, file.owner, file.group, file.mode)
            }
            Spec::Hold(h) => {
                let names: Vec<&str> = h.services.keys().map(String::as_str).collect();
                format!("{} recreated, not started", names.join(", "))
            }
            Spec::Postgres(p) => {
                format!("{} at {}, by {}; open sessions are {}", p.statement, p.at, p.by, p.sessions)
            }
            Spec::Migration(m) => {
                format!(
                    "`{}` in a container of {}, keys on standard input",
                    escaped(&m.command.join(" ")),
                    m.service
                )
            }
            Spec::Own(own) => {
                format!(
                    "a second secret-id of the role {}, in {}; the old one works until it is retired",
                    own.role, own.file
                )
            }
            Spec::Start(s) => {
                let goes_on =
                    |name: &&String| plan.services.get(*name).is_some_and(|f| f.action == Action::Reread);
                let (rereads, started): (Vec<&String>, Vec<&String>) = s.services.keys().partition(goes_on);
                let list =
                    |names: Vec<&String>| names.iter().map(|n| n.as_str()).collect::<Vec<_>>().join(", ");
                let started =
                    (!started.is_empty()).then(|| format!("{} started with the new values", list(started)));
                let rereads =
                    (!rereads.is_empty()).then(|| format!("{} seen to have the new file", list(rereads)));
                started.into_iter().chain(rereads).collect::<Vec<_>>().join("; ")
            }
        },
    }
}

fn interruption(plan: &Plan) -> Vec<String> {
    let with = |wanted: &[Action]| -> Vec<&str> {
        plan.services.iter().filter(|(_, f)| wanted.contains(&f.action)).map(|(n, _)| n.as_str()).collect()
    };
    let mut lines = Vec::new();
    let held = with(&[Action::Hold]);
    if !held.is_empty() {
        let migrations = plan.targets().filter(|(_, t)| matches!(t, Spec::Migration(_))).count();
        let and = if migrations > 0 { " and while data is re-encrypted" } else { "" };
        lines.push(format!("{}: down while recreated, about 1 s{and}", held.join(", ")));
    }
    let recreated = with(&[Action::Recreate, Action::Restart]);
    if !recreated.is_empty() {
        lines.push(format!("{}: down while recreated, about 1 s", recreated.join(", ")));
    }
    if plan.targets().any(|(_, t)| matches!(t, Spec::Postgres(_))) {
        lines.push("between ALTER ROLE and promote the database refuses Vault's newest value".into());
    }
    if lines.is_empty() {
        lines.push("none".into());
    }
    lines
}
