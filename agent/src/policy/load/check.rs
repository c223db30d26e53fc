//! Each entry of the policy on its own, and the references between them.
//!
//! Every check collects its problems and goes on, so that a person sees all of them at once; what could not be
//! understood is simply left out of the result, which is thrown away then.

mod places;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::ids::Ids;
use super::problem::{Problem, Source};
use super::raw::*;
use super::units::{self, Wrong};
use crate::generate::Generator;
use crate::policy::*;
use crate::secret::Name;

pub(super) struct Checker<'a> {
    source: &'a Source,
    ids: &'a Ids,
    file: &'a Path,
    pub(super) problems: Vec<Problem>,
}

impl<'a> Checker<'a> {
    pub(super) fn new(source: &'a Source, ids: &'a Ids, file: &'a Path) -> Self {
        Self { source, ids, file, problems: Vec::new() }
    }

    /// The whole policy, but for the templates' texts and the hash.
    pub(super) fn policy(&mut self, raw: &Raw) -> Policy {
        if *raw.version.get_ref() != 1 {
            self.refuse(
                raw.version.span(),
                "this program knows version 1 of the policy's format",
                "write version = 1",
            );
        }
        let stack = self.stack(raw);
        let vault = self.vault(&raw.vault, &stack.name);
        let policy = Policy {
            file: self.file.to_owned(),
            hash: String::new(),
            secrets: self.secrets(raw),
            databases: self.databases(raw),
            files: self.files(raw),
            services: self.services(raw),
            migrations: self.migrations(raw),
            limits: self.limits(&raw.limits),
            stack,
            vault,
        };
        self.admins(raw, &policy);
        self.own(raw, &policy);
        policy
    }

    fn limits(&mut self, raw: &RawLimits) -> Limits {
        let usual = Limits::default();
        let mut limit = |text: &Option<Text>, usual| match text {
            Some(text) => self.take(text, units::duration).unwrap_or(usual),
            None => usual,
        };
        let limits = Limits {
            login: limit(&raw.login, usual.login),
            statement: limit(&raw.statement, usual.statement),
            database: limit(&raw.database, usual.database),
            question: limit(&raw.question, usual.question),
            compose: limit(&raw.compose, usual.compose),
            engine: limit(&raw.engine, usual.engine),
            look: limit(&raw.look, usual.look),
            running: limit(&raw.running, usual.running),
            skew_told: limit(&raw.skew_told, usual.skew_told),
            skew_refused: limit(&raw.skew_refused, usual.skew_refused),
        };
        if limits.skew_refused < limits.skew_told
            && let Some(set) = raw.skew_refused.as_ref().or(raw.skew_told.as_ref())
        {
            self.refuse(
                set.span(),
                "a clock would be refused (`skew_refused`) that is not even told to be wrong (`skew_told`)",
                "let `skew_refused` be as long as `skew_told`, or longer; unless set they are 5m and 1h",
            );
        }
        limits
    }

    pub(super) fn refuse(&mut self, at: Range<usize>, what: impl Into<String>, help: impl Into<String>) {
        self.problems.push(self.source.problem(at, what, help));
    }

    /// One value in its final type, or a problem at its place.
    fn take<T>(&mut self, text: &Text, parse: impl Fn(&str) -> Result<T, Wrong>) -> Option<T> {
        match parse(text.get_ref()) {
            Ok(value) => Some(value),
            Err((what, help)) => {
                self.refuse(text.span(), what, help);
                None
            }
        }
    }

    /// As [`Self::take`], with nothing in the place of what is refused.
    fn text(&mut self, text: &Text, parse: impl Fn(&str) -> Result<String, Wrong>) -> String {
        self.take(text, parse).unwrap_or_default()
    }

