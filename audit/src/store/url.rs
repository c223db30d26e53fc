//! Where a log is, as a person writes it.

use std::{fmt, path::PathBuf, str::FromStr, time::Duration};

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
    /// How long a connection may take to make.
    patience: Duration,
    /// What was said of TLS and of patience, to be said again.
    manner: Vec<(String, String)>,
}

/// Unless `connect_timeout` says otherwise.
const PATIENCE: Duration = Duration::from_secs(10);

/// The parameters that may follow `?`, by libpq's names. Anything else is refused: libpq would, and a mistyped `sslmode` must
/// not go unnoticed.
const PARAMETERS: [&str; 10] = [
    "host",
    "hostaddr",
    "port",
    "user",
    "dbname",
    "connect_timeout",
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
];

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

    /// How long a connection may take to make: libpq's `connect_timeout`, or 10 seconds.
    pub(crate) fn patience(&self) -> Duration {
        self.patience
    }

    /// The same place for another login, without a password.
    pub fn of_login(&self, user: &str) -> String {
        self.shown(user)
    }

    /// Nothing is looked up but where the system itself is: a setting of the role or the database can't put another
    /// function or operator in its place.
    pub(crate) fn options(&self) -> PgConnectOptions {
        PgConnectOptions::clone(&self.options)
            .application_name("turnlock")
            .options([("search_path", "pg_catalog,pg_temp")])
            .disable_statement_logging()
    }

    fn parse(text: &str) -> Result<PostgresUrl, UrlError> {
        let manner = manner(text)?;
        let patience = match manner.iter().find(|(key, _)| key == "connect_timeout") {
            None => PATIENCE,
            Some((_, seconds)) => match seconds.parse() {
                Ok(seconds @ 1..=3600) => Duration::from_secs(seconds),
                _ => return Err(UrlError::Patience),
            },
        };
        let options: PgConnectOptions = without_patience(text).parse().map_err(|_| UrlError::Postgres)?;
        let database = options.get_database().unwrap_or(options.get_username()).to_owned();
        let host = match options.get_socket() {
            Some(folder) => folder.display().to_string(),
            None => options.get_host().trim_matches(['[', ']']).to_owned(),
        };
        let (port, user) = (options.get_port(), options.get_username().to_owned());
        if database.is_empty() || user.is_empty() || host.is_empty() {
            return Err(UrlError::Postgres);
        }
        Ok(PostgresUrl { options: Box::new(options), host, port, user, database, patience, manner })
    }

    /// An address that can be used as it is, but for the password.
    fn shown(&self, user: &str) -> String {
        let host = match &self.host {
            address if address.contains(':') => format!("[{address}]"),
            name => encoded(name),
        };
        let place = format!("postgres://{}@{host}:{}/{}", encoded(user), self.port, encoded(&self.database));
        let parameters: Vec<String> =
            self.manner.iter().map(|(key, value)| format!("{key}={}", encoded(value))).collect();
        match parameters.is_empty() {
            true => place,
            false => format!("{place}?{}", parameters.join("&")),
        }
    }
}

/// `sqlx` warns of what it does not know itself.
fn without_patience(text: &str) -> String {
    let Some((place, parameters)) = text.split_once('?') else { return text.to_owned() };
    let others: Vec<&str> = parameters.split('&').filter(|p| !p.starts_with("connect_timeout=")).collect();
    if others.is_empty() { place.to_owned() } else { format!("{place}?{}", others.join("&")) }
}

/// What stands behind `?` about TLS and patience, if all that stands there is known.
fn manner(text: &str) -> Result<Vec<(String, String)>, UrlError> {
    let url = url::Url::parse(text).map_err(|_| UrlError::Postgres)?;
    let mut manner = Vec::new();
    for (key, value) in url.query_pairs() {
        match &*key {
            "password" => return Err(UrlError::Password),
            key if !PARAMETERS.contains(&key) => return Err(UrlError::Unknown),
            key if key.starts_with("ssl") || key == "connect_timeout" => {
                manner.push((key.to_owned(), value.into_owned()));
            }
            _ => {}
        }
    }
    Ok(manner)
}

/// Percent-encoded (RFC 3986), but for what is always clear; a slash too, or a socket's folder would be a database.
fn encoded(text: &str) -> String {
    let clear = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    text.bytes().map(|b| if clear(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// Without the password, which may be in the options.
impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown(&self.user))
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
        "the audit log's address has a parameter that is not known; after `?` there may be sslmode, sslrootcert, sslcert, \
         sslkey, connect_timeout, host, hostaddr, port, user, dbname"
    )]
    Unknown,
    #[error("`connect_timeout` in the audit log's address is a number of seconds, from 1 to 3600")]
    Patience,
    #[error(
        "a password among the parameters of the audit log's address is refused; put it into PGPASSFILE or PGPASSWORD"
    )]
    Password,
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
        assert_eq!(url.to_string(), "postgres://me@db.example:5433/audit?sslmode=require");
        assert!(!format!("{url:?}").contains("hunter2"));
    }

    /// What is shown can be used again: the same place, as safe as before.
    #[test]
    fn what_is_shown_is_an_address() {
        for text in [
            "postgres://me@db.example:5433/audit",
            "postgres://me@[::1]:5432/audit",
            "postgres://me@%2Frun%2Fpostgresql:5432/audit",
            "postgres://o%27hara%40home@db:5432/a%20log",
            "postgres://me@db:5432/audit?sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem",
            "postgres://me@db:5432/audit?connect_timeout=3",
        ] {
            let url: AuditUrl = text.parse().unwrap();
            assert_eq!(url.to_string(), text);
            let AuditUrl::Postgres(url) = url else { panic!("{text}") };
            let other: AuditUrl = url.of_login("turnlock").parse().unwrap();
            let AuditUrl::Postgres(other) = other else { panic!("{text}") };
            assert_eq!((&other.manner, other.patience), (&url.manner, url.patience));
            assert_eq!(
                (other.host(), other.port(), other.user(), other.database()),
                (url.host(), url.port(), "turnlock", url.database())
            );
        }
        let socket: AuditUrl = "postgres:///audit?host=/run/postgresql&user=me".parse().unwrap();
        assert_eq!(socket.to_string(), "postgres://me@%2Frun%2Fpostgresql:5432/audit");
    }

    #[test]
    fn refusals_never_repeat_a_password() {
        for (text, error) in [
            ("postgres://me:hunter2@db:port/audit", UrlError::Postgres),
            ("postgresql://me:hunter2@db/audit?sslmode=perhaps", UrlError::Postgres),
            ("postgres://me@db/audit?password=hunter2", UrlError::Password),
            ("postgres://me@db/audit?pasword=hunter2", UrlError::Unknown),
            ("postgres://me@db/audit?connect_timeout=0", UrlError::Patience),
            ("postgres://me@db/audit?ssl_mode=verify-full", UrlError::Unknown),
            ("postgres://me@db/audit?options=-csearch_path%3Devil", UrlError::Unknown),
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
