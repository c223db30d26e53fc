//! The rotator is rotated: the agent's own secret-id, a secret of the policy like any other.

use std::time::Instant;

use serde_json::json;
use turnlock_tests::{Stack, Value, owner_and_mode};

use super::contract::rotating_itself;

/// The secret-id that the agent has.
fn held(stack: &Stack) -> Value {
    Value::new(std::fs::read_to_string(stack.dir().join(".state/secret-id")).expect("readable").trim())
}

/// Whether Vault lets somebody in with it.
fn opens(stack: &Stack, secret_id: &Value) -> bool {
    let role_id = std::fs::read_to_string(stack.dir().join(".state/role-id")).expect("readable");
    let body = json!({ "role_id": role_id.trim(), "secret_id": secret_id.clear() });
    stack.vault().call("POST", "auth/approle/login", Some(body)).0 == 200
}

/// How many secret-ids the role has.
fn how_many(stack: &Stack) -> usize {
    let list = stack.vault().get("auth/approle/role/turnlock-breeze/secret-id?list=true").expect("some");
    list["data"]["keys"].as_array().expect("a list").len()
}

#[test]
fn the_agents_own_login_is_rotated_like_any_secret() {
    let stack = rotating_itself(crate::failure::impatient_draft("own login")).up().import();
    let first = held(&stack);
    assert_eq!(how_many(&stack), 1);

    stack.scene("it is in status with its age, and a rotation touches no container");
    stack.turnlock("status").ok().has_line(&["AGENT_LOGIN", "v1", "(imported)", "1 month"]);
    let ids = stack.ids();
    stack
        .turnlock("plan AGENT_LOGIN")
        .ok()
        .says("apply own.secret-id")
        .says("the old one works until it is retired");
    stack.turnlock("rotate AGENT_LOGIN --yes").ok();
    assert_eq!(stack.ids(), ids);
    let second = held(&stack);
    assert!(second != first && opens(&stack, &second), "the new one opens");
    assert!(!opens(&stack, &first), "the old one does not");
    assert_eq!(how_many(&stack), 1, "the old accessor is destroyed");
    let (owner, _, mode) = owner_and_mode(&stack.dir().join(".state/secret-id"));
    assert_eq!((owner, mode), (0, 0o600));
    stack.turnlock("audit show last").ok().has_line(&["the secret-id with the accessor", "is destroyed"]);
    stack.turnlock("status").ok().has_line(&["AGENT_LOGIN", "v2"]);
    stack.turnlock("drift").ok();
    stack.remember(&first);
    stack.remember(&second);

    stack.scene("what is taken back opens nothing any more");
    stack.switch(true);
    stack.turnlock("rotate AGENT_LOGIN AGENT_ENROLLMENT_SECRET --yes").exits(1);
    stack.switch(false);
    assert!(held(&stack) == second && opens(&stack, &second));
    assert_eq!(how_many(&stack), 1, "the new one of the failed rotation is destroyed");
    stack.turnlock("drift").ok();

    stack.scene("killed while both are good: repair leaves one");
    stack.switch(true);
    let line = "rotate AGENT_LOGIN AGENT_ENROLLMENT_SECRET --yes";
    let (began, mut child) = (Instant::now(), stack.spawn(line, &[]));
    stack.until_step("verify");
    child.kill().expect("killable");
    stack.ended(line, child, began);
    stack.switch(false);
    assert_eq!(how_many(&stack), 2);
    stack.turnlock("repair").ok();
    assert!(held(&stack) == second && opens(&stack, &second));
    assert_eq!(how_many(&stack), 1);

    stack.scene("a secret-id that Vault does not know is drift, by name");
    std::fs::write(stack.dir().join(".state/elsewhere"), Value::random(16).clear()).expect("writable");
    let elsewhere = stack.dir().join(".state/elsewhere").display().to_string();
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(&elsewhere, permissions).expect("ours");
    stack
        .turnlock_with("drift", &[("VAULT_SECRET_ID_FILE", &elsewhere)])
        .exits(1)
        .says("Vault refuses the login");

    stack.scene("without the power to make one, nothing is left half done");
    let vault = stack.vault();
    let policy = vault.get("sys/policies/acl/turnlock-breeze").expect("set up")["data"]["policy"].clone();
    let policy = policy.as_str().expect("a text").to_owned();
    let less = policy.replace("custom-secret-id", "no-such-path");
    vault.write("sys/policies/acl/turnlock-breeze", json!({ "policy": less }));
    stack.turnlock("rotate AGENT_LOGIN --yes").exits(1).says("does not allow");
    vault.write("sys/policies/acl/turnlock-breeze", json!({ "policy": policy }));
    assert!(held(&stack) == second && opens(&stack, &second));
    stack.turnlock("drift").ok();
    stack.turnlock("rotate AGENT_LOGIN --yes").ok();
    stack.turnlock("audit verify").ok();
    stack.finish();
}
