//! `turnlock audit list`: the entries that fit, newest first, a page at a time.

use std::io::Write;

use turnlock_audit::{Filter, Reader};

use super::args::{Format, ListArgs};
use super::pages::Pages;
use super::sink::{Sink, stdout, written};
use super::{follow, format};
use crate::cli::{Code, Error, Global};

pub(super) async fn run(global: &Global, args: &ListArgs) -> Result<Code, Error> {
    let format = format(global, &args.format)?;
    if args.pages.follow {
        return follow::run(global, args, format).await;
    }
    let reader = global.open_reader().await?;
    print_pages(&reader, args, format).await
}

async fn print_pages(reader: &Reader, args: &ListArgs, format: Format) -> Result<Code, Error> {
    let filter = Filter { newest_first: true, ..args.filter() };
    let mut pages = Pages::new(reader, filter, args.limit());
    let (mut sink, mut last) = (None, None);
    loop {
        // Asked before anything is written: an answer that can't be given begins with its error.
        let page = pages.next().await?;
        let sink = match &mut sink {
            Some(sink) => sink,
            none => none.insert(match Sink::begin(stdout(format), format, None) {
                Ok(sink) => sink,
                Err(e) => return written(Err(e)).map(|_| Code::Done),
            }),
        };
        if !page.is_empty() || last.is_none() {
            let go_on = written(sink.page(&page))?;
            if !go_on {
                return Ok(Code::Done);
            }
        }
        match page.last() {
            Some(entry) => last = Some(entry.seq),
            None => break,
        }
    }
    if let Some(sink) = sink {
        written(sink.end())?;
    }
    if format == Format::Table {
        tell_the_end(last, pages.more);
    }
    Ok(Code::Done)
}

/// Beside the table, so that a pipe has the table alone.
fn tell_the_end(last: Option<u64>, more: bool) {
    let line = match last {
        None => "no entry fits".to_owned(),
        Some(last) if more => format!("there are more: the same with --before {last} shows the next page"),
        Some(_) => return,
    };
    let _ = writeln!(anstream::stderr(), "{line}");
}
