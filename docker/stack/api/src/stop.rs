//! Stops at once when told to: an api that recreates in half a second has no time for farewells. What is in flight is in
//! transactions.

use tokio::signal::unix::{SignalKind, signal};

pub(crate) fn at_once_on_sigterm() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        std::process::exit(0);
    });
    Ok(())
}
