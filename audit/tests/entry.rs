//! What is an entry and what isn't.

mod support;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use support::{entry, start};
use turnlock_audit::{
    Asserted, Direction, Entry, EntryError, MAX_BODY, MAX_INTEGER, Outcome, Phase, Versions, canonical,
};

fn full() -> Entry {
    let versions = |from, to| Versions { from, to };
    Entry {
        outcome: Some(Outcome::InDoubt),
        phase: Phase::Outcome,
        asserted: Some(Asserted {
            name: Some("userpass-alice".into()),
            uid: Some(0),
            sudo_uid: Some(1000),
            host: Some("web1".into()),
        }),
        epoch: Some(MAX_INTEGER),
        request_ids: vec!["7d2e3179-f69b-450c-7179-ac8ee8bd8ca9".into()],
        requester: Some("entity-2 \u{1f512} \"quoted\" \u{7f}\n".into()),
        trigger: Some("person".into()),
        rotation: Some("01JD".into()),
        step: Some(u32::MAX),
        direction: Some(Direction::Back),
        target: Some("role breeze".into()),
        subjects: BTreeMap::from([
            ("\u{fb33}".into(), versions(Some(1), Some(MAX_INTEGER))),
            ("\u{1f602}".into(), versions(None, Some(0))),
            ("JWT_SECRET".into(), versions(None, None)),
        ]),
        reason: Some(String::new()),
        error: Some("the server is away".into()),
        plan_hash: Some("sha256:00".into()),
        trace_id: Some("0af7651916cd43dd8448eb211c80319c".into()),
        span_id: Some("b7ad6b7169203331".into()),
        detail: Some(json!({"b": [1, -5, MAX_INTEGER, null, true], "a": {"": "\u{e9}"}})),
        ..entry(7)
    }
}

#[test]
fn what_is_written_is_read() {
    for entry in [entry(1), full()] {
        let bytes = entry.canonical().unwrap();
        assert_eq!(Entry::parse(&bytes).unwrap(), entry);
    }
    let text = String::from_utf8(entry(1).canonical().unwrap()).unwrap();
    assert_eq!(
        text,
        r#"{"action":"apply","actor":"entity-1","agent":"turnlock/0.1.0","at":"2026-11-22T20:14:01Z","format":2,"phase":"intent","reason":"number 1"}"#
    );
}

#[test]
fn what_format_1_wrote_is_read_as_it_was() {
    let text = r#"{"action":"apply","actor":"entity-1","agent":"turnlock/0.1.0","at":"2026-11-22T20:14:01Z","format":1,"phase":"intent"}"#;
    let entry = Entry::parse(text.as_bytes()).unwrap();
    assert_eq!(entry.format, 1);
    assert_eq!(entry.canonical().unwrap(), text.as_bytes());
}

#[test]
fn nothing_is_left_out() {
    let mut entry = entry(1);
    let bytes = entry.canonical().unwrap();
    entry.detail = Some(Value::Null);
    assert_eq!(entry.canonical().unwrap(), bytes);
}

#[test]
fn time_keeps_its_nanoseconds() {
    let mut entry = entry(1);
    entry.at = "2026-11-22T20:14:00.123456789Z".parse().unwrap();
    assert_eq!(Entry::parse(&entry.canonical().unwrap()).unwrap().at, entry.at);
}

