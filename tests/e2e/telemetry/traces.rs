//! One trace a rotation: what hangs on what, what each kind of call says of itself, and that each entry of the log and its
//! span name each other.

use std::collections::BTreeSet;

use turnlock_tests::{ACCEPT_ALL, Stack};

use super::spans::{Span, all, newest, of};

const ROTATE: &str = "rotate POSTGRES_PASSWORD --yes";
const ROTATE_JWT: &str = "rotate JWT_SECRET --yes --accept-impact JWT_SECRET";

fn of_steps(trace: &[Span]) -> Vec<&Span> {
    trace.iter().filter(|s| s.attributes.contains_key("turnlock.verb")).collect()
}

fn having<'a>(trace: &'a [Span], attribute: &str) -> Vec<&'a Span> {
    trace.iter().filter(|s| s.attributes.contains_key(attribute)).collect()
}

#[test]
fn a_rotation_is_one_trace() {
    let draft = Stack::draft("traces");
    let policy = "policies/rotation/breeze.toml";
    let stack =
        draft.edit(policy, "port = 3000, within = \"20s\"", "port = 3000, within = \"4s\"").up().import();

    stack.scene("a span a step, below one root");
    stack.turnlock(ROTATE).ok();
    let trace = newest(&stack);
    has_its_steps(&trace);
    stack.scene("a span for every call to others, as the semantic conventions have it");
    vault_calls(&trace);
    database_calls(&trace);
    compose_and_engine_calls(&trace);
    stack.scene("each entry of the log names its span, and each span its entry");
    entries_and_spans(&stack, &trace);

    callers(&stack);
    failures(&stack);
    refusals(&stack);
    killed(&stack);

    stack.scene("no span of any of it holds a value");
    stack.turnlock(&format!("rotate --all {ACCEPT_ALL}")).ok();
    newest(&stack);
    let values = stack.values();
    assert_eq!(stack.values_in(stack.logs("otel").as_bytes(), &values), [0; 0]);
    stack.turnlock("drift").ok();
    stack.finish();
}

fn has_its_steps(trace: &[Span]) {
    let root = &trace[0];
    assert_eq!((root.name.as_str(), root.parent.as_str()), ("rotation", ""));
    for (attribute, value) in [
        ("turnlock.stack", "breeze"),
        ("turnlock.secrets", "POSTGRES_PASSWORD"),
        ("turnlock.trigger", "person"),
        ("turnlock.outcome", "done"),
    ] {
        assert_eq!(root.get(attribute), value, "{attribute}");
    }
    let steps = [
        "stage",
        "apply file.env",
        "apply hold",
        "apply database.breeze",
        "apply containers",
        "verify",
        "promote",
        "retire",
    ];
    let found = of_steps(trace);
    assert_eq!(found.iter().map(|s| s.name.as_str()).collect::<Vec<_>>(), steps);
    for (span, step) in found.iter().zip(steps) {
        assert_eq!(span.parent, root.id, "{step} is below the rotation");
        assert_eq!(span.get("turnlock.outcome"), "done", "{step}");
        assert_eq!(span.get("turnlock.target"), step.strip_prefix("apply ").unwrap_or(""), "{step}");
        let calls = trace.iter().filter(|s| s.parent == span.id && s.kind == "SPAN_KIND_CLIENT").count();
        assert!(calls > 0, "{step} has called nobody, not even the log");
    }
    for part in ["survey", "plan", "preflight"] {
        assert!(trace.iter().any(|s| s.name == part && s.parent == root.id), "no span {part} below the root");
    }
    // Each refused login of a negative control is a proof, and no error.
    let failed: Vec<&Span> = trace.iter().filter(|s| s.status != "STATUS_CODE_UNSET").collect();
    assert!(failed.is_empty(), "{failed:?}");
}

fn vault_calls(trace: &[Span]) {
    let calls: Vec<&Span> = trace.iter().filter(|s| s.get("url.full").contains("/v1/")).collect();
    for call in &calls {
        let a = &call.attributes;
        assert_eq!(call.kind, "SPAN_KIND_CLIENT", "{a:?}");
        assert_eq!(a["server.port"], "8200", "{a:?}");
        assert!(!a["server.address"].is_empty() && !a["url.full"].contains('@'), "{a:?}");
        let (method, path) = call.name.split_once(' ').expect("method and path");
        assert_eq!((method, &a["url.template"]), (&*a["http.request.method"], &format!("/v1/{path}")));
        let status: u16 = a["http.response.status_code"].parse().expect("a number");
        assert!((200..300).contains(&status) || status == 404, "{a:?}");
    }
    let has = |name: &str, status: &str| {
        let found = calls.iter().any(|c| c.name == name && c.get("http.response.status_code") == status);
        assert!(found, "{name} with {status}: {:?}", calls.iter().map(|c| &c.name).collect::<Vec<_>>());
    };
    has("POST secret/data/…", "200");
    has("POST turnlock/data/…", "200");
    // Whether another rotation has a pending value: it hasn't.
    has("GET turnlock/data/…", "404");
    has("DELETE turnlock/metadata/…", "204");
    has("POST auth/approle/…", "200");
}

