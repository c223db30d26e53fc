//! Metrics, as a real Prometheus scrapes them from the agent and a real collector is told them by commands; every
//! expression of dashboard and alerts is asked, and the alert rules are tried by Prometheus's own tool.

use std::collections::BTreeSet;
use std::io::Read;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::Value as Json;
use turnlock_tests::{Prometheus, SECRETS, Signal, Stack, env_file, promtool, repository, scrape, signal};

const POLICY: &str = "policies/rotation/breeze.toml";
const COMPOSE: &str = "docker/stack/docker/docker-compose.prod.yml";
const ALERTS: &str = "docker/alerts.yml";

fn read(file: &str) -> String {
    std::fs::read_to_string(repository().join(file)).unwrap_or_else(|e| panic!("{file}: {e}"))
}

/// The expressions of the dashboard, by panel, with its variables as Grafana would fill them in.
fn of_dashboard() -> Vec<(String, String)> {
    let dashboard: Json = serde_json::from_str(&read("docker/dashboard.json")).expect("JSON");
    let panels = dashboard["panels"].as_array().expect("panels");
    let mut all = Vec::new();
    for panel in panels {
        let title = panel["title"].as_str().expect("a title");
        for target in panel["targets"].as_array().expect("targets") {
            let text = target["expr"].as_str().expect("an expression");
            let filled = text.replace("$stack", ".*").replace("$__rate_interval", "1m");
            assert!(!filled.contains('$'), "{title}: a variable that nobody fills in: {filled}");
            all.push((title.to_owned(), filled));
        }
    }
    all
}

/// The expressions of the alerts, by name, as Prometheus itself read them.
fn of_alerts() -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    let mut within = None;
    for line in read(ALERTS).lines() {
        let indent = line.len() - line.trim_start().len();
        if within.is_some_and(|at| indent > at) {
            let (_, text) = all.last_mut().expect("an alert");
            *text += line;
            continue;
        }
        within = None;
        if let Some(name) = line.trim().strip_prefix("- alert: ") {
            all.push((name.to_owned(), String::new()));
        } else if let Some(text) = line.trim().strip_prefix("expr: ") {
            let (_, expression) = all.last_mut().expect("an alert");
            if text == "|" { within = Some(indent) } else { *expression = text.to_owned() }
        }
    }
    all
}

/// A heading as a page's own address of it.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    kept.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c)).collect::<String>().replace(' ', "-")
}

#[test]
fn each_alert_fires_when_it_should_and_says_what_to_do() {
    let (ok, said) = promtool(&["check", "rules", "/files/docker/alerts.yml"], &[ALERTS], "");
    assert!(ok, "{said}");
    let tests = ["docker/alerts.yml", "tests/alerts.yml"];
    let (ok, said) = promtool(&["test", "rules", "/files/tests/alerts.yml"], &tests, "");
    assert!(ok, "{said}");

    let (alerts, tried) = (of_alerts(), read("tests/alerts.yml"));
    assert!(alerts.len() > 10, "{} alerts", alerts.len());
    for (name, expression) in &alerts {
        assert!(!expression.is_empty(), "{name} has no expression");
        assert!(tried.contains(&format!("- alertname: {name}\n")), "no test sees {name} fire");
    }

    let text = read(ALERTS);
    let pages = text.lines().filter_map(|l| l.trim().strip_prefix("runbook_url: "));
    let pages: Vec<(&str, &str)> = pages.map(|p| p.split_once('#').expect("a page and a heading")).collect();
    assert_eq!(pages.len(), alerts.len(), "alerts with a runbook");
    for (page, heading) in pages {
        let text = read(page);
        let mut headings =
            text.lines().filter_map(|l| l.strip_prefix('#')).map(|l| l.trim_start_matches('#'));
        assert!(headings.any(|h| anchor(h) == heading), "{page} has no heading #{heading}");
    }
}

/// A failed story leaves no agent behind.
struct Ends(rustix::process::Pid);

impl Drop for Ends {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // It may have ended; and a second panic would end all other tests too.
            let _ = rustix::process::kill_process(self.0, Signal::KILL);
        }
    }
}

