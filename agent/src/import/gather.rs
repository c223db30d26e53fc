//! What there is: the compose files as Compose resolves them, and every file that could hold a value.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::compose::Composed;
use super::{Refused, Source};
use crate::compose::Compose;
use crate::envfile::{Kind, lines};
use crate::policy::Format;

/// Larger ones are data.
const LARGEST: u64 = 512 * 1024;

/// Where the stack is.
pub struct Asked<'a> {
    pub compose: &'a [PathBuf],
    pub env_file: Option<&'a Path>,
    pub project: Option<&'a str>,
    pub profiles: &'a [String],
    /// Files that are a secret by themselves.
    pub files: &'a [PathBuf],
}

/// The stack, read once.
pub struct Stack {
    pub root: PathBuf,
    /// Below the root.
    pub compose: Vec<PathBuf>,
    pub composed: Composed,
    /// The env file that Compose interpolates from is the first.
    pub sources: Vec<Source>,
    /// Files that are left as they are, and why.
    pub left_alone: Vec<(PathBuf, String)>,
}

/// The variables of each env file.
pub type Keys = BTreeMap<PathBuf, BTreeSet<String>>;

pub async fn gather(asked: &Asked<'_>) -> Result<Stack, Refused> {
    let compose: Vec<PathBuf> = asked.compose.iter().map(|p| real(p)).collect::<Result<_, _>>()?;
    let first = compose.first().and_then(|p| p.parent()).unwrap_or(Path::new("/"));
    let env_file = match asked.env_file {
        Some(path) => real(path)?,
        None => real(&first.join(".env")).map_err(|_| {
            let what = format!("there is no {}", first.join(".env").display());
            Refused::new(
                what,
                "name the file that Compose reads variables from with --env-file; an empty one will do",
            )
        })?,
    };
    let root = common(compose.iter().chain([&env_file])).ok_or_else(|| {
        Refused::new(
            "the compose files and the env file have no folder in common",
            "put them below one folder",
        )
    })?;
    let composed = ask(&root, &compose, &env_file, asked).await?;
    let mut stack = Stack {
        compose: compose.iter().map(|p| below(&root, p)).collect(),
        root,
        composed,
        sources: Vec::new(),
        left_alone: Vec::new(),
    };
    stack.add_env_files(&env_file)?;
    stack.add_other_files(asked.files)?;
    Ok(stack)
}

async fn ask(
    root: &Path,
    compose: &[PathBuf],
    env_file: &Path,
    asked: &Asked<'_>,
) -> Result<Composed, Refused> {
    let project = asked.project.map(str::to_owned);
    let cli = Compose::of_strangers(root, compose.to_vec(), env_file, project, asked.profiles.to_vec());
    let every = cli.with_every_profile();
    let (declared, resolved) = tokio::join!(every.declared(true), cli.config(env_file));
    let help = "start with `docker compose config --quiet`, with the same files: it says what it misses";
    // What Compose says of a failure may hold a value.
    let declared = declared.map_err(|e| Refused::new(e.message, help))?.unwrap_or_default();
    let resolved = resolved.map_err(|e| Refused::new(e.message, help))?;
    Composed::read(&declared, &resolved, asked.profiles)
        .ok_or_else(|| Refused::new("docker compose config printed something that isn't understood", help))
}

impl Stack {
    /// The variables of each env file, by its absolute path.
    pub fn keys(&self) -> Keys {
        let of = |text: &str| {
            let found = lines(text).unwrap_or_default();
            let keys = found
                .into_iter()
                .filter_map(|l| if let Kind::Assignment(a) = l.kind { Some(a.key) } else { None });
            keys.map(|key| text[key].to_owned()).collect()
        };
        let env = self.sources.iter().filter(|s| s.format == Format::Env);
        env.map(|s| (self.root.join(&s.path), of(&s.text))).collect()
    }

    fn add_env_files(&mut self, main: &Path) -> Result<(), Refused> {
        let mut paths = vec![main.to_owned()];
        for service in self.composed.services.values() {
            for path in &service.env_files {
                let real = fs::canonicalize(path).unwrap_or_else(|_| path.clone());
                if !paths.contains(&real) {
                    paths.push(real);
                }
            }
        }
        for path in paths {
            if !path.starts_with(&self.root) {
                self.leave(&path, "an env file outside the stack's root: what it holds stays unmanaged");
                continue;
            }
            if !path.exists() {
                self.leave(&path, "an optional env file that isn't there");
                continue;
            }
            let text = read(&path)?.map_err(|why| {
                Refused::new(
                    format!("{} {why}", path.display()),
                    "make it a text file, or take it out of the compose file",
                )
            })?;
            self.add(&path, Format::Env, text)?;
        }
        Ok(())
    }

