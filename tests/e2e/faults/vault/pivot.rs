//! Around the pivot: before it everything is taken back, after it there is only forward.

use serde_json::json;
use turnlock_tests::{Value, env_file};

use super::{JWT, LIVE, STAGED, Scene};
use crate::failure::Before;

const ACL: &str = "sys/policies/acl/turnlock-breeze";

pub(super) fn story(scene: &mut Scene) {
    written_before(scene);
    written_after(scene);
    sealed_before(scene);
    sealed_after(scene);
    forbidden(scene);
    revoked(scene);
}

/// Somebody's own version, written while a call is under way.
fn theirs(scene: &Scene) -> Value {
    let theirs = Value::random_base64(64);
    scene.stack.remember(&theirs);
    theirs
}

fn written_before(scene: &mut Scene) {
    scene.stack.scene("somebody else writes the secret before promote");
    let (before, theirs) = (env_file(&scene.stack.env_path())["JWT_SECRET"].clone(), theirs(scene));
    let held = scene.proxy.hold(reqwest::Method::POST, STAGED);
    let output = scene.while_held(held, || scene.vault.put("JWT_SECRET", &theirs));
    output
        .exits(1)
        .says("Failed, and taken back")
        .says("JWT_SECRET is at v2 in Vault, written by somebody else");
    assert!(env_file(&scene.stack.env_path())["JWT_SECRET"] == before, "the old value is back");
    assert!(scene.stack.api().is_ready() && scene.vault.staged().is_empty());
    assert!(scene.vault.newest("JWT_SECRET") == theirs, "what they wrote is still there");
    scene.stack.turnlock("drift").exits(4).has_line(&["Vault: secret/breeze/JWT_SECRET", "v2, expected v1"]);
    scene.row(
        "somebody else writes the secret to Vault before promote",
        &output,
        "the old version everywhere, verified; in Vault theirs is the newest. `turnlock repair` puts the old one on top",
    );
    scene.stack.turnlock("repair").ok();
    scene.is_whole(3);
    assert!(scene.vault.newest("JWT_SECRET") == before);
}

fn written_after(scene: &mut Scene) {
    scene.stack.scene("somebody else writes it between the intent of promote and its check-and-set");
    let theirs = theirs(scene);
    let held = scene.proxy.hold(reqwest::Method::POST, LIVE);
    let output = scene.while_held(held, || scene.vault.put("JWT_SECRET", &theirs));
    output.exits(3).says("STUCK").says("v4 of JWT_SECRET in Vault was written by somebody else");
    output.has_line(&["stands:", "every place holds the new value", "its newest is v4, by somebody else"]);
    let ours = env_file(&scene.stack.env_path())["JWT_SECRET"].clone();
    assert!(scene.vault.pending("JWT_SECRET").is_some_and(|v| v == ours), "both values are in Vault");
    assert!(scene.vault.newest("JWT_SECRET") == theirs && scene.stack.api().is_ready());
    scene.stack.turnlock(JWT).exits(3).says("STUCK");
    scene.row(
        "somebody else writes it when promote is under way: check-and-set is lost",
        &output,
        "the new version in every place, and staged in Vault; theirs is Vault's newest. Nothing new begins before a person has decided",
    );
    let open = scene.stack.turnlock("status --json").ok().json()["unfinished"]["rotation"].clone();
    let line = format!("resolve {} --forward --reason mistaken", open.as_str().expect("one is open"));
    scene.stack.turnlock(&line).ok();
    assert!(scene.vault.newest("JWT_SECRET") == ours && scene.vault.version("JWT_SECRET", 4) == theirs);
    scene.is_whole(5);
}

