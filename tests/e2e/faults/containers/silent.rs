//! An engine that falls silent in the middle, for ever: nothing is waited for without an end.

use turnlock_tests::proxy::{SocketProxy, Way};
use turnlock_tests::{FaultPart, Stack};

use super::{JWT, POLICY};
use crate::failure::Before;

/// Less patient than anybody should be, so that a test can wait for it.
const LIMITS: &str = "\n[limits]\nengine = \"2s\"\ncompose = \"6s\"\n";

pub(super) fn in_the_middle(stack: &Stack, page: &mut FaultPart) {
    let fault =
        "the engine falls silent for ever when the old container is gone, and the new one not yet started";
    stack.scene(fault);
    let engine = SocketProxy::of_engine(&stack.root.join("silent-later.sock"));
    let host = engine.address();
    let through = [("DOCKER_HOST", host.as_str())];
    let before = Before::of(stack);
    let file = stack.root.join(POLICY);
    let policy = std::fs::read_to_string(&file).expect("readable");
    std::fs::write(&file, format!("{policy}{LIMITS}")).expect("writable");

    engine.set_at("/rename", Way::Silent);
    let stuck = stack.turnlock_with(JWT, &through);
    stuck.exits(3).has_line(&["apply containers", "FAILED", "up did not finish within 6 s"]);
    stuck.has_line(&[
        "stands:",
        "apply containers could not be taken back",
        "the Docker engine does not answer",
    ]);
    stuck.has_line(&["stands:", "file.env: the old values again"]);
    stuck.has_line(&["stands:", "service api may be stopped"]);
    assert!(stack.containers().iter().all(|c| c.service != "api" || !c.running), "it is");

    // What it was asked for before it fell silent it does now, when nobody waits for it any more.
    engine.set(Way::Through);
    let name = format!("{}-api-1", stack.project);
    let is_renamed = || stack.docker(&["ps", "--all", "--format", "{{.Names}}"]).lines().any(|n| n == name);
    stack.until("the engine has done what it was asked for", 20, is_renamed);
    stack.turnlock_with("recover", &through).ok().says("Failed, and taken back");
    std::fs::write(&file, policy).expect("writable");
    before.is_still_so(stack);
    let stands = "what is printed, and the service is stopped; when the engine answers `turnlock recover` takes it back, whatever the \
                  engine has done since, and everything is as it was";
    page.row(stack, fault, &stuck, stands);
}
