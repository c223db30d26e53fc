//! Metrics: what operators' tools watch, over OTLP, or as Prometheus's text from `turnlock agent`.
//!
//! Counters and histograms are of this process, and are told as things happen; gauges say what stands now, worked out
//! at the moment of collection from what was last [`observed`] in policy and log. Names, units and labels are in
//! `docs/telemetry.md`. A label holds a name of the policy or a word of this program, so that their number is bounded by
//! the policy; never a value, never another program's text.
//!
//! Until [`Metrics::start`] has made a meter, every function here does nothing, at the price of one atomic load.

mod gauges;
mod instruments;
mod serve;
mod settings;

use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use opentelemetry::metrics::MeterProvider as _;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::SdkMeterProvider;

use crate::telemetry::collector::{Collector, Flushing};

pub use gauges::Observed;
use gauges::{Agent, State, Token};
use instruments::Instruments;
pub use serve::{Server, bind};
pub use settings::{Life, address, listen};

/// The one meter of this process.
static METER: OnceLock<Meter> = OnceLock::new();

struct Meter {
    state: Arc<Mutex<State>>,
    instruments: Instruments,
    registry: prometheus::Registry,
}

impl Meter {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that is done under this lock can stop half-way.
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Holds the provider; call [`Metrics::flush`] at the end.
pub struct Metrics {
    provider: Option<SdkMeterProvider>,
    collector: Option<Collector>,
}

impl Metrics {
    /// Makes a meter, if there is anybody to tell: a collector, or whoever asks the agent.
    pub fn start(life: Life, (collector, resource): (Option<Collector>, Resource)) -> Self {
        let serves = life == Life::Agent { serves: true };
        let collector = collector.filter(|_| life != Life::Silent);
        collector.iter().for_each(Collector::greet);
        let exporter = collector.as_ref().and_then(|collector| settings::exporter(life, collector));
        if exporter.is_none() && !serves {
            return Self { provider: None, collector: None };
        }
        let registry = prometheus::Registry::new();
        let mut builder = SdkMeterProvider::builder().with_resource(resource);
        if let Some(exporter) = exporter {
            builder = builder.with_periodic_exporter(exporter);
        }
        if serves {
            let text = opentelemetry_prometheus::exporter()
                .with_registry(registry.clone())
                .scope_info_enabled(false)
                .build();
            match text {
                Ok(text) => builder = builder.with_reader(text),
                // A registry of our own has no other collector to quarrel with.
                Err(error) => tracing::warn!(%error, "no metrics for Prometheus"),
            }
        }
        let provider = builder.build();
        let meter = provider.meter("turnlock");
        let state = Arc::new(Mutex::new(State::default()));
        gauges::register(&meter, &state);
        // A second call, in a test binary, keeps the first.
        let _ = METER.set(Meter { state, instruments: Instruments::of(&meter), registry });
        Self { provider: Some(provider), collector }
    }

    /// Begins to send what is left.
    pub fn flush(self) -> Flushing {
        match (self.provider, self.collector) {
            (Some(provider), Some(collector)) => {
                Flushing::begin(collector, move || drop(provider.shutdown()))
            }
            _ => Flushing::nothing(),
        }
    }
}

/// Whether anybody is told.
pub fn are_on() -> bool {
    METER.get().is_some()
}

/// What [`serve`](Server) answers with.
pub fn registry() -> Option<prometheus::Registry> {
    METER.get().map(|meter| meter.registry.clone())
}

/// The stack that this process works on: a label of all that follows.
pub fn stack(name: &str) {
    if let Some(meter) = METER.get() {
        meter.state().stack = Some(name.to_owned());
    }
}

/// How one rotation ended, or that it was refused.
pub fn rotation(outcome: &'static str, trigger: &'static str) {
    if let Some(meter) = METER.get() {
        let labels = meter.state().labels([("outcome", outcome), ("trigger", trigger)]);
        meter.instruments.rotations.add(1, &labels);
    }
}

/// One step of a rotation, on the way forward or back.
pub fn step(verb: &'static str, back: bool, done: bool, took: Duration) {
    if let Some(meter) = METER.get() {
        let direction = if back { "back" } else { "forward" };
        let labels = [("verb", verb), ("direction", direction), ("outcome", outcome(done))];
        let labels = meter.state().labels(labels);
        meter.instruments.steps.record(took.as_secs_f64(), &labels);
    }
}

/// Something that failed in passing is tried again.
pub fn retry(what: &'static str) {
    if let Some(meter) = METER.get() {
        meter.instruments.retries.add(1, &meter.state().labels([("what", what)]));
    }
}

/// One append to the audit log; with the number of its last entry, when there is one now.
pub fn appended(took: Duration, done: bool, last: Option<u64>) {
    if let Some(meter) = METER.get() {
        let mut state = meter.state();
        state.entries = last.or(state.entries);
        meter.instruments.appends.record(took.as_secs_f64(), &state.labels([("outcome", outcome(done))]));
    }
}

/// A login to Vault by this method.
pub fn login(method: &'static str, done: bool) {
    if let Some(meter) = METER.get() {
        let labels = meter.state().labels([("method", method), ("outcome", outcome(done))]);
        meter.instruments.logins.add(1, &labels);
    }
}

/// A renewal of the token.
pub fn renewal(done: bool) {
    if let Some(meter) = METER.get() {
        meter.instruments.renewals.add(1, &meter.state().labels([("outcome", outcome(done))]));
    }
}

/// How long the token of this method lives from now on; `None`: for ever, or there is none.
pub fn token(method: &'static str, life: Option<Duration>) {
    if let Some(meter) = METER.get() {
        meter.state().token = life.map(|life| Token { method, until: Instant::now() + life });
    }
}

/// The right to change this stack: held by this process, or not.
pub fn lease(held: bool) {
    if let Some(meter) = METER.get() {
        meter.state().held = held;
    }
}

/// What policy and log say now.
pub fn observed(now: Observed) {
    if let Some(meter) = METER.get() {
        let mut state = meter.state();
        state.entries = Some(now.entries);
        state.observed = Some(now);
    }
}

/// How many places have drifted, after looking.
pub fn drifted(places: usize) {
    if let Some(meter) = METER.get() {
        meter.state().drifted = u64::try_from(places).ok();
    }
}

/// The agent begins: it looks at least this often.
pub fn agent(interval: Duration) {
    if let Some(meter) = METER.get() {
        let mut state = meter.state();
        let runtime = tokio::runtime::Handle::current();
        state.agent = Some(Agent { started: Timestamp::now(), interval, round: None, runtime });
        // A counter that is first seen at 1 is not seen to grow: Prometheus wants the nought before.
        meter.instruments.at_nought(&state);
    }
}

/// One look of the agent at the schedule, with all that followed from it.
pub fn round(done: bool) {
    if let Some(meter) = METER.get() {
        let mut state = meter.state();
        if done && let Some(agent) = &mut state.agent {
            agent.round = Some(Timestamp::now());
        }
        meter.instruments.rounds.add(1, &state.labels([("outcome", outcome(done))]));
    }
}

fn outcome(done: bool) -> &'static str {
    if done { "done" } else { "failed" }
}

#[cfg(test)]
mod tests;
