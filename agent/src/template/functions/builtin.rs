//! What Go's `text/template` itself brings (`funcs.go`).

use super::super::print::{no_field, show, whole_secret};
use super::super::printf::{is_print, printf};
use super::super::run::World;
use super::{Buffer, Called, Fault, Function, List, Takes, Text, Value, buffer, function, made, open, text};

pub(super) const TABLE: &[Function] = &[
    open("and", &[Takes::Any], Takes::Any, |_, v| Ok(v[v.len() - 1].clone())),
    open("or", &[Takes::Any], Takes::Any, |_, v| Ok(v[v.len() - 1].clone())),
    function("not", &[Takes::Any], |_, v| Ok(Value::Bool(!v[0].is_true()))),
    function("len", &[Takes::Any], |_, v| len(&v[0])),
    open("index", &[Takes::Any], Takes::Any, index),
    open("slice", &[Takes::Any], Takes::Any, slice),
    open("print", &[], Takes::Any, |_, v| made(sprint(v)?)),
    open("println", &[], Takes::Any, println),
    open("printf", &[Takes::Text], Takes::Any, |_, v| {
        let mut out = buffer();
        printf(&mut out, text(&v[0])?, &v[1..])?;
        made(out)
    }),
    open("html", &[], Takes::Any, |_, v| html(&escaped(v)?)),
    open("js", &[], Takes::Any, |_, v| js(&Text::new(escaped(v)?.into_bytes()))),
    open("urlquery", &[], Takes::Any, |_, v| {
        let mut out = buffer();
        query_escape(&mut out, &escaped(v)?)?;
        made(out)
    }),
];

/// Go's `fmt.Sprint`: a space between two where neither is a text.
fn sprint(values: &[Value]) -> Result<Buffer, Fault> {
    let mut out = buffer();
    let mut before = true;
    for (i, value) in values.iter().enumerate() {
        let is_text = matches!(value, Value::Text(_));
        if i > 0 && !is_text && !before {
            out.push(b" ")?;
        }
        show(&mut out, value)?;
        before = is_text;
    }
    Ok(out)
}

/// What the escapers start from: as `print`, but that nil is a text of its own.
fn escaped(values: &[Value]) -> Result<Buffer, Fault> {
    let shown = |v: &Value| if matches!(v, Value::Nil) { "<no value>".into() } else { v.clone() };
    sprint(&values.iter().map(shown).collect::<Vec<_>>())
}

fn println(_: &mut World<'_>, values: &[Value]) -> Called {
    let mut out = buffer();
    for (i, value) in values.iter().enumerate() {
        out.push(if i > 0 { b" " } else { b"" })?;
        show(&mut out, value)?;
    }
    out.push(b"\n")?;
    made(out)
}

fn len(value: &Value) -> Called {
    let length = match value {
        Value::Text(text) => text.len(),
        Value::List(list) => list.len(),
        Value::Map(map) => map.entries().len(),
        Value::Data(_) | Value::Secret(_) => return Err(whole_secret()),
        _ => return Err(Fault::Wants("a text, a list or a map")),
    };
    Ok(Value::Int(length as i64))
}

fn index(_: &mut World<'_>, values: &[Value]) -> Called {
    values[1..].iter().try_fold(values[0].clone(), |value, at| match (&value, at) {
        (Value::Map(map), Value::Text(key)) => match map.get(key) {
            Some(value) => Ok(value),
            // A key is computed, from a value even; only a field that is written out is named.
            None if map.fixed => Err(no_field(None)),
            None => Ok(map.zero()),
        },
        (Value::List(list), at) => place(at, list.len().saturating_sub(1))
            .and_then(|i| list.get(i).cloned())
            .ok_or(Fault::Wants("a place that is in the list")),
        (Value::Text(text), at) => place(at, text.len().saturating_sub(1))
            .and_then(|i| text.get(i).map(|b| Value::Byte(*b)))
            .ok_or(Fault::Wants("a place that is in the text")),
        _ => Err(Fault::Wants("a map and a key, or a list and a number")),
    })
}

/// A number from 0 up to and with `last`.
fn place(value: &Value, last: usize) -> Option<usize> {
    let n = match value {
        Value::Int(n) | Value::Int64(n) => usize::try_from(*n).ok()?,
        Value::Uint64(n) => usize::try_from(*n).ok()?,
        Value::Byte(n) => usize::from(*n),
        _ => return None,
    };
    (n <= last).then_some(n)
}

fn slice(_: &mut World<'_>, values: &[Value]) -> Called {
    let length = match &values[0] {
        Value::Text(text) => text.len(),
        Value::List(list) => list.len(),
        _ => return Err(Fault::Wants("a text or a list")),
    };
    let wrong = || Fault::Wants("places that are in the text or list, in their order");
    let (from, to) = match &values[1..] {
        [] => (Some(0), Some(length)),
        [from] => (place(from, length), Some(length)),
        [from, to] => (place(from, length), place(to, length)),
        _ => return Err(Fault::Wants("at most a start and an end")),
    };
    let (Some(from), Some(to)) = (from, to) else { return Err(wrong()) };
    if from > to {
        return Err(wrong());
    }
    match &values[0] {
        Value::Text(text) => super::text_of(&text[from..to]),
        Value::List(list) => Ok(Value::List(List::new(list.of, list[from..to].to_vec()))),
        _ => Err(wrong()),
    }
}

/// `template.HTMLEscapeString`
fn html(bytes: &[u8]) -> Called {
    let mut out = buffer();
    for byte in bytes {
        match byte {
            0 => out.push("\u{FFFD}".as_bytes())?,
            b'"' => out.push(b"&#34;")?,
            b'\'' => out.push(b"&#39;")?,
            b'&' => out.push(b"&amp;")?,
            b'<' => out.push(b"&lt;")?,
            b'>' => out.push(b"&gt;")?,
            other => out.push(&[*other])?,
        }
    }
    made(out)
}

/// `template.JSEscapeString`
fn js(given: &Text) -> Called {
    let mut out = buffer();
    for c in given.chars() {
        match c {
            '\\' => out.push(b"\\\\")?,
            '\'' => out.push(b"\\'")?,
            '"' => out.push(b"\\\"")?,
            '<' | '>' | '&' | '=' | '\0'..='\x1f' => {
                out.push(format!("\\u{:04X}", u32::from(c)).as_bytes())?;
            }
            c if c.is_ascii() || is_print(c) => out.push_char(c)?,
            c => out.push(format!("\\u{:04X}", u32::from(c)).as_bytes())?,
        }
    }
    made(out)
}

/// `url.QueryEscape`
fn query_escape(out: &mut Buffer, bytes: &[u8]) -> Result<(), Fault> {
    for byte in bytes {
        match byte {
            b' ' => out.push(b"+")?,
            b if b.is_ascii_alphanumeric() || b"-_.~".contains(b) => out.push(&[*b])?,
            b => out.push(format!("%{b:02X}").as_bytes())?,
        }
    }
    Ok(())
}
