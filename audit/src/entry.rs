//! What an entry says, and its canonical bytes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::canonical;

/// The version of the entries that this library writes. It reads every earlier one too: what is in a log stays valid.
///
/// | format | has besides |
/// |---|---|
/// | 1 | |
/// | 2 | `asserted`, `epoch`, `request_ids` |
pub const FORMAT: u32 = 2;
/// A body is shorter than this (bytes).
pub const MAX_BODY: usize = 64 * 1024;
/// The largest integer that every JSON reader understands alike: 2^53 - 1 (RFC 8785, appendix B; RFC 7493).
/// A larger one is written as a decimal string.
pub const MAX_INTEGER: u64 = (1 << 53) - 1;
/// What is looked up by an index may be so long (bytes).
const MAX_NAME: usize = 512;
/// How deeply `detail` may be nested.
pub(crate) const MAX_DEPTH: usize = 32;

/// What an entry says.
///
/// Its canonical form (RFC 8785) is what is stored and hashed. The profile is narrower than JSON: no unknown
/// and no duplicate keys, no floats, integers up to [`MAX_INTEGER`], a body under [`MAX_BODY`]. What isn't
/// known is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The version of this form: [`FORMAT`], or an earlier one.
    pub format: u32,
    /// When, by the clock of the caller. Order is the entry's number, never its time.
    pub at: Timestamp,
    /// What is done: `rotation`, `apply`, ... of `a` to `z`, `.` and `-`, up to 64 of them.
    pub action: String,
    /// Before an effect, after it, or neither.
    pub phase: Phase,
    /// How it ended: required after an effect, forbidden before one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// With whose powers it is done.
    pub actor: String,
    /// Who asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requester: Option<String>,
    /// What the requester's process said of itself, and nobody vouches for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asserted: Option<Asserted>,
    /// Why now: `person`, `schedule`, `event`, `incident`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<String>,
    /// The run that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotation: Option<String>,
    /// Which step of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<u32>,
    /// Towards the new state or back to the old one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// What is acted upon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// What it is about, by name, with version numbers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub subjects: BTreeMap<String, Versions>,
    /// Why, in the words of whoever asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What went wrong, in our own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The hash of the plan that is followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan_hash: Option<String>,
    /// The right to act under which it was written: a log takes no entry of a run under an older one than it has seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<u64>,
    /// The `request_id` of each changing call to Vault that it tells of, as Vault's own audit log has it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub request_ids: Vec<String>,
    /// The OpenTelemetry trace that shows the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// The span of that trace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span_id: Option<String>,
    /// Name and version of the program that wrote it.
    pub agent: String,
    /// Whatever else belongs to the action. `null` is the same as nothing.
    #[serde(default, skip_serializing_if = "says_nothing")]
    pub detail: Option<Value>,
}

/// What a process says of itself: anybody could say so.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asserted {
    /// The name that somebody gave the token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<u32>,
    /// Who used `sudo` to become that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sudo_uid: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
}

/// Where an entry stands to the effect that it tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Written before the effect: it may or may not have happened.
    Intent,
    /// Written after the effect: how it ended.
    Outcome,
    /// Something that is told, without an effect of its own.
    Event,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Done,
    Failed,
    /// Not tried, on purpose.
    Refused,
    /// Tried, and the answer was lost.
    InDoubt,
}

/// Towards the new state or back to the old one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Forward,
    Back,
}

/// The version of a subject before and after.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Versions {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<u64>,
}

/// An entry as it stands in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its number: the index of its leaf, from 0.
    pub seq: u64,
    pub entry: Entry,
    /// The canonical bytes, as they are stored.
    pub body: Vec<u8>,
    /// Their leaf hash (RFC 6962, 2.1).
    pub leaf: [u8; 32],
    /// What the store's server itself recorded.
    pub recorded: Option<crate::Recorded>,
}

/// The format of an entry that a newer version wrote: canonical JSON with a larger number.
pub(crate) fn newer_format(body: &[u8]) -> Option<u64> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let format = value.get("format")?.as_u64().filter(|format| *format > u64::from(FORMAT))?;
    (canonical::to_vec(&value).ok()? == body && body.len() < MAX_BODY).then_some(format)
}