fn sealed_before(scene: &mut Scene) {
    scene.stack.scene("Vault is sealed when every place has the new version, before promote");
    let before = Before::of(&scene.stack);
    let held = scene.proxy.hold(reqwest::Method::POST, STAGED);
    // Between the two nothing is read from Vault: the next is the look whether somebody else wrote.
    let output = scene.while_held(held, || {
        let next = scene.proxy.hold(reqwest::Method::GET, LIVE);
        let vault = scene.vault.clone();
        std::thread::spawn(move || {
            next.wait();
            vault.write("sys/seal", json!({}));
            next.let_go();
        });
    });
    output.exits(1).says("Failed, and taken back").says("Vault is sealed");
    assert!(scene.stack.api().is_ready(), "taken back without Vault");
    scene.stack.unseal();
    // What it could not discard is no hindrance.
    assert_eq!(scene.vault.staged(), ["JWT_SECRET"]);
    scene.stack.turnlock("drift").exits(4).has_line(&["JWT_SECRET", "stag"]);
    scene.stack.turnlock("repair").ok();
    before.is_still_so(&scene.stack);
    scene.row(
        "Vault is sealed in the middle, before promote",
        &output,
        "the old version everywhere, taken back without Vault. Once it is unsealed, `turnlock repair` clears away the staged copy",
    );
}

fn sealed_after(scene: &mut Scene) {
    scene.stack.scene("Vault is sealed at promote");
    let held = scene.proxy.hold(reqwest::Method::POST, LIVE);
    let output = scene.while_held(held, || scene.vault.write("sys/seal", json!({})));
    output.exits(3).says("STUCK").says("Vault is sealed").says("does not say now");
    let new = env_file(&scene.stack.env_path())["JWT_SECRET"].clone();
    let sealed = scene.stack.turnlock("recover");
    sealed.exits(1).says("sealed");
    scene.stack.turnlock("status").ok().has_line(&["promote", "FAILED", "sealed"]);
    scene.stack.unseal();
    scene.stack.turnlock("recover").ok().says("Done: JWT_SECRET v6");
    assert!(scene.vault.newest("JWT_SECRET") == new, "finished, and not taken back");
    scene.is_whole(6);
    scene.row(
        "Vault is sealed at promote",
        &output,
        "the new version in every place; in Vault it is staged. Once Vault is unsealed, `turnlock recover` finishes it",
    );
}

fn forbidden(scene: &mut Scene) {
    scene.stack.scene("the ACL policy forbids one path: promote's");
    let acl = scene.vault.get(ACL).expect("set up")["data"]["policy"].as_str().expect("a text").to_owned();
    let write_acl = |text: &str| scene.vault.write(ACL, json!({ "policy": text }));
    let denied = format!("\npath \"{LIVE}\" {{ capabilities = [\"read\"] }}\n");
    write_acl(&(acl.clone() + &denied));
    let output = scene.turnlock(JWT);
    output.exits(3).says("STUCK: a person is needed").says("every place holds the new value");
    output.says("on its staging mount alone; its newest is the old one, v6");
    output.has_line(&["promote", "FAILED", "does not allow"]).has_line(&["help:", "turnlock recover"]);
    assert_eq!(scene.vault.newest_version("JWT_SECRET"), 6);
    let new = env_file(&scene.stack.env_path())["JWT_SECRET"].clone();
    assert!(scene.vault.pending("JWT_SECRET").is_some_and(|v| v == new), "both values are in Vault");
    scene.stack.turnlock("rotate POSTGRES_PASSWORD --yes").exits(3).says("STUCK").says("turnlock recover");
    scene.stack.turnlock("status").ok().has_line(&["5", "promote", "FAILED", "does not allow"]);
    write_acl(&acl);
    scene.stack.turnlock("recover").ok().says("Done: JWT_SECRET v7");
    assert!(scene.vault.newest("JWT_SECRET") == new, "finished, and not taken back");
    scene.is_whole(7);
    scene
        .stack
        .turnlock("audit show last")
        .ok()
        .has_line(&["promote", "failed"])
        .has_line(&["promote", "done"]);
    scene.row(
        "403 on one path, when promote writes there",
        &output,
        "the new version in every place; in Vault it is staged. Once Vault allows it, `turnlock recover` finishes it",
    );
}

fn revoked(scene: &mut Scene) {
    scene.stack.scene("the token is revoked in the middle: it logs in again and goes on");
    let held = scene.proxy.hold(reqwest::Method::POST, LIVE);
    let output = scene.while_held(held, || {
        assert!(scene.vault.revoke_logins() >= 1, "the rotation has a token");
    });
    output.ok().says("Done: JWT_SECRET v8");
    assert_eq!(scene.vault.logins().len(), 1, "one new login, and no more");
    scene.is_whole(8);
    scene.row(
        "the agent's token is revoked in the middle",
        &output,
        "the new version everywhere: it logged in again, once",
    );
}
