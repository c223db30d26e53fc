//! The closed table of functions: what a template may call besides Go's built-in ones.
//!
//! Named and behaving as in Vault Agent, so that the same file renders under both. Nothing here does I/O, and nothing
//! answers differently at another time.

use std::collections::{BTreeMap, HashMap};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gtmpl_ng::{Func, FuncError, Value};

use super::error::TemplateError;
use super::reading::{self, Refusal};

pub(super) const TABLE: &[(&str, Func)] = &[
    ("secret", secret),
    ("replaceAll", replace_all),
    ("trimSpace", trim_space),
    ("toLower", to_lower),
    ("toUpper", to_upper),
    ("toJSON", to_json),
    ("base64Encode", base64_encode),
    ("base64Decode", base64_decode),
];

/// Functions of Vault Agent that are left out on purpose, and why.
const REFUSED: &[(&[&str], &str)] = &[
    (
        &["env", "mustEnv", "envOrDefault", "sprig_env", "sprig_expandenv"],
        "it reads the agent's environment, which is no part of the plan",
    ),
    (&["file"], "it reads a file, which is no part of the plan"),
    (
        &["key", "keyExists", "keyOrDefault", "ls", "safeLs", "tree", "safeTree"],
        "it reads Consul, which is no part of the plan",
    ),
    (
        &[
            "service",
            "services",
            "node",
            "nodes",
            "connect",
            "caRoots",
            "caLeaf",
            "datacenters",
            "partitions",
        ],
        "it reads Consul, which is no part of the plan",
    ),
    (
        &["nomadServices", "nomadService", "nomadVar", "nomadVarList", "nomadVarListSafe", "nomadVarExists"],
        "it reads Nomad, which is no part of the plan",
    ),
    (&["secrets"], "it lists Vault; name each secret"),
    (&["pkiCert"], "it issues a certificate at each render"),
    (&["writeToFile"], "it writes a file; a rendered file is a [file] of the policy"),
    (&["executeTemplate"], "it hides what a template reads; use Go's `template`"),
    (&["plugin"], "it runs a program"),
    (
        &["timestamp", "sprig_now", "sprig_date", "sprig_uuidv4", "sprig_randAlphaNum"],
        "it answers differently each time, so a file could never be shown to be right",
    ),
];

/// Why a function can't be called.
pub(super) fn refusal(name: &str) -> TemplateError {
    match REFUSED.iter().find(|(names, _)| names.contains(&name)) {
        Some((_, why)) => {
            TemplateError::new(format!("`{name}` is not allowed in a template: {why}"), "remove it")
        }
        None => {
            let ours: Vec<&str> = TABLE.iter().map(|(n, _)| *n).collect();
            let what = format!("there is no function `{name}`");
            TemplateError::new(what, format!("besides Go's own there are {}", ours.join(", ")))
        }
    }
}

fn refuse(refusal: Refusal) -> FuncError {
    reading::refuse(refusal);
    FuncError::Generic(String::new())
}

fn wants<T>(function: &'static str, wants: &'static str) -> Result<T, FuncError> {
    Err(refuse(Refusal::Asked { function, wants }))
}

/// `secret "path"`: what Vault would answer, as far as a template may see it: `.Data.data.value`.
fn secret(args: &[Value]) -> Result<Value, FuncError> {
    let [Value::String(path)] = args else {
        return wants(
            "secret",
            "one path, and nothing else: a template only reads, and only the current version",
        );
    };
    let fields = reading::read(path).map_err(refuse)?;
    let nest = |key: &str, inner: Value| Value::Object(HashMap::from([(key.to_owned(), inner)]));
    let data = fields.into_iter().map(|(field, text)| (field, Value::String(text))).collect();
    Ok(nest("Data", nest("data", Value::Object(data))))
}

fn replace_all(args: &[Value]) -> Result<Value, FuncError> {
    let [Value::String(from), Value::String(to), Value::String(text)] = args else {
        return wants("replaceAll", "three texts: what, by what, and where");
    };
    let found = if from.is_empty() { text.chars().count() + 1 } else { text.matches(from.as_str()).count() };
    if text.len() + found * to.len() > super::MAX_FUNCTION_OUTPUT {
        return wants("replaceAll", "to make a text that is not so long");
    }
    Ok(text.replace(from.as_str(), to).into())
}

fn trim_space(args: &[Value]) -> Result<Value, FuncError> {
    one_text("trimSpace", args, |t| t.trim().to_owned())
}

fn to_lower(args: &[Value]) -> Result<Value, FuncError> {
    one_text("toLower", args, str::to_lowercase)
}

fn to_upper(args: &[Value]) -> Result<Value, FuncError> {
    one_text("toUpper", args, str::to_uppercase)
}

fn base64_encode(args: &[Value]) -> Result<Value, FuncError> {
    one_text("base64Encode", args, |t| STANDARD.encode(t))
}

fn base64_decode(args: &[Value]) -> Result<Value, FuncError> {
    let [Value::String(text)] = args else { return wants("base64Decode", "one text") };
    match STANDARD.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok()) {
        Some(text) => Ok(text.into()),
        None => wants("base64Decode", "a text in base64 that decodes to UTF-8"),
    }
}

fn one_text(name: &'static str, args: &[Value], make: impl Fn(&str) -> String) -> Result<Value, FuncError> {
    let [Value::String(text)] = args else { return wants(name, "one text") };
    Ok(make(text).into())
}

/// As Go's `encoding/json` prints: keys sorted, and `< > &` escaped.
fn to_json(args: &[Value]) -> Result<Value, FuncError> {
    let [value] = args else { return wants("toJSON", "one value") };
    let Some(json) = json(value) else { return wants("toJSON", "texts, numbers, lists and maps") };
    let mut text = String::new();
    for c in json.to_string().chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => text.push_str(&format!("\\u{:04x}", u32::from(c))),
            other => text.push(other),
        }
    }
    Ok(text.into())
}

fn json(value: &Value) -> Option<serde_json::Value> {
    Some(match value {
        Value::NoValue | Value::Nil => serde_json::Value::Null,
        Value::Bool(b) => (*b).into(),
        Value::String(s) => s.as_str().into(),
        Value::Number(n) => match (n.as_i64(), n.as_u64(), n.as_f64()) {
            (Some(i), _, _) => i.into(),
            (_, Some(u), _) => u.into(),
            (_, _, f) => f?.into(),
        },
        Value::Array(items) => items.iter().map(json).collect::<Option<Vec<_>>>()?.into(),
        Value::Map(entries) | Value::Object(entries) => {
            let sorted: BTreeMap<&String, &Value> = entries.iter().collect();
            let pairs = sorted.into_iter().map(|(k, v)| Some((k.clone(), json(v)?)));
            serde_json::Value::Object(pairs.collect::<Option<_>>()?)
        }
        Value::Function(_) => return None,
    })
}
