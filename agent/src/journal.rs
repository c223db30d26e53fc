//! Typed events of a rotation as entries of the audit log, and back.
//!
//! No effect without a durable intent: [`Journal::intent`] returns when the entry is on disk. An outcome is written
//! together with the next intent, in one append; a crash in between leaves an intent without an outcome, whose effect
//! is idempotent. What is read back is in `journal/reading.rs`.

mod reading;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use jiff::Timestamp;
use turnlock_audit::posture::Posture;
use turnlock_audit::{AuditUrl, Direction, Entry, Lease, Log, LogError, Outcome, Phase, Reader, Versions};

use crate::actor::Actor;
use crate::metrics;
use crate::plan::Plan;
use crate::progress::RESOLVE;
use crate::secret::Name;
use crate::step::Step;
use crate::target::Effect;
use crate::telemetry::{self, spans};
use crate::vault::{Created, Requests, Vault};

pub use reading::{LastMade, Maker, last_endings, last_made, newest_rotation, of_rotation, stack};

/// Name and version, as entries have it.
pub const AGENT: &str = concat!("turnlock/", env!("CARGO_PKG_VERSION"));

/// Why now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Trigger {
    /// Somebody asked for it
    Person,
    /// The secret was due
    Schedule,
    /// Something happened that asks for it: somebody left, a supplier changed
    Event,
    /// A value may have become known
    Incident,
}

impl Trigger {
    pub fn as_str(self) -> &'static str {
        match self {
            Trigger::Person => "person",
            Trigger::Schedule => "schedule",
            Trigger::Event => "event",
            Trigger::Incident => "incident",
        }
    }
}

/// What a run is for.
#[derive(Clone, Debug)]
pub struct Cause {
    pub trigger: Trigger,
    /// In the words of whoever asked.
    pub reason: Option<String>,
}

impl Cause {
    pub fn new(trigger: Trigger, reason: Option<String>) -> Self {
        Self { trigger, reason }
    }

    /// What a person typed, without saying why.
    pub fn person() -> Self {
        Self::new(Trigger::Person, None)
    }
}

/// The log, as a run writes it.
pub struct Journal {
    log: Log,
    actor: Actor,
    cause: Cause,
    stack: String,
    /// Vault's ids of what was changed there since the last entry.
    requests: Requests,
    /// The log's epoch when this run first looked, and from `begin` or `go_on` the run's own.
    epoch: Arc<AtomicU64>,
    /// The right to act, from when it was [taken](Journal::hold).
    lease: OnceLock<Lease>,
    /// For spans: which system, and where.
    place: (&'static str, Option<(String, u16)>, String),
    waiting: Mutex<Vec<Entry>>,
}

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
    /// Looks at the log's epoch: what is decided from here on is only written if nobody else began meanwhile.
    pub async fn new(
        log: Log,
        vault: &Vault,
        actor: Actor,
        stack: &str,
        cause: Cause,
    ) -> Result<Self, LogError> {
        let (stack, requests) = (stack.to_owned(), vault.requests());
        let epoch = Arc::new(AtomicU64::new(log.epoch().await?));
        let place = match log.url() {
            AuditUrl::Postgres(url) => {
                ("postgresql", Some((url.host().to_owned(), url.port())), url.database().to_owned())
            }
            _ => ("sqlite", None, "audit.db".to_owned()),
        };
        let (lease, waiting) = (OnceLock::new(), Mutex::default());
        Ok(Self { log, actor, cause, stack, requests, epoch, lease, place, waiting })
    }

    /// Keeps others from acting on this log, until this journal is dropped.
    pub async fn hold(&self) -> Result<(), LogError> {
        let lease = self.log.hold().await?;
        let _ = self.lease.set(lease);
        Ok(())
    }

    /// Whether its lease ends by itself when a holder is silent.
    pub fn is_on_a_server(&self) -> bool {
        matches!(self.log.url(), AuditUrl::Postgres(_))
    }

    /// Whether the right to act was taken, and lost since.
    pub fn check(&self) -> Result<(), LogError> {
        self.lease.get().map_or(Ok(()), Lease::check)
    }

    /// Does this as long as the right to act is held; where it is lost, the work is dropped where it stands.
    pub async fn during<T>(&self, work: impl Future<Output = T>) -> Result<T, LogError> {
        match self.lease.get() {
            Some(lease) => lease.during(work).await,
            None => Ok(work.await),
        }
    }

    /// The epoch that this run acts under, as it is whenever it is read.
    pub fn epoch(&self) -> Arc<AtomicU64> {
        self.epoch.clone()
    }

    pub fn reader(&self) -> Reader {
        self.log.reader()
    }

    pub fn trigger(&self) -> Trigger {
        self.cause.trigger
    }

    fn entry(&self, action: &str, phase: Phase) -> Entry {
        let mut entry = Entry::new(Timestamp::now(), action, phase, &self.actor.actor, AGENT);
        entry.requester = Some(self.actor.requester.clone());
        entry.asserted = Some(self.actor.asserted.clone());
        entry.trigger = Some(self.cause.trigger.as_str().into());
        entry.epoch = Some(self.epoch.load(Ordering::SeqCst));
        entry.request_ids = self.requests.take();
        (entry.trace_id, entry.span_id) = telemetry::current_ids();
        entry
    }

