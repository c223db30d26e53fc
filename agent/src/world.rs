//! The world that a rotation acts on: the policy, and an open connection to each thing that it names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use crate::compose::Compose;
use crate::compose::engine::Engine;
use crate::compose::model::{self, Model};
use crate::compose::nameless::Nameless;
use crate::envfile::{self, Text};
use crate::policy::{Format, Policy, RenderedFile};
use crate::secret::{Name, Passed, Value, Values};
use crate::survey;
use crate::target::TargetError;
use crate::template::{Asked, Rendered, Template};
use crate::vault::{Vault, VaultError};

pub struct World {
    pub policy: Policy,
    pub vault: Vault,
    pub engine: Engine,
    pub compose: Compose,
    pub model: Model,
    pub http: reqwest::Client,
    /// The server that keeps the audit log, if it is one.
    pub log: Option<LogServer>,
    /// What the files hold besides secrets and plain text.
    pub passed: Passed,
    /// By file: which secrets each key is made of.
    pub keys: BTreeMap<String, Keys>,
    templates: BTreeMap<String, Template>,
    /// Asked for beside everything else; good for one survey.
    hashes: Mutex<Option<BTreeMap<String, String>>>,
    changed: Mutex<Option<Instant>>,
    /// What is fenced off is written under this.
    epoch: OnceLock<Arc<AtomicU64>>,
}

/// Where the audit log is, and as whom it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogServer {
    pub host: String,
    pub port: u16,
    pub user: String,
}

