//! Does the log say what was written? Everything is computed again from the bodies.
//!
//! It runs over one moment of the log while others go on appending, in the memory of one page of entries. What
//! it can't see: somebody who changed bodies and computed everything anew. For that, compare the [`Report`]'s
//! size and root with a head that was kept elsewhere.

use jiff::Timestamp;

use crate::{
    Entry, EntryError, Head, LogError, Reader,
    merkle::{self, Frontier},
    store::{
        ReadStore,
        sqlite::{Row, Snapshot},
    },
};

/// How many entries are in memory at once: 16 MiB if all are as long as can be.
const PAGE: i64 = 256;

/// A log in which everything fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// How many entries the log has.
    pub size: u64,
    /// Its Merkle tree hash, as computed.
    pub root: merkle::Hash,
    /// How many entries were read: all of them.
    pub entries_checked: u64,
    /// The time that the first entry gives.
    pub first_at: Option<Timestamp>,
    /// The time that the last entry gives.
    pub last_at: Option<Timestamp>,
}

/// The first thing that is wrong.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    #[error("the log couldn't be read: {0}")]
    Read(#[from] LogError),
    #[error("the log's own rules were changed: {0}")]
    Rules(String),
    #[error("the log's file is damaged or was doctored: {0}")]
    Storage(String),
    #[error("entry {seq} is missing: number {found} stands in its place")]
    Gap { seq: u64, found: i64 },
    #[error("entry {seq} isn't what was written: {error}")]
    Body { seq: u64, error: EntryError },
    #[error("entry {seq} isn't what was written: its leaf hash isn't that of its bytes")]
    Leaf { seq: u64 },
    #[error("entry {seq} would be found wrongly: the column `{column}` doesn't say what the entry says")]
    Column { seq: u64, column: &'static str },
    #[error("entry {seq} would be found wrongly: the table `subjects` doesn't name what the entry names")]
    Subjects { seq: u64 },
    #[error("the log was cut: entry {seq} is missing, and the head counts {head} entries")]
    Cut { seq: u64, head: u64 },
    #[error("entry {seq} was added behind the log's back: the head counts only {head} entries")]
    Beyond { seq: u64, head: u64 },
    #[error("the log's head is missing")]
    NoHead,
    #[error(
        "the log's head isn't that of its {size} entries: {what} differs; an entry or the head was changed"
    )]
    Head { size: u64, what: &'static str },
}

impl VerifyError {
    /// The entry that it is about, if it is about one.
    pub fn seq(&self) -> Option<u64> {
        match self {
            VerifyError::Gap { seq, .. }
            | VerifyError::Body { seq, .. }
            | VerifyError::Leaf { seq }
            | VerifyError::Column { seq, .. }
            | VerifyError::Subjects { seq }
            | VerifyError::Cut { seq, .. }
            | VerifyError::Beyond { seq, .. } => Some(*seq),
            _ => None,
        }
    }
}

impl Report {
    /// What to keep elsewhere, or to compare with what was kept.
    pub fn head(&self) -> Head {
        Head { size: self.size, root: self.root }
    }
}

/// Recomputes everything and names the first thing that is wrong.
///
/// In this order: the rules (tables, indexes, triggers), the file, each entry with all that is stored beside
/// it, the head.
pub async fn verify(reader: &Reader) -> Result<Report, VerifyError> {
    let ReadStore::Sqlite(readers) = &reader.store;
    let mut snapshot = readers.snapshot().await?;
    if let Some(fault) = snapshot.rules_fault().await? {
        return Err(VerifyError::Rules(fault));
    }
    if let Some(fault) = snapshot.storage_fault().await? {
        return Err(VerifyError::Storage(fault));
    }
    let mut seen = Seen::default();
    loop {
        let rows = snapshot.page(seen.last_seq(), PAGE).await?;
        if rows.is_empty() {
            break;
        }
        let from = seen.tree.size();
        let entries = rows.iter().map(|row| seen.row(row)).collect::<Result<Vec<_>, _>>()?;
        check_subjects(&mut snapshot, from, &entries).await?;
    }
    check_end(&mut snapshot, &seen.tree).await?;
    Ok(seen.report())
}

/// What was seen so far.
#[derive(Debug, Default)]
struct Seen {
    tree: Frontier,
    first_at: Option<Timestamp>,
    last_at: Option<Timestamp>,
}

