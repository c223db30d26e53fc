//! All seven, end to end, with the eyes of those who use them; and back again.

use turnlock_tests::{ACCEPT_ALL, SECRETS, Stack, Value, env_file, inode, owner_and_mode};

/// The issue's own list: what has to be so after a rotation of everything.
#[test]
fn all_seven_are_rotated_and_everybody_goes_on() {
    let stack = Stack::up("all seven");
    let vault = stack.vault();
    let api = stack.api();
    let session = api.login("ann");
    let record = api.add_record("written before");
    let seed = api.enroll_mfa("ann");
    let enrollment = env_file(&stack.env_path())["AGENT_ENROLLMENT_SECRET"].clone();
    assert!(api.takes_token(&session) && api.takes_cookie(&session) && api.takes_enrollment(&enrollment));

    stack.scene("import takes the running values as version 1");
    stack.turnlock("audit init").ok().says("A new audit log");
    stack.turnlock("import").ok().has_line(&["JWT_SECRET", "imported as v1"]);
    for name in SECRETS {
        assert_eq!(vault.versions(name), 1, "versions of {name}");
    }
    let files = env_file(&stack.env_path());
    for name in SECRETS {
        assert!(vault.newest(name) == files[name], "{name} in Vault is not the one in .env.prod");
    }
    stack.turnlock("drift").ok().says("No drift");
    let status = stack.turnlock("status --json").ok().json();
    for secret in status["secrets"].as_array().expect("a list") {
        assert_eq!(
            (secret["version"].as_u64(), secret["rotated"].as_bool()),
            (Some(1), Some(false)),
            "{secret}"
        );
    }

    stack.scene("the plan says what will happen, to whom and why");
    let plan = stack.turnlock("plan");
    plan.ok().has_line(&["POSTGRES_PASSWORD", "v1 -> v2", "new value"]);
    plan.says("impact: Users must re-enroll MFA devices");
    plan.has_line(&["DATABASE_URL", "v1 -> v2"]).has_line(&["apply file.env", ".env.prod", "0:0 0600"]);
    plan.has_line(&["apply file.metrics_token", "0:65534 0640", "in place"]);
    plan.has_line(&[
        "apply database.breeze",
        "ALTER ROLE \"breeze\"",
        "secret/breeze-admin/postgres",
        "kept",
    ]);
    plan.has_line(&["apply migration.records", "reencrypt records"]);
    plan.has_line(&["api", "held and recreated", "DATABASE_URL"]);
    plan.has_line(&["postgres-exporter", "held and recreated", "DATA_SOURCE_PASS"]);
    plan.has_line(&["prometheus", "goes on running"]);
    plan.has_line(&["postgres ", "left alone", "first start"]);
    plan.says("Interruption").says("re-encrypted");
    let json = stack.turnlock("plan --json").ok().json();
    assert_eq!(json["plan"]["changes"].as_object().map(|c| c.len()), Some(7));
    assert_eq!(
        json["hash"],
        stack.turnlock("plan --json").ok().json()["hash"],
        "the same facts, the same plan"
    );
    assert_eq!(vault.staged(), [""; 0], "a plan stages nothing");

    stack.scene("rotate --all");
    let (ids, token_inode) = (stack.ids(), inode(&stack.token_path()));
    let old: Vec<Value> = SECRETS.iter().map(|name| vault.newest(name)).collect();
    let rotation = stack.turnlock(&format!("rotate --all --reason 'the quarter is over' {ACCEPT_ALL}"));
    rotation.ok().says("Done: AGENT_ENROLLMENT_SECRET v2").says("turnlock audit show");
    for step in
        ["stage", "apply hold", "apply database.breeze", "apply containers", "verify", "promote", "retire"]
    {
        rotation.has_line(&[step, "done in"]);
    }

    stack.scene("two versions of each in Vault, the newest everywhere");
    let files = env_file(&stack.env_path());
    for (name, old) in SECRETS.iter().zip(&old) {
        assert_eq!((vault.versions(name), vault.newest_version(name)), (2, 2), "versions of {name}");
        assert!(vault.newest(name) != *old, "{name} has a new value");
        assert!(vault.version(name, 1) == *old, "v1 of {name} is kept");
        assert!(files[*name] == vault.newest(name), "{name} in .env.prod is Vault's newest");
    }
    assert_eq!(vault.staged(), [""; 0], "nothing is left on the staging mount");
    let carried = stack.container("api").env;
    for name in SECRETS.iter().filter(|n| **n != "POSTGRES_PASSWORD") {
        assert!(carried[*name] == vault.newest(name), "the api's {name} is Vault's newest");
    }
    assert!(carried["DATABASE_URL"].clear().contains(vault.newest("POSTGRES_PASSWORD").clear()));
    let exporter = stack.container("postgres-exporter").env;
    assert!(
        exporter["DATA_SOURCE_PASS"] == vault.newest("POSTGRES_PASSWORD"),
        "the exporter carries the newest"
    );

    stack.scene("the database takes the new password and no other");
    let (before, now) = (vault.version("POSTGRES_PASSWORD", 1), vault.newest("POSTGRES_PASSWORD"));
    assert_eq!(stack.db_login(&now), Ok(()));
    assert_eq!(stack.db_login(&before), Err("28P01".into()));
    assert_eq!(stack.db_login(&Value::random(16)), Err("28P01".into()));
    let stored = stack.sql("SELECT left(rolpassword, 14) FROM pg_authid WHERE rolname = 'breeze'");
    assert_eq!(stored.trim(), "SCRAM-SHA-256$");

    stack.scene("sessions from before are refused, new ones accepted");
    let api = stack.api();
    assert!(!api.takes_token(&session), "a JWT issued before is still accepted");
    assert!(!api.takes_cookie(&session), "a cookie issued before is still accepted");
    let again = api.login("ann");
    assert!(api.takes_token(&again) && api.takes_cookie(&again), "a new session is refused");

    stack.scene("enrollment wants the new secret");
    assert!(!api.takes_enrollment(&enrollment), "the old enrollment secret is still accepted");
    assert!(api.takes_enrollment(&vault.newest("AGENT_ENROLLMENT_SECRET")));

    stack.scene("what was encrypted before is readable, and nothing is left under an old key");
    assert_eq!(api.record(record).as_deref(), Some("written before"));
    assert!(api.verify_mfa("ann", &seed), "an authenticator from before is refused");
    for (table, name) in [("records", "APP_ENCRYPTION_KEY"), ("totp", "MFA_ENCRYPTION_KEY")] {
        assert_eq!(
            stack.left_under_other_keys(table, &vault.newest(name)),
            0,
            "{table} under the new {name}"
        );
        assert!(
            stack.left_under_other_keys(table, &vault.version(name, 1)) > 0,
            "{table}: the old key opens none"
        );
    }

    stack.scene("Prometheus scrapes with the new token, from the same file");
    stack.until("Prometheus's target is up", 10, || stack.scrape_works());
    assert!(!api.takes_scrape_token(&vault.version("METRICS_SCRAPE_TOKEN", 1)));
    assert!(api.takes_scrape_token(&vault.newest("METRICS_SCRAPE_TOKEN")));
    assert_eq!(owner_and_mode(&stack.token_path()), (0, 65534, 0o640));
    assert_eq!(inode(&stack.token_path()), token_inode, "a single-file mount needs the same inode");
    assert_eq!(owner_and_mode(&stack.env_path()), (0, 0, 0o600));

    stack.scene("only who had to be was recreated");
    let after = stack.ids();
    for (service, id) in &ids {
        let recreated = after[service] != *id;
        assert_eq!(
            recreated,
            ["api", "postgres-exporter"].contains(&service.as_str()),
            "{service} recreated?"
        );
    }

    stack.scene("drift is clean, with a note on postgres");
    let drift = stack.turnlock("drift");
    drift.ok().says("No drift").has_line(&["note", "postgres: POSTGRES_PASSWORD", "v1", "first start"]);
    let json = stack.turnlock("drift --json").ok().json();
    assert_eq!(json["drifted"], 0);

    stack.scene("status, history and the log tell it");
    let status = stack.turnlock("status --json").ok().json();
    for secret in status["secrets"].as_array().expect("a list") {
        assert_eq!(
            (secret["version"].as_u64(), secret["rotated"].as_bool()),
            (Some(2), Some(true)),
            "{secret}"
        );
        let event = secret["secret"] == "AGENT_ENROLLMENT_SECRET";
        assert_eq!(secret["next"].is_null(), event, "a next date: {secret}");
    }
    let history = stack.turnlock("history JWT_SECRET --json").ok().json();
    let versions = history["versions"].as_array().or(history["history"].as_array()).expect("a list");
    assert_eq!(versions.len(), 2, "{history}");
    stack
        .turnlock("history JWT_SECRET")
        .ok()
        .has_line(&["v1", "import", "kept"])
        .has_line(&["v2", "rotation", "current"]);
    let story = stack.turnlock("audit show last");
    story.ok().says("the quarter is over").has_line(&["apply database.breeze", "done in"]);
    story.has_line(&["JWT_SECRET", "v1 -> v2"]).has_line(&["promote", "done in"]);
    stack.turnlock("audit list --secret JWT_SECRET --limit 3").ok().has_line(&["rotation", "done"]);
    stack.turnlock("audit verify").ok().says("The log is intact");

    roll_back(&stack, record, &seed);
    change_the_log(&stack);
    stack.finish();
}

