//! A stack that Turnlock never saw, in the style of a public project, running in real containers: sorted, brought under a
//! policy, and two of its secrets rotated; with every value that nobody manages searched for in what was written.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value as Json;
use turnlock_tests::canary::{Canaries, copy_filled};
use turnlock_tests::{Bao, Output, env_file, repository, run_turnlock, take_down};

/// The forge, in a folder and a Compose project of its own.
struct Forge {
    bao: Bao,
    project: String,
    root: PathBuf,
    canaries: Canaries,
    env: BTreeMap<String, String>,
    said: String,
}

impl Drop for Forge {
    fn drop(&mut self) {
        take_down(&self.root, &self.project);
        let _ = std::fs::remove_dir_all(&self.root);
    }
}

impl Forge {
    fn up() -> Forge {
        let project = format!("tl-test-{}-forge", std::process::id());
        let root = std::env::temp_dir().join(&project);
        let mut canaries = Canaries::default();
        copy_filled(&repository().join("tests/vectors/forge"), &root, &mut canaries);
        let bao = Bao::start();
        let under = |file: &str| root.join(file).display().to_string();
        let mut env = BTreeMap::from([
            ("VAULT_ADDR".to_owned(), bao.vault().address.clone()),
            ("VAULT_SECRET_ID_FILE".to_owned(), bao.dir().join("secret-id").display().to_string()),
            ("TURNLOCK_AUDIT_URL".to_owned(), format!("sqlite://{}", bao.dir().join("audit.db").display())),
            ("TURNLOCK_POLICY".to_owned(), under("turnlock/turnlock.toml")),
        ]);
        for kept in ["PATH", "HOME", "DOCKER_CONFIG", "DOCKER_HOST"] {
            env.extend(std::env::var(kept).map(|value| (kept.to_owned(), value)));
        }
        let forge = Forge { bao, project, root, canaries, env, said: String::new() };
        forge.run("git", &["init", "--quiet"]);
        std::fs::write(forge.root.join(".gitignore"), ".env\n*.env\nsecrets/\n").expect("writable");
        forge.run("git", &["add", "--all"]);
        let who = ["-c", "user.name=ann", "-c", "user.email=ann@example.org"];
        forge.run("git", &[&who[..], &["commit", "--quiet", "--message", "as it was"]].concat());
        forge.compose(&["up", "--detach", "--pull", "never", "--no-build"]);
        forge
    }

    fn run(&self, program: &str, args: &[&str]) -> String {
        let ended = Command::new(program).args(args).current_dir(&self.root).output().expect("it runs");
        assert!(ended.status.success(), "{program} {args:?}: {}", String::from_utf8_lossy(&ended.stderr));
        String::from_utf8_lossy(&ended.stdout).into_owned()
    }

    fn compose(&self, args: &[&str]) -> String {
        let base = ["compose", "--progress", "quiet", "--project-name", &self.project];
        self.run("docker", &[&base[..], args].concat())
    }

    #[track_caller]
    fn turnlock(&mut self, line: &str) -> Output {
        let output = run_turnlock(line, &self.env, &self.root);
        println!("$ turnlock {line}\n{}{}", output.out, output.err);
        self.said.push_str(&output.all());
        output
    }

    /// With the administrator's token, for one command.
    #[track_caller]
    fn as_root(&mut self, line: &str) -> Output {
        self.env.insert("VAULT_TOKEN".into(), self.bao.vault().token.clone());
        let output = run_turnlock(line, &self.env, &self.root);
        self.env.remove("VAULT_TOKEN");
        output
    }

    /// A service's environment in its running container.
    fn container_env(&self, service: &str) -> BTreeMap<String, String> {
        let id = self.compose(&["ps", "--quiet", service]);
        let inspected: Json =
            serde_json::from_str(&self.run("docker", &["inspect", id.trim()])).expect("docker prints JSON");
        let env = inspected[0]["Config"]["Env"].as_array().expect("a list").iter();
        env.filter_map(|e| e.as_str()?.split_once('=')).map(|(k, v)| (k.to_owned(), v.to_owned())).collect()
    }
}

