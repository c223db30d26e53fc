//! Texts (`strings.go`), and what Sprig has of encodings and hashes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::super::super::printf::quote;
use super::super::text::{find, joined, lower, replace_all, split, trim_space, trimmed, upper, upper_one};
use super::super::{
    Called, Fault, Function, List, Map, Of, Takes, Text, Value, buffer, encode, function, int, made, open,
    text, text_of, utf8,
};
use super::{strslice, strval};

const T: Takes = Takes::Text;
const N: Takes = Takes::Int;
const A: Takes = Takes::Any;

pub(in super::super) const TABLE: &[Function] = &[
    function("sprig_trim", &[T], |_, v| text_of(trim_space(utf8(&v[0])?))),
    function("sprig_trimAll", &[T, T], |_, v| text_of(trimmed(&v[1], &v[0])?)),
    function("sprig_trimall", &[T, T], |_, v| text_of(trimmed(&v[1], &v[0])?)),
    function("sprig_trimSuffix", &[T, T], |_, v| {
        text_of(text(&v[1])?.strip_suffix(&**text(&v[0])?).unwrap_or(text(&v[1])?))
    }),
    function("sprig_trimPrefix", &[T, T], |_, v| {
        text_of(text(&v[1])?.strip_prefix(&**text(&v[0])?).unwrap_or(text(&v[1])?))
    }),
    function("sprig_upper", &[T], |_, v| text_of(&**upper(utf8(&v[0])?))),
    function("sprig_lower", &[T], |_, v| text_of(&**lower(utf8(&v[0])?))),
    function("sprig_title", &[T], |_, v| title(utf8(&v[0])?)),
    function("sprig_untitle", &[T], |_, v| untitle(utf8(&v[0])?)),
    function("sprig_substr", &[N, N, T], |_, v| substr(int(&v[0])?, int(&v[1])?, text(&v[2])?)),
    function("sprig_trunc", &[N, T], |_, v| trunc(int(&v[0])?, text(&v[1])?)),
    function("sprig_repeat", &[N, T], |_, v| {
        let Ok(times) = usize::try_from(int(&v[0])?) else {
            return Err(Fault::Wants("a number that is not negative"));
        };
        let mut out = buffer();
        out.repeat(text(&v[1])?, times)?;
        made(out)
    }),
    function("sprig_nospace", &[T], |_, v| nospace(text(&v[0])?)),
    function("sprig_initials", &[T], |_, v| initials(utf8(&v[0])?)),
    function("sprig_contains", &[T, T], |_, v| Ok(Value::Bool(find(text(&v[1])?, text(&v[0])?).is_some()))),
    function("sprig_hasPrefix", &[T, T], |_, v| Ok(Value::Bool(text(&v[1])?.starts_with(text(&v[0])?)))),
    function("sprig_hasSuffix", &[T, T], |_, v| Ok(Value::Bool(text(&v[1])?.ends_with(text(&v[0])?)))),
    open("sprig_quote", &[], A, |_, v| quoted(v, true)),
    open("sprig_squote", &[], A, |_, v| quoted(v, false)),
    open("sprig_cat", &[], A, |_, v| cat(v)),
    function("sprig_indent", &[N, T], |_, v| indent(int(&v[0])?, text(&v[1])?, b"")),
    function("sprig_nindent", &[N, T], |_, v| indent(int(&v[0])?, text(&v[1])?, b"\n")),
    function("sprig_replace", &[T, T, T], |_, v| replace_all(text(&v[2])?, text(&v[0])?, text(&v[1])?)),
    function("sprig_plural", &[T, T, N], |_, v| Ok(v[usize::from(int(&v[2])? != 1)].clone())),
    function("sprig_toString", &[A], |_, v| Ok(Value::Text(strval(&v[0])?))),
    function("sprig_toStrings", &[A], |w, v| Ok(List::texts(strslice(&mut w.budget, &v[0])?))),
    function("sprig_join", &[T, A], |w, v| {
        let items: Vec<Value> = strslice(&mut w.budget, &v[1])?.into_iter().map(Value::Text).collect();
        made(joined(text(&v[0])?, &items)?)
    }),
    function("sprig_splitList", &[T, T], |_, v| Ok(List::texts(split(utf8(&v[1])?, utf8(&v[0])?)))),
    function("sprig_split", &[T, T], |_, v| Ok(numbered(split(utf8(&v[1])?, utf8(&v[0])?)))),
    function("sprig_splitn", &[T, N, T], |_, v| splitn(utf8(&v[0])?, int(&v[1])?, utf8(&v[2])?)),
    function("sprig_b64enc", &[T], |_, v| {
        text_of(&*zeroize::Zeroizing::new(STANDARD.encode(&**text(&v[0])?)))
    }),
    function("sprig_b64dec", &[T], |_, v| encode::decode(&STANDARD, text(&v[0])?)),
    function("sprig_b32enc", &[T], |_, v| base32(text(&v[0])?)),
    function("sprig_sha1sum", &[T], |_, v| text_of(hex::encode(Sha1::digest(&**text(&v[0])?)))),
    function("sprig_sha256sum", &[T], |_, v| text_of(hex::encode(Sha256::digest(&**text(&v[0])?)))),
    function("sprig_adler32sum", &[T], |_, v| text_of(adler32(text(&v[0])?).to_string())),
];