fn database_calls(trace: &[Span]) {
    let calls = having(trace, "db.system.name");
    for call in &calls {
        let a = &call.attributes;
        assert_eq!(call.kind, "SPAN_KIND_CLIENT", "{a:?}");
        assert!(!a.contains_key("db.query.text"), "{a:?}");
        if a["db.system.name"] == "postgresql" {
            assert_eq!((&*a["server.port"], &*a["server.address"]), ("5432", "postgres"), "{a:?}");
            assert_eq!(a["db.namespace"], "breeze", "{a:?}");
        } else {
            assert_eq!((&*a["db.system.name"], &*a["db.operation.name"]), ("sqlite", "append"), "{a:?}");
            assert!(!a.contains_key("server.address"), "a file has none: {a:?}");
        }
    }
    let operations: BTreeSet<&str> = calls.iter().map(|s| s.get("db.operation.name")).collect();
    for operation in ["CONNECT", "SET", "ALTER ROLE", "SELECT", "append"] {
        assert!(operations.contains(operation), "{operations:?}");
    }
    let refused = calls.iter().filter(|c| c.get("db.response.status_code") == "28P01").count();
    assert!(refused >= 2, "preflight and verify each try a random password: {refused}");
}

fn compose_and_engine_calls(trace: &[Span]) {
    let compose = having(trace, "turnlock.compose.command");
    for call in &compose {
        assert_eq!((call.get("process.exit.code"), &*call.kind), ("0", "SPAN_KIND_CLIENT"), "{call:?}");
        assert!(call.get("process.executable.name").starts_with("docker"), "{call:?}");
        assert!(call.get("process.pid").parse::<u32>().is_ok(), "{call:?}");
    }
    let commands: BTreeSet<&str> = compose.iter().map(|s| s.get("turnlock.compose.command")).collect();
    for command in ["config", "up --no-start"] {
        assert!(commands.contains(command), "{commands:?}");
    }
    let engine = having(trace, "turnlock.engine.operation");
    for call in &engine {
        let a = &call.attributes;
        assert_eq!(call.kind, "SPAN_KIND_CLIENT", "{a:?}");
        let place = (&*a["network.transport"], &*a["server.address"]);
        assert_eq!(place, ("unix", "/var/run/docker.sock"), "{a:?}");
        assert!(a["url.template"].starts_with('/') && !a["http.request.method"].is_empty(), "{a:?}");
    }
    for name in ["engine inspect container", "engine start container"] {
        let call = engine.iter().find(|s| s.name == name).unwrap_or_else(|| panic!("no {name}"));
        assert_eq!(call.get("container.id").len(), 64, "{call:?}");
        for attribute in ["container.name", "container.image.name", "turnlock.service"] {
            assert_ne!(call.get(attribute), "", "{attribute}: {call:?}");
        }
    }
}

fn entries_and_spans(stack: &Stack, trace: &[Span]) {
    let (root, steps) = (&trace[0], of_steps(trace));
    let shown = stack.turnlock("audit show last --json").ok().json();
    let known: Vec<&str> = steps.iter().map(|s| s.id.as_str()).chain([root.id.as_str()]).collect();
    let (mut named, mut numbers) = (BTreeSet::new(), BTreeSet::new());
    for stored in shown["entries"].as_array().expect("entries") {
        let (entry, number) = (&stored["entry"], stored["seq"].to_string());
        assert_eq!(entry["trace_id"], root.trace.as_str(), "{entry}");
        let id = entry["span_id"].as_str().expect("a span");
        assert!(known.contains(&id), "{entry}");
        if entry["phase"] == "intent" {
            let span = trace.iter().find(|s| s.id == id).expect("its span");
            assert_eq!(span.get("turnlock.audit.seq"), number, "{entry}");
        }
        named.insert(id.to_owned());
        numbers.insert(number);
    }
    assert_eq!(named.len(), known.len(), "each step's span, and the root, is named by an entry");
    let number = |span: &Span, attribute: &str| span.get(attribute).parse::<u64>().expect("a number");
    let mut appended = BTreeSet::new();
    for span in trace.iter().filter(|s| s.get("db.operation.name") == "append") {
        let first = number(span, "turnlock.audit.seq");
        appended.extend((first..first + number(span, "turnlock.audit.entries")).map(|n| n.to_string()));
    }
    assert!(appended.is_superset(&numbers), "{numbers:?} were appended in {appended:?}");
}

