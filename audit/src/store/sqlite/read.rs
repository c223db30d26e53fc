//! The side that asks. Its connections are opened read-only.

use std::{ops::Range, path::Path};

use sqlx::{
    AssertSqlSafe, Sqlite, SqliteConnection, SqlitePool, Transaction,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};

use super::{check_file, primary_code, reading, schema};
use crate::{
    Filter, LogError,
    reader::Listed,
    store::{
        Each, StoredHead,
        filter::{self, Bind, Dialect},
        page::{COLUMNS, Counts, FIELD, OwnRow, RECORD, Row},
    },
};

const CONNECTIONS: u32 = 4;
/// How many entries are in memory at once: 32 MiB if all are as long as can be.
const PAGE: i64 = 512;
/// What stands for NULL, where [`RECORD`] and [`FIELD`] stand between.
const NULL: u8 = 0x1d;

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
}

/// One moment of the log: what is appended meanwhile isn't seen.
#[derive(Debug)]
pub(crate) struct Snapshot {
    transaction: Transaction<'static, Sqlite>,
}

type RawRow = (i64, Vec<u8>, Vec<u8>);
/// Size, root, frontier, epoch, where it was moved to.
type HeadRow = (i64, Vec<u8>, Vec<u8>, i64, Option<String>);
/// How many rows, the first one's number, and both joined: what stands in them, and their leaves.
type PageRow = (i64, Option<i64>, Option<Vec<u8>>, Option<Vec<u8>>);

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
            Ok(_) => Ok(Readers { pool }),
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
        let select = filter::select(filter, &DIALECT);
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

    pub(crate) async fn snapshot(&self) -> Result<Snapshot, LogError> {
        Ok(Snapshot { transaction: self.pool.begin().await? })
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

impl Snapshot {
    pub(crate) async fn head(&mut self) -> Result<Option<StoredHead>, LogError> {
        Ok(read_head(&mut self.transaction).await?)
    }

    pub(crate) async fn rules_fault(&mut self) -> Result<Option<String>, LogError> {
        Ok(schema::fault(&mut self.transaction).await?)
    }

    /// Pages, indexes that don't agree with their table, values that break the table's own conditions.
    pub(crate) async fn storage_fault(&mut self) -> Result<Option<String>, LogError> {
        let sql = "PRAGMA integrity_check(1)";
        let answer: String = sqlx::query_scalar(sql).fetch_one(&mut *self.transaction).await?;
        Ok((answer != "ok").then_some(answer))
    }

    /// An index with fewer or more rows than its table would hide an entry, or show one twice. One whose rows say something
    /// else is found by [`storage_fault`](Self::storage_fault) alone.
    pub(crate) async fn index_fault(&mut self, counts: &Counts) -> Result<Option<String>, LogError> {
        for (index, column) in schema::INDEXES {
            let condition =
                if column == "at" { "true".to_owned() } else { format!("\"{column}\" IS NOT NULL") };
            let sql = format!("SELECT count(*) FROM entries INDEXED BY {index} WHERE {condition}");
            if let Some(fault) = self.lacks(index, sql, counts.of(column)).await? {
                return Ok(Some(fault));
            }
        }
        for index in schema::SUBJECT_INDEXES {
            let sql = format!("SELECT count(*) FROM subjects INDEXED BY {index}");
            if let Some(fault) = self.lacks(index, sql, counts.subjects).await? {
                return Ok(Some(fault));
            }
        }
        Ok(None)
    }

    async fn lacks(&mut self, index: &str, sql: String, all: u64) -> Result<Option<String>, LogError> {
        let found: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut *self.transaction).await?;
        let wrong = u64::try_from(found) != Ok(all);
        Ok(wrong.then(|| format!("the index `{index}` has {found} rows, and there are {all}")))
    }

    /// All rows of a page come as one, in the order of the table's key, which is walked: handing over each of them would cost more than everything that is done with it.
    pub(crate) async fn page(&mut self, from: i64, each: &mut Each<'_>) -> Result<usize, LogError> {
        let columns: String =
            COLUMNS.iter().map(|column| format!("coalesce(\"{column}\", char({NULL})), ")).collect();
        let sql = format!(
            "SELECT count(*), min(seq), CAST(group_concat(concat_ws(char({FIELD}), at, {columns} CAST(body AS TEXT)), char({RECORD})) AS BLOB), \
             CAST(group_concat(CAST(leaf AS TEXT), '') AS BLOB) \
             FROM entries NOT INDEXED WHERE seq >= ?1 AND seq < ?2"
        );
        let to = from.max(0) + PAGE;
        let (count, first, page, leaves): PageRow =
            sqlx::query_as(AssertSqlSafe(sql)).bind(from).bind(to).fetch_one(&mut *self.transaction).await?;
        let (count, first) = (count as usize, first.unwrap_or(0));
        let rows = rows(first, page.as_deref().unwrap_or_default(), leaves.as_deref().unwrap_or_default());
        // As many as there are numbers up to the page's end, or to the log's: then each has the next number.
        let last: Option<i64> = match count as i64 == to - first || count == 0 {
            true => None,
            false => {
                sqlx::query_scalar("SELECT max(seq) FROM entries").fetch_one(&mut *self.transaction).await?
            }
        };
        if let Some(rows) = rows
            && rows.len() == count
            && last.is_none_or(|last| last - first + 1 == count as i64)
        {
            rows.into_iter().for_each(each);
            return Ok(count);
        }
        // Something in it is not as it was written: looked at one by one, it will be named.
        let rows = self.rows(from).await?;
        rows.iter().for_each(|row| each(row.borrow()));
        Ok(rows.len())
    }

    async fn rows(&mut self, from: i64) -> Result<Vec<OwnRow>, LogError> {
        use sqlx::Row as _;
        let columns: String = COLUMNS.iter().map(|column| format!(", CAST(\"{column}\" AS BLOB)")).collect();
        let sql = format!(
            "SELECT seq, at, body, leaf{columns} FROM entries WHERE seq >= ?1 ORDER BY seq LIMIT {PAGE}"
        );
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(from).fetch_all(&mut *self.transaction).await?;
        let own = |row: &sqlx::sqlite::SqliteRow| {
            let mut own = OwnRow {
                seq: row.try_get(0)?,
                at: row.try_get(1)?,
                body: row.try_get(2)?,
                leaf: row.try_get(3)?,
                ..OwnRow::default()
            };
            for (index, column) in own.columns.iter_mut().enumerate() {
                *column = row.try_get(4 + index)?;
            }
            Ok::<_, sqlx::Error>(own)
        };
        Ok(rows.iter().map(own).collect::<Result<_, _>>()?)
    }

    /// As [`SubjectText`](crate::store::page::SubjectText) has them: the table is walked in the order of its key.
    pub(crate) async fn subjects(&mut self, range: Range<i64>) -> Result<Vec<u8>, LogError> {
        let sql = format!(
            "SELECT CAST(group_concat(concat_ws(char({FIELD}), seq, version, subject), char({RECORD})) AS BLOB) \
             FROM subjects NOT INDEXED WHERE seq >= ?1 AND seq < ?2"
        );
        let query = sqlx::query_scalar(AssertSqlSafe(sql)).bind(range.start).bind(range.end);
        let text: Option<Vec<u8>> = query.fetch_one(&mut *self.transaction).await?;
        Ok(text.unwrap_or_default())
    }

    pub(crate) async fn leaves(&mut self, range: Range<i64>) -> Result<Vec<Vec<u8>>, LogError> {
        let sql = "SELECT leaf FROM entries WHERE seq >= ? AND seq < ? ORDER BY seq";
        let leaves = sqlx::query_scalar(sql).bind(range.start).bind(range.end);
        Ok(leaves.fetch_all(&mut *self.transaction).await?)
    }
}

