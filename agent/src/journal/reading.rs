//! What the log says: which version of a secret is current, which rotations there were, whose stack it is of.

use std::collections::BTreeMap;

use jiff::Timestamp;
use turnlock_audit::{Entry, Filter, LogError, Outcome, Reader, Stored};

use crate::secret::{Name, Version};

/// What the log says of a secret: the version it made current last, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastMade {
    pub version: Version,
    pub at: Timestamp,
    pub by: Maker,
    /// When Vault said that it wrote this version. A log of an older program does not have it.
    pub created: Option<Timestamp>,
    /// From when its age counts: a value that was only written down again, or made by hand, is as old as the last one that
    /// was rotated or imported.
    pub age_from: Timestamp,
}

/// The actions after which a secret has a new current version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Maker {
    Rotation,
    Import,
    Repair,
    /// Read back from the stack, after Vault had lost it.
    Recapture,
    /// Changed by hand, and taken over.
    Manual,
}

impl Maker {
    const ALL: [Maker; 5] = [Maker::Rotation, Maker::Import, Maker::Repair, Maker::Recapture, Maker::Manual];

    pub fn action(self) -> &'static str {
        match self {
            Maker::Rotation => "promote",
            Maker::Import => "import",
            Maker::Repair => "repair",
            Maker::Recapture => "recapture",
            Maker::Manual => "manual",
        }
    }

    /// Whether it begins a new life of the secret. What a person set by hand is never counted as a rotation.
    fn renews(self) -> bool {
        !matches!(self, Maker::Recapture | Maker::Manual)
    }

    pub fn of(action: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.action() == action)
    }
}

/// Which version the log made current last, for every secret that it knows.
pub async fn last_made(reader: &Reader) -> Result<BTreeMap<Name, LastMade>, LogError> {
    let mut all = Vec::new();
    for by in Maker::ALL {
        let filter =
            Filter { action: Some(by.action().into()), outcome: Some(Outcome::Done), ..Filter::default() };
        all.extend(reader.query(&filter).await?.into_iter().map(|stored| (stored, by)));
    }
    all.sort_by_key(|(stored, _)| stored.seq);
    let mut last: BTreeMap<Name, LastMade> = BTreeMap::new();
    for (stored, by) in &all {
        let at = stored.entry.at;
        for (subject, versions) in &stored.entry.subjects {
            let (Ok(name), Some(version)) = (subject.parse::<Name>(), versions.to) else { continue };
            let before = last.get(&name).filter(|_| !by.renews());
            let age_from = before.map_or(at, |made| made.age_from);
            let created = created(&stored.entry, subject);
            last.insert(name, LastMade { version, at, by: *by, created, age_from });
        }
    }
    Ok(last)
}

/// When Vault wrote a secret's version, as an entry's detail says it.
pub(super) fn created_detail(name: &str, at: Timestamp) -> serde_json::Value {
    serde_json::json!({ "created": { name: at.to_string() } })
}

fn created(entry: &Entry, name: &str) -> Option<Timestamp> {
    entry.detail.as_ref()?.get("created")?.get(name)?.as_str()?.parse().ok()
}

/// All entries of one rotation, in order.
pub async fn of_rotation(reader: &Reader, rotation: &str) -> Result<Vec<Stored>, LogError> {
    reader.query(&Filter { rotation: Some(rotation.into()), ..Filter::default() }).await
}

/// The id of the rotation that began last.
pub async fn newest_rotation(reader: &Reader) -> Result<Option<String>, LogError> {
    let newest =
        Filter { action: Some("rotation".into()), newest_first: true, limit: Some(1), ..Filter::default() };
    let found = reader.list(&newest).await?.into_iter().next();
    Ok(found.and_then(|listed| listed.entry?.rotation))
}

/// When a rotation last ended well, and when one last had to be taken back.
pub async fn last_endings(reader: &Reader) -> Result<Vec<(&'static str, Timestamp)>, LogError> {
    let mut endings = Vec::new();
    for (word, outcome) in [("done", Outcome::Done), ("undone", Outcome::Failed)] {
        let filter = Filter {
            action: Some("rotation".into()),
            outcome: Some(outcome),
            newest_first: true,
            limit: Some(1),
            ..Filter::default()
        };
        endings.extend(reader.query(&filter).await?.into_iter().map(|stored| (word, stored.entry.at)));
    }
    Ok(endings)
}

/// The stack that a log is of; `None` while it is new.
pub async fn stack(reader: &Reader) -> Result<Option<String>, LogError> {
    for action in ["setup", "enroll", "import", "rotation"] {
        let filter = Filter { action: Some(action.into()), limit: Some(1), ..Filter::default() };
        let first = reader.query(&filter).await?.into_iter().next();
        if let Some(stack) = first.and_then(|s| s.entry.detail?.get("stack")?.as_str().map(str::to_owned)) {
            return Ok(Some(stack));
        }
    }
    Ok(None)
}
