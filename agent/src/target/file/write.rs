//! Files below the stack's root: opened without following a symlink (`openat2`), owner and mode before the content,
//! synced, renamed, the directory synced.

use std::fs::File;
use std::io::{Read, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustix::fs::{AtFlags, Gid, Mode, OFlags, ResolveFlags, Uid};
use rustix::io::Errno;
use zeroize::Zeroizing;

use crate::policy::RenderedFile;
use crate::target::TargetError;

/// A rendered file is configuration, not data.
const LARGEST: u64 = 16 * 1024 * 1024;

/// The stack's root, as a descriptor.
pub struct Below {
    root: OwnedFd,
    path: PathBuf,
}

/// A file as it is.
pub struct Is {
    pub text: Zeroizing<String>,
    pub owner: u32,
    pub group: u32,
    pub mode: u32,
    pub modified: Option<SystemTime>,
}

/// A complete file that isn't in its place yet.
pub struct Temporary {
    pub path: PathBuf,
    /// Its place, below the root.
    place: PathBuf,
    parent: OwnedFd,
    name: String,
    temporary: String,
}

impl Below {
    pub fn open(root: &Path) -> Result<Self, TargetError> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let fd = rustix::fs::open(root, flags, Mode::empty()).map_err(|e| failed("open", root, e))?;
        Ok(Self { root: fd, path: root.to_owned() })
    }

    /// What stands there now; `None` if nothing does.
    pub fn look(&self, path: &Path) -> Result<Option<Is>, TargetError> {
        let fd = match self.open_at(path, OFlags::RDONLY | OFlags::NONBLOCK) {
            Ok(fd) => fd,
            Err(Errno::NOENT) => return Ok(None),
            Err(e) => return Err(failed("open", path, e)),
        };
        let mut file = File::from(fd);
        let meta = file.metadata().map_err(|e| failed_io("read", path, &e))?;
        if meta.is_dir() {
            return match is_empty(&file) {
                true => Ok(None),
                false => Err(TargetError::new(format!("{} {FOLDER}", path.display()))),
            };
        }
        if !meta.is_file() {
            return Err(TargetError::new(format!("{} is no regular file; remove it", path.display())));
        }
        if meta.len() > LARGEST {
            return Err(TargetError::new(format!("{} is larger than 16 MiB", path.display())));
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(meta.len() as usize + 1));
        file.read_to_end(&mut bytes).map_err(|e| failed_io("read", path, &e))?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (owner, group, mode) = (meta.uid(), meta.gid(), meta.mode() & 0o7777);
        Ok(Some(Is { text: Zeroizing::new(text), owner, group, mode, modified: meta.modified().ok() }))
    }

    /// Writes a complete file beside its place, under a fixed name: a leftover of a crash is found and replaced.
    pub fn prepare(
        &self,
        path: &Path,
        text: &str,
        file: &RenderedFile,
        modified: Option<SystemTime>,
    ) -> Result<Temporary, TargetError> {
        let parent_path = path.parent().unwrap_or(Path::new(""));
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default().to_owned();
        let parent = self.directory(parent_path)?;
        let temporary = temporary_of(&name);
        let shown = parent_path.join(&temporary);
        match rustix::fs::unlinkat(&parent, temporary.as_str(), AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => {}
            Err(e) => return Err(failed("replace", &shown, e)),
        }
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fd = rustix::fs::openat(&parent, temporary.as_str(), flags, Mode::empty())
            .map_err(|e| failed("create", &shown, e))?;
        let ready =
            Temporary { path: self.path.join(shown), place: path.to_owned(), parent, name, temporary };
        let written = own(&fd, file).map_err(std::io::Error::from).and_then(|()| {
            let mut out = File::from(fd);
            out.write_all(text.as_bytes())?;
            modified.map_or(Ok(()), |at| out.set_modified(at))?;
            out.sync_all()
        });
        if let Err(e) = written {
            self.abandon(&ready);
            return Err(failed_io("write", path, &e));
        }
        Ok(ready)
    }

    pub fn put(&self, t: &Temporary) -> Result<(), TargetError> {
        // An empty directory there was made by the engine, for a container whose file was missing. Of any other
        // directory, and of a file, this removes nothing.
        let _ = rustix::fs::unlinkat(&t.parent, t.name.as_str(), AtFlags::REMOVEDIR);
        rustix::fs::renameat(&t.parent, t.temporary.as_str(), &t.parent, t.name.as_str())
            .and_then(|()| rustix::fs::fsync(&t.parent))
            .map_err(|e| failed("put a file at", &t.place, e))
    }

    /// What a crash in the middle of a write left beside a file.
    pub fn leftover(&self, path: &Path) -> Option<String> {
        let name = path.file_name()?.to_str()?;
        let beside = path.with_file_name(temporary_of(name));
        self.open_at(&beside, OFlags::PATH).ok().map(|_| beside.display().to_string())
    }

    pub fn remove_leftover(&self, path: &Path) {
        let parent = path.parent().unwrap_or(Path::new(""));
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        if let Ok(parent) = self.directory(parent) {
            let _ = rustix::fs::unlinkat(&parent, temporary_of(name), AtFlags::empty());
        }
    }

    pub fn abandon(&self, t: &Temporary) {
        let _ = rustix::fs::unlinkat(&t.parent, t.temporary.as_str(), AtFlags::empty());
    }

    /// Sets owner and mode of what stands there.
    pub fn own(&self, path: &Path, wanted: &RenderedFile) -> Result<(), TargetError> {
        let fd = self.open_at(path, OFlags::RDONLY).map_err(|e| failed("open", path, e))?;
        own(&fd, wanted).map_err(|e| failed("chown", path, e))
    }

    /// One write of equal length into the file that a container has mounted.
    pub fn overwrite(
        &self,
        path: &Path,
        text: &str,
        wanted: &RenderedFile,
        modified: Option<SystemTime>,
    ) -> Result<(), TargetError> {
        let fd = self.open_at(path, OFlags::RDWR).map_err(|e| failed("open", path, e))?;
        let file = File::from(fd);
        let meta = file.metadata().map_err(|e| failed_io("read", path, &e))?;
        if !meta.is_file() || meta.len() != text.len() as u64 {
            let text = "is not of the new content's length, so it cannot be written in place; plan again";
            return Err(TargetError::new(format!("{} {text}", path.display())));
        }
        if (meta.uid(), meta.gid(), meta.mode() & 0o7777) != (wanted.owner, wanted.group, wanted.mode) {
            own(&file, wanted).map_err(|e| failed("chown", path, e))?;
        }
        file.write_all_at(text.as_bytes(), 0)
            .and_then(|()| modified.map_or(Ok(()), |at| file.set_modified(at)))
            .and_then(|()| file.sync_all())
            .map_err(|e| failed_io("write", path, &e))
    }

    fn open_at(&self, path: &Path, flags: OFlags) -> Result<OwnedFd, Errno> {
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
        rustix::fs::openat2(&self.root, path, flags | OFlags::CLOEXEC, Mode::empty(), resolve)
    }

    fn directory(&self, path: &Path) -> Result<OwnedFd, TargetError> {
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        self.open_at(path, OFlags::RDONLY | OFlags::DIRECTORY).map_err(|e| failed("open the folder", path, e))
    }
}

