//! Go's comparisons: only of like with like, where a signed number is like an unsigned one.

use std::cmp::Ordering;

use super::{Called, Fault, Function, Takes, Value, function, open};

pub(super) const TABLE: &[Function] = &[
    open("eq", &[Takes::Any, Takes::Any], Takes::Any, |_, v| {
        let mut any = false;
        for other in &v[1..] {
            any = any || equal(&v[0], other)?;
        }
        Ok(Value::Bool(any))
    }),
    function("ne", &[Takes::Any, Takes::Any], |_, v| Ok(Value::Bool(!equal(&v[0], &v[1])?))),
    function("lt", &[Takes::Any, Takes::Any], |_, v| ordered(v, Ordering::is_lt)),
    function("le", &[Takes::Any, Takes::Any], |_, v| ordered(v, Ordering::is_le)),
    function("gt", &[Takes::Any, Takes::Any], |_, v| ordered(v, Ordering::is_gt)),
    function("ge", &[Takes::Any, Takes::Any], |_, v| ordered(v, Ordering::is_ge)),
];

/// A whole number, wide enough for Go's signed and unsigned ones.
pub(super) fn whole(value: &Value) -> Option<i128> {
    match value {
        Value::Int(n) | Value::Int64(n) => Some(i128::from(*n)),
        Value::Uint64(n) => Some(i128::from(*n)),
        Value::Byte(n) => Some(i128::from(*n)),
        _ => None,
    }
}

fn equal(a: &Value, b: &Value) -> Result<bool, Fault> {
    if let (Some(a), Some(b)) = (whole(a), whole(b)) {
        return Ok(a == b);
    }
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => Ok(a == b),
        (Value::Bool(a), Value::Bool(b)) => Ok(a == b),
        (Value::Float(a), Value::Float(b)) => Ok(a == b),
        (Value::Nil, Value::Nil) => Ok(true),
        (
            Value::Nil,
            Value::Text(_)
            | Value::Bool(_)
            | Value::Float(_)
            | Value::Int(_)
            | Value::Int64(_)
            | Value::Uint64(_),
        )
        | (
            Value::Text(_)
            | Value::Bool(_)
            | Value::Float(_)
            | Value::Int(_)
            | Value::Int64(_)
            | Value::Uint64(_),
            Value::Nil,
        ) => Ok(false),
        _ => Err(Fault::Wants("two values of one kind: texts, whole numbers, floats, truths")),
    }
}

fn ordered(values: &[Value], is: fn(Ordering) -> bool) -> Called {
    if let (Some(a), Some(b)) = (whole(&values[0]), whole(&values[1])) {
        return Ok(Value::Bool(is(a.cmp(&b))));
    }
    match (&values[0], &values[1]) {
        (Value::Text(a), Value::Text(b)) => Ok(Value::Bool(is(a.cmp(b)))),
        (Value::Float(a), Value::Float(b)) => Ok(Value::Bool(a.partial_cmp(b).is_some_and(is))),
        _ => Err(Fault::Wants("two texts, two whole numbers, or two floats")),
    }
}
