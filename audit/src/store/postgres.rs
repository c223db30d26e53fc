//! The log in a PostgreSQL database, in its schema `turnlock`: see `postgres/1.sql`.
//!
//! Whoever appends may execute one function and nothing else; whoever asks may read. What the server says of an error is
//! read by its SQLSTATE and never shown: it can quote anything.

mod copy;
mod hold;
pub(crate) mod posture;
mod read;
pub(crate) mod setup;
mod write;

use sqlx::{ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};

use super::{PostgresUrl, StoredHead};
use crate::LogError;

pub(crate) use hold::Session;
pub(crate) use read::{Readers, Snapshot};
pub(crate) use write::Writer;

/// The version of the schema that this program makes, reads and writes.
pub(crate) const VERSION: i64 = 1;

/// An append takes milliseconds, and whoever holds the lock appends.
fn writing(url: &PostgresUrl) -> PgConnectOptions {
    url.options().options([
        ("statement_timeout", "10s"),
        ("lock_timeout", "5s"),
        ("synchronous_commit", "on"),
        ("default_transaction_isolation", "read committed"),
    ])
}

fn reading(url: &PostgresUrl) -> PgConnectOptions {
    url.options().options([("default_transaction_read_only", "on"), ("jit", "off")])
}

async fn connect(options: PgConnectOptions, url: &PostgresUrl) -> Result<PgConnection, LogError> {
    match tokio::time::timeout(url.patience(), options.connect()).await {
        Ok(connected) => connected.map_err(|e| at_connecting(e, url)),
        Err(_) => Err(LogError::Unreachable(url.to_string())),
    }
}

/// A courtesy to the server, whose log would else say that a client was lost; everything is on its disk already.
async fn part(connection: PgConnection) {
    let _ = connection.close().await;
}

/// That it is a log, of this program's version, which this login may read; and its head.
async fn identify(connection: &mut PgConnection, url: &PostgresUrl) -> Result<StoredHead, LogError> {
    let found: bool = sqlx::query_scalar("SELECT to_regclass('turnlock.head') IS NOT NULL")
        .fetch_one(&mut *connection)
        .await
        .map_err(|e| match sqlstate(&e).as_deref() {
            // The schema is there, and not for this login.
            Some("42501") => denied(url, "read the log"),
            _ => error(e, url),
        })?;
    if !found {
        return Err(LogError::NotSetUp(url.to_string()));
    }
    let version: Option<i32> = sqlx::query_scalar("SELECT version FROM turnlock.head WHERE id = 0")
        .fetch_optional(&mut *connection)
        .await
        .map_err(|e| error(e, url))?;
    let place = url.to_string();
    match version.map(i64::from) {
        Some(VERSION) => {}
        Some(found) if found < VERSION => return Err(LogError::OldSchema { place, found, ours: VERSION }),
        Some(found) => return Err(LogError::NewSchema { place, found, ours: VERSION }),
        None => return Err(super::no_head()),
    }
    read_head(connection, url).await?.ok_or_else(super::no_head)
}

/// Size, root, frontier, epoch.
type HeadRow = (i64, Vec<u8>, Vec<Vec<u8>>, i64);

async fn read_head(connection: &mut PgConnection, url: &PostgresUrl) -> Result<Option<StoredHead>, LogError> {
    let sql = "SELECT size, root, frontier, epoch FROM turnlock.head WHERE id = 0";
    let row: Option<HeadRow> =
        sqlx::query_as(sql).fetch_optional(connection).await.map_err(|e| error(e, url))?;
    Ok(row.map(|(size, root, frontier, epoch)| StoredHead {
        size,
        root,
        frontier: frontier.concat(),
        epoch,
        moved_to: None,
    }))
}

fn denied(url: &PostgresUrl, what: &'static str) -> LogError {
    LogError::Denied { user: url.user().to_owned(), what }
}

fn sqlstate(error: &sqlx::Error) -> Option<String> {
    error.as_database_error().and_then(|e| e.code()).map(|code| code.into_owned())
}

fn at_connecting(e: sqlx::Error, url: &PostgresUrl) -> LogError {
    match sqlstate(&e).as_deref() {
        Some("28P01" | "28000") => LogError::Login(url.to_string()),
        Some("3D000") => LogError::NotSetUp(url.to_string()),
        _ => LogError::Unreachable(url.to_string()),
    }
}

/// What a statement's error means: <https://www.postgresql.org/docs/15/errcodes-appendix.html>.
fn error(e: sqlx::Error, url: &PostgresUrl) -> LogError {
    match sqlstate(&e).as_deref() {
        Some("TL001") => LogError::Rules("something tried to change what was written".into()),
        Some("TL002" | "22021" | "22P02" | "22P05") => LogError::Server("it does not take this entry"),
        Some("42501") => denied(url, "do that in the log"),
        Some("55P03" | "57014") => LogError::Busy(5),
        Some("53100" | "53000" | "53200" | "54000") => LogError::Full,
        Some("25006") => LogError::ReadOnly,
        Some("42P01" | "3F000" | "42883") => LogError::NotSetUp(url.to_string()),
        Some("XX001" | "XX002") => LogError::Damaged("the server says that its files are corrupt".into()),
        Some(code) if code.starts_with("08") || code.starts_with("57P") => LogError::Lost,
        Some(_) => LogError::Server("it refused a statement"),
        None => match e {
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => LogError::Unreachable(url.to_string()),
            _ => LogError::Lost,
        },
    }
}
