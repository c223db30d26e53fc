//! A PostgreSQL role whose password is a secret.
//!
//! The password is set as a SCRAM-SHA-256 verifier (RFC 5803) computed here, so that the clear text reaches neither the
//! server's log nor `ps`. It is proven by fresh logins on the consumers' route: the new one succeeds, a random one and
//! the other known ones are refused with SQLSTATE 28P01 and nothing else.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

mod asks;
mod fault;
mod fence;
mod server;

use self::fault::kind;
use super::{Effect, Finding, Patience, State, Target, TargetError};
use crate::generate::Generator;
use crate::policy::{Address, Database, Sessions};
use crate::secret::{Change, Held, Name, Value, Values, Versioned};
use crate::telemetry::spans;
use crate::world::World;

const AGAIN: Duration = Duration::from_millis(300);
const PASSWORD_REFUSED: &str = "28P01";

/// Part of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostgresSpec {
    pub id: String,
    pub secret: Name,
    /// What will be executed, with the verifier left out.
    pub statement: String,
    pub by: String,
    pub at: String,
    pub sessions: String,
}

impl PostgresSpec {
    pub fn new(id: &str, database: &Database) -> Self {
        let at = match &database.address {
            Address::Service { service, port } => format!("{service}:{port}"),
            Address::Host { host, port } => format!("{host}:{port}"),
        };
        let by = match &database.admin {
            Some(admin) => format!("the role in {}/{}", admin.mount, admin.path),
            None => "the role itself".into(),
        };
        let sessions = match database.sessions {
            Sessions::Keep => "kept".into(),
            Sessions::Drain(limit) => format!("awaited for {} s", limit.as_secs()),
            Sessions::End => "ended".into(),
        };
        let alter = format!("ALTER ROLE {} PASSWORD '<SCRAM-SHA-256 verifier>'", quoted(&database.role));
        let statement = if database.fence { format!("{}; {alter}", fence::SHOWN) } else { alter };
        Self { id: id.into(), secret: database.secret.clone(), statement, by, at, sessions }
    }
}

pub struct Postgres<'w> {
    spec: PostgresSpec,
    secret: Name,
    database: &'w Database,
    admin: Option<(String, Value)>,
    /// Roles that are not asked for their password in clear text.
    safe: Mutex<BTreeSet<String>>,
    world: &'w World,
}

/// How a login ended.
enum Login {
    Accepted(PgConnection),
    Refused,
    Failed(TargetError),
}

impl<'w> Postgres<'w> {
    pub async fn new(spec: &PostgresSpec, world: &'w World) -> Result<Self, TargetError> {
        let database = world
            .policy
            .databases
            .get(&spec.id)
            .ok_or_else(|| TargetError::new(format!("the policy has no database `{}`", spec.id)))?;
        let admin = match &database.admin {
            None => None,
            Some(admin) => Some(credential(world, &admin.mount, &admin.path).await?),
        };
        Ok(Self {
            secret: spec.secret.clone(),
            spec: spec.clone(),
            database,
            admin,
            safe: Mutex::default(),
            world,
        })
    }

    fn place(&self) -> String {
        format!("role {} at {}", self.database.role, self.spec.at)
    }

    fn finding(&self, state: State) -> Finding {
        Finding {
            target: format!("database.{}", self.spec.id),
            place: self.place(),
            secret: Some(self.secret.clone()),
            state,
        }
    }

    async fn options(&self) -> Result<PgConnectOptions, TargetError> {
        let (host, port) = match &self.database.address {
            Address::Host { host, port } => (asks::resolvable(host, *port).await?, *port),
            Address::Service { service, port } => (self.world.engine.address(service).await?, *port),
        };
        let options = PgConnectOptions::new_without_pgpass()
            .host(&host)
            .port(port)
            .database(&self.database.database)
            .application_name("turnlock");
        Ok(options.disable_statement_logging())
    }

