//! What a database needs to keep a log: four roles that can't log in, the schema, who may do what, and logins.

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::{VERSION, connect, error};
use crate::{
    LogError, PostgresUrl,
    setup::{Change, Group, Login},
};

const SCHEMA: &str = include_str!("1.sql");
const VIEWS: &str = include_str!("views.sql");

/// The roles of one database's log. They belong to the whole server, so the name that the database had when the log was made
/// is part of theirs.
#[derive(Debug, Clone)]
pub(crate) struct Roles {
    /// Owns everything, and can't log in.
    pub(crate) owner: String,
    pub(crate) writer: String,
    pub(crate) reader: String,
    /// Reserved: it may do nothing yet.
    pub(crate) pruner: String,
}

impl Roles {
    fn named(prefix: &str) -> Roles {
        let name = |role: &str| format!("{prefix}_audit_{role}");
        Roles { owner: name("owner"), writer: name("writer"), reader: name("reader"), pruner: name("pruner") }
    }

    /// Of a log that is not there yet.
    fn new(url: &PostgresUrl) -> Result<Roles, LogError> {
        let roles = Roles::named(url.database());
        // A longer name is cut silently, and two would be one.
        if roles.all().into_iter().any(|name| name.len() > 63) {
            return Err(LogError::Server("the database's name is too long: 50 bytes are the most"));
        }
        Ok(roles)
    }

    /// Of the log that is there: a copy of it in a database of another name is as good.
    pub(crate) async fn found(
        connection: &mut PgConnection,
        url: &PostgresUrl,
    ) -> Result<Option<Roles>, LogError> {
        let sql = "SELECT pg_get_userbyid(nspowner)::text FROM pg_namespace WHERE nspname = 'turnlock'";
        let owner: Option<String> =
            sqlx::query_scalar(sql).fetch_optional(connection).await.map_err(|e| error(e, url))?;
        Ok(owner.map(|owner| match owner.strip_suffix("_audit_owner") {
            Some(prefix) => Roles::named(prefix),
            None => Roles { owner, ..Roles::named(url.database()) },
        }))
    }

    fn all(&self) -> [&String; 4] {
        [&self.owner, &self.writer, &self.reader, &self.pruner]
    }
}

/// An identifier in double quotes.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// What is missing. Nothing is changed.
pub(crate) async fn plan(url: &PostgresUrl, logins: &[Login]) -> Result<Vec<Change>, LogError> {
    let mut connection = connect(url.options(), url).await?;
    let found = Roles::found(&mut connection, url).await?;
    let roles = match &found {
        Some(roles) => roles.clone(),
        None => Roles::new(url)?,
    };
    let mut changes = Vec::new();
    for role in roles.all() {
        if found.is_none() {
            harmless(&mut connection, role, url).await?;
        }
        if !exists(&mut connection, role, url).await? {
            changes.push(Change {
                what: format!("role {role}, which can't log in"),
                sql: format!(
                    "CREATE ROLE {} NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS",
                    quoted(role)
                ),
            });
        }
    }
    let version = version(&mut connection, url).await?;
    match version {
        None => changes.push(schema(url, &roles)),
        Some(VERSION) => {}
        Some(found) if found > VERSION => {
            return Err(LogError::NewSchema { place: url.to_string(), found, ours: VERSION });
        }
        // There was no version before the first.
        Some(_) => return Err(somebody_else_s()),
    }
    for login in logins {
        changes.extend(self::login(&mut connection, &roles, login, url).await?);
    }
    super::part(connection).await;
    Ok(changes)
}

/// All of it or nothing.
pub(crate) async fn apply(url: &PostgresUrl, changes: &[Change]) -> Result<(), LogError> {
    let mut connection = connect(url.options(), url).await?;
    let mut transaction = connection.begin().await.map_err(|e| error(e, url))?;
    for change in changes {
        sqlx::raw_sql(AssertSqlSafe(change.sql.clone()))
            .execute(&mut *transaction)
            .await
            .map_err(|e| refused(e, url, &change.what))?;
    }
    transaction.commit().await.map_err(|e| error(e, url))?;
    super::part(connection).await;
    Ok(())
}

fn refused(e: sqlx::Error, url: &PostgresUrl, what: &str) -> LogError {
    match super::sqlstate(&e).as_deref() {
        Some("42501") => LogError::SetUp {
            what: what.to_owned(),
            why: format!("{} may not do that", url.user()),
            help: "set it up as a superuser, or as the database's owner with CREATEROLE",
        },
        Some(code) => LogError::SetUp {
            what: what.to_owned(),
            why: format!("the server refused it (SQLSTATE {code})"),
            help: "the server's own log says more; nothing was changed",
        },
        None => error(e, url),
    }
}

async fn exists(connection: &mut PgConnection, role: &str, url: &PostgresUrl) -> Result<bool, LogError> {
    let sql = "SELECT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = $1)";
    sqlx::query_scalar(sql).bind(role).fetch_one(connection).await.map_err(|e| error(e, url))
}

async fn version(connection: &mut PgConnection, url: &PostgresUrl) -> Result<Option<i64>, LogError> {
    let found: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'turnlock')")
            .fetch_one(&mut *connection)
            .await
            .map_err(|e| error(e, url))?;
    if !found {
        return Ok(None);
    }
    // The number stands in the schema's comment too, for those who may read nothing.
    let sql = "SELECT obj_description('turnlock'::regnamespace, 'pg_namespace')";
    let comment: Option<String> =
        sqlx::query_scalar(sql).fetch_one(connection).await.map_err(|e| error(e, url))?;
    let number = comment.as_deref().and_then(|c| c.strip_prefix(COMMENT)).and_then(|n| n.parse().ok());
    match number {
        Some(version) => Ok(Some(version)),
        None => Err(somebody_else_s()),
    }
}

