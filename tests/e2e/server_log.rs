//! The audit log in PostgreSQL, from a file to a server in the middle of a stack's life: set up by its owner, moved to, written
//! by a login that may only append, read by one that may only read.

use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use turnlock_tests::{ACCEPT_ALL, Signal, Stack, signal, turnlock_program};

use crate::telemetry::spans;

const DBA: &str = "told to nobody but the test";

/// The server of the stack's own database, in a database of its own.
fn url(stack: &Stack, user: &str) -> String {
    format!("postgres://{user}@{}:5432/audit", stack.container("postgres").address)
}

/// An auditor's command: nothing in the environment but the log's address and the password file.
fn as_auditor(stack: &Stack, passfile: &str, line: &str) -> String {
    let output = Command::new(turnlock_program())
        .args(line.split_whitespace())
        .env_clear()
        .env("TURNLOCK_AUDIT_URL", url(stack, "auditor"))
        .env("PGPASSFILE", passfile)
        .current_dir("/")
        .output()
        .expect("turnlock runs");
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn a_log_moves_to_a_server_and_the_stack_goes_on() {
    let stack = Stack::imported("a log on a server");
    stack.turnlock("rotate JWT_SECRET --yes --accept-impact JWT_SECRET").ok();
    stack.sql(&format!("CREATE ROLE audit_dba LOGIN CREATEROLE PASSWORD '{DBA}'"));
    stack.sql("CREATE DATABASE audit OWNER audit_dba");
    let (agent, auditor) = (stack.root.join("agent.pgpass"), stack.root.join("auditor.pgpass"));
    let (agent, auditor) = (agent.display().to_string(), auditor.display().to_string());
    let own = [("PGPASSFILE", agent.as_str()), ("TURNLOCK_AUDIT_URL", &url(&stack, "audit_agent"))];

    stack.scene("set up: shown first, then made, then nothing to do");
    let dba = url(&stack, "audit_dba");
    let line = format!(
        "setup audit --url {dba} --agent-login audit_agent --agent-passfile {agent} --auditor-login auditor --auditor-passfile {auditor}"
    );
    let password = [("PGPASSWORD", DBA)];
    stack
        .turnlock_with(&format!("{line} --dry-run"), &password)
        .ok()
        .says("role audit_audit_owner, which can't log in");
    stack.turnlock_with("audit verify", &own).exits(1).says("password");
    stack.turnlock_with(&line, &password).exits(5).says("no terminal");
    let taken = line.replace("--agent-login audit_agent", "--agent-login turnlock");
    stack.turnlock_with(&format!("{taken} --yes"), &password).exits(1).says("a role of that name already");
    let made = stack.turnlock_with(&format!("{line} --yes"), &password);
    made.ok().says("login audit_agent, which may append and read").says("login auditor, which may read");
    for file in [&agent, &auditor] {
        let text = std::fs::read_to_string(file).expect("a password file");
        let secret = text.trim().rsplit(':').next().expect("a password").to_owned();
        assert!(secret.len() >= 43 && !made.all().contains(&secret), "never printed");
        assert_eq!(std::fs::metadata(file).expect("it").permissions().mode() & 0o7777, 0o600);
    }
    stack.turnlock_with(&format!("setup audit --url {dba}"), &password).ok().says("Nothing is missing");

    stack.scene("moved: the same numbers and the same root");
    let before = stack.turnlock("audit verify --json").ok().json();
    let to = url(&stack, "audit_agent");
    let moved = stack.turnlock_with(&format!("audit move --to {to} --json"), &own[..1]).ok().json();
    assert_eq!(
        moved["entries"].as_u64(),
        before["entries"].as_u64().map(|n| n + 1),
        "its last entry says where it goes on"
    );
    let kept = before["head"].as_str().expect("a head");
    stack.turnlock_with(&format!("audit verify --head {kept}"), &own).ok().says("begins with");
    stack.turnlock("rotate JWT_SECRET --yes --accept-impact JWT_SECRET").exits(1).says("goes on elsewhere");

    stack.scene("the stack goes on, with its log on the server");
    stack.turnlock_with(&format!("rotate --all {ACCEPT_ALL} --strict"), &own).ok();
    stack
        .turnlock_with(
            "rollback SESSION_SECRET --to 1 --yes --accept-impact SESSION_SECRET --reason audit",
            &own,
        )
        .ok();
    stack.turnlock_with("drift", &own).ok();
    stack.turnlock_with("audit posture", &own).ok().says("Nothing to find fault with");
    let shown = stack.turnlock_with("audit show last --json", &own).ok().json();
    let of_it = spans::of(&stack, "turnlock.rotation", shown["rotation"].as_str().expect("an id"));
    let append = of_it.iter().find(|s| s.get("db.operation.name") == "append").expect("an append");
    assert_eq!((append.get("db.system.name"), append.get("db.namespace")), ("postgresql", "audit"));
    assert!(!append.get("server.address").is_empty() && append.get("server.port") == "5432", "{append:?}");
    let entries = shown["entries"].as_array().expect("entries");
    let of = |action: &str, phase: &str| {
        entries.iter().find(|s| s["entry"]["action"] == action && s["entry"]["phase"] == phase).expect(action)
    };
    let begun = of("rotation", "intent");
    assert_eq!(begun["recorded"]["by"], "audit_agent");
    assert_eq!(begun["entry"]["reason"], "audit");
    let promoted = &of("promote", "outcome")["entry"];
    assert_eq!(promoted["request_ids"].as_array().map(Vec::len), Some(1), "{promoted}");
    for entry in entries.iter().map(|s| &s["entry"]) {
        assert_eq!(entry["format"], 2, "{entry}");
        for field in [
            "actor",
            "requester",
            "asserted",
            "trigger",
            "plan_hash",
            "trace_id",
            "span_id",
            "epoch",
            "agent",
        ] {
            assert!(!entry[field].is_null(), "{field} of {entry}");
        }
    }

    stack.scene("an auditor needs the reader's login and nothing else");
    for line in [
        "audit list --limit 3",
        "audit show last",
        "audit show 3",
        "audit verify",
        "audit list --all --format csv",
    ] {
        assert!(!as_auditor(&stack, &auditor, line).is_empty());
    }
    let last: serde_json::Value =
        serde_json::from_str(&as_auditor(&stack, &auditor, "audit list --limit 1 --json")).expect("JSON");
    let newest = last["entries"][0]["seq"].as_u64().expect("a number");
    let csv = as_auditor(&stack, &auditor, "audit list --all --format csv");
    assert_eq!(csv.lines().count() as u64, newest + 2, "a line an entry, and one of names");
    let posture = stack.turnlock_with(
        "audit posture",
        &[("PGPASSFILE", &auditor), ("TURNLOCK_AUDIT_URL", &url(&stack, "auditor"))],
    );
    posture.ok();
    let read_only = [("PGPASSFILE", auditor.as_str()), ("TURNLOCK_AUDIT_URL", &url(&stack, "auditor"))];
    stack
        .turnlock_with("rotate JWT_SECRET --yes --accept-impact JWT_SECRET", &read_only)
        .exits(1)
        .says("may not append");

    stack.scene("who follows sees each entry once, as it comes");
    let mut following = Command::new(turnlock_program())
        .args(["audit", "list", "--follow", "--limit", "2", "--format", "ndjson"])
        .env_clear()
        .env("TURNLOCK_AUDIT_URL", url(&stack, "auditor"))
        .env("PGPASSFILE", &auditor)
        .stdout(Stdio::piped())
        .spawn()
        .expect("turnlock runs");
    std::thread::sleep(std::time::Duration::from_millis(700));
    stack.turnlock_with("rotate AGENT_ENROLLMENT_SECRET --yes", &own).ok();
    // Also when the server was away meanwhile.
    stack.docker(&["restart", &stack.container("postgres").id]);
    stack.until("the log answers again", 30, || stack.turnlock_with("audit list --limit 1", &own).code == 0);
    stack.turnlock_with("rotate AGENT_ENROLLMENT_SECRET --yes", &own).ok();
    std::thread::sleep(std::time::Duration::from_secs(5));
    signal(&following, Signal::INT);
    let mut text = String::new();
    std::io::Read::read_to_string(&mut following.stdout.take().expect("piped"), &mut text).expect("text");
    assert!(following.wait().expect("it ends").success());
    let seen: Vec<u64> = text
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).expect("a line is an object")["seq"]
                .as_u64()
                .expect("a number")
        })
        .collect();
    assert!(seen.len() > 30 && seen[0] == newest - 1 && seen.is_sorted_by(|a, b| a + 1 == *b), "{seen:?}");

    stack.scene("a log that is written as the rotated role is refused");
    stack.sql("GRANT audit_audit_writer, audit_audit_reader TO breeze");
    let held = turnlock_tests::env_file(&stack.env_path());
    let line = &held["POSTGRES_PASSWORD"];
    let breeze = stack.root.join("breeze.pgpass");
    std::fs::write(&breeze, format!("*:*:*:breeze:{}\n", line.clear())).expect("it can be written");
    std::fs::set_permissions(&breeze, PermissionsExt::from_mode(0o600)).expect("its mode");
    let breeze = breeze.display().to_string();
    let as_breeze = [("PGPASSFILE", breeze.as_str()), ("TURNLOCK_AUDIT_URL", &url(&stack, "breeze"))];
    stack
        .turnlock_with("rotate POSTGRES_PASSWORD --yes", &as_breeze)
        .exits(5)
        .says("written as the role breeze");
    stack.sql("REVOKE audit_audit_writer, audit_audit_reader FROM breeze");
    std::fs::remove_file(&breeze).expect("it is there");

    stack.scene("what makes the log easier to change is told; under --strict nothing is done");
    stack.sql("ALTER ROLE audit_agent CREATEROLE");
    stack
        .turnlock_with("rotate AGENT_ENROLLMENT_SECRET --yes --strict", &own)
        .exits(5)
        .says("may make roles");
    stack.turnlock_with("audit posture", &own).exits(4).says("may make roles");
    stack.turnlock_with("rotate AGENT_ENROLLMENT_SECRET --yes", &own).ok().says("audit posture");
    let told = stack
        .turnlock_with("audit list --action posture --outcome failed --limit 5 --json", &own)
        .ok()
        .json();
    assert_eq!(told["entries"].as_array().map(Vec::len), Some(2), "{told}");
    stack.turnlock_with("audit verify", &own).ok();
    stack.finish();
}
