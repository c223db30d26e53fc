//! The collector of telemetry: whatever it does, a rotation does not know it.

use std::time::Duration;

use turnlock_tests::collector::{Manner, Recorder};
use turnlock_tests::{FaultPart, Stack};

use super::JWT;

#[test]
fn a_rotation_does_not_know_whether_there_is_a_collector() {
    let stack = Stack::imported("faults of the collector");
    let mut part = FaultPart::new("The collector of telemetry");
    let silent = Recorder::start(Manner::Silent);
    let slow = Recorder::start(Manner::Slow(Duration::from_secs(3)));
    let refusing = Recorder::start(Manner::Refusing("500 Internal Server Error"));
    for (endpoint, fault) in [
        ("", "there is none"),
        ("http://127.0.0.1:1", "it is down"),
        (silent.base.as_str(), "it answers nothing"),
        (&slow.base, "it answers after 3 s"),
        (&refusing.base, "it refuses everything with 500"),
        ("not an address", "its address is none"),
    ] {
        stack.scene(&format!("a rotation, and of the collector: {fault}"));
        let output = stack.turnlock_with(JWT, &[("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)]);
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
        part.row(
            &stack,
            fault,
            &output,
            "the new version everywhere, verified; the log is whole, and nothing waited",
        );
    }
    assert!(!silent.take_all().is_empty() && !slow.take_all().is_empty() && !refusing.take_all().is_empty());
    stack.turnlock("drift").ok();
    stack.turnlock("audit verify").ok();
    part.is_as_written();
    stack.finish();
}
