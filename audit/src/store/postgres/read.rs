//! The side that asks: connections that can't write.

use std::{ops::Range, time::Duration};

use jiff::Timestamp;
use sqlx::{AssertSqlSafe, PgPool, Postgres, Transaction, postgres::PgPoolOptions};

use super::{connect, copy, error, identify, posture, read_head, reading};
use crate::{
    Filter, LogError, PostgresUrl,
    reader::{Listed, Recorded},
    store::{
        Each, StoredHead,
        filter::{self, Bind, Dialect},
        page::{COLUMNS, Row, SubjectRows},
    },
};

const CONNECTIONS: u32 = 4;
/// How many entries are in memory at once: a few MB as the agent writes them, 128 MiB if all are as long as can be.
const PAGE: i64 = 2048;

const DIALECT: Dialect = Dialect {
    mark: '$',
    entries: "turnlock.entries",
    subjects: "turnlock.subjects",
    columns: "e.seq, e.body, e.leaf, (extract(epoch FROM e.recorded_at) * 1000000)::bigint, e.recorded_by",
    join: "JOIN",
};

/// A few connections, opened when they are needed.
#[derive(Debug, Clone)]
pub(crate) struct Readers {
    pool: PgPool,
    url: PostgresUrl,
}

/// One moment of the log: what is appended meanwhile isn't seen.
#[derive(Debug)]
pub(crate) struct Snapshot {
    transaction: Transaction<'static, Postgres>,
    url: PostgresUrl,
}

type RawRow = (i64, Vec<u8>, Vec<u8>, i64, String);

impl Readers {
    pub(crate) async fn open(url: &PostgresUrl) -> Result<Readers, LogError> {
        let mut first = connect(reading(url), url).await?;
        identify(&mut first, url).await?;
        super::part(first).await;
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(Duration::from_secs(10))
            .connect_lazy_with(reading(url));
        Ok(Readers { pool, url: url.clone() })
    }

    pub(crate) async fn get(&self, seq: u64) -> Result<Option<Listed>, LogError> {
        let Some(after) = seq.checked_add(1) else { return Ok(None) };
        let filter =
            Filter { before_seq: Some(after), limit: Some(1), newest_first: true, ..Filter::default() };
        Ok(self.list(&filter).await?.into_iter().find(|listed| listed.seq == seq))
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
        let rows: Vec<RawRow> = query.fetch_all(&self.pool).await.map_err(|e| error(e, &self.url))?;
        rows.into_iter().map(listed).collect()
    }

    pub(crate) async fn snapshot(&self) -> Result<Snapshot, LogError> {
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        let transaction = self.pool.begin_with(begin).await.map_err(|e| error(e, &self.url))?;
        Ok(Snapshot { transaction, url: self.url.clone() })
    }
}

impl Snapshot {
    pub(crate) async fn head(&mut self) -> Result<Option<StoredHead>, LogError> {
        read_head(&mut self.transaction, &self.url).await
    }

    pub(crate) async fn rules_fault(&mut self) -> Result<Option<String>, LogError> {
        posture::rules_fault(&mut self.transaction, &self.url).await
    }

    pub(crate) async fn page(&mut self, from: i64, each: &mut Each<'_>) -> Result<usize, LogError> {
        let columns = COLUMNS.join(", ");
        let query = format!(
            "SELECT seq, at, leaf, body, {columns} FROM turnlock.entries WHERE {} ORDER BY seq LIMIT {PAGE}",
            from_on(from)
        );
        let answer = copy::out(&mut self.transaction, &query, &self.url).await?;
        let mut count = 0;
        let read = copy::rows::<12>(&answer, |fields| {
            let [seq, at, leaf, body, columns @ ..] = fields;
            let (seq, at) = (copy::integer(seq)?, copy::integer(at)?);
            each(Row { seq, at, leaf: leaf?, body: body?, columns });
            count += 1;
            Some(())
        });
        read.map(|()| count).ok_or_else(garbled)
    }

    pub(crate) async fn subjects(&mut self, range: Range<i64>) -> Result<SubjectRows, LogError> {
        let query = format!(
            "SELECT seq, subject, version FROM turnlock.subjects WHERE {} AND seq < {} ORDER BY seq, subject, version",
            from_on(range.start),
            range.end
        );
        let answer = copy::out(&mut self.transaction, &query, &self.url).await?;
        let mut found = SubjectRows::default();
        let read = copy::rows::<3>(&answer, |[seq, subject, version]| {
            found.push(copy::integer(seq)?, subject?, copy::integer(version)?);
            Some(())
        });
        read.map(|()| found).ok_or_else(garbled)
    }

    pub(crate) async fn leaves(&mut self, range: Range<i64>) -> Result<Vec<Vec<u8>>, LogError> {
        let sql = "SELECT leaf FROM turnlock.entries WHERE seq >= $1 AND seq < $2 ORDER BY seq";
        let leaves = sqlx::query_scalar(sql).bind(range.start).bind(range.end);
        leaves.fetch_all(&mut *self.transaction).await.map_err(|e| error(e, &self.url))
    }
}

/// The smallest number has no literal that is a `bigint`.
fn from_on(seq: i64) -> String {
    match seq {
        i64::MIN => "true".into(),
        seq => format!("seq >= {seq}"),
    }
}

fn garbled() -> LogError {
    LogError::Server("its answer can't be read")
}

fn listed((seq, body, leaf, at, by): RawRow) -> Result<Listed, LogError> {
    let at = Timestamp::from_microsecond(at).map_err(|_| garbled())?;
    Listed::of(seq, body, &leaf, Some(Recorded { at, by }))
}
