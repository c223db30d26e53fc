//! An env file, line by line, by the rules that Compose reads it by.
//!
//! Single quotes keep everything but `'` (and a `\` in front of it). Double quotes lose `"`, `\` and `$`. Without
//! quotes, `$` is interpolated and ` #` begins a comment.

use std::collections::{BTreeMap, BTreeSet};

use super::url::MARK;
use super::{Hazard, Probe, listed};
use crate::envfile::Misfit;
use crate::secret::Name;
use crate::template::TemplateError;

/// What Compose would read otherwise, by key (or by the line itself, if that is no assignment).
type Found = BTreeMap<String, Wrong>;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Wrong {
    /// In such quotes, these letters don't mean themselves.
    Letters(Quotes, BTreeSet<char>),
    NoAssignment,
    Open,
    Twice,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quotes {
    Single,
    Double,
    None,
}

pub(super) fn hazards(
    probe: &Probe<'_>,
    harmless: &str,
    read: &BTreeSet<Name>,
) -> Result<Vec<Hazard>, TemplateError> {
    let already = read_as_compose(harmless);
    // What holds no value may well be interpolated: it says what it said before there was a policy.
    let concerns =
        |(key, wrong): &(&String, &Wrong)| !matches!(wrong, Wrong::Letters(..)) || has_marker(harmless, key);
    let mut hazards: Vec<Hazard> =
        already.iter().filter(concerns).map(|(key, wrong)| of_template(key, wrong)).collect();
    let found = read_as_compose(&probe.text(|_| true)?);
    if found.keys().all(|key| already.contains_key(key)) {
        return Ok(hazards);
    }
    // Only now is it worth a render for each secret, to know whose letters they are.
    for name in read {
        let found = read_as_compose(&probe.text(|n| n == name)?);
        let new = found.iter().filter(|(key, _)| !already.contains_key(*key));
        hazards.extend(new.map(|(key, wrong)| of_secret(key, wrong, name)));
    }
    Ok(hazards)
}

/// An action that prints more than a value: nobody could tell what of it is quotes.
pub(super) fn of_misfit(misfit: &Misfit) -> Hazard {
    let near = misfit.key.as_deref().map(near).unwrap_or_default();
    Hazard { near, what: misfit.to_string(), help: misfit.help() }
}

/// Whether a secret's value stands in a key's line.
fn has_marker(harmless: &str, key: &str) -> bool {
    let of_key = |line: &str| {
        let line = line.trim_start();
        let line = line.strip_prefix("export ").unwrap_or(line);
        line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='))
    };
    harmless.lines().any(|line| of_key(line) && line.contains(MARK))
}

fn of_template(key: &str, wrong: &Wrong) -> Hazard {
    let (what, help) = match wrong {
        Wrong::NoAssignment => (format!("{key:?} is not KEY=VALUE"), "put a `#` before a comment".to_owned()),
        Wrong::Open => (format!("the quotes of {key} do not end at the line's end"), quote(key)),
        Wrong::Twice => (format!("{key} is assigned twice"), "keep one of the lines".to_owned()),
        Wrong::Letters(quotes, letters) => {
            let what = format!("Compose reads another value for {key}: {} {}", listed(letters), quotes.why());
            (what, quote(key))
        }
    };
    Hazard { near: near(key), what, help }
}

fn of_secret(key: &str, wrong: &Wrong, name: &Name) -> Hazard {
    let what = match wrong {
        Wrong::Letters(quotes, letters) => {
            format!("values of {name} can hold {}, which {} of {key}", listed(letters), quotes.why())
        }
        _ => format!("values of {name} break the line of {key}"),
    };
    Hazard { near: near(key), what, help: format!("{}, or drop these letters with `without`", quote(key)) }
}

impl Quotes {
    fn why(self) -> &'static str {
        match self {
            Quotes::Single => "cannot stand in the single quotes",
            Quotes::Double => "mean something else in the double quotes",
            Quotes::None => "mean something else in the value without quotes",
        }
    }
}

