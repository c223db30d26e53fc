//! Where a log is, as a person writes it.

use std::{fmt, path::PathBuf, str::FromStr};

/// Where a log is: `sqlite:///absolute/path`, `sqlite:relative/path`, or just a path.
///
/// A path is taken as it is: nothing in it is decoded, and there are no parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuditUrl {
    /// A file.
    Sqlite(PathBuf),
}

/// Why something doesn't say where a log is. It never repeats the text, which may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    #[error(
        "an audit log in PostgreSQL isn't possible yet; give the path of a file (sqlite:///var/lib/.../audit.db)"
    )]
    PostgresNotYet,
    #[error("an audit log can't be kept there; give the path of a file (sqlite:///var/lib/.../audit.db)")]
    Scheme,
    #[error(
        "`sqlite://` is followed by an absolute path: sqlite:///var/lib/.../audit.db, or sqlite:relative/path"
    )]
    Host,
    #[error("the address of an audit log has no parameters; remove `?` and what follows")]
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
            Some(("postgres" | "postgresql", _)) => return Err(UrlError::PostgresNotYet),
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
    fn refusals_never_repeat_a_password() {
        for (text, error) in [
            ("postgres://me:hunter2@db/audit", UrlError::PostgresNotYet),
            ("postgresql://me:hunter2@db/audit", UrlError::PostgresNotYet),
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
