//! Go's `printf`: flags, width, precision, and what it writes for a verb that does not fit.

use super::buffer::Buffer;
use super::fault::Fault;
use super::print;
use super::value::{MAX_DEPTH, Text, Value};

/// More than any width that a person writes.
const MAX_WIDTH: usize = 10_000;

#[derive(Clone, Copy, Default)]
struct Verb {
    verb: char,
    minus: bool,
    plus: bool,
    sharp: bool,
    space: bool,
    zero: bool,
    width: Option<usize>,
    precision: Option<usize>,
}

pub(super) fn printf(out: &mut Buffer, format: &Text, values: &[Value]) -> Result<(), Fault> {
    let Some(format) = format.utf8() else { return Err(Fault::Wants("a format that is UTF-8")) };
    let (mut rest, mut next) = (format, 0);
    while let Some(start) = rest.find('%') {
        out.push(&rest.as_bytes()[..start])?;
        let (verb, length) = parse(&rest[start + 1..])?;
        rest = &rest[start + 1 + length..];
        match verb {
            None => out.push(b"%!(NOVERB)")?,
            Some(Verb { verb: '%', .. }) => out.push(b"%")?,
            Some(verb) => match values.get(next) {
                None => out.push(format!("%!{}(MISSING)", verb.verb).as_bytes())?,
                Some(value) => {
                    next += 1;
                    show(out, value, verb, 0)?;
                }
            },
        }
    }
    out.push(rest.as_bytes())?;
    if next < values.len() {
        out.push(b"%!(EXTRA ")?;
        for (i, value) in values[next..].iter().enumerate() {
            out.push(if i > 0 { b", " } else { b"" })?;
            out.push(value.type_name().as_bytes())?;
            if !matches!(value, Value::Nil) {
                out.push(b"=")?;
                print::show(out, value)?;
            }
        }
        out.push(b")")?;
    }
    Ok(())
}

/// What stands behind a `%`, and its length.
fn parse(text: &str) -> Result<(Option<Verb>, usize), Fault> {
    let mut verb = Verb::default();
    let mut chars = text.char_indices().peekable();
    while let Some((_, c)) = chars.peek() {
        match c {
            '-' => {
                verb.minus = true;
                verb.zero = false;
            }
            '+' => verb.plus = true,
            '#' => verb.sharp = true,
            ' ' => verb.space = true,
            '0' => verb.zero = !verb.minus,
            _ => break,
        }
        chars.next();
    }
    let mut number = || -> Result<Option<usize>, Fault> {
        let mut number = None;
        while let Some(digit) = chars.peek().and_then(|(_, c)| c.to_digit(10)) {
            let n = number.unwrap_or(0) * 10 + digit as usize;
            if n > MAX_WIDTH {
                return Err(Fault::Wants("a width that is not so large"));
            }
            number = Some(n);
            chars.next();
        }
        match chars.peek() {
            Some((_, '*' | '[')) => Err(Fault::Wants("a format without `*` and `[n]`")),
            _ => Ok(number),
        }
    };
    verb.width = number()?;
    if chars.peek().is_some_and(|(_, c)| *c == '.') {
        chars.next();
        let mut digits = 0;
        while let Some(digit) = chars.peek().and_then(|(_, c)| c.to_digit(10)) {
            digits = digits * 10 + digit as usize;
            if digits > MAX_WIDTH {
                return Err(Fault::Wants("a precision that is not so large"));
            }
            chars.next();
        }
        verb.precision = Some(digits);
    }
    match chars.next() {
        None => Ok((None, text.len())),
        Some((_, '*' | '[')) => Err(Fault::Wants("a format without `*` and `[n]`")),
        Some((at, c)) => {
            verb.verb = c;
            Ok((Some(verb), at + c.len_utf8()))
        }
    }
}

