//! Who is affected, found by looking: the compose files resolved with a placeholder for each key of the env file that a
//! secret is part of, so that every variable's and mount's origin can be read off without one real value.

mod strays;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use crate::envfile::Text;
use crate::secret::Name;

pub use strays::{Kind, Stray};

/// The resolved compose files.
#[derive(Clone, Default)]
pub struct Model {
    pub services: BTreeMap<String, Service>,
    /// Where a key of the env file that a secret is part of is put besides environments.
    pub strays: Vec<Stray>,
    /// SHA-256 over the resolved configuration, without values: part of the plan's hash.
    pub digest: String,
}

#[derive(Clone, Default)]
pub struct Service {
    pub image: String,
    pub replicas: usize,
    /// The variables that a key of the env file is part of.
    pub variables: BTreeMap<String, Vec<Piece>>,
    pub mounts: Vec<Mount>,
    /// Whether it has an `env_file:`, where Compose's hash says nothing.
    pub has_env_file: bool,
}

/// A part of a variable's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Literal(String),
    Key(String),
}

/// A rendered file inside a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// The policy's name of the file.
    pub file: String,
    /// Where the container's processes see it.
    pub path: String,
    /// Mounted by itself, so that the container keeps its inode; else by a directory above it.
    pub single: bool,
}

/// What of a service's environment and files is made of secrets: part of a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    pub variables: BTreeMap<String, BTreeSet<Name>>,
    /// Path in the container -> the secrets in the file there.
    pub files: BTreeMap<String, BTreeSet<Name>>,
}

impl Reach {
    pub fn secrets(&self) -> BTreeSet<Name> {
        self.variables.values().chain(self.files.values()).flatten().cloned().collect()
    }
}

/// A key's stand-in: letters and digits, so that nothing quotes or interpolates it.
pub fn placeholder(index: usize) -> String {
    format!("turnlock{index}placeholder")
}

/// An env file's text in which each of `keys` has its placeholder.
pub fn with_placeholders(text: &str, keys: &[String]) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let key = line.trim_start().trim_start_matches("export ").split('=').next().unwrap_or("").trim();
        match keys.iter().position(|k| k == key) {
            Some(index) if !line.trim_start().starts_with('#') => {
                out.push_str(&format!("{key}='{}'\n", placeholder(index)));
            }
            _ => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    out
}

/// Where what Compose resolved came from.
pub struct Sources<'a> {
    /// The env file's keys that have a placeholder.
    pub keys: &'a [String],
    /// The rendered files' absolute paths, by the policy's name.
    pub files: &'a BTreeMap<String, &'a Path>,
    pub env_file: &'a Path,
    /// The other env files' keys that a secret is part of, by absolute path: each with its [`qualified`] name.
    pub others: &'a BTreeMap<PathBuf, BTreeMap<String, String>>,
    /// Whether the digest is of what is declared: where what is resolved holds more than placeholders.
    pub digest_declared: bool,
}

/// A key of another env file than the one that Compose interpolates from: no key has a slash in it.
pub fn qualified(file: &str, key: &str) -> String {
    format!("{file}/{key}")
}

impl Model {
    /// Reads `docker compose config --format json`, resolved with placeholders for some keys. `declared` is the same
    /// without interpolation: the only form in which Compose says which services have an `env_file:`, instead of that
    /// file's values.
    pub fn read(json: &[u8], declared: Option<&[u8]>, from: &Sources<'_>) -> Option<Model> {
        let mut config: Json = serde_json::from_slice(json).ok()?;
        let declared: Option<Json> = match declared {
            Some(declared) => Some(serde_json::from_slice(declared).ok()?),
            None => None,
        };
        if let Some(declared) = &declared {
            as_declared(&mut config, declared)?;
        }
        let mut services = BTreeMap::new();
        for (name, service) in config.get("services")?.as_object()? {
            services.insert(name.clone(), read_service(service, &config, from));
        }
        let strays = strays::find(&config, from.keys);
        let digested = if from.digest_declared { declared.as_ref()? } else { &config };
        let digest = hex::encode(Sha256::digest(serde_json::to_vec(digested).ok()?));
        Some(Model { services, strays, digest })
    }
}

