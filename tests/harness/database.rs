//! The database: logins over the network, as a consumer's; statements as its superuser, by the socket in its container.

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection};

use crate::web::runtime;
use crate::{Stack, Value};

/// A login that was accepted and stays open.
pub struct OpenSession(Option<PgConnection>);

impl OpenSession {
    /// Whether it can still be worked with.
    pub fn works(&mut self) -> bool {
        let Some(connection) = &mut self.0 else { return false };
        runtime().block_on(sqlx::query("SELECT 1").execute(connection)).is_ok()
    }

    /// Statements within this session.
    pub fn execute(&mut self, statements: &'static str) {
        let connection = self.0.as_mut().expect("the session is open");
        runtime()
            .block_on(sqlx::raw_sql(statements).execute(connection))
            .expect("the database takes the statement");
    }

    pub fn close(mut self) {
        if let Some(connection) = self.0.take() {
            let _ = runtime().block_on(connection.close());
        }
    }
}

impl Stack {
    /// Opens a session, or says with which SQLSTATE it was refused.
    pub fn open_session(&self, role: &str, password: &Value) -> Result<OpenSession, String> {
        let address = self.container("postgres").address;
        let options = PgConnectOptions::new_without_pgpass()
            .host(&address)
            .port(5432)
            .database("breeze")
            .username(role)
            .password(password.clear())
            .application_name("turnlock-tests")
            .disable_statement_logging();
        match runtime().block_on(PgConnection::connect_with(&options)) {
            Ok(connection) => Ok(OpenSession(Some(connection))),
            Err(sqlx::Error::Database(e)) => Err(e.code().unwrap_or_default().into_owned()),
            Err(_) => Err("no answer".into()),
        }
    }

    /// One login and out again.
    pub fn db_login(&self, password: &Value) -> Result<(), String> {
        self.open_session("breeze", password).map(OpenSession::close)
    }

    /// Runs statements as the superuser; gives back what psql prints.
    #[track_caller]
    pub fn sql(&self, statements: &str) -> String {
        let id = self.container("postgres").id;
        let psql = ["exec", "-i", &id, "psql", "--quiet", "--no-psqlrc", "--tuples-only", "--no-align"];
        let more = ["--set=ON_ERROR_STOP=1", "--username=postgres", "--dbname=breeze"];
        crate::docker::docker_with(&[&psql[..], &more].concat(), statements)
    }

    /// Sets the role's password as an administrator would by hand.
    pub fn alter_password(&self, password: &Value) {
        self.sql(&format!("SET log_statement = 'none'; ALTER ROLE breeze PASSWORD '{}'", password.clear()));
    }
}
