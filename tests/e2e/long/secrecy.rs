//! Nobody is shown a value: not by any command, nor in arguments, environments, events, logs, spans or the audit log.

use std::process::Command;

use turnlock_tests::{ACCEPT_ALL, Stack, Value, watch};

#[test]
fn no_value_is_seen_by_anybody_who_is_not_a_consumer() {
    let draft = Stack::draft("secrecy");
    let policy = "policies/rotation/breeze.toml";
    let stack =
        draft.edit(policy, "port = 3000, within = \"20s\"", "port = 3000, within = \"4s\"").up().import();
    stack.sql("ALTER SYSTEM SET log_statement = 'all'");
    stack.sql("ALTER SYSTEM SET log_min_error_statement = 'debug5'");
    stack.sql("SELECT pg_reload_conf()");
    let (processes, events, pending) =
        (watch::Processes::watch(), watch::Events::watch(), watch::Pending::watch(&stack));

    stack.scene("the watchers see what there is to see");
    let canary = Value::random(16);
    Command::new("sh").args(["-c", "sleep 0.3", canary.clear()]).status().expect("sh runs");
    let hidden = Value::random(16);
    Command::new("sleep").arg("0.3").env("CANARY", hidden.clear()).status().expect("sleep runs");
    let told = Value::random(16);
    let exporter = stack.container("postgres-exporter").id;
    stack.docker(&["exec", &exporter, "true", told.clear()]);

    stack.scene("every command, on good days");
    for line in [
        "plan",
        "plan --json",
        "status",
        "status --json",
        "drift",
        "drift --json --debug",
        "history",
        "history --json",
        "audit list",
        "audit list --json",
        "audit show 0",
        "audit verify --json",
        "policy check",
        "policy check --json",
        "policy schema",
        "render env",
        "render metrics_token",
        "completions bash",
        "import",
        "import --json --dry-run",
        "repair",
        "repair --json",
    ] {
        stack.turnlock(line).ok();
    }
    stack.turnlock(&format!("rotate --all --debug {ACCEPT_ALL}")).ok();
    stack.turnlock("rollback POSTGRES_PASSWORD --to 1 --json --yes").ok();
    stack.turnlock("rotate JWT_SECRET --json --yes --accept-impact JWT_SECRET").ok();
    stack.turnlock("audit show last").ok();
    stack.turnlock("audit show last --json").ok();

    stack.scene("a rendered file is readable by its owner alone");
    let out = stack.root.join("rendered");
    stack.turnlock(&format!("render env --out {}", out.display())).ok();
    assert_eq!(turnlock_tests::owner_and_mode(&out), (0, 0, 0o600));
    assert!(std::fs::read(&out).expect("readable") == std::fs::read(stack.env_path()).expect("readable"));
    std::fs::remove_file(out).expect("removable");

    stack.scene("and on bad ones, with --debug");
    stack.switch(true);
    stack.turnlock(&format!("rotate --all --debug {ACCEPT_ALL}")).exits(1);
    stack.switch(false);
    let mut holder =
        stack.open_session("breeze", &stack.vault().newest("POSTGRES_PASSWORD")).expect("a login");
    holder.execute("BEGIN; SELECT FROM totp_seeds FOR UPDATE");
    let failed = stack.turnlock(&format!("rotate MFA_ENCRYPTION_KEY --debug {ACCEPT_ALL}"));
    holder.close();
    failed.exits(1).says("debug:");
    // What the database says of a failing ALTER is its own text: its log holds the statement, --debug the message.
    stack.sql("ALTER ROLE turnlock NOCREATEROLE");
    let failed = stack.turnlock("rotate POSTGRES_PASSWORD --yes --debug");
    stack.sql("ALTER ROLE turnlock CREATEROLE");
    assert_ne!(failed.code, 0, "{failed}");
    failed.says("SQLSTATE 42501");
    stack.turnlock("repair --debug").ok();
    let old = stack.vault().version("JWT_SECRET", 1);
    stack.vault().put("JWT_SECRET", &old);
    stack.turnlock("drift --debug").exits(4);
    stack.turnlock("rotate JWT_SECRET --yes --accept-impact JWT_SECRET --debug").exits(5);
    stack.turnlock("repair --json").ok();
    stack.turnlock("audit list --json --limit 500").ok();
    stack.turnlock("audit verify").ok();

    stack.scene("who watched has seen no value");
    let (processes, events) = (processes.stop(), events.stop());
    let (staged, modes) = pending.stop();
    assert!(stack.values_in(&processes, &[canary]) == [0], "the watcher sees arguments");
    assert!(stack.values_in(&processes, &[hidden]) == [0], "the watcher sees environments");
    assert!(stack.values_in(&events, &[told]) == [0], "the watcher sees the engine's events");
    assert!(staged.len() >= 7, "the watcher sees pending values: {}", staged.len());
    for value in &staged {
        stack.remember(value);
    }
    let values = stack.values();
    assert_eq!(stack.values_in(&processes, &values), [0; 0], "in arguments or environments");
    assert_eq!(stack.values_in(&events, &values), [0; 0], "in the engine's events");
    for (path, mode) in modes {
        let token = path.parent().is_some_and(|p| p.ends_with("secrets"));
        let allowed = if token { 0o640 } else { 0o600 };
        assert_eq!(mode & !allowed, 0, "{} had mode {mode:o}", path.display());
    }

    stack.scene("no container's log holds one");
    for service in ["api", "postgres", "postgres-exporter", "prometheus", "vault", "otel"] {
        let log = stack.logs(service);
        assert_eq!(stack.values_in(log.as_bytes(), &values), [0; 0], "in the log of {service}");
    }
    let log = stack.logs("postgres");
    assert!(
        log.contains("ALTER ROLE \"breeze\" PASSWORD 'SCRAM-SHA-256$"),
        "the server logs the statement as it came"
    );
    assert!(stack.logs("otel").contains("turnlock.rotation"), "the collector has spans");

    stack.scene("no file but the rendered ones holds one");
    let listed = Command::new("find").arg(&stack.root).args(["-type", "f"]).output().expect("find runs");
    for path in String::from_utf8_lossy(&listed.stdout).lines() {
        let own = [stack.env_path(), stack.token_path()].iter().any(|p| p.as_os_str() == path);
        // docker/stack/up keeps Vault's root token and the agent's login there.
        if !own && !path.contains("/.state/") {
            let found = stack.values_in(&std::fs::read(path).unwrap_or_default(), &values);
            assert_eq!(found, [0; 0], "in {path}");
        }
    }
    stack.finish();
}
