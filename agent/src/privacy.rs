//! What keeps this process's memory to itself.

use rustix::process::{DumpableBehavior, Resource, Rlimit, getrlimit, set_dumpable_behavior, setrlimit};

/// The kernel takes this limit of one byte for "nothing at all", also where a core goes to a program and not into a file;
/// that program it would start in spite of a limit of 0 (`man 5 core`, `fs/coredump.c`).
const NO_CORE: u64 = 1;

/// Nobody but root may look into this process or attach to it, not even its own user, and no crash leaves its memory on a
/// disk. The limit holds for the programs that it starts too; that it cannot be dumped does not: `execve` takes that back.
pub fn keep() {
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    // What is lower already stays: nobody but root can raise it.
    let most = getrlimit(Resource::Core).maximum.unwrap_or(NO_CORE).min(NO_CORE);
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(most), maximum: Some(most) });
}
