//! The text as Prometheus gets it, without a stack.

use super::*;
use crate::schedule::{DueState, Standing};

/// A meter of its own, and its text.
struct Bench {
    state: Arc<Mutex<State>>,
    instruments: Instruments,
    registry: prometheus::Registry,
    _provider: SdkMeterProvider,
}

impl Bench {
    fn new() -> Self {
        let registry = prometheus::Registry::new();
        let exporter = opentelemetry_prometheus::exporter().with_registry(registry.clone());
        let exporter = exporter.scope_info_enabled(false).without_target_info().build().unwrap();
        let provider = SdkMeterProvider::builder().with_reader(exporter).build();
        let (meter, state) = (provider.meter("test"), Arc::new(Mutex::new(State::default())));
        gauges::register(&meter, &state);
        Self { state, instruments: Instruments::of(&meter), registry, _provider: provider }
    }

    fn text(&self) -> String {
        prometheus::TextEncoder::new().encode_to_string(&self.registry.gather()).unwrap()
    }

    /// The one number of a series.
    fn number(&self, series: &str) -> Option<f64> {
        let text = self.text();
        let mut found = text.lines().filter_map(|l| l.strip_prefix(series)?.strip_prefix(' '));
        let number = found.next().map(|n| n.parse().unwrap());
        assert_eq!(found.next(), None, "{series} is there twice");
        number
    }
}

fn standing(name: &str, last: Option<i64>, next: Option<i64>, state: DueState) -> Standing {
    let from_now = |hours: i64| Timestamp::now() + jiff::SignedDuration::from_hours(hours);
    Standing { name: name.parse().unwrap(), last: last.map(from_now), next: next.map(from_now), state }
}

fn observed(standings: Vec<Standing>) -> Observed {
    Observed { standings, entries: 7, epoch: 3, unfinished: false, ended: Vec::new() }
}

#[test]
fn ages_are_those_of_the_moment_and_what_is_not_known_is_not_there() {
    let bench = Bench::new();
    {
        let mut state = bench.state.lock().unwrap();
        state.stack = Some("shop".into());
        state.observed = Some(observed(vec![
            standing("LATER", Some(-1), Some(1), DueState::Later),
            // It was not due yet when the log was looked at.
            standing("SINCE", Some(-2), Some(-1), DueState::DueSoon),
            standing("NEVER", None, None, DueState::NeverRotated),
            standing("EVENT", Some(-3), None, DueState::OnEvent),
        ]));
    }
    let of = |metric: &str, name: &str| {
        bench.number(&format!("turnlock_secret_{metric}{{secret=\"{name}\",stack=\"shop\"}}")).map(f64::round)
    };
    assert_eq!(of("age_seconds", "LATER"), Some(3600.0));
    assert_eq!(of("max_age_seconds", "LATER"), Some(7200.0));
    assert_eq!(of("time_to_due_seconds", "SINCE"), Some(-3600.0));
    let overdue = ["LATER", "SINCE", "NEVER", "EVENT"].map(|name| of("overdue", name));
    assert_eq!(overdue, [Some(0.0), Some(1.0), Some(1.0), Some(0.0)]);
    assert_eq!((of("age_seconds", "NEVER"), of("time_to_due_seconds", "NEVER")), (None, None));
    assert_eq!((of("age_seconds", "EVENT"), of("max_age_seconds", "EVENT")), (Some(10800.0), None));
    assert_eq!(bench.number("turnlock_lease_epoch{stack=\"shop\"}"), Some(3.0));

    // A secret that the policy does not have any more is gone, and so is a token.
    bench.state.lock().unwrap().observed = Some(observed(Vec::new()));
    assert_eq!(of("age_seconds", "LATER"), None);
    let life = Duration::from_secs(100);
    bench.state.lock().unwrap().token = Some(Token { method: "approle", until: Instant::now() + life });
    let ttl = "turnlock_vault_token_ttl_seconds{method=\"approle\",stack=\"shop\"}";
    assert!(bench.number(ttl).is_some_and(|left| (99.0..=100.0).contains(&left)));
    bench.state.lock().unwrap().token = None;
    assert_eq!(bench.number(ttl), None);
}

#[test]
fn counters_begin_at_nought_and_times_are_in_seconds() {
    let bench = Bench::new();
    let state = bench.state.lock().unwrap();
    bench.instruments.at_nought(&state);
    let labels = state.labels([("verb", "apply"), ("direction", "forward"), ("outcome", "done")]);
    drop(state);
    bench.instruments.steps.record(0.2, &labels);
    assert_eq!(bench.number("turnlock_rotations_total{outcome=\"stuck\",trigger=\"schedule\"}"), Some(0.0));
    let series = "{direction=\"forward\",outcome=\"done\",verb=\"apply\"";
    let bucket =
        |le: &str| bench.number(&format!("turnlock_step_duration_seconds_bucket{series},le=\"{le}\"}}"));
    assert_eq!((bucket("0.1"), bucket("0.25"), bucket("+Inf")), (Some(0.0), Some(1.0), Some(1.0)));
    assert!(bench.text().contains("# TYPE turnlock_step_duration_seconds histogram\n"));
}

#[test]
fn an_address_has_a_host_and_a_port() {
    for good in ["127.0.0.1:9464", "[::1]:9464", "localhost:0"] {
        assert_eq!(address(good).as_deref(), Ok(good));
    }
    for bad in ["", "9464", ":9464", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "host:http"] {
        assert!(address(bad).is_err(), "{bad}");
    }
}
