//! Where the entries are kept.

pub(crate) mod sqlite;
mod url;

pub use url::{AuditUrl, UrlError};

use crate::LogError;

/// The stores that there are. PostgreSQL will be the second (`store/postgres.rs`).
#[derive(Debug)]
pub(crate) enum Store {
    Sqlite(sqlite::Writer),
}

/// The same, for those who only read.
#[derive(Debug, Clone)]
pub(crate) enum ReadStore {
    Sqlite(sqlite::Readers),
}

impl Store {
    pub(crate) async fn init(url: &AuditUrl) -> Result<Store, LogError> {
        match url {
            AuditUrl::Sqlite(path) => Ok(Store::Sqlite(sqlite::Writer::init(path).await?)),
        }
    }

    pub(crate) async fn open(url: &AuditUrl) -> Result<Store, LogError> {
        match url {
            AuditUrl::Sqlite(path) => Ok(Store::Sqlite(sqlite::Writer::open(path).await?)),
        }
    }
}

impl ReadStore {
    pub(crate) async fn open(url: &AuditUrl) -> Result<ReadStore, LogError> {
        match url {
            AuditUrl::Sqlite(path) => Ok(ReadStore::Sqlite(sqlite::Readers::open(path).await?)),
        }
    }
}
