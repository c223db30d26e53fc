//! What the log says: which version of a secret is current, which rotations there were, whose stack it is of.

use std::collections::BTreeMap;

use jiff::Timestamp;
use turnlock_audit::{Filter, LogError, Outcome, Reader, Stored};

use crate::secret::{Name, Version};

/// What the log says of a secret: the version it made current last, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastMade {
    pub version: Version,
    pub at: Timestamp,
    pub by: Maker,
}

/// The actions after which a secret has a new current version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Maker {
    Rotation,
    Import,
    Repair,
}

impl Maker {
    const ALL: [Maker; 3] = [Maker::Rotation, Maker::Import, Maker::Repair];

    pub fn action(self) -> &'static str {
        match self {
            Maker::Rotation => "promote",
            Maker::Import => "import",
            Maker::Repair => "repair",
        }
    }

    pub fn of(action: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.action() == action)
    }
}

/// Which version the log made current last, for every secret that it knows.
pub async fn last_made(reader: &Reader) -> Result<BTreeMap<Name, LastMade>, LogError> {
    let mut last = BTreeMap::new();
    for by in Maker::ALL {
        let filter =
            Filter { action: Some(by.action().into()), outcome: Some(Outcome::Done), ..Filter::default() };
        for stored in reader.query(&filter).await? {
            for (name, versions) in &stored.entry.subjects {
                let (Ok(name), Some(version)) = (name.parse::<Name>(), versions.to) else { continue };
                let made = LastMade { version, at: stored.entry.at, by };
                let newer = last.get(&name).is_none_or(|(seq, _)| *seq < stored.seq);
                if newer {
                    last.insert(name, (stored.seq, made));
                }
            }
        }
    }
    Ok(last.into_iter().map(|(name, (_, made))| (name, made)).collect())
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
