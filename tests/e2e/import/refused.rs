//! What import refuses, by file and line and never by its text; what it asks on a terminal; what it says of modes.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use turnlock_tests::{Bao, Output, run_turnlock, turnlock_program};

const COMPOSE: &str = "services:\n  web:\n    image: web\n    environment: [DB_PASSWORD, OTHER]\n";
const CANARY: &str = "kJ8s2mPq0ZxLw4Rt7Yv1";
const LINE: &str = "import --compose compose.yml --manage DB_PASSWORD --out policy --project small";

struct Small {
    dir: tempfile::TempDir,
    env: BTreeMap<String, String>,
}

impl Small {
    fn new(env_file: &[u8]) -> Small {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let kept = ["PATH", "HOME", "DOCKER_CONFIG"];
        let env = kept.iter().filter_map(|k| Some(((*k).to_owned(), std::env::var(k).ok()?))).collect();
        let small = Small { dir, env };
        small.write("compose.yml", COMPOSE.as_bytes());
        small.write(".env", env_file);
        small
    }

    fn write(&self, file: &str, text: &[u8]) {
        let path = self.dir.path().join(file);
        std::fs::write(&path, text).expect("writable");
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).expect("changeable");
    }

    #[track_caller]
    fn turnlock(&self, line: &str) -> Output {
        let output = run_turnlock(line, &self.env, self.dir.path());
        output.says_not(CANARY).says_not(&CANARY[4..12]);
        output
    }

    #[track_caller]
    fn refuses(&self, line: &str, what: &str) {
        self.turnlock(line).exits(5).says(what);
        assert!(!self.dir.path().join("policy").exists(), "something was written");
    }
}

#[test]
fn a_line_that_cannot_be_kept_is_named_and_not_shown() {
    let refuses =
        |text: &str, what: &str| Small::new(text.replace("CANARY", CANARY).as_bytes()).refuses(LINE, what);
    refuses("DB_PASSWORD=x\nCANARY\n", ".env: line 2 is not KEY=VALUE");
    refuses("DB_PASSWORD=x\nOTHER: CANARY\n", ".env: line 2 is not KEY=VALUE");
    refuses(
        "DB_PASSWORD=CANARY\n\nDB_PASSWORD=CANARY\n",
        ".env: line 3 assigns DB_PASSWORD again, after line 1",
    );
    refuses("DB_PASSWORD=\n", ".env: line 1: DB_PASSWORD is to be managed, and has no value");
    refuses("DB_PASSWORD=\"CANARY\nCANARY\"\n", ".env: line 1: DB_PASSWORD has more than one line");
    refuses(
        "OTHER=1\nDB_PASSWORD=CANARY$OTHER\n",
        "Compose reads another value for DB_PASSWORD than stands there",
    );
    refuses(
        "DB_PASSWORD=CANARY\nOTHER=\"$HOME:CANARY\"\n",
        ".env: line 2 (OTHER) contains a managed value among letters",
    );
    refuses("OTHER=CANARY\n", "DB_PASSWORD is to be managed, and none of the stack's env files has it");
    refuses("\u{feff}DB_PASSWORD=CANARY\n", "byte order mark");
    // What Compose itself cannot read: its own words are not passed on.
    refuses("DB_PASSWORD='CANARY\n", "docker compose: config");
    let bytes = |bytes: &[u8]| [b"DB_PASSWORD=", CANARY.as_bytes(), b"\nOTHER=", bytes, b"\n"].concat();
    Small::new(&bytes(b"\xff\xfe")).refuses(LINE, ".env is not UTF-8 text");
    Small::new(&bytes(b"\0")).refuses(LINE, ".env has a NUL in it");
}

#[test]
fn what_is_no_stack_of_files_is_refused() {
    let small = Small::new(format!("DB_PASSWORD={CANARY}\nCOPY={CANARY}\nTWIN={CANARY}\n").as_bytes());
    small.refuses(&format!("{LINE} --manage COPY"), "holds a value that both");
    small.refuses(
        &LINE.replace("DB_PASSWORD", "KEY=/etc/hostname"),
        "/etc/hostname is outside the stack's root",
    );
    small.turnlock(&LINE.replace("DB_PASSWORD", "KEY=nowhere")).exits(2).says("there is no nowhere");
    small.turnlock(&LINE.replace("DB_PASSWORD", "1X")).exits(2).says("is not a secret's name");
    small.refuses(&LINE.replace("compose.yml", "other.yml"), "there is no other.yml");
    small.turnlock("import --out policy --manage DB_PASSWORD").exits(2).says("--compose");
    small.turnlock("import --compose compose.yml --manage DB_PASSWORD").exits(2).says("--out");

    small.write("compose.yml", format!("{COMPOSE}    labels: [\"${{MISSING:?{CANARY}}}\"]\n").as_bytes());
    small.refuses(LINE, "docker compose: config failed");
    small.write("compose.yml", COMPOSE.as_bytes());

    std::fs::rename(small.dir.path().join(".env"), small.dir.path().join("real")).expect("renamed");
    small.refuses(LINE, "there is no ");
    std::os::unix::fs::symlink("real", small.dir.path().join(".env")).expect("linked");
    small.refuses(LINE, "is a link");
}

