//! What one render may consume, counted while it runs.
//!
//! A single call can be as much work as a whole template: a list that holds another one twice, sixty times over, is
//! small in memory and has no end for whoever walks through it. So everything that walks, compares or searches
//! counts its steps here.

use std::time::Instant;

use super::fault::Fault;
use super::{DEADLINE, MAX_PRODUCED, MAX_STEPS};

pub(super) struct Budget {
    until: Instant,
    steps: usize,
    /// What functions have made, all together, in bytes.
    produced: usize,
}

/// The clock is read once in so many steps.
const STEPS_A_LOOK: usize = 1 << 12;
/// Bytes of a text that are compared in about the time of a step.
const BYTES_A_STEP: usize = 64;

impl Budget {
    pub(super) fn from_now() -> Self {
        Self { until: Instant::now() + DEADLINE, steps: 0, produced: 0 }
    }

    pub(super) fn in_time(&self) -> Result<(), Fault> {
        if Instant::now() > self.until {
            return Err(Fault::Said("the template took too long to render", "make it smaller"));
        }
        Ok(())
    }

    /// Before so many values are looked at.
    pub(super) fn walk(&mut self, values: usize) -> Result<(), Fault> {
        let before = self.steps;
        self.steps = before.saturating_add(values);
        if self.steps > MAX_STEPS {
            return Err(Fault::TooMuch);
        }
        if before / STEPS_A_LOOK == self.steps / STEPS_A_LOOK { Ok(()) } else { self.in_time() }
    }

    /// Before a text is read or compared.
    pub(super) fn read(&mut self, text: &[u8]) -> Result<(), Fault> {
        self.walk(1 + text.len() / BYTES_A_STEP)
    }

    /// Before so many bytes are made that may be kept.
    pub(super) fn make(&mut self, bytes: usize) -> Result<(), Fault> {
        self.produced = self.produced.saturating_add(bytes);
        if self.produced > MAX_PRODUCED { Err(Fault::TooMuch) } else { Ok(()) }
    }
}
