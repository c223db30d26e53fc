//! Around the pivot: what happens when Vault or the log fails just where it hurts, and how a person gets out of it.

use std::time::Instant;

use serde_json::json;
use turnlock_tests::{Stack, Value, env_file};

const JWT: &str = "rotate JWT_SECRET --yes --accept-impact JWT_SECRET";

#[test]
fn vault_or_the_log_fails_just_where_it_hurts() {
    let stack = Stack::imported("pivot");
    let vault = stack.vault();

    stack.scene("promote is denied: stuck, with the new versions everywhere but in Vault");
    const ACL: &str = "sys/policies/acl/turnlock-breeze";
    let acl = vault.get(ACL).expect("set up")["data"]["policy"].as_str().expect("a text").to_owned();
    let write_acl = |text: &str| vault.write(ACL, json!({ "policy": text }));
    let denied = "\npath \"secret/data/breeze/JWT_SECRET\" { capabilities = [\"read\"] }\n";
    write_acl(&(acl.clone() + denied));
    let stuck = stack.turnlock(JWT);
    stuck.exits(3).says("STUCK: a person is needed").says("every place holds the new value");
    stuck.says("on its staging mount alone; its newest is the old one, v1");
    stuck.has_line(&["promote", "FAILED", "does not allow"]).has_line(&["help:", "turnlock recover"]);
    assert_eq!((vault.newest_version("JWT_SECRET"), vault.staged()), (1, vec!["JWT_SECRET".to_owned()]));
    let new = env_file(&stack.env_path())["JWT_SECRET"].clone();
    assert!(new == vault.pending("JWT_SECRET").expect("staged"), "both values are in Vault");
    stack.turnlock("rotate POSTGRES_PASSWORD --yes").exits(3).says("STUCK").says("turnlock recover");
    stack.turnlock("recover").exits(3);
    stack.turnlock("status").ok().has_line(&["5", "promote", "FAILED", "does not allow"]);

    stack.scene("when Vault takes the write again, recovery finishes it");
    write_acl(&acl);
    stack.turnlock("recover").ok().says("Done: JWT_SECRET v2");
    stack.turnlock("drift").ok();
    assert_eq!((vault.newest_version("JWT_SECRET"), vault.staged()), (2, vec![]));
    assert!(vault.newest("JWT_SECRET") == new, "finished, and not taken back");
    stack.turnlock("audit show last").ok().has_line(&["promote", "failed"]).has_line(&["promote", "done"]);

    stack.scene("somebody writes to Vault while it runs: taken back");
    let theirs = Value::random_base64(64);
    stack.remember(&theirs);
    let (began, child) = (Instant::now(), stack.spawn(JWT, &[]));
    stack.until("it has begun", 10, || !vault.staged().is_empty());
    vault.put("JWT_SECRET", &theirs);
    let output = stack.ended(JWT, child, began);
    output.exits(1).says("JWT_SECRET").says("v3").says("Failed, and taken back");
    assert!(env_file(&stack.env_path())["JWT_SECRET"] == vault.version("JWT_SECRET", 2));
    stack.turnlock("drift").exits(4).has_line(&["Vault: secret/breeze/JWT_SECRET", "v3, expected v2"]);
    stack.turnlock("repair").ok();
    assert!(vault.newest("JWT_SECRET") == vault.version("JWT_SECRET", 2));

    stack.scene("Vault goes away while it runs: taken back without it");
    let (began, child) = (Instant::now(), stack.spawn(JWT, &[]));
    stack.until("it has begun", 10, || !vault.staged().is_empty());
    let container = stack.container("vault");
    // It answers nothing; stopped, it might come back under another address.
    stack.docker(&["pause", &container.id]);
    let output = stack.ended(JWT, child, began);
    stack.docker(&["unpause", &container.id]);
    output.exits(1).says("Failed, and taken back");
    assert!(stack.api().is_ready());
    assert!(env_file(&stack.env_path())["JWT_SECRET"] == vault.newest("JWT_SECRET"));
    stack.scene("what it could not discard is found and removed");
    if !vault.staged().is_empty() {
        stack.turnlock("drift").exits(4).says("JWT_SECRET");
        stack.turnlock("repair").ok();
        assert_eq!(vault.staged(), [""; 0]);
    }
    stack.turnlock("drift").ok();

    stack.scene("a log that cannot be written stops it at once; recovery goes on from what it holds");
    let (began, child) = (
        Instant::now(),
        stack.spawn(
            "rotate --all --yes --accept-impact JWT_SECRET \
        --accept-impact SESSION_SECRET --accept-impact APP_ENCRYPTION_KEY --accept-impact MFA_ENCRYPTION_KEY",
            &[],
        ),
    );
    stack.until("it has begun", 10, || !vault.staged().is_empty());
    let held = stack.hold_log();
    let output = stack.ended("rotate --all", child, began);
    assert!([1, 3].contains(&output.code), "{output}");
    output.says("audit log").says("locked");
    drop(held);
    let version = vault.newest_version("JWT_SECRET");
    stack.turnlock("recover").ok().says("taken back");
    // Prometheus scrapes every two seconds.
    stack.until("every place holds the current version", 30, || stack.turnlock("drift").code == 0);
    assert_eq!((vault.newest_version("JWT_SECRET"), vault.staged()), (version, vec![]), "taken back");
    stack.turnlock(JWT).ok();
    stack.turnlock("audit verify").ok();
    stack.finish();
}
