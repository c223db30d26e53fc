//! The world that a rotation acts on: the policy, and an open connection to each thing that it names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use crate::compose::Compose;
use crate::compose::engine::Engine;
use crate::compose::model::{self, Model};
use crate::envfile::{self, Text};
use crate::policy::{Format, Policy};
use crate::secret::{Name, Values};
use crate::target::TargetError;
use crate::template::{Rendered, Template};
use crate::vault::{Vault, VaultError};

pub struct World {
    pub policy: Policy,
    pub vault: Vault,
    pub engine: Engine,
    pub compose: Compose,
    pub model: Model,
    pub http: reqwest::Client,
    /// By file: which secrets each key is made of.
    pub keys: BTreeMap<String, Keys>,
    templates: BTreeMap<String, Template>,
    /// Asked for beside everything else; good for one survey.
    hashes: Mutex<Option<BTreeMap<String, String>>>,
    changed: Mutex<Option<Instant>>,
}

/// Which secrets each key of a rendered file is made of; a raw file has one key, the empty one.
pub type Keys = BTreeMap<String, BTreeSet<Name>>;

/// Why the world could not be reached.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error(transparent)]
    Target(#[from] TargetError),
}

impl World {
    /// Connects to Vault and the engine and resolves the compose files; changes nothing.
    pub async fn open(policy: Policy) -> Result<World, WorldError> {
        let mut templates = BTreeMap::new();
        let mut keys = BTreeMap::new();
        for (id, file) in &policy.files {
            let template = Template::parse(&file.template).map_err(|e| TargetError::new(e.to_string()))?;
            keys.insert(id.clone(), dependencies(&policy, id, &template)?);
            templates.insert(id.clone(), template);
        }
        let env_path = &policy.files[&policy.stack.env_file].path;
        let compose = Compose::new(&policy.stack, env_path);
        let (vault, engine, hashes, model) = tokio::join!(
            Vault::connect(),
            Engine::connect(&policy.stack.project),
            compose.hashes(),
            resolve(&policy, &compose, &templates[&policy.stack.env_file], &keys[&policy.stack.env_file]),
        );
        let http = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only(Vec::new())
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|_| TargetError::new("cannot set up an HTTP client"))?;
        let (vault, engine, model) = (vault?, engine?, model?);
        let (hashes, changed) = (Mutex::new(hashes.ok()), Mutex::new(None));
        Ok(World { policy, vault, engine, compose, model, http, keys, templates, hashes, changed })
    }

    /// A file's content for some values.
    pub fn render(&self, file: &str, values: &Values) -> Result<Rendered, TargetError> {
        let (Some(template), Some(policy)) = (self.templates.get(file), self.policy.files.get(file)) else {
            return Err(TargetError::new(format!("the policy has no file `{file}`")));
        };
        template
            .render_values(policy, &self.policy.vault, values)
            .map_err(|e| TargetError::new(e.to_string()))
    }

    /// A file's content for stand-ins.
    pub fn render_with(
        &self,
        file: &str,
        value_of: &mut dyn FnMut(&Name) -> Option<Zeroizing<String>>,
    ) -> Result<Rendered, TargetError> {
        let (Some(template), Some(policy)) = (self.templates.get(file), self.policy.files.get(file)) else {
            return Err(TargetError::new(format!("the policy has no file `{file}`")));
        };
        template.render(policy, &self.policy.vault, value_of).map_err(|e| TargetError::new(e.to_string()))
    }

    #[expect(clippy::disallowed_methods, reason = "a rendered file is compared with what containers hold")]
    pub fn render_text(&self, file: &str, values: &Values) -> Result<Text, TargetError> {
        Ok(Text::new(self.render(file, values)?.expose_secret()))
    }

    /// The env file's variables for some values.
    #[expect(clippy::disallowed_methods, reason = "the rendered env file is read line by line")]
    pub fn env(&self, values: &Values) -> Result<BTreeMap<String, Text>, TargetError> {
        let text = self.render_text(&self.policy.stack.env_file, values)?;
        envfile::parse(text.expose_secret())
            .map_err(|line| TargetError::new(format!("the env file's line {line} is broken")))
    }

    /// Each service's configuration hash, as Compose computes it now.
    pub async fn hashes(&self) -> Result<BTreeMap<String, String>, TargetError> {
        let asked = self.hashes.lock().ok().and_then(|mut h| h.take());
        match asked {
            Some(hashes) => Ok(hashes),
            None => self.compose.hashes().await,
        }
    }

    /// The moment at which old logins became old.
    pub fn mark_change(&self) {
        if let Ok(mut changed) = self.changed.lock() {
            *changed = Some(Instant::now());
        }
    }

    pub fn since_change(&self) -> Duration {
        self.changed.lock().ok().and_then(|c| *c).map(|at| at.elapsed()).unwrap_or_default()
    }
}

