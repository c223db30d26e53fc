//! What a person sees: a folder of sessions in a shell (tests/transcripts), one a command and one a refusal, in the order of
//! their names on one stack.
//!
//! The first lines say what it is about. A line that begins with `$ ` is run by bash; what follows is all that it prints, and `? N` is its exit code unless that
//! is 0. What differs from run to run is shown as `YYYY-MM-DD`, `[HASH]`, `[N]` and the like. `SNAPSHOTS=overwrite tests/run transcripts` writes what is
//! printed now; then read the difference.

use std::path::Path;
use std::time::Instant;

use turnlock_tests::{Stack, repository, steady};

#[test]
fn every_command_prints_what_its_transcript_says() {
    let stack = Stack::up("transcripts");
    let folder = repository().join("tests/transcripts");
    let mut files: Vec<_> =
        std::fs::read_dir(&folder).expect("listable").flatten().map(|f| f.path()).collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "txt"));
    files.sort();
    let mut differ = Vec::new();
    for file in &files {
        let name = file.file_name().expect("a name").to_string_lossy().into_owned();
        stack.scene(&name);
        let printed = replay(&stack, &std::fs::read_to_string(file).expect("readable"));
        if !is_as_written(file, printed) {
            differ.push(name);
        }
    }
    assert!(differ.is_empty(), "other than written: {}", differ.join(", "));
    stack.finish();
}

/// Runs a transcript's commands and tells the session anew.
fn replay(stack: &Stack, transcript: &str) -> String {
    let mut told = String::new();
    for line in transcript.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            told.push_str(&format!("$ {command}\n"));
            told.push_str(&session(stack, command));
        } else if !told.contains("\n$ ") {
            told.push_str(&format!("{line}\n"));
        }
    }
    told
}

/// One line of a session. `compose` is Compose as the stack's owner calls it.
fn session(stack: &Stack, command: &str) -> String {
    let bash = Path::new("bash");
    let preamble = "compose() { (cd docker/stack && command docker compose --ansi never --progress quiet -p \"$PROJECT\" \
        -f docker/docker-compose.prod.yml --env-file .env.prod \"$@\" 2>/dev/null); }; \
        vault() { curl --silent --noproxy '*' --header \"X-Vault-Token: $(jq -r .root_token \
        docker/stack/.state/vault-init.json)\" \"$VAULT_ADDR/v1/$1\" \"${@:2}\"; }";
    let mut shell = stack.program(bash);
    shell.args(["-c", &format!("exec 2>&1; {preamble}\n{command}")]).env("PROJECT", &stack.project);
    let began = Instant::now();
    let child = shell.spawn().expect("bash runs");
    let output = stack.ended(&format!("(in a shell) {command}"), child, began);
    let printed = output.all();
    let printed =
        printed.replace(&*stack.root.to_string_lossy(), "[ROOT]").replace(&stack.project, "[PROJECT]");
    let end = if output.code == 0 { String::new() } else { format!("? {}\n", output.code) };
    steady(&printed) + &end
}

/// Compares with the file, or writes it.
fn is_as_written(file: &Path, printed: String) -> bool {
    let compare = || {
        snapbox::Assert::new()
            .action_env("SNAPSHOTS")
            .eq(printed, snapbox::Data::read_from(file, None).raw());
    };
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(compare)).is_ok()
}
