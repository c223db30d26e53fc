//! A file rendered from a template of Vault Agent's language.

mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::SystemTime;

use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

use super::{Effect, Finding, Patience, State, Target, TargetError};
use crate::compose::nameless::Nameless;
use crate::crash;
use crate::envfile::{self, Text};
use crate::policy::{Format, RenderedFile};
use crate::secret::{Change, Held, Name, Values};
use crate::template::Rendered;
use crate::world::{Keys, World};

pub use write::Below;

/// Part of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileSpec {
    pub id: String,
    pub path: String,
    pub write: Write,
    pub owner: u32,
    pub group: u32,
    pub mode: u32,
    /// The keys that are made of rotated secrets; a raw file has one key, the empty one.
    pub keys: BTreeMap<String, BTreeSet<Name>>,
}

impl FileSpec {
    pub fn of(id: &str, file: &RenderedFile, write: Write, keys: Keys) -> Self {
        Self {
            id: id.into(),
            path: file.path.display().to_string(),
            write,
            owner: file.owner,
            group: file.group,
            mode: file.mode,
            keys,
        }
    }
}

/// How new content gets there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Write {
    /// A new file, renamed over the old one.
    Rename,
    /// One write of equal length: a running container has this very file mounted, and a rename would be invisible to it.
    InPlace,
}

pub struct FileTarget<'w> {
    /// The content before the first write, and its time: written back, it is as old as it was, so that what was started
    /// with it isn't taken for outdated.
    before: Mutex<Option<(Text, SystemTime)>>,
    spec: FileSpec,
    file: &'w RenderedFile,
    world: &'w World,
}

impl<'w> FileTarget<'w> {
    pub fn new(spec: &FileSpec, world: &'w World) -> Result<Self, TargetError> {
        let file = world
            .policy
            .files
            .get(&spec.id)
            .ok_or_else(|| TargetError::new(format!("the policy has no file `{}`", spec.id)))?;
        Ok(Self { before: Mutex::new(None), spec: spec.clone(), file, world })
    }

    /// Which secrets each key is made of.
    fn keys(&self) -> &Keys {
        &self.world.keys[&self.spec.id]
    }

    fn render(&self, values: &Values) -> Result<Rendered, TargetError> {
        self.world.render(&self.spec.id, values)
    }

    fn finding(&self, key: &str, secret: Option<&Name>, state: State) -> Finding {
        let path = &self.spec.path;
        let place = if key.is_empty() { path.clone() } else { format!("{path}: {key}") };
        Finding { target: format!("file.{}", self.spec.id), place, secret: secret.cloned(), state }
    }

    /// The values of a text, by key; a raw file is one value.
    fn slots(&self, text: &str) -> Result<BTreeMap<String, Text>, TargetError> {
        match self.file.format {
            Format::Raw => Ok([(String::new(), Text::new(text))].into()),
            Format::Env => envfile::parse(text).map_err(|line| {
                TargetError::new(format!("{}: line {line} is not KEY=VALUE", self.spec.path))
            }),
        }
    }

    /// An env file is worth what Compose makes of it, so Compose is asked, before anything is written.
    async fn read_back(&self, intended: &str) -> Result<(), TargetError> {
        if self.file.format != Format::Env {
            return Ok(());
        }
        let asked = Nameless::new(intended)
            .map_err(|e| TargetError::new(format!("cannot keep an env file in memory: {}", e.kind())))?;
        // What is only passed on is as its owner wrote it, and means what Compose makes of it.
        let ours = |key: &String| self.keys().get(key).is_some_and(|secrets| !secrets.is_empty());
        let wanted: BTreeMap<String, Text> =
            self.slots(intended)?.into_iter().filter(|(key, _)| ours(key)).collect();
        let seen = self.world.compose.environment(&asked.path(), wanted.keys()).await?;
        for (key, value) in wanted {
            if !seen.get(&key).is_some_and(|s| s.same(&value)) {
                let text = format!(
                    "Compose reads another value for {key} than {} has between its quotes; quote it with '…' in {}",
                    self.spec.path,
                    self.file.template_file.display()
                );
                return Err(TargetError::new(text));
            }
        }
        Ok(())
    }

    /// Which version a key's value was made with.
    fn identify(&self, key: &str, secret: &Name, held: &Text, values: &Values) -> Result<Held, TargetError> {
        for other in values.others(secret) {
            let rendered = self.render(&values.with(secret, other))?;
            if self.slots(clear(&rendered))?.get(key).is_some_and(|v| v.same(held)) {
                return Ok(Held::Version(other.version));
            }
        }
        Ok(Held::Unknown)
    }

