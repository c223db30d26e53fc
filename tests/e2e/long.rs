//! Stories that `tests/run --quick` leaves out.

mod by_hand;
mod consumers;
mod contract;
mod drift;
mod expiry;
mod killed;
mod matrix;
mod own_login;
mod racing;
mod resolve;
mod restored;
mod schedule;
mod secrecy;
mod steps;
mod stranger;
