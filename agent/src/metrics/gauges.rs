//! What stands now: ages and times that are right at the moment of collection.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use opentelemetry::KeyValue;
use opentelemetry::metrics::{AsyncInstrument, Meter};

use crate::schedule::{DueState, Standing};

/// What is known, by whoever learned it last.
#[derive(Default)]
pub(super) struct State {
    pub(super) stack: Option<String>,
    pub(super) observed: Option<Observed>,
    pub(super) entries: Option<u64>,
    pub(super) token: Option<Token>,
    pub(super) held: bool,
    pub(super) drifted: Option<u64>,
    pub(super) agent: Option<Agent>,
}

/// What policy and log said at one moment.
#[derive(Clone, Debug)]
pub struct Observed {
    pub standings: Vec<Standing>,
    /// The size of the log's head.
    pub entries: u64,
    /// How often the right to act was taken.
    pub epoch: u64,
    /// A rotation has begun and not ended.
    pub unfinished: bool,
    /// When a rotation last ended this way.
    pub ended: Vec<(&'static str, Timestamp)>,
}

pub(super) struct Token {
    pub(super) method: &'static str,
    pub(super) until: Instant,
}

pub(super) struct Agent {
    pub(super) started: Timestamp,
    pub(super) interval: Duration,
    pub(super) round: Option<Timestamp>,
    pub(super) runtime: tokio::runtime::Handle,
}

impl State {
    /// These, and whose they are.
    pub(super) fn labels<const N: usize>(&self, own: [(&'static str, &'static str); N]) -> Vec<KeyValue> {
        let stack = self.stack.iter().map(|stack| KeyValue::new("stack", stack.clone()));
        stack.chain(own.map(|(name, word)| KeyValue::new(name, word))).collect()
    }

    fn of_secret(&self, standing: &Standing) -> Vec<KeyValue> {
        let mut labels = self.labels([]);
        labels.push(KeyValue::new("secret", standing.name.to_string()));
        labels
    }

    /// Something of each secret that has it.
    fn each(&self, of: impl Fn(&Standing) -> Option<f64>) -> Points {
        let standings = self.observed.iter().flat_map(|o| &o.standings);
        standings.filter_map(|s| Some((of(s)?, self.of_secret(s)))).collect()
    }

    fn one(&self, of: Option<f64>) -> Points {
        of.map(|value| (value, self.labels([]))).into_iter().collect()
    }
}

type Points = Vec<(f64, Vec<KeyValue>)>;

/// A name, its unit, what it says, and how it is worked out.
type Gauge = (&'static str, &'static str, &'static str, fn(&State) -> Points);

const OF_SECRETS: [Gauge; 4] = [
    ("turnlock.secret.age", "s", "Time since the secret's last rotation, or import", |state| {
        let now = Timestamp::now();
        state.each(|s| Some(seconds(s.last?, now)))
    }),
    ("turnlock.secret.max_age", "s", "The age at which the policy wants it rotated", |state| {
        state.each(|s| Some(seconds(s.last?, s.next?)))
    }),
    ("turnlock.secret.time_to_due", "s", "Time until it is due; negative: since when", |state| {
        let now = Timestamp::now();
        state.each(|s| Some(seconds(now, s.next?)))
    }),
    ("turnlock.secret.overdue", "", "1 if the secret should have been rotated by now", |state| {
        let now = Timestamp::now();
        state.each(|s| Some(flag(is_due(s, now))))
    }),
];

const OF_LOG: [Gauge; 5] = [
    ("turnlock.rotation.unfinished", "", "1 if a rotation has begun and not ended", |state| {
        state.one(state.observed.as_ref().map(|o| flag(o.unfinished)))
    }),
    ("turnlock.rotation.last.timestamp", "s", "When a rotation last ended this way, by the log", |state| {
        let ended = state.observed.iter().flat_map(|o| &o.ended);
        ended.map(|(outcome, at)| (unix(*at), state.labels([("outcome", *outcome)]))).collect()
    }),
    ("turnlock.audit.entries", "{entry}", "The size of the audit log's head", |state| {
        state.one(state.entries.map(|n| n as f64))
    }),
    ("turnlock.lease.held", "", "1 while this process may change the stack", |state| {
        state.one(Some(flag(state.held)))
    }),
    ("turnlock.lease.epoch", "", "How often that right was taken, by the log", |state| {
        state.one(state.observed.as_ref().map(|o| o.epoch as f64))
    }),
];

const OF_PROCESS: [Gauge; 7] = [
    ("turnlock.build.info", "", "1; the version is its label", |_| {
        vec![(1.0, vec![KeyValue::new("version", env!("CARGO_PKG_VERSION"))])]
    }),
    ("turnlock.vault.token.ttl", "s", "How long the token to Vault lives, while there is one", |state| {
        let token = state.token.iter();
        let left = |t: &Token| t.until.saturating_duration_since(Instant::now()).as_secs_f64();
        token.map(|t| (left(t), state.labels([("method", t.method)]))).collect()
    }),
    (
        "turnlock.drift.places",
        "{place}",
        "Places that did not hold the current version, when last asked",
        |state| state.one(state.drifted.map(|n| n as f64)),
    ),
    ("turnlock.agent.last_round.timestamp", "s", "When the agent last looked, and nothing failed", |state| {
        state.one(state.agent.as_ref().and_then(|a| a.round).map(unix))
    }),
    ("turnlock.agent.interval", "s", "How often the agent looks at least", |state| {
        state.one(state.agent.as_ref().map(|a| a.interval.as_secs_f64()))
    }),
    ("turnlock.agent.start.timestamp", "s", "When the agent was started", |state| {
        state.one(state.agent.as_ref().map(|a| unix(a.started)))
    }),
    ("turnlock.agent.tasks", "{task}", "What the agent has under way beside its loop", |state| {
        state.one(state.agent.as_ref().map(|a| a.runtime.metrics().num_alive_tasks() as f64))
    }),
];

/// Makes all of them; what a thing is not known of has no point.
pub(super) fn register(meter: &Meter, state: &Arc<Mutex<State>>) {
    for (name, unit, text, points) in OF_SECRETS.into_iter().chain(OF_LOG).chain(OF_PROCESS) {
        let state = state.clone();
        let observe = move |observer: &dyn AsyncInstrument<f64>| {
            let state = state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            for (value, labels) in points(&state) {
                observer.observe(value, &labels);
            }
        };
        meter
            .f64_observable_gauge(name)
            .with_unit(unit)
            .with_description(text)
            .with_callback(observe)
            .build();
    }
}

/// Due from the very second, also between two looks at the schedule.
fn is_due(standing: &Standing, now: Timestamp) -> bool {
    standing.state == DueState::NeverRotated || standing.next.is_some_and(|next| next <= now)
}

fn flag(is_so: bool) -> f64 {
    f64::from(u8::from(is_so))
}

fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64()
}

fn unix(at: Timestamp) -> f64 {
    at.as_millisecond() as f64 / 1000.0
}
