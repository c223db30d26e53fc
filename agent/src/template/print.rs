//! How Go's `fmt` shows a value, and how a template reaches into one.

use super::buffer::Buffer;
use super::error::TemplateError;
use super::fault::Fault;
use super::value::{MAX_DEPTH, Value};

/// A secret as a whole has parts that no policy knows: times, version numbers, lease ids.
pub(super) fn whole_secret() -> Fault {
    Fault::Said(
        "a secret is used as a whole, with parts that differ from server to server",
        "take `.Data.data`, or `.Data.data.value`",
    )
}

/// What an action writes.
pub(super) fn action(out: &mut Buffer, value: &Value) -> Result<(), Fault> {
    match value {
        Value::Nil => out.push(b"<no value>"),
        value => show(out, value),
    }
}

/// `%v`
pub(super) fn show(out: &mut Buffer, value: &Value) -> Result<(), Fault> {
    show_at(out, value, 0)
}

fn show_at(out: &mut Buffer, value: &Value, depth: usize) -> Result<(), Fault> {
    if depth > MAX_DEPTH {
        return Err(Fault::TooMuch);
    }
    match value {
        Value::Nil => out.push(b"<nil>"),
        Value::Bool(b) => out.push(b.to_string().as_bytes()),
        Value::Int(n) | Value::Int64(n) => out.push(n.to_string().as_bytes()),
        Value::Uint64(n) => out.push(n.to_string().as_bytes()),
        Value::Byte(n) => out.push(n.to_string().as_bytes()),
        Value::Float(n) => out.push(float(*n, b'g', None).as_bytes()),
        Value::Text(text) => out.push(text),
        Value::List(list) => {
            out.push(b"[")?;
            for (i, item) in list.iter().enumerate() {
                out.push(if i > 0 { b" " } else { b"" })?;
                show_at(out, item, depth + 1)?;
            }
            out.push(b"]")
        }
        Value::Map(map) => {
            out.push(b"map[")?;
            for (i, (key, item)) in map.entries().iter().enumerate() {
                out.push(if i > 0 { b" " } else { b"" })?;
                out.push(key)?;
                out.push(b":")?;
                show_at(out, item, depth + 1)?;
            }
            out.push(b"]")
        }
        Value::Secret(_) | Value::Data(_) => Err(whole_secret()),
        Value::Loop(..) => Err(Fault::Said("`loop` is no text", "use it in a `range`")),
    }
}

/// `value.field`
pub(super) fn field(value: &Value, field: &str) -> Result<Value, Fault> {
    match value {
        Value::Secret(fields) if field == "Data" => Ok(Value::Data(fields.clone())),
        Value::Data(fields) if field == "data" => Ok(Value::Map(fields.clone())),
        Value::Data(fields) => fields.get(field.as_bytes()).ok_or_else(|| no_field(Some(field))),
        Value::Map(map) => match map.get(field.as_bytes()) {
            Some(value) => Ok(value),
            None if map.fixed => Err(no_field(Some(field))),
            None => Ok(map.zero()),
        },
        Value::Secret(_) => Err(no_field(Some(field))),
        _ => {
            Err(Fault::Said("a field is read of something that has none", "read fields inside `with secret`"))
        }
    }
}

/// `written`: the field, only if it stands as `.field` in the template.
pub(super) fn no_field(written: Option<&str>) -> Fault {
    let field = match written {
        Some(field) if field.len() <= 64 => format!("`{field}`"),
        _ => "of that name".into(),
    };
    Fault::Named(TemplateError::new(
        format!("a secret has no field {field}"),
        "the value is `.Data.data.value`, and a field of `_passthrough` has to be listed in the file's `passthrough`",
    ))
}

/// Go's `strconv.FormatFloat(n, format, precision, 64)`; without a precision, as many digits as are needed.
pub(super) fn float(n: f64, format: u8, precision: Option<usize>) -> String {
    if n.is_nan() {
        return "NaN".into();
    }
    if n.is_infinite() {
        return if n > 0.0 { "+Inf" } else { "-Inf" }.into();
    }
    match (format, precision) {
        (b'f', None) => format!("{n}"),
        (b'f', Some(p)) => format!("{n:.p$}"),
        (b'e', None) => exponent(&format!("{n:e}")),
        (b'e', Some(p)) => exponent(&format!("{n:.p$e}")),
        (_, None) => general(&format!("{n:e}"), 6),
        (_, Some(p)) => {
            let p = p.max(1);
            let shown = format!("{n:.q$e}", q = p - 1);
            // `g` has no zeros at its end.
            let (digits, power) = shown.split_once('e').unwrap_or((&shown, "0"));
            let digits = if digits.contains('.') {
                digits.trim_end_matches('0').trim_end_matches('.')
            } else {
                digits
            };
            general(&format!("{digits}e{power}"), p)
        }
    }
}

/// Rust's `1.5e3` as Go's `1.5e+03`.
fn exponent(shown: &str) -> String {
    let (digits, power) = shown.split_once('e').unwrap_or((shown, "0"));
    let (sign, power) = match power.strip_prefix('-') {
        Some(power) => ('-', power),
        None => ('+', power),
    };
    format!("{digits}e{sign}{power:0>2}")
}

/// `g`: with an exponent where it is less than -4, or where there are more digits before the point than wanted.
fn general(shown: &str, wanted: usize) -> String {
    let (digits, power) = shown.split_once('e').unwrap_or((shown, "0"));
    let power: i32 = power.parse().unwrap_or(0);
    if power < -4 || power >= i32::try_from(wanted).unwrap_or(i32::MAX) {
        return exponent(shown);
    }
    let negative = digits.starts_with('-');
    let plain: String = digits.chars().filter(char::is_ascii_digit).collect();
    let sign = if negative { "-" } else { "" };
    if power < 0 {
        return format!("{sign}0.{}{plain}", "0".repeat((-power - 1) as usize));
    }
    let whole = power as usize + 1;
    if plain.len() <= whole {
        return format!("{sign}{plain}{}", "0".repeat(whole - plain.len()));
    }
    format!("{sign}{}.{}", &plain[..whole], &plain[whole..])
}
