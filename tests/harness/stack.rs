//! A stack of its own for a story.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use serde_json::Value as Json;

use crate::docker::{self, Container};
use crate::program::{repository, turnlock};
use crate::slots::{PREFIX, Slot, sweep, take_down};
use crate::{Api, Output, Prometheus, Value, Vault, files};

/// The seven secrets of the stack.
pub const SECRETS: [&str; 7] = [
    "AGENT_ENROLLMENT_SECRET",
    "APP_ENCRYPTION_KEY",
    "JWT_SECRET",
    "METRICS_SCRAPE_TOKEN",
    "MFA_ENCRYPTION_KEY",
    "POSTGRES_PASSWORD",
    "SESSION_SECRET",
];

/// Consent to what a rotation of all seven costs people.
pub const ACCEPT_ALL: &str = "--yes --accept-impact JWT_SECRET --accept-impact SESSION_SECRET \
    --accept-impact APP_ENCRYPTION_KEY --accept-impact MFA_ENCRYPTION_KEY";

/// A running stack in a folder of its own, laid out like the repository.
pub struct Stack {
    story: String,
    pub project: String,
    /// What stands for the repository's root.
    pub root: PathBuf,
    pub(crate) env: BTreeMap<String, String>,
    pub(crate) said: Mutex<Vec<Output>>,
    pub(crate) known: Mutex<Vec<Value>>,
    began: Instant,
    _slot: Slot,
}

/// A stack's files before it is started, to be edited.
pub struct Draft {
    stack: Stack,
}

impl Draft {
    /// Changes one of the stack's files; the text to be replaced has to be there.
    #[track_caller]
    pub fn edit(self, file: &str, from: &str, to: &str) -> Self {
        self.stack.edit(file, from, to);
        self
    }

    pub fn write(self, file: &str, text: &str) -> Self {
        let path = self.stack.root.join(file);
        std::fs::write(&path, text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        self
    }

    pub fn folder(&self) -> &Path {
        &self.stack.root
    }

    /// Starts it, as its owner would.
    pub fn up(mut self) -> Stack {
        self.stack.start();
        self.stack
    }
}

impl Stack {
    /// A stack's files. `story` is the name under which its progress is shown.
    pub fn draft(story: &str) -> Draft {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        sweep();
        let slot = Slot::take();
        let project = format!("{PREFIX}{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let root = std::env::temp_dir().join(&project);
        let (from, to) = (repository().join("docker/stack"), root.join("docker/stack"));
        files::copy(&from.join("docker"), &to.join("docker"));
        files::copy(&from.join("monitoring"), &to.join("monitoring"));
        files::copy(&repository().join("policies"), &root.join("policies"));
        let stack = Stack {
            story: story.to_owned(),
            project,
            root,
            env: BTreeMap::new(),
            said: Mutex::default(),
            known: Mutex::default(),
            began: Instant::now(),
            _slot: slot,
        };
        stack.edit(POLICY, "project = \"breeze\"", &format!("project = \"{}\"", stack.project));
        let compose = stack.root.join(COMPOSE);
        let text = std::fs::read_to_string(&compose).expect("the compose file can be read");
        std::fs::write(&compose, docker::own_images(&text)).expect("the compose file can be written");
        Draft { stack }
    }

    /// A stack as it comes, running.
    pub fn up(story: &str) -> Stack {
        Self::draft(story).up()
    }

    /// Running, with its seven secrets in Vault as version 1.
    pub fn imported(story: &str) -> Stack {
        Self::up(story).import()
    }

    pub fn import(self) -> Stack {
        self.turnlock("audit init").ok();
        self.turnlock("import").ok();
        self
    }

    /// A variable of everybody's environment from here on.
    pub fn set(&mut self, name: &str, value: &str) {
        self.env.insert(name.to_owned(), value.to_owned());
    }

    pub fn variable(&self, name: &str) -> &str {
        &self.env[name]
    }

    fn start(&mut self) {
        self.scene("the stack comes up");
        let up = Command::new(repository().join("docker/stack/up"))
            .arg(self.dir())
            .arg(&self.project)
            .env("TURNLOCK_BIN", turnlock())
            .env_remove("TURNLOCK_POLICY")
            .stdin(Stdio::null())
            .output()
            .expect("docker/stack/up runs");
        assert!(up.status.success(), "docker/stack/up failed: {}", String::from_utf8_lossy(&up.stderr));
        let text = std::fs::read_to_string(self.dir().join(".state/env"))
            .expect("docker/stack/up leaves .state/env");
        let pairs = text.lines().filter_map(|l| l.strip_prefix("export ")?.split_once('='));
        self.env = pairs.map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        self.env.insert("TURNLOCK_POLICY".into(), self.root.join(POLICY).display().to_string());
        self.env.insert("TZ".into(), "UTC".into());
        for name in ["PATH", "HOME", "DOCKER_HOST", "DOCKER_CONFIG"] {
            if let Ok(value) = std::env::var(name) {
                self.env.insert(name.into(), value);
            }
        }
        let held = files::env_file(&self.dir().join(".env.prod"));
        self.known().extend(SECRETS.iter().filter_map(|name| held.get(*name).cloned()));
        let vault = self.vault();
        self.known().push(vault.field("secret/data/breeze-admin/postgres", "password"));
        self.known().push(Value::new(&vault.token));
        self.known().push(Value::new(self.state("secret-id").trim()));
    }

    // --- where things are

    /// The stack's folder.
    pub fn dir(&self) -> PathBuf {
        self.root.join("docker/stack")
    }

    pub fn env_path(&self) -> PathBuf {
        self.dir().join(".env.prod")
    }

    pub fn token_path(&self) -> PathBuf {
        self.dir().join("monitoring/secrets/metrics_scrape_token")
    }

    pub fn audit_path(&self) -> PathBuf {
        self.dir().join(".state/audit.db")
    }

    fn state(&self, file: &str) -> String {
        std::fs::read_to_string(self.dir().join(".state").join(file))
            .unwrap_or_else(|e| panic!(".state/{file}: {e}"))
    }

    pub fn api(&self) -> Api {
        Api { base: format!("http://{}:3000", self.container("api").address) }
    }

    pub fn vault(&self) -> Vault {
        let init: Json = serde_json::from_str(&self.state("vault-init.json")).expect("JSON");
        Vault {
            address: self.env["VAULT_ADDR"].clone(),
            token: init["root_token"].as_str().expect("a root token").to_owned(),
        }
    }

    /// Where the stack's own collector is.
    pub fn collector(&self) -> String {
        format!("http://{}:4318", self.container("otel").address)
    }

    pub fn prometheus(&self) -> Prometheus {
        Prometheus { base: format!("http://{}:9090", self.container("prometheus").address) }
    }

    /// A free port of this host, at the address under which the stack's containers reach it; Prometheus looks there from now
    /// on for `turnlock agent --metrics`.
    pub fn place_for_metrics(&self) -> String {
        let gateway = &self.env["BREEZE_GATEWAY"];
        let free = std::net::TcpListener::bind((gateway.as_str(), 0)).expect("a free port");
        let place = free.local_addr().expect("an address").to_string();
        let targets = self.dir().join("monitoring/targets/turnlock.json");
        std::fs::write(
            targets,
            format!("[{{\"targets\": [\"{place}\"], \"labels\": {{\"instance\": \"shop1\"}}}}]"),
        )
        .expect("writable");
        place
    }

    /// Changes one of the stack's files; the text to be replaced has to be there.
    #[track_caller]
    pub fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.root.join(file);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        assert!(text.contains(from), "{file} does not contain {from:?}");
        std::fs::write(&path, text.replace(from, to)).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    }

