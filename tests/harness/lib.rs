//! A real stack for a test: PostgreSQL, its exporter, Prometheus, the api, OpenBao and an OTLP collector in containers,
//! and the `turnlock` program to act on them.
//!
//! ```no_run
//! use turnlock_tests::Stack;
//! let stack = Stack::imported("my-story"); // up, with its seven secrets in Vault as version 1
//! stack.turnlock("rotate POSTGRES_PASSWORD --yes").ok().says("Done");
//! stack.turnlock("drift").exits(0);
//! // dropped: everything is removed, also when an assertion failed
//! ```
//!
//! A stack costs seven seconds, so a test is a *story*: one stack and many scenes, each named by [`Stack::scene`], which is
//! what is printed while it runs. At the end of each story [`Stack`] looks for every value that it knows in everything that
//! `turnlock` printed, and in its audit log. No value is ever printed by the harness itself: a [`Value`] cannot be.

mod api;
pub mod bao;
pub mod canary;
pub mod certificates;
mod checker;
pub mod collector;
mod commands;
mod database;
mod docker;
mod fault_page;
mod files;
mod log;
mod log_server;
pub mod neighbour;
mod output;
mod postgres;
mod program;
mod prometheus;
pub mod proxy;
mod raft;
mod rows;
mod search;
mod secrecy;
mod shop;
mod slots;
mod stack;
mod steady;
mod value;
mod vault;
pub mod watch;
mod web;

pub use api::{Api, Session, totp};
pub use bao::{Bao, free_port};
pub use checker::{Checker, Faults, Side};
pub use docker::Container;
pub use fault_page::FaultPart;
pub use files::{env_file, inode, owner_and_mode};
pub use log_server::LogServer;
pub use output::Output;
pub use postgres::Postgres;
pub use program::{
    Signal, crash_build, repository, run_turnlock, set_up, signal, turnlock as turnlock_program, words,
};
pub use prometheus::{Prometheus, promtool, scrape};
pub use raft::Raft;
pub use search::Search;
pub use shop::Shop;
pub use slots::take_down;
pub use stack::{ACCEPT_ALL, Draft, SECRETS, Stack};
pub use steady::steady;
pub use value::Value;
pub use vault::Vault;
pub use web::install_provider;
