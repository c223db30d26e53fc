//! Who watches a run: progress on a terminal, lines in a pipe; and whether somebody wants it to stop.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::redact;
use crate::secret::{Change, Passed};
use crate::step::Step;

/// What a run tells while it goes.
#[derive(Debug)]
pub enum Event<'a> {
    Begin { step: &'a Step, back: bool },
    Step { step: &'a Step, back: bool, took: Duration, result: Result<&'a [String], String> },
    Unwinding { why: &'a str },
}

/// The signals by which somebody asks a process to end. They are caught from the moment of listening.
pub struct Stop([Signal; 4]);

impl Stop {
    pub fn listen() -> std::io::Result<Self> {
        let on = |kind| signal(kind);
        let (int, term) = (on(SignalKind::interrupt())?, on(SignalKind::terminate())?);
        Ok(Self([int, term, on(SignalKind::hangup())?, on(SignalKind::quit())?]))
    }

    pub async fn asked(&mut self) {
        let [int, term, hangup, quit] = &mut self.0;
        tokio::select! { _ = int.recv() => {}, _ = term.recv() => {}, _ = hangup.recv() => {}, _ = quit.recv() => {} }
    }
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

    /// From now on Ctrl-C, SIGTERM and a closed terminal don't end the process, but the run, between two steps. A second
    /// one has no further effect: a half-done step would be worse.
    pub fn catch_signals(&self) {
        let flag = self.interrupted.clone();
        let Ok(mut stop) = Stop::listen() else { return };
        tokio::spawn(async move {
            loop {
                stop.asked().await;
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
    pub fn debug(&self, ours: &str, theirs: Option<&str>, change: &Change, passed: &Passed) {
        if self.debug
            && let Some(theirs) = theirs
        {
            let theirs = redact::text(theirs, [&change.from, &change.to], passed);
            // A reader that goes away must not end a rotation.
            let _ = writeln!(std::io::stderr(), "debug: {ours}: {theirs}");
        }
    }
}
