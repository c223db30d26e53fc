//! `turnlock agent`: what is due is rotated while nobody looks; what a person has to accept is only told.

use std::time::{Duration, Instant};

use turnlock_tests::{SECRETS, Signal, Stack, env_file, signal};

const POLICY: &str = "policies/rotation/breeze.toml";

#[test]
fn the_agent_rotates_what_is_due_and_no_more() {
    let draft = Stack::draft("agent");
    let stack = draft.edit(POLICY, "port = 3000, within = \"20s\"", "port = 3000, within = \"4s\"").up();
    let vault = stack.vault();
    let held = env_file(&stack.env_path());
    for name in SECRETS {
        vault.put(name, &held[name]);
    }
    stack.turnlock("audit init").ok();
    stack.imported_a_hundred_days_ago(&SECRETS, 1);
    let status = stack.turnlock("status");
    status.ok().has_line(&["POSTGRES_PASSWORD", "v1", "due"]).has_line(&[
        "APP_ENCRYPTION_KEY",
        "v1",
        "later",
    ]);
    status.has_line(&["AGENT_ENROLLMENT_SECRET", "on event"]);

    stack.scene("a rotation that fails is not tried again at once, for ever");
    stack.switch(true);
    let line = "agent --interval 60 --accept-impact SESSION_SECRET";
    let (began, child) = (Instant::now(), stack.spawn(line, &[]));
    let ended = || {
        let log = stack.turnlock("audit list --action rotation --outcome failed --json").ok().json();
        log["entries"].as_array().map_or(0, Vec::len)
    };
    stack.until("a first rotation has failed", 30, || ended() == 1);
    std::thread::sleep(Duration::from_secs(8));
    assert_eq!(ended(), 1, "rotations that failed within eight seconds after the first");
    signal(&child, Signal::TERM);
    stack.ended(line, child, began).ok().says("stopped");
    stack.switch(false);
    stack.turnlock("drift").ok();

    stack.scene("it rotates what is due and accepted");
    let (began, child) = (Instant::now(), stack.spawn(line, &[]));
    let due = ["POSTGRES_PASSWORD", "METRICS_SCRAPE_TOKEN", "SESSION_SECRET"];
    stack.until("what is due is at v2", 40, || due.iter().all(|name| vault.newest_version(name) == 2));
    stack.until("the log has its end", 10, || {
        stack.turnlock("audit list --action rotation --outcome done --json").json()["entries"][0].is_object()
    });
    std::thread::sleep(Duration::from_secs(1));

    stack.scene("SIGTERM stops it");
    signal(&child, Signal::TERM);
    let asked = Instant::now();
    let output = stack.ended(line, child, began);
    assert!(asked.elapsed() < Duration::from_secs(3), "it took {:?} to stop", asked.elapsed());
    output.ok().says("watching").says("secrets=7").says("stopped");
    output.has_line(&["secret=JWT_SECRET", "a person has to accept", "All active sessions invalidated"]);
    output.says_not("secret=SESSION_SECRET").says_not("secret=APP_ENCRYPTION_KEY");
    for name in SECRETS {
        let expected = if due.contains(&name) { 2 } else { 1 };
        assert_eq!(vault.newest_version(name), expected, "the version of {name}");
    }

    stack.scene("the log says that it was the schedule");
    let shown = stack.turnlock("audit show last");
    shown
        .ok()
        .says("trigger: schedule")
        .has_line(&["POSTGRES_PASSWORD", "v1 -> v2"])
        .has_line(&["SESSION_SECRET", "v1 -> v2"]);
    let status = stack.turnlock("status");
    status.ok().has_line(&["POSTGRES_PASSWORD", "v2", "later"]).has_line(&["JWT_SECRET", "v1", "due"]);

    stack.scene("rotate --due wants the same consent");
    stack.turnlock("rotate --due --yes").exits(5).says("--accept-impact JWT_SECRET");
    stack.turnlock("rotate --due --yes --accept-impact JWT_SECRET").ok().says("JWT_SECRET v2");
    stack.turnlock("rotate --due --yes").ok().says("nothing is due");

    stack.scene("with nothing to do it waits, and SIGINT stops it too");
    let (began, child) = (Instant::now(), stack.spawn("agent --interval 1", &[]));
    std::thread::sleep(Duration::from_secs(3));
    signal(&child, Signal::INT);
    let output = stack.ended("agent --interval 1", child, began);
    output.ok().says("stopped").says_not("is due");

    stack.scene("SIGTERM in the middle of a rotation: taken back, then stopped");
    stack.imported_a_hundred_days_ago(&["POSTGRES_PASSWORD"], 2);
    let (began, child) = (Instant::now(), stack.spawn("agent", &[]));
    stack.until("a rotation has begun", 10, || !vault.staged().is_empty());
    signal(&child, Signal::TERM);
    let output = stack.ended("agent", child, began);
    output.ok().says("taken back").says("stopped");
    assert_eq!(vault.newest_version("POSTGRES_PASSWORD"), 2);
    assert_eq!(vault.staged(), [""; 0], "nothing is left on the staging mount");
    stack.turnlock("drift").ok();
    stack.turnlock("audit verify").ok();
    stack.finish();
}

#[test]
fn the_agent_does_not_start_where_it_could_not_work() {
    let stack = Stack::up("agent, alone");
    stack.scene("without a log");
    let output = stack.turnlock("agent");
    assert_ne!(output.code, 0, "{output}");
    output.says("there is no audit log");
    stack.scene("with a policy that is wrong");
    stack.turnlock("audit init").ok();
    stack.edit(POLICY, "bytes = 24", "bytes = 2");
    stack.turnlock("agent").exits(2).says("bytes");
    stack.finish();
}
