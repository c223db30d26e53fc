//! Strangers' stacks under a policy: what import writes holds no value, and the files come out byte for byte.
//!
//! Ten stacks in the style of public projects (tests/vectors/stacks), each in a git repository of its own, with values
//! that this run made up. No container is started: import needs Compose's command line, and for its second half Vault.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use serde_json::Value as Json;
use turnlock_tests::canary::{Canaries, copy_filled};
use turnlock_tests::{Bao, Output, repository, run_turnlock};

struct Stranger {
    name: String,
    /// What is asked of it and what is to come out.
    told: Json,
    root: PathBuf,
    canaries: Canaries,
    env: BTreeMap<String, String>,
    /// Everything that was printed.
    said: std::cell::RefCell<String>,
}

impl Stranger {
    fn new(name: &str, bao: &Bao) -> Stranger {
        let fixtures = repository().join("tests/vectors/stacks").join(name);
        let told = std::fs::read(fixtures.join("stack.json")).expect("stack.json");
        let told: Json = serde_json::from_slice(&told).expect("stack.json is JSON");
        // A name that is no part of any value.
        let root = bao.dir().join("strangers").join(name);
        let mut canaries = Canaries::default();
        copy_filled(&fixtures, &root, &mut canaries);
        let mut env = BTreeMap::from([
            ("VAULT_ADDR".to_owned(), bao.vault().address.clone()),
            ("VAULT_TOKEN".to_owned(), bao.vault().token.clone()),
            (
                "TURNLOCK_AUDIT_URL".to_owned(),
                format!("sqlite://{}", bao.dir().join(format!("{name}.db")).display()),
            ),
        ]);
        for kept in ["PATH", "HOME", "DOCKER_CONFIG"] {
            env.extend(std::env::var(kept).map(|value| (kept.to_owned(), value)));
        }
        let stranger = Stranger { name: name.into(), told, root, canaries, env, said: Default::default() };
        stranger.git(&["init", "--quiet"]);
        stranger.git(&["add", "--all"]);
        stranger.git(&[
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@example.com",
            "commit",
            "--quiet",
            "-m",
            "as it was",
        ]);
        stranger
    }

    fn git(&self, args: &[&str]) -> String {
        let ended = Command::new("git").args(args).current_dir(&self.root).output().expect("git runs");
        assert!(ended.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&ended.stderr));
        String::from_utf8(ended.stdout).expect("UTF-8")
    }

    #[track_caller]
    fn turnlock(&self, line: &str) -> Output {
        let output = run_turnlock(line, &self.env, &self.root);
        self.said.borrow_mut().push_str(&output.all());
        output
    }

    fn list(&self, key: &str) -> Vec<&str> {
        let list = self.told[key].as_array().map(Vec::as_slice).unwrap_or_default();
        list.iter().map(|item| item.as_str().expect("a text")).collect()
    }

    /// `turnlock import` with all that a person says of this stack, but for what is managed.
    fn import(&self) -> String {
        let compose = self.list("compose").join(" --compose ");
        let mut line = format!("import --compose {compose}");
        if let Some(file) = self.told["env_file"].as_str() {
            line += &format!(" --env-file {file}");
        }
        for profile in self.list("profiles") {
            line += &format!(" --profile {profile}");
        }
        if !self.list("plain").is_empty() {
            line += &format!(" --plain {}", self.list("plain").join(","));
        }
        line + &format!(" --project {0} --stack {0}", self.name)
    }

    /// Every file of the stack, with what would show that somebody touched it.
    fn state(&self) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime, u32)> {
        use std::os::unix::fs::MetadataExt;
        let listed = self.git(&["ls-files"]);
        let state = listed.lines().map(|file| {
            let path = self.root.join(file);
            let meta = std::fs::metadata(&path).unwrap_or_else(|e| panic!("{file}: {e}"));
            (
                PathBuf::from(file),
                (std::fs::read(&path).expect("readable"), meta.modified().expect("known"), meta.mode()),
            )
        });
        state.collect()
    }

    /// But for the role's and the database's name, which a policy has to say.
    #[track_caller]
    fn holds_no_value(&self, what: &str, text: &str) {
        let named = self.list("in_policy");
        let seen: Vec<&str> =
            self.canaries.seen_in(text).into_iter().filter(|name| !named.contains(name)).collect();
        assert_eq!(seen, [""; 0], "values in {what} of {}", self.name);
    }
}

