//! What the file must consist of, to the letter: tables, indexes and the triggers that refuse changes.

use std::path::Path;

use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tokio::sync::OnceCell;

use super::{options, primary_code};
use crate::LogError;

/// Every version's step from the one before, in two parts: between them its rows are made. A released file is never edited.
const VERSION_1: &str = include_str!("1.sql");
const VERSION_2: [&str; 2] = [include_str!("2.sql"), include_str!("2-after.sql")];
const APPLICATION: i64 = 0x544c_616c;
const VERSION: i64 = 2;

/// Every index of `entries`, with the column of [`COLUMNS`](crate::store::page::COLUMNS) that it is of.
pub(super) const INDEXES: [(&str, &str); 9] = [
    ("entries_by_at", "at"),
    ("entries_by_action", "action"),
    ("entries_by_outcome", "outcome"),
    ("entries_by_actor", "actor"),
    ("entries_by_requester", "requester"),
    ("entries_by_trigger", "trigger"),
    ("entries_by_rotation", "rotation"),
    ("entries_by_target", "target"),
    ("entries_by_trace", "trace"),
];

/// Every index of `subjects`.
pub(super) const SUBJECT_INDEXES: [&str; 3] =
    ["subjects_by_name", "subjects_by_name_and_version", "subjects_by_version"];

/// A table, an index or a trigger.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub(super) struct Object {
    #[sqlx(rename = "type")]
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) sql: Option<String>,
}

/// Everything but what SQLite makes by itself: indexes of primary keys, and the statistics of ANALYZE.
pub(super) const OBJECTS: &str = "SELECT type, name, sql FROM sqlite_master \
     WHERE NOT (type = 'index' AND sql IS NULL) AND NOT (type = 'table' AND name GLOB 'sqlite_stat[14]') ORDER BY rowid";

/// Makes the schema in an empty database.
pub(super) async fn create(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    for sql in [VERSION_1, VERSION_2[0], VERSION_2[1]] {
        sqlx::raw_sql(sql).execute(&mut *transaction).await?;
    }
    transaction.commit().await
}

/// Brings an older file to this program's schema; `false` if it is there already. Numbers, bytes and root stay, which is
/// proven before it is committed.
pub(crate) async fn migrate(path: &Path) -> Result<bool, LogError> {
    super::check_file(path, true)?;
    let mut connection = super::writing(path).foreign_keys(false).connect().await?;
    let (application, version) = versions(&mut connection, path).await?;
    match (application, version) {
        (APPLICATION, VERSION) => return Ok(false),
        (APPLICATION, 1) => {}
        _ => return identify(&mut connection, path).await.map(|()| false),
    }
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    if let Some(fault) = difference(&expected(&[VERSION_1]).await?, &objects(&mut transaction).await?) {
        return Err(LogError::Rules(fault));
    }
    let before: (i64, Vec<u8>) =
        sqlx::query_as("SELECT size, root FROM head WHERE id = 0").fetch_one(&mut *transaction).await?;
    sqlx::raw_sql(VERSION_2[0]).execute(&mut *transaction).await?;
    let mut tree = crate::merkle::Frontier::default();
    loop {
        let sql = "SELECT seq, body, leaf FROM entries_1 WHERE seq >= ? ORDER BY seq LIMIT 500";
        let rows: Vec<(i64, Vec<u8>, Vec<u8>)> =
            sqlx::query_as(sql).bind(tree.size() as i64).fetch_all(&mut *transaction).await?;
        if rows.is_empty() {
            break;
        }
        for (seq, body, leaf) in rows {
            let entry = crate::Entry::parse(&body)
                .map_err(|error| LogError::Damaged(format!("entry {seq} isn't what was written: {error}")))?;
            let sealed = crate::log::Sealed::again(&entry, body);
            if sealed.leaf[..] != leaf[..] || seq != tree.size() as i64 {
                return Err(LogError::Damaged(format!(
                    "entry {seq} isn't what was written, or out of order"
                )));
            }
            super::write::insert(&mut transaction, seq, std::slice::from_ref(&sealed)).await?;
            tree.push(sealed.leaf);
        }
    }
    if (tree.size() as i64, &tree.root()[..]) != (before.0, &before.1[..]) {
        return Err(LogError::Damaged("its head isn't that of its entries".into()));
    }
    sqlx::raw_sql(VERSION_2[1]).execute(&mut *transaction).await?;
    transaction.commit().await?;
    connection.close().await?;
    Ok(true)
}

async fn versions(connection: &mut SqliteConnection, path: &Path) -> Result<(i64, i64), LogError> {
    let read =
        sqlx::query_as("SELECT application_id, user_version FROM pragma_application_id, pragma_user_version");
    match read.fetch_one(connection).await {
        Ok(row) => Ok(row),
        Err(error) if primary_code(&error) == Some(26) => {
            Err(LogError::NotALog { path: path.into(), what: "it isn't a SQLite file".into() })
        }
        Err(error) => Err(error.into()),
    }
}

/// Refuses a file that isn't an audit log of this version, before anything else is read from it.
pub(super) async fn identify(connection: &mut SqliteConnection, path: &Path) -> Result<(), LogError> {
    let not_a_log = |what: String| LogError::NotALog { path: path.into(), what };
    let (application, version) = versions(connection, path).await?;
    match (application, version) {
        (APPLICATION, VERSION) => Ok(()),
        (APPLICATION, found) if found < VERSION => {
            Err(LogError::OldSchema { place: path.display().to_string(), found, ours: VERSION })
        }
        (APPLICATION, found) => {
            Err(LogError::NewSchema { place: path.display().to_string(), found, ours: VERSION })
        }
        _ => Err(not_a_log("another program made this SQLite file".into())),
    }
}

/// The first thing in which the schema isn't the one that `init` makes.
pub(super) async fn fault(connection: &mut SqliteConnection) -> Result<Option<String>, sqlx::Error> {
    differs(&objects(connection).await?).await
}

/// The same of what was found.
pub(super) async fn differs(found: &[Object]) -> Result<Option<String>, sqlx::Error> {
    static EXPECTED: OnceCell<Vec<Object>> = OnceCell::const_new();
    let ours = || expected(&[VERSION_1, VERSION_2[0], VERSION_2[1]]);
    Ok(difference(EXPECTED.get_or_try_init(ours).await?, found))
}

fn difference(expected: &[Object], found: &[Object]) -> Option<String> {
    let same_name = |a: &Object, b: &Object| a.kind == b.kind && a.name == b.name;
    for object in expected {
        let what = match found.iter().find(|other| same_name(object, other)) {
            Some(other) if other == object => continue,
            Some(_) => "was changed",
            None => "is missing",
        };
        return Some(format!("the {} `{}` {what}", object.kind, object.name));
    }
    let added = found.iter().find(|other| !expected.iter().any(|object| same_name(object, other)));
    added.map(|other| format!("there is a {} that doesn't belong there: {:?}", other.kind, other.name))
}

/// Counts up whenever the schema changes.
pub(super) async fn counter(connection: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("PRAGMA schema_version").fetch_one(connection).await
}

/// What these statements make of an empty database.
async fn expected(schema: &[&'static str]) -> Result<Vec<Object>, sqlx::Error> {
    let mut connection = options(Path::new(":memory:")).connect().await?;
    for sql in schema {
        sqlx::raw_sql(*sql).execute(&mut connection).await?;
    }
    objects(&mut connection).await
}

async fn objects(connection: &mut SqliteConnection) -> Result<Vec<Object>, sqlx::Error> {
    sqlx::query_as(OBJECTS).fetch_all(connection).await
}
