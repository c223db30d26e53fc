//! The closed table of functions: what a template may call.
//!
//! Named and behaving as in Vault Agent (Go's built-in ones, consul-template's, and Sprig's with `sprig_` before the
//! name), so that the same file renders under both. Nothing here does I/O, and nothing answers differently at another
//! time. `refused` says why a function isn't here.

mod builtin;
mod compare;
mod data;
mod encode;
mod json;
mod maps;
mod math;
mod refused;
mod regex;
mod regex_replacement;
mod regex_syntax;
mod scratch;
mod secrets;
mod sets;
mod sprig;
mod text;
mod toml;
mod yaml;
mod yaml_read;

use super::buffer::Buffer;
use super::fault::Fault;
use super::run::World;
use super::value::{List, Map, Of, Text, Value};

pub(super) use refused::refusal;
pub(super) use scratch::method as scratch_method;

type Called = Result<Value, Fault>;

pub(super) struct Function {
    pub(super) name: &'static str,
    takes: &'static [Takes],
    /// Of any number of arguments behind those.
    more: Option<Takes>,
    pub(super) call: fn(&mut World<'_>, &[Value]) -> Called,
}

/// What Go's function declares that it takes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    Any,
    /// `string`
    Text,
    /// `int`
    Int,
    /// `float64`
    Float,
    /// `bool`
    Bool,
    /// `map[string]interface{}`
    Map,
    /// `[]interface{}`
    List,
    /// `[]string`
    Texts,
}

impl Takes {
    /// Go gives a function only what it declares, and converts nothing.
    pub(super) fn check(self, value: Value) -> Called {
        let (fits, wants) = match self {
            Takes::Any => (!matches!(value, Value::Data(_)), "`.Data.data`, not `.Data`"),
            Takes::Text => (matches!(value, Value::Text(_)), "a text here"),
            Takes::Int => (matches!(value, Value::Int(_)), "a whole number here, Go's `int`"),
            Takes::Float => (matches!(value, Value::Float(_)), "a float here"),
            Takes::Bool => (matches!(value, Value::Bool(_)), "true or false here"),
            Takes::Map => (
                matches!(&value, Value::Map(m) if m.of == Of::Any) || matches!(value, Value::Nil),
                "a map of anything by text here",
            ),
            Takes::List => (
                matches!(&value, Value::List(l) if l.of == Of::Any) || matches!(value, Value::Nil),
                "a list of anything here",
            ),
            Takes::Texts => (
                matches!(&value, Value::List(l) if l.of == Of::Texts) || matches!(value, Value::Nil),
                "a list of texts here",
            ),
        };
        if !fits {
            return Err(Fault::Wants(wants));
        }
        Ok(match (self, value) {
            (Takes::Map, Value::Nil) => Value::Map(Map::new(Of::Any, Default::default())),
            (Takes::List, Value::Nil) => Value::List(List::nil(Of::Any)),
            (Takes::Texts, Value::Nil) => Value::List(List::nil(Of::Texts)),
            (_, value) => value,
        })
    }
}

impl Function {
    pub(super) fn takes_as_many(&self, given: usize) -> bool {
        if self.more.is_some() { given >= self.takes.len() } else { given == self.takes.len() }
    }

    pub(super) fn takes(&self, index: usize) -> Takes {
        self.takes.get(index).copied().or(self.more).unwrap_or(Takes::Any)
    }

    pub(super) fn is_scratch(&self) -> bool {
        self.name == "scratch"
    }
}

const fn function(
    name: &'static str,
    takes: &'static [Takes],
    call: fn(&mut World<'_>, &[Value]) -> Called,
) -> Function {
    Function { name, takes, more: None, call }
}

/// A function that takes more than those, all of one kind.
const fn open(
    name: &'static str,
    takes: &'static [Takes],
    more: Takes,
    call: fn(&mut World<'_>, &[Value]) -> Called,
) -> Function {
    Function { name, takes, more: Some(more), call }
}

static TABLES: &[&[Function]] = &[
    builtin::TABLE,
    compare::TABLE,
    secrets::TABLE,
    text::TABLE,
    encode::TABLE,
    data::TABLE,
    math::TABLE,
    sets::TABLE,
    maps::TABLE,
    regex::TABLE,
    scratch::TABLE,
    sprig::strings::TABLE,
    sprig::numbers::TABLE,
    sprig::lists::TABLE,
    sprig::dicts::TABLE,
    sprig::values::TABLE,
    sprig::paths::TABLE,
    sprig::versions::TABLE,
];

pub(super) fn all() -> impl Iterator<Item = &'static Function> {
    TABLES.iter().flat_map(|table| table.iter())
}

pub(super) fn find(name: &str) -> Option<&'static Function> {
    use std::collections::HashMap;
    use std::sync::LazyLock;
    static BY_NAME: LazyLock<HashMap<&str, &Function>> =
        LazyLock::new(|| all().map(|function| (function.name, function)).collect());
    BY_NAME.get(name).copied()
}

// --- what the functions are written with; their arguments have been checked

fn buffer() -> Buffer {
    Buffer::up_to(super::MAX_FUNCTION_OUTPUT)
}

fn made(buffer: Buffer) -> Called {
    Ok(Value::Text(Text::new(buffer.into_bytes())))
}

fn text_of(bytes: impl AsRef<[u8]>) -> Called {
    let mut out = buffer();
    out.push(bytes.as_ref())?;
    made(out)
}

fn text(value: &Value) -> Result<&Text, Fault> {
    match value {
        Value::Text(text) => Ok(text),
        _ => Err(Fault::Wants("a text")),
    }
}

/// A text as characters; bytes that are none are refused where they cannot be kept.
fn utf8(value: &Value) -> Result<&str, Fault> {
    text(value)?.utf8().ok_or(Fault::Wants("a text that is UTF-8"))
}

fn int(value: &Value) -> Result<i64, Fault> {
    match value {
        Value::Int(n) => Ok(*n),
        _ => Err(Fault::Wants("a whole number")),
    }
}

fn map(value: &Value) -> Result<&Map, Fault> {
    match value {
        Value::Map(map) => Ok(map),
        _ => Err(Fault::Wants("a map")),
    }
}

fn list(value: &Value) -> Result<&List, Fault> {
    match value {
        Value::List(list) => Ok(list),
        _ => Err(Fault::Wants("a list")),
    }
}