/// Go's old `strings.Title`: every letter behind a character that is neither letter, digit nor `_`.
fn title(text: &str) -> Called {
    let mut out = buffer();
    let mut before = ' ';
    for c in text.chars() {
        let separates = if before.is_ascii() {
            !(before.is_ascii_alphanumeric() || before == '_')
        } else {
            !before.is_alphanumeric() && before.is_whitespace()
        };
        // Letters with a third form, for titles.
        if separates && matches!(u32::from(c), 0x1C4..=0x1CC | 0x1F1..=0x1F3 | 0x1F80..=0x1FFC) {
            return Err(Fault::Wants("a text whose letters have two cases"));
        }
        out.push_char(if separates { upper_one(c) } else { c })?;
        before = c;
    }
    made(out)
}

fn untitle(text: &str) -> Called {
    let mut out = buffer();
    let mut starts = true;
    for c in text.chars() {
        let space = c.is_whitespace();
        out.push_char(if starts && !space { super::super::text::lower_one(c) } else { c })?;
        starts = space;
    }
    made(out)
}

/// Where Go would panic the places are refused.
fn substr(from: i64, to: i64, whole: &[u8]) -> Called {
    let length = whole.len() as i64;
    let part = match (from, to) {
        (from, to) if from < 0 => usize::try_from(to).ok().and_then(|to| whole.get(..to)),
        (from, to) if to < 0 || to > length => whole.get(from as usize..),
        (from, to) => whole.get(from as usize..to as usize),
    };
    part.map_or(Err(Fault::Wants("places that are in the text, in their order")), text_of)
}

fn trunc(length: i64, whole: &[u8]) -> Called {
    let have = whole.len() as i64;
    match length {
        n if n < 0 && have + n > 0 => text_of(&whole[(have + n) as usize..]),
        n if n >= 0 && have > n => text_of(&whole[..n as usize]),
        _ => text_of(whole),
    }
}

/// Bytes, which the library takes for characters: only ASCII comes out well.
fn nospace(whole: &[u8]) -> Called {
    if !whole.is_ascii() {
        return Err(Fault::Wants("a text in ASCII"));
    }
    text_of(whole.iter().copied().filter(|b| !matches!(b, b' ' | b'\t'..=b'\r')).collect::<Vec<u8>>())
}

fn initials(whole: &str) -> Called {
    if !whole.is_ascii() {
        return Err(Fault::Wants("a text in ASCII"));
    }
    let first = |word: &str| word.chars().next();
    text_of(whole.split(char::is_whitespace).filter_map(first).collect::<String>())
}

fn quoted(values: &[Value], double: bool) -> Called {
    let mut out = buffer();
    for value in values.iter().filter(|v| !matches!(v, Value::Nil)) {
        if !out.is_empty() {
            out.push(b" ")?;
        }
        if double {
            quote(&mut out, &strval(value)?)?;
        } else {
            out.push(b"'")?;
            out.push(&strval(value)?)?;
            out.push(b"'")?;
        }
    }
    made(out)
}

fn cat(values: &[Value]) -> Called {
    let mut out = buffer();
    for (i, value) in values.iter().filter(|v| !matches!(v, Value::Nil)).enumerate() {
        out.push(if i > 0 { b" " } else { b"" })?;
        out.push(&strval(value)?)?;
    }
    made(out)
}

/// Every line, the empty ones too.
fn indent(spaces: i64, whole: &[u8], before: &[u8]) -> Called {
    let Ok(spaces) = usize::try_from(spaces) else {
        return Err(Fault::Wants("a number that is not negative"));
    };
    let mut out = buffer();
    out.push(before)?;
    for line in whole.split_inclusive(|b| *b == b'\n') {
        out.repeat(b" ", spaces)?;
        out.push(line)?;
    }
    if whole.is_empty() || whole.ends_with(b"\n") {
        out.repeat(b" ", spaces)?;
    }
    made(out)
}

/// `{_0: …, _1: …}`
fn numbered(parts: Vec<&str>) -> Value {
    let entries =
        parts.into_iter().enumerate().map(|(i, part)| (Text::from(format!("_{i}").as_str()), part.into()));
    Value::Map(Map::new(Of::Texts, entries.collect()))
}

fn splitn(by: &str, most: i64, whole: &str) -> Called {
    Ok(match usize::try_from(most) {
        Ok(0) => numbered(Vec::new()),
        Ok(_) if by.is_empty() => return Err(Fault::Wants("something to split by")),
        Ok(most) => numbered(whole.splitn(most, by).collect()),
        Err(_) => numbered(split(whole, by)),
    })
}

/// RFC 4648, 6, with padding.
fn base32(whole: &[u8]) -> Called {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut out = buffer();
    for five in whole.chunks(5) {
        let bits = five.iter().chain([0; 5].iter()).take(5).fold(0_u64, |n, b| n << 8 | u64::from(*b));
        let letters = (five.len() * 8).div_ceil(5);
        for i in 0..8 {
            let letter = LETTERS[(bits >> (35 - 5 * i) & 31) as usize];
            out.push(if i < letters { std::slice::from_ref(&letter) } else { b"=" })?;
        }
    }
    made(out)
}

/// RFC 1950
fn adler32(whole: &[u8]) -> u32 {
    let (a, b) = whole.iter().fold((1, 0), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65521;
        (a, (b + a) % 65521)
    });
    b << 16 | a
}
