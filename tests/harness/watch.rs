//! Watching what others could see while a rotation runs: arguments and environments of processes, the engine's events,
//! values on their way.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::{SECRETS, Stack, Value};

/// Looks at every process of the machine, again and again, until it is told to stop.
pub struct Processes {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<BTreeSet<Vec<u8>>>,
}

impl Processes {
    pub fn watch() -> Processes {
        let stop = Arc::new(AtomicBool::new(false));
        let told = stop.clone();
        let thread = std::thread::spawn(move || {
            // By process id and start, so that a process is read again only while it is young: `exec` changes both texts.
            let (mut seen, mut looked): (BTreeSet<Vec<u8>>, BTreeMap<String, u32>) = Default::default();
            let ours = std::fs::read_link("/proc/self/ns/mnt").ok();
            while !told.load(Ordering::Relaxed) {
                for process in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
                    let name = process.file_name().into_string().unwrap_or_default();
                    if !name.bytes().all(|b| b.is_ascii_digit()) {
                        continue;
                    }
                    let times = looked.entry(name).or_default();
                    *times += 1;
                    if *times > 20 && *times % 20 != 0 {
                        continue;
                    }
                    let path = process.path();
                    seen.extend(std::fs::read(path.join("cmdline")));
                    // A container's own environment is where the values belong.
                    if std::fs::read_link(path.join("ns/mnt")).ok() == ours {
                        seen.extend(std::fs::read(path.join("environ")));
                    }
                }
                std::thread::sleep(Duration::from_millis(2));
            }
            seen
        });
        Processes { stop, thread }
    }

    /// Everything that was seen, one text after another.
    pub fn stop(self) -> Vec<u8> {
        self.stop.store(true, Ordering::Relaxed);
        let seen = self.thread.join().expect("the watcher ends");
        seen.into_iter().collect::<Vec<_>>().join(&b'\n')
    }
}

/// What `docker events` tells.
pub struct Events {
    child: Child,
    file: tempfile::NamedTempFile,
}

impl Events {
    pub fn watch() -> Events {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        let child = Command::new("docker")
            .args(["events", "--format", "{{json .}}"])
            .stdin(Stdio::null())
            .stdout(file.reopen().expect("a temporary file"))
            .spawn()
            .expect("docker runs");
        Events { child, file }
    }

    pub fn stop(mut self) -> Vec<u8> {
        let _ = self.child.kill();
        let _ = self.child.wait();
        std::fs::read(self.file.path()).expect("readable")
    }
}

/// Remembers values that are only pending, since after a failed rotation nobody knows them any more; and looks at the
/// modes of the files beside the stack's rendered ones.
pub struct Pending {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Seen>,
}

/// Pending values, and every file with every mode that it was seen with.
type Seen = (Vec<Value>, BTreeSet<(PathBuf, u32)>);

impl Pending {
    pub fn watch(stack: &Stack) -> Pending {
        let stop = Arc::new(AtomicBool::new(false));
        let (told, vault, dir) = (stop.clone(), stack.vault(), stack.dir());
        let thread = std::thread::spawn(move || {
            let (mut values, mut modes) = Seen::default();
            while !told.load(Ordering::Relaxed) {
                for name in vault.staged() {
                    let Some(value) =
                        SECRETS.contains(&name.as_str()).then(|| vault.pending(&name)).flatten()
                    else {
                        continue;
                    };
                    if !values.contains(&value) {
                        values.push(value);
                    }
                }
                for folder in [dir.clone(), dir.join("monitoring/secrets")] {
                    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                        if let Ok(meta) = entry.metadata()
                            && meta.is_file()
                        {
                            modes.insert((entry.path(), meta.mode() & 0o777));
                        }
                    }
                }
                std::thread::sleep(Duration::from_millis(5));
            }
            (values, modes)
        });
        Pending { stop, thread }
    }

    pub fn stop(self) -> Seen {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().expect("the watcher ends")
    }
}

/// Reads the stack's rendered files again and again: at no moment may one be missing, empty, half, or anybody else's.
pub struct Files {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<BTreeSet<String>>,
}

impl Files {
    pub fn watch(stack: &Stack) -> Files {
        let stop = Arc::new(AtomicBool::new(false));
        let told = stop.clone();
        let files = [stack.env_path(), stack.token_path()].map(|path| (crate::owner_and_mode(&path), path));
        let thread = std::thread::spawn(move || {
            let mut wrong = BTreeSet::new();
            while !told.load(Ordering::Relaxed) {
                for (was, path) in &files {
                    wrong.extend(look(path, *was));
                }
                std::thread::sleep(Duration::from_millis(2));
            }
            wrong
        });
        Files { stop, thread }
    }

    /// What was seen that must not be.
    pub fn stop(self) -> BTreeSet<String> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().expect("the watcher ends")
    }
}

fn look(path: &std::path::Path, was: (u32, u32, u32)) -> Option<String> {
    let read = std::fs::File::open(path).and_then(|mut file| {
        let mut text = String::new();
        std::io::Read::read_to_string(&mut file, &mut text)?;
        Ok((file.metadata()?, text))
    });
    match read {
        Ok((meta, text)) => crate::checker::wrong_file(path, &meta, &text, was),
        Err(e) => Some(format!("{} was seen {}", path.display(), e.kind())),
    }
}
