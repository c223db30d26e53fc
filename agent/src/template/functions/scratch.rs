//! `scratch`: a place to keep values while a template is rendered.

use super::super::run::World;
use super::{Called, Fault, Function, List, Map, Of, Takes, Value, function, text};

const T: Takes = Takes::Text;

pub(super) const TABLE: &[Function] = &[function("scratch", &[], |_, _| {
    Err(Fault::Wants("one of its methods behind it, as in `scratch.Get`"))
})];

const METHODS: &[Function] = &[
    function("scratch.Key", &[T], |w, v| Ok(Value::Bool(w.scratch.entries().contains_key(text(&v[0])?)))),
    function("scratch.Get", &[T], |w, v| Ok(w.scratch.get(text(&v[0])?).unwrap_or(Value::Nil))),
    function("scratch.Set", &[T, Takes::Any], set),
    function("scratch.SetX", &[T, Takes::Any], |w, v| {
        if w.scratch.entries().contains_key(text(&v[0])?) {
            return Ok("".into());
        }
        set(w, v)
    }),
    function("scratch.MapSet", &[T, T, Takes::Any], |w, v| map_set(w, v, true)),
    function("scratch.MapSetX", &[T, T, Takes::Any], |w, v| map_set(w, v, false)),
    function("scratch.MapValues", &[T], |w, v| match w.scratch.get(text(&v[0])?) {
        Some(Value::Map(map)) if map.of == Of::Any => {
            Ok(Value::List(List::new(Of::Any, map.entries().values().cloned().collect())))
        }
        _ => Ok(Value::List(List::nil(Of::Any))),
    }),
];

pub(in super::super) fn method(name: &str) -> Option<&'static Function> {
    METHODS.iter().find(|m| m.name.strip_prefix("scratch.") == Some(name))
}

/// Nothing is written where it stands.
fn set(world: &mut World<'_>, values: &[Value]) -> Called {
    world.scratch.put(text(&values[0])?.clone(), values[1].clone(), &mut world.budget)?;
    Ok("".into())
}

fn map_set(world: &mut World<'_>, values: &[Value], over: bool) -> Called {
    let name = text(&values[0])?;
    let map = match world.scratch.get(name) {
        None => {
            let map = Map::new(Of::Any, Default::default());
            world.scratch.put(name.clone(), Value::Map(map.clone()), &mut world.budget)?;
            map
        }
        Some(Value::Map(map)) if map.of == Of::Any && !map.fixed => map,
        Some(_) => return Err(Fault::Wants("a name that holds a map")),
    };
    if !over && map.entries().contains_key(text(&values[1])?) {
        return Ok("".into());
    }
    map.put(text(&values[1])?.clone(), values[2].clone(), &mut world.budget)?;
    Ok("".into())
}