    fn add_other_files(&mut self, wanted: &[PathBuf]) -> Result<(), Refused> {
        let wanted: BTreeSet<PathBuf> = wanted.iter().map(|p| self.root.join(p)).collect();
        let known: BTreeSet<PathBuf> = self.composed.files.keys().cloned().collect();
        for path in wanted.union(&known) {
            let must = wanted.contains(path);
            let taken = self.sources.iter().any(|s| self.root.join(&s.path) == *path);
            if taken || (!must && !path.is_file()) {
                continue;
            }
            let why = match read(path)? {
                _ if !path.starts_with(&self.root) => "is outside the stack's root".to_owned(),
                Ok(text) => {
                    self.add(path, Format::Raw, text)?;
                    continue;
                }
                Err(why) => why,
            };
            if must {
                return Err(Refused::new(format!("{} {why}", path.display()), "don't manage it"));
            }
            self.leave(path, &why);
        }
        Ok(())
    }

    fn add(&mut self, path: &Path, format: Format, text: Zeroizing<String>) -> Result<(), Refused> {
        let unreadable = |e: std::io::Error| {
            Refused::new(format!("cannot read {}: {}", path.display(), e.kind()), "check it")
        };
        let meta = fs::metadata(path).map_err(unreadable)?;
        let path = below(&self.root, path);
        let id = self.id(&path);
        let mode = meta.mode() & 0o7777;
        self.sources.push(Source { id, path, format, text, owner: meta.uid(), group: meta.gid(), mode });
        Ok(())
    }

    /// `env` for the first; for others the file's name, or its path where that is taken.
    fn id(&self, path: &Path) -> String {
        if self.sources.is_empty() {
            return "env".into();
        }
        let plain = |text: &str| {
            let all: String = text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
            all.trim_matches('_').chars().take(40).collect::<String>()
        };
        let taken = |id: &str| id.is_empty() || self.sources.iter().any(|s| s.id == id);
        let short = plain(&path.file_name().unwrap_or_default().to_string_lossy());
        let long = plain(&path.to_string_lossy());
        let numbered = (2..).map(|n| format!("{long}_{n}"));
        [short, long.clone()].into_iter().chain(numbered).find(|id| !taken(id)).unwrap_or(long)
    }

    fn leave(&mut self, path: &Path, why: &str) {
        self.left_alone.push((below(&self.root, path), why.to_owned()));
    }
}

/// A file's text, or why it is none.
fn read(path: &Path) -> Result<Result<Zeroizing<String>, String>, Refused> {
    let unreadable = |e: std::io::Error| {
        Refused::new(format!("cannot read {}: {}", path.display(), e.kind()), "check that you may read it")
    };
    let meta = fs::symlink_metadata(path).map_err(unreadable)?;
    if !meta.is_file() {
        return Ok(Err("is a link or no regular file: a rendered file is a file of its own".into()));
    }
    if meta.len() > LARGEST {
        return Ok(Err("is larger than 512 KiB".into()));
    }
    let bytes = Zeroizing::new(fs::read(path).map_err(unreadable)?);
    match std::str::from_utf8(&bytes) {
        Ok(text) if text.contains('\0') => Ok(Err("has a NUL in it".into())),
        Ok(text) => Ok(Ok(Zeroizing::new(text.to_owned()))),
        Err(_) => Ok(Err("is not UTF-8 text".into())),
    }
}

fn real(path: &Path) -> Result<PathBuf, Refused> {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    // The folder may be behind a link; the file itself must not be one, or writing it would replace the link.
    let folder = absolute.parent().and_then(|p| fs::canonicalize(p).ok());
    let found = folder.map(|f| f.join(absolute.file_name().unwrap_or_default())).filter(|p| p.exists());
    found.ok_or_else(|| Refused::new(format!("there is no {}", path.display()), "correct the path"))
}

fn common<'p>(mut paths: impl Iterator<Item = &'p PathBuf>) -> Option<PathBuf> {
    let first = paths.next()?.parent()?.to_owned();
    let root = paths.fold(first, |root, path| {
        let same = root.components().zip(path.components()).take_while(|(a, b)| a == b);
        same.map(|(a, _)| a.as_os_str()).collect()
    });
    (root.components().count() > 1).then_some(root)
}

fn below(root: &Path, path: &Path) -> PathBuf {
    path.strip_prefix(root).unwrap_or(path).to_owned()
}
