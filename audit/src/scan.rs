//! A quick reading of an entry's canonical bytes: one pass, nothing copied.
//!
//! What [`read`] accepts, [`Entry::parse`](crate::Entry::parse) accepts too, with the same columns; a test holds the two
//! against each other. It is allowed to be unsure: for what is unusual (an escape in a name, a newer format) it says
//! `None`, and whoever asked parses. Verification lives from it: parsing and writing anew takes four times as long.

use crate::entry::{MAX_BODY, MAX_DEPTH, MAX_INTEGER};

/// What stands beside an entry in a store, as the entry itself says it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Scanned<'a> {
    /// Microseconds since 1970.
    pub(crate) at: i64,
    pub(crate) action: &'a str,
    pub(crate) outcome: Option<&'a str>,
    pub(crate) actor: &'a str,
    pub(crate) requester: Option<&'a str>,
    pub(crate) trigger: Option<&'a str>,
    pub(crate) rotation: Option<&'a str>,
    pub(crate) target: Option<&'a str>,
    pub(crate) trace: Option<&'a str>,
    pub(crate) epoch: Option<u64>,
    /// The object's bytes, braces left out.
    subjects: &'a str,
}

impl<'a> Scanned<'a> {
    /// Each subject with each version that it names, in the order of the bytes; one with none has -1.
    pub(crate) fn subjects(&self) -> impl Iterator<Item = (&'a str, [Option<i64>; 2])> + Clone + use<'a> {
        Subjects(Cursor { text: self.subjects, at: 0 })
    }
}

#[derive(Clone)]
struct Subjects<'a>(Cursor<'a>);

impl<'a> Iterator for Subjects<'a> {
    type Item = (&'a str, [Option<i64>; 2]);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = &mut self.0;
        if rest.at > 0 {
            rest.take(b',')?;
        }
        let name = rest.name()?;
        rest.take(b':')?;
        Some((name, rest.versions()?))
    }
}

/// Reads a body, if it is one of the usual ones.
pub(crate) fn read(body: &[u8]) -> Option<Scanned<'_>> {
    if body.len() >= MAX_BODY {
        return None;
    }
    // Canonical JSON has no white space but inside of strings, and there control characters are escaped.
    if body.iter().fold(false, |found, byte| found | (*byte < 0x20)) {
        return None;
    }
    let mut cursor = Cursor { text: std::str::from_utf8(body).ok()?, at: 0 };
    let mut entry = Fields::default();
    cursor.take(b'{')?;
    let mut known = KEYS.iter();
    loop {
        // In order, and each at most once.
        let key = known.find(|known| cursor.key(known))?;
        entry.field(key, &mut cursor)?;
        match cursor.next()? {
            b',' => {}
            b'}' => break,
            _ => return None,
        }
    }
    (cursor.at == body.len()).then(|| entry.whole()).flatten()
}

/// In their order: ASCII, so that bytes are in the order of UTF-16 code units (RFC 8785, 3.2.3).
const KEYS: [&str; 23] = [
    "action",
    "actor",
    "agent",
    "asserted",
    "at",
    "detail",
    "direction",
    "epoch",
    "error",
    "format",
    "outcome",
    "phase",
    "plan_hash",
    "reason",
    "request_ids",
    "requester",
    "rotation",
    "span_id",
    "step",
    "subjects",
    "target",
    "trace_id",
    "trigger",
];

/// The fields on the way to an entry.
#[derive(Default)]
struct Fields<'a> {
    scanned: Scanned<'a>,
    format: u64,
    has_at: bool,
    has_agent: bool,
    of_format_2: bool,
    phase: &'a str,
}

