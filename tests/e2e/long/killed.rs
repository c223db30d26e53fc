//! A rotation whose process is killed outright: nothing else begins before it was taken back or finished.

use std::time::{Duration, Instant};

use turnlock_tests::{ACCEPT_ALL, SECRETS, Stack, env_file};

/// The steps of a rotation of all seven.
const STEPS: [&str; 11] = [
    "stage",
    "apply file.env",
    "apply file.metrics_token",
    "apply hold",
    "apply database.breeze",
    "apply migration.records",
    "apply migration.totp",
    "apply containers",
    "verify",
    "promote",
    "retire",
];

#[test]
fn what_a_killed_rotation_left_is_taken_back_or_finished() {
    let stack = Stack::imported("killed");
    let vault = stack.vault();
    let api = stack.api();
    let (record, seed) = (api.add_record("through all of it"), api.enroll_mfa("ann"));
    let line = format!("rotate --all {ACCEPT_ALL}");
    // Enough that a kill falls into the middle of a migration too, between its batches.
    for number in 0..1200 {
        api.add_record(&format!("record {number}"));
    }
    let (mut taken_back, mut finished) = (0, 0);
    for (index, step) in STEPS.into_iter().enumerate() {
        let was = vault.newest_version("JWT_SECRET");
        stack.scene(&format!("SIGKILL in the middle of `{step}`, on the way to v{}", was + 1));
        let (began, mut child) = (Instant::now(), stack.spawn(&line, &[]));
        stack.until_step(step);
        // Every other one a little later, when its effect may be half done.
        std::thread::sleep(Duration::from_millis(if index % 2 == 1 && step.starts_with("apply") {
            60
        } else {
            0
        }));
        child.kill().expect("killable");
        let killed = stack.ended(&line, child, began);
        if killed.code == 0 {
            // A short step on a fast machine: the signal came too late, and it had ended well.
            stack.turnlock("drift").ok();
            continue;
        }
        let id = stack.turnlock("audit show last --json").ok().json()["rotation"]
            .as_str()
            .expect("an id")
            .to_owned();
        let status = stack.turnlock("status");
        status.ok().has_line(&["POSTGRES_PASSWORD", &format!("in rotation {id}")]);
        status.has_line(&["Rotation", &id, "has not ended"]).has_line(&["next", "turnlock recover"]);
        let planned = stack.turnlock("recover --dry-run");
        planned.exits(4).has_line(&["1", "stage"]);
        match index % 3 {
            0 => _ = stack.turnlock("recover").ok(),
            1 => _ = stack.turnlock("repair").ok().says("No drift"),
            // Also by the next command, which then has nothing to do.
            _ => _ = stack.turnlock("rotate POSTGRES_PASSWORD").exits(5).says("no terminal"),
        }
        stack.turnlock("recover --dry-run").ok().says("every rotation has ended");
        stack.turnlock("drift").ok();
        let is = vault.newest_version("JWT_SECRET");
        for name in SECRETS {
            assert_eq!(vault.newest_version(name), is, "{name} is where JWT_SECRET is");
        }
        let shown = stack.turnlock("audit show last --json").ok().json();
        let last = shown["entries"].as_array().and_then(|e| e.last()).expect("entries")["entry"].clone();
        planned.has_line(&["way", if is == was { "back" } else { "forward" }]);
        if is == was {
            assert_eq!(last["outcome"], "failed", "{last}");
            taken_back += 1;
        } else {
            assert_eq!((is, &last["outcome"]), (was + 1, &"done".into()), "{last}");
            finished += 1;
        }
        assert_eq!(vault.staged(), [""; 0], "nothing is left on the staging mount");
        let files = env_file(&stack.env_path());
        for name in SECRETS {
            assert!(files[name] == vault.newest(name), "{name} in .env.prod is Vault's newest");
        }
        assert_eq!(stack.db_login(&vault.newest("POSTGRES_PASSWORD")), Ok(()));
        assert_eq!(stack.api().record(record).as_deref(), Some("through all of it"));
        assert_eq!(stack.left_under_other_keys("records", &vault.newest("APP_ENCRYPTION_KEY")), 0);
        assert!(stack.api().verify_mfa("ann", &seed), "an authenticator is refused");
    }
    println!("{taken_back} taken back, {finished} finished");
    assert!(taken_back >= 6, "most of nine steps before the pivot were met");
    stack.scene("the next command takes it up, then does its own work");
    let was = vault.newest_version("JWT_SECRET");
    let (began, mut child) = (Instant::now(), stack.spawn(&line, &[]));
    stack.until_step("apply hold");
    child.kill().expect("killable");
    stack.ended(&line, child, began);
    let both = stack.turnlock("rotate SESSION_SECRET --yes --accept-impact SESSION_SECRET");
    both.ok().says("Failed, and taken back").says("Done: SESSION_SECRET");
    assert_eq!(vault.newest_version("JWT_SECRET"), was);
    assert_eq!(vault.newest_version("SESSION_SECRET"), was + 1);
    let (began, mut child) = (Instant::now(), stack.spawn(&line, &[]));
    stack.until_step("apply hold");
    child.kill().expect("killable");
    stack.ended(&line, child, began);
    let told = stack.turnlock("rotate POSTGRES_PASSWORD --yes --json").ok().json();
    assert_eq!(
        (&told["outcome"], &told["taken_up"]["outcome"]),
        (&"done".into(), &"undone".into()),
        "{told}"
    );
    stack.turnlock("audit verify").ok();
    stack.finish();
}
