//! A policy of one secret beside an OpenBao of its own: for what needs no containers.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::program::{turnlock, words};
use crate::{Bao, Output};

/// The stack `shop` in a folder, and its Vault.
pub struct Shop {
    pub bao: Bao,
    env: BTreeMap<String, String>,
}

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

[secret.API_KEY]
generator = { kind = "hex", bytes = 32 }
every = "3 months"
impact = "The worker restarts"

[secret.AGENT_LOGIN]
generator = { kind = "self" }
every = "1 month"
impact = "None"

[file.env]
path = ".env"
template = "env.tmpl"
format = "env"
owner = "root"
group = "root"
mode = "0600"
reads = ["API_KEY"]

[service.worker]
"#;

impl Shop {
    /// A server with its root, and nothing set up in it.
    pub fn open() -> Shop {
        let bao = Bao::start();
        let root = bao.dir().join("shop");
        std::fs::create_dir_all(root.join("stack")).expect("writable");
        let template =
            "API_KEY='{{ with secret \"secret/data/shop/API_KEY\" }}{{ .Data.data.value }}{{ end }}'\n";
        for (file, text) in [
            ("turnlock.toml", POLICY),
            ("env.tmpl", template),
            ("stack/compose.yml", "services:\n  worker:\n    image: worker\n    environment: [API_KEY]\n"),
            ("stack/.env", "API_KEY='canary-of-the-shop'\n"),
        ] {
            std::fs::write(root.join(file), text).expect("writable");
        }
        let mut env = BTreeMap::from([
            ("VAULT_ADDR".to_owned(), bao.vault().address.clone()),
            ("TURNLOCK_POLICY".to_owned(), root.join("turnlock.toml").display().to_string()),
            ("TURNLOCK_AUDIT_URL".to_owned(), format!("sqlite://{}", root.join("audit.db").display())),
            ("VAULT_SECRET_ID_FILE".to_owned(), root.join("secret-id").display().to_string()),
            ("HOME".to_owned(), root.display().to_string()),
        ]);
        env.extend(std::env::var("PATH").map(|path| ("PATH".to_owned(), path)));
        Shop { bao, env }
    }

    pub fn path(&self, file: &str) -> PathBuf {
        self.bao.dir().join("shop").join(file)
    }

    /// A variable of everybody's environment from here on.
    pub fn set(&mut self, name: &str, value: &str) {
        self.env.insert(name.to_owned(), value.to_owned());
    }

    /// As the agent's user.
    #[track_caller]
    pub fn turnlock(&self, line: &str) -> Output {
        self.run(line, &[], "")
    }

    /// With the administrator's token.
    #[track_caller]
    pub fn as_root(&self, line: &str) -> Output {
        self.run(line, &[("VAULT_TOKEN", self.bao.vault().token.as_str())], "")
    }

    /// As the agent's user, with something on standard input.
    #[track_caller]
    pub fn turnlock_reading(&self, line: &str, input: &str) -> Output {
        self.run(line, &[], input)
    }

    #[track_caller]
    fn run(&self, line: &str, more: &[(&str, &str)], input: &str) -> Output {
        let began = Instant::now();
        let given = self.path("stdin");
        std::fs::write(&given, input).expect("writable");
        let mut command = Command::new(turnlock());
        command.args(words(line)).env_clear().envs(&self.env).envs(more.iter().copied());
        command.current_dir(self.path(""));
        command.stdin(std::fs::File::open(&given).map_or(Stdio::null(), Stdio::from));
        let ended = command.output().expect("turnlock runs");
        std::fs::remove_file(given).expect("removable");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("turnlock prints UTF-8");
        let code = ended.status.code().unwrap_or(-1);
        let (out, err) = (text(ended.stdout), text(ended.stderr));
        Output { command: line.to_owned(), code, out, err, took: began.elapsed() }
    }

    /// A shell with `bao` in it, as Vault's root.
    pub fn shell(&self, commands: &str) -> (bool, String) {
        let folder = crate::bao::program();
        let folder = folder.parent().map(Path::display).map(|d| d.to_string()).unwrap_or_default();
        let mut shell = Command::new("bash");
        shell.args(["-euc", commands]).env_clear().envs(&self.env);
        shell.env("PATH", format!("{folder}:/usr/bin:/bin")).env("VAULT_TOKEN", &self.bao.vault().token);
        let ended = shell.stdin(Stdio::null()).output().expect("bash runs");
        let text =
            String::from_utf8_lossy(&ended.stdout).into_owned() + &String::from_utf8_lossy(&ended.stderr);
        (ended.status.success(), text)
    }

    /// Every file below the shop's folder that holds a text.
    pub fn files_with(&self, text: &str) -> Vec<PathBuf> {
        fn walk(folder: &Path, text: &[u8], found: &mut Vec<PathBuf>) {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    walk(&path, text, found);
                } else if std::fs::read(&path).is_ok_and(|b| b.windows(text.len()).any(|w| w == text)) {
                    found.push(path);
                }
            }
        }
        let mut found = Vec::new();
        walk(&self.path(""), text.as_bytes(), &mut found);
        found
    }
}
