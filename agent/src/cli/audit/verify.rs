//! `turnlock audit verify`: everything is computed again.

use serde_json::json;
use turnlock_audit::verify::{self, Depth};
use turnlock_audit::{Head, Reader, merkle};

use crate::cli::out::{print, print_json};
use crate::cli::{Code, Error, Global};

/// A head as `audit verify` prints it.
fn parse_head(text: &str) -> Result<Head, Error> {
    let parsed = text.split_once(':').and_then(|(size, root)| {
        let root: [u8; 32] = hex::decode(root).ok()?.try_into().ok()?;
        Some(Head { size: size.parse().ok()?, root })
    });
    parsed.ok_or_else(|| {
        Error::new(
            Code::Usage,
            format!("`{text}` is no head"),
            "give it as `audit verify` printed it, SIZE:ROOT",
        )
    })
}

pub(super) async fn run(global: &Global, kept: Option<&str>, deep: bool) -> Result<Code, Error> {
    let kept = kept.map(parse_head).transpose()?;
    let reader = global.open_reader().await?;
    let depth = if deep { Depth::Storage } else { Depth::Full };
    let report = match verify::verify(&reader, depth).await {
        Ok(report) => report,
        Err(e) => return not_intact(global, e.seq(), &e.to_string()),
    };
    let (size, root) = (report.size, hex::encode(report.root));
    if let Some(kept) = kept
        && !begins_with(&reader, &kept, &report.head()).await
    {
        let what = format!("its first {} entries are not those of the head that was kept", kept.size);
        return not_intact(global, None, &what);
    }
    if global.json {
        print_json(
            &json!({ "intact": true, "entries": size, "root": root, "head": format!("{size}:{root}"), "not_interpreted": report.not_interpreted }),
        );
        return Ok(Code::Done);
    }
    print(&format!("The log is intact: {size} entries, recomputed; head {size}:{root}\n"));
    if report.not_interpreted > 0 {
        print(&format!(
            "{} of them were written by a newer version: intact, not interpreted.\n",
            report.not_interpreted
        ));
    }
    print(&match kept {
        Some(kept) => format!("It begins with the {} entries of the head that was kept.\n", kept.size),
        None => {
            "Keep the head elsewhere; `turnlock audit verify --head` proves later that nothing was changed.\n"
                .into()
        }
    });
    Ok(Code::Done)
}

/// RFC 6962, 2.1.2.
async fn begins_with(reader: &Reader, kept: &Head, now: &Head) -> bool {
    if kept.size >= now.size {
        return kept == now;
    }
    match reader.consistency_proof(kept.size, now.size).await {
        Ok(proof) => merkle::verify_consistency(kept, now, &proof).is_ok(),
        Err(_) => false,
    }
}

fn not_intact(global: &Global, entry: Option<u64>, why: &str) -> Result<Code, Error> {
    if global.json {
        print_json(&json!({ "intact": false, "entry": entry, "error": why }));
        return Ok(Code::Differs);
    }
    let help = "keep the file as it is, and compare it with a backup or a head that was kept elsewhere";
    Err(Error::new(Code::Differs, format!("the log is NOT intact: {why}"), help))
}
