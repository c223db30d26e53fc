//! The log in one SQLite file.
//!
//! Write-ahead log, so that readers read while a writer writes; `synchronous=FULL`, so that a commit is on the
//! disk. While the log is open its newest entries may stand in the `-wal` file beside it: copy the file when it
//! is closed, or with SQLite's own backup.

mod hold;
mod posture;
mod read;
mod schema;
mod snapshot;
mod write;

use std::{path::Path, time::Duration};

use sqlx::{
    ConnectOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use crate::LogError;

pub(crate) use hold::hold;
pub(crate) use posture::posture;
pub(crate) use read::Readers;
pub(crate) use schema::migrate;
pub(crate) use snapshot::Snapshot;
pub(crate) use write::Writer;

/// How long to wait for the lock. Whoever holds it appends a batch, which takes milliseconds.
const BUSY: Duration = Duration::from_secs(5);

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .busy_timeout(BUSY)
        .pragma("trusted_schema", "OFF")
        .pragma("cell_size_check", "ON")
        .disable_statement_logging()
}

fn writing(path: &Path) -> SqliteConnectOptions {
    options(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("recursive_triggers", "ON")
}

fn reading(path: &Path) -> SqliteConnectOptions {
    options(path).read_only(true).pragma("query_only", "ON")
}

/// Refuses what isn't a file, and, for writing, a file that others may write too.
fn check_file(path: &Path, for_writing: bool) -> Result<(), LogError> {
    use std::os::unix::fs::MetadataExt;

    let unusable = |why: String| LogError::Unusable { path: path.into(), why };
    let file = match std::fs::metadata(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(LogError::Missing(path.into()));
        }
        Err(error) => return Err(unusable(error.to_string())),
    };
    if !file.is_file() {
        return Err(unusable("it isn't a file".into()));
    }
    if file.len() == 0 {
        return Err(unusable(
            "it is empty, as an interrupted `init` leaves it; remove it and `init` again".into(),
        ));
    }
    if for_writing && file.mode() & 0o022 != 0 {
        let mode = file.mode() & 0o7777;
        return Err(unusable(format!(
            "others may write to it (mode {mode:04o}); chmod 600 it, and verify it"
        )));
    }
    Ok(())
}

impl From<sqlx::Error> for LogError {
    fn from(error: sqlx::Error) -> LogError {
        // A server's codes mean something else; they are read in `store/postgres`.
        match primary_code(&error) {
            Some(5 | 6) => LogError::Busy(BUSY.as_secs()),
            Some(8) => LogError::ReadOnly,
            Some(10) => LogError::Disk,
            Some(13) => LogError::Full,
            Some(11) => corrupt(),
            _ => LogError::Database(error),
        }
    }
}

fn corrupt() -> LogError {
    LogError::Damaged("the database file itself is corrupt".into())
}

/// SQLite's result code, without what extends it.
fn primary_code(error: &sqlx::Error) -> Option<u32> {
    let error = error.as_database_error()?.try_downcast_ref::<sqlx::sqlite::SqliteError>()?;
    let code: u32 = sqlx::error::DatabaseError::code(error)?.parse().ok()?;
    Some(code & 0xff)
}
