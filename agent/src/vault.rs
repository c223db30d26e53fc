//! Vault or OpenBao, as far as a rotation needs it: logging in (`auth`) and KV version 2 (`kv`).
//!
//! The only module that imports `vaultrs`. That library's errors can hold tokens and values (its `Debug`, and sometimes
//! its `Display`), so they end here: [`VaultError`] says the same in our own words.

mod approle;
mod auth;
mod kv;
mod owner;
mod raw;

use std::time::Duration;

use vaultrs::client::VaultClient;
use vaultrs::error::ClientError;

pub use approle::{Role, SecretId};
pub use auth::{approle_mount, role_id, secret_id_file};
pub use kv::{Created, Staged};
pub(crate) use owner::MARK;
pub(crate) use raw::Call;

/// A logged-in client.
pub struct Vault {
    client: VaultClient,
    address: url::Url,
}

/// What went wrong, without a word of the server's own text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    #[error("{0}")]
    Settings(String),
    #[error("Vault at {0} does not answer; check VAULT_ADDR and that the server runs")]
    Unreachable(String),
    #[error("Vault is sealed; unseal it first")]
    Sealed,
    #[error("Vault refuses the login; check VAULT_ROLE_ID and VAULT_SECRET_ID_FILE, or VAULT_TOKEN")]
    Login,
    #[error("Vault does not allow {0}; check the token's ACL policies (policies/vault/agent.hcl)")]
    Denied(String),
    #[error("{0} has moved on in Vault: somebody else wrote it meanwhile")]
    Conflict(String),
    #[error("{0} was deleted or destroyed in Vault; undelete it, or take another version")]
    Deleted(String),
    #[error("{0} does not look as expected in Vault: it needs the text field `{1}`")]
    Malformed(String, String),
    #[error(
        "{entry} belongs to the stack {owner} (its mark in Vault), and this policy is of {ours}; correct the policy's \
         `prefix`, or give the stack its own name"
    )]
    Foreign { entry: String, owner: String, ours: String },
    #[error("Vault answered {0} with status {1}")]
    Status(String, u16),
    #[error("no answer from Vault that could be understood, for {0}")]
    Unclear(String),
}

impl VaultError {
    /// The same about something that a person knows by another name than Vault's path.
    fn about(self, what: &str) -> Self {
        let what = what.to_owned();
        match self {
            VaultError::Denied(_) => VaultError::Denied(what),
            VaultError::Conflict(_) => VaultError::Conflict(what),
            VaultError::Status(_, code) => VaultError::Status(what, code),
            VaultError::Unclear(_) => VaultError::Unclear(what),
            other => other,
        }
    }

    /// Whether the request may have been carried out although no good answer came.
    pub fn in_doubt(&self) -> bool {
        match self {
            VaultError::Unreachable(_) | VaultError::Unclear(_) => true,
            VaultError::Status(_, code) => *code >= 500,
            _ => false,
        }
    }
}

/// Every call's limit: Vault answers in milliseconds or something is wrong.
const CALL: Duration = Duration::from_secs(10);

impl Vault {
    /// Where it is, for the check that no rotation restarts its own Vault.
    pub fn address(&self) -> &url::Url {
        &self.address
    }

    fn error(&self, what: &str, error: &ClientError) -> VaultError {
        use rustify::errors::ClientError as Rest;
        let code = match error {
            ClientError::APIError { code, errors } => {
                if *code == 400 && errors.iter().any(|e| e.contains("check-and-set")) {
                    return VaultError::Conflict(what.to_owned());
                }
                *code
            }
            ClientError::RestClientError { source: Rest::ServerResponseError { code, content } } => {
                let deleted = content.as_deref().is_some_and(|c| c.contains("deletion_time"));
                if *code == 404 && deleted {
                    return VaultError::Deleted(what.to_owned());
                }
                *code
            }
            ClientError::RestClientError { source: Rest::RequestError { .. } } => {
                return VaultError::Unreachable(self.address.origin().ascii_serialization());
            }
            _ => return VaultError::Unclear(what.to_owned()),
        };
        match code {
            403 => VaultError::Denied(what.to_owned()),
            503 => VaultError::Sealed,
            code => VaultError::Status(what.to_owned(), code),
        }
    }
}

fn is_missing(error: &ClientError) -> bool {
    matches!(error, ClientError::APIError { code: 404, .. })
}
