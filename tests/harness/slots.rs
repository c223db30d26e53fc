//! How many stacks may be up at once, over all processes; and what crashed runs left behind.

use std::fs::File;
use std::process::Command;
use std::sync::Once;
use std::time::Duration;

use crate::program::repository;

/// Every project, folder and image tag of a test begins so, followed by the test process's id.
pub(crate) const PREFIX: &str = "tl-test-";

/// The right to have a stack, until it is dropped or its process ends.
pub(crate) struct Slot {
    _locked: File,
}

impl Slot {
    /// Waits for one. `TURNLOCK_TEST_STACKS` says how many there are (2: two cores, and most of a test is waiting).
    pub(crate) fn take() -> Slot {
        let some = std::env::var("TURNLOCK_TEST_STACKS").ok().and_then(|n| n.parse().ok()).unwrap_or(2_usize);
        loop {
            for number in 0..some.max(1) {
                let path = std::env::temp_dir().join(format!("{PREFIX}slot-{number}.lock"));
                let file = File::create(path).expect("the temporary directory can be written");
                if file.try_lock().is_ok() {
                    return Slot { _locked: file };
                }
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

/// Removes the stacks, folders and tags of processes that are gone. Once a process.
pub(crate) fn sweep() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        for project in leftovers() {
            eprintln!("removing {project}, which an earlier run left behind");
            let folder = std::env::temp_dir().join(&project);
            take_down(&folder.join("docker/stack"), &project);
            let _ = std::fs::remove_dir_all(folder);
        }
        crate::docker::remove_images(|project| !is_alive(project));
    });
}

pub fn take_down(dir: &std::path::Path, project: &str) {
    let _ = std::fs::create_dir_all(dir);
    let down = Command::new(repository().join("docker/stack/down")).arg(dir).arg(project).output();
    if !down.is_ok_and(|o| o.status.success()) {
        eprintln!("{project} could not be removed: docker/stack/down {} {project}", dir.display());
    }
}

fn leftovers() -> std::collections::BTreeSet<String> {
    let mut found = std::collections::BTreeSet::new();
    let label = "{{.Label \"com.docker.compose.project\"}}";
    for listing in [&["ps", "--all"][..], &["volume", "ls"], &["network", "ls"]] {
        let args = [listing, &["--filter", "label=com.docker.compose.project", "--format", label]].concat();
        found.extend(crate::docker::docker(&args).lines().map(str::to_owned));
    }
    let folders = std::fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten();
    found.extend(folders.filter_map(|f| f.file_name().into_string().ok()));
    found.retain(|project| project.starts_with(PREFIX) && !project.contains("slot") && !is_alive(project));
    found
}

/// Whether the process that a project's name tells of is still there, and still a test of ours.
fn is_alive(project: &str) -> bool {
    let pid = project.strip_prefix(PREFIX).and_then(|rest| rest.split('-').next()).unwrap_or_default();
    std::fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|comm| comm.starts_with("e2e"))
}
