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

/// A subject's row: number, name, version (-1: none).
pub(crate) type SubjectRow = (i64, String, i64);
