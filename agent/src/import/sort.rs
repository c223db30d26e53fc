//! Each line of each file, sorted: managed, derived, plain, or into the passthrough entry. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;

use zeroize::Zeroizing;

use super::find::{Ambiguous, Found, Needles};
use super::references::{self, Part};
use super::{Class, Form, Outcome, Piece, Refused, Sorted, Source, Went, Wishes, words};
use crate::envfile::{Assignment, Kind, Line, Quote, lines, not_literal};
use crate::policy::Format;
use crate::secret::Name;

/// A value shorter than this says nothing when it is found in a comment.
const TELLING: usize = 6;

/// Sorts all files. A file that holds nothing managed, and isn't an env file, is left out.
pub fn sort(sources: &[Source], wishes: &Wishes) -> Result<Outcome, Refused> {
    let mut parsed = Vec::new();
    for source in sources {
        parsed.push((source, parse(source)?));
    }
    let mut sorter = Sorter::new(&parsed, wishes)?;
    for (source, lines) in &parsed {
        let pieces = match source.format {
            Format::Env => Some(sorter.env_file(source, lines)?),
            Format::Raw => sorter.raw_file(source)?,
        };
        if let Some(pieces) = pieces {
            let (id, path) = (source.id.clone(), source.path.clone());
            sorter.out.files.push(Sorted { id, path, format: source.format, pieces: joined(pieces) });
        }
    }
    Ok(sorter.out)
}

fn parse(source: &Source) -> Result<Vec<Line>, Refused> {
    if source.format == Format::Raw {
        return Ok(Vec::new());
    }
    let place = |line: usize| format!("{}: line {line}", source.path.display());
    let lines = lines(&source.text).map_err(|wrong| {
        let help = "correct the line, or make it a comment; then import again";
        Refused::new(format!("{} {}", place(wrong.line), wrong.why), help)
    })?;
    let mut seen = BTreeMap::new();
    for line in &lines {
        let Kind::Assignment(a) = &line.kind else { continue };
        let key = &source.text[a.key.clone()];
        if let Some(first) = seen.insert(key, line.number) {
            let what = format!("{} assigns {key} again, after line {first}", place(line.number));
            return Err(Refused::new(what, "keep the second of the two: it is the one that counts"));
        }
    }
    Ok(lines)
}

struct Sorter<'a> {
    wishes: &'a Wishes,
    needles: Needles,
    /// The variables that there are.
    keys: BTreeSet<&'a str>,
    /// Values that must not be told by a comment either.
    telling: Vec<&'a str>,
    out: Outcome,
}