    fn compare(&self, held: &str, wanted: &Rendered, values: &Values) -> Result<Vec<Finding>, TargetError> {
        let held_slots = match self.slots(held) {
            Ok(slots) => slots,
            Err(e) => return Ok(vec![self.finding("", None, State::Unhealthy(e.message))]),
        };
        let mut findings = Vec::new();
        for (key, wanted) in self.slots(clear(wanted))? {
            let held = held_slots.get(&key);
            if held.is_some_and(|h| h.same(&wanted)) {
                continue;
            }
            let secrets = self.keys().get(&key).into_iter().flatten();
            let mut blamed = false;
            for secret in secrets {
                let expected = values.version(secret).unwrap_or_default();
                let held = match held {
                    Some(held) => self.identify(&key, secret, held, values)?,
                    None => Held::Missing,
                };
                findings.push(self.finding(&key, Some(secret), State::Differs { held, expected }));
                blamed = true;
            }
            if !blamed {
                findings.push(self.finding(
                    &key,
                    None,
                    State::Stray("has another value than its template".into()),
                ));
            }
        }
        let known = self.slots(clear(wanted))?;
        for key in held_slots.keys().filter(|key| !known.contains_key(*key)) {
            findings.push(self.finding(key, None, State::Stray("is not in its template".into())));
        }
        if findings.is_empty() && held != clear(wanted) {
            let text = "has other text than its template renders (comments, order or more keys)";
            findings.push(self.finding("", None, State::Stray(text.into())));
        }
        Ok(findings)
    }
}

impl Target for FileTarget<'_> {
    async fn apply(&self, change: &Change) -> Result<Effect, TargetError> {
        let rendered = self.render(&change.to)?;
        let below = Below::open(&self.world.policy.stack.root)?;
        let is = below.look(&self.file.path)?;
        if is.as_ref().is_some_and(|f| f.text.as_str() == clear(&rendered)) {
            below.remove_leftover(&self.file.path);
            // The same file keeps its place: a running container may have it mounted.
            if !is.as_ref().is_some_and(|f| self.has_right_owner(f)) {
                below.own(&self.file.path, self.file)?;
            }
            return Ok(Effect::note("already so"));
        }
        self.read_back(clear(&rendered)).await?;
        let modified = self.time_of(&rendered, is.as_ref());
        if self.spec.write == Write::InPlace {
            below.overwrite(&self.file.path, clear(&rendered), self.file, modified)?;
            return Ok(Effect::default());
        }
        let temporary = below.prepare(&self.file.path, clear(&rendered), self.file, modified)?;
        crash::beside(&self.spec.id);
        below.put(&temporary).inspect_err(|_| below.abandon(&temporary))?;
        Ok(Effect::default())
    }

    async fn probe(&self, values: &Values, _patience: Patience) -> Result<Vec<Finding>, TargetError> {
        let rendered = self.render(values)?;
        let below = Below::open(&self.world.policy.stack.root)?;
        let found = match below.look(&self.file.path) {
            Ok(found) => found,
            Err(e) => return Ok(vec![self.finding("", None, State::Unhealthy(e.message))]),
        };
        let Some(is) = found else {
            let secrets: BTreeSet<&Name> = self.keys().values().flatten().collect();
            let missing = |s: &Name| State::Differs {
                held: Held::Missing,
                expected: values.version(s).unwrap_or_default(),
            };
            return Ok(secrets.into_iter().map(|s| self.finding("", Some(s), missing(s))).collect());
        };
        let mut findings = self.compare(&is.text, &rendered, values)?;
        if let Some(leftover) = below.leftover(&self.file.path) {
            let text = format!("a write that did not end left {leftover} beside it, which may hold values");
            findings.push(self.finding("", None, State::Unhealthy(text)));
        }
        if !self.has_right_owner(&is) {
            let text = format!(
                "is {}:{} {:04o}, the policy says {}:{} {:04o}",
                is.owner, is.group, is.mode, self.file.owner, self.file.group, self.file.mode
            );
            findings.push(self.finding("", None, State::Unhealthy(text)));
        }
        // A secret that nothing speaks against is held.
        let blamed: BTreeSet<Name> = findings.iter().filter_map(|f| f.secret.clone()).collect();
        let held: BTreeSet<&Name> = self.keys().values().flatten().filter(|s| !blamed.contains(*s)).collect();
        for secret in held {
            let version = values.version(secret).unwrap_or_default();
            findings.push(self.finding("", Some(secret), State::Holds(version)));
        }
        Ok(findings)
    }
}

impl FileTarget<'_> {
    /// The time that new content is to have: its own, if it was there before.
    fn time_of(&self, new: &Rendered, is: Option<&write::Is>) -> Option<SystemTime> {
        let mut before = self.before.lock().ok()?;
        if before.is_none() {
            *before = is.and_then(|is| Some((Text::new(&is.text), is.modified?)));
        }
        before.as_ref().filter(|(text, _)| text.same(&Text::new(clear(new)))).map(|(_, at)| *at)
    }

    fn has_right_owner(&self, is: &write::Is) -> bool {
        (is.owner, is.group, is.mode) == (self.file.owner, self.file.group, self.file.mode)
    }
}

#[expect(clippy::disallowed_methods, reason = "a rendered file is written and compared")]
fn clear(rendered: &Rendered) -> &str {
    rendered.expose_secret()
}
