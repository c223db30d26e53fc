//! Keys, values and references in the policy file itself.

use super::*;

#[test]
fn unknown_keys() {
    Folder::new()
        .policy("prefix =", "prefixx =")
        .refused("prefixx", "unknown field `prefixx`, expected one of");
    Folder::new().policy("on = \"each", "when = \"each").refused("when", "unknown field `when`");
    Folder::new().policy("[service.api]", "[services.api]").refused("services", "unknown field `services`");
}

#[test]
fn wrong_types() {
    let folder = Folder::new().policy("bytes = 32", "bytes = \"32\"");
    folder.refused("\"32\"", "invalid type: string \"32\", expected usize");
    Folder::new().policy("port = 5432", "port = 70000").refused("70000", "invalid value");
    Folder::new().policy("\"0600\"", "0o600").refused("0o600", "expected a string");
    Folder::new().policy("kind = \"hex\"", "kind = \"dice\"").refused("\"dice\"", "unknown variant `dice`");
    Folder::new().policy("owner = 0", "owner = -1").refused("-1", "expected a name or a number");
    Folder::new()
        .policy("owner = 0", "owner = 4294967295")
        .refused("4294967295", "expected a name or a number");
}

#[test]
fn broken_syntax_and_missing_keys() {
    Folder::new().policy("role = \"shop\"", "role = ").refused("\ndatabase = \"shop\"", "");
    Folder::new().policy("role = \"shop\"\n", "").refused("[database.shop]", "missing field `role`");
    Folder::new().policy("[vault]", "[stack]").refused("stack]\nmount", "duplicate key");
    Folder::new().policy("version = 1", "version = 2").refused("2", "version 1 of the policy's format");
}

#[test]
fn dangling_references() {
    let folder = Folder::new().policy("reads = [\"KEY\", ", "reads = [\"KEYS\", \"KEY\", ");
    folder.refused("\"KEYS\"", "there is no [secret.KEYS]");
    assert!(folder.problem().help().contains("there are KEY, PASSWORD, TOKEN"));
    Folder::new()
        .policy("secret = \"PASSWORD\"", "secret = \"PASS\"")
        .refused("\"PASS\"", "there is no [secret.PASS]");
    let folder = Folder::new().policy("command = [\"reencrypt\"]\n", "command = [\"reencrypt\"]\n# \n");
    let folder =
        folder.policy("[migration.records]\nsecret = \"KEY\"", "[migration.records]\nsecret = \"KEI\"");
    let whats: Vec<_> = folder.problem().all().map(|p| p.what().to_owned()).collect();
    assert!(whats.iter().any(|w| w == "there is no [secret.KEI]"), "{whats:?}");
    Folder::new().policy("{ api = ", "{ app = ").refused("app", "there is no [service.app]");
    Folder::new()
        .policy("service = \"api\"", "service = \"app\"")
        .refused("\"app\"", "there is no [service.app]");
    Folder::new()
        .policy("service = \"postgres\"", "service = \"pg\"")
        .refused("\"pg\"", "there is no [service.pg]");
    Folder::new()
        .policy("env_file = \"env\"", "env_file = \"emv\"")
        .refused("\"emv\"", "there is no [file.emv]");
    let folder = Folder::new().policy("env_file = \"env\"", "env_file = \"token\"");
    folder.refused("\"token\"", "[file.token] is not an env file");
}

#[test]
fn names_of_secrets() {
    let folder = Folder::new()
        .policy("[secret.TOKEN]", "[secret.token]")
        .policy("\"PASSWORD\", \"TOKEN\"]", "\"PASSWORD\"]");
    let folder = folder.policy("reads = [\"TOKEN\"]", "reads = []").token("x");
    folder
        .env("TOKEN=\"{{ with secret \"secret/shop/TOKEN\" }}{{ .Data.data.value }}{{ end }}\"", "")
        .refused("token]", "\"token\" is not a secret's name");
}

#[test]
fn schedules() {
    Folder::new()
        .policy("every = \"3 months\"\n", "")
        .refused("PASSWORD]", "the secret has neither `every` nor `on`");
    Folder::new()
        .policy("every = \"3 months\"", "every = \"3 months\"\non = \"a whim\"")
        .refused("\"a whim\"", "the secret has both `every` and `on`");
    for (text, what) in [
        ("5 m", "has hours, minutes or seconds in it"),
        ("1 month 2 hours", "has hours, minutes or seconds in it"),
        ("0 months", "is not a positive span"),
        ("-3 months", "is not a positive span"),
        ("3 months ago", "is not a positive span"),
        ("11 years", "is longer than 10 years"),
        ("quarterly", "is not a span of time"),
        ("", "is not a span of time"),
    ] {
        let quoted = format!("\"{text}\"");
        Folder::new().policy("\"3 months\"", &quoted).refused(&format!("{quoted}\nimpact = \"A"), what);
    }
    for text in ["90 days", "2 weeks", "1y 6mo", "P3M"] {
        Folder::new().policy("\"3 months\"", &format!("\"{text}\"")).load().unwrap();
    }
}

