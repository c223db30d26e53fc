//! Another user of the host, who looks at everything that the kernel lets him.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use turnlock_tests::neighbour::{AGENT, Look, NEIGHBOUR, as_user, memory_of};
use turnlock_tests::{Search, Stack, Value, turnlock_program};

use super::page::Page;
use super::places::Watchers;

/// What is open in any process.
const OPEN: [&str; 2] = ["cmdline", "status"];

/// A rotation of root's, stopped while it has both values in its hands.
pub(super) fn looks_at_a_rotation(stack: &Stack, watchers: &Watchers, page: &mut Page) {
    stack.scene("another user looks at a rotation, and at every file");
    let line = "rotate POSTGRES_PASSWORD METRICS_SCRAPE_TOKEN --yes --debug";
    let began = Instant::now();
    let mut child = stack.spawn_crashing(line, "apply database.breeze:effect:stop");
    stack.until("it is stopped", 30, || is_stopped(&child));
    let values = watchers.values(stack);
    let search = Search::of(&values);
    let of_root = memory_of(child.id());
    assert!(!search.found_in(&of_root).is_empty(), "the values are in its memory, for root");
    let folders =
        [stack.root.clone(), "/dev/shm".into(), "/var/tmp".into(), "/run".into(), "/var/lib/docker".into()];
    let look = Look::at(NEIGHBOUR, child.id(), &folders);
    assert_eq!(look.open, OPEN.map(str::to_owned).into());
    assert!(
        look.refused.contains("the engine's socket") && look.refused.contains("ptrace"),
        "{:?}",
        look.refused
    );
    assert_eq!(search.found_in(&look.read).len(), 0, "another user learns a value");
    let text = String::from_utf8_lossy(&look.read).into_owned();
    assert!(
        text.contains("[secret.JWT_SECRET]") && text.contains("rotate\0POSTGRES_PASSWORD"),
        "he reads what he may"
    );
    println!("another user read {} bytes", look.read.len());
    sees_his_own(NEIGHBOUR);
    page.user(
        "another user",
        "a rotation of root's, stopped between a file and the database",
        &refused(&look),
    );
    page.user(
        "another user",
        "every file below the stack's folder, `/run`, `/var/lib/docker`, `/dev/shm`, `/var/tmp`; arguments and environments of all \
         processes",
        "policy, templates and compose files, arguments: 0 values",
    );
    child.kill().expect("killable");
    stack.ended(line, child, began);
    stack.turnlock("recover").ok().says("Failed, and taken back");
}

/// A process of an agent that is not root, looked at by others and by its own user.
pub(super) fn looks_at_his_own_agent(stack: &Stack, page: &mut Page) {
    stack.scene("another user, and its own, look at a process that is not root's");
    let token = Value::random_base64(32);
    // The way to the build may be closed to others.
    let (folder, programs) = (stack.root.join("of-the-agent"), stack.root.join("programs"));
    for folder in [&folder, &programs] {
        std::fs::create_dir(folder).expect("creatable");
    }
    let program = programs.join("turnlock");
    std::fs::copy(turnlock_program(), &program).expect("copied");
    std::fs::copy(stack.audit_path(), folder.join("audit.db")).expect("copied");
    for file in [&folder, &folder.join("audit.db")] {
        std::os::unix::fs::chown(file, Some(AGENT), Some(AGENT)).expect("root may");
    }
    let mut follows = as_user(AGENT, &program);
    follows
        .args(["audit", "list", "--follow", "--audit-url"])
        .arg(format!("sqlite://{}/audit.db", folder.display()));
    follows.env("VAULT_TOKEN", token.clear()).current_dir("/");
    let mut child = follows
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let environment = PathBuf::from(format!("/proc/{}/environ", child.id()));
    let search = Search::of(std::slice::from_ref(&token));
    let belongs_to_root =
        || std::fs::metadata(&environment).is_ok_and(|m| std::os::unix::fs::MetadataExt::uid(&m) == 0);
    let is_there = || std::fs::read(&environment).is_ok_and(|e| !search.found_in(&e).is_empty());
    stack.until("it follows, as what belongs to root in /proc", 10, || is_there() && belongs_to_root());
    for (user, who) in [(NEIGHBOUR, "another user"), (AGENT, "the agent's own user")] {
        let look = Look::at(user, child.id(), std::slice::from_ref(&folder));
        assert_eq!(look.open, OPEN.map(str::to_owned).into(), "to {who}");
        assert_eq!(search.found_in(&look.read).len(), 0, "{who} reads its environment");
        sees_his_own(user);
        page.user(who, "an agent that is not root's, with `VAULT_TOKEN` in its environment", &refused(&look));
    }
    child.kill().expect("killable");
    let ended = child.wait_with_output().expect("it ends");
    assert!(!ended.stdout.is_empty(), "it did follow: {}", String::from_utf8_lossy(&ended.stderr));
    for folder in [folder, programs] {
        std::fs::remove_dir_all(folder).expect("removable");
    }
}

/// The same look finds what is there.
fn sees_his_own(user: u32) {
    let value = Value::random_base64(32);
    let own = Look::at_own(user, &value);
    assert_eq!(own.refused, BTreeSet::new(), "of one's own process");
    assert!(!Search::of(&[value]).found_in(&own.read).is_empty(), "one's own environment is read");
}

fn refused(look: &Look) -> String {
    let list =
        |all: &BTreeSet<String>| all.iter().map(|what| format!("`{what}`")).collect::<Vec<_>>().join(", ");
    format!("{}: 0 values; refused: {}", list(&look.open), list(&look.refused))
}

pub(super) fn is_stopped(child: &Child) -> bool {
    std::thread::sleep(Duration::from_millis(20));
    let about = std::fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap_or_default();
    about.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('T'))
}
