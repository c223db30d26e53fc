//! Is this in that?

use super::super::budget::Budget;
use super::super::run::World;
use super::text::find;
use super::{Fault, Function, Takes, Value, function, list};

const A: Takes = Takes::Any;

pub(super) const TABLE: &[Function] = &[
    function("in", &[A, A], |w, v| Ok(Value::Bool(is_in(&mut w.budget, &v[0], &v[1])?))),
    function("contains", &[A, A], |w, v| Ok(Value::Bool(is_in(&mut w.budget, &v[1], &v[0])?))),
    function("containsAll", &[Takes::List, A], |w, v| some(w, v, |parts| !parts.contains(&false))),
    function("containsAny", &[Takes::List, A], |w, v| some(w, v, |parts| parts.contains(&true))),
    function("containsNone", &[Takes::List, A], |w, v| some(w, v, |parts| !parts.contains(&true))),
    function("containsNotAll", &[Takes::List, A], |w, v| some(w, v, |parts| parts.contains(&false))),
];

/// Whether each of the first is in the second, judged together.
fn some(w: &mut World<'_>, values: &[Value], judge: fn(&[bool]) -> bool) -> Result<Value, Fault> {
    let parts = list(&values[0])?;
    let found = parts.iter().map(|part| is_in(&mut w.budget, &values[1], part));
    Ok(Value::Bool(judge(&found.collect::<Result<Vec<bool>, _>>()?)))
}

/// Only like is like: a whole number of Go's `int` kinds is in no list of floats.
fn is_in(budget: &mut Budget, whole: &Value, part: &Value) -> Result<bool, Fault> {
    match whole {
        Value::List(items) => {
            for item in items.iter() {
                budget.walk(1)?;
                let is_it = match (item, part) {
                    (Value::Int(a) | Value::Int64(a), Value::Int(b) | Value::Int64(b)) => a == b,
                    (Value::Float(a), Value::Float(b)) => a == b,
                    (Value::Text(a), Value::Text(b)) => {
                        budget.read(a)?;
                        a == b
                    }
                    _ => false,
                };
                if is_it {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Value::Text(whole) => {
            budget.read(whole)?;
            Ok(matches!(part, Value::Text(part) if find(whole, part).is_some()))
        }
        _ => Ok(false),
    }
}
