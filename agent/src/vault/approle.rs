//! AppRole as its owner sees it: a secret-id is opened, registered, tried, looked up and destroyed.
//!
//! API: <https://openbao.org/api-docs/auth/approle/>, <https://openbao.org/api-docs/system/wrapping-lookup/>.

use secrecy::ExposeSecret;
use serde_json::{Value as Json, json};

use super::{Call, Vault, VaultError};
use crate::secret::Value;

/// A role of AppRole at its mount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    pub mount: String,
    pub name: String,
}

/// A secret-id that came out of its wrapping.
pub struct SecretId {
    pub value: Value,
    /// Names it without being it.
    pub accessor: String,
}

impl Role {
    /// At the mount that the environment names.
    pub fn named(name: &str) -> Self {
        Self { mount: super::approle_mount(), name: name.to_owned() }
    }

    /// Vault's path of the role, below `/v1/`.
    pub fn path(&self) -> String {
        format!("auth/{}/role/{}", self.mount, self.name)
    }
}

impl Vault {
    /// Where a wrapped answer came from, without opening it. `None`: it was opened before, or has expired.
    pub async fn wrapped_by(&self, token: &Value) -> Result<Option<String>, VaultError> {
        let body = json!({ "token": clear(token) });
        let found = match self.call_as(Call::ask("sys/wrapping/lookup", body), Some("")).await {
            Err(VaultError::Opened) => return Ok(None),
            found => found?,
        };
        let path = found.as_ref().and_then(|f| f.pointer("/data/creation_path")?.as_str());
        // Something that is no Vault answers, too: that is no reason for an alarm.
        path.map(|p| Some(p.to_owned())).ok_or_else(|| VaultError::Unclear("the wrapped token".into()))
    }

    /// Opens a wrapped secret-id: nobody can after this. `None`: somebody did before.
    pub async fn unwrap_secret_id(&self, token: &Value) -> Result<Option<SecretId>, VaultError> {
        let answer = self.call_as(Call::post("sys/wrapping/unwrap", json!({})), Some(clear(token))).await;
        let found = match answer {
            Err(VaultError::Opened) => return Ok(None),
            found => found?,
        };
        let field = |name: &str| Some(found.as_ref()?.get("data")?.get(name)?.as_str()?.to_owned());
        let unclear = || VaultError::Unclear("the wrapped secret-id".into());
        Ok(Some(SecretId {
            value: Value::new(field("secret_id").ok_or_else(unclear)?),
            accessor: field("secret_id_accessor").ok_or_else(unclear)?,
        }))
    }

    /// Whether Vault lets somebody log in with it. The token that this makes is not kept. A role that was refused too often
    /// is locked for a while, which says nothing of the secret-id: that is an error.
    pub async fn accepts(&self, mount: &str, role_id: &str, secret_id: &Value) -> Result<bool, VaultError> {
        let body = json!({ "role_id": role_id, "secret_id": clear(secret_id) });
        match self.call_as(Call::ask(&format!("auth/{mount}/login"), body), Some("")).await {
            Ok(found) => Ok(found.is_some_and(|f| f.pointer("/auth/client_token").is_some())),
            Err(VaultError::Status(_, 400)) => Ok(false),
            Err(VaultError::Denied(_)) => Err(VaultError::Login(
                "for now: too many were refused, and it locks the role for some minutes; try again then"
                    .into(),
            )),
            Err(e) => Err(e),
        }
    }

    /// Lets a role log in with a secret-id of our own making, too. One that is registered already is an error.
    pub async fn register(&self, role: &Role, secret_id: &Value) -> Result<(), VaultError> {
        let body = json!({ "secret_id": clear(secret_id) });
        self.call(Call::post(&format!("{}/custom-secret-id", role.path()), body)).await.map(drop)
    }

    /// The accessor of a secret-id; `None` if the role knows no such one.
    pub async fn accessor(&self, role: &Role, secret_id: &Value) -> Result<Option<String>, VaultError> {
        let path = format!("{}/secret-id/lookup", role.path());
        let found = self.call(Call::ask(&path, json!({ "secret_id": clear(secret_id) }))).await?;
        Ok(found.and_then(|f: Json| Some(f.pointer("/data/secret_id_accessor")?.as_str()?.to_owned())))
    }

    /// Nobody can log in with it after this. One that is not there is no error.
    pub async fn destroy(&self, role: &Role, secret_id: &Value) -> Result<Option<String>, VaultError> {
        let Some(accessor) = self.accessor(role, secret_id).await? else { return Ok(None) };
        let path = format!("{}/secret-id-accessor/destroy", role.path());
        self.call(Call::post(&path, json!({ "secret_id_accessor": accessor }))).await?;
        Ok(Some(accessor))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a login's credential goes to Vault, which issued it or is to know it"
)]
fn clear(value: &Value) -> &str {
    value.expose_secret()
}
