//! Small disks that get full, or read-only, at the place of a folder of the stack; files that can't be changed.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A small disk in memory.
pub(super) struct Disk(PathBuf);

impl Disk {
    /// Of so many bytes, as `mount` takes it: "64k".
    pub(super) fn mount(path: &Path, size: &str) -> Disk {
        std::fs::create_dir_all(path).expect("writable");
        run(
            "mount",
            &["-t", "tmpfs", "-o", &format!("size={size},mode=0755"), "none", &path.to_string_lossy()],
        );
        Disk(path.to_owned())
    }

    pub(super) fn folder(&self) -> &Path {
        &self.0
    }

    pub(super) fn remount(&self, option: &str) {
        run("mount", &["-o", &format!("remount,{option}"), &self.0.to_string_lossy()]);
    }

    /// Leaves no room, until dropped.
    pub(super) fn fill(&self) -> Filler {
        let path = self.0.join("filler");
        let full = std::fs::write(&path, vec![0; 16 * 1024 * 1024]).expect_err("it has an end");
        assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
        Filler(path)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        run("umount", &["--lazy", &self.0.to_string_lossy()]);
    }
}

pub(super) struct Filler(PathBuf);

impl Drop for Filler {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).expect("removable");
    }
}

/// Not even root can write, rename or remove such files.
pub(super) struct Immutable(Vec<PathBuf>);

impl Immutable {
    pub(super) fn make(paths: &[PathBuf]) -> Immutable {
        paths.iter().for_each(|path| run("chattr", &["+i", &path.to_string_lossy()]));
        Immutable(paths.to_vec())
    }
}

impl Drop for Immutable {
    fn drop(&mut self) {
        self.0.iter().for_each(|path| run("chattr", &["-i", &path.to_string_lossy()]));
    }
}

pub(super) fn run(program: &str, args: &[&str]) {
    let ran = Command::new(program).args(args).status();
    assert!(ran.is_ok_and(|s| s.success()), "{program} {} failed", args.join(" "));
}
