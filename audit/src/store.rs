//! Where the entries are kept.

mod filter;
pub(crate) mod page;
pub(crate) mod postgres;
pub(crate) mod sqlite;
mod url;

use std::ops::Range;

pub use url::{AuditUrl, PostgresUrl, UrlError};

use crate::{
    Filter, Head, LogError,
    log::Sealed,
    merkle::{Frontier, Hash},
    reader::Listed,
};
use page::{Counts, Row, SubjectRows};

/// The stores that there are, for those who append.
#[derive(Debug)]
pub(crate) enum Store {
    Sqlite(sqlite::Writer),
    Postgres(postgres::Writer),
}

/// The same, for those who only read.
#[derive(Debug, Clone)]
pub(crate) enum ReadStore {
    Sqlite(sqlite::Readers),
    Postgres(postgres::Readers),
}

/// One moment of the log: what is appended meanwhile isn't seen.
#[derive(Debug)]
pub(crate) enum Snapshot {
    Sqlite(sqlite::Snapshot),
    Postgres(postgres::Snapshot),
}

/// The head as it is stored.
#[derive(Debug, Clone)]
pub(crate) struct StoredHead {
    pub(crate) size: i64,
    pub(crate) root: Vec<u8>,
    pub(crate) frontier: Vec<u8>,
    pub(crate) epoch: i64,
    pub(crate) moved_to: Option<String>,
}

impl StoredHead {
    /// The tree, if size, root and frontier are those of one.
    pub(crate) fn frontier(&self) -> Option<Frontier> {
        let frontier = Frontier::from_bytes(u64::try_from(self.size).ok()?, &self.frontier)?;
        (frontier.root()[..] == self.root[..]).then_some(frontier)
    }

    /// Size and root, as they stand there.
    pub(crate) fn head(&self) -> Result<Head, LogError> {
        let damaged = || LogError::Damaged("its head is damaged".into());
        let root = self.root.as_slice().try_into().map_err(|_| damaged())?;
        Ok(Head { size: u64::try_from(self.size).map_err(|_| damaged())?, root })
    }

    pub(crate) fn epoch(&self) -> Result<u64, LogError> {
        u64::try_from(self.epoch).map_err(|_| LogError::Damaged("its head is damaged".into()))
    }
}

impl Store {
    pub(crate) async fn init(url: &AuditUrl) -> Result<Store, LogError> {
        match url {
            AuditUrl::Sqlite(path) => Ok(Store::Sqlite(sqlite::Writer::init(path).await?)),
            AuditUrl::Postgres(url) => Err(LogError::NotSetUp(url.to_string())),
        }
    }

    pub(crate) async fn open(url: &AuditUrl) -> Result<Store, LogError> {
        match url {
            AuditUrl::Sqlite(path) => Ok(Store::Sqlite(sqlite::Writer::open(path).await?)),
            AuditUrl::Postgres(url) => Ok(Store::Postgres(postgres::Writer::open(url).await?)),
        }
    }

    pub(crate) async fn append(&self, entries: &[Sealed<'_>]) -> Result<Vec<u64>, LogError> {
        match self {
            Store::Sqlite(writer) => writer.append(entries, None).await,
            Store::Postgres(writer) => writer.append(entries).await,
        }
    }

    pub(crate) async fn close(self) {
        match self {
            Store::Sqlite(writer) => writer.close().await,
            Store::Postgres(writer) => writer.close().await,
        }
    }
}

impl ReadStore {
    pub(crate) async fn open(url: &AuditUrl) -> Result<ReadStore, LogError> {
        match url {
            AuditUrl::Sqlite(path) => Ok(ReadStore::Sqlite(sqlite::Readers::open(path).await?)),
            AuditUrl::Postgres(url) => Ok(ReadStore::Postgres(postgres::Readers::open(url).await?)),
        }
    }

    pub(crate) async fn list(&self, filter: &Filter) -> Result<Vec<Listed>, LogError> {
        match self {
            ReadStore::Sqlite(readers) => readers.list(filter).await,
            ReadStore::Postgres(readers) => readers.list(filter).await,
        }
    }

    pub(crate) async fn get(&self, seq: u64) -> Result<Option<Listed>, LogError> {
        match self {
            ReadStore::Sqlite(readers) => readers.get(seq).await,
            ReadStore::Postgres(readers) => readers.get(seq).await,
        }
    }