    /// The right to act, taken for a rotation: whoever acted under an older one can't write about any rotation after this.
    /// It is refused if somebody else took it since this run looked.
    fn lease(&self, rotation: &str, plan: &Plan) -> (u64, Entry) {
        let next = self.epoch.load(Ordering::SeqCst) + 1;
        let mut entry = self.entry("lease", Phase::Event);
        entry.epoch = Some(next);
        entry.rotation = Some(rotation.into());
        entry.plan_hash = Some(plan.hash());
        (next, entry)
    }

    /// Writes what is waiting, then these, in one append.
    async fn append(&self, mut last: Vec<Entry>) -> Result<Vec<u64>, LogError> {
        self.check()?;
        let mut all = self.waiting.lock().map(|mut w| std::mem::take(&mut *w)).unwrap_or_default();
        let before = all.len();
        all.append(&mut last);
        if all.is_empty() {
            return Ok(Vec::new());
        }
        let (system, server, database) = &self.place;
        let server = server.as_ref().map(|(host, port)| (host.as_str(), *port));
        let span = spans::database(system, "append", server, database);
        span.record("turnlock.audit.entries", all.len() as i64);
        match spans::within(span.clone(), |_| "append".into(), timed(&self.log, &all)).await {
            Ok(numbers) => {
                if let Some(first) = numbers.first() {
                    span.record("turnlock.audit.seq", *first as i64);
                }
                Ok(numbers.into_iter().skip(before).collect())
            }
            Err(e) => {
                // They are still owed to the log.
                all.truncate(before);
                if let Ok(mut waiting) = self.waiting.lock() {
                    *waiting = all;
                }
                Err(e)
            }
        }
    }

    fn later(&self, entry: Entry) {
        if let Ok(mut waiting) = self.waiting.lock() {
            waiting.push(entry);
        }
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

    /// What was not even begun.
    pub async fn refused(&self, names: &[Name], why: &str) -> Result<(), LogError> {
        let mut entry = self.entry("refusal", Phase::Event);
        entry.subjects = names.iter().map(|n| (n.to_string(), Versions::default())).collect();
        entry.outcome = Some(Outcome::Refused);
        entry.error = Some(why.to_owned());
        metrics::rotation("refused", self.cause.trigger.as_str());
        self.append(vec![entry]).await.map(drop)
    }

    /// What was found when somebody looked at how the log itself is kept; written together with what comes next.
    pub fn posture(&self, posture: &Posture) {
        let mut entry = self.entry("posture", Phase::Event);
        tell_posture(&mut entry, posture);
        self.later(entry);
    }

    /// What somebody has to look at now.
    pub async fn alarm(&self, target: &str, what: &str) -> Result<(), LogError> {
        let mut entry = self.entry("alarm", Phase::Event);
        entry.target = Some(target.to_owned());
        entry.outcome = Some(Outcome::Failed);
        entry.error = Some(what.to_owned());
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
                    add_detail(&mut entry, reading::created_detail(name, *at));
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
        let created = |written: &Created| Some(reading::created_detail(name.as_str(), written.at?));
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

    /// Writes what is still waiting.
    pub async fn flush(&self) -> Result<(), LogError> {
        self.append(Vec::new()).await.map(drop)
    }
}

/// Adds fields to an entry's detail; an object in both is one with the fields of both.
fn add_detail(entry: &mut Entry, more: serde_json::Value) {
    let detail = entry.detail.get_or_insert_with(|| serde_json::json!({}));
    let (Some(detail), serde_json::Value::Object(more)) = (detail.as_object_mut(), more) else { return };
    for (key, value) in more {
        match (detail.get_mut(&key).and_then(|there| there.as_object_mut()), value) {
            (Some(there), serde_json::Value::Object(value)) => there.extend(value),
            (_, value) => _ = detail.insert(key, value),
        }
    }
}

fn note_number(number: Option<&u64>) {
    if let Some(number) = number {
        tracing::Span::current().record("turnlock.audit.seq", *number as i64);
    }
}

fn tell_posture(entry: &mut Entry, posture: &Posture) {
    let findings: Vec<String> = posture.findings.iter().map(|f| format!("{}: {}", f.check, f.what)).collect();
    entry.outcome = Some(if findings.is_empty() { Outcome::Done } else { Outcome::Failed });
    entry.detail = Some(serde_json::json!({ "checks": posture.checks.len(), "findings": findings }));
}

/// How the log is kept, told by an agent that starts and has not logged in anywhere yet.
pub async fn posture_at_start(log: &Log, posture: &Posture) -> Result<(), LogError> {
    let mut entry = Entry::new(Timestamp::now(), "posture", Phase::Event, "turnlock (asserted)", AGENT);
    entry.asserted = Some(crate::actor::this_process());
    entry.trigger = Some(Trigger::Schedule.as_str().into());
    tell_posture(&mut entry, posture);
    timed(log, &[entry]).await.map(drop)
}

/// Appends, and tells how long it took.
async fn timed(log: &Log, entries: &[Entry]) -> Result<Vec<u64>, LogError> {
    let started = std::time::Instant::now();
    let appended = log.append(entries).await;
    if !entries.is_empty() {
        let last = appended.as_ref().ok().and_then(|numbers| numbers.last());
        metrics::appended(started.elapsed(), appended.is_ok(), last.map(|seq| seq + 1));
    }
    appended
}

/// A plan's secrets as an entry shows them.
pub fn subjects(plan: &Plan) -> BTreeMap<String, Versions> {
    let some = plan.changes.iter();
    some.map(|(n, v)| (n.to_string(), Versions { from: Some(v.from), to: Some(v.to) })).collect()
}
