//! Appending.

use std::path::PathBuf;

use crate::{AuditUrl, Entry, EntryError, Holder, Lease, Reader, merkle, store::Store};

/// The log, open for appending. There may be several at once, in any number of processes.
#[derive(Debug)]
pub struct Log {
    pub(crate) store: Store,
    reader: Reader,
    url: AuditUrl,
}

/// What is appended: an entry, the bytes that say it, and their hash.
#[derive(Debug)]
pub(crate) struct Sealed<'a> {
    pub(crate) entry: &'a Entry,
    pub(crate) body: Vec<u8>,
    pub(crate) leaf: merkle::Hash,
}

impl Log {
    /// Makes a new log, and the directory that it is in (mode 0700) when there is none.
    ///
    /// # Errors
    /// When there is anything at that place already.
    pub async fn init(url: &AuditUrl) -> Result<Log, LogError> {
        let store = Store::init(url).await?;
        Log::with(store, url).await
    }

    /// Opens a log that exists. Creates nothing.
    ///
    /// # Errors
    /// When it is missing, isn't exactly what [`init`](Log::init) makes, or lacks entries that its head counts.
    pub async fn open(url: &AuditUrl) -> Result<Log, LogError> {
        let store = Store::open(url).await?;
        Log::with(store, url).await
    }

    async fn with(store: Store, url: &AuditUrl) -> Result<Log, LogError> {
        Ok(Log { store, reader: Reader::open(url).await?, url: url.clone() })
    }

    /// Appends these entries, all or none, and says which numbers they got. They are on the disk when it returns.
    ///
    /// When the future is dropped before, they may have been appended or not.
    pub async fn append(&self, entries: &[Entry]) -> Result<Vec<u64>, LogError> {
        let sealed = entries.iter().map(Sealed::of).collect::<Result<Vec<_>, _>>()?;
        if sealed.is_empty() {
            return Ok(Vec::new());
        }
        self.store.append(&sealed).await
    }

    /// The right to act that was taken last (an entry `lease`): 0 if none was.
    ///
    /// Whoever takes it appends such an entry with the next number, first in a batch; if somebody else did since this
    /// was asked, [`LogError::Stale`] says so, and nothing of the batch is written.
    pub async fn epoch(&self) -> Result<u64, LogError> {
        self.reader.epoch().await
    }

    /// Keeps others from acting on what this log is about, until it is dropped or lost.
    ///
    /// A courtesy, by which others learn at once that somebody is at work: that nothing is written by who was overtaken is
    /// the [`epoch`](Log::epoch)'s part.
    ///
    /// # Errors
    /// [`LogError::Held`] when somebody has it.
    pub async fn hold(&self) -> Result<Lease, LogError> {
        Lease::take(&self.url).await
    }

    /// Where it is.
    pub fn url(&self) -> &AuditUrl {
        &self.url
    }

    /// Somebody who may ask and not write.
    pub fn reader(&self) -> Reader {
        self.reader.clone()
    }

    /// Puts the files in order and closes them. Without it nothing is lost.
    pub async fn close(self) {
        drop(self.reader);
        self.store.close().await;
    }
}

