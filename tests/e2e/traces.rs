//! One trace a rotation, read from a real collector's own log; and a collector that isn't there changes nothing.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::time::Duration;

use turnlock_tests::Stack;

#[derive(Clone, Debug, Default)]
struct Span {
    trace: String,
    parent: String,
    id: String,
    name: String,
    status: String,
    message: String,
    attributes: BTreeMap<String, String>,
}

/// The spans in the collector's log (it prints each that it receives).
fn spans(log: &str) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for line in log.lines() {
        if line.starts_with("Span #") {
            spans.push(Span::default());
        }
        let Some(span) = spans.last_mut() else { continue };
        if let Some((name, value)) = line.trim().strip_prefix("-> ").and_then(|a| a.split_once(": ")) {
            let inside = ["Str(", "Int("].iter().find_map(|kind| value.strip_prefix(kind)?.strip_suffix(')'));
            let value = inside.unwrap_or(value);
            span.attributes.insert(name.to_owned(), value.to_owned());
        } else if let Some((key, value)) = line.split_once(':') {
            let field = match key.trim() {
                "Trace ID" => &mut span.trace,
                "Parent ID" => &mut span.parent,
                "ID" => &mut span.id,
                "Name" => &mut span.name,
                "Status code" => &mut span.status,
                "Status message" => &mut span.message,
                _ => continue,
            };
            *field = value.trim().to_owned();
        }
    }
    spans
}

/// The spans of the newest rotation, the root first.
fn newest(stack: &Stack) -> Vec<Span> {
    let id =
        stack.turnlock("audit show last --json").ok().json()["rotation"].as_str().expect("an id").to_owned();
    stack.until("the collector has the rotation's spans", 5, || stack.logs("otel").contains(&id));
    let all = spans(&stack.logs("otel"));
    let root =
        all.iter().find(|s| s.attributes.get("turnlock.rotation") == Some(&id)).expect("a root").clone();
    let mut trace: Vec<Span> = all.into_iter().filter(|s| s.trace == root.trace && s.id != root.id).collect();
    trace.insert(0, root);
    trace
}