/// Everything below a folder.
fn files_of(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { found.extend(files_of(&path)) } else { found.push(path) }
    }
    found
}

fn strangers() -> Vec<String> {
    let folder = repository().join("tests/vectors/stacks");
    let entries = std::fs::read_dir(folder).expect("the stacks").map(|e| e.expect("listed"));
    let mut names: Vec<String> =
        entries.filter(|e| e.path().is_dir()).map(|e| e.file_name().into_string().expect("UTF-8")).collect();
    names.sort();
    names
}

#[test]
fn nothing_that_import_writes_holds_a_value() {
    let bao = Bao::start();
    let names = strangers();
    assert!(names.len() >= 8, "{names:?}");
    let mut values = 0;
    for name in &names {
        eprintln!("--- {name}");
        let stranger = Stranger::new(name, &bao);
        assert!(stranger.canaries.len() >= 4, "{name} has hardly a value to look for");
        values += stranger.canaries.len();
        a_policy_is_proposed(&stranger);
        its_values_come_to_vault(&stranger, &bao);
        stranger.holds_no_value("what was printed", &stranger.said.borrow());
    }
    eprintln!("{} stacks with {values} values, none of them written or printed", names.len());
}

fn a_policy_is_proposed(stranger: &Stranger) {
    let before = stranger.state();
    let (line, manage) = (stranger.import(), stranger.list("manage").join(","));

    // Without a word of what is to be managed, and in a dry run, nothing is written.
    stranger.turnlock(&line).exits(2).says("nothing is named to be managed").says("--manage ");
    let asked = stranger.turnlock(&format!("{line} --json")).exits(2).json();
    let suggested: BTreeSet<&str> =
        asked["plain"].as_array().expect("a list").iter().filter_map(Json::as_str).collect();
    assert_eq!(suggested, stranger.list("suggested").into_iter().collect(), "suggested in {}", stranger.name);
    let dry = stranger.turnlock(&format!("{line} --manage {manage} --yes --dry-run")).ok().clone();
    dry.says("Would be written");
    assert!(!stranger.root.join("turnlock").exists(), "a dry run wrote something");

    let report =
        stranger.turnlock(&format!("{line} --manage {manage} --yes --out turnlock --json")).ok().json();
    classified(stranger, &report);
    let notes = report.to_string();
    for said in stranger.list("says") {
        assert!(notes.contains(said), "{}: {said:?} is not said in {report:#}", stranger.name);
    }
    assert!(notes.contains("backups") && notes.contains("git's history"), "{report:#}");

    // Nothing of the stack was touched, and what is new holds no value.
    assert!(before == stranger.state(), "{}: a file of the stack was touched", stranger.name);
    let written = files_of(&stranger.root.join("turnlock"));
    assert!(written.len() >= 2, "{written:?}");
    for file in &written {
        let text = std::fs::read_to_string(file).expect("UTF-8");
        stranger.holds_no_value(&file.display().to_string(), &text);
    }
    stranger.git(&["add", "--intent-to-add", "turnlock"]);
    let diff = stranger.git(&["diff"]);
    assert!(diff.contains("+version = 1"), "{diff}");
    stranger.holds_no_value("git diff", &diff);

    // The same again is no error; another answer is not written over the first.
    stranger.turnlock(&format!("{line} --manage {manage} --yes --out turnlock")).ok().says("Written");
    let other = stranger.list("managed").first().map(|m| (*m).to_owned()).expect("one at least");
    if stranger.list("managed").len() > 1 {
        let refused = stranger.turnlock(&format!("{line} --manage {other} --yes --out turnlock"));
        refused.exits(5).says("is there already, and is something else");
    }
    let policy = "policy check --policy turnlock/turnlock.toml";
    let checked = stranger.turnlock(policy).ok().clone();
    for database in stranger.list("databases") {
        checked.says(&format!("database.{database}"));
    }
    let text = std::fs::read_to_string(stranger.root.join("turnlock/turnlock.toml")).expect("written");
    assert_eq!(text.matches("[database.").count(), stranger.list("databases").len(), "{text}");
    assert_eq!(text.matches("\nfirst_start = ").count(), stranger.list("first_start").len(), "{text}");
}

