//! Other users of this host: root lends them its place for a look.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::{Value, repository};

/// Nobody has these numbers, and no group.
pub const AGENT: u32 = 54_320;
pub const NEIGHBOUR: u32 = 54_321;

/// A program run as another user, without any of root's rights.
pub fn as_user(user: u32, program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    let user = user.to_string();
    command.args(["--reuid", &user, "--regid", &user, "--clear-groups", "--no-new-privs", "--"]).arg(program);
    command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin");
    command
}

/// What a user of the host got to see (`prying.py`).
pub struct Look {
    pub refused: BTreeSet<String>,
    pub open: BTreeSet<String>,
    /// Everything that could be read.
    pub read: Vec<u8>,
}

impl Look {
    /// At a process, and into every file below some folders.
    pub fn at(user: u32, pid: u32, folders: &[PathBuf]) -> Look {
        let folders = folders.iter().map(|f| f.display().to_string());
        look(user, &[pid.to_string()].into_iter().chain(folders).collect::<Vec<_>>(), "")
    }

    /// At a process of his own that has a value in its environment.
    pub fn at_own(user: u32, value: &Value) -> Look {
        look(user, &["own".to_owned()], value.clear())
    }
}

fn look(user: u32, args: &[String], input: &str) -> Look {
    // The script is given, not named: the way to it may be closed to others.
    let script = std::fs::read_to_string(repository().join("tests/harness/prying.py")).expect("readable");
    let mut python = as_user(user, Path::new("python3"));
    python.args(["-c", &script]).args(args).current_dir("/");
    let mut child = python
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("setpriv and python3 are there");
    child.stdin.take().expect("piped").write_all(input.as_bytes()).expect("it reads");
    let ended = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    let verdict: serde_json::Value =
        serde_json::from_str(&said).unwrap_or_else(|_| panic!("prying.py: {said}"));
    let list = |of: &str| {
        let all = verdict[of].as_array().expect("a list").iter();
        all.map(|what| what.as_str().expect("a text").to_owned()).collect()
    };
    Look { refused: list("refused"), open: list("open"), read: ended.stdout }
}

/// All memory of a process that it can write to, as root reads it.
pub fn memory_of(pid: u32) -> Vec<u8> {
    use std::os::unix::fs::FileExt;
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).expect("root may look");
    let memory = std::fs::File::open(format!("/proc/{pid}/mem")).expect("root may look");
    let mut all = Vec::new();
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let range = line.split(' ').next().and_then(|range| range.split_once('-')).expect("a range");
        let at = |hex| u64::from_str_radix(hex, 16).expect("an address");
        let (from, to) = (at(range.0), at(range.1));
        let mut part = vec![0; (to - from) as usize];
        // What is mapped and not there (a guard page) is left out.
        if memory.read_exact_at(&mut part, from).is_ok() {
            all.extend(part);
        }
    }
    all
}
