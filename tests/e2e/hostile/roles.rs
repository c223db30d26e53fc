//! Roles with odd names on a real server: the agent's client logs in as each that a policy may name, and none is read as SQL.

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection};
use turnlock_tests::Postgres;

#[test]
fn the_client_logs_in_as_every_role_that_a_policy_takes() {
    let mut server = Postgres::start();
    server.sql("CREATE ROLE x");
    for role in super::ODD_ROLES {
        let verifier = postgres_protocol::password::scram_sha_256(b"word");
        let quoted = role.replace('"', "\"\"");
        server.sql(&format!("CREATE ROLE \"{quoted}\" LOGIN PASSWORD '{verifier}'"));
        match login(&server, role) {
            Ok(()) => {}
            // SASLprep knows no character that is younger than itself; the agent says so.
            Err(sqlx::Error::Configuration(_)) if role == "🔑" => {}
            Err(e) => assert!(super::UNFIT_ROLES.contains(&role), "{role:?}: {e}"),
        }
    }
    assert_eq!(server.sql("SELECT count(*) FROM pg_roles WHERE rolname = 'x'").trim(), "1");
}

fn login(server: &Postgres, role: &str) -> Result<(), sqlx::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let options = PgConnectOptions::new_without_pgpass()
        .host(&server.address)
        .database("postgres")
        .username(role)
        .password("word")
        .disable_statement_logging();
    runtime.block_on(async { PgConnection::connect_with(&options).await?.close().await })
}
