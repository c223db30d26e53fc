//! YAML as Go's `gopkg.in/yaml.v2` writes it: two spaces, lists flush with their key, keys in their natural order.

use std::cmp::Ordering;

use super::super::MAX_FUNCTION_OUTPUT;
use super::super::print::{float, whole_secret};
use super::super::value::MAX_DEPTH;
use super::yaml_read::{is_base_60, resolve};
use super::{Buffer, Called, Fault, List, Map, Text, Value, buffer, text_of};

pub(super) fn write(value: &Value) -> Called {
    let mut out = buffer();
    match value {
        Value::Map(map) if !map.entries().is_empty() => mapping(&mut out, map, 0, false, 0)?,
        Value::List(list) if !list.is_empty() => sequence(&mut out, list, 0, false, 0)?,
        value => scalar(&mut out, value, 2, false)?,
    }
    let shown = String::from_utf8(out.into_bytes()).map(zeroize::Zeroizing::new);
    let shown = shown.map_err(|_| Fault::Wants("texts that are UTF-8"))?;
    // Go's cuts blanks off both ends, also those that are part of a text.
    let kept = shown.trim();
    if shown.strip_suffix('\n').unwrap_or(&shown) != kept {
        return Err(Fault::Wants("a last text that ends in no blank and in at most one line break"));
    }
    text_of(kept)
}

fn new_line(out: &mut Buffer, indent: usize) -> Result<(), Fault> {
    if !out.is_empty() && !out.ends_with(b"\n") {
        out.push(b"\n")?;
    }
    out.repeat(b" ", indent)
}

/// `on_line`: the first key stands behind the `-` of a list.
fn mapping(out: &mut Buffer, map: &Map, indent: usize, on_line: bool, depth: usize) -> Result<(), Fault> {
    if depth > MAX_DEPTH {
        return Err(Fault::TooMuch);
    }
    let entries = map.entries();
    // Each takes four bytes at least, and they are sorted before anything is written.
    if entries.len() > MAX_FUNCTION_OUTPUT / 4 {
        return Err(Fault::TooMuch);
    }
    let mut keys: Vec<Key<'_>> = Vec::with_capacity(entries.len());
    for (key, value) in entries.iter() {
        let key = key.utf8().filter(|k| k.len() <= 100 && !k.contains('\n'));
        let key = key.ok_or(Fault::Wants("keys of one line and at most 100 bytes"))?;
        keys.push((key.chars().collect(), key, value));
    }
    for (i, (_, key, value)) in sorted(keys)?.into_iter().enumerate() {
        if i > 0 || !on_line {
            new_line(out, indent)?;
        }
        text(out, &key.into(), indent + 2, true)?;
        out.push(b":")?;
        match value {
            Value::Map(inner) if !inner.entries().is_empty() => {
                mapping(out, inner, indent + 2, false, depth + 1)?
            }
            Value::List(list) if !list.is_empty() => sequence(out, list, indent, false, depth + 1)?,
            value => {
                out.push(b" ")?;
                scalar(out, value, indent + 2, false)?;
            }
        }
    }
    Ok(())
}

fn sequence(out: &mut Buffer, list: &List, indent: usize, on_line: bool, depth: usize) -> Result<(), Fault> {
    if depth > MAX_DEPTH {
        return Err(Fault::TooMuch);
    }
    for (i, item) in list.iter().enumerate() {
        if i > 0 || !on_line {
            new_line(out, indent)?;
        }
        out.push(b"- ")?;
        match item {
            Value::Map(map) if !map.entries().is_empty() => mapping(out, map, indent + 2, true, depth + 1)?,
            Value::List(list) if !list.is_empty() => sequence(out, list, indent + 2, true, depth + 1)?,
            item => scalar(out, item, indent + 2, false)?,
        }
    }
    Ok(())
}

