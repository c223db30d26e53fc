//! What a person is told.

use turnlock_audit::{Entry, Outcome, Phase};

use super::super::{entry as one, fields::Fields, page::Page, story};
use super::*;
use crate::progress::RESOLVE;
use crate::redact::is_unfit;

const ID: &str = "20261122T201400Z-0a1b2c3d";

fn done(action: &str) -> (&str, Option<&'static str>, bool, Option<Outcome>) {
    (action, None, false, Some(Outcome::Done))
}

fn told(entries: Vec<Entry>) -> String {
    story::tell(ID, &numbered(entries))
}

#[track_caller]
fn says(story: &str, parts: &[&str]) {
    assert!(
        story.lines().any(|line| parts.iter().all(|part| line.contains(part))),
        "no line with {parts:?} in\n{story}"
    );
}

#[test]
fn a_rotation_that_ended_well() {
    let mut entries = rotation(&[done("stage"), done("verify"), done("promote"), done("retire")]);
    entries[4].detail = Some(serde_json::json!({ "notes": ["every place holds v4"] }));
    entries[6].request_ids = vec!["9f1c".into(), "9f1d".into()];
    end(&mut entries, Outcome::Done);
    let story = told(entries);
    for parts in [
        ["Rotation", ID],
        ["ended", "done: the new versions everywhere, verified"],
        ["began", "(entry 70)"],
        ["asked by", "entity:7d2e3179"],
        ["vouched for by nobody", "name userpass-alice, uid 0, by sudo of uid 1000, on web1"],
        ["done by", "entity:agent-1"],
        ["why", "trigger: person"],
        ["reason", "quarterly"],
        ["JWT_SECRET", "v3 -> v4"],
        ["epoch", "7"],
        ["trace", "0af7651916cd43dd8448eb211c80319c"],
        ["promote", "the new values become Vault's newest versions"],
        ["72  stage", "done in 1000 ms"],
        ["every place holds v4", ""],
        ["Vault's requests", "9f1c 9f1d"],
        ["79  rotation", "done in 9000 ms"],
    ] {
        says(&story, &parts);
    }
    assert!(!story.contains("no outcome") && !story.contains("taken up"), "{story}");
}

#[test]
fn one_that_was_killed_and_taken_up_by_another_process() {
    let mut entries = rotation(&[done("stage"), done("verify"), ("promote", None, false, None)]);
    let killed = entries.len();
    let mut again =
        rotation(&[("x", None, false, None), ("x", None, false, None), done("promote")]).split_off(3);
    end(&mut entries, Outcome::Done);
    let last = entries.pop().unwrap();
    again.push(last);
    for entry in &mut again {
        entry.epoch = Some(8);
        entry.requester = Some("entity:bob".into());
        entry.trace_id = Some("ffffffffffffffffffffffffffffffff".into());
    }
    let mut lease = entry(50, turnlock_audit::LEASE, Phase::Event);
    (lease.epoch, lease.rotation) = (Some(8), Some(ID.into()));
    entries.push(lease);
    entries.append(&mut again);
    let story = story::tell(ID, &numbered(entries));
    says(&story, &[&format!("{}  promote", 70 + killed - 1), "intended, no outcome"]);
    says(&story, &["taken up again at", "entity:agent-1"]);
    says(&story, &["asked by entity:bob", "trigger: person"]);
    says(&story, &["under epoch 8", "entry 76"]);
    says(&story, &["trace ffffffffffffffffffffffffffffffff"]);
    says(&story, &["promote", "done in"]);
    says(&story, &["ended", "done"]);
    assert_eq!(story.matches("no outcome").count(), 1, "{story}");
}

#[test]
fn one_that_has_not_ended_says_what_recovery_will_do() {
    let forward = told(rotation(&[done("stage"), ("apply", Some("file.env"), false, None)]));
    says(&forward, &["ended", "NOT YET: no value was promoted", "takes everything back"]);
    says(&forward, &["apply file.env", "intended, no outcome"]);
    let back = told(rotation(&[done("stage"), ("apply", Some("file.env"), true, Some(Outcome::Done))]));
    says(&back, &["NOT YET", "on its way back"]);
    says(&back, &["undo apply file.env", "done in"]);
    let pivoted = told(rotation(&[done("stage"), ("promote", None, false, None)]));
    says(&pivoted, &["NOT YET: its values were to be promoted", "goes on to its end"]);
}