/// Each variable went where stack.json says.
fn classified(stranger: &Stranger, report: &Json) {
    let of = |key: &str| stranger.list(key).into_iter().collect::<BTreeSet<&str>>();
    let plain: BTreeSet<&str> = of("plain").union(&of("suggested")).copied().collect();
    let sorted = report["sorted"].as_array().expect("a list");
    let mut seen = BTreeSet::new();
    for went in sorted {
        let class = went["class"].as_str().expect("a class");
        let Some(variable) = went["variable"].as_str() else {
            let file = went["file"].as_str().expect("a file");
            let expected = match () {
                () if of("managed_files").contains(file) => "managed",
                () if of("derived_files").contains(file) => "derived",
                () => "passthrough",
            };
            assert_eq!(class, expected, "{went}");
            continue;
        };
        seen.insert(variable);
        let expected = match () {
            () if of("managed").contains(variable) => "managed",
            () if of("derived").contains(variable) => "derived",
            () if plain.contains(variable) => "plain",
            () if of("empty").contains(variable) => "empty",
            () => "passthrough",
        };
        assert_eq!(class, expected, "{}: {went}", stranger.name);
    }
    for key in ["managed", "derived", "plain", "suggested", "empty", "references"] {
        for variable in of(key) {
            assert!(seen.contains(variable), "{}: {variable} ({key}) was not seen", stranger.name);
        }
    }
}

fn its_values_come_to_vault(stranger: &Stranger, bao: &Bao) {
    let policy = "--policy turnlock/turnlock.toml";
    let before = stranger.state();
    stranger.turnlock(&format!("audit init {policy}")).ok();
    stranger.turnlock(&format!("import --dry-run {policy}")).ok().says("would become v1");
    let prefix = &stranger.name;
    assert_eq!(
        bao.vault().get(&format!("secret/metadata/{prefix}?list=true")),
        None,
        "a dry run wrote to Vault"
    );
    let brought = stranger.turnlock(&format!("import --json {policy}")).ok().json();
    let secrets = brought["imported"].as_array().expect("a list").len();
    assert_eq!(secrets, stranger.list("managed").len() + stranger.list("managed_files").len());
    assert_eq!(brought["passthrough"]["result"], "imported as v1");
    stranger
        .turnlock(&format!("import {policy}"))
        .ok()
        .says("was in Vault already")
        .says_not("imported as v1");

    // From Vault alone, each file is made again as it is.
    let files = std::fs::read_to_string(stranger.root.join("turnlock/turnlock.toml")).expect("written");
    let mut compared = 0;
    for (id, path) in rendered_files(&files) {
        let out = bao.dir().join("rendered");
        stranger.turnlock(&format!("render {id} --out {} {policy}", out.display())).ok();
        let (is, made) = (
            std::fs::read(stranger.root.join(&path)).expect("readable"),
            std::fs::read(&out).expect("written"),
        );
        // Not `assert_eq`: it would print the values.
        assert!(is == made, "{}: {path} does not come out as it is", stranger.name);
        std::fs::remove_file(out).expect("removable");
        stranger.turnlock(&format!("render {id} {policy}")).ok();
        compared += 1;
    }
    assert!(compared >= 1);
    assert!(before == stranger.state(), "{}: a file of the stack was touched", stranger.name);

    // Other texts in Vault are not overwritten, and only their fields are named.
    let path = format!("secret/data/{prefix}/_passthrough");
    let mut fields = bao.vault().get(&path).expect("the passthrough entry")["data"]["data"].clone();
    let field = fields.as_object().and_then(|f| f.keys().next().cloned()).expect("a field");
    fields[&field] = "somebody's own".into();
    bao.vault().write(&path, serde_json::json!({ "data": fields }));
    stranger.turnlock(&format!("import {policy}")).exits(5).says(&field).says("nothing was written");
}

/// The files of a policy, by name.
fn rendered_files(policy: &str) -> Vec<(String, String)> {
    let sections = policy.split("\n[file.").skip(1);
    let file = |section: &str| {
        let (id, rest) = section.split_once("]\n").expect("a table");
        let path = rest.strip_prefix("path = \"").and_then(|p| p.split_once('"')).expect("its path");
        (id.to_owned(), path.0.to_owned())
    };
    sections.map(file).collect()
}
