//! What a person is asked about: variables and files that look like secrets, and variables that surely are none.

use super::gather::Stack;
use super::{Wishes, databases, words};
use crate::envfile::{Kind, lines};
use crate::policy::Format;

#[derive(Debug, Default)]
pub struct Candidates {
    /// Variable and file, in the stack's order.
    pub secrets: Vec<Candidate>,
    /// Variables that could stay as they are, and why.
    pub plain: Vec<(String, &'static str)>,
}

#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Candidate {
    /// What to give to `--manage`.
    pub manage: String,
    pub file: String,
    pub why: &'static str,
}

pub fn of(stack: &Stack, wishes: &Wishes) -> Candidates {
    let mut found = Candidates::default();
    let keys = stack.keys();
    for source in &stack.sources {
        let file = source.path.display().to_string();
        if source.format == Format::Raw {
            let called = stack.composed.files.get(&stack.root.join(&source.path));
            let is_secret = called.is_some_and(|c| c.starts_with("secret "));
            if is_secret
                && !wishes.files.contains_key(&source.path)
                && source.text.trim_end().lines().count() == 1
            {
                let manage = format!("NAME={}", stack.root.join(&source.path).display());
                found.secrets.push(Candidate { manage, file, why: "a file of `secrets:`" });
            }
            continue;
        }
        for line in lines(&source.text).unwrap_or_default() {
            let Kind::Assignment(a) = line.kind else { continue };
            let (variable, value) = (&source.text[a.key], &source.text[a.value]);
            let known = wishes.managed.contains_key(variable) || wishes.plain.contains(variable);
            let again = found.secrets.iter().any(|c| c.manage == variable);
            if known || again {
                continue;
            }
            if let Some(why) = words::harmless(variable, value) {
                if !found.plain.iter().any(|(v, _)| v == variable) {
                    found.plain.push((variable.to_owned(), why));
                }
            } else if may_be_managed(variable, value)
                && databases::unmanageable(&stack.composed, variable, &keys).is_none()
            {
                let why = if words::names_a_secret(variable) { "by its name" } else { "it looks random" };
                found.secrets.push(Candidate { manage: variable.to_owned(), file: file.clone(), why });
            }
        }
    }
    // A variable that is harmless in one file only is not.
    let hidden: Vec<String> = found.secrets.iter().map(|c| c.manage.clone()).collect();
    found.plain.retain(|(variable, _)| !hidden.contains(variable) && harmless_everywhere(stack, variable));
    found
}

/// A URL with a password in it is not one value; what is in it may be derived from one.
fn may_be_managed(variable: &str, value: &str) -> bool {
    words::is_candidate(variable, value) && !value.contains(['\n', '$']) && !value.contains("://")
}

fn harmless_everywhere(stack: &Stack, variable: &str) -> bool {
    stack.sources.iter().filter(|s| s.format == Format::Env).all(|source| {
        lines(&source.text).unwrap_or_default().into_iter().all(|line| match line.kind {
            Kind::Assignment(a) if &source.text[a.key.clone()] == variable => {
                words::harmless(variable, &source.text[a.value]).is_some()
            }
            _ => true,
        })
    })
}
