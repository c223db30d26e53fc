//! Asking.

use jiff::Timestamp;

use crate::{AuditUrl, Head, LogError, Outcome, Stored, merkle, store::ReadStore};

/// Reads the log, over connections that can't write.
#[derive(Debug, Clone)]
pub struct Reader {
    pub(crate) store: ReadStore,
}

/// Which entries are asked for: those that fit everything that is set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub rotation: Option<String>,
    /// What it is about, by name.
    pub subject: Option<String>,
    /// With a subject that has this version, before or after; together with `subject`, that one.
    pub version: Option<u64>,
    pub actor: Option<String>,
    pub requester: Option<String>,
    pub trigger: Option<String>,
    /// The id of an OpenTelemetry trace.
    pub trace: Option<String>,
    pub action: Option<String>,
    pub outcome: Option<Outcome>,
    pub target: Option<String>,
    /// Not before this time.
    pub since: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
    /// With a smaller number than this (the next page, newest first).
    pub before_seq: Option<u64>,
    /// With a larger number than this (the next page, oldest first).
    pub after_seq: Option<u64>,
    /// At most so many; all of them when it isn't set.
    pub limit: Option<u32>,
    pub newest_first: bool,
}

impl Reader {
    /// Opens a log for reading. Creates nothing, and doesn't judge what it reads: [`verify`](crate::verify) does.
    ///
    /// # Errors
    /// When there is no log there.
    pub async fn open(url: &AuditUrl) -> Result<Reader, LogError> {
        Ok(Reader { store: ReadStore::open(url).await? })
    }

    /// The entries that fit, in the order of their numbers.
    ///
    /// # Errors
    /// Also when one of them isn't what was written: an entry is either shown as it was, or not at all.
    pub async fn query(&self, filter: &Filter) -> Result<Vec<Stored>, LogError> {
        match &self.store {
            ReadStore::Sqlite(readers) => readers.query(filter).await,
        }
    }

    /// One entry, if there is one with that number.
    pub async fn get(&self, seq: u64) -> Result<Option<Stored>, LogError> {
        match &self.store {
            ReadStore::Sqlite(readers) => readers.get(seq).await,
        }
    }

    /// Size and root, as the log says.
    pub async fn head(&self) -> Result<Head, LogError> {
        match &self.store {
            ReadStore::Sqlite(readers) => readers.head().await,
        }
    }

    /// The proof that entry `seq` is in the tree of the first `size` entries (RFC 6962, 2.1.1). To be checked
    /// with [`merkle::verify_inclusion`].
    pub async fn inclusion_proof(&self, seq: u64, size: u64) -> Result<Vec<merkle::Hash>, LogError> {
        self.roots(merkle::inclusion_ranges(seq, size)?, size).await
    }

    /// The proof that the first `old` entries are the beginning of the first `new` ones (RFC 6962, 2.1.2). To
    /// be checked with [`merkle::verify_consistency`].
    pub async fn consistency_proof(&self, old: u64, new: u64) -> Result<Vec<merkle::Hash>, LogError> {
        self.roots(merkle::consistency_ranges(old, new)?, new).await
    }

    async fn roots(
        &self,
        ranges: Vec<std::ops::Range<u64>>,
        size: u64,
    ) -> Result<Vec<merkle::Hash>, LogError> {
        match &self.store {
            ReadStore::Sqlite(readers) => readers.roots(&ranges, size).await,
        }
    }
}
