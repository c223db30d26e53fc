//! What `ps` and root see of every process: its arguments, and its environment; and how large a core file it may leave.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// Looks at every process of the machine, again and again, until it is told to stop.
pub struct Processes {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Seen>,
}

/// What was seen.
#[derive(Default)]
pub struct Seen {
    pub looks: usize,
    arguments: BTreeSet<Vec<u8>>,
    /// With the control groups of those who had it, which name their container.
    environments: BTreeMap<Vec<u8>, BTreeSet<String>>,
    /// Of what `turnlock` itself started: program, and soft and hard limit of a core file.
    cores: BTreeSet<(String, [String; 2])>,
}

impl Seen {
    /// One text after another.
    pub fn arguments(&self) -> Vec<u8> {
        self.arguments.iter().flat_map(|text| text.iter().chain(b"\n")).copied().collect()
    }

    /// The same, of everybody but the processes of these containers.
    pub fn environments(&self, but: &BTreeSet<String>) -> Vec<u8> {
        let is_theirs = |group: &String| but.iter().any(|id| group.contains(id));
        let others = self.environments.iter().filter(|(_, groups)| !groups.iter().all(is_theirs));
        others.flat_map(|(text, _)| text.iter().chain(b"\n")).copied().collect()
    }

    /// How large a core file each program may leave that `turnlock` started.
    pub fn cores(&self) -> &BTreeSet<(String, [String; 2])> {
        &self.cores
    }

    fn look(&mut self, process: &Path) {
        self.cores.extend(core_of_child(process));
        self.arguments.extend(std::fs::read(process.join("cmdline")));
        if let (Ok(text), Ok(group)) =
            (std::fs::read(process.join("environ")), std::fs::read_to_string(process.join("cgroup")))
        {
            self.environments.entry(text).or_default().insert(group);
        }
    }
}

fn core_of_child(process: &Path) -> Option<(String, [String; 2])> {
    let name = |process: &Path| std::fs::read_to_string(process.join("comm")).ok();
    let status = std::fs::read_to_string(process.join("status")).ok()?;
    let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"))?.trim();
    name(&Path::new("/proc").join(parent)).filter(|parent| parent.starts_with("turnlock"))?;
    Some((name(process)?.trim().to_owned(), core_limit(process)?))
}

/// Soft and hard, in bytes or `unlimited`, of a process by its folder in `/proc`.
pub fn core_limit(process: &Path) -> Option<[String; 2]> {
    let limits = std::fs::read_to_string(process.join("limits")).ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max core file size"))?;
    let mut words = line.split_whitespace().map(str::to_owned);
    Some([words.next()?, words.next()?])
}

impl Processes {
    pub fn watch() -> Processes {
        let stop = Arc::new(AtomicBool::new(false));
        let told = stop.clone();
        let thread = std::thread::spawn(move || {
            // Each process often while it is young, since `exec` changes both texts, and then rarely.
            let (mut seen, mut looked) = (Seen::default(), BTreeMap::<String, u32>::new());
            while !told.load(Ordering::Relaxed) {
                for process in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
                    let name = process.file_name().into_string().unwrap_or_default();
                    if !name.bytes().all(|b| b.is_ascii_digit()) {
                        continue;
                    }
                    let times = looked.entry(name).or_default();
                    *times += 1;
                    if *times <= 20 || *times % 20 == 0 {
                        seen.look(&process.path());
                    }
                }
                seen.looks += 1;
                std::thread::sleep(Duration::from_millis(2));
            }
            seen
        });
        Processes { stop, thread }
    }

    pub fn stop(self) -> Seen {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().expect("the watcher ends")
    }
}
