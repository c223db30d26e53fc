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

/// Rows of subjects one after another: what a store has and what entries say are compared byte by byte.
#[derive(Debug, Default)]
pub(crate) struct SubjectRows {
    /// Of each row the number and the version, eight bytes each, the length of the name in four, and the name.
    bytes: Vec<u8>,
    pub(crate) count: u64,
}

/// A place between two rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    bytes: usize,
    count: u64,
}

impl SubjectRows {
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.count = 0;
    }

    /// By number, name and version, in this order.
    pub(crate) fn push(&mut self, seq: i64, name: &[u8], version: i64) {
        self.count += 1;
        let length = u32::try_from(name.len()).unwrap_or(u32::MAX);
        let mut numbers = [0; 20];
        numbers[..8].copy_from_slice(&seq.to_le_bytes());
        numbers[8..16].copy_from_slice(&version.to_le_bytes());
        numbers[16..].copy_from_slice(&length.to_le_bytes());
        self.bytes.extend_from_slice(&numbers);
        self.bytes.extend_from_slice(name);
    }

    /// Where the next row will be.
    pub(crate) fn mark(&self) -> Mark {
        Mark { bytes: self.bytes.len(), count: self.count }
    }

    /// Forgets the rows that came after.
    pub(crate) fn back_to(&mut self, mark: Mark) {
        self.bytes.truncate(mark.bytes);
        self.count = mark.count;
    }

    /// The smaller number of the first two rows that differ.
    pub(crate) fn first_difference(&self, other: &SubjectRows) -> Option<i64> {
        if self.bytes == other.bytes {
            return None;
        }
        let (mut ours, mut theirs) = (rows(&self.bytes), rows(&other.bytes));
        loop {
            let (a, b) = (ours.next(), theirs.next());
            if a != b || a.is_none() {
                return a.into_iter().chain(b).map(|(seq, _)| seq).min();
            }
        }
    }
}

/// Of each row the number, and the rest.
fn rows(mut bytes: &[u8]) -> impl Iterator<Item = (i64, &[u8])> {
    std::iter::from_fn(move || {
        let (seq, rest) = bytes.split_first_chunk()?;
        let (length, _) = rest.get(8..)?.split_first_chunk()?;
        let (row, after) = rest.split_at_checked(12 + u32::from_le_bytes(*length) as usize)?;
        bytes = after;
        Some((i64::from_le_bytes(*seq), row))
    })
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
