//! Whatever the world does, a command ends with a clear sentence, the right exit code and nothing half done. Each of these
//! stories makes one part of `docs/faults.md`.

mod vault;

pub(crate) const JWT: &str = "rotate JWT_SECRET --yes --accept-impact JWT_SECRET";