    fn stack(&mut self, raw: &Raw) -> Stack {
        let stack = &raw.stack;
        let root = self.root(&stack.root);
        if stack.compose.get_ref().is_empty() {
            self.refuse(stack.compose.span(), "there is no compose file", "name at least one");
        }
        let env_file = stack.env_file.get_ref();
        let named = raw.file.iter().find(|(name, _)| name.get_ref() == env_file);
        match named {
            None => {
                let what = format!("there is no [file.{env_file}]");
                self.refuse(stack.env_file.span(), what, known("file", raw.file.keys()));
            }
            Some((_, file)) if file.format != RawFormat::Env => {
                let what = format!("[file.{env_file}] is not an env file");
                self.refuse(stack.env_file.span(), what, "give it format = \"env\"");
            }
            Some(_) => {}
        }
        let mut compose: Vec<PathBuf> = Vec::new();
        for path in stack.compose.get_ref() {
            match self.take(path, units::below_root) {
                Some(plain) if compose.contains(&plain) => {
                    self.refuse(path.span(), "this compose file is named twice", "name it once");
                }
                plain => compose.extend(plain),
            }
        }
        let profiles = stack.profiles.iter().map(|p| self.text(p, units::plain_name)).collect();
        Stack {
            name: self.text(&stack.name, units::plain_name),
            root,
            project: self.text(&stack.project, units::project),
            compose,
            profiles,
            env_file: env_file.clone(),
        }
    }

    /// Relative to the policy's own directory; has to be there, so that a typing error isn't found by a rotation.
    fn root(&mut self, text: &Text) -> PathBuf {
        let joined = directory(self.file).join(text.get_ref());
        match joined.canonicalize() {
            Ok(root) if root.is_dir() => root,
            _ => {
                let what = format!("the stack's root {} is not a directory", joined.display());
                self.refuse(text.span(), what, "name the stack's directory, relative to this file");
                PathBuf::new()
            }
        }
    }

    fn vault(&mut self, raw: &RawVault, owner: &str) -> Paths {
        let mount = self.text(&raw.mount, units::vault_path);
        let prefix = self.text(&raw.prefix, units::vault_path);
        let staging = self.text(&raw.staging, units::vault_path);
        let inside = |a: &str, b: &str| {
            !b.is_empty() && a.strip_prefix(b).is_some_and(|r| r.is_empty() || r.starts_with('/'))
        };
        if inside(&staging, &mount) || inside(&mount, &staging) {
            let what = "the staging mount is the mount of the live values, or inside it";
            self.refuse(
                raw.staging.span(),
                what,
                "use a KV v2 mount of its own, so that no consumer reads a pending value",
            );
        }
        let role = match &raw.role {
            Some(role) => self.text(role, units::vault_role),
            None => match units::vault_role(&format!("turnlock-{}", owner.to_ascii_lowercase())) {
                Ok(role) => role,
                Err((what, _)) => {
                    let help = "give the agent's role another name: [vault] role = \"…\"";
                    self.refuse(raw.prefix.span(), format!("of the stack's name: {what}"), help);
                    String::new()
                }
            },
        };
        Paths { mount, prefix, staging, owner: owner.to_owned(), role }
    }

    fn secrets(&mut self, raw: &Raw) -> BTreeMap<Name, Secret> {
        if raw.secret.is_empty() {
            self.refuse(0..0, "the policy has no secret", "add a [secret.NAME]");
        }
        let migrated: BTreeSet<&str> = raw.migration.values().map(|m| m.secret.get_ref().as_str()).collect();
        let mut secrets = BTreeMap::new();
        for (name, entry) in &raw.secret {
            let is_migrated = migrated.contains(name.get_ref().as_str());
            let secret = self.secret(name, entry, is_migrated);
            let parsed =
                self.take(name, |n| n.parse::<Name>().map_err(|e| (e.to_string(), "rename the secret")));
            secrets.extend(parsed.zip(secret));
        }
        secrets
    }

    fn secret(&mut self, name: &Text, raw: &RawSecret, is_migrated: bool) -> Option<Secret> {
        let due = match (&raw.every, &raw.on) {
            (Some(every), None) => self.take(every, units::calendar).map(Due::Every),
            (None, Some(on)) => self.take(on, units::sentence).map(Due::On),
            (None, None) => {
                let help = "write every = \"3 months\", or on = \"what happens before\"";
                self.refuse(name.span(), "the secret has neither `every` nor `on`", help);
                None
            }
            (Some(_), Some(on)) => {
                self.refuse(on.span(), "the secret has both `every` and `on`", "keep one of them");
                None
            }
        };
        let loses = raw.loses.map(|l| match l {
            RawLoses::Sessions => Loses::Sessions,
            RawLoses::Mfa => Loses::Mfa,
            RawLoses::Reencryption => Loses::Reencryption,
        });
        if is_migrated && raw.keep_for.is_none() {
            let what = format!(
                "{} encrypts data, and the policy doesn't say how long its old value is kept",
                name.get_ref()
            );
            self.refuse(name.span(), what, "write keep_for = \"1 year\": as long as backups are kept");
        }
        if loses == Some(Loses::Reencryption) && !is_migrated {
            let what = format!("{} needs a re-encryption, and no [migration] does it", name.get_ref());
            self.refuse(
                name.span(),
                what,
                "add a [migration.…] with this secret: without it, data becomes unreadable",
            );
        }
        let keep_for = raw.keep_for.as_ref().and_then(|k| self.take(k, units::calendar));
        let impact = self.text(&raw.impact, units::sentence);
        Some(Secret { generator: self.generator(&raw.generator)?, due: due?, impact, loses, keep_for })
    }

