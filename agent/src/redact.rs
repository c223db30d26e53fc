//! Other programs' text, made fit to be shown: values struck out, bounded, control characters escaped.

use secrecy::ExposeSecret;

use crate::secret::{Passed, Value, Values};

/// Of what is shown, in characters.
pub const LONGEST: usize = 4000;

/// Strikes out every value, as it is and percent-encoded.
pub fn text<'v>(theirs: &str, all: impl IntoIterator<Item = &'v Values>, passed: &Passed) -> String {
    let mut shown = theirs.to_owned();
    for (field, value) in passed.iter() {
        strike(&mut shown, value, field);
    }
    for values in all {
        for (name, held) in values.iter() {
            let others = values.others(name).iter().map(|o| &o.value);
            for value in others.chain([&held.value]) {
                strike(&mut shown, value, name.as_str());
            }
        }
    }
    let bounded: String = shown.chars().take(LONGEST).collect();
    escaped_lines(&bounded)
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

#[expect(clippy::disallowed_methods, reason = "a value has to be known to be struck out")]
fn strike(shown: &mut String, value: &Value, name: &str) {
    let clear = value.expose_secret();
    let encoded: String = url::form_urlencoded::byte_serialize(clear.as_bytes()).collect();
    for form in [clear, &encoded] {
        if form.len() >= 4 && shown.contains(form) {
            *shown = shown.replace(form, &format!("<{name}>"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_control_characters_do_not_get_through() {
        let mut values = Values::default();
        values.insert("PW".parse().unwrap(), 1, Value::new("ab+/cd=".into()));
        let passed = Passed::new([("SMTP".into(), Value::new("canary".into()))].into());
        let shown = text("bad ab+/cd= and ab%2B%2Fcd%3D \x1b[2J canary", [&values], &passed);
        assert_eq!(shown, "bad <PW> and <PW> \\u{1b}[2J <SMTP>");
        assert_eq!(escaped("a\u{202e}b\u{200b}é"), "a\\u{202e}b\\u{200b}é");
    }
}
