//! Turnlock on real servers. Each test is a story: one stack, many scenes. See `turnlock_tests` for how it works, and
//! `tests/run` for how to run it.

mod acl;
mod asking;
mod beginnings;
mod enrolling;
mod failure;
mod faults;
mod hostile;
mod import;
mod login;
mod long;
mod many;
mod metrics;
mod refusals;
mod rotation;
mod server_log;
mod telemetry;
mod templates;
mod transcripts;
