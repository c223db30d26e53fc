//! What the stack's files hold, and the proof that the templates make them of it.

use std::collections::BTreeMap;
use std::path::Path;

use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use super::super::{Code, Error};
use super::{Item, Passing};
use crate::compose::Compose;
use crate::envfile::{self, Text};
use crate::generate::Generator;
use crate::import::invert::{Found, Places};
use crate::policy::{Format, Policy, RenderedFile};
use crate::secret::{Name, Passed, Value, Values};
use crate::target::file::Below;
use crate::target::own;
use crate::template::{Rendered, Template};
use crate::vault::secret_id_file;
use crate::world;

/// All values of the policy.
pub(super) struct Held {
    pub(super) secrets: BTreeMap<Name, Value>,
    pub(super) passed: Passed,
}

/// Reads every file of the policy: a value is what stands where its template has it, or else the variable of its name.
pub(super) async fn collect(policy: &Policy) -> Result<Held, Error> {
    let below = Below::open(&policy.stack.root).map_err(Error::failed)?;
    let mut places = Places::default();
    let mut by_name: BTreeMap<String, Text> = BTreeMap::new();
    for file in policy.files.values() {
        let is = read(&below, file)?;
        if file.format == Format::Env {
            by_name.extend(variables(file, &is)?);
        }
        places.add(file, &policy.vault, &is).map_err(Error::failed)?;
    }
    let mut found = places.solve();
    let env_file = &policy.files[&policy.stack.env_file].path;
    let mut secrets = BTreeMap::new();
    for (name, secret) in &policy.secrets {
        if secret.generator == Generator::Own {
            secrets.insert(name.clone(), own_login(name)?);
            continue;
        }
        let text = found.secrets.remove(name).or_else(|| by_name.get(name.as_str()).map(in_clear));
        let text = text.filter(|text| !text.is_empty()).ok_or_else(|| no_value(env_file, name))?;
        secrets.insert(name.clone(), value(text));
    }
    let passed = passed(policy, found)?;
    as_compose_reads(policy).await?;
    Ok(Held { secrets, passed })
}

fn read(below: &Below, file: &RenderedFile) -> Result<Zeroizing<String>, Error> {
    match below.look(&file.path).map_err(Error::failed)? {
        // What was no UTF-8 was replaced when it was read: it could not be written again.
        Some(is) if is.text.contains('\u{fffd}') => {
            let what = format!("{} is not UTF-8 text", file.path.display());
            Err(Error::new(
                Code::Refused,
                what,
                "correct it, or take it out of the policy; nothing was written",
            ))
        }
        Some(is) => Ok(is.text),
        None => {
            let what = format!("there is no {}", file.path.display());
            Err(Error::new(Code::Refused, what, "start the stack as it always was started, then import it"))
        }
    }
}

fn variables(file: &RenderedFile, text: &str) -> Result<BTreeMap<String, Text>, Error> {
    envfile::parse(text).map_err(|line| {
        let what = format!("{}: line {line} is not KEY=VALUE", file.path.display());
        Error::new(Code::Refused, what, "write each value in single quotes")
    })
}

/// The agent's own secret-id stands in a file of its own.
fn own_login(name: &Name) -> Result<Value, Error> {
    secret_id_file().and_then(|file| own::held_now(&file)).ok_or_else(|| {
        let what = format!("{name} is the agent's secret-id, and there is none in VAULT_SECRET_ID_FILE");
        Error::new(Code::Refused, what, "enrol the agent first: `turnlock enroll`")
    })
}

fn no_value(file: &Path, name: &Name) -> Error {
    let what = format!("{} has no value for {name}", file.display());
    Error::new(Code::Refused, what, "give it one, or take the secret out of the policy")
}

fn passed(policy: &Policy, mut found: Found) -> Result<Passed, Error> {
    let mut fields = BTreeMap::new();
    for file in policy.files.values() {
        for field in &file.passthrough {
            let Some(text) = found.passed.remove(field) else {
                if fields.contains_key(field) {
                    continue;
                }
                return Err(differs(&format!("{}: there is nothing for {field}", file.path.display())));
            };
            fields.insert(field.clone(), value(text));
        }
    }
    Ok(Passed::new(fields))
}

