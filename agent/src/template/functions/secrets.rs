//! What reads: `secret` and `secrets`. The only functions that see more than their arguments, besides `scratch`.

use super::super::run::World;
use super::{Called, Fault, Function, List, Of, Takes, Value, open, utf8};

pub(super) const TABLE: &[Function] =
    &[open("secret", &[], Takes::Text, secret), open("secrets", &[], Takes::Text, secrets)];

/// `secret "path"`: what Vault would answer, as far as a template may see it.
fn secret(world: &mut World<'_>, values: &[Value]) -> Called {
    let [path] = values else {
        return Err(Fault::Wants(
            "one path, and nothing else: a template only reads, and only the current version",
        ));
    };
    Ok(Value::Secret(world.reading.read(utf8(path)?)?))
}

/// `secrets "path"`: the names below a path, as Vault lists them.
fn secrets(world: &mut World<'_>, values: &[Value]) -> Called {
    let [path] = values else { return Err(Fault::Wants("one path")) };
    let names = world.reading.names(utf8(path)?)?;
    Ok(if names.is_empty() { Value::List(List::nil(Of::Texts)) } else { List::texts(names) })
}
