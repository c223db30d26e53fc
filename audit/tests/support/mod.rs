//! A place for a log, and a hand that reaches around the library.
#![allow(dead_code)] // each test file uses its own part

use std::{os::unix::fs::PermissionsExt, path::PathBuf};

use jiff::{Timestamp, ToSpan};
use sqlx::{ConnectOptions, SqliteConnection, sqlite::SqliteConnectOptions};
use turnlock_audit::{AuditUrl, Entry, Log, Outcome, Phase, Reader, Versions, verify};

pub(crate) struct Place {
    pub(crate) file: PathBuf,
    pub(crate) url: AuditUrl,
    _directory: tempfile::TempDir,
}

impl Place {
    pub(crate) fn new() -> Place {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("audit.db");
        Place { url: AuditUrl::from(file.clone()), file, _directory: directory }
    }

    pub(crate) async fn init(&self) -> Log {
        Log::init(&self.url).await.unwrap()
    }

    pub(crate) async fn open(&self) -> Log {
        Log::open(&self.url).await.unwrap()
    }

    pub(crate) async fn verify(&self) -> Result<verify::Report, verify::VerifyError> {
        verify::verify(&Reader::open(&self.url).await.unwrap(), Default::default()).await
    }

    /// Also page by page, and index by index.
    pub(crate) async fn verify_storage(&self) -> Result<verify::Report, verify::VerifyError> {
        verify::verify(&Reader::open(&self.url).await.unwrap(), verify::Depth::Storage).await
    }

    /// Puts a trigger back to the letter.
    pub(crate) async fn restore_trigger(&self, name: &str) {
        let schema = include_str!("../../src/store/sqlite/2-after.sql");
        let from = schema.find(&format!("CREATE TRIGGER {name}")).unwrap();
        let to = from + schema[from..].find("END;").unwrap() + 4;
        self.raw(&schema[from..to]).await.unwrap();
    }

    /// A connection as anybody has it who may open the file: SQLite's own settings.
    pub(crate) async fn raw_connection(&self) -> SqliteConnection {
        SqliteConnectOptions::new().filename(&self.file).foreign_keys(false).connect().await.unwrap()
    }

    pub(crate) async fn raw(&self, sql: &str) -> Result<u64, sqlx::Error> {
        let mut connection = self.raw_connection().await;
        let result = sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await;
        sqlx::Connection::close(connection).await.unwrap();
        Ok(result?.rows_affected())
    }

    pub(crate) async fn create_and(&self, sql: &str) {
        drop(std::fs::File::create_new(&self.file).unwrap());
        self.raw(sql).await.unwrap();
    }

    pub(crate) fn set_mode(&self, mode: u32) {
        std::fs::set_permissions(&self.file, PermissionsExt::from_mode(mode)).unwrap();
    }
}

pub(crate) fn start() -> Timestamp {
    "2026-11-22T20:14:00Z".parse().unwrap()
}

/// An entry for each number, a second apart.
pub(crate) fn entry(n: i64) -> Entry {
    let mut entry = Entry::new(start() + n.seconds(), "apply", Phase::Intent, "entity-1", "turnlock/0.1.0");
    entry.reason = Some(format!("number {n}"));
    entry
}

/// Eight entries that differ, with two subjects each.
pub(crate) fn story() -> Vec<Entry> {
    let subjects = ["JWT_SECRET", "POSTGRES_PASSWORD"].map(|name| (name.to_owned(), Versions::default()));
    (0..8)
        .map(|n| Entry {
            rotation: Some(format!("r{n}")),
            target: Some(format!("target {n}")),
            phase: Phase::Outcome,
            outcome: Some(Outcome::Done),
            subjects: subjects.clone().into(),
            ..entry(n)
        })
        .collect()
}

impl Place {
    /// A log with [`story`] in it, closed.
    pub(crate) async fn with_story() -> Place {
        let place = Place::new();
        let log = place.init().await;
        log.append(&story()).await.unwrap();
        log.close().await;
        place
    }

    /// What the owner of the file can do: take the triggers away, change what he likes, and put them back to the
    /// letter.
    pub(crate) async fn forge(&self, sql: &str) {
        let mut connection = self.raw_connection().await;
        let read =
            sqlx::query_as("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY rowid");
        let triggers: Vec<(String, String)> = read.fetch_all(&mut connection).await.unwrap();
        let dropped = triggers.iter().map(|(name, _)| format!("DROP TRIGGER {name};"));
        let restored = triggers.iter().map(|(_, sql)| format!("{sql};"));
        let all: String = dropped.chain([sql.to_owned(), ";".to_owned()]).chain(restored).collect();
        sqlx::raw_sql(sqlx::AssertSqlSafe(all)).execute(&mut connection).await.unwrap();
        sqlx::Connection::close(connection).await.unwrap();
    }

    /// Everything that is stored, to see whether anything changed.
    pub(crate) async fn contents(&self) -> Vec<String> {
        let mut connection = self.raw_connection().await;
        let sql = "SELECT quote(seq)||quote(body)||quote(leaf)||quote(at)||quote(action)||quote(outcome)|| \
                   quote(actor)||quote(requester)||quote(\"trigger\")||quote(rotation)||quote(target)||quote(trace) FROM entries \
                   UNION ALL SELECT quote(seq)||quote(subject)||quote(version) FROM subjects \
                   UNION ALL SELECT quote(id)||quote(size)||quote(root)||quote(frontier)||quote(epoch)||quote(moved_to) FROM head";
        sqlx::query_scalar(sql).fetch_all(&mut connection).await.unwrap()
    }
}
