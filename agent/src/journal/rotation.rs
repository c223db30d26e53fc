//! What a rotation writes: the right to act with its plan, each step's intent and outcome, what a person decided, its end.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use turnlock_audit::{Direction, Entry, LEASE, LogError, Outcome, Phase, Versions};

use super::{Journal, add_detail, made};
use crate::plan::Plan;
use crate::progress::RESOLVE;
use crate::step::Step;
use crate::target::Effect;

/// One item of a rotation, as the log names it.
#[derive(Clone, Debug)]
pub struct Item<'a> {
    pub rotation: &'a str,
    pub index: usize,
    pub step: &'a Step,
    pub direction: Direction,
    pub subjects: &'a BTreeMap<String, Versions>,
    pub plan_hash: &'a str,
}

impl Journal {
    /// The right to act, taken for a rotation: whoever acted under an older one can't write about any rotation after this.
    /// It is refused if somebody else took it since this run looked.
    fn lease(&self, rotation: &str, plan: &Plan) -> (u64, Entry) {
        let next = self.epoch.load(Ordering::SeqCst) + 1;
        let mut entry = self.entry(LEASE, Phase::Event);
        entry.epoch = Some(next);
        entry.rotation = Some(rotation.into());
        entry.plan_hash = Some(plan.hash());
        (next, entry)
    }

    /// A rotation's first entries: the right to act, and its whole plan.
    pub async fn begin(&self, rotation: &str, plan: &Plan) -> Result<(), LogError> {
        let (epoch, lease) = self.lease(rotation, plan);
        let mut entry = self.entry("rotation", Phase::Intent);
        entry.epoch = Some(epoch);
        entry.rotation = Some(rotation.into());
        entry.subjects = subjects(plan);
        entry.plan_hash = Some(plan.hash());
        entry.reason = self.cause.reason.clone();
        entry.detail = Some(serde_json::json!({ "stack": self.stack, "plan": plan }));
        note_number(self.append(vec![lease, entry]).await?.last());
        self.epoch.store(epoch, Ordering::SeqCst);
        Ok(())
    }

    /// Takes the right to act for a rotation that another process began.
    pub async fn go_on(&self, rotation: &str, plan: &Plan) -> Result<(), LogError> {
        let (epoch, lease) = self.lease(rotation, plan);
        note_number(self.append(vec![lease]).await?.last());
        self.epoch.store(epoch, Ordering::SeqCst);
        Ok(())
    }

    /// What a person decided of a rotation that is not to be left to the rules; no direction: it ends as it stands.
    pub async fn resolve(
        &self,
        rotation: &str,
        plan: &Plan,
        direction: Option<Direction>,
    ) -> Result<(), LogError> {
        let mut entry = self.entry(RESOLVE, Phase::Event);
        entry.rotation = Some(rotation.into());
        entry.subjects = subjects(plan);
        entry.plan_hash = Some(plan.hash());
        entry.direction = direction;
        entry.reason = self.cause.reason.clone();
        entry.outcome = Some(Outcome::Done);
        self.append(vec![entry]).await.map(drop)
    }

    /// A rotation's last entry, durable when this returns.
    pub async fn end(
        &self,
        rotation: &str,
        plan: &Plan,
        outcome: Outcome,
        error: Option<&str>,
    ) -> Result<(), LogError> {
        let mut entry = self.entry("rotation", Phase::Outcome);
        entry.rotation = Some(rotation.into());
        entry.subjects = subjects(plan);
        entry.plan_hash = Some(plan.hash());
        entry.outcome = Some(outcome);
        entry.error = error.map(str::to_owned);
        self.append(vec![entry]).await.map(drop)
    }

    /// The number of the entry stands on the step's span, as its span stands in the entry.
    pub async fn intent(&self, item: &Item<'_>) -> Result<(), LogError> {
        let entry = self.item(item, Phase::Intent);
        note_number(self.append(vec![entry]).await?.first());
        Ok(())
    }

    /// Kept until the next intent or the end.
    pub fn outcome(&self, item: &Item<'_>, result: Result<&Effect, &str>) {
        let mut entry = self.item(item, Phase::Outcome);
        match result {
            Ok(effect) => {
                entry.outcome = Some(Outcome::Done);
                if !effect.notes.is_empty() {
                    entry.detail = Some(serde_json::json!({ "notes": effect.notes }));
                }
                for (name, at) in &effect.created {
                    add_detail(&mut entry, made::created_detail(name, *at));
                }
                for (name, version) in &effect.versions {
                    entry.subjects.entry(name.clone()).or_default().to = Some(*version);
                }
            }
            Err(error) => {
                entry.outcome = Some(Outcome::Failed);
                entry.error = Some(error.to_owned());
            }
        }
        self.later(entry);
    }

    fn item(&self, item: &Item<'_>, phase: Phase) -> Entry {
        let mut entry = self.entry(item.step.verb(), phase);
        entry.rotation = Some(item.rotation.into());
        entry.step = u32::try_from(item.index).ok();
        entry.direction = Some(item.direction);
        entry.target = item.step.target();
        entry.subjects = item.subjects.clone();
        entry.plan_hash = Some(item.plan_hash.to_owned());
        entry
    }
}

fn note_number(number: Option<&u64>) {
    if let Some(number) = number {
        tracing::Span::current().record("turnlock.audit.seq", *number as i64);
    }
}

/// A plan's secrets as an entry shows them.
pub fn subjects(plan: &Plan) -> BTreeMap<String, Versions> {
    let some = plan.changes.iter();
    some.map(|(n, v)| (n.to_string(), Versions { from: Some(v.from), to: Some(v.to) })).collect()
}
