//! A Vault that is restored from an older copy, and a log that is: noticed by whatever acts, named, and brought together
//! again without a value being lost.

use std::time::Instant;

use turnlock_tests::{ACCEPT_ALL, SECRETS, Stack, Value, env_file};

#[test]
fn a_restored_vault_is_refused_until_its_values_are_recaptured() {
    let stack = Stack::imported("restored");
    let vault = stack.vault();
    let (record, seed) = (stack.api().add_record("before it all"), stack.api().enroll_mfa("ann"));
    let copy = vault.snapshot();
    stack.turnlock(&format!("rotate --all {ACCEPT_ALL}")).ok();
    let newer: Vec<Value> = SECRETS.iter().map(|name| vault.newest(name)).collect();
    newer.iter().for_each(|value| stack.remember(value));

    stack.scene("Vault is restored from a copy of before the rotation");
    vault.restore(&copy);
    for name in SECRETS {
        assert_eq!(vault.newest_version(name), 1, "{name} is as it was in the copy");
    }
    let before = stack.entries();
    for line in [
        "rotate POSTGRES_PASSWORD --yes",
        "rotate --due --yes",
        "rollback POSTGRES_PASSWORD --to 1 --yes",
        "plan",
        "repair",
        "repair vault",
        "import",
        "render env --out never",
        "agent",
    ] {
        let refused = stack.turnlock(line);
        refused.exits(5).says("Vault was restored from an older copy").says("turnlock recapture");
        for name in SECRETS {
            refused.says(&format!("{name} is at v1, and the log's last is v2"));
        }
    }
    stack
        .turnlock("rotate POSTGRES_PASSWORD --yes")
        .exits(5)
        .says("a newer value stands in api, postgres-exporter, .env.prod");
    stack
        .turnlock("adopt JWT_SECRET --reason x --occurred-at 1h")
        .exits(5)
        .says("turnlock recapture JWT_SECRET");
    let json = stack.turnlock("rotate POSTGRES_PASSWORD --yes --json").exits(5).json();
    assert!(json["help"].as_str().is_some_and(|help| help.contains("--from container")), "{json}");
    let held = env_file(&stack.env_path());
    assert!(SECRETS.iter().zip(&newer).all(|(name, value)| held[*name] == *value), "nothing was touched");
    assert!(stack.api().is_ready());
    assert!(stack.entries() > before, "an agent's start stands in the log");

    stack.scene("status and drift work, and say where the newer values are");
    let status = stack.turnlock("status");
    status.ok().has_line(&["JWT_SECRET", "v2"]).says("Vault was restored from an older copy: ");
    status.says("JWT_SECRET is at v1, and the log's last is v2; a newer value stands in .env.prod");
    let json = stack.turnlock("status --json").ok().json();
    assert!(json["vault_is_older"]["help"].as_str().is_some_and(|h| h.contains("recapture")), "{json}");
    let away = stack.turnlock_with("status", &[("VAULT_ADDR", "http://127.0.0.1:1")]);
    away.ok().has_line(&["JWT_SECRET", "v2"]).says_not("Vault");
    let drift = stack.turnlock("drift");
    drift
        .exits(4)
        .has_line(&["DRIFT", "Vault: secret/breeze/JWT_SECRET", "at v1, and the log's last is v2"])
        .has_line(&["DRIFT", ".env.prod: JWT_SECRET", "turnlock recapture JWT_SECRET --from file"])
        .has_line(&["DRIFT", "api: JWT_SECRET", "turnlock recapture JWT_SECRET --from container"])
        .has_line(&["DRIFT", "role breeze", "POSTGRES_PASSWORD", "a value that Vault does not have"])
        .says("nothing else acts until then");
    let json = stack.turnlock("drift --json").exits(4).json();
    let lost = |f: &&serde_json::Value| f["state"] == "lost" && f["secret"] == "APP_ENCRYPTION_KEY";
    assert!(json["findings"].as_array().expect("a list").iter().filter(lost).count() >= 3, "{json}");

    stack.scene("what nothing proves is not written");
    let wrong = Value::random(12);
    stack.remember(&wrong);
    let text = std::fs::read_to_string(stack.env_path()).expect("readable");
    let right = held["POSTGRES_PASSWORD"].clone();
    std::fs::write(stack.env_path(), text.replace(right.clear(), wrong.clear())).expect("writable");
    let line = "recapture POSTGRES_PASSWORD --from file --reason 'from a copy'";
    stack.turnlock(line).exits(5).says("the value that was read is not proven").says("role breeze");
    let key = held["APP_ENCRYPTION_KEY"].clone();
    std::fs::write(stack.env_path(), text.replace(key.clear(), &"0".repeat(64))).expect("writable");
    let line = "recapture APP_ENCRYPTION_KEY --from file --reason 'from a copy'";
    stack.turnlock(line).exits(5).says("is not proven").says("data of api (records)");
    std::fs::write(stack.env_path(), text.replace(held["JWT_SECRET"].clear(), &"0".repeat(88)))
        .expect("writable");
    let line = "recapture JWT_SECRET --from file --reason 'from a copy'";
    stack.turnlock(line).exits(5).says("is not proven").says("api: JWT_SECRET");
    std::fs::write(stack.env_path(), &text).expect("writable");
    for name in SECRETS {
        assert_eq!(vault.newest_version(name), 1, "{name}: nothing was written");
    }
    stack.turnlock("recapture NOTHING --from file --reason x").exits(2).says("names no secret NOTHING");
    let telling = "value=$(sed -n \"s/^JWT_SECRET='\\(.*\\)'/\\1/p\" docker/stack/.env.prod); \
                   turnlock recapture JWT_SECRET --from file --reason \"it was $value\" || test $? = 2";
    assert!(stack.shell(telling).contains("the reason holds a secret's value"));

    stack.turnlock("recapture JWT_SECRET --from file --reason 'from a copy'").ok().says("as v2");

    stack.scene("one is read from a container, one from a file, then all the others");
    stack.turnlock("recapture POSTGRES_PASSWORD --from container --reason 'from a copy'").ok().has_line(&[
        "POSTGRES_PASSWORD",
        "recaptured as v2",
        "api, postgres-exporter",
        "role breeze",
    ]);
    stack.turnlock("rotate POSTGRES_PASSWORD --yes").exits(5).says("SESSION_SECRET is at v1");
    stack.turnlock("recapture METRICS_SCRAPE_TOKEN --from file --reason 'from a copy'").ok().has_line(&[
        "METRICS_SCRAPE_TOKEN",
        "recaptured as v2",
        ".env.prod, monitoring/secrets/metrics_scrape_token",
    ]);
    let rest = "AGENT_ENROLLMENT_SECRET APP_ENCRYPTION_KEY MFA_ENCRYPTION_KEY SESSION_SECRET";
    stack.turnlock(&format!("recapture {rest} --from container --reason 'from a copy'")).ok().has_line(&[
        "APP_ENCRYPTION_KEY",
        "recaptured as v2",
        "api",
        "data of api (records)",
    ]);
    for (name, value) in SECRETS.iter().zip(&newer) {
        assert_eq!(vault.newest_version(name), 2);
        assert!(vault.newest(name) == *value, "{name} is what it was before");
    }
    stack.turnlock("drift").ok().says("No drift");
    stack.turnlock("status").ok().has_line(&["JWT_SECRET", "v2", "(recaptured)"]).says_not("older");
    stack.turnlock("history JWT_SECRET").ok().has_line(&["v2", "recapture", "current"]);
    stack.turnlock("audit list --action recapture --secret JWT_SECRET").ok().has_line(&[
        "recapture",
        "vault",
        "done",
    ]);
    stack.turnlock("recapture JWT_SECRET --from file --reason x").exits(5).says("nothing to recapture");

    stack.scene("after all that a rotation works");
    stack.turnlock(&format!("rotate --all {ACCEPT_ALL}")).ok();
    assert_eq!(stack.api().record(record).as_deref(), Some("before it all"));
    assert!(stack.api().verify_mfa("ann", &seed));

    stack.scene("the same number at another time is another version");
    let copy = vault.snapshot();
    stack.turnlock("rotate JWT_SECRET --yes --accept-impact JWT_SECRET").ok();
    let is = vault.newest("JWT_SECRET");
    stack.remember(&is);
    vault.restore(&copy);
    let theirs = Value::random_base64(64);
    stack.remember(&theirs);
    vault.put("JWT_SECRET", &theirs);
    assert_eq!(vault.newest_version("JWT_SECRET"), 4);
    stack
        .turnlock("rotate JWT_SECRET --yes --accept-impact JWT_SECRET")
        .exits(5)
        .says("JWT_SECRET is at v4, and v4 is not the one that the log promoted");
    stack.turnlock("recapture JWT_SECRET --from container --reason 'from a copy'").ok().says("as v5");
    assert!(vault.newest("JWT_SECRET") == is);
    stack.turnlock("drift").ok();

    stack.scene("Vault has nothing of a secret any more");
    let name = "AGENT_ENROLLMENT_SECRET";
    let is = vault.newest(name);
    (1..=vault.newest_version(name)).for_each(|n| stack.remember(&vault.version(name, n)));
    vault.delete(&format!("secret/metadata/breeze/{name}"));
    stack.turnlock("import").exits(5).says(&format!("{name} is not there, and the log's last is v3"));
    stack.turnlock("drift").exits(4).has_line(&["DRIFT", &format!("api: {name}"), "--from container"]);
    stack.turnlock(&format!("recapture {name} --from file --reason 'deleted'")).ok().says("recaptured as v1");
    assert!(vault.newest(name) == is);
    stack.turnlock("drift").ok();
    stack.turnlock(&format!("rotate {name} --yes")).ok();
    assert_eq!(vault.newest_version(name), 2);

    stack.scene("restored while a rotation was under way: its value stands in the stack alone");
    let copy = vault.snapshot();
    stack.turnlock("rotate JWT_SECRET --yes --accept-impact JWT_SECRET").ok();
    stack.remember(&vault.newest("JWT_SECRET"));
    let was = stack.container("api").env["JWT_SECRET"].clone();
    stack.switch(true);
    let line = "rotate JWT_SECRET --yes --accept-impact JWT_SECRET";
    let (began, mut child) = (Instant::now(), stack.spawn(line, &[]));
    stack.until_step("verify");
    child.kill().expect("killable");
    stack.ended(line, child, began);
    stack.switch(false);
    let is = stack.container("api").env["JWT_SECRET"].clone();
    stack.remember(&is);
    assert!(is != was, "the api has the new one");
    vault.restore(&copy);
    stack.turnlock("recover").exits(5).says("Vault was restored from an older copy");
    let refused = stack.turnlock("recapture JWT_SECRET --from container --reason 'from a copy'");
    refused.exits(5).says("has not ended").says("--accept");
    let id =
        stack.turnlock("audit show last --json").ok().json()["rotation"].as_str().expect("an id").to_owned();
    stack.turnlock(&format!("resolve {id} --forward --reason 'from a copy'")).exits(5);
    stack.turnlock(&format!("resolve {id} --accept --reason 'from a copy'")).ok();
    stack.turnlock("recapture JWT_SECRET --from container --reason 'from a copy'").ok();
    assert!(vault.newest("JWT_SECRET") == is);
    stack.until("the api is ready", 30, || stack.api().is_ready());
    stack.turnlock("drift").ok();

    stack.scene("a log that is restored from an older copy");
    let kept = stack.root.join("audit.kept");
    copy_log(&stack, &stack.audit_path(), &kept);
    stack.turnlock("rotate POSTGRES_PASSWORD --yes").ok();
    let is = vault.newest("POSTGRES_PASSWORD");
    for tail in ["db-wal", "db-shm"] {
        let _ = std::fs::remove_file(stack.audit_path().with_extension(tail));
    }
    std::fs::copy(&kept, stack.audit_path()).expect("writable");
    for line in ["rotate JWT_SECRET --yes --accept-impact JWT_SECRET", "repair", "agent"] {
        stack
            .turnlock(line)
            .exits(5)
            .says("the log is older than Vault and the stack: POSTGRES_PASSWORD is at v4 in Vault")
            .says("turnlock adopt POSTGRES_PASSWORD");
    }
    stack
        .turnlock("drift")
        .exits(4)
        .has_line(&["Vault: secret/breeze/POSTGRES_PASSWORD", "the log is older"]);
    stack
        .turnlock("adopt POSTGRES_PASSWORD --reason 'the log was restored' --occurred-at 1m")
        .ok()
        .has_line(&["POSTGRES_PASSWORD", "v4 was in Vault already"]);
    assert!(vault.newest("POSTGRES_PASSWORD") == is && vault.newest_version("POSTGRES_PASSWORD") == 4);
    stack.turnlock("drift").ok();
    stack.turnlock("rotate POSTGRES_PASSWORD --yes").ok();

    stack.scene("Vault and a file changed by hand: given up only by name");
    let (was, theirs) = (env_file(&stack.env_path())["SESSION_SECRET"].clone(), Value::random_base64(64));
    stack.remember(&theirs);
    vault.put("SESSION_SECRET", &theirs);
    let text = std::fs::read_to_string(stack.env_path()).expect("readable");
    std::fs::write(stack.env_path(), text.replace(was.clear(), theirs.clear())).expect("writable");
    stack.turnlock("repair").exits(5).says("in Vault and in .env.prod").says("turnlock repair vault");
    stack
        .turnlock("adopt SESSION_SECRET --reason x --occurred-at 1m")
        .exits(5)
        .says("not the same everywhere");
    assert!(vault.newest("SESSION_SECRET") == theirs);
    stack.turnlock("repair vault").exits(4).says("vault: repaired");
    stack.turnlock("repair").ok().says("No drift");
    assert!(vault.newest("SESSION_SECRET") == was && env_file(&stack.env_path())["SESSION_SECRET"] == was);
    stack.turnlock("audit verify").ok();
    stack.finish();
}

/// As `sqlite3 audit.db ".backup …"` does it.
fn copy_log(stack: &Stack, from: &std::path::Path, to: &std::path::Path) {
    let _ = std::fs::remove_file(to);
    stack.tamper_with_log(from, "PRAGMA wal_checkpoint(TRUNCATE)");
    std::fs::copy(from, to).expect("copied");
}
