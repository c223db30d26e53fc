//! Only one acts: commands and a person who begin at once, a holder who is stopped and wakes up too late, a signal upon another,
//! two agents whose logs don't know of each other.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use turnlock_tests::{ACCEPT_ALL, Output, Signal, Stack, Value, signal};

use crate::failure::{Before, impatient};

const TOKEN: &str = "rotate METRICS_SCRAPE_TOKEN --yes";
const POLICY: &str = "policies/rotation/breeze.toml";

/// Somebody at a terminal (util-linux's `script` makes one), who has typed yes before he is asked.
fn person(stack: &Stack, line: &str) -> Child {
    let mut script = stack.program(Path::new("script"));
    script.args(["--quiet", "--return", "--command", &format!("turnlock {line}"), "/dev/null"]);
    let mut child = script.stdin(Stdio::piped()).spawn().expect("script runs");
    let keyboard = child.stdin.as_mut().expect("piped");
    std::io::Write::write_all(keyboard, b"yes\n").expect("somebody reads");
    child
}

/// How often they race: the `TURNLOCK_TEST_RACES` of whoever has time.
fn races() -> u64 {
    std::env::var("TURNLOCK_TEST_RACES").ok().and_then(|n| n.parse().ok()).unwrap_or(8)
}

#[test]
fn of_those_who_begin_at_once_exactly_one_rotates() {
    let stack = Stack::imported("racing");
    let vault = stack.vault();
    let typed = "rotate METRICS_SCRAPE_TOKEN";
    for race in 1..=races() {
        stack.scene(&format!("two commands and a person, {race} of {}", races()));
        let (began, before) = (Instant::now(), vault.newest_version("METRICS_SCRAPE_TOKEN"));
        // Each is the first in turn.
        let mut lines = [TOKEN, typed, TOKEN];
        lines.rotate_left((race % 3) as usize);
        let begin = |line| if line == typed { person(&stack, line) } else { stack.spawn(line, &[]) };
        let begun: Vec<(&str, Child)> = lines.into_iter().map(|line| (line, begin(line))).collect();
        let ended: Vec<Output> =
            begun.into_iter().map(|(line, child)| stack.ended(line, child, began)).collect();
        let mut codes: Vec<i32> = ended.iter().map(|output| output.code).collect();
        codes.sort_unstable();
        assert_eq!(codes, [0, 5, 5], "{}", ended.iter().map(ToString::to_string).collect::<String>());
        assert_eq!(vault.newest_version("METRICS_SCRAPE_TOKEN"), before + 1, "exactly one rotation");
        assert_eq!(vault.staged(), [""; 0]);
    }
    stack.scene("the log says the same, and every place holds the last one");
    let done = stack.turnlock("audit list --action rotation --outcome done --all --json").ok().json();
    assert_eq!(done["entries"].as_array().map(Vec::len), Some(races() as usize));
    stack.until("every place holds the current version", 30, || stack.turnlock("drift").code == 0);
    stack.turnlock("audit verify").ok();

    stack.scene("two agents find the same secret due: one rotates it, and no more than once");
    let version = vault.newest_version("METRICS_SCRAPE_TOKEN");
    stack.imported_a_hundred_days_ago(&["METRICS_SCRAPE_TOKEN"], version);
    let began = Instant::now();
    let agents = [stack.spawn("agent --interval 2", &[]), stack.spawn("agent --interval 2", &[])];
    stack.until("one has rotated it", 40, || vault.newest_version("METRICS_SCRAPE_TOKEN") > version);
    std::thread::sleep(Duration::from_secs(8));
    agents.iter().for_each(|agent| signal(agent, Signal::TERM));
    for agent in agents {
        stack.ended("agent", agent, began).ok();
    }
    assert_eq!(vault.newest_version("METRICS_SCRAPE_TOKEN"), version + 1);
    stack.finish();
}

