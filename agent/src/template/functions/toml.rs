//! TOML as Go's `BurntSushi/toml` 1.5 writes it: values first, then tables, each sorted, indented by their depth.

use super::super::budget::Budget;
use super::super::print::{float, whole_secret};
use super::super::value::MAX_DEPTH;
use super::{Buffer, Called, Fault, Map, Of, Text, Value, buffer, text_of};

pub(super) fn write(budget: &mut Budget, value: &Value) -> Called {
    let mut out = buffer();
    match value {
        Value::Map(map) => table(budget, &mut out, map, &[])?,
        Value::List(list) if is_tables(list)? => return Err(Fault::Wants("a map at the top")),
        Value::Nil => return Err(Fault::Wants("a map")),
        value => element(&mut out, value, 0)?,
    }
    let shown = String::from_utf8(out.into_bytes()).map(zeroize::Zeroizing::new);
    text_of(shown.map_err(|_| Fault::Wants("texts that are UTF-8"))?.trim())
}

fn is_table(value: &Value) -> bool {
    matches!(value, Value::Map(_))
}

fn is_tables(list: &[Value]) -> Result<bool, Fault> {
    if list.iter().any(|v| matches!(v, Value::Nil)) {
        return Err(Fault::Wants("lists without nil"));
    }
    Ok(!list.is_empty() && list.iter().all(is_table))
}

fn new_line(out: &mut Buffer) -> Result<(), Fault> {
    if out.is_empty() { Ok(()) } else { out.push(b"\n") }
}

fn table(budget: &mut Budget, out: &mut Buffer, map: &Map, above: &[Text]) -> Result<(), Fault> {
    // Nothing is written of a nil.
    budget.walk(map.entries().len())?;
    if map.of == Of::AnyKeys {
        return Err(Fault::Wants("no map that was read from YAML, whose keys may be anything"));
    }
    if above.len() > MAX_DEPTH {
        return Err(Fault::TooMuch);
    }
    let comes_last = |v: &Value| match v {
        Value::List(list) => is_tables(list),
        value => Ok(is_table(value)),
    };
    for last in [false, true] {
        for (key, value) in map.entries().iter() {
            if matches!(value, Value::Nil) || comes_last(value)? != last {
                continue;
            }
            let path: Vec<Text> = above.iter().cloned().chain([key.clone()]).collect();
            entry(budget, out, value, &path)?;
        }
    }
    Ok(())
}

fn entry(budget: &mut Budget, out: &mut Buffer, value: &Value, path: &[Text]) -> Result<(), Fault> {
    let depth = path.len() - 1;
    match value {
        Value::Map(map) => {
            if path.len() == 1 {
                new_line(out)?;
            }
            header(out, path, b"[", b"]")?;
            table(budget, out, map, path)
        }
        Value::List(list) if is_tables(list)? => list.iter().try_for_each(|item| {
            new_line(out)?;
            header(out, path, b"[[", b"]]")?;
            match item {
                Value::Map(map) => table(budget, out, map, path),
                _ => Err(Fault::Wants("a map")),
            }
        }),
        value => {
            out.repeat(b"  ", depth)?;
            key(out, &path[depth])?;
            out.push(b" = ")?;
            element(out, value, 0)?;
            new_line(out)
        }
    }
}

fn header(out: &mut Buffer, path: &[Text], open: &[u8], close: &[u8]) -> Result<(), Fault> {
    out.repeat(b"  ", path.len() - 1)?;
    out.push(open)?;
    for (i, part) in path.iter().enumerate() {
        out.push(if i > 0 { b"." } else { b"" })?;
        key(out, part)?;
    }
    out.push(close)?;
    out.push(b"\n")
}

fn key(out: &mut Buffer, key: &Text) -> Result<(), Fault> {
    let bare = !key.is_empty() && key.iter().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(b));
    if bare { out.push(key) } else { quoted(out, key) }
}

fn element(out: &mut Buffer, value: &Value, depth: usize) -> Result<(), Fault> {
    if depth > MAX_DEPTH {
        return Err(Fault::TooMuch);
    }
    match value {
        Value::Text(text) => quoted(out, text),
        Value::Bool(b) => out.push(b.to_string().as_bytes()),
        Value::Int(n) | Value::Int64(n) => out.push(n.to_string().as_bytes()),
        Value::Uint64(n) => out.push(n.to_string().as_bytes()),
        Value::Byte(n) => out.push(n.to_string().as_bytes()),
        Value::Float(n) if n.is_finite() => {
            let shown = float(*n, b'f', None);
            out.push(shown.as_bytes())?;
            out.push(if shown.contains('.') { b"" } else { b".0" })
        }
        Value::List(list) => {
            out.push(b"[")?;
            for (i, item) in list.iter().enumerate() {
                out.push(if i > 0 { b", " } else { b"" })?;
                element(out, item, depth + 1)?;
            }
            out.push(b"]")
        }
        Value::Map(map) if map.of != Of::AnyKeys => inline(out, map, depth),
        Value::Secret(_) | Value::Data(_) => Err(whole_secret()),
        _ => Err(Fault::Wants("texts, numbers that are finite, lists and maps, and no nil in a list")),
    }
}

/// A map inside a list of other things.
fn inline(out: &mut Buffer, map: &Map, depth: usize) -> Result<(), Fault> {
    out.push(b"{")?;
    let mut first = true;
    for last in [false, true] {
        for (name, value) in map.entries().iter().filter(|(_, v)| is_table(v) == last) {
            out.push(if first { b"" } else { b", " })?;
            first = false;
            key(out, name)?;
            out.push(b" = ")?;
            element(out, value, depth + 1)?;
        }
    }
    out.push(b"}")
}

fn quoted(out: &mut Buffer, text: &Text) -> Result<(), Fault> {
    out.push(b"\"")?;
    for byte in text.iter() {
        match byte {
            b'"' => out.push(b"\\\"")?,
            b'\\' => out.push(b"\\\\")?,
            0x08 => out.push(b"\\b")?,
            b'\t' => out.push(b"\\t")?,
            b'\n' => out.push(b"\\n")?,
            0x0c => out.push(b"\\f")?,
            b'\r' => out.push(b"\\r")?,
            0..=0x1f | 0x7f => out.push(format!("\\u{byte:04x}").as_bytes())?,
            byte => out.push(&[*byte])?,
        }
    }
    out.push(b"\"")
}
