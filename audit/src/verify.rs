//! Does the log say what was written? Everything is computed again from the bodies.
//!
//! It runs over one moment of the log while others go on appending, in the memory of one page of entries. What
//! it can't see: somebody who changed bodies and computed everything anew. For that, compare the [`Report`]'s
//! size and root with a head that was kept elsewhere.

use jiff::Timestamp;
use tokio::task::JoinSet;

use crate::{
    Entry, EntryError, Head, LEASE, LogError, MOVE, Reader,
    entry::{microseconds, newer_format, subject_versions},
    leaves::Leaves,
    merkle::{self, Frontier},
    scan::{self, Scanned},
    store::{
        ReadStore, Snapshot, StoredHead,
        page::{COLUMNS, Counts, Row, SubjectRows},
    },
};

/// A log in which everything fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// How many entries the log has.
    pub size: u64,
    /// Its Merkle tree hash, as computed.
    pub root: merkle::Hash,
    /// How many entries were read: all of them.
    pub entries_checked: u64,
    /// How many of them a newer version wrote: intact, and not interpreted.
    pub not_interpreted: u64,
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
    #[error("entry {seq} takes a right to act that isn't the next one")]
    Epoch { seq: u64 },
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
            | VerifyError::Epoch { seq }
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

/// How closely to look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Depth {
    /// Every entry with all that is stored beside it, the head, the rules.
    #[default]
    Full,
    /// Also every page of the file, and that each row of each index is there and says what its table says (SQLite). An index
    /// that somebody doctored in the file's own bytes could hide an entry from who asks. Much slower.
    Storage,
}

/// Recomputes everything and names the first thing that is wrong.
///
/// In this order: the rules (tables, indexes, triggers, functions), each entry with all that is stored beside it, the
/// head; if asked, the indexes and the file itself.
pub async fn verify(reader: &Reader, depth: Depth) -> Result<Report, VerifyError> {
    let store = reader.store.clone();
    match store {
        ReadStore::Sqlite(_) => recompute(store, depth).await,
        // As a task of its own it is polled by the thread that waits for the server's answers. Else each of them, a few
        // entries, would wake one thread to wake another.
        ReadStore::Postgres(_) => {
            let mut task = JoinSet::new();
            task.spawn(recompute(store, depth));
            match task.join_next().await {
                Some(Ok(result)) => result,
                Some(Err(error)) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
                _ => Err(LogError::Lost.into()),
            }
        }
    }
}

async fn recompute(store: ReadStore, depth: Depth) -> Result<Report, VerifyError> {
    let mut snapshot = store.snapshot().await?;
    if let Some(fault) = snapshot.rules_fault().await? {
        return Err(VerifyError::Rules(fault));
    }
    let mut seen = Seen::default();
    while seen.page(&mut snapshot).await? > 0 {}
    seen.end(&mut snapshot).await?;
    if depth == Depth::Storage {
        let lacks = snapshot.index_fault(&seen.counts).await?;
        if let Some(fault) = if lacks.is_some() { lacks } else { snapshot.storage_fault().await? } {
            return Err(VerifyError::Storage(fault));
        }
    }
    Ok(seen.report())
}

/// What was seen so far.
#[derive(Debug, Default)]
struct Seen {
    tree: Frontier,
    /// Those that aren't in the tree yet.
    leaves: Leaves,
    epoch: u64,
    first_at: Option<i64>,
    last_at: Option<i64>,
    not_interpreted: u64,
    counts: Counts,
    /// The log says of itself that it goes on elsewhere.
    moved: bool,
    /// The subjects that this page's entries name.
    subjects: SubjectRows,
    /// Those that the store has.
    found: SubjectRows,
    wrong: Option<VerifyError>,
}