fn scalar(out: &mut Buffer, value: &Value, indent: usize, is_key: bool) -> Result<(), Fault> {
    match value {
        Value::Nil => out.push(b"null"),
        Value::Bool(b) => out.push(b.to_string().as_bytes()),
        Value::Int(n) | Value::Int64(n) => out.push(n.to_string().as_bytes()),
        Value::Uint64(n) => out.push(n.to_string().as_bytes()),
        Value::Byte(n) => out.push(n.to_string().as_bytes()),
        Value::Float(n) if n.is_nan() => out.push(b".nan"),
        Value::Float(n) if n.is_infinite() => out.push(if *n > 0.0 { b".inf" } else { b"-.inf" }),
        Value::Float(n) => out.push(float(*n, b'g', None).as_bytes()),
        Value::Text(value) => text(out, value, indent, is_key),
        Value::List(_) => out.push(b"[]"),
        Value::Map(_) => out.push(b"{}"),
        Value::Secret(_) | Value::Data(_) => Err(whole_secret()),
        Value::Loop(..) => Err(Fault::Wants("texts, numbers, lists and maps")),
    }
}

fn text(out: &mut Buffer, text: &Text, indent: usize, is_key: bool) -> Result<(), Fault> {
    let Some(text) = text.utf8() else { return Err(Fault::Wants("texts that are UTF-8")) };
    let means_text = matches!(resolve(text), Some(Value::Text(_))) && !is_base_60(text);
    let looks = Looks::of(text);
    let odd_break = text.contains(['\r', '\u{85}', '\u{2028}', '\u{2029}']);
    let double = looks.special || looks.space_break;
    if text.contains('\n') {
        let block = !is_key && !double && !text.ends_with(' ');
        if !block {
            return double_quoted(out, text);
        }
        return if odd_break {
            Err(Fault::Wants("lines that end in `\\n` alone"))
        } else {
            literal(out, text, indent)
        };
    }
    if !means_text {
        return double_quoted(out, text);
    }
    let empty_key = is_key && text.is_empty();
    let plain = !(looks.indicators || looks.edges || double || looks.breaks || empty_key);
    match () {
        () if plain => out.push(text.as_bytes()),
        () if double || looks.break_space || (is_key && looks.breaks) => double_quoted(out, text),
        () if odd_break => Err(Fault::Wants("lines that end in `\\n` alone")),
        () => {
            out.push(b"'")?;
            for c in text.chars() {
                out.push(if c == '\'' { b"'" } else { b"" })?;
                out.push_char(c)?;
            }
            out.push(b"'")
        }
    }
}

/// `yaml_emitter_analyze_scalar`
#[derive(Default)]
struct Looks {
    indicators: bool,
    breaks: bool,
    special: bool,
    /// A space or break at the start or end.
    edges: bool,
    space_break: bool,
    break_space: bool,
}

impl Looks {
    fn of(text: &str) -> Self {
        let mut looks =
            Looks { indicators: text.starts_with("---") || text.starts_with("..."), ..Self::default() };
        let is_break = |c: char| matches!(c, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}');
        let mut before = None;
        let mut chars = text.chars().peekable();
        let mut after_blank = true;
        while let Some(c) = chars.next() {
            let next = chars.peek().copied();
            let before_blank = next.is_none_or(|n| matches!(n, ' ' | '\t'));
            looks.indicators |= match c {
                ':' => before_blank,
                '#' if before.is_some() => after_blank,
                '?' | '-' if before.is_none() => before_blank,
                c => before.is_none() && "#,[]{}&*!|>'\"%@`".contains(c),
            };
            looks.special |= !is_printable(c);
            let (space, line) = (c == ' ', is_break(c));
            looks.edges |= (space || line) && (before.is_none() || next.is_none());
            looks.break_space |= space && before.is_some_and(is_break);
            looks.space_break |= line && before == Some(' ');
            looks.breaks |= line;
            after_blank = space || line || c == '\t';
            before = Some(c);
        }
        looks
    }
}

/// As libyaml for Go sees it: nothing beyond U+FFFF.
fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}') && c != '\u{feff}'
}

fn double_quoted(out: &mut Buffer, text: &str) -> Result<(), Fault> {
    out.push(b"\"")?;
    for c in text.chars() {
        let short = match c {
            '\0' => '0',
            '\x07' => 'a',
            '\x08' => 'b',
            '\t' => 't',
            '\n' => 'n',
            '\x0b' => 'v',
            '\x0c' => 'f',
            '\r' => 'r',
            '\x1b' => 'e',
            '"' => '"',
            '\\' => '\\',
            '\u{85}' => 'N',
            '\u{2028}' => 'L',
            '\u{2029}' => 'P',
            c if is_printable(c) => {
                out.push_char(c)?;
                continue;
            }
            c => {
                let code = u32::from(c);
                let shown = match code {
                    0..=0xff => format!("\\x{code:02X}"),
                    0x100..=0xffff => format!("\\u{code:04X}"),
                    _ => format!("\\U{code:08X}"),
                };
                out.push(shown.as_bytes())?;
                continue;
            }
        };
        out.push(b"\\")?;
        out.push_char(short)?;
    }
    out.push(b"\"")
}

