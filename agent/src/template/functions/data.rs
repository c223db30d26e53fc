//! Texts read as something else. What cannot be read is not shown.

use super::super::print;
use super::{Fault, Function, Map, Of, Takes, Value, function, json, text, utf8, yaml_read};

const T: Takes = Takes::Text;

pub(super) const TABLE: &[Function] = &[
    function("parseBool", &[T], |_, v| Ok(Value::Bool(parse_bool(utf8(&v[0])?)?))),
    function("parseInt", &[T], |_, v| Ok(Value::Int64(parse_int(utf8(&v[0])?)?))),
    function("parseUint", &[T], |_, v| match utf8(&v[0])? {
        "" => Ok(Value::Uint64(0)),
        digits if digits.bytes().all(|b| b.is_ascii_digit()) => {
            digits.parse().map(Value::Uint64).map_err(|_| Fault::Wants("a whole number of 64 bits"))
        }
        _ => Err(Fault::Wants("a text that is a whole number without a sign")),
    }),
    function("parseFloat", &[T], |_, v| match utf8(&v[0])? {
        "" => Ok(Value::Float(0.0)),
        text => parse_float(text).map(Value::Float).ok_or(Fault::Wants("a text that is a number")),
    }),
    function("parseJSON", &[T], |w, v| match text(&v[0])? {
        text if text.is_empty() => Ok(Value::Map(Map::new(Of::Any, Default::default()))),
        text => json::read(&mut w.budget, text),
    }),
    function("parseYAML", &[T], |w, v| match utf8(&v[0])? {
        "" => Ok(Value::Map(Map::new(Of::Any, Default::default()))),
        text => yaml_read::read(&mut w.budget, text),
    }),
];

fn parse_bool(text: &str) -> Result<bool, Fault> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Ok(true),
        "" | "0" | "f" | "F" | "FALSE" | "false" | "False" => Ok(false),
        _ => Err(Fault::Wants("a text that is true or false")),
    }
}

pub(super) fn parse_int(text: &str) -> Result<i64, Fault> {
    if text.is_empty() {
        return Ok(0);
    }
    text.parse().map_err(|_| Fault::Wants("a text that is a whole number"))
}

/// `strconv.ParseFloat`, as far as decimal numbers go; a number too large is Go's error, and Rust's infinity.
pub(super) fn parse_float(text: &str) -> Option<f64> {
    let unsigned = text.trim_start_matches(['+', '-']).to_ascii_lowercase();
    if matches!(unsigned.as_str(), "inf" | "infinity" | "nan") {
        return text.parse().ok();
    }
    let decimal = text.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
    let number: f64 = if decimal { text.parse().ok()? } else { return None };
    number.is_finite().then_some(number)
}

/// `fmt.Sprint` of a number, for Sprig's conversions.
pub(super) fn shown(value: &Value) -> Result<Vec<u8>, Fault> {
    let mut out = super::buffer();
    print::show(&mut out, value)?;
    Ok(out.into_bytes())
}
