//! Vault, made ready for one stack: what is to be there ([`Wanted`]), what is there, and the difference, as a list of
//! [`Setting`]s that is shown before any of it is done. What is there already is no difference, so it can be repeated.
//!
//! Done with an administrator's token, which is the caller's and is neither kept nor passed on. The last thing that is made
//! is the agent's *secret zero*: a secret-id, wrapped, for `turnlock enroll` ([`crate::enroll`]).

mod acl;
mod entries;
mod mounts;
mod role;

use serde_json::Value as Json;

use crate::plan::Refusal;
use crate::policy::Policy;
use crate::vault::{Call, Vault, VaultError};

/// How long the wrapped secret-id waits for `turnlock enroll`.
pub const WRAPPED_FOR: &str = "5m";

/// What the stack needs in Vault.
#[derive(Clone, Debug)]
pub struct Wanted<'p> {
    pub policy: &'p Policy,
    /// The addresses that the agent may log in from and use its token from (CIDR); an empty list: any. `None`: those that
    /// the role has, any for a new one.
    pub from: Option<Vec<String>>,
}

/// One thing that Vault lacks, or has otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// For a person: "the mount turnlock/, for pending values".
    pub what: String,
    /// The same change as a command of Vault's own command line.
    pub command: String,
    /// Vault's path below `/v1/`: how the log names it.
    pub path: String,
    method: Method,
    body: Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    Post,
    Patch,
}

/// Why Vault cannot be made ready: nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error(transparent)]
    Refusal(#[from] Refusal),
}

impl Setting {
    fn post(
        path: impl Into<String>,
        body: Json,
        what: impl Into<String>,
        command: impl Into<String>,
    ) -> Self {
        Self { what: what.into(), command: command.into(), path: path.into(), method: Method::Post, body }
    }

    fn patch(
        path: impl Into<String>,
        body: Json,
        what: impl Into<String>,
        command: impl Into<String>,
    ) -> Self {
        Self { method: Method::Patch, ..Self::post(path, body, what, command) }
    }

    /// Makes it so.
    pub async fn apply(&self, vault: &Vault) -> Result<(), VaultError> {
        let body = self.body.clone();
        let call = match self.method {
            Method::Post => Call::post(&self.path, body),
            Method::Patch => Call::patch(&self.path, body),
        };
        match vault.call(call).await? {
            Some(_) => Ok(()),
            None => Err(VaultError::Status(self.path.clone(), 404)),
        }
    }
}

/// What has to be changed, in order. Asks only; an entry of another stack is a refusal.
pub async fn look(vault: &Vault, wanted: &Wanted<'_>) -> Result<Vec<Setting>, SetupError> {
    let mut settings = mounts::look(vault, &wanted.policy.vault).await?;
    settings.extend(acl::look(vault, wanted.policy).await?);
    settings.extend(role::look(vault, wanted).await?);
    settings.extend(entries::look(vault, wanted.policy).await?);
    Ok(settings)
}

/// Whether the agent has no secret-id yet.
pub async fn has_no_secret_id(vault: &Vault, policy: &Policy) -> Result<bool, VaultError> {
    role::has_no_secret_id(vault, &policy.vault.role).await
}

/// Once the mounts are there: a new one refuses to work for a moment, while it turns itself into KV version 2.
pub async fn until_ready(vault: &Vault, policy: &Policy) -> Result<(), VaultError> {
    mounts::until_ready(vault, &policy.vault).await
}

pub use role::{Issued, issue, issue_commands, role_id};