impl Seen {
    /// Before the first, any number would be noticed.
    fn last_seq(&self) -> i64 {
        match self.tree.size() {
            0 => i64::MIN,
            size => size as i64 - 1,
        }
    }

    fn row(&mut self, row: &Row) -> Result<Entry, VerifyError> {
        let seq = self.tree.size();
        if u64::try_from(row.seq) != Ok(seq) {
            return Err(VerifyError::Gap { seq, found: row.seq });
        }
        let leaf = merkle::leaf_hash(&row.body);
        if leaf[..] != row.leaf[..] {
            return Err(VerifyError::Leaf { seq });
        }
        let entry = Entry::parse(&row.body).map_err(|error| VerifyError::Body { seq, error })?;
        if let Some(column) = wrong_column(row, &entry) {
            return Err(VerifyError::Column { seq, column });
        }
        self.tree.push(leaf);
        self.first_at.get_or_insert(entry.at);
        self.last_at = Some(entry.at);
        Ok(entry)
    }

    fn report(self) -> Report {
        let Head { size, root } = self.tree.head();
        Report { size, root, entries_checked: size, first_at: self.first_at, last_at: self.last_at }
    }
}

fn wrong_column(row: &Row, entry: &Entry) -> Option<&'static str> {
    let outcome = entry.outcome.map(crate::Outcome::as_str);
    [
        ("at", Some(row.at) == entry.at_nanoseconds()),
        ("action", row.action == entry.action),
        ("rotation", row.rotation == entry.rotation),
        ("outcome", row.outcome.as_deref() == outcome),
        ("target", row.target == entry.target),
    ]
    .into_iter()
    .find_map(|(column, right)| (!right).then_some(column))
}

/// The subjects of these entries, and no others up to the next entry.
async fn check_subjects(snapshot: &mut Snapshot, from: u64, entries: &[Entry]) -> Result<(), VerifyError> {
    let numbered = entries.iter().zip(from..);
    let named: Vec<(u64, &str)> = numbered
        .flat_map(|(entry, seq)| entry.subjects.keys().map(move |name| (seq, name.as_str())))
        .collect();
    // One more than there should be, to see whether it still belongs here; but the first page also sees what
    // stands before entry 0.
    let start = if from == 0 { i64::MIN } else { from as i64 };
    let to = from + entries.len() as u64;
    let found = snapshot.subjects(start, named.len() as i64 + 1).await?;
    let found = found.iter().map(|(seq, name)| (u64::try_from(*seq).unwrap_or(0), name.as_str()));
    let found: Vec<_> = found.take_while(|(seq, _)| *seq < to).collect();
    if found == named {
        return Ok(());
    }
    let first = found.iter().zip(&named).find(|(found, named)| found != named);
    let seq = match first {
        Some((found, named)) => found.0.min(named.0),
        // One of them goes on where the other ends.
        None => found.get(named.len()).or(named.get(found.len())).map_or(from, |(seq, _)| *seq),
    };
    Err(VerifyError::Subjects { seq })
}

/// Nothing is missing at the end and nothing is left over, and the head is that of the tree.
async fn check_end(snapshot: &mut Snapshot, tree: &Frontier) -> Result<(), VerifyError> {
    let size = tree.size();
    let Some(stored) = snapshot.head().await? else {
        return Err(VerifyError::NoHead);
    };
    match u64::try_from(stored.size) {
        Ok(head) if head > size => return Err(VerifyError::Cut { seq: size, head }),
        Ok(head) if head < size => return Err(VerifyError::Beyond { seq: head, head }),
        Ok(_) => {}
        Err(_) => return Err(VerifyError::Head { size, what: "its size" }),
    }
    if stored.root[..] != tree.root()[..] {
        return Err(VerifyError::Head { size, what: "its root" });
    }
    if stored.frontier != tree.to_bytes() {
        return Err(VerifyError::Head { size, what: "its frontier" });
    }
    let from = if size == 0 { i64::MIN } else { size as i64 };
    match snapshot.subjects(from, 1).await?.first() {
        Some((seq, _)) => Err(VerifyError::Subjects { seq: u64::try_from(*seq).unwrap_or(size) }),
        None => Ok(()),
    }
}
