//! Whatever fails or interrupts a rotation before its pivot, at each kind of step: the old versions come back.

use std::time::Instant;

use turnlock_tests::{ACCEPT_ALL, Signal, Value, signal};

use crate::failure::{Before, impatient};

#[test]
fn whatever_fails_or_interrupts_it_the_old_versions_come_back() {
    let stack = impatient("each step");
    let vault = stack.vault();
    let before = Before::of(&stack);
    let all = format!("rotate --all {ACCEPT_ALL} --debug");

    stack.scene("what a write that was cut off left behind is told, and removed by repair");
    let leftover = stack.dir().join("..env.prod.turnlock");
    std::fs::write(&leftover, "half of it").expect("writable");
    stack.turnlock(&all).exits(5).says("..env.prod.turnlock");
    stack.turnlock("drift").exits(4).says("..env.prod.turnlock");
    stack.turnlock("repair").ok();
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
    failed.exits(1).has_line(&["apply containers", "FAILED"]).says("taken back");
    before.is_still_so(&stack);

    for (sent, step) in [
        (Signal::INT, "stage"),
        (Signal::TERM, "apply file.metrics_token"),
        (Signal::INT, "apply hold"),
        (Signal::TERM, "apply migration.records"),
        (Signal::TERM, "apply containers"),
    ] {
        stack.scene(&format!("{sent:?} in the middle of `{step}`"));
        let line = format!("rotate --all {ACCEPT_ALL}");
        let (began, child) = (Instant::now(), stack.spawn(&line, &[]));
        stack.until_step(step);
        signal(&child, sent);
        let ended = stack.ended(&line, child, began);
        ended.exits(1).says("interrupted").says("Failed, ");
        before.is_still_so(&stack);
    }

    stack.scene("SIGINT after the pivot comes too late: it is finished");
    let line = "rotate METRICS_SCRAPE_TOKEN --yes";
    let (began, child) = (Instant::now(), stack.spawn(line, &[]));
    stack.until_step("promote");
    signal(&child, Signal::INT);
    stack.ended(line, child, began).ok().says("Done: METRICS_SCRAPE_TOKEN v2");
    stack.turnlock("drift").ok();
    stack.turnlock("audit verify").ok();
    stack.finish();
}