    // --- telling

    /// Names what is looked at from here on. Printed at once, also while the test's own output is captured: it runs for
    /// minutes, and a person is waiting.
    pub fn scene(&self, what: &str) {
        println!("scene: {what}");
        let line = format!("{:>7.1} s  {}: {what}\n", self.began.elapsed().as_secs_f64(), self.story);
        let _ = std::io::stderr().write_all(line.as_bytes());
    }

    // --- the engine

    pub fn containers(&self) -> Vec<Container> {
        docker::containers(&self.project)
    }

    /// The service's only container.
    #[track_caller]
    pub fn container(&self, service: &str) -> Container {
        let mut of_service: Vec<_> = self.containers().into_iter().filter(|c| c.service == service).collect();
        assert_eq!(of_service.len(), 1, "containers of {service}");
        of_service.remove(0)
    }

    /// Ids by service.
    pub fn ids(&self) -> BTreeMap<String, String> {
        self.containers().into_iter().map(|c| (c.service, c.id)).collect()
    }

    #[track_caller]
    pub fn docker(&self, args: &[&str]) -> String {
        docker::docker(args)
    }

    /// Whether it could be done: a container may be gone meanwhile.
    pub fn docker_can(&self, args: &[&str]) -> bool {
        docker::docker_result(args, "").0
    }

    /// Compose as the stack's owner would call it, with some variables of the environment set.
    #[track_caller]
    pub fn compose(&self, args: &[&str], env: &[(&str, &str)]) -> String {
        let mut command = Command::new("docker");
        command.args(["compose", "--ansi", "never", "--progress", "quiet", "-p", &self.project]);
        command.args(["-f", "docker/docker-compose.prod.yml", "--env-file", ".env.prod"]).args(args);
        command.current_dir(self.dir()).stdin(Stdio::null()).envs(env.iter().copied());
        let ended = command.output().expect("docker compose runs");
        let err = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success(), "docker compose {} failed: {err}", args.join(" "));
        String::from_utf8_lossy(&ended.stdout).into_owned()
    }