fn somebody_else_s() -> LogError {
    LogError::SetUp {
        what: "schema turnlock".into(),
        why: "there is one already, and it isn't an audit log".into(),
        help: "give the log a database of its own",
    }
}

/// A role that was there before the log, made for it by somebody or left by an earlier one, must not open it to anybody.
async fn harmless(connection: &mut PgConnection, role: &str, url: &PostgresUrl) -> Result<(), LogError> {
    let sql = "SELECT EXISTS (
                   SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = $1 AND (
                       r.rolcanlogin OR r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls
                       OR EXISTS (SELECT FROM pg_catalog.pg_auth_members m WHERE m.member = r.oid)
                       OR (r.rolname LIKE '%\\_owner' AND EXISTS (SELECT FROM pg_catalog.pg_auth_members m
                           WHERE m.roleid = r.oid AND pg_get_userbyid(m.member) <> current_user))))";
    let harmful: bool =
        sqlx::query_scalar(sql).bind(role).fetch_one(connection).await.map_err(|e| error(e, url))?;
    match harmful {
        false => Ok(()),
        true => Err(LogError::SetUp {
            what: format!("role {role}"),
            why:
                "there is one already that can log in, or has rights, groups or members that it must not have"
                    .into(),
            help: "drop it, or give the log a database of another name",
        }),
    }
}

const COMMENT: &str = "Turnlock's audit log, schema version ";

/// Made by its owner, so that whoever sets it up owns nothing.
fn schema(url: &PostgresUrl, roles: &Roles) -> Change {
    let [owner, writer, reader] = [&roles.owner, &roles.writer, &roles.reader].map(|role| quoted(role));
    let sql = format!(
        "GRANT {owner} TO CURRENT_USER;
         CREATE SCHEMA turnlock AUTHORIZATION {owner};
         SET LOCAL ROLE {owner};
         {SCHEMA}
         {VIEWS}
         COMMENT ON SCHEMA turnlock IS {};
         REVOKE ALL ON SCHEMA turnlock FROM PUBLIC;
         REVOKE ALL ON ALL TABLES IN SCHEMA turnlock FROM PUBLIC;
         REVOKE ALL ON ALL FUNCTIONS IN SCHEMA turnlock FROM PUBLIC;
         ALTER DEFAULT PRIVILEGES FOR ROLE {owner} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
         GRANT USAGE ON SCHEMA turnlock TO {writer}, {reader};
         GRANT EXECUTE ON FUNCTION turnlock.append(bytea[], bytea[]) TO {writer};
         GRANT SELECT ON turnlock.head, turnlock.entries, turnlock.subjects, turnlock.log, turnlock.rotations, turnlock.secrets TO {reader};
         RESET ROLE;
         REVOKE {owner} FROM CURRENT_USER;
         GRANT CONNECT ON DATABASE {} TO {writer}, {reader};",
        literal(&format!("{COMMENT}{VERSION}")),
        quoted(url.database()),
    );
    let what = format!(
        "schema turnlock in {}: tables, the append function, partitions for a year, views",
        url.database()
    );
    Change { what, sql }
}

async fn login(
    connection: &mut PgConnection,
    roles: &Roles,
    login: &Login,
    url: &PostgresUrl,
) -> Result<Vec<Change>, LogError> {
    let groups: &[&String] = match login.group {
        Group::Agent => &[&roles.writer, &roles.reader],
        Group::Auditor => &[&roles.reader],
    };
    let names = groups.iter().map(|group| quoted(group)).collect::<Vec<_>>().join(", ");
    let name = quoted(&login.name);
    let may = match login.group {
        Group::Agent => "append and read",
        Group::Auditor => "read",
    };
    if !exists(connection, &login.name, url).await? {
        let what = format!("login {}, which may {may}", login.name);
        let sql = format!(
            "CREATE ROLE {name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD {}; GRANT {names} TO {name}",
            literal(&login.verifier)
        );
        return Ok(vec![Change { what, sql }]);
    }
    // Somebody else's login would be locked out by a new password.
    let ours = exists(connection, &roles.reader, url).await? && {
        let sql = "SELECT pg_has_role($1, $2, 'MEMBER') AND NOT rolsuper FROM pg_roles WHERE rolname = $1";
        let query = sqlx::query_scalar(sql).bind(&login.name).bind(&roles.reader);
        query.fetch_one(&mut *connection).await.map_err(|e| error(e, url))?
    };
    if !ours {
        return Err(LogError::SetUp {
            what: format!("login {}", login.name),
            why: "there is a role of that name already, and it isn't one of this log's logins".into(),
            help: "choose another name",
        });
    }
    let mut changes = vec![Change {
        what: format!("a new password for the login {}, which may {may}", login.name),
        sql: format!("ALTER ROLE {name} PASSWORD {}", literal(&login.verifier)),
    }];
    if login.group == Group::Agent {
        let sql = format!("GRANT {} TO {name}", quoted(&roles.writer));
        changes.push(Change { what: format!("login {} joins {}", login.name, roles.writer), sql });
    }
    Ok(changes)
}
