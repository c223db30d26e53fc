//! A rotation that was cut short, and what a person may decide: finish it, restore what it was planned with, or say how it ends.

use std::time::{Duration, Instant};

use serde_json::json;
use turnlock_tests::{Stack, Value, env_file};

const JWT: &str = "rotate JWT_SECRET --yes --accept-impact JWT_SECRET";
const ACL: &str = "sys/policies/acl/turnlock-breeze";

/// A rotation of one secret, killed at a step; its id.
fn killed_at(stack: &Stack, step: &str) -> String {
    let (began, mut child) = (Instant::now(), stack.spawn(JWT, &[]));
    stack.until_step(step);
    child.kill().expect("killable");
    let killed = stack.ended(JWT, child, began);
    assert_ne!(killed.code, 0, "the signal came too late: {killed}");
    open_rotation(stack)
}

fn open_rotation(stack: &Stack) -> String {
    let open = stack.turnlock("status --json").ok().json()["unfinished"].clone();
    open["rotation"].as_str().unwrap_or_else(|| panic!("none is open: {open}")).to_owned()
}

/// A rotation that came as far as promote, which Vault denies; its id.
fn stuck_at_promote(stack: &Stack) -> String {
    let vault = stack.vault();
    let acl = vault.get(ACL).expect("set up")["data"]["policy"].as_str().expect("a text").to_owned();
    let denied = "\npath \"secret/data/breeze/JWT_SECRET\" { capabilities = [\"read\"] }\n";
    vault.write(ACL, json!({ "policy": acl.clone() + denied }));
    stack.turnlock(JWT).exits(3).says("STUCK: a person is needed");
    vault.write(ACL, json!({ "policy": acl }));
    open_rotation(stack)
}

fn in_env(stack: &Stack) -> Value {
    env_file(&stack.env_path())["JWT_SECRET"].clone()
}