#[test]
fn a_holder_in_a_file_is_named_and_kept_and_a_second_signal_leaves_it_to_recovery() {
    let stack = impatient("held");
    let vault = stack.vault();
    let all = format!("rotate --all {ACCEPT_ALL}");

    stack.scene("a stopped process keeps a log in a file: the others are told its number");
    let (began, child) = (Instant::now(), stack.spawn(TOKEN, &[]));
    stack.until_step("verify");
    signal(&child, Signal::STOP);
    for line in [TOKEN, "repair", "recover", "import"] {
        let refused = stack.turnlock(line);
        refused.exits(5).says(&format!("working on this stack: process {}", child.id())).says("stopped");
    }
    stack.turnlock("status").ok();
    signal(&child, Signal::CONT);
    stack.ended(TOKEN, child, began).ok();
    stack.until("every place holds the current version", 30, || stack.turnlock("drift").code == 0);

    let before = Before::of(&stack);
    stack.scene("Ctrl-C twice: left where it is, and taken up by the next who acts");
    let (began, child) = (Instant::now(), stack.spawn(&all, &[]));
    stack.until_step("apply hold");
    signal(&child, Signal::INT);
    std::thread::sleep(Duration::from_millis(100));
    signal(&child, Signal::INT);
    let left = stack.ended(&all, child, began);
    left.exits(3).says("interrupted: the step in progress ends").says("left half-way, as asked");
    left.says("turnlock recover").says_not("taking everything back");
    assert!(!vault.staged().is_empty(), "nothing more was done");
    stack.turnlock("recover").ok().says("taken back");
    before.is_still_so(&stack);

    stack.scene("SIGTERM and SIGHUP, as a system that goes down sends them: taken back all the same");
    let (began, child) = (Instant::now(), stack.spawn(&all, &[]));
    stack.until_step("apply hold");
    signal(&child, Signal::TERM);
    signal(&child, Signal::HUP);
    signal(&child, Signal::TERM);
    stack.ended(&all, child, began).exits(1).says("interrupted").says("Failed, and taken back");
    before.is_still_so(&stack);

    stack.scene("another log's rotation stages the same secret first: refused, with nothing touched");
    let line = "rotate POSTGRES_PASSWORD --yes";
    let preflights = |log: &str| log.matches("password authentication failed").count();
    let (held, known) = (stack.hold_log(), preflights(&logs(&stack)));
    let (began, child) = (Instant::now(), stack.spawn(line, &[]));
    // Its preflight has found nothing staged, and it waits for the log to begin.
    stack.until("the preflight tries a wrong password", 20, || preflights(&logs(&stack)) > known);
    vault.stage("POSTGRES_PASSWORD", "of-another-log", "breeze");
    drop(held);
    let refused = stack.ended(line, child, began);
    refused.exits(5).says("Refused, before anything was touched").says("rotation of-another-log of breeze");
    assert!(vault.pending("POSTGRES_PASSWORD") == Some(Value::new("pending")), "theirs stays");
    stack.turnlock(line).exits(5).says("of-another-log");
    vault.unstage("POSTGRES_PASSWORD");
    before.is_still_so(&stack);
    stack.turnlock("audit verify").ok();
    stack.finish();
}

