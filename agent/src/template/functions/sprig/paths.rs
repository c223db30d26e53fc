//! Paths with slashes, as Go's `path` takes them apart; those of the system are the same on Linux.

use super::super::{Called, Function, Takes, Value, function, text_of, utf8};

const T: Takes = Takes::Text;

pub(in super::super) const TABLE: &[Function] = &[
    function("sprig_base", &[T], |_, v| text_of(base(utf8(&v[0])?))),
    function("sprig_osBase", &[T], |_, v| text_of(base(utf8(&v[0])?))),
    function("sprig_dir", &[T], |_, v| dir(utf8(&v[0])?)),
    function("sprig_osDir", &[T], |_, v| dir(utf8(&v[0])?)),
    function("sprig_clean", &[T], |_, v| text_of(clean(utf8(&v[0])?))),
    function("sprig_osClean", &[T], |_, v| text_of(clean(utf8(&v[0])?))),
    function("sprig_ext", &[T], |_, v| text_of(ext(utf8(&v[0])?))),
    function("sprig_osExt", &[T], |_, v| text_of(ext(utf8(&v[0])?))),
    function("sprig_isAbs", &[T], |_, v| Ok(Value::Bool(utf8(&v[0])?.starts_with('/')))),
    function("sprig_osIsAbs", &[T], |_, v| Ok(Value::Bool(utf8(&v[0])?.starts_with('/')))),
];

fn base(path: &str) -> &str {
    let trimmed = path.trim_end_matches('/');
    match trimmed.rsplit('/').next() {
        _ if path.is_empty() => ".",
        Some("") | None => "/",
        Some(last) => last,
    }
}

fn dir(path: &str) -> Called {
    text_of(clean(&path[..path.rfind('/').map_or(0, |i| i + 1)]))
}

fn ext(path: &str) -> &str {
    let last = path.rsplit('/').next().unwrap_or("");
    last.rfind('.').map_or("", |i| &last[i..])
}

fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|p| *p != "..") => drop(parts.pop()),
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".into(),
        (false, false) => joined,
    }
}