#[test]
fn a_key_that_encrypts_says_how_long_it_is_kept() {
    Folder::new().policy("keep_for = \"1 year\"\n", "").refused("KEY]", "how long its old value is kept");
    let without = Folder::new();
    let start = without.policy.find("[migration.records]").unwrap();
    let block = without.policy[start..].to_owned();
    without.policy(&block, "").refused("KEY]", "KEY needs a re-encryption, and no [migration] does it");
    let twice = block.replace("records", "again");
    let folder = Folder::new().policy(&block, &format!("{block}\n{twice}"));
    // In the order of their names: the second by name is the one that is refused.
    folder.refused("[\"reencrypt\"]", "another [migration] runs this command for this secret");
}

#[test]
fn generators() {
    let base64 = "{ kind = \"base64\", bytes = 64 }";
    for (generator, at, what) in [
        (
            "{ kind = \"hex\", bytes = 15 }",
            "{ kind = \"hex\", bytes = 15",
            "bytes = 15 is not between 16 and 1024",
        ),
        ("{ kind = \"hex\", bytes = 2000 }", "{ kind = \"hex\", bytes = 2000", "bytes = 2000 is not between"),
        ("{ kind = \"hex\", bytes = 32, without = \"a\" }", "\"a\" }", "`without` is for base64 only"),
        (
            "{ kind = \"base64\", bytes = 32, without = \"$\" }",
            "{ kind = \"base64\", bytes = 32, w",
            "is no character of base64",
        ),
    ] {
        Folder::new().policy(base64, generator).refused(at, what);
    }
}

#[test]
fn vault_paths() {
    for path in ["/shop", "shop/", "a//b", "a/../b", "..", "", "a b", "a?b", "a%2Fb"] {
        let quoted = format!("\"{path}\"");
        let folder = Folder::new().policy("prefix = \"shop\"", &format!("prefix = {quoted}"));
        let problem = folder.problem();
        assert!(problem.what().contains("is not a plain path in Vault"), "{path}: {}", problem.what());
        assert_eq!(problem.line(), Some(12));
    }
    let staging = |path: &str| Folder::new().policy("\"turnlock\"", &format!("\"{path}\""));
    staging("secret").refused("\"secret\"\n\n", "the staging mount is the mount of the live values");
    staging("secret/pending")
        .refused("\"secret/pending\"", "the staging mount is the mount of the live values");
    staging("secrets").load().unwrap();
    Folder::new()
        .policy("admin/postgres", "shop/postgres")
        .refused("\"shop/postgres\"", "stands among the secrets that this policy rotates");
}

#[test]
fn databases() {
    Folder::new().policy("role = \"shop\"", "role = \"\"").refused("\"\"", "the name is empty");
    Folder::new()
        .policy("role = \"shop\"", "role = \"a\\u0000b\"")
        .refused("\"a\\u0000b\"", "has a NUL in it");
    let long = format!("\"{}\"", "r".repeat(64));
    Folder::new()
        .policy("role = \"shop\"", &format!("role = {long}"))
        .refused(&long, "longer than PostgreSQL's");
    let reached = "a database is reached either by";
    Folder::new().policy("port = 5432\n", "").refused("shop]\nsecret", reached);
    Folder::new()
        .policy("port = 5432\n", "port = 5432\naddress = \"db:5432\"\n")
        .refused("shop]\nsecret", reached);
    let address =
        |a: &str| Folder::new().policy("service = \"postgres\"\nport = 5432", &format!("address = \"{a}\""));
    for wrong in ["db", "db:", "db:0", ":5432", "::1:5432", "[::1:5432", "[x]:1", "db:99999", "d b:1"] {
        address(wrong).refused(&format!("\"{wrong}\""), "is not an address");
    }
    let policy = address("[::1]:5432").load().unwrap();
    assert_eq!(
        policy.databases["shop"].address,
        crate::policy::Address::Host { host: "::1".into(), port: 5432 }
    );
    let shop = POLICY.find("[database.shop]").unwrap()..POLICY.find("[file.env]").unwrap();
    let again =
        POLICY[shop.clone()].replace("[database.shop]", "[database.again]").replace("\"shop\"", "\"shop\" ");
    // By name, `again` comes before `shop`.
    Folder::new()
        .policy("[file.env]", &format!("{again}[file.env]"))
        .refused("\"shop\"\ndatabase", "another [database] has this role of this server");
    Folder::new().policy("\"30s\"", "\"soon\"").refused("\"soon\"", "\"soon\" is not a time");
    Folder::new().policy("\"30s\"", "\"2 days\"").refused("\"2 days\"", "");
}

