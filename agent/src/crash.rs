//! Named points at which a test build kills, stops or fails itself: how `docs/crash-matrix.md` is made.
//!
//! With the cargo feature `crash` alone. Without it these functions do nothing but what they are given, and not even the
//! variable's name is in the program (a test searches for it).

#[cfg(not(feature = "crash"))]
mod off;
#[cfg(feature = "crash")]
mod points;

#[cfg(not(feature = "crash"))]
pub(crate) use off::{before, effect, one_by_one};
#[cfg(feature = "crash")]
pub(crate) use points::{before, effect, one_by_one};
