//! An append-only, tamper-evident audit log.
//!
//! An [`Entry`] is written as its canonical bytes (RFC 8785, JSON Canonicalization Scheme), and those bytes are
//! the leaves of a Merkle tree (RFC 6962). So whoever kept a [`Head`] (a size and a root, 40 bytes) can later
//! be shown that an entry is in the log, and that the log was only added to.
//!
//! - [`Log`] appends: a batch under one short lock, all or nothing, on the disk when it returns.
//! - [`Lease`] keeps everybody else from acting on what the log is about, as long as its process works.
//! - [`Reader`] asks, and has no way to write.
//! - [`verify`](verify::verify) trusts nothing that is stored beside the bytes: it recomputes everything and
//!   names the first thing that is wrong.
//!
//! The database refuses to change or remove what was written, by triggers. Whoever owns the file can take
//! triggers away; that is not prevented, but seen, as far as a file can testify against itself: somebody who
//! recomputes the whole tree leaves a log that is sound in itself, and only a head kept elsewhere tells.
//!
//! This crate knows nothing of what is logged. It reads no calendar and no environment.

pub mod canonical;
mod entry;
mod file_lock;
mod lease;
mod leaves;
mod log;
pub mod merkle;
mod moving;
pub mod posture;
mod reader;
mod scan;
pub mod setup;
mod store;
pub mod verify;

pub use entry::{
    Asserted, Direction, Entry, EntryError, FORMAT, MAX_BODY, MAX_INTEGER, Outcome, Phase, Stored, Versions,
};
pub use file_lock::{FileLock, Taken};
pub use lease::{Holder, Lease};
pub use log::{LEASE, Log, LogError, MOVE};
pub use merkle::Head;
pub use moving::{MoveError, Moved, moved};
pub use reader::{Filter, Listed, Reader, Recorded};
pub use store::{AuditUrl, PostgresUrl, UrlError};
pub use verify::VerifyError;
