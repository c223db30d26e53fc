//! Other programs' text, made fit to be shown: values struck out, bounded, control characters escaped.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use crate::secret::{Passed, Value, Values};

/// Of what is shown, in characters.
pub const LONGEST: usize = 4000;
/// So many characters of a secret are struck out wherever they stand; fewer may well be a coincidence.
const PIECE: usize = 8;
/// Something that is only passed on may be a word like any other: it is struck out as a whole, from this length on.
const SHORTEST: usize = 4;

/// Strikes out every value: as it is, in the forms in which programs write it, and in pieces.
pub fn text<'v>(theirs: &str, all: impl IntoIterator<Item = &'v Values>, passed: &Passed) -> String {
    // The end is shown, where a program says why it ends. Much more than that is looked at, so that no value is cut where it
    // would be.
    let mut shown = last(theirs, 4 * LONGEST).to_owned();
    let was_cut = shown.len() < theirs.len();
    for (field, value) in passed.iter() {
        strike(&mut shown, value, field, false);
    }
    for values in all {
        for (name, held) in values.iter() {
            let others = values.others(name).iter().map(|o| &o.value);
            for value in others.chain([&held.value]) {
                strike(&mut shown, value, name.as_str(), true);
            }
        }
    }
    let bounded = last(&shown, LONGEST);
    let cut = if was_cut || bounded.len() < shown.len() { "…" } else { "" };
    format!("{cut}{}", escaped_lines(bounded))
}

/// At most so many characters, from the end.
fn last(text: &str, longest: usize) -> &str {
    match text.char_indices().rev().nth(longest.saturating_sub(1)) {
        Some((start, _)) => &text[start..],
        None => text,
    }
}

/// One line of text that may have come from anybody, without anything that a terminal would obey, and without what turns
/// the direction of writing or can't be seen (Unicode TR 36): what is read must be what is there.
pub fn escaped(text: &str) -> String {
    text.chars().map(|c| if is_unfit(c) { c.escape_unicode().to_string() } else { c.into() }).collect()
}

/// At most so many characters: what is typed, or stands in a file, can be as long as it likes.
pub fn short(text: String, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// [`escaped`], line by line.
pub fn escaped_lines(text: &str) -> String {
    text.split('\n').map(escaped).collect::<Vec<_>>().join("\n")
}

/// JSON that a terminal may be shown: what it would obey, or nobody would see, stands there as `\u202e` and the like. To a
/// reader of JSON that is the same text (RFC 8259, 7).
pub fn escaped_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            // Only between values: inside of a text JSON has escaped it already.
            '\n' => out.push(c),
            c if is_unfit(c) => {
                let mut units = [0; 2];
                out.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
            }
            c => out.push(c),
        }
    }
    out
}

pub(crate) fn is_unfit(c: char) -> bool {
    c.is_control() || misleads(c)
}

fn misleads(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A way of writing a value, and how long a piece of that is a piece of the value.
struct Form {
    text: Zeroizing<String>,
    piece: usize,
}

#[expect(clippy::disallowed_methods, reason = "a value has to be known to be struck out")]
fn strike(shown: &mut String, value: &Value, name: &str, in_pieces: bool) {
    let forms = forms(value.expose_secret());
    for Form { text, .. } in forms.iter().filter(|form| form.text.len() >= SHORTEST) {
        if shown.contains(text.as_str()) {
            *shown = shown.replace(text.as_str(), &format!("<{name}>"));
        }
    }
    // What is whole is whole: only then the pieces, of which it would be several.
    for Form { text, piece } in forms.iter().filter(|_| in_pieces) {
        strike_pieces(shown, text, *piece, name);
    }
}

fn forms(clear: &str) -> Vec<Form> {
    let form = |text: String, piece| Form { text: Zeroizing::new(text), piece };
    let encoded: String = url::form_urlencoded::byte_serialize(clear.as_bytes()).collect();
    let json = serde_json::Value::from(clear).to_string();
    let mut forms = vec![
        form(clear.to_owned(), PIECE),
        form(encoded.replace('+', "%20"), PIECE),
        form(encoded, PIECE),
        form(json.trim_matches('"').to_owned(), PIECE),
        form(hex::encode(clear), 2 * PIECE),
    ];
    for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
        // Three letters stand for two bytes at least.
        forms.push(form(engine.encode(clear), PIECE * 3 / 2));
    }
    forms
}

