//! What can happen to the world, for a few seconds each.

use std::time::{Duration, Instant};

use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::json;
use turnlock_tests::Stack;

/// One of them, until it is ended.
pub(crate) struct Fault {
    kind: Kind,
    until: Instant,
}

/// Whatever ends when it is dropped.
trait Held {}
impl<T> Held for T {}

enum Kind {
    /// Answers nothing; stopped, it might come back under another address.
    Paused(String),
    Sealed,
    NeverReady,
    /// Somebody else has the log's file.
    LogHeld(Box<dyn Held>),
    /// Every login by AppRole is revoked: over at once.
    Revoked,
}

const SERVICES: [&str; 5] = ["vault", "postgres", "otel", "api", "prometheus"];

/// How many kinds there are.
pub(crate) const KINDS: usize = SERVICES.len() + 4;

impl Fault {
    /// One of the [`KINDS`]; `None` if it is of a service that is just being recreated.
    pub(crate) fn begin(number: usize, stack: &Stack, random: &mut StdRng) -> Option<Fault> {
        let (kind, seconds) = match number {
            0 => (Kind::Sealed, random.random_range(1..4)),
            1 => (Kind::NeverReady, random.random_range(3..10)),
            2 => (Kind::LogHeld(Box::new(stack.hold_log())), random.random_range(1..8)),
            3 => (Kind::Revoked, 0),
            other => {
                let id = stack.ids().remove(SERVICES[other - 4])?;
                if !stack.docker_can(&["pause", &id]) {
                    return None;
                }
                (Kind::Paused(id), random.random_range(1..6))
            }
        };
        match &kind {
            Kind::Sealed => stack.vault().write("sys/seal", json!({})),
            Kind::NeverReady => stack.switch(true),
            Kind::Revoked => _ = stack.vault().revoke_logins(),
            Kind::Paused(_) | Kind::LogHeld(_) => {}
        }
        Some(Fault { kind, until: Instant::now() + Duration::from_secs(seconds) })
    }

    pub(crate) fn is_over(&self) -> bool {
        Instant::now() >= self.until
    }

    pub(crate) fn end(self, stack: &Stack) {
        match self.kind {
            // The agent may have removed it.
            Kind::Paused(id) => _ = stack.docker_can(&["unpause", &id]),
            Kind::Sealed => stack.unseal(),
            Kind::NeverReady => stack.switch(false),
            Kind::LogHeld(held) => drop(held),
            Kind::Revoked => {}
        }
    }
}
