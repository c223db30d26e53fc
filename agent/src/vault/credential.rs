//! Credentials in files: read anew each time, since they may have been replaced, and refused when others can read them.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};

use secrecy::SecretString;
use zeroize::Zeroizing;

use super::VaultError;

/// Longer than any token, key or chain of certificates.
const LONGEST: u64 = 256 * 1024;

/// Where the kubelet puts a service account's token, in a mode that it chooses; nobody else is in the container.
pub(super) const KUBELET: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// A file with a credential, and the variable that named it.
#[derive(Clone)]
pub(super) struct CredentialFile {
    pub(super) path: PathBuf,
    pub(super) named_by: &'static str,
    /// In a folder whose access somebody else sees to: systemd's credentials, the kubelet's mount.
    guarded: bool,
}

impl CredentialFile {
    /// `credentials` is systemd's folder (<https://systemd.io/CREDENTIALS/>), if there is one.
    pub(super) fn new(path: PathBuf, named_by: &'static str, credentials: Option<&Path>) -> Self {
        let plain = !path.components().any(|c| c == Component::ParentDir);
        let guarded =
            plain && [credentials, Some(Path::new(KUBELET))].iter().flatten().any(|d| path.starts_with(d));
        Self { path, named_by, guarded }
    }

    /// One word that goes into an HTTP header or a JSON text: a token, a secret-id, a JWT.
    pub(super) fn word(&self) -> Result<SecretString, VaultError> {
        let bytes = self.bytes()?;
        let text = std::str::from_utf8(&bytes).map(str::trim).unwrap_or_default();
        if text.is_empty() || !text.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(self.wrong(
                "does not hold one word of plain text; write the credential there, and nothing else",
            ));
        }
        Ok(SecretString::from(text))
    }

    /// All of it.
    pub(super) fn bytes(&self) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let file = File::open(&self.path).map_err(|e| self.unreadable(&e))?;
        let about = file.metadata().map_err(|e| self.unreadable(&e))?;
        if !about.is_file() {
            return Err(self.wrong("is not a file"));
        }
        if !self.guarded && about.permissions().mode() & 0o077 != 0 {
            return Err(self.wrong(&format!(
                "holds a credential, and others than its owner may use it; `chmod 600 {}`, and replace the credential \
                 if somebody may have read it",
                self.path.display()
            )));
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(about.len().min(LONGEST) as usize + 1));
        file.take(LONGEST + 1).read_to_end(&mut bytes).map_err(|e| self.unreadable(&e))?;
        if bytes.len() as u64 > LONGEST {
            return Err(self.wrong("is too long for a credential"));
        }
        Ok(bytes)
    }

    fn unreadable(&self, error: &std::io::Error) -> VaultError {
        self.wrong(&format!("cannot be read ({}); put the credential there", error.kind()))
    }

    fn wrong(&self, what: &str) -> VaultError {
        VaultError::Settings(format!("{} ({}) {what}", self.path.display(), self.named_by))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str, mode: u32) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        std::fs::set_permissions(file.path(), PermissionsExt::from_mode(mode)).unwrap();
        file
    }

    fn read(file: &tempfile::NamedTempFile, credentials: Option<&Path>) -> Result<SecretString, VaultError> {
        CredentialFile::new(file.path().into(), "VAULT_TOKEN_FILE", credentials).word()
    }

    #[test]
    fn what_others_can_read_is_refused() {
        for mode in [0o644, 0o640, 0o604, 0o620] {
            let refused = read(&file("word\n", mode), None).err().unwrap().to_string();
            assert!(refused.contains("chmod 600"), "{refused}");
        }
        for mode in [0o600, 0o400] {
            assert!(read(&file("word\n", mode), None).is_ok());
        }
    }

    #[test]
    fn systemd_sees_to_its_own_folder() {
        let file = file("word", 0o444);
        let folder = file.path().parent().unwrap();
        assert!(read(&file, Some(folder)).is_ok());
        assert!(read(&file, Some(Path::new("/elsewhere"))).is_err());
        // Out of the folder by the back door.
        let around =
            folder.join("..").join(folder.file_name().unwrap()).join(file.path().file_name().unwrap());
        assert!(CredentialFile::new(around, "X", Some(folder)).word().is_err());
    }

    #[test]
    fn only_one_word_is_a_credential_and_it_is_not_shown() {
        for text in ["", "\n", "two words", "two\nlines", "w\u{7f}rd", "wörd"] {
            let refused = read(&file(text, 0o600), None).err().unwrap().to_string();
            assert!(refused.contains("one word"), "{refused}");
            assert!(text.trim().is_empty() || !refused.contains(text), "{refused}");
        }
    }
}
