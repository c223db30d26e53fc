//! consul-template's arithmetic, which takes its left operand last: `3 | subtract 1` is 2.
//!
//! A whole number and a float make a float; a signed and an unsigned one make a signed one. Overflow wraps, as in Go.

use super::{Called, Fault, Function, Takes, Value, function, utf8};

const A: Takes = Takes::Any;

pub(super) const TABLE: &[Function] = &[
    function("add", &[A, A], |_, v| combine(v, i64::wrapping_add, u64::wrapping_add, |a, b| a + b)),
    function("subtract", &[A, A], |_, v| combine(v, i64::wrapping_sub, u64::wrapping_sub, |a, b| a - b)),
    function("multiply", &[A, A], |_, v| combine(v, i64::wrapping_mul, u64::wrapping_mul, |a, b| a * b)),
    function("divide", &[A, A], |_, v| {
        if matches!(
            (number(&v[0])?, number(&v[1])?),
            (Number::Int(0) | Number::Uint(0), Number::Int(_) | Number::Uint(_))
        ) {
            return Err(Fault::Wants("no zero to divide by"));
        }
        combine(v, i64::wrapping_div, |a, b| a / b, |a, b| a / b)
    }),
    function("modulo", &[A, A], |_, v| match (number(&v[0])?, number(&v[1])?) {
        (Number::Float(_), _) | (_, Number::Float(_)) => Err(Fault::Wants("whole numbers")),
        (Number::Int(0) | Number::Uint(0), _) => Err(Fault::Wants("no zero to divide by")),
        _ => combine(v, i64::wrapping_rem, |a, b| a % b, |a, b| a % b),
    }),
    function("minimum", &[A, A], |_, v| pick(v, |a, b| a < b, |a, b| a < b, |a, b| a < b)),
    function("maximum", &[A, A], |_, v| pick(v, |a, b| a > b, |a, b| a > b, |a, b| a > b)),
    super::open("loop", &[A], A, |_, v| match v {
        [to] => Ok(Value::Loop(0, limit(to)?)),
        [from, to] => Ok(Value::Loop(limit(from)?, limit(to)?)),
        _ => Err(Fault::Wants("one or two numbers")),
    }),
];

#[derive(Clone, Copy)]
enum Number {
    Int(i64),
    Uint(u64),
    Float(f64),
}

fn number(value: &Value) -> Result<Number, Fault> {
    match value {
        Value::Int(n) | Value::Int64(n) => Ok(Number::Int(*n)),
        Value::Uint64(n) => Ok(Number::Uint(*n)),
        Value::Byte(n) => Ok(Number::Uint(u64::from(*n))),
        Value::Float(n) => Ok(Number::Float(*n)),
        _ => Err(Fault::Wants("numbers")),
    }
}

fn float(n: Number) -> f64 {
    match n {
        Number::Int(n) => n as f64,
        Number::Uint(n) => n as f64,
        Number::Float(n) => n,
    }
}

fn combine(
    values: &[Value],
    ints: fn(i64, i64) -> i64,
    uints: fn(u64, u64) -> u64,
    floats: fn(f64, f64) -> f64,
) -> Called {
    // The second is the left one.
    Ok(match (number(&values[1])?, number(&values[0])?) {
        (Number::Int(a), Number::Int(b)) => Value::Int64(ints(a, b)),
        (Number::Int(a), Number::Uint(b)) => Value::Int64(ints(a, b as i64)),
        (Number::Uint(a), Number::Int(b)) => Value::Int64(ints(a as i64, b)),
        (Number::Uint(a), Number::Uint(b)) => Value::Uint64(uints(a, b)),
        (a, b) => Value::Float(floats(float(a), float(b))),
    })
}

/// The one of the two that is smaller, or larger, in its own kind.
fn pick(
    values: &[Value],
    ints: fn(&i64, &i64) -> bool,
    uints: fn(&u64, &u64) -> bool,
    floats: fn(&f64, &f64) -> bool,
) -> Called {
    let (a, b) = (number(&values[1])?, number(&values[0])?);
    let first = match (a, b) {
        (Number::Uint(a), Number::Uint(b)) => uints(&a, &b),
        (Number::Int(a), Number::Int(b)) => ints(&a, &b),
        (Number::Int(a), Number::Uint(b)) => ints(&a, &(b as i64)),
        (Number::Uint(a), Number::Int(b)) => ints(&(a as i64), &b),
        _ => floats(&float(a), &float(b)),
    };
    Ok(match if first { a } else { b } {
        Number::Int(n) => Value::Int64(n),
        Number::Uint(n) => Value::Uint64(n),
        Number::Float(n) => Value::Float(n),
    })
}

fn limit(value: &Value) -> Result<i64, Fault> {
    match value {
        Value::Int(n) | Value::Int64(n) => Ok(*n),
        Value::Uint64(n) => Ok(*n as i64),
        Value::Byte(n) => Ok(i64::from(*n)),
        Value::Text(_) => super::data::parse_int(utf8(value)?),
        _ => Err(Fault::Wants("whole numbers, or texts that are")),
    }
}
