//! `turnlock audit`: an auditor needs the log alone; no Vault, no agent.

use serde_json::json;
use turnlock_audit::{Filter, Head, Log, Outcome, Reader, Stored, merkle, verify};

use super::out::{moment, print, print_json, table};
use super::{AuditCommand, AuditListArgs, Code, Error, Global, story};
use crate::journal;

pub async fn run(global: &Global, command: &AuditCommand) -> Result<Code, Error> {
    match command {
        AuditCommand::Init => init(global).await,
        AuditCommand::List(args) => list(global, args).await,
        AuditCommand::Show { what } => show(global, what).await,
        AuditCommand::Verify { head } => verify_all(global, head.as_deref()).await,
    }
}

async fn init(global: &Global) -> Result<Code, Error> {
    let url = global.audit_url()?;
    let log = Log::init(&url)
        .await
        .map_err(|e| Error::new(Code::Refused, e.to_string(), "an existing log is never replaced"))?;
    log.close().await;
    if global.json {
        print_json(&json!({ "initialised": url.to_string() }));
    } else {
        print(&format!("A new audit log: {url}\n"));
    }
    Ok(Code::Done)
}

async fn list(global: &Global, args: &AuditListArgs) -> Result<Code, Error> {
    let outcome = args.outcome.as_deref().map(outcome).transpose()?;
    let filter = Filter {
        rotation: args.rotation.clone(),
        subject: args.secret.as_ref().map(ToString::to_string),
        action: args.action.clone(),
        outcome,
        target: args.target.clone(),
        since: args.since,
        limit: Some(args.limit),
        newest_first: true,
        ..Filter::default()
    };
    let entries = global.open_reader().await?.query(&filter).await?;
    if global.json {
        print_json(&json!({ "entries": entries.iter().map(as_json).collect::<Vec<_>>() }));
        return Ok(Code::Done);
    }
    let rows = entries.iter().map(row).collect();
    table(&["ENTRY", "TIME", "ACTION", "TARGET", "OUTCOME", "SECRETS", "ROTATION"], rows);
    Ok(Code::Done)
}

fn outcome(text: &str) -> Result<Outcome, Error> {
    serde_json::from_value(json!(text)).map_err(|_| {
        Error::new(
            Code::Usage,
            format!("`{text}` is no outcome"),
            "it is one of: done, failed, refused, in_doubt",
        )
    })
}

fn row(s: &Stored) -> Vec<String> {
    let e = &s.entry;
    let secrets: Vec<&str> = e.subjects.keys().map(String::as_str).collect();
    vec![
        s.seq.to_string(),
        moment(e.at),
        story::action(e),
        e.target.clone().unwrap_or_else(|| "-".into()),
        story::outcome(e).into(),
        secrets.join(" "),
        e.rotation.clone().unwrap_or_else(|| "-".into()),
    ]
}

fn as_json(s: &Stored) -> serde_json::Value {
    json!({ "seq": s.seq, "leaf": hex::encode(s.leaf), "entry": s.entry })
}

async fn show(global: &Global, what: &str) -> Result<Code, Error> {
    let reader = global.open_reader().await?;
    if let Ok(seq) = what.parse::<u64>() {
        let Some(listed) = reader.get(seq).await? else {
            return Err(Error::new(
                Code::Usage,
                format!("the log has no entry {seq}"),
                "see `turnlock audit list`",
            ));
        };
        print_json(&json!({ "seq": listed.seq, "leaf": hex::encode(listed.leaf), "entry": listed.entry }));
        return Ok(Code::Done);
    }
    let id = rotation_id(&reader, what).await?;
    let entries = journal::of_rotation(&reader, &id).await?;
    if entries.is_empty() {
        return Err(Error::new(
            Code::Usage,
            format!("the log has no rotation `{what}`"),
            "see `turnlock audit list`",
        ));
    }
    if global.json {
        print_json(&json!({ "rotation": id, "entries": entries.iter().map(as_json).collect::<Vec<_>>() }));
    } else {
        print(&story::tell(&id, &entries));
    }
    Ok(Code::Done)
}

async fn rotation_id(reader: &Reader, what: &str) -> Result<String, Error> {
    if what != "last" {
        return Ok(what.to_owned());
    }
    let newest = journal::rotations(reader).await?.into_iter().next();
    newest.map(|(id, _)| id).ok_or_else(|| {
        Error::new(Code::Usage, "the log has no rotation yet", "begin one with `turnlock rotate`")
    })
}

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

async fn verify_all(global: &Global, kept: Option<&str>) -> Result<Code, Error> {
    let kept = kept.map(parse_head).transpose()?;
    let reader = global.open_reader().await?;
    let report = match verify::verify(&reader, Default::default()).await {
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
            &json!({ "intact": true, "entries": size, "root": root, "head": format!("{size}:{root}") }),
        );
        return Ok(Code::Done);
    }
    print(&format!("The log is intact: {size} entries, recomputed; head {size}:{root}\n"));
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
