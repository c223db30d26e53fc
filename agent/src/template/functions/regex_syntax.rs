//! Go's regular expressions (RE2) said in the words of the crate `regex`, which is nearly the same language.
//!
//! In Go `\d \w \s \b` are ASCII; in a class `[ & ~ -` next to themselves mean nothing special; `\Q…\E` quotes; and
//! before punctuation a `\` takes it as it is. What only one of the two knows is refused.

use super::Fault;

const NOT_RE2: Fault = Fault::Wants("a regular expression of Go's kind (RE2)");

pub(super) fn translate(go: &str) -> Result<String, Fault> {
    let mut out = String::with_capacity(go.len() + 16);
    let mut chars = go.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '*' | '+' | '?' => repetition(&c.to_string(), &mut chars, &mut out)?,
            '{' => match counted(&chars) {
                Some(count) => {
                    chars.nth(count.len() - 2);
                    repetition(&count, &mut chars, &mut out)?;
                }
                None => literal(c, &mut out),
            },
            '\\' => escape(&mut chars, &mut out, false)?,
            '[' => class(&mut chars, &mut out)?,
            '(' if chars.peek() == Some(&'?') => {
                chars.next();
                out.push_str("(?");
                flags(&mut chars, &mut out)?;
            }
            c => out.push(c),
        }
    }
    Ok(out)
}

type Chars<'t> = std::iter::Peekable<std::str::Chars<'t>>;

/// An operator and the `?` that makes it lazy. Another behind it is an error in Go, and Rust would take it.
fn repetition(operator: &str, chars: &mut Chars<'_>, out: &mut String) -> Result<(), Fault> {
    if operator.split(|c: char| !c.is_ascii_digit()).any(|n| n.parse().is_ok_and(|n: u64| n > 1000)) {
        return Err(NOT_RE2);
    }
    out.push_str(operator);
    let lazy = chars.next_if_eq(&'?');
    out.extend(lazy);
    let mut behind = chars.clone();
    match behind.next() {
        Some('*' | '+' | '?') => Err(NOT_RE2),
        Some('{') if counted(&behind).is_some() => Err(NOT_RE2),
        _ => Ok(()),
    }
}

/// From behind `{`: a count, or `None` if the brace is only a brace.
fn counted(chars: &Chars<'_>) -> Option<String> {
    let inner: String = chars.clone().take_while(|c| *c != '}').take(12).collect();
    let closes = chars.clone().nth(inner.chars().count()) == Some('}');
    let (least, most) = inner.split_once(',').unwrap_or((&inner, ""));
    let is_count = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    (closes && is_count(least) && (most.is_empty() || is_count(most))).then(|| format!("{{{inner}}}"))
}

/// Only the flags that Go has: `i m s U`. Names of groups are passed on.
fn flags(chars: &mut Chars<'_>, out: &mut String) -> Result<(), Fault> {
    if matches!(chars.peek(), Some('P' | '<')) {
        return Ok(());
    }
    while let Some(c) = chars.next_if(|c| !matches!(c, ':' | ')')) {
        if !matches!(c, 'i' | 'm' | 's' | 'U' | '-') {
            return Err(NOT_RE2);
        }
        out.push(c);
    }
    Ok(())
}

fn escape(chars: &mut Chars<'_>, out: &mut String, in_class: bool) -> Result<(), Fault> {
    let Some(c) = chars.next() else { return Err(NOT_RE2) };
    match (c, in_class) {
        ('d', false) => out.push_str("[0-9]"),
        ('w', false) => out.push_str("[0-9A-Za-z_]"),
        ('s', false) => out.push_str(r"[\t\n\x0C\r ]"),
        ('d', true) => out.push_str("0-9"),
        ('w', true) => out.push_str("0-9A-Za-z_"),
        ('s', true) => out.push_str(r"\t\n\x0C\r "),
        ('D', _) => out.push_str("[^0-9]"),
        ('W', _) => out.push_str("[^0-9A-Za-z_]"),
        ('S', _) => out.push_str(r"[^\t\n\x0C\r ]"),
        ('b', false) => out.push_str(r"(?-u:\b)"),
        ('Q', false) => {
            let mut quoted = String::new();
            while let Some(c) = chars.next() {
                if c == '\\' && chars.peek() == Some(&'E') {
                    chars.next();
                    break;
                }
                quoted.push(c);
            }
            out.push_str(&regex::escape(&quoted));
        }
        ('A' | 'z', false) | ('a' | 'f' | 't' | 'n' | 'r' | 'v' | 'p' | 'P' | 'x', _) => {
            out.push('\\');
            out.push(c);
            // `\p{Greek}`, `\x{1F600}`
            if matches!(c, 'p' | 'P' | 'x') && chars.peek() == Some(&'{') {
                out.extend(chars.by_ref().take_while(|c| *c != '}').chain(['}']));
            }
        }
        (c, _) if c.is_ascii_punctuation() => literal(c, out),
        _ => return Err(NOT_RE2),
    }
    Ok(())
}

fn literal(c: char, out: &mut String) {
    out.push_str(&format!("\\x{{{:X}}}", u32::from(c)));
}

const POSIX: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space",
    "upper", "word", "xdigit",
];

/// From behind `[` to behind its `]`.
fn class(chars: &mut Chars<'_>, out: &mut String) -> Result<(), Fault> {
    out.push('[');
    if chars.next_if_eq(&'^').is_some() {
        out.push('^');
    }
    let mut first = true;
    loop {
        let Some(c) = chars.next() else { return Err(NOT_RE2) };
        match c {
            ']' if !first => {
                out.push(']');
                return Ok(());
            }
            '[' if chars.peek() == Some(&':') => {
                let inner: String = chars.by_ref().skip(1).take_while(|c| *c != ']').collect();
                let name = inner.strip_suffix(':').unwrap_or_default();
                if !POSIX.contains(&name.trim_start_matches('^')) {
                    return Err(NOT_RE2);
                }
                out.push_str(&format!("[:{name}:]"));
            }
            '\\' => escape(chars, out, true)?,
            // A range's own, or one at an end.
            '-' if !first && chars.peek().is_some_and(|n| !matches!(n, ']' | '-')) => out.push('-'),
            c if c.is_ascii_punctuation() => literal(c, out),
            c => out.push(c),
        }
        first = false;
    }
}
