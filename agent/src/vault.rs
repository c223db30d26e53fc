//! Vault or OpenBao, as far as a rotation needs it.
//!
//! `settings` is what the environment says, `credential` reads what it points to, `login` makes a token of that, `session`
//! keeps the token alive or gets another, `tls` says whose certificates count; `kv` and `raw` are the calls, `owner`
//! whose an entry is, `approle` the agent's own role.
//!
//! The only module that imports `vaultrs`. That library's errors can hold tokens and values (its `Debug`, and sometimes
//! its `Display`), so they end here: [`VaultError`] says the same in our own words.

mod approle;
mod credential;
mod error;
mod kv;
mod login;
mod many;
mod owner;
mod raw;
mod session;
mod settings;
mod tls;
mod who;

use std::sync::Arc;

pub use approle::{Role, SecretId};
pub use error::VaultError;
pub use kv::{Created, Staged};
pub(crate) use many::together;
pub(crate) use owner::MARK;
pub(crate) use raw::Call;
pub use raw::Requests;
use session::{Keeper, Session, Ticket};
pub use settings::{Settings, approle_mount, role_id, secret_id_file};
pub use who::Identity;

use crate::clock::Skew;

/// A logged-in client. While it lives, its token is kept alive in the background.
pub struct Vault {
    session: Arc<Session>,
    requests: Requests,
    _keeper: Keeper,
}

impl Vault {
    /// Logs in as the environment says.
    pub async fn connect() -> Result<Vault, VaultError> {
        Vault::open(Settings::from_environment()?).await
    }

    /// With the token of whoever typed the command, whatever the agent's own login is.
    pub async fn connect_as_caller() -> Result<Vault, VaultError> {
        Vault::open(Settings::of_caller()?).await
    }

    /// Without any login: for what Vault answers to everybody.
    pub async fn anonymous() -> Result<Vault, VaultError> {
        Vault::open(Settings::of_nobody()?).await
    }

    /// Logs in.
    pub async fn open(settings: Settings) -> Result<Vault, VaultError> {
        let session = Arc::new(Session::open(settings).await?);
        let keeper = Keeper::start(session.clone());
        Ok(Vault { session, requests: Requests::default(), _keeper: keeper })
    }

    /// Where it is, for the check that no rotation restarts its own Vault.
    pub fn address(&self) -> &url::Url {
        &self.session.settings().address
    }

    /// How this host's clock stands to Vault's, by Vault's last answers.
    pub fn skew(&self) -> Option<Skew> {
        self.session.ticket().wire.skew()
    }

    /// The ids of changing calls, for the log to take.
    pub fn requests(&self) -> Requests {
        self.requests.clone()
    }

    /// Makes a call with the agent's token: the one place that all calls go through. One that is refused because the
    /// token is no good any more is made once again, after one new login. Nothing was done by the first, so that
    /// also a write may be repeated.
    async fn with_token<T>(
        &self,
        call: impl AsyncFn(&Ticket) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        let ticket = self.session.ticket();
        match call(&ticket).await {
            Err(VaultError::Denied(what)) => match self.session.if_dead(&ticket).await {
                Ok(None) => Err(VaultError::Denied(what)),
                Ok(Some(another)) => call(&another).await,
                Err(e) => Err(VaultError::Lapsed(Box::new(e))),
            },
            answer => answer,
        }
    }
}
