//! Watching what others could see while a rotation runs: arguments and environments of processes, the engine's events,
//! values on their way.

mod processes;

use std::collections::BTreeSet;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::{SECRETS, Stack, Value};

pub use processes::{Processes, Seen, core_limit};

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
    seen: Arc<Mutex<Pended>>,
    thread: JoinHandle<()>,
}

/// Pending values, and every file with every mode that it was seen with.
type Pended = (Vec<Value>, BTreeSet<(PathBuf, u32)>);

impl Pending {
    pub fn watch(stack: &Stack) -> Pending {
        let stop = Arc::new(AtomicBool::new(false));
        let (told, vault, dir) = (stop.clone(), stack.vault(), stack.dir());
        let seen = Arc::<Mutex<Pended>>::default();
        let record = seen.clone();
        let thread = std::thread::spawn(move || {
            while !told.load(Ordering::Relaxed) {
                for name in vault.staged() {
                    let Some(value) =
                        SECRETS.contains(&name.as_str()).then(|| vault.pending(&name)).flatten()
                    else {
                        continue;
                    };
                    let mut seen = record.lock().expect("no thread panicked here");
                    if !seen.0.contains(&value) {
                        seen.0.push(value);
                    }
                }
                for folder in [dir.clone(), dir.join("monitoring/secrets")] {
                    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                        if let Ok(meta) = entry.metadata()
                            && meta.is_file()
                        {
                            let mut seen = record.lock().expect("no thread panicked here");
                            seen.1.insert((entry.path(), meta.mode() & 0o777));
                        }
                    }
                }
                std::thread::sleep(Duration::from_millis(5));
            }
        });
        Pending { stop, seen, thread }
    }

    /// The values that were seen so far.
    pub fn values(&self) -> Vec<Value> {
        self.seen.lock().expect("no thread panicked here").0.clone()
    }

    pub fn stop(self) -> Pended {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().expect("the watcher ends");
        std::mem::take(&mut self.seen.lock().expect("no thread panicked here"))
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
