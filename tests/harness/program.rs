//! Where the repository and the program under test are.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Instant;

use rustix::process::{Pid, kill_process};

use crate::Output;

pub use rustix::process::Signal;

/// The repository's root.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests are below the repository's root")
}

/// `turnlock`, beside this test's own program; built now, so that it is never an old one. `TURNLOCK_BIN` names another.
pub fn turnlock() -> &'static Path {
    static FOUND: OnceLock<PathBuf> = OnceLock::new();
    FOUND.get_or_init(|| {
        if let Some(given) = std::env::var_os("TURNLOCK_BIN") {
            return given.into();
        }
        let this = std::env::current_exe().expect("this program has a path");
        // target/<profile>/deps/e2e-<hash>
        let folder = this.parent().and_then(Path::parent).expect("it is below target/");
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut build = Command::new(cargo);
        build.args(["build", "--quiet", "--package", "turnlock"]).current_dir(repository());
        if folder.ends_with("release") {
            build.arg("--release");
        }
        assert!(build.status().is_ok_and(|s| s.success()), "turnlock could not be built");
        folder.join("turnlock")
    })
}

/// The build with crash points, which `tests/run` makes and names in `TURNLOCK_CRASH_BIN`; else it is built now, and after
/// it the usual one again, since cargo puts both under the same name.
pub fn crash_build() -> &'static Path {
    static FOUND: OnceLock<PathBuf> = OnceLock::new();
    FOUND.get_or_init(|| {
        if let Some(given) = std::env::var_os("TURNLOCK_CRASH_BIN") {
            return given.into();
        }
        let usual = turnlock();
        let own = usual.with_file_name("turnlock-crash");
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let build = |more: &[&str]| {
            let line = ["build", "--quiet", "--workspace", "--bin", "turnlock"];
            let built = Command::new(&cargo).args(line).args(more).current_dir(repository()).status();
            assert!(built.is_ok_and(|s| s.success()), "turnlock could not be built with {more:?}");
        };
        build(&["--features", "turnlock/crash"]);
        std::fs::copy(usual, &own).expect("target/ is writable");
        build(&[]);
        own
    })
}

/// Where `docker/setup` keeps what it downloads.
pub fn set_up(file: &str) -> PathBuf {
    let home = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let cache = home("XDG_CACHE_HOME").or_else(|| home("HOME").map(|h| h.join(".cache")));
    let path = cache.unwrap_or_default().join("turnlock").join(file);
    assert!(path.exists(), "{} is missing: docker/setup --tests", path.display());
    path
}

/// Runs it with nothing but this environment, in a folder, without standard input.
#[track_caller]
pub fn run_turnlock(line: &str, env: &BTreeMap<String, String>, folder: &Path) -> Output {
    let began = Instant::now();
    let mut command = Command::new(turnlock());
    command.args(words(line)).env_clear().envs(env).current_dir(folder).stdin(Stdio::null());
    let ended = command.output().expect("turnlock runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("turnlock prints UTF-8");
    let code = ended.status.code().unwrap_or(-1);
    let (out, err) = (text(ended.stdout), text(ended.stderr));
    Output { command: line.to_owned(), code, out, err, took: began.elapsed() }
}

/// A command line's words, as a shell would split them: at blanks, with '…' and "…" held together.
pub fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in line.chars() {
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, ' ') => words.extend(word.take()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[test]
fn words_are_split_as_by_a_shell() {
    assert_eq!(words("rotate A  --reason 'two words' \"\""), ["rotate", "A", "--reason", "two words", ""]);
}

/// Sends a signal to a program that was begun and is still there.
#[track_caller]
pub fn signal(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).expect("it is still there");
}
