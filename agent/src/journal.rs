//! Typed events of a rotation as entries of the audit log, and back.
//!
//! No effect without a durable intent: [`Journal::intent`] returns when the entry is on disk. An outcome is written
//! together with the next intent, in one append; a crash in between leaves an intent without an outcome, whose effect
//! is idempotent. What a rotation writes is in `journal/rotation.rs`, other actions are in `journal/around.rs`; what is read
//! back is in `journal/reading.rs` and `journal/made.rs`.

mod around;
mod made;
mod reading;
mod rotation;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use jiff::Timestamp;
use turnlock_audit::posture::Posture;
use turnlock_audit::{AuditUrl, Entry, Lease, Log, LogError, Outcome, Phase, Reader, Versions};

use crate::actor::Actor;
use crate::metrics;
use crate::secret::Name;
use crate::telemetry::{self, spans};
use crate::vault::{Requests, Vault};

pub use made::{LastMade, Maker, last_made};
pub use reading::{last_endings, newest_rotation, of_rotation, stack};
pub use rotation::{Item, subjects};

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

    /// Writes what is still waiting.
    pub async fn flush(&self) -> Result<(), LogError> {
        self.append(Vec::new()).await.map(drop)
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