    fn generator(&mut self, raw: &toml::Spanned<RawGenerator>) -> Option<Generator> {
        let (at, raw) = (raw.span(), raw.get_ref());
        let generator = match (raw.kind, raw.bytes, &raw.without) {
            (RawKind::Own, None, None) => Generator::Own,
            (RawKind::Own, ..) => {
                self.refuse(at, "the agent's own secret-id is made in one way", "write { kind = \"self\" }");
                return None;
            }
            (_, None, _) => {
                self.refuse(at, "the generator has no `bytes`", "write how many random bytes: bytes = 32");
                return None;
            }
            (RawKind::Base64, Some(bytes), without) => {
                let without = without.as_ref().map(|w| w.get_ref().clone()).unwrap_or_default();
                Generator::Base64 { bytes, without }
            }
            (RawKind::Hex, Some(bytes), None) => Generator::Hex { bytes },
            (RawKind::Hex, Some(_), Some(without)) => {
                self.refuse(without.span(), "`without` is for base64 only", "remove it");
                return None;
            }
        };
        if let Some(why) = generator.weakness() {
            self.refuse(at, why, "use 16 to 1024 bytes, and drop only a few characters");
            return None;
        }
        Some(generator)
    }

    /// The agent's own login is held by the agent alone.
    fn own(&mut self, raw: &Raw, policy: &Policy) {
        let own = |name: &str| {
            let secret = policy.secrets.iter().find(|(n, _)| n.as_str() == name);
            secret.is_some_and(|(_, s)| s.generator == Generator::Own)
        };
        let all: Vec<&Text> = raw.secret.keys().filter(|n| own(n.get_ref())).collect();
        for second in all.iter().skip(1) {
            self.refuse(
                second.span(),
                "the agent has one secret-id, and this is the second",
                "keep one of them",
            );
        }
        let files = raw.file.values().flat_map(|f| &f.reads);
        let databases = raw.database.values().map(|d| &d.secret);
        let migrations = raw.migration.values().map(|m| &m.secret);
        for name in files.chain(databases).chain(migrations).filter(|n| own(n.get_ref())) {
            let what = "the agent's own secret-id is for the agent alone";
            self.refuse(name.span(), what, "use another secret here");
        }
    }

    /// A reference to a [secret].
    fn secret_of(&mut self, name: &Text, raw: &Raw) -> Option<Name> {
        if raw.secret.keys().any(|n| n.get_ref() == name.get_ref()) {
            // A name that isn't one is refused where it is declared.
            return name.get_ref().parse().ok();
        }
        let what = format!("there is no [secret.{}]", name.get_ref());
        self.refuse(name.span(), what, known("secret", raw.secret.keys()));
        None
    }

    /// A reference to a [service]: each that the policy names is declared, so that a typing error is found here.
    fn service_of(&mut self, name: &Text, raw: &Raw) -> Option<String> {
        if raw.service.keys().any(|n| n.get_ref() == name.get_ref()) {
            return Some(name.get_ref().clone());
        }
        let what = format!("there is no [service.{}]", name.get_ref());
        self.refuse(name.span(), what, known("service", raw.service.keys()));
        None
    }
}

/// The directory that paths in the policy are relative to.
pub(super) fn directory(file: &Path) -> &Path {
    file.parent().unwrap_or(Path::new(""))
}

fn known<'t>(kind: &str, names: impl Iterator<Item = &'t Text>) -> String {
    let names: Vec<&str> = names.map(|n| n.get_ref().as_str()).collect();
    match names.as_slice() {
        [] => format!("add a [{kind}.…]"),
        names => format!("correct the name, or add it: there are {}", names.join(", ")),
    }
}
