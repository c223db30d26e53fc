//! YAML as Go's `gopkg.in/yaml.v2` reads it: version 1.1's words (`yes`, `off`), octal numbers with a leading 0, merge
//! keys, and maps with keys of any kind, of which only texts are taken.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use saphyr_parser::{Event, Parser, ScalarStyle, StrInput, Tag};

use super::super::budget::Budget;
use super::super::literal::integer;
use super::super::value::MAX_DEPTH;
use super::data::parse_float;
use super::{Called, Fault, List, Map, Of, Text, Value};

/// Values, those that aliases repeat included.
const MAX_NODES: usize = 10_000;

pub(super) fn read(budget: &mut Budget, text: &str) -> Called {
    let events = Parser::new_from_str(text);
    let mut reader = Reader { budget, events, anchors: HashMap::new(), left: MAX_NODES };
    loop {
        match reader.next()? {
            Event::StreamEnd => return Ok(Value::Nil),
            Event::StreamStart | Event::DocumentStart(_) | Event::Nothing => {}
            event => return reader.node(event, 0),
        }
    }
}

struct Reader<'t, 'b> {
    budget: &'b mut Budget,
    events: Parser<'t, StrInput<'t>>,
    anchors: HashMap<usize, (Value, usize)>,
    left: usize,
}

fn not_yaml() -> Fault {
    Fault::Wants("a text that is YAML")
}

impl<'t> Reader<'t, '_> {
    fn next(&mut self) -> Result<Event<'t>, Fault> {
        match self.events.next() {
            Some(Ok((event, _))) => Ok(event),
            _ => Err(not_yaml()),
        }
    }

    fn spend(&mut self, nodes: usize) -> Result<(), Fault> {
        self.left = self.left.checked_sub(nodes).ok_or(Fault::TooMuch)?;
        Ok(())
    }

    fn node(&mut self, event: Event<'t>, depth: usize) -> Called {
        if depth > MAX_DEPTH {
            return Err(Fault::TooMuch);
        }
        self.spend(1)?;
        let before = self.left;
        let (value, anchor) = match event {
            Event::Alias(id) => {
                let (value, size) = self.anchors.get(&id).cloned().ok_or_else(not_yaml)?;
                self.spend(size)?;
                return Ok(value);
            }
            Event::Scalar(text, style, anchor, tag) => (scalar(&text, style, tag)?, anchor),
            Event::SequenceStart(anchor, None) => (self.sequence(depth)?, anchor),
            Event::MappingStart(anchor, None) => (self.mapping(depth)?, anchor),
            _ => return Err(Fault::Wants("YAML without tags")),
        };
        self.budget.make(value.weight())?;
        if anchor > 0 {
            self.anchors.insert(anchor, (value.clone(), before - self.left + 1));
        }
        Ok(value)
    }

    fn sequence(&mut self, depth: usize) -> Called {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                Event::SequenceEnd => return Ok(Value::List(List::new(Of::Any, items))),
                event => items.push(self.node(event, depth + 1)?),
            }
        }
    }

    fn mapping(&mut self, depth: usize) -> Called {
        let mut entries = BTreeMap::new();
        loop {
            let event = self.next()?;
            if matches!(event, Event::MappingEnd) {
                return Ok(Value::Map(Map::new(Of::AnyKeys, entries)));
            }
            let merges = matches!(&event, Event::Scalar(text, ScalarStyle::Plain, _, None) if text == "<<");
            let key = self.node(event, depth + 1)?;
            let next = self.next()?;
            let value = self.node(next, depth + 1)?;
            match key {
                _ if merges => merge(&mut entries, &value)?,
                Value::Text(key) => {
                    entries.insert(key, value);
                }
                _ => return Err(Fault::Wants("YAML whose keys are texts")),
            }
        }
    }
}

