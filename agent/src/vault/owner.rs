//! Whose a live entry is: a mark in its custom metadata, so that a policy which points at another stack's entries by
//! mistake (staging at production's) is refused before it reads one value.
//!
//! Custom metadata belongs to the entry, not to a version. The mark is a seat belt, not a lock: whoever may write the
//! entry may change it. What keeps strangers out is the ACL policy.

use std::collections::HashMap;

use serde_json::json;

use super::{Call, Vault, VaultError};
use crate::policy::Paths;

/// The key in custom metadata; its value is the stack's name.
pub(crate) const MARK: &str = "turnlock-owner";

impl Vault {
    /// Puts this stack's mark on an entry; one of another stack is refused. `name` is the path's last part.
    pub(crate) async fn claim(&self, p: &Paths, name: &str) -> Result<(), VaultError> {
        let what = shown(p, name);
        let path = metadata_path(p, name);
        let found = self.call(Call::get(&path)).await.map_err(|e| e.about(&what))?;
        let owner = found.as_ref().and_then(|m| m.pointer("/data/custom_metadata")?.get(MARK)?.as_str());
        match owner {
            Some(owner) if owner == p.owner => return Ok(()),
            Some(owner) => return Err(foreign(p, &what, owner)),
            None => {}
        }
        let mark = json!({ "custom_metadata": { MARK: p.owner } });
        self.call(Call::patch(&path, mark)).await.map_err(|e| e.about(&what)).map(drop)
    }

    /// Refuses an entry of another stack before its first version is written: its mark can stand there already.
    pub(crate) async fn refuse_foreign(&self, p: &Paths, name: &str) -> Result<(), VaultError> {
        let what = shown(p, name);
        let found = self.call(Call::get(&metadata_path(p, name))).await.map_err(|e| e.about(&what))?;
        match found.as_ref().and_then(|m| m.pointer("/data/custom_metadata")?.get(MARK)?.as_str()) {
            Some(owner) if owner != p.owner => Err(foreign(p, &what, owner)),
            _ => Ok(()),
        }
    }
}

/// The same, for an entry whose metadata came with a read.
pub(super) fn check(
    p: &Paths,
    what: &str,
    custom: Option<&HashMap<String, String>>,
) -> Result<(), VaultError> {
    match custom.and_then(|c| c.get(MARK)) {
        Some(owner) if *owner != p.owner => Err(foreign(p, what, owner)),
        _ => Ok(()),
    }
}

fn foreign(p: &Paths, what: &str, owner: &str) -> VaultError {
    VaultError::Foreign { entry: what.to_owned(), owner: owner.to_owned(), ours: p.owner.clone() }
}

fn metadata_path(p: &Paths, name: &str) -> String {
    format!("{}/metadata/{}/{name}", p.mount, p.prefix)
}

fn shown(p: &Paths, name: &str) -> String {
    format!("{}/{}/{name}", p.mount, p.prefix)
}