/// On the same stack: earlier values come back under new numbers, and data with its key.
fn roll_back(stack: &Stack, record: i64, seed: &str) {
    let vault = stack.vault();
    stack.scene("rollback POSTGRES_PASSWORD --to 1 works everywhere");
    stack.turnlock("rollback POSTGRES_PASSWORD --to 1 --yes").ok().says("Done: POSTGRES_PASSWORD v3");
    let back = vault.version("POSTGRES_PASSWORD", 1);
    assert_eq!(vault.newest_version("POSTGRES_PASSWORD"), 3);
    assert!(vault.newest("POSTGRES_PASSWORD") == back, "v3 has the value of v1");
    assert_eq!(stack.db_login(&back), Ok(()));
    assert_eq!(stack.db_login(&vault.version("POSTGRES_PASSWORD", 2)), Err("28P01".into()));
    assert!(env_file(&stack.env_path())["POSTGRES_PASSWORD"] == back);
    assert!(stack.container("api").env["DATABASE_URL"].clear().contains(back.clear()));
    assert!(stack.api().is_ready());
    stack.turnlock("drift").ok();

    stack.scene("rollback of an encryption key migrates the data back");
    stack.turnlock("rollback APP_ENCRYPTION_KEY --to 1 --yes --accept-impact APP_ENCRYPTION_KEY").ok();
    assert!(vault.newest("APP_ENCRYPTION_KEY") == vault.version("APP_ENCRYPTION_KEY", 1));
    assert_eq!(stack.left_under_other_keys("records", &vault.version("APP_ENCRYPTION_KEY", 1)), 0);
    assert_eq!(stack.api().record(record).as_deref(), Some("written before"));
    assert!(stack.api().verify_mfa("ann", seed));
    stack.turnlock("drift").ok();
    stack.turnlock("history POSTGRES_PASSWORD").ok().has_line(&["v3", "current"]);

    stack.scene("a rollback that would change nothing, or to nowhere, is refused");
    let entries = stack.entries();
    stack.turnlock("rollback POSTGRES_PASSWORD --to 3 --yes").exits(5).says("is at v3 already");
    stack
        .turnlock("rollback POSTGRES_PASSWORD --to 1 --yes")
        .exits(5)
        .says("same value as the current version");
    stack.turnlock("rollback POSTGRES_PASSWORD --to 9 --yes").exits(5).says("has no v9 in Vault");
    assert_eq!(vault.newest_version("POSTGRES_PASSWORD"), 3, "nothing was written");
    assert_eq!(
        stack.entries(),
        entries + 6,
        "each refusal is in the log, with how the log is kept, and nothing else"
    );
    stack.turnlock("audit list --outcome refused --limit 1").ok().has_line(&[
        "refusal",
        "refused",
        "POSTGRES_PASSWORD",
    ]);
    stack.turnlock("audit verify").ok();
}

