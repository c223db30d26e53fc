//! What is left in an agent's memory after a rotation, and of it on a disk after a crash.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use turnlock_tests::neighbour::memory_of;
use turnlock_tests::watch::{Seen, core_limit};
use turnlock_tests::{Search, Signal, Stack, signal};

use super::page::Page;
use super::places::Watchers;

/// An agent that has rotated what was due, and sleeps.
pub(super) fn is_wiped_after_a_rotation(stack: &Stack, watchers: &Watchers, page: &mut Page) {
    stack.scene("an agent that has rotated has no value in its memory any more");
    let vault = stack.vault();
    let due = ["POSTGRES_PASSWORD", "METRICS_SCRAPE_TOKEN", "SESSION_SECRET"];
    for name in due {
        stack.imported_a_hundred_days_ago(&[name], vault.newest_version(name));
    }
    let were = due.map(|name| vault.newest_version(name));
    let ended = done(stack);
    let line = "agent --interval 60 --accept-impact SESSION_SECRET";
    // Less noisy: nobody reads what it says before it ends, and a full pipe would stop it.
    let (began, child) = (Instant::now(), stack.spawn(line, &[("TURNLOCK_LOG_LEVEL", "info")]));
    stack.until("what was due is rotated", 60, || {
        due.iter().zip(were).all(|(name, was)| vault.newest_version(name) == was + 1)
    });
    stack.until("the log has its end", 30, || done(stack) == ended + 1);
    std::thread::sleep(Duration::from_secs(2));
    let memory = memory_of(child.id());
    let values = watchers.values(stack);
    let planted = &watchers.planted.attribute;
    assert!(
        !Search::of(std::slice::from_ref(planted)).found_in(&memory).is_empty(),
        "what it goes on using is there"
    );
    let found = Search::of(&values).found_in(&memory);
    println!("{} bytes of memory, {} of {} values in it", memory.len(), found.len(), values.len());
    signal(&child, Signal::TERM);
    stack.ended(line, child, began).ok();
    assert_eq!(found.len(), 0, "of {} values in its memory", values.len());
    page.proven(
        "an agent's memory, after it has rotated three secrets",
        "root reads all of `/proc/PID/mem` that can be written, as soon as it sleeps",
        "0 values, old or new; an attribute that it goes on using is found",
    );
}

/// How many rotations have ended well.
fn done(stack: &Stack) -> usize {
    let list = stack.turnlock("audit list --action rotation --outcome done --limit 500 --json").ok().json();
    list["entries"].as_array().map_or(0, Vec::len)
}

/// What `turnlock` started while somebody watched: a limit can be lowered by whoever starts it, and is handed on.
pub(super) fn no_core_of_what_it_started(seen: &Seen, page: &mut Page) {
    let ours = core_limit(Path::new("/proc/self")).expect("readable");
    assert_ne!(ours, ["1", "1"], "a limit of the test's own would prove nothing");
    println!("limits of core files: {:?}", seen.cores());
    let program = |name: &str| seen.cores().iter().any(|(program, _)| program == name);
    assert!(program("docker-compose"), "Compose was seen at work");
    let wrong: Vec<_> = seen.cores().iter().filter(|(_, limit)| *limit != ["1", "1"]).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    page.proven(
        "a core file of a program that Turnlock starts: Compose, which reads rendered files",
        "`/proc/PID/limits` of each child process, as often as arguments and environments",
        "its limit for cores is one byte too, soft and hard; the test's own is not",
    );
}

pub(super) fn leaves_no_core(stack: &Stack, page: &mut Page) {
    stack.scene("no crash leaves a core");
    let folder = stack.root.join("crashes");
    std::fs::create_dir(&folder).expect("creatable");
    let control = crash(stack, &folder, "exec sleep 60", |child| starts_with(child, "sleep"));
    assert!(control.core_dumped(), "another program, killed in the same way, leaves one");
    let listed =
        || std::fs::read_dir(&folder).expect("readable").flatten().map(|e| e.path()).collect::<Vec<_>>();
    listed().into_iter().for_each(|core| std::fs::remove_file(core).expect("removable"));
    let follows =
        |child: &Child| starts_with(child, "turnlock") && limit_of(child).is_some_and(|l| l == ["1", "1"]);
    for (name, how) in [("SIGSEGV", Signal::SEGV), ("SIGABRT", Signal::ABORT)] {
        let ended = crash_by(stack, &folder, "exec turnlock audit list --follow", follows, how);
        assert!(!ended.core_dumped(), "{name} made it leave a core");
        assert_eq!(listed(), [] as [&Path; 0], "after {name}");
    }
    std::fs::remove_dir(folder).expect("removable");
    page.proven(
        "a core file",
        "`ulimit -c unlimited`, then SIGSEGV and SIGABRT; `sleep` leaves one in the same way",
        "none: the process is not dumpable, and its limit for cores is one byte, which the kernel takes for none at all, a handler \
         in `core_pattern` included; so for the programs that it starts",
    );
}

fn crash(stack: &Stack, folder: &Path, command: &str, is_ready: impl Fn(&Child) -> bool) -> ExitStatus {
    crash_by(stack, folder, command, is_ready, Signal::SEGV)
}

fn crash_by(
    stack: &Stack,
    folder: &Path,
    command: &str,
    is_ready: impl Fn(&Child) -> bool,
    how: Signal,
) -> ExitStatus {
    let mut shell: Command = stack.program(Path::new("sh"));
    shell.args(["-c", &format!("ulimit -c unlimited && {command}")]).current_dir(folder);
    let mut child = shell.spawn().expect("sh starts");
    stack.until("it is there", 10, || is_ready(&child));
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        assert!(Instant::now() < deadline, "a program goes on in spite of {how:?}");
        signal(&child, how);
        // Rust's own handler takes the first SIGSEGV, to see whether a stack has overflown.
        std::thread::sleep(Duration::from_millis(200));
        if let Some(status) = child.try_wait().expect("it is ours") {
            return status;
        }
    }
}

fn starts_with(child: &Child, name: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{}/comm", child.id())).is_ok_and(|comm| comm.starts_with(name))
}

fn limit_of(child: &Child) -> Option<[String; 2]> {
    core_limit(Path::new(&format!("/proc/{}", child.id())))
}
