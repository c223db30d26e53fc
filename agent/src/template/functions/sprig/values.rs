//! Any value: defaults, kinds, JSON (`defaults.go`, `reflect.go`).

use super::super::json::{self, Escape};
use super::super::{Fault, Function, Takes, Value, function, open, text, text_of};
use super::deep_equal;

const A: Takes = Takes::Any;
const T: Takes = Takes::Text;

pub(in super::super) const TABLE: &[Function] = &[
    open("sprig_default", &[A], A, |_, v| Ok(v.get(1).filter(|g| g.is_true()).unwrap_or(&v[0]).clone())),
    function("sprig_empty", &[A], |_, v| Ok(Value::Bool(!v[0].is_true()))),
    open("sprig_coalesce", &[], A, |_, v| Ok(v.iter().find(|v| v.is_true()).cloned().unwrap_or(Value::Nil))),
    open("sprig_all", &[], A, |_, v| Ok(Value::Bool(v.iter().all(Value::is_true)))),
    open("sprig_any", &[], A, |_, v| Ok(Value::Bool(v.iter().any(Value::is_true)))),
    function("sprig_ternary", &[A, A, Takes::Bool], |_, v| Ok(v[usize::from(!v[2].is_true())].clone())),
    function("sprig_toJson", &[A], |_, v| json::compact(&v[0], Escape::Html)),
    function("sprig_mustToJson", &[A], |_, v| json::compact(&v[0], Escape::Html)),
    function("sprig_toPrettyJson", &[A], |_, v| json::pretty(&v[0], Escape::Html)),
    function("sprig_mustToPrettyJson", &[A], |_, v| json::pretty(&v[0], Escape::Html)),
    function("sprig_toRawJson", &[A], |_, v| json::compact(&v[0], Escape::Little)),
    function("sprig_mustToRawJson", &[A], |_, v| json::compact(&v[0], Escape::Little)),
    function("sprig_fromJson", &[T], |w, v| json::read(&mut w.budget, text(&v[0])?)),
    function("sprig_mustFromJson", &[T], |w, v| json::read(&mut w.budget, text(&v[0])?)),
    function("sprig_typeOf", &[A], |_, v| text_of(v[0].type_name())),
    function("sprig_typeIs", &[T, A], |_, v| Ok(Value::Bool(**text(&v[0])? == *v[1].type_name().as_bytes()))),
    function("sprig_typeIsLike", &[T, A], |_, v| {
        let like = v[1].type_name().trim_start_matches('*').as_bytes();
        Ok(Value::Bool(**text(&v[0])? == *like || **text(&v[0])? == *v[1].type_name().as_bytes()))
    }),
    function("sprig_kindOf", &[A], |_, v| text_of(kind(&v[0]))),
    function("sprig_kindIs", &[T, A], |_, v| Ok(Value::Bool(**text(&v[0])? == *kind(&v[1]).as_bytes()))),
    function("sprig_deepEqual", &[A, A], |w, v| Ok(Value::Bool(deep_equal(&mut w.budget, &v[0], &v[1], 0)?))),
    // Its message may be made of a value.
    function("sprig_fail", &[T], |_, _| {
        Err(Fault::Said(
            "the template itself says that it must not be rendered",
            "see the `sprig_fail` there",
        ))
    }),
];

/// Go's `reflect.Kind`.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Nil => "invalid",
        Value::List(_) => "slice",
        Value::Map(_) | Value::Data(_) => "map",
        Value::Secret(_) => "ptr",
        Value::Loop(..) => "chan",
        value => value.type_name(),
    }
}