impl<'a> Sorter<'a> {
    fn new(parsed: &'a [(&'a Source, Vec<Line>)], wishes: &'a Wishes) -> Result<Self, Refused> {
        let managed = managed(parsed, wishes)?;
        let mut needles = Needles::default();
        managed.iter().for_each(|(name, value)| needles.add(name, value));
        let pairs = || {
            parsed.iter().flat_map(|(source, lines)| {
                lines.iter().filter_map(|line| match &line.kind {
                    Kind::Assignment(a) => Some((&source.text[a.key.clone()], &source.text[a.value.clone()])),
                    _ => None,
                })
            })
        };
        let hidden = pairs().filter(|(key, _)| !wishes.plain.contains(*key)).map(|(_, value)| value.trim());
        let telling = hidden.filter(|v| v.len() >= TELLING).collect();
        let keys = pairs().map(|(key, _)| key).collect();
        Ok(Self { wishes, needles, keys, telling, out: Outcome { managed, ..Outcome::default() } })
    }

    fn env_file(&mut self, source: &Source, lines: &[Line]) -> Result<Vec<Piece>, Refused> {
        let text = source.text.as_str();
        let mut pieces = Vec::new();
        let mut comments = 0;
        for line in lines {
            let whole = &text[line.text.clone()];
            match &line.kind {
                Kind::Blank => pieces.push(Piece::Text(whole.to_owned())),
                Kind::Comment => {
                    comments += 1;
                    let field = format!("{}_COMMENT_{comments}", prefix(&source.id));
                    let kept = self.comment(whole, &field, &mut pieces);
                    if !kept {
                        let why = "holds an assignment, a random word or a URL with a credential, or repeats a value";
                        self.went(source, line.number, None, Class::Passthrough, vec![], why);
                    }
                }
                Kind::Assignment(a) => {
                    let place = Place { source, line: line.number, key: &text[a.key.clone()] };
                    pieces.extend(self.assignment(&place, line, a)?);
                }
            }
            pieces.push(Piece::Text(text[line.end.clone()].to_owned()));
        }
        Ok(pieces)
    }

    /// `#` and what follows it; whether it could stay.
    fn comment(&mut self, text: &str, field: &str, pieces: &mut Vec<Piece>) -> bool {
        let marks = text.find(|c: char| c != '#' && !c.is_whitespace()).unwrap_or(text.len());
        let (marks, body) = text.split_at(marks);
        pieces.push(Piece::Text(marks.to_owned()));
        let tells = |v: &&str| body.contains(*v);
        if words::is_prose(body) && !self.needles.touches(body) && !self.telling.iter().any(tells) {
            pieces.push(Piece::Text(body.to_owned()));
            return true;
        }
        pieces.push(self.field(field, body));
        false
    }

    fn assignment(&mut self, place: &Place<'_>, line: &Line, a: &Assignment) -> Result<Vec<Piece>, Refused> {
        let text = place.source.text.as_str();
        let (raw, value) = (&text[a.raw.clone()], &text[a.value.clone()]);
        let field = format!("{}_{}", prefix(&place.source.id), prefix(place.key));
        // Up to the value, opening quote included: nothing but the variable's name.
        let mut pieces = vec![Piece::Text(text[line.text.start..a.value.start].to_owned())];
        if value.is_empty() && raw.chars().all(|c| c.is_whitespace() || c == '"' || c == '\'') {
            self.note(place, Class::Empty, vec![], "is empty");
            return Ok(vec![Piece::Text(text[line.text.clone()].to_owned())]);
        }
        if !self.by_its_parts(place, a, &field, &mut pieces)? {
            let plain = self.wishes.plain.contains(place.key);
            let why = self.why(plain, value);
            self.note(place, Class::Passthrough, vec![], &why);
            let head = Piece::Text(text[line.text.start..a.raw.start].to_owned());
            return Ok(vec![head, self.field(&field, raw)]);
        }
        self.tail(text, a, &field, &mut pieces);
        Ok(pieces)
    }

    /// The value, where something of it can be told: `false` if nobody speaks for any part of it.
    fn by_its_parts(
        &mut self,
        place: &Place<'_>,
        a: &Assignment,
        field: &str,
        pieces: &mut Vec<Piece>,
    ) -> Result<bool, Refused> {
        let value = &place.source.text[a.value.clone()];
        if let Some(name) = self.wishes.managed.get(place.key).filter(|n| self.out.managed.contains_key(n)) {
            pieces.push(Piece::Secret(name.clone(), Form::Raw));
            let why = "its value goes to Vault, its line is an expression";
            self.note(place, Class::Managed, vec![name.clone()], why);
            return Ok(true);
        }
        let found = self.find(place, value)?;
        let plain = self.wishes.plain.contains(place.key);
        if !found.is_empty() {
            if not_literal(a.quote, value) {
                return Err(mixed(place));
            }
            self.derived(value, &found, field, plain, pieces);
            let names: BTreeSet<Name> = found.into_iter().map(|f| f.name).collect();
            let rest = if plain { "" } else { "; the rest of it goes to Vault" };
            let why = format!("contains a managed value{rest}");
            self.note(place, Class::Derived, names.into_iter().collect(), &why);
            return Ok(true);
        }
        if plain && !words::has_password(value) && !value.contains('\n') {
            pieces.push(Piece::Text(value.to_owned()));
            let why = words::harmless(place.key, value).unwrap_or("as you said");
            let random = if words::is_random(value) { ", although it looks random" } else { "" };
            self.note(place, Class::Plain, vec![], &format!("{why}{random}"));
            return Ok(true);
        }
        let refers = references::names(value, &|name| self.keys.contains(name));
        if a.quote == Quote::Single || refers.is_empty() {
            return Ok(false);
        }
        self.rest(value, &mut Fields { base: field.to_owned(), count: 0 }, false, pieces);
        self.note(place, Class::Passthrough, vec![], "its references to other variables stay");
        Ok(true)
    }

    /// Why a variable is not in the template, with what a person should know of it.
    fn why(&self, plain: bool, value: &str) -> String {
        if let Some(name) = self.needles.hides(value) {
            return format!(
                "holds {name} inside base64, where no rotation changes it: make it from {name} in the program"
            );
        }
        let base =
            if plain { "a URL with a password is not plain" } else { "neither managed nor called plain" };
        let token = value.starts_with("eyJ") && value.matches('.').count() == 2;
        match token && !self.out.managed.is_empty() {
            true => format!(
                "{base}; a signed token: if a managed secret signs it, it must be made anew with each rotation"
            ),
            false => base.into(),
        }
    }

    /// What stands behind the value: the closing quote, and a comment.
    fn tail(&mut self, text: &str, a: &Assignment, field: &str, pieces: &mut Vec<Piece>) {
        let tail = &text[a.value.end..a.raw.end];
        let body = tail.find('#').map_or(tail.len(), |at| at);
        pieces.push(Piece::Text(tail[..body].to_owned()));
        if body < tail.len() {
            self.comment(&tail[body..], &format!("{field}_COMMENT"), pieces);
        }
    }

    /// A value with managed ones in it.
    fn derived(&mut self, value: &str, found: &[Found], field: &str, plain: bool, pieces: &mut Vec<Piece>) {
        let mut fields = Fields { base: field.to_owned(), count: 0 };
        let mut at = 0;
        for f in found {
            self.rest(&value[at..f.at.start], &mut fields, plain, pieces);
            pieces.push(Piece::Secret(f.name.clone(), f.form));
            if f.in_url {
                self.out.in_url.insert(f.name.clone());
            }
            at = f.at.end;
        }
        self.rest(&value[at..], &mut fields, plain, pieces);
    }

    /// What stands between managed values and references: it may be another credential.
    fn rest(&mut self, text: &str, fields: &mut Fields, plain: bool, pieces: &mut Vec<Piece>) {
        if plain || text.trim().is_empty() {
            pieces.push(Piece::Text(text.to_owned()));
            return;
        }
        let keys = self.keys.clone();
        for part in references::parts(text, &|name| keys.contains(name)) {
            match part {
                Part::Reference(at) => pieces.push(Piece::Text(text[at].to_owned())),
                Part::Text(at) => {
                    let name = fields.next();
                    pieces.push(self.field(&name, &text[at]));
                }
            }
        }
    }

    /// A file that is a secret by itself, or contains one; `None`: it is left alone.
    fn raw_file(&mut self, source: &Source) -> Result<Option<Vec<Piece>>, Refused> {
        let text = source.text.as_str();
        if let Some(name) = self.wishes.files.get(&source.path) {
            let value = one_line(text);
            let pieces =
                vec![Piece::Secret(name.clone(), Form::Raw), Piece::Text(text[value.len()..].to_owned())];
            self.went(source, 1, None, Class::Managed, vec![name.clone()], "the file is the secret");
            return Ok(Some(pieces));
        }
        let place = Place { source, line: 1, key: "" };
        let found = self.find(&place, text)?;
        if found.is_empty() {
            return Ok(None);
        }
        let mut pieces = Vec::new();
        self.derived(text, &found, &prefix(&source.id), false, &mut pieces);
        let names: BTreeSet<Name> = found.into_iter().map(|f| f.name).collect();
        let why = "contains a managed value; the rest of it goes to Vault";
        self.went(source, 1, None, Class::Derived, names.into_iter().collect(), why);
        Ok(Some(pieces))
    }

    fn find(&self, place: &Place<'_>, text: &str) -> Result<Vec<Found>, Refused> {
        self.needles.find(place.key, text).map_err(|Ambiguous(a, b)| {
            let what = format!("{place} holds a value that both {a} and {b} have");
            Refused::new(what, "give one of the two a value of its own first, or manage only one of them")
        })
    }

    /// A new field of the passthrough entry.
    fn field(&mut self, name: &str, text: &str) -> Piece {
        let mut name = name.to_owned();
        while self.out.fields.contains_key(&name) {
            name.push('_');
        }
        self.out.fields.insert(name.clone(), Zeroizing::new(text.to_owned()));
        Piece::Field(name)
    }

    fn note(&mut self, place: &Place<'_>, class: Class, secrets: Vec<Name>, why: &str) {
        self.went(place.source, place.line, Some(place.key), class, secrets, why);
    }

    fn went(
        &mut self,
        source: &Source,
        line: usize,
        variable: Option<&str>,
        class: Class,
        secrets: Vec<Name>,
        why: &str,
    ) {
        let (file, variable) = (source.path.display().to_string(), variable.map(str::to_owned));
        self.out.went.push(Went { file, line, variable, class, secrets, why: why.to_owned() });
    }
}

