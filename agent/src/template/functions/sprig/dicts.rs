//! Maps (`dict.go`). `set`, `unset` and `merge` change the map that they are given, as in Go.

use std::collections::BTreeMap;

use super::super::super::budget::Budget;
use super::super::super::value::MAX_DEPTH;
use super::super::maps::merge;
use super::super::{Called, Fault, Function, List, Map, Of, Takes, Text, Value, function, map, open, text};
use super::strval;

const M: Takes = Takes::Map;
const T: Takes = Takes::Text;
const A: Takes = Takes::Any;

pub(in super::super) const TABLE: &[Function] = &[
    open("sprig_dict", &[], A, |w, v| dict(&mut w.budget, v)),
    function("sprig_get", &[M, T], |_, v| Ok(map(&v[0])?.get(text(&v[1])?).unwrap_or("".into()))),
    function("sprig_set", &[M, T, A], |w, v| {
        changeable(&v[0])?.put(text(&v[1])?.clone(), v[2].clone(), &mut w.budget)?;
        Ok(v[0].clone())
    }),
    function("sprig_unset", &[M, T], |_, v| {
        changeable(&v[0])?.remove(text(&v[1])?);
        Ok(v[0].clone())
    }),
    function("sprig_hasKey", &[M, T], |_, v| {
        Ok(Value::Bool(map(&v[0])?.entries().contains_key(text(&v[1])?)))
    }),
    open("sprig_pluck", &[T], M, |_, v| {
        let mut found = Vec::new();
        for one in &v[1..] {
            found.extend(map(one)?.get(text(&v[0])?));
        }
        Ok(Value::List(List::new(Of::Any, found)))
    }),
    // In Go in any order; sorted is one of them.
    open("sprig_keys", &[], M, |w, v| {
        let mut keys: Vec<Text> = Vec::new();
        for one in v {
            w.budget.make(one.weight())?;
            keys.extend(map(one)?.entries().keys().cloned());
        }
        Ok(List::texts(keys))
    }),
    function("sprig_values", &[M], |_, v| {
        Ok(Value::List(List::new(Of::Any, map(&v[0])?.entries().values().cloned().collect())))
    }),
    open("sprig_pick", &[M], T, |_, v| chosen(v, true)),
    open("sprig_omit", &[M], T, |_, v| chosen(v, false)),
    open("sprig_merge", &[M], M, |w, v| merged(&mut w.budget, v, false)),
    open("sprig_mustMerge", &[M], M, |w, v| merged(&mut w.budget, v, false)),
    open("sprig_mergeOverwrite", &[M], M, |w, v| merged(&mut w.budget, v, true)),
    open("sprig_mustMergeOverwrite", &[M], M, |w, v| merged(&mut w.budget, v, true)),
    open("sprig_dig", &[A, A], A, |_, v| dig(v)),
    function("sprig_deepCopy", &[A], |w, v| copy(&mut w.budget, &v[0], 0)),
    function("sprig_mustDeepCopy", &[A], |w, v| copy(&mut w.budget, &v[0], 0)),
];

fn changeable(value: &Value) -> Result<&Map, Fault> {
    let map = map(value)?;
    if map.fixed {
        return Err(Fault::Wants("a map that may be changed: copy a secret's own with `sprig_deepCopy`"));
    }
    Ok(map)
}

fn dict(budget: &mut Budget, v: &[Value]) -> Called {
    let mut entries = BTreeMap::new();
    for pair in v.chunks(2) {
        let key = strval(&pair[0])?;
        budget.make(key.len())?;
        entries.insert(key, pair.get(1).cloned().unwrap_or("".into()));
    }
    Ok(Value::Map(Map::new(Of::Any, entries)))
}

fn chosen(v: &[Value], named: bool) -> Called {
    let names = v[1..].iter().map(text).collect::<Result<std::collections::BTreeSet<_>, _>>()?;
    let whole = map(&v[0])?.entries();
    let kept = whole.iter().filter(|(key, _)| names.contains(key) == named);
    Ok(Value::Map(Map::new(Of::Any, kept.map(|(k, v)| (k.clone(), v.clone())).collect())))
}

fn merged(budget: &mut Budget, v: &[Value], over: bool) -> Called {
    for from in &v[1..] {
        merge(budget, map(&v[0])?, map(from)?, over, 0)?;
    }
    Ok(v[0].clone())
}

/// `dig "a" "b" default map`
fn dig(v: &[Value]) -> Called {
    let [path @ .., other, whole] = v else { return Err(Fault::Wants("keys, a default and a map")) };
    if path.is_empty() {
        return Err(Fault::Wants("keys, a default and a map"));
    }
    let mut at = whole.clone();
    for key in path {
        let found = match &at {
            Value::Map(map) if map.of == Of::Any => map.get(text(key)?),
            _ => return Err(Fault::Wants("maps of anything by text")),
        };
        match found {
            Some(value) => at = value,
            None => return Ok(other.clone()),
        }
    }
    Ok(at)
}

fn copy(budget: &mut Budget, value: &Value, depth: usize) -> Called {
    budget.walk(1)?;
    if depth > MAX_DEPTH {
        return Err(Fault::TooMuch);
    }
    Ok(match value {
        Value::List(list) => {
            budget.make(value.weight())?;
            let items = list.iter().map(|v| copy(budget, v, depth + 1)).collect::<Result<_, _>>()?;
            Value::List(list.like(items))
        }
        Value::Map(map) => {
            budget.make(value.weight())?;
            let entries = map
                .entries()
                .iter()
                .map(|(k, v)| Ok((k.clone(), copy(budget, v, depth + 1)?)))
                .collect::<Result<_, Fault>>()?;
            Value::Map(Map::new(map.of, entries))
        }
        value => value.clone(),
    })
}
