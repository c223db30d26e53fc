//! The first hour: a log, an import, a policy; and what is typed wrong.

use turnlock_tests::{SECRETS, Stack, Value, env_file};

const POLICY: &str = "policies/rotation/breeze.toml";

#[test]
fn an_import_takes_what_is_there_or_says_why_not() {
    let stack = Stack::up("import");
    let vault = stack.vault();
    let none_in_vault = || SECRETS.iter().all(|name| vault.versions(name) == 0);
    let right = std::fs::read_to_string(stack.env_path()).expect("readable");
    let held = env_file(&stack.env_path());

    stack.scene("nothing is made by accident");
    let missing = stack.turnlock("import");
    assert_ne!(missing.code, 0, "{missing}");
    missing.says("there is no audit log").says("init");
    for line in
        ["status", "drift", "plan", "history", "audit list", "audit verify", "rotate POSTGRES_PASSWORD --yes"]
    {
        assert_ne!(stack.turnlock(line).code, 0, "{line} without a log");
    }
    assert!(!stack.audit_path().exists() && none_in_vault());
    stack.turnlock("audit init").ok();
    stack.turnlock("audit init").exits(5).says("already");

    stack.scene("a plan before the import");
    stack.turnlock("plan").exits(5).says("turnlock import");
    stack.turnlock("status").ok().has_line(&["JWT_SECRET", "-", "never"]);

    stack.scene("a password that stands twice in the file, and differently");
    let password = held["POSTGRES_PASSWORD"].clear();
    let other = right.replace(&format!(":{password}@"), ":AnotherPasswordAltogether1234@");
    std::fs::write(stack.env_path(), other).expect("writable");
    stack.turnlock("import").exits(5).says(".env.prod: DATABASE_URL").says("nothing was written");
    assert!(none_in_vault());

    stack.scene("a variable that isn't there, or is empty");
    std::fs::write(stack.env_path(), without(&right, "SESSION_SECRET")).expect("writable");
    stack.turnlock("import").exits(5).says("SESSION_SECRET");
    let empty = right.replace(held["SESSION_SECRET"].clear(), "");
    std::fs::write(stack.env_path(), empty).expect("writable");
    stack.turnlock("import").exits(5).says("SESSION_SECRET");
    std::fs::write(stack.env_path(), &right).expect("writable");
    assert!(none_in_vault());

    stack.scene("a file that is not as the template makes it");
    std::fs::write(stack.env_path(), format!("{right}EXTRA=1\n")).expect("writable");
    stack.turnlock("import").exits(5).says("do not render the stack's files as they are").says(".env.prod");
    std::fs::write(stack.env_path(), &right).expect("writable");
    std::os::unix::fs::chown(stack.token_path(), None, Some(0)).expect("changeable");
    stack.turnlock("import").exits(5).says("0:0 0640").says("0:65534 0640");
    std::os::unix::fs::chown(stack.token_path(), None, Some(65534)).expect("changeable");
    assert!(none_in_vault());

    stack.scene("a dry run writes nothing");
    stack.turnlock("import --dry-run").ok().has_line(&["JWT_SECRET", "would become v1"]);
    assert!(none_in_vault());

    stack.scene("a weak value is named");
    let weak = Value::new("not-made-by-any-generator");
    let changed = right.replace(held["AGENT_ENROLLMENT_SECRET"].clear(), weak.clear());
    std::fs::write(stack.env_path(), changed).expect("writable");
    let dry = stack.turnlock("import --dry-run");
    dry.ok().has_line(&["AGENT_ENROLLMENT_SECRET", "would become v1", "rotate it soon"]);
    std::fs::write(stack.env_path(), &right).expect("writable");

    stack.scene("import, and again");
    stack.turnlock("import").ok().has_line(&["JWT_SECRET", "imported as v1"]).says_not("rotate it soon");
    let json = stack.turnlock("import --json").ok().json();
    let all = json["imported"].as_array().expect("a list");
    assert!(all.len() == 7 && all.iter().all(|i| i["result"] == "was in Vault already"), "{json}");
    for name in SECRETS {
        assert_eq!(vault.versions(name), 1, "versions of {name}");
    }
    stack.turnlock("drift").ok();

    stack.scene("what Vault holds already is not overwritten");
    vault.put("JWT_SECRET", &Value::random_base64(64));
    stack
        .turnlock("import")
        .exits(5)
        .says("Vault has another value for JWT_SECRET")
        .says("nothing was written");
    stack.turnlock("repair vault").ok();

    stack.scene("what the log knows and Vault has lost is not imported anew");
    vault.delete("secret/metadata/breeze/AGENT_ENROLLMENT_SECRET");
    stack.turnlock("import").exits(5).says("turnlock recapture AGENT_ENROLLMENT_SECRET --from file");
    stack.turnlock("recapture AGENT_ENROLLMENT_SECRET --from file --reason 'deleted'").ok();
    assert!(vault.newest("AGENT_ENROLLMENT_SECRET") == held["AGENT_ENROLLMENT_SECRET"]);

    who_is_not_there(&stack);
    typed_wrong(&stack);
    stack.finish();
}