#[test]
fn only_the_canonical_bytes_are_an_entry() {
    let good = String::from_utf8(full().canonical().unwrap()).unwrap();
    let mut refused = 0;
    let mut refuse = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        let bytes = good.replacen(from, to, 1);
        Entry::parse(bytes.as_bytes()).expect_err(&bytes);
        refused += 1;
    };
    refuse("{", "{ ");
    refuse("}", "}\n");
    refuse(r#""format":2"#, r#""format":2.0"#);
    refuse(r#""format":2"#, r#""format":2e0"#);
    refuse(r#""format":2"#, r#""format":3"#);
    refuse(r#""format":2"#, r#""format":1"#);
    refuse(r#""format":2"#, r#""format":"2""#);
    refuse(r#""format":2,"#, "");
    refuse(r#""format":2"#, r#""format":2,"format":2"#);
    refuse(r#""format":2"#, r#""format":2,"more":1"#);
    refuse(r#""format":2"#, r#""format":2,"more":null"#);
    refuse(r#""from":1,"#, r#""from":1,"from":1,"#);
    refuse(r#""from":1,"#, r#""from":-1,"#);
    refuse(r#""from":1,"#, r#""from":null,"#);
    refuse(r#""from":1,"#, r#""by":1,"#);
    refuse(r#""a":{"#, r#""a":{"":"é","#);
    refuse(r#""a":{"#, r#""a":1,"a":{"#);
    refuse("[1,-5", "[1.0,-5");
    refuse("[1,-5", "[1.5,-5");
    refuse("[1,-5", "[-0,-5");
    refuse("[1,-5", "[1e2,-5");
    refuse("9007199254740991", "9007199254740992");
    refuse("-5", "-9007199254740992");
    refuse("-5", "99999999999999999999999");
    refuse("é", "\\u00e9");
    refuse("\\n", "\\u000a");
    refuse("breeze", "bree\\/ze");
    refuse("breeze", "bree\\u0000ze");
    refuse("breeze", "bree\\ud800ze");
    refuse(r#""2026-11-22T20:14:07Z""#, r#""2026-11-22T20:14:07.0Z""#);
    refuse(r#""2026-11-22T20:14:07Z""#, r#""2026-11-22T21:14:07+01:00""#);
    refuse(r#""2026-11-22T20:14:07Z""#, r#""1969-12-31T23:59:59Z""#);
    refuse(r#""2026-11-22T20:14:07Z""#, r#""2270-01-01T00:00:00Z""#);
    refuse(r#""in_doubt""#, r#""unsure""#);
    refuse(r#""outcome":"in_doubt","#, "");
    refuse(r#""outcome":"in_doubt""#, r#""outcome":null"#);
    refuse(r#""phase":"outcome""#, r#""phase":"intent""#);
    refuse(r#""action":"apply""#, r#""action":"Apply""#);
    refuse(r#""action":"apply""#, r#""action":"""#);
    refuse(r#""step":4294967295"#, r#""step":4294967296"#);
    assert_eq!(refused, 40);

    for bytes in [&b""[..], b"{}", b"null", b"[]", b"\xff", &vec![b'['; 60_000], &vec![b' '; MAX_BODY]] {
        Entry::parse(bytes).unwrap_err();
    }
    Entry::parse(&[good.as_bytes(), good.as_bytes()].concat()).unwrap_err();
}

#[test]
fn what_can_t_be_written() {
    let refuse = |change: &dyn Fn(&mut Entry), says: &str| {
        let mut entry = full();
        change(&mut entry);
        let error = entry.canonical().unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    };
    refuse(&|e| e.format = 3, "`format`");
    refuse(&|e| e.format = 1, "`format`");
    refuse(&|e| e.epoch = Some(MAX_INTEGER + 1), "`epoch`");
    refuse(&|e| e.at = jiff::Timestamp::MAX, "`at`");
    refuse(&|e| e.action = "a b".into(), "`action`");
    refuse(&|e| e.action = "a".repeat(65), "`action`");
    refuse(&|e| e.outcome = None, "`outcome`");
    refuse(&|e| e.phase = Phase::Intent, "`outcome`");
    refuse(&|e| e.actor.clear(), "`actor`");
    refuse(&|e| e.agent.clear(), "`agent`");
    refuse(&|e| e.target = Some("a\u{1b}[2J".into()), "`target`");
    refuse(&|e| e.rotation = Some(String::new()), "`rotation`");
    refuse(&|e| _ = e.subjects.insert(String::new(), Versions::default()), "`subjects`");
    let above = Versions { from: None, to: Some(MAX_INTEGER + 1) };
    refuse(&|e| _ = e.subjects.insert("A".into(), above), "2^53-1");
    refuse(&|e| e.detail = Some(json!([0.5])), "float");
    refuse(&|e| e.detail = Some(json!(u64::MAX)), "2^53-1");
    refuse(&|e| e.detail = Some(json!(i64::MIN)), "2^53-1");
    let deep = (0..100).fold(json!(1), |value, _| json!([value]));
    refuse(&|e| e.detail = Some(deep.clone()), "deeply");
    refuse(&|e| e.detail = Some("x".repeat(MAX_BODY).into()), "long");
}

#[test]
fn the_longest_body() {
    let mut entry = entry(1);
    let room = MAX_BODY - entry.canonical().unwrap().len() - r#""detail":"","#.len();
    entry.detail = Some("x".repeat(room - 1).into());
    let bytes = entry.canonical().unwrap();
    assert_eq!(bytes.len(), MAX_BODY - 1);
    Entry::parse(&bytes).unwrap();
    entry.detail = Some("x".repeat(room).into());
    assert_eq!(entry.canonical(), Err(EntryError::TooLong(MAX_BODY)));
}

#[test]
fn a_hostile_body_can_t_speak_through_the_error() {
    let mut document = serde_json::to_value(entry(1)).unwrap();
    document["\u{1b}]0;owned\u{7}\n".repeat(100)] = json!(1);
    let error = Entry::parse(&canonical::to_vec(&document).unwrap()).unwrap_err().to_string();
    assert!(!error.chars().any(char::is_control) && error.len() < 2000, "{error}");
}

#[test]
fn new_has_what_every_entry_has() {
    let entry = Entry::new(start(), "audit.open", Phase::Event, "me", "turnlock/0.1.0");
    Entry::parse(&entry.canonical().unwrap()).unwrap();
}
