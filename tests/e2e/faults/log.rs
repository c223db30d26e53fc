//! The audit log: held by somebody, missing, its disk full, its server down, or gone after an effect. Without it nothing is
//! done.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use reqwest::Method;
use turnlock_tests::proxy::{Fault, HttpProxy};
use turnlock_tests::{FaultPart, LogServer, Output, Stack, Vault, env_file};

use super::disk::{Disk, Immutable, run};
use super::{JWT, LIVE, STAGED};
use crate::failure::{Before, impatient};

#[test]
fn what_the_log_may_do_to_a_rotation() {
    let stack = impatient("faults of the log");
    let (vault, mut part) = (stack.vault(), FaultPart::new("The audit log"));
    let proxy = HttpProxy::before(&vault.address);
    in_a_file(&stack, &vault, &proxy, &mut part);
    on_a_disk(&stack, &proxy, &mut part);
    let server = stack.log_on_a_server();
    at_the_start(&stack, &server, &mut part);
    before_the_pivot(&stack, &server, &proxy, &mut part);
    after_the_pivot(&stack, &server, &proxy, &mut part);
    stack.turnlock_with("audit verify", &server.env()).ok();
    part.is_as_written();
    stack.finish();
}

fn in_a_file(stack: &Stack, vault: &Vault, proxy: &HttpProxy, part: &mut FaultPart) {
    let before = Before::of(stack);
    stack.scene("there is no log where it is said to be");
    let nowhere = format!("sqlite://{}", stack.root.join("nowhere/audit.db").display());
    let output = stack.turnlock_with(JWT, &[("TURNLOCK_AUDIT_URL", &nowhere)]);
    output.exits(1).says("there is no audit log at");
    assert!(!stack.root.join("nowhere").exists(), "none was made");
    part.row(
        stack,
        "there is no log at its address",
        &output,
        "the old version everywhere: nothing was begun, and no log made",
    );

    stack.scene("somebody holds the log's file from the first step on");
    let call = proxy.hold(Method::POST, STAGED);
    let (began, child) = (Instant::now(), stack.spawn(JWT, &[("VAULT_ADDR", &proxy.base)]));
    call.wait();
    let held = stack.hold_log();
    call.let_go();
    let output = stack.ended(JWT, child, began);
    drop(held);
    output.exits(3).says("audit log").says("locked").says("turnlock recover");
    assert_eq!(vault.staged(), ["JWT_SECRET"], "the first step had its effect, and no other");
    stack.turnlock("recover").ok().says("before anything was touched");
    before.is_still_so(stack);
    part.row(
        stack,
        "somebody holds the log's file, from the first step on",
        &output,
        "it stopped where the log ended: the new version is staged, and nowhere else. Once it is free, `turnlock recover` clears that away",
    );
}

/// The folder in which the log stands becomes a small disk for a while.
fn on_a_disk(stack: &Stack, proxy: &HttpProxy, part: &mut FaultPart) {
    let (before, folder, aside) = (Before::of(stack), stack.dir().join(".state"), stack.root.join("aside"));
    let copy = |from: &Path, to: &Path| {
        run("find", &[&to.to_string_lossy(), "-mindepth", "1", "-delete"]);
        run("cp", &["-a", &format!("{}/.", from.display()), &to.to_string_lossy()]);
    };
    std::fs::create_dir(&aside).expect("writable");
    copy(&folder, &aside);
    let disk = Disk::mount(&folder, "4m");
    copy(&aside, &folder);
    for (fault, at_promote, stands) in [
        (
            "the log's disk is full, from the first step on",
            false,
            "it stopped where the log ended: the new version is staged, and nowhere else. With room again `turnlock recover` clears that away",
        ),
        (
            "the log's disk is full after an effect, before promote",
            true,
            "the new version in every place, staged in Vault; Vault's newest is the old one. With room again `turnlock recover` takes it back",
        ),
    ] {
        stack.scene(fault);
        let output = cut_short(stack, proxy, at_promote, || disk.fill(), "no room for the audit log");
        before.is_still_so(stack);
        part.row(stack, fault, &output, stands);
    }
    copy(&folder, &aside);
    drop(disk);
    copy(&aside, &folder);
    std::fs::remove_dir_all(aside).expect("removable");

    let fault = "the log's disk takes no writes any more, from the first step on (immutable, as when it became read-only)";
    stack.scene(fault);
    let log = ["", "-wal"].map(|end| PathBuf::from(format!("{}{end}", stack.audit_path().display())));
    let output = cut_short(stack, proxy, false, || Immutable::make(&log), "the audit log's disk refused");
    before.is_still_so(stack);
    let stands = "it stopped where the log ended: the new version is staged, and nowhere else. Once it can be written, `turnlock recover` \
                  clears that away";
    part.row(stack, fault, &output, stands);
}