    #[expect(clippy::disallowed_methods, reason = "a login needs the password")]
    async fn login(&self, options: &PgConnectOptions, role: &str, password: &Value) -> Login {
        let span = self.span("CONNECT");
        let options = options.clone().username(role).password(password.expose_secret());
        // Whether a refusal is good or bad news is known to whoever asked: most are proofs. In the span it is an answer.
        let connecting = async {
            if self.is_asked_in_clear_text(&options, role).await? {
                return Ok(Login::Failed(TargetError::new(format!("{} {}", self.spec.at, asks::CLEAR_TEXT))));
            }
            match PgConnection::connect_with(&options).await {
                Err(sqlx::Error::Database(e)) if e.code().as_deref() == Some(PASSWORD_REFUSED) => {
                    tracing::Span::current().record("db.response.status_code", PASSWORD_REFUSED);
                    Ok(Login::Refused)
                }
                answer => answer.map(Login::Accepted),
            }
        };
        match spans::limited(span, self.world.policy.limits.login, kind, connecting).await {
            Ok(Ok(login)) => login,
            Ok(Err(e)) => Login::Failed(self.failed("a login", &e)),
            Err(_) => {
                let what = format!("{} does not answer a login", self.spec.at);
                Login::Failed(TargetError::new(what).passing(true))
            }
        }
    }

    /// The administrator's connection; `None` if the policy names none.
    async fn administrator(&self, options: &PgConnectOptions) -> Result<Option<PgConnection>, TargetError> {
        let Some((role, password)) = &self.admin else { return Ok(None) };
        match self.login(options, role, password).await {
            Login::Accepted(connection) => Ok(Some(connection)),
            Login::Refused => {
                Err(TargetError::new(format!("{} refuses the administrator's password", self.spec.at)))
            }
            Login::Failed(e) => Err(e),
        }
    }

    /// A connection that may alter the role: the administrator's, or the role's own with whichever value works.
    async fn altering(&self, change: &Change) -> Result<PgConnection, TargetError> {
        let options = self.options().await?;
        if let Some(connection) = self.administrator(&options).await? {
            return Ok(connection);
        }
        let sides = [&change.from, &change.to].into_iter().filter_map(|side| side.get(&self.secret));
        // A repair knows the new value of an undo that got stuck as another version.
        for held in sides.chain(change.to.others(&self.secret)) {
            match self.login(&options, &self.database.role, &held.value).await {
                Login::Accepted(connection) => return Ok(connection),
                Login::Refused => {}
                Login::Failed(e) => return Err(e),
            }
        }
        Err(TargetError::new(format!(
            "{} accepts no password that is known, so it cannot alter itself; name an `admin` in the policy",
            self.place()
        )))
    }