impl<'a> Sealed<'a> {
    pub(crate) fn of(entry: &'a Entry) -> Result<Sealed<'a>, EntryError> {
        let body = entry.canonical()?;
        entry.check_for_appending()?;
        Ok(Sealed { entry, leaf: merkle::leaf_hash(&body), body })
    }

    /// What is stored already, to be stored elsewhere as it is.
    pub(crate) fn again(entry: &'a Entry, body: Vec<u8>) -> Sealed<'a> {
        Sealed { entry, leaf: merkle::leaf_hash(&body), body }
    }
}

/// The log's epoch after these entries.
///
/// # Errors
/// An entry of a run under an older right to act than the log has seen, or under one that nobody took.
pub(crate) fn epoch_after(mut current: u64, entries: &[Sealed<'_>]) -> Result<u64, LogError> {
    for entry in entries.iter().map(|sealed| sealed.entry) {
        let epoch = entry.epoch.unwrap_or(0);
        let takes = entry.action == LEASE;
        if takes && epoch == current + 1 {
            current = epoch;
        } else if takes || epoch > current || (entry.rotation.is_some() && epoch < current) {
            return Err(LogError::Stale { epoch, current });
        }
    }
    Ok(current)
}

/// The action by which the right to act is taken.
pub const LEASE: &str = "lease";
/// A log's last entry, when it goes on in another store.
pub const MOVE: &str = "move";

/// What went wrong with the log: what happened, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    #[error(
        "there is no audit log at {0}; check the address, or make a new log there with an explicit `init`"
    )]
    Missing(PathBuf),
    #[error("there is something at {0} already; to use it, open it; to begin anew, move it away first")]
    Exists(PathBuf),
    #[error("{path} can't be used as an audit log: {why}")]
    Unusable { path: PathBuf, why: String },
    #[error(
        "{path} isn't an audit log, or one of another version of this program ({what}); check the address and the version"
    )]
    NotALog { path: PathBuf, what: String },
    #[error(
        "the audit log's own rules were changed: {0}; nothing is written to it. Keep the file as evidence, find out \
         who changed it, and go on from a good copy"
    )]
    Rules(String),
    #[error(
        "the audit log isn't whole: {0}; nothing is written to it. Verify it, keep the file as evidence, and go on \
         from a good copy"
    )]
    Damaged(String),
    #[error("the audit log at {0} was removed or replaced while it was in use; put it back as it was")]
    Replaced(PathBuf),
    #[error(transparent)]
    Entry(#[from] EntryError),
    #[error(
        "the audit log has been locked by another process for {0} seconds; find out which one, and try again"
    )]
    Busy(u64),
    #[error("there is no room for the audit log: the disk or the quota is full; make room, and try again")]
    Full,
    #[error(
        "the audit log can't be written: the file, its directory or its file system is read-only; check owner, mode and attributes (`lsattr`)"
    )]
    ReadOnly,
    /// It is not known whether the batch was written.
    #[error(
        "the audit log's disk refused to read or write it: it fails, or became read-only; see the kernel's log \
         (`dmesg`), how it is mounted (`findmnt`), and the file's attributes (`lsattr`)"
    )]
    Disk,
    #[error(
        "the audit log at {place} was made by an older version (schema {found}; this program's is {ours}); bring it to \
         this one with `turnlock setup audit`, which leaves every entry as it is"
    )]
    OldSchema { place: String, found: i64, ours: i64 },
    #[error(
        "the audit log at {place} was made by a newer version (schema {found}; this program's is {ours}); use that \
         version of turnlock"
    )]
    NewSchema { place: String, found: i64, ours: i64 },
    #[error("there is no audit log in the database at {0}; make one with `turnlock setup audit`")]
    NotSetUp(String),
    #[error("{what} can't be made: {why}; {help}")]
    SetUp { what: String, why: String, help: &'static str },
    #[error(
        "this audit log goes on elsewhere, at {0}; nothing more is written here. Set TURNLOCK_AUDIT_URL to that"
    )]
    Moved(String),
    #[error(
        "entry {seq} was written by a newer version (format {format}); use that version of turnlock to go on"
    )]
    NewFormat { seq: u64, format: u64 },
    #[error("the audit log's server at {0} can't be reached; check the address, and that it runs")]
    Unreachable(String),
    #[error("the audit log's server refused the login {0}; check user and password (PGPASSWORD, PGPASSFILE)")]
    Login(String),
    #[error(
        "the login {user} may not {what}; it has to be a member of the roles that `turnlock setup audit` makes for that"
    )]
    Denied { user: String, what: &'static str },
    #[error("the audit log's server failed: {0}; its own log says more")]
    Server(&'static str),
    /// It is not known whether the batch was written.
    #[error("the connection to the audit log's server was lost; nothing more is done until it answers again")]
    Lost,
    /// Another has taken the right to act since.
    #[error(
        "another process has taken over since (epoch {current}; this one acts under {epoch}); nothing was written, and \
         this process must stop"
    )]
    Stale { epoch: u64, current: u64 },
    #[error("another process acts on this audit log: {0}; wait until it has ended")]
    Held(Holder),
    #[error(
        "this process has lost the right to act: for {0} seconds it was stopped, or cut off from the audit log's server, \
         which lets others act then"
    )]
    LeaseLost(u64),
    #[error("the audit log has {has} entries; there is no proof for {asked}")]
    Range { has: u64, asked: u64 },
    #[error(transparent)]
    Proof(#[from] merkle::ProofError),
    #[error("the audit log's database failed: {0}")]
    Database(#[source] sqlx::Error),
    #[error("the audit log's file can't be read: {0}")]
    File(#[source] rusqlite::Error),
}
