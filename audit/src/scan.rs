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
    pub(crate) action: &'a [u8],
    pub(crate) outcome: Option<&'a [u8]>,
    pub(crate) actor: &'a [u8],
    pub(crate) requester: Option<&'a [u8]>,
    pub(crate) trigger: Option<&'a [u8]>,
    pub(crate) rotation: Option<&'a [u8]>,
    pub(crate) target: Option<&'a [u8]>,
    pub(crate) trace: Option<&'a [u8]>,
    pub(crate) epoch: Option<u64>,
    /// The object's bytes, braces left out.
    subjects: &'a [u8],
}

impl<'a> Scanned<'a> {
    /// Each subject with each version that it names, in the order of the bytes; one with none has -1.
    pub(crate) fn subjects(&self) -> impl Iterator<Item = (&'a [u8], [Option<i64>; 2])> + Clone + use<'a> {
        // Their names were looked at already.
        Subjects(Cursor { text: self.subjects, at: 0, odd: false })
    }
}

#[derive(Clone)]
struct Subjects<'a>(Cursor<'a>);

impl<'a> Iterator for Subjects<'a> {
    type Item = (&'a [u8], [Option<i64>; 2]);

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
    let (control, odd) = body
        .iter()
        .fold((false, false), |(control, odd), byte| (control | (*byte < 0x20), odd | (*byte >= 0x7f)));
    if control || (odd && std::str::from_utf8(body).is_err()) {
        return None;
    }
    let mut cursor = Cursor { text: body, at: 0, odd };
    let entry = cursor.entry()?;
    (cursor.at == body.len()).then_some(entry)
}

fn is_action(text: &[u8]) -> bool {
    text.len() <= 64 && text.iter().all(|b| matches!(b, b'a'..=b'z' | b'.' | b'-'))
}

/// UTF-8, looked at as bytes.
#[derive(Clone, Copy)]
struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
    /// There is something in it that isn't printable ASCII.
    odd: bool,
}

