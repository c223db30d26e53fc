//! One change of a stack at a time: two that render the same file would undo each other.
//!
//! On this host, by a lock on the stack's root, whichever logs they write; and wherever they are, by the log's [lease].
//!
//! [lease]: turnlock_audit::Lease

use std::fs::File;
use std::path::Path;

use turnlock_audit::{FileLock, Holder, LogError, Taken};

use crate::journal::Journal;
use crate::metrics;
use crate::plan::Refusal;

/// Held until dropped, together with the journal.
#[derive(Debug)]
pub struct Lock {
    /// `None` beside a process that was stopped for so long that it lost the log's lease to us.
    _root: Option<FileLock>,
}

/// Why it could not be had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    #[error("{}", .0.what)]
    Refused(Refusal),
    #[error(transparent)]
    Log(#[from] LogError),
}

impl Lock {
    /// Before the first look at what a change depends on.
    pub async fn take(root: &Path, journal: &Journal) -> Result<Self, LockError> {
        journal.hold().await.map_err(|error| match error {
            LogError::Held(holder) => LockError::Refused(at_work(holder)),
            error => LockError::Log(error),
        })?;
        let root = of_root(root, journal.is_on_a_server()).map_err(LockError::Refused)?;
        metrics::lease(true);
        Ok(Self { _root: root })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        metrics::lease(false);
    }
}

/// A stopped process keeps its files' locks. One whose lease is ours does nothing more when it wakes, so it is not waited for;
/// a lease in a file it would have kept as well.
fn of_root(root: &Path, leases_end: bool) -> Result<Option<FileLock>, Refusal> {
    let dir = File::open(root).map_err(|e| {
        let what = format!("cannot open the stack's root {}: {}", root.display(), e.kind());
        Refusal::new(what, "check `root` in the policy")
    })?;
    match FileLock::take(dir) {
        Ok(lock) => Ok(Some(lock)),
        Err(Taken::By(Some(pid))) if leases_end && is_stopped(pid) => {
            tracing::warn!(pid, "goes on beside a stopped process, which has lost the right to act");
            Ok(None)
        }
        Err(Taken::By(pid)) => Err(at_work(Holder::Process(pid))),
        Err(Taken::Failed(e)) => {
            Err(Refusal::new(format!("cannot lock {}: {}", root.display(), e.kind()), "nothing was touched"))
        }
    }
}

/// By a signal or a debugger: <https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html>.
fn is_stopped(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = stat.rsplit_once(") ").map(|(_, rest)| rest);
    state.is_some_and(|rest| rest.starts_with(['T', 't']))
}

/// One that is stopped still holds a file's lock.
fn at_work(holder: Holder) -> Refusal {
    let what = format!("another turnlock is working on this stack: {holder}");
    let help = match holder {
        Holder::Process(Some(pid)) => {
            format!(
                "wait until it has ended; `ps -o stat,etime,args {pid}` shows it (state T: it is stopped)"
            )
        }
        Holder::Process(None) => "wait until it has ended".into(),
        Holder::Session { pid, .. } => format!(
            "wait until it has ended; on the log's server, SELECT * FROM pg_stat_activity WHERE pid = {pid} shows it"
        ),
        Holder::Gone => "run it again".into(),
    };
    Refusal::new(what, help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time() {
        let root = tempfile::tempdir().unwrap();
        let first = of_root(root.path(), true).unwrap();
        let refused = of_root(root.path(), true).unwrap_err();
        assert!(refused.what.ends_with(&format!("process {}", std::process::id())), "{}", refused.what);
        drop(first);
        assert!(of_root(root.path(), true).unwrap().is_some());
    }
}
