//! Where a log is, as a person writes it.

use std::{fmt, path::PathBuf, str::FromStr};

use sqlx::{ConnectOptions, postgres::PgConnectOptions};

/// Where a log is: `sqlite:///absolute/path`, `sqlite:relative/path`, or just a path; or
/// `postgres://user@host:port/database`.
///
/// A path is taken as it is: nothing in it is decoded, and there are no parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuditUrl {
    /// A file.
    Sqlite(PathBuf),
    /// A database of its own, with the log in its schema `turnlock`.
    Postgres(PostgresUrl),
}

/// A database server, a login and a database. What isn't in the address comes from libpq's variables (`PGHOST`, `PGUSER`,
/// `PGPASSWORD`, `PGSSLMODE`, `PGSSLROOTCERT`, ...) and its password file (`PGPASSFILE`, `~/.pgpass`).
#[derive(Clone)]
pub struct PostgresUrl {
    options: Box<PgConnectOptions>,
    host: String,
    port: u16,
    user: String,
    database: String,
}

impl PostgresUrl {
    /// The server's name or address; a directory, if it is reached by a socket.
    pub fn host(&self) -> &str {
        &self.host
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The login.
    pub fn user(&self) -> &str {
        &self.user
    }

    pub fn database(&self) -> &str {
        &self.database
    }

    pub(crate) fn options(&self) -> PgConnectOptions {
        PgConnectOptions::clone(&self.options).application_name("turnlock").disable_statement_logging()
    }

    fn parse(text: &str) -> Result<PostgresUrl, UrlError> {
        let options: PgConnectOptions = text.parse().map_err(|_| UrlError::Postgres)?;
        let database = options.get_database().unwrap_or(options.get_username()).to_owned();
        let host = match options.get_socket() {
            Some(folder) => folder.display().to_string(),
            None => options.get_host().trim_matches(['[', ']']).to_owned(),
        };
        let (port, user) = (options.get_port(), options.get_username().to_owned());
        if database.is_empty() || user.is_empty() || host.is_empty() {
            return Err(UrlError::Postgres);
        }
        Ok(PostgresUrl { options: Box::new(options), host, port, user, database })
    }
}

/// Without the password, which may be in the options.
impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let PostgresUrl { host, port, user, database, .. } = self;
        match host.contains(':') {
            true => write!(f, "postgres://{user}@[{host}]:{port}/{database}"),
            false => write!(f, "postgres://{user}@{host}:{port}/{database}"),
        }
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl PartialEq for PostgresUrl {
    fn eq(&self, other: &PostgresUrl) -> bool {
        (&self.host, self.port, &self.user, &self.database)
            == (&other.host, other.port, &other.user, &other.database)
    }
}

impl Eq for PostgresUrl {}

/// Why something doesn't say where a log is. It never repeats the text, which may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    #[error(
        "this doesn't name a database for an audit log; write postgres://user@host:port/database, with the password in \
         PGPASSFILE or PGPASSWORD"
    )]
    Postgres,
    #[error(
        "an audit log can't be kept there; give the path of a file (sqlite:///var/lib/.../audit.db) or a database \
         (postgres://user@host/database)"
    )]
    Scheme,
    #[error(
        "`sqlite://` is followed by an absolute path: sqlite:///var/lib/.../audit.db, or sqlite:relative/path"
    )]
    Host,
    #[error("the address of an audit log in a file has no parameters; remove `?` and what follows")]
    Parameters,
    #[error("an audit log in memory would be lost with the process; give the path of a file")]
    Memory,
    #[error(
        "the address of the audit log is empty; give the path of a file (sqlite:///var/lib/.../audit.db)"
    )]
    Empty,
}

impl FromStr for AuditUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<AuditUrl, UrlError> {
        let path = match text.split_once(':') {
            Some(("sqlite", rest)) => sqlite_path(rest)?,
            Some(("postgres" | "postgresql", rest)) if rest.starts_with("//") => {
                return PostgresUrl::parse(text).map(AuditUrl::Postgres);
            }
            Some((_, rest)) if rest.starts_with("//") => return Err(UrlError::Scheme),
            _ => text,
        };
        match path {
            "" => Err(UrlError::Empty),
            path if path.contains(":memory:") => Err(UrlError::Memory),
            path => Ok(AuditUrl::Sqlite(path.into())),
        }
    }
}

fn sqlite_path(rest: &str) -> Result<&str, UrlError> {
    if rest.contains('?') {
        return Err(UrlError::Parameters);
    }
    match rest.strip_prefix("//") {
        Some(path) if path.starts_with('/') => Ok(path),
        Some(_) => Err(UrlError::Host),
        None => Ok(rest),
    }
}

impl From<PathBuf> for AuditUrl {
    fn from(path: PathBuf) -> AuditUrl {
        AuditUrl::Sqlite(path)
    }
}

impl fmt::Display for AuditUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AuditUrl::Sqlite(path) if path.is_absolute() => write!(f, "sqlite://{}", path.display()),
            AuditUrl::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            AuditUrl::Postgres(url) => url.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        for (text, path) in [
            ("sqlite:///var/lib/audit.db", "/var/lib/audit.db"),
            ("sqlite:/var/lib/audit.db", "/var/lib/audit.db"),
            ("sqlite:state/audit.db", "state/audit.db"),
            ("/var/lib/audit.db", "/var/lib/audit.db"),
            ("audit.db", "audit.db"),
            ("a:b.db", "a:b.db"),
        ] {
            assert_eq!(text.parse(), Ok(AuditUrl::Sqlite(path.into())), "{text}");
        }
    }

    #[test]
    fn databases() {
        let url: AuditUrl = "postgres://me:hunter2@db.example:5433/audit?sslmode=require".parse().unwrap();
        assert_eq!(url.to_string(), "postgres://me@db.example:5433/audit");
        assert!(!format!("{url:?}").contains("hunter2"));
    }

    #[test]
    fn refusals_never_repeat_a_password() {
        for (text, error) in [
            ("postgres://me:hunter2@db:port/audit", UrlError::Postgres),
            ("postgresql://me:hunter2@db/audit?sslmode=perhaps", UrlError::Postgres),
            ("mysql://me:hunter2@db/audit", UrlError::Scheme),
            ("sqlite://audit.db", UrlError::Host),
            ("sqlite:audit.db?mode=rwc", UrlError::Parameters),
            ("sqlite::memory:", UrlError::Memory),
            ("sqlite:", UrlError::Empty),
            ("", UrlError::Empty),
        ] {
            assert_eq!(text.parse::<AuditUrl>(), Err(error.clone()), "{text}");
            assert!(!error.to_string().contains("hunter2"));
        }
    }
}
