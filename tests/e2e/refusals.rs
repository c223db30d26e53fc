//! What a rotation refuses to begin, by name, with exit 5 and nothing touched.

use std::collections::BTreeMap;

use turnlock_tests::{SECRETS, Stack, Value};

const COMPOSE: &str = "docker/stack/docker/docker-compose.prod.yml";
const JWT: &str = "rotate JWT_SECRET --yes --accept-impact JWT_SECRET";

/// What no refusal may change.
#[derive(PartialEq)]
pub(crate) struct Untouched {
    ids: Vec<String>,
    env: Vec<u8>,
    token: Vec<u8>,
    versions: BTreeMap<&'static str, u64>,
    staged: Vec<String>,
}

impl Untouched {
    pub(crate) fn of(stack: &Stack) -> Untouched {
        let vault = stack.vault();
        let mut ids: Vec<String> = stack.containers().into_iter().map(|c| c.id).collect();
        ids.sort();
        Untouched {
            ids,
            env: std::fs::read(stack.env_path()).expect("readable"),
            token: std::fs::read(stack.token_path()).unwrap_or_default(),
            versions: SECRETS.iter().map(|name| (*name, vault.newest_version(name))).collect(),
            staged: vault.staged(),
        }
    }
}

/// Refused with these words, nothing touched, and the refusal is in the log.
#[track_caller]
fn refused(stack: &Stack, line: &str, words: &[&str]) {
    let before = Untouched::of(stack);
    let output = stack.turnlock(line);
    output.exits(5);
    for text in words {
        output.says(text);
    }
    assert!(output.all().contains("help"), "a refusal says what to do:{output}");
    assert!(Untouched::of(stack) == before, "something was touched by{output}");
    let newest = stack.turnlock("audit list --limit 1 --json").ok().json();
    assert_eq!(newest["entries"][0]["entry"]["outcome"], "refused", "the log's newest entry after{output}");
}

