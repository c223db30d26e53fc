//! consul-template's functions for maps. Merging changes the map that it merges into, as in Go.

use super::super::budget::Budget;
use super::super::value::MAX_DEPTH;
use super::{Called, Fault, Function, Map, Of, Takes, Text, Value, function, map};

const M: Takes = Takes::Map;

pub(super) const TABLE: &[Function] = &[
    function("explodeMap", &[M], |w, v| explode_map(&mut w.budget, map(&v[0])?)),
    function("mergeMap", &[M, M], |w, v| merged(&mut w.budget, v, false)),
    function("mergeMapWithOverride", &[M, M], |w, v| merged(&mut w.budget, v, true)),
];

/// `{"a/b": 1}` becomes `{"a": {"b": 1}}`.
fn explode_map(budget: &mut Budget, from: &Map) -> Called {
    let whole = Map::new(Of::Any, Default::default());
    for (path, value) in from.entries().iter() {
        let Some(path) = path.utf8() else { return Err(Fault::Wants("keys that are UTF-8")) };
        let (above, last) = path.rsplit_once('/').unwrap_or(("", path));
        if path.split('/').count() > MAX_DEPTH {
            return Err(Fault::TooMuch);
        }
        let mut at = whole.clone();
        for part in above.split('/').filter(|_| path.contains('/')) {
            at = match at.get(part.as_bytes()) {
                Some(Value::Map(inner)) => inner,
                Some(_) => return Err(Fault::Wants("keys none of which is both a value and a folder")),
                None => {
                    let inner = Map::new(Of::Any, Default::default());
                    budget.make(Value::Map(inner.clone()).weight() + part.len())?;
                    at.put(part.into(), Value::Map(inner.clone()), budget)?;
                    inner
                }
            };
        }
        if !last.is_empty() {
            at.put(last.into(), value.clone(), budget)?;
        }
    }
    Ok(Value::Map(whole))
}

fn merged(budget: &mut Budget, values: &[Value], over: bool) -> Called {
    merge(budget, map(&values[0])?, map(&values[1])?, over, 0)?;
    Ok(values[0].clone())
}

/// `mergo.Map` and `mergo.Merge` (v0.3): maps are merged into maps; else what is there stays, unless it is empty or
/// `over` says so.
pub(super) fn merge(
    budget: &mut Budget,
    into: &Map,
    from: &Map,
    over: bool,
    depth: usize,
) -> Result<(), Fault> {
    if into.fixed {
        return Err(Fault::Wants(
            "a map that may be changed: a secret's own has to be copied first, `mergeMap` into another",
        ));
    }
    if depth > MAX_DEPTH {
        return Err(Fault::TooMuch);
    }
    if into.of != from.of {
        return Err(Fault::Wants("two maps of one kind"));
    }
    budget.walk(1 + from.entries().len())?;
    let from: Vec<(Text, Value)> = from.entries().iter().map(|(k, v)| (k.clone(), v.clone())).collect();
    for (key, new) in from {
        let old = into.get(&key);
        if matches!(&new, Value::Nil) || matches!(&new, Value::List(l) if l.nil) {
            if over {
                into.put(key, new, budget)?;
            }
            continue;
        }
        if let (Value::Map(new), Some(Value::Map(old))) = (&new, &old) {
            merge(budget, old, new, over, depth + 1)?;
        }
        let both_maps = matches!((&new, &old), (Value::Map(_), Some(Value::Map(_))));
        match old {
            Some(old) if both_maps && old.is_true() => {}
            Some(old) if !over && old.is_true() => {}
            _ => into.put(key, new, budget)?,
        }
    }
    Ok(())
}
