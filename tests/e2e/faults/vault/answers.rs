//! Calls in the middle of a rotation whose answers are bad, late, cut, or don't come at all.

use std::time::{Duration, Instant};

use reqwest::Method;
use turnlock_tests::proxy::Fault;

use super::{JWT, LIVE, STAGED, Scene};
use crate::failure::Before;

const THERE: &str = "the new version everywhere, verified";

pub(super) fn story(scene: &mut Scene) {
    let is = scene.vault.newest_version("JWT_SECRET");
    never_well(scene);
    well_again(scene, is + 1);
    promote_unanswered(scene, is + 2);
    gone(scene, is + 3);
    silent(scene);
}

fn never_well(scene: &mut Scene) {
    scene.stack.scene("every write to the staging mount is answered with 500");
    let before = Before::of(&scene.stack);
    scene.proxy.spoil(Method::POST, STAGED, Fault::Status(500));
    let output = scene.turnlock(JWT);
    scene.proxy.is_well();
    output.exits(1).says("before anything was touched").says("status 500");
    before.is_still_so(&scene.stack);
    scene.row("500 each time to the first write", &output, "the old version everywhere: nothing was touched");
}

fn well_again(scene: &mut Scene, version: u64) {
    scene.stack.scene("500 twice, then well; promote's answer comes after 30 s");
    scene.proxy.spoil_next(2, Method::POST, STAGED, Fault::Status(500));
    scene.proxy.spoil_next(1, Method::POST, LIVE, Fault::Late(Duration::from_secs(30)));
    let hurried = [("VAULT_ADDR", scene.proxy.base.as_str()), ("VAULT_CLIENT_TIMEOUT", "2s")];
    let output = scene.stack.turnlock_with(JWT, &hurried);
    output.ok().says(&format!("Done: JWT_SECRET v{version}"));
    assert!(output.took < Duration::from_secs(25), "it waited for {:?}", output.took);
    scene.is_whole(version);
    scene.row("500 twice, then well again; and promote is answered after 30 s", &output, THERE);
}

fn promote_unanswered(scene: &mut Scene, version: u64) {
    scene.stack.scene("the connection is cut in the middle of promote's answer");
    scene.proxy.spoil_next(1, Method::POST, LIVE, Fault::Cut);
    let output = scene.turnlock(JWT);
    output.ok().says(&format!("Done: JWT_SECRET v{version}"));
    scene.is_whole(version);
    assert_eq!(scene.vault.versions("JWT_SECRET") as u64, version, "the write was recognised, not repeated");
    scene.row(
        "the connection is cut in the middle of promote's answer",
        &output,
        "the new version everywhere, written once",
    );
}

fn gone(scene: &mut Scene, version: u64) {
    scene.stack.scene("the connection is cut in the middle of every answer, from promote on");
    let held = scene.proxy.hold(Method::POST, LIVE);
    let output = scene.while_held(held, || {
        for method in [Method::GET, Method::POST] {
            scene.proxy.spoil(method, "", Fault::Cut);
        }
    });
    scene.proxy.is_well();
    output.exits(3).says("STUCK").says("what Vault's newest is, it does not say now");
    assert_eq!(scene.vault.newest_version("JWT_SECRET"), version, "it had arrived");
    scene.stack.turnlock("recover").ok().says(&format!("Done: JWT_SECRET v{version}"));
    scene.is_whole(version);
    scene.row(
        "every answer is cut, from promote on",
        &output,
        "the new version in every place; in Vault it is staged, and current if promote arrived. `turnlock recover` finds out, and finishes it",
    );
}

fn silent(scene: &mut Scene) {
    scene.stack.scene("Vault answers nothing from the middle on, before promote");
    let before = Before::of(&scene.stack);
    let container = scene.stack.container("vault");
    let hurried = [("VAULT_ADDR", scene.proxy.base.as_str()), ("VAULT_CLIENT_TIMEOUT", "4s")];
    let held = scene.proxy.hold(Method::POST, STAGED);
    let (began, child) = (Instant::now(), scene.stack.spawn(JWT, &hurried));
    held.wait();
    let next = scene.proxy.hold(Method::GET, LIVE);
    held.let_go();
    next.wait();
    // Stopped, it might come back under another address.
    scene.stack.docker(&["pause", &container.id]);
    next.let_go();
    let output = scene.stack.ended(JWT, child, began);
    scene.stack.docker(&["unpause", &container.id]);
    output.exits(1).says("Failed, and taken back").says("did not answer in time");
    scene.stack.turnlock("repair").ok();
    before.is_still_so(&scene.stack);
    scene.row(
        "Vault answers nothing from the middle on, before promote",
        &output,
        "the old version everywhere, taken back without Vault. Once it answers, `turnlock repair` clears away the staged copy",
    );
}
