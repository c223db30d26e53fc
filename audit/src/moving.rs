//! A log that goes on in another store: the same entries under the same numbers, and so the same root.

use crate::{
    AuditUrl, Entry, Filter, Head, Log, LogError, MOVE, Reader,
    log::Sealed,
    store::Store,
    verify::{self, Depth, VerifyError},
};

/// How many entries are copied at once.
const BATCH: u32 = 500;

/// A log that was moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// Size and root, of both.
    pub head: Head,
    /// How many entries this run copied: an interrupted one had copied the others.
    pub copied: u64,
}

#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    #[error(
        "only a log in a file can be moved, and only into a database that `turnlock setup audit` made ready"
    )]
    Direction,
    #[error("the log that is to be moved: {0}")]
    Source(#[source] VerifyError),
    #[error("the database that it is to be moved to: {0}")]
    Target(#[source] VerifyError),
    #[error("the database has entries already that are not the beginning of this log; nothing was copied")]
    NotEmpty,
    #[error("the two don't have the same root after copying; keep the file, and find out why")]
    Differs,
    #[error(transparent)]
    Log(#[from] LogError),
}

/// Moves a log from a file into a database. Both are verified, before and after. `last` is the file's last entry, which
/// says where it goes on (its action is [`MOVE`]); after it the file takes no more. A run that was interrupted is taken
/// up by the next.
///
/// # Errors
/// When one of the two isn't sound, or the database holds anything else than the file's beginning.
pub async fn moved(
    from: &AuditUrl,
    to: &AuditUrl,
    last: Entry,
    progress: impl Fn(u64, u64),
) -> Result<Moved, MoveError> {
    let (AuditUrl::Sqlite(_), AuditUrl::Postgres(_)) = (from, to) else { return Err(MoveError::Direction) };
    let (source, target) = (Log::open(from).await?, Log::open(to).await?);
    // Whoever is at work there would find the log gone in the middle.
    let _lease = source.hold().await?;
    let reader = source.reader();
    let before = verify::verify(&reader, Depth::Full).await.map_err(MoveError::Source)?;
    let there = verify::verify(&target.reader(), Depth::Full).await.map_err(MoveError::Target)?;
    if !begins_with(&reader, &there.head()).await? {
        return Err(MoveError::NotEmpty);
    }
    close(&source, before.size, last, to).await?;
    let size = reader.head().await?.size;
    let mut next = there.size;
    while next < size {
        let filter = Filter { after_seq: next.checked_sub(1), limit: Some(BATCH), ..Filter::default() };
        let entries = reader.query(&filter).await?;
        let sealed: Vec<Sealed<'_>> =
            entries.iter().map(|stored| Sealed::again(&stored.entry, stored.body.clone())).collect();
        let numbers = target.store.append(&sealed).await?;
        if numbers.first() != Some(&next) {
            return Err(MoveError::NotEmpty);
        }
        next += entries.len() as u64;
        progress(next, size);
    }
    let left = verify::verify(&reader, Depth::Full).await.map_err(MoveError::Source)?;
    let arrived = verify::verify(&target.reader(), Depth::Full).await.map_err(MoveError::Target)?;
    if left.head() != arrived.head() {
        return Err(MoveError::Differs);
    }
    Ok(Moved { head: arrived.head(), copied: size - there.size })
}

/// The last entry, unless an interrupted run wrote it.
async fn close(source: &Log, size: u64, last: Entry, to: &AuditUrl) -> Result<(), LogError> {
    let newest = match size.checked_sub(1) {
        Some(seq) => source.reader().get(seq).await?,
        None => None,
    };
    if newest.and_then(|listed| listed.entry).is_some_and(|entry| entry.action == MOVE) {
        return Ok(());
    }
    let Store::Sqlite(writer) = &source.store else { return Ok(()) };
    let sealed = Sealed::of(&last)?;
    writer.append(&[sealed], Some(&to.to_string())).await.map(drop)
}

/// Whether the log's first entries are those of a head.
async fn begins_with(reader: &Reader, head: &Head) -> Result<bool, LogError> {
    let now = reader.head().await?;
    if head.size == 0 {
        return Ok(true);
    }
    if head.size > now.size {
        return Ok(false);
    }
    if head.size == now.size {
        return Ok(*head == now);
    }
    let proof = reader.consistency_proof(head.size, now.size).await?;
    Ok(crate::merkle::verify_consistency(head, &now, &proof).is_ok())
}