/// `|`, with a hint where the text starts with a blank, and one for how it ends.
fn literal(out: &mut Buffer, text: &str, indent: usize) -> Result<(), Fault> {
    out.push(b"|")?;
    out.push(if text.starts_with([' ', '\n']) { b"2" } else { b"" })?;
    out.push(match () {
        () if !text.ends_with('\n') => b"-",
        () if text == "\n" || text.ends_with("\n\n") => b"+",
        () => b"",
    })?;
    out.push(b"\n")?;
    for line in text.split_inclusive('\n') {
        if line != "\n" {
            out.repeat(b" ", indent)?;
        }
        out.push(line.as_bytes())?;
    }
    Ok(())
}

/// A key as characters, as it is, and its value.
type Key<'v> = (Vec<char>, &'v str, &'v Value);

/// How many keys behind one are compared with it again.
const NEAR: usize = 16;

/// In yaml.v2's order. That is none for some keys with zeros before digits (each before the next, the last before the
/// first), where Go's answer is an accident of how it sorts, and Rust's own sort panics.
fn sorted(keys: Vec<Key<'_>>) -> Result<Vec<Key<'_>>, Fault> {
    let sorted = merged(keys);
    let in_order = |(i, a): (usize, &Key<'_>)| {
        sorted[i + 1..].iter().take(NEAR).all(|b| natural(&a.0, &b.0).is_lt() && natural(&b.0, &a.0).is_gt())
    };
    if sorted.iter().enumerate().all(in_order) {
        return Ok(sorted);
    }
    Err(Fault::Wants("keys that have an order: some with zeros before their digits have none in Go"))
}

/// Sorted by merging, which bears an order that contradicts itself.
fn merged(mut keys: Vec<Key<'_>>) -> Vec<Key<'_>> {
    if keys.len() < 2 {
        return keys;
    }
    let second = merged(keys.split_off(keys.len() / 2)).into_iter();
    let (mut first, mut second) = (merged(keys).into_iter().peekable(), second.peekable());
    let mut all = Vec::with_capacity(first.len() + second.len());
    while let (Some(a), Some(b)) = (first.peek(), second.peek()) {
        all.extend(if natural(&b.0, &a.0).is_lt() { second.next() } else { first.next() });
    }
    all.extend(first);
    all.extend(second);
    all
}

/// yaml.v2's `keyList.Less`: numbers inside of keys by their size, letters after other characters.
fn natural(a: &[char], b: &[char]) -> Ordering {
    for i in 0..a.len().min(b.len()) {
        if a[i] == b[i] {
            continue;
        }
        return match (a[i].is_alphabetic(), b[i].is_alphabetic()) {
            (true, true) => a[i].cmp(&b[i]),
            (false, true) => Ordering::Less,
            (true, false) => Ordering::Greater,
            (false, false) => {
                let digits = |t: &[char]| t[i..].iter().take_while(|c| c.is_ascii_digit()).count();
                let (a_end, b_end) = (digits(a), digits(b));
                // A zero behind other digits counts like any digit.
                let inside = (a[i] == '0' || b[i] == '0')
                    && a[..i].iter().rev().take_while(|c| c.is_ascii_digit()).any(|c| *c != '0');
                let size = |t: &[char], n: usize| {
                    let start = i64::from(inside);
                    t[i..i + n].iter().fold(start, |s, c| {
                        s.wrapping_mul(10).wrapping_add(i64::from(c.to_digit(10).unwrap_or(0)))
                    })
                };
                size(a, a_end).cmp(&size(b, b_end)).then(a_end.cmp(&b_end)).then(a[i].cmp(&b[i]))
            }
        };
    }
    a.len().cmp(&b.len())
}
