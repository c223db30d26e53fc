//! A stack without a policy: what is to be managed is asked for or given, the rest is sorted, and a policy and templates
//! are written. Neither Vault nor the log is needed, and nothing of the stack is touched.

mod ask;
mod show;

use std::path::{Path, PathBuf};

use super::super::{Code, Error, Global};
use super::args::StrangerArgs;
use crate::import::draft::{self, Names};
use crate::import::gather::{self, Stack};
use crate::import::{Refused, Wishes, candidates, write};
use crate::policy::Paths;
use crate::secret::Name;

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        Error::new(Code::Refused, refused.what, refused.help)
    }
}

pub(super) async fn run(global: &Global, args: &StrangerArgs, dry_run: bool) -> Result<Code, Error> {
    let mut wishes = Wishes { plain: args.plain.iter().cloned().collect(), ..Wishes::default() };
    let files: Vec<(Name, PathBuf)> =
        args.manage.iter().filter_map(|m| m.split_once('=')).map(file).collect::<Result<_, _>>()?;
    let paths: Vec<PathBuf> = files.iter().map(|(_, path)| path.clone()).collect();
    let asked = gather::Asked {
        compose: &args.compose,
        env_file: args.env_file.as_deref(),
        project: args.project.as_deref(),
        profiles: &args.profile,
        files: &paths,
    };
    let stack = gather::gather(&asked).await?;
    for (name, path) in files {
        let path = path.strip_prefix(&stack.root).map(Path::to_owned);
        let outside = || {
            Error::new(
                Code::Usage,
                format!("the file of {name} is not below the stack's root"),
                "don't manage it",
            )
        };
        wishes.files.insert(path.map_err(|_| outside())?, name);
    }
    for variable in args.manage.iter().filter(|m| !m.contains('=')) {
        wishes.managed.insert(variable.clone(), name_of(variable)?);
    }
    if !choose(global, args, &stack, &mut wishes)? {
        return Ok(Code::Usage);
    }
    let out = match &args.out {
        Some(out) => out.clone(),
        None if dry_run => PathBuf::from("turnlock"),
        None => {
            let what = "there is no folder for the policy and its templates";
            return Err(Error::new(Code::Usage, what, "name one with --out, or look first with --dry-run"));
        }
    };
    let out = std::path::absolute(&out).map_err(|e| Error::failed(format!("--out: {}", e.kind())))?;
    let proposal = draft::draft(&stack, &wishes, &names(args, &stack, &out))?;
    match dry_run {
        true => write::check(&out, &proposal.files)?,
        false => write::write(&out, &proposal.files)?,
    }
    show::proposal(global, &proposal, &stack, args.out.as_deref().unwrap_or(Path::new("turnlock")), dry_run);
    if !dry_run {
        // What was written must be a policy that this program takes; if not, it says where, and a person corrects it.
        crate::policy::load(&out.join("turnlock.toml"))?;
    }
    Ok(Code::Done)
}

/// Fills in what was not given: asks on a terminal, else takes the suggestions if that was said. `false`: nothing is
/// named to be managed, and what could be was listed.
fn choose(global: &Global, args: &StrangerArgs, stack: &Stack, wishes: &mut Wishes) -> Result<bool, Error> {
    let candidates = candidates::of(stack, wishes);
    let nothing = wishes.managed.is_empty() && wishes.files.is_empty();
    if nothing && (global.json || args.yes || !ask::on_terminal()) {
        show::candidates(global, &candidates);
        return Ok(false);
    }
    if args.yes {
        wishes.plain.extend(candidates.plain.iter().map(|(variable, _)| variable.clone()));
    } else if nothing {
        ask::candidates(&candidates, wishes)?;
    }
    Ok(true)
}

fn names(args: &StrangerArgs, stack: &Stack, out: &Path) -> Names {
    let name = args.stack.clone().unwrap_or_else(|| stack.composed.project.clone());
    let prefix = args.prefix.clone().unwrap_or_else(|| name.clone());
    let vault = Paths {
        mount: args.mount.clone(),
        prefix,
        staging: args.staging.clone(),
        owner: name.clone(),
        role: format!("turnlock-{name}"),
    };
    Names { stack: name, vault, out: out.to_owned(), profiles: args.profile.clone() }
}

/// A variable's name as a secret's: `db-password` is DB_PASSWORD.
pub(super) fn name_of(variable: &str) -> Result<Name, Error> {
    let upper: String = variable
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' })
        .collect();
    upper
        .parse()
        .map_err(|e| Error::new(Code::Usage, format!("{e}"), "a variable with such a name cannot be managed"))
}

fn file((name, path): (&str, &str)) -> Result<(Name, PathBuf), Error> {
    let real = Path::new(path).canonicalize();
    let real =
        real.map_err(|_| Error::new(Code::Usage, format!("there is no {path}"), "write --manage NAME=FILE"))?;
    Ok((name_of(name)?, real))
}
