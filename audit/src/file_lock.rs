//! A lock on a file or a directory, which the kernel takes back when its process ends, however it ends.

use std::{fs::File, io, os::unix::fs::MetadataExt};

use rustix::{fs::FlockOperation, io::Errno};

/// Held until dropped. It is advisory, and its process's alone: programs that are started don't inherit it.
#[derive(Debug)]
pub struct FileLock {
    _file: File,
}

/// Why it could not be had.
#[derive(Debug)]
pub enum Taken {
    /// By the process with this id, if it can be seen from here: one in another container can't.
    By(Option<u32>),
    Failed(io::Error),
}

impl FileLock {
    /// Takes it, or says at once who has it.
    pub fn take(file: File) -> Result<FileLock, Taken> {
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(FileLock { _file: file }),
            Err(Errno::WOULDBLOCK) => Err(Taken::By(holder(&file))),
            Err(error) => Err(Taken::Failed(error.into())),
        }
    }
}

/// By the kernel's list, <https://man7.org/linux/man-pages/man5/proc_locks.5.html>: what a process writes down of itself
/// could be left from one that was killed.
fn holder(file: &File) -> Option<u32> {
    let inode = file.metadata().ok()?.ino();
    of_inode(&std::fs::read_to_string("/proc/locks").ok()?, inode)
}

/// By the inode alone: some file systems show another device here than in `stat`.
fn of_inode(locks: &str, inode: u64) -> Option<u32> {
    locks.lines().find_map(|line| {
        let mut words = line.split_ascii_whitespace().skip(1);
        let (kind, pid) = (words.next()?, words.nth(2)?);
        let place = words.next()?;
        let is_it = kind == "FLOCK" && place.rsplit(':').next()?.parse() == Ok(inode);
        // 0: a process that this one can't see.
        pid.parse().ok().filter(|pid| is_it && *pid > 0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_and_named() {
        let directory = tempfile::tempdir().unwrap();
        let open = || File::open(directory.path()).unwrap();
        let first = FileLock::take(open()).unwrap();
        let Err(Taken::By(Some(pid))) = FileLock::take(open()) else { panic!("taken twice, or by nobody") };
        assert_eq!(pid, std::process::id());
        drop(first);
        FileLock::take(open()).unwrap();
    }

    #[test]
    fn the_kernels_list() {
        let list = "1: POSIX  ADVISORY  READ 11 fe:00:77 128 128\n2: FLOCK  ADVISORY  WRITE 4711 fe:00:77 0 EOF\n\
                    2: -> FLOCK  ADVISORY  WRITE 4712 fe:00:77 0 EOF\n3: FLOCK ADVISORY WRITE 0 fe:00:78 0 EOF\n";
        assert_eq!(of_inode(list, 77), Some(4711));
        assert_eq!((of_inode(list, 78), of_inode(list, 79)), (None, None));
    }
}