/// Stands for what is only passed on, where no value is needed.
const PASSED: &str = "passed";

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
        let compose = Compose::new(&policy, env_path);
        let env = EnvFile {
            policy: &policy,
            template: &templates[&policy.stack.env_file],
            keys: &keys[&policy.stack.env_file],
            all_keys: &keys,
        };
        // Compose is asked beside everything else, unless what is passed on has to be known first.
        let vault = async {
            let vault = Vault::connect().await?;
            let passed = survey::passed(&vault, &policy).await?;
            Ok::<_, VaultError>((vault, passed))
        };
        let vault_and_model = async {
            if env.passes_on() {
                let (vault, passed) = vault.await?;
                let model = env.resolve(&compose, &passed).await?;
                return Ok((vault, passed, model));
            }
            let nothing = Passed::default();
            let (vault, model) = tokio::join!(vault, env.resolve(&compose, &nothing));
            let (vault, passed) = vault?;
            Ok::<_, WorldError>((vault, passed, model?))
        };
        let (vault_and_model, engine, hashes) = tokio::join!(
            vault_and_model,
            Engine::connect(&policy.stack.project, policy.limits.engine),
            compose.hashes()
        );
        let http = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only(Vec::new())
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|_| TargetError::new("cannot set up an HTTP client"))?;
        let ((vault, passed, model), engine) = (vault_and_model?, engine?);
        let (hashes, changed) = (Mutex::new(hashes.ok()), Mutex::new(None));
        let log = None;
        Ok(World {
            policy,
            vault,
            engine,
            compose,
            model,
            http,
            log,
            passed,
            keys,
            templates,
            hashes,
            changed,
            epoch: OnceLock::new(),
        })
    }

    /// A file's content for some values.
    pub fn render(&self, file: &str, values: &Values) -> Result<Rendered, TargetError> {
        let (Some(template), Some(policy)) = (self.templates.get(file), self.policy.files.get(file)) else {
            return Err(TargetError::new(format!("the policy has no file `{file}`")));
        };
        template
            .render_values(policy, &self.policy.vault, values, &self.passed)
            .map_err(|e| TargetError::new(e.to_string()))
    }

    /// A file's content for stand-ins.
    pub fn render_with(
        &self,
        file: &str,
        value_of: &mut dyn FnMut(Asked<'_>) -> Option<Zeroizing<String>>,
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

    /// The env files' variables for some values: the one's that Compose interpolates from by their names, the others' by
    /// their [qualified](model::qualified) ones.
    #[expect(clippy::disallowed_methods, reason = "a rendered env file is read line by line")]
    pub fn env(&self, values: &Values) -> Result<BTreeMap<String, Text>, TargetError> {
        let mut all = BTreeMap::new();
        for (id, file) in self.policy.files.iter().filter(|(_, f)| f.format == Format::Env) {
            let text = self.render_text(id, values)?;
            let found = envfile::parse(text.expose_secret()).map_err(|line| {
                TargetError::new(format!("{}: line {line} is broken", file.path.display()))
            })?;
            let is_main = *id == self.policy.stack.env_file;
            let name = |key: String| if is_main { key } else { model::qualified(id, &key) };
            all.extend(found.into_iter().map(|(key, text)| (name(key), text)));
        }
        Ok(all)
    }

    /// The secrets that a key of an env file is made of, by the names of [`World::env`].
    pub fn secrets_of(&self, key: &str) -> BTreeSet<Name> {
        let (file, key) = key.split_once('/').unwrap_or((&self.policy.stack.env_file, key));
        self.keys.get(file).and_then(|keys| keys.get(key)).cloned().unwrap_or_default()
    }

    /// Each service's configuration hash, as Compose computes it now.
    pub async fn hashes(&self) -> Result<BTreeMap<String, String>, TargetError> {
        let asked = self.hashes.lock().ok().and_then(|mut h| h.take());
        match asked {
            Some(hashes) => Ok(hashes),
            None => self.compose.hashes().await,
        }
    }

    /// Whoever acts on it acts under this epoch, from now on and as it changes.
    pub fn act_under(&self, epoch: Arc<AtomicU64>) {
        let _ = self.epoch.set(epoch);
    }

    /// `None`: nobody acts on it.
    pub fn epoch(&self) -> Option<u64> {
        self.epoch.get().map(|epoch| epoch.load(Ordering::SeqCst))
    }

    /// What was asked for when it was opened is not so any more: a rotation has ended since.
    pub fn is_another(&self) {
        if let (Ok(mut hashes), Ok(mut changed)) = (self.hashes.lock(), self.changed.lock()) {
            (*hashes, *changed) = (None, None);
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
pub(crate) fn dependencies(policy: &Policy, id: &str, template: &Template) -> Result<Keys, TargetError> {
    let file = &policy.files[id];
    let names: Vec<&Name> = file.reads.iter().collect();
    let stand_in = |round: char, index: usize| format!("turnlock{round}{index}stand");
    let render = |pick: &dyn Fn(usize) -> char| -> Result<BTreeMap<String, Text>, TargetError> {
        let mut value_of = |asked: Asked<'_>| {
            let Asked::Secret(name) = asked else { return Some(Zeroizing::new(PASSED.into())) };
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

/// The file that Compose interpolates from, as the policy makes it.
struct EnvFile<'p> {
    policy: &'p Policy,
    template: &'p Template,
    keys: &'p Keys,
    /// Of every file.
    all_keys: &'p BTreeMap<String, Keys>,
}

impl EnvFile<'_> {
    fn file(&self) -> &RenderedFile {
        &self.policy.files[&self.policy.stack.env_file]
    }

    /// Whether it holds something that Vault alone knows, and that is no secret of the policy: an image's tag, a port.
    fn passes_on(&self) -> bool {
        !self.file().passthrough.is_empty()
    }

    /// The other env files' keys that a secret is part of.
    fn others(&self) -> BTreeMap<PathBuf, BTreeMap<String, String>> {
        let policy = self.policy;
        let other = |id: &&String| **id != policy.stack.env_file && policy.files[*id].format == Format::Env;
        let keys = |id: &String| {
            let concerned = self.all_keys[id].iter().filter(|(_, secrets)| !secrets.is_empty());
            concerned.map(|(key, _)| (key.clone(), model::qualified(id, key))).collect()
        };
        let ids = policy.files.keys().filter(other);
        ids.map(|id| (policy.stack.root.join(&policy.files[id].path), keys(id))).collect()
    }

    /// The compose files, resolved with a placeholder for every key that a secret is part of. What is only passed on is
    /// given as it is: in memory, in a file without a name.
    async fn resolve(&self, compose: &Compose, passed: &Passed) -> Result<Model, TargetError> {
        let rendered = self
            .template
            .render(self.file(), &self.policy.vault, &mut |asked| match asked {
                Asked::Secret(_) => Some(Zeroizing::new("placeholder".into())),
                Asked::Passed(field) => passed.get(field).map(passed_on),
            })
            .map_err(|e| TargetError::new(e.to_string()))?;
        let concerned = self.keys.iter().filter(|(_, secrets)| !secrets.is_empty());
        let names: Vec<String> = concerned.map(|(key, _)| key.clone()).collect();
        let env = Nameless::new(&model::with_placeholders(clear(&rendered), &names))
            .map_err(|e| TargetError::new(format!("cannot keep an env file in memory: {}", e.kind())))?;
        let path = env.path();
        let (json, declared) = tokio::join!(compose.config(&path), compose.declared(self.passes_on()));
        let (json, declared) = (json?, declared?);
        let root = &self.policy.stack.root;
        let absolute: BTreeMap<String, PathBuf> =
            self.policy.files.iter().map(|(id, f)| (id.clone(), root.join(&f.path))).collect();
        let files: BTreeMap<String, &Path> =
            absolute.iter().map(|(id, p)| (id.clone(), p.as_path())).collect();
        let sources = model::Sources {
            keys: &names,
            files: &files,
            env_file: files[&self.policy.stack.env_file],
            others: &self.others(),
            // A digest over what is passed on would be one over values.
            digest_declared: self.passes_on(),
        };
        Model::read(&json, declared.as_ref().map(|d| d.as_slice()), &sources)
            .ok_or_else(|| TargetError::new("docker compose: config printed something that isn't understood"))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "rendered with stand-ins, and with what is passed on: kept in memory"
)]
fn clear(rendered: &Rendered) -> &str {
    rendered.expose_secret()
}

#[expect(
    clippy::disallowed_methods,
    reason = "what is passed on goes into the env file that Compose is given in memory"
)]
fn passed_on(value: &Value) -> Zeroizing<String> {
    Zeroizing::new(value.expose_secret().to_owned())
}
