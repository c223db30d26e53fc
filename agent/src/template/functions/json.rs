//! JSON as Go's `encoding/json` writes it: keys sorted, `< > &` escaped unless asked not to.

use super::super::budget::Budget;
use super::super::print::{float, whole_secret};
use super::super::value::MAX_DEPTH;
use super::{Buffer, Called, Fault, Of, Text, Value, buffer, made};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Escape {
    /// Also what would end a script in a page.
    Html,
    Little,
}

pub(super) fn compact(value: &Value, escape: Escape) -> Called {
    let mut out = buffer();
    Writer { escape, pretty: false }.value(&mut out, value, 0)?;
    made(out)
}

/// With two spaces for each level.
pub(super) fn pretty(value: &Value, escape: Escape) -> Called {
    let mut out = buffer();
    Writer { escape, pretty: true }.value(&mut out, value, 0)?;
    made(out)
}

struct Writer {
    escape: Escape,
    pretty: bool,
}

impl Writer {
    fn value(&self, out: &mut Buffer, value: &Value, depth: usize) -> Result<(), Fault> {
        if depth > MAX_DEPTH {
            return Err(Fault::TooMuch);
        }
        match value {
            Value::Nil => out.push(b"null"),
            Value::Bool(b) => out.push(b.to_string().as_bytes()),
            Value::Int(n) | Value::Int64(n) => out.push(n.to_string().as_bytes()),
            Value::Uint64(n) => out.push(n.to_string().as_bytes()),
            Value::Byte(n) => out.push(n.to_string().as_bytes()),
            Value::Float(n) => out.push(number(*n)?.as_bytes()),
            Value::Text(text) => self.text(out, text),
            Value::List(list) if list.nil => out.push(b"null"),
            Value::List(list) => {
                self.items(out, depth, b"[", b"]", list.iter(), |out, item| self.value(out, item, depth + 1))
            }
            Value::Map(map) => {
                self.items(out, depth, b"{", b"}", map.entries().iter(), |out, (key, item)| {
                    self.text(out, key)?;
                    out.push(if self.pretty { b": " } else { b":" })?;
                    self.value(out, item, depth + 1)
                })
            }
            Value::Secret(_) | Value::Data(_) => Err(whole_secret()),
            Value::Loop(..) => Err(Fault::Wants("texts, numbers, lists and maps")),
        }
    }

    fn items<I>(
        &self,
        out: &mut Buffer,
        depth: usize,
        open: &[u8],
        close: &[u8],
        items: impl ExactSizeIterator<Item = I>,
        mut write: impl FnMut(&mut Buffer, I) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let empty = items.len() == 0;
        out.push(open)?;
        for (i, item) in items.enumerate() {
            out.push(if i > 0 { b"," } else { b"" })?;
            self.new_line(out, depth + 1)?;
            write(out, item)?;
        }
        if !empty {
            self.new_line(out, depth)?;
        }
        out.push(close)
    }

    fn new_line(&self, out: &mut Buffer, depth: usize) -> Result<(), Fault> {
        if !self.pretty {
            return Ok(());
        }
        out.push(b"\n")?;
        out.repeat(b"  ", depth)
    }

    fn text(&self, out: &mut Buffer, text: &Text) -> Result<(), Fault> {
        out.push(b"\"")?;
        for chunk in text.utf8_chunks() {
            for c in chunk.valid().chars() {
                self.character(out, c)?;
            }
            out.repeat("\u{FFFD}".as_bytes(), chunk.invalid().len())?;
        }
        out.push(b"\"")
    }

    fn character(&self, out: &mut Buffer, c: char) -> Result<(), Fault> {
        match c {
            '"' => out.push(b"\\\""),
            '\\' => out.push(b"\\\\"),
            '\n' => out.push(b"\\n"),
            '\r' => out.push(b"\\r"),
            '\t' => out.push(b"\\t"),
            '\x08' => out.push(b"\\b"),
            '\x0c' => out.push(b"\\f"),
            '<' | '>' | '&' if self.escape == Escape::Html => {
                out.push(format!("\\u{:04x}", u32::from(c)).as_bytes())
            }
            '\0'..='\x1f' | '\u{2028}' | '\u{2029}' => {
                out.push(format!("\\u{:04x}", u32::from(c)).as_bytes())
            }
            c => out.push_char(c),
        }
    }
}

/// As ECMAScript writes numbers: an exponent only where there are very many digits.
fn number(n: f64) -> Result<String, Fault> {
    if !n.is_finite() {
        return Err(Fault::Wants("numbers that are finite"));
    }
    let size = n.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) {
        // Go writes `e-07` as `e-7`.
        return Ok(float(n, b'e', None).replace("e-0", "e-"));
    }
    Ok(float(n, b'f', None))
}

/// `json.Unmarshal` into anything: every number is a float.
pub(super) fn read(budget: &mut Budget, text: &[u8]) -> Called {
    let parsed: serde_json::Value =
        serde_json::from_slice(text).map_err(|_| Fault::Wants("a text that is JSON"))?;
    from_json(budget, parsed)
}

fn from_json(budget: &mut Budget, json: serde_json::Value) -> Called {
    use super::{List, Map};
    let value = match json {
        serde_json::Value::Null => Value::Nil,
        serde_json::Value::Bool(b) => Value::Bool(b),
        serde_json::Value::Number(n) => {
            Value::Float(n.as_f64().filter(|n| n.is_finite()).ok_or(Fault::Wants("numbers that are finite"))?)
        }
        serde_json::Value::String(text) => Value::Text(Text::new(text.into_bytes())),
        serde_json::Value::Array(items) => {
            let items = items.into_iter().map(|item| from_json(budget, item)).collect::<Result<_, _>>()?;
            Value::List(List::new(Of::Any, items))
        }
        serde_json::Value::Object(fields) => {
            let fields =
                fields.into_iter().map(|(k, v)| Ok((Text::new(k.into_bytes()), from_json(budget, v)?)));
            Value::Map(Map::new(Of::Any, fields.collect::<Result<_, Fault>>()?))
        }
    };
    budget.make(value.weight())?;
    Ok(value)
}
