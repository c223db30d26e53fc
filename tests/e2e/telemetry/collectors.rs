//! A collector that is down, silent, slow or refuses: nothing fails, nothing waits.

use std::time::Duration;

use turnlock_tests::Stack;
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

#[test]
fn a_rotation_does_not_know_whether_there_is_a_collector() {
    let stack = Stack::imported("collectors");
    let line = "rotate JWT_SECRET --yes --accept-impact JWT_SECRET";
    let silent = Recorder::start(Manner::Silent);
    let refusing = Recorder::start(Manner::Refusing("500 Internal Server Error"));
    for endpoint in ["http://127.0.0.1:1", &silent.base, &refusing.base, "not an address", ""] {
        stack.scene(&format!("a rotation, with a collector at {endpoint:?}"));
        let output = stack.turnlock_with(line, &[("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)]);
        let ended = jiff::Timestamp::now();
        output.ok();
        // What is no address at all is told, once.
        let expected = usize::from(endpoint == "not an address");
        assert_eq!(output.err.lines().count(), expected, "{}", output.err);
        let shown = stack.turnlock("audit show last --json").ok().json();
        let last = shown["entries"].as_array().and_then(|e| e.last()).expect("entries");
        let written: jiff::Timestamp = last["entry"]["at"].as_str().expect("a time").parse().expect("a time");
        let late = ended.duration_since(written);
        assert!(late.as_millis() < 600, "with {endpoint:?} the end came {} ms late", late.as_millis());
        let id = last["entry"]["trace_id"].as_str().map(str::len);
        assert_eq!(id, Some(32), "ids are there without a collector");
    }
    stack.turnlock("drift").ok();
    stack.finish();
}
