//! What the log says: which rotations there were, whose stack it is of.

use jiff::Timestamp;
use turnlock_audit::{Filter, LogError, Outcome, Reader, Stored};

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
