//! Refusals: each with its message and its place, from a policy that is right but for one thing.

mod entries;
mod files;
mod hostile;
mod sinks;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use tempfile::TempDir;

use super::*;

const POLICY: &str = r#"version = 1

[stack]
name = "shop"
root = "stack"
project = "shop"
compose = ["compose.yml"]
env_file = "env"

[vault]
mount = "secret"
prefix = "shop"
staging = "turnlock"

[secret.KEY]
generator = { kind = "hex", bytes = 32 }
every = "1 year"
impact = "Data is re-encrypted"
loses = "re-encryption"
keep_for = "1 year"

[secret.PASSWORD]
generator = { kind = "base64", bytes = 24, without = "/+=" }
every = "3 months"
impact = "A restart"

[secret.TOKEN]
generator = { kind = "base64", bytes = 64 }
on = "each batch"
impact = "Only new ones"

[database.shop]
secret = "PASSWORD"
role = "shop"
database = "shop"
service = "postgres"
port = 5432
admin = { mount = "secret", path = "admin/postgres" }
sessions = { drain = "30s" }

[file.env]
path = ".env"
template = "env.tmpl"
format = "env"
owner = "root"
group = 0
mode = "0600"
reads = ["KEY", "PASSWORD", "TOKEN"]

[file.token]
path = "token"
template = "token.tmpl"
format = "raw"
owner = 0
group = 65534
mode = "0640"
reads = ["TOKEN"]
consumers = { api = "rereads" }

[service.api]
ready = { http = "/ready", port = 3000, within = "20s" }

[service.postgres]
first_start = ["POSTGRES_PASSWORD"]

[migration.records]
secret = "KEY"
service = "api"
command = ["reencrypt"]
check = ["reencrypt", "--check"]
within = "5m"
"#;

const ENV: &str = r#"# a comment
KEY='{{ with secret "secret/data/shop/KEY" }}{{ .Data.data.value }}{{ end }}'
{{ with secret "secret/data/shop/PASSWORD" }}
PASSWORD={{ .Data.data.value }}
DATABASE_URL=postgres://shop:{{ .Data.data.value }}@postgres/shop
{{ end }}
TOKEN="{{ with secret "secret/shop/TOKEN" }}{{ .Data.data.value }}{{ end }}"
"#;

const TOKEN: &str = r#"{{ with secret "secret/data/shop/TOKEN" }}{{ .Data.data.value }}{{ end }}"#;

/// A folder with a policy, its templates and its stack.
struct Folder {
    dir: TempDir,
    policy: String,
    env: String,
    token: String,
}

impl Folder {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("stack")).unwrap();
        fs::write(dir.path().join("stack/compose.yml"), "services: {}\n").unwrap();
        Self { dir, policy: POLICY.into(), env: ENV.into(), token: TOKEN.into() }
    }

    /// The policy with one text in it changed.
    fn policy(mut self, from: &str, to: &str) -> Self {
        assert!(self.policy.contains(from), "the policy has no {from:?}");
        self.policy = self.policy.replacen(from, to, 1);
        self
    }

    fn env(mut self, from: &str, to: &str) -> Self {
        assert!(self.env.contains(from), "the template has no {from:?}");
        self.env = self.env.replacen(from, to, 1);
        self
    }

    fn token(mut self, text: &str) -> Self {
        self.token = text.into();
        self
    }

    fn write(&self) -> PathBuf {
        let file = |name: &str, text: &str| {
            let path = self.dir.path().join(name);
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
            path
        };
        file("env.tmpl", &self.env);
        file("token.tmpl", &self.token);
        file("policy.toml", &self.policy)
    }

    fn load(&self) -> Result<Policy, Problem> {
        load(&self.write())
    }

    fn problem(&self) -> Problem {
        self.load().expect_err("the policy is refused")
    }

    /// One problem, at this text of the policy.
    #[track_caller]
    fn refused(&self, at: &str, what: &str) {
        self.refused_in("policy.toml", &self.policy, at, what);
    }

    #[track_caller]
    fn refused_in_env(&self, at: &str, what: &str) {
        self.refused_in("env.tmpl", &self.env, at, what);
    }

    #[track_caller]
    fn refused_in(&self, file: &str, text: &str, at: &str, what: &str) {
        let problem = self.problem();
        let all: Vec<String> =
            problem.all().map(|p| format!("{}: {}", p.line().unwrap_or(0), p.what())).collect();
        assert_eq!(all.len(), 1, "{all:#?}");
        assert!(problem.what().contains(what), "{}", problem.what());
        assert!(!problem.help().is_empty());
        assert!(problem.file().ends_with(file), "{}", problem.file());
        let offset = text.find(at).unwrap_or_else(|| panic!("no {at:?} in {file}"));
        let place = crate::template::Lines::of(text).place(offset);
        assert_eq!((problem.line(), problem.column()), (Some(place.0), Some(place.1)), "{}", problem.what());
    }
}

