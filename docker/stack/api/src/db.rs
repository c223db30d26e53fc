//! The database: a pool for the work, a fresh login for a proof, the schema, and errors that can be shown.

use std::time::Duration;

use sqlx::{
    Connection, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

/// Longer than a healthy login takes by far, shorter than anybody waits for a health check.
const PATIENCE: Duration = Duration::from_secs(3);

/// Opened at its first use: the api serves, and says that it is not ready, while the database is away.
pub(crate) fn pool(options: &PgConnectOptions) -> PgPool {
    PgPoolOptions::new()
        .min_connections(1)
        .max_connections(5)
        .acquire_timeout(PATIENCE)
        .connect_lazy_with(options.clone())
}

/// Not from the pool: connections that are open survive a change of their password, so they prove nothing.
pub(crate) async fn login(options: &PgConnectOptions) -> Result<PgConnection, String> {
    match tokio::time::timeout(PATIENCE, PgConnection::connect_with(options)).await {
        Ok(result) => result.map_err(sentence),
        Err(_) => Err("the database did not answer in time".to_owned()),
    }
}

/// Idempotent, and safe when two replicas start together.
pub(crate) async fn make_schema(connection: &mut PgConnection) -> Result<(), String> {
    let statements = "
        BEGIN;
        SELECT pg_advisory_xact_lock(4242);
        SET LOCAL client_min_messages = warning;
        CREATE TABLE IF NOT EXISTS records (id bigserial PRIMARY KEY, sealed bytea NOT NULL);
        CREATE TABLE IF NOT EXISTS totp_seeds
            (id bigserial PRIMARY KEY, username text NOT NULL UNIQUE, sealed bytea NOT NULL);
        CREATE TABLE IF NOT EXISTS known_secrets (name text PRIMARY KEY, digest bytea NOT NULL);
        COMMIT;";
    sqlx::raw_sql(statements).execute(connection).await.map_err(sentence)?;
    Ok(())
}

/// Our own sentence: a driver's or a server's may quote what it was given.
pub(crate) fn sentence(error: sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(error) => match error.code().as_deref() {
            Some("28P01") => "the database refused the login (28P01)".to_owned(),
            Some(code) => format!("the database refused a statement (SQLSTATE {code})"),
            None => "the database refused a statement".to_owned(),
        },
        sqlx::Error::PoolTimedOut => "no database connection became free in time".to_owned(),
        _ => "the database cannot be reached".to_owned(),
    }
}
