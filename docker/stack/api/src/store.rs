//! What is stored encrypted: records under one key, TOTP seeds under another. Both tables have an `id` and a `sealed`
//! column, so that re-encryption is one program for both.

use sqlx::{AssertSqlSafe, PgConnection, PgPool};
use zeroize::Zeroizing;

use crate::{db::sentence, sealing::Sealer};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Table {
    Records,
    TotpSeeds,
}

impl Table {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Records => "records",
            Self::TotpSeeds => "totp_seeds",
        }
    }

    /// A statement about this table. Its name is one of two constants: nothing from outside gets here.
    pub(crate) fn sql(self, statement: &str) -> AssertSqlSafe<String> {
        AssertSqlSafe(statement.replace("{table}", self.name()))
    }
}

pub(crate) async fn add_record(pool: &PgPool, sealer: &Sealer, text: &str) -> Result<i64, String> {
    sqlx::query_scalar("INSERT INTO records (sealed) VALUES ($1) RETURNING id")
        .bind(sealer.seal(text.as_bytes()))
        .fetch_one(pool)
        .await
        .map_err(sentence)
}

/// `Ok(None)`: there is no such record. An error: there is, but our key does not open it.
pub(crate) async fn record(pool: &PgPool, sealer: &Sealer, id: i64) -> Result<Option<String>, String> {
    let sealed: Option<Vec<u8>> = sqlx::query_scalar("SELECT sealed FROM records WHERE id = $1")
        .bind(id)
        .fetch_optional(pool)
        .await
        .map_err(sentence)?;
    let Some(sealed) = sealed else { return Ok(None) };
    let clear = sealer.open(&sealed).ok_or_else(|| format!("record {id} does not decrypt"))?;
    Ok(Some(String::from_utf8_lossy(&clear).into_owned()))
}

/// A user who enrolls again gets a new seed.
pub(crate) async fn put_seed(pool: &PgPool, sealer: &Sealer, user: &str, seed: &[u8]) -> Result<(), String> {
    let statement = "INSERT INTO totp_seeds (username, sealed) VALUES ($1, $2)
                     ON CONFLICT (username) DO UPDATE SET sealed = excluded.sealed";
    sqlx::query(statement).bind(user).bind(sealer.seal(seed)).execute(pool).await.map_err(sentence)?;
    Ok(())
}

pub(crate) async fn seed(
    pool: &PgPool,
    sealer: &Sealer,
    user: &str,
) -> Result<Option<Zeroizing<Vec<u8>>>, String> {
    let sealed: Option<Vec<u8>> = sqlx::query_scalar("SELECT sealed FROM totp_seeds WHERE username = $1")
        .bind(user)
        .fetch_optional(pool)
        .await
        .map_err(sentence)?;
    let Some(sealed) = sealed else { return Ok(None) };
    sealer.open(&sealed).map(Some).ok_or_else(|| "the user's TOTP seed does not decrypt".to_owned())
}

/// A first record and a first seed, so that there is always something by which to tell whether our keys are right.
pub(crate) async fn plant_canaries(
    db: &mut PgConnection,
    records: &Sealer,
    totp: &Sealer,
) -> Result<(), String> {
    sqlx::query("INSERT INTO records (sealed) SELECT $1 WHERE NOT EXISTS (SELECT FROM records)")
        .bind(records.seal(b"canary"))
        .execute(&mut *db)
        .await
        .map_err(sentence)?;
    sqlx::query(
        "INSERT INTO totp_seeds (username, sealed) SELECT 'canary', $1 WHERE NOT EXISTS (SELECT FROM totp_seeds)
         ON CONFLICT DO NOTHING",
    )
    .bind(totp.seal(b"canary"))
    .execute(&mut *db)
    .await
    .map_err(sentence)?;
    Ok(())
}

/// Do the oldest and the newest row decrypt? The canary is the oldest.
pub(crate) async fn decrypts(db: &mut PgConnection, table: Table, sealer: &Sealer) -> Result<(), String> {
    let statement = "(SELECT id, sealed FROM {table} ORDER BY id LIMIT 1)
                     UNION (SELECT id, sealed FROM {table} ORDER BY id DESC LIMIT 1)";
    let rows: Vec<(i64, Vec<u8>)> =
        sqlx::query_as(table.sql(statement)).fetch_all(db).await.map_err(sentence)?;
    if rows.is_empty() {
        return Err(format!("{} is empty", table.name()));
    }
    match rows.iter().find(|(_, sealed)| sealer.open(sealed).is_none()) {
        Some((id, _)) => Err(format!("row {id} of {} does not decrypt", table.name())),
        None => Ok(()),
    }
}