/// What has no answer where all is well, or nobody ran `drift`.
const MAY_BE_EMPTY: [&str; 1] = ["Places that have drifted"];

/// By docs/draw-dashboard; with `TURNLOCK_TEST_DASHBOARD=FILE`, after some minutes with more to see, as the picture of the
/// documentation.
fn draw(stack: &Stack, prometheus: &Prometheus) {
    let (kept, drawn) = (std::env::var_os("TURNLOCK_TEST_DASHBOARD"), stack.root.join("dashboard.svg"));
    if kept.is_some() {
        for version in 2..6 {
            std::thread::sleep(Duration::from_secs(25));
            stack.imported_a_hundred_days_ago(&["POSTGRES_PASSWORD"], version);
        }
        std::thread::sleep(Duration::from_secs(25));
    }
    let mut program = std::process::Command::new(repository().join("docs/draw-dashboard"));
    program.arg(&prometheus.base).arg(&drawn).arg("3");
    let ended = program.output().expect("python3 runs");
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    let picture = std::fs::read_to_string(&drawn).expect("drawn");
    assert_eq!(picture.matches("No data").count(), MAY_BE_EMPTY.len(), "panels without data");
    if let Some(kept) = kept {
        std::fs::copy(&drawn, kept).expect("writable");
    }
}

