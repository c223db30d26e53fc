//! What is counted and timed as it happens.

use opentelemetry::metrics::{Counter, Histogram, Meter};

use super::gauges::State;

/// From a file that is written to a service that takes minutes to get ready.
const STEP: [f64; 14] = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0];
/// From a commit on a fast disk to a log that another process has locked.
const APPEND: [f64; 11] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

/// How a rotation can end.
const OUTCOMES: [&str; 6] = ["done", "retire_pending", "undone", "stuck", "stopped", "refused"];

pub(super) struct Instruments {
    pub(super) rotations: Counter<u64>,
    pub(super) steps: Histogram<f64>,
    pub(super) retries: Counter<u64>,
    pub(super) appends: Histogram<f64>,
    pub(super) logins: Counter<u64>,
    pub(super) renewals: Counter<u64>,
    pub(super) rounds: Counter<u64>,
}

impl Instruments {
    pub(super) fn of(meter: &Meter) -> Self {
        let counter =
            |name, unit, text| meter.u64_counter(name).with_unit(unit).with_description(text).build();
        let seconds = |name, text, bounds: &[f64]| {
            let histogram = meter.f64_histogram(name).with_unit("s").with_description(text);
            histogram.with_boundaries(bounds.to_vec()).build()
        };
        Self {
            rotations: counter(
                "turnlock.rotations",
                "{rotation}",
                "Rotations that this process ran or refused, by how they ended and why they were begun",
            ),
            steps: seconds("turnlock.step.duration", "How long the steps of rotations took", &STEP),
            retries: counter("turnlock.retries", "{retry}", "What failed in passing and was tried again"),
            appends: seconds(
                "turnlock.audit.append.duration",
                "How long it took until entries were on the audit log's disk",
                &APPEND,
            ),
            logins: counter("turnlock.vault.logins", "{login}", "Logins to Vault"),
            renewals: counter("turnlock.vault.renewals", "{renewal}", "Renewals of the token"),
            rounds: counter("turnlock.agent.rounds", "{round}", "The agent's looks at the schedule"),
        }
    }

    /// Everything that an agent may count, from the start.
    pub(super) fn at_nought(&self, state: &State) {
        for outcome in OUTCOMES {
            self.rotations.add(0, &state.labels([("outcome", outcome), ("trigger", "schedule")]));
        }
        for outcome in ["done", "failed"] {
            self.renewals.add(0, &state.labels([("outcome", outcome)]));
            self.rounds.add(0, &state.labels([("outcome", outcome)]));
        }
        for what in ["undo", "promote", "login", "round"] {
            self.retries.add(0, &state.labels([("what", what)]));
        }
    }
}
