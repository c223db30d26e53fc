//! What went wrong with the server, in our own words.

use super::Postgres;
use crate::target::TargetError;

impl Postgres<'_> {
    pub(super) fn failed(&self, what: &str, error: &sqlx::Error) -> TargetError {
        let (said, theirs) = match error {
            sqlx::Error::Database(e) => {
                (in_words(&e.code().unwrap_or_default()), Some(e.message().to_owned()))
            }
            sqlx::Error::Io(e) => (format!("{}", e.kind()), None),
            // It has looked at the name and the password before it sends them.
            sqlx::Error::Configuration(_) => {
                ("the role's name or password has characters that SCRAM cannot carry (RFC 4013)".into(), None)
            }
            _ => ("no usable answer".into(), None),
        };
        let message = format!("{what} at {} failed: {said}", self.spec.at);
        TargetError { message, theirs, passing: may_pass(error), conflict: false }
    }
}

/// What a person looks for first; the rest is known by its number.
fn in_words(code: &str) -> String {
    let words = match code {
        "25006" => "it is read-only, as a standby is",
        "28000" => "pg_hba.conf lets nobody in on this route, or the role may not log in",
        "3D000" => "there is no such database",
        "42501" => "that is not permitted",
        "42704" => "there is no such role",
        "53300" => "it has no connection left",
        "55P03" => "somebody holds a lock",
        "57P01" | "57P02" | "57P03" => "it is starting, or stops",
        _ => return format!("SQLSTATE {code}"),
    };
    format!("{words} (SQLSTATE {code})")
}

/// A connection that failed or was lost, a server that starts or stops, has no connection left, or a lock that somebody holds
/// (<https://www.postgresql.org/docs/15/errcodes-appendix.html>).
fn may_pass(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) => true,
        sqlx::Error::Database(e) => e.code().is_some_and(|code| {
            code.starts_with("08") || ["57P01", "57P02", "57P03", "53300", "55P03"].contains(&&*code)
        }),
        _ => false,
    }
}

/// The SQLSTATE, for a span's `error.type`.
pub(super) fn kind(error: &sqlx::Error) -> String {
    let code = error.as_database_error().and_then(|e| e.code());
    code.map_or_else(|| "connection".to_owned(), |code| code.into_owned())
}
