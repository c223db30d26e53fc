//! Regular expressions: consul-template's two functions, and Sprig's, which take the same in another order.

use regex::{Regex, RegexBuilder};

use super::super::budget::Budget;
use super::regex_replacement::Replacement;
use super::regex_syntax::translate;
use super::{
    Called, Fault, Function, List, Of, Takes, Text, Value, buffer, function, int, made, text, text_of, utf8,
};

const T: Takes = Takes::Text;
const N: Takes = Takes::Int;

pub(super) const TABLE: &[Function] = &[
    function("regexMatch", &[T, T], |_, v| matches(v)),
    function("regexReplaceAll", &[T, T, T], |w, v| replace(&mut w.budget, [&v[0], &v[2], &v[1]], true)),
    function("sprig_regexMatch", &[T, T], |_, v| matches(v)),
    function("sprig_mustRegexMatch", &[T, T], |_, v| matches(v)),
    function("sprig_regexFind", &[T, T], |_, v| find(v)),
    function("sprig_mustRegexFind", &[T, T], |_, v| find(v)),
    function("sprig_regexFindAll", &[T, T, N], |w, v| find_all(&w.budget, v)),
    function("sprig_mustRegexFindAll", &[T, T, N], |w, v| find_all(&w.budget, v)),
    function("sprig_regexReplaceAll", &[T, T, T], |w, v| replace(&mut w.budget, [&v[0], &v[1], &v[2]], true)),
    function("sprig_mustRegexReplaceAll", &[T, T, T], |w, v| {
        replace(&mut w.budget, [&v[0], &v[1], &v[2]], true)
    }),
    function("sprig_regexReplaceAllLiteral", &[T, T, T], |w, v| {
        replace(&mut w.budget, [&v[0], &v[1], &v[2]], false)
    }),
    function("sprig_mustRegexReplaceAllLiteral", &[T, T, T], |w, v| {
        replace(&mut w.budget, [&v[0], &v[1], &v[2]], false)
    }),
    function("sprig_regexSplit", &[T, T, N], |w, v| split(&w.budget, v)),
    function("sprig_mustRegexSplit", &[T, T, N], |w, v| split(&w.budget, v)),
    function("sprig_regexQuoteMeta", &[T], |_, v| quote_meta(text(&v[0])?)),
];

const MAX_PATTERN: usize = 1 << 10;
const MAX_PROGRAM: usize = 1 << 20;
const MAX_SEARCHED: usize = 64 << 10;
/// A search takes time in the product of the two sizes, and nothing looks at the clock in the middle of one.
const MAX_PRODUCT: usize = 1 << 31;

fn compiled(pattern: &Value, searched: &Value) -> Result<Regex, Fault> {
    let (pattern, length) = (utf8(pattern)?, text(searched)?.len());
    if pattern.len() > MAX_PATTERN || length > MAX_SEARCHED {
        return Err(Fault::Wants("an expression of at most 1 KiB, and a text of at most 64 KiB"));
    }
    // The library's message holds the expression, which may be a secret.
    RegexBuilder::new(&translate(pattern)?)
        .size_limit(MAX_PROGRAM.min(MAX_PRODUCT / length.max(1)))
        .dfa_size_limit(MAX_PROGRAM)
        .nest_limit(50)
        .build()
        .map_err(|e| match e {
            regex::Error::CompiledTooBig(_) => {
                Fault::Wants("a smaller regular expression, or a shorter text")
            }
            _ => Fault::Wants("a regular expression of Go's kind (RE2)"),
        })
}

fn matches(v: &[Value]) -> Called {
    Ok(Value::Bool(compiled(&v[0], &v[1])?.is_match(utf8(&v[1])?)))
}

fn find(v: &[Value]) -> Called {
    let found = compiled(&v[0], &v[1])?;
    text_of(found.find(utf8(&v[1])?).map_or("", |m| m.as_str()))
}

fn find_all(budget: &Budget, v: &[Value]) -> Called {
    let (found, most) = (compiled(&v[0], &v[1])?, int(&v[2])?);
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let mut all: Vec<Text> = Vec::new();
    for m in found.find_iter(utf8(&v[1])?).take(most) {
        budget.in_time()?;
        all.push(Text::from(m.as_str()));
    }
    Ok(if all.is_empty() { Value::List(List::nil(Of::Texts)) } else { List::texts(all) })
}

/// In the new text `$1` and `${name}` stand for groups, unless it is to be taken as it is.
fn replace(budget: &mut Budget, [pattern, whole, by]: [&Value; 3], expands: bool) -> Called {
    let (found, whole, by) = (compiled(pattern, whole)?, utf8(whole)?, utf8(by)?);
    let parts = if expands { Replacement::of(by) } else { Replacement::literal(by) };
    let (mut out, mut end) = (buffer(), 0);
    for groups in found.captures_iter(whole) {
        budget.in_time()?;
        let Some(all) = groups.get(0) else { continue };
        out.push(&whole.as_bytes()[end..all.start()])?;
        end = all.end();
        parts.write(budget, &mut out, &groups)?;
    }
    out.push(&whole.as_bytes()[end..])?;
    made(out)
}

/// Go's `Regexp.Split`.
fn split(budget: &Budget, v: &[Value]) -> Called {
    let (found, whole, most) = (compiled(&v[0], &v[1])?, utf8(&v[1])?, int(&v[2])?);
    if most == 0 {
        return Ok(Value::List(List::nil(Of::Texts)));
    }
    if !utf8(&v[0])?.is_empty() && whole.is_empty() {
        return Ok(List::texts([""]));
    }
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let (mut parts, mut start, mut end): (Vec<Text>, usize, usize) = (Vec::new(), 0, 0);
    for m in found.find_iter(whole) {
        budget.in_time()?;
        if parts.len() == most - 1 {
            break;
        }
        end = m.start();
        if m.end() != 0 {
            parts.push(Text::from(&whole[start..end]));
        }
        start = m.end();
    }
    if end != whole.len() {
        parts.push(Text::from(&whole[start..]));
    }
    Ok(List::texts(parts))
}

fn quote_meta(text: &[u8]) -> Called {
    let mut out = buffer();
    for byte in text {
        if br"\.+*?()|[]{}^$".contains(byte) {
            out.push(b"\\")?;
        }
        out.push(&[*byte])?;
    }
    made(out)
}