/// Puts each service's `env_file:` in the place of the variables that came from it.
fn as_declared(config: &mut Json, declared: &Json) -> Option<()> {
    for (name, service) in config.get_mut("services")?.as_object_mut()? {
        let Some(said) = declared.pointer(&format!("/services/{name}")) else { continue };
        let Some(env_file) = said.get("env_file") else { continue };
        let own = own_variables(said.get("environment"));
        if let Some(resolved) = service.get_mut("environment").and_then(Json::as_object_mut) {
            resolved.retain(|variable, _| own.contains(variable.as_str()));
        }
        service["env_file"] = env_file.clone();
    }
    Some(())
}

/// `environment:` is a map, or a list of `NAME=value` and `NAME`.
fn own_variables(environment: Option<&Json>) -> BTreeSet<&str> {
    match environment {
        Some(Json::Object(map)) => map.keys().map(String::as_str).collect(),
        Some(Json::Array(list)) => list.iter().filter_map(|e| e.as_str()?.split('=').next()).collect(),
        _ => BTreeSet::new(),
    }
}

fn read_service(service: &Json, config: &Json, from: &Sources<'_>) -> Service {
    let Sources { keys, files, env_file, others, .. } = *from;
    let mut variables = BTreeMap::new();
    let paths = list(service, "env_file").filter_map(|e| e.get("path").or(Some(e))?.as_str());
    let env_files: Vec<&str> = paths.collect();
    // The later file wins.
    for path in env_files.iter().map(Path::new) {
        if path == env_file {
            variables.extend(keys.iter().map(|k| (k.clone(), vec![Piece::Key(k.clone())])));
        }
        let other = others.get(path).into_iter().flatten();
        variables.extend(other.map(|(key, name)| (key.clone(), vec![Piece::Key(name.clone())])));
    }
    for (name, value) in service.get("environment").and_then(Json::as_object).into_iter().flatten() {
        // `environment:` wins over `env_file:`.
        variables.remove(name);
        let pieces = pieces(value.as_str().unwrap_or_default(), keys);
        if pieces.iter().any(|p| matches!(p, Piece::Key(_))) {
            variables.insert(name.clone(), pieces);
        }
    }
    let mut mounts: Vec<Mount> = list(service, "volumes")
        .filter_map(|v| mounted(files, v.get("source")?.as_str()?, v.get("target")?.as_str()?))
        .collect();
    for kind in ["secrets", "configs"] {
        for entry in list(service, kind) {
            mounts.extend(declared(entry, kind, config, files));
        }
    }
    let replicas =
        service.pointer("/deploy/replicas").or(service.get("scale")).and_then(Json::as_u64).unwrap_or(1);
    Service {
        image: service.get("image").and_then(Json::as_str).unwrap_or_default().to_owned(),
        replicas: usize::try_from(replicas).unwrap_or(1),
        variables,
        mounts,
        has_env_file: !env_files.is_empty(),
    }
}

fn list<'j>(service: &'j Json, key: &str) -> impl Iterator<Item = &'j Json> {
    service.get(key).and_then(Json::as_array).into_iter().flatten()
}

/// A `secrets:` or `configs:` entry whose source is a file of ours.
fn declared(entry: &Json, kind: &str, config: &Json, files: &BTreeMap<String, &Path>) -> Option<Mount> {
    let source = entry.get("source").or(Some(entry))?.as_str()?;
    let file = config.get(kind)?.get(source)?.get("file")?.as_str()?;
    let folder = if kind == "secrets" { "/run/secrets/" } else { "/" };
    let target = entry.get("target").and_then(Json::as_str).unwrap_or(source);
    let path = if target.starts_with('/') { target.to_owned() } else { format!("{folder}{target}") };
    mounted(files, file, &path)
}