#[test]
fn a_mode_that_lets_everybody_read_is_told_before_and_after() {
    let bao = Bao::start();
    let mut small = Small::new(format!("DB_PASSWORD={CANARY}\nOTHER=x\n").as_bytes());
    let path = small.dir.path().join(".env");
    let mode = |mode| std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).expect("changeable");
    mode(0o644);
    small.turnlock(LINE).ok().says("chmod 0640 ").says("it is 0644 now");
    for (name, value) in [("VAULT_ADDR", &bao.vault().address), ("VAULT_TOKEN", &bao.vault().token)] {
        small.env.insert(name.into(), value.clone());
    }
    small.env.insert(
        "TURNLOCK_AUDIT_URL".into(),
        format!("sqlite://{}", small.dir.path().join("log.db").display()),
    );
    small.env.insert("TURNLOCK_POLICY".into(), "policy/turnlock.toml".into());
    small.turnlock("audit init").ok();
    small.turnlock("import").exits(5).says("0644, the policy says").says("nothing was written");
    assert_eq!(bao.vault().get("secret/data/small/DB_PASSWORD"), None);
    mode(0o640);
    small.turnlock("import").ok().says("imported as v1");
    assert!(bao.vault().field("secret/data/small/DB_PASSWORD", "value").clear() == CANARY);
    // What stands in the log of it: names.
    small.turnlock("audit list --action import").ok().says("DB_PASSWORD").says("_passthrough");
    small.turnlock("audit verify").ok();
    small.turnlock("status").ok().has_line(&["DB_PASSWORD", "v1"]);
}

#[test]
fn a_person_is_asked_for_each_candidate() {
    let small =
        Small::new(format!("DB_PASSWORD={CANARY}\nAPI_TOKEN={CANARY}x\nPORT=80\nOTHER=x\n").as_bytes());
    let output = on_terminal(
        small.dir.path(),
        "import --compose compose.yml --out policy --project small",
        "y\nn\ny\n",
    );
    assert!(!output.contains(CANARY), "a value was shown");
    assert!(output.contains("DB_PASSWORD in .env (by its name): manage it?"), "{output}");
    assert!(output.contains("API_TOKEN in .env (by its name): manage it?"), "{output}");
    assert!(output.contains("hosts and log levels: PORT."), "{output}");
    let read = |file: &str| std::fs::read_to_string(small.dir.path().join(file)).expect("written");
    let policy = read("policy/turnlock.toml");
    assert!(policy.contains("[secret.DB_PASSWORD]") && !policy.contains("[secret.API_TOKEN]"), "{policy}");
    let template = read("policy/templates/env.tmpl");
    assert!(template.contains("\nPORT=80\n") && template.contains(".Data.data.ENV_API_TOKEN"), "{template}");

    // Nobody answers: nothing is written.
    let gone = Small::new(format!("DB_PASSWORD={CANARY}\n").as_bytes());
    on_terminal(gone.dir.path(), "import --compose compose.yml --out policy", "");
    assert!(!gone.dir.path().join("policy").exists());
}

/// A terminal of util-linux's `script`, with somebody who types.
fn on_terminal(folder: &Path, line: &str, typed: &str) -> String {
    let given = folder.join("typed");
    std::fs::write(&given, typed).expect("writable");
    let mut script = Command::new("script");
    script.args([
        "--quiet",
        "--return",
        "--command",
        &format!("{} {line}", turnlock_program().display()),
        "/dev/null",
    ]);
    script.current_dir(folder).stdin(std::fs::File::open(&given).map_or(Stdio::null(), Stdio::from));
    let ended = script.output().expect("script runs");
    std::fs::remove_file(given).expect("removable");
    String::from_utf8_lossy(&ended.stdout).into_owned()
}
