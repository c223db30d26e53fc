//! `turnlock audit init`.

use serde_json::json;
use turnlock_audit::Log;

use crate::cli::out::{print, print_json};
use crate::cli::{Code, Error, Global};

pub(super) async fn run(global: &Global) -> Result<Code, Error> {
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
