//! Lists (`list.go`). What they make is a list of anything, also of a list of texts.

use super::super::super::budget::Budget;
use super::super::{Called, Fault, Function, List, Of, Takes, Value, function, int, list, open};
use super::{deep_equal, strslice, strval, to_int};

const A: Takes = Takes::Any;

pub(in super::super) const TABLE: &[Function] = &[
    open("sprig_list", &[], A, |_, v| anything(v.to_vec())),
    open("sprig_tuple", &[], A, |_, v| anything(v.to_vec())),
    function("sprig_first", &[A], |_, v| Ok(list(&v[0])?.first().cloned().unwrap_or(Value::Nil))),
    function("sprig_mustFirst", &[A], |_, v| Ok(list(&v[0])?.first().cloned().unwrap_or(Value::Nil))),
    function("sprig_last", &[A], |_, v| Ok(list(&v[0])?.last().cloned().unwrap_or(Value::Nil))),
    function("sprig_mustLast", &[A], |_, v| Ok(list(&v[0])?.last().cloned().unwrap_or(Value::Nil))),
    function("sprig_rest", &[A], |_, v| rest(list(&v[0])?)),
    function("sprig_mustRest", &[A], |_, v| rest(list(&v[0])?)),
    function("sprig_initial", &[A], |_, v| initial(list(&v[0])?)),
    function("sprig_mustInitial", &[A], |_, v| initial(list(&v[0])?)),
    function("sprig_append", &[A, A], |_, v| append(v)),
    function("sprig_mustAppend", &[A, A], |_, v| append(v)),
    function("sprig_push", &[A, A], |_, v| append(v)),
    function("sprig_mustPush", &[A, A], |_, v| append(v)),
    function("sprig_prepend", &[A, A], |_, v| prepend(v)),
    function("sprig_mustPrepend", &[A, A], |_, v| prepend(v)),
    open("sprig_concat", &[], A, |w, v| concat(&mut w.budget, v)),
    function("sprig_reverse", &[A], |_, v| reverse(v)),
    function("sprig_mustReverse", &[A], |_, v| reverse(v)),
    function("sprig_uniq", &[A], |w, v| uniq(&mut w.budget, v)),
    function("sprig_mustUniq", &[A], |w, v| uniq(&mut w.budget, v)),
    open("sprig_without", &[A], A, |w, v| without(&mut w.budget, v)),
    open("sprig_mustWithout", &[A], A, |w, v| without(&mut w.budget, v)),
    function("sprig_has", &[A, A], |w, v| has(&mut w.budget, v)),
    function("sprig_mustHas", &[A, A], |w, v| has(&mut w.budget, v)),
    function("sprig_compact", &[A], |_, v| compact(v)),
    function("sprig_mustCompact", &[A], |_, v| compact(v)),
    open("sprig_slice", &[A], A, |_, v| slice(v)),
    open("sprig_mustSlice", &[A], A, |_, v| slice(v)),
    function("sprig_chunk", &[Takes::Int, A], |_, v| chunk(v)),
    function("sprig_mustChunk", &[Takes::Int, A], |_, v| chunk(v)),
    function("sprig_sortAlpha", &[A], |w, v| sort(&mut w.budget, v)),
];

fn anything(items: Vec<Value>) -> Called {
    Ok(Value::List(List::new(Of::Any, items)))
}

fn rest(list: &List) -> Called {
    match list.split_first() {
        Some((_, rest)) => anything(rest.to_vec()),
        None => Ok(Value::List(List::nil(Of::Any))),
    }
}

fn initial(list: &List) -> Called {
    match list.split_last() {
        Some((_, initial)) => anything(initial.to_vec()),
        None => Ok(Value::List(List::nil(Of::Any))),
    }
}

fn append(v: &[Value]) -> Called {
    anything(list(&v[0])?.iter().chain([&v[1]]).cloned().collect())
}