/// Why something isn't an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    #[error("the entry's `{field}` {why}")]
    Field { field: &'static str, why: &'static str },
    #[error("the entry's `detail` {0}")]
    Detail(&'static str),
    #[error("the entry is {0} bytes long; it must be shorter than {MAX_BODY}")]
    TooLong(usize),
    #[error("these bytes aren't an entry of format {FORMAT}: {0}")]
    Json(String),
    #[error(
        "these bytes say the same as an entry but aren't its canonical form (RFC 8785): white space, order or \
         repetition of keys, a `null`, or another way to write a string or a number"
    )]
    NotCanonical,
}

impl Entry {
    /// An entry with what every entry has.
    pub fn new(
        at: Timestamp,
        action: impl Into<String>,
        phase: Phase,
        actor: impl Into<String>,
        agent: impl Into<String>,
    ) -> Entry {
        Entry {
            format: FORMAT,
            at,
            action: action.into(),
            phase,
            outcome: None,
            actor: actor.into(),
            requester: None,
            asserted: None,
            trigger: None,
            rotation: None,
            step: None,
            direction: None,
            target: None,
            subjects: BTreeMap::new(),
            reason: None,
            error: None,
            plan_hash: None,
            epoch: None,
            request_ids: Vec::new(),
            trace_id: None,
            span_id: None,
            agent: agent.into(),
            detail: None,
        }
    }

    /// The bytes that are stored and hashed.
    ///
    /// # Errors
    /// Whatever the profile forbids, by field.
    pub fn canonical(&self) -> Result<Vec<u8>, EntryError> {
        self.check()?;
        let bytes = canonical::to_vec(self).map_err(|error| EntryError::Json(shown(&error)))?;
        if bytes.len() >= MAX_BODY {
            return Err(EntryError::TooLong(bytes.len()));
        }
        Ok(bytes)
    }

    /// Reads an entry back, and refuses anything whose canonical form isn't exactly these bytes: so there is
    /// one way to write an entry, and a reader can't be shown another one than the hash covers.
    ///
    /// # Errors
    /// As for [`canonical`](Entry::canonical), and when the bytes aren't that form.
    pub fn parse(bytes: &[u8]) -> Result<Entry, EntryError> {
        if bytes.len() >= MAX_BODY {
            return Err(EntryError::TooLong(bytes.len()));
        }
        let entry: Entry = serde_json::from_slice(bytes).map_err(|error| EntryError::Json(shown(&error)))?;
        if entry.canonical()? != bytes {
            return Err(EntryError::NotCanonical);
        }
        Ok(entry)
    }

    /// What is refused when it is written, and not when it is read: an earlier version wrote it.
    pub(crate) fn check_for_appending(&self) -> Result<(), EntryError> {
        let names = [&self.requester, &self.trigger, &self.rotation, &self.target, &self.trace_id];
        let names = names.into_iter().flatten().chain([&self.actor]).chain(self.subjects.keys());
        if names.into_iter().any(|name| name.len() > MAX_NAME) {
            return Err(EntryError::Field { field: "name", why: "is longer than 512 bytes" });
        }
        let texts =
            [&self.reason, &self.error, &self.requester, &self.trigger, &self.trace_id, &self.span_id];
        let none =
            texts.into_iter().flatten().chain([&self.actor, &self.agent]).all(|text| !text.contains('\0'));
        if !none || self.detail.as_ref().is_some_and(has_nul) {
            return Err(EntryError::Field {
                field: "text",
                why: "has a NUL, which not every store can hold",
            });
        }
        Ok(())
    }

