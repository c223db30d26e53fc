//! The side that asks. Its connections are opened read-only.

use std::path::{Path, PathBuf};

use sqlx::{
    AssertSqlSafe, SqliteConnection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};

use super::{Snapshot, check_file, primary_code, reading, schema};
use crate::{
    Filter, LogError,
    reader::Listed,
    store::{
        StoredHead,
        filter::{self, Bind, Dialect},
    },
};

const CONNECTIONS: u32 = 4;

const DIALECT: Dialect = Dialect {
    mark: '?',
    entries: "entries",
    subjects: "subjects",
    columns: "e.seq, e.body, e.leaf",
    // Keeps the order of the tables: the subject's index is walked.
    join: "CROSS JOIN",
};

/// A few connections, opened when they are needed.
#[derive(Debug, Clone)]
pub(crate) struct Readers {
    pool: SqlitePool,
    path: PathBuf,
}

type RawRow = (i64, Vec<u8>, Vec<u8>);
/// Size, root, frontier, epoch, where it was moved to.
type HeadRow = (i64, Vec<u8>, Vec<u8>, i64, Option<String>);

/// So many entries are no few.
const FREQUENT: i64 = 2000;

/// SQLite's `SQLITE_CANTOPEN`.
const CANT_OPEN: u32 = 14;

/// Whoever reads a write-ahead log marks in a file beside it how far (<https://www.sqlite.org/wal.html>, "Read-Only
/// Databases").
fn beside(path: &Path) -> LogError {
    let why = "SQLite makes a file beside it also for reading, and this user may not; copy it, with the file that ends \
               in -wal if there is one, into a folder of your own, and read that";
    LogError::Unusable { path: path.into(), why: why.into() }
}

impl Readers {
    pub(crate) async fn open(path: &Path) -> Result<Readers, LogError> {
        check_file(path, false)?;
        let options: SqliteConnectOptions = reading(path);
        let pool = SqlitePoolOptions::new().max_connections(CONNECTIONS).connect_lazy_with(options);
        let identified = async { schema::identify(&mut *pool.acquire().await?, path).await };
        match identified.await {
            Ok(()) => Ok(Readers { pool, path: path.into() }),
            Err(LogError::ReadOnly) => Err(beside(path)),
            Err(LogError::Database(e)) if primary_code(&e) == Some(CANT_OPEN) => Err(beside(path)),
            Err(e) => Err(e),
        }
    }

    pub(crate) async fn get(&self, seq: u64) -> Result<Option<Listed>, LogError> {
        let Ok(seq) = i64::try_from(seq) else { return Ok(None) };
        let sql = "SELECT seq, body, leaf FROM entries WHERE seq = ?";
        let row: Option<RawRow> = sqlx::query_as(sql).bind(seq).fetch_optional(&self.pool).await?;
        row.map(listed).transpose()
    }

    pub(crate) async fn list(&self, filter: &Filter) -> Result<Vec<Listed>, LogError> {
        let select = filter::select(filter, &DIALECT, self.rarest(filter).await?);
        let mut query = sqlx::query_as(AssertSqlSafe(select.sql));
        for bind in select.binds {
            query = match bind {
                Bind::Text(text) => query.bind(text),
                Bind::Number(number) => query.bind(number),
            };
        }
        let rows: Vec<RawRow> = query.fetch_all(&self.pool).await?;
        rows.into_iter().map(listed).collect()
    }

    /// Of several columns that are asked for, the one with which the fewest entries fit: SQLite, which keeps no statistics, takes
    /// any. `None` where all of them are frequent, so that a page is full soon.
    async fn rarest(&self, filter: &Filter) -> Result<Option<&'static str>, LogError> {
        let texts = filter::texts(filter);
        // Names of secrets have an index of their own, and it leads.
        if texts.len() < 2 || filter.subject.is_some() || filter.version.is_some() {
            return Ok(None);
        }
        let mut rarest = (FREQUENT, None);
        for (column, text) in texts {
            let sql = format!(
                "SELECT count(*) FROM (SELECT 1 FROM entries e WHERE e.{column} = ? LIMIT {FREQUENT})"
            );
            let count: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).bind(text).fetch_one(&self.pool).await?;
            if count < rarest.0 {
                rarest = (count, Some(column));
            }
        }
        Ok(rarest.1)
    }

    pub(crate) async fn head(&self) -> Result<Option<StoredHead>, LogError> {
        Ok(read_head(&mut *self.pool.acquire().await?).await?)
    }

    pub(crate) fn snapshot(&self) -> Result<Snapshot, LogError> {
        Snapshot::open(&self.path)
    }

    #[cfg(test)]
    pub(crate) fn pool(&self) -> &SqlitePool {
        &self.pool
    }
}

pub(super) async fn read_head(connection: &mut SqliteConnection) -> Result<Option<StoredHead>, sqlx::Error> {
    let sql = "SELECT size, root, frontier, epoch, moved_to FROM head WHERE id = 0";
    let row: Option<HeadRow> = sqlx::query_as(sql).fetch_optional(connection).await?;
    Ok(row.map(|(size, root, frontier, epoch, moved_to)| StoredHead {
        size,
        root,
        frontier,
        epoch,
        moved_to,
    }))
}

fn listed((seq, body, leaf): RawRow) -> Result<Listed, LogError> {
    Listed::of(seq, body, &leaf, None)
}

#[cfg(test)]
mod tests {
    use crate::{AuditUrl, Log, store::ReadStore};

    #[tokio::test]
    async fn its_connections_can_t_write() {
        let directory = tempfile::tempdir().unwrap();
        let log = Log::init(&AuditUrl::from(directory.path().join("audit.db"))).await.unwrap();
        let reader = log.reader();
        let ReadStore::Sqlite(readers) = &reader.store else { panic!() };
        for sql in [
            "CREATE TABLE t (x)",
            "DROP TRIGGER head_is_one",
            "PRAGMA user_version = 7",
            "UPDATE head SET size = 9",
        ] {
            let error = sqlx::query(sql).execute(readers.pool()).await.expect_err(sql).to_string();
            assert!(error.contains("readonly") || error.contains("append-only"), "{sql}: {error}");
        }
        // Nor when it is talked into it: the file is open for reading only.
        sqlx::query("PRAGMA query_only = OFF").execute(readers.pool()).await.unwrap();
        sqlx::query("CREATE TABLE t (x)").execute(readers.pool()).await.unwrap_err();
    }
}