#[test]
fn what_a_person_decided_is_told_with_the_reason() {
    let decided = |way: Option<Direction>, reason: &str| {
        let mut decision = entry(20, RESOLVE, Phase::Event);
        decision.rotation = Some(ID.into());
        (decision.direction, decision.outcome) = (way, Some(Outcome::Done));
        decision.reason = Some(reason.into());
        decision
    };
    let mut entries = rotation(&[done("stage"), ("promote", None, false, None)]);
    entries.push(decided(Some(Direction::Back), "compromised"));
    let back = told(entries.clone());
    says(&back, &["entity:7d2e3179 decided that it is to be taken back: compromised"]);
    says(&back, &["NOT YET", "on its way back"]);
    assert!(!back.contains("undo resolve"), "{back}");
    entries.push(decided(None, "enough"));
    end(&mut entries, Outcome::InDoubt);
    let accepted = told(entries);
    says(&accepted, &["decided that it ends as it stands: enough"]);
    says(&accepted, &["ended", "by a person as it stood"]);
}

#[test]
fn one_that_contradicts_itself_or_has_no_plan_is_told_all_the_same() {
    let mut entries = rotation(&[done("stage")]);
    end(&mut entries, Outcome::Done);
    says(&told(entries.clone()), &["ended", "contradict each other"]);
    entries[0].detail = None;
    says(&told(entries.clone()), &["this version can't read it"]);
    says(&told(entries.split_off(1)), &["ended", "contradict each other"]);
}

#[test]
fn a_newer_version_s_entries_are_told_as_intact_and_not_interpreted() {
    let mut entries = numbered(rotation(&[done("stage")]));
    entries.push(newer(90, "x"));
    let story = story::tell(ID, &entries);
    says(&story, &["Entry 90: intact, not interpreted", "its format is 9", "use a newer one"]);
    says(&story, &["ended", "can't be told by this version"]);
}

#[test]
fn nothing_hostile_reaches_the_terminal() {
    for text in HOSTILE {
        let mut entries = rotation(&[done("stage"), ("apply", None, false, Some(Outcome::Failed))]);
        for entry in &mut entries {
            entry.requester = Some(text.into());
            entry.reason = Some(text.into());
            entry.actor = text.into();
            entry.trigger = Some(text.into());
            entry.error = (entry.outcome == Some(Outcome::Failed)).then(|| text.into());
            entry.request_ids = vec![text.into()];
        }
        entries[0].detail = Some(serde_json::json!({ "plan": { "stack": text, "policy_hash": text,
            "compose_digest": text, "changes": {}, "steps": [], "services": {
            text: { "action": "recreate", "why": text } }, "widenings": [text] } }));
        entries[2].detail = Some(serde_json::json!({ "notes": [text] }));
        let lines = told(entries.clone()).lines().count();
        assert_eq!(
            lines,
            told_with("harmless", &entries).lines().count(),
            "{text:?} makes a line of its own"
        );
        let mut all = numbered(entries);
        all.push(newer(99, text));
        assert_harmless(&story::tell(text, &all));
        for listed in &all {
            let mut page = Page::default();
            one::who(&mut page, &Fields::of(listed));
            assert_harmless(&page.text());
        }
    }
}

/// The same entries, with another text where the hostile one was.
fn told_with(text: &str, entries: &[Entry]) -> String {
    let plain = entries.iter().map(|entry| {
        let hostile = serde_json::to_string(entry.reason.as_ref().unwrap()).unwrap();
        let json =
            serde_json::to_string(entry).unwrap().replace(&hostile, &serde_json::to_string(text).unwrap());
        serde_json::from_str(&json).unwrap()
    });
    told(plain.collect())
}

#[track_caller]
fn assert_harmless(text: &str) {
    // Titles are bold.
    let text = text.replace("\u{1b}[1m", "").replace("\u{1b}[0m", "");
    assert!(!text.chars().any(|c| c != '\n' && is_unfit(c)), "{text:?}");
}

#[test]
fn kinds_are_known_by_their_names() {
    assert!(
        one::kind("promote").is_some() && one::kind(RESOLVE).is_some() && one::kind("frobnicate").is_none()
    );
}
