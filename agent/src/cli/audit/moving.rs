//! `turnlock audit move`: the log goes on in PostgreSQL.

use jiff::Timestamp;
use serde_json::json;
use turnlock_audit::{AuditUrl, Entry, MOVE, MoveError, Phase, VerifyError, moved};

use crate::cli::out::{print, print_json};
use crate::cli::{Code, Error, Global};

pub(super) async fn run(global: &Global, to: &str) -> Result<Code, Error> {
    let from = global.audit_url()?;
    let to: AuditUrl = to.parse().map_err(|e: turnlock_audit::UrlError| {
        Error::new(Code::Usage, e.to_string(), "see `turnlock audit move --help`")
    })?;
    let mut last =
        Entry::new(Timestamp::now(), MOVE, Phase::Event, "turnlock (asserted)", crate::journal::AGENT);
    last.target = Some(to.to_string());
    last.asserted = Some(crate::actor::this_process());
    last.detail = Some(json!({ "from": from.to_string() }));
    let quiet = global.json;
    let progress = |done: u64, all: u64| {
        if !quiet && (done == all || done.is_multiple_of(50_000)) {
            print(&format!("  {done} of {all} entries\n"));
        }
    };
    let report = moved(&from, &to, last, progress).await.map_err(explained)?;
    let (size, root) = (report.head.size, hex::encode(report.head.root));
    if global.json {
        print_json(
            &json!({ "from": from.to_string(), "to": to.to_string(), "entries": size, "copied": report.copied, "head": format!("{size}:{root}") }),
        );
        return Ok(Code::Done);
    }
    print(&format!(
        "Moved: {size} entries under the same numbers, both logs verified, one root: head {size}:{root}\n\
         {from} keeps them and takes no more. From now on: TURNLOCK_AUDIT_URL={to}\n"
    ));
    Ok(Code::Done)
}

fn explained(e: MoveError) -> Error {
    let what = e.to_string();
    match e {
        MoveError::Direction => {
            Error::new(Code::Usage, what, "give --to as postgres://…; the log to move is TURNLOCK_AUDIT_URL")
        }
        MoveError::Source(VerifyError::Read(_)) | MoveError::Target(VerifyError::Read(_)) => {
            Error::failed(what)
        }
        MoveError::Source(_) | MoveError::Target(_) | MoveError::Differs => {
            Error::new(Code::Differs, what, "see `turnlock audit verify`; nothing is moved that isn't sound")
        }
        MoveError::NotEmpty => Error::new(
            Code::Refused,
            what,
            "give the log a database of its own, made ready by `turnlock setup audit`",
        ),
        MoveError::Log(e) => e.into(),
    }
}
