//! The side that asks. Its connections are opened read-only.

use std::{ops::Range, path::Path};

use sqlx::{
    QueryBuilder, Sqlite, SqlitePool, Transaction,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};

use super::{StoredHead, check_file, reading, schema};
use crate::{
    Entry, Filter, Head, LogError, Stored,
    entry::nanoseconds,
    merkle::{self, Frontier, Hash},
};

const CONNECTIONS: u32 = 4;
/// How many leaf hashes are in memory at once.
const LEAVES: i64 = 4096;

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

/// An entry as it stands in its row.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct Row {
    pub(crate) seq: i64,
    pub(crate) body: Vec<u8>,
    pub(crate) leaf: Vec<u8>,
    pub(crate) at: i64,
    pub(crate) action: String,
    pub(crate) rotation: Option<String>,
    pub(crate) outcome: Option<String>,
    pub(crate) target: Option<String>,
}

impl Readers {
    pub(crate) async fn open(path: &Path) -> Result<Readers, LogError> {
        check_file(path, false)?;
        let options: SqliteConnectOptions = reading(path);
        let pool = SqlitePoolOptions::new().max_connections(CONNECTIONS).connect_lazy_with(options);
        schema::identify(&mut *pool.acquire().await?, path).await?;
        Ok(Readers { pool })
    }

    pub(crate) async fn head(&self) -> Result<Head, LogError> {
        self.snapshot().await?.head().await?.as_ref().and_then(StoredHead::head).ok_or_else(no_head)
    }

    pub(crate) async fn get(&self, seq: u64) -> Result<Option<Stored>, LogError> {
        let Ok(seq) = i64::try_from(seq) else { return Ok(None) };
        let sql = "SELECT seq, body, leaf FROM entries WHERE seq = ?";
        let row: Option<(i64, Vec<u8>, Vec<u8>)> =
            sqlx::query_as(sql).bind(seq).fetch_optional(&self.pool).await?;
        row.map(stored).transpose()
    }

    pub(crate) async fn query(&self, filter: &Filter) -> Result<Vec<Stored>, LogError> {
        let mut query = select(filter);
        let rows: Vec<(i64, Vec<u8>, Vec<u8>)> = query.build_query_as().fetch_all(&self.pool).await?;
        rows.into_iter().map(stored).collect()
    }

    /// The roots of these ranges of leaves, all of them below `size`.
    pub(crate) async fn roots(&self, ranges: &[Range<u64>], size: u64) -> Result<Vec<Hash>, LogError> {
        let mut snapshot = self.snapshot().await?;
        let has = snapshot.head().await?.as_ref().and_then(StoredHead::head).ok_or_else(no_head)?.size;
        if size > has {
            return Err(LogError::Range { has, asked: size });
        }
        let mut roots = Vec::with_capacity(ranges.len());
        for range in ranges {
            roots.push(snapshot.root(range).await?);
        }
        Ok(roots)
    }

    pub(crate) async fn snapshot(&self) -> Result<Snapshot, LogError> {
        Ok(Snapshot { transaction: self.pool.begin().await? })
    }
}

impl Snapshot {
    pub(crate) async fn head(&mut self) -> Result<Option<StoredHead>, LogError> {
        Ok(StoredHead::read(&mut self.transaction).await?)
    }

    /// The first thing that is wrong with tables, indexes and triggers.
    pub(crate) async fn rules_fault(&mut self) -> Result<Option<String>, LogError> {
        Ok(schema::fault(&mut self.transaction).await?)
    }

    /// The first thing that is wrong with the file: pages, indexes that don't agree with their table, values
    /// that break the table's own conditions.
    pub(crate) async fn storage_fault(&mut self) -> Result<Option<String>, LogError> {
        let sql = "PRAGMA integrity_check(1)";
        let answer: String = sqlx::query_scalar(sql).fetch_one(&mut *self.transaction).await?;
        Ok((answer != "ok").then_some(answer))
    }

    /// The next entries after a number, in order.
    pub(crate) async fn page(&mut self, after: i64, limit: i64) -> Result<Vec<Row>, LogError> {
        let sql = "SELECT seq, body, leaf, at, action, rotation, outcome, target FROM entries \
                   WHERE seq > ? ORDER BY seq LIMIT ?";
        Ok(sqlx::query_as(sql).bind(after).bind(limit).fetch_all(&mut *self.transaction).await?)
    }

    /// The next named subjects from an entry on, in order.
    pub(crate) async fn subjects(&mut self, from: i64, limit: i64) -> Result<Vec<(i64, String)>, LogError> {
        let sql = "SELECT seq, subject FROM subjects WHERE seq >= ? ORDER BY seq, subject LIMIT ?";
        Ok(sqlx::query_as(sql).bind(from).bind(limit).fetch_all(&mut *self.transaction).await?)
    }

