//! Names, paths and reasons that are typed, or stand in the environment: each is refused in a sentence that can be read, with the
//! exit code for it; and nothing is made, run or read by accident. No server is needed: none gets that far.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use turnlock_tests::{Output, repository, turnlock_program};

fn odd() -> Vec<OsString> {
    let mut odd: Vec<OsString> = [
        "",
        " ",
        "a b",
        "'a'",
        "\"a\"",
        "a\"; DROP ROLE x; --",
        "$(touch made)",
        "`touch made`",
        "../../etc/passwd",
        "/etc/passwd",
        "--",
        "-x",
        "ünï",
        "a\nb",
        "a\u{1b}[2Jb",
        "a\u{9b}2Jb",
        "a\u{202e}b",
        "=1+1",
        "%00",
        "{{ x }}",
    ]
    .map(OsString::from)
    .into();
    odd.push(OsStr::from_bytes(b"a\xff\xfeb").to_owned());
    odd.push("a".repeat(1 << 16).into());
    odd
}

/// `§` is what is odd.
const LINES: [&[&str]; 14] = [
    &["rotate", "§", "--yes"],
    &["rotate", "PASSWORD", "--yes", "--reason", "§"],
    &["rotate", "PASSWORD", "--accept-impact", "§"],
    &["rollback", "PASSWORD", "--to", "§"],
    &["history", "§"],
    &["render", "§"],
    &["render", "env", "--out", "§/x"],
    &["repair", "§"],
    &["audit", "show", "§"],
    &["audit", "list", "--since", "§"],
    &["policy", "check", "--policy", "§"],
    &["status", "--json", "--policy", "§"],
    &["rotate", "--json", "§"],
    &["§"],
];

const VARIABLES: [(&str, &[&str]); 4] = [
    ("TURNLOCK_POLICY", &["policy", "check"]),
    ("TURNLOCK_AUDIT_URL", &["audit", "list"]),
    ("VAULT_ADDR", &["render", "env", "--out", "made"]),
    ("VAULT_NAMESPACE", &["render", "env", "--out", "made"]),
];

#[test]
fn what_is_typed_is_refused_in_a_sentence() {
    let folder = stack();
    for text in odd() {
        for line in LINES {
            let words: Vec<OsString> = line
                .iter()
                .map(|word| if word.contains('§') { fill(word, &text) } else { word.into() })
                .collect();
            // `turnlock --` and the like ask for help.
            refused(&run(folder.path(), &words, None), folder.path());
        }
    }
}

#[test]
fn what_stands_in_the_environment_is_refused_in_a_sentence() {
    let folder = stack();
    for text in odd().iter().filter(|text| !text.is_empty()) {
        for (name, line) in VARIABLES {
            let words: Vec<OsString> = line.iter().map(Into::into).collect();
            refused(&run(folder.path(), &words, Some((name, text))), folder.path());
        }
    }
}

fn fill(word: &str, text: &OsStr) -> OsString {
    let mut filled = OsString::new();
    for (n, part) in word.split('§').enumerate() {
        if n > 0 {
            filled.push(text);
        }
        filled.push(part);
    }
    filled
}

/// A policy that is right, and its stack.
fn stack() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let seed =
        std::fs::read_to_string(repository().join("tests/fuzz/seeds/policy/whole.toml")).expect("readable");
    let (policy, template) = seed.split_once("\n=== \n").expect("a policy and its template");
    std::fs::write(folder.path().join("turnlock.toml"), policy).expect("writable");
    std::fs::write(folder.path().join("env.tmpl"), template).expect("writable");
    std::fs::create_dir(folder.path().join("stack")).expect("writable");
    std::fs::write(folder.path().join("stack/compose.yml"), "services: {}\n").expect("writable");
    folder
}

/// With no shell between.
fn run(folder: &Path, words: &[OsString], variable: Option<(&str, &OsString)>) -> Output {
    let mut command = Command::new(turnlock_program());
    command.args(words).current_dir(folder).env_clear().stdin(Stdio::null());
    command
        .env("HOME", folder)
        .env("TURNLOCK_POLICY", folder.join("turnlock.toml"))
        .env("VAULT_TOKEN", "none");
    // Nobody listens there.
    command.env("VAULT_ADDR", "http://127.0.0.1:9").envs(variable);
    let began = Instant::now();
    let output = command.output().expect("turnlock runs");
    let words: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
    let shown: String = format!("{words:?} {variable:?}").chars().take(300).collect();
    Output {
        command: shown,
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).expect("text"),
        err: String::from_utf8(output.stderr).expect("text"),
        took: began.elapsed(),
    }
}

#[track_caller]
fn refused(output: &Output, folder: &Path) {
    assert!([1, 2, 5].contains(&output.code), "{output}");
    let said = output.all();
    assert!(
        ["error", "problems"].iter().any(|word| said.contains(word)) || said.contains(" × "),
        "no sentence says why:{output}"
    );
    assert!(!said.contains("internal error"), "a panic:{output}");
    let unfit: Vec<char> = said.chars().filter(|c| *c != '\n' && is_unfit(*c)).collect();
    assert_eq!(unfit, [' '; 0], "{output}");
    assert!(said.len() < 8_000, "{} bytes:{output}", said.len());
    let mut names: Vec<_> =
        std::fs::read_dir(folder).expect("readable").map(|e| e.expect("readable").file_name()).collect();
    names.sort();
    assert_eq!(names, ["env.tmpl", "stack", "turnlock.toml"], "something was made by{output}");
}

/// What a terminal obeys, or what turns the direction of writing or cannot be seen.
fn is_unfit(c: char) -> bool {
    c.is_control()
        || ('\u{200b}'..='\u{200f}').contains(&c)
        || ('\u{2028}'..='\u{202e}').contains(&c)
        || c == '\u{feff}'
}