impl<'a> Cursor<'a> {
    /// Keys are ASCII: their bytes are in the order of UTF-16 code units (RFC 8785, 3.2.3). So each has one place, and what
    /// comes twice, in another order or is unknown is behind the end.
    fn entry(&mut self) -> Option<Scanned<'a>> {
        let mut out = Scanned::default();
        let mut of_format_2 = false;
        self.word(r#"{"action":"#)?;
        out.action = self.name().filter(|action| is_action(action))?;
        self.word(r#","actor":"#)?;
        out.actor = self.plain().filter(|actor| !actor.is_empty())?;
        self.word(r#","agent":"#)?;
        self.string().filter(|agent| !agent.is_empty())?;
        if self.has(r#","asserted":"#) {
            of_format_2 = true;
            self.asserted()?;
        }
        self.word(r#","at":"#)?;
        out.at = microseconds(self.plain()?)?;
        if self.has(r#","detail":"#) {
            self.detail()?;
        }
        if self.has(r#","direction":"#) {
            self.one_of(&["forward", "back"])?;
        }
        if self.has(r#","epoch":"#) {
            of_format_2 = true;
            out.epoch = Some(self.integer()?);
        }
        self.string_of(r#","error":"#)?;
        self.word(r#","format":"#)?;
        let format = self.integer()?;
        if self.has(r#","outcome":"#) {
            out.outcome = Some(self.one_of(&["done", "failed", "refused", "in_doubt"])?);
        }
        self.word(r#","phase":"#)?;
        let fits = match self.one_of(&["intent", "outcome", "event"])? {
            b"intent" => out.outcome.is_none(),
            b"outcome" => out.outcome.is_some(),
            _ => true,
        };
        self.string_of(r#","plan_hash":"#)?;
        self.string_of(r#","reason":"#)?;
        if self.has(r#","request_ids":"#) {
            of_format_2 = true;
            self.strings()?;
        }
        self.rest(&mut out)?;
        (fits && (format == 2 || format == 1 && !of_format_2)).then_some(out)
    }

    /// The keys behind `request_ids`.
    fn rest(&mut self, out: &mut Scanned<'a>) -> Option<()> {
        if self.has(r#","requester":"#) {
            out.requester = Some(self.plain()?);
        }
        if self.has(r#","rotation":"#) {
            out.rotation = Some(self.name()?);
        }
        self.string_of(r#","span_id":"#)?;
        if self.has(r#","step":"#) {
            self.integer().filter(|step| *step <= u64::from(u32::MAX))?;
        }
        if self.has(r#","subjects":"#) {
            out.subjects = self.subjects()?;
        }
        if self.has(r#","target":"#) {
            out.target = Some(self.name()?);
        }
        if self.has(r#","trace_id":"#) {
            out.trace = Some(self.plain()?);
        }
        if self.has(r#","trigger":"#) {
            out.trigger = Some(self.plain()?);
        }
        self.take(b'}')
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
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

    #[inline(always)]
    fn word(&mut self, word: &str) -> Option<()> {
        self.has(word).then_some(())
    }

    /// Whether this comes next, and goes behind it if so. Each caller knows the length: a comparison or two of whole numbers.
    #[inline(always)]
    fn has(&mut self, word: &str) -> bool {
        let is = self.text[self.at..].starts_with(word.as_bytes());
        self.at += if is { word.len() } else { 0 };
        is
    }

    /// If this key comes next, there is a string behind it.
    #[inline(always)]
    fn string_of(&mut self, key: &str) -> Option<()> {
        if self.has(key) { self.string().map(drop) } else { Some(()) }
    }

    /// A string as it stands between its quotes, with only the escapes that are necessary.
    fn string(&mut self) -> Option<&'a [u8]> {
        self.quoted().map(|(text, _)| text)
    }

    /// The same, and whether it has an escape.
    fn quoted(&mut self) -> Option<(&'a [u8], bool)> {
        self.take(b'"')?;
        let (start, mut escapes) = (self.at, false);
        let bytes = self.text;
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
        let digits = self.text.get(self.at..self.at + 4)?;
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
    fn plain(&mut self) -> Option<&'a [u8]> {
        self.quoted().and_then(|(text, escapes)| (!escapes).then_some(text))
    }

    /// A plain string that isn't empty and has no control character (one of two bytes begins with C2).
    fn name(&mut self) -> Option<&'a [u8]> {
        let is_control = |byte: &u8| *byte == 0x7f || *byte == 0xc2;
        self.plain().filter(|name| !name.is_empty() && (!self.odd || !name.iter().any(is_control)))
    }

    #[inline(always)]
    fn one_of(&mut self, words: &[&str]) -> Option<&'a [u8]> {
        self.plain().filter(|text| words.iter().any(|word| word.as_bytes() == *text))
    }

    fn integer(&mut self) -> Option<u64> {
        let start = self.at;
        let mut number = 0u64;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            number = number.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?;
            self.at += 1;
        }
        let digits = self.at - start;
        let one_way = digits == 1 || (digits > 1 && self.text[start] != b'0');
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

    /// A key inside of an object: the comma at its beginning isn't there if nothing stands before it.
    #[inline(always)]
    fn member(&mut self, first: &mut bool, key: &str) -> bool {
        let is = if *first { self.has(&key[1..]) } else { self.has(key) };
        *first &= !is;
        is
    }

    fn asserted(&mut self) -> Option<()> {
        let mut first = true;
        self.take(b'{')?;
        for key in [r#","host":"#, r#","name":"#] {
            if self.member(&mut first, key) {
                self.string()?;
            }
        }
        for key in [r#","sudo_uid":"#, r#","uid":"#] {
            if self.member(&mut first, key) {
                self.integer().filter(|uid| *uid <= u64::from(u32::MAX))?;
            }
        }
        self.take(b'}')
    }

    fn versions(&mut self) -> Option<[Option<i64>; 2]> {
        let (mut versions, mut first) = ([None; 2], true);
        self.take(b'{')?;
        for (key, version) in [r#","from":"#, r#","to":"#].into_iter().zip(&mut versions) {
            if self.member(&mut first, key) {
                *version = Some(self.integer()? as i64);
            }
        }
        self.take(b'}')?;
        Some(versions)
    }

    /// What is between the braces; at least one subject.
    fn subjects(&mut self) -> Option<&'a [u8]> {
        self.take(b'{')?;
        let start = self.at;
        let mut last: &[u8] = b"";
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
        let mut last: Option<&[u8]> = None;
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
fn in_order(a: &[u8], b: &[u8]) -> bool {
    match (std::str::from_utf8(a), std::str::from_utf8(b)) {
        _ if a.is_ascii() && b.is_ascii() => a < b,
        (Ok(a), Ok(b)) => a.encode_utf16().lt(b.encode_utf16()),
        _ => false,
    }
}

/// `2026-11-22T20:14:07.123Z`, as an entry writes it: UTC, and no more digits than necessary.
fn microseconds(bytes: &[u8]) -> Option<i64> {
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
        assert_eq!((scanned.action, scanned.actor), (parsed.action.as_bytes(), parsed.actor.as_bytes()));
        assert_eq!(scanned.outcome, parsed.outcome.map(|outcome| Outcome::as_str(outcome).as_bytes()));
        let texts = [
            (scanned.requester, &parsed.requester),
            (scanned.trigger, &parsed.trigger),
            (scanned.rotation, &parsed.rotation),
            (scanned.target, &parsed.target),
            (scanned.trace, &parsed.trace_id),
        ];
        texts.iter().for_each(|(scanned, parsed)| {
            assert_eq!(*scanned, parsed.as_deref().map(str::as_bytes), "{}", shown())
        });
        assert_eq!(scanned.epoch, parsed.epoch);
        let mut rows: Vec<(Vec<u8>, i64)> = scanned
            .subjects()
            .flat_map(|(name, v)| entry::subject_versions(v).map(move |v| (name.to_vec(), v)))
            .collect();
        let mut expected: Vec<(Vec<u8>, i64)> =
            parsed.subject_rows().map(|(name, version)| (name.as_bytes().to_vec(), version)).collect();
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
            assert_eq!(microseconds(text.as_bytes()), Some(at.as_microsecond()), "{text}");
        }
        for text in [
            "2100-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-11-22T24:00:00Z",
            "2026-11-22T20:14:60Z",
            "2026-11-22t20:14:00Z",
            "1969-12-31T23:59:59Z",
        ] {
            assert_eq!(microseconds(text.as_bytes()), None, "{text}");
        }
    }
}
