//! `turnlock audit show`: one entry, or a rotation from its beginning to its end.

use turnlock_audit::{Filter, Head, Listed, Reader, merkle};

use super::format::{Format, Writer, as_json};
use super::story;
use crate::cli::out::{print, print_json};
use crate::cli::{Code, Error, Global};
use crate::journal;

pub(super) async fn run(global: &Global, what: &str, format: Option<Format>) -> Result<Code, Error> {
    let reader = global.open_reader().await?;
    let format = format.or(global.json.then_some(Format::Json));
    match what.parse::<u64>() {
        Ok(seq) => entry(&reader, seq, format).await,
        Err(_) => rotation(&reader, what, format).await,
    }
}

async fn entry(reader: &Reader, seq: u64, format: Option<Format>) -> Result<Code, Error> {
    let Some(listed) = reader.get(seq).await? else {
        let what = format!("the log has no entry {seq}");
        return Err(Error::new(Code::Usage, what, "see `turnlock audit list`"));
    };
    match format {
        Some(Format::Json) => print_json(&as_json(&listed)),
        Some(format) => write(format, &[listed]),
        None => {
            let head = reader.head().await?;
            let proven = proven(reader, &listed, &head).await;
            print(&story::entry(&listed, &head, proven));
        }
    }
    Ok(Code::Done)
}

/// That the entry is in the tree of the head (RFC 6962, 2.1.1).
async fn proven(reader: &Reader, listed: &Listed, head: &Head) -> bool {
    match reader.inclusion_proof(listed.seq, head.size).await {
        Ok(proof) => merkle::verify_inclusion(&listed.leaf, listed.seq, head, &proof).is_ok(),
        Err(_) => false,
    }
}

async fn rotation(reader: &Reader, what: &str, format: Option<Format>) -> Result<Code, Error> {
    let id = rotation_id(reader, what).await?;
    let entries = reader.list(&Filter { rotation: Some(id.clone()), ..Filter::default() }).await?;
    if entries.is_empty() {
        let what = format!("the log has no rotation `{what}`");
        return Err(Error::new(Code::Usage, what, "see `turnlock audit list --action rotation`"));
    }
    match format {
        Some(Format::Json) => {
            let all: Vec<_> = entries.iter().map(as_json).collect();
            print_json(&serde_json::json!({ "rotation": id, "entries": all }));
        }
        Some(format) => write(format, &entries),
        None => print(&story::tell(&id, &entries)),
    }
    Ok(Code::Done)
}

fn write(format: Format, entries: &[Listed]) {
    let mut writer = Writer::new(format);
    writer.page(entries);
    writer.end();
}

async fn rotation_id(reader: &Reader, what: &str) -> Result<String, Error> {
    if what != "last" {
        return Ok(what.to_owned());
    }
    let newest = journal::newest_rotation(reader).await?;
    newest.ok_or_else(|| {
        Error::new(Code::Usage, "the log has no rotation yet", "begin one with `turnlock rotate`")
    })
}
