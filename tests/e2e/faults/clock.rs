//! The clock of the agent's host (libfaketime before `turnlock` alone): nothing that is asked for depends on it, and what is
//! due is not told by one that is an hour off Vault's.

use std::path::Path;
use std::time::Instant;

use turnlock_tests::{FaultPart, Output, SECRETS, Signal, Stack, env_file, signal};

use crate::failure::impatient;

const BOTH: &str = "rotate JWT_SECRET METRICS_SCRAPE_TOKEN --yes --accept-impact JWT_SECRET";
const TOKEN: &str = "METRICS_SCRAPE_TOKEN";
const AGENT: &str = "agent --interval 60";

/// The environment in which a program's clock is so far off.
fn off(by: &str) -> [(&'static str, String); 3] {
    let library = format!("/usr/lib/{}-linux-gnu/faketime/libfaketime.so.1", std::env::consts::ARCH);
    assert!(Path::new(&library).exists(), "{library} is missing; docker/setup installs it");
    // Waiting takes as long as ever.
    [("LD_PRELOAD", library), ("FAKETIME", by.to_owned()), ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned())]
}

fn turnlock_off(stack: &Stack, by: &str, line: &str) -> Output {
    let env = off(by);
    stack.turnlock_with(line, &env.each_ref().map(|(name, value)| (*name, value.as_str())))
}

#[test]
fn what_a_wrong_clock_may_do() {
    let stack = impatient("faults of the clock");
    let mut part = FaultPart::new("The clock");
    a_day(&stack, &mut part);
    minutes(&stack, &mut part);
    an_hour(&stack, &mut part);
    stack.turnlock("audit verify").ok();
    part.is_as_written();
    stack.finish();
}

#[track_caller]
fn is_whole(stack: &Stack, version: u64) {
    let vault = stack.vault();
    for name in ["JWT_SECRET", TOKEN] {
        assert_eq!(vault.newest_version(name), version, "{name}");
        assert!(env_file(&stack.env_path())[name] == vault.newest(name), "{name} in .env.prod");
    }
    assert_eq!(vault.staged(), [""; 0]);
    stack.until("no drift", 20, || stack.turnlock("drift").code == 0);
}

fn a_day(stack: &Stack, part: &mut FaultPart) {
    for (by, way, version) in [("+1d", "ahead of", 2), ("-1d", "behind", 3)] {
        stack.scene(&format!("the clock is a day {way} Vault's: what a person asks for is done"));
        let output = turnlock_off(stack, by, BOTH);
        output.ok().says(&format!("24 hours {way} Vault's")).says("Done");
        is_whole(stack, version);
        stack.turnlock("audit verify").ok();
        part.row(
            stack,
            &format!("the clock is a day {way} Vault's; a person asks for a rotation"),
            &output,
            "the new version everywhere, verified; the times in its entries are wrong by a day, their order is not",
        );
    }
    let status = turnlock_off(stack, "-1d", "status");
    status.ok().says("warning: this host's clock is 24 hours behind Vault's");
    part.row(stack, "the same; `turnlock status`", &status, "nothing was changed");
    let clock = |json: Output| json.ok().json()["clock"].clone();
    assert!(
        clock(turnlock_off(stack, "-1d", "status --json")).as_str().is_some_and(|c| c.contains("behind"))
    );
    assert!(clock(stack.turnlock("status --json")).is_null(), "the real one is right");
    stack.turnlock("status").ok().says_not("warning");
}

fn minutes(stack: &Stack, part: &mut FaultPart) {
    stack.scene("ten minutes: told, and what is due is rotated");
    stack.imported_a_hundred_days_ago(&[TOKEN], 3);
    let output = turnlock_off(stack, "+10m", "rotate --due --yes");
    output.ok().says("10 minutes ahead of Vault's").says(&format!("Done: {TOKEN} v4"));
    assert_eq!(stack.vault().newest_version(TOKEN), 4);
    part.row(
        stack,
        "the clock is ten minutes ahead of Vault's; `turnlock rotate --due`",
        &output,
        "the new version of what is due everywhere, verified",
    );
}

fn an_hour(stack: &Stack, part: &mut FaultPart) {
    let vault = stack.vault();
    let versions = || SECRETS.map(|name| vault.newest_version(name));
    let before = versions();
    let policy = stack.root.join("policies/rotation/breeze.toml");
    let usual = std::fs::read_to_string(&policy).expect("readable");
    stack.scene("an hour, either way: nothing is rotated by the schedule");
    let output = turnlock_off(stack, "-62m", "rotate --due --yes");
    output
        .exits(5)
        .says("1 hour 2 minutes behind Vault's: what is due can't be told")
        .says_not("nothing is due");
    part.row(
        stack,
        "the clock is an hour behind Vault's; `turnlock rotate --due`",
        &output,
        "the old versions everywhere: nothing was begun, although by this clock nothing is due",
    );
    stack.imported_a_hundred_days_ago(&[TOKEN], 4);
    let output = turnlock_off(stack, "+62m", "rotate --due --yes");
    output.exits(5).says("1 hour 2 minutes ahead of Vault's: what is due can't be told");
    part.row(
        stack,
        "the clock is an hour ahead of Vault's, and something is due; `turnlock rotate --due`",
        &output,
        "the old versions everywhere; the refusal is in the log",
    );
    let refusals = || {
        let log = stack.turnlock("audit list --action refusal --json").ok().json();
        log["entries"].as_array().map_or(0, Vec::len)
    };
    assert_eq!(refusals(), 1);

    stack.scene("so does the agent");
    let (began, env) = (Instant::now(), off("+62m"));
    let child = stack.spawn(AGENT, &env.each_ref().map(|(name, value)| (*name, value.as_str())));
    stack.until("the agent has refused", 30, || refusals() == 2);
    signal(&child, Signal::TERM);
    let output = stack.ended(AGENT, child, began);
    output.ok().says("a round failed").says("what is due can't be told").says("stopped");
    assert_eq!((versions(), vault.staged()), (before, vec![]));
    part.row(
        stack,
        "the same; `turnlock agent`, until it is stopped",
        &output,
        "the old versions everywhere. It tries again, ever more rarely; once the clock is right it rotates what is due",
    );
    stack.scene("a policy that takes two hours for nothing, and one that takes a minute for too much");
    let limits = |told: &str, refused: &str| {
        std::fs::write(
            &policy,
            format!("{usual}\n[limits]\nskew_told = {told:?}\nskew_refused = {refused:?}\n"),
        )
        .expect("writable");
    };
    limits("2h", "3h");
    turnlock_off(stack, "+62m", "status").ok().says_not("warning");
    limits("30s", "1m");
    turnlock_off(stack, "+2m", "status").ok().says("warning: this host's clock is 2 minutes ahead");
    turnlock_off(stack, "+2m", "rotate --due --yes").exits(5).says("what is due can't be told");
    limits("2m", "1m");
    stack.turnlock("policy check").exits(2).says("a clock would be refused (`skew_refused`)");
    std::fs::write(&policy, &usual).expect("writable");

    stack.scene("with the right clock it is rotated");
    stack.turnlock("rotate --due --yes").ok().says(&format!("Done: {TOKEN} v5"));
    stack.turnlock("drift").ok();
}
