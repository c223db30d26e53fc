//! A quick reading of an entry's canonical bytes: one pass, nothing copied.
//!
//! What [`read`] accepts, [`Entry::parse`](crate::Entry::parse) accepts too, with the same columns; a test holds the two
//! against each other. It is allowed to be unsure: for what is unusual (an escape in a name, a newer format) it says
//! `None`, and whoever asked parses. Verification lives from it: parsing and writing anew takes four times as long.

mod cursor;
#[cfg(test)]
mod tests;

use cursor::{Cursor, in_order};

use crate::entry::{MAX_BODY, MAX_DEPTH};

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
            if !(1..=9).contains(&digits) {
                return None;
            }
            let fraction = number(20, 20 + digits).filter(|fraction| fraction % 10 != 0)?;
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
