//! What it accepts, held against the parser.

use super::*;
use crate::{Entry, Outcome, entry};

const BODIES: [&str; 4] = [
    r#"{"action":"apply","actor":"entity:1","agent":"turnlock/0.1.0","at":"2026-11-22T20:14:07.120456Z","format":1,"outcome":"done","phase":"outcome","rotation":"r1","step":3,"subjects":{"JWT_SECRET":{"from":1,"to":2},"X":{}},"target":"file.env"}"#,
    r#"{"action":"lease","actor":"entity:1","agent":"turnlock/0.1.0","asserted":{"host":"web1","name":"al\"ice","sudo_uid":1000,"uid":0},"at":"2024-02-29T23:59:59.999999999Z","direction":"back","epoch":9007199254740991,"error":"a\u0001b\n","format":2,"phase":"event","plan_hash":"ab","reason":"","request_ids":["7d2e","x"],"requester":"uid 0 (asserted)","span_id":"b7","trace_id":"0a","trigger":"person"}"#,
    r#"{"action":"x","actor":"é","agent":"a","at":"1970-01-01T00:00:00Z","detail":{"":[1,-5,9007199254740991,null,true,false,{}],"a":{"b":"\\","c":[]},"é":"ä"},"format":2,"phase":"intent","subjects":{"é":{"to":3}}}"#,
    r#"{"action":"x","actor":"a","agent":"a","at":"2261-12-31T23:59:59.5Z","detail":[[[[1]]]],"format":2,"phase":"intent","subjects":{"A":{"from":3},"B":{"from":4,"to":4}}}"#,
];

/// What it accepts has to be an entry, with what it says of it.
fn check(body: &[u8]) -> bool {
    let Some(scanned) = read(body) else { return false };
    let shown = || String::from_utf8_lossy(body).into_owned();
    let parsed = Entry::parse(body).unwrap_or_else(|error| panic!("{error}: {}", shown()));
    assert_eq!(scanned.at, entry::microseconds(parsed.at), "{}", shown());
    assert_eq!((scanned.action, scanned.actor), (parsed.action.as_bytes(), parsed.actor.as_bytes()));
    assert_eq!(scanned.outcome, parsed.outcome.map(|outcome| Outcome::as_str(outcome).as_bytes()));
    let texts = [
        (scanned.requester, &parsed.requester),
        (scanned.trigger, &parsed.trigger),
        (scanned.rotation, &parsed.rotation),
        (scanned.target, &parsed.target),
        (scanned.trace, &parsed.trace_id),
    ];
    texts.iter().for_each(|(scanned, parsed)| {
        assert_eq!(*scanned, parsed.as_deref().map(str::as_bytes), "{}", shown())
    });
    assert_eq!(scanned.epoch, parsed.epoch);
    let mut rows: Vec<(Vec<u8>, i64)> = scanned
        .subjects()
        .flat_map(|(name, v)| entry::subject_versions(v).map(move |v| (name.to_vec(), v)))
        .collect();
    let mut expected: Vec<(Vec<u8>, i64)> =
        parsed.subject_rows().map(|(name, version)| (name.as_bytes().to_vec(), version)).collect();
    rows.sort();
    expected.sort();
    assert_eq!(rows, expected, "{}", shown());
    true
}

#[test]
fn the_usual_ones_are_read() {
    for body in BODIES {
        assert!(Entry::parse(body.as_bytes()).is_ok(), "{body}");
        assert!(check(body.as_bytes()), "{body}");
    }
}

/// Each byte changed to each of many others, each removed, each doubled, each piece put somewhere else: whatever is
/// still accepted is an entry.
#[test]
fn what_it_accepts_is_an_entry() {
    let bytes = b"\0\n \"\\,:{}[]-+.0129aAznftuZTe\x7f\xc2\x80\xe9\xff";
    let (mut tried, mut accepted) = (0, 0);
    let mut attempt = |body: &[u8]| {
        tried += 1;
        accepted += u32::from(check(body));
    };
    for body in BODIES.map(str::as_bytes) {
        for at in 0..body.len() {
            for byte in bytes {
                let mut changed = body.to_vec();
                changed[at] = *byte;
                attempt(&changed);
                changed[at] = body[at];
                changed.insert(at, *byte);
                attempt(&changed);
            }
            for length in 1..20.min(body.len() - at) {
                let piece = &body[at..at + length];
                attempt(&[&body[..at], &body[at + length..]].concat());
                attempt(&[&body[..at], piece, &body[at..]].concat());
                let elsewhere = (at * 7 + length * 13) % body.len();
                attempt(&[&body[..elsewhere], piece, &body[elsewhere..]].concat());
            }
        }
    }
    assert!(tried > 100_000 && accepted > 5_000, "{accepted} of {tried}");
}

/// The other way round it may be unsure, but not of times.
#[test]
fn times_are_read_as_they_are() {
    for text in [
        "2000-02-29T00:00:00Z",
        "2100-02-28T12:34:56.7Z",
        "1999-12-31T23:59:59.000001Z",
        "2026-03-01T00:00:00Z",
    ] {
        let at: jiff::Timestamp = text.parse().unwrap();
        assert_eq!(microseconds(text.as_bytes()), Some(at.as_microsecond()), "{text}");
    }
    for text in [
        "2100-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T20:14:60Z",
        "2026-11-22t20:14:00Z",
        "1969-12-31T23:59:59Z",
    ] {
        assert_eq!(microseconds(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn a_fraction_without_an_end_is_none() {
    let at = format!("2026-11-22T20:14:07.{}Z", "1".repeat(40));
    assert_eq!(microseconds(at.as_bytes()), None);
}
