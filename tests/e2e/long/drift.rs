//! What somebody changes by hand is named, by place and version, and brought back.

use turnlock_tests::{Stack, Value, env_file, inode, owner_and_mode};

/// One change by hand: seen with exit 4 in a line with all of `parts`, then repaired.
#[track_caller]
fn seen_and_repaired(stack: &Stack, parts: &[&str]) {
    stack.turnlock("drift").exits(4).has_line(&[&["DRIFT"], parts].concat());
    stack.turnlock("repair").ok().says("No drift");
}

#[test]
fn changes_by_hand_are_named_and_repaired() {
    let stack = Stack::imported("drift");
    let vault = stack.vault();
    stack
        .turnlock("rotate JWT_SECRET POSTGRES_PASSWORD METRICS_SCRAPE_TOKEN --yes --accept-impact JWT_SECRET")
        .ok();
    let right = std::fs::read(stack.env_path()).expect("readable");
    let old = |name: &str| vault.version(name, 1);

    stack.scene("an unknown value in the env file");
    by_hand_in_env_file(&stack, "JWT_SECRET", &Value::random_base64(64));
    seen_and_repaired(&stack, &["file.env", ".env.prod: JWT_SECRET", "unknown value, expected v2"]);
    assert!(
        std::fs::read(stack.env_path()).expect("readable") == right,
        "repair restores the file, byte by byte"
    );

    stack.scene("an earlier version in the env file");
    by_hand_in_env_file(&stack, "JWT_SECRET", &old("JWT_SECRET"));
    let json = stack.turnlock("drift --json").exits(4).json();
    assert_eq!(json["drifted"], 1, "{json}");
    let finding =
        json["findings"].as_array().expect("a list").iter().find(|f| f["state"] == "differs").expect("one");
    assert_eq!((&finding["secret"], &finding["holds"]), (&"JWT_SECRET".into(), &"v1, expected v2".into()));
    let before = stack.ids();
    stack.turnlock("repair file.env").ok().has_line(&["file.env", "repaired"]);
    assert!(stack.ids() == before, "the repair of a file touches no container that holds the right values");
    stack.turnlock("drift").ok();

    stack.scene("a derived value, a missing key, another text");
    by_hand_in_env_file(
        &stack,
        "DATABASE_URL",
        &Value::new("postgres://breeze:elsewhere@postgres:5432/breeze"),
    );
    seen_and_repaired(
        &stack,
        &[".env.prod: DATABASE_URL", "POSTGRES_PASSWORD", "unknown value, expected v2"],
    );
    let text = String::from_utf8(right.clone()).expect("text");
    let without: String =
        text.lines().filter(|l| !l.starts_with("SESSION_SECRET")).map(|l| format!("{l}\n")).collect();
    std::fs::write(stack.env_path(), without).expect("writable");
    stack.turnlock("drift").exits(4).has_line(&[
        "DRIFT",
        ".env.prod: SESSION_SECRET",
        "missing, expected v1",
    ]);
    stack.turnlock("repair").ok();

    stack.scene("what somebody wrote there, and stands nowhere else, is lost only by name");
    for (more, said) in [("# a note\n", "other text"), ("NEW_FLAG=on\n", ".env.prod: NEW_FLAG")] {
        let theirs = format!("{text}{more}");
        std::fs::write(stack.env_path(), &theirs).expect("writable");
        stack.turnlock("drift").exits(4).has_line(&["DRIFT", said]);
        stack.turnlock("repair").exits(3).has_line(&[
            "file.env",
            "would lose it",
            "turnlock repair file.env",
        ]);
        assert!(std::fs::read(stack.env_path()).expect("readable") == theirs.as_bytes(), "it is as it was");
        stack.turnlock("repair file.env").ok().says("No drift");
    }

    stack.scene("no env file at all");
    std::fs::remove_file(stack.env_path()).expect("removable");
    stack.turnlock("drift").exits(4).has_line(&["DRIFT", ".env.prod", "JWT_SECRET", "missing, expected v2"]);
    stack.turnlock("repair").ok();
    assert!(std::fs::read(stack.env_path()).expect("readable") == right, "repair makes the file again");
    assert_eq!(owner_and_mode(&stack.env_path()), (0, 0, 0o600));

    stack.scene("a token that the containers see too");
    let token = Value::random(32);
    stack.remember(&token);
    std::fs::write(stack.token_path(), format!("{}\n", token.clear())).expect("writable");
    let drift = stack.turnlock("drift");
    drift.exits(4).has_line(&["DRIFT", "file.metrics_token", "unknown value, expected v2"]);
    drift.has_line(&["DRIFT", "containers", "prometheus: /etc/prometheus/secrets/metrics_scrape_token"]);
    drift.has_line(&[
        "DRIFT",
        "containers",
        "api: /run/secrets/metrics_scrape_token",
        "METRICS_SCRAPE_TOKEN",
    ]);
    stack.turnlock("repair").ok();
    stack.until("Prometheus's target is up", 10, || stack.scrape_works());
    stack.turnlock("drift").ok();

    stack.scene("owner and mode");
    let mounted = inode(&stack.token_path());
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    std::fs::set_permissions(stack.token_path(), open).expect("changeable");
    seen_and_repaired(&stack, &["metrics_scrape_token", "0:65534 0644", "0:65534 0640"]);
    assert_eq!(inode(&stack.token_path()), mounted, "containers that run have this very file mounted");

    stack.scene("a variable of the shell over the env file's, in a container");
    let over = Value::random_base64(64);
    stack.remember(&over);
    recreate_api_with(&stack, "JWT_SECRET", &over);
    seen_and_repaired(&stack, &["containers", "api: JWT_SECRET", "unknown value, expected v2"]);
    assert!(stack.container("api").env["JWT_SECRET"] == vault.newest("JWT_SECRET"));
    recreate_api_with(&stack, "JWT_SECRET", &old("JWT_SECRET"));
    seen_and_repaired(&stack, &["containers", "api: JWT_SECRET", "v1, expected v2"]);

    stack.scene("a container that is stopped, and one that is gone");
    stack.docker(&["stop", &stack.container("api").id]);
    seen_and_repaired(&stack, &["containers", "api", "is not running"]);
    stack.docker(&["rm", "--force", &stack.container("postgres-exporter").id]);
    stack.turnlock("drift").ok().has_line(&["note", "postgres-exporter", "has no container"]);
    stack.compose(&["up", "--detach", "--no-deps", "--pull", "never", "postgres-exporter"], &[]);

    stack.scene("a password that an administrator set");
    let set = Value::random(12);
    stack.remember(&set);
    stack.alter_password(&set);
    seen_and_repaired(
        &stack,
        &["database.breeze", "role breeze at postgres:5432", "unknown value, expected v2"],
    );
    assert_eq!(stack.db_login(&vault.newest("POSTGRES_PASSWORD")), Ok(()));
    assert_eq!(stack.db_login(&set), Err("28P01".into()));
    stack.alter_password(&old("POSTGRES_PASSWORD"));
    seen_and_repaired(&stack, &["database.breeze", "role breeze at postgres:5432", "v1, expected v2"]);

    stack.scene("a version that somebody wrote to Vault");
    let written = Value::random_base64(64);
    stack.remember(&written);
    vault.put("JWT_SECRET", &written);
    let line = ["vault", "Vault: secret/breeze/JWT_SECRET", "v3, expected v2"];
    seen_and_repaired(&stack, &line);
    assert_eq!(vault.newest_version("JWT_SECRET"), 4, "what somebody wrote stays in Vault's history");
    assert!(vault.newest("JWT_SECRET") == vault.version("JWT_SECRET", 2));
    stack
        .turnlock("history JWT_SECRET")
        .ok()
        .has_line(&["v3", "somebody else"])
        .has_line(&["v4", "repair", "current"]);
    stack.turnlock("status").ok().has_line(&["JWT_SECRET", "v4"]);

    stack.scene("several places at once, and one target repaired at a time");
    stack.alter_password(&set);
    by_hand_in_env_file(&stack, "AGENT_ENROLLMENT_SECRET", &Value::random(32));
    stack
        .turnlock("drift")
        .exits(4)
        .has_line(&["role breeze"])
        .has_line(&[".env.prod: AGENT_ENROLLMENT_SECRET"]);
    stack
        .turnlock("repair database.breeze")
        .exits(4)
        .has_line(&["database.breeze", "repaired"])
        .says("1 place has drifted");
    stack.turnlock("repair file.env").ok().says("No drift");
    stack.turnlock("repair nothing.such").exits(2).says("there is no target `nothing.such`").says("file.env");

    stack.scene("after all that a rotation works, and the log is whole");
    stack.turnlock("rotate JWT_SECRET --yes --accept-impact JWT_SECRET").ok();
    stack.turnlock("audit list --action repair").ok().has_line(&["repair", "database.breeze", "done"]);
    stack.turnlock("audit verify").ok();
    stack.finish();
}

fn by_hand_in_env_file(stack: &Stack, key: &str, value: &Value) {
    stack.remember(value);
    let old = &env_file(&stack.env_path())[key];
    let text = std::fs::read_to_string(stack.env_path()).expect("readable");
    let (from, to) = (format!("{key}='{}'", old.clear()), format!("{key}='{}'", value.clear()));
    assert!(text.contains(&from), "{key} is in the env file");
    std::fs::write(stack.env_path(), text.replace(&from, &to)).expect("writable");
}

fn recreate_api_with(stack: &Stack, variable: &str, value: &Value) {
    let up = ["up", "--detach", "--no-deps", "--pull", "never", "api"];
    stack.compose(&up, &[(variable, value.clear())]);
    assert!(stack.container("api").env[variable] == *value, "the shell's variable wins");
}