impl<'a> Fields<'a> {
    fn field(&mut self, key: &str, cursor: &mut Cursor<'a>) -> Option<()> {
        let out = &mut self.scanned;
        match key {
            "action" => out.action = cursor.name().filter(|a| is_action(a))?,
            "actor" => out.actor = cursor.plain().filter(|a| !a.is_empty())?,
            "agent" => self.has_agent = !cursor.string()?.is_empty(),
            "asserted" => (self.of_format_2, _) = (true, cursor.asserted()?),
            "at" => (out.at, self.has_at) = (microseconds(cursor.plain()?)?, true),
            "detail" => cursor.detail()?,
            "direction" => cursor.one_of(&["forward", "back"]).map(drop)?,
            "epoch" => (out.epoch, self.of_format_2) = (Some(cursor.integer()?), true),
            "error" | "plan_hash" | "reason" | "span_id" => cursor.string().map(drop)?,
            "format" => self.format = cursor.integer()?,
            "outcome" => out.outcome = Some(cursor.one_of(&["done", "failed", "refused", "in_doubt"])?),
            "phase" => self.phase = cursor.one_of(&["intent", "outcome", "event"])?,
            "request_ids" => (self.of_format_2, _) = (true, cursor.strings()?),
            "requester" => out.requester = Some(cursor.plain()?),
            "rotation" => out.rotation = Some(cursor.name()?),
            "step" => cursor.integer().filter(|n| *n <= u64::from(u32::MAX)).map(drop)?,
            "subjects" => out.subjects = cursor.subjects()?,
            "target" => out.target = Some(cursor.name()?),
            "trace_id" => out.trace = Some(cursor.plain()?),
            "trigger" => out.trigger = Some(cursor.plain()?),
            _ => return None,
        }
        Some(())
    }

    fn whole(self) -> Option<Scanned<'a>> {
        let out = self.scanned;
        let format = match self.format {
            1 => !self.of_format_2,
            2 => true,
            _ => false,
        };
        let outcome = match self.phase {
            "intent" => out.outcome.is_none(),
            "outcome" => out.outcome.is_some(),
            "event" => true,
            _ => false,
        };
        let has_all = self.has_at && self.has_agent && !out.action.is_empty() && !out.actor.is_empty();
        (format && outcome && has_all).then_some(out)
    }
}

fn is_action(text: &str) -> bool {
    text.len() <= 64 && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'.' | b'-'))
}