fn strike_pieces(shown: &mut String, form: &str, piece: usize, name: &str) {
    let starts: Vec<usize> = form.char_indices().map(|(at, _)| at).collect();
    let mut struck = vec![false; shown.len()];
    for (index, &from) in starts.iter().enumerate() {
        let Some(&to) = starts.get(index + piece).or((index + piece == starts.len()).then_some(&form.len()))
        else {
            break;
        };
        for (at, found) in shown.match_indices(&form[from..to]) {
            struck[at..at + found.len()].fill(true);
        }
    }
    if !struck.contains(&true) {
        return;
    }
    let mut left = String::with_capacity(shown.len());
    for (at, c) in shown.char_indices() {
        match struck[at] {
            false => left.push(c),
            true if at == 0 || !struck[at - 1] => left.push_str(&format!("<{name}>")),
            true => {}
        }
    }
    *shown = left;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn struck(theirs: &str) -> String {
        let mut values = Values::default();
        values.insert("PW".parse().unwrap(), 1, Value::new("ab+/cd=".into()));
        values.insert("KEY".parse().unwrap(), 1, Value::new("0123456789\"+abcdef".into()));
        let passed = Passed::new([("SMTP".into(), Value::new("canary-in-the-mine".into()))].into());
        text(theirs, [&values], &passed)
    }

    #[test]
    fn values_and_control_characters_do_not_get_through() {
        let shown = struck("bad ab+/cd= and ab%2B%2Fcd%3D \x1b[2J canary-in-the-mine");
        assert_eq!(shown, "bad <PW> and <PW> \\u{1b}[2J <SMTP>");
        assert_eq!(escaped("a\u{202e}b\u{200b}é"), "a\\u{202e}b\\u{200b}é");
    }

    #[test]
    fn of_a_long_text_the_end_is_shown() {
        let long = format!("ab+/cd={}{}", "é".repeat(LONGEST), "why it ended");
        assert_eq!(struck(&long), format!("…{}why it ended", "é".repeat(LONGEST - 12)));
        // A value at the place where it is cut.
        let long = format!("{}{}", "0123456789\"+abcdef".repeat(1000), ".".repeat(LONGEST - 2));
        assert_eq!(struck(&long), format!("…Y>{}", ".".repeat(LONGEST - 2)));
        let long = format!("{}{}", "x".repeat(40 * LONGEST), "ab+/cd=");
        assert!(struck(&long).ends_with("x<PW>"));
    }

    #[test]
    fn nor_does_a_value_in_another_form_or_a_piece_of_it() {
        assert_eq!(struck(r#"{"k": "0123456789\"+abcdef"}"#), r#"{"k": "<KEY>"}"#);
        for form in ["MDEyMzQ1Njc4OSIrYWJjZGVm", "303132333435363738", "%22%2Babcdef", "56789%22%2Bab"] {
            assert_eq!(struck(&format!("é {form}.")), "é <KEY>.", "{form}");
        }
        assert_eq!(struck("cut off: 01234567…"), "cut off: <KEY>…");
        assert_eq!(struck("at 0123456, a coincidence"), "at 0123456, a coincidence");
        assert_eq!(struck("twice 0123456789 and 6789\"+abc"), "twice <KEY> and <KEY>");
        assert_eq!(struck("canary-in-the-coalmine"), "canary-in-the-coalmine", "passed on: no secret");
    }
}