fn mounted(files: &BTreeMap<String, &Path>, source: &str, target: &str) -> Option<Mount> {
    let source = Path::new(source);
    files.iter().find_map(|(file, path)| {
        let rest = path.strip_prefix(source).ok()?;
        let single = rest.as_os_str().is_empty();
        let path = if single {
            target.to_owned()
        } else {
            format!("{}/{}", target.trim_end_matches('/'), rest.display())
        };
        Some(Mount { file: file.clone(), path, single })
    })
}

/// Splits a resolved value at its placeholders.
fn pieces(value: &str, keys: &[String]) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut rest = value;
    loop {
        let next =
            keys.iter().enumerate().filter_map(|(i, key)| Some((rest.find(&placeholder(i))?, i, key))).min();
        let Some((at, index, key)) = next else { break };
        if at > 0 {
            found.push(Piece::Literal(unescaped(&rest[..at])));
        }
        found.push(Piece::Key(key.clone()));
        rest = &rest[at + placeholder(index).len()..];
    }
    if !rest.is_empty() {
        found.push(Piece::Literal(unescaped(rest)));
    }
    found
}

/// `config` prints `$` as `$$`.
fn unescaped(text: &str) -> String {
    text.replace("$$", "$")
}

/// A variable's value, given the env file's.
#[expect(clippy::disallowed_methods, reason = "what a container should hold is put together to be compared")]
pub fn value_of(pieces: &[Piece], env: &BTreeMap<String, Text>) -> Option<Text> {
    let mut whole = zeroize::Zeroizing::new(String::new());
    for piece in pieces {
        match piece {
            Piece::Literal(text) => whole.push_str(text),
            Piece::Key(key) => whole.push_str(env.get(key)?.expose_secret()),
        }
    }
    Some(Text::new(&whole))
}