#[derive(Clone, Copy)]
struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.next()? == byte).then_some(())
    }

    fn takes(&mut self, byte: u8) -> bool {
        let is = self.peek() == Some(byte);
        self.at += usize::from(is);
        is
    }

    fn word(&mut self, word: &str) -> Option<()> {
        let found = self.text.as_bytes()[self.at..].starts_with(word.as_bytes());
        self.at += word.len();
        found.then_some(())
    }

    /// Whether this key comes next, and goes behind it if so.
    fn key(&mut self, key: &str) -> bool {
        let rest = self.text.as_bytes()[self.at..].strip_prefix(b"\"");
        let is = rest.and_then(|rest| rest.strip_prefix(key.as_bytes())?.strip_prefix(b"\":")).is_some();
        self.at += if is { key.len() + 3 } else { 0 };
        is
    }

    /// A string as it stands between its quotes, with only the escapes that are necessary.
    fn string(&mut self) -> Option<&'a str> {
        self.quoted().map(|(text, _)| text)
    }

    /// The same, and whether it has an escape.
    fn quoted(&mut self) -> Option<(&'a str, bool)> {
        self.take(b'"')?;
        let (start, mut escapes) = (self.at, false);
        let bytes = self.text.as_bytes();
        loop {
            self.at += memchr::memchr2(b'"', b'\\', bytes.get(self.at..)?)?;
            if bytes[self.at] == b'"' {
                break;
            }
            self.at += 1;
            escapes = true;
            match self.next()? {
                b'"' | b'\\' | b'b' | b'f' | b'n' | b'r' | b't' => {}
                b'u' => self.control()?,
                _ => return None,
            }
        }
        self.at += 1;
        Some((self.text.get(start..self.at - 1)?, escapes))
    }

    /// `\u00xx` of a control character that has no shorter escape.
    fn control(&mut self) -> Option<()> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4)?;
        let digit = |b: u8| match b {
            b'0'..=b'9' => Some(b - b'0'),
            b'a'..=b'f' => Some(b - b'a' + 10),
            _ => None,
        };
        let code = digit(digits[2])? * 16 + digit(digits[3])?;
        let fits = digits.starts_with(b"00") && code < 0x20 && !matches!(code, 8 | 9 | 10 | 12 | 13);
        self.at += 4;
        fits.then_some(())
    }

    /// A string that says what it says: without any escape.
    fn plain(&mut self) -> Option<&'a str> {
        self.quoted().and_then(|(text, escapes)| (!escapes).then_some(text))
    }

    /// A plain string that isn't empty and has no control character (one of two bytes begins with C2).
    fn name(&mut self) -> Option<&'a str> {
        self.plain().filter(|text| !text.is_empty() && !text.bytes().any(|b| b == 0x7f || b == 0xc2))
    }

    fn one_of(&mut self, words: &[&str]) -> Option<&'a str> {
        self.plain().filter(|text| words.contains(text))
    }

    fn integer(&mut self) -> Option<u64> {
        let start = self.at;
        let mut number = 0u64;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            number = number.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?;
            self.at += 1;
        }
        let digits = self.at - start;
        let one_way = digits == 1 || (digits > 1 && self.text.as_bytes()[start] != b'0');
        (one_way && number <= MAX_INTEGER).then_some(number)
    }

    fn strings(&mut self) -> Option<()> {
        self.take(b'[')?;
        loop {
            self.string()?;
            if !self.takes(b',') {
                return self.take(b']');
            }
        }
    }

    /// The fields of an object whose keys are these, in this order, each of them or not.
    fn fields(
        &mut self,
        known: &[&str],
        mut value: impl FnMut(&mut Self, usize) -> Option<()>,
    ) -> Option<()> {
        self.take(b'{')?;
        if self.takes(b'}') {
            return Some(());
        }
        let mut from = 0;
        loop {
            let index = from + known[from..].iter().position(|known| self.key(known))?;
            from = index + 1;
            value(self, index)?;
            if !self.takes(b',') {
                return self.take(b'}');
            }
        }
    }

    fn asserted(&mut self) -> Option<()> {
        self.fields(&["host", "name", "sudo_uid", "uid"], |cursor, index| match index {
            0 | 1 => cursor.string().map(drop),
            _ => cursor.integer().filter(|n| *n <= u64::from(u32::MAX)).map(drop),
        })
    }

    fn versions(&mut self) -> Option<[Option<i64>; 2]> {
        let mut versions = [None; 2];
        self.fields(&["from", "to"], |cursor, index| {
            versions[index] = Some(cursor.integer()? as i64);
            Some(())
        })?;
        Some(versions)
    }

    /// What is between the braces; at least one subject.
    fn subjects(&mut self) -> Option<&'a str> {
        self.take(b'{')?;
        let start = self.at;
        let mut last = "";
        loop {
            let name = self.name()?;
            if !last.is_empty() && !in_order(last, name) {
                return None;
            }
            last = name;
            self.take(b':')?;
            self.versions()?;
            if !self.takes(b',') {
                break;
            }
        }
        let end = self.at;
        self.take(b'}')?;
        self.text.get(start..end)
    }

    /// Anything but nothing at all.
    fn detail(&mut self) -> Option<()> {
        match self.peek()? {
            b'n' => None,
            _ => self.any(MAX_DEPTH),
        }
    }

    fn any(&mut self, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        match self.peek()? {
            b'"' => self.string().map(drop),
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            b'-' => {
                self.at += 1;
                self.integer().filter(|n| *n > 0).map(drop)
            }
            _ => self.integer().map(drop),
        }
    }

    fn object(&mut self, depth: usize) -> Option<()> {
        self.take(b'{')?;
        if self.takes(b'}') {
            return Some(());
        }
        let mut last: Option<&str> = None;
        loop {
            let key = self.plain()?;
            if last.is_some_and(|last| !in_order(last, key)) {
                return None;
            }
            last = Some(key);
            self.take(b':')?;
            self.any(depth)?;
            if !self.takes(b',') {
                return self.take(b'}');
            }
        }
    }

    fn array(&mut self, depth: usize) -> Option<()> {
        self.take(b'[')?;
        if self.takes(b']') {
            return Some(());
        }
        loop {
            self.any(depth)?;
            if !self.takes(b',') {
                return self.take(b']');
            }
        }
    }
}