    pub(crate) async fn head(&self) -> Result<Option<StoredHead>, LogError> {
        match self {
            ReadStore::Sqlite(readers) => readers.head().await,
            ReadStore::Postgres(readers) => readers.snapshot().await?.head().await,
        }
    }

    pub(crate) async fn snapshot(&self) -> Result<Snapshot, LogError> {
        match self {
            ReadStore::Sqlite(readers) => Ok(Snapshot::Sqlite(readers.snapshot()?)),
            ReadStore::Postgres(readers) => Ok(Snapshot::Postgres(readers.snapshot().await?)),
        }
    }
}

impl Snapshot {
    pub(crate) async fn head(&mut self) -> Result<Option<StoredHead>, LogError> {
        match self {
            Snapshot::Sqlite(snapshot) => snapshot.head(),
            Snapshot::Postgres(snapshot) => snapshot.head().await,
        }
    }

    /// The first thing that is wrong with tables, indexes, triggers and functions.
    pub(crate) async fn rules_fault(&mut self) -> Result<Option<String>, LogError> {
        match self {
            Snapshot::Sqlite(snapshot) => snapshot.rules_fault().await,
            Snapshot::Postgres(snapshot) => snapshot.rules_fault().await,
        }
    }

    /// The first thing that is wrong with the file. It reads all of it, several times.
    pub(crate) async fn storage_fault(&mut self) -> Result<Option<String>, LogError> {
        match self {
            Snapshot::Sqlite(snapshot) => snapshot.storage_fault(),
            // The server checks its pages itself, where it is told to; see `posture`.
            Snapshot::Postgres(_) => Ok(None),
        }
    }

    /// The first index that lacks a row.
    pub(crate) async fn index_fault(&mut self, counts: &Counts) -> Result<Option<String>, LogError> {
        match self {
            Snapshot::Sqlite(snapshot) => snapshot.index_fault(counts),
            Snapshot::Postgres(_) => Ok(None),
        }
    }

    /// Hands over the entries from a number on, in order: at most a page, and how many there were.
    pub(crate) async fn page(&mut self, from: i64, each: &mut Each<'_>) -> Result<usize, LogError> {
        match self {
            Snapshot::Sqlite(snapshot) => snapshot.page(from, each),
            Snapshot::Postgres(snapshot) => snapshot.page(from, each).await,
        }
    }

    /// Adds the subjects of these entries.
    pub(crate) async fn subjects(
        &mut self,
        range: Range<i64>,
        found: &mut SubjectRows,
    ) -> Result<(), LogError> {
        match self {
            Snapshot::Sqlite(snapshot) => snapshot.subjects(&range, found),
            Snapshot::Postgres(snapshot) => snapshot.subjects(range, found).await,
        }
    }

    /// The roots of these ranges of leaves, all of them below `size`.
    pub(crate) async fn roots(&mut self, ranges: &[Range<u64>], size: u64) -> Result<Vec<Hash>, LogError> {
        let has = self.head().await?.ok_or_else(no_head)?.head()?.size;
        if size > has {
            return Err(LogError::Range { has, asked: size });
        }
        let mut roots = Vec::with_capacity(ranges.len());
        for range in ranges {
            roots.push(self.root(range).await?);
        }
        Ok(roots)
    }

    async fn root(&mut self, range: &Range<u64>) -> Result<Hash, LogError> {
        /// How many leaf hashes are in memory at once.
        const LEAVES: u64 = 8192;
        let mut tree = Frontier::default();
        let mut next = range.start;
        while next < range.end {
            let to = range.end.min(next + LEAVES);
            let leaves = match self {
                Snapshot::Sqlite(snapshot) => snapshot.leaves(&(next as i64..to as i64))?,
                Snapshot::Postgres(snapshot) => snapshot.leaves(next as i64..to as i64).await?,
            };
            if leaves.len() as u64 != to - next {
                return Err(LogError::Damaged("an entry is missing".into()));
            }
            for leaf in leaves {
                tree.push(leaf.try_into().map_err(|_| LogError::Damaged("a leaf isn't a SHA-256".into()))?);
            }
            next = to;
        }
        Ok(tree.root())
    }
}

/// What is done with each row of a page; the first that is wrong ends it.
pub(crate) type Each<'a> = dyn FnMut(&Row<'_>) + Send + 'a;

pub(crate) fn no_head() -> LogError {
    LogError::Damaged("its head is missing".into())
}
