//! `turnlock audit posture`: how the log is kept.

use serde_json::json;
use turnlock_audit::posture;

use crate::cli::out::{print, print_json};
use crate::cli::{Code, Error, Global};

pub(super) async fn run(global: &Global) -> Result<Code, Error> {
    let url = global.audit_url()?;
    let posture = posture::check(&url).await?;
    let code = if posture.is_sound() { Code::Done } else { Code::Differs };
    if global.json {
        let findings = posture.findings.iter();
        let findings: Vec<_> =
            findings.map(|f| json!({ "check": f.check, "what": f.what, "help": f.help })).collect();
        print_json(&json!({ "log": url.to_string(), "checks": posture.checks, "findings": findings }));
        return Ok(code);
    }
    for finding in &posture.findings {
        print(&format!("{}: {}\n  help: {}\n", finding.check, finding.what, finding.help));
    }
    let checks = posture.checks.join(", ");
    print(&match posture.findings.len() {
        0 => format!("Nothing to find fault with at {url}\n  looked at: {checks}\n"),
        n => format!("{n} findings at {url}\n  looked at: {checks}\n"),
    });
    Ok(code)
}
