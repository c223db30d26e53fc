//! The side that appends: one kept connection.

use std::time::{Duration, Instant};

use sqlx::{Connection, PgConnection};
use tokio::sync::Mutex;

use super::{connect, denied, error, identify, read_head, sqlstate, writing};
use crate::{
    LogError, PostgresUrl,
    log::{Sealed, epoch_after},
    store::no_head,
};

/// After so long a server may have been restarted: it is asked before something depends on it.
const IDLE: Duration = Duration::from_secs(5);
/// How many entries others can have appended while a connection was lost.
const LOOKED_AT: i64 = 100_000;

#[derive(Debug)]
pub(crate) struct Writer {
    url: PostgresUrl,
    kept: Mutex<Kept>,
}

#[derive(Debug)]
struct Kept {
    /// None while a batch is under way: a future that is dropped half-way leaves it in a state that nobody knows.
    connection: Option<PgConnection>,
    used: Instant,
    /// The log's size when it was last seen.
    size: i64,
}

impl Writer {
    pub(crate) async fn open(url: &PostgresUrl) -> Result<Writer, LogError> {
        let mut connection = connect(writing(url), url).await?;
        let head = identify(&mut connection, url).await?;
        if head.frontier().is_none() {
            return Err(LogError::Damaged("its head isn't that of any tree".into()));
        }
        // Others may be appending: no fewer than the head counted just before.
        let sql = "SELECT coalesce(max(seq) + 1, 0) FROM turnlock.entries";
        let entries: i64 =
            sqlx::query_scalar(sql).fetch_one(&mut connection).await.map_err(|e| error(e, url))?;
        if entries < head.size {
            let what = format!("its head counts {} entries, and there are {entries}", head.size);
            return Err(LogError::Damaged(what));
        }
        let sql = "SELECT has_function_privilege('turnlock.append(bytea[], bytea[])', 'EXECUTE')";
        let may: bool =
            sqlx::query_scalar(sql).fetch_one(&mut connection).await.map_err(|e| error(e, url))?;
        if !may {
            return Err(denied(url, "append to the log"));
        }
        let kept = Kept { connection: Some(connection), used: Instant::now(), size: head.size };
        Ok(Writer { url: url.clone(), kept: Mutex::new(kept) })
    }

    /// All or nothing; the server takes its lock, gives the numbers and checks the hashes.
    pub(crate) async fn append(&self, entries: &[Sealed<'_>]) -> Result<Vec<u64>, LogError> {
        let mut kept = self.kept.lock().await;
        let mut connection = self.alive(&mut kept).await?;
        let bodies: Vec<&[u8]> = entries.iter().map(|sealed| &sealed.body[..]).collect();
        let leaves: Vec<&[u8]> = entries.iter().map(|sealed| &sealed.leaf[..]).collect();
        let call = sqlx::query_scalar("SELECT turnlock.append($1, $2)").bind(bodies).bind(leaves);
        let refused = match call.fetch_one(&mut connection).await {
            Ok(first) => {
                kept.connection = Some(connection);
                return Ok(kept.wrote(first, entries.len()));
            }
            Err(e) => e,
        };
        if sqlstate(&refused).as_deref() == Some("TL003") {
            let head = read_head(&mut connection, &self.url).await?.ok_or_else(no_head)?;
            kept.connection = Some(connection);
            let current = head.epoch()?;
            return Err(epoch_after(current, entries).err().unwrap_or(LogError::Stale { epoch: 0, current }));
        }
        match error(refused, &self.url) {
            LogError::Lost => self.find(&mut kept, entries).await,
            other => {
                kept.connection = Some(connection);
                Err(other)
            }
        }
    }

    /// The kept connection, or a new one in its place.
    async fn alive(&self, kept: &mut Kept) -> Result<PgConnection, LogError> {
        if let Some(mut connection) = kept.connection.take() {
            if kept.used.elapsed() < IDLE {
                return Ok(connection);
            }
            if let Ok(Ok(())) = tokio::time::timeout(IDLE, connection.ping()).await {
                return Ok(connection);
            }
        }
        let mut connection = connect(writing(&self.url), &self.url).await?;
        kept.size = identify(&mut connection, &self.url).await?.size;
        Ok(connection)
    }

    /// The connection was lost before the answer: the batch is in the log, or it may still come. It is never sent again.
    async fn find(&self, kept: &mut Kept, entries: &[Sealed<'_>]) -> Result<Vec<u64>, LogError> {
        let mut connection = connect(writing(&self.url), &self.url).await.map_err(|_| LogError::Lost)?;
        let sql = "SELECT leaf FROM turnlock.entries WHERE seq >= $1 ORDER BY seq LIMIT $2";
        let query = sqlx::query_scalar(sql).bind(kept.size).bind(LOOKED_AT);
        let leaves: Vec<Vec<u8>> = query.fetch_all(&mut connection).await.map_err(|_| LogError::Lost)?;
        let mut windows = leaves.windows(entries.len());
        let at = windows.position(|found| found.iter().zip(entries).all(|(leaf, e)| leaf[..] == e.leaf[..]));
        let first = kept.size + at.ok_or(LogError::Lost)? as i64;
        kept.connection = Some(connection);
        Ok(kept.wrote(first, entries.len()))
    }

    pub(crate) async fn close(self) {
        if let Some(connection) = self.kept.into_inner().connection {
            super::part(connection).await;
        }
    }
}

impl Kept {
    fn wrote(&mut self, first: i64, count: usize) -> Vec<u64> {
        self.used = Instant::now();
        self.size = first + count as i64;
        (first as u64..self.size as u64).collect()
    }
}