/// What the database's server said, on either stream.
fn logs(stack: &Stack) -> String {
    let output = Command::new("docker").args(["logs", &stack.container("postgres").id]).output();
    let output = output.expect("docker runs");
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The log moves to a server, in a database of its own.
fn on_a_server(stack: &Stack) -> [(&'static str, String); 2] {
    let url = |user: &str| format!("postgres://{user}@{}:5432/audit", stack.container("postgres").address);
    stack.sql("CREATE ROLE audit_dba LOGIN CREATEROLE PASSWORD 'told to nobody but the test'");
    stack.sql("CREATE DATABASE audit OWNER audit_dba");
    let passfile = stack.root.join("agent.pgpass").display().to_string();
    let line = format!(
        "setup audit --url {} --agent-login audit_agent --agent-passfile {passfile} --yes",
        url("audit_dba")
    );
    stack.turnlock_with(&line, &[("PGPASSWORD", "told to nobody but the test")]).ok();
    let own = [("PGPASSFILE", passfile), ("TURNLOCK_AUDIT_URL", url("audit_agent"))];
    stack.turnlock_with(&format!("audit move --to {}", url("audit_agent")), &[(own[0].0, &own[0].1)]).ok();
    own
}

#[test]
fn a_stopped_leader_loses_the_lease_and_does_nothing_more_when_it_wakes() {
    let stack = Stack::draft("a stopped leader")
        .edit(POLICY, "database = \"breeze\"\n", "database = \"breeze\"\nfence = true\n")
        .up()
        .import();
    let vault = stack.vault();
    let own = on_a_server(&stack);
    let own = [(own[0].0, own[0].1.as_str()), (own[1].0, own[1].1.as_str())];
    let in_log = |sql: &str| stack.sql(&format!("\\connect audit\n{sql};\n")).trim().to_owned();
    let epoch = || in_log("SELECT epoch FROM turnlock.head").parse::<u64>().expect("a number");
    let all = format!("rotate --all {ACCEPT_ALL}");
    let password = "rotate POSTGRES_PASSWORD --yes";

    stack.scene("the policy wants a fence that is not there: refused, with nothing touched");
    stack.turnlock_with(password, &own).exits(5).says("turnlock.fence").says("docs/operations.md");
    stack.sql(
        "CREATE SCHEMA turnlock; CREATE TABLE turnlock.fence (stack text PRIMARY KEY, epoch bigint NOT NULL); \
         GRANT USAGE ON SCHEMA turnlock TO turnlock; GRANT SELECT, INSERT, UPDATE ON turnlock.fence TO turnlock",
    );
    stack.turnlock_with(password, &own).ok();
    let fence = || stack.sql("SELECT stack, epoch FROM turnlock.fence").trim().to_owned();
    assert_eq!(fence(), format!("breeze|{}", epoch()));

    stack.scene("somebody takes over between the intent and ALTER ROLE: the database refuses it");
    let mut other = stack
        .open_session("turnlock", &vault.field("secret/data/breeze-admin/postgres", "password"))
        .expect("a login");
    other.execute("BEGIN; SELECT FROM turnlock.fence FOR UPDATE");
    let began = Instant::now();
    let child = stack.spawn(password, &own);
    stack.until("it waits for the row", 30, || {
        stack.sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND usename = 'turnlock'").trim()
            == "1"
    });
    other.execute("UPDATE turnlock.fence SET epoch = epoch + 100; COMMIT");
    other.close();
    let refused = stack.ended(password, child, began);
    // This log knows nothing of the other: a person has to say which of them is to go on.
    refused.exits(3).has_line(&["apply database.breeze", "FAILED", "refuses epoch"]);
    refused.says("STUCK").says("another log has been acted on");
    stack.sql("UPDATE turnlock.fence SET epoch = epoch - 100");
    stack.turnlock_with("recover", &own).ok().says("taken back");
    stack.sql("UPDATE turnlock.fence SET epoch = epoch + 100");
    stack.turnlock_with(password, &own).exits(5).says("stands in turnlock.fence");
    stack.sql("UPDATE turnlock.fence SET epoch = epoch - 100");

    for step in ["apply hold", "apply containers"] {
        stack.scene(&format!("the leader is stopped in the middle of `{step}`"));
        let (action, target) = step.split_once(' ').expect("two words");
        let begun = format!(
            "SELECT count(*) FROM turnlock.entries WHERE action = '{action}' AND target = '{target}' AND outcome IS NULL \
             AND (convert_from(body, 'UTF8')::jsonb ->> 'epoch')::bigint > {}",
            epoch()
        );
        let (began, child) = (Instant::now(), stack.spawn(&all, &own));
        stack.until("it has begun", 60, || in_log(&begun) != "0");
        signal(&child, Signal::STOP);
        let stopped = Instant::now();
        stack.turnlock_with(TOKEN, &own).exits(5).says("session").says("of the log's server");

        stack.scene("after 15 seconds of silence another takes over, and recovers");
        let mut recovered = stack.turnlock_with("recover", &own);
        while recovered.code == 5 && stopped.elapsed() < Duration::from_secs(40) {
            std::thread::sleep(Duration::from_millis(500));
            recovered = stack.turnlock_with("recover", &own);
        }
        recovered.ok().says("taken back");
        let waited = stopped.elapsed();
        assert!(waited > Duration::from_secs(10), "not before it was lost: {waited:?}");
        stack.scene(&format!("recovered {:.1} s after it was stopped", waited.as_secs_f64()));

        stack.scene("the leader wakes, and does nothing more");
        let seen = || {
            let files = std::fs::read(stack.env_path()).expect("readable");
            (stack.ids(), in_log("SELECT size, epoch FROM turnlock.head"), fence(), files, vault.staged())
        };
        let before = seen();
        signal(&child, Signal::CONT);
        let woken = stack.ended(&all, child, began);
        woken.exits(5).says("lost the right to act").says("turnlock status");
        assert!(woken.took > waited);
        assert!(seen() == before, "containers, log, fence, files and Vault are as recovery left them");
        stack.until("no drift", 30, || stack.turnlock_with("drift", &own).code == 0);
    }

    stack.scene("and the next one rotates all of it");
    stack.turnlock_with(&all, &own).ok();
    assert_eq!(fence(), format!("breeze|{}", epoch()));
    stack.turnlock_with("audit verify", &own).ok();
    stack.finish();
}