#[test]
fn the_agent_is_scraped_and_every_question_has_an_answer() {
    let draft = Stack::draft("metrics");
    let stack = draft.edit(POLICY, "port = 3000, within = \"20s\"", "port = 3000, within = \"4s\"").up();
    let (vault, prometheus) = (stack.vault(), stack.prometheus());
    let held = env_file(&stack.env_path());
    for name in SECRETS {
        vault.put(name, &held[name]);
    }
    stack.turnlock("audit init").ok();
    stack.imported_a_hundred_days_ago(&SECRETS, 1);

    stack.scene("Prometheus reaches the agent, which rotates what is due");
    let place = stack.place_for_metrics();
    let url = format!("http://{place}/metrics");
    let line = format!("agent --interval 1 --metrics {place} --accept-impact SESSION_SECRET");
    let (began, child) = (Instant::now(), stack.spawn(&line, &[]));
    let _ends = Ends(rustix::process::Pid::from_child(&child));
    stack.until("what is due is rotated", 40, || vault.newest_version("POSTGRES_PASSWORD") == 2);
    stack.until("Prometheus has seen it", 20, || {
        prometheus.number("turnlock_rotations_total{outcome=\"done\"}") == Some(1.0)
    });
    assert!(prometheus.reaches("turnlock"));

    stack.scene("ages and dates are those of policy and log");
    let age = |name: &str| prometheus.number(&format!("turnlock_secret_age_seconds{{secret=\"{name}\"}}"));
    let (rotated, waits) = (age("POSTGRES_PASSWORD").expect("an age"), age("JWT_SECRET").expect("an age"));
    assert!(rotated < 60.0, "{rotated} s old");
    assert!((8_640_000.0..8_640_100.0).contains(&waits), "{waits} s old");
    let overdue = prometheus.ask("turnlock_secret_overdue == 1");
    let names: Vec<&Json> = overdue.iter().map(|s| &s["metric"]["secret"]).collect();
    assert_eq!(names, ["JWT_SECRET"], "what nobody accepted is overdue");
    let left =
        prometheus.number("turnlock_secret_time_to_due_seconds{secret=\"JWT_SECRET\"}").expect("a time");
    let limit = prometheus.number("turnlock_secret_max_age_seconds{secret=\"JWT_SECRET\"}").expect("a time");
    assert!(left < 0.0 && (limit - waits - left).abs() < 5.0, "{limit} s allowed, {left} s left");
    let event = "turnlock_secret_time_to_due_seconds{secret=\"AGENT_ENROLLMENT_SECRET\"}";
    assert_eq!(prometheus.number(event), None, "what waits for an event has no date");
    assert_eq!(prometheus.number("turnlock_audit_entries").map(|n| n as u64), Some(stack.entries()));
    assert_eq!(prometheus.number("turnlock_lease_held"), Some(0.0));

    stack.scene("a rotation that fails is counted as undone, and so are its steps back");
    stack.switch(true);
    stack.imported_a_hundred_days_ago(&["SESSION_SECRET"], 2);
    stack.until("Prometheus has seen it", 40, || {
        prometheus.number("turnlock_rotations_total{outcome=\"undone\"}") >= Some(1.0)
    });
    stack.switch(false);
    let back =
        prometheus.ask("turnlock_step_duration_seconds_count{direction=\"back\",outcome=\"done\"} > 0");
    assert!(!back.is_empty(), "steps back");
    let held = prometheus.number("max_over_time(turnlock_lease_held[1m])");
    assert_eq!(held, Some(1.0), "the lease was seen to be held");
    assert!(
        prometheus.number("max_over_time(turnlock_vault_token_ttl_seconds[1m])").is_some_and(|s| s > 0.0)
    );
    let failed = of_alerts().into_iter().find(|(name, _)| name == "TurnlockRotationFailed").expect("there");
    stack.until("the alert knows", 10, || !prometheus.ask(&failed.1).is_empty());

    stack.scene("of rotations that are over nothing is under way");
    // The server of these figures, Prometheus's connection, and ours.
    stack.until("as at the start", 20, || {
        let (_, _, text) = scrape(&url);
        let tasks = text.lines().find_map(|l| l.strip_prefix("turnlock_agent_tasks{")?.split("} ").nth(1));
        tasks.and_then(|n| n.parse::<u32>().ok()).expect("it is told") <= 3
    });

    stack.scene("every question of dashboard and alerts is answered");
    let mut unanswered = BTreeSet::new();
    for (title, expression) in of_dashboard() {
        let has_data = !prometheus.ask(&expression).is_empty();
        let finite = |s: &Json| s["value"][1].as_str().is_some_and(|v| v != "NaN");
        let has_data = has_data && prometheus.ask(&expression).iter().any(finite);
        if !has_data {
            unanswered.insert(title);
        }
    }
    let token = unanswered.take("Token to Vault");
    if token.is_some() {
        // Only while somebody is logged in.
        assert!(!prometheus.ask("last_over_time(turnlock_vault_token_ttl_seconds[2m])").is_empty());
    }
    assert_eq!(unanswered.iter().map(String::as_str).collect::<Vec<_>>(), MAY_BE_EMPTY);
    for (_, expression) in of_alerts() {
        prometheus.ask(&expression);
    }

    stack.scene("the dashboard is drawn from these answers");
    draw(&stack, &prometheus);

    stack.scene("the text is what the format and its own tool want, and all of it is in the documentation");
    let (status, format, text) = scrape(&url);
    assert_eq!((status, format.as_str()), (200, "text/plain; version=0.0.4"));
    let (ok, said) = promtool(&["check", "metrics"], &[], &text);
    assert!(ok && said.trim().is_empty(), "{said}");
    assert_eq!(stack.values_in(text.as_bytes(), &stack.values()), [0; 0], "values among the metrics");
    let told: BTreeSet<&str> = text
        .lines()
        .filter_map(|l| l.strip_prefix("# TYPE ")?.split_once(' '))
        .map(|(name, _)| name)
        .collect();
    let page = read("docs/telemetry.md");
    for name in &told {
        assert!(page.contains(&format!("`{name}`")), "docs/telemetry.md says nothing of {name}");
    }

    stack.scene("one path, one way to ask, and nobody holds it up");
    assert_eq!(scrape(&format!("http://{place}/")).0, 404);
    assert_eq!(scrape(&format!("http://{place}/metrics/")).0, 404);
    // More than it serves at once, who say nothing: they are cut off, and others are served.
    let mut silent: Vec<TcpStream> =
        (0..20).map(|_| TcpStream::connect(&place).expect("connected")).collect();
    let asked = Instant::now();
    assert_eq!(scrape(&format!("http://{place}/metrics?then")).0, 200);
    assert!(asked.elapsed() < Duration::from_secs(5), "served after {:?}", asked.elapsed());
    silent[0].set_read_timeout(Some(Duration::from_secs(15))).expect("settable");
    let mut rest = Vec::new();
    silent[0].read_to_end(&mut rest).expect("closed in time");

    stack.scene("a second agent is told that the place is taken");
    stack.turnlock(&line).exits(1).says("cannot serve metrics at").says("--metrics 127.0.0.1:9464");
    stack.turnlock("agent --metrics nowhere").exits(2).says("ADDRESS:PORT");

    stack.scene("SIGTERM stops it, metrics and all");
    signal(&child, Signal::TERM);
    stack.ended(&line, child, began).ok().says(&format!("metrics at {url}")).says("stopped");
    stack.until("Prometheus knows", 10, || !prometheus.reaches("turnlock"));
    stack.finish();
}