/// By UTF-16 code units (RFC 8785, 3.2.3), which for ASCII is by bytes.
fn in_order(a: &str, b: &str) -> bool {
    if a.is_ascii() && b.is_ascii() { a < b } else { a.encode_utf16().lt(b.encode_utf16()) }
}

/// `2026-11-22T20:14:07.123Z`, as an entry writes it: UTC, and no more digits than necessary.
fn microseconds(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let number = |from: usize, to: usize| {
        bytes
            .get(from..to)?
            .iter()
            .try_fold(0i64, |n, b| b.is_ascii_digit().then(|| n * 10 + i64::from(b - b'0')))
    };
    let mark = |at: usize, mark: u8| (bytes.get(at) == Some(&mark)).then_some(());
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    for (at, byte) in [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')] {
        mark(at, byte)?;
    }
    let fraction = match bytes.get(19)? {
        b'Z' if bytes.len() == 20 => 0,
        b'.' => {
            let digits = bytes.len().checked_sub(21)?;
            mark(bytes.len() - 1, b'Z')?;
            let fraction = number(20, 20 + digits)?;
            if !(1..=9).contains(&digits) || fraction % 10 == 0 {
                return None;
            }
            fraction * 10i64.pow(9 - digits as u32) / 1000
        }
        _ => return None,
    };
    // The last full year whose nanoseconds fit; who is beyond is looked at more closely.
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let in_month = *days.get(usize::try_from(month).ok()?.checked_sub(1)?)?;
    let fits = (1970..2262).contains(&year)
        && (1..=in_month).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    let years = year - 1;
    let since_year_1 = years * 365 + years / 4 - years / 100 + years / 400;
    let days = since_year_1 - 719_162 + days[..month as usize - 1].iter().sum::<i64>() + day - 1;
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second;
    fits.then_some(seconds * 1_000_000 + fraction)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Entry, Outcome, entry};

    const BODIES: [&str; 4] = [
        r#"{"action":"apply","actor":"entity:1","agent":"turnlock/0.1.0","at":"2026-11-22T20:14:07.120456Z","format":1,"outcome":"done","phase":"outcome","rotation":"r1","step":3,"subjects":{"JWT_SECRET":{"from":1,"to":2},"X":{}},"target":"file.env"}"#,
        r#"{"action":"lease","actor":"entity:1","agent":"turnlock/0.1.0","asserted":{"host":"web1","name":"al\"ice","sudo_uid":1000,"uid":0},"at":"2024-02-29T23:59:59.999999999Z","direction":"back","epoch":9007199254740991,"error":"a\u0001b\n","format":2,"phase":"event","plan_hash":"ab","reason":"","request_ids":["7d2e","x"],"requester":"uid 0 (asserted)","span_id":"b7","trace_id":"0a","trigger":"person"}"#,
        r#"{"action":"x","actor":"é","agent":"a","at":"1970-01-01T00:00:00Z","detail":{"":[1,-5,9007199254740991,null,true,false,{}],"a":{"b":"\\","c":[]},"é":"ä"},"format":2,"phase":"intent","subjects":{"é":{"to":3}}}"#,
        r#"{"action":"x","actor":"a","agent":"a","at":"2261-12-31T23:59:59.5Z","detail":[[[[1]]]],"format":2,"phase":"intent","subjects":{"A":{"from":3},"B":{"from":4,"to":4}}}"#,
    ];

    /// What it accepts has to be an entry, with what it says of it.
    fn check(body: &[u8]) -> bool {
        let Some(scanned) = read(body) else { return false };
        let shown = || String::from_utf8_lossy(body).into_owned();
        let parsed = Entry::parse(body).unwrap_or_else(|error| panic!("{error}: {}", shown()));
        assert_eq!(scanned.at, entry::microseconds(parsed.at), "{}", shown());
        assert_eq!((scanned.action, scanned.actor), (&*parsed.action, &*parsed.actor));
        assert_eq!(scanned.outcome, parsed.outcome.map(Outcome::as_str));
        let texts = [
            (scanned.requester, &parsed.requester),
            (scanned.trigger, &parsed.trigger),
            (scanned.rotation, &parsed.rotation),
            (scanned.target, &parsed.target),
            (scanned.trace, &parsed.trace_id),
        ];
        texts.iter().for_each(|(scanned, parsed)| assert_eq!(*scanned, parsed.as_deref(), "{}", shown()));
        assert_eq!(scanned.epoch, parsed.epoch);
        let mut rows: Vec<(String, i64)> = scanned
            .subjects()
            .flat_map(|(name, v)| entry::subject_versions(v).map(move |v| (name.to_owned(), v)))
            .collect();
        let mut expected: Vec<(String, i64)> =
            parsed.subject_rows().map(|(name, version)| (name.to_owned(), version)).collect();
        rows.sort();
        expected.sort();
        assert_eq!(rows, expected, "{}", shown());
        true
    }

    #[test]
    fn the_usual_ones_are_read() {
        for body in BODIES {
            assert!(Entry::parse(body.as_bytes()).is_ok(), "{body}");
            assert!(check(body.as_bytes()), "{body}");
        }
    }

    /// Each byte changed to each of many others, each removed, each doubled, each piece put somewhere else: whatever is
    /// still accepted is an entry.
    #[test]
    fn what_it_accepts_is_an_entry() {
        let bytes = b"\0\n \"\\,:{}[]-+.0129aAznftuZTe\x7f\xc2\x80\xe9\xff";
        let (mut tried, mut accepted) = (0, 0);
        let mut attempt = |body: &[u8]| {
            tried += 1;
            accepted += u32::from(check(body));
        };
        for body in BODIES.map(str::as_bytes) {
            for at in 0..body.len() {
                for byte in bytes {
                    let mut changed = body.to_vec();
                    changed[at] = *byte;
                    attempt(&changed);
                    changed[at] = body[at];
                    changed.insert(at, *byte);
                    attempt(&changed);
                }
                for length in 1..20.min(body.len() - at) {
                    let piece = &body[at..at + length];
                    attempt(&[&body[..at], &body[at + length..]].concat());
                    attempt(&[&body[..at], piece, &body[at..]].concat());
                    let elsewhere = (at * 7 + length * 13) % body.len();
                    attempt(&[&body[..elsewhere], piece, &body[elsewhere..]].concat());
                }
            }
        }
        assert!(tried > 100_000 && accepted > 5_000, "{accepted} of {tried}");
    }

    /// The other way round it may be unsure, but not of times.
    #[test]
    fn times_are_read_as_they_are() {
        for text in [
            "2000-02-29T00:00:00Z",
            "2100-02-28T12:34:56.7Z",
            "1999-12-31T23:59:59.000001Z",
            "2026-03-01T00:00:00Z",
        ] {
            let at: jiff::Timestamp = text.parse().unwrap();
            assert_eq!(microseconds(text), Some(at.as_microsecond()), "{text}");
        }
        for text in [
            "2100-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-11-22T24:00:00Z",
            "2026-11-22T20:14:60Z",
            "2026-11-22t20:14:00Z",
            "1969-12-31T23:59:59Z",
        ] {
            assert_eq!(microseconds(text), None, "{text}");
        }
    }
}
