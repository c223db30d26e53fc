//! A collector that is down, silent, slow or refuses: nothing waits. That nothing fails is in `faults/collector.rs`.

use std::time::Duration;

use turnlock_tests::collector::{Manner, Recorder};

use super::bench::Bench;

/// A tenth of a second is what is promised; the rest is for a busy machine.
const MOST: Duration = Duration::from_millis(250);

/// Of several runs, the one in the middle.
fn usual(bench: &Bench, env: &[(&str, &str)]) -> Duration {
    let mut took: Vec<Duration> = (0..7).map(|_| bench.status(env).took).collect();
    took.sort();
    took[3]
}

#[test]
fn a_collector_that_is_not_well_holds_nobody_up() {
    let bench = Bench::new();
    let well = Recorder::start(Manner::Well);
    let silent = Recorder::start(Manner::Silent);
    let slow = Recorder::start(Manner::Slow(Duration::from_secs(3)));
    let slowish = Recorder::start(Manner::Slow(Duration::from_millis(300)));
    let refusing = Recorder::start(Manner::Refusing("503 Service Unavailable"));
    let throttling = Recorder::start(Manner::Refusing("429 Too Many Requests"));
    bench.status(&[]);
    let off = [("OTEL_EXPORTER_OTLP_ENDPOINT", well.base.as_str()), ("OTEL_SDK_DISABLED", "true")];
    let without = usual(&bench, &off);
    for (kind, base) in [
        ("well", well.base.as_str()),
        ("down", "http://127.0.0.1:1"),
        ("silent", &silent.base),
        ("slow", &slow.base),
        ("slowish", &slowish.base),
        ("refusing", &refusing.base),
        ("throttling", &throttling.base),
    ] {
        let took = usual(&bench, &[("OTEL_EXPORTER_OTLP_ENDPOINT", base)]);
        println!("{kind}: {took:?}, without {without:?}");
        assert!(took < without + MOST, "{kind}: {took:?}, and {without:?} without");
    }
    let sent = well.take("/v1/traces").iter().filter(|r| r.has("turnlock status")).count();
    assert_eq!(sent, 7, "one that is well gets everything");
    assert!(!refusing.take_all().is_empty(), "it was asked");
}
