//! Whatever the world does, a command ends with a clear sentence, the right exit code and nothing half done. Each of these
//! stories makes one part of `docs/faults.md`.

mod clock;
mod collector;
mod containers;
mod disk;
mod files;
mod log;
mod postgres;
mod vault;

use turnlock_tests::{Output, Stack};

use crate::refusals::Untouched;

pub(crate) const JWT: &str = "rotate JWT_SECRET --yes --accept-impact JWT_SECRET";

/// Where its value is in Vault, and where a pending one is.
pub(crate) const LIVE: &str = "secret/data/breeze/JWT_SECRET";
pub(crate) const STAGED: &str = "turnlock/data/breeze/JWT_SECRET";

/// It ends so, and nothing was touched, or all of it is as it was.
#[track_caller]
fn untouched(stack: &Stack, line: &str, code: i32) -> Output {
    let before = Untouched::of(stack);
    let output = stack.turnlock(line);
    output.exits(code);
    assert!(Untouched::of(stack) == before, "something was touched by{output}");
    output
}
