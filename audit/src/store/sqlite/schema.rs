//! What the file must consist of, to the letter: tables, indexes and the triggers that refuse changes.

use std::path::Path;

use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tokio::sync::OnceCell;

use super::{options, primary_code};
use crate::LogError;

/// Every version's step from the one before. A released file is never edited.
const MIGRATION: &str = include_str!("1.sql");
const APPLICATION: i64 = 0x544c_616c;
const VERSION: i64 = 1;

/// A table, an index or a trigger.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
struct Object {
    #[sqlx(rename = "type")]
    kind: String,
    name: String,
    sql: Option<String>,
}

/// Makes the schema in an empty database.
pub(super) async fn create(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::raw_sql(MIGRATION).execute(&mut *transaction).await?;
    transaction.commit().await
}

/// Refuses a file that isn't an audit log of this version, before anything else is read from it.
pub(super) async fn identify(connection: &mut SqliteConnection, path: &Path) -> Result<(), LogError> {
    let not_a_log = |what: String| LogError::NotALog { path: path.into(), what };
    let read =
        sqlx::query_as("SELECT application_id, user_version FROM pragma_application_id, pragma_user_version");
    let (application, version): (i64, i64) = match read.fetch_one(connection).await {
        Ok(row) => row,
        Err(error) if primary_code(&error) == Some(26) => {
            return Err(not_a_log("it isn't a SQLite file".into()));
        }
        Err(error) => return Err(error.into()),
    };
    match (application, version) {
        (APPLICATION, VERSION) => Ok(()),
        (APPLICATION, other) => {
            Err(not_a_log(format!("its schema is version {other}, this program's is {VERSION}")))
        }
        _ => Err(not_a_log("another program made this SQLite file".into())),
    }
}

/// The first thing in which the schema isn't the one that `init` makes.
pub(super) async fn fault(connection: &mut SqliteConnection) -> Result<Option<String>, sqlx::Error> {
    static EXPECTED: OnceCell<Vec<Object>> = OnceCell::const_new();
    let expected = EXPECTED.get_or_try_init(expected).await?;
    let found = objects(connection).await?;
    let same_name = |a: &Object, b: &Object| a.kind == b.kind && a.name == b.name;
    for object in expected {
        let what = match found.iter().find(|other| same_name(object, other)) {
            Some(other) if other == object => continue,
            Some(_) => "was changed",
            None => "is missing",
        };
        return Ok(Some(format!("the {} `{}` {what}", object.kind, object.name)));
    }
    let added = found.iter().find(|other| !expected.iter().any(|object| same_name(object, other)));
    Ok(added.map(|other| format!("there is a {} that doesn't belong there: {:?}", other.kind, other.name)))
}

/// Counts up whenever the schema changes.
pub(super) async fn counter(connection: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("PRAGMA schema_version").fetch_one(connection).await
}

async fn expected() -> Result<Vec<Object>, sqlx::Error> {
    let mut connection = options(Path::new(":memory:")).connect().await?;
    create(&mut connection).await?;
    objects(&mut connection).await
}

/// Everything but what SQLite makes by itself: indexes of primary keys, and the statistics of ANALYZE.
async fn objects(connection: &mut SqliteConnection) -> Result<Vec<Object>, sqlx::Error> {
    let sql = "SELECT type, name, sql FROM sqlite_master \
               WHERE NOT (type = 'index' AND sql IS NULL) AND NOT (type = 'table' AND name GLOB 'sqlite_stat[14]') \
               ORDER BY rowid";
    sqlx::query_as(sql).fetch_all(connection).await
}