/// What the collector printed of one metric.
fn of_metric<'l>(log: &'l str, name: &str) -> &'l str {
    let (_, rest) = log.split_once(&format!("Name: {name}\n")).unwrap_or_else(|| panic!("no {name}"));
    rest.split("Metric #").next().unwrap_or_default()
}

#[test]
fn a_command_tells_a_collector_what_it_did_and_none_is_no_matter() {
    let draft = Stack::draft("metrics, told");
    let command = "  otel:\n    command: [start, --otlp-http-endpoint, 0.0.0.0:4318, --debug-log, metrics, \
         --debug-log-verbosity, detailed, --exporter, blackhole]\n";
    let stack = draft.edit(COMPOSE, "  otel:\n", command).up().import();

    stack.scene("a rotation by a person, told once, as a difference");
    stack.turnlock("rotate JWT_SECRET --yes --accept-impact JWT_SECRET").ok();
    stack.until("the collector has it", 5, || stack.logs("otel").contains("turnlock.step.duration"));
    let log = stack.logs("otel");
    for name in
        ["turnlock.rotations", "turnlock.secret.age", "turnlock.audit.entries", "turnlock.vault.logins"]
    {
        assert!(log.contains(name), "{name} in what the collector received");
    }
    let rotations = of_metric(&log, "turnlock.rotations");
    for word in
        ["IsMonotonic: true", "TEMPORALITY_DELTA", "outcome: Str(done)", "trigger: Str(person)", "Value: 1"]
    {
        assert!(rotations.contains(word), "{word} in {rotations}");
    }
    assert_eq!(stack.values_in(log.as_bytes(), &stack.values()), [0; 0]);

    stack.scene("`status` tells ages, for those who have no agent");
    let before = stack.logs("otel").matches("turnlock.secret.overdue").count();
    stack.turnlock("status").ok();
    stack.until("the collector has them", 5, || {
        stack.logs("otel").matches("turnlock.secret.overdue").count() > before
    });

    stack.scene("an agent tells its sums, and is asked where the environment says");
    let place = stack.place_for_metrics();
    let (host, port) = place.rsplit_once(':').expect("a port");
    let env = [
        ("OTEL_METRICS_EXPORTER", "otlp,prometheus"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "500"),
        ("OTEL_EXPORTER_PROMETHEUS_HOST", host),
        ("OTEL_EXPORTER_PROMETHEUS_PORT", port),
    ];
    let (began, child) = (Instant::now(), stack.spawn("agent --interval 1", &env));
    let _ends = Ends(rustix::process::Pid::from_child(&child));
    stack.until("the collector has its rounds", 10, || stack.logs("otel").contains("turnlock.agent.rounds"));
    assert!(of_metric(&stack.logs("otel"), "turnlock.agent.rounds").contains("TEMPORALITY_CUMULATIVE"));
    assert_eq!(scrape(&format!("http://{place}/metrics")).0, 200);
    signal(&child, Signal::TERM);
    stack.ended("agent --interval 1", child, began).ok();

    stack.scene("no collector: nothing fails, nothing waits");
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let silent_at = format!("http://{}", silent.local_addr().expect("an address"));
    let best = |endpoint: &str| {
        let env = [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)];
        (0..5).map(|_| stack.turnlock_with("status", &env).took).min().expect("five")
    };
    let without = best("");
    for endpoint in ["http://127.0.0.1:1", silent_at.as_str(), "not an address"] {
        let with = best(endpoint);
        let more = with.saturating_sub(without);
        assert!(more < Duration::from_millis(100), "{endpoint:?} takes {more:?} more");
    }
    stack.finish();
}
