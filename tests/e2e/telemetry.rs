//! Traces and lines: what the real collector received of a rotation, what variables do, and what a collector that is not well
//! costs.

mod bench;
mod collectors;
mod lines;
pub(crate) mod spans;
mod traces;
mod variables;