const FOLDER: &str = "is a folder with something in it; move that elsewhere";

/// An empty folder is no more than what the engine makes for a container whose file is missing.
fn is_empty(folder: &File) -> bool {
    let mut entries = rustix::fs::Dir::read_from(folder).into_iter().flatten();
    !entries.any(|e| !e.is_ok_and(|e| [c".", c".."].contains(&e.file_name())))
}

fn temporary_of(name: &str) -> String {
    format!(".{name}.turnlock")
}

fn own(fd: impl std::os::fd::AsFd, file: &RenderedFile) -> Result<(), Errno> {
    rustix::fs::fchown(&fd, Some(Uid::from_raw(file.owner)), Some(Gid::from_raw(file.group)))?;
    rustix::fs::fchmod(&fd, Mode::from_raw_mode(file.mode))
}

fn failed(what: &str, path: &Path, e: Errno) -> TargetError {
    failed_io(what, path, &e.into())
}

fn failed_io(what: &str, path: &Path, e: &std::io::Error) -> TargetError {
    let why = match e.raw_os_error().map(Errno::from_raw_os_error) {
        Some(Errno::NOENT) => "it is not there".into(),
        Some(Errno::LOOP) => "there is a symlink in its path, and none is followed".into(),
        Some(Errno::PERM) => "not permitted; is it immutable (`lsattr`)?".into(),
        Some(Errno::ISDIR | Errno::EXIST | Errno::NOTEMPTY) => format!("it {FOLDER}"),
        _ => e.kind().to_string(),
    };
    TargetError::new(format!("cannot {what} {}: {why}", path.display()))
}
