//! The program: parse, telemetry, one match on the command.

#![warn(clippy::print_stderr, clippy::print_stdout)]

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use tracing::Instrument;
use turnlock::cli::{self, Cli, Command};
use turnlock::metrics::{Life, Metrics};
use turnlock::privacy;
use turnlock::telemetry::collector::Flushing;
use turnlock::telemetry::{Telemetry, spans};

/// What is freed is wiped, whoever had it: libraries keep copies of what they read, send and parse.
#[global_allocator]
static WIPING: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);

fn main() -> ExitCode {
    privacy::keep();
    // A library's panic message may hold what it was working on.
    std::panic::set_hook(Box::new(|info| {
        let file = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        let place = info.location().map(|l| format!("{}:{}", file(l.file()), l.line())).unwrap_or_default();
        complain(&format!("error: internal error at {place}; see where things stand with `turnlock drift`"));
    }));
    let _ = rustls::crypto::ring::default_provider().install_default();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return cli::misread(&error),
    };
    let telemetry = Telemetry::start(&cli.told(), cli.global.log_format);
    let metrics = Metrics::start(cli.command.life(), telemetry.for_metrics());
    // What a command does is done on this thread; the other one is for what must go on beside it, a lease's beat or a token's
    // renewal. Each more would keep memory of its own.
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => {
            complain(&format!("error: cannot start: {}", e.kind()));
            return ExitCode::from(1);
        }
    };
    let result = runtime.block_on(run(&cli));
    drop(runtime);
    let [spans, records] = telemetry.flush();
    // All at once, so that the bound on one is the bound on all.
    [metrics.flush(), spans, records].into_iter().for_each(Flushing::wait);
    cli::end(result, &cli.global)
}

/// Runs it; what stands afterwards is told with what it did.
async fn run(cli: &Cli) -> Result<cli::Code, cli::Error> {
    let span = cli.command.span();
    let result = command(cli).instrument(span.clone()).await;
    if let Err(error) = &result {
        spans::failed(&span, error.kind());
    }
    if cli.command.life() != Life::Silent {
        cli::observe(&cli.global).await;
    }
    result
}

async fn command(cli: &Cli) -> Result<cli::Code, cli::Error> {
    let global = &cli.global;
    match &cli.command {
        Command::Setup { command } => cli::setup::run(global, command).await,
        Command::Enroll(args) => cli::enroll::run(global, args).await,
        Command::Import(args) => cli::import::run(global, args).await,
        Command::Plan(args) => cli::plan::run(global, args).await,
        Command::Rotate(args) => cli::rotate::run(global, args).await,
        Command::Rollback(args) => cli::rotate::rollback(global, args).await,
        Command::Status => cli::status::run(global).await,
        Command::Drift => cli::drift::run(global).await,
        Command::Repair(args) => cli::drift::repair(global, args).await,
        Command::Recover(args) => cli::recover::run(global, args).await,
        Command::Resolve(args) => cli::resolve::run(global, args).await,
        Command::Adopt(args) => cli::adopt::run(global, args).await,
        Command::Recapture(args) => cli::recapture::run(global, args).await,
        Command::History(args) => cli::history::run(global, args).await,
        Command::Audit { command } => cli::audit::run(global, command).await,
        Command::Render(args) => cli::render::run(global, args).await,
        Command::Agent(args) => cli::agent::run(global, args).await,
        Command::Policy { command } => cli::check_policy(global, command),
        Command::Completions { shell } => cli::completions(*shell),
    }
}

/// A reader that goes away is no reason to stop half-way.
fn complain(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
