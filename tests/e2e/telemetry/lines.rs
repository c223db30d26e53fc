//! The program's own log.

use serde_json::Value as Json;
use turnlock_tests::collector::{Manner, Recorder};
use turnlock_tests::{Output, Stack};

const ROTATE: &str = "rotate POSTGRES_PASSWORD --yes";

fn lines(output: &Output) -> Vec<Json> {
    let line = |line: &str| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
    output.err.lines().map(line).collect()
}

fn said(line: &Json) -> &str {
    line["message"].as_str().expect("a message")
}

#[test]
fn a_rotation_is_told_in_lines() {
    let stack = Stack::imported("lines");

    stack.scene("info tells a rotation in under fifteen lines, each with its trace");
    let told = stack.turnlock(&format!("{ROTATE} --log-level info --log-format json"));
    told.ok();
    let all = lines(&told);
    assert!((8..15).contains(&all.len()), "{}", told.err);
    let shown = stack.turnlock("audit show last --json").ok().json();
    let entry = &shown["entries"][0]["entry"];
    for line in &all {
        assert_eq!((&line["trace_id"], &line["level"]), (&entry["trace_id"], &"info".into()), "{line}");
        assert_eq!(line["span_id"].as_str().map(str::len), Some(16), "{line}");
        let at: jiff::Timestamp = line["at"].as_str().expect("a time").parse().expect("a time");
        assert!(at <= jiff::Timestamp::now(), "{line}");
    }
    assert_eq!((said(&all[0]), &all[0]["rotation"]), ("rotation begins", &shown["rotation"]));
    let entries = shown["entries"].as_array().expect("entries").iter().map(|stored| &stored["entry"]);
    let stage = entries.into_iter().find(|entry| entry["action"] == "stage").expect("an entry");
    assert_eq!((said(&all[1]), &all[1]["span_id"]), ("stage done", &stage["span_id"]));
    assert!(said(all.last().expect("lines")).starts_with("rotation done"));

    stack.scene("debug adds the calls");
    let told = stack.turnlock(&format!("{ROTATE} --log-level debug --log-format json"));
    told.ok();
    let all = lines(&told);
    let (calls, story): (Vec<&Json>, Vec<&Json>) = all.iter().partition(|line| line["level"] == "debug");
    assert!(calls.len() > 30, "{}", calls.len());
    for call in &calls {
        assert!(call["milliseconds"].is_u64() && call["trace_id"].is_string(), "{call}");
        assert!(call.get("otel.kind").is_none(), "{call}");
    }
    let alter = calls.iter().find(|call| said(call) == "ALTER ROLE breeze").expect("the call");
    assert_eq!(alter["server.address"], "postgres");
    assert!((8..15).contains(&story.len()), "the story is the same");

    stack.scene("text is one line an event too; a person who sees progress is told nothing twice");
    let told = stack.turnlock_with(ROTATE, &[("TURNLOCK_LOG_LEVEL", "info")]);
    told.ok();
    let line = told.err.lines().nth(1).expect("a line");
    assert!(line.contains(" INFO  stage done ") && line.contains(" trace_id="), "{line}");
    assert!(stack.turnlock(ROTATE).ok().err.is_empty());
    stack.turnlock("status --log-level loud").exits(2);

    stack.scene("a collector gets the same events, with the same ids, whatever the terminal shows");
    let recorder = Recorder::start(Manner::Well);
    let told = stack.turnlock_with(ROTATE, &[("OTEL_EXPORTER_OTLP_ENDPOINT", &recorder.base)]);
    assert!(told.ok().err.is_empty());
    let records = recorder.take("/v1/logs");
    let shown = stack.turnlock("audit show last --json").ok().json();
    let id = shown["entries"][0]["entry"]["trace_id"].as_str().expect("an id").to_owned();
    let id = hex::decode(id).expect("hexadecimal");
    for message in ["rotation begins", "promote done", "rotation done"] {
        let sent = records.iter().find(|r| r.has(message)).expect(message);
        assert!(sent.body.windows(16).any(|part| part == id), "{message}: with its trace");
    }
    stack.finish();
}
