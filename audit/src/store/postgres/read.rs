//! The side that asks: connections that can't write.

use std::ops::Range;

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
/// How many entries are asked for at once; two pages are in memory, a few MB as the agent writes them, 256 MiB if all are as
/// long as can be. Smaller ones cost more: the server plans each of them anew.
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
    ahead: Option<Ahead>,
    /// Memory for another page.
    spare: Vec<u8>,
}

/// A page that was read before it was asked for.
#[derive(Debug)]
struct Ahead {
    from: i64,
    answer: Vec<u8>,
}

type RawRow = (i64, Vec<u8>, Vec<u8>, i64, String);

impl Readers {
    pub(crate) async fn open(url: &PostgresUrl) -> Result<Readers, LogError> {
        let mut first = connect(reading(url), url).await?;
        identify(&mut first, url).await?;
        super::part(first).await;
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(url.patience())
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
        let select = filter::select(filter, &DIALECT, None);
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
        Ok(Snapshot { transaction, url: self.url.clone(), ahead: None, spare: Vec::new() })
    }
}

impl Snapshot {
    pub(crate) async fn head(&mut self) -> Result<Option<StoredHead>, LogError> {
        read_head(&mut self.transaction, &self.url).await
    }

    pub(crate) async fn rules_fault(&mut self) -> Result<Option<String>, LogError> {
        posture::rules_fault(&mut self.transaction, &self.url).await
    }

    /// While a page is looked at, the next one is on its way.
    pub(crate) async fn page(&mut self, from: i64, each: &mut Each<'_>) -> Result<usize, LogError> {
        let ahead = self.ahead.take().filter(|ahead| ahead.from == from);
        let answer = match ahead {
            Some(ahead) => ahead.answer,
            None => copy::ask(&mut self.transaction, &entries(from), &self.url, Vec::new()).await?.await?,
        };
        let (mut count, mut whole) = (0, true);
        if let Some(first) = rows(&answer).ok_or_else(garbled)?.next() {
            // If a number is missing, this isn't what will be asked for next.
            let from = first.ok_or_else(garbled)?.seq.saturating_add(PAGE);
            let spare = std::mem::take(&mut self.spare);
            let coming = copy::ask(&mut self.transaction, &entries(from), &self.url, spare).await?;
            for row in rows(&answer).into_iter().flatten() {
                match row {
                    Some(row) => each(&row),
                    None => whole = false,
                }
                count += 1;
            }
            self.ahead = Some(Ahead { from, answer: coming.await? });
        }
        self.spare = answer;
        if whole { Ok(count) } else { Err(garbled()) }
    }

    pub(crate) async fn subjects(
        &mut self,
        range: Range<i64>,
        found: &mut SubjectRows,
    ) -> Result<(), LogError> {
        let query = format!(
            "SELECT array_agg(seq), array_agg(version), array_agg(subject) FROM (SELECT seq, version, subject \
             FROM turnlock.subjects WHERE {} AND seq < {} ORDER BY seq, subject, version) s",
            from_on(range.start),
            range.end
        );
        let spare = std::mem::take(&mut self.spare);
        let answer = copy::ask(&mut self.transaction, &query, &self.url, spare).await?.await?;
        subject_rows(&answer, found).ok_or_else(garbled)?;
        self.spare = answer;
        Ok(())
    }

    pub(crate) async fn leaves(&mut self, range: Range<i64>) -> Result<Vec<Vec<u8>>, LogError> {
        let sql = "SELECT leaf FROM turnlock.entries WHERE seq >= $1 AND seq < $2 ORDER BY seq";
        let leaves = sqlx::query_scalar(sql).bind(range.start).bind(range.end);
        leaves.fetch_all(&mut *self.transaction).await.map_err(|e| error(e, &self.url))
    }
}

/// A page of entries from this number on.
fn entries(from: i64) -> String {
    let columns: String = COLUMNS.iter().map(|column| format!(", \"{column}\"")).collect();
    let condition = from_on(from);
    format!(
        "SELECT seq, at, leaf, body{columns} FROM turnlock.entries WHERE {condition} ORDER BY seq LIMIT {PAGE}"
    )
}

fn rows(answer: &[u8]) -> Option<impl Iterator<Item = Option<Row<'_>>>> {
    let row = |[seq, at, leaf, body, columns @ ..]: [_; 4 + COLUMNS.len()]| {
        let (seq, at) = (copy::integer(seq)?, copy::integer(at)?);
        Some(Row { seq, at, leaf: leaf?, body: body?, columns })
    };
    Some(copy::rows(answer)?.map(move |fields| row(fields?)))
}

fn subject_rows(answer: &[u8], found: &mut SubjectRows) -> Option<()> {
    for row in copy::rows::<3>(answer)? {
        let [seq, version, subject] = row?;
        let numbers = copy::elements(seq)?.zip(copy::elements(version)?);
        for ((seq, version), subject) in numbers.zip(copy::elements(subject)?) {
            found.push(copy::integer(seq)?, subject?, copy::integer(version)?);
        }
    }
    Some(())
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
