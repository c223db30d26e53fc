//! The values that a template works with, as Go has them.
//!
//! Go's kinds are kept apart as far as they can be seen: `int` from `int64`, a list of anything from a list of texts,
//! and maps are shared by those who hold them, so that what one hand changes the other sees. A text is bytes, wiped when
//! the last holder lets go. There is no `Debug`, on purpose.

use std::cell::{Ref, RefCell};
use std::collections::BTreeMap;
use std::ops::Deref;
use std::rc::Rc;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::budget::Budget;
use super::fault::Fault;

#[derive(Clone)]
pub(super) enum Value {
    Nil,
    Bool(bool),
    Int(i64),
    Int64(i64),
    Uint64(u64),
    Float(f64),
    /// One byte of a text, as `index` gives it.
    Byte(u8),
    Text(Text),
    List(List),
    Map(Map),
    /// What `secret` gives; only its `.Data` can be taken.
    Secret(Map),
    /// `.Data` of a secret: has the fields of both of KV's versions, and is nothing as a whole.
    Data(Map),
    /// Numbers to range over: from, and up to.
    Loop(i64, i64),
}

/// Bytes, most often UTF-8.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Text(Arc<Zeroizing<Vec<u8>>>);

impl Ord for Text {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self[..].cmp(&other[..])
    }
}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Text {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        Self(Arc::new(Zeroizing::new(bytes)))
    }

    /// As a person's text: what is no UTF-8 becomes U+FFFD, one for each byte, as Go ranges over it.
    pub(super) fn chars(&self) -> impl Iterator<Item = char> + '_ {
        self.0.utf8_chunks().flat_map(|chunk| {
            chunk
                .valid()
                .chars()
                .chain(std::iter::repeat_n(char::REPLACEMENT_CHARACTER, chunk.invalid().len()))
        })
    }

    pub(super) fn utf8(&self) -> Option<&str> {
        std::str::from_utf8(self).ok()
    }
}

impl Deref for Text {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::new(text.as_bytes().to_vec())
    }
}

impl From<&[u8]> for Text {
    fn from(bytes: &[u8]) -> Self {
        Self::new(bytes.to_vec())
    }
}

impl std::borrow::Borrow<[u8]> for Text {
    fn borrow(&self) -> &[u8] {
        self
    }
}

/// What a list or map is made of, in Go's types.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// `interface{}`
    Any,
    /// `string`
    Texts,
    /// `int`
    Ints,
    /// `[]interface{}`
    Lists,
    /// `map[interface{}]interface{}`, as YAML is read: not accepted where text keys are asked for.
    AnyKeys,
}

#[derive(Clone)]
pub(super) struct List {
    pub(super) of: Of,
    /// Go's `nil`: empty, and `null` in JSON.
    pub(super) nil: bool,
    items: Rc<Items>,
}

struct Items(Vec<Value>);

impl List {
    pub(super) fn new(of: Of, items: Vec<Value>) -> Self {
        Self { of, nil: false, items: Rc::new(Items(items)) }
    }

    pub(super) fn nil(of: Of) -> Self {
        Self { nil: true, ..Self::new(of, Vec::new()) }
    }

    pub(super) fn texts<T: Into<Text>>(items: impl IntoIterator<Item = T>) -> Value {
        Value::List(Self::new(Of::Texts, items.into_iter().map(|t| Value::Text(t.into())).collect()))
    }

    /// A list of the same kind.
    pub(super) fn like(&self, items: Vec<Value>) -> Self {
        Self { nil: self.nil, ..Self::new(self.of, items) }
    }

    /// Whether something else holds the same list.
    pub(super) fn is_shared(&self) -> bool {
        Rc::strong_count(&self.items) > 2
    }
}

impl Deref for List {
    type Target = [Value];

    fn deref(&self) -> &[Value] {
        &self.items.0
    }
}

#[derive(Clone)]
pub(super) struct Map {
    pub(super) of: Of,
    /// A secret's own: a field that it lacks is a mistake, and nobody may change it.
    pub(super) fixed: bool,
    entries: Rc<Entries>,
}

struct Entries(RefCell<BTreeMap<Text, Value>>);

impl Map {
    pub(super) fn new(of: Of, entries: BTreeMap<Text, Value>) -> Self {
        Self { of, fixed: false, entries: Rc::new(Entries(RefCell::new(entries))) }
    }

    pub(super) fn fixed(entries: BTreeMap<Text, Value>) -> Self {
        Self { fixed: true, ..Self::new(Of::Any, entries) }
    }

