//! The side that appends.

use std::{
    fs::{DirBuilder, File, OpenOptions},
    io::ErrorKind,
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use sqlx::{AssertSqlSafe, ConnectOptions, Connection, SqliteConnection};
use tokio::sync::Mutex;

use super::{Readers, check_file, read::read_head, schema, writing};
use crate::{
    LogError,
    entry::microseconds,
    log::{Sealed, epoch_after},
    store::no_head,
};

/// One connection, used by one at a time.
#[derive(Debug)]
pub(crate) struct Writer {
    connection: Mutex<SqliteConnection>,
    path: PathBuf,
    /// Device and inode of the file that was opened.
    file: (u64, u64),
    /// The schema's counter when the schema was last found right.
    schema: i64,
}

impl Writer {
    pub(crate) async fn init(path: &Path) -> Result<Writer, LogError> {
        create_file(path)?;
        let made = async {
            let mut connection = writing(path).connect().await?;
            schema::create(&mut connection).await?;
            let directory = File::open(directory(path)).and_then(|directory| directory.sync_all());
            directory.map_err(|error| unusable(path, &error))?;
            Writer::with(connection, path).await
        };
        // The file is ours and holds nothing yet: what couldn't be finished is not left behind.
        made.await.inspect_err(|_| drop(std::fs::remove_file(path)))
    }

    pub(crate) async fn open(path: &Path) -> Result<Writer, LogError> {
        check_file(path, true)?;
        // Only a reader touches the file until it is known to be a log.
        Readers::open(path).await?;
        Writer::with(writing(path).connect().await?, path).await
    }

    async fn with(mut connection: SqliteConnection, path: &Path) -> Result<Writer, LogError> {
        // One moment of the log: others may be appending.
        let mut moment = connection.begin().await?;
        let schema = schema::counter(&mut moment).await?;
        if let Some(fault) = schema::fault(&mut moment).await? {
            return Err(LogError::Rules(fault));
        }
        check_head(&mut moment).await?;
        moment.rollback().await?;
        let file = identity(path)?;
        Ok(Writer { connection: Mutex::new(connection), path: path.to_owned(), file, schema })
    }

    /// All or nothing, under one lock that is held for nothing else. With `moved_to` it is the last batch.
    pub(crate) async fn append(
        &self,
        entries: &[Sealed<'_>],
        moved_to: Option<&str>,
    ) -> Result<Vec<u64>, LogError> {
        let mut connection = self.connection.lock().await;
        // What is written into a file that was removed or replaced is gone with the last who has it open.
        if identity(&self.path).ok() != Some(self.file) {
            return Err(LogError::Replaced(self.path.clone()));
        }
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        if schema::counter(&mut transaction).await? != self.schema
            && let Some(fault) = schema::fault(&mut transaction).await?
        {
            return Err(LogError::Rules(fault));
        }
        let head = read_head(&mut transaction).await?.ok_or_else(no_head)?;
        if let Some(to) = head.moved_to {
            return Err(LogError::Moved(to));
        }
        let tree = head.frontier();
        let mut tree = tree.ok_or_else(|| LogError::Damaged("its head isn't that of any tree".into()))?;
        let epoch = epoch_after(head.epoch()?, entries)?;
        let first = tree.size();
        insert(&mut transaction, integer(first)?, entries).await?;
        entries.iter().for_each(|entry| tree.push(entry.leaf));
        sqlx::query("UPDATE head SET size = ?, root = ?, frontier = ?, epoch = ?, moved_to = ? WHERE id = 0")
            .bind(integer(tree.size())?)
            .bind(&tree.root()[..])
            .bind(tree.to_bytes())
            .bind(integer(epoch)?)
            .bind(moved_to)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok((first..tree.size()).collect())
    }

    /// Moves what stands in the `-wal` file into the file itself, as far as readers allow.
    pub(crate) async fn close(self) {
        let mut connection = self.connection.into_inner();
        // Both are housekeeping: every entry is on the disk already.
        let _ = sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").execute(&mut connection).await;
        let _ = connection.close().await;
    }
}

fn identity(path: &Path) -> Result<(u64, u64), LogError> {
    let meta = std::fs::metadata(path).map_err(|error| unusable(path, &error))?;
    Ok((meta.dev(), meta.ino()))
}

/// Rows that one statement writes: a few sizes, so that each is prepared once.
const AT_ONCE: [usize; 3] = [64, 8, 1];

/// The entries with their subjects, from a number on.
pub(super) async fn insert(
    connection: &mut SqliteConnection,
    first: i64,
    entries: &[Sealed<'_>],
) -> Result<(), LogError> {
    let mut rest = entries;
    let mut seq = first;
    while !rest.is_empty() {
        let many = AT_ONCE.into_iter().find(|n| *n <= rest.len()).unwrap_or(1);
        let (now, later) = rest.split_at(many);
        insert_entries(connection, seq, now).await?;
        seq += many as i64;
        rest = later;
    }
    let numbered = entries.iter().zip(first..);
    let subjects: Vec<(i64, &str, i64)> = numbered
        .flat_map(|(sealed, seq)| {
            sealed.entry.subject_rows().map(move |(name, version)| (seq, name, version))
        })
        .collect();
    let mut rest = &subjects[..];
    while !rest.is_empty() {
        let many = AT_ONCE.into_iter().find(|n| *n <= rest.len()).unwrap_or(1);
        let (now, later) = rest.split_at(many);
        insert_subjects(connection, now).await?;
        rest = later;
    }
    Ok(())
}

async fn insert_entries(
    connection: &mut SqliteConnection,
    first: i64,
    entries: &[Sealed<'_>],
) -> Result<(), LogError> {
    let sql = "INSERT INTO entries (seq, body, leaf, at, action, outcome, actor, requester, \"trigger\", rotation, target, trace) VALUES ";
    let sql = many_values(sql, 12, entries.len());
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for (sealed, seq) in entries.iter().zip(first..) {
        let entry = sealed.entry;
        query = query
            .bind(seq)
            .bind(&sealed.body[..])
            .bind(&sealed.leaf[..])
            .bind(microseconds(entry.at))
            .bind(&entry.action)
            .bind(entry.outcome.map(crate::Outcome::as_str))
            .bind(&entry.actor)
            .bind(&entry.requester)
            .bind(&entry.trigger)
            .bind(&entry.rotation)
            .bind(&entry.target)
            .bind(&entry.trace_id);
    }
    query.execute(connection).await?;
    Ok(())
}

async fn insert_subjects(
    connection: &mut SqliteConnection,
    subjects: &[(i64, &str, i64)],
) -> Result<(), LogError> {
    let sql = many_values("INSERT INTO subjects (seq, subject, version) VALUES ", 3, subjects.len());
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for (seq, name, version) in subjects {
        query = query.bind(seq).bind(name).bind(version);
    }
    query.execute(connection).await?;
    Ok(())
}

/// `(?, ?), (?, ?)`: nothing but question marks.
fn many_values(start: &str, columns: usize, rows: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(", "));
    format!("{start}{}", vec![row; rows].join(", "))
}

/// The head is that of a tree, and there are as many entries as it counts. (That they are the right ones is
/// for `verify` to say.)
async fn check_head(connection: &mut SqliteConnection) -> Result<(), LogError> {
    let damaged = |what: String| Err(LogError::Damaged(what));
    let Some(head) = read_head(connection).await? else {
        return damaged("its head is missing".into());
    };
    if head.frontier().is_none() {
        return damaged("its head isn't that of any tree".into());
    }
    let sql = "SELECT coalesce(max(seq) + 1, 0) FROM entries";
    let entries: i64 = sqlx::query_scalar(sql).fetch_one(connection).await?;
    if entries == head.size {
        Ok(())
    } else {
        damaged(format!("its head counts {} entries, and there are {entries}", head.size))
    }
}

fn create_file(path: &Path) -> Result<(), LogError> {
    let exists = std::fs::symlink_metadata(path).is_ok();
    if exists {
        return Err(LogError::Exists(path.into()));
    }
    let made = DirBuilder::new().recursive(true).mode(0o700).create(directory(path));
    let made = made.and_then(|()| OpenOptions::new().write(true).create_new(true).mode(0o600).open(path));
    match made {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(LogError::Exists(path.into())),
        Err(error) => Err(unusable(path, &error)),
    }
}

fn directory(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.into(),
        _ => ".".into(),
    }
}

fn unusable(path: &Path, error: &std::io::Error) -> LogError {
    LogError::Unusable { path: path.into(), why: error.to_string() }
}

fn integer(number: u64) -> Result<i64, LogError> {
    i64::try_from(number).map_err(|_| LogError::Full)
}

#[cfg(test)]
mod tests {
    use crate::{AuditUrl, Entry, Log, LogError, Phase, store::Store, verify};

    async fn refused(pragma: &'static str) -> LogError {
        let directory = tempfile::tempdir().unwrap();
        let url = AuditUrl::from(directory.path().join("audit.db"));
        let log = Log::init(&url).await.unwrap();
        let Store::Sqlite(writer) = &log.store else { panic!() };
        let entry =
            |n| Entry::new(jiff::Timestamp::UNIX_EPOCH, "apply", Phase::Intent, format!("{n}"), "test");
        log.append(&[entry(0)]).await.unwrap();

        sqlx::query(pragma).execute(&mut *writer.connection.lock().await).await.unwrap();
        let many: Vec<_> = (1..500).map(entry).collect();
        let error = log.append(&many).await.unwrap_err();
        assert_eq!(verify::verify(&log.reader(), Default::default()).await.unwrap().size, 1);
        error
    }

    #[tokio::test]
    async fn a_commit_is_durable_and_replacing_fires_triggers() {
        let directory = tempfile::tempdir().unwrap();
        let log = Log::init(&AuditUrl::from(directory.path().join("audit.db"))).await.unwrap();
        let Store::Sqlite(writer) = &log.store else { panic!() };
        let sql = "SELECT journal_mode, synchronous, recursive_triggers FROM \
                   pragma_journal_mode, pragma_synchronous, pragma_recursive_triggers";
        let read = sqlx::query_as(sql).fetch_one(&mut *writer.connection.lock().await).await.unwrap();
        let expected: (String, i64, i64) = ("wal".into(), 2, 1); // 2 is FULL
        assert_eq!(expected, read);
    }

    #[tokio::test]
    async fn a_full_disk_says_so_and_changes_nothing() {
        // What SQLite answers when there is no room, without filling a disk.
        assert!(matches!(refused("PRAGMA max_page_count = 20").await, LogError::Full));
    }

    #[tokio::test]
    async fn a_read_only_log_says_so() {
        assert!(matches!(refused("PRAGMA query_only = ON").await, LogError::ReadOnly));
    }
}
