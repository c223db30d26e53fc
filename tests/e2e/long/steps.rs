//! Whatever fails or interrupts a rotation before its pivot, at each kind of step: the old versions come back.

use std::time::{Duration, Instant};

use turnlock_tests::{ACCEPT_ALL, Value};

use crate::failure::{Before, impatient};

#[test]
fn whatever_fails_or_interrupts_it_the_old_versions_come_back() {
    let stack = impatient("each step");
    let vault = stack.vault();
    let before = Before::of(&stack);
    let all = format!("rotate --all {ACCEPT_ALL} --debug");

    stack.scene("a file that cannot be written");
    let obstacle = stack.dir().join("..env.prod.turnlock");
    std::fs::create_dir(&obstacle).expect("creatable");
    let failed = stack.turnlock(&all);
    std::fs::remove_dir(&obstacle).expect("removable");
    failed.exits(1).has_line(&["apply file.env", "FAILED"]);
    before.is_still_so(&stack);

    stack.scene("an administrator who is refused");
    let path = "secret/data/breeze-admin/postgres";
    let password = vault.field(path, "password");
    let admin = |password: &Value| {
        vault
            .write(path, serde_json::json!({ "data": { "role": "turnlock", "password": password.clear() } }));
    };
    admin(&Value::random(12));
    stack.turnlock("rotate POSTGRES_PASSWORD --yes").exits(5).says("refuses the administrator's password");
    admin(&password);
    before.is_still_so(&stack);

    stack.scene("an administrator who may log in, and not alter");
    stack.sql("ALTER ROLE turnlock NOCREATEROLE");
    let failed = stack.turnlock(&all);
    stack.sql("ALTER ROLE turnlock CREATEROLE");
    failed.exits(1).has_line(&["apply database.breeze", "FAILED", "SQLSTATE 42501"]);
    before.is_still_so(&stack);

    stack.scene("rows that somebody holds, so that a migration cannot finish");
    let mut holder = stack.open_session("breeze", &vault.newest("POSTGRES_PASSWORD")).expect("a login");
    holder.execute("BEGIN; SELECT FROM records FOR UPDATE");
    let failed = stack.turnlock(&all);
    holder.close();
    failed.exits(1).has_line(&["apply migration.records", "FAILED"]);
    before.is_still_so(&stack);

    stack.scene("a service that cannot be recreated");
    // Compose finds another container of the name that the new one would have.
    let name = format!("{}-api-1", stack.project);
    let image = stack.container("api").image_id;
    let api = stack.container("api").id;
    stack.docker(&["rename", &api, &format!("{}-aside", stack.project)]);
    let taken = stack.docker(&["create", "--name", &name, &image]);
    let failed = stack.turnlock("rotate JWT_SECRET --yes --accept-impact JWT_SECRET --debug");
    stack.docker(&["rm", "--force", taken.trim()]);
    println!("{failed}");
    stack.turnlock("repair");
    before.is_still_so(&stack);

    for (signal, after) in [("INT", 400), ("TERM", 1500), ("INT", 2500)] {
        stack.scene(&format!("SIG{signal} after {after} ms"));
        let line = format!("rotate --all {ACCEPT_ALL}");
        let (began, child) = (Instant::now(), stack.spawn(&line, &[]));
        stack.until("a rotation has begun", 10, || !stack.vault().staged().is_empty());
        std::thread::sleep(Duration::from_millis(after));
        let id = child.id().to_string();
        std::process::Command::new("kill").args([&format!("-{signal}"), &id]).status().expect("kill runs");
        let ended = stack.ended(&line, child, began);
        ended.exits(1).says("interrupted").says("Failed, and taken back");
        before.is_still_so(&stack);
    }
    stack.turnlock("audit verify").ok();
    stack.finish();
}
