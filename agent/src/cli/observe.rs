//! What policy and log say now, for metrics.

use jiff::Timestamp;

use super::{Error, Global, status};
use crate::metrics::{self, Observed};
use crate::{journal, recover};

/// Looks, if anybody wants to know. What cannot be read is the command's own error, not one of looking.
pub async fn observe(global: &Global) {
    if metrics::are_on()
        && let Ok(now) = look(global).await
    {
        metrics::observed(now);
    }
}

async fn look(global: &Global) -> Result<Observed, Error> {
    let policy = global.load_policy()?;
    let reader = global.open_reader().await?;
    let last = journal::last_made(&reader, &policy).await?;
    Ok(Observed {
        standings: status::standings(&policy, &last, Timestamp::now()),
        entries: reader.head().await?.size,
        epoch: reader.epoch().await?,
        unfinished: recover::unfinished(&reader).await?.is_some(),
        ended: journal::last_endings(&reader).await?,
    })
}
