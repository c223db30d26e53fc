//! The right to act on a log in a file: a lock on a file beside it.

use std::{
    fs::OpenOptions,
    io::ErrorKind,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use crate::{FileLock, Holder, LogError, Taken};

/// Not the log's own file: whoever closes that once more takes SQLite's locks away from his whole process
/// (<https://www.sqlite.org/howtocorrupt.html>, 2.2).
pub(crate) fn hold(path: &Path) -> Result<FileLock, LogError> {
    let unusable = |error: std::io::Error| match error.kind() {
        ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => LogError::ReadOnly,
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => LogError::Full,
        kind => LogError::Unusable { path: path.into(), why: format!("its lock can't be had: {kind}") },
    };
    // One file, by whichever links it is reached.
    let lock = beside(&path.canonicalize().map_err(unusable)?);
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    let no_links = rustix::fs::OFlags::NOFOLLOW.bits() as i32;
    let file = options.custom_flags(no_links).open(lock).map_err(unusable)?;
    FileLock::take(file).map_err(|taken| match taken {
        Taken::By(pid) => LogError::Held(Holder::Process(pid)),
        Taken::Failed(error) => unusable(error),
    })
}

/// `audit.db.lock`. It stays when nobody holds it: a file that is removed could be locked twice.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}
