//! Texts and numbers as Go writes them: `strconv.Unquote`, and `strconv.ParseInt` and `ParseFloat` with base 0.

use super::tree::Number;

/// The content of a text in quotes or backquotes.
pub(super) fn text(quoted: &str) -> Option<Vec<u8>> {
    let inner = quoted.get(1..quoted.len().checked_sub(1)?)?;
    if quoted.starts_with('`') {
        // As in Go's source files.
        return Some(inner.replace('\r', "").into_bytes());
    }
    let (mut out, mut rest) = (Vec::new(), inner);
    while !rest.is_empty() {
        rest = one(rest, '"', &mut out)?;
    }
    Some(out)
}

/// One character or escape; gives what is left.
fn one<'t>(text: &'t str, quote: char, out: &mut Vec<u8>) -> Option<&'t str> {
    let mut push = |c: char| out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    let first = text.chars().next()?;
    if first != '\\' {
        push(first);
        return Some(&text[first.len_utf8()..]);
    }
    let kind = text[1..].chars().next()?;
    let rest = &text[1 + kind.len_utf8()..];
    let simple = match kind {
        'a' => Some('\x07'),
        'b' => Some('\x08'),
        'f' => Some('\x0c'),
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        'v' => Some('\x0b'),
        '\\' => Some('\\'),
        c if c == quote => Some(c),
        _ => None,
    };
    if let Some(c) = simple {
        push(c);
        return Some(rest);
    }
    let (digits, radix) = match kind {
        'x' => (2, 16),
        'u' => (4, 16),
        'U' => (8, 16),
        '0'..='7' => (3, 8),
        _ => return None,
    };
    let rest = if radix == 8 { &text[1..] } else { rest };
    let number = rest.get(..digits).filter(|d| d.chars().all(|c| c.is_digit(radix)))?;
    let number = u32::from_str_radix(number, radix).ok()?;
    match kind {
        'u' | 'U' => push(char::from_u32(number)?),
        _ => out.push(u8::try_from(number).ok()?),
    }
    Some(&rest[digits..])
}

/// A number or a character.
pub(super) fn number(text: &str) -> Option<Number> {
    if let Some(quoted) = text.strip_prefix('\'') {
        let inner = quoted.strip_suffix('\'')?;
        let mut bytes = Vec::new();
        if !one(inner, '\'', &mut bytes)?.is_empty() {
            return None;
        }
        let c = match std::str::from_utf8(&bytes) {
            Ok(text) => u32::from(text.chars().next()?),
            Err(_) => u32::from(bytes[0]),
        };
        let c = i64::from(c);
        return Some(Number { int: Some(c), float: Some(c as f64), looks_float: false });
    }
    let is_hex = text.trim_start_matches(['+', '-']).to_ascii_lowercase().starts_with("0x");
    let looks_float =
        text.contains('.') || (!is_hex && text.contains(['e', 'E'])) || text.contains(['p', 'P']);
    if looks_float {
        let float = float(text)?;
        let whole = float.fract() == 0.0 && float.abs() < 9.2e18;
        let int = whole.then_some(float as i64);
        return Some(Number { int, float: Some(float), looks_float });
    }
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let magnitude = integer(digits)?;
    let int =
        if negative { i64::try_from(-i128::from(magnitude)).ok() } else { i64::try_from(magnitude).ok() };
    // Beyond 64 bits with a sign no function takes it.
    let int = int?;
    Some(Number { int: Some(int), float: Some(int as f64), looks_float })
}

/// Go's literals without a sign: `0x`, `0o`, `0b`, a leading 0 for octal, `_` between digits.
pub(super) fn integer(text: &str) -> Option<u64> {
    let lower = text.to_ascii_lowercase();
    let (radix, digits) = match lower.get(..2) {
        Some("0x") => (16, &lower[2..]),
        Some("0o") => (8, &lower[2..]),
        Some("0b") => (2, &lower[2..]),
        _ if lower.len() > 1 && lower.starts_with('0') => (8, &lower[1..]),
        _ => (10, lower.as_str()),
    };
    let prefixed = radix != 10;
    let well_placed =
        !digits.ends_with('_') && !digits.contains("__") && (prefixed || !digits.starts_with('_'));
    let plain = digits.replace('_', "");
    (well_placed && plain.chars().all(|c| c.is_digit(radix)))
        .then(|| u64::from_str_radix(&plain, radix).ok())?
}

/// `strconv.ParseFloat` without Go's hexadecimal floats and without `inf` and `nan`, which no template writes.
fn float(text: &str) -> Option<f64> {
    let plain = text.replace('_', "");
    let is_decimal = plain.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
    (is_decimal).then(|| plain.parse().ok())?
}