    fn check(&self) -> Result<(), EntryError> {
        let field = |field, why| Err(EntryError::Field { field, why });
        match self.format {
            FORMAT => {}
            1 if self.asserted.is_none() && self.epoch.is_none() && self.request_ids.is_empty() => {}
            1 => return field("format", "is 1, and it has what only format 2 has"),
            _ => return field("format", "isn't one that this version writes and reads"),
        }
        if self.epoch.is_some_and(|epoch| epoch > MAX_INTEGER) {
            return field("epoch", "is above 2^53-1");
        }
        if self.at_nanoseconds().is_none() {
            return field("at", "isn't between the years 1970 and 2262");
        }
        if self.action.is_empty()
            || self.action.len() > 64
            || !self.action.bytes().all(|b| matches!(b, b'a'..=b'z' | b'.' | b'-'))
        {
            return field("action", "isn't one to 64 letters from a to z, `.` and `-`");
        }
        match (self.phase, self.outcome) {
            (Phase::Outcome, None) => return field("outcome", "is missing; the phase `outcome` needs one"),
            (Phase::Intent, Some(_)) => {
                return field("outcome", "is set, before the effect (phase `intent`)");
            }
            _ => {}
        }
        for (field, text) in [("actor", &self.actor), ("agent", &self.agent)] {
            if text.is_empty() {
                return Err(EntryError::Field { field, why: "is empty" });
            }
        }
        let names = self.subjects.keys().map(|name| ("subjects", name));
        let names = names.chain(self.rotation.iter().map(|text| ("rotation", text)));
        for (field, text) in names.chain(self.target.iter().map(|text| ("target", text))) {
            if text.is_empty() || text.chars().any(char::is_control) {
                return Err(EntryError::Field {
                    field,
                    why: "holds a name that is empty or has a control character",
                });
            }
        }
        if self.subjects.values().flat_map(|v| [v.from, v.to]).flatten().any(|number| number > MAX_INTEGER) {
            return field("subjects", "holds a version above 2^53-1");
        }
        self.detail.as_ref().map_or(Ok(()), |detail| check_detail(detail, MAX_DEPTH))
    }

    /// Nanoseconds since 1970, if there are so many, and if they fit.
    fn at_nanoseconds(&self) -> Option<i64> {
        i64::try_from(self.at.as_nanosecond()).ok().filter(|at| *at >= 0)
    }

    /// Each subject with each version that it names, as stores keep them: by name and version, -1 for none.
    pub(crate) fn subject_rows(&self) -> impl Iterator<Item = (&str, i64)> + Clone {
        self.subjects.iter().flat_map(|(name, versions)| {
            let number = |version: Option<u64>| version.and_then(|v| i64::try_from(v).ok());
            subject_versions([number(versions.from), number(versions.to)]).map(move |v| (name.as_str(), v))
        })
    }
}

/// The versions of one subject, in order and each once.
pub(crate) fn subject_versions(versions: [Option<i64>; 2]) -> impl Iterator<Item = i64> + Clone {
    let (first, second) = match versions {
        [Some(a), Some(b)] if a == b => (a, None),
        [Some(a), Some(b)] => (a.min(b), Some(a.max(b))),
        [Some(a), None] | [None, Some(a)] => (a, None),
        [None, None] => (-1, None),
    };
    std::iter::once(first).chain(second)
}

/// Microseconds since 1970, as stores keep a time: rounded down.
pub(crate) fn microseconds(at: Timestamp) -> i64 {
    at.as_microsecond().max(0)
}

impl Outcome {
    /// The word that stands for it in an entry.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Done => "done",
            Outcome::Failed => "failed",
            Outcome::Refused => "refused",
            Outcome::InDoubt => "in_doubt",
        }
    }
}

fn says_nothing(detail: &Option<Value>) -> bool {
    matches!(detail, None | Some(Value::Null))
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(fields) => fields.iter().any(|(key, value)| key.contains('\0') || has_nul(value)),
        _ => false,
    }
}

fn check_detail(value: &Value, depth: usize) -> Result<(), EntryError> {
    let Some(depth) = depth.checked_sub(1) else {
        return Err(EntryError::Detail("is nested too deeply"));
    };
    match value {
        Value::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(n), _) if n <= MAX_INTEGER => Ok(()),
            (_, Some(n)) if n.unsigned_abs() <= MAX_INTEGER => Ok(()),
            (None, None) => Err(EntryError::Detail("holds a float; write it as an integer or a string")),
            _ => Err(EntryError::Detail("holds an integer above 2^53-1; write it as a decimal string")),
        },
        Value::Array(items) => items.iter().try_for_each(|item| check_detail(item, depth)),
        Value::Object(fields) => fields.values().try_for_each(|field| check_detail(field, depth)),
        Value::Null | Value::Bool(_) | Value::String(_) => Ok(()),
    }
}

/// A parser's message may quote what it read: bounded, and without control characters.
fn shown(error: &serde_json::Error) -> String {
    error.to_string().chars().take(200).flat_map(char::escape_debug).collect()
}