/// `<<: *other`, or a list of those, of which the first counts most.
fn merge(into: &mut BTreeMap<Text, Value>, from: &Value) -> Result<(), Fault> {
    match from {
        Value::Map(map) => into.extend(map.entries().iter().map(|(k, v)| (k.clone(), v.clone()))),
        Value::List(list) => list.iter().rev().try_for_each(|item| match item {
            Value::Map(_) => merge(into, item),
            _ => Err(Fault::Wants("merge keys with maps")),
        })?,
        _ => return Err(Fault::Wants("merge keys with maps")),
    }
    Ok(())
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<Cow<'_, Tag>>) -> Called {
    let is_text = tag.as_ref().is_some_and(|t| t.is_yaml_core_schema() && t.suffix == "str");
    match (tag, style) {
        (None, ScalarStyle::Plain) => Ok(resolve(text).unwrap_or_else(|| text.into())),
        (None, _) => Ok(text.into()),
        (Some(_), _) if is_text => Ok(text.into()),
        _ => Err(Fault::Wants("YAML without tags")),
    }
}

/// What a plain scalar means; `None` for a date, which is read as a text and written in quotes.
pub(super) fn resolve(text: &str) -> Option<Value> {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Some(Value::Bool(true));
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Some(Value::Bool(false));
        }
        "" | "~" | "null" | "Null" | "NULL" => return Some(Value::Nil),
        ".nan" | ".NaN" | ".NAN" => return Some(Value::Float(f64::NAN)),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Some(Value::Float(f64::INFINITY)),
        "-.inf" | "-.Inf" | "-.INF" => return Some(Value::Float(f64::NEG_INFINITY)),
        _ => {}
    }
    match text.as_bytes()[0] {
        b'.' => Some(parse_float(text).map_or_else(|| text.into(), Value::Float)),
        b'0'..=b'9' | b'+' | b'-' if is_date(text) => None,
        b'0'..=b'9' | b'+' | b'-' => Some(number(text).unwrap_or_else(|| text.into())),
        _ => Some(text.into()),
    }
}

fn number(text: &str) -> Option<Value> {
    let plain = text.replace('_', "");
    let (negative, digits) = match plain.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, plain.strip_prefix('+').unwrap_or(&plain)),
    };
    if let Some(n) = integer(digits) {
        let wide = if negative { -i128::from(n) } else { i128::from(n) };
        if let Ok(n) = i64::try_from(wide) {
            return Some(Value::Int(n));
        }
        if !negative && !plain.starts_with('+') {
            return Some(Value::Uint64(n));
        }
    }
    let first = digits.as_bytes().first()?;
    let decimal = digits.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
    if !decimal || !(first.is_ascii_digit() || *first == b'.') {
        return None;
    }
    parse_float(&plain).map(Value::Float)
}

/// Four digits, `-`, and something like a date behind it.
fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    let starts = bytes.len() > 7 && bytes[..4].iter().all(u8::is_ascii_digit) && bytes[4] == b'-';
    starts
        && text[5..].split_once('-').is_some_and(|(month, rest)| {
            let day: String = rest.chars().take_while(char::is_ascii_digit).collect();
            let in_range =
                |t: &str, max: u32| t.len() <= 2 && t.parse().is_ok_and(|n: u32| (1..=max).contains(&n));
            in_range(month, 12) && in_range(&day, 31)
        })
}

/// `1:30`, which YAML 1.1 took for ninety: never left without quotes.
pub(super) fn is_base_60(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let mut parts = unsigned.split(':');
    let first = parts.next().unwrap_or_default();
    let starts = first.starts_with(|c: char| c.is_ascii_digit())
        && first.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    let rest: Vec<&str> = parts.collect();
    let Some((last, middle)) = rest.split_last() else { return false };
    let sixty = |t: &str| matches!(t.as_bytes(), [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9']);
    let (whole, fraction) = last.split_once('.').unwrap_or((last, ""));
    starts
        && middle.iter().all(|m| sixty(m))
        && sixty(whole)
        && fraction.bytes().all(|b| b.is_ascii_digit() || b == b'_')
}
