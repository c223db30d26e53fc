//! Is this in that?

use super::text::find;
use super::{Fault, Function, Takes, Value, function, list};

const A: Takes = Takes::Any;

pub(super) const TABLE: &[Function] = &[
    function("in", &[A, A], |_, v| Ok(Value::Bool(is_in(&v[0], &v[1])))),
    function("contains", &[A, A], |_, v| Ok(Value::Bool(is_in(&v[1], &v[0])))),
    function("containsAll", &[Takes::List, A], |_, v| some(v, |parts| !parts.contains(&false))),
    function("containsAny", &[Takes::List, A], |_, v| some(v, |parts| parts.contains(&true))),
    function("containsNone", &[Takes::List, A], |_, v| some(v, |parts| !parts.contains(&true))),
    function("containsNotAll", &[Takes::List, A], |_, v| some(v, |parts| parts.contains(&false))),
];

/// Whether each of the first is in the second, judged together.
fn some(values: &[Value], judge: fn(&[bool]) -> bool) -> Result<Value, Fault> {
    let parts = list(&values[0])?;
    let found: Vec<bool> = parts.iter().map(|part| is_in(&values[1], part)).collect();
    Ok(Value::Bool(judge(&found)))
}

/// Only like is like: a whole number of Go's `int` kinds is in no list of floats.
fn is_in(whole: &Value, part: &Value) -> bool {
    match whole {
        Value::List(items) => items.iter().any(|item| match (item, part) {
            (Value::Int(a) | Value::Int64(a), Value::Int(b) | Value::Int64(b)) => a == b,
            (Value::Float(a), Value::Float(b)) => a == b,
            (Value::Text(a), Value::Text(b)) => a == b,
            _ => false,
        }),
        Value::Text(whole) => matches!(part, Value::Text(part) if find(whole, part).is_some()),
        _ => false,
    }
}
