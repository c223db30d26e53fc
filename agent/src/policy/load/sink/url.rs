//! A value inside a URL: its letters must not end the part that it stands in.

use std::collections::{BTreeMap, BTreeSet};

use super::{Hazard, Probe, listed};
use crate::secret::Name;
use crate::template::TemplateError;

pub(super) const MARK: &str = "turnlockprobe";

/// A text that is found again, that no quoting or URL rule touches, and that is as long as a value.
pub(super) fn marker(index: usize, length: usize) -> String {
    let mark = format!("{MARK}{index:06}");
    format!("{mark}{}", "x".repeat(length.saturating_sub(mark.len())))
}

/// A marker in a line, and the part of a URL that it stands in.
struct Place<'t> {
    name: &'t Name,
    line: usize,
    before: &'t str,
    after: &'t str,
    part: Part,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    User,
    Path,
    Query,
}

impl Part {
    /// The letters that must be percent-encoded there.
    fn forbidden(self) -> &'static str {
        match self {
            Part::User => "/?#[]@%:+",
            Part::Path => "/?#%",
            Part::Query => "&#%+;",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Part::User => "password",
            Part::Path => "path",
            Part::Query => "query",
        }
    }
}

pub(super) fn hazards(probe: &Probe<'_>, harmless: &str) -> Result<Vec<Hazard>, TemplateError> {
    let (alone, together) = places(probe, harmless);
    let mut hazards = Vec::new();
    if !alone.is_empty() {
        // One marker a line: all of them in one render.
        let names: BTreeSet<&Name> = alone.iter().map(|p| p.name).collect();
        let full = probe.text(|n| names.contains(n))?;
        hazards.extend(alone.iter().filter_map(|p| hazard(p, &full, probe)));
    }
    for place in &together {
        let full = probe.text(|n| n == place.name)?;
        hazards.extend(hazard(place, &full, probe));
    }
    Ok(hazards)
}

/// The markers inside URLs: those that are alone on their line, and the others.
fn places<'t>(probe: &'t Probe<'_>, harmless: &'t str) -> (Vec<Place<'t>>, Vec<Place<'t>>) {
    let names: BTreeMap<&str, &Name> =
        probe.texts.iter().map(|(n, (m, _))| (&m[..MARK.len() + 6], n)).collect();
    let (mut alone, mut together) = (Vec::new(), Vec::new());
    for (number, line) in harmless.lines().enumerate().filter(|(_, l)| l.contains("://")) {
        let marks: Vec<usize> = line.match_indices(MARK).map(|(at, _)| at).collect();
        let group = if marks.len() == 1 { &mut alone } else { &mut together };
        for at in marks {
            let Some(name) = line.get(at..at + MARK.len() + 6).and_then(|m| names.get(m)) else { continue };
            let marker = &probe.texts[*name].0;
            let Some(after) = line[at..].strip_prefix(marker.as_str()) else { continue };
            let before = &line[..at];
            if let Some(part) = part(before, after) {
                group.push(Place { name, line: number, before, after, part });
            }
        }
    }
    (alone, together)
}

/// Which part of a URL is between these two texts, if any.
fn part(before: &str, after: &str) -> Option<Part> {
    let end = |c: char| c.is_whitespace() || "'\"`<>|,;{}".contains(c);
    let inside = &before[before.rfind("://")? + 3..];
    if inside.contains(end) {
        return None;
    }
    let to_come = &after[..after.find(|c: char| end(c) || "/?#".contains(c)).unwrap_or(after.len())];
    match inside {
        i if i.contains('#') => None,
        i if i.contains('?') => Some(Part::Query),
        i if i.contains('/') => Some(Part::Path),
        i if !i.contains('@') && to_come.contains('@') => Some(Part::User),
        _ => None,
    }
}

fn hazard(place: &Place<'_>, full: &str, probe: &Probe<'_>) -> Option<Hazard> {
    let line = full.lines().nth(place.line)?;
    let written = line.strip_prefix(place.before)?.strip_suffix(place.after)?;
    let letters = bare(written, place.part.forbidden());
    let (_, meant) = &probe.texts[place.name];
    let name = place.name;
    let part = place.part.name();
    if letters.is_empty() && decode(written).as_deref() == Some(meant.as_bytes()) {
        return None;
    }
    let (what, drop) = if letters.is_empty() {
        (format!("a URL's {part} decodes to something else than the value of {name}"), String::new())
    } else {
        let dropped: String = letters.iter().collect();
        (
            format!(
                "values of {name} can hold {}, which mean something else in a URL's {part}",
                listed(&letters)
            ),
            format!(", or add {dropped} to `without` in its generator"),
        )
    };
    let key = place.before.split_once('=').map(|(key, _)| key.trim()).unwrap_or_default();
    let is_key = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let near = if is_key { format!("{key}=") } else { format!("/{name}\"") };
    Some(Hazard {
        near,
        what,
        help: format!("encode it, with `| urlquery | replaceAll \"+\" \"%20\"`{drop}"),
    })
}

/// Forbidden letters that are not part of a `%XX`.
fn bare(text: &str, forbidden: &str) -> BTreeSet<char> {
    let hex = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_hexdigit);
    let encoded = |at: usize, c: char| c == '%' && hex(at + 1) && hex(at + 2);
    text.char_indices()
        .filter(|(at, c)| forbidden.contains(*c) && !encoded(*at, *c))
        .map(|(_, c)| c)
        .collect()
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let pair = [bytes.next()?, bytes.next()?];
                u8::from_str_radix(std::str::from_utf8(&pair).ok()?, 16).ok()?
            }
            other => other,
        });
    }
    Some(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_url() {
        assert_eq!(part("A='postgres://me:", "@host/db'"), Some(Part::User));
        assert_eq!(part("A=redis://", "@host"), Some(Part::User));
        assert_eq!(part("A=https://hooks.example.com/x/", "/y"), Some(Part::Path));
        assert_eq!(part("A=https://x?a=1&token=", "&b=2"), Some(Part::Query));
        assert_eq!(part("A='https://x' B='", "@y'"), None);
        assert_eq!(part("A=https://x@y:", ""), None);
        assert_eq!(part("A=", "@y"), None);
    }

    #[test]
    fn bare_letters_and_encoded_ones() {
        assert_eq!(listed(&bare("a%2Fb%zz+/", Part::User.forbidden())), "`%` `+` `/`");
        assert_eq!(listed(&bare("a%2Fb%2B=", Part::User.forbidden())), "");
        assert_eq!(decode("a%2Fb").unwrap(), b"a/b");
        assert_eq!(decode("a%2"), None);
    }

    #[test]
    fn a_marker_is_as_long_as_a_value() {
        assert_eq!(marker(7, 64).len(), 64);
        assert_eq!(marker(7, 1), "turnlockprobe000007");
    }
}
