//! The rotator is rotated: the agent's own secret-id, a secret of the policy like any other.

use std::time::Instant;

use serde_json::json;
use turnlock_tests::{Stack, Value, owner_and_mode, words};

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

/// The role's own name for a secret-id.
fn accessor(stack: &Stack, secret_id: &Value) -> serde_json::Value {
    let body = json!({ "secret_id": secret_id.clear() });
    let (status, found) =
        stack.vault().call("POST", "auth/approle/role/turnlock-breeze/secret-id/lookup", Some(body));
    assert_eq!(status, 200, "the role knows it");
    found["data"]["secret_id_accessor"].clone()
}

/// As an administrator does after an alarm.
fn destroy(stack: &Stack, secret_id: &Value) {
    let body = json!({ "secret_id_accessor": accessor(stack, secret_id) });
    stack.vault().write("auth/approle/role/turnlock-breeze/secret-id-accessor/destroy", body);
    assert!(!opens(stack, secret_id));
}

/// The agent gets another secret-id from its administrator.
fn enroll_anew(stack: &Stack) -> Value {
    let wrap = "write -wrap-ttl=5m -field=wrapping_token -f auth/approle/role/turnlock-breeze/secret-id";
    let mut bao = stack.program(&turnlock_tests::bao::program());
    let made = bao.args(words(wrap)).env("VAULT_TOKEN", &stack.vault().token).output().expect("bao runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let token = String::from_utf8(made.stdout).expect("text");
    stack.turnlock(&format!("enroll --replace --wrapped {}", token.trim())).ok();
    let new = held(stack);
    stack.remember(&new);
    new
}

/// One more secret-id that Vault accepts.
fn registered(stack: &Stack) -> Value {
    let (_, made) =
        stack.vault().call("POST", "auth/approle/role/turnlock-breeze/secret-id", Some(json!({})));
    let value = Value::new(made["data"]["secret_id"].as_str().expect("a secret-id"));
    stack.remember(&value);
    value
}

/// The agent's ACL policy, changed for a while; what it was is the answer.
fn without(stack: &Stack, power: &str) -> String {
    let vault = stack.vault();
    let policy = vault.get("sys/policies/acl/turnlock-breeze").expect("set up")["data"]["policy"].clone();
    let policy = policy.as_str().expect("a text").to_owned();
    assert!(policy.contains(power), "{power}");
    vault.write(
        "sys/policies/acl/turnlock-breeze",
        json!({ "policy": policy.replace(power, "no-such-path") }),
    );
    policy
}

fn allow(stack: &Stack, policy: &str) {
    stack.vault().write("sys/policies/acl/turnlock-breeze", json!({ "policy": policy }));
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
    let policy = without(&stack, "custom-secret-id");
    stack.turnlock("rotate AGENT_LOGIN --yes").exits(1).says("does not allow");
    allow(&stack, &policy);
    assert!(held(&stack) == second && opens(&stack, &second));
    stack.turnlock("drift").ok();
    stack.turnlock("rotate AGENT_LOGIN --yes").ok();
    stack.turnlock("audit verify").ok();
    stack.finish();
}

/// Nothing good again, nothing written.
#[track_caller]
fn as_enrolled(stack: &Stack, stolen: &Value, new: &Value) {
    assert!(!opens(stack, stolen), "the destroyed one opens nothing");
    assert!(held(stack) == *new && opens(stack, new), "the agent has the one that it was given");
    assert_eq!(how_many(stack), 1);
    assert_eq!(stack.vault().newest_version("AGENT_LOGIN"), 1);
}

#[test]
fn what_was_destroyed_stays_destroyed() {
    let stack = rotating_itself(crate::failure::impatient_draft("destroyed")).up().import();
    let stolen = held(&stack);
    stack.remember(&stolen);

    stack.scene("after an alarm: the stolen one is destroyed, and the agent enrolled anew");
    let new = enroll_anew(&stack);
    stack.scene("while both are good, a person has to say which of them stays");
    stack.turnlock("drift").exits(4).has_line(&["own.secret-id", "unknown value", "accepts as well as v1"]);
    let named = accessor(&stack, &stolen).as_str().expect("a text").to_owned();
    stack.turnlock("import").exits(5).says("the agent's other secret-id too").says(&named);
    assert_eq!(stack.vault().newest_version("AGENT_LOGIN"), 1);
    destroy(&stack, &stolen);
    as_enrolled(&stack, &stolen, &new);

    stack.scene("the finding and the refusals name the way that keeps the new one");
    let drift = stack.turnlock("drift");
    drift.exits(4).has_line(&["DRIFT", "own.secret-id", "v1 was destroyed in Vault", "`turnlock import`"]);
    drift.says("1 place has drifted. `turnlock import` takes in what it holds.").says_not("turnlock repair");
    let refused = stack.turnlock("rotate AGENT_LOGIN --yes");
    refused.exits(5).says("v1 was destroyed in Vault").says("turnlock import").says_not("turnlock repair");
    as_enrolled(&stack, &stolen, &new);
    for line in ["repair own.secret-id", "repair"] {
        let failed = stack.turnlock(line);
        failed.exits(3).says("own.secret-id: FAILED: v1 was destroyed in Vault, and is not registered again");
        as_enrolled(&stack, &stolen, &new);
    }

    stack.scene("it is adopted as the next version");
    stack.turnlock("import --dry-run").ok().has_line(&["AGENT_LOGIN", "would become v2"]);
    as_enrolled(&stack, &stolen, &new);
    let imported = stack.turnlock("import");
    imported
        .ok()
        .has_line(&["AGENT_LOGIN", "imported as v2"])
        .has_line(&["JWT_SECRET", "was in Vault already"]);
    assert!(stack.vault().newest("AGENT_LOGIN") == new);
    let log = stack.turnlock("audit list --action import --secret AGENT_LOGIN --json").ok().json();
    let newest = &log["entries"][0]["entry"];
    assert_eq!(
        (&newest["subjects"]["AGENT_LOGIN"], &newest["outcome"]),
        (&json!({ "from": 1, "to": 2 }), &json!("done"))
    );
    stack.turnlock("status").ok().has_line(&["AGENT_LOGIN", "v2", "(imported)"]);
    stack.turnlock("drift").ok().says("No drift");
    stack.turnlock("import").ok().has_line(&["AGENT_LOGIN", "was in Vault already"]);
    stack.turnlock("rotate AGENT_LOGIN --yes").ok();
    let third = held(&stack);
    stack.remember(&third);
    assert!(opens(&stack, &third) && !opens(&stack, &new) && !opens(&stack, &stolen));
    assert_eq!(how_many(&stack), 1);

    stack.scene("there is no rolling back to a retired one");
    for version in [1, 2] {
        let refused = stack.turnlock(&format!("rollback AGENT_LOGIN --to {version} --yes"));
        refused.exits(5).says("a retired one stays destroyed").says("turnlock rotate AGENT_LOGIN");
    }
    assert!(held(&stack) == third && opens(&stack, &third));
    assert_eq!(how_many(&stack), 1);

    stack.scene("repair keeps the current one where Vault accepts both, and leaves one");
    let other = enroll_anew(&stack);
    stack.turnlock("repair own.secret-id").ok().says("is destroyed").says("No drift");
    assert!(held(&stack) == third && opens(&stack, &third) && !opens(&stack, &other));
    assert_eq!(how_many(&stack), 1);
    stack.turnlock("audit verify").ok();
    stack.finish();
}

#[test]
fn a_retire_that_failed_is_seen_and_can_be_made_up_for() {
    let stack = rotating_itself(crate::failure::impatient_draft("failed retire")).up().import();
    let first = held(&stack);
    stack.remember(&first);

    stack.scene("the old one cannot be destroyed: that is not forgotten");
    let policy = without(&stack, "secret-id-accessor/destroy");
    stack.turnlock("rotate AGENT_LOGIN --yes").exits(4).says("something old is left").says("does not allow");
    let second = held(&stack);
    stack.remember(&second);
    assert!(opens(&stack, &first) && opens(&stack, &second));
    let still = ["DRIFT", "own.secret-id", "v1 is still accepted"];
    stack.turnlock("drift").exits(4).has_line(&still);
    stack.turnlock("repair").exits(3).says("own.secret-id: FAILED").says("does not allow");
    stack.turnlock("drift").exits(4).has_line(&still);
    assert!(held(&stack) == second && opens(&stack, &first));

    stack.scene("with the power back, repair destroys it, and not what another agent's rotation has pending");
    allow(&stack, &policy);
    let pending = registered(&stack);
    stack.vault().stage_value("AGENT_LOGIN", &pending, "other", "elsewhere", 2);
    stack.turnlock("repair").ok().says("the secret-id with the accessor").says("No drift");
    assert!(!opens(&stack, &first) && opens(&stack, &second) && opens(&stack, &pending));
    assert_eq!(how_many(&stack), 2);
    stack.turnlock("drift").ok().has_line(&["note", "a pending value of the rotation other"]);
    destroy(&stack, &pending);
    stack.vault().unstage("AGENT_LOGIN");
    stack.turnlock("drift").ok();
    assert_eq!(how_many(&stack), 1);

    stack.scene("so does the next rotation");
    let policy = without(&stack, "secret-id-accessor/destroy");
    stack.turnlock("rotate AGENT_LOGIN --yes").exits(4);
    allow(&stack, &policy);
    assert_eq!(how_many(&stack), 2);
    stack.remember(&held(&stack));
    stack.turnlock("rotate AGENT_LOGIN --yes").ok();
    assert!(!opens(&stack, &second) && opens(&stack, &held(&stack)));
    assert_eq!(how_many(&stack), 1);
    stack.remember(&held(&stack));

    stack.scene("without the power to ask, it says that it does not know");
    let policy = without(&stack, "secret-id/lookup");
    stack.turnlock("drift").ok().has_line(&["note", "own.secret-id", "does not let the agent ask"]);
    allow(&stack, &policy);
    stack.turnlock("drift").ok().says_not("does not let the agent ask");

    stack.turnlock("audit verify").ok();
    stack.finish();
}