    pub(super) fn entries(&self) -> Ref<'_, BTreeMap<Text, Value>> {
        self.entries.0.borrow()
    }

    pub(super) fn get(&self, key: &[u8]) -> Option<Value> {
        self.entries().get(key).cloned()
    }

    /// What Go answers for a key that isn't there.
    pub(super) fn zero(&self) -> Value {
        if self.of == Of::Texts { Value::Text("".into()) } else { Value::Nil }
    }

    /// Refused where it would hold itself.
    pub(super) fn put(&self, key: Text, value: Value, budget: &mut Budget) -> Result<(), Fault> {
        if self.is_in(&value, budget, 0)? {
            return Err(Fault::TooMuch);
        }
        self.entries.0.borrow_mut().insert(key, value);
        Ok(())
    }

    pub(super) fn remove(&self, key: &[u8]) {
        let gone = self.entries.0.borrow_mut().remove(key);
        drop(gone);
    }

    fn is_in(&self, value: &Value, budget: &mut Budget, depth: usize) -> Result<bool, Fault> {
        budget.walk(1)?;
        let mut any = |value: &Value| self.is_in(value, budget, depth + 1);
        match value {
            _ if depth > MAX_DEPTH => Ok(true),
            Value::List(list) => some(list.iter(), &mut any),
            Value::Map(map) if Rc::ptr_eq(&self.entries, &map.entries) => Ok(true),
            Value::Map(map) => some(map.entries().values(), &mut any),
            _ => Ok(false),
        }
    }
}

fn some<'v>(
    mut values: impl Iterator<Item = &'v Value>,
    is: &mut dyn FnMut(&Value) -> Result<bool, Fault>,
) -> Result<bool, Fault> {
    values.try_fold(false, |found, value| Ok(found || is(value)?))
}

/// How deep values may be nested inside each other where something walks through them.
pub(super) const MAX_DEPTH: usize = 64;

/// Values are let go one by one, since nesting can be deeper than the stack.
fn let_go(mut held: Vec<Value>) {
    while let Some(value) = held.pop() {
        match value {
            Value::List(list) => held
                .extend(Rc::into_inner(list.items).map(|mut i| std::mem::take(&mut i.0)).unwrap_or_default()),
            Value::Map(map) => held
                .extend(Rc::into_inner(map.entries).map(|e| e.0.take().into_values()).into_iter().flatten()),
            _ => {}
        }
    }
}

impl Drop for Items {
    fn drop(&mut self) {
        let_go(std::mem::take(&mut self.0));
    }
}

impl Drop for Entries {
    fn drop(&mut self) {
        let_go(self.0.take().into_values().collect());
    }
}

impl Value {
    /// Go's truth: not empty, not zero, not nil.
    pub(super) fn is_true(&self) -> bool {
        match self {
            Value::Nil => false,
            Value::Bool(b) => *b,
            Value::Int(n) | Value::Int64(n) => *n != 0,
            Value::Uint64(n) => *n != 0,
            Value::Float(n) => *n != 0.0,
            Value::Byte(b) => *b != 0,
            Value::Text(text) => !text.is_empty(),
            Value::List(list) => !list.is_empty(),
            Value::Map(map) => !map.entries().is_empty(),
            Value::Secret(_) | Value::Data(_) | Value::Loop(..) => true,
        }
    }

    /// The name of Go's type.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Value::Nil => "<nil>",
            Value::Bool(_) => "bool",
            Value::Int(_) => "int",
            Value::Int64(_) => "int64",
            Value::Uint64(_) => "uint64",
            Value::Float(_) => "float64",
            Value::Byte(_) => "uint8",
            Value::Text(_) => "string",
            Value::List(list) => match list.of {
                Of::Texts => "[]string",
                Of::Ints => "[]int",
                Of::Lists => "[][]interface {}",
                _ => "[]interface {}",
            },
            Value::Map(map) => match map.of {
                Of::Texts => "map[string]string",
                Of::AnyKeys => "map[interface {}]interface {}",
                _ => "map[string]interface {}",
            },
            Value::Secret(_) => "*dependency.Secret",
            Value::Data(_) => "map[string]interface {}",
            Value::Loop(..) => "<-chan int64",
        }
    }

    /// How much of a render's memory this takes by itself, about.
    pub(super) fn weight(&self) -> usize {
        match self {
            Value::Text(text) => text.len(),
            Value::List(list) => list.len() * size_of::<Value>(),
            Value::Map(map) => MAP + map.entries().len() * 2 * size_of::<Value>(),
            _ => 0,
        }
    }
}

/// The node of a map with one entry.
const MAP: usize = 512;

impl From<Text> for Value {
    fn from(text: Text) -> Self {
        Value::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.into())
    }
}

impl From<bool> for Value {
    fn from(b: bool) -> Self {
        Value::Bool(b)
    }
}
