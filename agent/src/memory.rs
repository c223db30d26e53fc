//! An agent waits for months: what it once needed for a moment, it should give back.

use std::os::unix::process::CommandExt;
use std::process::Command;

/// How many places glibc takes memory from (`man 3 mallopt`). It reads this once, before `main`.
const ARENAS: &str = "MALLOC_ARENA_MAX";

/// Starts this program again, in the same process, with one arena for all its threads. Otherwise each thread that ever worked beside
/// another one leaves an arena that is never given back: 10 MB of heap after nine hours of faults, in the place of 8. Does nothing if that is set
/// already, or if it can't be done.
pub fn spare() {
    if std::env::var_os(ARENAS).is_some() {
        return;
    }
    let mut args = std::env::args_os();
    let (Ok(program), Some(name)) = (std::env::current_exe(), args.next()) else { return };
    // It returns only if it failed, and then this one goes on as it is.
    let _ = Command::new(program).arg0(name).args(args).env(ARENAS, "1").exec();
}
