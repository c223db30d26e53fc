//! Actions outside of a rotation: intent, effect, outcome.

use std::collections::BTreeMap;

use turnlock_audit::{LogError, Outcome, Phase, Versions};

use super::{Journal, add_detail, made};
use crate::secret::Name;
use crate::vault::Created;

impl Journal {
    /// An action outside a rotation: repair, enrolment. Intent, effect, outcome.
    pub async fn around<T, E: std::fmt::Display>(
        &self,
        action: &str,
        target: Option<&str>,
        subjects: BTreeMap<String, Versions>,
        effect: impl Future<Output = Result<T, E>>,
    ) -> Result<Result<T, E>, LogError> {
        self.around_noting(action, target, subjects, effect, |_| None).await
    }

    /// The same, with a note of what came of it.
    pub async fn around_noting<T, E: std::fmt::Display>(
        &self,
        action: &str,
        target: Option<&str>,
        subjects: BTreeMap<String, Versions>,
        effect: impl Future<Output = Result<T, E>>,
        note: impl FnOnce(&T) -> Option<String>,
    ) -> Result<Result<T, E>, LogError> {
        let noted = |done: &T| note(done).map(|note| serde_json::json!({ "notes": [note] }));
        self.around_telling(action, target, subjects, None, effect, noted).await
    }

    /// A write of one secret's next version: the outcome says when Vault made it, and `told` stands in both entries.
    pub async fn around_write<E: std::fmt::Display>(
        &self,
        action: &str,
        name: &Name,
        versions: Versions,
        told: Option<serde_json::Value>,
        write: impl Future<Output = Result<Created, E>>,
    ) -> Result<Result<Created, E>, LogError> {
        let subjects = [(name.to_string(), versions)].into();
        let created = |written: &Created| Some(made::created_detail(name.as_str(), written.at?));
        self.around_telling(action, Some("vault"), subjects, told, write, created).await
    }

    /// `told` stands in both entries, what `outcome` makes of the result in the second.
    async fn around_telling<T, E: std::fmt::Display>(
        &self,
        action: &str,
        target: Option<&str>,
        subjects: BTreeMap<String, Versions>,
        told: Option<serde_json::Value>,
        effect: impl Future<Output = Result<T, E>>,
        outcome: impl FnOnce(&T) -> Option<serde_json::Value>,
    ) -> Result<Result<T, E>, LogError> {
        let mut entry = self.entry(action, Phase::Intent);
        entry.target = target.map(str::to_owned);
        entry.subjects = subjects.clone();
        entry.detail = Some(serde_json::json!({ "stack": self.stack }));
        told.iter().for_each(|told| add_detail(&mut entry, told.clone()));
        entry.reason = self.cause.reason.clone();
        self.append(vec![entry]).await?;
        let result = self.during(effect).await?;
        let mut entry = self.entry(action, Phase::Outcome);
        entry.target = target.map(str::to_owned);
        entry.subjects = subjects;
        entry.outcome = Some(if result.is_ok() { Outcome::Done } else { Outcome::Failed });
        entry.error = result.as_ref().err().map(ToString::to_string);
        told.into_iter().for_each(|told| add_detail(&mut entry, told));
        let more = result.as_ref().ok().and_then(outcome);
        more.into_iter().for_each(|more| add_detail(&mut entry, more));
        self.append(vec![entry]).await?;
        Ok(result)
    }
}
