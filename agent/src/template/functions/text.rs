//! consul-template's functions for texts. Each takes its text last, to stand in a pipe.

use std::collections::BTreeSet;

use memchr::memmem;
use zeroize::Zeroizing;

use super::{
    Buffer, Called, Fault, Function, List, Map, Of, Takes, Text, Value, buffer, function, int, made, text,
    text_of, utf8,
};

const T: Takes = Takes::Text;

pub(super) const TABLE: &[Function] = &[
    function("trim", &[T, T], |_, v| text_of(trimmed(&v[1], &v[0])?)),
    function("trimPrefix", &[T, T], |_, v| {
        let whole = text(&v[1])?;
        text_of(whole.strip_prefix(&**text(&v[0])?).unwrap_or(whole))
    }),
    function("trimSuffix", &[T, T], |_, v| {
        let whole = text(&v[1])?;
        text_of(whole.strip_suffix(&**text(&v[0])?).unwrap_or(whole))
    }),
    function("trimSpace", &[T], |_, v| text_of(trim_space(utf8(&v[0])?))),
    function("toLower", &[T], |_, v| text_of(&**lower(utf8(&v[0])?))),
    function("toUpper", &[T], |_, v| text_of(&**upper(utf8(&v[0])?))),
    function("toTitle", &[T], |_, v| to_title(utf8(&v[0])?)),
    function("replaceAll", &[T, T, T], |_, v| replace_all(text(&v[2])?, text(&v[0])?, text(&v[1])?)),
    function("split", &[T, T], |_, v| {
        let whole = trim_space(utf8(&v[1])?);
        Ok(List::texts(if whole.is_empty() { Vec::new() } else { split(whole, utf8(&v[0])?) }))
    }),
    function("splitToMap", &[T, T, T], split_to_map),
    function("join", &[T, Takes::Texts], |_, v| made(joined(text(&v[0])?, super::list(&v[1])?)?)),
    function("indent", &[Takes::Int, T], |_, v| indent(int(&v[0])?, text(&v[1])?)),
];

/// Go's `unicode.IsSpace`, which is Rust's.
pub(super) fn trim_space(text: &str) -> &str {
    text.trim_matches(char::is_whitespace)
}

/// `strings.Trim` with a set of characters.
pub(super) fn trimmed<'v>(whole: &'v Value, set: &Value) -> Result<&'v str, Fault> {
    let set: BTreeSet<char> = utf8(set)?.chars().collect();
    Ok(utf8(whole)?.trim_matches(|c| set.contains(&c)))
}

/// Go maps one character to one, where Rust follows Unicode's special casing.
pub(super) fn lower(text: &str) -> Zeroizing<String> {
    mapped(text, lower_one)
}

pub(super) fn upper(text: &str) -> Zeroizing<String> {
    mapped(text, upper_one)
}

fn mapped(text: &str, one: fn(char) -> char) -> Zeroizing<String> {
    // Room for all of it at once: growing would leave copies.
    let mut out = Zeroizing::new(String::with_capacity(text.len() * 3));
    out.extend(text.chars().map(one));
    out
}

pub(super) fn lower_one(c: char) -> char {
    if c == '\u{130}' {
        return 'i';
    }
    single(c.to_lowercase(), c)
}

pub(super) fn upper_one(c: char) -> char {
    single(c.to_uppercase(), c)
}

fn single(mut mapped: impl Iterator<Item = char>, c: char) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

/// `cases.Title(language.Und, cases.NoLower)`: the first letter of each word. Where a word begins is Unicode's affair
/// beyond ASCII, so other texts are refused.
fn to_title(text: &str) -> Called {
    if !text.is_ascii() {
        return Err(Fault::Wants("a text in ASCII"));
    }
    let mut out = buffer();
    let (mut inside, mut before) = (false, ' ');
    let bytes = text.as_bytes();
    for (i, c) in text.char_indices() {
        let letter = c.is_ascii_alphabetic();
        out.push_char(if letter && !inside { c.to_ascii_uppercase() } else { c })?;
        let goes_on = bytes.get(i + 1).is_some_and(u8::is_ascii_alphanumeric);
        // Unicode's word boundaries: `don't`, `a.b`, `a_b` and `3rd` are one word each.
        let joins = c.is_ascii_digit()
            || c == '_'
            || (before.is_ascii_alphanumeric() && goes_on && "'.:".contains(c));
        inside = letter || (inside && joins);
        before = c;
    }
    made(out)
}

pub(super) fn replace_all(whole: &Text, from: &Text, to: &Text) -> Called {
    let mut out = buffer();
    if from.is_empty() {
        let Some(whole) = whole.utf8() else { return Err(Fault::Wants("a text that is UTF-8")) };
        out.push(to)?;
        for c in whole.chars() {
            out.push_char(c)?;
            out.push(to)?;
        }
        return made(out);
    }
    let mut end = 0;
    for at in memmem::find_iter(whole, &**from) {
        out.push(&whole[end..at])?;
        out.push(to)?;
        end = at + from.len();
    }
    out.push(&whole[end..])?;
    made(out)
}

/// In time that grows with the two lengths' sum, also where nothing is UTF-8.
pub(super) fn find(whole: &[u8], part: &[u8]) -> Option<usize> {
    memmem::find(whole, part)
}

/// `strings.Split`: by nothing means into characters.
pub(super) fn split<'t>(whole: &'t str, by: &str) -> Vec<&'t str> {
    if by.is_empty() {
        return whole.char_indices().map(|(i, c)| &whole[i..i + c.len_utf8()]).collect();
    }
    whole.split(by).collect()
}

fn split_to_map(_: &mut super::World<'_>, v: &[Value]) -> Called {
    let whole = trim_space(utf8(&v[2])?);
    let pairs = if whole.is_empty() { Vec::new() } else { split(whole, utf8(&v[0])?) };
    let between = utf8(&v[1])?;
    let entries = pairs.into_iter().filter_map(|pair| pair.split_once(between));
    Ok(Value::Map(Map::new(Of::Texts, entries.map(|(k, v)| (k.into(), v.into())).collect())))
}

pub(super) fn joined(between: &[u8], items: &[Value]) -> Result<Buffer, Fault> {
    let mut out = buffer();
    for (i, item) in items.iter().enumerate() {
        out.push(if i > 0 { between } else { b"" })?;
        out.push(text(item)?)?;
    }
    Ok(out)
}

/// Every line that isn't empty.
fn indent(spaces: i64, text: &[u8]) -> Called {
    let Ok(spaces) = usize::try_from(spaces) else {
        return Err(Fault::Wants("a number that is not negative"));
    };
    let mut out = buffer();
    let mut starts = true;
    for byte in text {
        if starts && *byte != b'\n' {
            out.repeat(b" ", spaces)?;
        }
        out.push(&[*byte])?;
        starts = *byte == b'\n';
    }
    made(out)
}