    pub fn logs(&self, service: &str) -> String {
        let (_, out, err) = docker::docker_result(&["logs", &self.container(service).id], "");
        out + &err
    }

    /// Rows that the key does not open, as the api's own check counts them.
    pub fn left_under_other_keys(&self, table: &str, key: &Value) -> u64 {
        let id = self.container("api").id;
        let check = ["exec", "-i", &id, "/usr/local/bin/breeze-api", "reencrypt", table, "--check"];
        let answer = docker::docker_with(&check, &format!("{{\"new\": \"{}\"}}\n", key.clear()));
        let answer: Json = serde_json::from_str(&answer).expect("the check prints JSON");
        answer["left"].as_u64().expect("the check counts")
    }

    /// Whether Prometheus says that the api's target is up.
    pub fn scrape_works(&self) -> bool {
        let url = format!("http://{}:9090/api/v1/targets?state=active", self.container("prometheus").address);
        let answer: Json = crate::web::client()
            .get(url)
            .send()
            .and_then(|a| a.json())
            .expect("Prometheus answers with JSON");
        let targets = answer["data"]["activeTargets"].as_array().expect("targets");
        targets.iter().any(|t| t["labels"]["job"] == "breeze-api" && t["health"] == "up")
    }

    /// Waits until something is so; a test that asks at once would ask too early.
    #[track_caller]
    pub fn until(&self, what: &str, seconds: u64, is_so: impl Fn() -> bool) {
        assert!(self.is_within(seconds, is_so), "not within {seconds} s: {what}");
    }

    /// Whether something is so before that time is over.
    pub fn is_within(&self, seconds: u64, is_so: impl Fn() -> bool) -> bool {
        let deadline = Instant::now() + std::time::Duration::from_secs(seconds);
        while !is_so() {
            if Instant::now() >= deadline {
                return false;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        true
    }

    /// The api is never ready with a secret that it was not ready with before.
    pub fn switch(&self, on: bool) {
        self.turn("never-ready-with-new", on);
    }

    /// The api gets ready with a secret that it was not ready with before, and ends soon after.
    pub fn switch_dying(&self, on: bool) {
        self.turn("dies-with-new", on);
    }

    fn turn(&self, switch: &str, on: bool) {
        let path = self.dir().join("switches").join(switch);
        if on {
            std::fs::write(path, "").expect("writable")
        } else {
            std::fs::remove_file(path).expect("it was on")
        }
    }

    /// Starts a Vault that was stopped and unseals it, as its owner would. It may have another address than before.
    pub fn start_vault(&mut self) {
        self.docker(&["start", &self.container("vault").id]);
        let address = format!("http://{}:8200", self.container("vault").address);
        self.env.insert("VAULT_ADDR".into(), address);
        let vault = self.vault();
        self.until("Vault answers", 30, || vault.status("GET", "sys/seal-status") == Some(200));
        self.unseal();
    }

    /// As Vault's owner would after somebody sealed it.
    pub fn unseal(&self) {
        let vault = self.vault();
        let init: Json = serde_json::from_str(&self.state("vault-init.json")).expect("JSON");
        vault.write("sys/unseal", serde_json::json!({ "key": init["keys_base64"][0] }));
        self.until("Vault is active", 30, || vault.status("GET", "secret/config") == Some(200));
        // It reads before it takes logins.
        let (role, secret) = (self.state("role-id"), self.state("secret-id"));
        let login = serde_json::json!({ "role_id": role.trim(), "secret_id": secret.trim() });
        let login = || {
            let answer = vault.try_call("POST", "auth/approle/login", Some(login.clone()));
            answer.is_some_and(|(status, _)| status == 200)
        };
        self.until("Vault takes logins", 30, login);
    }

    /// The end of a story.
    pub fn finish(self) {
        self.scene("no value was printed or logged");
        self.look_for_values();
        self.scene("done");
    }
}

/// Removed in any case. `TURNLOCK_TEST_KEEP=1` leaves a failed story's stack to be looked at.
impl Drop for Stack {
    fn drop(&mut self) {
        if std::thread::panicking() && std::env::var_os("TURNLOCK_TEST_KEEP").is_some() {
            eprintln!("left as it is: {} in {}", self.project, self.root.display());
            return;
        }
        take_down(&self.dir(), &self.project);
        let _ = std::fs::remove_dir_all(&self.root);
    }
}

pub(crate) const POLICY: &str = "policies/rotation/breeze.toml";
pub(crate) const COMPOSE: &str = "docker/stack/docker/docker-compose.prod.yml";