/// What stands in a secret's variable is its value only if Compose reads it so.
async fn as_compose_reads(policy: &Policy) -> Result<(), Error> {
    let below = Below::open(&policy.stack.root).map_err(Error::failed)?;
    for (id, file) in policy.files.iter().filter(|(_, f)| f.format == Format::Env) {
        let template = Template::parse(&file.template).map_err(Error::failed)?;
        let keys = world::dependencies(policy, id, &template).map_err(Error::failed)?;
        let concerned = keys.iter().filter(|(_, secrets)| !secrets.is_empty());
        let concerned: Vec<&String> = concerned.map(|(key, _)| key).collect();
        let stands = variables(file, &read(&below, file)?)?;
        let compose = Compose::new(policy, &file.path);
        let path = policy.stack.root.join(&file.path);
        let seen = compose.environment(&path, concerned.iter().copied()).await.map_err(Error::failed)?;
        let differs = |key: &&String| match (seen.get(*key), stands.get(*key)) {
            (Some(seen), Some(stands)) => !seen.same(stands),
            _ => false,
        };
        if let Some(key) = concerned.into_iter().find(differs) {
            let what = format!(
                "Compose reads another value for {key} than {} has between its quotes",
                file.path.display()
            );
            let help = "put it in single quotes, there and in the template; nothing was written";
            return Err(Error::new(Code::Refused, what, help));
        }
    }
    Ok(())
}

/// Every rendered file must come out as it is now: else a first rotation would change more than the secrets.
pub(super) fn prove(policy: &Policy, items: &[Item], passing: Option<&Passing>) -> Result<(), Error> {
    let mut values = Values::default();
    for item in items {
        values.insert(item.name.clone(), item.becomes.version(), item.value.clone());
    }
    let nothing = Passed::default();
    let passed = passing.map_or(&nothing, |p| &p.passed);
    let below = Below::open(&policy.stack.root).map_err(Error::failed)?;
    let mut wrong = Vec::new();
    for file in policy.files.values() {
        let template = Template::parse(&file.template).map_err(Error::failed)?;
        let rendered = template.render_values(file, &policy.vault, &values, passed).map_err(Error::failed)?;
        wrong.extend(differences(file, &below, clear(&rendered))?);
    }
    if wrong.is_empty() { Ok(()) } else { Err(differs(&wrong.join("; "))) }
}

fn differs(wrong: &str) -> Error {
    Error::new(
        Code::Refused,
        format!("the templates do not render the stack's files as they are: {wrong}"),
        "correct the template, the file's owner and mode, or the value that differs; nothing was written",
    )
}

fn differences(file: &RenderedFile, below: &Below, rendered: &str) -> Result<Vec<String>, Error> {
    let path = file.path.display();
    let Some(is) = below.look(&file.path).map_err(Error::failed)? else {
        return Ok(vec![format!("{path} is missing")]);
    };
    let mut wrong = Vec::new();
    if is.text.as_str() != rendered {
        let keys = match (file.format, envfile::parse(&is.text), envfile::parse(rendered)) {
            (Format::Env, Ok(is), Ok(wanted)) => wanted
                .iter()
                .filter(|(k, v)| !is.get(*k).is_some_and(|h| h.same(v)))
                .map(|(k, _)| k.clone())
                .collect(),
            _ => Vec::new(),
        };
        match keys.as_slice() {
            [] if file.format == Format::Raw => wrong.push(format!("{path} has other text")),
            [] => wrong.push(format!("{path} has other text (comments, order or more keys)")),
            keys => wrong.extend(keys.iter().map(|key| format!("{path}: {key} has another value"))),
        }
    }
    if (is.owner, is.group, is.mode) != (file.owner, file.group, file.mode) {
        wrong.push(format!(
            "{path} is {}:{} {:04o}, the policy says {}:{} {:04o}",
            is.owner, is.group, is.mode, file.owner, file.group, file.mode
        ));
    }
    Ok(wrong)
}

fn value(text: Zeroizing<String>) -> Value {
    Value::new(String::clone(&text))
}

#[expect(clippy::disallowed_methods, reason = "a variable of an env file becomes a value of Vault")]
fn in_clear(text: &Text) -> Zeroizing<String> {
    Zeroizing::new(text.expose_secret().to_owned())
}

#[expect(clippy::disallowed_methods, reason = "a rendered file is compared with the one that is there")]
fn clear(rendered: &Rendered) -> &str {
    rendered.expose_secret()
}
