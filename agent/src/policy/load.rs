//! From the policy file and its templates to a checked [`Policy`], or to a [`Problem`] that says what to do.
//!
//! Of the stack only the compose files are looked at, for who may write them; else the policy, its templates, and the
//! host's list of users. Everything that
//! can be known to be wrong before a rotation is refused here, all of it at once.

mod check;
mod ids;
mod problem;
mod raw;
mod sink;
mod template;
mod trust;
mod units;

use std::path::Path;
use std::{fs, io};

use sha2::{Digest, Sha256};

use super::Policy;
use check::Checker;
use problem::Source;
use raw::Raw;
use trust::Reader;

pub use problem::Problem;

/// Reads and checks a policy. The file and its templates are each read once.
pub fn load(file: &Path) -> Result<Policy, Problem> {
    if fs::metadata(file).is_err_and(|e| e.kind() == io::ErrorKind::NotFound) {
        return Err(Problem::invalid(format!("there is no policy {}", file.display())));
    }
    let reader = Reader::of_this_process();
    let source = reader.read(file, file)?;
    let raw = parse(&source)?;
    let mut checker = Checker::new(&source, reader.ids(), file);
    let policy = checker.policy(&raw);
    let (mut problems, mut policy) = (checker.problems, policy);
    let mut hash = Hash::of_policy(&source);
    template::load_all(&reader, &source, &raw, file, &mut policy, &mut hash, &mut problems);
    policy.hash = hash.finish();
    if problems.is_empty() {
        // What they say goes into a plan resolved by Compose; here only who may change them.
        let files = policy.stack.compose.iter().map(|f| policy.stack.root.join(f));
        problems.extend(files.filter_map(|f| reader.read(&f, &f).err()));
    }
    match Problem::join(problems) {
        Some(problem) => Err(problem),
        None => Ok(policy),
    }
}

/// The JSON Schema of a policy file, for editors and for people.
pub fn schema() -> serde_json::Value {
    raw::schema()
}

fn parse(source: &Source) -> Result<Raw, Problem> {
    toml::from_str(source.text()).map_err(|e| {
        let what = e.message().lines().next().unwrap_or_default().to_owned();
        let help = match &what {
            w if w.starts_with("unknown field") => "remove the key, or correct its spelling",
            w if w.starts_with("missing field") => "add the key; `turnlock policy schema` describes each",
            w if w.starts_with("unknown variant") || w.starts_with("invalid") => {
                "`turnlock policy schema` describes what each key may be"
            }
            w if w.starts_with("duplicate key") => "say it once",
            _ => "see https://toml.io for the syntax",
        };
        source.problem(e.span().unwrap_or(0..0), what, help)
    })
}

/// SHA-256 over the policy and its templates, each with its name and length in front, so that no two sets of files
/// are the same bytes.
struct Hash(Sha256);

impl Hash {
    fn of_policy(source: &Source) -> Self {
        let mut hash = Self(Sha256::new());
        hash.add("policy", source.text());
        hash
    }

    fn add(&mut self, name: &str, text: &str) {
        for part in [name, text] {
            self.0.update((part.len() as u64).to_be_bytes());
            self.0.update(part.as_bytes());
        }
    }

    fn finish(self) -> String {
        hex::encode(self.0.finalize())
    }
}

#[cfg(test)]
mod tests;
