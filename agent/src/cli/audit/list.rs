//! `turnlock audit list`: what fits, newest first, page by page.

use std::time::Duration;

use turnlock_audit::{Filter, Listed, LogError, Reader};

use super::args::ListArgs;
use super::format::{Format, Writer};
use crate::cli::out::on_terminal;
use crate::cli::{Code, Error, Global};
use crate::watch::Stop;

/// How many entries are in memory when everything is asked for.
const PAGE: u32 = 500;
/// How often `--follow` looks.
const INTERVAL: Duration = Duration::from_millis(500);

pub(super) async fn run(global: &Global, args: &ListArgs) -> Result<Code, Error> {
    let format = args.format.unwrap_or(if global.json { Format::Json } else { Format::Table });
    if args.follow && format == Format::Json {
        return Err(Error::new(
            Code::Usage,
            "an answer that never ends can't be one object",
            "use --format ndjson",
        ));
    }
    let reader = global.open_reader().await?;
    let filter = filter(args);
    let mut writer = Writer::new(format);
    if args.follow {
        return follow(&reader, filter, args.limit, writer).await;
    }
    if args.all {
        pages(&reader, filter, &mut writer).await?;
    } else {
        let entries = reader.list(&Filter { limit: Some(args.limit), ..filter }).await?;
        writer.page(&entries);
        hint(format, &entries, args.limit);
    }
    writer.end();
    Ok(Code::Done)
}

fn filter(args: &ListArgs) -> Filter {
    Filter {
        rotation: args.rotation.clone(),
        subject: args.secret.as_ref().map(ToString::to_string),
        version: args.version,
        actor: args.actor.clone(),
        requester: args.requester.clone(),
        trigger: args.trigger.clone(),
        trace: args.trace.clone(),
        action: args.action.clone(),
        outcome: args.outcome,
        target: args.target.clone(),
        since: args.since,
        until: args.until,
        before_seq: args.before,
        newest_first: true,
        ..Filter::default()
    }
}

/// Each entry once, whatever is appended meanwhile: the next page begins where this one ended.
async fn pages(reader: &Reader, filter: Filter, writer: &mut Writer) -> Result<(), LogError> {
    let mut page = Filter { limit: Some(PAGE), ..filter };
    loop {
        let entries = reader.list(&page).await?;
        let Some(last) = entries.last() else { return Ok(()) };
        page.before_seq = Some(last.seq);
        writer.page(&entries);
    }
}

/// Where to go on, for a person who looks at it.
fn hint(format: Format, entries: &[Listed], limit: u32) {
    if let Some(last) = entries.last()
        && format == Format::Table
        && on_terminal()
        && entries.len() as u64 == u64::from(limit)
    {
        crate::cli::out::print(&format!("older ones: the same with --before {}\n", last.seq));
    }
}

/// The newest of them, then what comes, until somebody wants no more. A log that can't be asked for a while is asked again.
async fn follow(reader: &Reader, filter: Filter, first: u32, mut writer: Writer) -> Result<Code, Error> {
    let mut stop =
        Stop::listen().map_err(|e| Error::failed(format!("cannot listen for signals: {}", e.kind())))?;
    // Before the first look: what is appended after it comes in the next.
    let mut next = reader.head().await?.size;
    let mut entries =
        reader.list(&Filter { limit: Some(first), before_seq: Some(next), ..filter.clone() }).await?;
    entries.sort_by_key(|listed| listed.seq);
    writer.page(&entries);
    loop {
        tokio::select! {
            () = stop.asked() => return Ok(Code::Done),
            () = tokio::time::sleep(INTERVAL) => {}
        }
        match news(reader, &filter, next).await {
            Ok((entries, size)) => {
                writer.page(&entries);
                next = size;
            }
            Err(LogError::Lost | LogError::Unreachable(_) | LogError::Busy(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// What was appended since a size, and the size now.
async fn news(reader: &Reader, filter: &Filter, from: u64) -> Result<(Vec<Listed>, u64), LogError> {
    let size = reader.head().await?.size;
    if size == from {
        return Ok((Vec::new(), size));
    }
    let after = from.checked_sub(1);
    let filter = Filter { after_seq: after, before_seq: Some(size), newest_first: false, ..filter.clone() };
    Ok((reader.list(&filter).await?, size))
}
