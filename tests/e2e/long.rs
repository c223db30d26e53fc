//! Stories that `tests/run --quick` leaves out.

mod consumers;
mod contract;
mod drift;
mod killed;
mod pivot;
mod schedule;
mod secrecy;
mod steps;