#[test]
fn a_strangers_stack_is_brought_under_a_policy_and_rotated() {
    let mut forge = Forge::up();
    let files = [".env", "worker.env", "compose.yml", "secrets/runner_token"];
    let read = |forge: &Forge, file: &str| std::fs::read(forge.root.join(file)).expect("readable");
    let before: Vec<_> = files.iter().map(|f| read(&forge, f)).collect();

    // What it would write, then what it writes; nothing of the stack is touched.
    let project = forge.project.clone();
    let line = format!(
        "import --compose compose.yml --env-file .env --out turnlock --stack forge --project {project} \
         --manage POSTGRES_PASSWORD,SESSION_KEY --yes"
    );
    forge.turnlock(&format!("{line} --dry-run")).ok();
    assert!(!forge.root.join("turnlock").exists(), "a dry run writes nothing");
    forge.turnlock(&line).ok().says("git").says("turnlock setup vault");
    for (file, was) in files.iter().zip(&before) {
        assert!(read(&forge, file) == *was, "{file} is as it was");
    }
    forge.run("git", &["add", "turnlock"]);
    let written = forge.run("git", &["diff", "--cached"]);
    println!("{written}");
    assert!(written.contains("+[secret.POSTGRES_PASSWORD]"), "the diff has the policy");
    assert_eq!(forge.canaries.seen_in(&written), [""; 0], "values in what goes into git");

    // Vault, the log, the agent's login: as the report says.
    forge.turnlock("policy check").ok();
    forge.turnlock("audit init").ok();
    let handed_over = forge.as_root("setup vault --yes --json").ok().json();
    let text = |field: &str| handed_over[field].as_str().expect("handed over").to_owned();
    forge.env.insert("VAULT_ROLE_ID".into(), text("role_id"));
    forge.turnlock(&format!("enroll --wrapped {}", text("wrapped"))).ok();
    forge.turnlock("import --dry-run").ok();
    forge.turnlock("import").ok();
    for (file, was) in files.iter().zip(&before) {
        assert!(read(&forge, file) == *was, "{file} is as it was");
    }
    // On a busy machine its database is still made.
    let settled = (0..60).any(|_| {
        let is_so = forge.turnlock("drift").code == 0;
        std::thread::sleep(std::time::Duration::from_millis(if is_so { 0 } else { 1000 }));
        is_so
    });
    assert!(settled, "every place holds what was imported");

    // What nobody manages is changed in its file, as ever; it is not lost, and taken over when somebody says so.
    let env_file_now = String::from_utf8(read(&forge, ".env")).expect("text");
    let edited = env_file_now.replace("@mail.example.org:587", "@mail2.example.org:587");
    assert!(edited != env_file_now);
    std::fs::write(forge.root.join(".env"), &edited).expect("writable");
    forge.turnlock("drift").exits(4).has_line(&["DRIFT", ".env: SMTP_URL"]);
    forge.turnlock("repair").exits(3).says("would lose it");
    forge.turnlock("import").exits(5).says("turnlock import --changed");
    forge.turnlock("import --changed").ok().has_line(&["_passthrough", "imported as v2"]);
    forge.compose(&["up", "--detach", "--pull", "never", "--no-build"]);
    forge.turnlock("drift").ok();
    let before: Vec<_> = files.iter().map(|f| read(&forge, f)).collect();

    // One plan, one rotation.
    let plan = forge.turnlock("plan POSTGRES_PASSWORD SESSION_KEY");
    plan.ok().says("ALTER ROLE \"forge\"").has_line(&["web", "recreated"]).has_line(&["worker", "recreated"]);
    plan.has_line(&["db", "left alone"]);
    let was = (forge.container_env("web"), forge.container_env("worker"));
    forge.turnlock("rotate POSTGRES_PASSWORD SESSION_KEY --yes").ok();
    let is = (forge.container_env("web"), forge.container_env("worker"));
    for name in ["FORGE__DATABASE__URL", "FORGE__SESSION__KEY"] {
        assert!(was.0[name] != is.0[name], "{name} is new");
    }
    assert!(was.0["FORGE__MAILER__URL"] == is.0["FORGE__MAILER__URL"], "what nobody manages is as it was");
    assert!(was.1["RUNNER_SECRET"] == is.1["RUNNER_SECRET"]);
    assert!(was.1["SESSION_KEY"] != is.1["SESSION_KEY"], "the same secret in two files");
    assert!(is.0["FORGE__SESSION__KEY"] == is.1["SESSION_KEY"]);
    let held = env_file(&forge.root.join(".env"));
    let password = held["POSTGRES_PASSWORD"].clear();
    assert!(is.0["FORGE__DATABASE__URL"].contains(password), "the URL was derived from it");
    // Both files differ from what they were in the rotated values alone.
    for (file, was) in files.iter().zip(&before) {
        let (is, was) = (read(&forge, file), String::from_utf8_lossy(was).into_owned());
        let is = String::from_utf8_lossy(&is).into_owned();
        let changed = was.lines().zip(is.lines()).filter(|(a, b)| a != b).count();
        let expected = [3, 1, 0, 0][files.iter().position(|f| f == file).expect("known")];
        assert_eq!((changed, was.lines().count()), (expected, is.lines().count()), "{file}");
        assert_eq!(was.matches("\r\n").count(), is.matches("\r\n").count(), "{file} keeps its line ends");
    }
    forge.turnlock("drift").ok();
    forge.turnlock("rollback SESSION_KEY --to 1 --yes").ok();
    forge.turnlock("audit verify").ok();
    forge.run("git", &["add", "turnlock"]);
    assert_eq!(forge.run("git", &["diff", "--cached", "--stat", "HEAD", "--", ".env", "worker.env"]), "");
    assert_eq!(forge.canaries.seen_in(&forge.said), [""; 0], "values in what was printed");
    println!("{} canaries, none seen", forge.canaries.len());
}