#[test]
fn limits_have_defaults_and_can_be_set() {
    let usual = crate::policy::Limits::default();
    let with = |limit: &str| {
        Folder::new().policy("[migration.records]", &format!("[limits]\n{limit}\n\n[migration.records]"))
    };
    assert_eq!(Folder::new().load().unwrap().limits, usual);
    let limits = with("engine = \"5s\"").load().unwrap().limits;
    assert_eq!(limits, crate::policy::Limits { engine: std::time::Duration::from_secs(5), ..usual });
    with("login = \"0s\"").refused("\"0s\"", "is too short or too long");
    with("patience = \"5s\"").refused("patience", "unknown");

    let limits = with("skew_told = \"1h\"").load().unwrap().limits;
    assert_eq!((limits.skew_told, limits.skew_refused), (usual.skew_refused, usual.skew_refused));
    with("skew_told = \"-5m\"").refused("\"-5m\"", "is too short or too long");
    with("skew_told = \"61m\"").refused("\"61m\"", "not even told");
    with("skew_told = \"10m\"\nskew_refused = \"9m\"").refused("\"9m\"", "not even told");
}

#[test]
fn the_policy_is_right() {
    let policy = Folder::new().load().unwrap_or_else(|p| panic!("{:?}", miette::Report::new(p)));
    assert_eq!(policy.secrets.len(), 3);
    assert_eq!(policy.files["env"].template, ENV);
    assert_eq!(policy.files["token"].mode, 0o640);
    assert!(policy.stack.root.is_absolute());
}

#[test]
fn the_shipped_policy_is_right() {
    // Its stack's root is made by the demo, so only what is in the file is looked at.
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies/rotation/breeze.toml");
    if file.exists() {
        let policy = load(&file).unwrap_or_else(|p| panic!("{:?}", miette::Report::new(p)));
        assert_eq!((policy.secrets.len(), policy.files.len(), policy.migrations.len()), (7, 2, 2));
    }
}

#[test]
fn all_problems_are_told_at_once() {
    let folder =
        Folder::new().policy("3000", "0").policy("\"3 months\"", "\"90\"").env("# a", "# {{ env \"x\" }}");
    let folder = folder.policy("mode = \"0640\"", "mode = \"0666\"");
    let problem = folder.problem();
    let lines: Vec<_> = problem.all().map(|p| p.what().to_owned()).collect();
    assert_eq!(problem.all().count(), 4, "{lines:#?}");
    let places: Vec<_> = problem.all().map(|p| (p.file().to_owned(), p.line())).collect();
    assert!(places.is_sorted(), "{places:?}");
    let shown = format!("{:?}", miette::Report::new(problem));
    for text in
        ["is not a span of time", "0 is not a port", "lets others write", "`env` is not allowed", "help"]
    {
        assert!(shown.contains(text), "{text} is not in:\n{shown}");
    }
}

#[test]
fn a_missing_policy_says_how_to_name_one() {
    let problem = load(Path::new("/nowhere/turnlock.toml")).unwrap_err();
    assert_eq!(problem.what(), "there is no policy /nowhere/turnlock.toml");
    assert!(problem.help().contains("--policy") && problem.help().contains("TURNLOCK_POLICY"));
}

#[test]
fn the_hash_covers_every_byte_and_not_the_place() {
    let hash = |folder: Folder| folder.load().unwrap().hash;
    let first = hash(Folder::new());
    assert_eq!(first.len(), 64);
    assert_eq!(first, hash(Folder::new()), "in another folder");
    assert_ne!(first, hash(Folder::new().policy("A restart", "A Restart")));
    assert_ne!(first, hash(Folder::new().env("a comment", "A comment")));
    assert_ne!(first, hash(Folder::new().token(&format!("{TOKEN}\n"))));
}

#[test]
fn two_sets_of_files_are_never_the_same_bytes() {
    let hash = |name: &str, text: &str| {
        let mut hash = Hash(Sha256::new());
        hash.add(name, text);
        hash.finish()
    };
    assert_ne!(hash("a", "bc"), hash("ab", "c"));
}

#[test]
fn the_schema_describes_every_key() {
    let schema = schema();
    assert_eq!(schema["additionalProperties"], false);
    for table in ["stack", "vault", "secret", "database", "file", "service", "migration"] {
        assert!(schema["properties"][table].is_object(), "{table}");
    }
    let file = &schema["$defs"]["File"];
    assert_eq!(file["additionalProperties"], false);
    assert_eq!(file["properties"]["mode"]["description"], "In octal: \"0600\".");
    assert_eq!(schema["$defs"]["Generator"]["properties"]["bytes"]["maximum"], 1024);
    assert!(schema.to_string().contains("re-encryption"));
}
