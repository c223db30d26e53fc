//! The side that asks. Its connections are opened read-only.

use std::{ops::Range, path::Path};

use sqlx::{
    AssertSqlSafe, Sqlite, SqliteConnection, SqlitePool, Transaction,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};

use super::{check_file, reading, schema};
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

impl Readers {
    pub(crate) async fn open(path: &Path) -> Result<Readers, LogError> {
        check_file(path, false)?;
        let options: SqliteConnectOptions = reading(path);
        let pool = SqlitePoolOptions::new().max_connections(CONNECTIONS).connect_lazy_with(options);
        schema::identify(&mut *pool.acquire().await?, path).await?;
        Ok(Readers { pool })
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
    let row: Option<(i64, Vec<u8>, Vec<u8>, i64, Option<String>)> =
        sqlx::query_as(sql).fetch_optional(connection).await?;
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

    /// All rows of a page come as one: handing over each of them would cost more than everything that is done with it.
    pub(crate) async fn page(&mut self, from: i64, each: &mut Each<'_>) -> Result<usize, LogError> {
        let columns: String = COLUMNS
            .iter()
            .map(|column| format!(" || coalesce(\"{column}\", char({NULL})) || char({FIELD})"))
            .collect();
        let sql = format!(
            "SELECT count(*), CAST(group_concat(hex(leaf) || char({FIELD}) || seq || char({FIELD}) || at || char({FIELD}){columns} \
             || CAST(body AS TEXT), char({RECORD})) AS BLOB) \
             FROM (SELECT * FROM entries WHERE seq >= ?1 ORDER BY seq LIMIT {PAGE})"
        );
        let (count, page): (i64, Option<Vec<u8>>) =
            sqlx::query_as(AssertSqlSafe(sql)).bind(from).fetch_one(&mut *self.transaction).await?;
        let count = count as usize;
        let rows = page.as_deref().map(records).unwrap_or_default();
        if rows.len() == count && rows.iter().all(Option::is_some) {
            let mut rows = rows.into_iter().flatten();
            rows.by_ref().for_each(|(leaf, row)| each(Row { leaf: &leaf, ..row }));
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

    /// As [`SubjectText`](crate::store::page::SubjectText) has them.
    pub(crate) async fn subjects(&mut self, range: Range<i64>) -> Result<Vec<u8>, LogError> {
        let sql = format!(
            "SELECT CAST(group_concat(seq || char({FIELD}) || version || char({FIELD}) || subject, char({RECORD})) AS BLOB) \
             FROM (SELECT seq, version, subject FROM subjects WHERE seq >= ?1 AND seq < ?2 ORDER BY seq, subject, version)"
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

/// The records of a page; `None` for one that isn't made as they are.
fn records(page: &[u8]) -> Vec<Option<([u8; 32], Row<'_>)>> {
    let mut from = 0;
    let ends = memchr::memchr_iter(RECORD, page).chain([page.len()]);
    ends.map(|end| record(&page[std::mem::replace(&mut from, end + 1)..end])).collect()
}

fn record(record: &[u8]) -> Option<([u8; 32], Row<'_>)> {
    let mut rest = record;
    let mut field = || {
        let end = memchr::memchr(FIELD, rest)?;
        let (field, after) = rest.split_at(end);
        rest = &after[1..];
        Some(field)
    };
    let mut leaf = [0; 32];
    hex::decode_to_slice(field()?, &mut leaf).ok()?;
    let number = |field: &[u8]| std::str::from_utf8(field).ok()?.parse().ok();
    let (seq, at) = (number(field()?)?, number(field()?)?);
    let mut columns = [None; COLUMNS.len()];
    for column in &mut columns {
        let field = field()?;
        *column = (field != [NULL]).then_some(field);
    }
    let body = rest;
    let last = memchr::memchr(FIELD, body).is_none();
    last.then_some((leaf, Row { seq, body, leaf: &[], at, columns }))
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
