//! Named points at which a test build kills, stops or fails itself: how `docs/crash-matrix.md` is made; and one at which it
//! lets a value out, without which `docs/leaks.md` would prove nothing.
//!
//! With the cargo feature `crash` alone. Without it these functions do nothing but what they are given, and not even the
//! variables' names are in the program (tests search for them).

#[cfg(feature = "crash")]
mod leaks;
#[cfg(not(feature = "crash"))]
mod off;
#[cfg(feature = "crash")]
mod points;

#[cfg(feature = "crash")]
pub(crate) use leaks::leak;
#[cfg(not(feature = "crash"))]
pub(crate) use off::{before, beside, effect, leak, one_by_one};
#[cfg(feature = "crash")]
pub(crate) use points::{before, beside, effect, one_by_one};