#[test]
fn services() {
    let ready = "{ http = \"/ready\", port = 3000, within = \"20s\" }";
    for (to, at, what) in [
        ("{ port = 3000, within = \"20s\" }", "{ port", "exactly one of `http` and `prometheus_target`"),
        (
            "{ http = \"/\", prometheus_target = \"x\", port = 3000, within = \"20s\" }",
            "{ http",
            "exactly one of `http` and `prometheus_target`",
        ),
        ("{ http = \"ready\", port = 1, within = \"20s\" }", "\"ready\"", "is not a path of a request"),
        ("{ http = \"/\", port = 0, within = \"20s\" }", "0, within", "0 is not a port"),
        ("{ http = \"/\", port = 1, within = \"0s\" }", "\"0s\"", "is too short or too long"),
        ("{ http = \"/\", port = 1, within = \"1s\", stays = \"soon\" }", "\"soon\"", "is not a time"),
        ("{ http = \"/\", port = 1, within = \"25h\" }", "\"25h\"", "is too short or too long"),
        (
            "{ prometheus_target = \"x\", contains = \"y\", port = 1, within = \"1s\" }",
            "\"y\"",
            "`contains` is for `http` only",
        ),
    ] {
        Folder::new().policy(ready, to).refused(at, what);
    }
    Folder::new()
        .policy("[\"POSTGRES_PASSWORD\"]", "[\"A-B\"]")
        .refused("\"A-B\"", "is not a variable's name");
}

#[test]
fn stacks() {
    Folder::new().policy("root = \"stack\"", "root = \"stock\"").refused("\"stock\"", "is not a directory");
    Folder::new()
        .policy("project = \"shop\"", "project = \"Shop\"")
        .refused("\"Shop\"", "Compose project's name");
    Folder::new().policy("[\"compose.yml\"]", "[]").refused("[]", "there is no compose file");
    Folder::new().policy("\"compose.yml\"", "\"/etc/x.yml\"").refused("\"/etc/x.yml\"", "is absolute");
    Folder::new()
        .policy("\"compose.yml\"", "\"../x.yml\"")
        .refused("\"../x.yml\"", "leaves the stack's root");
    Folder::new()
        .policy("\"compose.yml\"", "\"x.yml\", \"./x.yml\"")
        .refused("\"./x.yml\"", "this compose file is named twice");
}

#[test]
fn commands() {
    Folder::new().policy("command = [\"reencrypt\"]", "command = []").refused("[]", "the command is empty");
    Folder::new().policy("check = [\"reencrypt\"", "check = [\"\"").refused("[\"\",", "the command is empty");
    Folder::new().policy("\"--check\"", "\"a\\u0000\"").refused("\"a\\u0000\"", "has a NUL in it");
}

#[test]
fn impacts() {
    Folder::new().policy("\"A restart\"", "\" \"").refused("\" \"", "the text is empty");
    Folder::new().policy("\"A restart\"", "\"A\\u001b[2J\"").refused("\"A\\u001b[2J\"", "control characters");
}

#[test]
fn profiles_are_names() {
    let with = |profiles: &str| {
        Folder::new().policy("env_file = \"env\"", &format!("env_file = \"env\"\nprofiles = {profiles}"))
    };
    assert_eq!(with("[\"mail\", \"jobs\"]").load().unwrap().stack.profiles, ["mail", "jobs"]);
    with("[\"a b\"]").refused("\"a b\"", "is not a plain name");
}

#[test]
fn a_fence_is_asked_for_and_no_accident() {
    assert!(!Folder::new().load().unwrap().databases["shop"].fence);
    let folder = Folder::new().policy("port = 5432\n", "port = 5432\nfence = true\n");
    assert!(folder.load().unwrap().databases["shop"].fence);
    Folder::new()
        .policy("port = 5432\n", "port = 5432\nfence = \"yes\"\n")
        .refused("\"yes\"", "expected a boolean");
}