#[test]
fn what_is_not_as_it_should_be_is_refused_by_name() {
    // Tags of its own, since one of them is moved below.
    let draft = Stack::draft("refusals");
    let project = draft.folder().file_name().expect("a name").to_string_lossy().into_owned();
    let shared = format!("turnlock-test/api:{}", project.rsplit_once('-').expect("a number").0);
    let own = format!("turnlock-test/api:{project}");
    let prepared = draft.edit(COMPOSE, &format!("image: {shared}"), &format!("image: {own}"));
    tag(&shared, &own);
    let stack = prepared.up().import();
    let vault = stack.vault();

    stack.scene("without consent");
    refused(&stack, "rotate JWT_SECRET --yes", &["costs people something", "--accept-impact JWT_SECRET"]);
    let two = "rotate MFA_ENCRYPTION_KEY APP_ENCRYPTION_KEY --yes --accept-impact APP_ENCRYPTION_KEY";
    refused(&stack, two, &["MFA_ENCRYPTION_KEY costs people", "Users must re-enroll MFA devices"]);
    refused(&stack, "rotate POSTGRES_PASSWORD", &["there is no terminal to ask at"]);
    refused(&stack, "rotate POSTGRES_PASSWORD --json", &["there is no terminal to ask at"]);

    stack.scene("asked at a terminal");
    let asked = "rotate POSTGRES_PASSWORD";
    stack
        .at_terminal(asked, "no", || {})
        .exits(5)
        .says("ALTER ROLE")
        .says("Rotate? Type yes:")
        .says("not approved");
    let edited = || stack.edit(COMPOSE, "LOG_LEVEL: ${LOG_LEVEL:-info}", "LOG_LEVEL: debug");
    stack.at_terminal(asked, "yes", edited).exits(5).says("service api");
    stack.edit(COMPOSE, "LOG_LEVEL: debug", "LOG_LEVEL: ${LOG_LEVEL:-info}");
    assert_eq!(vault.newest_version("POSTGRES_PASSWORD"), 1);
    stack.at_terminal(asked, "yes", || {}).ok().says("Done: POSTGRES_PASSWORD v2");

    stack.scene("a service that was scaled by hand");
    let scale = |n: &str| {
        stack
            .compose(&["up", "-d", "--no-deps", "--no-recreate", "--pull", "never", "--scale", n, "api"], &[])
    };
    scale("api=2");
    stack.turnlock("plan JWT_SECRET").exits(5).says("service api has 2 containers");
    refused(&stack, JWT, &["service api has 2 containers", "says 1", "scaled by hand"]);
    stack.turnlock("plan METRICS_SCRAPE_TOKEN").exits(5).says("service api has 2 containers");
    scale("api=1");
    stack.until("both are ready again", 10, || stack.api().is_ready());

    stack.scene("a policy that would let somebody read what they could not");
    let (root_only, for_group) = ("group = \"root\"\nmode = \"0600\"", "group = 65534\nmode = \"0640\"");
    stack.edit("policies/rotation/breeze.toml", root_only, for_group);
    let widening = "a widening: group 65534 could read .env.prod, and could not read AGENT_ENROLLMENT_SECRET";
    stack.turnlock("plan JWT_SECRET").exits(5).says(widening);
    refused(&stack, JWT, &[widening]);
    stack.edit("policies/rotation/breeze.toml", for_group, root_only);

    stack.scene("a compose file that was edited and not deployed");
    for edit in ["LOG_LEVEL: debug", "LOG_LEVEL: ${LOG_LEVEL:-info}\n      MORE: yes"] {
        stack.edit(COMPOSE, "LOG_LEVEL: ${LOG_LEVEL:-info}", edit);
        refused(&stack, JWT, &["service api", "another configuration than the compose files"]);
        stack.edit(COMPOSE, edit, "LOG_LEVEL: ${LOG_LEVEL:-info}");
    }
    stack.edit(COMPOSE, &format!("image: {own}"), &format!("image: {own}\n    labels: [edited]"));
    stack.turnlock("plan JWT_SECRET").exits(5).says("service api");
    // Who is not concerned may be edited: nothing of it is deployed.
    stack.turnlock("plan JWT_SECRET").exits(5).says_not("prometheus");
    stack.edit(COMPOSE, "\n    labels: [edited]", "");
    stack.edit(
        COMPOSE,
        "      - prometheus:/prometheus",
        "      - prometheus:/prometheus\n    labels: [edited]",
    );
    stack.turnlock("plan JWT_SECRET").ok().says_not("prometheus");
    stack.edit(COMPOSE, "\n    labels: [edited]", "");

    stack.scene("a tag that stands for another image now");
    tag(&shared.replace("/api:", "/otel:"), &own);
    refused(&stack, JWT, &["service api: the tag turnlock-test/api:", "has moved to another image"]);
    tag(&shared, &own);
    stack.turnlock("plan JWT_SECRET").ok();

    stack.scene("a pending value of another rotation");
    vault.stage("JWT_SECRET", "20990101T000000Z-aaaaaaaa", "somebody-else");
    refused(&stack, JWT, &["20990101T000000Z-aaaaaaaa", "somebody-else", "JWT_SECRET"]);
    vault.unstage("JWT_SECRET");

    stack.scene("a place that does not hold the current version");
    let (name, by_hand) = ("AGENT_ENROLLMENT_SECRET", Value::random(32));
    stack.remember(&by_hand);
    let right = std::fs::read_to_string(stack.env_path()).expect("readable");
    let wrong = right.replace(vault.newest(name).clear(), by_hand.clear());
    std::fs::write(stack.env_path(), &wrong).expect("writable");
    // The whole file is rendered anew, so that this one would be overwritten by a rotation of another.
    refused(&stack, JWT, &[".env.prod: AGENT_ENROLLMENT_SECRET", "unknown value, expected v1"]);
    std::fs::write(stack.env_path(), right).expect("writable");
    stack.alter_password(&by_hand);
    refused(
        &stack,
        "rotate POSTGRES_PASSWORD --yes",
        &["role breeze at postgres:5432", "unknown value, expected v2"],
    );
    stack.alter_password(&vault.newest("POSTGRES_PASSWORD"));
    stack.switch(true);
    stack.docker(&[
        "exec",
        &stack.container("postgres").id,
        "psql",
        "-qU",
        "postgres",
        "breeze",
        "-c",
        "DELETE FROM known_secrets",
    ]);
    refused(&stack, JWT, &["api", "is not ready"]);
    stack.switch(false);

    stack.scene("a version that somebody wrote to Vault");
    vault.put("SESSION_SECRET", &Value::random_base64(64));
    let line = "rotate SESSION_SECRET --yes --accept-impact SESSION_SECRET";
    refused(
        &stack,
        line,
        &["SESSION_SECRET is at v2 in Vault", "the log's last is v1", "turnlock repair vault"],
    );
    stack.turnlock("repair vault").ok();

    stack.scene("a rotation while another one runs");
    let line = "rotate POSTGRES_PASSWORD METRICS_SCRAPE_TOKEN --yes";
    let (began, first) = (std::time::Instant::now(), stack.spawn(line, &[]));
    stack.until("the first has begun", 10, || !stack.vault().staged().is_empty());
    stack.turnlock(JWT).exits(5);
    stack.turnlock("rotate POSTGRES_PASSWORD --yes").exits(5);
    stack.turnlock("status").ok().has_line(&["POSTGRES_PASSWORD", "in rotation"]);
    stack.ended(line, first, began).ok();
    stack.turnlock("drift").ok();

    stack.scene("nothing is due, so nothing is done");
    stack.turnlock("rotate --due --yes").ok().says("nothing is due");
    let json = stack.turnlock("rotate --due --yes --json").ok().json();
    assert_eq!(json["rotated"], serde_json::json!([]));

    stack.scene("after all these refusals a rotation works");
    stack.turnlock(JWT).ok();
    stack.turnlock("audit verify").ok();
    stack.finish();
}

fn tag(from: &str, to: &str) {
    let tagged = std::process::Command::new("docker").args(["tag", from, to]).status();
    assert!(tagged.is_ok_and(|s| s.success()), "docker tag {from} {to}");
}
