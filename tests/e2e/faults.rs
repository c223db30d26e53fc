//! Whatever the world does, a command ends with a clear sentence, the right exit code and nothing half done. Each of these
//! stories makes one part of `docs/faults.md`.

mod log;
mod vault;

pub(crate) const JWT: &str = "rotate JWT_SECRET --yes --accept-impact JWT_SECRET";

/// Where its value is in Vault, and where a pending one is.
pub(crate) const LIVE: &str = "secret/data/breeze/JWT_SECRET";
pub(crate) const STAGED: &str = "turnlock/data/breeze/JWT_SECRET";
