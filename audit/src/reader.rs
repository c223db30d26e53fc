//! Asking.

use jiff::Timestamp;

use crate::{
    AuditUrl, Entry, Head, LogError, Outcome, Stored,
    entry::newer_format,
    merkle,
    store::{ReadStore, StoredHead, no_head},
};

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

    /// The entries that fit, in the order of their numbers; newest first by time alone, in the order of their times.
    ///
    /// # Errors
    /// Also when one of them isn't what was written: an entry is either shown as it was, or not at all. And when one was
    /// written by a newer version: who acts on what the log says must understand all of it.
    pub async fn query(&self, filter: &Filter) -> Result<Vec<Stored>, LogError> {
        self.list(filter).await?.into_iter().map(Listed::understood).collect()
    }

    /// The same for those who only look: what a newer version wrote is handed out too, as it is.
    pub async fn list(&self, filter: &Filter) -> Result<Vec<Listed>, LogError> {
        self.store.list(filter).await
    }

    /// One entry, if there is one with that number.
    pub async fn get(&self, seq: u64) -> Result<Option<Listed>, LogError> {
        self.store.get(seq).await
    }

    /// Size and root, as the log says.
    pub async fn head(&self) -> Result<Head, LogError> {
        self.stored_head().await?.head()
    }

    /// The right to act that was taken last; 0 if none was.
    pub async fn epoch(&self) -> Result<u64, LogError> {
        self.stored_head().await?.epoch()
    }

    async fn stored_head(&self) -> Result<StoredHead, LogError> {
        self.store.head().await?.ok_or_else(no_head)
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
        self.store.snapshot().await?.roots(&ranges, size).await
    }
}

/// An entry as it stands in the log, whatever wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its number: the index of its leaf, from 0.
    pub seq: u64,
    /// The canonical bytes, as they are stored.
    pub body: Vec<u8>,
    /// Their leaf hash (RFC 6962, 2.1), as computed.
    pub leaf: merkle::Hash,
    /// What the store's server itself recorded.
    pub recorded: Option<Recorded>,
    /// What it says; `None` when a newer version wrote it: intact, not interpreted.
    pub entry: Option<Entry>,
}

/// What a server says of an entry that it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// By the server's clock, and never before the entry before it.
    pub at: Timestamp,
    /// The login that it came from.
    pub by: String,
}

impl Listed {
    /// # Errors
    /// When it isn't what was written.
    pub(crate) fn of(
        seq: i64,
        body: Vec<u8>,
        leaf: &[u8],
        recorded: Option<Recorded>,
    ) -> Result<Listed, LogError> {
        let damaged = |what: String| LogError::Damaged(format!("entry {seq} {what}"));
        let computed = merkle::leaf_hash(&body);
        if computed[..] != *leaf {
            return Err(damaged("isn't what was written: its leaf hash differs".into()));
        }
        let entry = match Entry::parse(&body) {
            Ok(entry) => Some(entry),
            Err(error) => match newer_format(&body) {
                Some(_) => None,
                None => return Err(damaged(error.to_string())),
            },
        };
        let seq = u64::try_from(seq).map_err(|_| damaged("has no such number".into()))?;
        Ok(Listed { seq, body, leaf: computed, recorded, entry })
    }

    fn understood(self) -> Result<Stored, LogError> {
        let Listed { seq, body, leaf, recorded, entry } = self;
        match entry {
            Some(entry) => Ok(Stored { seq, entry, body, leaf, recorded }),
            None => Err(LogError::NewFormat { seq, format: newer_format(&body).unwrap_or(0) }),
        }
    }
}