impl Seen {
    /// The next entries, and how many there were.
    async fn page(&mut self, snapshot: &mut Snapshot) -> Result<usize, VerifyError> {
        let from = self.tree.size();
        // Before the first, any number would be noticed.
        let start = if from == 0 { i64::MIN } else { from as i64 };
        self.subjects.clear();
        let count = snapshot
            .page(start, &mut |row| {
                if self.wrong.is_none() {
                    self.wrong = self.next(row).err();
                }
            })
            .await?;
        if self.wrong.is_none() {
            self.wrong = self.check_leaves().err();
        }
        if let Some(wrong) = self.wrong.take() {
            return Err(wrong);
        }
        let to = self.tree.size() as i64;
        // The last page also sees what stands after the last entry.
        let end = if count == 0 { i64::MAX } else { to };
        self.found.clear();
        snapshot.subjects(start..end, &mut self.found).await?;
        match self.subjects.first_difference(&self.found) {
            None => {
                self.counts.subjects += self.subjects.count;
                Ok(count)
            }
            Some(seq) => Err(VerifyError::Subjects { seq: u64::try_from(seq).unwrap_or(0) }),
        }
    }

    /// What is wrong with the bytes of an entry is said before what is wrong with it otherwise, or with one behind it.
    fn next(&mut self, row: &Row<'_>) -> Result<(), VerifyError> {
        let fits = self.row(row);
        if fits.is_err() || self.leaves.is_full() {
            self.check_leaves()?;
        }
        fits
    }

    fn row(&mut self, row: &Row<'_>) -> Result<(), VerifyError> {
        let seq = self.counts.entries;
        if u64::try_from(row.seq) != Ok(seq) {
            return Err(VerifyError::Gap { seq, found: row.seq });
        }
        self.leaves.add(row.body, row.leaf);
        match scan::read(row.body) {
            Some(scanned) => self.scanned(seq, row, scanned)?,
            None => self.parsed(seq, row)?,
        }
        self.counts.entries += 1;
        for (count, column) in self.counts.columns.iter_mut().zip(row.columns) {
            *count += u64::from(column.is_some());
        }
        Ok(())
    }

    /// The hashes of the entries that were looked at last, and the tree with them.
    fn check_leaves(&mut self) -> Result<(), VerifyError> {
        let tree = &mut self.tree;
        self.leaves.take(|computed, stored| {
            if computed[..] != *stored {
                return Err(VerifyError::Leaf { seq: tree.size() });
            }
            tree.push(computed);
            Ok(())
        })
    }

    fn scanned(&mut self, seq: u64, row: &Row<'_>, s: Scanned<'_>) -> Result<(), VerifyError> {
        let columns =
            [Some(s.action), s.outcome, Some(s.actor), s.requester, s.trigger, s.rotation, s.target, s.trace];
        check_columns(seq, row, s.at, columns)?;
        self.name(seq, s.subjects().flat_map(|(name, v)| subject_versions(v).map(move |v| (name, v))));
        self.note(s.at, s.action, s.epoch.unwrap_or(0))
    }

    /// What is unusual is read with more care.
    fn parsed(&mut self, seq: u64, row: &Row<'_>) -> Result<(), VerifyError> {
        let entry = match Entry::parse(row.body) {
            Ok(entry) => entry,
            Err(error) if newer_format(row.body).is_none() => return Err(VerifyError::Body { seq, error }),
            Err(_) => return self.newer(seq, row),
        };
        let e = &entry;
        let outcome = e.outcome.map(crate::Outcome::as_str);
        let [requester, trigger, rotation, target, trace] =
            [&e.requester, &e.trigger, &e.rotation, &e.target, &e.trace_id].map(Option::as_deref);
        let columns =
            [Some(e.action.as_str()), outcome, Some(&e.actor), requester, trigger, rotation, target, trace];
        check_columns(seq, row, microseconds(e.at), columns.map(|column| column.map(str::as_bytes)))?;
        self.name(seq, e.subject_rows().map(|(name, version)| (name.as_bytes(), version)));
        self.note(microseconds(e.at), e.action.as_bytes(), e.epoch.unwrap_or(0))
    }

