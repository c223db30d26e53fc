//! Every command, on good days and bad ones.

use std::time::Instant;

use turnlock_tests::{ACCEPT_ALL, Search, Stack};

use super::page::Page;
use super::places::{Watchers, files_of};

pub(super) fn good(stack: &Stack, watchers: &Watchers) {
    stack.scene("every command, on good days");
    for line in [
        "plan",
        "plan --json",
        "status",
        "status --json",
        "drift",
        "drift --json --debug",
        "history",
        "history --json",
        "audit list",
        "audit list --json",
        "audit show 0",
        "audit verify --json",
        "audit posture",
        "policy check",
        "policy check --json",
        "policy schema",
        "render env",
        "render metrics_token",
        "completions bash",
        "completions zsh",
        "completions fish",
        "import",
        "import --json --dry-run",
        "recover --dry-run",
        "repair",
        "repair --json",
    ] {
        stack.turnlock(line).ok();
    }
    let reason = watchers.planted.reason.clear();
    stack.turnlock(&format!("rotate --all --debug {ACCEPT_ALL} --reason {reason}")).ok();
    stack.turnlock("audit show last").ok().says(reason);
    stack.turnlock("audit show last --json").ok();
    stack.turnlock("rollback POSTGRES_PASSWORD --to 1 --json --yes").ok();
    stack.turnlock("rotate JWT_SECRET --json --log-format text --yes --accept-impact JWT_SECRET").ok();

    stack.scene("a rendered file is readable by its owner alone");
    let out = stack.root.join("rendered");
    stack.turnlock(&format!("render env --out {}", out.display())).ok();
    assert_eq!(turnlock_tests::owner_and_mode(&out), (0, 0, 0o600));
    assert!(std::fs::read(&out).expect("readable") == std::fs::read(stack.env_path()).expect("readable"));
    std::fs::remove_file(out).expect("removable");
}

pub(super) fn bad(stack: &Stack) {
    stack.scene("and on bad ones, with --debug");
    stack.switch(true);
    stack.turnlock(&format!("rotate --all --debug {ACCEPT_ALL}")).exits(1);
    stack.switch(false);
    let mut holder =
        stack.open_session("breeze", &stack.vault().newest("POSTGRES_PASSWORD")).expect("a login");
    holder.execute("BEGIN; SELECT FROM totp_seeds FOR UPDATE");
    let failed = stack.turnlock(&format!("rotate MFA_ENCRYPTION_KEY --debug {ACCEPT_ALL}"));
    holder.close();
    failed.exits(1).says("debug:");
    // What the database says of a failing ALTER is its own text: its log holds the statement, --debug the message.
    stack.sql("ALTER ROLE turnlock NOCREATEROLE");
    let failed = stack.turnlock("rotate POSTGRES_PASSWORD --yes --debug");
    stack.sql("ALTER ROLE turnlock CREATEROLE");
    assert_ne!(failed.code, 0, "{failed}");
    failed.says("SQLSTATE 42501");
    stack.turnlock("repair --debug").ok();
    let old = stack.vault().version("JWT_SECRET", 1);
    stack.vault().put("JWT_SECRET", &old);
    stack.turnlock("drift --debug").exits(4);
    stack.turnlock("rotate JWT_SECRET --yes --accept-impact JWT_SECRET --debug").exits(5);
    stack.turnlock("repair --json").ok();
    stack.turnlock("audit list --json --limit 500").ok();
    stack.turnlock("audit verify").ok();
}

/// At the one moment at which a value is in a file that is not in its place.
pub(super) fn killed(stack: &Stack, page: &mut Page) {
    stack.scene("killed while a file's new content waits beside it");
    let beside = stack.dir().join("..env.prod.turnlock");
    let line = format!("rotate --all --debug {ACCEPT_ALL}");
    let (began, child) = (Instant::now(), stack.spawn_crashing(&line, "apply file.env:beside:kill"));
    let killed = stack.ended(&line, child, began);
    assert_eq!((killed.code, beside.exists()), (-1, true), "{killed}");
    assert_eq!(turnlock_tests::owner_and_mode(&beside), (0, 0, 0o600), "as the file that it would have been");
    let pending =
        stack.vault().staged().iter().filter_map(|name| stack.vault().pending(name)).collect::<Vec<_>>();
    pending.iter().for_each(|value| stack.remember(value));
    let search = Search::of(&stack.values());
    let left = std::fs::read(&beside).expect("readable");
    assert!(search.found_in(&left).len() >= 7, "the search finds the values that are there");
    let aside = stack.root.join(".state");
    std::fs::create_dir(&aside).expect("creatable");
    std::fs::rename(&beside, aside.join("left")).expect("movable");
    assert_eq!(search.found_in(&files_of(stack)).len(), 0, "no other file holds a value");
    std::fs::rename(aside.join("left"), &beside).expect("movable");
    std::fs::remove_dir(aside).expect("removable");
    stack.turnlock("drift").exits(4);
    stack.turnlock("recover --debug").ok().says("Failed, and taken back");
    assert!(!beside.exists(), "recovery clears it away");
    stack.turnlock("drift").ok();
    page.proven(
        "what a process leaves that is killed while new content waits beside a rendered file",
        "SIGKILL when `.NAME.turnlock` is complete and not yet in its place; then every file of the stack",
        "that one file, with the rendered file's own owner and mode; `drift` names it, `recover` removes it",
    );
}
