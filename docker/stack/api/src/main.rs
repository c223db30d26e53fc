//! The demo's api. It exists to *use* the seven secrets of the runbook for real, so that a rotation that left one of
//! them behind shows: a wrong password refuses a login, a wrong key opens no record, a wrong token scrapes nothing.
//!
//! ```text
//! breeze-api                                  serves on port 3000
//! breeze-api reencrypt records|totp           {"old": "<hex>", "new": "<hex>"} on stdin -> {"changed": 3, "left": 0}
//! breeze-api reencrypt records|totp --check   {"new": "<hex>"} on stdin -> {"left": 0}
//! ```
//! Every error is one sentence of ours, without a value.

mod config;
mod db;
mod metrics;
mod ready;
mod reencrypt;
mod sealing;
mod session;
mod signing;
mod stop;
mod store;
mod switch;
mod token;
mod totp;
mod web;

use std::process::ExitCode;

use crate::{config::Config, store::Table};

const USAGE: &str = "usage: breeze-api [reencrypt records|totp [--check]]";

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> ExitCode {
    // First of all: as a container's first process it would otherwise not even notice a SIGTERM.
    if let Err(error) = stop::at_once_on_sigterm() {
        return failed(&format!("cannot listen for signals: {error}"));
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments.as_slice() {
        [] => serve().await,
        ["reencrypt", "records"] => reencrypt::run(Table::Records).await,
        ["reencrypt", "totp"] => reencrypt::run(Table::TotpSeeds).await,
        ["reencrypt", "records", "--check"] => reencrypt::check(Table::Records).await,
        ["reencrypt", "totp", "--check"] => reencrypt::check(Table::TotpSeeds).await,
        ["--version"] => {
            println!("breeze-api {}", env!("CARGO_PKG_VERSION"));
            Ok(())
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => failed(&sentence),
    }
}

async fn serve() -> Result<(), String> {
    web::serve(Config::from_env()?).await
}

fn failed(sentence: &str) -> ExitCode {
    eprintln!("error: {sentence}");
    ExitCode::FAILURE
}
