//! Who watches a run: progress on a terminal, lines in a pipe; and whether somebody wants it to stop.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::redact;
use crate::secret::Change;
use crate::step::Step;

/// What a run tells while it goes.
#[derive(Debug)]
pub enum Event<'a> {
    Begin { step: &'a Step, back: bool },
    Step { step: &'a Step, back: bool, took: Duration, result: Result<&'a [String], String> },
    Unwinding { why: &'a str },
}

/// Where events go.
pub type Listener = Box<dyn Fn(Event<'_>) + Send + Sync>;

pub struct Watch {
    listener: Listener,
    interrupted: std::sync::Arc<AtomicBool>,
    debug: bool,
}

impl Watch {
    pub fn new(listener: Listener, debug: bool) -> Self {
        Self { listener, interrupted: std::sync::Arc::default(), debug }
    }

    /// From now on Ctrl-C and SIGTERM don't end the process, but the run, between two steps. A second one has no
    /// further effect: a half-done step would be worse.
    pub fn catch_signals(&self) {
        let flag = self.interrupted.clone();
        tokio::spawn(async move {
            use tokio::signal::unix::{SignalKind, signal};
            let (Ok(mut int), Ok(mut term)) =
                (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
            else {
                return;
            };
            loop {
                tokio::select! { _ = int.recv() => {}, _ = term.recv() => {} }
                flag.store(true, Ordering::SeqCst);
            }
        });
    }

    pub fn interrupted(&self) -> bool {
        self.interrupted.load(Ordering::SeqCst)
    }

    pub fn tell(&self, event: Event<'_>) {
        (self.listener)(event);
    }

    /// What another program said, for `--debug` only: redacted, bounded, control characters escaped.
    pub fn debug(&self, ours: &str, theirs: Option<&str>, change: &Change) {
        if self.debug
            && let Some(theirs) = theirs
        {
            eprintln!("debug: {ours}: {}", redact::text(theirs, [&change.from, &change.to]));
        }
    }
}
