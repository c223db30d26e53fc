//! What the environment says about Vault: where it is, whom to trust, and how to log in. Names as in Vault's own tools,
//! <https://developer.hashicorp.com/vault/docs/commands#environment-variables>; no credential is read from a file here.

use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::VaultError;
use super::credential::{CredentialFile, KUBELET};
use super::tls::Trust;

/// Every call's limit, unless told otherwise: Vault answers in milliseconds or something is wrong.
const CALL: Duration = Duration::from_secs(10);

/// Everything that is needed to log in, as often as it takes.
#[derive(Clone)]
pub struct Settings {
    pub(super) address: Url,
    pub(super) namespace: Option<String>,
    pub(super) trust: Trust,
    pub(super) method: Method,
    /// Where the login's method is mounted, below `auth/`.
    pub(super) mount: String,
    /// The token of whoever started this process, if the agent is somebody else.
    pub(super) caller: Option<TokenFrom>,
}

/// How the agent logs in.
#[derive(Clone)]
pub(super) enum Method {
    AppRole {
        role_id: String,
        secret_id: CredentialFile,
    },
    Token(TokenFrom),
    Kubernetes {
        role: String,
        jwt: CredentialFile,
    },
    Jwt {
        role: Option<String>,
        jwt: CredentialFile,
    },
    Cert {
        role: Option<String>,
    },
    /// Not at all.
    Nobody,
}

/// Where a token stands.
#[derive(Clone)]
pub(super) enum TokenFrom {
    /// `VAULT_TOKEN`: there is no way to get another.
    Variable(SecretString),
    File(CredentialFile),
}

impl Settings {
    /// The agent's own login.
    pub fn from_environment() -> Result<Settings, VaultError> {
        Settings::read(environment)
    }

    /// The login of whoever typed the command: an administrator's, say.
    pub(super) fn of_caller() -> Result<Settings, VaultError> {
        let env = Environment { lookup: &environment };
        env.settings(env.token().map(Method::Token)?)
    }

    pub(super) fn of_nobody() -> Result<Settings, VaultError> {
        Environment { lookup: &environment }.settings(Method::Nobody)
    }

    /// The agent's login, from whatever answers for the environment.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Settings, VaultError> {
        let env = Environment { lookup: &lookup };
        env.settings(env.method()?)
    }
}

fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Where AppRole is mounted.
pub fn approle_mount() -> String {
    Environment { lookup: &environment }.mount().unwrap_or_else(|| "approle".into())
}

/// Who the agent is to AppRole; no secret.
pub fn role_id() -> Option<String> {
    Environment { lookup: &environment }.get("VAULT_ROLE_ID")
}

/// Where the agent's secret-id rests, if it is a file that can be written.
pub fn secret_id_file() -> Option<PathBuf> {
    Environment { lookup: &environment }.get("VAULT_SECRET_ID_FILE").map(PathBuf::from)
}

impl Method {
    /// Its name, which is also where Vault mounts it unless told otherwise.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Method::AppRole { .. } => "approle",
            Method::Token(_) => "token",
            Method::Kubernetes { .. } => "kubernetes",
            Method::Jwt { .. } => "jwt",
            Method::Cert { .. } => "cert",
            Method::Nobody => "none",
        }
    }
}

struct Environment<'a> {
    lookup: &'a dyn Fn(&str) -> Option<String>,
}