fn show(out: &mut Buffer, value: &Value, verb: Verb, depth: usize) -> Result<(), Fault> {
    if depth > MAX_DEPTH {
        return Err(Fault::TooMuch);
    }
    let verb = Verb { plus: verb.plus && verb.verb != 'v', ..verb };
    if verb.sharp && verb.verb == 'v' || matches!(verb.verb, 'p' | 'w') {
        return Err(Fault::Wants("a format without `%#v`, `%p` and `%w`"));
    }
    if verb.verb == 'T' && depth == 0 {
        return pad(out, value.type_name().as_bytes(), verb);
    }
    match value {
        Value::Secret(_) | Value::Data(_) => Err(print::whole_secret()),
        Value::Loop(..) => Err(Fault::Said("`loop` is no text", "use it in a `range`")),
        Value::Nil if verb.verb == 'v' => pad(out, b"<nil>", verb),
        Value::Nil => out.push(format!("%!{}(<nil>)", verb.verb).as_bytes()),
        Value::List(list) => {
            out.push(b"[")?;
            for (i, item) in list.iter().enumerate() {
                out.push(if i > 0 { b" " } else { b"" })?;
                show(out, item, verb, depth + 1)?;
            }
            out.push(b"]")
        }
        Value::Map(map) => {
            out.push(b"map[")?;
            for (i, (key, item)) in map.entries().iter().enumerate() {
                out.push(if i > 0 { b" " } else { b"" })?;
                show(out, &Value::Text(key.clone()), verb, depth + 1)?;
                out.push(b":")?;
                show(out, item, verb, depth + 1)?;
            }
            out.push(b"]")
        }
        Value::Bool(b) if matches!(verb.verb, 't' | 'v') => pad(out, b.to_string().as_bytes(), verb),
        Value::Text(text) => show_text(out, text, verb),
        Value::Float(n) => show_float(out, *n, verb),
        Value::Int(n) | Value::Int64(n) => show_integer(out, n.unsigned_abs(), *n < 0, value, verb),
        Value::Uint64(n) => show_integer(out, *n, false, value, verb),
        Value::Byte(n) => show_integer(out, u64::from(*n), false, value, verb),
        Value::Bool(_) => bad(out, value, verb),
    }
}

/// `%!d(string=hi)`
fn bad(out: &mut Buffer, value: &Value, verb: Verb) -> Result<(), Fault> {
    out.push(format!("%!{}({}=", verb.verb, value.type_name()).as_bytes())?;
    show(out, value, Verb { verb: 'v', ..verb }, 0)?;
    out.push(b")")
}

fn show_text(out: &mut Buffer, text: &Text, verb: Verb) -> Result<(), Fault> {
    let text = match verb.precision {
        Some(n) if matches!(verb.verb, 's' | 'v' | 'q') => Text::from(first(text, n)),
        _ => text.clone(),
    };
    match verb.verb {
        's' | 'v' => pad(out, &text, verb),
        'q' if verb.sharp || verb.plus => Err(Fault::Wants("`%q` without `#` and `+`")),
        'q' => {
            let mut quoted = Buffer::up_to(super::MAX_FUNCTION_OUTPUT);
            quote(&mut quoted, &text)?;
            pad(out, &quoted, verb)
        }
        'x' | 'X' if !verb.sharp && !verb.space && verb.precision.is_none() => {
            let hex = if verb.verb == 'x' { hex::encode(&*text) } else { hex::encode_upper(&*text) };
            pad(out, zeroize::Zeroizing::new(hex).as_bytes(), verb)
        }
        'x' | 'X' => Err(Fault::Wants("`%x` of a text without flags and precision")),
        _ => bad(out, &Value::Text(text), verb),
    }
}

/// So many characters, where a byte that is part of none counts as one. What is behind them is not looked at: a list
/// may hold a long text often.
fn first(text: &[u8], characters: usize) -> &[u8] {
    let head = &text[..text.len().min(characters.saturating_mul(4))];
    let lengths = head
        .utf8_chunks()
        .flat_map(|chunk| chunk.valid().chars().map(char::len_utf8).chain(chunk.invalid().iter().map(|_| 1)));
    &text[..lengths.take(characters).sum()]
}

/// `strconv.Quote`
pub(super) fn quote(out: &mut Buffer, text: &Text) -> Result<(), Fault> {
    out.push(b"\"")?;
    for chunk in text.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' => out.push(b"\\\"")?,
                '\\' => out.push(b"\\\\")?,
                '\x07' => out.push(b"\\a")?,
                '\x08' => out.push(b"\\b")?,
                '\x0c' => out.push(b"\\f")?,
                '\n' => out.push(b"\\n")?,
                '\r' => out.push(b"\\r")?,
                '\t' => out.push(b"\\t")?,
                '\x0b' => out.push(b"\\v")?,
                c if is_print(c) => out.push_char(c)?,
                c if c < ' ' || c == '\x7f' => out.push(format!("\\x{:02x}", u32::from(c)).as_bytes())?,
                c if u32::from(c) < 0x1_0000 => out.push(format!("\\u{:04x}", u32::from(c)).as_bytes())?,
                c => out.push(format!("\\U{:08x}", u32::from(c)).as_bytes())?,
            }
        }
        for byte in chunk.invalid() {
            out.push(format!("\\x{byte:02x}").as_bytes())?;
        }
    }
    out.push(b"\"")
}