    #[expect(clippy::disallowed_methods, reason = "the verifier is computed from the password")]
    async fn alter(&self, connection: &mut PgConnection, password: &Value) -> Result<(), TargetError> {
        let clear = password.expose_secret().as_bytes();
        let verifier = postgres_protocol::password::scram_sha_256(clear);
        // Set at the server: a statement that still waits for a lock after we gave up would be carried out later.
        let limits = "SET lock_timeout = '5s'; SET statement_timeout = '10s'";
        self.limited("setting time limits", "SET", sqlx::raw_sql(limits).execute(&mut *connection)).await?;
        // The verifier's alphabet needs no escape; the role's name is quoted.
        let sql = format!("ALTER ROLE {} PASSWORD '{verifier}'", quoted(&self.database.role));
        if !self.database.fence {
            let alter = sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection);
            return self.limited("ALTER ROLE", "ALTER ROLE", alter).await.map(drop);
        }
        let mut transaction = self.limited("beginning", "BEGIN", connection.begin()).await?;
        self.pass_fence(&mut transaction).await?;
        let alter = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *transaction);
        self.limited("ALTER ROLE", "ALTER ROLE", alter).await?;
        self.limited("committing", "COMMIT", transaction.commit()).await
    }

    /// `summary` is for the span.
    async fn limited<T>(
        &self,
        what: &str,
        summary: &str,
        statement: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, TargetError> {
        match spans::limited(self.span(summary), self.world.policy.limits.statement, kind, statement).await {
            Ok(answer) => answer.map_err(|e| self.failed(what, &e)),
            Err(_) => {
                Err(TargetError::new(format!("{what} at {}: no answer in time", self.spec.at)).passing(true))
            }
        }
    }

    /// What is done, never the statement: it holds a verifier.
    fn span(&self, what: &str) -> tracing::Span {
        let (Address::Host { host, port } | Address::Service { service: host, port }) =
            &self.database.address;
        spans::database("postgresql", what, Some((host, *port)), &self.database.database)
    }

    /// The sessions that were opened before the password changed, other than our own.
    async fn old_sessions(&self, connection: &mut PgConnection) -> Result<i64, TargetError> {
        let count = sqlx::query_scalar(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = $1 AND pid <> pg_backend_pid() \
             AND application_name <> 'turnlock' AND backend_start < now() - $2 * interval '1 second'",
        )
        .bind(&self.database.role)
        .bind(self.world.since_change().as_secs_f64())
        .fetch_one(connection);
        self.limited("counting sessions", "SELECT pg_stat_activity", count).await
    }

    async fn end_sessions(&self, connection: &mut PgConnection) -> Result<(), TargetError> {
        let end = sqlx::query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1 \
             AND pid <> pg_backend_pid() AND application_name <> 'turnlock' \
             AND backend_start < now() - $2 * interval '1 second'",
        )
        .bind(&self.database.role)
        .bind(self.world.since_change().as_secs_f64())
        .execute(connection);
        self.limited("ending sessions", "SELECT pg_terminate_backend", end).await.map(drop)
    }

    /// Which known password the role accepts that is another than the expected one. A promoted value that is still staged is
    /// the same.
    async fn accepted_other(&self, options: &PgConnectOptions, values: &Values) -> Result<Held, TargetError> {
        let expected = values.get(&self.secret);
        let others = values.others(&self.secret).iter();
        for other in others.filter(|o| !expected.is_some_and(|e| e.value.same(&o.value))) {
            match self.login(options, &self.database.role, &other.value).await {
                Login::Accepted(_) => return Ok(Held::Version(other.version)),
                Login::Refused => {}
                Login::Failed(e) => return Err(e),
            }
        }
        Ok(Held::Unknown)
    }
}

impl Target for Postgres<'_> {
    async fn apply(&self, change: &Change) -> Result<Effect, TargetError> {
        let wanted = change
            .to
            .get(&self.secret)
            .ok_or_else(|| TargetError::new("no value for the role's password"))?;
        let altered = async {
            let mut connection = self.altering(change).await?;
            self.alter(&mut connection, &wanted.value).await?;
            self.world.mark_change();
            let _ = self.limited("closing", "CLOSE", connection.close()).await;
            Ok(Effect::default())
        };
        match altered.await {
            // Nobody may alter it, and nobody has to: so an undo of what never happened succeeds.
            Err(error) => {
                match self.login(&self.options().await?, &self.database.role, &wanted.value).await {
                    Login::Accepted(_) => Ok(Effect::note("already so")),
                    _ => Err(error),
                }
            }
            done => done,
        }
    }

    async fn probe(&self, values: &Values, patience: Patience) -> Result<Vec<Finding>, TargetError> {
        let Some(expected) = values.get(&self.secret) else { return Ok(Vec::new()) };
        let deadline = match patience {
            Patience::Once => None,
            Patience::Within | Patience::Afresh => {
                Some(tokio::time::Instant::now() + self.world.policy.limits.database)
            }
        };
        loop {
            match self.look(expected, values).await {
                Ok(state) => return Ok(vec![self.finding(state)]),
                Err(e) if e.passing && deadline.is_some_and(|at| tokio::time::Instant::now() < at) => {
                    tokio::time::sleep(AGAIN).await;
                }
                Err(e) => return Ok(vec![self.finding(State::Unreachable(e.message))]),
            }
        }
    }

    async fn retire(&self, change: &Change) -> Result<Effect, TargetError> {
        let mut connection = self.altering(&change.reversed()).await?;
        let before = self.old_sessions(&mut connection).await?;
        if before == 0 {
            return Ok(Effect::note("no session of the old password was open"));
        }
        let opened = format!("{before} sessions opened with the old password");
        match self.database.sessions {
            Sessions::Keep => Ok(Effect::note(format!("{opened}, kept"))),
            Sessions::End => {
                self.end_sessions(&mut connection).await?;
                Ok(Effect::note(format!("{opened}, ended")))
            }
            Sessions::Drain(limit) => self.drain(&mut connection, limit, &opened).await,
        }
    }
}

