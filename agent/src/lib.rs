//! Turnlock rotates the secrets of a running stack, and proves it.
//!
//! # A rotation
//!
//! A [`policy`] says which secrets a stack has, how each is made and how often, and where it is held. When one is due
//! ([`schedule`]) or asked for, [`survey`] asks the world for the facts: which versions Vault has, which variable and
//! file reaches which service, what runs now. From facts and request alone, [`plan`] makes the ordered list of
//! [`step`]s; what is printed, logged and run is that same list.
//!
//! [`rotation`] walks it: the new values are *staged* in Vault on a mount of their own; each [`target`] (a rendered file,
//! held containers, a database role, data under a key, containers started again) is made to hold them by *apply*; all of
//! them are proven by *verify*, with a negative control; *promote* makes them Vault's newest versions; *retire* clears
//! away what is left of the old. Promote's intent is the pivot: before it any failure walks the same targets back, with
//! the change reversed; after it the rotation can only be finished.
//!
//! Every step is an intent and an outcome in the audit log ([`journal`]), which is the only state: [`progress`] is a fold
//! over it. [`drift`] asks every target what it holds now; repair applies the current values to themselves.
//!
//! Where Vault and log do not go together, one of them having been restored from an older copy, nothing acts ([`restored`]) until
//! the stack's values are taken back ([`recapture`]) or written down ([`adopt`]).
//!
//! Values are [`secret::Value`]s, which cannot be printed. `vault` is the only module that speaks to Vault.

// They panic when the reader goes away; `cli::out` doesn't.
#![warn(clippy::print_stderr, clippy::print_stdout)]

pub mod actor;
pub mod adopt;
pub mod cli;
pub mod clock;
pub mod compose;
mod crash;
pub mod drift;
pub mod enroll;
pub mod envfile;
pub mod fate;
pub mod generate;
pub mod import;
pub mod journal;
pub mod lock;
pub mod memory;
pub mod metrics;
pub mod plan;
pub mod policy;
pub mod privacy;
pub mod progress;
pub mod recapture;
pub mod recover;
pub mod redact;
pub mod restored;
pub mod rotation;
pub mod schedule;
pub mod secret;
pub mod setup;
pub mod step;
pub mod survey;
pub mod target;
pub mod telemetry;
pub mod template;
pub mod vault;
pub mod watch;
pub mod world;