/// `unicode.IsPrint`: letters, marks, numbers, punctuation, symbols, and the one space. Rust's `Debug` of a `char`
/// escapes what is not printable by nearly the same table; combining marks, which it escapes too, are printed by Go.
pub(super) fn is_print(c: char) -> bool {
    if c.is_ascii() {
        return (' '..='~').contains(&c);
    }
    !c.is_whitespace()
        && !c.is_control()
        && (c.is_alphanumeric() || c.escape_debug().len() == 1 || is_mark(c))
}

/// Marks of the commonest scripts: Latin, Cyrillic, Greek, and variation selectors.
fn is_mark(c: char) -> bool {
    matches!(u32::from(c), 0x300..=0x36F | 0x483..=0x489 | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF | 0x20D0..=0x20F0 | 0xFE00..=0xFE0F | 0xFE20..=0xFE2F)
}

fn show_float(out: &mut Buffer, n: f64, verb: Verb) -> Result<(), Fault> {
    let shown = match verb.verb {
        'v' | 'g' => print::float(n, b'g', verb.precision),
        'G' => print::float(n, b'g', verb.precision).to_uppercase(),
        'e' => print::float(n, b'e', Some(verb.precision.unwrap_or(6))),
        'E' => print::float(n, b'e', Some(verb.precision.unwrap_or(6))).to_uppercase(),
        'f' | 'F' => print::float(n, b'f', Some(verb.precision.unwrap_or(6))),
        'x' | 'X' | 'b' => return Err(Fault::Wants("a format for a float in decimal digits")),
        _ => return bad(out, &Value::Float(n), verb),
    };
    if verb.sharp {
        return Err(Fault::Wants("a float without `#`"));
    }
    let (negative, digits) = match shown.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, shown.trim_start_matches('+')),
    };
    let zero = verb.zero && n.is_finite();
    signed(out, negative, "", digits, Verb { zero, plus: verb.plus || (n.is_infinite() && n > 0.0), ..verb })
}

fn show_integer(out: &mut Buffer, n: u64, negative: bool, value: &Value, verb: Verb) -> Result<(), Fault> {
    let sharp = verb.sharp;
    let (prefix, mut digits) = match verb.verb {
        'd' | 'v' => ("", n.to_string()),
        'x' => (if sharp { "0x" } else { "" }, format!("{n:x}")),
        'X' => (if sharp { "0X" } else { "" }, format!("{n:X}")),
        'b' | 'o' | 'O' if sharp => return Err(Fault::Wants("no `#` for binary and octal numbers")),
        'b' => ("", format!("{n:b}")),
        'o' => ("", format!("{n:o}")),
        'O' => ("0o", format!("{n:o}")),
        'c' if !negative => {
            let c = u32::try_from(n).ok().and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER);
            return pad(out, c.to_string().as_bytes(), verb);
        }
        'c' | 'q' | 'U' => return Err(Fault::Wants("a format without `%q` and `%U` of a number")),
        _ => return bad(out, value, verb),
    };
    let mut verb = verb;
    if let Some(precision) = verb.precision {
        verb.zero = false;
        if precision == 0 && n == 0 {
            digits.clear();
        }
        digits = format!("{digits:0>precision$}");
    }
    signed(out, negative, prefix, &digits, verb)
}

/// A number with its sign; zeros go between the two.
fn signed(out: &mut Buffer, negative: bool, prefix: &str, digits: &str, verb: Verb) -> Result<(), Fault> {
    let sign = match () {
        () if negative => "-",
        () if verb.plus => "+",
        () if verb.space => " ",
        () => "",
    };
    let width = verb.width.unwrap_or(0);
    if verb.zero && !verb.minus && width > 0 {
        let zeros = width.saturating_sub(sign.len() + digits.len());
        return out.push(format!("{sign}{prefix}{}{digits}", "0".repeat(zeros)).as_bytes());
    }
    pad(out, format!("{sign}{prefix}{digits}").as_bytes(), Verb { zero: false, ..verb })
}

/// Filled up to the width, which counts characters.
fn pad(out: &mut Buffer, shown: &[u8], verb: Verb) -> Result<(), Fault> {
    let length: usize =
        shown.utf8_chunks().map(|chunk| chunk.valid().chars().count() + chunk.invalid().len()).sum();
    let missing = verb.width.unwrap_or(0).saturating_sub(length);
    if verb.minus {
        out.push(shown)?;
        return out.repeat(b" ", missing);
    }
    out.repeat(if verb.zero { b"0" } else { b" " }, missing)?;
    out.push(shown)
}
