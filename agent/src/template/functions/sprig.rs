//! Sprig's functions (v3.2), as `bao agent` has them: each with `sprig_` before its name.
//!
//! They convert where consul-template's refuse: a text that is no number counts as 0.

pub(super) mod dicts;
pub(super) mod lists;
pub(super) mod numbers;
pub(super) mod paths;
pub(super) mod strings;
pub(super) mod values;
pub(super) mod versions;

use super::super::budget::Budget;
use super::super::literal::integer;
use super::data::shown;
use super::{Fault, Text, Value};

/// `strval`: a text as it is, anything else as `fmt` shows it.
fn strval(value: &Value) -> Result<Text, Fault> {
    match value {
        Value::Text(text) => Ok(text.clone()),
        value => Ok(Text::new(shown(value)?)),
    }
}

/// `strslice`: texts of a list without its nils, or of one value.
fn strslice(budget: &mut Budget, value: &Value) -> Result<Vec<Text>, Fault> {
    let mut shown = |value| {
        let text = strval(value)?;
        // A text is only held once more; anything else is made into one.
        budget.make(if matches!(value, Value::Text(_)) { 0 } else { text.len() })?;
        Ok(text)
    };
    match value {
        Value::List(list) => list.iter().filter(|v| !matches!(v, Value::Nil)).map(shown).collect(),
        Value::Nil => Ok(Vec::new()),
        value => Ok(vec![shown(value)?]),
    }
}

/// `cast.ToInt64`
fn to_int(value: &Value) -> Result<i64, Fault> {
    Ok(match value {
        Value::Int(n) | Value::Int64(n) => *n,
        Value::Uint64(n) => *n as i64,
        Value::Byte(n) => i64::from(*n),
        // Go leaves open what a float outside of the range becomes.
        Value::Float(n) if n.abs() < 9.2e18 => *n as i64,
        Value::Float(_) => return Err(Fault::Wants("a float that fits in 64 bits")),
        Value::Bool(b) => i64::from(*b),
        Value::Text(text) => text.utf8().and_then(text_to_int).unwrap_or(0),
        _ => 0,
    })
}

/// `strconv.ParseInt` with base 0, after zeros behind a point are taken away.
fn text_to_int(text: &str) -> Option<i64> {
    let whole = match text.split_once('.') {
        Some((whole, zeros)) if zeros.bytes().all(|b| b == b'0') => whole,
        _ => text,
    };
    let (negative, digits) = match whole.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, whole.strip_prefix('+').unwrap_or(whole)),
    };
    let n = i128::from(integer(digits)?);
    i64::try_from(if negative { -n } else { n }).ok()
}

/// `cast.ToFloat64`
fn to_float(value: &Value) -> f64 {
    match value {
        Value::Int(n) | Value::Int64(n) => *n as f64,
        Value::Uint64(n) => *n as f64,
        Value::Byte(n) => f64::from(*n),
        Value::Float(n) => *n,
        Value::Bool(b) => f64::from(*b),
        Value::Text(text) => text.utf8().and_then(super::data::parse_float).unwrap_or(0.0),
        _ => 0.0,
    }
}

/// `reflect.DeepEqual`, for which kinds count: 3 is not 3.0.
fn deep_equal(budget: &mut Budget, a: &Value, b: &Value, depth: usize) -> Result<bool, Fault> {
    budget.walk(1)?;
    if depth > super::super::value::MAX_DEPTH {
        return Err(Fault::TooMuch);
    }
    if a.type_name() != b.type_name() {
        return Ok(false);
    }
    Ok(match (a, b) {
        (Value::Nil, Value::Nil) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Int(a), Value::Int(b)) | (Value::Int64(a), Value::Int64(b)) => a == b,
        (Value::Uint64(a), Value::Uint64(b)) => a == b,
        (Value::Byte(a), Value::Byte(b)) => a == b,
        (Value::Float(a), Value::Float(b)) => a == b,
        (Value::Text(a), Value::Text(b)) => {
            budget.read(a)?;
            a == b
        }
        (Value::List(a), Value::List(b)) => {
            a.nil == b.nil && a.len() == b.len() && all_equal(budget, a.iter().zip(b.iter()), depth)?
        }
        (Value::Map(a), Value::Map(b)) => {
            let (a, b) = (a.entries(), b.entries());
            a.keys().try_for_each(|key| budget.read(key))?;
            let same_keys = a.len() == b.len() && a.keys().eq(b.keys());
            same_keys && all_equal(budget, a.values().zip(b.values()), depth)?
        }
        _ => return Err(Fault::Wants("texts, numbers, lists and maps")),
    })
}

fn all_equal<'v>(
    budget: &mut Budget,
    pairs: impl Iterator<Item = (&'v Value, &'v Value)>,
    depth: usize,
) -> Result<bool, Fault> {
    for (a, b) in pairs {
        if !deep_equal(budget, a, b, depth + 1)? {
            return Ok(false);
        }
    }
    Ok(true)
}
