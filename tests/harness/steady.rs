//! What differs from run to run, by a name, so that what is printed can be compared with what is written down.

/// A text with its dates, identifiers, durations and addresses named. In a pattern `0` stands for a digit, `f` for a
/// hexadecimal one, `*` for one or more digits.
pub fn steady(text: &str) -> String {
    let mut text = text.replace(&hostname(), "[HOST]");
    let (hash, trace, span) = ("f".repeat(64), "f".repeat(32), "f".repeat(16));
    for (pattern, name) in [
        ("entity:ffffffff-ffff-ffff-ffff-ffffffffffff", "entity:[ENTITY]"),
        ("requests: ffffffff-ffff-ffff-ffff-ffffffffffff", "requests: [ID]"),
        ("after * ms", "after [N] ms"),
        // As long as what they stand for, so that columns stay.
        ("00000000T000000Z-ffffffff", "YYYYMMDDTHHMMSSZ-xxxxxxxx"),
        ("0000-00-00 00:00:00Z", "YYYY-MM-DD HH:MM:SSZ"),
        ("0000-00-00T00:00:00.*Z", "YYYY-MM-DDTHH:MM:SS.NZ"),
        ("0000-00-00T00:00:00Z", "YYYY-MM-DDTHH:MM:SSZ"),
        ("0000-00-00", "YYYY-MM-DD"),
        (hash.as_str(), "[HASH]"),
        (trace.as_str(), "[TRACE]"),
        (span.as_str(), "[SPAN]"),
        ("Plan ffffffffffff", "Plan [HASH]"),
        ("hash ffffffffffff", "hash [HASH]"),
        ("in * ms", "in [N] ms"),
        ("(*.0 s)", "([N] s)"),
        ("\"seconds\": *.*", "\"seconds\": [N]"),
        ("uid *", "uid [N]"),
    ] {
        text = replace(&text, pattern, name);
    }
    text
}

pub(crate) fn replace(text: &str, pattern: &str, name: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while !rest.is_empty() {
        match matched(rest, pattern) {
            Some(length) => {
                out.push_str(name);
                rest = &rest[length..];
            }
            None => {
                let first = rest.chars().next().expect("not empty");
                out.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    out
}

/// How long the match at the beginning is, if there is one.
fn matched(text: &str, pattern: &str) -> Option<usize> {
    let mut bytes = text.bytes().enumerate().peekable();
    for wanted in pattern.bytes() {
        if wanted == b'*' {
            bytes.next_if(|(_, b)| b.is_ascii_digit())?;
            while bytes.next_if(|(_, b)| b.is_ascii_digit()).is_some() {}
            continue;
        }
        bytes.next_if(|(_, b)| match wanted {
            b'0' => b.is_ascii_digit(),
            b'f' => b.is_ascii_hexdigit() && !b.is_ascii_uppercase(),
            other => *b == other,
        })?;
    }
    Some(bytes.peek().map_or(text.len(), |(at, _)| *at))
}

fn hostname() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname").expect("a name").trim().to_owned()
}

#[test]
fn what_differs_from_run_to_run_has_a_name() {
    let text = "in 12 ms, 20261122T201400Z-0a1b2c3d at 2026-11-22 20:14:00Z (1.5 s)";
    assert_eq!(steady(text), "in [N] ms, YYYYMMDDTHHMMSSZ-xxxxxxxx at YYYY-MM-DD HH:MM:SSZ ([N] s)");
}
