//! The report: what went where and why, what is weak, what is left to do. Names, never a value.

use std::path::Path;

use serde_json::json;

use super::super::super::Global;
use super::super::super::out::{print, print_json, table};
use crate::import::candidates::Candidates;
use crate::import::draft::Proposal;
use crate::import::gather::Stack;
use crate::import::{Class, Went};
use crate::redact::escaped;
use crate::secret::Name;

const REMAINS: [&str; 3] = [
    "Today's values are still in backups, in the containers until they are recreated, and in git's history if one of these \
     files was ever committed: rotate what was.",
    "What a program keeps for itself (data encrypted under a key, tokens that it gave out) cannot be seen in these files: read \
     each `impact`, and add `loses` and [migration] where a rotation costs people something.",
    "Whoever gets a value outside this stack (a backup job, another host) has to be told of each rotation.",
];

/// What could be managed, for whoever has named nothing yet.
pub(super) fn candidates(global: &Global, found: &Candidates) {
    let plain: Vec<&str> = found.plain.iter().map(|(variable, _)| variable.as_str()).collect();
    let what = "nothing is named to be managed";
    let variables: Vec<&str> =
        found.secrets.iter().map(|c| c.manage.as_str()).filter(|manage| !manage.contains('=')).collect();
    let help = match variables.as_slice() {
        [] => "name what Turnlock is to rotate: --manage NAME, or --manage NAME=FILE".to_owned(),
        some => format!("name what Turnlock is to rotate, of these: --manage {}", some.join(",")),
    };
    if global.json {
        return print_json(&json!({
            "error": what, "help": help, "exit_code": 2, "candidates": found.secrets, "plain": plain,
        }));
    }
    if !found.secrets.is_empty() {
        let row = |c: &crate::import::candidates::Candidate| {
            vec![c.manage.clone(), c.file.clone(), c.why.to_owned()]
        };
        table(&["COULD BE MANAGED", "FILE", "WHY"], found.secrets.iter().map(row).collect());
    }
    if !plain.is_empty() {
        print(&format!("\nCould stay as they are: --plain {}\n", plain.join(",")));
    }
    print(&format!("\n{what}: {help}\n"));
}

pub(super) fn proposal(global: &Global, proposal: &Proposal, stack: &Stack, out: &Path, dry_run: bool) {
    let written: Vec<String> =
        proposal.files.iter().map(|(path, _)| out.join(path).display().to_string()).collect();
    let weak: Vec<String> =
        proposal.weak.iter().map(|(name, why)| format!("{name} {why}: rotate it soon")).collect();
    let next = next(out);
    if global.json {
        return print_json(&json!({
            "root": stack.root, "dry_run": dry_run, "sorted": proposal.went, "written": written, "weak": weak,
            "notes": proposal.notes, "remains": REMAINS, "to_do": proposal.todo, "next": next,
        }));
    }
    table(&["LINE", "WHAT", "WENT", "WHY"], proposal.went.iter().map(row).collect());
    list(
        if dry_run { "Would be written, and hold no value:" } else { "Written, and hold no value:" },
        &written,
    );
    list("Weak values:", &weak);
    list("To know:", &proposal.notes);
    list("What remains:", &REMAINS.map(str::to_owned));
    list("To do first:", &proposal.todo);
    list("Then:", &next);
}

fn row(went: &Went) -> Vec<String> {
    let secrets: Vec<&str> = went.secrets.iter().map(Name::as_str).collect();
    let class = match went.class {
        Class::Managed => format!("managed as {}", secrets.join(", ")),
        Class::Derived => format!("made from {}", secrets.join(", ")),
        Class::Passthrough => "Vault, as it is".into(),
        Class::Plain | Class::Empty => "plain".into(),
    };
    vec![format!("{}:{}", went.file, went.line), went.what().to_owned(), class, went.why.clone()]
}

fn next(out: &Path) -> Vec<String> {
    let policy = out.join("turnlock.toml").display().to_string();
    vec![
        format!("read {policy}; it and its templates may go into git"),
        format!("export TURNLOCK_POLICY={policy}"),
        "turnlock audit init".into(),
        "turnlock setup vault".into(),
        "turnlock enroll --wrapped TOKEN".into(),
        "turnlock import".into(),
    ]
}

fn list(title: &str, lines: &[String]) {
    if !lines.is_empty() {
        let lines: String = lines.iter().map(|line| format!("  {}\n", escaped(line))).collect();
        print(&format!("\n{title}\n{lines}"));
    }
}