struct Place<'p> {
    source: &'p Source,
    line: usize,
    key: &'p str,
}

impl std::fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let key = if self.key.is_empty() { String::new() } else { format!(" ({})", self.key) };
        write!(f, "{}: line {}{key}", self.source.path.display(), self.line)
    }
}

struct Fields {
    base: String,
    count: usize,
}

impl Fields {
    fn next(&mut self) -> String {
        self.count += 1;
        format!("{}_{}", self.base, self.count)
    }
}

fn mixed(place: &Place<'_>) -> Refused {
    let what = format!(
        "{place} contains a managed value among letters that Compose reads otherwise (`$` or `\\`), so its line cannot be checked"
    );
    Refused::new(what, "put the value in single quotes, or refer to the managed variable there, as ${NAME}")
}

/// The value of each managed variable and file.
fn managed(
    parsed: &[(&Source, Vec<Line>)],
    wishes: &Wishes,
) -> Result<BTreeMap<Name, Zeroizing<String>>, Refused> {
    let mut values: BTreeMap<Name, Zeroizing<String>> = BTreeMap::new();
    for (source, lines) in parsed {
        if let Some(name) = wishes.files.get(&source.path) {
            let value = one_line(&source.text);
            add(&mut values, name, value, &source.path, 1)?;
        }
        for line in lines {
            let Kind::Assignment(a) = &line.kind else { continue };
            let Some(name) = wishes.managed.get(&source.text[a.key.clone()]) else { continue };
            let value: Range<usize> = a.value.clone();
            let value = &source.text[value];
            if not_literal(a.quote, value) {
                let what = format!(
                    "{}: line {}: Compose reads another value for {name} than stands there",
                    source.path.display(),
                    line.number
                );
                return Err(Refused::new(what, "put the value in single quotes, or don't manage it"));
            }
            add(&mut values, name, value, &source.path, line.number)?;
        }
    }
    let missing =
        wishes.managed.values().chain(wishes.files.values()).find(|name| !values.contains_key(name));
    match missing {
        Some(name) => Err(Refused::new(
            format!("{name} is to be managed, and none of the stack's env files has it"),
            "correct the name; for a file that is a secret by itself, write --manage NAME=path/below/the/root",
        )),
        None => Ok(values),
    }
}

