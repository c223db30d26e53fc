//! Rows as any store hands them out for verification: borrowed, many at a time.

/// An entry as it stands in its row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a> {
    pub(crate) seq: i64,
    pub(crate) body: &'a [u8],
    pub(crate) leaf: &'a [u8],
    /// Microseconds since 1970.
    pub(crate) at: i64,
    /// In the order of [`COLUMNS`].
    pub(crate) columns: [Option<&'a [u8]>; COLUMNS.len()],
}

/// The text columns that are made from the body, in the order in which stores hand them out.
pub(crate) const COLUMNS: [&str; 8] =
    ["action", "outcome", "actor", "requester", "trigger", "rotation", "target", "trace"];

/// The same with its own memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct OwnRow {
    pub(crate) seq: i64,
    pub(crate) body: Vec<u8>,
    pub(crate) leaf: Vec<u8>,
    pub(crate) at: i64,
    pub(crate) columns: [Option<Vec<u8>>; COLUMNS.len()],
}

impl OwnRow {
    pub(crate) fn borrow(&self) -> Row<'_> {
        let Self { seq, body, leaf, at, columns } = self;
        Row { seq: *seq, body, leaf, at: *at, columns: columns.each_ref().map(Option::as_deref) }
    }
}

/// What stands between records, and between fields. Neither can be in canonical JSON, which escapes control characters, nor
/// in what is made from it.
pub(crate) const RECORD: u8 = 0x1e;
pub(crate) const FIELD: u8 = 0x1f;

/// Rows of subjects one after another, by number, name and version: what a store has and what entries say are compared
/// byte by byte.
#[derive(Debug, Default)]
pub(crate) struct SubjectText {
    pub(crate) bytes: Vec<u8>,
    pub(crate) rows: u64,
}

impl SubjectText {
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.rows = 0;
    }

    pub(crate) fn push(&mut self, seq: i64, name: &str, version: i64) {
        if self.rows > 0 {
            self.bytes.push(RECORD);
        }
        self.rows += 1;
        self.number(seq);
        self.bytes.push(FIELD);
        self.number(version);
        self.bytes.push(FIELD);
        self.bytes.extend_from_slice(name.as_bytes());
    }

    fn number(&mut self, number: i64) {
        if number < 0 {
            self.bytes.push(b'-');
        }
        let (mut rest, mut digits, mut at) = (number.unsigned_abs(), [0u8; 20], 20);
        loop {
            at -= 1;
            digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        self.bytes.extend_from_slice(&digits[at..]);
    }

    /// The number of the first row that differs, or as much of it as can be read.
    pub(crate) fn first_difference(&self, other: &[u8]) -> Option<i64> {
        if self.bytes == other {
            return None;
        }
        let (mut ours, mut theirs) = (rows(&self.bytes), rows(other));
        loop {
            let (a, b) = (ours.next(), theirs.next());
            if a != b || a.is_none() {
                return Some(
                    a.and_then(seq_of).unwrap_or(i64::MAX).min(b.and_then(seq_of).unwrap_or(i64::MAX)),
                );
            }
        }
    }
}

fn rows(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|b| *b == RECORD).filter(|row| !row.is_empty())
}

fn seq_of(row: &[u8]) -> Option<i64> {
    std::str::from_utf8(row.split(|b| *b == FIELD).next()?).ok()?.parse().ok()
}

/// How many rows there are that an index has to have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) entries: u64,
    /// Those that have something in a column, in the order of [`COLUMNS`].
    pub(crate) columns: [u64; COLUMNS.len()],
    pub(crate) subjects: u64,
}

impl Counts {
    /// Of the index of a column; one that isn't among [`COLUMNS`] is in every entry.
    pub(crate) fn of(&self, column: &str) -> u64 {
        COLUMNS.iter().position(|c| *c == column).map_or(self.entries, |index| self.columns[index])
    }
}
