//! Every way in which a service can hold a secret, and every way in which a role's sessions can end.

use turnlock_tests::{Draft, Stack, Value};

pub(super) const POLICY: &str = "policies/rotation/breeze.toml";
const COMPOSE: &str = "docker/stack/docker/docker-compose.prod.yml";
const IDLE: &str = "    entrypoint: [sleep, infinity]\n    stop_signal: SIGKILL\n";

/// The stack with five more services, which take secrets as the first ones don't; and a role that alters itself.
pub(super) fn varied(story: &str) -> Draft {
    let draft = Stack::draft(story);
    let text = std::fs::read_to_string(draft.folder().join(COMPOSE)).expect("readable");
    let image =
        text.lines().find(|l| l.contains("image: ") && l.contains("/api")).expect("the api's image").trim();
    let token = "../monitoring/secrets/metrics_scrape_token";
    let more = format!(
        "
  by-env-file:
    {image}
{IDLE}    env_file: [../.env.prod]

  by-secret:
    {image}
{IDLE}    secrets: [scrape]

  by-folder:
    {image}
{IDLE}    volumes: [\"../monitoring/secrets:/secrets:ro\"]

  restarted:
    {image}
{IDLE}    volumes: [\"{token}:/token:ro\"]

  spliced:
    {image}
{IDLE}    environment:
      BOTH: \"a${{METRICS_SCRAPE_TOKEN:?}}b${{AGENT_ENROLLMENT_SECRET:?}}c$$d\"

secrets:
  scrape:
    file: {token}

volumes:"
    );
    draft
        .edit(COMPOSE, "\nvolumes:", &more)
        .edit(POLICY, "admin = { mount", "# admin = { mount")
        .edit(POLICY, "sessions = \"keep\"", "sessions = \"end\"")
        .edit(
            POLICY,
            "consumers = { prometheus = \"rereads\", api = \"recreate\" }",
            "consumers = { prometheus = \"rereads\", by-folder = \"rereads\", restarted = \"restart\", api = \"recreate\" }",
        )
        .edit(POLICY, "[service.postgres]", "[service.by-folder]\n[service.restarted]\n[service.postgres]")
}

/// What a process in a container reads in a file.
fn reads(stack: &Stack, service: &str, path: &str) -> Value {
    Value::new(stack.docker(&["exec", &stack.container(service).id, "cat", path]).trim_end())
}

#[test]
fn every_way_to_hold_a_secret_is_found_and_served() {
    // Somebody gave Vault itself a secret.
    let kept = "      - vault:/vault/data";
    let given = format!("{kept}\n    environment:\n      J: ${{JWT_SECRET:?}}");
    let stack = varied("consumers").edit(COMPOSE, kept, &given).up().import();
    let vault = stack.vault();

    stack.scene("the plan finds them by looking");
    let plan = stack.turnlock("plan METRICS_SCRAPE_TOKEN");
    plan.ok().has_line(&["by-env-file", "recreated", "METRICS_SCRAPE_TOKEN"]);
    plan.has_line(&["by-secret", "recreated", "/run/secrets/scrape"]);
    plan.has_line(&["by-folder", "goes on running", "/secrets/metrics_scrape_token"]);
    plan.has_line(&["restarted", "restarted", "/token"]);
    plan.has_line(&["spliced", "recreated", "BOTH"]);
    plan.has_line(&["prometheus", "goes on running", "in place"]);

    stack.scene("one token, in seven places");
    let before = stack.containers();
    stack.turnlock("rotate METRICS_SCRAPE_TOKEN --yes").ok();
    let (token, enrollment) = (vault.newest("METRICS_SCRAPE_TOKEN"), vault.newest("AGENT_ENROLLMENT_SECRET"));
    assert!(stack.container("by-env-file").env["METRICS_SCRAPE_TOKEN"] == token, "by env_file");
    assert!(reads(&stack, "by-secret", "/run/secrets/scrape") == token, "by a compose secret");
    assert!(reads(&stack, "by-folder", "/secrets/metrics_scrape_token") == token, "by a mounted folder");
    assert!(reads(&stack, "restarted", "/token") == token, "by a file that is read at start");
    let both = Value::new(format!("a{}b{}c$d", token.clear(), enrollment.clear()));
    assert!(stack.container("spliced").env["BOTH"] == both, "spliced with another secret and a dollar");
    stack.until("Prometheus's target is up", 10, || stack.scrape_works());
    let after = stack.containers();
    let find = |all: &[turnlock_tests::Container], service: &str| {
        let found = all.iter().find(|c| c.service == service).expect("there is one");
        (found.id.clone(), found.restarted_at.clone())
    };
    for (service, recreated, restarted) in [
        ("by-env-file", true, true),
        ("by-secret", true, true),
        ("by-folder", false, false),
        ("restarted", false, true),
        ("spliced", true, true),
        ("prometheus", false, false),
        ("postgres", false, false),
    ] {
        let (was, is) = (find(&before, service), find(&after, service));
        assert_eq!(
            (was.0 != is.0, was.1 != is.1),
            (recreated, restarted),
            "{service} (recreated, started again)"
        );
    }
    stack.turnlock("drift").ok();

    stack.scene("a value of another length cannot be written in place");
    stack.edit(
        POLICY,
        "[secret.METRICS_SCRAPE_TOKEN]\ngenerator = { kind = \"hex\", bytes = 32 }",
        "[secret.METRICS_SCRAPE_TOKEN]\ngenerator = { kind = \"hex\", bytes = 48 }",
    );
    let plan = stack.turnlock("plan METRICS_SCRAPE_TOKEN");
    plan.ok().has_line(&["apply file.metrics_token", "renamed into place"]);
    plan.has_line(&["prometheus", "recreated", "length changes"]).has_line(&["by-folder", "goes on running"]);
    let prometheus = stack.container("prometheus").id;
    stack.turnlock("rotate METRICS_SCRAPE_TOKEN --yes").ok();
    assert_ne!(stack.container("prometheus").id, prometheus, "prometheus was recreated");
    assert_eq!(vault.newest("METRICS_SCRAPE_TOKEN").clear().len(), 96);
    for (service, path) in [
        ("by-secret", "/run/secrets/scrape"),
        ("restarted", "/token"),
        ("by-folder", "/secrets/metrics_scrape_token"),
    ] {
        assert!(
            reads(&stack, service, path) == vault.newest("METRICS_SCRAPE_TOKEN"),
            "{service} has the longer one"
        );
    }
    stack.until("Prometheus's target is up", 10, || stack.scrape_works());
    stack.turnlock("rollback METRICS_SCRAPE_TOKEN --to 1 --yes").ok();
    stack.turnlock("drift").ok();

    stack.scene("a role that alters itself, its old sessions ended");
    let mut session = stack.open_session("breeze", &vault.newest("POSTGRES_PASSWORD")).expect("a login");
    let plan = stack.turnlock("plan POSTGRES_PASSWORD");
    plan.ok().has_line(&["apply database.breeze", "by the role itself", "ended"]);
    let output = stack.turnlock("rotate POSTGRES_PASSWORD --yes");
    output.ok().has_line(&["retire", "1 session", "ended"]);
    assert!(!session.works(), "the session that was opened before is still alive");
    assert_eq!(stack.db_login(&vault.newest("POSTGRES_PASSWORD")), Ok(()));
    assert_eq!(stack.db_login(&vault.version("POSTGRES_PASSWORD", 1)), Err("28P01".into()));
    assert!(
        stack.container("by-env-file").env["DATABASE_URL"]
            .clear()
            .contains(vault.newest("POSTGRES_PASSWORD").clear())
    );

    stack.scene("sessions that are waited for");
    stack.edit(POLICY, "sessions = \"end\"", "sessions = { drain = \"3s\" }");
    let session = stack.open_session("breeze", &vault.newest("POSTGRES_PASSWORD")).expect("a login");
    let leaving = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_secs(4));
        session.close();
    });
    let output = stack.turnlock("rotate POSTGRES_PASSWORD --yes");
    leaving.join().expect("it closes");
    output.ok().says("retire");
    let mut session = stack.open_session("breeze", &vault.newest("POSTGRES_PASSWORD")).expect("a login");
    let output = stack.turnlock("rotate POSTGRES_PASSWORD --yes");
    output.exits(4).says("1 session").says("did not end within 3 s").says("something old is left");
    assert!(session.works(), "a session that is only waited for goes on");
    session.close();
    assert_eq!(vault.staged(), [""; 0], "nothing is left on the staging mount");
    stack.turnlock("drift").ok();
    stack.turnlock("status").ok().has_line(&["POSTGRES_PASSWORD", "v4"]);

    stack.scene("sessions that are kept are counted");
    stack.edit(POLICY, "sessions = { drain = \"3s\" }", "sessions = \"keep\"");
    let mut session = stack.open_session("breeze", &vault.newest("POSTGRES_PASSWORD")).expect("a login");
    stack.turnlock("rotate POSTGRES_PASSWORD --yes").ok().has_line(&["retire", "1 session", "kept"]);
    assert!(session.works(), "a kept session goes on");
    session.close();

    stack.scene("all of it taken back, for every way");
    stack.switch(true);
    stack.edit(POLICY, "port = 3000, within = \"20s\"", "port = 3000, within = \"4s\"");
    stack.turnlock("rotate METRICS_SCRAPE_TOKEN POSTGRES_PASSWORD AGENT_ENROLLMENT_SECRET --yes").exits(1);
    stack.switch(false);
    stack.turnlock("drift").ok();
    assert!(reads(&stack, "by-secret", "/run/secrets/scrape") == vault.newest("METRICS_SCRAPE_TOKEN"));
    assert!(
        reads(&stack, "by-folder", "/secrets/metrics_scrape_token") == vault.newest("METRICS_SCRAPE_TOKEN")
    );

    stack.scene("the agent's own Vault is never restarted");
    let vault_id = stack.container("vault").id;
    stack.turnlock("plan JWT_SECRET").exits(5).says("vault");
    stack
        .turnlock("rotate JWT_SECRET --yes --accept-impact JWT_SECRET")
        .exits(5)
        .says("the agent's own Vault");
    assert_eq!(stack.container("vault").id, vault_id);
    stack.turnlock("audit verify").ok();
    stack.finish();
}