impl Postgres<'_> {
    /// What the role's password is, by fresh logins. An error says that it could not be found out.
    async fn look(&self, expected: &Versioned, values: &Values) -> Result<State, TargetError> {
        let options = self.options().await?;
        let random = Generator::Hex { bytes: 32 }.generate().map_err(|e| TargetError::new(e.to_string()))?;
        let role = &self.database.role;
        let (mut good, negative, admin) = tokio::join!(
            self.login(&options, role, &expected.value),
            self.login(&options, role, &random),
            self.administrator(&options),
        );
        if let Login::Accepted(_) = negative {
            let text =
                "accepts a random password, so a login proves nothing (a `trust` line in pg_hba.conf?)";
            return Ok(State::Unhealthy(text.into()));
        }
        let mut admin = match admin {
            Ok(admin) => admin,
            Err(e) if e.passing => return Err(e),
            // Without it there would be no way forward, nor back.
            Err(e) => return Ok(State::Unhealthy(e.message)),
        };
        if let Some(fault) = self.server_fault(admin.as_mut(), &mut good).await? {
            return Ok(State::Unhealthy(fault));
        }
        for login in [&good, &negative] {
            if let Login::Failed(e) = login {
                return Err(TargetError::new(&e.message).passing(e.passing));
            }
        }
        if let Some(fault) = self.fence_fault(admin, &mut good).await {
            return Ok(State::Unhealthy(fault));
        }
        let other = self.accepted_other(&options, values).await?;
        Ok(match (good, other) {
            (Login::Accepted(_), Held::Version(n)) => {
                State::Unhealthy(format!("still accepts v{n} besides v{}", expected.version))
            }
            (Login::Accepted(_), _) => State::Holds(expected.version),
            (_, held) => State::Differs { held, expected: expected.version },
        })
    }

    async fn drain(
        &self,
        connection: &mut PgConnection,
        limit: Duration,
        opened: &str,
    ) -> Result<Effect, TargetError> {
        let deadline = tokio::time::Instant::now() + limit;
        loop {
            let left = self.old_sessions(connection).await?;
            if left == 0 {
                return Ok(Effect::note(format!("{opened}, drained")));
            }
            if tokio::time::Instant::now() >= deadline {
                let text = format!("{opened}; {left} did not end within {} s and go on", limit.as_secs());
                return Err(TargetError::new(text));
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }
}

async fn credential(world: &World, mount: &str, path: &str) -> Result<(String, Value), TargetError> {
    let mut fields = world.vault.fields(mount, path).await.map_err(|e| TargetError::new(e.to_string()))?;
    match (fields.remove("role"), fields.remove("password")) {
        (Some(role), Some(password)) => Ok((plain(&role), password)),
        _ => Err(TargetError::new(format!("{mount}/{path} in Vault needs the fields `role` and `password`"))),
    }
}

#[expect(clippy::disallowed_methods, reason = "a role's name is no secret, though it stands in Vault")]
fn plain(value: &Value) -> String {
    value.expose_secret().to_owned()
}

/// An identifier as PostgreSQL wants it; the policy has refused NUL.
fn quoted(role: &str) -> String {
    format!("\"{}\"", role.replace('"', "\"\""))
}