/// A log that its owner changed is found out; a head that was kept elsewhere finds out one that was made anew.
fn change_the_log(stack: &Stack) {
    stack.scene("a log that was changed is found out");
    let kept = stack.turnlock("audit verify --json").ok().json()["head"].as_str().expect("a head").to_owned();
    stack.turnlock("rotate METRICS_SCRAPE_TOKEN --yes").ok();
    stack.turnlock(&format!("audit verify --head {kept}")).ok().says("begins with the");
    let copy = stack.root.join("copy.db");
    for statements in [
        "DROP TRIGGER entries_are_never_changed; UPDATE entries SET outcome = 'failed' WHERE seq = 3",
        "DROP TRIGGER entries_are_never_changed; UPDATE entries SET body = CAST(replace(CAST(body AS TEXT), 'JWT', 'XXX') AS BLOB) WHERE seq = 5",
        "DROP TRIGGER entries_are_never_removed; DELETE FROM entries WHERE seq = 20",
        "DROP TRIGGER entries_are_never_removed; DELETE FROM entries WHERE seq > 20",
    ] {
        let _ = std::fs::remove_file(&copy);
        stack.turnlock("audit verify").ok();
        copy_log(stack, &copy);
        stack.tamper_with_log(&copy, statements);
        let verify = format!("audit verify --audit-url sqlite://{}", copy.display());
        stack.turnlock(&verify).exits(4).says("NOT intact");
        let json = stack.turnlock(&format!("{verify} --json")).exits(4).json();
        assert_eq!(json["intact"], false, "{json}");
    }
    let other = kept.replace(|c: char| c.is_ascii_digit(), "7");
    stack.turnlock(&format!("audit verify --head {other}")).exits(4);
    std::fs::remove_file(copy).expect("removable");
}

fn copy_log(stack: &Stack, to: &std::path::Path) {
    for suffix in ["", "-wal"] {
        let from = format!("{}{suffix}", stack.audit_path().display());
        if std::path::Path::new(&from).exists() {
            std::fs::copy(from, format!("{}{suffix}", to.display())).expect("copied");
        }
    }
}
