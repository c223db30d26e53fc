//! The page of docs/operations.md, "By hand, without Vault, agent and log", followed word for word on the demo's stack while
//! all three are gone; then adopted.

use turnlock_tests::{SECRETS, Stack, Value, env_file, inode, owner_and_mode, repository};

/// The blocks of code below one of the page's headings.
#[track_caller]
fn page(heading: &str) -> String {
    let text = std::fs::read_to_string(repository().join("docs/operations.md")).expect("readable");
    let page = text.split("\n## By hand, without Vault, agent and log\n").nth(1).expect("the page is there");
    let page = page.split("\n## ").next().expect("it ends");
    let part = match heading {
        "" => page.split("\n### ").next(),
        heading => page.split(&format!("\n### {heading}\n")).nth(1).and_then(|p| p.split("\n### ").next()),
    };
    let part = part.unwrap_or_else(|| panic!("the page has a part {heading:?}"));
    let blocks = part.split("```sh\n").skip(1).map(|b| b.split("```").next().expect("closed"));
    let code: String = blocks.collect();
    assert!(!code.is_empty(), "{heading:?} has commands");
    code
}

/// One session of the shell: the page's beginning, then some of its parts. Only the project's name is this stack's own.
fn follow(stack: &Stack, parts: &[&str]) -> String {
    let commands: String = [""].iter().chain(parts).map(|heading| page(heading)).collect();
    let own = format!("COMPOSE_PROJECT_NAME={}", stack.project);
    assert!(commands.contains("COMPOSE_PROJECT_NAME=breeze"));
    stack.shell(&commands.replace("COMPOSE_PROJECT_NAME=breeze", &own))
}