fn without(text: &str, key: &str) -> String {
    text.lines().filter(|l| !l.starts_with(key)).map(|l| format!("{l}\n")).collect()
}

fn who_is_not_there(stack: &Stack) {
    stack.scene("Vault, the engine or a login that isn't there");
    stack.turnlock_with("drift", &[("VAULT_ADDR", "http://127.0.0.1:1")]).exits(1).says("does not answer");
    stack.turnlock_with("drift", &[("VAULT_ROLE_ID", "nobody")]).exits(1).says("refuses the login");
    stack.turnlock_with("drift", &[("VAULT_SECRET_ID_FILE", "/nowhere")]).exits(2).says("/nowhere");
    stack.turnlock_with("drift", &[("DOCKER_HOST", "tcp://127.0.0.1:1")]).exits(1).says("Docker");
    let elsewhere = [("TURNLOCK_AUDIT_URL", "sqlite:///nowhere/audit.db")];
    assert_ne!(stack.turnlock_with("audit verify", &elsewhere).code, 0);
    // An auditor needs the log alone.
    let alone = [
        ("VAULT_ADDR", "http://127.0.0.1:1"),
        ("DOCKER_HOST", "tcp://127.0.0.1:1"),
        ("TURNLOCK_POLICY", "/nowhere"),
    ];
    stack.turnlock_with("audit verify", &alone).ok();
    stack.turnlock_with("audit list", &alone).ok();
}

fn typed_wrong(stack: &Stack) {
    stack.scene("what is typed wrong ends with 2, and says what there is");
    for (line, words) in [
        ("rotate", "required"),
        ("rotate NO_SUCH --yes", "the policy names no secret NO_SUCH"),
        ("rotate lower --yes", "capital letters"),
        ("rotate --all --due", "cannot be used with"),
        ("rotate JWT_SECRET --all", "cannot be used with"),
        ("rollback JWT_SECRET", "--to"),
        ("rollback JWT_SECRET --to x", "--to"),
        ("rollback NO_SUCH --to 1 --yes", "NO_SUCH"),
        ("plan NO_SUCH", "it names: AGENT_ENROLLMENT_SECRET"),
        ("history NO_SUCH", "NO_SUCH"),
        ("render nothing", "it has: env, metrics_token"),
        ("audit show 99999", "no entry 99999"),
        ("audit show nothing", "no rotation `nothing`"),
        ("audit show last", "the log has no rotation yet"),
        ("audit list --outcome good", "done, failed, refused, in_doubt"),
        ("audit list --since yesterday", "--since"),
        ("agent --interval 0", "--interval"),
        ("completions cobol", "bash"),
        ("no-such-command", "no-such-command"),
        ("drift --no-such-flag", "--no-such-flag"),
        ("drift --policy /no/such/file", "there is no policy /no/such/file"),
        ("audit verify --audit-url mysql://x", "sqlite:///"),
    ] {
        stack.turnlock(line).exits(2).says(words);
    }
    stack.turnlock("--help").ok().says("Exit codes");
    for command in [
        "import",
        "plan",
        "rotate",
        "rollback",
        "status",
        "drift",
        "repair",
        "history",
        "audit list",
        "audit show",
        "audit verify",
        "audit init",
        "render",
        "agent",
        "policy check",
        "policy schema",
    ] {
        stack.turnlock(&format!("{command} --help")).ok().says("Example").says("turnlock ");
    }
    stack.turnlock("completions bash").ok().says("_turnlock");
    stack.turnlock("completions zsh").ok().says("#compdef turnlock");
    stack.turnlock("policy schema").ok().json();

    stack.scene("a policy with a mistake names file, line and remedy");
    for (from, to, words) in [
        ("every = \"1 year\"\nimpact = \"Requires", "evry = \"1 year\"\nimpact = \"Requires", "evry"),
        ("secret = \"POSTGRES_PASSWORD\"", "secret = \"NO_SUCH\"", "NO_SUCH"),
        ("mode = \"0600\"", "mode = \"0666\"", "0666"),
        (
            "bytes = 64 }\nevery = \"3 months\"\nimpact = \"All active",
            "bytes = 4 }\nevery = \"3 months\"\nimpact = \"All active",
            "bytes",
        ),
    ] {
        stack.edit(POLICY, from, to);
        let output = stack.turnlock("policy check");
        output.exits(2).says(words).says("breeze.toml:");
        stack.turnlock("rotate --all --yes").exits(2);
        stack.edit(POLICY, to, from);
    }
    let anybody = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    std::fs::set_permissions(stack.root.join(POLICY), anybody).expect("changeable");
    stack.turnlock("drift").exits(2).says("can be written by every");
    std::fs::set_permissions(stack.root.join(POLICY), std::os::unix::fs::PermissionsExt::from_mode(0o644))
        .expect("changeable");
    stack.turnlock("policy check").ok();
}