#[test]
fn a_person_decides_what_the_rules_leave_open() {
    let stack = Stack::imported("resolve");
    let vault = stack.vault();
    let newest = || vault.newest_version("JWT_SECRET");
    let is_clean = |version: u64| {
        assert_eq!((newest(), vault.staged()), (version, vec![]));
        assert!(in_env(&stack) == vault.newest("JWT_SECRET"));
        stack.turnlock("drift").ok();
    };

    stack.scene("--forward finishes what would be taken back");
    let id = killed_at(&stack, "apply containers");
    stack.turnlock("recover --dry-run").exits(4).says(&id).has_line(&["way", "back"]);
    stack.turnlock("recover --dry-run --forward").exits(4).has_line(&["way", "forward"]);
    stack.turnlock("recover --forward").ok().says("Done: JWT_SECRET v2");
    is_clean(2);
    stack.turnlock("audit show last").ok().says("done: the new versions everywhere");

    stack.scene("what a person decided counts for whoever takes it up after him");
    let id = killed_at(&stack, "apply containers");
    let pending = vault.pending("JWT_SECRET").expect("staged").clear().to_owned();
    let telling = format!("--reason '{pending}'");
    stack
        .turnlock(&format!("recover --forward {telling}"))
        .exits(2)
        .says("the reason holds a secret's value");
    stack
        .turnlock(&format!("resolve {id} --forward {telling}"))
        .exits(2)
        .says("the reason holds a secret's value");
    stack.turnlock(&format!("resolve {id} --forward --reason ' '")).exits(2).says("the reason is empty");
    let forward = format!("resolve {id} --forward --reason 'the old one is known'");
    let (began, mut child) = (Instant::now(), stack.spawn(&forward, &[]));
    stack.until_step("verify");
    child.kill().expect("killable");
    assert_ne!(stack.ended(&forward, child, began).code, 0, "the signal came too late");
    stack.turnlock("recover --dry-run").exits(4).has_line(&["way", "forward", "a person decided"]);
    stack.turnlock("recover").ok().says("Done: JWT_SECRET v3");
    is_clean(3);
    stack.turnlock("audit show last").ok().says("decided that it is to be finished: the old one is known");

    stack.scene("an old value that is gone can't come back; it is finished instead");
    killed_at(&stack, "apply containers");
    vault.write("secret/delete/breeze/JWT_SECRET", json!({ "versions": [3] }));
    stack
        .turnlock("recover")
        .exits(3)
        .says("JWT_SECRET has no v3 in Vault any more")
        .says("recover --forward");
    stack.turnlock(JWT).exits(3);
    stack.turnlock("recover --forward").ok().says("Done: JWT_SECRET v4");
    vault.write("secret/undelete/breeze/JWT_SECRET", json!({ "versions": [3] }));
    is_clean(4);

    stack.scene("with another template or compose file it is stuck until that is restored");
    let id = killed_at(&stack, "apply containers");
    let template = stack.root.join("policies/rotation/templates/env.prod.tmpl");
    let compose = stack.dir().join("docker/docker-compose.prod.yml");
    for (file, said) in [
        (&template, "the policy or one of its templates has changed"),
        (&compose, "the compose files have changed"),
    ] {
        let before = std::fs::read_to_string(file).expect("readable");
        let after = match file == &compose {
            true => before.replacen("services:\n", "services:\n  another: { image: nothing }\n", 1),
            false => format!("{before}# another\n"),
        };
        assert_ne!(before, after);
        std::fs::write(file, after).expect("writable");
        stack.turnlock("recover").exits(3).says(said).says(&id);
        stack.turnlock("recover --dry-run").exits(4).says("BUT").says(said);
        std::fs::write(file, before).expect("writable");
    }
    stack.turnlock("recover").ok().says("taken back");
    is_clean(4);

    stack.scene(
        "somebody else writes between pivot and promote: nothing is written over without being told to",
    );
    let id = stuck_at_promote(&stack);
    let theirs = Value::random_base64(64);
    stack.remember(&theirs);
    vault.put("JWT_SECRET", &theirs);
    let ours = in_env(&stack);
    let stuck = stack.turnlock("recover");
    stuck.exits(3).says("v5 of JWT_SECRET in Vault was written by somebody else");
    stuck.has_line(&[
        "stands:",
        "JWT_SECRET",
        "every place holds the new value",
        "its newest is v5, by somebody else",
    ]);
    stuck.has_line(&["help:", &format!("turnlock resolve {id} --forward")]);
    stack.turnlock(&format!("resolve {id} --back --reason no")).exits(5).says("can't be taken back");
    stack.turnlock("resolve nothing --forward --reason no").exits(2).says(&id);
    stack.turnlock(&format!("resolve {id} --forward")).exits(2).says("--reason");
    stack.turnlock(&format!("resolve {id} --forward --reason mistaken")).ok().says("Done: JWT_SECRET");
    assert!(vault.newest("JWT_SECRET") == ours && vault.version("JWT_SECRET", 5) == theirs);
    is_clean(6);

    stack.scene("stuck at promote, and taken back by a person");
    let id = stuck_at_promote(&stack);
    stack.turnlock(&format!("resolve {id} --back --reason compromised")).ok().says("Failed, and taken back");
    is_clean(6);
    stack.turnlock("audit show last").ok().says("a person decided it: compromised");

    stack.scene("stuck at promote, and ended as it stands");
    let id = stuck_at_promote(&stack);
    stack.turnlock(&format!("resolve {id} --accept --reason later")).ok().says("ended as it stands");
    stack.turnlock("recover --dry-run").ok();
    assert_eq!(vault.staged(), ["JWT_SECRET"], "the value that every place holds is kept");
    stack.turnlock("drift").exits(4);
    stack.turnlock("repair").ok();
    is_clean(6);
    stack.turnlock(JWT).ok();

    stack.scene("a database that is away for a moment is waited for");
    const PASSWORD: &str = "rotate POSTGRES_PASSWORD --yes";
    let (began, child) = (Instant::now(), stack.spawn(PASSWORD, &[]));
    stack.until_step("apply hold");
    let postgres = stack.container("postgres").id;
    stack.docker(&["kill", &postgres]);
    std::thread::sleep(Duration::from_millis(1500));
    stack.docker(&["start", &postgres]);
    stack.ended(PASSWORD, child, began).ok().says("Done: POSTGRES_PASSWORD v2");
    stack.turnlock("audit verify").ok();
    stack.finish();
}
