//! The calls that `vaultrs` lacks: any method on any path, a merge patch, a wrapped answer.
//!
//! The body of an answer can hold credentials: it is given to whoever asked for it, and shown by nobody.

use serde_json::Value as Json;
use vaultrs::client::Client;

use super::{Vault, VaultError};

/// One call of Vault's HTTP API.
pub(crate) struct Call<'a> {
    pub(crate) method: reqwest::Method,
    /// Below `/v1/`.
    pub(crate) path: &'a str,
    pub(crate) body: Option<Json>,
    /// Asks for a wrapped answer that lives so long: "5m".
    pub(crate) wrap: Option<&'a str>,
}

impl<'a> Call<'a> {
    pub(crate) fn get(path: &'a str) -> Self {
        Self { method: reqwest::Method::GET, path, body: None, wrap: None }
    }

    pub(crate) fn post(path: &'a str, body: Json) -> Self {
        Self { method: reqwest::Method::POST, path, body: Some(body), wrap: None }
    }

    pub(crate) fn patch(path: &'a str, body: Json) -> Self {
        Self { method: reqwest::Method::PATCH, path, body: Some(body), wrap: None }
    }

    pub(crate) fn wrapped(mut self, ttl: &'a str) -> Self {
        self.wrap = Some(ttl);
        self
    }
}

impl Vault {
    /// Makes a call with the client's own token. `None`: there is nothing at that path.
    pub(crate) async fn call(&self, call: Call<'_>) -> Result<Option<Json>, VaultError> {
        self.call_as(call, None).await
    }

    /// The same with another token, or with none at all (the empty one): what somebody else's token says of itself.
    pub(crate) async fn call_as(
        &self,
        call: Call<'_>,
        token: Option<&str>,
    ) -> Result<Option<Json>, VaultError> {
        let settings = self.client.settings();
        let url = self.address.join("v1/").and_then(|u| u.join(call.path));
        let url = url.map_err(|_| VaultError::Unclear(call.path.to_owned()))?;
        let mut request = self.client.http().http.request(call.method.clone(), url);
        let token = token.unwrap_or(&settings.token);
        if !token.is_empty() {
            request = request.header("X-Vault-Token", token);
        }
        if let Some(namespace) = &settings.namespace {
            request = request.header("X-Vault-Namespace", namespace);
        }
        if let Some(ttl) = call.wrap {
            request = request.header("X-Vault-Wrap-TTL", ttl);
        }
        if let Some(body) = &call.body {
            let patch = call.method == reqwest::Method::PATCH;
            let kind = if patch { "application/merge-patch+json" } else { "application/json" };
            request = request.header("Content-Type", kind).body(body.to_string());
        }
        let unreachable = || VaultError::Unreachable(self.address.origin().ascii_serialization());
        let answer = request.send().await.map_err(|_| unreachable())?;
        let status = answer.status().as_u16();
        // Vault says "nothing is there" with 404 and an empty list of errors, and with 204 that it has nothing to say.
        let body: Json = match answer.bytes().await {
            Ok(bytes) if bytes.is_empty() => Json::Null,
            Ok(bytes) => {
                serde_json::from_slice(&bytes).map_err(|_| VaultError::Unclear(call.path.to_owned()))?
            }
            Err(_) => return Err(unreachable()),
        };
        match status {
            200..=299 => Ok(Some(body)),
            404 => Ok(None),
            400 if says(&body, "check-and-set") => Err(VaultError::Conflict(call.path.to_owned())),
            403 => Err(VaultError::Denied(call.path.to_owned())),
            503 => Err(VaultError::Sealed),
            status => Err(VaultError::Status(call.path.to_owned(), status)),
        }
    }
}

/// Whether one of Vault's error texts has these words: looked at, never shown.
fn says(body: &Json, words: &str) -> bool {
    let errors = body.get("errors").and_then(Json::as_array).into_iter().flatten();
    errors.filter_map(Json::as_str).any(|e| e.contains(words))
}
