//! Secret zero: the agent's first secret-id, taken out of the wrapping that `turnlock setup vault` left it in.
//!
//! A wrapped answer opens once. So before it is opened Vault is asked whether it is the one that the role itself issued,
//! and one that was opened before is an alarm: whoever opened it has a login of the agent. See
//! <https://developer.hashicorp.com/vault/docs/concepts/response-wrapping#response-wrapping-token-validation>.

use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use secrecy::ExposeSecret;

use crate::secret::Value;
use crate::vault::{Role, SecretId, Vault, VaultError};

/// Why the agent could not be enrolled.
#[derive(Debug, thiserror::Error)]
pub enum EnrollError {
    /// Somebody may hold a login of the agent.
    #[error("{what}")]
    Alarm { what: String, help: String },
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error("{what}")]
    Other { what: String, help: String },
}

impl EnrollError {
    fn other(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Other { what: what.into(), help: help.into() }
    }
}

/// Opens the wrapping, after asking whose it is.
pub async fn open(vault: &Vault, role: &Role, wrapped: &Value) -> Result<SecretId, EnrollError> {
    let expected = format!("{}/secret-id", role.path());
    match vault.wrapped_by(wrapped).await? {
        None => return Err(opened_before(role)),
        Some(path) if path != expected => {
            let what =
                format!("the wrapped token did not come from {expected}: somebody put another in its place");
            let help = format!(
                "don't use it; find out who gave it to you, and have a new one made: `turnlock setup vault \
                 --new-secret-id` ({})",
                "the token's own origin stands in Vault's audit log"
            );
            return Err(EnrollError::Alarm { what, help });
        }
        Some(_) => {}
    }
    vault.unwrap_secret_id(wrapped).await?.ok_or_else(|| opened_before(role))
}

fn opened_before(role: &Role) -> EnrollError {
    let what = "the wrapped token was opened before, or is older than its 5 minutes: if it is younger, somebody else \
                has a secret-id of the agent";
    let help = format!(
        "as Vault's administrator: see who opened it in Vault's audit log (sys/wrapping/unwrap); destroy every secret-id \
         that is not in use (`bao list {0}/secret-id`, `bao write {0}/secret-id-accessor/destroy \
         secret_id_accessor=…`); then make a new one with `turnlock setup vault --new-secret-id`",
        role.path()
    );
    EnrollError::Alarm { what: what.into(), help }
}

/// Refuses a file that is there already, before the wrapping is opened: what comes out of it must have a place.
pub fn refuse_taken(file: &Path, replace: bool) -> Result<(), EnrollError> {
    let folder = file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        let what = format!("there is no directory {}", folder.display());
        return Err(EnrollError::other(
            what,
            "make it, readable by the agent's user alone; nothing was opened",
        ));
    }
    if file.exists() && !replace {
        let what = format!("{} is there already: this agent is enrolled", file.display());
        return Err(EnrollError::other(
            what,
            "to give it another secret-id, pass --replace; nothing was opened",
        ));
    }
    Ok(())
}

/// Puts the secret-id where the agent reads it: a file of its owner's alone, whole or not at all.
pub fn keep(file: &Path, secret_id: &Value) -> Result<(), EnrollError> {
    let write = || -> std::io::Result<()> {
        let folder = file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        builder.prefix(".turnlock-").permissions(PermissionsExt::from_mode(0o600));
        let mut temporary = builder.tempfile_in(folder)?;
        temporary.write_all(clear(secret_id).as_bytes())?;
        temporary.write_all(b"\n")?;
        // Who reads the old one reads the new one.
        if let Ok(is) = std::fs::metadata(file) {
            std::os::unix::fs::fchown(temporary.as_file(), Some(is.uid()), Some(is.gid()))?;
        }
        temporary.as_file().sync_all()?;
        temporary.persist(file).map_err(|e| e.error)?;
        std::fs::File::open(folder)?.sync_all()
    };
    write().map_err(|e| {
        let what = format!("cannot write {}: {}", file.display(), e.kind());
        let help = "the secret-id is lost, and still good: destroy it, and make a new one with `turnlock setup vault \
                    --new-secret-id`";
        EnrollError::other(what, help)
    })
}

#[expect(clippy::disallowed_methods, reason = "the agent's secret-id is written to its file")]
fn clear(value: &Value) -> &str {
    value.expose_secret()
}