/// The log can't be written from a moment on: nothing more is done, by nobody, until it can be.
fn cut_short<T>(
    stack: &Stack,
    proxy: &HttpProxy,
    at_promote: bool,
    spoil: impl FnOnce() -> T,
    said: &str,
) -> Output {
    let (vault, old) = (stack.vault(), in_env(stack));
    let mut call = proxy.hold(Method::POST, STAGED);
    let (began, child) = (Instant::now(), stack.spawn(JWT, &[("VAULT_ADDR", &proxy.base)]));
    call.wait();
    if at_promote {
        let next = proxy.hold(Method::GET, LIVE);
        call.let_go();
        next.wait();
        call = next;
    }
    let spoiled = spoil();
    call.let_go();
    let output = stack.ended(JWT, child, began);
    output.exits(3).says(said).says("turnlock recover");
    assert_eq!(in_env(stack) != old, at_promote, "the log's last intent says how far it came");
    assert_eq!((vault.newest_version("JWT_SECRET"), vault.staged()), (1, vec!["JWT_SECRET".to_owned()]));
    let is_in_rotation =
        || stack.turnlock("status").ok().has_line(&["JWT_SECRET", "in rotation"]).out.clone();
    let status = is_in_rotation();
    stack.turnlock("audit verify").ok().says("The log is intact");
    stack.turnlock("recover").exits(1).says("nothing was done: ");
    assert_eq!(is_in_rotation(), status, "nothing was written, and nothing is lost");
    drop(spoiled);
    let recovered = stack.turnlock("recover");
    recovered.ok().says(if at_promote { "taken back" } else { "before anything was touched" });
    stack.turnlock("audit verify").ok();
    output
}

fn at_the_start(stack: &Stack, server: &LogServer<'_>, part: &mut FaultPart) {
    stack.scene("the log's server is down, or takes no login");
    let [url, passfile] = server.env();
    let other = stack.root.join("other.pgpass").display().to_string();
    stack.shell(&format!("umask 077; echo '*:*:*:*:another' >{other}"));
    let output = stack.turnlock_with(JWT, &[url, ("PGPASSFILE", &other)]);
    output.exits(1).says("refused the login");
    part.row(
        stack,
        "the log's server refuses the login",
        &output,
        "the old version everywhere: nothing was begun",
    );
    server.end();
    let output = stack.turnlock_with(JWT, &[url, passfile]);
    output.exits(1).says("can't be reached");
    part.row(
        stack,
        "the log's server is down at the start",
        &output,
        "the old version everywhere: nothing was begun",
    );
    server.start();
    let vault = stack.vault();
    assert!(vault.staged().is_empty() && vault.newest_version("JWT_SECRET") == 1);
    assert!(in_env(stack) == vault.newest("JWT_SECRET") && stack.api().is_ready());
}

fn in_env(stack: &Stack) -> turnlock_tests::Value {
    env_file(&stack.env_path())["JWT_SECRET"].clone()
}

fn before_the_pivot(stack: &Stack, server: &LogServer<'_>, proxy: &HttpProxy, part: &mut FaultPart) {
    stack.scene("the log's server ends when every place has the new version, before promote");
    let (vault, old, [url, passfile]) = (stack.vault(), in_env(stack), server.env());
    let call = proxy.hold(Method::POST, STAGED);
    let (began, child) = (Instant::now(), stack.spawn(JWT, &[url, passfile, ("VAULT_ADDR", &proxy.base)]));
    call.wait();
    // Between the two nothing is read from Vault: the next is the look whether somebody else wrote.
    let next = proxy.hold(Method::GET, LIVE);
    call.let_go();
    next.wait();
    server.end();
    let output = stack.ended(JWT, child, began);
    drop(next);
    output.exits(3).says("the connection to the audit log's server was lost").says("turnlock recover");
    assert!(in_env(stack) != old && stack.api().is_ready(), "the new version is in every place");
    assert_eq!((vault.newest_version("JWT_SECRET"), vault.staged()), (1, vec!["JWT_SECRET".to_owned()]));
    stack.turnlock_with("recover", &[url, passfile]).exits(1).says("can't be reached");
    server.start();
    stack.turnlock_with("recover", &[url, passfile]).ok().says("taken back");
    assert!(in_env(stack) == old && vault.staged().is_empty());
    stack.turnlock_with("drift", &[url, passfile]).ok();
    part.row(
        stack,
        "the log's server is gone after an effect, before promote",
        &output,
        "the new version in every place, staged in Vault; Vault's newest is the old one. Once the log answers, `turnlock recover` takes it back",
    );
}

fn after_the_pivot(stack: &Stack, server: &LogServer<'_>, proxy: &HttpProxy, part: &mut FaultPart) {
    stack.scene("the log's server ends when promote has had its effect");
    let (vault, [url, passfile]) = (stack.vault(), server.env());
    proxy.spoil_next(1, Method::POST, LIVE, Fault::Late(Duration::from_secs(60)));
    let env = [url, passfile, ("VAULT_ADDR", proxy.base.as_str()), ("VAULT_CLIENT_TIMEOUT", "60s")];
    let (began, child) = (Instant::now(), stack.spawn(JWT, &env));
    stack.until("Vault has the new version", 60, || vault.newest_version("JWT_SECRET") == 2);
    server.end();
    let output = stack.ended(JWT, child, began);
    output.exits(3).says("the connection to the audit log's server was lost");
    server.start();
    stack.turnlock_with("recover", &[url, passfile]).ok().says("Done: JWT_SECRET v2");
    assert!(in_env(stack) == vault.newest("JWT_SECRET") && vault.staged().is_empty());
    stack.turnlock_with("drift", &[url, passfile]).ok();
    part.row(
        stack,
        "the log's server is gone when promote has had its effect",
        &output,
        "the new version everywhere; a staged copy is left. Once the log answers, `turnlock recover` finishes it",
    );
}