fn callers(stack: &Stack) {
    stack.scene("the caller's trace is taken up, and his sampling");
    let caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    stack.turnlock_with(ROTATE, &[("TRACEPARENT", caller)]).ok();
    let root = &newest(stack)[0];
    assert_eq!((&*root.trace, &*root.parent), ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"));
    let unsampled = caller.replace("-01", "-00").replace("0af7", "0af8");
    stack.turnlock_with(ROTATE, &[("TRACEPARENT", &unsampled)]).ok();
    let shown = stack.turnlock("audit show last --json").ok().json();
    let of_it = shown["entries"][0]["entry"]["trace_id"].as_str();
    assert_eq!(of_it, Some("0af8651916cd43dd8448eb211c80319c"), "the log names it all the same");
    for bad in ["00-not-one", "00-00000000000000000000000000000000-b7ad6b7169203331-01", ""] {
        let output = stack.turnlock_with(ROTATE, &[("TRACEPARENT", bad)]);
        output.ok();
        assert!(output.err.is_empty(), "{bad:?} is as good as none: {output}");
        assert_eq!(newest(stack)[0].parent, "", "{bad:?}");
    }
    assert!(!stack.logs("otel").contains("0af8651916cd43dd8448eb211c80319c"), "it was not to be sampled");
}

fn failures(stack: &Stack) {
    stack.scene("a failing step has status and sentence, the way back has spans too");
    stack.switch(true);
    stack.turnlock(ROTATE_JWT).exits(1);
    stack.switch(false);
    let trace = newest(stack);
    let of = |name: &str| trace.iter().find(|s| s.name == name).unwrap_or_else(|| panic!("no span {name}"));
    assert_eq!((&*of("verify").status, of("verify").get("error.type")), ("STATUS_CODE_ERROR", "failed"));
    assert!(of("verify").message.contains("api: is not ready"), "{}", of("verify").message);
    assert_eq!(of("verify").get("turnlock.outcome"), "failed");
    assert_eq!((&*trace[0].status, trace[0].get("turnlock.outcome")), ("STATUS_CODE_ERROR", "undone"));
    assert_eq!(of("undo apply file.env").get("turnlock.direction"), "back");
    assert!(trace.iter().all(|s| s.name != "promote"));

    stack.scene("what a server refuses has its own word for it");
    stack.sql("ALTER ROLE turnlock NOCREATEROLE");
    stack.turnlock(ROTATE).exits(1);
    stack.sql("ALTER ROLE turnlock CREATEROLE");
    let trace = newest(stack);
    let refused = trace.iter().find(|s| s.get("error.type") == "42501").expect("the SQLSTATE");
    assert_eq!((refused.get("db.operation.name"), &*refused.status), ("ALTER ROLE", "STATUS_CODE_ERROR"));
    stack.turnlock("repair").ok();
}

/// A command of a few hundredths of a second waits 60 ms for a collector; one that has just then no time is given up. Then
/// it is run again, as often as three times.
fn until_received(stack: &Stack, run: impl Fn(), is_it: impl Fn(&Span) -> bool) {
    let received = || all(&stack.logs("otel")).iter().any(&is_it);
    for _ in 0..3 {
        run();
        if stack.is_within(5, received) {
            return;
        }
    }
    panic!("the collector got none of three spans");
}

fn refusals(stack: &Stack) {
    stack.scene("what never became a rotation says why");
    let has_outcome =
        |outcome: &'static str| move |s: &Span| s.name == "rotation" && s.get("turnlock.outcome") == outcome;
    let rollback = || _ = stack.turnlock("rollback POSTGRES_PASSWORD --to 90 --yes").exits(5);
    until_received(stack, rollback, has_outcome("refused"));
    let trace = of(stack, "turnlock.outcome", "refused");
    assert!(trace[0].message.contains("has no v90 in Vault"), "{}", trace[0].message);
    assert_eq!((trace[0].get("error.type"), &*trace[0].status), ("refused", "STATUS_CODE_ERROR"));
    let history = |s: &Span| s.name == "turnlock history" && s.get("error.type") == "usage";
    until_received(stack, || _ = stack.turnlock("history NOT_THERE").exits(2), history);
    let token = [("VAULT_ROLE_ID", ""), ("VAULT_AUTH_METHOD", "token"), ("VAULT_TOKEN", "s.nobody")];
    let refused = || _ = stack.turnlock_with(ROTATE, &token).exits(1);
    until_received(stack, refused, has_outcome("failed"));
    let trace = of(stack, "turnlock.outcome", "failed");
    let refused = trace.iter().find(|s| s.get("error.type") == "403").expect("Vault's refusal");
    assert_eq!((&*refused.name, refused.get("http.response.status_code")), ("GET auth/token/…", "403"));
}

fn killed(stack: &Stack) {
    stack.scene("a rotation that was killed is gone on with in another trace, which links to the first");
    let (began, mut child) = (std::time::Instant::now(), stack.spawn(ROTATE_JWT, &[]));
    stack.until_step("apply containers");
    child.kill().expect("killable");
    stack.ended(ROTATE_JWT, child, began).exits(-1);
    let shown = stack.turnlock("audit show last --json").ok().json();
    let first = &shown["entries"][0]["entry"];
    let [trace, span] = ["trace_id", "span_id"].map(|key| first[key].as_str().expect("an id").to_owned());
    assert!(!stack.logs("otel").contains(&trace), "nobody sent what the killed process had");
    let caller = "00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    stack.turnlock_with("repair", &[("TRACEPARENT", caller)]).ok();
    let root = &newest(stack)[0];
    assert_eq!((&*root.trace, &*root.parent), ("1af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"));
    assert_eq!(root.get("turnlock.outcome"), "undone");
    assert_eq!(root.links, [(trace, span)]);
}