fn quote(key: &str) -> String {
    format!("write {key}='…' in single quotes")
}

fn near(key: &str) -> String {
    format!("{key}=")
}

fn read_as_compose(text: &str) -> Found {
    let mut found = Found::new();
    let mut keys = BTreeSet::new();
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')) {
        let assignment = line.strip_prefix("export ").unwrap_or(line).split_once('=');
        let is_key =
            |k: &str| !k.is_empty() && k.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c));
        let Some((key, value)) = assignment.map(|(k, v)| (k.trim_end(), v.trim())).filter(|(k, _)| is_key(k))
        else {
            found.insert(line.to_owned(), Wrong::NoAssignment);
            continue;
        };
        if !keys.insert(key) {
            found.insert(key.to_owned(), Wrong::Twice);
        } else if let Some(wrong) = wrong_value(value) {
            found.insert(key.to_owned(), wrong);
        }
    }
    found
}

fn wrong_value(value: &str) -> Option<Wrong> {
    let (quotes, quote) = match value.chars().next()? {
        '\'' => (Quotes::Single, '\''),
        '"' => (Quotes::Double, '"'),
        _ => {
            let value = value.split_once(" #").map_or(value, |(before, _)| before);
            return letters(Quotes::None, value, "$");
        }
    };
    let Some(inside) = between(&value[1..], quote) else { return Some(Wrong::Open) };
    // In single quotes, a backslash means itself but for the end, where it takes the quote's meaning away.
    let forbidden = match quotes {
        Quotes::Double => "\"\\$",
        _ if inside.ends_with('\\') => "'\\",
        _ => "'",
    };
    letters(quotes, inside, forbidden)
}

/// What the author meant to be between the quotes: up to the first quote with nothing but a comment behind it.
fn between(rest: &str, quote: char) -> Option<&str> {
    let nothing_behind = |at: &usize| {
        let behind = &rest[at + 1..];
        behind.trim().is_empty()
            || behind.starts_with(char::is_whitespace) && behind.trim_start().starts_with('#')
    };
    rest.match_indices(quote).map(|(at, _)| at).find(nothing_behind).map(|at| &rest[..at])
}

fn letters(quotes: Quotes, text: &str, forbidden: &str) -> Option<Wrong> {
    let found: BTreeSet<char> = text.chars().filter(|c| forbidden.contains(*c)).collect();
    (!found.is_empty()).then_some(Wrong::Letters(quotes, found))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(line: &str) -> Option<Wrong> {
        read_as_compose(line).into_values().next()
    }

    fn letters_of(line: &str) -> String {
        match wrong(line) {
            Some(Wrong::Letters(_, letters)) => letters.into_iter().collect(),
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn lines_that_mean_what_they_say() {
        for line in [
            "A='x$y # \"z'",
            "A=\"x # 'y'\"",
            "A=a+b/c=d",
            "A=",
            "A=''",
            "export A='x' # it's",
            r"A='a\b'",
            "# 'x",
            "A=x # $y",
        ] {
            assert_eq!(wrong(line), None, "{line}");
        }
    }

    #[test]
    fn letters_that_mean_something_else() {
        assert_eq!(letters_of("A=x$y"), "$");
        assert_eq!(letters_of(r#"A="x$y\z"q""#), "\"$\\");
        assert_eq!(letters_of(r"A='x'y\z'"), "'");
        assert_eq!(letters_of(r"A='x\'"), "\\");
    }

    #[test]
    fn lines_that_are_no_assignment() {
        assert_eq!(wrong("A"), Some(Wrong::NoAssignment));
        assert_eq!(wrong("a b=c"), Some(Wrong::NoAssignment));
        assert_eq!(wrong("A='x"), Some(Wrong::Open));
        assert_eq!(wrong("A='x'y"), Some(Wrong::Open));
        assert_eq!(wrong("A=1\nA=2"), Some(Wrong::Twice));
    }
}