/// Renders with stand-ins to see which key is made of which secrets. A key that changes although no stand-in can be
/// seen in it was transformed by the template; then each secret is tried by itself.
fn dependencies(policy: &Policy, id: &str, template: &Template) -> Result<Keys, TargetError> {
    let file = &policy.files[id];
    let names: Vec<&Name> = file.reads.iter().collect();
    let stand_in = |round: char, index: usize| format!("turnlock{round}{index}stand");
    let render = |pick: &dyn Fn(usize) -> char| -> Result<BTreeMap<String, Text>, TargetError> {
        let mut value_of = |name: &Name| {
            let index = names.iter().position(|n| *n == name)?;
            Some(Zeroizing::new(stand_in(pick(index), index)))
        };
        let rendered = template
            .render(file, &policy.vault, &mut value_of)
            .map_err(|e| TargetError::new(e.to_string()))?;
        slots(file.format, clear(&rendered)).map_err(|line| {
            TargetError::new(format!("{}: line {line} is not KEY=VALUE", file.path.display()))
        })
    };
    let plain = render(&|_| 'a')?;
    let changed = render(&|_| 'b')?;
    let mut keys: Keys = plain.keys().map(|k| (k.clone(), BTreeSet::new())).collect();
    let mut opaque = false;
    for (key, text) in &plain {
        let seen = names.iter().enumerate().filter(|(i, _)| stands_in(text, &stand_in('a', *i)));
        let seen: BTreeSet<Name> = seen.map(|(_, n)| (*n).clone()).collect();
        opaque |= seen.is_empty() && changed.get(key).is_none_or(|c| !c.same(text));
        keys.insert(key.clone(), seen);
    }
    if opaque {
        for (index, name) in names.iter().enumerate() {
            let one = render(&|i| if i == index { 'b' } else { 'a' })?;
            for (key, text) in &plain {
                if one.get(key).is_none_or(|c| !c.same(text)) {
                    keys.entry(key.clone()).or_default().insert((*name).clone());
                }
            }
        }
    }
    Ok(keys)
}

#[expect(clippy::disallowed_methods, reason = "rendered with stand-ins: no value is in it")]
fn stands_in(text: &Text, stand_in: &str) -> bool {
    text.expose_secret().contains(stand_in)
}

fn slots(format: Format, text: &str) -> Result<BTreeMap<String, Text>, usize> {
    match format {
        Format::Raw => Ok([(String::new(), Text::new(text))].into()),
        Format::Env => envfile::parse(text),
    }
}

/// The compose files, resolved with a placeholder for every key that a secret is part of.
async fn resolve(
    policy: &Policy,
    compose: &Compose,
    template: &Template,
    keys: &Keys,
) -> Result<Model, TargetError> {
    let file = &policy.files[&policy.stack.env_file];
    let rendered = template
        .render(file, &policy.vault, &mut |_| Some(Zeroizing::new("placeholder".into())))
        .map_err(|e| TargetError::new(e.to_string()))?;
    let names: Vec<String> = keys.iter().filter(|(_, s)| !s.is_empty()).map(|(k, _)| k.clone()).collect();
    let temporary = tempfile::NamedTempFile::new()
        .and_then(|t| {
            std::fs::write(t.path(), model::with_placeholders(clear(&rendered), &names)).map(|()| t)
        })
        .map_err(|e| TargetError::new(format!("cannot write a temporary file: {}", e.kind())))?;
    let (json, declared) = tokio::join!(compose.config(temporary.path()), compose.declared());
    let (json, declared) = (json?, declared?);
    let absolute: BTreeMap<String, std::path::PathBuf> =
        policy.files.iter().map(|(id, f)| (id.clone(), policy.stack.root.join(&f.path))).collect();
    let files: BTreeMap<String, &Path> = absolute.iter().map(|(id, p)| (id.clone(), p.as_path())).collect();
    let declared = declared.as_ref().map(|d| d.as_slice());
    Model::read(&json, declared, &names, &files, files[&policy.stack.env_file])
        .ok_or_else(|| TargetError::new("docker compose: config printed something that isn't understood"))
}

#[expect(clippy::disallowed_methods, reason = "rendered with stand-ins: no value is in it")]
fn clear(rendered: &Rendered) -> &str {
    rendered.expose_secret()
}