fn prepend(v: &[Value]) -> Called {
    anything([&v[1]].into_iter().chain(list(&v[0])?.iter()).cloned().collect())
}

fn concat(budget: &mut Budget, v: &[Value]) -> Called {
    let mut all = Vec::new();
    for part in v {
        budget.make(part.weight())?;
        all.extend(list(part)?.iter().cloned());
    }
    if all.is_empty() { Ok(Value::List(List::nil(Of::Any))) } else { anything(all) }
}

fn reverse(v: &[Value]) -> Called {
    anything(list(&v[0])?.iter().rev().cloned().collect())
}

fn is_in(budget: &mut Budget, items: &[Value], value: &Value) -> Result<bool, Fault> {
    for item in items {
        if deep_equal(budget, item, value, 0)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Each is compared with those before it.
const MAX_COMPARED: usize = 1_000;

fn uniq(budget: &mut Budget, v: &[Value]) -> Called {
    let all = list(&v[0])?;
    if all.len() > MAX_COMPARED {
        return Err(Fault::TooMuch);
    }
    let mut once: Vec<Value> = Vec::new();
    for item in all.iter() {
        if !is_in(budget, &once, item)? {
            once.push(item.clone());
        }
    }
    anything(once)
}

fn without(budget: &mut Budget, v: &[Value]) -> Called {
    if v.len() > MAX_COMPARED {
        return Err(Fault::TooMuch);
    }
    let mut kept = Vec::new();
    for item in list(&v[0])?.iter() {
        if !is_in(budget, &v[1..], item)? {
            kept.push(item.clone());
        }
    }
    anything(kept)
}

fn has(budget: &mut Budget, v: &[Value]) -> Called {
    match &v[1] {
        Value::Nil => Ok(Value::Bool(false)),
        items => Ok(Value::Bool(is_in(budget, list(items)?, &v[0])?)),
    }
}

fn compact(v: &[Value]) -> Called {
    anything(list(&v[0])?.iter().filter(|v| v.is_true()).cloned().collect())
}

fn slice(v: &[Value]) -> Called {
    let whole = list(&v[0])?;
    if whole.is_empty() {
        return Ok(Value::Nil);
    }
    let place = |i: usize, other: usize| match v.get(i) {
        None => Ok(other),
        Some(at) => usize::try_from(to_int(at)?).map_err(|_| Fault::Wants("places that are in the list")),
    };
    let (from, to) = (place(1, 0)?, place(2, whole.len())?);
    match whole.get(from..to) {
        Some(part) => Ok(Value::List(List::new(whole.of, part.to_vec()))),
        None => Err(Fault::Wants("places that are in the list, in their order")),
    }
}

fn chunk(v: &[Value]) -> Called {
    let size = usize::try_from(int(&v[0])?).ok().filter(|n| *n > 0);
    let Some(size) = size else { return Err(Fault::Wants("a size above 0")) };
    let chunks = list(&v[1])?.chunks(size).map(|c| Value::List(List::new(Of::Any, c.to_vec())));
    Ok(Value::List(List::new(Of::Lists, chunks.collect())))
}

/// Go sorts a list of texts where it stands, so that whoever else holds it sees it sorted: refused where that would show.
fn sort(budget: &mut Budget, v: &[Value]) -> Called {
    let Value::List(given) = &v[0] else { return Ok(List::texts([strval(&v[0])?])) };
    let mut sorted = strslice(budget, &v[0])?;
    // Each is compared with some of the others.
    let rounds = sorted.len().checked_ilog2().unwrap_or(0) + 1;
    for text in &sorted {
        (0..rounds).try_for_each(|_| budget.read(text))?;
    }
    if given.of == Of::Texts && given.is_shared() && !sorted.is_sorted() {
        return Err(Fault::Wants("a list of texts that no variable holds: Go sorts it there too"));
    }
    sorted.sort();
    Ok(List::texts(sorted))
}
