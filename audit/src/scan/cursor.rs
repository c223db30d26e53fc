//! A cursor over canonical JSON (RFC 8785): it reads what is written in the one way that there is, and nothing else.

use crate::entry::MAX_INTEGER;

/// UTF-8, looked at as bytes.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    pub(super) text: &'a [u8],
    pub(super) at: usize,
    /// There is something in it that isn't printable ASCII.
    pub(super) odd: bool,
}

impl<'a> Cursor<'a> {
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    pub(super) fn take(&mut self, byte: u8) -> Option<()> {
        (self.next()? == byte).then_some(())
    }

    pub(super) fn takes(&mut self, byte: u8) -> bool {
        let is = self.peek() == Some(byte);
        self.at += usize::from(is);
        is
    }

    #[inline(always)]
    pub(super) fn word(&mut self, word: &str) -> Option<()> {
        self.has(word).then_some(())
    }

    /// Whether this comes next, and goes behind it if so. Each caller knows the length: a comparison or two of whole numbers.
    #[inline(always)]
    pub(super) fn has(&mut self, word: &str) -> bool {
        let is = self.text[self.at..].starts_with(word.as_bytes());
        self.at += if is { word.len() } else { 0 };
        is
    }

    /// If this key comes next, there is a string behind it.
    #[inline(always)]
    pub(super) fn string_of(&mut self, key: &str) -> Option<()> {
        if self.has(key) { self.string().map(drop) } else { Some(()) }
    }

    /// A string as it stands between its quotes, with only the escapes that are necessary.
    pub(super) fn string(&mut self) -> Option<&'a [u8]> {
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
    pub(super) fn plain(&mut self) -> Option<&'a [u8]> {
        self.quoted().and_then(|(text, escapes)| (!escapes).then_some(text))
    }

    /// A plain string that isn't empty and has no control character (one of two bytes begins with C2).
    pub(super) fn name(&mut self) -> Option<&'a [u8]> {
        let is_control = |byte: &u8| *byte == 0x7f || *byte == 0xc2;
        self.plain().filter(|name| !name.is_empty() && (!self.odd || !name.iter().any(is_control)))
    }

    #[inline(always)]
    pub(super) fn one_of(&mut self, words: &[&str]) -> Option<&'a [u8]> {
        self.plain().filter(|text| words.iter().any(|word| word.as_bytes() == *text))
    }

    pub(super) fn integer(&mut self) -> Option<u64> {
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

    pub(super) fn strings(&mut self) -> Option<()> {
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
    pub(super) fn member(&mut self, first: &mut bool, key: &str) -> bool {
        let is = if *first { self.has(&key[1..]) } else { self.has(key) };
        *first &= !is;
        is
    }

    pub(super) fn any(&mut self, depth: usize) -> Option<()> {
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
pub(super) fn in_order(a: &[u8], b: &[u8]) -> bool {
    match (std::str::from_utf8(a), std::str::from_utf8(b)) {
        _ if a.is_ascii() && b.is_ascii() => a < b,
        (Ok(a), Ok(b)) => a.encode_utf16().lt(b.encode_utf16()),
        _ => false,
    }
}
