//! Making a place for a log, and bringing an older one to this version. Migrations happen here and nowhere else; they leave
//! bytes, numbers and hashes as they are.

use crate::{
    AuditUrl, Log, LogError,
    store::{postgres::setup, sqlite},
};

/// Something that is to be made or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// In words.
    pub what: String,
    /// How; it can hold a password's verifier.
    pub(crate) sql: String,
}

/// A login to a log's database.
#[derive(Clone)]
pub struct Login {
    pub name: String,
    pub group: Group,
    /// Its password's SCRAM-SHA-256 verifier (RFC 5803): the password itself is not told to the server.
    pub verifier: String,
}

/// What a login may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Append and read.
    Agent,
    /// Read.
    Auditor,
}

/// What there is to do. Nothing is changed.
///
/// # Errors
/// When the place holds something else, or a log of a newer version.
pub async fn plan(url: &AuditUrl, logins: &[Login]) -> Result<Vec<Change>, LogError> {
    let change = |what: String| Change { what, sql: String::new() };
    match url {
        AuditUrl::Postgres(url) => setup::plan(url, logins).await,
        AuditUrl::Sqlite(_) => match Log::open(url).await {
            Ok(log) => {
                log.close().await;
                Ok(Vec::new())
            }
            Err(LogError::Missing(_)) => Ok(vec![change(format!("a new audit log at {url}"))]),
            Err(LogError::OldSchema { found, ours, .. }) => {
                Ok(vec![change(format!("the audit log at {url} from schema {found} to {ours}"))])
            }
            Err(error) => Err(error),
        },
    }
}

/// Does what [`plan`] said: all of it, or nothing.
pub async fn apply(url: &AuditUrl, changes: &[Change]) -> Result<(), LogError> {
    match url {
        AuditUrl::Postgres(url) => setup::apply(url, changes).await,
        AuditUrl::Sqlite(_) if changes.is_empty() => Ok(()),
        AuditUrl::Sqlite(path) => match Log::init(url).await {
            Ok(log) => {
                log.close().await;
                Ok(())
            }
            Err(LogError::Exists(_)) => sqlite::migrate(path).await.map(drop),
            Err(error) => Err(error),
        },
    }
}