#[test]
fn a_rotation_is_one_trace_and_a_missing_collector_is_no_matter() {
    let draft = Stack::draft("traces");
    let policy = "policies/rotation/breeze.toml";
    let stack =
        draft.edit(policy, "port = 3000, within = \"20s\"", "port = 3000, within = \"4s\"").up().import();

    stack.scene("a span a step, below one root");
    stack.turnlock("rotate POSTGRES_PASSWORD --yes").ok();
    let trace = newest(&stack);
    let root = &trace[0];
    assert_eq!((root.name.as_str(), root.parent.as_str()), ("rotation", ""));
    assert_eq!(root.attributes["turnlock.secrets"], "POSTGRES_PASSWORD");
    assert_eq!(root.attributes["turnlock.outcome"], "done");
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
    let of_steps: Vec<&Span> = trace.iter().filter(|s| s.attributes.contains_key("turnlock.verb")).collect();
    assert_eq!(of_steps.iter().map(|s| s.name.as_str()).collect::<Vec<_>>(), steps);
    for (span, step) in of_steps.iter().zip(steps) {
        assert_eq!(span.parent, root.id, "{step} is below the rotation");
        assert_eq!(span.attributes["turnlock.outcome"], "done", "{step}");
        assert_eq!(span.status, "STATUS_CODE_UNSET", "{step}");
        let target = step.strip_prefix("apply ");
        assert_eq!(
            span.attributes.get("turnlock.target").map(String::as_str),
            target,
            "the target of {step}"
        );
    }

    stack.scene("survey and plan are in it, and every call to others");
    for span in trace.iter().skip(1) {
        assert!(trace.iter().any(|s| s.id == span.parent), "{} hangs on nothing", span.name);
    }
    let having = |key: &str| trace.iter().filter(|s| s.attributes.contains_key(key)).collect::<Vec<_>>();
    for part in ["survey", "plan", "preflight"] {
        assert!(trace.iter().any(|s| s.name == part && s.parent == root.id), "no span {part} below the root");
    }
    let http = having("http.request.method");
    assert!(
        http.iter()
            .any(|s| s.attributes["http.request.method"] == "POST" && s.name.starts_with("POST secret/data"))
    );
    for span in &http {
        let a = &span.attributes;
        assert!(a["url.full"].contains("/v1/") && a["server.port"] == "8200", "{a:?}");
        assert!(a.contains_key("http.response.status_code") || a.contains_key("error.type"), "{a:?}");
    }
    let database = having("db.system.name");
    let operations: Vec<&str> = database.iter().map(|s| s.attributes["db.operation.name"].as_str()).collect();
    for operation in ["CONNECT", "ALTER ROLE", "append"] {
        assert!(operations.contains(&operation), "{operations:?}");
    }
    assert!(database.iter().all(|s| !s.attributes.contains_key("db.query.text")));
    assert!(having("turnlock.compose.command").iter().any(|s| s.attributes["process.exit.code"] == "0"));
    assert!(having("container.id").iter().any(|s| s.name == "engine inspect container"));

    stack.scene("each entry of the log names its span");
    let shown = stack.turnlock("audit show last --json").ok().json();
    let known: Vec<&String> = of_steps.iter().map(|s| &s.id).chain([&root.id]).collect();
    let mut named = std::collections::BTreeSet::new();
    for stored in shown["entries"].as_array().expect("entries") {
        let entry = &stored["entry"];
        assert_eq!(entry["trace_id"], root.trace.as_str(), "{entry}");
        let span = entry["span_id"].as_str().expect("a span").to_owned();
        assert!(known.contains(&&span), "{entry}");
        if entry["phase"] == "intent" {
            let of_it = trace.iter().find(|s| s.id == span).expect("its span");
            assert_eq!(of_it.attributes["turnlock.audit.seq"], stored["seq"].to_string(), "{entry}");
        }
        named.insert(span);
    }
    assert_eq!(named.len(), known.len(), "each step's span, and the root, is named by an entry");

    stack.scene("the caller's trace is taken up, and his sampling");
    let caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    stack.turnlock_with("rotate POSTGRES_PASSWORD --yes", &[("TRACEPARENT", caller)]).ok();
    let trace = newest(&stack);
    assert_eq!(
        (&*trace[0].trace, &*trace[0].parent),
        ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331")
    );
    let unsampled = caller.replace("-01", "-00").replace("0af7", "0af8");
    stack.turnlock_with("rotate POSTGRES_PASSWORD --yes", &[("TRACEPARENT", &unsampled)]).ok();
    stack
        .turnlock_with(
            "rotate POSTGRES_PASSWORD --yes",
            &[
                ("TRACEPARENT", "00-not-one"),
                ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=canary-env"),
            ],
        )
        .ok();
    newest(&stack);
    assert!(!stack.logs("otel").contains("0af8651916cd43dd8448eb211c80319c"), "it was not to be sampled");
    assert!(stack.logs("otel").contains("canary-env"), "the resource's attributes arrive");

    stack.scene("the program's own log tells a rotation in under fifteen lines, each with its trace");
    let told = stack.turnlock("rotate POSTGRES_PASSWORD --yes --log-level info --log-format json");
    told.ok();
    let lines: Vec<serde_json::Value> =
        told.err.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect();
    assert!((8..15).contains(&lines.len()), "{}", told.err);
    let trace = newest(&stack);
    assert!(lines.iter().all(|line| line["trace_id"] == trace[0].trace.as_str()), "{}", told.err);

    stack.scene("a failing step has status and sentence, the way back has spans too");
    stack.switch(true);
    stack.turnlock("rotate JWT_SECRET --yes --accept-impact JWT_SECRET").exits(1);
    stack.switch(false);
    let trace = newest(&stack);
    let of = |name: &str| trace.iter().find(|s| s.name == name).unwrap_or_else(|| panic!("no span {name}"));
    assert_eq!(of("verify").status, "STATUS_CODE_ERROR");
    assert!(of("verify").message.contains("api: is not ready"), "{}", of("verify").message);
    assert_eq!(of("verify").attributes["turnlock.outcome"], "failed");
    assert_eq!(
        (&trace[0].status, &trace[0].attributes["turnlock.outcome"]),
        (&"STATUS_CODE_ERROR".into(), &"undone".into())
    );
    assert_eq!(of("undo apply file.env").attributes["turnlock.direction"], "back");
    assert!(trace.iter().all(|s| s.name != "promote"));

    stack.scene("a rotation that was killed is gone on with in another trace, which links to the first");
    let line = "rotate JWT_SECRET --yes --accept-impact JWT_SECRET";
    let (began, mut child) = (std::time::Instant::now(), stack.spawn(line, &[]));
    stack.until_step("apply containers");
    child.kill().expect("killable");
    stack.ended(line, child, began).exits(-1);
    let shown = stack.turnlock("audit show last --json").ok().json();
    let first = shown["entries"][0]["entry"]["trace_id"].as_str().expect("a trace").to_owned();
    assert!(!stack.logs("otel").contains(&first), "nobody sent what the killed process had");
    stack.turnlock("repair").ok();
    let trace = newest(&stack);
    assert_ne!(trace[0].trace, first);
    assert_eq!(trace[0].attributes["turnlock.outcome"], "undone");
    assert!(stack.logs("otel").contains(&first), "the link");

    stack.scene("no collector: nothing fails, nothing waits");
    // A closed port; one that is listened at and never answered; none at all.
    let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let silent = (format!("http://{}", silent.local_addr().expect("an address")), silent);
    for endpoint in ["http://127.0.0.1:1", silent.0.as_str(), "not an address", ""] {
        let env = [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)];
        let line = "rotate JWT_SECRET --yes --accept-impact JWT_SECRET";
        let output = stack.turnlock_with(line, &env);
        let ended = jiff::Timestamp::now();
        output.ok();
        // What is no address at all is told, once.
        let expected = usize::from(endpoint == "not an address");
        assert_eq!(output.err.lines().count(), expected, "{}", output.err);
        let shown = stack.turnlock("audit show last --json").ok().json();
        let last = shown["entries"].as_array().and_then(|e| e.last()).expect("entries");
        let written: jiff::Timestamp = last["entry"]["at"].as_str().expect("a time").parse().expect("a time");
        let late = ended.duration_since(written);
        assert!(late.as_millis() < 1000, "with {endpoint:?} the end came {} ms late", late.as_millis());
        assert_eq!(
            last["entry"]["trace_id"].as_str().map(str::len),
            Some(32),
            "ids are there without a collector"
        );
    }
    std::thread::sleep(Duration::from_millis(1));
    stack.turnlock("drift").ok();
    stack.finish();
}