impl Environment<'_> {
    fn settings(&self, method: Method) -> Result<Settings, VaultError> {
        self.refuse_skip_verify()?;
        let address = self.address()?;
        if matches!(method, Method::Cert { .. }) && address.scheme() != "https" {
            return wrong("the login by certificate needs TLS; VAULT_ADDR must begin with https://");
        }
        let mount = self.mount().unwrap_or_else(|| method.name().to_owned());
        if !is_path(&mount) {
            return wrong("VAULT_AUTH_PATH is not a path of letters, digits, `-`, `_`, `.` and `/`");
        }
        let namespace = self.get("VAULT_NAMESPACE").map(|n| n.trim_matches('/').to_owned());
        if namespace.as_ref().is_some_and(|n| !is_path(n)) {
            return wrong("VAULT_NAMESPACE is not a path of letters, digits, `-`, `_`, `.` and `/`");
        }
        let caller = match method {
            Method::Token(_) => None,
            _ => self.token().ok(),
        };
        Ok(Settings { address, namespace, trust: self.trust()?, method, mount, caller })
    }

    /// Trimmed, since an HTTP header must not get a newline; an empty variable is none.
    fn get(&self, name: &str) -> Option<String> {
        (self.lookup)(name).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty())
    }

    fn file(&self, name: &'static str) -> Option<CredentialFile> {
        self.get(name).map(|path| self.credential(path.into(), name))
    }

    fn credential(&self, path: PathBuf, name: &'static str) -> CredentialFile {
        CredentialFile::new(path, name, self.credentials().as_deref())
    }

    fn credentials(&self) -> Option<PathBuf> {
        self.get("CREDENTIALS_DIRECTORY").map(PathBuf::from)
    }

    fn address(&self) -> Result<Url, VaultError> {
        let Some(text) = self.get("VAULT_ADDR") else {
            return wrong("VAULT_ADDR is not set; give it as https://host:8200");
        };
        // The text is not shown: somebody may have put a credential into it.
        match Url::parse(&text) {
            Ok(url) if !matches!(url.scheme(), "http" | "https") || !url.has_host() => {
                wrong("VAULT_ADDR is not an http or https address; give it as https://host:8200")
            }
            Ok(url) if has_more_than_origin(&url) => {
                wrong("VAULT_ADDR has more than scheme, host and port; give it as https://host:8200")
            }
            Ok(url) => Ok(url),
            Err(_) => wrong("VAULT_ADDR is not an http or https address; give it as https://host:8200"),
        }
    }

    fn refuse_skip_verify(&self) -> Result<(), VaultError> {
        match self.get("VAULT_SKIP_VERIFY").as_deref() {
            None | Some("0" | "f" | "F" | "false" | "FALSE" | "False") => Ok(()),
            Some(_) => wrong(
                "VAULT_SKIP_VERIFY is set, but secrets are not sent to a server that nobody checked; \
                 unset it, and name the server's CA with VAULT_CACERT",
            ),
        }
    }

    fn method(&self) -> Result<Method, VaultError> {
        let named = self.get("VAULT_AUTH_METHOD");
        let role = self.get("VAULT_ROLE");
        match named.as_deref() {
            Some("approle") => self.approle(),
            None if self.get("VAULT_ROLE_ID").is_some() => self.approle(),
            Some("token") | None => self.token().map(Method::Token),
            Some("kubernetes") => {
                let Some(role) = role else {
                    return wrong(
                        "VAULT_AUTH_METHOD is kubernetes, but VAULT_ROLE is not set; name the role",
                    );
                };
                let usual = || self.credential(Path::new(KUBELET).join("token"), "VAULT_JWT_FILE");
                Ok(Method::Kubernetes { role, jwt: self.file("VAULT_JWT_FILE").unwrap_or_else(usual) })
            }
            Some("jwt") => match self.file("VAULT_JWT_FILE") {
                Some(jwt) => Ok(Method::Jwt { role, jwt }),
                None => {
                    wrong("VAULT_AUTH_METHOD is jwt, but VAULT_JWT_FILE is not set; name the token's file")
                }
            },
            Some("cert") if self.get("VAULT_CLIENT_CERT").is_some() => Ok(Method::Cert { role }),
            Some("cert") => wrong(
                "VAULT_AUTH_METHOD is cert, but VAULT_CLIENT_CERT is not set; name the certificate and its key",
            ),
            Some(_) => wrong("VAULT_AUTH_METHOD is none of approle, token, kubernetes, jwt and cert"),
        }
    }

    fn approle(&self) -> Result<Method, VaultError> {
        let Some(role_id) = self.get("VAULT_ROLE_ID") else {
            return wrong(
                "VAULT_AUTH_METHOD is approle, but VAULT_ROLE_ID is not set; set it to the role's id",
            );
        };
        let of_systemd = || {
            let path = self.credentials()?.join("vault-secret-id");
            path.exists().then(|| self.credential(path, "a credential of systemd"))
        };
        match self.file("VAULT_SECRET_ID_FILE").or_else(of_systemd) {
            Some(secret_id) => Ok(Method::AppRole { role_id, secret_id }),
            None => wrong(
                "VAULT_ROLE_ID is set, but VAULT_SECRET_ID_FILE is not, and there is no systemd credential \
                 vault-secret-id; set one of them",
            ),
        }
    }

    /// `VAULT_TOKEN`, `VAULT_TOKEN_FILE`, or the file that `vault login` and `bao login` leave.
    fn token(&self) -> Result<TokenFrom, VaultError> {
        if let Some(token) = self.get("VAULT_TOKEN") {
            if !token.bytes().all(|b| b.is_ascii_graphic()) {
                return wrong("VAULT_TOKEN does not hold one word of plain text; set it to a token");
            }
            return Ok(TokenFrom::Variable(token.into()));
        }
        if let Some(file) = self.file("VAULT_TOKEN_FILE") {
            return Ok(TokenFrom::File(file));
        }
        let usual = self.get("HOME").map(|home| Path::new(&home).join(".vault-token")).filter(|p| p.exists());
        match usual {
            Some(path) => Ok(TokenFrom::File(self.credential(path, "the token of `vault login`"))),
            None => wrong(
                "no way to log in to Vault: set VAULT_ROLE_ID and VAULT_SECRET_ID_FILE, or VAULT_TOKEN, \
                 or VAULT_AUTH_METHOD",
            ),
        }
    }

    fn mount(&self) -> Option<String> {
        self.get("VAULT_AUTH_PATH").map(|m| m.trim_matches('/').to_owned())
    }

    fn trust(&self) -> Result<Trust, VaultError> {
        let client = match (self.file("VAULT_CLIENT_CERT"), self.file("VAULT_CLIENT_KEY")) {
            (Some(cert), Some(key)) => Some((cert.path, key)),
            (None, None) => None,
            _ => {
                return wrong("VAULT_CLIENT_CERT and VAULT_CLIENT_KEY belong together; set both, or neither");
            }
        };
        Ok(Trust {
            ca_file: self.get("VAULT_CACERT").map(PathBuf::from),
            ca_folder: self.get("VAULT_CAPATH").map(PathBuf::from),
            server_name: self.get("VAULT_TLS_SERVER_NAME"),
            client,
            patience: self.patience()?,
        })
    }

    /// In seconds, or with a unit, as Vault's tools take it.
    fn patience(&self) -> Result<Duration, VaultError> {
        let Some(text) = self.get("VAULT_CLIENT_TIMEOUT") else { return Ok(CALL) };
        let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
        let unit = match unit {
            "ms" => Some(1),
            "" | "s" => Some(1000),
            "m" => Some(60_000),
            _ => None,
        };
        let limit = unit.and_then(|unit| number.parse::<u64>().ok()?.checked_mul(unit));
        match limit.map(Duration::from_millis) {
            Some(limit) if !limit.is_zero() => Ok(limit),
            _ => wrong(
                "VAULT_CLIENT_TIMEOUT is not a time limit; give it in seconds, such as 10, or as 500ms, 10s or 1m",
            ),
        }
    }
}

fn has_more_than_origin(url: &Url) -> bool {
    let login = !url.username().is_empty() || url.password().is_some();
    login || url.path() != "/" || url.query().is_some() || url.fragment().is_some()
}

/// A path that no URL library folds into another one.
fn is_path(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    text.split('/').all(|part| !part.is_empty() && part != "." && part != ".." && part.chars().all(plain))
}

fn wrong<T>(what: &str) -> Result<T, VaultError> {
    Err(VaultError::Settings(what.to_owned()))
}

#[cfg(test)]
mod tests;
