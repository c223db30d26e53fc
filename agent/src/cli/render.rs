//! `turnlock render`: one file of the policy. On standard output every value is struck out.

use std::io::Write;
use std::path::Path;

use secrecy::ExposeSecret;
use serde_json::json;
use zeroize::Zeroizing;

use super::out::{print, print_json};
use super::{Code, Error, Global, RenderArgs};
use crate::journal::last_made;
use crate::policy::{Policy, RenderedFile};
use crate::restored;
use crate::template::{Asked, PASSTHROUGH, Rendered, Template};

pub async fn run(global: &Global, args: &RenderArgs) -> Result<Code, Error> {
    let policy = global.load_policy()?;
    let Some(file) = policy.files.get(&args.file) else {
        let all: Vec<&str> = policy.files.keys().map(String::as_str).collect();
        let what = format!("the policy has no file `{}`", args.file);
        return Err(Error::new(Code::Usage, what, format!("it has: {}", all.join(", "))));
    };
    let template = Template::parse(&file.template).map_err(Error::failed)?;
    match &args.out {
        Some(out) => {
            to_file(global, &policy, file, &template, out).await?;
            if global.json {
                print_json(&json!({ "file": args.file, "written": out }));
            }
        }
        None => match struck_out(&policy, file, &template)? {
            text if global.json => print_json(&json!({ "file": args.file, "text": text })),
            text => print(&text),
        },
    }
    Ok(Code::Done)
}

async fn to_file(
    global: &Global,
    policy: &Policy,
    file: &RenderedFile,
    template: &Template,
    out: &Path,
) -> Result<(), Error> {
    let vault = crate::vault::Vault::connect().await?;
    // It needs no log; where there is one, it says whether Vault's values are the stack's.
    let values = match global.open_reader().await {
        Ok(reader) => {
            let last = last_made(&reader, policy).await?;
            restored::refuse_by_files(&vault, policy, &last).await??
        }
        Err(_) => crate::survey::read(&vault, &policy.vault, &file.reads).await?,
    };
    let passed = crate::survey::passed(&vault, policy).await?;
    let rendered = template.render_values(file, &policy.vault, &values, &passed).map_err(Error::failed)?;
    let cannot = |e: std::io::Error| Error::failed(format!("cannot write {}: {}", out.display(), e.kind()));
    let folder = out.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".turnlock-").permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600));
    let mut temporary = builder.tempfile_in(folder).map_err(cannot)?;
    temporary.write_all(clear(&rendered).as_bytes()).map_err(cannot)?;
    temporary.as_file().sync_all().map_err(cannot)?;
    temporary.persist(out).map_err(|e| cannot(e.error))?;
    Ok(())
}

/// No value is even read: each stands as its name.
fn struck_out(policy: &Policy, file: &RenderedFile, template: &Template) -> Result<String, Error> {
    let mut name_of = |asked: Asked<'_>| {
        Some(Zeroizing::new(match asked {
            Asked::Secret(name) => format!("<{name}>"),
            Asked::Passed(field) => format!("<{PASSTHROUGH}: {field}>"),
        }))
    };
    let rendered = template.render(file, &policy.vault, &mut name_of).map_err(Error::failed)?;
    Ok(clear(&rendered).to_owned())
}

#[expect(clippy::disallowed_methods, reason = "writes a rendered file, or one without values")]
fn clear(rendered: &Rendered) -> &str {
    rendered.expose_secret()
}
