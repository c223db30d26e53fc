//! Questions on a terminal, one a candidate; names only, a value is never shown.

use std::io::{IsTerminal, Write};

use super::super::super::out::print;
use super::super::super::{Code, Error};
use super::name_of;
use crate::import::Wishes;
use crate::import::candidates::Candidates;

pub(super) fn on_terminal() -> bool {
    std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
}

pub(super) fn candidates(found: &Candidates, wishes: &mut Wishes) -> Result<(), Error> {
    print(
        "These may be secrets. Those that you name, Turnlock rotates; the others only move to Vault, and stay as they are.\n",
    );
    for candidate in found.secrets.iter().filter(|c| !c.manage.contains('=')) {
        let question =
            format!("  {} in {} ({}): manage it? [y/N] ", candidate.manage, candidate.file, candidate.why);
        if yes(&question)? {
            wishes.managed.insert(candidate.manage.clone(), name_of(&candidate.manage)?);
        }
    }
    if !found.plain.is_empty() {
        let names: Vec<&str> = found.plain.iter().map(|(variable, _)| variable.as_str()).collect();
        let question = format!(
            "These are ports, booleans, hosts and log levels: {}.\nMay they stand in the template as they are? [y/N] ",
            names.join(", ")
        );
        if yes(&question)? {
            wishes.plain.extend(names.into_iter().map(str::to_owned));
        }
    }
    Ok(())
}

fn yes(question: &str) -> Result<bool, Error> {
    print(question);
    let _ = std::io::stdout().flush();
    let mut answer = String::new();
    match std::io::stdin().read_line(&mut answer) {
        Ok(read) if read > 0 => Ok(matches!(answer.trim(), "y" | "Y" | "yes")),
        _ => Err(Error::new(Code::Refused, "there was no answer", "nothing was written")),
    }
}
