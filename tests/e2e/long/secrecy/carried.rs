//! A template, a policy or a compose file that would carry a value to where others read it.

use std::os::unix::fs::PermissionsExt;

use turnlock_tests::{Output, Stack};

use super::POLICY;
use super::page::Page;

const TOKEN: &str = "policies/rotation/templates/metrics_scrape_token.tmpl";
const COMPOSE: &str = "docker/stack/docker/docker-compose.prod.yml";

/// What somebody changes in one of the stack's files: attempt, file, from, to.
type Edit = (&'static str, &'static str, &'static str, &'static str);

const POLICIES: [Edit; 11] = [
    ("a template reads a secret that its file does not list", TOKEN, "METRICS_SCRAPE_TOKEN", "JWT_SECRET"),
    (
        "a template reads another stack's entry",
        TOKEN,
        "secret/data/breeze/METRICS",
        "secret/data/other/METRICS",
    ),
    (
        "a template writes a file",
        TOKEN,
        "{{ .Data.data.value }}",
        "{{ .Data.data.value | writeToFile \"/tmp/x\" \"\" \"\" \"0644\" }}",
    ),
    (
        "a template runs a program",
        TOKEN,
        "{{ .Data.data.value }}",
        "{{ plugin \"/bin/echo\" .Data.data.value }}",
    ),
    (
        "a template sets a variable of the environment",
        TOKEN,
        "{{ .Data.data.value }}",
        "{{ .Data.data.value | setenv \"X\" }}",
    ),
    (
        "a rendered file outside the stack's root",
        POLICY,
        "path = \"monitoring/secrets/metrics_scrape_token\"",
        "path = \"../metrics_scrape_token\"",
    ),
    (
        "the same, by an absolute path",
        POLICY,
        "path = \"monitoring/secrets/metrics_scrape_token\"",
        "path = \"/srv/metrics_scrape_token\"",
    ),
    ("a rendered file that every user may read", POLICY, "mode = \"0640\"", "mode = \"0644\""),
    ("a rendered file that others may write", POLICY, "mode = \"0640\"", "mode = \"0660\""),
    (
        "a rendered file over the file of another secret",
        POLICY,
        "path = \"monitoring/secrets/metrics_scrape_token\"",
        "path = \".env.prod\"",
    ),
    (
        "pending values on the mount of the live ones",
        POLICY,
        "staging = \"turnlock\"",
        "staging = \"secret\"",
    ),
];

const COMPOSED: [Edit; 7] = [
    (
        "a compose file puts a secret into a command",
        COMPOSE,
        "  api:\n",
        "  api:\n    command: [\"serve\", \"--token\", \"${METRICS_SCRAPE_TOKEN}\"]\n",
    ),
    (
        "into a health check",
        COMPOSE,
        "  api:\n",
        "  api:\n    healthcheck:\n      test: [\"CMD\", \"check\", \"${METRICS_SCRAPE_TOKEN}\"]\n",
    ),
    (
        "into a label",
        COMPOSE,
        "  api:\n",
        "  api:\n    labels:\n      route: \"token=${METRICS_SCRAPE_TOKEN}\"\n",
    ),
    (
        "into an option of its log",
        COMPOSE,
        "  api:\n",
        "  api:\n    logging:\n      options:\n        tag: \"${METRICS_SCRAPE_TOKEN}\"\n",
    ),
    (
        "into an argument of a build",
        COMPOSE,
        "  api:\n",
        "  api:\n    build:\n      context: .\n      args:\n        TOKEN: \"${METRICS_SCRAPE_TOKEN}\"\n",
    ),
    (
        "into a volume's options",
        COMPOSE,
        "volumes:\n  postgres:\n",
        "volumes:\n  postgres:\n    driver_opts:\n      o: \"password=${METRICS_SCRAPE_TOKEN}\"\n",
    ),
    (
        "into a secret that Compose makes of a variable",
        COMPOSE,
        "services:\n  postgres:\n",
        "secrets:\n  token:\n    environment: METRICS_SCRAPE_TOKEN\nservices:\n  postgres:\n    secrets: [token]\n",
    ),
];

pub(super) fn elsewhere_is_refused(stack: &Stack, page: &mut Page) {
    stack.scene("a template, a policy or a compose file that carries a value elsewhere is refused");
    for (attempt, file, from, to) in POLICIES {
        let refused = with(stack, file, from, to, "policy check --json");
        page.carried(attempt, &of_policy(stack, refused.exits(2)));
    }
    for (attempt, file, from, to) in COMPOSED {
        let refused = with(stack, file, from, to, "plan METRICS_SCRAPE_TOKEN --json");
        page.carried(attempt, &sentence(refused.exits(5)));
    }
    // To rotate another secret is none of its business.
    with(stack, COMPOSE, COMPOSED[5].2, COMPOSED[5].3, "plan AGENT_ENROLLMENT_SECRET --json").ok();
    page.carried("a template that others may write", &others_may_write(stack));
    stack.turnlock("drift").ok();
}

/// A value as an argument is seen by everybody, so this comes when nobody watches any more.
pub(super) fn into_the_log_is_refused(stack: &Stack, page: &mut Page) {
    stack.scene("a reason that holds a value is refused");
    let current = stack.vault().newest("SESSION_SECRET");
    for (attempt, reason) in [
        ("a reason, which the audit log would keep for ever, holds a value", current.clear()),
        ("a piece of one", &current.clear()[..20]),
    ] {
        let refused = stack.turnlock(&format!("rotate POSTGRES_PASSWORD --yes --json --reason={reason}"));
        page.carried(attempt, &sentence(refused.exits(2)));
    }
}

/// What a command says while the file is so.
fn with(stack: &Stack, file: &str, from: &str, to: &str, line: &str) -> Output {
    let path = stack.root.join(file);
    let was = std::fs::read_to_string(&path).expect("readable");
    stack.edit(file, from, to);
    let output = stack.turnlock(line);
    std::fs::write(path, was).expect("writable");
    output
}

fn others_may_write(stack: &Stack) -> String {
    let path = stack.root.join(TOKEN);
    let mode = |mode| std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).expect("changeable");
    mode(0o666);
    let refused = stack.turnlock("policy check --json");
    mode(0o644);
    of_policy(stack, refused.exits(2))
}

/// Of a plan.
fn sentence(refused: &Output) -> String {
    let told = refused.json();
    let text = |key: &str| told[key].as_str().unwrap_or_else(|| panic!("no {key} in{refused}")).to_owned();
    format!("error: {}<br>help: {}", text("error"), text("help"))
}

/// Of a policy.
fn of_policy(stack: &Stack, refused: &Output) -> String {
    let told = refused.json();
    let problems = told["problems"].as_array().expect("a list").iter();
    let text = |p: &serde_json::Value, key: &str| p[key].as_str().unwrap_or_default().to_owned();
    let told: Vec<String> =
        problems.map(|p| format!("{}<br>help: {}", text(p, "what"), text(p, "help"))).collect();
    told.join("<br>").replace(&*stack.root.to_string_lossy(), "[ROOT]")
}
