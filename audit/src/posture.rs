//! How a log is kept: who could change it, and whether everything that refuses changes is in its place.
//!
//! [`verify`](crate::verify) says whether the entries are those that were written. This says how hard it would be to write
//! others. A superuser of the database, or the owner of the file, can always; what is found here is what makes it easier.

use crate::{
    AuditUrl, LogError,
    store::{postgres, sqlite},
};

/// What was looked at, and what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Posture {
    /// The checks that were made, by name.
    pub checks: Vec<&'static str>,
    pub findings: Vec<Finding>,
}

/// Something that should be otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The check that found it.
    pub check: &'static str,
    /// What is so.
    pub what: String,
    /// What to do.
    pub help: String,
}

impl Posture {
    pub fn is_sound(&self) -> bool {
        self.findings.is_empty()
    }

    pub(crate) fn checked(
        &mut self,
        check: &'static str,
        findings: impl IntoIterator<Item = (String, String)>,
    ) {
        self.checks.push(check);
        self.findings.extend(findings.into_iter().map(|(what, help)| Finding {
            check,
            what: shown(&what),
            help: shown(&help),
        }));
    }
}

/// Names of objects and roles are somebody's choice.
fn shown(text: &str) -> String {
    let escape = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().take(400).map(escape).collect()
}

/// Looks at it, as the login that the address names. Changes nothing.
///
/// # Errors
/// When there is no log, or it can't be asked.
pub async fn check(url: &AuditUrl) -> Result<Posture, LogError> {
    match url {
        AuditUrl::Sqlite(path) => sqlite::posture(path).await,
        AuditUrl::Postgres(url) => postgres::posture::check(url).await,
    }
}