    /// Intact, and not interpreted but for the fields that every format has.
    fn newer(&mut self, seq: u64, row: &Row<'_>) -> Result<(), VerifyError> {
        let says: serde_json::Value = serde_json::from_slice(row.body).unwrap_or_default();
        let text = |key: &str| says.get(key).and_then(serde_json::Value::as_str);
        let at = text("at").and_then(|at| at.parse().ok()).map_or(0, microseconds);
        let keys = ["action", "outcome", "actor", "requester", "trigger", "rotation", "target", "trace_id"];
        let columns = keys.map(|key| text(key).map(str::as_bytes));
        check_columns(seq, row, at, columns)?;
        let subjects = says.get("subjects").and_then(serde_json::Value::as_object).into_iter().flatten();
        let rows = subjects.flat_map(|(name, versions)| {
            let version = |key: &str| versions.get(key).and_then(serde_json::Value::as_i64);
            subject_versions([version("from"), version("to")]).map(move |version| (name.as_bytes(), version))
        });
        self.name(seq, rows);
        self.not_interpreted += 1;
        self.note(at, columns[0].unwrap_or_default(), says.get("epoch").and_then(|e| e.as_u64()).unwrap_or(0))
    }

    /// Notes the subjects of an entry. Stores have them in the order of their bytes, an entry in that of their UTF-16 code
    /// units, which is nearly always the same.
    fn name<'a>(&mut self, seq: u64, rows: impl Iterator<Item = (&'a [u8], i64)> + Clone) {
        let before = self.subjects.mark();
        let mut last = None;
        for row in rows.clone() {
            if last.is_some_and(|last| last > row) {
                self.subjects.back_to(before);
                let mut rows: Vec<_> = rows.collect();
                rows.sort_unstable();
                rows.into_iter().for_each(|(name, version)| self.subjects.push(seq as i64, name, version));
                return;
            }
            self.subjects.push(seq as i64, row.0, row.1);
            last = Some(row);
        }
    }

    fn note(&mut self, at: i64, action: &[u8], epoch: u64) -> Result<(), VerifyError> {
        self.first_at.get_or_insert(at);
        self.last_at = Some(at);
        if action == LEASE.as_bytes() {
            if epoch != self.epoch + 1 {
                return Err(VerifyError::Epoch { seq: self.counts.entries });
            }
            self.epoch = epoch;
        }
        self.moved = action == MOVE.as_bytes();
        Ok(())
    }

    /// Nothing is missing at the end and nothing is left over, and the head is that of the tree.
    async fn end(&mut self, snapshot: &mut Snapshot) -> Result<(), VerifyError> {
        let size = self.tree.size();
        let Some(StoredHead { size: stored, root, frontier, epoch, moved_to }) = snapshot.head().await?
        else {
            return Err(VerifyError::NoHead);
        };
        match u64::try_from(stored) {
            Ok(head) if head > size => return Err(VerifyError::Cut { seq: size, head }),
            Ok(head) if head < size => return Err(VerifyError::Beyond { seq: head, head }),
            Ok(_) => {}
            Err(_) => return Err(VerifyError::Head { size, what: "its size" }),
        }
        let differs = [
            ("its root", root[..] != self.tree.root()[..]),
            ("its frontier", frontier != self.tree.to_bytes()),
            ("its epoch", u64::try_from(epoch) != Ok(self.epoch)),
            ("where it was moved to", moved_to.is_some() && !self.moved),
        ];
        match differs.into_iter().find(|(_, differs)| *differs) {
            Some((what, _)) => Err(VerifyError::Head { size, what }),
            None => Ok(()),
        }
    }

    fn report(self) -> Report {
        let Head { size, root } = self.tree.head();
        let at = |at: Option<i64>| at.and_then(|at| Timestamp::from_microsecond(at).ok());
        Report {
            size,
            root,
            entries_checked: size,
            not_interpreted: self.not_interpreted,
            first_at: at(self.first_at),
            last_at: at(self.last_at),
        }
    }
}

fn check_columns(
    seq: u64,
    row: &Row<'_>,
    at: i64,
    says: [Option<&[u8]>; COLUMNS.len()],
) -> Result<(), VerifyError> {
    if row.at != at {
        return Err(VerifyError::Column { seq, column: "at" });
    }
    for ((column, stored), says) in COLUMNS.into_iter().zip(row.columns).zip(says) {
        if stored != says {
            return Err(VerifyError::Column { seq, column });
        }
    }
    Ok(())
}