fn add(
    values: &mut BTreeMap<Name, Zeroizing<String>>,
    name: &Name,
    value: &str,
    path: &Path,
    line: usize,
) -> Result<(), Refused> {
    let wrong = |why: &str, help: &str| {
        Err(Refused::new(format!("{}: line {line}: {name} {why}", path.display()), help))
    };
    if value.is_empty() {
        return wrong("is to be managed, and has no value", "give it one, or don't manage it");
    }
    if value.contains(['\n', '\r']) {
        return wrong("has more than one line", "Turnlock makes values of one line: don't manage it");
    }
    match values.get(name) {
        Some(other) if other.as_str() != value => {
            wrong("has another value here than elsewhere", "make them the same, or don't manage it")
        }
        _ => {
            values.insert(name.clone(), Zeroizing::new(value.to_owned()));
            Ok(())
        }
    }
}

/// A file's content without the line break at its end.
fn one_line(text: &str) -> &str {
    text.strip_suffix("\r\n").or_else(|| text.strip_suffix('\n')).unwrap_or(text)
}

/// The beginning of a field's name: `ENV`, `DB_ENV`.
fn prefix(id: &str) -> String {
    id.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}

/// Texts beside each other are one, so that braces on their border are seen.
fn joined(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    for piece in pieces {
        match (out.last_mut(), piece) {
            (Some(Piece::Text(before)), Piece::Text(text)) => before.push_str(&text),
            (_, Piece::Text(text)) if text.is_empty() => {}
            (_, piece) => out.push(piece),
        }
    }
    out
}

#[cfg(test)]
mod tests;
