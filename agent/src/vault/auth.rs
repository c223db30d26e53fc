//! Who the agent is to Vault: AppRole, or a token; by the ecosystem's own environment variables.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use vaultrs::client::{Client, VaultClient, VaultClientSettingsBuilder};

use super::{CALL, Vault, VaultError};

/// How the agent logs in, in the order in which the environment is asked.
enum Login {
    /// `VAULT_ROLE_ID` and `VAULT_SECRET_ID_FILE` (the mount is `VAULT_APPROLE_MOUNT`, else `approle`).
    AppRole { mount: String, role: String, secret_id: SecretString },
    /// `VAULT_TOKEN`, or the file that `bao login` leaves.
    Token(SecretString),
}

impl Vault {
    /// Logs in as the environment says.
    pub async fn connect() -> Result<Vault, VaultError> {
        let mut vault = Self::anonymous().await?;
        vault.log_in(Login::from_environment()?).await?;
        Ok(vault)
    }

    /// With the token of whoever typed the command, whatever the agent's own login is.
    pub async fn connect_as_caller() -> Result<Vault, VaultError> {
        let mut vault = Self::anonymous().await?;
        vault.log_in(Login::token_of_caller()?).await?;
        Ok(vault)
    }

    /// Without any login: for what Vault answers to everybody.
    pub async fn anonymous() -> Result<Vault, VaultError> {
        let address = address()?;
        let mut settings = VaultClientSettingsBuilder::default();
        // vaultrs takes an empty VAULT_SKIP_VERIFY for "yes", so verification is always asked for.
        settings.address(address.as_str()).timeout(Some(CALL)).verify(true).token("");
        if let Some(namespace) = variable("VAULT_NAMESPACE") {
            settings.set_namespace(namespace);
        }
        let settings =
            settings.build().map_err(|_| VaultError::Settings("the Vault settings are not usable".into()))?;
        let client = VaultClient::new(settings)
            .map_err(|_| VaultError::Settings("cannot set up TLS for Vault; check VAULT_CACERT".into()))?;
        Ok(Vault { client, address })
    }

    #[expect(clippy::disallowed_methods, reason = "a login sends its credential to Vault")]
    async fn log_in(&mut self, login: Login) -> Result<(), VaultError> {
        match login {
            Login::Token(token) => self.client.set_token(token.expose_secret()),
            Login::AppRole { mount, role, secret_id } => {
                let answer =
                    vaultrs::auth::approle::login(&self.client, &mount, &role, secret_id.expose_secret())
                        .await;
                let auth = answer.map_err(|e| match self.error("the login", &e) {
                    VaultError::Denied(_) | VaultError::Status(_, 400..=499) => VaultError::Login,
                    other => other,
                })?;
                self.client.set_token(&auth.client_token);
            }
        }
        Ok(())
    }
}

impl Login {
    fn from_environment() -> Result<Login, VaultError> {
        if let Some(role) = variable("VAULT_ROLE_ID") {
            let file = variable("VAULT_SECRET_ID_FILE").ok_or_else(|| {
                VaultError::Settings("VAULT_ROLE_ID is set, but VAULT_SECRET_ID_FILE is not".into())
            })?;
            let mount = approle_mount();
            return Ok(Login::AppRole { mount, role, secret_id: credential(Path::new(&file))? });
        }
        Self::token_of_caller()
    }

    fn token_of_caller() -> Result<Login, VaultError> {
        if let Some(token) = variable("VAULT_TOKEN") {
            return Ok(Login::Token(token.into()));
        }
        let home = variable("HOME").map(PathBuf::from).unwrap_or_default();
        match credential(&home.join(".vault-token")) {
            Ok(token) => Ok(Login::Token(token)),
            Err(_) => Err(VaultError::Settings(
                "no way to log in to Vault: set VAULT_ROLE_ID and VAULT_SECRET_ID_FILE, or VAULT_TOKEN"
                    .into(),
            )),
        }
    }
}

/// Where AppRole is mounted.
pub fn approle_mount() -> String {
    variable("VAULT_AUTH_PATH").unwrap_or_else(|| "approle".into())
}

/// Who the agent is to AppRole; no secret.
pub fn role_id() -> Option<String> {
    variable("VAULT_ROLE_ID")
}

/// Where the agent's secret-id rests.
pub fn secret_id_file() -> Option<PathBuf> {
    variable("VAULT_SECRET_ID_FILE").map(PathBuf::from)
}

fn variable(name: &str) -> Option<String> {
    // An HTTP header must not get a newline, so all are trimmed.
    std::env::var(name).ok().map(|v| v.trim().to_owned()).filter(|v| !v.is_empty())
}

fn credential(file: &Path) -> Result<SecretString, VaultError> {
    let text = std::fs::read_to_string(file)
        .map_err(|e| VaultError::Settings(format!("cannot read {}: {}", file.display(), e.kind())))?;
    Ok(SecretString::from(text.trim().to_owned()))
}

fn address() -> Result<url::Url, VaultError> {
    let text = variable("VAULT_ADDR").ok_or_else(|| VaultError::Settings("VAULT_ADDR is not set".into()))?;
    match url::Url::parse(&text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(url),
        // The text is not shown: somebody may have put a credential into it.
        _ => Err(VaultError::Settings("VAULT_ADDR is not an http or https address".into())),
    }
}
