//! The same search, of a program that does let values out.

use std::time::{Duration, Instant};

use turnlock_tests::{Search, Stack, crash_build, turnlock_program, watch};

use turnlock_tests::collector::Recorder;

use super::page::Page;

const LEAK: &str = "TURNLOCK_LEAK";
const LINE: &str = "rotate POSTGRES_PASSWORD --yes --debug";

pub(super) fn leaks_are_found(stack: &mut Stack, page: &mut Page) {
    stack.scene("the same search, with leaks: each is found");
    let holds = |program| {
        let bytes = std::fs::read(program).expect("readable");
        bytes.windows(LEAK.len()).any(|w| w == LEAK.as_bytes())
    };
    assert!(holds(crash_build()) && !holds(turnlock_program()), "only the test build can leak");
    let collector = Recorder::before(&stack.collector());
    stack.set("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.base);

    let (processes, temporary) = (watch::Processes::watch(), stack.root.join("temporary/turnlock-leak"));
    let (search, said) = leak(stack, "argument environment file line span stdout", 0);
    let seen = processes.stop();
    let mut found = |place, form, text: &[u8]| {
        assert_eq!(search.found_in(text).len(), 1, "{form}: not found in {place}");
        page.planted(place, form, "found");
    };
    let sent = |path| collector.take(path).into_iter().flat_map(|r| r.body).collect::<Vec<u8>>();
    found("arguments of every process", "in base64, as a login that begins somewhere", &seen.arguments());
    found(
        "environments of every process but the consumers'",
        "half of it",
        &seen.environments(&Default::default()),
    );
    found("temporary files", "as in a URL", &std::fs::read(&temporary).expect("it is there"));
    found("standard output", "its first eight characters", said.out.as_bytes());
    found("standard error", "half of it, in a line of the program's own log", said.err.as_bytes());
    found("log records on their way to the collector", "the same line", &sent("/v1/logs"));
    found("traces on their way to the collector", "in hex, as an attribute of a span", &sent("/v1/traces"));

    let (search, said) = leak(stack, "error", 1);
    let log = std::fs::read(stack.audit_path()).expect("readable");
    let wal = std::fs::read(stack.audit_path().with_extension("db-wal")).unwrap_or_default();
    for (place, text) in [
        ("standard output", said.out.into_bytes()),
        ("the audit log", [log, wal].concat()),
        ("traces on their way to the collector", sent("/v1/traces")),
    ] {
        assert_eq!(search.found_in(&text).len(), 1, "an error with a value: not found in {place}");
        page.planted(place, "as it is, in an error's sentence", "found");
    }

    let (search, said) = leak(stack, "panic", 101);
    said.says("internal error at leaks.rs:");
    let told = [said.out.as_bytes(), said.err.as_bytes(), &sent("/v1/traces"), &sent("/v1/logs")].concat();
    assert_eq!(search.found_in(&told).len(), 0, "a panic's message is shown");
    page.planted(
        "standard output and error, traces, log records",
        "as it is, in the message of a panic",
        "not even then: only the panic's place is printed",
    );
    stack.turnlock("recover").ok().says("Failed, and taken back");
}

/// One rotation with leaks; and the search for the value that it lets out.
fn leak(stack: &Stack, places: &str, code: i32) -> (Search, turnlock_tests::Output) {
    let (pending, began) = (watch::Pending::watch(stack), Instant::now());
    let child = stack.spawn_leaking(LINE, places);
    let said = stack.ended(LINE, child, began);
    said.exits(code);
    std::thread::sleep(Duration::from_millis(20));
    let (values, _) = pending.stop();
    assert_eq!(values.len(), 1, "one pending value was seen");
    (Search::of(&values), said)
}
