//! Secret zero: the agent's first secret-id, taken out of the wrapping that `turnlock setup vault` left it in.
//!
//! A wrapped answer opens once. So before it is opened Vault is asked whether it is the one that the role itself issued,
//! and one that was opened before is an alarm: whoever opened it has a login of the agent. See
//! <https://developer.hashicorp.com/vault/docs/concepts/response-wrapping#response-wrapping-token-validation>.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

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
            let help = "first check VAULT_AUTH_PATH and the policy's `role`. If they are right, don't use the token, which was not \
                        opened: find out who gave it to you, and have a new one made: `turnlock setup vault \
                        --new-secret-id`";
            return Err(EnrollError::Alarm { what, help: help.into() });
        }
        Some(_) => {}
    }
    vault.unwrap_secret_id(wrapped).await?.ok_or_else(|| opened_before(role))
}

fn opened_before(role: &Role) -> EnrollError {
    let what = "the wrapped token was opened before, is older than its 5 minutes, or is not the one that was issued: if it \
                is the right one and younger, somebody else has a secret-id of the agent";
    let help = format!(
        "first check that it was typed whole, and that VAULT_ADDR and VAULT_NAMESPACE are those of the set-up. If so, as \
         Vault's administrator: see who opened it in Vault's audit log (sys/wrapping/unwrap); destroy every secret-id \
         that is not in use (`bao list {0}/secret-id`, `bao write {0}/secret-id-accessor/destroy \
         secret_id_accessor=…`; the agent's own stands in `turnlock audit list --action enroll --json`); then make a new \
         one with `turnlock setup vault --new-secret-id`",
        role.path()
    );
    EnrollError::Alarm { what: what.into(), help }
}

/// Where the secret-id goes: made ready before the wrapping is opened, since what comes out of it must have a place.
pub struct Place {
    file: PathBuf,
    temporary: PathBuf,
    open: File,
}

impl Place {
    /// A file that only its owner can read, beside the one that it will replace; under one name, so that what a kill
    /// leaves behind is found by the next one.
    pub fn prepare(file: &Path, replace: bool) -> Result<Place, EnrollError> {
        let is = std::fs::symlink_metadata(file).ok();
        if is.as_ref().is_some_and(|is| !is.is_file()) {
            let what = format!("{} is there, and is no plain file", file.display());
            return Err(EnrollError::other(what, "name the file itself; nothing was opened"));
        }
        if is.is_some() && !replace {
            let what = format!("{} is there already: this agent is enrolled", file.display());
            return Err(EnrollError::other(
                what,
                "to give it another secret-id, pass --replace; nothing was opened",
            ));
        }
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let temporary = file.with_file_name(format!(".{name}.turnlock"));
        let make = || -> io::Result<File> {
            let _ = std::fs::remove_file(&temporary);
            let open = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary)?;
            // Who reads the old one reads the new one.
            if let Some(is) = &is {
                std::os::unix::fs::fchown(&open, Some(is.uid()), Some(is.gid()))?;
            }
            Ok(open)
        };
        let open = make().map_err(|e| {
            let _ = std::fs::remove_file(&temporary);
            let what = format!("cannot write beside {}: {}", file.display(), e.kind());
            EnrollError::other(
                what,
                "make its directory, writable by the agent's user alone; nothing was opened",
            )
        })?;
        Ok(Place { file: file.to_owned(), temporary, open })
    }

    /// Whole or not at all.
    pub fn keep(mut self, secret_id: &Value) -> Result<(), EnrollError> {
        let mut write = || -> io::Result<()> {
            self.open.write_all(clear(secret_id).as_bytes())?;
            self.open.write_all(b"\n")?;
            self.open.sync_all()?;
            std::fs::rename(&self.temporary, &self.file)?;
            let folder = self.file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
            File::open(folder)?.sync_all()
        };
        write().map_err(|e| {
            let what = format!("cannot write {}: {}", self.file.display(), e.kind());
            let help = "the secret-id is lost, and still good: destroy it, and make a new one with `turnlock setup vault \
                        --new-secret-id`";
            EnrollError::other(what, help)
        })
    }
}

/// What was not kept leaves nothing behind.
impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.temporary);
    }
}

/// A new secret-id in the place of another.
pub fn replace(file: &Path, secret_id: &Value) -> Result<(), EnrollError> {
    Place::prepare(file, true)?.keep(secret_id)
}

#[expect(clippy::disallowed_methods, reason = "the agent's secret-id is written to its file")]
fn clear(value: &Value) -> &str {
    value.expose_secret()
}