    async fn root(&mut self, range: &Range<u64>) -> Result<Hash, LogError> {
        let short = || LogError::Damaged("an entry is missing".into());
        let mut tree = Frontier::default();
        let mut next = i64::try_from(range.start).map_err(|_| short())?;
        let end = i64::try_from(range.end).map_err(|_| short())?;
        while next < end {
            let to = end.min(next + LEAVES);
            let sql = "SELECT leaf FROM entries WHERE seq >= ? AND seq < ? ORDER BY seq";
            let leaves: Vec<Vec<u8>> =
                sqlx::query_scalar(sql).bind(next).bind(to).fetch_all(&mut *self.transaction).await?;
            if leaves.len() as i64 != to - next {
                return Err(short());
            }
            for leaf in leaves {
                tree.push(leaf.try_into().map_err(|_| LogError::Damaged("a leaf isn't a SHA-256".into()))?);
            }
            next = to;
        }
        Ok(tree.root())
    }
}

/// An entry is shown as it was written, or not at all.
fn stored((seq, body, leaf): (i64, Vec<u8>, Vec<u8>)) -> Result<Stored, LogError> {
    let entry = Entry::parse(&body).map_err(|error| LogError::Damaged(format!("entry {seq}: {error}")))?;
    let computed = merkle::leaf_hash(&body);
    if computed[..] != leaf[..] {
        return Err(LogError::Damaged(format!("entry {seq} isn't what was written: its leaf hash differs")));
    }
    let seq = u64::try_from(seq).map_err(|_| LogError::Damaged(format!("there is an entry {seq}")))?;
    Ok(Stored { seq, entry, body, leaf: computed })
}

/// With a subject, SQLite is told to walk the subject's index (CROSS JOIN keeps the order of the tables).
fn select(filter: &Filter) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new("SELECT e.seq, e.body, e.leaf FROM ");
    match &filter.subject {
        Some(subject) => query
            .push("subjects s CROSS JOIN entries e ON e.seq = s.seq WHERE s.subject = ")
            .push_bind(subject.clone()),
        None => query.push("entries e WHERE true"),
    };
    let outcome = filter.outcome.map(|outcome| outcome.as_str().to_owned());
    for (condition, text) in [
        (" AND e.rotation = ", &filter.rotation),
        (" AND e.action = ", &filter.action),
        (" AND e.outcome = ", &outcome),
        (" AND e.target = ", &filter.target),
    ] {
        if let Some(text) = text {
            query.push(condition).push_bind(text.clone());
        }
    }
    let clamp = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    for (condition, number) in [
        (
            " AND e.at >= ",
            filter.since.map(|at| nanoseconds(at).unwrap_or(if at.as_second() < 0 { 0 } else { i64::MAX })),
        ),
        (
            " AND e.at < ",
            filter.until.map(|at| nanoseconds(at).unwrap_or(if at.as_second() < 0 { 0 } else { i64::MAX })),
        ),
        (" AND e.seq < ", filter.before_seq.map(clamp)),
        (" AND e.seq > ", filter.after_seq.map(clamp)),
    ] {
        if let Some(number) = number {
            query.push(condition).push_bind(number);
        }
    }
    let by = if filter.subject.is_some() { "s.seq" } else { "e.seq" };
    query.push(" ORDER BY ").push(by).push(if filter.newest_first { " DESC" } else { " ASC" });
    if let Some(limit) = filter.limit {
        query.push(" LIMIT ").push_bind(i64::from(limit));
    }
    query
}

fn no_head() -> LogError {
    LogError::Damaged("its head is missing".into())
}

#[cfg(test)]
mod tests {
    use crate::{AuditUrl, Log, store::ReadStore};

    #[tokio::test]
    async fn its_connections_can_t_write() {
        let directory = tempfile::tempdir().unwrap();
        let log = Log::init(&AuditUrl::from(directory.path().join("audit.db"))).await.unwrap();
        let reader = log.reader();
        let ReadStore::Sqlite(readers) = &reader.store;
        for sql in [
            "CREATE TABLE t (x)",
            "DROP TRIGGER head_is_one",
            "PRAGMA user_version = 7",
            "UPDATE head SET size = 9",
        ] {
            let error = sqlx::query(sql).execute(&readers.pool).await.expect_err(sql).to_string();
            assert!(error.contains("readonly") || error.contains("append-only"), "{sql}: {error}");
        }
        // Nor when it is talked into it: the file is open for reading only.
        sqlx::query("PRAGMA query_only = OFF").execute(&readers.pool).await.unwrap();
        sqlx::query("CREATE TABLE t (x)").execute(&readers.pool).await.unwrap_err();
    }
}
