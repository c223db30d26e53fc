//! Who may write a file that the agent obeys.
//!
//! A policy and its templates are code: whoever can change them acts with the agent's powers. So each such file, and
//! each directory and link on the way to it, must belong to root or to the agent's own user and be writable by nobody
//! else. In a directory with the sticky bit others can add, but not replace.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::ids::Ids;
use super::problem::{Problem, Source};

/// More than any policy or template that a person wrote.
const MAX_SIZE: u64 = 1 << 20;
/// As the kernel's own bound for links on one path.
const MAX_LINKS: usize = 40;

pub(super) struct Reader {
    uid: u32,
    ids: Ids,
}

impl Reader {
    pub(super) fn of_this_process() -> Self {
        Self { uid: rustix::process::geteuid().as_raw(), ids: Ids::of_host() }
    }

    pub(super) fn ids(&self) -> &Ids {
        &self.ids
    }

    /// Reads a file once, after the way to it was found safe; what is checked and what is read are the same file.
    pub(super) fn read(&self, file: &Path, shown: &Path) -> Result<Source, Problem> {
        let fail = |what: String, help: &str| Source::problem_of_file(shown, what, help);
        let unreadable = |e: io::Error| {
            fail(format!("{} cannot be read: {}", shown.display(), e.kind()), "check that it is there")
        };
        let absolute = std::path::absolute(file).map_err(unreadable)?;
        self.check_way(&absolute, shown, &mut 0)?;
        let mut opened = File::open(&absolute).map_err(unreadable)?;
        let meta = opened.metadata().map_err(unreadable)?;
        if !meta.is_file() {
            return Err(fail("is not a file".into(), "name a file"));
        }
        self.check(&meta, &absolute, shown)?;
        let mut text = String::new();
        let read = opened.by_ref().take(MAX_SIZE + 1).read_to_string(&mut text);
        match read {
            Err(_) => Err(fail("is not UTF-8 text".into(), "save it as UTF-8")),
            Ok(n) if n as u64 > MAX_SIZE => Err(fail("is larger than 1 MiB".into(), "make it smaller")),
            Ok(_) => Ok(Source::new(shown, text)),
        }
    }

    /// Every directory and link on the way to a file, and behind each link.
    fn check_way(&self, absolute: &Path, shown: &Path, links: &mut usize) -> Result<(), Problem> {
        let mut way = PathBuf::new();
        for component in absolute.components() {
            way.push(component);
            let Ok(meta) = fs::symlink_metadata(&way) else { return Ok(()) };
            if meta.is_symlink() {
                *links += 1;
                if *links > MAX_LINKS {
                    return Err(Source::problem_of_file(
                        shown,
                        "is behind too many links",
                        "name the file itself",
                    ));
                }
                self.check_owner(&meta, &way, shown)?;
                let target = fs::read_link(&way).unwrap_or_default();
                let from = way.parent().unwrap_or(Path::new("/")).join(target);
                self.check_way(&from, shown, links)?;
            } else {
                self.check(&meta, &way, shown)?;
            }
        }
        Ok(())
    }

    fn check_owner(&self, meta: &Metadata, path: &Path, shown: &Path) -> Result<(), Problem> {
        if meta.uid() == 0 || meta.uid() == self.uid {
            return Ok(());
        }
        let what = format!(
            "{} belongs to user {}, who is neither root nor the agent's user {}: it is code that the agent obeys",
            name(path, shown),
            meta.uid(),
            self.uid
        );
        Err(Source::problem_of_file(shown, what, format!("chown {} {}", self.uid, path.display())))
    }

    fn check(&self, meta: &Metadata, path: &Path, shown: &Path) -> Result<(), Problem> {
        self.check_owner(meta, path, shown)?;
        let sticky_directory = meta.is_dir() && meta.mode() & 0o1000 != 0;
        let group_writes = meta.mode() & 0o020 != 0 && !self.ids.is_private_group(meta.gid(), self.uid);
        let others_write = meta.mode() & 0o002 != 0;
        if sticky_directory || !(group_writes || others_write) {
            return Ok(());
        }
        let who = if others_write { "every user of the host" } else { "its group" };
        let what = format!("{} can be written by {who}: it is code that the agent obeys", name(path, shown));
        Err(Source::problem_of_file(shown, what, format!("chmod go-w {}", path.display())))
    }
}

/// The file as the policy calls it; a directory in full.
fn name(path: &Path, shown: &Path) -> String {
    if path.ends_with(shown) || path.file_name() == shown.file_name() {
        shown.display().to_string()
    } else {
        format!("{}, on the way to {},", path.display(), shown.display())
    }
}