/// The way back: the key that a variable is made of, and what it has to be for the variable to be as it is. Nothing if it is
/// made of several.
#[expect(clippy::disallowed_methods, reason = "what a container holds is read back")]
pub fn key_of(pieces: &[Piece], held: &Text) -> Option<(String, Text)> {
    let at = pieces.iter().position(|p| matches!(p, Piece::Key(_)))?;
    let literal = |pieces: &[Piece]| -> Option<String> {
        pieces
            .iter()
            .map(|p| match p {
                Piece::Literal(text) => Some(text.as_str()),
                Piece::Key(_) => None,
            })
            .collect()
    };
    let (before, after) = (literal(&pieces[..at])?, literal(&pieces[at + 1..])?);
    let text = held.expose_secret().strip_prefix(&before)?.strip_suffix(&after)?;
    let Piece::Key(key) = &pieces[at] else { return None };
    Some((key.clone(), Text::new(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Vec<String> {
        vec!["PASSWORD".into(), "TOKEN".into()]
    }

    #[test]
    fn a_value_is_split_at_its_placeholders() {
        let text = format!("p://u:{}@h?$$={}", placeholder(0), placeholder(1));
        let expected = [
            Piece::Literal("p://u:".into()),
            Piece::Key("PASSWORD".into()),
            Piece::Literal("@h?$=".into()),
            Piece::Key("TOKEN".into()),
        ];
        assert_eq!(pieces(&text, &keys()), expected);
    }

    #[test]
    fn a_variables_key_is_read_back() {
        let url = pieces(&format!("p://u:{}@h", placeholder(0)), &keys());
        let read = |pieces: &[Piece], held: &str| {
            key_of(pieces, &Text::new(held)).map(|(key, text)| (key, text.same(&Text::new("secret"))))
        };
        assert_eq!(read(&url, "p://u:secret@h"), Some(("PASSWORD".into(), true)));
        assert_eq!(read(&url, "p://other:secret@h"), None);
        let two = pieces(&format!("{}{}", placeholder(0), placeholder(1)), &keys());
        assert_eq!(read(&two, "secretsecret"), None, "nobody can tell where one ends");
        assert_eq!(read(&[Piece::Literal("fixed".into())], "fixed"), None);
    }

    #[test]
    fn every_way_into_a_container_is_found() {
        let ph = placeholder(1);
        let json = serde_json::json!({
            "services": {
                "a": {"image": "i", "environment": {"T": ph, "PLAIN": "x"}, "deploy": {"replicas": 2}},
                "b": {"environment": {"TOKEN": "fixed", "PASSWORD": "real", "OTHER": "real"}},
                "c": {"volumes": [{"type": "bind", "source": "/s/m/token", "target": "/etc/token"}]},
                "d": {"volumes": [{"type": "bind", "source": "/s/m", "target": "/etc/m/"}]},
                "e": {"secrets": [{"source": "tok"}], "configs": [{"source": "tok", "target": "/x"}]},
                "f": {"environment": {"PLAIN": "x"}},
                "g": {"environment": {"OWN": ph, "PW": "real", "OTHER": "real"}},
            },
            "secrets": {"tok": {"file": "/s/m/token"}}, "configs": {"tok": {"file": "/s/m/token"}},
        });
        let files = BTreeMap::from([("token".to_owned(), Path::new("/s/m/token"))]);
        let declared = serde_json::json!({
            "services": {"b": {"env_file": [{"path": "/s/.env"}], "environment": {"TOKEN": "fixed"}},
                         "g": {"env_file": [{"path": "/s/g.env"}], "environment": ["OWN=x"]}},
        });
        let others =
            BTreeMap::from([("/s/g.env".into(), BTreeMap::from([("PW".to_owned(), qualified("g", "PW"))]))]);
        let (json, declared) = (json.to_string(), declared.to_string());
        let keys = keys();
        let sources = |digest_declared| Sources {
            keys: &keys,
            files: &files,
            env_file: Path::new("/s/.env"),
            others: &others,
            digest_declared,
        };
        let read =
            |json: &str| Model::read(json.as_bytes(), Some(declared.as_bytes()), &sources(false)).unwrap();
        let model = read(&json);
        // A file's values are no part of the configuration.
        assert_eq!(model.digest, read(&json.replace("real", "another")).digest);
        let passed =
            |json: &str| Model::read(json.as_bytes(), Some(declared.as_bytes()), &sources(true)).unwrap();
        assert_eq!(passed(&json).digest, passed(&json.replace("\"x\"", "\"passed on\"")).digest);
        let s = &model.services;
        assert_eq!(
            (s["a"].replicas, s["a"].variables.keys().map(String::as_str).collect::<Vec<_>>()),
            (2, vec!["T"])
        );
        assert_eq!(s["b"].variables.keys().collect::<Vec<_>>(), vec!["PASSWORD"]);
        assert_eq!(s["g"].variables["PW"], [Piece::Key("g/PW".into())]);
        assert_eq!(s["g"].variables["OWN"], [Piece::Key("TOKEN".into())], "also from a list");
        let paths = |n: &str| s[n].mounts.iter().map(|m| (m.path.clone(), m.single)).collect::<Vec<_>>();
        assert_eq!(paths("c"), [("/etc/token".into(), true)]);
        assert_eq!(paths("d"), [("/etc/m/token".into(), false)]);
        assert_eq!(paths("e"), [("/run/secrets/tok".into(), true), ("/x".into(), true)]);
        assert!(s["f"].variables.is_empty() && s["f"].mounts.is_empty());
    }

    #[test]
    fn placeholders_replace_only_their_lines() {
        let text = "# TOKEN=x\nA=1\nexport TOKEN='real'\n";
        let out = with_placeholders(text, &keys());
        assert_eq!(out, format!("# TOKEN=x\nA=1\nTOKEN='{}'\n", placeholder(1)));
    }
}