/// The rows of a page; `None` when it isn't made as pages are.
fn rows<'a>(first: i64, page: &'a [u8], leaves: &'a [u8]) -> Option<Vec<Row<'a>>> {
    let (leaves, rest) = leaves.as_chunks::<32>();
    if !rest.is_empty() {
        return None;
    }
    let mut from = 0;
    let mut ends = memchr::memchr_iter(RECORD, page).chain((!page.is_empty()).then_some(page.len()));
    let rows: Option<Vec<Row<'a>>> = leaves
        .iter()
        .zip(first..)
        .map(|(leaf, seq)| {
            let end = ends.next()?;
            row(seq, &page[std::mem::replace(&mut from, end + 1)..end], leaf)
        })
        .collect();
    rows.filter(|_| ends.next().is_none())
}

fn row<'a>(seq: i64, record: &'a [u8], leaf: &'a [u8]) -> Option<Row<'a>> {
    let mut rest = record;
    let mut field = || {
        let end = rest.iter().position(|b| *b == FIELD)?;
        let (field, after) = rest.split_at(end);
        rest = &after[1..];
        Some(field)
    };
    let at = std::str::from_utf8(field()?).ok()?.parse().ok()?;
    let mut columns = [None; COLUMNS.len()];
    for column in &mut columns {
        let field = field()?;
        *column = (field != [NULL]).then_some(field);
    }
    memchr::memchr(FIELD, rest).is_none().then_some(Row { seq, body: rest, leaf, at, columns })
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
