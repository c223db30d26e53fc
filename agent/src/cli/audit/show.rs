//! `turnlock audit show`: a rotation, or one entry.

use turnlock_audit::{Filter, Reader};

use super::args::{Format, ShowArgs};
use super::fields::Fields;
use super::pages::Pages;
use super::sink::{Sink, stdout, written};
use super::{entry, format, story};
use crate::cli::out::print;
use crate::cli::{Code, Error, Global};
use crate::journal;
use crate::redact::escaped_json;

/// A rotation has a few dozen entries. Whoever wrote more under one id has not written a story.
const LONGEST: u32 = 10_000;

pub(super) async fn run(global: &Global, args: &ShowArgs) -> Result<Code, Error> {
    let format = format(global, &args.format)?;
    let reader = global.open_reader().await?;
    if let Ok(seq) = args.what.parse::<u64>() {
        return one(&reader, seq, format).await;
    }
    let id = match args.what.as_str() {
        "last" => newest(&reader).await?,
        id => id.to_owned(),
    };
    if format != Format::Table {
        return export(&reader, &id, format).await;
    }
    let filter = Filter { rotation: Some(id.clone()), limit: Some(LONGEST), ..Filter::default() };
    let entries = reader.list(&filter).await?;
    if entries.is_empty() {
        return Err(no_rotation(&id));
    }
    print(&story::tell(&id, &entries));
    Ok(Code::Done)
}

async fn one(reader: &Reader, seq: u64, format: Format) -> Result<Code, Error> {
    let Some(listed) = reader.get(seq).await? else {
        let what = format!("the log has no entry {seq}");
        return Err(Error::new(Code::Usage, what, "see `turnlock audit list`"));
    };
    let listed = std::slice::from_ref(&listed);
    match format {
        Format::Table => print(&entry::tell(reader, &listed[0]).await?),
        Format::Json => {
            print(&format!("{}\n", escaped_json(&format!("{:#}", Fields::of(&listed[0]).as_json()))))
        }
        Format::Ndjson | Format::Csv => {
            let all = Sink::begin(stdout(format), format, None).and_then(|mut sink| {
                sink.page(listed)?;
                sink.end()
            });
            written(all)?;
        }
    }
    Ok(Code::Done)
}

/// All entries of a rotation, in order, as a machine reads them.
async fn export(reader: &Reader, id: &str, format: Format) -> Result<Code, Error> {
    let filter = Filter { rotation: Some(id.into()), ..Filter::default() };
    let mut pages = Pages::new(reader, filter, None);
    let mut page = pages.next().await?;
    if page.is_empty() {
        return Err(no_rotation(id));
    }
    let begun = Sink::begin(stdout(format), format, Some(id));
    let mut sink = match begun {
        Ok(sink) => sink,
        Err(e) => return written(Err(e)).map(|_| Code::Done),
    };
    while !page.is_empty() {
        if !written(sink.page(&page))? {
            return Ok(Code::Done);
        }
        page = pages.next().await?;
    }
    written(sink.end()).map(|_| Code::Done)
}

/// The rotation of which the log spoke last.
async fn newest(reader: &Reader) -> Result<String, Error> {
    journal::newest_rotation(reader).await?.ok_or_else(|| {
        Error::new(Code::Usage, "the log has no rotation yet", "begin one with `turnlock rotate`")
    })
}

fn no_rotation(id: &str) -> Error {
    Error::new(
        Code::Usage,
        format!("the log has no rotation `{id}`"),
        "see `turnlock audit list --action rotation`",
    )
}
