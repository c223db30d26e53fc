//! Who watches a run: progress on a terminal, lines in a pipe; and whether somebody wants it to stop.

use std::io::Write;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch::{Receiver, Sender, channel};

use crate::redact;
use crate::secret::{Change, Passed};
use crate::step::Step;

/// What a run tells while it goes.
#[derive(Debug)]
pub enum Event<'a> {
    Begin {
        step: &'a Step,
        back: bool,
    },
    Step {
        step: &'a Step,
        back: bool,
        took: Duration,
        result: Result<&'a [String], String>,
    },
    /// Somebody asked it to end.
    Interrupted,
    Unwinding {
        why: &'a str,
    },
}

/// The signals by which somebody asks a process to end. They are caught from the moment of listening.
pub struct Stop([Signal; 4]);

impl Stop {
    pub fn listen() -> std::io::Result<Self> {
        let on = |kind| signal(kind);
        let (int, term) = (on(SignalKind::interrupt())?, on(SignalKind::terminate())?);
        Ok(Self([int, term, on(SignalKind::hangup())?, on(SignalKind::quit())?]))
    }

    /// Comes with each of them; `true` for Ctrl-C.
    pub async fn asked(&mut self) -> bool {
        let [int, term, hangup, quit] = &mut self.0;
        tokio::select! {
            _ = int.recv() => true,
            _ = term.recv() => false,
            _ = hangup.recv() => false,
            _ = quit.recv() => false,
        }
    }
}

/// Where events go.
pub type Listener = Box<dyn Fn(Event<'_>) + Send + Sync>;

/// What somebody wants of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Asked {
    Nothing,
    /// To end in good order.
    End,
    /// To end where it is.
    Leave,
}

pub struct Watch {
    listener: Listener,
    asked: (Sender<Asked>, Receiver<Asked>),
    debug: bool,
}

impl Watch {
    pub fn new(listener: Listener, debug: bool) -> Self {
        Self { listener, asked: channel(Asked::Nothing), debug }
    }

    /// From now on Ctrl-C, SIGTERM and a closed terminal don't end the process, but the run, between two steps. Ctrl-C
    /// after it leaves a rotation where it is. Not the other signals: a system that goes down sends several at once. Until
    /// the watch is dropped.
    pub fn catch_signals(&self) {
        let tell = self.asked.0.clone();
        let Ok(mut stop) = Stop::listen() else { return };
        tokio::spawn(async move {
            loop {
                let again = tokio::select! {
                    again = stop.asked() => again,
                    () = tell.closed() => return,
                };
                tell.send_modify(|asked| {
                    *asked =
                        if *asked != Asked::Nothing && again { Asked::Leave } else { Asked::End.max(*asked) };
                });
            }
        });
    }

    pub fn interrupted(&self) -> bool {
        *self.asked.1.borrow() != Asked::Nothing
    }

    /// Comes when somebody wants it to be left where it is; says before what a first signal does.
    pub async fn left(&self) {
        let mut asked = self.asked.1.clone();
        let _ = asked.wait_for(|asked| *asked >= Asked::End).await;
        self.tell(Event::Interrupted);
        let _ = asked.wait_for(|asked| *asked >= Asked::Leave).await;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nobody_listens_for_a_run_that_is_over() {
        let watch = Watch::new(Box::new(|_| {}), false);
        watch.catch_signals();
        let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
        tokio::task::yield_now().await;
        assert_eq!(tasks(), 1);
        drop(watch);
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        assert_eq!(tasks(), 0);
    }
}
