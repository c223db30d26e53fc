//! One change of a stack at a time on this host: two that render the same file would undo each other.
//!
//! An advisory lock on the stack's root, which the kernel takes back when the process ends, however it ends.

use std::fs::File;
use std::path::Path;

use rustix::fs::FlockOperation;
use rustix::io::Errno;

use crate::metrics;
use crate::plan::Refusal;

/// Held until dropped.
#[derive(Debug)]
pub struct Lock {
    _root: File,
}

impl Lock {
    pub fn take(root: &Path) -> Result<Self, Refusal> {
        let dir = File::open(root).map_err(|e| {
            let what = format!("cannot open the stack's root {}: {}", root.display(), e.kind());
            Refusal::new(what, "check `root` in the policy")
        })?;
        match rustix::fs::flock(&dir, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {
                metrics::lease(true);
                Ok(Self { _root: dir })
            }
            Err(Errno::WOULDBLOCK) => {
                Err(Refusal::new("another turnlock is working on this stack", "wait until it has ended"))
            }
            Err(e) => {
                Err(Refusal::new(format!("cannot lock {}: {e}", root.display()), "nothing was touched"))
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        metrics::lease(false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time() {
        let root = tempfile::tempdir().unwrap();
        let first = Lock::take(root.path()).unwrap();
        assert!(Lock::take(root.path()).is_err());
        drop(first);
        assert!(Lock::take(root.path()).is_ok());
    }
}