#[test]
fn the_page_is_followed_word_for_word_and_then_adopted() {
    let mut stack = Stack::imported("by hand");
    let (record, seed) = (stack.api().add_record("before"), stack.api().enroll_mfa("ann"));
    let session = stack.api().login("ann");
    let old = env_file(&stack.env_path());
    let (token, right) = (inode(&stack.token_path()), owner_and_mode(&stack.env_path()));

    stack.scene("Vault, agent and log are gone, and every container is restarted");
    let aside = stack.root.join("aside.db");
    stack.docker(&["stop", &stack.container("vault").id]);
    for tail in ["db", "db-wal", "db-shm"] {
        let _ = std::fs::rename(stack.audit_path().with_extension(tail), aside.with_extension(tail));
    }
    stack.turnlock("status").exits(1).says("there is no audit log");
    stack.compose(&["restart", "postgres", "api", "postgres-exporter", "prometheus"], &[]);
    stack.until("the api is ready again", 60, || stack.api().is_ready());
    stack.until("Prometheus scrapes it", 60, || stack.scrape_works());
    assert!(stack.api().takes_token(&session), "nobody was logged out");
    assert_eq!(stack.api().record(record).as_deref(), Some("before"));

    stack.scene("the database's password, by the page");
    let postgres = stack.container("postgres").id;
    follow(&stack, &["POSTGRES_PASSWORD", "Does it work?"]);
    let is = env_file(&stack.env_path());
    stack.remember(&is["POSTGRES_PASSWORD"]);
    assert!(is["POSTGRES_PASSWORD"] != old["POSTGRES_PASSWORD"]);
    assert_eq!(stack.db_login(&is["POSTGRES_PASSWORD"]), Ok(()));
    assert_eq!(stack.db_login(&old["POSTGRES_PASSWORD"]), Err("28P01".into()));
    stack.until("the api is ready", 60, || stack.api().is_ready());
    assert!(stack.api().takes_token(&session), "nobody was logged out");
    assert_eq!(stack.container("postgres").id, postgres, "the database was not recreated");
    assert_eq!(owner_and_mode(&stack.env_path()), right);
    let changed: Vec<&String> = is.keys().filter(|key| is[*key] != old[*key]).collect();
    assert_eq!(changed, ["DATABASE_URL", "POSTGRES_PASSWORD"]);
    let said = stack.logs("postgres");
    let found = stack.values_in(said.as_bytes(), std::slice::from_ref(&is["POSTGRES_PASSWORD"]));
    assert!(found.is_empty(), "the server's log has the password");

    stack
        .scene("Vault, agent and log are back: a rotation is refused, and the change is adopted by the page");
    stack.start_vault();
    for tail in ["db", "db-wal", "db-shm"] {
        let _ = std::fs::rename(aside.with_extension(tail), stack.audit_path().with_extension(tail));
    }
    stack.turnlock("drift").exits(4).has_line(&["DRIFT", "role breeze", "unknown value, expected v1"]);
    stack.turnlock("rotate POSTGRES_PASSWORD --yes").exits(5).says("does not hold the current versions");
    stack.turnlock("adopt POSTGRES_PASSWORD --reason x").exits(2).says("--occurred-at");
    stack
        .turnlock("adopt POSTGRES_PASSWORD --reason x --occurred-at 2999-01-01")
        .exits(2)
        .says("in the future");
    let said = follow(&stack, &["Afterwards, with Vault, agent and log"]);
    assert!(said.contains("adopted as v2") && said.contains("No drift"), "{said}");
    let vault = stack.vault();
    assert!(vault.newest("POSTGRES_PASSWORD") == is["POSTGRES_PASSWORD"]);
    assert_eq!(vault.newest_version("POSTGRES_PASSWORD"), 2);
    assert!(!stack.env_path().with_extension("prod.before").exists(), "the old values are given up");

    stack.scene("it is an entry of its own kind, and no rotation");
    let json = stack.turnlock("audit list --action manual --format json").ok().json();
    let text = json.to_string();
    assert!(text.contains("occurred_at") && text.contains("changed by the page"), "{json}");
    let status = stack.turnlock("status --json").ok().json();
    let of = |name: &str| {
        let all = status["secrets"].as_array().expect("a list");
        all.iter().find(|s| s["secret"] == name).expect("one").clone()
    };
    let (by_hand, other) = (of("POSTGRES_PASSWORD"), of("JWT_SECRET"));
    assert_eq!((&by_hand["version"], &by_hand["rotated"]), (&2.into(), &false.into()));
    let day = |s: &serde_json::Value| s["next"].as_str().map(|t| t[..10].to_owned());
    assert_eq!(day(&by_hand), day(&other), "the date on which it is due did not move");
    stack.turnlock("status").ok().has_line(&["POSTGRES_PASSWORD", "v2", "(by hand)"]);
    stack.turnlock("history POSTGRES_PASSWORD").ok().has_line(&["v2", "manual", "current"]);
    stack
        .turnlock("adopt POSTGRES_PASSWORD --reason again --occurred-at 1m")
        .ok()
        .says("v2 already: nothing to adopt");

    stack.scene("the other six, by the page");
    follow(
        &stack,
        &[
            "JWT_SECRET, SESSION_SECRET",
            "AGENT_ENROLLMENT_SECRET",
            "METRICS_SCRAPE_TOKEN",
            "APP_ENCRYPTION_KEY, MFA_ENCRYPTION_KEY",
        ],
    );
    let is = env_file(&stack.env_path());
    let others: Vec<&str> = SECRETS.into_iter().filter(|name| *name != "POSTGRES_PASSWORD").collect();
    for name in &others {
        stack.remember(&is[*name]);
        assert!(is[*name] != old[*name], "{name} is another one");
    }
    assert_eq!(inode(&stack.token_path()), token, "the token's file was written in place");
    stack.until("the api is ready", 60, || stack.api().is_ready());

    stack.scene("one that is not finished is not adopted");
    let text = std::fs::read_to_string(stack.env_path()).expect("readable");
    let stray = Value::random_base64(64);
    stack.remember(&stray);
    std::fs::write(stack.env_path(), text.replace(is["JWT_SECRET"].clear(), stray.clear()))
        .expect("writable");
    stack
        .turnlock("adopt JWT_SECRET --reason x --occurred-at 1m")
        .exits(5)
        .says("JWT_SECRET is not the same everywhere: api and .env.prod differ");
    std::fs::write(stack.env_path(), &text).expect("writable");
    let line = format!("adopt {} --reason 'by the page' --occurred-at 1m", others.join(" "));
    stack.turnlock(&line).ok().has_line(&["MFA_ENCRYPTION_KEY", "adopted as v2", "data of api (totp)"]);
    stack.turnlock("drift").ok().says("No drift");
    for name in others {
        assert!(vault.newest(name) == is[name]);
    }
    assert_eq!(stack.api().record(record).as_deref(), Some("before"));
    assert!(stack.api().verify_mfa("ann", &seed));
    assert!(!stack.api().takes_token(&session), "signed with the key before");
    stack.until("Prometheus scrapes with the new token", 60, || stack.scrape_works());

    stack.scene("after all that a rotation works");
    stack.turnlock("rotate POSTGRES_PASSWORD --yes").ok();
    stack.turnlock("audit verify").ok();
    stack.finish();
}
