//! Logging in: a credential becomes a token. One call, never repeated here.
//!
//! API: <https://developer.hashicorp.com/vault/api-docs/auth>, a page a method.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value as Json, json};

use super::credential::CredentialFile;
use super::raw::{Call, Wire};
use super::settings::{Method, TokenFrom};
use super::{Settings, VaultError};

/// A token, and what Vault says of it.
pub(super) struct Grant {
    pub(super) token: SecretString,
    pub(super) entity: Option<String>,
    pub(super) lease: Lease,
}

/// How long a token lives from now on; `None`: for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lease {
    pub(super) life: Option<Duration>,
    pub(super) renewable: bool,
}

impl Settings {
    /// Reads the credential and logs in with it.
    pub(super) async fn log_in(&self, wire: &Wire) -> Result<Grant, VaultError> {
        let body = match &self.method {
            Method::Token(from) => return from.look_up(wire).await,
            Method::Nobody => return Ok(Grant::of_nobody()),
            Method::AppRole { role_id, secret_id } => {
                with(json!({ "role_id": role_id }), "secret_id", secret_id)?
            }
            Method::Kubernetes { role, jwt } => with(json!({ "role": role }), "jwt", jwt)?,
            Method::Jwt { role: Some(role), jwt } => with(json!({ "role": role }), "jwt", jwt)?,
            Method::Jwt { role: None, jwt } => with(json!({}), "jwt", jwt)?,
            Method::Cert { role: Some(role) } => json!({ "name": role }),
            Method::Cert { role: None } => json!({}),
        };
        let path = format!("auth/{}/login", self.mount);
        let answer = wire.send(&Call::post(&path, body), "").await.map_err(|e| match e {
            e if e.is_refusal() => self.refused(),
            e => e,
        })?;
        let mut answer = answer.ok_or_else(|| self.refused())?;
        Grant::of(answer["auth"].take()).ok_or(VaultError::Unclear(path))
    }

    fn refused(&self) -> VaultError {
        let (by, check) = match &self.method {
            Method::AppRole { .. } => ("AppRole", "VAULT_ROLE_ID and the secret-id in VAULT_SECRET_ID_FILE"),
            Method::Kubernetes { .. } => ("Kubernetes", "VAULT_ROLE and the service account"),
            Method::Jwt { .. } => ("JWT", "VAULT_ROLE and the token in VAULT_JWT_FILE"),
            Method::Cert { .. } => ("certificate", "VAULT_CLIENT_CERT and VAULT_ROLE"),
            Method::Token(_) | Method::Nobody => ("token", "VAULT_TOKEN"),
        };
        VaultError::Login(format!("by {by} at auth/{}; check {check}", self.mount))
    }
}

#[expect(clippy::disallowed_methods, reason = "a login sends its credential to Vault")]
fn with(mut body: Json, field: &str, credential: &CredentialFile) -> Result<Json, VaultError> {
    body[field] = credential.word()?.expose_secret().into();
    Ok(body)
}

impl TokenFrom {
    /// The token, and what it says of itself.
    #[expect(clippy::disallowed_methods, reason = "a token is what a call is made with")]
    async fn look_up(&self, wire: &Wire) -> Result<Grant, VaultError> {
        let (token, place) = match self {
            TokenFrom::Variable(token) => (token.clone(), "VAULT_TOKEN".to_owned()),
            TokenFrom::File(file) => (file.word()?, file.path.display().to_string()),
        };
        let about = match look_up(wire, token.expose_secret()).await {
            Err(e) if e.is_refusal() => return Err(VaultError::Token(place)),
            about => about?,
        };
        Ok(Grant { token, entity: about.entity, lease: about.lease })
    }

    /// Who this token's holder is; `None` if the token is no good.
    #[expect(clippy::disallowed_methods, reason = "a token is what a call is made with")]
    pub(super) async fn owner(&self, wire: &Wire) -> Option<About> {
        let token = match self {
            TokenFrom::Variable(token) => token.clone(),
            TokenFrom::File(file) => file.word().ok()?,
        };
        look_up(wire, token.expose_secret()).await.ok()
    }
}

/// What a token says of itself.
pub(super) struct About {
    pub(super) entity: Option<String>,
    /// Chosen by whoever made the token: no proof of anything.
    pub(super) display: Option<String>,
    lease: Lease,
}

/// `Denied`, if the token is no good.
pub(super) async fn look_up(wire: &Wire, token: &str) -> Result<About, VaultError> {
    const PATH: &str = "auth/token/lookup-self";
    let answer = wire.send(&Call::get(PATH), token).await?.unwrap_or_default();
    let data = &answer["data"];
    let life = data["ttl"].as_u64().ok_or(VaultError::Unclear(PATH.into()))?;
    Ok(About {
        entity: word(&data["entity_id"]),
        display: word(&data["display_name"]),
        lease: Lease::of(life, data["renewable"].as_bool()),
    })
}

/// Asks for more life; the lease that Vault grants may be shorter than the last.
pub(super) async fn renew(wire: &Wire, token: &str) -> Result<Lease, VaultError> {
    const PATH: &str = "auth/token/renew-self";
    let answer = wire.send(&Call::post(PATH, json!({})), token).await?.unwrap_or_default();
    let auth = &answer["auth"];
    let life = auth["lease_duration"].as_u64().ok_or(VaultError::Unclear(PATH.into()))?;
    // Not "for ever" here: less than a second is left of the most that the token may have.
    let life = Some(Duration::from_secs(life));
    Ok(Lease { life, renewable: auth["renewable"].as_bool().unwrap_or_default() })
}

impl Grant {
    /// The empty token, which is never sent.
    fn of_nobody() -> Grant {
        Grant { token: String::new().into(), entity: None, lease: Lease::of(0, None) }
    }

    fn of(mut auth: Json) -> Option<Grant> {
        let Json::String(token) = auth["client_token"].take() else { return None };
        let lease = Lease::of(auth["lease_duration"].as_u64()?, auth["renewable"].as_bool());
        // It will be an HTTP header.
        let fit = !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic());
        fit.then(|| Grant { token: token.into(), entity: word(&auth["entity_id"]), lease })
    }
}

impl Lease {
    fn of(seconds: u64, renewable: Option<bool>) -> Lease {
        let life = (seconds > 0).then(|| Duration::from_secs(seconds));
        Lease { life, renewable: renewable.unwrap_or_default() }
    }
}

fn word(json: &Json) -> Option<String> {
    json.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}
